"""What must hold of the configuration whatever is recorded: against a naive one, and in many threads."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from itsmkit.cmdb import (
    AllowedRelation,
    CIClass,
    CIId,
    ClassModel,
    ConfigurationGraph,
    ConfigurationItem,
    DanglingRelation,
    RedundancySet,
    Relation,
    RelationType,
)
from itsmkit.cmdb.history import ConfigurationRecord, RecordKey
from itsmkit.desk import ConfigurationRules, Desk, DeskConfig, InMemoryStore, ManualClock
from itsmkit.errors import ConflictError, RefusedError
from itsmkit.testing import A_MONDAY, AN_AGENT

DAY = timedelta(days=1)

MODEL = ClassModel(
    classes=[CIClass("host"), CIClass("application")],
    relation_types=[RelationType("runs_on", "runs", "reverse"), RelationType("used_by", "uses", "impact")],
    allowed=[
        AllowedRelation("application", "runs_on", "host", at_most_targets=2),
        AllowedRelation("application", "used_by", "*"),
    ],
)
IDS = [CIId(name) for name in "abcd"]
Value = ConfigurationItem | Relation | RedundancySet


@st.composite
def values(draw: st.DrawFn) -> Value:
    kind = draw(st.sampled_from(["item", "item", "relation", "redundancy"]))
    if kind == "item":
        ci, ci_class = draw(st.sampled_from(IDS)), draw(st.sampled_from(["host", "application"]))
        return ConfigurationItem(ci, ci_class, ci, {"n": draw(st.integers(0, 1))})
    if kind == "relation":
        types = st.sampled_from(["runs_on", "used_by"])
        return Relation(draw(st.sampled_from(IDS)), draw(types), draw(st.sampled_from(IDS)))
    dependent, *members = draw(st.permutations(IDS))
    return RedundancySet(dependent, "set", members[: draw(st.integers(1, 2))], "any")


@st.composite
def records(draw: st.DrawFn) -> ConfigurationRecord:
    value = draw(values())
    since = draw(st.sampled_from([None, -1, 0, 1, 2, 3]))
    length = draw(st.sampled_from([None, None, 1, 2]))
    begin = None if since is None else A_MONDAY + since * DAY
    until = None if length is None else (begin or A_MONDAY) + length * DAY
    there = draw(st.sampled_from([True, True, True, False]))
    return ConfigurationRecord(RecordKey.of(value), value if there else None, begin, until)


class Naive:
    """A configuration as a list of records: everything is looked up by reading all of it."""

    def __init__(self, said: list[ConfigurationRecord]) -> None:
        self.said = said

    def at(self, instant: datetime) -> dict[RecordKey, Value]:
        found: dict[RecordKey, Value | None] = {}
        for record in self.said:
            began = record.since is None or record.since <= instant
            if began and (record.until is None or instant < record.until):
                found[record.key] = record.value
        return {key: value for key, value in found.items() if value is not None}

    def instants(self) -> list[datetime]:
        bounds = {bound for record in self.said for bound in (record.since, record.until) if bound}
        return sorted({A_MONDAY - 9 * DAY, *bounds})

    def graph(self, instant: datetime) -> ConfigurationGraph:
        held = self.at(instant).values()
        return ConfigurationGraph(
            [each for each in held if isinstance(each, ConfigurationItem)],
            [each for each in held if isinstance(each, Relation)],
            [each for each in held if isinstance(each, RedundancySet)],
            model=MODEL,
        )

    def faults(self, instant: datetime, *, strict: bool) -> set[str]:
        held = self.at(instant)
        there = {key.parts[0] for key in held if key.kind == "item"}
        lost = {
            f"{key} needs {ci}"
            for key, value in held.items()
            for ci in (
                {*value.ends}
                if isinstance(value, Relation)
                else {value.dependent, *value.members}
                if isinstance(value, RedundancySet)
                else set()
            )
            if ci not in there
        }
        if not strict:
            return lost
        findings = self.graph(instant).findings
        return lost | {str(each) for each in findings if not isinstance(each, DanglingRelation)}

    def refuses(self, after: "Naive", now: datetime, *, strict: bool) -> bool:
        instants = [now, *(each for each in after.instants() if each > now)]
        return any(after.faults(each, strict=strict) - self.faults(each, strict=strict) for each in instants)

    def news(self, batch: list[ConfigurationRecord]) -> list[ConfigurationRecord]:
        """Return what of *batch* changes anything at a time that no later one speaks of."""
        told: list[ConfigurationRecord] = []
        instants = Naive([*self.said, *batch]).instants()
        for place, record in enumerate(batch):
            later = [each for each in batch[place + 1 :] if each.key == record.key]
            before = Naive([*self.said, *told])
            own = [each for each in instants if record.holds_at(each)]
            own = [each for each in own if not any(other.holds_at(each) for other in later)]
            if any(before.at(each).get(record.key) != record.value for each in own):
                told.append(record)
        return told


def a_desk(store: InMemoryStore, clock: ManualClock, *, strict: bool = True) -> Desk:
    rules = evolve(DeskConfig.standard(), cmdb=ConfigurationRules(MODEL, strict=strict))
    return Desk(rules, store=store, clock=clock).acting_as(AN_AGENT)


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.lists(records(), min_size=1, max_size=6), st.sampled_from([0, 1])), max_size=8),
    st.booleans(),
)
def test_the_desk_records_what_a_naive_one_would(
    commands: list[tuple[list[ConfigurationRecord], int]], strict: bool
) -> None:
    store, clock = InMemoryStore(), ManualClock(A_MONDAY)
    desk = a_desk(store, clock, strict=strict)
    naive = Naive([])
    for batch, days in commands:
        news = naive.news(batch)
        after = Naive([*naive.said, *news])
        before = desk.cmdb.events()
        if naive.refuses(after, clock(), strict=strict):
            with pytest.raises(RefusedError):
                desk.cmdb.apply(batch)
            assert desk.cmdb.events() == before
        else:
            assert [each.record for each in desk.cmdb.apply(batch)] == news
            naive = after
            assert desk.cmdb.apply(batch) == ()
        clock.advance(days * DAY)
    # Who reads the stream from its beginning knows the same.
    late = a_desk(store, clock, strict=strict)
    for instant in naive.instants():
        assert desk.cmdb.as_of(instant).graph == naive.graph(instant) == late.cmdb.as_of(instant).graph
    assert [each.event.record for each in late.cmdb.events()] == naive.said
    for key in {record.key for record in naive.said}:
        assert [each.sequence for each in late.cmdb.history(key)] == list(
            range(1, 1 + sum(record.key == key for record in naive.said))
        )
        with store.begin() as unit:
            assert tuple(unit.configuration_history(key)) == late.cmdb.history(key)


@settings(deadline=None, max_examples=150)
@given(st.lists(records(), min_size=1, max_size=8))
def test_applying_twice_is_applying_once(batch: list[ConfigurationRecord]) -> None:
    desk = a_desk(InMemoryStore(), ManualClock(A_MONDAY), strict=False)
    try:
        desk.cmdb.apply(batch)
    except RefusedError:
        return
    once = desk.cmdb.events()
    assert desk.cmdb.apply(batch) == ()
    assert desk.cmdb.events() == once


@settings(deadline=None, max_examples=150)
@given(st.lists(values(), min_size=1, max_size=12), st.sampled_from(IDS))
def test_retiring_leaves_nothing_that_speaks_of_the_item(told: list[Value], ci: CIId) -> None:
    desk = a_desk(InMemoryStore(), ManualClock(A_MONDAY), strict=False)
    hosts = [ConfigurationItem(each, "host", each) for each in IDS]
    desk.cmdb.put(*hosts, *told)
    desk.cmdb.retire(ci)
    graph = desk.cmdb.graph()
    assert ci not in graph
    assert not [each for each in graph.relations if ci in each.ends]
    assert not [each for each in graph.redundancy if ci in (each.dependent, *each.members)]
    assert not [each for each in desk.cmdb.findings() if isinstance(each, DanglingRelation)]


def _insisting(job: Callable[[], object]) -> None:
    while True:
        try:
            job()
        except ConflictError:
            continue
        return


@pytest.mark.usefixtures("busy_threads")
@pytest.mark.parametrize("shared", [True, False], ids=["one desk", "a desk each"])
def test_commands_of_several_threads_conflict_and_all_get_through(shared: bool) -> None:
    store, clock = InMemoryStore(), ManualClock(A_MONDAY)
    first = a_desk(store, clock)
    desks = [first if shared else a_desk(store, clock) for _ in range(4)]

    def work(number: int) -> None:
        cmdb = desks[number].cmdb
        for n in range(8):
            ci = f"host-{number}-{n}"
            _insisting(partial(cmdb.put, ConfigurationItem(CIId(ci), "host", ci)))
            _insisting(partial(cmdb.put, ConfigurationItem(CIId("all"), "host", "all", {ci: True})))
            assert ci in cmdb.graph()

    with ThreadPoolExecutor(4) as pool:
        for running in [pool.submit(work, number) for number in range(4)]:
            running.result()
    graph = first.cmdb.graph()
    assert len(graph.items) == 33
    assert [each.sequence for each in first.cmdb.history("all")] == list(range(1, 33))
    assert all(desk.cmdb.graph() == graph for desk in desks)


@pytest.mark.usefixtures("busy_threads")
def test_who_relates_and_who_retires_never_pass_each_other() -> None:
    store, clock = InMemoryStore(), ManualClock(A_MONDAY)
    one, other = a_desk(store, clock), a_desk(store, clock)
    hosts = [ConfigurationItem(CIId(f"host-{n}"), "host", f"host {n}") for n in range(12)]
    web = ConfigurationItem(CIId("web"), "application", "web")
    one.cmdb.put(web, *hosts)
    refused: list[str] = []

    def relate() -> None:
        for host in hosts:
            try:
                _insisting(partial(one.cmdb.relate, "web", "used_by", host.id))
            except RefusedError:
                refused.append(host.id)

    def retire() -> None:
        for host in reversed(hosts):
            _insisting(partial(other.cmdb.retire, host.id))

    with ThreadPoolExecutor(2) as pool:
        for running in [pool.submit(relate), pool.submit(retire)]:
            running.result()
    assert one.cmdb.findings() == ()
    assert one.cmdb.graph().relations == ()
    assert [each.id for each in one.cmdb.graph().items] == ["web"]
