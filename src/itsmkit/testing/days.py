"""
Days of a desk: random commands, to see that two ways of running them leave the same.

This module needs hypothesis. What is refused counts, too: a day goes on after it.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from random import Random
from typing import Any, NamedTuple

from attrs import evolve
from hypothesis import strategies as st

from itsmkit.cmdb import CIId, ConfigurationItem, SourceRecord
from itsmkit.conditions import equals
from itsmkit.desk import ConfigurationRules, Desk, DeskConfig, InMemoryNotifier, ManualClock
from itsmkit.errors import ItsmkitError
from itsmkit.plugin import RowKind, Store, StoreRow, TicketQuery
from itsmkit.practices import Observation
from itsmkit.testing.builders import A_MONDAY, AN_AGENT
from itsmkit.tickets import TicketId

__all__ = ["Act", "Day", "days", "rows_in_any_position"]

_LEVELS = ("high", "medium", "low")
_TRIGGERS = ("assign", "start", "resolve", "close", "reopen")
_STATES = ("New", "Assigned", "In Progress", "Resolved", "Closed")
_EMPTY = "a ticket that is not there"


class Act(NamedTuple):
    """
    Something that is done on a desk.

    Args:
        what: What is done; one of the names in this module.
        which: With which ticket, item or choice it is done: any number stands for one that there is.
        number: A number of its own, by which no two acts of a day are about the same new thing.
    """

    what: str
    which: int
    number: int


class Day:
    """
    A desk to spend days on, always with the same time and the same identifiers.

    Args:
        store: Where it keeps its records.
    """

    def __init__(self, store: Store) -> None:
        self.clock = ManualClock(A_MONDAY)
        self.notifier = InMemoryNotifier()
        self.desk = Desk(
            evolve(DeskConfig.standard(), cmdb=ConfigurationRules()),
            store=store,
            plugins=[self.notifier],
            clock=self.clock,
            random=Random(1),  # noqa: S311  # it is to be the same each time
        ).acting_as(AN_AGENT)

    def spend(self, desk: Desk, acts: Iterable[Act]) -> list[object]:
        """Do *acts* on *desk*, which is that of the day or a batch of it; return what came of each."""
        return [self._outcome(desk, act) for act in acts]

    def _outcome(self, desk: Desk, act: Act) -> object:
        try:
            return _ACTS[act.what](self, desk, act)
        except ItsmkitError as error:
            return f"{type(error).__name__}: {error}"


def _a_ticket(desk: Desk, act: Act) -> TicketId:
    ids = [ticket.id for ticket in desk.tickets]
    return ids[act.which % len(ids)] if ids else TicketId(_EMPTY)


def _one_of(choices: Sequence[str], act: Act) -> str:
    return choices[act.which % len(choices)]


def _log(_day: Day, desk: Desk, act: Act) -> object:
    level = _one_of(_LEVELS, act)
    return desk.incidents.log(f"Number {act.number}", impact=level, urgency=level, support_group="Network")


def _take_over(_day: Day, desk: Desk, act: Act) -> object:
    number = f"{'INC-' if act.which % 2 else 'EXT-'}{1000 + act.number}"
    seen = Observation(_one_of(_STATES, act), priority="P2", support_group="Servers")
    return desk.incidents.take_over(number, seen, opened_at=desk.clock() - timedelta(hours=1))


def _catch_up(_day: Day, desk: Desk, act: Act) -> object:
    return desk.incidents.catch_up(_a_ticket(desk, act), Observation(_one_of(_STATES, act), priority="P1"))


def _comment(_day: Day, desk: Desk, act: Act) -> object:
    return desk.tickets.comment(_a_ticket(desk, act), f"number {act.number}" if act.which % 5 else "")


def _erase(_day: Day, desk: Desk, act: Act) -> object:
    return desk.tickets.erase(_a_ticket(desk, act), reason=f"reason {act.number}")


def _assign(_day: Day, desk: Desk, act: Act) -> object:
    return desk.tickets.assign(_a_ticket(desk, act), support_group="Network", assignee="bob")


def _describe(_day: Day, desk: Desk, act: Act) -> object:
    return desk.tickets.describe(_a_ticket(desk, act), site=f"site {act.which % 3}", cable=act.number)


def _prioritise(_day: Day, desk: Desk, act: Act) -> object:
    level = _one_of(_LEVELS, act)
    return desk.incidents.prioritise(_a_ticket(desk, act), impact=level, urgency=level)


def _transition(_day: Day, desk: Desk, act: Act) -> object:
    trigger = _TRIGGERS[act.number % len(_TRIGGERS)]
    told: dict[str, Any] = {"resolution": "plugged it in"} if trigger == "resolve" else {}
    return desk.incidents.transition(_a_ticket(desk, act), trigger, **told)


def _put(_day: Day, desk: Desk, act: Act) -> object:
    return desk.cmdb.put(ConfigurationItem(CIId(f"host-{act.which % 3}"), "server", f"Host {act.number}"))


def _relate(_day: Day, desk: Desk, act: Act) -> object:
    return desk.cmdb.relate(f"host-{act.which % 3}", "depends_on", f"host-{act.number % 3}")


def _retire(_day: Day, desk: Desk, act: Act) -> object:
    return desk.cmdb.retire(f"host-{act.which % 3}")


def _receive(_day: Day, desk: Desk, act: Act) -> object:
    record = SourceRecord("scan", f"{act.which % 3}", "server", f"Scanned {act.number}", seen_at=desk.clock())
    return desk.discovery.receive([record]).events


def _pass_time(day: Day, _desk: Desk, act: Act) -> object:
    day.clock.advance(timedelta(minutes=act.which % 300))
    return day.clock()


def _run_due(_day: Day, desk: Desk, _act: Act) -> object:
    return desk.run_due(), desk.next_due()


def _look(_day: Day, desk: Desk, _act: Act) -> object:
    store, where = desk.store, equals("support_group", "Network")
    query = TicketQuery(where, order_by=["priority", "title"], limit=2)
    page = store.find(query)
    # Where a page ends is told in words of the store's own; what comes after it is the same for all.
    rest = [] if page.next is None else store.find(evolve(query, after=page.next)).tickets
    said = [each.event for each in desk.cmdb.events()]
    with store.begin() as unit:
        records = [unit.configuration_history(key) for key in {event.record.key: None for event in said}]
        histories = [unit.history(ticket.id) for ticket in desk.tickets]
    readings = [
        (ticket.id, {name: each.due for name, each in shown.items()})
        for ticket, shown in desk.tickets.readings()
    ]
    found = [store.find_ticket(ticket.number).ticket for ticket in desk.tickets]
    return (
        found,
        list(desk.feed()),
        histories,
        readings,
        [stored.ticket for stored in page.tickets],
        [stored.ticket for stored in rest],
        store.count(where),
        store.staging(),
        said,
        records,
    )


_COMMANDS: dict[str, Callable[[Day, Desk, Act], object]] = {
    "assign": _assign,
    "catch up": _catch_up,
    "comment": _comment,
    "describe": _describe,
    "erase": _erase,
    "log": _log,
    "look": _look,
    "pass time": _pass_time,
    "prioritise": _prioritise,
    "put": _put,
    "receive": _receive,
    "relate": _relate,
    "retire": _retire,
    "take over": _take_over,
    "transition": _transition,
}
_ACTS = {**_COMMANDS, "run what is due": _run_due}


@st.composite
def days(draw: st.DrawFn, *, most: int = 25, due: bool = True, first: int = 0) -> list[Act]:
    """
    Return the acts of a day.

    Args:
        draw: Draws.
        most: How many there are at most.
        due: Whether what is due is run in between.
        first: From where on its acts are numbered.
    """
    names = draw(st.lists(st.sampled_from(sorted(_ACTS if due else _COMMANDS)), max_size=most))
    numbers = st.integers(0, 1000)
    return [Act(name, draw(numbers), first + place) for place, name in enumerate(names)]


def rows_in_any_position(store: Store) -> list[StoreRow]:
    """
    Return the rows of a dump, with only the order in which events of one kind came, and not their positions.

    What is saved at once is committed at once: which of the tickets and the configuration stands first in it
    means nothing.
    """
    positioned = {RowKind.EVENT, RowKind.CONFIGURATION, RowKind.RECORD_EVENT}
    return [
        StoreRow(row.kind, {**row.data, "position": None} if row.kind in positioned else row.data)
        for row in store.dump()
    ]
