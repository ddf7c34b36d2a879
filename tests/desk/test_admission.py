"""What the desk lets in: what can be read back, what grows no worse, and what is said at its doors."""

import pickle
from collections.abc import Callable
from datetime import timedelta

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.cmdb import (
    AllowedRelation,
    AtLeast,
    CIClass,
    CIId,
    ClassModel,
    Clause,
    Clauses,
    ConfigurationItem,
    Effect,
    ImpactRule,
    LevelChain,
    Override,
    RedundancySet,
    Relation,
    RelationType,
    UnknownItemError,
    WeightedNeed,
)
from itsmkit.cmdb.configuration_document import ConfigurationDocument
from itsmkit.cmdb.errors import UnknownRecordError
from itsmkit.cmdb.history import (
    ConfigurationEvent,
    ConfigurationRecord,
    ConfigurationTimeline,
    RecordKey,
    UnreadableRecord,
)
from itsmkit.desk import ConfigurationRules, Desk, DeskConfig, InMemoryStore, ManualClock
from itsmkit.desk._configuration import Configuration
from itsmkit.errors import DefinitionError, PluginError, RefusedError
from itsmkit.plugin import hookimpl
from itsmkit.testing import A_MONDAY, AN_AGENT

DAY = timedelta(days=1)
RUNS_ON = RelationType("runs_on", "runs", "reverse")
USED_BY = RelationType("used_by", "uses", "impact")
MODEL = ClassModel([CIClass("host"), CIClass("application")], [RUNS_ON, USED_BY])
BEFORE = (A_MONDAY - 2 * DAY, A_MONDAY - DAY)


def a_desk(
    model: ClassModel = MODEL,
    *,
    store: object = None,
    clock: ManualClock | None = None,
    strict: bool = True,
    levels: LevelChain | None = None,
    plugins: tuple[object, ...] = (),
) -> Desk:
    cmdb = ConfigurationRules(model, strict=strict)
    cmdb = cmdb if levels is None else evolve(cmdb, levels=levels)
    rules = evolve(DeskConfig.standard(), cmdb=cmdb)
    clock = clock or ManualClock(A_MONDAY)
    return Desk(rules, store=store, clock=clock, plugins=plugins).acting_as(AN_AGENT)  # type: ignore[arg-type]


def an_item(ci: str, ci_class: str = "host", **attributes: object) -> ConfigurationItem:
    return ConfigurationItem(CIId(ci), ci_class, ci, attributes)


def a_relation(source: str, target: str, kind: str = "runs_on", **more: object) -> Relation:
    return Relation(CIId(source), kind, CIId(target), **more)  # type: ignore[arg-type]


def a_set(*members: str, rule: object = "any", kind: str | None = None) -> RedundancySet:
    return RedundancySet(CIId("web"), "hosts", list(map(CIId, members)), rule, kind)  # type: ignore[arg-type]


WEB = an_item("web", "application")


# -- what is recorded can be read back ---------------------------------------------------------------

STRANGE = {
    "class": (an_item("x", "pump"), "no class 'pump'"),
    "type": (a_relation("web", "a", "rnus_on"), "'rnus_on' is no relation type"),
    "effect": (a_relation("web", "a", effect=Effect(cap="dwon")), "no level 'dwon'"),
    "set": (a_set("a", kind="rnus_on"), "'rnus_on' is no relation type"),
    "rule": (a_set("a", rule=Clauses([Clause("dwon", 1, "down")])), "no level 'dwon'"),
    "ruling": (Override(CIId("a"), "dwon", "eve", A_MONDAY + DAY), "no level 'dwon'"),
}


@pytest.mark.parametrize(("value", "problem"), STRANGE.values(), ids=STRANGE)
def test_what_is_not_known_is_refused_for_the_past_too(value: object, problem: str) -> None:
    desk = a_desk()
    desk.cmdb.put(WEB, an_item("a"))
    record = ConfigurationRecord.of(value, *BEFORE)  # type: ignore[arg-type]
    with pytest.raises(RefusedError, match=problem):
        desk.cmdb.apply([record])
    masked = [evolve(record, until=None), ConfigurationRecord(record.key, None, None, A_MONDAY)]
    with pytest.raises(RefusedError, match=problem):
        desk.cmdb.apply([*masked, ConfigurationRecord(record.key, None, A_MONDAY + DAY)])
    assert len(desk.cmdb.events()) == len(desk.cmdb.graph().items) == 2


def test_a_document_of_another_model_is_refused_for_the_past_too() -> None:
    desk = a_desk()
    with pytest.raises(RefusedError, match="no class 'pump'"):
        desk.cmdb.load(ConfigurationDocument([ConfigurationRecord.of(an_item("x", "pump"), *BEFORE)]))


def test_what_an_item_must_have_is_asked_for() -> None:
    desk = a_desk(ClassModel([CIClass("host", attributes={"ram": "number"}, required=["ram"])]))
    with pytest.raises(RefusedError, match="a"):
        desk.cmdb.put(an_item("a"))
    desk.cmdb.put(an_item("a", ram=1))
    with pytest.raises(RefusedError, match="ram"):
        desk.cmdb.put(an_item("a", ram="much"))
    assert desk.cmdb.findings() == ()


def test_an_end_of_what_never_was_is_remembered_as_nothing() -> None:
    store = InMemoryStore()
    key = RecordKey("item", ("ghost",))
    with store.begin() as unit:
        unit.record([ConfigurationEvent(ConfigurationRecord(key, None), 1, A_MONDAY, "ann")], after=0)
    desk = a_desk(store=store)
    desk.cmdb.put(an_item("a"))
    assert [event.record.value for event in desk.cmdb.history("ghost")] == [None]
    assert [item.id for item in desk.cmdb.graph().items] == ["a"]


@settings(deadline=None)
@given(
    st.lists(
        st.lists(
            st.tuples(
                st.sampled_from(
                    [WEB, an_item("a"), a_relation("web", "a"), *(v for v, _ in STRANGE.values())]
                ),
                st.sampled_from([None, -3, -1, 0, 2]),
                st.sampled_from([None, 1, 2]),
                st.booleans(),
            ),
            min_size=1,
            max_size=4,
        ),
        max_size=4,
    )
)
def test_what_is_recorded_can_be_read_back(batches: list[list[tuple[object, int, int, bool]]]) -> None:
    store = InMemoryStore()
    desk = a_desk(store=store)
    for batch in batches:
        records = []
        for value, since, length, there in batch:
            key = RecordKey.of(value)  # type: ignore[arg-type]
            begin = None if since is None else A_MONDAY + since * DAY
            until = None if length is None else (begin or A_MONDAY) + length * DAY
            said = value if there else None
            if isinstance(said, Override):
                until = min(until or said.expires, said.expires)
                if begin is not None and begin >= until:
                    continue  # no such record can be made
            records.append(ConfigurationRecord(key, said, begin, until))  # type: ignore[arg-type]
        try:
            desk.cmdb.apply(records)
        except RefusedError:
            continue
    events = [each.event for each in store.configuration_events(after=0, limit=1000)]
    assert len(ConfigurationTimeline(events, model=MODEL)) == len(events)
    late = a_desk(store=store)
    for day in range(-4, 5):
        assert late.cmdb.as_of(A_MONDAY + day * DAY).graph == desk.cmdb.as_of(A_MONDAY + day * DAY).graph


# -- a model that changes ----------------------------------------------------------------------------


def test_a_desk_whose_model_has_changed_reads_all_else_and_tells_what_it_leaves_out() -> None:
    store, clock = InMemoryStore(), ManualClock(A_MONDAY)
    desk = a_desk(store=store, clock=clock)
    desk.cmdb.put(WEB, an_item("a"), an_item("b"), a_relation("web", "a"), a_relation("a", "b", "used_by"))
    desk.cmdb.put(a_set("a", kind="runs_on"))
    clock.advance(DAY)
    smaller = a_desk(ClassModel([CIClass("host")], [USED_BY]), store=store, clock=clock)
    assert [each.id for each in smaller.cmdb.graph().items] == ["a", "b"]
    found = [each for each in smaller.cmdb.findings() if isinstance(each, UnreadableRecord)]
    assert [str(each.event.record.key) for each in found] == [
        "configuration item web",
        "redundancy set 'hosts' of web",
        "relation web runs_on a",
    ]
    assert "no class 'application'" in str(found[0])
    assert len(smaller.cmdb.history("web")) == 1
    smaller.cmdb.put(an_item("c"), a_relation("a", "c", "used_by"))
    with pytest.raises(RefusedError, match="no configuration item 'web'"):
        smaller.cmdb.relate("web", "used_by", "c")
    smaller.cmdb.retire("a")
    smaller.cmdb.retire("web")
    assert smaller.cmdb.findings() == ()
    # The class comes back: so does what is said of the past.
    assert desk.cmdb.as_of(A_MONDAY).graph.redundancy == (a_set("a", kind="runs_on"),)


def test_a_member_of_a_set_that_is_not_known_any_more_can_be_retired() -> None:
    store, clock = InMemoryStore(), ManualClock(A_MONDAY)
    desk = a_desk(store=store, clock=clock)
    members = [an_item("a"), an_item("b")]
    desk.cmdb.put(WEB, *members, *(a_relation("web", each.id) for each in members))
    desk.cmdb.put(a_set("a", "b", kind="runs_on"))
    clock.advance(DAY)
    changed = a_desk(ClassModel(MODEL.classes, [USED_BY]), store=store, clock=clock)
    changed.cmdb.retire("a")
    assert [str(each) for each in changed.cmdb.findings() if "redundancy" in str(each)] == []


def test_rulings_of_levels_that_are_no_more_do_not_count() -> None:
    store = InMemoryStore()
    a_desk(store=store).cmdb.put(an_item("a"))
    a_desk(store=store).cmdb.override("a", "degraded", A_MONDAY + DAY)
    changed = a_desk(store=store, levels=LevelChain(["ok", "bad"]))
    assert changed.cmdb.impact_of(["a"]).levels == {"a": "bad"}
    assert [str(each.event.record.key) for each in changed.cmdb.findings()] == ["override of a"]  # type: ignore[union-attr]
    changed.cmdb.lift_override("a")
    assert changed.cmdb.findings() == ()


# -- what grows no worse -----------------------------------------------------------------------------


def test_too_many_and_too_few_can_be_repaired_one_by_one_and_made_no_worse() -> None:
    store = InMemoryStore()
    hosts = [an_item(f"h{number}") for number in range(5)]
    loose = a_desk(store=store)
    loose.cmdb.put(WEB, *hosts, *(a_relation("web", each.id) for each in hosts[:3]))
    most = AllowedRelation("application", "runs_on", "host", at_most_targets=1)
    least = AllowedRelation("host", "used_by", "host", at_least_targets=2)
    tight = a_desk(ClassModel(MODEL.classes, MODEL.relation_types, [], [most, least]), store=store)
    before = len(tight.cmdb.findings())
    with pytest.raises(RefusedError, match="has 4 targets"):
        tight.cmdb.relate("web", "runs_on", "h3")
    tight.cmdb.unrelate("web", "runs_on", "h0")
    tight.cmdb.put(an_item("h1", rack=1))
    tight.cmdb.relate("h1", "used_by", "h2")
    assert len(tight.cmdb.findings()) == before
    with pytest.raises(RefusedError, match="has 0 targets"):
        tight.cmdb.unrelate("h1", "used_by", "h2")


def test_members_can_be_related_one_by_one() -> None:
    store = InMemoryStore()
    loose = a_desk(store=store, strict=False)
    loose.cmdb.put(WEB, *map(an_item, "abcd"), a_relation("web", "a"), a_set("a", "b", "c", rule=AtLeast(3)))
    strict = a_desk(store=store)
    assert len(strict.cmdb.findings()) == 2
    strict.cmdb.relate("web", "runs_on", "b")
    with pytest.raises(RefusedError, match="no impact flows"):
        strict.cmdb.unrelate("web", "runs_on", "a")
    with pytest.raises(RefusedError, match="at least 4 are asked for"):
        strict.cmdb.put(a_set("a", "b", "c", "d", rule=AtLeast(4)))
    strict.cmdb.relate("web", "runs_on", "c")
    assert strict.cmdb.findings() == ()


def test_what_a_class_needs_can_be_met_one_by_one() -> None:
    store = InMemoryStore()
    a_desk(store=store).cmdb.put(WEB, *map(an_item, "abc"), a_relation("web", "a"))
    needs = CIClass("application", impact_rules=[ImpactRule("hosts", "runs_on", AtLeast(3), "host")])
    desk = a_desk(ClassModel([CIClass("host"), needs], MODEL.relation_types), store=store)
    assert len(desk.cmdb.findings()) == 1
    desk.cmdb.relate("web", "runs_on", "b")
    assert len(desk.cmdb.findings()) == 1
    with pytest.raises(RefusedError, match="at least 3"):
        desk.cmdb.unrelate("web", "runs_on", "a")


def test_a_neighbour_is_judged_by_all_that_it_has() -> None:
    least = AllowedRelation("application", "runs_on", "host", at_least_targets=1, at_most_targets=1)
    other = AllowedRelation("application", "runs_on", "application")
    model = ClassModel(MODEL.classes, MODEL.relation_types, [], [least, other])
    desk = a_desk(model)
    relations = [a_relation("web", each) for each in ("a", "b")]
    desk.cmdb.put(
        WEB, an_item("a"), an_item("b", "application"), an_item("c"), a_relation("b", "c"), *relations
    )
    with pytest.raises(RefusedError, match="web: has 2 targets"):
        desk.cmdb.apply(
            [
                ConfigurationRecord.of(an_item("b"), A_MONDAY),
                ConfigurationRecord(RecordKey.of(a_relation("b", "c")), None, A_MONDAY),
            ]
        )


def test_a_set_keeps_what_was_seen_and_its_rule_when_a_member_retires() -> None:
    desk = a_desk()
    need = WeightedNeed({"a": 1, "b": 2}, 2)
    desk.cmdb.put(WEB, *map(an_item, "ab"), a_relation("web", "a"), a_relation("web", "b"))
    told = ConfigurationRecord.of(a_set("a", "b", rule=need), A_MONDAY, sources=("scan",), last_seen=A_MONDAY)
    desk.cmdb.apply([told])
    desk.cmdb.retire("a")
    (left,) = desk.cmdb.graph().redundancy
    assert (left.members, left.rule) == (("b",), WeightedNeed({"b": 2}, 2))
    record = desk.cmdb.history(RecordKey.of(left))[-1].record
    assert (record.sources, record.last_seen) == (("scan",), A_MONDAY)


# -- many at once ------------------------------------------------------------------------------------


def test_each_end_is_judged_by_what_ends_then() -> None:
    desk = a_desk()
    desk.cmdb.apply(
        ConfigurationRecord.of(an_item(f"i{number}"), A_MONDAY, A_MONDAY + (number + 1) * DAY)
        for number in range(300)
    )
    with pytest.raises(RefusedError) as raised:
        desk.cmdb.put(WEB, a_relation("web", "i7"), a_relation("web", "i9"))
    assert [reason.rpartition("(from ")[2] for reason in raised.value.reasons] == [
        f"{(A_MONDAY + 8 * DAY).isoformat()} on)",
        f"{(A_MONDAY + 10 * DAY).isoformat()} on)",
    ]


def test_what_has_ended_for_good_is_not_looked_at() -> None:
    store, clock = InMemoryStore(), ManualClock(A_MONDAY)
    desk = a_desk(store=store, clock=clock)
    hosts = [an_item(f"h{number}") for number in range(9)]
    desk.cmdb.put(WEB, *hosts)
    for host in hosts:
        desk.cmdb.relate("web", "runs_on", host.id)
        clock.advance(DAY)
        desk.cmdb.unrelate("web", "runs_on", host.id)
    configuration = Configuration(store, ConfigurationRules(MODEL))
    configuration.known()
    assert configuration.mentioning(WEB.id, clock()) == (RecordKey.of(WEB),)
    assert len(configuration.mentioning(WEB.id, A_MONDAY)) == 10
    assert len(configuration.mentioning(WEB.id, A_MONDAY + DAY)) == 9
    assert configuration.mentioning(CIId("nobody"), A_MONDAY) == ()
    assert configuration.bounds(RecordKey.of(WEB), A_MONDAY - DAY) == (A_MONDAY,)
    assert configuration.bounds(RecordKey.of(WEB), A_MONDAY) == ()
    # Whoever takes back what was said of always, or says it again, moves the end.
    key = RecordKey.of(hosts[0])
    desk.cmdb.apply([ConfigurationRecord(key, None)])
    configuration.known()
    assert key not in configuration.mentioning(hosts[0].id, A_MONDAY)
    desk.cmdb.put(hosts[0], since=A_MONDAY + 40 * DAY, until=A_MONDAY + 50 * DAY)
    desk.cmdb.apply([ConfigurationRecord(key, None, A_MONDAY, A_MONDAY + 41 * DAY)])
    configuration.known()
    assert key in configuration.mentioning(hosts[0].id, A_MONDAY + 49 * DAY)


# -- documents ---------------------------------------------------------------------------------------


def a_document(cores: int, **more: object) -> dict[str, object]:
    return {"items": [{"id": "a", "class": "host", "attributes": {"cores": cores}, **more}]}


def test_a_document_loaded_every_night_changes_what_is_from_now_on() -> None:
    clock = ManualClock(A_MONDAY)
    desk = a_desk(clock=clock)
    ci, always = CIId("a"), A_MONDAY - 999 * DAY
    desk.cmdb.load(a_document(4))
    clock.advance(5 * DAY)
    assert desk.cmdb.load(a_document(4)) == ()
    assert len(desk.cmdb.load(a_document(8))) == 1
    assert desk.cmdb.as_of(always).item(ci).attributes == {"cores": 4}
    assert desk.cmdb.as_of(clock() - DAY).item(ci).attributes == {"cores": 4}
    assert desk.cmdb.graph().item(ci).attributes == {"cores": 8}
    desk.cmdb.retire("a")
    clock.advance(DAY)
    desk.cmdb.load(a_document(8))
    assert ci not in desk.cmdb.as_of(clock() - DAY / 2)
    assert ci in desk.cmdb.graph()
    assert desk.cmdb.load(a_document(8)) == ()


def test_a_record_without_a_start_that_has_ended_says_nothing_of_what_is_known() -> None:
    clock = ManualClock(A_MONDAY)
    desk = a_desk(clock=clock)
    desk.cmdb.put(an_item("a"))
    clock.advance(5 * DAY)
    ended = (A_MONDAY + DAY).isoformat()
    assert desk.cmdb.load(a_document(4, until=ended)) == ()
    new = {"items": [{"id": "b", "class": "host", "until": ended}]}
    assert len(desk.cmdb.load(new)) == 1
    assert desk.cmdb.load(new) == ()
    later = {"items": [{"id": "c", "class": "host", "until": (A_MONDAY + 9 * DAY).isoformat()}]}
    (event,) = desk.cmdb.load(later)
    assert (event.record.since, event.record.until) == (clock(), A_MONDAY + 9 * DAY)


def test_a_ruling_of_a_document_takes_the_place_of_a_longer_one() -> None:
    desk = a_desk()
    desk.cmdb.put(an_item("a"))
    desk.cmdb.override("a", "up", A_MONDAY + 9 * DAY)
    ruling = {"ci": "a", "level": "degraded", "author": "eve", "expires": (A_MONDAY + DAY).isoformat()}
    document = {"items": [{"id": "a", "class": "host"}], "overrides": [ruling]}
    desk.cmdb.load(document)
    assert [each.level for each in desk.cmdb.overrides()] == ["degraded"]
    assert desk.cmdb.overrides(A_MONDAY + 5 * DAY) == ()
    assert desk.cmdb.load(document) == ()


def test_a_ruling_that_is_recorded_for_ever_ends_when_it_expires() -> None:
    desk = a_desk()
    desk.cmdb.put(an_item("a"))
    desk.cmdb.apply([ConfigurationRecord.of(Override(CIId("a"), "up", "eve", A_MONDAY + DAY), A_MONDAY)])
    assert len(desk.cmdb.overrides()) == 1
    assert desk.cmdb.overrides(A_MONDAY + DAY) == ()


# -- the doors ---------------------------------------------------------------------------------------

RULING = Override(CIId("a"), "up", "eve", A_MONDAY + DAY)


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        (lambda cmdb: cmdb.put([WEB]), r"put takes values one by one: put\(\*values\)"),
        (lambda cmdb: cmdb.put("web"), r"values\[0\]: must be a ConfigurationItem, a Relation or"),
        (lambda cmdb: cmdb.put(RULING), r"use override, not put"),
        (lambda cmdb: cmdb.put(WEB, sources="nmap"), "one text stands where several are asked for"),
        (lambda cmdb: cmdb.apply([WEB]), r"records\[0\].*ConfigurationRecord\.of\(value\)"),
        (lambda cmdb: cmdb.apply(WEB), r"apply\(\[ConfigurationRecord\.of\(item\)\]\)"),
        (lambda cmdb: cmdb.apply("web"), "apply takes several records"),
        (lambda cmdb: cmdb.history(3), r"RecordKey\.of\(value\)"),
        (lambda cmdb: cmdb.events(limit=0, after=-1), "after: must be 0 or more, not -1\n- limit: must be 1"),
        (lambda _: ConfigurationRules(levels=["up", "down"]), "levels: must be a LevelChain"),  # type: ignore[arg-type]
        (lambda _: ConfigurationRules(None), "model: must be a ClassModel"),  # type: ignore[arg-type]
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_whoever_calls_a_door_wrongly_is_told_the_way_out(
    call: Callable[[object], object], problem: str
) -> None:
    desk = a_desk()
    with pytest.raises(DefinitionError, match=problem):
        call(desk.cmdb)
    assert desk.cmdb.events() == []


def test_what_is_not_found_is_named_with_what_comes_close() -> None:
    desk = a_desk()
    desk.cmdb.put(WEB, an_item("host-1"), a_relation("web", "host-1"), a_set("host-1"))
    desk.cmdb.override("web", "up", A_MONDAY + DAY)
    with pytest.raises(UnknownItemError, match="'host-2'; did you mean 'host-1'"):
        desk.cmdb.retire("host-2")
    for call, text in (
        (lambda: desk.cmdb.lift_override("wbe"), "no override of 'wbe'; did you mean 'web'?"),
        (
            lambda: desk.cmdb.unrelate("web", "runs_on", "host-2"),
            "no relation 'web runs_on host-2'; did you mean 'web runs_on host-1'?",
        ),
        (
            lambda: desk.cmdb.withdraw_redundancy("web", "host"),
            "no redundancy set 'host of web'; did you mean 'hosts of web'?",
        ),
        (lambda: desk.cmdb.history(RecordKey("override", ("zz",))), "no override of 'zz'"),
    ):
        with pytest.raises(UnknownRecordError) as raised:
            call()
        assert str(raised.value) == str(pickle.loads(pickle.dumps(raised.value))) == text


# -- stores and plugins ------------------------------------------------------------------------------


def test_a_facet_that_cannot_be_told_is_the_failure_of_its_plugin() -> None:
    class Mute:
        def __repr__(self) -> str:
            message = "no words"
            raise ValueError(message)

    class Bad:
        @hookimpl
        def itsmkit_ci_facets(self) -> object:
            return {"health": Mute()}

    class Good:
        @hookimpl
        def itsmkit_ci_facets(self) -> object:
            return {"health": "green"}

    desk = a_desk(plugins=(Good(), Bad()))
    desk.cmdb.put(an_item("a"))
    context = desk.cmdb.context("a")
    (failure,) = context.failures
    assert isinstance(failure, PluginError)
    assert failure.problem == "ValueError: no words"
    assert "health: green (Good)" in context.explain()
