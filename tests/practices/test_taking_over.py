from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import equals
from itsmkit.practices import Incident, KindOfWork, Observation, Occasion, catch_up, incident_kind, take_over
from itsmkit.practices.decision import unchanged
from itsmkit.testing.strategies import instants, waits
from itsmkit.tickets import (
    Actor,
    Assigned,
    DetailsChanged,
    Fact,
    Prioritised,
    StateChanged,
    StateCorrected,
    TicketId,
    TicketLogged,
    replay,
)
from itsmkit.workflow import Guard, State, Transition, UnknownStateError, Workflow, WorkflowDefinition

Occasions = Callable[..., Occasion]
KEY = TicketId("t1")
HOUR = timedelta(hours=1)


# -- the beginning -----------------------------------------------------------------------------------


def test_a_history_begins_as_the_other_system_shows_it(
    practice: KindOfWork[Incident], occasion: Occasions, opened: datetime
) -> None:
    seen = Observation(
        "New",
        "Network",
        "ann",
        "high",
        "low",
        "critical",
        {"title": "No mail", "site": None, "colour": "red"},
    )
    decision = take_over(practice, KEY, "INC0001", seen, occasion(1), opened_at=opened)
    incident = decision.ticket
    assert decision.before is None
    assert (incident.number, incident.state, incident.state_category) == ("INC0001", "New", "new")
    assert (incident.support_group, incident.assignee) == ("Network", "ann")
    assert (incident.impact, incident.urgency, incident.priority) == ("high", "low", "critical")
    assert (incident.title, incident.site, incident.details) == ("No mail", None, {"colour": "red"})
    assert (incident.opened_at, incident.updated_at) == (opened, opened + HOUR)
    assert type(incident.state_category) is str


@pytest.mark.parametrize(
    ("state", "irregular"),
    [
        pytest.param("New", (), id="where the workflow begins"),
        pytest.param("Resolved", ("the history begins in Resolved, not in New",), id="elsewhere"),
    ],
)
def test_a_history_may_begin_elsewhere_and_says_so(
    practice: KindOfWork[Incident],
    occasion: Occasions,
    opened: datetime,
    state: str,
    irregular: tuple[str, ...],
) -> None:
    (event,) = take_over(practice, KEY, "INC0001", Observation(state), occasion(), opened_at=opened).events
    assert isinstance(event.fact, TicketLogged)
    assert event.fact.irregular == irregular


def test_an_entry_from_before_the_need_takes_effect_only_then(
    practice: KindOfWork[Incident], occasion: Occasions, opened: datetime
) -> None:
    later = (opened + 3 * HOUR).astimezone(ZoneInfo("Europe/Berlin"))
    incident = take_over(practice, KEY, "INC0001", Observation("New"), occasion(1), opened_at=later).ticket
    assert (incident.opened_at, incident.updated_at) == (later, later)
    assert incident.updated_at.tzinfo is UTC


def test_an_unknown_state_is_told(
    practice: KindOfWork[Incident], incident: Incident, occasion: Occasions, opened: datetime
) -> None:
    with pytest.raises(UnknownStateError, match="no state 'Lost'"):
        take_over(practice, KEY, "INC0001", Observation("Lost"), occasion(), opened_at=opened)
    with pytest.raises(UnknownStateError, match="no state 'Lost'"):
        catch_up(practice, incident, Observation("Lost"), occasion())


# -- what follows ------------------------------------------------------------------------------------


def as_seen(incident: Incident, **changes: object) -> Observation:
    """Return *incident* as another system would show it after *changes*."""
    names = ("state", "support_group", "assignee", "impact", "urgency", "priority")
    return Observation(**{name: getattr(incident, name) for name in names} | changes)


def facts(
    incident: Incident, practice: KindOfWork[Incident], occasion: Occasion, **changes: object
) -> list[Fact]:
    return [
        event.fact for event in catch_up(practice, incident, as_seen(incident, **changes), occasion).events
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, [], id="nothing differs"),
        pytest.param({"details": {"title": "No mail", "size": None}}, [], id="nothing new"),
        pytest.param(
            {"details": {"title": "Slow mail", "colour": "red"}},
            [DetailsChanged({"title": "Slow mail"})],
            id="described",
        ),
        pytest.param({"priority": "P1"}, [Prioritised("low", "low", "P1", "as ann judged it")], id="judged"),
        pytest.param({"assignee": "ann"}, [Assigned(None, "ann")], id="assigned"),
        pytest.param(
            {"state": "Assigned", "support_group": "Network"},
            [Assigned("Network"), StateChanged("New", "Assigned", "active", "assign")],
            id="moved, with what the move needs",
        ),
        pytest.param(
            {"state": "Cancelled", "details": {"cancellation_reason": "a duplicate"}},
            [
                DetailsChanged({"cancellation_reason": "a duplicate"}),
                StateChanged("New", "Cancelled", "cancelled", "cancel"),
            ],
            id="moved, with a reason",
        ),
        pytest.param(
            {"state": "Assigned"},
            [StateCorrected("New", "Assigned", "active", ("support_group is missing",))],
            id="corrected, for something was missing",
        ),
        pytest.param(
            {"state": "Closed"},
            [StateCorrected("New", "Closed", "closed", ("no move leads from New to Closed",))],
            id="corrected, for no way leads there",
        ),
        pytest.param(
            {
                "state": "In Progress",
                "priority": None,
                "support_group": "Network",
                "assignee": "ann",
                "details": {"site": "Hamburg"},
            },
            [
                DetailsChanged({"site": "Hamburg"}),
                Prioritised("low", "low", None, "as ann judged it"),
                Assigned("Network", "ann"),
                StateChanged("New", "In Progress", "active", "start"),
            ],
            id="all at once, the move last",
        ),
    ],
)
def test_each_difference_becomes_a_fact(
    practice: KindOfWork[Incident],
    incident: Incident,
    occasion: Occasions,
    changes: dict[str, object],
    expected: list[Fact],
) -> None:
    assert facts(incident, practice, occasion(), **changes) == expected


def test_what_differs_in_nothing_decides_nothing(
    practice: KindOfWork[Incident], incident: Incident, occasion: Occasions
) -> None:
    assert catch_up(practice, incident, as_seen(incident), occasion()) == unchanged(incident)


def test_every_reason_of_a_refusal_is_kept_with_the_correction(
    incident: Incident, occasion: Occasions
) -> None:
    by_hand = Guard("by hand", equals("automated", value=False), "a program may not do that")
    practice = incident_kind(
        Workflow(
            WorkflowDefinition(
                "small",
                initial="New",
                states=[State("New", "new"), State("Done", "closed")],
                transitions=[Transition("finish", "New", "Done", guards=(by_hand,), required="resolution")],
            )
        )
    )
    program = occasion(by="robot", automated=True)
    refused = ("resolution is missing", "a program may not do that")
    assert facts(incident, practice, program, state="Done") == [
        StateCorrected("New", "Done", "closed", refused)
    ]
    told = {"resolution": "restarted"}
    assert facts(incident, practice, occasion(), state="Done", details=told)[-1] == StateChanged(
        "New", "Done", "closed", "finish"
    )


def test_a_correction_out_of_resolved_counts_as_a_reopening(
    practice: KindOfWork[Incident], incident: Incident, occasion: Occasions
) -> None:
    closed = evolve(incident, state="Closed", state_category="closed")
    decision = catch_up(practice, closed, as_seen(closed, state="Pending"), occasion())
    assert (decision.ticket.reopens, decision.ticket.state_category) == (1, "pending")


words = st.sampled_from(["red", "blue", None])
observations = st.builds(
    Observation,
    st.sampled_from(["New", "Assigned", "In Progress", "Pending", "Resolved", "Closed", "Cancelled"]),
    support_group=words,
    assignee=words,
    impact=words,
    urgency=words,
    priority=words,
    details=st.dictionaries(st.sampled_from(["title", "service", "colour"]), words),
)


@given(instants(), st.lists(st.tuples(observations, waits(), waits()), min_size=1, max_size=6))
def test_after_each_entry_the_incident_looks_as_the_other_system_shows_it(
    now: datetime, entries: list[tuple[Observation, timedelta, timedelta]]
) -> None:
    practice = incident_kind()
    history, incident = [], None
    for seen, wait, ago in entries:
        now += wait
        occasion = Occasion(Actor("ann"), now, now - ago)
        if incident is None:
            decision = take_over(practice, KEY, "INC0001", seen, occasion, opened_at=now)
        else:
            decision = catch_up(practice, incident, seen, occasion)
        history.extend(decision.events)
        incident = decision.ticket
        assert as_seen(incident) == evolve(seen, details={})
        everything = {**{name: getattr(incident, name) for name in ("title", "service")}, **incident.details}
        assert {name: everything.get(name) for name in seen.details} == seen.details
        assert catch_up(practice, incident, seen, occasion) == unchanged(incident)
    assert replay(history, Incident) == incident
    effective = [event.effective_at for event in history]
    assert effective == sorted(effective)
    assert effective[0] == incident.opened_at
