"""
Planning the workforce: formulas of queues, forecasts, and the simulation, beside peers a user would pick.

Answers come first: the agents of pyworkforce, the waits of a simpy model that is given the same work, and the
seasonal-naive forecast that ours has to beat.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from heapq import heapify, heapreplace
from random import Random

import simpy
from pyworkforce.queuing import ErlangC

from benchmarks._measure import Row, interleaved, micro, table
from itsmkit.calendars import BusinessCalendar, TimeSpan
from itsmkit.workforce import (
    Agent,
    ArrivalHistory,
    Demand,
    ExponentialTimes,
    Rate,
    Roster,
    ServiceGoal,
    WorkStream,
    agents_needed,
    backtest_arrivals,
    erlang_c,
    fit_arrivals,
    queue_figures,
)
from itsmkit.workforce.simulation import _desk, _Item, _Play, _work

__all__ = ["run"]

_MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)


def run() -> str:
    """Return the table, whose answers are checked before."""
    return table("Planning the workforce", [*_formulas(), *_forecasts(), *_simulations()])


def _formulas() -> Iterator[Row]:
    goal, demand = ServiceGoal(0.8, timedelta(seconds=20)), Demand(2000, 3 * _MINUTE)
    peer = ErlangC(transactions=2000, aht=3, asa=20 / 60, interval=60, shrinkage=0.0)

    def by_peer() -> int:
        return int(peer.required_positions(service_level=0.8, max_occupancy=1.0)["raw_positions"])

    needed = agents_needed(demand, goal)
    assert by_peer() == needed.agents, (by_peer(), needed.agents)
    took = interleaved(
        {
            "ours": lambda: micro(lambda: agents_needed(demand, goal), repeats=200),
            "peer": lambda: micro(by_peer, repeats=20),
            "floor": lambda: micro(lambda: erlang_c(needed.agents, 100.0), repeats=2000),
            "patient": lambda: micro(
                lambda: agents_needed(Demand(2000, 3 * _MINUTE, 2 * _MINUTE), goal), repeats=20
            ),
        },
        rounds=5,
    )
    ours = took["ours"]
    name = f"agents for 100 Erlangs ({needed.agents}), Erlang C"
    yield (
        name,
        f"{ours * 1e6:,.0f} µs",
        f"pyworkforce {took['peer'] * 1e6:,.0f} µs",
        f"{took['peer'] / ours:.1f} ×",
    )
    yield (
        "as above",
        f"{ours * 1e6:,.0f} µs",
        f"one recurrence {took['floor'] * 1e6:.1f} µs",
        f"{ours / took['floor']:.0f} recurrences",
    )
    yield (
        "with patience, Erlang A",
        f"{took['patient'] * 1e6:,.0f} µs",
        "",
        f"{took['patient'] / ours:.1f} of Erlang C",
    )


def _forecasts() -> Iterator[Row]:
    random = Random(1)
    hours = BusinessCalendar.parse("Mon-Fri 08:00-18:00", tz="Europe/Berlin", holidays="DE")
    since = datetime(2024, 1, 1, tzinfo=UTC)
    local = [(since + place * _HOUR).astimezone(hours.tz) for place in range(104 * 168)]
    counts = [
        sum(random.random() < 0.1 for _ in range(200 if each.weekday() < 5 and 8 <= each.hour < 18 else 10))
        for each in local
    ]
    history = ArrivalHistory(since, counts)
    tested = backtest_arrivals(history, hours, folds=4)
    assert tested.skill is not None
    assert tested.skill > 0.2, tested.explain()
    model = fit_arrivals(history, hours)

    def naive() -> list[int]:
        return [*history.counts[-168:]]

    took = interleaved(
        {
            "fit": lambda: micro(lambda: fit_arrivals(history, hours), repeats=3),
            "week": lambda: micro(
                lambda: model.forecast(history.until, history.until + 168 * _HOUR, hours), repeats=20
            ),
            "naive": lambda: micro(naive, repeats=1000),
        },
        rounds=5,
    )
    missed = f"misses {tested.skill:.0%} less than as-last-week"
    yield "fitting two years of hours", f"{took['fit'] * 1e3:.0f} ms", "", missed
    yield (
        "forecasting a week",
        f"{took['week'] * 1e3:.1f} ms",
        f"as last week {took['naive'] * 1e6:.1f} µs",
        "with intervals",
    )


def _simulations() -> Iterator[Row]:
    length = 1000 * _HOUR
    agents = 10
    stream = WorkStream(
        name="calls",
        rates=[Rate(TimeSpan(_MONDAY, _MONDAY + length), 90)],
        handling=ExponentialTimes(6 * _MINUTE),
        respond_within=_MINUTE,
    )
    roster = Roster(
        [Agent(f"agent {each}", [TimeSpan(_MONDAY, _MONDAY + 2 * length)]) for each in range(agents)]
    )
    desk = _desk([stream], 1, 2, timedelta(0), 0.95)
    items = _work(desk, 0)

    def ours() -> float:
        return _Play(desk, roster).run(items).tallies[0].waited

    waited = ours()
    for other in (_by_simpy(items, agents), _by_recursion(items, agents)):
        assert abs(other - waited) < 1e-6 * waited, (other, waited)
    exact = queue_figures(Demand(90, 6 * _MINUTE), agents, _MINUTE)
    assert exact.average_wait is not None
    assert abs(waited / len(items) / exact.average_wait.total_seconds() - 1) < 0.15
    took = interleaved(
        {
            "ours": lambda: micro(ours, repeats=1),
            "simpy": lambda: micro(lambda: _by_simpy(items, agents), repeats=1),
            "floor": lambda: micro(lambda: _by_recursion(items, agents), repeats=1),
            "work": lambda: micro(lambda: _work(desk, 0), repeats=1),
        },
        rounds=5,
    )
    events = 2 * len(items)
    speed = f"{events / took['ours'] / 1000:,.0f}k events/s"
    simpys = f"simpy {events / took['simpy'] / 1000:,.0f}k events/s"
    floor = f"recursion, one queue {events / took['floor'] / 1000:,.0f}k events/s"
    yield (
        f"playing {len(items):,} calls through, {agents} agents",
        speed,
        simpys,
        f"{took['simpy'] / took['ours']:.1f} ×",
    )
    yield "as above", speed, floor, f"{took['floor'] / took['ours']:.2f} ×"
    yield "drawing the work", f"{took['work'] * 1e6 / len(items):.1f} µs a call", "", ""


def _by_simpy(items: list[_Item], agents: int) -> float:
    """Let simpy play the same work through: one queue, agents as a resource."""
    environment = simpy.Environment()
    desk = simpy.Resource(environment, agents)
    waits: list[float] = []

    def call(item: _Item) -> Iterator[simpy.Event]:
        with desk.request() as turn:
            yield turn
            waits.append(environment.now - item.at)
            yield environment.timeout(item.handling)

    def arriving() -> Iterator[simpy.Event]:
        for item in items:
            yield environment.timeout(item.at - environment.now)
            environment.process(call(item))

    environment.process(arriving())
    environment.run()
    return sum(waits)


def _by_recursion(items: list[_Item], agents: int) -> float:
    """The floor: who is free first takes the next one, and there is nothing else."""
    free = [0.0] * agents
    heapify(free)
    waited = 0.0
    for item in items:
        start = max(item.at, free[0])
        waited += start - item.at
        heapreplace(free, start + item.handling)
    return waited


if __name__ == "__main__":
    print(run())
