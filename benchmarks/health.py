"""What the health of a large configuration costs, beside one bare pass over what it has to look at."""

import gc
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random

from attrs import frozen

from benchmarks._layers import LAYERS, TYPES, layered, redundant
from benchmarks._measure import Row, interleaved, micro, table
from itsmkit.cmdb import (
    STANDARD_RELATION_TYPES,
    AllowedRelation,
    CIClass,
    ClassModel,
    ConfigurationItem,
)
from itsmkit.cmdb.health import DesiredState, HealthReport, HealthRules, SourceConfidence, health_of
from itsmkit.cmdb.history import (
    ConfigurationEvent,
    ConfigurationRecord,
    ConfigurationTimeline,
    ConfigurationView,
    RecordKey,
)
from itsmkit.cmdb.risk import false_redundancy
from itsmkit.conditions import equals

CIS = 100_000
ROUNDS = 3
AT = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)

MODEL = ClassModel(
    [
        CIClass(
            "thing",
            attributes={"owner": "text", "serial": "text", "os": "text"},
            identifiers=[["serial"], ["name"]],
            required=["owner"],
            recommended=["os"],
            stale_after=30 * DAY,
            orphan_rule=TYPES,
        ),
        *(CIClass(name, "thing") for name in ("core", *(name for name, _ in LAYERS))),
    ],
    STANDARD_RELATION_TYPES,
    allowed=[AllowedRelation("thing", name, "thing") for name in TYPES],
)
RULES = HealthRules(
    [DesiredState("linux", "thing", equals("os", "linux"))], [SourceConfidence("scan", 1, 30 * DAY)]
)


@frozen
class Made:
    """
    A configuration, and how much of it was made wrong.

    Args:
        view: The configuration.
        wrong: How much must fail, by metric.
    """

    view: ConfigurationView
    wrong: dict[str, int]


def run() -> str:
    """Return the table of health."""
    made = configuration()
    graph = made.view.graph
    _ = graph._program, graph._ways  # compiled once, whatever is asked
    gc.collect()
    gc.freeze()
    report = health_of(made.view, RULES)
    check(report, made.wrong)

    def fresh() -> HealthReport:
        object.__delattr__(graph, "findings")  # which are kept, and are a good part of the work
        return health_of(made.view, RULES)

    seconds = interleaved(
        {
            "health": partial(micro, fresh, repeats=1),
            "bare": partial(micro, partial(bare, made.view), repeats=1),
            "false redundancy": partial(micro, partial(false_redundancy, graph), repeats=1),
        },
        rounds=ROUNDS,
    )
    gc.unfreeze()
    judged = sum(each.eligible for each in report.metrics)
    failing = sum(len(each.failing) for each in report.metrics)
    what = f"{sum(1 for each in report.metrics if each.eligible)} metrics, {judged:,} judgements"
    rows: list[Row] = [
        row(f"{what}, {failing:,} of which fail", seconds["health"], seconds["bare"]),
        row("of that, false redundancy", seconds["false redundancy"], seconds["bare"]),
    ]
    title = f"The health of {len(graph.items):,} items and {len(graph.relations):,} relations"
    return table(title, rows)


def configuration() -> Made:
    """Return a configuration in which some of everything is wrong, and how much."""
    random = Random(5)
    plain, relations = layered(CIS)
    wrong = dict.fromkeys(("required_attributes", "recommended_attributes", "stale_items", "linux"), 0)
    items, events = [], []

    def said(value: object, days: float) -> ConfigurationEvent:
        record = ConfigurationRecord.of(value, sources=("scan",), last_seen=AT - days * DAY)  # type: ignore[arg-type]
        return ConfigurationEvent(record, 1, AT, "bench")

    for item in plain:
        attributes = {"owner": "ann", "serial": f"S-{item.id}", "os": "linux"}
        if random.random() < 0.05:
            del attributes["owner"]
            wrong["required_attributes"] += 1
        if random.random() < 0.1:
            del attributes["os"]
            wrong["recommended_attributes"] += 1
            wrong["linux"] += 1
        days = random.choice((1, 2, 3, 5, 8, 13, 21, 29, 34))
        wrong["stale_items"] += days > 30
        items.append(ConfigurationItem(item.id, item.ci_class, item.name, attributes))
        events.append(said(items[-1], days))
    events += [said(each, random.choice((1, 10, 20))) for each in [*relations, *redundant(relations, 0.01)]]
    view = ConfigurationTimeline(events, model=MODEL).as_of(AT)
    wrong["confidence"] = wrong["stale_items"]  # it is believed by half for as long as it may go unseen
    wrong["duplicate_items"] = wrong["dangling_relations"] = wrong["governance"] = wrong["orphans"] = 0
    wrong["false_redundancy"] = len(false_redundancy(view.graph))
    return Made(view, wrong)


def check(report: HealthReport, wrong: dict[str, int]) -> None:
    """Stop if what fails is not what was made wrong."""
    found = {name: len(report.metric(name).failing) for name in wrong}
    if found != wrong:
        message = f"the answers differ: {found} instead of {wrong}"
        raise AssertionError(message)


def bare(view: ConfigurationView) -> int:
    """Look at each item and each relation once, by its key."""
    found = 0
    for item in view.graph.items:
        found += len(item.attributes)
    for relation in view.graph.relations:
        found += len(RecordKey.of(relation).parts)
    return found


def row(what: str, seconds: float, bare_seconds: float) -> Row:
    """Return a row beside the bare pass."""
    ratio = f"{seconds / bare_seconds:.1f}"
    return (what, f"{seconds:.2f} s", f"a bare pass, {bare_seconds:.2f} s", ratio)


if __name__ == "__main__":
    print(run())
