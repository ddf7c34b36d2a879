"""What it means that what is personal in a ticket is erased."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import attrs
from attrs import field, frozen

from itsmkit._problems import is_name, shown
from itsmkit.errors import DefinitionError
from itsmkit.tickets.attachment import Attachment

if TYPE_CHECKING:
    from attrs import Attribute

    from itsmkit.tickets.event import TicketEvent
    from itsmkit.tickets.ticket import Ticket

__all__ = ["PersonalDataErased", "files_of"]


def _said(_fact: object, _attribute: "Attribute[str]", reason: str) -> None:
    if not is_name(reason):
        problem = f"PersonalDataErased.reason must say why, without surrounding spaces, not {shown(reason)}"
        raise DefinitionError(problem)


@frozen
class PersonalDataErased:
    """
    What people wrote on the ticket up to here, and what else is personal in it, was erased with its files.

    Args:
        reason: Why, such as ``"asked for by the person (GDPR, article 17)"``. It stays.

    Raises:
        DefinitionError: If the reason is empty.
    """

    reason: str = field(validator=_said)


def files_of(ticket: "Ticket", history: "Iterable[TicketEvent]") -> frozenset[str]:
    """Return the digests of all files that *ticket* has, or had at any time of its *history*."""
    said = (value for event in history for value in attrs.asdict(event.fact, recurse=False).values())
    return frozenset(each.digest for each in (*ticket.attachments, *said) if isinstance(each, Attachment))
