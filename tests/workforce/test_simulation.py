"""The simulation: closed formulas, a simpler simulation beside it, and what chance cannot change."""

from datetime import UTC, datetime, timedelta
from math import gamma, inf, pi, sqrt
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.calendars import BusinessCalendar, TimeSpan
from itsmkit.errors import DefinitionError
from itsmkit.workforce import (
    Agent,
    Demand,
    Estimate,
    ExponentialTimes,
    LognormalTimes,
    ObservedTimes,
    Rate,
    Roster,
    RosterOutcome,
    WorkStream,
    compare_rosters,
    queue_figures,
    simulate_roster,
)
from itsmkit.workforce._student import student_quantile
from itsmkit.workforce.simulation import _desk, _Item, _Play, _Tally, _work

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def hours(start: float, end: float) -> TimeSpan:
    return TimeSpan(MONDAY + start * HOUR, MONDAY + end * HOUR)


def a_roster(number: int, *spans: TimeSpan) -> Roster:
    return Roster([Agent(f"agent {each}", spans or (hours(0, 1000),)) for each in range(number)])


def calls(per_hour: float = 30, length: float = 200, **more: object) -> WorkStream:
    options: dict[str, object] = {"name": "calls", "handling": ExponentialTimes(6 * MINUTE), **more}
    return WorkStream(rates=[Rate(hours(0, length), per_hour)], **options)  # type: ignore[arg-type]


# -- closed formulas ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("agents", "patience"),
    [
        pytest.param(4, None, id="Erlang C at a load of 3/4"),
        pytest.param(5, None, id="Erlang C with room"),
        pytest.param(3, 5 * MINUTE, id="Erlang A at a load of 1"),
        pytest.param(2, 10 * MINUTE, id="Erlang A beyond its agents"),
    ],
)
def test_closed_formulas_lie_within_the_intervals(agents: int, patience: timedelta | None) -> None:
    stream = calls(respond_within=MINUTE, patience=patience)
    found = simulate_roster(
        [stream], a_roster(agents), seed=5, replications=40, warm_up=10 * HOUR, confidence=0.999
    )
    exact = queue_figures(Demand(30, 6 * MINUTE, patience), agents, MINUTE)
    outcome = found.streams[0]
    assert outcome.responded is not None
    assert outcome.responded.low <= exact.in_time <= outcome.responded.high
    assert outcome.responded.half_width < 0.02
    assert outcome.given_up is not None
    assert outcome.given_up.low <= exact.given_up <= outcome.given_up.high
    if patience is None:
        assert exact.average_wait is not None
        assert outcome.average_wait is not None
        assert outcome.average_wait.low <= exact.average_wait.total_seconds() <= outcome.average_wait.high


# -- a simpler simulation ----------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 6), st.floats(5, 60), st.integers(0, 10**6))
def test_waits_are_those_of_the_recursion_of_kiefer_and_wolfowitz(
    agents: int, per_hour: float, seed: int
) -> None:
    desk = _desk([calls(per_hour, 20)], seed, 2, timedelta(0), 0.95)
    items = _work(desk, 0)
    tally = _Play(desk, a_roster(agents)).run(items).tallies[0]
    free = [0.0] * agents
    waited = 0.0
    for item in items:
        start = max(item.at, min(free))
        waited += start - item.at
        free[free.index(min(free))] = start + item.handling
    assert tally.taken == len(items)
    assert tally.waited == pytest.approx(waited, abs=1e-6)


def seconds(start: float, end: float) -> TimeSpan:
    return TimeSpan(MONDAY + timedelta(seconds=start), MONDAY + timedelta(seconds=end))


def walked_through(
    items: list[_Item], agents: list[Agent], streams: list[WorkStream]
) -> list[tuple[int, int, float]]:
    """Go from one instant to the next, and look at everybody and everything in each of them."""
    edges = [
        ((span.start - MONDAY).total_seconds(), (span.end - MONDAY).total_seconds(), place)
        for place, agent in enumerate(agents)
        for span in agent.shifts
    ]
    free_at = [0.0] * len(agents)
    waiting: list[_Item] = []
    found = [(0, 0, 0.0)] * len(streams)
    instants = {item.at for item in items} | {start for start, _, _ in edges}
    while instants:
        now = min(instants)
        instants.discard(now)
        waiting += [item for item in items if item.at == now]
        waiting = [item for item in waiting if item.gives_up_at > now]
        waiting.sort(key=lambda item: (streams[item.stream].priority, item.at))
        for item in [*waiting]:
            skill = streams[item.stream].skill
            fit = [
                place
                for start, end, place in edges
                if start <= now < end and free_at[place] <= now
                if skill is None or skill in agents[place].skills
            ]
            if fit:
                place = min(fit, key=lambda each: len(agents[each].skills))
                free_at[place] = now + item.handling
                instants.add(free_at[place])
                waiting.remove(item)
                taken, in_time, waited = found[item.stream]
                found[item.stream] = (
                    taken + 1,
                    in_time + (now <= item.respond_by),
                    waited + now - item.at,
                )
    return found


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**9), st.integers(1, 60))
def test_skills_priorities_patience_and_shifts_are_those_of_a_walk_through_time(
    seed: int, number: int
) -> None:
    streams = [
        calls(name="any", priority=2),
        calls(name="vpn", skill="vpn", priority=1),
        calls(name="sap", skill="sap", priority=2),
    ]
    # Their skills differ, so that it does not matter who has been idle longest.
    agents = [
        Agent("ann", [seconds(0, 40), seconds(55, 100)]),
        Agent("bob", [seconds(10, 90)], {"vpn"}),
        Agent("cyd", [seconds(5, 70)], {"vpn", "sap"}),
    ]
    random = Random(seed)
    items = [
        _Item(
            at := random.random() * 120,
            random.randrange(3),
            random.random() * 12,
            at + random.choice([inf, random.random() * 30]),
            at + random.random() * 10,
            inf,
        )
        for _ in range(number)
    ]
    items.sort()
    run = _Play(_desk(streams, 0, 2, timedelta(0), 0.95), Roster(agents)).run(items)
    assert [(each.taken, each.in_time, pytest.approx(each.waited)) for each in run.tallies] == (
        walked_through(items, agents, streams)
    )


# -- what can be followed by hand --------------------------------------------------------------------------


def played(streams: list[WorkStream], agents: list[Agent], items: list[_Item]) -> list[_Tally]:
    return _Play(_desk(streams, 0, 2, timedelta(0), 0.95), Roster(agents)).run(items).tallies


def item(at: float, stream: int = 0, *, handling: float = 10, **within: float) -> _Item:
    gives_up, respond, resolve = (at + within.get(name, inf) for name in ("patience", "respond", "resolve"))
    return _Item(at, stream, handling, gives_up, respond, resolve)


ANN = Agent("ann", [seconds(0, 100)])


def test_what_is_urgent_goes_before_what_came_first() -> None:
    streams = [calls(name="later", priority=2), calls(name="urgent", priority=1)]
    later, urgent = played(streams, [ANN], [item(0), item(1), item(2, 1)])
    assert (later.waited, urgent.waited) == (19, 8)


def test_who_can_do_more_is_kept_free_for_it() -> None:
    streams = [calls(name="any"), calls(name="sap", skill="sap")]
    agents = [Agent("cyd", [seconds(0, 100)], {"sap"}), ANN]
    everything, special = played(streams, agents, [item(0), item(1, 1)])
    assert (everything.waited, special.waited) == (0, 0)


def test_nobody_is_answered_who_has_gone() -> None:
    found = played([calls()], [ANN], [item(0), item(1, patience=5), item(2)])[0]
    assert (found.taken, found.abandoned, found.waited) == (2, 1, 8)


def test_a_call_is_brought_to_its_end_and_a_ticket_laid_down() -> None:
    agent = Agent("ann", [seconds(0, 10), seconds(50, 60)])
    until_done = played([calls()], [agent], [item(5, handling=8, resolve=8), item(6)])[0]
    assert (until_done.done_in_time, until_done.waited) == (2, 44)  # the second one is begun at 50
    laid_down = played([calls(is_laid_down=True)], [agent], [item(5, handling=8, resolve=8), item(6)])[0]
    assert laid_down.waited == 47  # the first one goes on from 50 to 53
    assert laid_down.done_in_time == 1  # of the second one, nothing is agreed
    never = played([calls(is_laid_down=True)], [agent], [item(5, handling=80)])[0]
    assert (never.taken, never.done_in_time) == (1, 1)  # nothing is agreed about it


def test_what_nobody_takes_up_is_left() -> None:
    found = simulate_roster([calls(length=2)], Roster([]), seed=1)
    assert found.occupancy is None
    left = found.streams[0].left
    assert left is not None
    assert left.mean == 1
    assert found.streams[0].average_wait is None


def test_targets_count_by_their_calendar() -> None:
    office = BusinessCalendar("Mon-Fri 08:00-16:00", "UTC")
    stream = WorkStream(
        name="tickets",
        rates=[Rate(hours(0, 24), 5)],
        handling=LognormalTimes(MINUTE, 0),
        respond_within=HOUR,
        resolve_within=2 * HOUR,
        calendar=office,
    )
    at_work = Roster([Agent("ann", office.open_spans(MONDAY, MONDAY + 48 * HOUR))])
    found = simulate_roster([stream], at_work).streams[0]
    assert found.responded is not None
    assert found.resolved is not None
    assert found.responded.mean == found.resolved.mean == 1  # what comes at night is due after an hour's work
    real = simulate_roster([calls(5, 24, respond_within=HOUR, resolve_within=HOUR)], at_work).streams[0]
    assert real.responded is not None
    assert real.responded.mean < 0.6
    half = WorkStream(
        name="half",
        rates=[Rate(hours(8, 9), 5)],
        handling=ExponentialTimes(MINUTE),
        respond_within=HOUR,
        calendar=office,
    )
    assert simulate_roster([half], at_work).streams[0].resolved is None


# -- laws --------------------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 8), st.none() | st.integers(1, 30), st.integers(0, 10**6))
def test_all_that_arrives_is_taken_up_given_up_or_left(agents: int, patience: int | None, seed: int) -> None:
    stream = calls(40, 6, patience=None if patience is None else patience * MINUTE)
    desk = _desk([stream], seed, 2, timedelta(0), 0.95)
    run = _Play(desk, a_roster(agents, hours(1, 3), hours(4, 5))).run(_work(desk, 1))
    tally = run.tallies[0]
    assert tally.arrived >= tally.taken + tally.abandoned
    figures = [tally.figure(name) for name in ("given_up", "left")]
    if tally.arrived:
        assert tally.taken / tally.arrived + sum(each or 0 for each in figures) == pytest.approx(1)


def test_the_same_seed_gives_the_same_outcome_and_another_one_another() -> None:
    one, same, other = (simulate_roster([calls(length=5)], a_roster(4), seed=each) for each in (1, 1, 2))
    assert one == same
    assert one != other


def test_what_one_stream_brings_does_not_depend_on_the_others() -> None:
    alone = _work(_desk([calls(length=5)], 3, 2, timedelta(0), 0.9), 0)
    beside = _work(_desk([calls(length=5), calls(length=5, name="mails")], 3, 2, timedelta(0), 0.9), 0)
    assert [each for each in beside if each.stream == 0] == alone


def test_the_same_work_tells_a_difference_more_sharply() -> None:
    stream = calls(length=40, respond_within=MINUTE)
    compared = compare_rosters([stream], a_roster(4), a_roster(5), seed=9)
    difference = compared.differences[0]
    assert difference.responded is not None
    assert difference.responded.low > 0
    one, other = compared.one.streams[0].responded, compared.other.streams[0].responded
    assert one is not None
    assert other is not None
    assert difference.responded.mean == pytest.approx(other.mean - one.mean)
    assert difference.responded.half_width < sqrt(one.half_width**2 + other.half_width**2)
    assert difference.resolved is None
    assert difference.average_wait is not None
    assert difference.average_wait.high < 0
    assert compared.one == simulate_roster([stream], a_roster(4), seed=9)


def test_two_equal_rosters_do_not_differ() -> None:
    compared = compare_rosters([calls(length=5, respond_within=MINUTE)], a_roster(3), a_roster(3))
    assert compared.differences[0].responded == Estimate(0, 0, 0)


# -- distributions -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "times",
    [
        ExponentialTimes(10 * MINUTE),
        LognormalTimes(10 * MINUTE, 0.7),
        ObservedTimes([5 * MINUTE, 10 * MINUTE, 15 * MINUTE]),
    ],
    ids=lambda each: type(each).__name__,
)
def test_times_have_their_mean(times: ExponentialTimes | LognormalTimes | ObservedTimes) -> None:
    random = Random(4)
    drawn = [times.draw(random) for _ in range(20_000)]
    assert sum(drawn) / len(drawn) == pytest.approx(600, rel=0.03)
    assert times.mean == 10 * MINUTE
    if isinstance(times, LognormalTimes):
        spread = sqrt(sum((each - 600) ** 2 for each in drawn) / len(drawn))
        assert spread == pytest.approx(420, rel=0.05)


@pytest.mark.parametrize(
    ("freedom", "bound"),
    [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (9, 2.262), (10, 2.228), (30, 2.042), (120, 1.980)],
)
def test_tables_of_student_are_met(freedom: int, bound: float) -> None:
    assert student_quantile(0.95, freedom) == pytest.approx(bound, abs=6e-4)


@given(st.integers(1, 40), st.floats(0.1, 0.99))
def test_student_is_the_integral_of_its_density(freedom: int, confidence: float) -> None:
    bound = student_quantile(confidence, freedom)
    scale = gamma((freedom + 1) / 2) / (sqrt(freedom * pi) * gamma(freedom / 2))

    def density(at: float) -> float:
        return scale * float((1 + at * at / freedom) ** (-(freedom + 1) / 2))

    steps = 2000
    width = bound / steps
    inner = sum((4 if place % 2 else 2) * density(place * width) for place in range(1, steps))
    assert 2 * width / 3 * (density(0) + inner + density(bound)) == pytest.approx(confidence, abs=1e-5)


# -- rosters -----------------------------------------------------------------------------------------------

spans = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), max_size=5).map(
    lambda pairs: [hours(start, start + length) for start, length in pairs]
)


@given(spans, spans)
def test_who_has_leave_is_at_work_when_they_were_and_are_not_away(
    shifts: list[TimeSpan], leave: list[TimeSpan]
) -> None:
    agent = Agent("ann", shifts)
    left = agent.without(leave)
    for half in range(170):
        instant = MONDAY + half * HOUR / 2
        at_work = bool(Roster([left]).at_work(instant))
        assert at_work == (
            any(instant in each for each in shifts) and not any(instant in each for each in leave)
        )
    assert left.time <= agent.time


def test_leave_is_taken_off_the_shifts_of_an_agent() -> None:
    agent = Agent("ann", [hours(0, 8), hours(24, 32)], {"vpn"})
    left = agent.without([hours(4, 5), hours(30, 40)])
    assert (left.shifts, left.skills) == ((hours(0, 4), hours(5, 8), hours(24, 30)), {"vpn"})
    assert (agent.time, left.time) == (16 * HOUR, 13 * HOUR)


def test_who_is_at_work_is_so_up_to_the_end_of_their_shift() -> None:
    ann, bob = Agent("ann", [hours(0, 8)]), Agent("bob", [hours(4, 12)])
    roster = Roster([ann, bob])
    assert [roster.at_work(MONDAY + hour * HOUR) for hour in (0, 4, 8, 12)] == [
        (ann,),
        (ann, bob),
        (bob,),
        (),
    ]
    with pytest.raises(DefinitionError):
        roster.at_work(MONDAY.replace(tzinfo=None))


# -- in words, and what is refused -------------------------------------------------------------------------


def test_an_outcome_tells_each_stream_in_a_line() -> None:
    found = simulate_roster(
        [
            calls(length=10, respond_within=MINUTE, resolve_within=HOUR, patience=5 * MINUTE),
            calls(length=10, name="mails", skill="read"),
        ],
        a_roster(4, hours(0, 10)),
        seed=2,
    )
    assert isinstance(found, RosterOutcome)
    first, second = found.explain().splitlines()
    assert first.startswith("calls: ")
    assert "taken up in time (±" in first
    assert second.endswith("100% left (± 0.0)")


def test_all_that_is_wrong_with_a_run_is_told() -> None:
    with pytest.raises(DefinitionError) as refused:
        simulate_roster(
            [None, calls(), calls()], a_roster(1), seed=1.5, replications=1, warm_up=-HOUR, confidence=1.0
        )  # type: ignore[list-item,arg-type]
    assert len(refused.value.problems) == 6
    with pytest.raises(DefinitionError, match="one at least, with rates"):
        simulate_roster([], a_roster(1))
    with pytest.raises(DefinitionError, match="roster: must be a Roster"):
        simulate_roster([calls()], None)  # type: ignore[arg-type]


def test_all_that_is_wrong_with_values_is_told() -> None:
    with pytest.raises(DefinitionError) as refused:
        WorkStream(name="x", rates=[1], handling=5, priority="high", patience=timedelta(0), respond_within=3)  # type: ignore[list-item,arg-type]
    assert len(refused.value.problems) == 5
    with pytest.raises(DefinitionError) as refused:
        Roster([Agent("ann", ()), Agent("ann", ()), None])  # type: ignore[list-item]
    assert len(refused.value.problems) == 2
    for wrong in (
        lambda: Agent("ann", [1]),  # type: ignore[list-item]
        lambda: ExponentialTimes(timedelta(0)),
        lambda: LognormalTimes(MINUTE, -1),
        lambda: ObservedTimes([-MINUTE]),
        lambda: ObservedTimes([timedelta(0)]),
        lambda: Rate(None, -1),  # type: ignore[arg-type]
    ):
        with pytest.raises(DefinitionError):
            wrong()
