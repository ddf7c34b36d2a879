"""Promises as values: why they move, and what a clock shows in words that can be translated."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from itsmkit.calendars import BusinessCalendar
from itsmkit.conditions import equals
from itsmkit.practices import Occasion, PromisePolicy, follow_history, happen, promise
from itsmkit.practices.promises import moved_promise, told_reading
from itsmkit.sla import ClockPhase, ClockReading, Promise, ServiceLevelAgreement, Target, Verdict
from itsmkit.testing import A_MONDAY, AN_AGENT, an_incident_logged
from itsmkit.tickets import Assigned, Commented, DetailsChanged, Fact, Prioritised

HOUR = timedelta(hours=1)
DUE = A_MONDAY + 8 * HOUR
ALWAYS_OPEN = BusinessCalendar.always("UTC")
AGREEMENTS = (
    ServiceLevelAgreement(
        "low", ALWAYS_OPEN, [Promise(Target("resolve", 4 * HOUR))], equals("priority", "P5")
    ),
    ServiceLevelAgreement("all", ALWAYS_OPEN, [Promise(Target("resolve", 8 * HOUR))]),
)
JUDGED_NO_MORE = Prioritised(None, None, None, "another system told nothing")


@pytest.mark.parametrize(
    "reading",
    [
        pytest.param({"phase": ClockPhase.RUNNING, "due": DUE}, id="running"),
        pytest.param({"phase": ClockPhase.PAUSED, "due_if_resumed_now": DUE}, id="paused"),
        pytest.param({"phase": ClockPhase.STOPPED, "was_due": DUE, "verdict": Verdict.MET}, id="stopped"),
        pytest.param({"phase": ClockPhase.CANCELLED, "verdict": Verdict.OPEN}, id="cancelled"),
        pytest.param({"phase": ClockPhase.NOT_STARTED, "cycle": 0}, id="not started"),
        pytest.param({"phase": ClockPhase.RUNNING, "due": DUE, "cycle": 2}, id="again"),
    ],
)
def test_what_a_clock_shows_is_said_in_english_as_it_explains_itself(reading: dict[str, object]) -> None:
    standing = {"clock": "resolve", "at": A_MONDAY, "verdict": Verdict.OPEN, "cycle": 1, "within": 8 * HOUR}
    empty = dict.fromkeys(("due", "due_if_resumed_now", "was_due"))
    shown = ClockReading(**{**standing, **empty, "elapsed": HOUR, "cycles": (), **reading})
    assert str(told_reading(shown)) == shown.explain().replace(str(DUE), "Mon 02 Mar 2026, 17:00 UTC")


@pytest.mark.parametrize(
    ("facts", "because"),
    [
        pytest.param([JUDGED_NO_MORE], "it has no priority now", id="the priority"),
        pytest.param(
            [DetailsChanged({"site": "Bonn"}), Assigned("network"), JUDGED_NO_MORE],
            "it has no priority now",
            id="the gravest of several",
        ),
        pytest.param(
            [Assigned("network"), Commented("Hm", public=False)], "it went to network", id="a group"
        ),
        pytest.param([DetailsChanged({"site": "Bonn"})], "another site was told", id="a detail"),
        pytest.param([Commented("Hm", public=False)], "what is agreed has changed", id="nothing of weight"),
    ],
)
def test_what_has_moved_a_promise_is_the_gravest_of_what_has_happened(
    facts: Sequence[Fact], because: str
) -> None:
    logged = an_incident_logged(impact="low", urgency="low")
    then = happen(logged.ticket, Occasion(AN_AGENT, A_MONDAY + HOUR), *facts)
    clocks = follow_history(AGREEMENTS, [*logged.events, *then.events])
    moved = moved_promise(then.ticket, clocks, then.events, PromisePolicy())
    assert moved is not None
    assert (moved.fact.because, str(moved.because)) == (because, because)


def test_a_promise_to_what_has_no_priority_tells_of_none() -> None:
    logged = an_incident_logged(impact="low", urgency="low")
    then = happen(logged.ticket, Occasion(AN_AGENT, A_MONDAY + HOUR), JUDGED_NO_MORE)
    told = [
        promise(ticket, follow_history(AGREEMENTS, events), A_MONDAY + HOUR)
        for ticket, events in ((logged.ticket, logged.events), (then.ticket, (*logged.events, *then.events)))
    ]
    assert [(each.by, each.because, each.depends_on) for each in told] == [
        (
            A_MONDAY + 4 * HOUR,
            "4:00:00 of working time are agreed for P5",
            ("the priority stays P5", "nothing has to wait for somebody else"),
        ),
        (DUE, "8:00:00 of working time are agreed", ("nothing has to wait for somebody else",)),
    ]
