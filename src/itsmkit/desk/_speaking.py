"""In which language, and in which zone, a desk tells somebody something."""

from datetime import tzinfo
from logging import getLogger

from attrs import frozen

from itsmkit.calendars._zones import zone as zone_of
from itsmkit.languages import Languages, Messages
from itsmkit.plugin import Directory, Notification
from itsmkit.practices.decision import Notice
from itsmkit.practices.inheritance import known
from itsmkit.tickets import Ticket
from itsmkit.tickets.structure import Person, Site

__all__ = ["Speaker"]

_LOG = getLogger("itsmkit.desk")


@frozen
class Speaker:
    """
    Finds out how to speak to somebody.

    Args:
        languages: The languages of the desk.
        directory: Where people are known.
    """

    languages: Languages
    directory: Directory

    def notification(self, notice: Notice, ticket: Ticket, *, key: str) -> Notification:
        """
        Return *notice* of *ticket* as it is said to its recipient.

        Args:
            notice: What is to be said, and to whom.
            ticket: What it is about.
            key: See `Notification`.
        """
        messages = self.to(notice.recipient, ticket)
        return Notification(
            key=key,
            recipient=notice.recipient,
            subject=messages.say(notice.subject),
            body=messages.say(notice.body),
            ticket_id=ticket.id,
            language=str(messages.tag),
        )

    def to(
        self,
        recipient: str | None,
        ticket: Ticket | None = None,
        *,
        language: str | None = None,
        zone: tzinfo | None = None,
    ) -> Messages:
        """
        Return what says messages to *recipient*.

        They are in the language of the person, else in that of their site, else in that of the desk. It is
        the same with the zone, but that a desk has none, and leaves each instant in its own. A requester whom
        the directory does not know is where the ticket is. Where the directory fails, that is logged, and it
        knows nothing: a ticket does not wait for it.

        Args:
            recipient: Who: a person, or a group or role, of which no language is known; ``None`` for nobody
                in particular.
            ticket: What they are told of.
            language: The tag of a language that comes before all of these.
            zone: A zone that comes before theirs.

        Raises:
            DefinitionError: If *language* is no tag.
        """
        person: Person | None = None
        site: Site | None = None
        try:
            person = known(self.directory.person, recipient)
            site = known(self.directory.site, _place(person, recipient, ticket))
        except Exception:  # noqa: BLE001  the directory is the host's: whatever it raises, the ticket goes on
            _LOG.warning("the directory does not tell the language of %r", recipient, exc_info=True)
        asked = [each for each in (person, site) if each is not None]
        if zone is None:
            name = next((each.time_zone for each in asked if each.time_zone is not None), None)
            zone = None if name is None else zone_of(name)
        return self.languages.messages(language, *(each.language for each in asked), zone=zone)


def _place(person: Person | None, recipient: str | None, ticket: Ticket | None) -> str | None:
    if person is not None:
        return person.site
    return None if ticket is None or ticket.requester != recipient else ticket.site
