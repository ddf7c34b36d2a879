"""
All records in which something personal of people stands, and how it is erased: the one place that knows them.

Whoever makes a kind of records in which something is personal, adds it here, so that one erasure of a person
reaches it. What is of no one person, such as the words of a model, is not among them.
"""

from collections.abc import Callable
from typing import Any

from attrs import field, frozen

from itsmkit.conditions import Condition, any_of, equals
from itsmkit.desk._commands import Runner
from itsmkit.desk._conversing import CONVERSATION
from itsmkit.desk._record_kind import RecordKind
from itsmkit.desk._rota_kinds import HAND_OFF_NOTE, LEAVE, OVERRIDE, SWAP
from itsmkit.desk._shelf import Shelf
from itsmkit.desk._talk_erasing import erase_talk
from itsmkit.desk._votes import DELEGATED_VOTES
from itsmkit.desk.coaching import COACHING_NOTE
from itsmkit.desk.knowledge_use import FEEDBACK, SESSION
from itsmkit.desk.surveys import SURVEY
from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.plugin import UnitOfWork

__all__ = ["OF_PEOPLE", "OfPeople", "RecordsErased", "erase_records_of"]


def _erase(unit: UnitOfWork, shelf: Shelf[Any], record_id: str, reason: str) -> object:
    return shelf.erase(unit, shelf.of(unit, record_id), reason)


@frozen
class OfPeople:
    """
    The records of a kind, as those of people.

    Args:
        kind: The kind.
        permit: The command that erases one of them; who erases a person must be permitted it.
        called: What they are called together, where they stay.
        people: The fields that name whose a record is: each of these people.
        erase: Erases what is personal in one.
    """

    kind: RecordKind[Any]
    permit: str
    called: str
    people: tuple[str, ...] = ("person",)
    erase: Callable[[UnitOfWork, Shelf[Any], str, str], object] = _erase

    def of(self, person: str) -> Condition:
        """Return what holds for the records of somebody."""
        return any_of(*(equals(name, person) for name in self.people))


OF_PEOPLE = (
    OfPeople(CONVERSATION, "conversations.erase", "conversations", erase=erase_talk),
    OfPeople(SESSION, "knowledge.erase_session", "searches for help"),
    OfPeople(FEEDBACK, "knowledge.erase_feedback", "feedback on articles"),
    OfPeople(SURVEY, "surveys.erase", "surveys"),
    OfPeople(COACHING_NOTE, "coaching.erase", "coaching notes"),
    OfPeople(DELEGATED_VOTES, "delegations.erase", "delegations", people=("id",)),
    OfPeople(LEAVE, "rotas.erase", "rotas"),
    OfPeople(OVERRIDE, "rotas.erase", "rotas", people=("person", "instead_of")),
    OfPeople(SWAP, "rotas.erase", "rotas", people=("person", "other")),
    OfPeople(HAND_OFF_NOTE, "rotas.erase", "rotas", people=("author",)),
)
"""Those of all kinds, in the order in which they are erased."""


@frozen
class RecordsErased:
    """
    What came of erasing a page of records.

    Args:
        done: The kind and the key of each in which nothing personal is left.
        refused: What stays, each with the reason: see `ErasedTickets`.
        next: Where to go on; ``None`` if there are no more.
    """

    done: tuple[tuple[str, str], ...]
    refused: tuple[tuple[str, str], ...]
    next: tuple[str, str] | None = field(default=None)


def erase_records_of(
    runner: Runner, unit: UnitOfWork, person: str, *, reason: str, after: tuple[str, str] | None, limit: int
) -> RecordsErased:
    """
    Erase what is personal in a page of the records of somebody.

    Args:
        runner: What runs the command.
        unit: The unit of work.
        person: Whose records.
        reason: Why; it stays in the histories.
        after: The kind and the key of the record that they follow; ``None`` for the first page.
        limit: The most of them.

    Raises:
        DefinitionError: If there is no such kind.
    """
    names = [each.kind.name for each in OF_PEOPLE]
    first, last = after or (names[0], "")
    if first not in names:
        problem = f"after: no page ends at a record of the kind {first!r}; give the `next` of the page before"
        raise DefinitionError(problem)
    done: list[tuple[str, str]] = []
    refused: dict[tuple[str, str], None] = {}
    left = limit
    for place in OF_PEOPLE[names.index(first) :]:
        name = place.kind.name
        if not runner.may(place.permit, runner.actor, None).allowed:
            # Of everybody's: whether there are some of this person, is not for who may not erase them.
            if runner.store.records(name, limit=1):
                why = f"{runner.actor.id} is not permitted `{place.permit}`; have it done by somebody who is"
                refused[place.called, why] = None
            continue
        shelf = Shelf(place.kind, runner)
        page = runner.store.records(
            name, where=place.of(person), after=last if name == first else "", limit=left
        )
        for record in page:
            try:
                place.erase(unit, shelf, record.id, reason)
            except RefusedError as error:
                refused[record.id, str(error)] = None
            else:
                done.append((name, record.id))
        if len(page) == left:
            return RecordsErased(tuple(done), tuple(refused), (name, page[-1].id))
        left -= len(page)
    return RecordsErased(tuple(done), tuple(refused))
