from collections.abc import Callable

import pytest
from attrs import evolve

from itsmkit.practices import Incident, KindOfWork, Occasion, explain_priority, prioritise
from itsmkit.tickets import STANDARD_PRIORITIES, TicketId

Occasions = Callable[..., Occasion]


@pytest.mark.parametrize(
    ("deeds", "sentence", "overridden"),
    [
        pytest.param(
            [],
            "P5, as logged: impact low × urgency low; judged by ann on 2026-03-02",
            False,
            id="as logged",
        ),
        pytest.param(
            [{"impact": "high", "urgency": "high"}],
            "P1, matrix: impact high × urgency high; judged by ann on 2026-03-02",
            False,
            id="by the matrix",
        ),
        pytest.param(
            [
                {"impact": "high", "urgency": "high"},
                {"impact": "low", "urgency": "low", "priority": "P2", "reason": "the board meets"},
            ],
            "P2, set by ann: the board meets (the matrix gives P5); judged by ann on 2026-03-02",
            True,
            id="by a person",
        ),
    ],
)
def test_a_priority_is_explained(
    practice: KindOfWork[Incident],
    occasion: Occasions,
    deeds: list[dict[str, str]],
    sentence: str,
    overridden: bool,
) -> None:
    decision = practice.log(TicketId("t"), "INC-1", occasion())
    history, ticket = [*decision.events], decision.ticket
    for deed in deeds:
        decision = prioritise(ticket, STANDARD_PRIORITIES, occasion(), **deed)
        history += decision.events
        ticket = decision.ticket
    explanation = explain_priority(ticket, history, STANDARD_PRIORITIES)
    assert (str(explanation), explanation.is_overridden) == (sentence, overridden)


def test_levels_of_another_matrix_are_not_compared(
    practice: KindOfWork[Incident], occasion: Occasions
) -> None:
    decision = practice.log(TicketId("t"), "INC-1", occasion())
    foreign = evolve(decision.ticket, impact=None, urgency="soon", priority=None)
    explanation = explain_priority(foreign, decision.events, STANDARD_PRIORITIES)
    assert (explanation.by_matrix, explanation.is_overridden) == (None, False)
    assert str(explanation).startswith("no priority, as logged: impact unknown × urgency soon")
