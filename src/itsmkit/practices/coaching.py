"""
Coaching notes: what somebody is told about their work, by who leads them and for nobody else's eyes.

A note is no verdict and no figure: no report reads it. Whom it is for follows from who leads whom now, and
not from who did when it was written.
"""

from collections.abc import Iterable
from datetime import datetime

from attrs import field, frozen
from attrs.validators import optional

from itsmkit._checks import aware_instant, in_utc, named
from itsmkit._problems import is_name, shown
from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.practices.outcome import Outcome
from itsmkit.tickets.structure import Person, SupportGroup

__all__ = ["CoachingNote", "leads_of", "may_read_notes", "write_note"]


@frozen(kw_only=True)
class CoachingNote:
    """
    What somebody is told about their work.

    Args:
        id: Its key.
        person: The id of whom it is about.
        author: The id of who wrote it, and led them then.
        text: The words.
        written_at: When. Kept in UTC.
        skill: The skill that it is about, if it is about one.
        ticket_id: The ticket that it came from, if it came from one.
        version: How many events have made it.

    Raises:
        DefinitionError: If one of them is something else, or there are no words.
    """

    id: str = field(validator=named)
    person: str = field(validator=named)
    author: str = field(validator=named)
    text: str
    written_at: datetime = field(converter=in_utc, validator=aware_instant)
    skill: str | None = field(default=None, validator=optional(named))
    ticket_id: str | None = field(default=None, validator=optional(named))
    version: int = field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        if not is_name(self.text):
            problem = f"CoachingNote.text must be words without surrounding spaces, not {shown(self.text)}"
            raise DefinitionError(problem)


def leads_of(person: Person, groups: Iterable[SupportGroup]) -> frozenset[str]:
    """
    Return the ids of those who lead *person*: their manager, and the leads of their groups; never themselves.

    Args:
        person: The person.
        groups: The support groups whose member they are.
    """
    leads = {person.manager, *(group.lead for group in groups)}
    return frozenset(each for each in leads if each is not None and each != person.id)


def may_read_notes(reader: str, person: str, leads: frozenset[str]) -> bool:
    """Tell whether the notes about *person* are for somebody: for themselves, and for who leads them."""
    return reader == person or reader in leads


def write_note(note: CoachingNote, leads: frozenset[str]) -> Outcome[CoachingNote]:
    """
    Return that a note was written.

    Args:
        note: The note.
        leads: Those who lead whom it is about: see `leads_of`.

    Raises:
        RefusedError: If its author does not lead them.
    """
    if note.author not in leads:
        refusal = f"cannot write a coaching note about {note.person}: {note.author} does not lead them"
        raise RefusedError(refusal)
    return Outcome(note, "CoachingNoteWritten")
