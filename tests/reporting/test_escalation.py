"""Figures of escalation, and a backtest that agrees with a desk which has looked at every minute."""

from datetime import timedelta
from pathlib import Path
from random import Random
from runpy import run_path

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.calendars import BusinessCalendar
from itsmkit.desk import Desk, DeskConfig, ManualClock
from itsmkit.errors import DefinitionError
from itsmkit.practices import EscalationPolicy
from itsmkit.practices.escalation import Hours, Ladder, LadderStep, Trigger
from itsmkit.reporting.escalation import Backtest, EscalationFigures, backtest, escalation_figures
from itsmkit.testing import A_MONDAY, AN_AGENT
from itsmkit.tickets import Actor, EscalationStepTaken, TicketEvent
from itsmkit.tickets.structure import Structure, SupportGroup

EXAMPLE = Path(__file__).parents[2] / "examples" / "backtest_escalation.py"
MINUTE = timedelta(minutes=1)
HOURLY = [LadderStep(HOURS * 60 * MINUTE, ["boss"]) for HOURS in (1, 2, 3)]
LADDERS = (
    Ladder(name="idle", on=Trigger.IDLE, steps=HOURLY),
    Ladder(name="silent", on=Trigger.SILENT, steps=HOURLY, calendar="always"),
    Ladder(name="handed on", on=Trigger.REASSIGNED, at_least=1, steps=HOURLY),
    Ladder(name="late", on=Trigger.CHECKPOINT, clock="resolve", checkpoint="75%", steps=HOURLY),
)
STANDARD = DeskConfig.standard()
CONFIG = evolve(
    STANDARD,
    escalation=EscalationPolicy(ladders=LADDERS),
    structure=Structure(groups=[SupportGroup("a"), SupportGroup("b", line=2)]),
)
HOURS_OF_DESK = Hours(CONFIG.reporting_hours, CONFIG.calendars)

_KINDS = ["note", "message", "a", "b", "from outside", "resolve", "urgent"]
_DEEDS = st.lists(
    st.tuples(
        st.integers(1, 200),
        st.sampled_from(["note", "message", "a", "b", "from outside", "resolve", "urgent"]),
    ),
    max_size=8,
)


def lived(deeds: list[tuple[int, str]]) -> list[TicketEvent]:
    """Let a desk live with a ticket, and look at what is due at every step of the clock."""
    clock = ManualClock(A_MONDAY)
    desk = Desk(CONFIG, clock=clock, random=Random(1)).acting_as(AN_AGENT)
    ticket = desk.incidents.log("No mail", requester="bob", support_group="a", impact="high").id
    for wait, deed in [*deeds, (600, "nothing")]:
        until = clock() + wait * MINUTE
        while (due := desk.next_due()) is not None and due < until:
            clock.set(max(due, clock()))
            desk.run_due()
        clock.set(until)
        if deed == "note":
            desk.tickets.add_note(ticket, "a look")
        elif deed == "message":
            desk.tickets.send_message(ticket, "soon")
        elif deed in ("a", "b"):
            desk.tickets.assign(ticket, support_group=deed)
        elif deed == "from outside":
            desk.tickets.send_message(ticket, "well?", by=Actor("bob"))
        elif deed == "urgent":
            desk.incidents.prioritise(ticket, impact="high", urgency="high")
        elif deed == "resolve" and desk.tickets.get(ticket).state == "New":
            desk.tickets.assign(ticket, support_group="a", assignee="ann")
            desk.incidents.transition(ticket, "start")
            desk.incidents.transition(ticket, "resolve", resolution="a cable")
    return [*desk.tickets.history(ticket)]


def steps_of(history: list[TicketEvent]) -> list[tuple[object, ...]]:
    facts = [event.fact for event in history if isinstance(event.fact, EscalationStepTaken)]
    return sorted((fact.due, fact.ladder, fact.step) for fact in facts)


@given(_DEEDS)
@settings(max_examples=40, deadline=None)
def test_a_backtest_takes_the_steps_that_a_desk_has_taken(deeds: list[tuple[int, str]]) -> None:
    history = lived(deeds)
    end = A_MONDAY + sum((wait * MINUTE for wait, _ in deeds), 600 * MINUTE)
    expected = steps_of(history)
    for agreements in (CONFIG.agreements, None):  # checkpoints that are reckoned, and those that passed
        found = backtest(CONFIG.escalation, [history], HOURS_OF_DESK, agreements=agreements, until=end)
        assert sorted((each.due, each.ladder, each.step) for each in found.taken) == expected


def test_a_backtest_tells_what_would_have_been() -> None:
    history = lived([])
    found = backtest(CONFIG.escalation, [history, []], HOURS_OF_DESK, agreements=CONFIG.agreements)
    assert found == Backtest(2, found.taken)
    assert found.explain().splitlines()[0] == f"{len(found.taken)} steps on 2 tickets"
    assert found.taken[0].explain() == "2026-03-02 10:00Z INC-1: idle, step 1 (since 1)"


def test_a_ladder_counts_on_a_calendar_that_is_there() -> None:
    with pytest.raises(DefinitionError, match="unknown calendar 'always'"):
        backtest(CONFIG.escalation, [], Hours(BusinessCalendar.always()))


def test_figures_are_counted_from_events() -> None:
    clock = ManualClock(A_MONDAY)
    desk = Desk(CONFIG, clock=clock, random=Random(1)).acting_as(AN_AGENT)
    first, second, third = (
        desk.incidents.log("No mail", requester="bob", support_group="a") for _ in range(3)
    )
    for group in ("b", "a", "b"):
        desk.escalation.escalate(first.id, group, reason="so", note="this")
    desk.escalation.escalate(second.id, 2, reason="so", note="this")
    clock.advance(60 * MINUTE)
    desk.run_due()
    desk.escalation.acknowledge(third.id, "idle")
    clock.advance(7 * 60 * MINUTE)
    desk.run_due()
    found = escalation_figures([desk.tickets.history(each.id) for each in desk.tickets])
    assert (found.tickets, found.escalated, found.bounced, found.flagged) == (3, 2, 1, 1)
    assert found.from_lines == {"line 1": 3, "line 2": 1}
    assert found.reached_lines == {"line 1": 2, "line 2": 2}
    assert found.steps["idle, step 1"] == 3
    assert found.steps["idle, step 2"] == 2
    assert (found.acknowledged, found.passed_over) == (1, 0)
    assert found.explain().splitlines()[:3] == [
        "2 of 3 tickets escalated (66.7%)",
        "  from line 1: 3 times, on 2 tickets of it",
        "  from line 2: 1 times, on 2 tickets of it",
    ]
    assert EscalationFigures().explain().startswith("0 of 0 tickets escalated\n")
    lenient = escalation_figures([desk.tickets.history(first.id)], EscalationPolicy(bounces=2))
    assert (lenient.flagged, lenient.bounced) == (0, 1)


def test_a_year_of_a_real_desk_is_tried(audit_log: Path) -> None:
    found = run_path(str(EXAMPLE))["tried"](audit_log)
    assert found.tickets == 24918
    assert found.by_step["idle", 1] >= found.by_step["idle", 2]
