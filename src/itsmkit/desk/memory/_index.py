"""
Which tickets a condition can hold for: an index of what is asked most, who and what they have to do with.

It may name too many tickets, and never too few: whoever asks it looks at each of them. So it only grows, and
is brought up to date when it is asked, at the cost of what has changed since.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from operator import itemgetter

from attrs import define, field

from itsmkit.conditions import AllOf, AnyOf, Comparison, Condition, Membership, Operator
from itsmkit.plugin import StoredTicket
from itsmkit.tickets import Ticket, TicketEvent, TicketId

__all__ = ["TicketIndex"]

_FIELDS = (
    "kind",
    "number",
    "requester",
    "affected_person",
    "assignee",
    "owner",
    "support_group",
    "organisation",
    "configuration_item",
    "service",
    "restricted_to",
)
_values = itemgetter(*_FIELDS)
_PARTICIPANT = "participant."

_NONE: frozenset[int] = frozenset()


@define(eq=False)
class TicketIndex:
    """
    The index of a tenant's tickets. Whoever asks it holds the lock of the tenant's room.

    Args:
        seen: How many events of the feed it has seen.
        places: The place of each ticket in the order of the first saves.
    """

    seen: int = 0
    places: dict[TicketId, int] = field(factory=dict)
    _found: defaultdict[tuple[str, str], set[int]] = field(factory=lambda: defaultdict(set))

    def follow(self, tickets: Mapping[TicketId, StoredTicket], events: Sequence[TicketEvent]) -> None:
        """
        Take note of what has changed.

        Args:
            tickets: The tickets as they are, in the order of the first saves.
            events: All events of the feed.
        """
        if len(self.places) < len(tickets):
            fresh = list(tickets)[len(self.places) :]
            self.places.update(zip(fresh, range(len(self.places), len(tickets)), strict=True))
        for ticket_id in {event.ticket_id for event in events[self.seen :]}:
            self._note(tickets[ticket_id].ticket, self.places[ticket_id])
        self.seen = len(events)

    def _note(self, ticket: Ticket, place: int) -> None:
        found = self._found
        for name, value in zip(_FIELDS, _values(ticket.__dict__), strict=True):
            if isinstance(value, str):
                found[name, value].add(place)
        for participant in ticket.participants:
            found[_PARTICIPANT, participant.person].add(place)

    def candidates(self, condition: Condition) -> set[int] | frozenset[int] | None:
        """
        Return the places of all tickets for which *condition* can hold, and perhaps of others.

        Returns:
            ``None`` if it can hold for any.
        """
        match condition:
            case Comparison(field=name, operator=Operator.EQUALS, value=str(value)) if name in _FIELDS:
                return self._found.get((name, value), _NONE)
            case Comparison(field=name, operator=Operator.EQUALS, value=True) if name.startswith(
                _PARTICIPANT
            ):
                return self._found.get((_PARTICIPANT, name.removeprefix(_PARTICIPANT)), _NONE)
            case Membership(field=name, values=values) if name in _FIELDS:
                texts = [value for value in values if isinstance(value, str)]
                if len(texts) < len(values):
                    return None
                return _NONE.union(*(self._found.get((name, text), _NONE) for text in texts))
            case AllOf(conditions=parts):
                known = [found for part in parts if (found := self.candidates(part)) is not None]
                return min(known, key=len, default=None)
            case AnyOf(conditions=parts):
                every = [self.candidates(part) for part in parts]
                known = [found for found in every if found is not None]
                return _NONE.union(*known) if len(known) == len(every) else None
        return None
