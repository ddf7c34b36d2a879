"""
The configuration graph beside NetworkX and rustworkx, and what redundancy, risk, changes and causes cost.

The graphs of the peers are built of the same items and relations. Where a question is asked of numbers, that
is said: rustworkx knows nodes by number alone, and NetworkX by our ids.
"""

import gc
import tracemalloc
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import chain
from random import Random
from typing import Any

import networkx as nx
import rustworkx as rx

from benchmarks._layers import HUB, layered, redundant
from benchmarks._measure import Row, interleaved, micro, table
from benchmarks._outages import accuracy, by_likelihood, by_nearest_provider, diagnosis_of, make_outages
from itsmkit.calendars import TimeSpan
from itsmkit.cmdb import CIId, ConfigurationGraph, ConfigurationItem, LevelChain, Relation, _adjacency
from itsmkit.cmdb._program import Fixpoint
from itsmkit.cmdb.change import PlannedChange, collisions_of
from itsmkit.cmdb.risk import cut_sets, spofs

SIZES = {10_000: 7, 100_000: 3, 1_000_000: 1}
"""How many items, and how many rounds are measured."""
QUESTIONS = 1_000
TWO_LEVELS = LevelChain(["up", "down"])


def run() -> str:
    """Return the tables of the configuration graph."""
    parts = [sizes(cis, rounds) for cis, rounds in SIZES.items()]
    return "\n".join([*parts, memory(), propagation(), risk(), changes(), causes()])


@contextmanager
def without_numpy() -> Iterator[None]:
    """Let closures be found in plain Python."""
    known, _adjacency._has_numpy = _adjacency._has_numpy, lambda: False  # type: ignore[assignment]
    try:
        yield
    finally:
        _adjacency._has_numpy = known


def by_networkx(items: Sequence[ConfigurationItem], relations: Sequence[Relation]) -> Any:
    """Return the graph of NetworkX, from provider to dependent."""
    graph = nx.DiGraph()
    graph.add_nodes_from(item.id for item in items)
    graph.add_edges_from((relation.target, relation.source) for relation in relations)
    return graph


def by_rustworkx(ours: ConfigurationGraph) -> Any:
    """Return the graph of rustworkx, in our numbers."""
    graph, numbers = rx.PyDiGraph(), ours._numbers
    graph.add_nodes_from(range(len(ours.items)))
    graph.extend_from_edge_list([(numbers[each.target], numbers[each.source]) for each in ours.relations])
    return graph


def compiled(items: Sequence[ConfigurationItem], relations: Sequence[Relation]) -> ConfigurationGraph:
    """Return our graph, ready to answer."""
    graph = ConfigurationGraph(items, relations)
    graph.descendants()
    return graph


def sizes(cis: int, rounds: int) -> str:
    """Return the table of one size."""
    items, relations = layered(cis)
    # What is there already would else be looked through for rings again and again while graphs are built.
    gc.collect()
    gc.freeze()
    built = interleaved(
        {
            "ours": partial(micro, partial(compiled, items, relations), repeats=1),
            "networkx": partial(micro, partial(by_networkx, items, relations), repeats=1),
        },
        rounds=rounds,
    )
    ours, networkx = compiled(items, relations), by_networkx(items, relations)
    rustworkx, hub = by_rustworkx(ours), ours._number(HUB)
    asked = Random(3).choices([item.id for item in items], k=QUESTIONS)
    numbers = list(map(ours._number, asked))
    for ci in [HUB, *asked[:100]]:
        found = ours.descendants(ci)
        with without_numpy():
            plain = ours.descendants(ci)
        same(found, plain)
        same(set(found), nx.descendants(networkx, ci))
        same(set(map(ours._number, found)), set(rx.descendants(rustworkx, ours._number(ci))))

    def plainly(work: Callable[[], object]) -> float:
        with without_numpy():
            return micro(work, repeats=1)

    reach, rows_of, keys = ours._dependents.reach, ours._dependents._rows.__getitem__, ours._keys
    known = [[number, *reach([number])] for number in numbers]

    def floor() -> None:
        """Go through the rows of what is reached, as if it were known beforehand, and name it."""
        for found in known:
            deque(chain.from_iterable(map(rows_of, found)), maxlen=0)
            tuple(map(keys.__getitem__, found))

    seconds = interleaved(
        {
            "ours": partial(plainly, lambda: ours.descendants(HUB)),
            "numbers": partial(plainly, lambda: reach([hub])),
            "numpy": partial(micro, lambda: ours.descendants(HUB), repeats=1),
            "networkx": partial(micro, lambda: nx.descendants(networkx, HUB), repeats=1),
            "rustworkx": partial(micro, lambda: rx.descendants(rustworkx, hub), repeats=1),
            "questions": partial(micro, lambda: [ours.descendants(ci) for ci in asked], repeats=1),
            "floor": partial(micro, floor, repeats=1),
            "questions, networkx": partial(
                micro, lambda: [nx.descendants(networkx, ci) for ci in asked], repeats=1
            ),
            "questions, numbers": partial(micro, lambda: [reach([each]) for each in numbers], repeats=1),
            "questions, rustworkx": partial(
                micro, lambda: [rx.descendants(rustworkx, each) for each in numbers], repeats=1
            ),
        },
        rounds=rounds,
    )
    reached = sum(len(ours.descendants(ci)) for ci in asked) / QUESTIONS
    gc.unfreeze()
    questions = f"{QUESTIONS:,} random questions, {reached:.0f} reached on average"
    rows = [
        beside("building, and a first question", built["ours"], "NetworkX", built["networkx"]),
        beside("all that depends on the hub", seconds["ours"], "NetworkX", seconds["networkx"]),
        beside(
            "all that depends on the hub, in numbers", seconds["numbers"], "rustworkx", seconds["rustworkx"]
        ),
        *(
            [beside("the same, with numpy", seconds["numpy"], "NetworkX", seconds["networkx"])]
            if cis >= _adjacency.LARGE
            else []
        ),
        beside(questions, seconds["questions"], "NetworkX", seconds["questions, networkx"]),
        beside(
            "the floor: the same rows gone through and named, the answers known",
            seconds["floor"],
            "NetworkX",
            seconds["questions, networkx"],
        ),
        beside(
            "the same, in numbers",
            seconds["questions, numbers"],
            "rustworkx",
            seconds["questions, rustworkx"],
        ),
    ]
    return table(f"A configuration of {len(items):,} items and {len(relations):,} relations", rows)


def memory(cis: int = 100_000) -> str:
    """Return the table of what is held beside items and relations."""
    items, relations = layered(cis)
    networkx = allocated(lambda: by_networkx(items, relations))
    own = allocated(lambda: (tuple(items), tuple(relations)))

    def made(*, both: bool, compact: bool) -> int:
        def make() -> ConfigurationGraph:
            graph = ConfigurationGraph(items, relations, compact=compact)
            graph.descendants()
            if both:
                graph.ancestors()
            return graph

        return allocated(make) - own

    def row(what: str, ours: int) -> Row:
        each = ours / len(relations)
        theirs = networkx / len(relations)
        return (what, f"{each:.1f} bytes", f"NetworkX, {theirs:.0f} bytes", f"1 / {theirs / each:.1f}")

    return table(
        f"Memory for each of {len(relations):,} relations, beside items and relations themselves",
        [
            row("one direction", made(both=False, compact=False)),
            row("both directions, as NetworkX has them", made(both=True, compact=False)),
            row("compact, one direction", made(both=False, compact=True)),
            row("compact, both directions", made(both=True, compact=True)),
        ],
    )


def propagation(cis: int = 100_000) -> str:
    """Return the table of what levels and redundancy cost above plain reachability."""
    items, relations = layered(cis)
    plain = ConfigurationGraph(items, relations)
    hub, edges = plain._number(HUB), sum(map(len, plain._dependents))
    expected = len(plain.descendants(HUB)) + 1

    def graph(share: float, **options: Any) -> ConfigurationGraph:
        return ConfigurationGraph(items, relations, redundant(relations, share), **options)

    graphs = {
        "two levels, no redundancy": graph(0, levels=TWO_LEVELS),
        "two levels, one dependent in a hundred with redundancy": graph(0.01, levels=TWO_LEVELS),
        "two levels, everything redundant": graph(1, levels=TWO_LEVELS),
        "three levels, one dependent in a hundred with redundancy": graph(0.01),
        "three levels, everything redundant": graph(1),
    }

    def fired(asked: ConfigurationGraph) -> int:
        fixpoint = Fixpoint(asked._program)
        fixpoint.fire([asked._program.literal(hub, asked.levels.top)])
        return sum(number < asked._program.items for number in fixpoint.release())

    def fire(asked: ConfigurationGraph) -> None:
        fixpoint = Fixpoint(asked._program)
        fixpoint.fire([asked._program.literal(hub, asked.levels.top)])
        fixpoint.release()

    compiling = {name: micro(lambda asked=asked: asked._program, repeats=1) for name, asked in graphs.items()}
    for asked in graphs.values():
        same(fired(asked), expected)
    planned = plain.impact_of([HUB])
    same(len(planned.levels), expected)

    def closure() -> float:
        with without_numpy():
            return micro(lambda: plain._dependents.reach([hub]), repeats=1)

    gc.collect()
    gc.freeze()
    seconds = interleaved(
        {
            "plain": closure,
            **{name: partial(micro, partial(fire, each), repeats=1) for name, each in graphs.items()},
        },
        rounds=7,
    )
    gc.unfreeze()
    beside_plain = f"plain reachability, {seconds['plain'] / edges * 1e9:.0f} ns"
    rows: list[Row] = [
        (
            name,
            f"{seconds[name] / edges * 1e9:.0f} ns",
            beside_plain,
            f"{seconds[name] / seconds['plain']:.2f} ×",
        )
        for name in graphs
    ]
    rows += [
        (f"compiling: {name}", f"{compiling[name] * 1e3:,.0f} ms", "", "")
        for name in ("two levels, no redundancy", "three levels, everything redundant")
    ]
    return table(f"Propagation to {expected:,} items, per relation", rows)


def risk() -> str:
    """Return the table of single points of failure, and of pairs, checked by trying each."""
    rows: list[Row] = []
    for cone, order in ((800, 1), (500, 2)):
        items, relations = layered(4 * cone, seed=cone)
        graph = ConfigurationGraph(items, relations, redundant(relations, 0.7))
        services = [item.id for item in items if item.ci_class == "service"]
        # Goals that need several services, so that what is above them has the size that was asked for.
        goal = CIId("goal")
        for count in range(1, len(services)):
            above = len({*graph.ancestors(*services[:count]), *services[:count]})
            if above >= cone:
                break
        graph = ConfigurationGraph(
            [*items, ConfigurationItem(goal, "service", goal)],
            [*relations, *(Relation(goal, "depends_on", each) for each in services[:count])],
            redundant(relations, 0.7),
        )
        graph.impact_of([goal]).levels  # noqa: B018  compiled before
        above = len(graph.ancestors(goal))
        if order == 1:
            found = spofs(graph, goal)
            tried = [ci for ci in graph.ancestors(goal) if graph.impact_of([ci]).level(goal) == "down"]
            same({*found} - {goal}, set(tried))
            work: Callable[[], object] = partial(spofs, graph, goal)
            what = f"single points of failure among {above:,} items: {len(found)}"
        else:
            sets = cut_sets(graph, goal, 2)
            for pair in sets[:50]:
                same(graph.impact_of(pair).level(goal), "down")
            work = partial(cut_sets, graph, goal, 2)
            what = f"single and double points of failure among {above:,} items: {len(sets):,}"
        seconds = interleaved({"ours": partial(micro, work, repeats=1)}, rounds=7)["ours"]
        rows.append((what, f"{seconds * 1e3:,.1f} ms", "", ""))
    return table("Risk", rows)


def changes(planned: int = 500) -> str:
    """Return the table of checking a change against those that are planned."""
    items, relations = layered(10_000)
    graph = ConfigurationGraph(items, relations, redundant(relations, 0.5))
    random, start = Random(5), datetime(2026, 5, 4, tzinfo=UTC)
    ids = sorted(item.id for item in items if item.ci_class != "core")

    def change(number: int) -> PlannedChange:
        begin = start + timedelta(hours=random.randrange(24 * 28))
        window = TimeSpan(begin, begin + timedelta(hours=random.choice((2, 4, 8))))
        return PlannedChange(f"CHG-{number}", random.sample(ids, 3), window, [f"person {number % 20}"])

    known = [change(number) for number in range(planned)]
    whole = TimeSpan(start, start + timedelta(days=29))
    news = {
        "eight hours long": PlannedChange(
            "CHG-A", random.sample(ids, 3), TimeSpan(start, start + timedelta(hours=8))
        ),
        "as long as all of them": PlannedChange("CHG-B", random.sample(ids, 3), whole),
    }
    graph.impact_of(ids[:1]).levels  # noqa: B018  compiled before
    rows: list[Row] = []
    for name, new in news.items():
        found = collisions_of(graph, new, known)
        same(found, collisions_of(graph, new, known[::-1]))
        seconds = interleaved(
            {"ours": partial(micro, partial(collisions_of, graph, new, known), repeats=1)}, rounds=3
        )["ours"]
        rows.append((f"a change {name}: {len(found)} collisions", f"{seconds * 1e3:,.0f} ms", "", ""))
    return table(f"A change against {planned} planned ones, of {len(items):,} items", rows)


def causes() -> str:
    """Return the table of ranking causes by partial and noisy reports."""
    graph, outages = make_outages(1)
    ours = accuracy(graph, outages, by_likelihood)
    nearest = accuracy(graph, outages, by_nearest_provider)
    some = outages[:50]
    seconds = interleaved(
        {
            "ours": partial(micro, lambda: [diagnosis_of(graph, each) for each in some], repeats=1),
            "nearest": partial(
                micro, lambda: [next(iter(by_nearest_provider(graph, each))) for each in some], repeats=1
            ),
        },
        rounds=3,
    )
    rows: list[Row] = [
        (what, f"{ours[place]:.0%}", f"nearest common provider, {nearest[place]:.0%}", "")
        for place, what in enumerate(
            (
                "the cause, or one that the same users suffer from, is first",
                "… is among the first three",
                "the very cause is first",
                "… is among the first three",
            )
        )
    ]
    each, other = (seconds[name] / len(some) for name in ("ours", "nearest"))
    rows.append(
        (
            "one question",
            f"{each * 1e3:.1f} ms",
            f"nearest common provider, {other * 1e3:.1f} ms",
            f"{each / other:.1f} ×",
        )
    )
    return table(f"Causes of {len(outages)} outages among {len(graph.items):,} items", rows)


def same(found: object, expected: object) -> None:
    """Raise if an answer differs from another."""
    if found != expected:
        message = "two answers to the same question differ"
        raise AssertionError(message)


def allocated(make: Callable[[], object]) -> int:
    """Return the bytes that what *make* returns takes."""
    gc.collect()
    tracemalloc.start()
    kept = make()
    gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return size


def beside(what: str, ours: float, peer: str, theirs: float) -> Row:
    """Return the row of something that a peer does too."""
    unit, factor = ("s", 1.0) if max(ours, theirs) >= 1 else ("ms", 1e3)
    ratio = f"1 / {theirs / ours:.1f}" if theirs > ours else f"{ours / theirs:.1f} ×"
    return (what, f"{ours * factor:,.2f} {unit}", f"{peer}, {theirs * factor:,.2f} {unit}", ratio)


if __name__ == "__main__":
    print(run())
