"""Work logs against an oracle that reckons every bill from nothing, in whole microseconds and fractions."""

from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError, NotFoundError, RefusedError
from itsmkit.money import Money, Rounding
from itsmkit.practices import (
    Incident,
    Occasion,
    Rate,
    WorkLogPolicy,
    billing_rows,
    correct_work,
    costs_of,
    log_work,
)
from itsmkit.tickets import WorkCorrected, WorkEntry, WorkLogged

Occasions = Callable[..., Occasion]
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
EURO = Money("80.50", "EUR")
RATES = [
    Rate(Money("99.99", "EUR"), role="expert", activity="repair"),
    Rate(Money("120", "EUR"), role="expert"),
    Rate(Money(40, "EUR"), activity="travel"),
    Rate(EURO),
]


def policy(rounding: str = "up", per: str = "entry", **options: Any) -> WorkLogPolicy:
    return WorkLogPolicy(rounding, 15 * MINUTE, per=per, rates=options.pop("rates", RATES), **options)


# -- rounding ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rounding", "minimum", "worked", "billed"),
    [
        pytest.param("up", 0, 16, 30, id="up to the next step"),
        pytest.param("up", 0, 15, 15, id="a whole step stays"),
        pytest.param("nearest", 0, 22, 15, id="down to the nearest"),
        pytest.param("nearest", 0, 22.5, 30, id="in the middle, to the longer"),
        pytest.param("nearest", 0, 7, 0, id="to nothing"),
        pytest.param("nearest", 30, 7, 30, id="but not to less than the least"),
        pytest.param("none", 0, 7, 7, id="not at all"),
        pytest.param("none", 10, 7, 10, id="not at all, but at least"),
        pytest.param("up", 30, 0, 0, id="nothing is nothing"),
    ],
)
def test_durations_are_rounded(rounding: str, minimum: float, worked: float, billed: float) -> None:
    rules = policy(rounding, minimum=minimum * MINUTE)
    assert rules.rounded(worked * MINUTE) == billed * MINUTE


@pytest.mark.parametrize(
    ("role", "activity", "hourly"),
    [
        ("expert", "repair", "99.99"),
        ("expert", "travel", "120"),
        (None, "travel", "40"),
        ("clerk", "repair", "80.50"),
    ],
)
def test_the_first_rate_that_fits_holds(role: str | None, activity: str, hourly: str) -> None:
    assert policy().rate_for(role, activity) == Money(hourly, "EUR")
    assert WorkLogPolicy().rate_for(role, activity) is None


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: WorkLogPolicy("down"), "WorkLogPolicy.rounding must be one of up, nearest, none"),
        (lambda: WorkLogPolicy(per="month"), "WorkLogPolicy.per must be one of entry, ticket"),
        (lambda: WorkLogPolicy(step=0 * HOUR), "WorkLogPolicy.step must be more than nothing"),
        (lambda: WorkLogPolicy(minimum=-HOUR), "WorkLogPolicy.minimum must not be negative"),
        (lambda: Rate(80), "Rate.hourly: must be a Money, not int 80"),  # type: ignore[arg-type]
        (lambda: Rate(Money(-1, "EUR")), "Rate.hourly must not be negative: -1.00 EUR"),
        (lambda: WorkEntry("1", "ann", -HOUR, "repair"), "WorkEntry.duration must be a duration that is not"),
        (lambda: WorkEntry("1", "ann", 5, "repair"), "WorkEntry.billed must be a duration that is not neg"),  # type: ignore[arg-type]
    ],
)
def test_what_cannot_be_right_is_refused(make: Callable[[], object], problem: str) -> None:
    with pytest.raises(DefinitionError, match=problem):
        make()


# -- logs ----------------------------------------------------------------------------------------------


def test_work_is_entered_with_its_cost(incident: Incident, occasion: Occasions) -> None:
    decision = log_work(
        incident, occasion(), policy(), 16 * MINUTE, "repair", role="expert", note="a new fuse"
    )
    entry = WorkEntry(
        "1",
        "ann",
        16 * MINUTE,
        "repair",
        "a new fuse",
        Money("50.00", "EUR"),  # half of 99.99, half up
        role="expert",
        billed=30 * MINUTE,
        rate=Money("99.99", "EUR"),
    )
    assert [event.fact for event in decision.events] == [WorkLogged(entry)]
    assert (decision.ticket.work_log, decision.ticket.time_spent) == ((entry,), 16 * MINUTE)
    assert decision.ticket.fact("time_spent") == 16 * MINUTE
    assert decision.ticket.fact("work_log") is None


def test_half_a_cent_goes_where_it_is_said(incident: Incident, occasion: Occasions) -> None:
    rules = policy(rates=[Rate(Money("0.02", "EUR"))], money=Rounding.HALF_EVEN)
    cost = log_work(incident, occasion(), rules, 15 * MINUTE, "repair").ticket.work_log[0].cost
    assert cost == Money(0, "EUR")
    cost = log_work(incident, occasion(), evolve(rules, money=Rounding.HALF_UP), 15 * MINUTE, "repair")
    assert cost.ticket.work_log[0].cost == Money("0.01", "EUR")


def test_by_the_ticket_an_entry_is_charged_for_what_it_adds(incident: Incident, occasion: Occasions) -> None:
    ticket = incident
    for _ in range(4):
        ticket = log_work(ticket, occasion(), policy(per="ticket"), 5 * MINUTE, "repair").ticket
    assert [each.billed / MINUTE for each in ticket.work_log] == [15, 0, 0, 15]
    assert costs_of(ticket.work_log) == {"EUR": Money("40.25", "EUR")}


def test_a_cost_may_be_set_by_hand(incident: Incident, occasion: Occasions) -> None:
    ticket = log_work(
        incident, occasion(), policy(), MINUTE, "repair", cost=Money(5, "USD"), person="kim"
    ).ticket
    ticket = log_work(ticket, occasion(), policy(per="ticket"), MINUTE, "repair").ticket
    (by_hand, other) = ticket.work_log
    assert (by_hand.person, by_hand.billed, by_hand.cost) == ("kim", MINUTE, Money(5, "USD"))
    assert other.billed == 15 * MINUTE
    assert costs_of(ticket.work_log) == {"USD": Money(5, "USD"), "EUR": Money("20.13", "EUR")}


def test_work_without_a_rate_costs_nothing(incident: Incident, occasion: Occasions) -> None:
    for per in ("entry", "ticket"):
        entry = log_work(incident, occasion(), policy(per=per, rates=[]), MINUTE, "repair").ticket.work_log[0]
        assert (entry.cost, entry.billed) == (None, 15 * MINUTE)
    assert costs_of([entry]) == {}


def test_what_is_no_work_is_refused(incident: Incident, occasion: Occasions) -> None:
    rules = policy(activities=["repair", "travel"])
    with pytest.raises(RefusedError) as refused:
        log_work(incident, occasion(), rules, timedelta(0), "repiar")
    assert refused.value.reasons == (
        "cannot log work on INC-1: unknown activity 'repiar'; did you mean 'repair'?",
        "cannot log work on INC-1: its duration is nothing; say how long it took",
    )


# -- corrections ---------------------------------------------------------------------------------------


def test_an_entry_is_set_right(incident: Incident, occasion: Occasions) -> None:
    ticket = log_work(incident, occasion(), policy(), HOUR, "repair").ticket
    ticket = log_work(ticket, occasion(), policy(), HOUR, "repair").ticket
    decision = correct_work(
        ticket,
        occasion(),
        policy(),
        "1",
        reason="a typing error",
        duration=2 * HOUR,
        activity="travel",
        note="far",
    )
    (event,) = decision.events
    assert isinstance(event.fact, WorkCorrected)
    (right,) = event.fact.entries
    assert (right.cost, right.billed, right.note) == (Money(80, "EUR"), 2 * HOUR, "far")
    assert decision.ticket.work_log == (right, ticket.work_log[1])
    assert decision.ticket.time_spent == 3 * HOUR
    again = correct_work(decision.ticket, occasion(), policy(), "1", reason="sure", duration=2 * HOUR)
    assert again.steps == ()


def test_the_rate_of_old_stays_with_the_activity(incident: Incident, occasion: Occasions) -> None:
    ticket = log_work(incident, occasion(), policy(), HOUR, "repair").ticket
    dearer = policy(rates=[Rate(Money(500, "EUR"))])
    longer = correct_work(ticket, occasion(), dearer, "1", reason="longer", duration=2 * HOUR).ticket
    assert longer.work_log[0].cost == Money(161, "EUR")
    other = correct_work(ticket, occasion(), dearer, "1", reason="another", activity="travel").ticket
    assert other.work_log[0].cost == Money(500, "EUR")


def test_a_cost_is_set_right_by_hand(incident: Incident, occasion: Occasions) -> None:
    ticket = log_work(incident, occasion(), policy(), HOUR, "repair").ticket
    set_ = correct_work(ticket, occasion(), policy(), "1", reason="as agreed", cost=Money(10, "EUR")).ticket
    assert (set_.work_log[0].cost, set_.work_log[0].rate) == (Money(10, "EUR"), None)
    moved = correct_work(set_, occasion(), policy(), "1", reason="another", activity="travel").ticket
    assert moved.work_log[0].cost == Money(10, "EUR")


def test_what_cannot_be_corrected_is_told(incident: Incident, occasion: Occasions) -> None:
    ticket = log_work(incident, occasion(), policy(), HOUR, "repair").ticket
    with pytest.raises(NotFoundError, match="no work entry '2'"):
        correct_work(ticket, occasion(), policy(), "2", reason="a typing error")
    with pytest.raises(RefusedError) as refused:
        correct_work(ticket, occasion(), policy(activities=["repair"]), "1", reason=" ", activity="talk")
    assert refused.value.reasons == (
        "cannot correct work entry 1 of INC-1: unknown activity 'talk'; known: repair",
        "cannot correct work entry 1 of INC-1: say what was wrong in `reason`",
    )


def test_what_is_taken_back_is_not_in_the_bill(incident: Incident, occasion: Occasions) -> None:
    sited = evolve(incident, service="mail", organisation="acme")
    first = log_work(sited, occasion(2), policy(), HOUR, "repair", role="expert")
    second = log_work(first.ticket, occasion(3), policy(rates=[]), 90 * MINUTE, "repair", note="secret")
    back = correct_work(second.ticket, occasion(4), policy(), "2", reason="not ours", duration=timedelta(0))
    history = [*first.events, *second.events, *back.events]
    (row,) = billing_rows(back.ticket, history)
    assert row.plain() == {
        "ticket": "INC-1",
        "organisation": "acme",
        "service": "mail",
        "entry": "1",
        "at": "2026-03-02T11:00:00+00:00",
        "person": "ann",
        "role": "expert",
        "activity": "repair",
        "worked_minutes": "60",
        "billed_minutes": "60",
        "cost": "99.99 EUR",
    }
    plain = [each.plain() for each in billing_rows(second.ticket, history)]
    assert [(each["worked_minutes"], each["cost"]) for each in plain] == [("60", "99.99 EUR"), ("90", "")]
    bare = log_work(incident, occasion(), policy(), HOUR, "repair")
    (row,) = billing_rows(bare.ticket, bare.events)
    assert (row.plain()["organisation"], row.plain()["role"]) == ("", "")


# -- the law -------------------------------------------------------------------------------------------

works = st.tuples(
    st.integers(1, 20_000).map(lambda seconds: timedelta(seconds=seconds)),
    st.sampled_from(["repair", "travel"]),
    st.sampled_from([None, "expert"]),
)
policies = st.builds(
    policy,
    st.sampled_from(["up", "nearest", "none"]),
    st.sampled_from(["entry", "ticket"]),
    minimum=st.sampled_from([0 * MINUTE, 10 * MINUTE]),
    money=st.sampled_from(Rounding),
)


def rounded(rules: WorkLogPolicy, worked: timedelta) -> Fraction:
    """Return the hours that *worked* is charged for, reckoned in quarters of an hour."""
    quarters = Fraction(worked / timedelta(microseconds=1)) / (15 * 60 * 10**6)
    if rules.rounding.value == "up":
        quarters = Fraction(-((-quarters.numerator) // quarters.denominator))
    elif rules.rounding.value == "nearest":
        quarters = Fraction((quarters + Fraction(1, 2)).__floor__())
    least = Fraction(rules.minimum // MINUTE, 60)
    return max(quarters / 4, least) if worked else Fraction(0)


def hourly(activity: str, role: str | None) -> Fraction:
    if role == "expert":
        return Fraction("99.99") if activity == "repair" else Fraction(120)
    return Fraction(40) if activity == "travel" else Fraction("80.50")


def bill(rules: WorkLogPolicy, worked: list[tuple[timedelta, str, str | None]]) -> Money:
    """Return what it all costs, reckoned from nothing."""
    if rules.per.value == "entry":
        costs = (
            Money.nearest(rounded(rules, span) * hourly(*of), "EUR", rules.money) for span, *of in worked
        )
        return sum(costs, Money.zero("EUR"))
    exact, before, so_far = Fraction(0), Fraction(0), timedelta(0)
    for span, *of in worked:
        so_far += span
        now = rounded(rules, so_far)
        exact += (now - before) * hourly(*of)
        before = now
    return Money.nearest(exact, "EUR", rules.money)


@given(rules=policies, worked=st.lists(works, max_size=6))
def test_the_cost_of_a_ticket_is_the_sum_of_its_log(
    incident: Incident, occasion: Occasions, rules: WorkLogPolicy, worked: list[Any]
) -> None:
    ticket = incident
    for span, activity, role in worked:
        ticket = log_work(ticket, occasion(), rules, span, activity, role=role).ticket
    assert costs_of(ticket.work_log).get("EUR", Money.zero("EUR")) == bill(rules, worked)
    assert ticket.time_spent == sum((span for span, *_ in worked), timedelta(0))
    if rules.per.value == "ticket":
        billed = sum((each.billed for each in ticket.work_log), timedelta(0))
        assert Fraction(billed // timedelta(microseconds=1), 3600 * 10**6) == rounded(
            rules, ticket.time_spent
        )


@given(data=st.data(), rules=policies, worked=st.lists(works, min_size=1, max_size=5))
def test_a_correction_is_as_if_it_had_been_right_at_once(
    incident: Incident, occasion: Occasions, data: st.DataObject, rules: WorkLogPolicy, worked: list[Any]
) -> None:
    place = data.draw(st.integers(0, len(worked) - 1))
    span, activity, _ = data.draw(works)
    ticket = incident
    for each, kind, role in worked:
        ticket = log_work(ticket, occasion(), rules, each, kind, role=role).ticket
    corrected = correct_work(
        ticket, occasion(), rules, str(place + 1), reason="wrong", duration=span, activity=activity
    ).ticket
    right = incident
    worked[place] = (span, activity, worked[place][2])
    for each, kind, role in worked:
        right = log_work(right, occasion(), rules, each, kind, role=role).ticket
    assert corrected.work_log == right.work_log
    assert corrected.time_spent == right.time_spent
