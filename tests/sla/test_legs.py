"""
Legs: who held the work, by whose hours, and what it took of the promise.

Histories are written as ``2 Network``: two hours after the opening, on Monday at nine, the work goes to that
team; a small word is a category.
"""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import equals
from itsmkit.errors import DefinitionError
from itsmkit.sla import (
    BusinessCalendar,
    Checkpoint,
    ClockEvent,
    ClockPhase,
    Leg,
    OperationalLevelAgreement,
    Target,
    UnderpinningContract,
    Verdict,
    pausing_for,
    read_clock,
    read_legs,
)
from itsmkit.testing.strategies import business_calendars, clock_histories, waits

HOUR = timedelta(hours=1)
OPENED = datetime(2026, 3, 2, 9, tzinfo=UTC)
ALL_DAY = BusinessCalendar.always("UTC")
OFFICE = BusinessCalendar("Mon-Fri 09:00-17:00", "UTC")
NETWORK = OperationalLevelAgreement("network", OFFICE, 2 * HOUR, equals("support_group", "Network"))
REST = OperationalLevelAgreement("any team", ALL_DAY, 4 * HOUR)
RESOLVE = Target("resolve", 8 * HOUR)


def told(*lines: str, fact: str = "support_group") -> list[ClockEvent]:
    category, holder = "new", None
    events = [ClockEvent(OPENED, "opened", category)]
    for line in lines:
        hours, what = line.split()
        name = "assigned"
        if what == "nobody":
            holder = None
        elif what[0].isupper():
            holder = what
        else:
            name, category = ("reopened", "active") if what == "reopened" else ("state_changed", what)
        events.append(ClockEvent(OPENED + float(hours) * HOUR, name, category, {fact: holder}))
    return events


def legs_of(*lines: str, at: float) -> tuple[Leg, ...]:
    parent = RESOLVE, OFFICE
    return read_legs([NETWORK, REST], told(*lines), OPENED + at * HOUR, parent=parent)


def shown(legs: tuple[Leg, ...]) -> list[tuple[object, ...]]:
    """Return each leg as holder, begin, end, agreement, phase, elapsed and consumed time, in hours."""
    return [
        (
            leg.holder,
            (leg.started_at - OPENED) / HOUR,
            leg.ended_at and (leg.ended_at - OPENED) / HOUR,
            leg.agreement,
            leg.reading and leg.reading.phase.value,
            leg.reading and leg.reading.elapsed / HOUR,
            leg.consumed is not None and leg.consumed / HOUR,
        )
        for leg in legs
    ]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param((), [], id="nobody has it"),
        pytest.param(
            ("1 Desk",), [("Desk", 1, None, "any team", "running", 5, 5)], id="one team has it",
        ),
        pytest.param(
            ("1 Desk", "3 Network"),
            [("Desk", 1, 3, "any team", "stopped", 2, 2), ("Network", 3, None, "network", "running", 3, 3)],
            id="from assignment to hand-over",
        ),
        pytest.param(
            ("1 Desk", "2 active", "3 Desk"), [("Desk", 1, None, "any team", "running", 5, 5)],
            id="assigned again to the same team",
        ),
        pytest.param(
            ("1 Desk", "3 nobody", "4 Desk"),
            [("Desk", 1, 3, "any team", "stopped", 2, 2), ("Desk", 4, None, "any team", "running", 2, 2)],
            id="given back between",
        ),
        pytest.param(
            ("1 Desk", "2 pending", "4 active"), [("Desk", 1, None, "any team", "running", 3, 3)],
            id="a pause counts for nobody",
        ),
        pytest.param(
            ("1 Desk", "2 pending", "3 Network", "4 active"),
            [("Desk", 1, 3, "any team", "stopped", 1, 1), ("Network", 3, None, "network", "running", 2, 2)],
            id="handed over while it waits",
        ),
        pytest.param(
            ("1 Network", "2 resolved", "3 closed"), [("Network", 1, 2, "network", "stopped", 1, 1)],
            id="resolved by them",
        ),
        pytest.param(
            ("1 Network", "2 resolved", "4 reopened"),
            [("Network", 1, 2, "network", "stopped", 1, 1), ("Network", 4, None, "network", "running", 2, 2)],
            id="back to them",
        ),
        pytest.param(
            ("1 Network", "2 cancelled"), [("Network", 1, 2, "network", "stopped", 1, 1)], id="cancelled",
        ),
        pytest.param(
            ("2 Desk", "1 Network"),
            [("Desk", 2, 2, "any team", "stopped", 0, 0), ("Network", 2, None, "network", "running", 4, 4)],
            id="time never runs back",
        ),
    ],
)  # fmt: skip
def test_a_leg_lasts_from_assignment_to_hand_over(
    lines: tuple[str, ...], expected: list[tuple[object, ...]]
) -> None:
    legs = legs_of(*lines, at=6)
    assert shown(legs) == expected
    assert [leg.number for leg in legs] == list(range(1, len(legs) + 1))


def test_a_hand_over_leaves_the_next_team_all_of_its_time() -> None:
    desk, network = legs_of("0 Desk", "5 Network", at=6.5)
    assert desk.reading.verdict is Verdict.BREACHED
    assert (network.reading.verdict, network.reading.due) == (Verdict.OPEN, OPENED + 7 * HOUR)


def test_each_leg_counts_by_its_own_hours_and_takes_of_the_promise_by_those_of_the_promise() -> None:
    desk, network = legs_of("6 Desk", "10 Network", at=26)
    assert (desk.reading.elapsed, desk.consumed) == (4 * HOUR, 2 * HOUR)
    assert (network.reading.elapsed, network.consumed) == (2 * HOUR, 2 * HOUR)


def test_events_to_come_are_no_legs() -> None:
    assert shown(legs_of("1 Desk", "7 Network", at=6)) == [("Desk", 1, None, "any team", "running", 5, 5)]


def test_a_leg_for_which_nothing_is_promised_has_no_clock() -> None:
    (leg,) = read_legs([NETWORK], told("1 Desk"), OPENED + 2 * HOUR)
    assert (leg.agreement, leg.reading, leg.consumed) == (None, None, None)


# -- suppliers ---------------------------------------------------------------------------------------

SUPPLIER = UnderpinningContract("carrier", ALL_DAY, 6 * HOUR, equals("supplier", "Carrier"), pauses_ours=True)


def test_supplier_legs_count_by_the_hours_of_the_supplier() -> None:
    history = told("1 Carrier", "10 pending", "12 nobody", fact="supplier")
    (leg,) = read_legs([SUPPLIER, REST], history, OPENED + 20 * HOUR, held_by="supplier")
    assert (leg.holder, leg.agreement, leg.reading.elapsed) == ("Carrier", "carrier", 11 * HOUR)
    assert leg.reading.verdict is Verdict.BREACHED


@pytest.mark.parametrize(
    ("contract", "elapsed"),
    [
        pytest.param(SUPPLIER, 3, id="it pauses ours"),
        pytest.param(UnderpinningContract("carrier", ALL_DAY, HOUR), 5, id="it does not"),
    ],
)
def test_a_contract_says_whether_it_pauses_our_clocks(contract: UnderpinningContract, elapsed: int) -> None:
    history = told("1 Carrier", "3 nobody", fact="supplier")
    target = pausing_for(RESOLVE, [contract])
    assert read_clock(target, OFFICE, history, OPENED + 5 * HOUR).elapsed == elapsed * HOUR


def test_another_supplier_than_the_one_of_the_contract_pauses_nothing() -> None:
    history = told("1 Printers", "3 nobody", fact="supplier")
    target = pausing_for(RESOLVE, [SUPPLIER])
    assert read_clock(target, OFFICE, history, OPENED + 5 * HOUR).phase is ClockPhase.RUNNING
    assert read_clock(target, OFFICE, history, OPENED + 5 * HOUR).elapsed == 5 * HOUR


# -- what is refused ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [OperationalLevelAgreement, UnderpinningContract])
@pytest.mark.parametrize("within", [None, timedelta(0), -HOUR, 3])
def test_a_leg_is_given_some_time(kind: type, within: timedelta | None) -> None:
    with pytest.raises(DefinitionError, match="within must be"):
        kind("network", OFFICE, within)


def test_a_leg_has_checkpoints_like_any_target() -> None:
    half = Checkpoint.at_share(50)
    assert OperationalLevelAgreement("n", OFFICE, HOUR, checkpoints=[half]).target.checkpoints == (half,)


# -- the laws ----------------------------------------------------------------------------------------


@st.composite
def held_histories(draw: st.DrawFn) -> list[ClockEvent]:
    """Return histories in which the work is handed around."""
    events, holder = [], None
    for event in draw(clock_histories(orderly=draw(st.booleans()))):
        if draw(st.booleans()):
            holder = draw(st.sampled_from(["Desk", "Network", None]))
        facts = {"support_group": holder}
        events.append(ClockEvent(event.at, event.name, event.category, facts))
    return events


@given(held_histories(), business_calendars(), waits())
def test_legs_do_not_overlap_and_take_no_more_than_the_clock_counted(
    events: list[ClockEvent], calendar: BusinessCalendar, wait: timedelta
) -> None:
    at = max(event.at for event in events) + wait
    legs = read_legs([REST], events, at, parent=(RESOLVE, calendar))
    ends = [leg.ended_at for leg in legs]
    assert all(end is not None for end in ends[:-1])
    for earlier, later in pairwise(legs):
        assert earlier.ended_at <= later.started_at
    reading = read_clock(RESOLVE, calendar, events, at)
    taken = sum((leg.consumed for leg in legs), timedelta(0))
    assert taken <= reading.elapsed
    if all(event.facts["support_group"] for event in events):
        assert taken == reading.elapsed


@given(held_histories(), waits())
def test_a_leg_lasts_as_long_as_somebody_holds_the_work(events: list[ClockEvent], wait: timedelta) -> None:
    """Oracle: from event to event, whoever holds it."""
    at = max(event.at for event in events) + wait
    held: dict[str, timedelta] = {}
    latest = events[0].at
    for event, then in zip(events, [*events[1:], None], strict=True):
        latest = max(latest, event.at)
        end = at if then is None else max(latest, then.at)
        holder = event.facts["support_group"]
        if holder and event.category in {"new", "active", "pending"}:
            held[holder] = held.get(holder, timedelta(0)) + (end - latest)
    found: dict[str, timedelta] = {}
    for leg in read_legs([], events, at):
        found[leg.holder] = found.get(leg.holder, timedelta(0)) + ((leg.ended_at or at) - leg.started_at)
    assert found == held
