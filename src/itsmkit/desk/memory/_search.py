"""
How the in-memory store finds tickets without looking at each: by what they are, and by their order.

Both are made when they are first asked for, and brought up to date by each save. A question is answered by
whichever of the two has fewer tickets to look at; which that is changes no answer.
"""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from operator import itemgetter

from attrs import define, field

from itsmkit.conditions import AllOf, AnyOf, Comparison, Condition, Membership, Not, Operator
from itsmkit.plugin import Order, StoredTicket, TicketPage, TicketQuery
from itsmkit.plugin.paging import (
    Position,
    SortKey,
    end_before,
    page_among,
    page_in_order,
    page_of,
    position_in,
    position_of,
    sort_key,
    where_holds,
)
from itsmkit.tickets import Ticket, TicketId
from itsmkit.tickets.ticket import FACTS_OF_PARTS

__all__ = ["Search"]

INDEXED = frozenset(
    {
        "kind",
        "number",
        "state",
        "state_category",
        "requester",
        "affected_person",
        "organisation",
        "channel",
        "site",
        "service",
        "configuration_item",
        "category",
        "impact",
        "urgency",
        "priority",
        "support_group",
        "assignee",
        "owner",
        "restricted_to",
    }
)
"""The fields of a ticket by which it is looked up; whoever asks for others looks at all tickets."""

ORDERED = INDEXED | {"opened_at", "updated_at", "needed_by", "reassignments", "reopens"}
"""The fields of a ticket by which orders are kept."""

MOST_ORDERS = 8
"""How many orders are kept up to date at the same time: those that were asked for last."""

_LOOK = 50
"""How many steps along an order cost as much as a look at a ticket."""

_SEGMENT = 512
"""How long the parts of an order are: short enough to insert quickly, long enough to be few."""

Places = set[int]
_PLACE: Callable[[Position], int] = itemgetter(-1)


@define
class Search:
    """The tickets of a tenant as they are found. Whoever asks holds the lock of the room."""

    _tickets: list[StoredTicket] = field(factory=list)
    _places: dict[TicketId, int] = field(factory=dict)
    _by_value: dict[str, defaultdict[SortKey | None, Places]] = field(factory=dict)
    _by_part: defaultdict[str, Places] | None = None
    _orders: dict[tuple[Order, ...], "_Sorted"] = field(factory=dict)

    def save(self, stored: StoredTicket) -> None:
        """Take note of a ticket as it is now."""
        after = stored.ticket
        place = self._places.setdefault(after.id, len(self._tickets))
        if place == len(self._tickets):
            self._tickets.append(stored)
            before = None
        else:
            before = self._tickets[place].ticket
            self._tickets[place] = stored
        for name, values in self._by_value.items():
            now = sort_key(after.fact(name))
            if before is not None:
                was = sort_key(before.fact(name))
                if was == now:
                    continue
                values[was].discard(place)
            values[now].add(place)
        if self._by_part is not None:
            was_true = set() if before is None else _true_of(before)
            now_true = _true_of(after)
            for name in was_true - now_true:
                self._by_part[name].discard(place)
            for name in now_true - was_true:
                self._by_part[name].add(place)
        for orders, sorted_ in self._orders.items():
            if before is not None:
                sorted_.remove(position_in(orders, before, place))
            sorted_.add(position_in(orders, after, place))

    def tickets(self) -> list[StoredTicket]:
        """Return all tickets in the order of their first saves."""
        return self._tickets.copy()

    def find(self, query: TicketQuery) -> TicketPage:
        """Return the page that *query* asks for; see `page_of`."""
        orders, among = query.order_by, self._among(query.where)
        if among is not None and (not orders or _LOOK * len(among) ** 2 <= len(self._tickets) * query.limit):
            return page_among(query, self._placed(sorted(among)))
        if not orders or any(order.field not in ORDERED for order in orders):
            return page_of(query, self._tickets)
        end = end_before(query)
        places = self._order(orders).places(None if end is None else position_of(orders, end))
        return page_in_order(
            query, self._placed(places if among is None else filter(among.__contains__, places))
        )

    def count(self, where: Condition) -> int:
        """Return for how many tickets a condition holds."""
        among = self._among(where)
        asked = self._tickets if among is None else [self._tickets[place] for place in among]
        return sum(1 for _ in where_holds(where, enumerate(asked)))

    def _placed(self, places: Iterable[int]) -> Iterator[tuple[int, StoredTicket]]:
        return ((place, self._tickets[place]) for place in places)

    # -- by what they are ------------------------------------------------------------------------

    def _among(self, where: Condition) -> Places | None:
        """
        Return the places of tickets among which are all that *where* holds for; it is not to be changed.

        ``None`` if the whole of the tickets is as good.
        """
        match where:
            case Comparison(field=name, operator=Operator.EQUALS, value=value):
                return self._of_values(name, (value,))
            case Membership(field=name, values=values):
                return self._of_values(name, values)
            case Not(Comparison(field=name, operator=Operator.EQUALS, value=value)):
                return self._of_others(name, (value,))
            case Not(Membership(field=name, values=values)):
                return self._of_others(name, values)
            case AllOf(conditions=parts):
                known = sorted((each for part in parts if (each := self._among(part)) is not None), key=len)
                return known[0].intersection(*known[1:]) if known else None
            case AnyOf(conditions=parts):
                found = [self._among(part) for part in parts]
                return (
                    None if None in found else set[int]().union(*(each for each in found if each is not None))
                )
        return None

    def _of_values(self, name: str, values: Iterable[object]) -> Places | None:
        """Return the places of the tickets whose fact is one of *values*, if it is indexed."""
        if name.startswith(FACTS_OF_PARTS):
            return self._parts().get(name, set()) if all(value is True for value in values) else None
        if name not in INDEXED:
            return None
        known = self._values(name)
        found = [known[key] for key in {*map(sort_key, values)} if key in known]
        return found[0] if len(found) == 1 else set[int]().union(*found)

    def _of_others(self, name: str, values: Iterable[object]) -> Places | None:
        """Return the places of the tickets whose fact is none of *values*, if indexed and at most half."""
        if name not in INDEXED:
            return None
        refused = {*map(sort_key, values)}
        others = [places for key, places in self._values(name).items() if key not in refused]
        if sum(map(len, others)) > len(self._tickets) // 2:
            return None
        return set[int]().union(*others)

    def _values(self, name: str) -> defaultdict[SortKey | None, Places]:
        found = self._by_value.get(name)
        if found is None:
            found = self._by_value[name] = defaultdict(set)
            for place, stored in enumerate(self._tickets):
                found[sort_key(stored.ticket.fact(name))].add(place)
        return found

    def _parts(self) -> defaultdict[str, Places]:
        if self._by_part is None:
            self._by_part = defaultdict(set)
            for place, stored in enumerate(self._tickets):
                for name in _true_of(stored.ticket):
                    self._by_part[name].add(place)
        return self._by_part

    # -- by their order --------------------------------------------------------------------------

    def _order(self, orders: tuple[Order, ...]) -> "_Sorted":
        found = self._orders.pop(orders, None)
        if found is None:
            found = _Sorted(
                position_in(orders, stored.ticket, place) for place, stored in enumerate(self._tickets)
            )
            if len(self._orders) == MOST_ORDERS:
                del self._orders[next(iter(self._orders))]
        self._orders[orders] = found  # last, as the one that was asked for last
        return found


def _true_of(ticket: Ticket) -> set[str]:
    """Return those facts of a ticket that are true and called like what it may have several of."""
    own = (
        name for name, value in ticket.details.items() if value is True and name.startswith(FACTS_OF_PARTS)
    )
    return {*ticket.parts(), *own}


class _Sorted:
    """
    Positions in their order, in segments, so that to insert one is to move few.

    Args:
        positions: Those that there are to begin with.
        length: About how long a segment is.
    """

    __slots__ = ("_firsts", "_length", "_segments")

    def __init__(self, positions: Iterable[Position], length: int = _SEGMENT) -> None:
        every = sorted(positions)
        self._length = length
        self._segments = [every[start : start + length] for start in range(0, len(every), length)] or [[]]
        self._firsts = [segment[0] for segment in self._segments[1:]]

    def add(self, position: Position) -> None:
        """Insert a position."""
        place = bisect_right(self._firsts, position)
        segment = self._segments[place]
        insort(segment, position)
        if len(segment) > 2 * self._length:
            half = segment[self._length :]
            del segment[self._length :]
            self._segments.insert(place + 1, half)
            self._firsts.insert(place, half[0])

    def remove(self, position: Position) -> None:
        """Take out a position that is there."""
        segment = self._segments[bisect_right(self._firsts, position)]
        del segment[bisect_left(segment, position)]

    def places(self, behind: Position | None) -> Iterator[int]:
        """Go through the places of the tickets, behind a position."""
        if behind is None:
            return map(_PLACE, chain.from_iterable(self._segments))
        place = bisect_right(self._firsts, behind)
        rest = self._segments[place][bisect_right(self._segments[place], behind) :]
        return map(_PLACE, chain(rest, *self._segments[place + 1 :]))
