"""
What the commands of a desk cost: in memory, in pages of what one may see, and beside the nearest peer.

In memory, service levels are on; so are rules of access, where the desk knows them. What the peer is, and how
it is run, tells `helpdesk_peer`. Beside it everything is durable, and most of what somebody waits for is the
disk; so what it takes is told by the clock, and of the processor, which is what the code itself takes. Our
side writes the history with its chain of digests, clocks, timers and the feed in the same commit; the peer
has a history, and none of the rest. Our desk knows the tickets that it saved last; the peer loads each.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.resources import files
from itertools import cycle
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from tomllib import loads
from typing import Any, NamedTuple

from attrs import fields_dict

from benchmarks._measure import Row, interleaved, micro, table
from benchmarks.helpdesk_peer import MISSING, OPERATIONS, Helpdesk, Pragmas, Taken, is_installed, peer, timed
from itsmkit.conditions import Condition, holds, parse_condition, present
from itsmkit.desk import Desk, DeskConfig, InMemoryStore
from itsmkit.plugin import Order, StoredTicket
from itsmkit.practices import Incident
from itsmkit.sla import ClockPhase
from itsmkit.tickets import Actor, Commented, StateChanged, Ticket, TicketEvent, TicketId, TicketLogged
from itsmkit_sql import SQLStore

HAS_ACCESS = "access" in fields_dict(DeskConfig)
"""Whether desks know who may see and do what."""

AGREEMENTS, CATEGORIES = 200, 500
COMMANDS_AIM = 8_000  # a second
PAGE_AIM = 5.0  # milliseconds
LOADING_AIM = 1.0  # seconds

ROUNDS = 7
TICKETS = 300
KEPT = 100_000
DURABLE_ROUNDS, DURABLE, IN_A_BATCH = 5, 30, 200
BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
NEWEST = Order("updated_at", descending=True)
OPEN = 'not state_category in ["resolved", "closed", "cancelled"]'
URGENT: dict[str, Any] = {"impact": "high", "urgency": "high"}

AGENT, CUSTOMER = Actor("ann", roles=["agent"]), Actor("person-5", roles=["customer"])
SEES = {
    "agent": 'support_group in ["group-1", "group-2", "group-3"] or requester = "ann"',
    "customer": 'requester = "person-5" or affected_person = "person-5" or organisation = "part-5"',
}
"""What each role sees, as a condition."""

ROLES = {
    "roles": [
        {"name": name, "sees": [{"when": sees}], "permits": [{"operations": ["tickets.*", "incidents.*"]}]}
        for name, sees in SEES.items()
    ]
}
EVERYTHING = {
    "roles": [{"name": "agent", "sees": [{}], "permits": [{"operations": ["tickets.*", "incidents.*"]}]}]
}


def run() -> str:
    """Return the tables of this part."""
    parts = (_commands, _pages, _loading, _beside_the_peer)
    return "\n".join(part() for part in parts)


# -- in memory ---------------------------------------------------------------------------------------


def _commands() -> str:
    rows: list[Row] = []
    for name, desk in (
        ("", _desk(_standard())),
        (f", of {AGREEMENTS} agreements", _desk(loads(_large_desk()))),
    ):
        assert desk.config.agreements
        rows += _command_rows(desk, name)
    return table(f"Commands in memory, with service levels{_with_access()}: processor time", rows)


def _with_access() -> str:
    return " and rules of access" if HAS_ACCESS else ", without rules of access, which this version has not"


def _desk(rules: dict[str, Any]) -> Desk:
    return Desk.from_config(rules | (EVERYTHING if HAS_ACCESS else {})).acting_as(AGENT)


def _standard() -> dict[str, Any]:
    return loads((files("itsmkit.desk") / "standard.toml").read_text())


def _command_rows(desk: Desk, name: str) -> Iterator[Row]:
    incidents = [_begun(desk) for _ in range(TICKETS)]
    pausing: dict[str, Any] = {"pending_reason": "parts"}
    turn = cycle([("wait", pausing), ("resume", {})])
    people = cycle(["bob", "ann"])

    def comment() -> None:
        for each in incidents:
            desk.tickets.comment(each.id, "Please look at the plug.")

    def assign() -> None:
        assignee = next(people)
        for each in incidents:
            desk.tickets.assign(each.id, support_group="group-1", assignee=assignee)

    def transition() -> None:
        trigger, details = next(turn)
        for each in incidents:
            desk.tickets.transition(each.id, trigger, **details)

    def log() -> None:
        for _ in range(TICKETS):
            desk.incidents.log("Mail is down", **URGENT)

    work: dict[str, Callable[[], None]] = {
        "comment": comment,
        "assign": assign,
        "transition": transition,
        "log": log,
    }
    length = len(desk.tickets.history(incidents[-1].id))
    _check_commands(desk, incidents[0], work)
    taken = interleaved({each: partial(micro, done, repeats=1) for each, done in work.items()}, rounds=ROUNDS)
    done = 3 * (1 + ROUNDS) + 1  # each once to check it, and the transition twice
    assert len(desk.tickets.history(incidents[-1].id)) == length + done, "all of it is recorded"
    per_second = {each: TICKETS / seconds for each, seconds in taken.items()}
    per_second["comment, assign and transition in turns"] = (
        3 * TICKETS / (taken["comment"] + taken["assign"] + taken["transition"])
    )
    for each, rate in per_second.items():
        yield (
            f"{each}{name}",
            f"{rate:,.0f} / s",
            f"aim, {COMMANDS_AIM:,} / s",
            f"{rate / COMMANDS_AIM:.2f} ×",
        )


def _begun(desk: Desk) -> Ticket:
    """Return an incident that somebody works on."""
    incident = desk.incidents.log("Mail is down", **URGENT)
    desk.tickets.assign(incident.id, support_group="group-1", assignee="ann")
    return desk.tickets.transition(incident.id, "start")


def _check_commands(desk: Desk, one: Ticket, work: dict[str, Callable[[], None]]) -> None:
    """Hold each command to what it is to do, and its clocks to the move, before any is timed."""
    length, count = len(desk.tickets.history(one.id)), desk.tickets.count()
    for each in ("comment", "assign", "transition"):
        work[each]()
    found = desk.tickets.get(one.id)
    assert len(desk.tickets.history(one.id)) == length + 3, "each command is one event"
    assert (found.state, found.assignee) == ("Pending", "bob"), found
    assert desk.tickets.clocks(one.id)["resolve"].phase is ClockPhase.PAUSED
    work["transition"]()
    assert desk.tickets.clocks(one.id)["resolve"].phase is ClockPhase.RUNNING
    work["log"]()
    assert desk.tickets.count() == count + TICKETS


# -- pages -------------------------------------------------------------------------------------------


def _pages() -> str:
    store = InMemoryStore()
    random = Random(7)
    every = [_kept(number, random) for number in range(KEPT)]
    with store.begin() as unit:
        for ticket in every:
            unit.save(StoredTicket(ticket), [_logged(ticket)], expected=0)
    desk = Desk.from_config(_standard() | (ROLES if HAS_ACCESS else {}), store=store)
    rows = [
        _page_row(
            desk.acting_as(viewer),
            every,
            f"{what} that {who} may see, newest change first",
            where,
            SEES[viewer.roles[0]],
        )
        for viewer, who in ((AGENT, "an agent of 3 of 20 groups"), (CUSTOMER, "one of 2,000 customers"))
        for what, where in (("open tickets", OPEN), ("all tickets", "always"))
    ]
    by = "rules of access" if HAS_ACCESS else "a condition, as this version has no rules of access"
    return table(f"A page of 50 out of {KEPT:,} tickets in memory, by {by}: processor time", rows)


def _page_row(desk: Desk, every: Sequence[Ticket], name: str, where: str, sees: str) -> Row:
    conditions = [parse_condition(where), parse_condition(sees)]
    asked = conditions[0] if HAS_ACCESS else conditions[0] & conditions[1] & ~present("restricted_to")
    expected = _expected(every, conditions)
    page = desk.tickets.find(asked, order_by=[NEWEST])
    assert expected, name
    assert [each.id for each in page.tickets] == [each.id for each in expected], name
    taken = interleaved(
        {"page": partial(micro, lambda: desk.tickets.find(asked, order_by=[NEWEST]), repeats=20)},
        rounds=ROUNDS,
    )
    found = taken["page"] * 1e3
    return name, f"{found:.2f} ms", f"aim, less than {PAGE_AIM} ms", f"{found / PAGE_AIM:.2f} ×"


def _expected(every: Sequence[Ticket], conditions: Sequence[Condition]) -> list[Ticket]:
    """Return the page as whoever looks at each ticket finds it."""
    seen = [each for each in every if all(holds(condition, each.facts()) for condition in conditions)]
    return sorted(seen, key=lambda each: each.updated_at, reverse=True)[:50]


def _kept(number: int, random: Random) -> Incident:
    is_open, person = random.randrange(20) == 0, random.randrange(2_000)
    return Incident(
        id=TicketId(f"ticket-{number}"),
        kind="incident",
        number=f"INC-{number}",
        version=1,
        state="In Progress" if is_open else "Closed",
        state_category="active" if is_open else "closed",
        opened_at=BEGIN,
        updated_at=BEGIN + timedelta(seconds=random.randrange(63_072_000)),
        title="No network on the floor",
        requester=f"person-{person}",
        organisation=f"part-{person % 500}",
        priority=random.choice(["P1", "P2", "P3", "P4"]),
        support_group=f"group-{random.randrange(20)}",
    )


def _logged(ticket: Ticket) -> TicketEvent:
    at = ticket.updated_at
    fact = TicketLogged(ticket.kind, ticket.number, ticket.state, ticket.state_category, ticket.opened_at)
    return TicketEvent(ticket.id, 1, at, at, at, AGENT, fact)


# -- loading -----------------------------------------------------------------------------------------


def _loading() -> str:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "desk.toml"
        path.write_text(_large_desk())
        config = DeskConfig.load(path)
        assert len(config.agreements) == AGREEMENTS
        assert config.categories is not None
        assert len(config.categories.nodes) == CATEGORIES
        assert config.categories.path("category-499") == "category-9/category-99/category-499"
        taken = interleaved(
            {
                "load": partial(micro, lambda: DeskConfig.load(path), repeats=1),
                "read": partial(micro, lambda: loads(path.read_text()), repeats=1),
            },
            rounds=ROUNDS,
        )
    load, read = taken["load"], taken["read"]
    what = f"{AGREEMENTS} agreements and {CATEGORIES} categories, checked"
    return table(
        "Loading a desk.toml: processor time",
        [
            (what, f"{load:.2f} s", f"aim, less than {LOADING_AIM} s", f"{load / LOADING_AIM:.2f} ×"),
            (what, f"{load:.2f} s", f"tomllib alone, {read:.2f} s", f"{load / read:.1f} ×"),
        ],
    )


def _large_desk() -> str:
    """Return a configuration of many agreements, each of its own work, and of a tree of categories."""
    agreements = "\n".join(
        f"""\
[[agreements]]
name = "Agreement {number}"
calendar = "{"office" if number % 2 else "always"}"
when = 'priority = "P{number % 4 + 1}" and organisation = "part-{number // 4}"'

[[agreements.targets]]
clock = "respond"
within = "{number % 8 + 1}h"
stop = {{ not = {{ field = "state_category", equals = "new" }} }}
reopens = false
checkpoints = ["50%", "breach"]

[[agreements.targets]]
clock = "resolve"
within = "{number % 40 + 8}h"
checkpoints = ["50%", "75%", "breach"]
"""
        for number in range(AGREEMENTS - 1)
    )
    categories = "\n".join(map(_category, range(CATEGORIES)))
    return f"""\
[calendars.office]
hours = "Mon-Fri 09:00-17:00"
time_zone = "Europe/Berlin"

[calendars.always]
hours = "24x7"
time_zone = "UTC"

{agreements}
[[agreements]]
name = "All else"
calendar = "office"

[[agreements.targets]]
clock = "resolve"
within = "40h"
checkpoints = ["75%", "breach"]

[categories]
version = 1

[categories.nodes]
{categories}
"""


def _category(number: int) -> str:
    """Return a category: ten at the top, ninety below these, and the rest below those."""
    if number < 10:
        return f'category-{number} = "Category {number}"'
    above = number % 10 if number < 100 else number % 90 + 10 if number < 460 else number - 400
    return f'category-{number} = {{ label = "Category {number}", parent = "category-{above}" }}'


# -- beside the peer ---------------------------------------------------------------------------------


class _Ours(NamedTuple):
    """Our desk on SQLite, worked as the peer is."""

    desk: Desk
    pragmas: Pragmas

    def taken(self, operation: str, count: int) -> Taken:
        """Return what it takes to do an operation on each of *count* new tickets: as `Helpdesk.taken`."""
        desk = self.desk
        if operation == "create":
            return timed(lambda: _log(desk, count))
        if operation == "create in a batch":
            return timed(lambda: self._log_in_a_batch(count))
        ids = self._log_in_a_batch(count, assigned=operation == "resolve")

        def work() -> None:
            for each in ids:
                if operation == "comment":
                    desk.tickets.comment(each, "Please look at the plug.")
                elif operation == "assign":
                    desk.tickets.assign(each, assignee="ann")
                else:
                    desk.tickets.transition(each, "resolve", resolution="It was the plug.")

        return timed(work)

    def found(self) -> list[dict[str, Any]]:
        """Return what it tells of its tickets: as `Helpdesk.found`."""
        return [
            {
                "status": "Resolved" if each.state == "Resolved" else "Open",
                "assignee": each.assignee,
                "comments": [each.details["description"], *_written(self.desk, each)],
            }
            for each in self.desk.tickets
        ]

    def _log_in_a_batch(self, count: int, *, assigned: bool = False) -> list[TicketId]:
        with self.desk.batch() as batch:
            ids = _log(batch, count)
            for each in ids if assigned else ():  # our workflow resolves what a group has, and nothing else
                batch.tickets.transition(each, "assign", support_group="group-1")
            return ids


def _written(desk: Desk, ticket: Ticket) -> Iterator[object]:
    for event in desk.tickets.history(ticket.id):
        match event.fact:
            case Commented(text=text):
                yield text
            case StateChanged(trigger="resolve", details=details):
                yield details["resolution"]


def _log(desk: Desk, count: int) -> list[TicketId]:
    told = {"description": "It was up before lunch."}
    return [desk.incidents.log("Mail is down", details=told).id for _ in range(count)]


def _beside_the_peer() -> str:
    if not is_installed():
        return f"## Beside django-helpdesk, on SQLite\n\n{MISSING}\n"
    with ExitStack() as stack:
        shipped, tuned, our = (Path(stack.enter_context(TemporaryDirectory())) for _ in range(3))
        # Everybody may everything, as with theirs unless it is told otherwise.
        store = SQLStore.open(f"sqlite:///{our}/desk.db")
        desk = stack.enter_context(Desk.from_config(_standard(), store=store)).acting_as(AGENT)
        ours = _Ours(desk, _pragmas(store))
        theirs = stack.enter_context(peer(shipped, "shipped"))
        quick = stack.enter_context(peer(tuned, "tuned"))
        sides: tuple[_Ours | Helpdesk, ...] = (ours, theirs, quick)
        _check_alike(sides)
        rows = [row for each in OPERATIONS for row in _beside(each, sides)]
        verified = desk.audit.verify()
        assert verified.is_intact, verified
    ways = (
        f"ours, {ours.pragmas}, a commit for each command",
        f"as it ships, {theirs.pragmas}, a commit for each statement",
        f"tuned, {quick.pragmas}, a commit for each operation",
    )
    return table(f"Beside {theirs.name}, on SQLite: {'; '.join(ways)}", rows)


def _pragmas(store: SQLStore) -> Pragmas:
    with store._database.reading() as connection:
        asked = (f"PRAGMA {name}" for name in Pragmas._fields)
        return Pragmas(*(connection.exec_driver_sql(each).scalar_one() for each in asked))


def _check_alike(sides: Sequence[_Ours | Helpdesk]) -> None:
    """Hold all sides to the same tickets after each operation, before any is timed."""
    for side in sides:
        for operation in OPERATIONS:
            side.taken(operation, 1)
    first, *others = (side.found() for side in sides)
    assert len(first) == len(OPERATIONS), first
    assert all(other == first for other in others), (first, others)


def _beside(operation: str, sides: Sequence[_Ours | Helpdesk]) -> Iterator[Row]:
    count = IN_A_BATCH if "batch" in operation else DURABLE
    taken = [[side.taken(operation, count) for side in sides] for _ in range(DURABLE_ROUNDS)]
    for place, of in enumerate(("by the clock", "of the processor")):
        ours, *theirs = (count / median(each[side][place] for each in taken) for side in range(len(sides)))
        for name, rate in zip(("as it ships", "tuned"), theirs, strict=True):
            yield f"{operation}, {of}", f"{ours:,.0f} / s", f"{name}, {rate:,.0f} / s", f"{ours / rate:.1f} ×"


if __name__ == "__main__":
    print(run())
