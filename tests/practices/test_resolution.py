from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.practices import (
    Incident,
    KindOfWork,
    Observation,
    Occasion,
    Resolution,
    ResolutionRules,
    TicketRules,
    catch_up,
    resolution_of,
    transition,
)
from itsmkit.tickets import StateChanged, StateCorrected

Occasions = Callable[..., Occasion]
RULES = TicketRules(resolution=ResolutionRules(["fixed", "no fault found"], ["cause"]))
WHOLE = Resolution("fixed", "a new cable", "a mouse", "use the radio", ["KB-7"])


@pytest.fixture
def under_way(incident: Incident) -> Incident:
    return evolve(incident, state="In Progress", state_category="active", assignee="ann")


def test_a_resolution_is_what_was_said(
    under_way: Incident, occasion: Occasions, practice: KindOfWork[Incident]
) -> None:
    assert resolution_of(under_way) is None
    decision = transition(under_way, practice.workflow, "resolve", occasion(), WHOLE.details(), rules=RULES)
    ticket = decision.ticket
    assert resolution_of(ticket) == WHOLE
    assert (ticket.resolution_code, ticket.resolution, ticket.workaround) == (
        "fixed",
        "a new cable",
        "use the radio",
    )


@pytest.mark.parametrize(
    ("details", "reasons"),
    [
        pytest.param(
            {"resolution": "a new cable"},
            ["resolution_code is missing", "cause is missing"],
            id="no code and no cause",
        ),
        pytest.param(
            {"resolution": "a new cable", "resolution_code": "fixd", "cause": " "},
            ["cause is missing", "unknown resolution_code 'fixd'; did you mean 'fixed'?"],
            id="an unknown code",
        ),
    ],
)
def test_who_resolves_says_all_that_is_asked_for(
    under_way: Incident, occasion: Occasions, practice: KindOfWork[Incident], details: Any, reasons: list[str]
) -> None:
    with pytest.raises(RefusedError) as refused:
        transition(under_way, practice.workflow, "resolve", occasion(), details, rules=RULES)
    assert refused.value.reasons == tuple(f"{reason}" for reason in reasons)
    seen = Observation("Resolved", None, "ann", "low", "low", "P5", details)
    (*_, event) = catch_up(practice, under_way, seen, occasion(), rules=RULES).events
    assert event.fact == StateCorrected("In Progress", "Resolved", "resolved", tuple(reasons))


def test_what_another_system_resolved_well_is_a_move(
    under_way: Incident, occasion: Occasions, practice: KindOfWork[Incident]
) -> None:
    seen = Observation("Resolved", None, "ann", "low", "low", "P5", WHOLE.details())
    (*_, event) = catch_up(practice, under_way, seen, occasion(), rules=RULES).events
    assert event.fact == StateChanged("In Progress", "Resolved", "resolved", "resolve")


def test_other_moves_need_no_resolution(
    under_way: Incident, occasion: Occasions, practice: KindOfWork[Incident]
) -> None:
    details = {"pending_reason": "awaiting a part"}
    moved = transition(under_way, practice.workflow, "wait", occasion(), details, rules=RULES)
    assert moved.ticket.state == "Pending"


def test_who_solves_it_again_says_how(
    under_way: Incident, occasion: Occasions, practice: KindOfWork[Incident]
) -> None:
    workflow = practice.workflow
    solved = transition(under_way, workflow, "resolve", occasion(), WHOLE.details(), rules=RULES).ticket
    again = transition(solved, workflow, "reopen", occasion(), rules=RULES).ticket
    assert (again.resolution, again.resolution_code, again.workaround) == (None, None, "use the radio")
    with pytest.raises(RefusedError, match="resolution is missing"):
        transition(again, workflow, "resolve", occasion(), {"assignee": "ann"}, rules=RULES)


def test_what_says_nothing_is_no_resolution(incident: Incident) -> None:
    done = evolve(incident, state_category="closed", details={"resolution": 7, "knowledge": "KB-1"})
    assert resolution_of(done) is None


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"required": ["cuase"]}, "a resolution has no str 'cuase'; did you mean 'cause'?"),
        ({"codes": ["a", "a"]}, "ResolutionRules.codes: 'a' stands there more than once"),
    ],
)
def test_rules_are_checked(options: Any, problem: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        ResolutionRules(**options)
    assert problem in str(refused.value)
