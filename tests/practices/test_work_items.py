from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import equals
from itsmkit.errors import RefusedError
from itsmkit.practices import (
    Incident,
    KindOfWork,
    Occasion,
    follow_history,
    meet_need,
    read_clocks,
    transition,
    work_item,
    work_list,
)
from itsmkit.sla import Promise, ServiceLevelAgreement, Target
from itsmkit.testing import office_hours
from itsmkit.tickets import NeedMet, TicketId

Occasions = Callable[..., Occasion]
HOUR = timedelta(hours=1)
AGREEMENTS = [
    ServiceLevelAgreement(
        "support", office_hours(), [Promise(Target("resolve", 4 * HOUR), ~equals("site", "nowhere"))]
    )
]


def readings(ticket_events: Any, at: datetime) -> dict[str, Any]:
    return read_clocks(follow_history(AGREEMENTS, ticket_events), at)


def test_the_earlier_of_both_presses(
    practice: KindOfWork[Incident], occasion: Occasions, opened: datetime
) -> None:
    logged = practice.log(TicketId("t"), "INC-1", occasion(0), details={"requester": "bob"})
    shown = readings(logged.events, opened)
    due = shown["resolve"].due
    assert due is not None
    item = work_item(logged.ticket, shown)
    assert (item.due, item.because) == (due, f"resolve is due {due:%Y-%m-%d %H:%M %Z}")
    needed = evolve(logged.ticket, needed_by=due - HOUR)
    item = work_item(needed, shown)
    assert (item.due, item.because) == (due - HOUR, f"bob needs it {due - HOUR:%Y-%m-%d %H:%M} UTC")
    assert work_item(evolve(needed, needed_by=due), shown).because.startswith("resolve is due")
    assert "the requester needs it" in work_item(evolve(needed, requester=None), shown).because


def test_a_need_that_is_met_presses_nobody(
    practice: KindOfWork[Incident], occasion: Occasions, opened: datetime
) -> None:
    logged = practice.log(
        TicketId("t"), "INC-1", occasion(0), details={"needed_by": opened + HOUR, "site": "nowhere"}
    )
    met = meet_need(logged.ticket, occasion(2), "a spare phone")
    assert [event.fact for event in met.events] == [NeedMet("a spare phone")]
    assert met.ticket.need_met_at == occasion(2).at
    item = work_item(met.ticket, {})
    assert (item.due, item.because) == (None, "nothing presses")
    with pytest.raises(RefusedError) as refused:
        meet_need(met.ticket, occasion(3), " ")
    assert refused.value.reasons == (
        "cannot meet the need of INC-1: say by what in `how`",
        "cannot meet the need of INC-1: it is met since 2026-03-02 11:00 UTC",
    )


def test_a_workaround_meets_the_need_and_touches_no_clock(
    practice: KindOfWork[Incident], occasion: Occasions, opened: datetime
) -> None:
    logged = practice.log(TicketId("t"), "INC-1", occasion(0))
    met = meet_need(logged.ticket, occasion(1), "a spare phone")
    at = opened + 3 * HOUR
    assert readings([*logged.events, *met.events], at) == readings(logged.events, at)


def test_a_need_comes_back_with_the_ticket(practice: KindOfWork[Incident], occasion: Occasions) -> None:
    logged = practice.log(TicketId("t"), "INC-1", occasion(0)).ticket
    met = evolve(
        meet_need(logged, occasion(1), "a phone").ticket, state="Resolved", state_category="resolved"
    )
    assert transition(met, practice.workflow, "reopen", occasion(2)).ticket.need_met_at is None


@given(
    st.lists(
        st.tuples(st.none() | st.integers(0, 5), st.integers(0, 5), st.booleans(), st.booleans()), max_size=8
    )
)
def test_the_list_is_in_the_order_of_what_presses(rows: list[tuple[int | None, int, bool, bool]]) -> None:
    opened = datetime.fromisoformat("2026-03-02T09:00:00+00:00")
    tickets = [
        Incident(
            TicketId(str(number)),
            "incident",
            f"INC-{number}",
            1,
            "New",
            "new" if is_open else "closed",
            opened + start * HOUR,
            opened,
            needed_by=None if need is None else opened + need * HOUR,
            need_met_at=opened if is_met else None,
        )
        for number, (need, start, is_open, is_met) in enumerate(rows)
    ]
    expected = sorted(
        (number for number, row in enumerate(rows) if row[2]),
        key=lambda number: (
            99 if rows[number][0] is None or rows[number][3] else rows[number][0],
            rows[number][1],
        ),
    )
    assert [int(item.ticket.id) for item in work_list((each, {}) for each in tickets)] == expected
