"""The configuration on the desk: what may be recorded, what is told of it, and what stands beside it."""

import tomllib
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from attrs import evolve

from itsmkit.cmdb import (
    AllowedRelation,
    CIClass,
    CIId,
    ClassModel,
    ConfigurationItem,
    Effect,
    Facet,
    GovernanceViolation,
    LevelChain,
    Override,
    RedundancySet,
    Relation,
    RelationType,
    UnknownItemError,
    UnrelatedMembers,
    WeightedNeed,
)
from itsmkit.cmdb.history import ConfigurationRecord, RecordKey
from itsmkit.cmdb.mapping_form import load_configuration
from itsmkit.desk import ConfigurationRules, Desk, DeskConfig, ManualClock
from itsmkit.errors import ConflictError, DefinitionError, NotFoundError, RefusedError
from itsmkit.testing import A_MONDAY
from itsmkit.tickets import Actor

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

MODEL = ClassModel(
    classes=[
        CIClass("host"),
        CIClass("application"),
        CIClass("service", facets=["service"]),
        CIClass("person", facets=["user"]),
    ],
    relation_types=[RelationType("runs_on", "runs", "reverse"), RelationType("used_by", "uses", "impact")],
    facets=[Facet("service"), Facet("user")],
    allowed=[
        AllowedRelation("application", "runs_on", "host"),
        AllowedRelation("application", "used_by", "service"),
        AllowedRelation("service", "used_by", "person"),
    ],
)


def item(ci: str, ci_class: str = "host", **attributes: object) -> ConfigurationItem:
    return ConfigurationItem(CIId(ci), ci_class, ci, attributes)


HOSTS = [item(f"host-{number}") for number in (1, 2)]
WEB, SHOP, BOB = item("web", "application"), item("shop", "service"), item("bob", "person")
RUNS = [Relation(WEB.id, "runs_on", host.id) for host in HOSTS]
USED = [Relation(WEB.id, "used_by", SHOP.id), Relation(SHOP.id, "used_by", BOB.id)]
PAIR = RedundancySet(WEB.id, "hosts", [host.id for host in HOSTS], "at least 1")


def rules_with(config: DeskConfig, **options: object) -> DeskConfig:
    return evolve(config, cmdb=ConfigurationRules(**{"model": MODEL, **options}))


@pytest.fixture
def config(config: DeskConfig) -> DeskConfig:
    return rules_with(config)


@pytest.fixture
def shop(desk: Desk) -> Desk:
    """Return a desk that knows a small shop: two hosts, the application on either, a service, a person."""
    desk.cmdb.put(*HOSTS, WEB, SHOP, BOB, *RUNS, *USED, PAIR)
    return desk


# -- what is recorded --------------------------------------------------------------------------------


def test_a_new_desk_knows_nothing(desk: Desk) -> None:
    assert desk.cmdb.graph().items == ()
    assert desk.cmdb.events() == []
    assert desk.cmdb.findings() == ()


def test_what_is_put_is_there_from_now_on(shop: Desk, clock: ManualClock) -> None:
    clock.advance(HOUR)
    graph = shop.cmdb.graph()
    assert set(graph.items) == {*HOSTS, WEB, SHOP, BOB}
    assert set(graph.relations) == {*RUNS, *USED}
    assert graph.redundancy == (PAIR,)
    assert graph.model == MODEL
    assert shop.cmdb.as_of(A_MONDAY - HOUR).graph.items == ()


def test_an_event_says_who_recorded_what_when_and_why(desk: Desk) -> None:
    (event,) = desk.cmdb.put(WEB, sources=["scan"], reason="found it", by=Actor("ann"))
    assert event.record == ConfigurationRecord.of(WEB, A_MONDAY, sources=("scan",))
    assert (event.sequence, event.actor, event.reason, event.recorded_at) == (1, "ann", "found it", A_MONDAY)
    assert desk.cmdb.history("web") == (event,)
    assert [each.event for each in desk.cmdb.events()] == [event]


def test_what_changes_leaves_the_past_as_it_was(shop: Desk, clock: ManualClock) -> None:
    clock.advance(DAY)
    bigger = item("host-1", memory=64)
    shop.cmdb.put(bigger)
    assert shop.cmdb.graph().item(bigger.id) == bigger
    assert shop.cmdb.as_of(A_MONDAY).item(bigger.id) == HOSTS[0]
    assert [each.sequence for each in shop.cmdb.history("host-1")] == [1, 2]


def test_what_was_said_later_of_the_past_was_not_known_then(desk: Desk, clock: ManualClock) -> None:
    clock.advance(DAY)
    desk.cmdb.put(WEB, since=A_MONDAY, until=A_MONDAY + HOUR)
    assert WEB.id in desk.cmdb.as_of(A_MONDAY)
    assert WEB.id not in desk.cmdb.as_of(A_MONDAY, A_MONDAY)
    assert WEB.id not in desk.cmdb.as_of()


def test_nobody_records_without_saying_who(shop: Desk, config: DeskConfig, clock: ManualClock) -> None:
    free = Desk(config, store=shop.store, clock=clock)
    with pytest.raises(RefusedError, match="nobody acts"):
        free.cmdb.put(item("host-3"))
    assert free.cmdb.graph() == shop.cmdb.graph()


def test_relations_and_redundancy_have_commands_of_their_own(desk: Desk) -> None:
    desk.cmdb.put(*HOSTS, WEB)
    desk.cmdb.relate("web", "runs_on", "host-1", qualifier="main", effect=Effect(cap="degraded"))
    desk.cmdb.relate("web", "runs_on", "host-2", attributes={"port": 80})
    desk.cmdb.declare_redundancy("web", "hosts", ["host-1", "host-2"], "any", relation_type="runs_on")
    graph = desk.cmdb.graph()
    assert set(graph.relations) == {
        Relation(WEB.id, "runs_on", CIId("host-1"), qualifier="main", effect=Effect(cap="degraded")),
        Relation(WEB.id, "runs_on", CIId("host-2"), attributes={"port": 80}),
    }
    assert graph.redundancy == (RedundancySet(WEB.id, "hosts", PAIR.members, "any", "runs_on"),)
    desk.cmdb.withdraw_redundancy("web", "hosts")
    desk.cmdb.unrelate("web", "runs_on", "host-1", qualifier="main")
    assert [each.target for each in desk.cmdb.graph().relations] == ["host-2"]
    assert desk.cmdb.graph().redundancy == ()


@pytest.mark.parametrize(
    "command",
    [
        lambda cmdb: cmdb.history(RecordKey("relation", ("a", "b", "c", ""))),
        lambda cmdb: cmdb.unrelate("web", "runs_on", "host-3"),
        lambda cmdb: cmdb.withdraw_redundancy("web", "nodes"),
        lambda cmdb: cmdb.lift_override("web"),
    ],
    ids=["history", "unrelate", "withdraw", "lift"],
)
def test_what_never_was_is_not_found(shop: Desk, command: Callable[..., object]) -> None:
    with pytest.raises(NotFoundError):
        command(shop.cmdb)


@pytest.mark.parametrize("call", ["retire", "history", "tickets_of", "open_tickets", "context"])
def test_an_item_that_never_was_is_unknown(shop: Desk, call: str) -> None:
    with pytest.raises(UnknownItemError, match="host-9"):
        getattr(shop.cmdb, call)("host-9")


# -- what says nothing new ---------------------------------------------------------------------------


def test_saying_the_same_again_makes_no_event(shop: Desk, clock: ManualClock) -> None:
    clock.advance(DAY)
    before = shop.cmdb.events()
    assert shop.cmdb.put(*HOSTS, WEB, SHOP, BOB, *RUNS, *USED, PAIR) == ()
    shop.cmdb.retire("bob")
    assert shop.cmdb.retire("bob") == ()
    assert shop.cmdb.events()[: len(before)] == before


@pytest.mark.parametrize(
    ("record", "events"),
    [
        pytest.param(ConfigurationRecord.of(WEB, A_MONDAY), 0, id="what it leaves out stays as it is"),
        pytest.param(ConfigurationRecord.of(WEB, A_MONDAY, sources=("scan",)), 0, id="the same source"),
        pytest.param(ConfigurationRecord.of(WEB, A_MONDAY, sources=("ann",)), 1, id="another source"),
        pytest.param(ConfigurationRecord.of(WEB, A_MONDAY, last_seen=A_MONDAY), 1, id="it was seen"),
        pytest.param(ConfigurationRecord.of(WEB, A_MONDAY + DAY, A_MONDAY + 2 * DAY), 0, id="a part of it"),
        pytest.param(ConfigurationRecord.of(WEB, A_MONDAY - DAY), 1, id="more than the whole"),
        pytest.param(ConfigurationRecord.of(WEB), 1, id="for ever"),
        pytest.param(ConfigurationRecord(RecordKey.of(WEB), None, None, A_MONDAY), 0, id="not before"),
    ],
)
def test_what_is_news(desk: Desk, record: ConfigurationRecord, events: int) -> None:
    desk.cmdb.apply([ConfigurationRecord.of(WEB, A_MONDAY, sources=("scan",))])
    assert len(desk.cmdb.apply([record])) == events
    assert desk.cmdb.apply([record]) == ()


def test_numbers_and_truths_are_told_apart(desk: Desk) -> None:
    desk.cmdb.put(item("host-1", spare=1))
    assert len(desk.cmdb.put(item("host-1", spare=True))) == 1
    assert desk.cmdb.graph().item(CIId("host-1")).attributes["spare"] is True
    assert [len(desk.cmdb.put(item("host-1", spare=each))) for each in ((1,), (True,), (True,))] == [1, 1, 0]
    not_a_number = [{"load": float("nan")}, {"load": float("nan")}]
    assert [len(desk.cmdb.put(item("host-1", **each))) for each in not_a_number] == [1, 0]


def test_the_later_of_two_records_of_a_batch_wins(desk: Desk) -> None:
    first, second = item("host-1", memory=1), item("host-1", memory=2)
    events = desk.cmdb.put(first, second)
    assert [each.record.value for each in events] == [second]
    assert desk.cmdb.graph().items == (second,)


def test_versions_of_one_batch_follow_each_other(desk: Desk, clock: ManualClock) -> None:
    first, second = item("host-1", memory=1), item("host-1", memory=2)
    batch = [ConfigurationRecord.of(first, A_MONDAY), ConfigurationRecord.of(second, A_MONDAY + DAY)]
    assert [each.sequence for each in desk.cmdb.apply(batch)] == [1, 2]
    assert desk.cmdb.graph().items == (first,)
    assert desk.cmdb.apply(batch) == ()
    clock.advance(DAY)
    assert desk.cmdb.graph().items == (second,)


# -- what is refused ---------------------------------------------------------------------------------


def test_a_relation_between_wrong_classes_is_refused(shop: Desk) -> None:
    with pytest.raises(RefusedError) as raised:
        shop.cmdb.relate("host-1", "runs_on", "web")
    assert raised.value.reasons == (
        (
            "relation host-1 runs_on web: the model does not allow 'host' runs_on 'application'; "
            "allow it, or correct the relation"
        ),
    )
    assert set(shop.cmdb.graph().relations) == {*RUNS, *USED}


def test_where_the_desk_is_not_strict_it_is_a_finding(
    make_desk: Callable[..., Desk], config: DeskConfig
) -> None:
    desk = make_desk(rules=rules_with(config, strict=False))
    desk.cmdb.put(*HOSTS, WEB)
    desk.cmdb.relate("host-1", "runs_on", "web")
    desk.cmdb.declare_redundancy("web", "hosts", PAIR.members, "any")
    assert list(map(type, desk.cmdb.findings())) == [GovernanceViolation, UnrelatedMembers]
    with pytest.raises(RefusedError, match="no configuration item 'host-9'"):
        desk.cmdb.relate("web", "runs_on", "host-9")


def test_a_batch_is_refused_with_every_reason_and_changes_nothing(shop: Desk) -> None:
    before = shop.cmdb.events()
    with pytest.raises(RefusedError) as raised:
        shop.cmdb.put(
            item("host-3"),
            item("rack", "rcak"),
            Relation(WEB.id, "rnus_on", CIId("host-9")),
            Relation(WEB.id, "runs_on", CIId("rack")),
            Relation(BOB.id, "used_by", WEB.id),
            Relation(WEB.id, "runs_on", CIId("host-3"), effect=Effect(cap="dwon")),
            RedundancySet(WEB.id, "more", [CIId("host-1"), CIId("host-8")], "any", "runsn_on"),
            RedundancySet(WEB.id, "rack", [CIId("rack")], "any"),
        )
    assert raised.value.reasons == (
        "configuration item rack: no class 'rcak'; known: host, application, service, person",
        "relation web rnus_on host-9: 'rnus_on' is no relation type; did you mean 'runs_on'?",
        "relation web runs_on host-3: effect: no level 'dwon'; did you mean 'down'?",
        "redundancy set 'more' of web: 'runsn_on' is no relation type; did you mean 'runs_on'?",
        "redundancy set 'more' of web: no configuration item 'host-8'; add it, or leave it out",
        "relation web rnus_on host-9: no configuration item 'host-9'; add it, or remove the relation",
        (
            "relation bob used_by web: the model does not allow 'person' used_by 'application'; "
            "allow it, or correct the relation"
        ),
    )
    assert shop.cmdb.events() == before


def test_a_batch_is_judged_by_what_is_after_all_of_it(desk: Desk) -> None:
    assert len(desk.cmdb.put(PAIR, *USED, *RUNS, BOB, SHOP, WEB, *HOSTS)) == 10


def test_what_was_wrong_before_is_no_reason(make_desk: Callable[..., Desk], config: DeskConfig) -> None:
    lax, strict = make_desk(rules=rules_with(config, strict=False)), make_desk()
    lax.cmdb.put(*HOSTS, WEB, Relation(HOSTS[0].id, "runs_on", WEB.id))
    strict.cmdb.relate("web", "runs_on", "host-1")
    assert len(strict.cmdb.findings()) == 1


def test_changing_a_class_is_refused_where_a_relation_forbids_it(shop: Desk) -> None:
    with pytest.raises(RefusedError, match="does not allow 'host' used_by 'service'"):
        shop.cmdb.put(item("web"))


def test_a_relation_cannot_outlive_its_ends(desk: Desk, clock: ManualClock) -> None:
    desk.cmdb.put(WEB)
    desk.cmdb.put(HOSTS[0], until=A_MONDAY + DAY)
    with pytest.raises(RefusedError) as raised:
        desk.cmdb.relate("web", "runs_on", "host-1")
    assert raised.value.reasons == (
        (
            "relation web runs_on host-1: no configuration item 'host-1'; add it, or remove the relation "
            "(from 2026-03-03T09:00:00+00:00 on)"
        ),
    )
    desk.cmdb.relate("web", "runs_on", "host-1", until=A_MONDAY + DAY)
    clock.advance(2 * DAY)
    assert desk.cmdb.findings() == ()


def test_a_relation_may_be_told_of_a_past_in_which_its_end_was_not_known(shop: Desk) -> None:
    shop.cmdb.apply([ConfigurationRecord.of(each) for each in RUNS])
    assert len(shop.cmdb.as_of(A_MONDAY - DAY).graph.findings) == 2
    assert shop.cmdb.findings() == ()


def test_instants_have_zones(shop: Desk) -> None:
    naive = datetime(2026, 3, 2)  # noqa: DTZ001  # that is the point
    for call in (
        lambda: shop.cmdb.put(WEB, since=naive),
        lambda: shop.cmdb.as_of(naive),
        lambda: shop.cmdb.retire("web", at=naive),
        lambda: shop.cmdb.overrides(naive),
        lambda: shop.cmdb.overrides(A_MONDAY, naive),
        lambda: shop.cmdb.impact_of(["web"], at=naive),
        lambda: shop.cmdb.override("web", "up", naive),
    ):
        with pytest.raises(DefinitionError, match="no time zone"):
            call()


# -- what ends ---------------------------------------------------------------------------------------


def test_who_retires_takes_relations_along_and_leaves_the_sets_of_others(
    shop: Desk, clock: ManualClock
) -> None:
    clock.advance(DAY)
    shop.cmdb.override("host-1", "degraded", A_MONDAY + 9 * DAY)
    events = shop.cmdb.retire("host-1", reason="scrapped")
    assert {each.record.key.kind for each in events} == {"item", "relation", "redundancy", "override"}
    assert {each.reason for each in events} == {"scrapped"}
    graph = shop.cmdb.graph()
    assert HOSTS[0].id not in graph
    assert set(graph.relations) == {RUNS[1], *USED}
    assert [each.members for each in graph.redundancy] == [("host-2",)]
    assert shop.cmdb.overrides() == ()
    assert shop.cmdb.findings() == ()
    assert HOSTS[0].id in shop.cmdb.as_of(A_MONDAY)
    shop.cmdb.retire("host-2")
    assert shop.cmdb.graph().redundancy == ()
    shop.cmdb.retire("web")
    assert [each.key for each in shop.cmdb.graph().relations] == [USED[1].key]


def test_who_retires_ends_its_own_sets(shop: Desk) -> None:
    shop.cmdb.retire("web")
    assert shop.cmdb.graph().redundancy == ()


def test_retiring_is_refused_where_a_set_cannot_do_without(shop: Desk) -> None:
    need = WeightedNeed({"host-1": 2, "host-2": 1}, 2)
    shop.cmdb.declare_redundancy("web", "hosts", PAIR.members, need)
    with pytest.raises(RefusedError, match="cannot retire host-1: redundancy set 'hosts' of web") as raised:
        shop.cmdb.retire("host-1")
    assert len(raised.value.reasons) >= 1
    assert HOSTS[0].id in shop.cmdb.graph()


def test_a_retirement_can_be_planned(shop: Desk, clock: ManualClock) -> None:
    later = A_MONDAY + DAY
    shop.cmdb.put(RedundancySet(WEB.id, "hosts", PAIR.members, "any"), since=A_MONDAY - DAY, until=A_MONDAY)
    shop.cmdb.put(RedundancySet(WEB.id, "hosts", PAIR.members, "all"), since=later + DAY)
    shop.cmdb.put(RedundancySet(WEB.id, "hosts", [CIId("host-2")], "all"), since=later + 2 * DAY)
    shop.cmdb.retire("host-1", at=later)
    assert HOSTS[0].id in shop.cmdb.graph()
    before, after = shop.cmdb.as_of(A_MONDAY).graph, shop.cmdb.as_of(later).graph
    assert before.redundancy == (PAIR,)
    assert [(each.members, str(each.rule)) for each in after.redundancy] == [(("host-2",), "at least 1")]
    (last,) = shop.cmdb.as_of(later + DAY).graph.redundancy
    assert (last.members, str(last.rule)) == (("host-2",), "all")
    clock.set(later)
    assert HOSTS[0].id not in shop.cmdb.graph()
    assert shop.cmdb.findings() == ()


def test_a_relation_that_a_set_counts_on_stays(shop: Desk) -> None:
    with pytest.raises(RefusedError, match="no impact flows from 'host-1' to the dependent"):
        shop.cmdb.unrelate("web", "runs_on", "host-1")


# -- impact and rulings ------------------------------------------------------------------------------


def test_impact_is_that_of_now_with_services_and_users(shop: Desk, clock: ManualClock) -> None:
    clock.advance(HOUR)
    impact = shop.cmdb.impact_of(["host-1", "host-2"])
    assert impact.services == {"shop": "down"}
    assert impact.users == {"bob": "down"}
    assert impact.at == clock()
    assert shop.cmdb.impact_of({CIId("host-1"): "down"}).services == {"shop": "degraded"}
    with pytest.raises(UnknownItemError):
        shop.cmdb.impact_of(["host-1"], at=A_MONDAY - HOUR)


def test_a_ruling_holds_until_it_expires(shop: Desk, clock: ManualClock) -> None:
    (event,) = shop.cmdb.override("web", "up", A_MONDAY + DAY, "it has a cache", by=Actor("eve"))
    ruling = Override(WEB.id, "up", "eve", A_MONDAY + DAY, "it has a cache")
    assert event.record == ConfigurationRecord.of(ruling, A_MONDAY, A_MONDAY + DAY)
    failures = ["host-1", "host-2"]
    impact = shop.cmdb.impact_of(failures)
    assert impact.levels == {"host-1": "down", "host-2": "down"}
    assert impact.effective_overrides == (ruling,)
    assert shop.cmdb.as_of().impact_of(failures).levels == impact.levels
    assert shop.cmdb.overrides() == (ruling,)
    clock.advance(DAY)
    assert shop.cmdb.overrides() == ()
    assert shop.cmdb.impact_of(failures).level(WEB.id) == "down"
    assert shop.cmdb.impact_of(failures, at=A_MONDAY).level(WEB.id) == "up"
    assert shop.cmdb.impact_of(failures, at=A_MONDAY, recorded=clock()).level(WEB.id) == "up"
    assert shop.cmdb.history(RecordKey.of(ruling)) == (event,)


def test_a_ruling_changes_no_impact_of_before_it(shop: Desk, clock: ManualClock) -> None:
    clock.advance(HOUR)
    shop.cmdb.override("web", "up", A_MONDAY + DAY)
    assert shop.cmdb.impact_of(["host-1", "host-2"], at=A_MONDAY).level(WEB.id) == "down"
    assert shop.cmdb.overrides(clock(), A_MONDAY) == ()


def test_a_new_ruling_takes_the_place_of_the_old_one_for_good(shop: Desk, clock: ManualClock) -> None:
    shop.cmdb.override("web", "up", A_MONDAY + 9 * DAY)
    shop.cmdb.override("shop", "up", A_MONDAY + 9 * DAY)
    shop.cmdb.override("web", "degraded", A_MONDAY + DAY)
    assert [str(each.level) for each in shop.cmdb.overrides()] == ["up", "degraded"]
    clock.advance(2 * DAY)
    assert [each.ci for each in shop.cmdb.overrides()] == ["shop"]
    shop.cmdb.lift_override("shop")
    assert shop.cmdb.overrides() == ()
    assert shop.cmdb.lift_override("shop") == ()


def test_a_ruling_is_refused_with_every_reason(shop: Desk) -> None:
    with pytest.raises(RefusedError) as raised:
        shop.cmdb.override("host-9", "dwon", A_MONDAY + DAY)
    assert raised.value.reasons == (
        "override of host-9: no level 'dwon'; did you mean 'down'?",
        "override of host-9: there is no such configuration item; add it first",
    )
    with pytest.raises(DefinitionError, match="not after its start"):
        shop.cmdb.override("web", "up", A_MONDAY)


def test_a_ruling_about_what_was_not_there_yet_is_left_out(shop: Desk, clock: ManualClock) -> None:
    shop.cmdb.override("web", "up", A_MONDAY + 9 * DAY)
    clock.advance(HOUR)
    shop.cmdb.put(item("host-3"))
    shop.cmdb.apply(
        [ConfigurationRecord(RecordKey.of(each), None) for each in (WEB, PAIR, *RUNS, USED[0])][1:]
    )
    lone = shop.cmdb.impact_of(["host-3"])
    assert lone.levels == {"host-3": "down"}


# -- tickets -----------------------------------------------------------------------------------------


def test_a_service_shows_what_is_open_on_all_that_it_stands_on(shop: Desk) -> None:
    log = shop.incidents.log
    far = log("disk full", configuration_item="host-2")
    near = log("slow", configuration_item="web", service="shop")
    log("elsewhere", configuration_item="printer", service="printing")
    log("bob's own", configuration_item="bob")
    same = log("down", service="shop")
    closed = log("old", configuration_item="host-1")
    shop.incidents.transition(closed.id, "cancel", cancellation_reason="a duplicate")
    found = shop.cmdb.open_tickets("shop")
    assert [(each.ticket.number, each.field, each.path) for each in found] == [
        (near.number, "service", ("shop",)),
        (same.number, "service", ("shop",)),
        (far.number, "configuration_item", ("host-2", "web", "shop")),
    ]
    assert [each.is_direct for each in found] == [True, True, False]
    assert str(found[-1]) == f"{far.number}: host-2 → web → shop"
    assert shop.cmdb.open_tickets("host-1") == ()
    assert next(each.ticket.number for each in shop.cmdb.open_tickets("bob")) == "INC-4"


def test_of_two_fields_that_are_equally_near_the_item_is_told(shop: Desk) -> None:
    shop.incidents.log("both", configuration_item="host-1", service="host-2")
    (found,) = shop.cmdb.open_tickets("web")
    assert found.path == ("host-1", "web")
    assert found.field == "configuration_item"


def test_tickets_in_a_ring_of_dependencies_are_found_once(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(rules=evolve(DeskConfig.standard(), cmdb=ConfigurationRules()))
    names = ["a", "b", "c"]
    desk.cmdb.put(*(item(name, "thing") for name in names))
    for one, other in zip(names, [*names[1:], names[0]], strict=True):
        desk.cmdb.relate(one, "used_by", other)
        desk.incidents.log(one, configuration_item=one)
    assert [each.path for each in desk.cmdb.open_tickets("a")] == [("a",), ("c", "a"), ("b", "c", "a")]


def test_tickets_are_found_below_a_service_that_stands_on_very_much(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(rules=evolve(DeskConfig.standard(), cmdb=ConfigurationRules()))
    hosts = [item(f"host-{number}", "thing") for number in range(600)]
    desk.cmdb.put(item("shop", "thing"), item("other", "thing"), *hosts)
    desk.cmdb.put(*(Relation(host.id, "used_by", CIId("shop")) for host in hosts))
    for name in ("host-7", "other", "shop", "host-599"):
        desk.incidents.log(name, configuration_item=name)
    cancelled = desk.incidents.log("old", configuration_item="host-8")
    desk.incidents.transition(cancelled.id, "cancel", cancellation_reason="a duplicate")
    assert [each.path[0] for each in desk.cmdb.open_tickets("shop")] == ["shop", "host-7", "host-599"]


def test_tickets_of_an_item_are_its_own_open_or_not(shop: Desk) -> None:
    one = shop.incidents.log("one", configuration_item="web")
    two = shop.incidents.log("two", service="web")
    shop.incidents.log("three", configuration_item="host-1")
    shop.incidents.transition(one.id, "cancel", cancellation_reason="a duplicate")
    shop.cmdb.retire("web")
    assert [each.id for each in shop.cmdb.tickets_of("web")] == [one.id, two.id]


# -- several at once ---------------------------------------------------------------------------------


def test_a_conflict_runs_the_command_again_on_what_is_there_now(
    shop: Desk, make_desk: Callable[..., Desk]
) -> None:
    other = make_desk()
    shop.store.meanwhile.append(lambda: other.cmdb.put(item("host-4")))
    shop.cmdb.put(item("host-3"))
    assert {"host-3", "host-4"} <= {each.id for each in shop.cmdb.graph().items}


def test_what_others_made_wrong_meanwhile_is_refused(shop: Desk, make_desk: Callable[..., Desk]) -> None:
    other = make_desk()
    shop.cmdb.put(item("host-3"))
    shop.store.meanwhile.append(lambda: other.cmdb.retire("host-3"))
    with pytest.raises(RefusedError, match="no configuration item 'host-3'"):
        shop.cmdb.relate("web", "runs_on", "host-3")
    shop.store.meanwhile.append(lambda: other.cmdb.relate("shop", "used_by", "bob", qualifier="again"))
    shop.cmdb.retire("bob")
    assert shop.cmdb.findings() == ()


def test_a_command_gives_up_to_those_who_are_always_first(shop: Desk, make_desk: Callable[..., Desk]) -> None:
    other, numbers = make_desk(), iter(range(100))
    shop.store.always(lambda: other.cmdb.put(item(f"rival-{next(numbers)}")))
    with pytest.raises(ConflictError):
        shop.cmdb.put(item("host-3"))
    shop.store.meanwhile = []
    assert "host-3" not in shop.cmdb.graph()


def test_the_stream_is_read_once_and_then_only_what_is_new(
    shop: Desk, make_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    late = make_desk()
    late.cmdb.put(*(item(f"many-{number}") for number in range(1000)))
    asked: list[int] = []
    read = shop.store.configuration_events

    def noted(*, after: int, limit: int) -> object:
        asked.append(after)
        return read(after=after, limit=limit)

    monkeypatch.setattr(shop.store, "configuration_events", noted)
    assert len(shop.cmdb.graph().items) == 1005
    shop.cmdb.graph()
    assert len(set(asked)) == len(asked) - 1
    assert asked == sorted(asked)


def test_the_live_graph_is_the_same_as_long_as_nothing_changes(shop: Desk, clock: ManualClock) -> None:
    graph = shop.cmdb.graph()
    clock.advance(HOUR)
    assert shop.cmdb.graph() is graph
    shop.cmdb.put(item("host-3"))
    assert shop.cmdb.graph() is not graph


# -- documents ---------------------------------------------------------------------------------------

DOCUMENT = """
[[items]]
id = "web"
class = "application"

[[items]]
id = "host-1"
class = "host"

[[relations]]
source = "web"
type = "runs_on"
target = "host-1"
since = 2026-03-01T00:00:00Z

[[overrides]]
ci = "web"
level = "degraded"
author = "eve"
expires = 2026-03-09T00:00:00Z

[[overrides]]
ci = "host-1"
level = "degraded"
author = "eve"
expires = 2026-03-02T00:00:00Z
"""


def test_a_file_is_loaded_as_a_whole(desk: Desk, clock: ManualClock, tmp_path: Path) -> None:
    path = tmp_path / "cmdb.toml"
    path.write_text(DOCUMENT, "utf-8")
    assert len(desk.cmdb.load(path, reason="moved here")) == 4
    assert [each.id for each in desk.cmdb.graph().items] == ["web", "host-1"]
    assert [(each.ci, each.author) for each in desk.cmdb.overrides()] == [("web", "eve")]
    clock.advance(DAY)
    assert desk.cmdb.load(tomllib.loads(DOCUMENT)) == ()
    assert desk.cmdb.load(load_configuration(path, model=MODEL)) == ()


def test_what_a_document_says_is_judged_by_the_model_of_the_desk(desk: Desk) -> None:
    alone = {"items": [{"id": "x", "class": "pump"}], "model": {"classes": [{"name": "pump"}]}}
    with pytest.raises(RefusedError, match="no class 'pump'"):
        desk.cmdb.load(alone)
    with pytest.raises(DefinitionError, match=r"items\[0\]\.class"):
        desk.cmdb.load({"items": [{"id": "x", "class": "pump"}]})
    assert desk.cmdb.events() == []


# -- the rules ---------------------------------------------------------------------------------------


def test_rules_are_refused_if_the_model_does_not_fit_the_levels() -> None:
    types = [RelationType("runs_on", "runs", "reverse", effect="at most degraded")]
    with pytest.raises(DefinitionError, match="no level 'degraded'"):
        ConfigurationRules(ClassModel(relation_types=types), LevelChain(["ok", "broken"]))
