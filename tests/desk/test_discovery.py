"""Discovery on a desk: what sources say is kept, reconciled, and recorded together with what follows."""

from datetime import datetime, timedelta

import pytest
from attrs import evolve

from itsmkit.cmdb import (
    CIClass,
    CIId,
    ClassModel,
    ConfigurationItem,
    RedundancySet,
    Relation,
    SourceRecord,
    SourceRelation,
    UnknownItemError,
)
from itsmkit.cmdb.history import ConfigurationRecord
from itsmkit.cmdb.reconciliation import (
    AttributeLock,
    PrecedenceRule,
    ReconciliationRules,
    SourcePolicy,
    StagingArea,
)
from itsmkit.desk import ConfigurationRules, Desk, DeskConfig, InMemoryStore, ManualClock
from itsmkit.errors import ConflictError, DefinitionError, NotFoundError, RefusedError
from itsmkit.plugin import Discovery, hookimpl
from itsmkit.testing import A_MONDAY, AN_AGENT

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NO_RULES = ReconciliationRules()
NETBOX_FIRST = ReconciliationRules(precedence=[PrecedenceRule(["netbox", "*"])])


def a_desk(
    rules: ReconciliationRules = NO_RULES,
    *,
    store: InMemoryStore | None = None,
    clock: ManualClock | None = None,
    strict: bool = True,
) -> Desk:
    standard = DeskConfig.standard()
    cmdb = ConfigurationRules(standard.cmdb.model, strict=strict, reconciliation=rules)
    config = evolve(standard, cmdb=cmdb)
    return Desk(config, store=store, clock=clock or ManualClock(A_MONDAY)).acting_as(AN_AGENT)


def seen(
    source: str,
    key: str,
    *relations: str,
    at: datetime = A_MONDAY,
    ci_class: str = "physical host",
    name: str | None = "web-1",
    **attributes: object,
) -> SourceRecord:
    """Return a record; each relation is a sentence such as ``"depends_on 2"``."""
    told = [SourceRelation(*sentence.split()) for sentence in relations]
    return SourceRecord(source, key, ci_class, name, attributes, seen_at=at, relations=told)


def values(desk: Desk, ci: str) -> dict[str, object]:
    return dict(desk.cmdb.graph().item(CIId(ci)).attributes)


def test_what_a_source_tells_becomes_the_configuration() -> None:
    desk = a_desk()
    result = desk.discovery.receive(
        [seen("netbox", "1", "attached_to 2", ram_gb=64), seen("netbox", "2", ci_class="switch", name="s-1")]
    )
    graph = desk.cmdb.graph()
    assert [(item.id, item.name) for item in graph.items] == [("netbox:1", "web-1"), ("netbox:2", "s-1")]
    assert list(map(str, graph.relations)) == ["netbox:1 attached_to netbox:2"]
    assert [event.record.sources for event in result.events] == [("netbox",)] * 3
    assert [event.record.last_seen for event in result.events] == [A_MONDAY] * 3
    assert "configuration item netbox:1: added" in result.explain()
    assert desk.discovery.staging().identities["netbox", "1"] == "netbox:1"


def test_receiving_it_again_changes_nothing() -> None:
    store, clock = InMemoryStore(), ManualClock(A_MONDAY)
    desk = a_desk(store=store, clock=clock)
    records = [seen("netbox", "1", "attached_to 2", ram_gb=64), seen("netbox", "2", ci_class="switch")]
    desk.discovery.receive(records)
    version, staging = store.staging().version, desk.discovery.staging()
    clock.advance(DAY)
    for again in (records, records[::-1], records[:1], []):
        result = desk.discovery.receive(again)
        assert (result.events, result.difference.is_empty) == ((), True)
    assert desk.discovery.staging() == staging
    assert store.staging().version == version


def test_a_dry_run_tells_what_would_change_and_changes_nothing() -> None:
    store = InMemoryStore()
    desk = Desk(store=store, clock=ManualClock(A_MONDAY))
    result = desk.discovery.receive([seen("netbox", "1")], dry_run=True)
    assert [item.id for item in result.difference.added] == ["netbox:1"]
    assert (result.events, store.staging().version) == ((), 0)
    assert desk.cmdb.events() == []
    assert (len(result.after.graph.items), len(result.before.graph.items)) == (1, 0)


def test_nobody_receives_anything_unnamed() -> None:
    with pytest.raises(RefusedError, match="nobody acts"):
        Desk(clock=ManualClock(A_MONDAY)).discovery.receive([seen("netbox", "1")])


def test_what_the_configuration_must_not_be_undoes_all_of_it() -> None:
    store = InMemoryStore()
    desk = a_desk(store=store)
    wrong = seen("netbox", "2", name="web-2", ram_gb="much")
    with pytest.raises(RefusedError, match="ram_gb"):
        desk.discovery.receive([seen("netbox", "1"), wrong])
    assert (store.staging().version, desk.cmdb.events()) == (0, [])
    lenient = a_desk(store=store, strict=False)
    lenient.discovery.receive([seen("netbox", "1"), wrong])
    assert len(lenient.cmdb.findings()) == 1


# -- what people said themselves -----------------------------------------------------------------------


def test_what_people_recorded_takes_part_and_keeps_its_id() -> None:
    clock = ManualClock(A_MONDAY)
    desk = a_desk(clock=clock)
    desk.cmdb.put(ConfigurationItem(CIId("web"), "physical host", "web-1", {"asset_tag": "A-7"}))
    clock.advance(HOUR)
    desk.discovery.receive([seen("netbox", "1", at=A_MONDAY + HOUR, ram_gb=64)])
    assert [item.id for item in desk.cmdb.graph().items] == ["web"]
    assert values(desk, "web") == {"asset_tag": "A-7", "ram_gb": 64}
    told = {value.attribute: value.source for value in desk.discovery.provenance("web")}
    assert (told["asset_tag"], told["ram_gb"]) == ("desk", "netbox")
    assert desk.discovery.decision("netbox", "1").ci == "web"


def test_what_people_say_afterwards_is_heard_at_the_next_time() -> None:
    clock = ManualClock(A_MONDAY)
    desk = a_desk(clock=clock)
    desk.discovery.receive([seen("netbox", "1", ram_gb=64)])
    clock.advance(HOUR)
    item = desk.cmdb.graph().item(CIId("netbox:1"))
    desk.cmdb.put(evolve(item, attributes={**item.attributes, "ram_gb": 32}))
    assert values(desk, "netbox:1") == {"ram_gb": 32}
    desk.discovery.reconcile()
    assert values(desk, "netbox:1") == {"ram_gb": 32}
    other = a_desk(NETBOX_FIRST, store=desk.store, clock=clock)  # type: ignore[arg-type]
    other.discovery.reconcile()
    assert values(other, "netbox:1") == {"ram_gb": 64}


def test_a_relation_that_people_recorded_outlives_the_word_of_a_source() -> None:
    clock = ManualClock(A_MONDAY)
    desk = a_desk(clock=clock)
    host, switch = seen("netbox", "1"), seen("netbox", "2", ci_class="switch", name="s-1")
    attached = Relation(CIId("netbox:1"), "attached_to", CIId("netbox:2"))
    desk.discovery.receive([host, switch])
    desk.cmdb.put(attached)
    for told in (["attached_to 2"], []):
        clock.advance(HOUR)
        desk.discovery.receive([seen("netbox", "1", *told, at=clock())])
        assert desk.cmdb.graph().relations == (attached,)
    desk.cmdb.unrelate("netbox:1", "attached_to", "netbox:2")
    clock.advance(HOUR)
    desk.discovery.reconcile()
    assert desk.cmdb.graph().relations == ()


def test_a_relation_that_no_source_tells_of_any_more_ends() -> None:
    clock = ManualClock(A_MONDAY)
    desk = a_desk(clock=clock)
    switch = seen("netbox", "2", ci_class="switch", name="s-1")
    desk.discovery.receive([seen("netbox", "1", "attached_to 2"), switch])
    clock.advance(HOUR)
    desk.discovery.receive([seen("netbox", "1", at=clock())])
    assert desk.cmdb.graph().relations == ()
    assert len(desk.cmdb.as_of(A_MONDAY).graph.relations) == 1


def test_what_people_retire_is_theirs_no_more() -> None:
    clock = ManualClock(A_MONDAY)
    desk = a_desk(clock=clock)
    desk.cmdb.put(ConfigurationItem(CIId("web"), "physical host", "web-1"))
    desk.discovery.reconcile()
    clock.advance(HOUR)
    desk.cmdb.retire("web")
    result = desk.discovery.reconcile()
    assert (result.events, desk.discovery.staging().records) == ((), {})


def test_what_people_plan_stays_planned() -> None:
    clock = ManualClock(A_MONDAY)
    desk = a_desk(clock=clock)
    ending = ConfigurationItem(CIId("web"), "physical host", "web-1", {"ram_gb": 1})
    growing = ConfigurationItem(CIId("db"), "physical host", "db-1", {"ram_gb": 1})
    grown = evolve(growing, attributes={"ram_gb": 2})
    ahead = A_MONDAY + DAY
    desk.cmdb.apply([ConfigurationRecord.of(ending, None, ahead), ConfigurationRecord.of(growing)])
    desk.cmdb.apply([ConfigurationRecord.of(grown, ahead)])
    assert desk.discovery.reconcile().events == ()
    # The same holds where a source speaks too.
    desk.discovery.receive([seen("netbox", "1", name="db-1", asset_tag="A-7")])
    assert values(desk, "db") == {"ram_gb": 1, "asset_tag": "A-7"}
    clock.advance(DAY)
    assert desk.cmdb.graph().items == (grown,)


def test_a_relation_that_people_plan_outlives_the_end_of_one_that_a_source_told() -> None:
    clock = ManualClock(A_MONDAY)
    desk = a_desk(clock=clock)
    switch = seen("netbox", "2", ci_class="switch", name="s-1")
    desk.discovery.receive([seen("netbox", "1", "attached_to 2"), switch])
    attached = Relation(CIId("netbox:1"), "attached_to", CIId("netbox:2"), attributes={"port": "7"})
    desk.cmdb.apply([ConfigurationRecord.of(attached, A_MONDAY + DAY)])
    clock.advance(HOUR)
    desk.discovery.receive([seen("netbox", "1", at=clock())])
    assert desk.cmdb.graph().relations == ()
    clock.advance(DAY)
    assert desk.cmdb.graph().relations == (attached,)


def test_what_people_retire_comes_back_only_when_a_source_sees_it_again() -> None:
    clock = ManualClock(A_MONDAY)
    desk = a_desk(clock=clock)
    switch = seen("netbox", "2", ci_class="switch", name="s-1")
    records = [seen("netbox", "1", "attached_to 2"), seen("scan", "a"), switch]
    desk.discovery.receive(records)
    clock.advance(HOUR)
    desk.cmdb.retire("netbox:1")
    result = desk.discovery.receive(records)
    assert (result.events, result.set_aside) == ((), (("netbox", "1"), ("scan", "a")))
    assert "record 'a' of scan: set aside; its item was retired by hand" in result.explain()
    assert [item.id for item in desk.discovery.reconciliation().items] == ["netbox:2"]
    clock.advance(HOUR)
    back = desk.discovery.receive([seen("scan", "a", at=clock())])
    assert [(item.id, item.name) for item in back.difference.added] == [("netbox:1", "web-1")]
    assert desk.discovery.reconcile().events == ()
    # What was not seen again, counts no more.
    assert sorted(desk.discovery.staging().records) == [("netbox", "2"), ("scan", "a")]
    assert desk.cmdb.graph().relations == ()


def test_a_relation_that_people_end_comes_back_only_when_a_source_sees_it_again() -> None:
    clock = ManualClock(A_MONDAY)
    desk = a_desk(clock=clock)
    switch = seen("netbox", "2", ci_class="switch", name="s-1")
    desk.discovery.receive([seen("netbox", "1", "attached_to 2"), switch])
    clock.advance(HOUR)
    desk.cmdb.unrelate("netbox:1", "attached_to", "netbox:2")
    assert desk.discovery.reconcile().events == ()
    clock.advance(HOUR)
    desk.discovery.receive([seen("netbox", "1", "attached_to 2", at=clock())])
    assert len(desk.cmdb.graph().relations) == 1


def test_the_id_of_what_people_recorded_is_never_that_of_something_else() -> None:
    clock = ManualClock(A_MONDAY)
    desk = a_desk(clock=clock)
    mine = ConfigurationItem(CIId("netbox:1"), "switch", "mine")
    desk.cmdb.put(mine)
    desk.cmdb.retire("netbox:1")
    desk.cmdb.apply([ConfigurationRecord.of(evolve(mine, id="netbox:2"), A_MONDAY + DAY)])
    clock.advance(HOUR)
    desk.discovery.receive([seen("netbox", "1"), seen("netbox", "2", name="web-2")])
    assert [item.id for item in desk.cmdb.graph().items] == ["netbox:1~2", "netbox:2~2"]


def test_what_a_store_was_given_of_an_unknown_source_is_left_alone() -> None:
    desk = a_desk()
    items = [ConfigurationItem(CIId(ci), "physical host", ci) for ci in ("a", "b")]
    known = [*items, Relation(CIId("a"), "depends_on", CIId("b"))]
    desk.cmdb.apply(ConfigurationRecord.of(each, sources=("old",)) for each in known)
    assert desk.discovery.receive([seen("netbox", "1")]).difference.explain() == (
        "configuration item netbox:1: added"
    )
    with pytest.raises(RefusedError, match="cannot lock ram_gb of a: no source tells of it"):
        desk.discovery.lock("a", "ram_gb", 3)
    assert desk.discovery.staging().locks == {}


# -- rules, locks, full loads --------------------------------------------------------------------------


def test_other_rules_give_another_configuration_of_the_same_records() -> None:
    store, clock = InMemoryStore(), ManualClock(A_MONDAY + HOUR)
    records = [seen("netbox", "1", ram_gb=64), seen("scan", "a", at=A_MONDAY + HOUR, ram_gb=32)]
    found = []
    for rules in (NO_RULES, NETBOX_FIRST, NO_RULES):
        desk = a_desk(rules, store=store, clock=clock)
        desk.discovery.receive(records)
        found.append(values(desk, "netbox:1"))
    assert found == [{"ram_gb": 32}, {"ram_gb": 64}, {"ram_gb": 32}]


def test_a_lock_wins_until_it_is_taken_away_or_expires() -> None:
    clock = ManualClock(A_MONDAY)
    desk = a_desk(clock=clock)
    desk.discovery.receive([seen("netbox", "1", ram_gb=64)])
    desk.discovery.lock("netbox:1", "ram_gb", 48, expires=A_MONDAY + DAY, reason="one bank is broken")
    assert values(desk, "netbox:1") == {"ram_gb": 48}
    assert isinstance(desk.discovery.staging().locks["netbox:1", "ram_gb"], AttributeLock)
    clock.advance(HOUR)
    desk.discovery.receive([seen("netbox", "1", at=clock(), ram_gb=128)])
    assert values(desk, "netbox:1") == {"ram_gb": 48}
    assert desk.discovery.unlock("netbox:1", "ram_gb", dry_run=True).difference
    assert values(desk, "netbox:1") == {"ram_gb": 48}
    clock.advance(DAY)
    desk.discovery.reconcile()
    assert values(desk, "netbox:1") == {"ram_gb": 128}
    desk.discovery.unlock("netbox:1", "ram_gb")
    with pytest.raises(NotFoundError, match="ram_gb of netbox:1"):
        desk.discovery.unlock("netbox:1", "ram_gb")


def test_a_lock_of_nothing_is_refused() -> None:
    desk = a_desk()
    with pytest.raises(UnknownItemError):
        desk.discovery.lock("web", "ram_gb", 48)
    assert desk.discovery.staging() == StagingArea()


def test_a_lock_of_what_only_people_told_gives_it_back() -> None:
    clock = ManualClock(A_MONDAY)
    desk = a_desk(clock=clock)
    desk.cmdb.put(ConfigurationItem(CIId("web"), "physical host", "web-1", {"ram_gb": 32}))
    desk.discovery.lock("web", "ram_gb", 48)
    assert values(desk, "web") == {"ram_gb": 48}
    for _ in range(2):
        clock.advance(HOUR)
        assert desk.discovery.reconcile().events == ()
    desk.discovery.unlock("web", "ram_gb")
    assert values(desk, "web") == {"ram_gb": 32}


def test_a_lock_that_has_expired_is_refused() -> None:
    clock = ManualClock(A_MONDAY)
    desk = a_desk(clock=clock)
    desk.discovery.receive([seen("netbox", "1")])
    desk.discovery.lock("netbox:1", "asset_tag", "A-7", expires=A_MONDAY + HOUR)
    clock.advance(HOUR)
    with pytest.raises(RefusedError, match=r"ram_gb of netbox:1.*it expired at") as caught:
        desk.discovery.lock("netbox:1", "ram_gb", 48, expires=A_MONDAY)
    assert len(caught.value.reasons) == 1
    assert [attribute for _, attribute in desk.discovery.staging().locks] == ["asset_tag"]


def test_rules_that_do_not_count_people_lose_nothing_of_what_they_said() -> None:
    store, clock = InMemoryStore(), ManualClock(A_MONDAY)
    a_desk(store=store, clock=clock).cmdb.put(
        ConfigurationItem(CIId("web"), "physical host", "web-1", {"ram_gb": 32})
    )
    netbox_only = ReconciliationRules(precedence=[PrecedenceRule(["netbox"])])
    found = []
    for rules in (netbox_only, netbox_only, NO_RULES):
        desk = a_desk(rules, store=store, clock=clock)
        desk.discovery.reconcile()
        found.append(values(desk, "web"))
    assert found == [{}, {}, {"ram_gb": 32}]


def test_to_read_is_no_command_that_can_be_refused() -> None:
    store, clock = InMemoryStore(), ManualClock(A_MONDAY)
    strict = a_desk(NETBOX_FIRST, store=store, clock=clock)
    strict.discovery.receive([seen("netbox", "1", ram_gb=64)])
    lenient = a_desk(NETBOX_FIRST, store=store, clock=clock, strict=False)
    lenient.discovery.receive([seen("scan", "a", at=A_MONDAY + HOUR, ram_gb="much")])
    newest = a_desk(store=store, clock=clock)
    with pytest.raises(RefusedError, match="much"):
        newest.discovery.reconcile()
    told = {value.attribute: value.value for value in newest.discovery.provenance("netbox:1")}
    assert told["ram_gb"] == "much"


def test_the_mark_of_a_duplicate_is_not_the_word_of_people() -> None:
    clock = ManualClock(A_MONDAY)
    desk = a_desk(clock=clock)
    same = {"serial_number": "X", "manufacturer": "M"}
    for ci in ("a", "b"):
        desk.cmdb.put(ConfigurationItem(CIId(ci), "physical host", ci, same))
    desk.discovery.reconcile()
    for _ in range(2):
        assert (values(desk, "a"), values(desk, "b")) == (same, {**same, "duplicate_of": "a"})
        assert desk.discovery.reconcile().events == ()


def test_what_is_missing_from_a_full_load_is_retired_with_all_that_needs_it() -> None:
    clock = ManualClock(A_MONDAY)
    rules = ReconciliationRules(sources=[SourcePolicy("netbox", when_stale="retire")])
    desk = a_desk(rules, clock=clock)
    host = seen("netbox", "1", "attached_to 2")
    switch = seen("netbox", "2", ci_class="switch", name="s-1")
    desk.discovery.receive([host, switch], full_loads=["netbox"])
    clock.advance(DAY)
    again = evolve(host, seen_at=clock(), relations=[])
    assert not desk.discovery.receive([again]).reconciliation.retired
    result = desk.discovery.receive([again], full_loads=["netbox"])
    assert result.reconciliation.retired == ("netbox:2",)
    assert [item.id for item in desk.cmdb.graph().items] == ["netbox:1"]
    clock.advance(DAY)
    assert desk.discovery.reconcile().events == ()
    desk.discovery.receive([], full_loads={"netbox": clock()})
    assert desk.cmdb.graph().items == ()


def test_a_redundancy_set_lives_on_without_what_is_retired() -> None:
    clock = ManualClock(A_MONDAY)
    rules = ReconciliationRules(sources=[SourcePolicy("netbox", when_stale="retire")])
    desk = a_desk(rules, clock=clock, strict=False)
    hosts = [seen("netbox", key, name=f"web-{key}") for key in ("1", "2", "3", "4")]
    desk.discovery.receive(hosts, full_loads=["netbox"])
    members = [CIId(f"netbox:{key}") for key in ("1", "2", "3")]
    desk.cmdb.put(RedundancySet(CIId("netbox:4"), "pool", members, "any"))
    clock.advance(DAY)
    desk.discovery.receive([evolve(each, seen_at=clock()) for each in hosts[1:]], full_loads=["netbox"])
    [pool] = desk.cmdb.graph().redundancy
    assert pool.members == ("netbox:2", "netbox:3")


def test_a_class_without_the_attribute_has_no_mark() -> None:
    clock = ManualClock(A_MONDAY)
    model = ClassModel(
        [CIClass("box", attributes={"serial_number": "text"}, identifiers=[["serial_number"]])]
    )
    standard = DeskConfig.standard()
    cmdb = ConfigurationRules(model, standard.cmdb.levels)
    desk = Desk(evolve(standard, cmdb=cmdb), clock=clock).acting_as(AN_AGENT)
    for ci in ("a", "b"):
        desk.cmdb.put(ConfigurationItem(CIId(ci), "box", ci, {"serial_number": "X"}))
    assert desk.discovery.reconcile().reconciliation.duplicates == {"b": "a"}
    assert values(desk, "b") == {"serial_number": "X"}


def test_a_duplicate_names_its_main_item() -> None:
    clock = ManualClock(A_MONDAY)
    desk = a_desk(clock=clock, strict=False)
    desk.discovery.receive([seen("netbox", "1", serial_number="X", manufacturer="M")])
    other = seen("scan", "a", name="old name", asset_tag="A-1")
    desk.discovery.receive([other])
    assert len(desk.cmdb.graph().items) == 2
    clock.advance(HOUR)
    same = evolve(other, seen_at=clock(), attributes={"serial_number": "X", "manufacturer": "M"})
    result = desk.discovery.receive([same])
    assert result.reconciliation.duplicates == {"scan:a": "netbox:1"}
    assert len(desk.cmdb.graph().items) == 2
    assert values(desk, "scan:a")["duplicate_of"] == "netbox:1"
    assert desk.discovery.reconcile().events == ()


# -- what plugins find --------------------------------------------------------------------------------


class Scan:
    """Finds what it was given; the load is full."""

    def __init__(self, *names: str) -> None:
        self.names = names

    @hookimpl
    def itsmkit_discover(self, at: datetime) -> Discovery:
        earlier = at - HOUR
        records = [seen("scan", name, at=earlier, name=name) for name in self.names]
        return Discovery("scan", records, is_full=True)


class Broken:
    @hookimpl
    def itsmkit_discover(self, at: datetime) -> Discovery:
        message = "no route to host"
        raise OSError(message)


def test_what_plugins_find_becomes_the_configuration_and_a_failure_takes_nothing() -> None:
    rules = ReconciliationRules(sources=[SourcePolicy("scan", when_stale="retire")])
    clock, scan = ManualClock(A_MONDAY), Scan("web-1", "web-2")
    config = evolve(DeskConfig.standard(), cmdb=evolve(DeskConfig.standard().cmdb, reconciliation=rules))
    desk = Desk(config, clock=clock, plugins=[scan, Broken()]).acting_as(AN_AGENT)
    found, _ = desk.discovery.run(dry_run=True)
    assert (len(found.failures), desk.cmdb.events()) == (1, [])
    desk.discovery.run()
    assert [item.name for item in desk.cmdb.graph().items] == ["web-1", "web-2"]
    clock.advance(DAY)
    scan.names = ("web-2",)
    _, done = desk.discovery.run()
    assert done.reconciliation.retired == ("scan:web-1",)
    assert [item.name for item in desk.cmdb.graph().items] == ["web-2"]


def test_a_plugin_that_speaks_for_people_has_failed() -> None:
    class Pretender:
        @hookimpl
        def itsmkit_discover(self, at: datetime) -> Discovery:
            return Discovery("desk", [seen("desk", "1")], is_full=True)

    desk = Desk(clock=ManualClock(A_MONDAY), plugins=[Scan("web-1"), Pretender()]).acting_as(AN_AGENT)
    found, _ = desk.discovery.run()
    assert [item.name for item in desk.cmdb.graph().items] == ["web-1"]
    [failure] = found.failures
    assert "Pretender" in str(failure)
    assert "the source 'desk' stands for what people record" in str(failure)


# -- the doors -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("records", "loads", "problem"),
    [
        (seen("netbox", "1"), (), r"receive\(\[record\]\)"),
        ("netbox", (), r"receive\(\[record\]\)"),
        (7, (), r"receive\(\[record\]\)"),
        ([seen("netbox", "1"), "2"], (), r"records\[1\]: must be a SourceRecord"),
        ([seen("netbox", "1")], ["scan"], "full_loads: 'scan' tells of nothing here"),
        ([seen("netbox", "1")], [""], "full_loads"),
        ([seen("netbox", "1")], 7, r'full_loads must be names of sources, such as \["netbox"\], not int 7'),
        ([], {"netbox": "noon"}, "full_loads: the instant of 'netbox' must be a datetime"),
        ([], {"desk": A_MONDAY}, "full_loads: the source 'desk' stands for what people record"),
        ([seen("desk", "1")], (), r"records\[0\]: the source 'desk' stands for what people record"),
    ],
)
def test_whoever_gives_something_else_is_told_the_way_out(
    records: object, loads: object, problem: str
) -> None:
    desk = a_desk()
    with pytest.raises(DefinitionError, match=problem):
        desk.discovery.receive(records, full_loads=loads)  # type: ignore[arg-type]
    assert desk.cmdb.events() == []


def test_who_comes_second_decides_again() -> None:
    class Busy(InMemoryStore):
        raced = False

        def staging(self):  # type: ignore[no-untyped-def]
            found = super().staging()
            if not self.raced:
                self.raced = True
                a_desk(store=self).discovery.receive([seen("scan", "a", asset_tag="A-1")])
            return found

    store = Busy()
    a_desk(store=store).discovery.receive([seen("netbox", "1", ram_gb=64)])
    area = store.staging().area
    assert sorted(area.records) == [("netbox", "1"), ("scan", "a")]
    assert len(a_desk(store=store).cmdb.graph().items) == 1
    with pytest.raises(ConflictError), store.begin() as unit:
        unit.save_staging(area, expected=0)
