"""The complete audit log of a real desk against its workflow, and an independent computation beside it."""

import csv
import gzip
from collections import Counter, defaultdict
from heapq import heappop, heappush
from itertools import count, pairwise
from pathlib import Path

import pytest

from itsmkit import packs
from itsmkit.interchange import read_event_log
from itsmkit.workflow.conformance import Conformance, DeviationKind, conformance

STATES = {"New", "Active", "Resolved", "Closed"} | {
    f"Awaiting {what}" for what in ("User Info", "Problem", "Vendor", "Evidence")
}
LEGAL = {(a, b) for a in STATES - {"Closed"} for b in STATES - {"New"} if a != b}


@pytest.fixture(scope="module")
def found(audit_log: Path) -> Conformance:
    desk = packs.load("servicenow-audit")
    assert desk.log is not None
    entries = read_event_log(audit_log, desk.log).entries
    return conformance(desk.kinds["incident"].workflow.definition, entries, complete=True)


@pytest.fixture(scope="module")
def traces(audit_log: Path) -> Counter[tuple[str, ...]]:
    """Read the log with nothing but the standard library; a row with no known state changes none."""
    histories = defaultdict(list)
    with gzip.open(audit_log, "rt", encoding="ascii", newline="") as file:
        for row in csv.DictReader(file):
            histories[row["number"]].append((int(row["sys_mod_count"]), row["incident_state"]))
    found: Counter[tuple[str, ...]] = Counter()
    for rows in histories.values():
        states = [state for _, state in sorted(rows, key=lambda row: row[0]) if state in STATES]
        found[tuple(s for n, s in enumerate(states) if n == 0 or s != states[n - 1])] += 1
    return found


def cheapest(trace: tuple[str, ...]) -> int:
    tie = count()
    queue: list[tuple[int, int, int, str | None]] = [(0, next(tie), 0, None)]
    done = set()
    while True:
        cost, _, place, state = heappop(queue)
        if (place, state) in done:
            continue
        done.add((place, state))
        if place == len(trace) and state in {"Resolved", "Closed"}:
            return cost
        for target in ["New"] if state is None else [b for a, b in LEGAL if a == state]:
            heappush(queue, (cost + 1, next(tie), place, target))
            if place < len(trace) and trace[place] == target:
                heappush(queue, (cost, next(tie), place + 1, target))
        if place < len(trace):
            heappush(queue, (cost + 1, next(tie), place + 1, state))


def test_counts_equal_the_independent_ones(found: Conformance, traces: Counter[tuple[str, ...]]):
    moves: Counter[tuple[str, str]] = Counter()
    visits: Counter[str] = Counter()
    for trace, tickets in traces.items():
        moves.update({move: n * tickets for move, n in Counter(pairwise(trace)).items()})
        visits.update({state: n * tickets for state, n in Counter(trace).items()})
    assert found.tickets == traces.total() == 24_918
    assert {variant.states: variant.tickets for variant in found.variants} == traces
    assert found.log.moves == moves
    assert found.log.visits == visits
    assert found.allowed == sum(n for move, n in moves.items() if move in LEGAL)
    assert set(found.declared) == LEGAL
    assert set(found.unused_moves) == LEGAL - set(moves)


def test_departures_equal_the_independent_ones(found: Conformance, traces: Counter[tuple[str, ...]]):
    forbidden = sum(
        tickets for trace, tickets in traces.items() for move in pairwise(trace) if move not in LEGAL
    )
    wrong_starts = sum(tickets for trace, tickets in traces.items() if trace[0] != "New")
    conforming = sum(
        tickets
        for trace, tickets in traces.items()
        if trace[0] == "New" and set(pairwise(trace)) <= LEGAL and trace[-1] in {"Resolved", "Closed"}
    )
    assert found.counts == {DeviationKind.WRONG_START: wrong_starts, DeviationKind.FORBIDDEN_MOVE: forbidden}
    assert (forbidden, wrong_starts) == (13, 8_522)
    assert found.conforming == conforming
    assert found.unfinished == sum(
        tickets for trace, tickets in traces.items() if trace[-1] not in {"Resolved", "Closed"}
    )


def test_the_fitness_equals_the_independent_one(found: Conformance, traces: Counter[tuple[str, ...]]):
    shortest_run = 2  # New, Resolved
    costs = {trace: cheapest(trace) for trace in traces}
    assert {variant.states: variant.cost for variant in found.variants} == costs
    cost = sum(n * costs[trace] for trace, n in traces.items())
    worst = sum(n * (len(trace) + shortest_run) for trace, n in traces.items())
    assert found.fitness == pytest.approx(1 - cost / worst, rel=1e-12)


def test_the_draft_of_the_log_forbids_nothing_in_it(found: Conformance, audit_log: Path):
    desk = packs.load("servicenow-audit")
    assert desk.log is not None
    draft = found.draft().definition
    again = conformance(draft, read_event_log(audit_log, desk.log, limit=20_000).entries)
    assert set(again.counts) == {DeviationKind.WRONG_START}
    assert [state.name for state in draft.states] == [state.name for state in found.definition.states]
