"""
Records of three sources beside the merge that one would write by hand, which knows one key and the last word.

An inventory knows hosts by their serial numbers, a scanner most of them by these or by a network adapter, and
an agent by the adapter alone. Which records are of one host is known, so that every answer is checked.
"""

import gc
import tracemalloc
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random

from benchmarks._measure import Row, interleaved, micro, table
from itsmkit.cmdb import LookUp, SourceRecord, SourceRelation
from itsmkit.cmdb.reconciliation import (
    IdentificationRule,
    IdentifierEntry,
    Matcher,
    PrecedenceRule,
    Reconciliation,
    ReconciliationRules,
    SourcePolicy,
    StagingArea,
    reconcile,
)

NOW = datetime(2026, 3, 2, tzinfo=UTC)
RULES = ReconciliationRules(
    [
        IdentificationRule(
            "host",
            [["serial"], IdentifierEntry(lookup="adapter", lookup_attributes=["mac"]), ["name"]],
        )
    ],
    [
        PrecedenceRule(["agent", "scanner", "inventory"], "host", ["ram_gb"], timedelta(days=7)),
        PrecedenceRule(["inventory", "*"], "host"),
    ],
    [SourcePolicy("agent", ["*"])],
)


def run(total: int = 100_000) -> str:
    """Return the table of reconciling *total* records of three sources."""
    records = made(total, Random(7))
    shuffled = Random(8).sample(records, len(records))
    staging = StagingArea().with_records(shuffled)
    found = reconcile(staging, RULES, now=NOW)
    check(found, records)
    if found != reconcile(StagingArea().with_records(records), RULES, now=NOW):
        message = "the order of records matters"
        raise AssertionError(message)
    graph = found.graph()
    gc.collect()
    gc.freeze()
    matcher = Matcher(staging, RULES, now=NOW)
    asked = Random(9).sample(records, 1_000)
    matcher.match(asked[0])
    seconds = interleaved(
        {
            "ours": partial(micro, lambda: reconcile(staging, RULES, now=NOW), repeats=1),
            "by hand": partial(micro, lambda: by_hand(shuffled), repeats=1),
            "staging": partial(micro, lambda: StagingArea().with_records(shuffled), repeats=1),
            "again": partial(micro, lambda: staging.with_records(shuffled), repeats=1),
            "dry run": partial(micro, lambda: found.against(graph), repeats=1),
            "match": partial(micro, lambda: [matcher.match(each) for each in asked], repeats=1),
        },
        rounds=3,
    )
    gc.unfreeze()
    count = len(records)
    floor = f"a merge by hand by one key, {count / seconds['by hand']:,.0f} a second"
    rows: list[Row] = [
        (
            f"reconciling, {len(found.items):,} items and {len(found.relations):,} relations",
            f"{count / seconds['ours']:,.0f} a second",
            floor,
            f"{seconds['ours'] / seconds['by hand']:.1f} ×",
        ),
        ("all of it", f"{seconds['ours']:.2f} s", f"by hand, {seconds['by hand']:.2f} s", ""),
        ("putting them into a staging area", f"{seconds['staging']:.2f} s", "", ""),
        ("the same records once more", f"{seconds['again']:.2f} s", "", ""),
        ("a dry run against the configuration as it is", f"{seconds['dry run']:.2f} s", "", ""),
        ("one further record", f"{seconds['match'] / len(asked) * 1e6:.0f} µs", "", ""),
        ("memory at the peak, beside the records", f"{peak(staging) / count:,.0f} bytes a record", "", ""),
    ]
    return table(f"Reconciling {count:,} records of three sources, checked item by item", rows)


def made(total: int, random: Random) -> list[SourceRecord]:
    """Return about *total* records, all of one host after one another."""
    return list(_records(total * 2 // 5, random))


def _records(hosts: int, random: Random) -> Iterator[SourceRecord]:
    for number in range(hosts):
        mac = f"00:16:3e:{number >> 16 & 255:02x}:{number >> 8 & 255:02x}:{number & 255:02x}"
        serial = f"SN{number:07}"
        scanned = random.random() < 0.9
        seen_at = NOW - timedelta(minutes=random.randrange(20 * 24 * 60))
        attributes = {"serial": serial, "site": f"site {number % 50}", "ram_gb": 32, "number": number}
        yield SourceRecord(
            "inventory",
            f"i{number}",
            "host",
            f"host-{number}",
            attributes,
            seen_at=seen_at,
            lookups=() if scanned else [LookUp("adapter", {"mac": mac})],
            relations=[SourceRelation("connects_to", f"i{number // 48}")] if number else (),
        )
        if scanned:
            yield SourceRecord(
                "scanner",
                f"s{number}",
                "host",
                f"HOST-{number}",
                {"serial": serial.lower() if number % 3 else None, "ram_gb": 64, "os": "linux", "cores": 8},
                seen_at=NOW - timedelta(minutes=random.randrange(20 * 24 * 60)),
                lookups=[LookUp("adapter", {"mac": mac})],
            )
        if random.random() < 0.6:
            yield SourceRecord(
                "agent",
                f"a{number}",
                "host",
                None,
                {"ram_gb": 65, "user": f"user {number % 999}"},
                seen_at=NOW,
                lookups=[LookUp("adapter", {"mac": mac.replace(":", "-").upper()})],
            )


def check(found: Reconciliation, records: Sequence[SourceRecord]) -> None:
    """Raise if a record is of another host than the one that it was made of, or a value is another."""
    hosts = {record.key[1:] for record in records}
    items = {item.id: item for item in found.items}
    of = {record.origin: found.ci_of(*record.origin) for record in records}
    right = len(items) == len(hosts) and all(
        items[of[record.origin]].attributes["number"] == int(record.key[1:])  # type: ignore[index]  # it has one
        for record in records
    )
    for source, key in of:
        if source == "agent":
            ci = of["agent", key]
            right = right and ci is not None and items[ci].attributes["ram_gb"] == 65
    if not right:
        message = "a record is not of its host, or a value is not that of the rules"
        raise AssertionError(message)


def by_hand(records: Sequence[SourceRecord]) -> dict[object, dict[str, object]]:
    """Merge what has the same serial number, the newest last; what has none is for itself."""
    found: dict[object, dict[str, object]] = {}
    for record in sorted(records, key=lambda each: each.seen_at):
        serial = record.attributes.get("serial")
        key = serial.casefold() if isinstance(serial, str) else record.origin
        item = found.setdefault(key, {})
        item.update((name, value) for name, value in record.attributes.items() if value is not None)
    return found


def peak(staging: StagingArea) -> int:
    """Return the bytes that a reconciliation takes at most."""
    gc.collect()
    tracemalloc.start()
    reconcile(staging, RULES, now=NOW)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


if __name__ == "__main__":
    print(run())
