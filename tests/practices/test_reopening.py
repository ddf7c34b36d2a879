from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings

from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.practices import (
    FOLLOW_UP_OF,
    FOLLOWED_UP_BY,
    Incident,
    KindOfWork,
    Occasion,
    ReopenPolicy,
    TicketRules,
    done_at,
    follow_up,
    reopen,
    transition,
)
from itsmkit.testing.strategies import incident_histories
from itsmkit.tickets import Ticket, TicketEvent, TicketId

Occasions = Callable[..., Occasion]
RULES = TicketRules(reopening=ReopenPolicy(timedelta(hours=5)))


class Life:
    """An incident that was resolved at the second hour."""

    def __init__(self, practice: KindOfWork[Incident], occasion: Occasions) -> None:
        self.practice = practice
        self.logged = practice.log(
            TicketId("t"),
            "INC-1",
            occasion(0),
            details={"title": "No mail", "requester": "bob", "site": "Bonn"},
        )
        self.ticket, self.history = self.logged.ticket, [*self.logged.events]
        self.move("assign", occasion(1), support_group="Mail")
        self.move("resolve", occasion(2), resolution="restarted")

    def move(self, trigger: str, occasion: Occasion, **details: object) -> None:
        decision = transition(self.ticket, self.practice.workflow, trigger, occasion, details)
        self.ticket, self.history = decision.ticket, [*self.history, *decision.events]

    def reopened(self, occasion: Occasion, reason: str = "again") -> Incident:
        return reopen(self.practice, self.ticket, occasion, reason, history=self.history, rules=RULES).ticket


@pytest.fixture
def life(practice: KindOfWork[Incident], occasion: Occasions) -> Life:
    return Life(practice, occasion)


def test_within_the_window_the_same_ticket_goes_on(life: Life, occasion: Occasions) -> None:
    ticket = life.reopened(occasion(7))
    assert (ticket.state, ticket.reopens, ticket.details["reopen_reason"]) == ("In Progress", 1, "again")


def test_after_the_window_a_new_ticket_is_offered(life: Life, occasion: Occasions) -> None:
    with pytest.raises(RefusedError) as refused:
        life.reopened(occasion(7.01))
    assert refused.value.reasons == (
        "cannot reopen INC-1: it is resolved since 2026-03-02 11:00 UTC, which is longer ago than 5:00:00",
        "ask for a new ticket that follows it up: `reopen(..., follow_up=True)`",
    )


def test_to_close_it_begins_no_window(life: Life, occasion: Occasions) -> None:
    life.move("close", occasion(6))
    assert done_at(life.history) == occasion(2).at
    with pytest.raises(RefusedError, match="cannot reopen from Closed"):
        life.reopened(occasion(6.5))


def test_there_is_something_to_reopen_and_a_reason(life: Life, occasion: Occasions) -> None:
    life.move("reopen", occasion(3))
    with pytest.raises(RefusedError) as refused:
        life.reopened(occasion(4), " ")
    assert refused.value.reasons == (
        "cannot reopen INC-1: it is not done, but In Progress",
        "cannot reopen INC-1: say why in `reason`",
    )
    assert done_at(life.history) is None


def test_a_new_ticket_says_what_it_follows_up(life: Life, occasion: Occasions) -> None:
    new, old = follow_up(
        life.practice,
        life.ticket,
        occasion(9),
        "again",
        ticket_id=TicketId("t2"),
        number="INC-2",
        rules=RULES,
    )
    ticket = new.ticket
    assert (ticket.title, ticket.requester, ticket.site, ticket.support_group, ticket.owner) == (
        "No mail",
        "bob",
        "Bonn",
        "Mail",
        life.ticket.owner,
    )
    assert (ticket.impact, ticket.urgency) == (life.ticket.impact, life.ticket.urgency)
    assert ticket.details[FOLLOW_UP_OF] == "INC-1"
    assert ticket.opened_at == occasion(9).at
    assert old.ticket.details[FOLLOWED_UP_BY] == "INC-2"
    assert old.ticket.state == "Resolved"


def test_levels_of_another_desk_are_judged_anew(life: Life, occasion: Occasions) -> None:
    foreign = evolve(life.ticket, impact="2 - Medium", urgency=None)
    new, _ = follow_up(
        life.practice, foreign, occasion(9), "again", ticket_id=TicketId("t2"), number="INC-2", rules=RULES
    )
    assert (new.ticket.impact, new.ticket.urgency) == ("low", "low")


@pytest.mark.parametrize("within", [timedelta(-1), 5])
def test_a_window_is_no_less_than_nothing(within: Any) -> None:
    with pytest.raises(
        DefinitionError, match=r"ReopenPolicy\.within must be a duration that is not negative"
    ):
        ReopenPolicy(within)


@settings(max_examples=30)
@given(incident_histories())
def test_done_at_is_when_it_last_became_so(history: tuple[TicketEvent, ...]) -> None:
    ticket = Ticket.logged(history[0])
    states = [(history[0].effective_at, ticket.is_open)]
    for event in history[1:]:
        ticket = ticket.after(event)
        states.append((event.effective_at, ticket.is_open))
    expected = None
    if not ticket.is_open:
        last_open = max((n for n, (_, is_open) in enumerate(states) if is_open), default=-1)
        expected = states[last_open + 1][0]
    assert done_at(history) == expected
