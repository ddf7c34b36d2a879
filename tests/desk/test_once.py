"""Doing a thing once: who asks again with the same key gets the first answer, and nothing more happens."""

import inspect
import pickle
import tomllib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from random import Random
from threading import Barrier
from typing import Any, NamedTuple

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.cmdb import CIId, ConfigurationItem, RedundancySet, Relation, SourceRecord
from itsmkit.cmdb.history import ConfigurationRecord
from itsmkit.desk import MIN_RETENTION, Desk, DeskConfig, InMemoryStore, ManualClock, Reconciled, WorkCommands
from itsmkit.desk.operations import OPERATIONS, ROOMS
from itsmkit.desk.profiles import profile_text
from itsmkit.errors import DefinitionError, IdempotencyError, PluginError, RefusedError
from itsmkit.plugin import Discovery, DiscoveryProblem, Timer, UnitOfWork, hookimpl
from itsmkit.practices import Incident, Observation, Resolution
from itsmkit.practices.links import STANDARD_LINK_TYPES, Cascade, LinkType
from itsmkit.practices.routing import RoutingPolicy, RoutingRule
from itsmkit.testing import A_MONDAY, AN_AGENT
from itsmkit.testing.faults import Faults
from itsmkit.testing.use_cases import EVERYBODY, USE_CASES, Stage, UseCase, command_of
from itsmkit.tickets import Actor, TicketId

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ASK = Cascade("ask", "ask", on_category="active", from_target=True, trigger="cancel", text="Still needed?")
FIXED_BY = LinkType("fixed_by", "fixes", is_acyclic=True, cascades=[ASK])
ROUTING = RoutingPolicy(rules=[RoutingRule(name="all", group="network")])
CONFIG = evolve(
    DeskConfig.standard(), access=EVERYBODY, link_types=[*STANDARD_LINK_TYPES, FIXED_BY], routing=ROUTING
)


class Found:
    """A plugin that discovers a machine, and another each time it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    @hookimpl
    def itsmkit_discover(self, at: datetime) -> Discovery:
        self.asked += 1
        record = seen(f"host-{self.asked}", at=at)
        return Discovery("scan", [record], problems=[DiscoveryProblem("disk", "access denied")])


class Broken:
    """A plugin that fails to discover anything."""

    @hookimpl
    def itsmkit_discover(self, at: datetime) -> Discovery:
        raise OSError(str(at))


def a_desk(store: InMemoryStore | None = None, clock: ManualClock | None = None, *plugins: object) -> Desk:
    store = InMemoryStore() if store is None else store
    clock = clock or ManualClock(A_MONDAY)
    desk = Desk(CONFIG, store=store, clock=clock, random=Random(1), plugins=plugins, pause=lambda _: None)
    return desk.acting_as(AN_AGENT)


def seen(key: str, at: datetime = A_MONDAY, **attributes: object) -> SourceRecord:
    return SourceRecord("netbox" if attributes else "scan", key, "physical host", key, attributes, seen_at=at)


def host(ci: str, **attributes: object) -> ConfigurationItem:
    return ConfigurationItem(CIId(ci), "physical host", ci, attributes)


def rules(name: str) -> dict[str, Any]:
    """Return the tables of the standard configuration under another name, with other agreements."""
    return {**tomllib.loads(profile_text("helpdesk")), "desk": {"name": name}}


def logged(desk: Desk) -> TicketId:
    return desk.incidents.log("No network", details={"cable": "red"}).id


def shared(desk: Desk) -> TicketId:
    it = logged(desk)
    desk.tickets.add_participant(it, "kim", "expert")
    desk.tickets.attach(it, "log.txt", b"no carrier")
    desk.tickets.log_work(it, HOUR, "repair")
    return desk.tickets.tag(it, "vip").id


def under_way(desk: Desk) -> TicketId:
    it = logged(desk)
    desk.incidents.transition(it, "assign", support_group="Network", assignee="ann")
    return desk.incidents.transition(it, "start").id


def resolved(desk: Desk) -> TicketId:
    return desk.tickets.resolve(under_way(desk), Resolution("fixed", "a new lamp")).id


DIGEST = sha256(b"no carrier").hexdigest()


def with_parked_timers(desk: Desk) -> TicketId:
    ticket_id = logged(desk)
    with desk.privileged("to park timers").store.begin() as unit:
        for name in ("resolve", "respond"):
            unit.set_timer(Timer(ticket_id, name, A_MONDAY, parked="given up"))
    return ticket_id


def taken_over(desk: Desk) -> TicketId:
    return desk.incidents.take_over("OLD-1", Observation("New"), opened_at=A_MONDAY - DAY).id


def hosts(desk: Desk) -> None:
    relation = Relation(CIId("web"), "depends_on", CIId("db"))
    pair = RedundancySet(CIId("web"), "dbs", ["db"], "at least 1")
    desk.cmdb.put(host("web"), host("db"), host("other"), relation, pair)
    desk.cmdb.override("web", "degraded", A_MONDAY + DAY, "it is watched")


def told(desk: Desk) -> None:
    desk.discovery.receive([seen("17", ram_gb=64)])


def pair(desk: Desk) -> tuple[TicketId, TicketId]:
    return logged(desk), logged(desk)


def linked(desk: Desk) -> tuple[TicketId, TicketId]:
    one, other = pair(desk)
    desk.links.link(one, "parent_of", other)
    desk.links.link(one, "related_to", other)
    return one, other


def merged(desk: Desk) -> tuple[TicketId, TicketId]:
    one, other = pair(desk)
    third = logged(desk)
    desk.links.merge(one, into=third)
    desk.links.merge(other, into=third)
    return one, other


def said(desk: Desk) -> tuple[TicketId, int]:
    it = logged(desk)
    return it, desk.tickets.comment(it, "And the lamp flickers").version


def asked(desk: Desk) -> TicketId:
    one, other = pair(desk)
    desk.links.link(one, "fixed_by", other)
    desk.incidents.transition(other, "assign", support_group="Network")
    desk.run_due()
    return one


class Case(NamedTuple):
    """
    A command to be done once.

    Args:
        call: The command, on a desk, of what *begin* made.
        other: The same command with another request.
        begin: What there is before.
        looks: In how many units of work it looks whether it was done, before the one in which it is.
        entries: How many entries of the ledger remember it.
    """

    call: Callable[..., Any]
    other: Callable[..., Any]
    begin: Callable[[Desk], Any] = lambda _desk: None
    looks: int = 0
    entries: int = 1


CASES = {
    "incidents.log": Case(
        lambda desk, _, **key: desk.incidents.log("No light", details={"lamps": (1, 2)}, **key),
        lambda desk, _, **key: desk.incidents.log("No light", details={"lamps": (1, 3)}, **key),
    ),
    "incidents.transition": Case(
        lambda desk, it, **key: desk.incidents.transition(it, "assign", support_group="Network", **key),
        lambda desk, it, **key: desk.incidents.transition(it, "assign", support_group="Storage", **key),
        logged,
    ),
    "incidents.prioritise": Case(
        lambda desk, it, **key: desk.incidents.prioritise(it, impact="high", urgency="high", **key),
        lambda desk, it, **key: desk.incidents.prioritise(it, impact="high", urgency="low", **key),
        logged,
    ),
    "incidents.take_over": Case(
        lambda desk, _, **key: desk.incidents.take_over(
            "OLD-2", Observation("New"), opened_at=A_MONDAY, **key
        ),
        lambda desk, _, **key: desk.incidents.take_over(
            "OLD-2", Observation("New"), opened_at=A_MONDAY - HOUR, **key
        ),
    ),
    "incidents.catch_up": Case(
        lambda desk, it, **key: desk.incidents.catch_up(it, Observation("Assigned"), **key),
        lambda desk, it, **key: desk.incidents.catch_up(it, Observation("Assigned", "Network"), **key),
        taken_over,
    ),
    "tickets.assign": Case(
        lambda desk, it, **key: desk.tickets.assign(it, support_group="Network", **key),
        lambda desk, it, **key: desk.tickets.assign(it, support_group="Network", assignee="bob", **key),
        logged,
    ),
    "tickets.resume_timer": Case(
        lambda desk, it, **key: desk.tickets.resume_timer(it, "resolve", **key),
        lambda desk, it, **key: desk.tickets.resume_timer(it, "respond", **key),
        with_parked_timers,
    ),
    "tickets.comment": Case(
        lambda desk, it, **key: desk.tickets.comment(it, "looked at it", **key),
        lambda desk, it, **key: desk.tickets.comment(it, "looked at it", public=True, **key),
        logged,
    ),
    "tickets.describe": Case(
        lambda desk, it, **key: desk.tickets.describe(it, site="floor 3", cable="blue", **key),
        lambda desk, it, **key: desk.tickets.describe(it, site="floor 3", cable=None, **key),
        logged,
    ),
    "links.link": Case(
        lambda desk, it, **key: desk.links.link(it[0], "parent_of", it[1], **key),
        lambda desk, it, **key: desk.links.link(it[0], "child_of", it[1], **key),
        pair,
    ),
    "links.unlink": Case(
        lambda desk, it, **key: desk.links.unlink(it[0], "parent_of", it[1], **key),
        lambda desk, it, **key: desk.links.unlink(it[0], "related_to", it[1], **key),
        linked,
    ),
    "links.merge": Case(
        lambda desk, it, **key: desk.links.merge(it[0], into=it[1], **key),
        lambda desk, it, **key: desk.links.merge(it[1], into=it[0], **key),
        pair,
    ),
    "links.unmerge": Case(
        lambda desk, it, **key: desk.links.unmerge(it[0], **key),
        lambda desk, it, **key: desk.links.unmerge(it[1], **key),
        merged,
    ),
    "links.split": Case(
        lambda desk, it, **key: desk.links.split(it[0], "The lamp", messages=[it[1]], **key),
        lambda desk, it, **key: desk.links.split(it[0], "The lamp", **key),
        said,
    ),
    "links.answer": Case(
        lambda desk, it, **key: desk.links.answer(it, accepted=False, **key),
        lambda desk, it, **key: desk.links.answer(it, accepted=False, reason="no", **key),
        asked,
    ),
    "routing.assign": Case(
        lambda desk, it, **key: desk.routing.assign(it, **key),
        lambda desk, it, **key: desk.routing.assign(it, anew=True, **key),
        logged,
    ),
    "tickets.transfer_ownership": Case(
        lambda desk, it, **key: desk.tickets.transfer_ownership(it, "zoe", **key),
        lambda desk, it, **key: desk.tickets.transfer_ownership(it, "kim", **key),
        logged,
    ),
    "tickets.add_participant": Case(
        lambda desk, it, **key: desk.tickets.add_participant(it, "kim", "expert", **key),
        lambda desk, it, **key: desk.tickets.add_participant(it, "kim", **key),
        logged,
    ),
    "tickets.remove_participant": Case(
        lambda desk, it, **key: desk.tickets.remove_participant(it, "kim", **key),
        lambda desk, it, **key: desk.tickets.remove_participant(it, "kim", "expert", **key),
        shared,
    ),
    "tickets.send_message": Case(
        lambda desk, it, **key: desk.tickets.send_message(it, "on it", **key),
        lambda desk, it, **key: desk.tickets.send_message(it, "not on it", **key),
        logged,
    ),
    "tickets.add_note": Case(
        lambda desk, it, **key: desk.tickets.add_note(it, "on it", **key),
        lambda desk, it, **key: desk.tickets.add_note(it, "not on it", **key),
        logged,
    ),
    "tickets.attach": Case(
        lambda desk, it, **key: desk.tickets.attach(it, "log.txt", b"no carrier", **key),
        lambda desk, it, **key: desk.tickets.attach(it, "log.txt", b"no carrier", public=True, **key),
        logged,
    ),
    "tickets.detach": Case(
        lambda desk, it, **key: desk.tickets.detach(it, DIGEST, **key),
        lambda desk, it, **key: desk.tickets.detach(it, DIGEST[::-1], **key),
        shared,
    ),
    "tickets.log_work": Case(
        lambda desk, it, **key: desk.tickets.log_work(it, HOUR, "repair", **key),
        lambda desk, it, **key: desk.tickets.log_work(it, HOUR, "travel", **key),
        logged,
    ),
    "tickets.correct_work": Case(
        lambda desk, it, **key: desk.tickets.correct_work(
            it, "1", reason="a typing error", duration=2 * HOUR, **key
        ),
        lambda desk, it, **key: desk.tickets.correct_work(
            it, "1", reason="a typing error", note="a new fuse", **key
        ),
        shared,
    ),
    "tickets.meet_need": Case(
        lambda desk, it, **key: desk.tickets.meet_need(it, "a spare phone", **key),
        lambda desk, it, **key: desk.tickets.meet_need(it, "a spare lamp", **key),
        logged,
    ),
    "tickets.tag": Case(
        lambda desk, it, **key: desk.tickets.tag(it, "vip", **key),
        lambda desk, it, **key: desk.tickets.tag(it, "vip", "board", **key),
        logged,
    ),
    "tickets.untag": Case(
        lambda desk, it, **key: desk.tickets.untag(it, "vip", **key),
        lambda desk, it, **key: desk.tickets.untag(it, "board", **key),
        shared,
    ),
    "tickets.resolve": Case(
        lambda desk, it, **key: desk.tickets.resolve(it, Resolution("fixed", "done"), **key),
        lambda desk, it, **key: desk.tickets.resolve(it, Resolution("fixed", "undone"), **key),
        under_way,
    ),
    "tickets.reopen": Case(
        lambda desk, it, **key: desk.tickets.reopen(it, "again", **key),
        lambda desk, it, **key: desk.tickets.reopen(it, "again", follow_up=True, **key),
        resolved,
    ),
    "tickets.bulk": Case(
        lambda desk, it, **key: desk.tickets.bulk([it], "tag", tags=["vip"], **key),
        lambda desk, it, **key: desk.tickets.bulk([it], "tag", tags=["board"], **key),
        logged,
        looks=1,
        entries=2,
    ),
    "tickets.transition": Case(
        lambda desk, it, **key: desk.tickets.transition(it, "assign", support_group="Network", **key),
        lambda desk, it, **key: desk.tickets.transition(it, "assign", support_group="Storage", **key),
        logged,
    ),
    "tickets.prioritise": Case(
        lambda desk, it, **key: desk.tickets.prioritise(it, impact="high", urgency="high", **key),
        lambda desk, it, **key: desk.tickets.prioritise(it, impact="high", urgency="low", **key),
        logged,
    ),
    "changes.propose": Case(
        lambda desk, _, **key: desk.changes.propose("A router", change_type="standard", **key),
        lambda desk, _, **key: desk.changes.propose("A router", change_type="normal", **key),
    ),
    "tickets.restrict": Case(
        lambda desk, it, **key: desk.tickets.restrict(it, "security", reason="a breach", **key),
        lambda desk, it, **key: desk.tickets.restrict(it, "security", reason="a leak", **key),
        logged,
    ),
    "tickets.erase": Case(
        lambda desk, it, **key: desk.tickets.erase(it, reason="asked for", **key),
        lambda desk, it, **key: desk.tickets.erase(it, reason="too old", **key),
        logged,
    ),
    "tickets.erase_person": Case(
        lambda desk, _, **key: desk.tickets.erase_person("agent", reason="asked for", **key),
        lambda desk, _, **key: desk.tickets.erase_person("agent", reason="asked for", limit=1, **key),
        logged,
    ),
    "cmdb.put": Case(
        lambda desk, _, **key: desk.cmdb.put(host("web", ram_gb=64), **key),
        lambda desk, _, **key: desk.cmdb.put(host("web", ram_gb=65), **key),
    ),
    "cmdb.relate": Case(
        lambda desk, _, **key: desk.cmdb.relate("web", "depends_on", "other", **key),
        lambda desk, _, **key: desk.cmdb.relate("db", "depends_on", "other", **key),
        hosts,
    ),
    "cmdb.declare_redundancy": Case(
        lambda desk, _, **key: desk.cmdb.declare_redundancy("web", "pair", ["db"], "at least 1", **key),
        lambda desk, _, **key: desk.cmdb.declare_redundancy("web", "pair", ["db"], "all", **key),
        hosts,
    ),
    "cmdb.retire": Case(
        lambda desk, _, **key: desk.cmdb.retire("other", **key),
        lambda desk, _, **key: desk.cmdb.retire("web", **key),
        hosts,
    ),
    "cmdb.unrelate": Case(
        lambda desk, _, **key: desk.cmdb.unrelate("db", "depends_on", "other", **key),
        lambda desk, _, **key: desk.cmdb.unrelate("db", "depends_on", "other", at=A_MONDAY + 9 * DAY, **key),
        lambda desk: (hosts(desk), desk.cmdb.relate("db", "depends_on", "other")),
    ),
    "cmdb.withdraw_redundancy": Case(
        lambda desk, _, **key: desk.cmdb.withdraw_redundancy("web", "dbs", **key),
        lambda desk, _, **key: desk.cmdb.withdraw_redundancy("web", "dbs", reason="no longer", **key),
        hosts,
    ),
    "cmdb.override": Case(
        lambda desk, _, **key: desk.cmdb.override("db", "degraded", A_MONDAY + 9 * DAY, **key),
        lambda desk, _, **key: desk.cmdb.override("db", "degraded", A_MONDAY + 8 * DAY, **key),
        hosts,
    ),
    "cmdb.lift_override": Case(
        lambda desk, _, **key: desk.cmdb.lift_override("web", **key),
        lambda desk, _, **key: desk.cmdb.lift_override("db", **key),
        hosts,
    ),
    "cmdb.apply": Case(
        lambda desk, _, **key: desk.cmdb.apply(map(ConfigurationRecord.of, [host("web")]), **key),
        lambda desk, _, **key: desk.cmdb.apply(map(ConfigurationRecord.of, [host("db")]), **key),
    ),
    "cmdb.load": Case(
        lambda desk, _, **key: desk.cmdb.load(document("web"), **key),
        lambda desk, _, **key: desk.cmdb.load(document("db"), **key),
    ),
    "discovery.receive": Case(
        lambda desk, _, **key: desk.discovery.receive(iter([seen("17", ram_gb=65)]), **key),
        lambda desk, _, **key: desk.discovery.receive([seen("17", ram_gb=65)], full_loads=["netbox"], **key),
        told,
    ),
    "discovery.run": Case(
        lambda desk, _, **key: desk.discovery.run(**key),
        lambda desk, _, **key: desk.discovery.run(reason="as every night", **key),
        told,
        looks=1,
    ),
    "discovery.reconcile": Case(
        lambda desk, _, **key: desk.discovery.reconcile(**key),
        lambda desk, _, **key: desk.discovery.reconcile(reason="as every night", **key),
        told,
    ),
    "discovery.lock": Case(
        lambda desk, _, **key: desk.discovery.lock("netbox:17", "ram_gb", 128, **key),
        lambda desk, _, **key: desk.discovery.lock("netbox:17", "ram_gb", 129, **key),
        told,
    ),
    "discovery.unlock": Case(
        lambda desk, _, **key: desk.discovery.unlock("netbox:17", "ram_gb", **key),
        lambda desk, _, **key: desk.discovery.unlock("netbox:17", "name", **key),
        lambda desk: (told(desk), desk.discovery.lock("netbox:17", "ram_gb", 128)),
    ),
}

CASES["configuration.change"] = Case(
    lambda desk, _, **key: desk.configuration.change(rules("Our desk"), reason="a new name", **key),
    lambda desk, _, **key: desk.configuration.change(rules("Our desk"), reason="another reason", **key),
    logged,
)

_ANY_DESK = Stage.on(InMemoryStore(), Faults()).desk
USE_CASES_WITH_A_KEY = [each for each in USE_CASES if each.once(_ANY_DESK, "key-1")]
"""Every command that takes a key, as something to run: of those in the table above, more is asked."""

every_command = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def document(ci: str) -> dict[str, object]:
    return {"items": [{"id": ci, "class": "physical host", "name": ci}]}


def life_goes_on(desk: Desk, clock: ManualClock) -> None:
    """Let happen what changes every record that a command of the table has to do with."""
    clock.advance(HOUR)
    for ticket in list(desk.tickets):
        if ticket.merged_into is None:
            desk.tickets.describe(ticket.id, title="Something else", site="floor 4")
    desk.cmdb.put(host("web", ram_gb=1), host("later"))
    desk.discovery.receive([seen("17", clock(), ram_gb=2), seen("18", clock(), ram_gb=2)])


def answered(answer: Any) -> Any:
    """Return *answer* as what can be compared."""
    if isinstance(answer, tuple) and len(answer) == 2 and isinstance(answer[1], Reconciled):
        return answered(answer[0]), answered(answer[1])
    if hasattr(answer, "discoveries"):
        failures = [(each.plugin, each.hook, each.problem) for each in answer.failures]
        return answer.at, answer.discoveries, failures, dict(answer.plugins)
    if isinstance(answer, Reconciled):
        return answer.events, answer.set_aside, answer.before, answer.after, answer.difference
    return answer


def keyed(desk: Desk) -> Iterator[str]:
    """Go through the commands that take a key, in all rooms that the table of operations knows."""
    for room in sorted({name.partition(".")[0] for name in OPERATIONS if "." in name}):
        for name, method in inspect.getmembers(type(getattr(desk, room)), inspect.isfunction):
            if not name.startswith("_") and "idempotency_key" in inspect.signature(method).parameters:
                yield f"{room}.{name}"


def test_every_command_that_takes_a_key_is_tried() -> None:
    desk = Stage.on(InMemoryStore(), Faults()).desk
    # What all kinds of work share is one and the same, and incidents stand for it.
    kinds = {room for room in ROOMS.values() if room != "incidents"} | {"work"}
    shared = {f"{room}.{name}" for room in kinds for name in vars(WorkCommands)}
    asked = {*keyed(desk)} - shared
    assert asked - {each.command for each in USE_CASES_WITH_A_KEY} == set()
    assert asked > CASES.keys()


def test_a_key_is_given_by_name() -> None:
    desk = Stage.on(InMemoryStore(), Faults()).desk
    for command in keyed(desk):
        takes = inspect.signature(command_of(desk, command)).parameters["idempotency_key"]
        assert takes.kind is inspect.Parameter.KEYWORD_ONLY, command


@pytest.mark.parametrize("case", USE_CASES_WITH_A_KEY, ids=lambda case: case.name)
def test_whatever_takes_a_key_is_done_once(case: UseCase) -> None:
    store = InMemoryStore()
    stage = Stage.on(store, Faults())
    subject = case.before(stage)
    once = case.once(stage.desk, "key-1")
    first = case.ask(stage.desk, subject, once)
    before = [*store.dump()]
    stage.clock.advance(HOUR)
    assert answered(case.ask(stage.desk, subject, once)) == answered(first)
    # As after a restart: another desk, which remembers nothing by itself, and draws other identifiers.
    assert answered(case.ask(stage.steady, subject, once)) == answered(first)
    assert [*store.dump()] == before


@every_command
def test_who_asks_again_gets_the_first_answer_and_nothing_happens(case: Case) -> None:
    store, clock = InMemoryStore(), ManualClock(A_MONDAY)
    desk = a_desk(store, clock, found := Found(), Broken())
    subject = case.begin(desk)
    clock.advance(HOUR)
    first = case.call(desk, subject, idempotency_key="key-1")
    life_goes_on(desk, clock)
    before, asked = [*store.dump()], found.asked
    assert answered(case.call(desk, subject, idempotency_key="key-1")) == answered(first)
    # As after a restart: another desk, which remembers nothing by itself, and draws other identifiers.
    again = case.call(a_desk(store, clock, found, Broken()), subject, idempotency_key="key-1")
    assert answered(again) == answered(first)
    assert [*store.dump()] == before
    assert found.asked == asked


@every_command
def test_a_key_is_not_used_for_two_things(case: Case) -> None:
    store, clock = InMemoryStore(), ManualClock(A_MONDAY)
    desk = a_desk(store, clock, Found())
    subject = case.begin(desk)
    case.call(desk, subject, idempotency_key="key-1")
    before = [*store.dump()]
    clock.advance(HOUR)
    with pytest.raises(IdempotencyError, match="idempotency key 'key-1' stands for another request, which"):
        case.other(desk, subject, idempotency_key="key-1")
    with pytest.raises(IdempotencyError) as refused:
        case.call(desk.acting_as(Actor("eve")), subject, idempotency_key="key-1")
    assert (refused.value.key, refused.value.at) == ("key-1", A_MONDAY)
    assert [*store.dump()] == before


@every_command
def test_a_key_changes_nothing_of_what_is_done(case: Case) -> None:
    dumps = []
    for key in ({}, {"idempotency_key": "key-1"}):
        store = InMemoryStore()
        desk = a_desk(store, None, Found())
        subject = case.begin(desk)
        case.call(desk, subject, **key)
        dumps.append([row for row in store.dump() if row.kind != "remembered"])
    assert dumps[0] == dumps[1]


@every_command
def test_two_at_once_have_one_effect(case: Case, store: Any) -> None:
    desk = a_desk(store, None, Found())
    subject = case.begin(desk)
    winner: list[Any] = []
    others = a_desk(store, None, Found())
    store.meanwhile = [lambda: None] * case.looks
    store.meanwhile.append(lambda: winner.append(case.call(others, subject, idempotency_key="key-1")))
    loser = case.call(desk, subject, idempotency_key="key-1")
    remembered = [row for row in store.dump() if row.kind == "remembered"]
    assert (len(winner), len(remembered)) == (1, case.entries)
    assert answered(loser) == answered(winner[0])
    once = InMemoryStore()
    alone = a_desk(once, None, Found())
    case.call(alone, case.begin(alone), idempotency_key="key-1")
    assert len([*once.dump()]) == len([*store.dump()])


# -- when the connection is lost -----------------------------------------------------------------------


class LosingStore(InMemoryStore):
    """A store whose commit arrives, while the word of it does not: the first one of the key."""

    loses = True

    @contextmanager
    def begin(self) -> Iterator[UnitOfWork]:
        with super().begin() as unit:
            yield unit
            is_done = unit.remembered("key-1") is not None
        if self.loses and is_done:
            self.loses = False
            message = "connection lost after the commit"
            raise ConnectionError(message)


@every_command
def test_a_connection_lost_after_the_commit_costs_nothing_but_to_ask_again(case: Case) -> None:
    store, other = LosingStore(), InMemoryStore()
    desk, lucky = a_desk(store, None, Found()), a_desk(other, None, Found())
    subject = case.begin(desk)
    case.begin(lucky)
    with pytest.raises(ConnectionError):
        case.call(desk, subject, idempotency_key="key-1")
    answer = case.call(desk, subject, idempotency_key="key-1")
    assert answered(answer) == answered(case.call(lucky, subject, idempotency_key="key-1"))
    assert [*store.dump()] == [*other.dump()]


# -- what is remembered --------------------------------------------------------------------------------


def remembered(desk: Desk) -> list[str]:
    return [
        row.data["entry"]["key"]
        for row in desk.privileged("to look").store.dump()
        if row.kind == "remembered"
    ]


def test_what_was_refused_may_be_asked_for_again(desk: Desk) -> None:
    it = desk.incidents.log("No network").id
    with pytest.raises(RefusedError, match="cannot resolve from New"):
        desk.incidents.transition(it, "resolve", idempotency_key="key-1")
    assert remembered(desk) == []
    desk.incidents.transition(it, "assign", support_group="Network", idempotency_key="key-1")
    assert remembered(desk) == ["key-1"]


def test_what_a_plugin_kept_from_happening_is_not_remembered(make_desk: Callable[..., Desk]) -> None:
    class Gate:
        @hookimpl
        def itsmkit_before_transition(self) -> None:
            raise OSError

    desk = make_desk(Gate())
    it = desk.incidents.log("No network").id
    with pytest.raises(PluginError):
        desk.incidents.transition(it, "assign", support_group="Network", idempotency_key="key-1")
    assert remembered(desk) == []


def test_what_changes_nothing_is_remembered_too(desk: Desk, clock: ManualClock) -> None:
    incident = desk.incidents.log("No network", site="floor 3")
    same = desk.tickets.describe(incident.id, site="floor 3", idempotency_key="key-1")
    desk.tickets.describe(incident.id, site="floor 4")
    assert desk.tickets.describe(incident.id, site="floor 3", idempotency_key="key-1") == same == incident
    assert desk.tickets.get(incident.id).site == "floor 4"


def test_a_dry_run_does_nothing_for_which_a_key_could_stand() -> None:
    desk = a_desk()
    told(desk)
    records = [seen("17", ram_gb=65)]
    plan = desk.discovery.receive(records, dry_run=True, idempotency_key="key-1")
    assert remembered(desk) == []
    done = desk.discovery.receive(records, idempotency_key="key-1")
    again = desk.discovery.receive(records, dry_run=True, idempotency_key="key-1")
    assert plan.difference == done.difference
    assert not again.events
    assert again.before == again.after


def test_tenants_have_keys_of_their_own() -> None:
    store = InMemoryStore()
    for tenant in ("acme", "globex"):
        desk = a_desk(store.of_tenant(tenant))
        assert desk.incidents.log(f"No network at {tenant}", idempotency_key="key-1").number == "INC-1"


def test_what_is_forgotten_is_done_again(desk: Desk, clock: ManualClock) -> None:
    first = desk.incidents.log("No network", idempotency_key="key-1")
    clock.advance(DAY)
    assert desk.forget(older_than=DAY) == 0
    assert desk.incidents.log("No network", idempotency_key="key-1") == first
    clock.advance(timedelta(microseconds=1))
    assert desk.forget(older_than=DAY) == 1
    assert desk.incidents.log("No network", idempotency_key="key-1").number == "INC-2"


def test_nothing_is_forgotten_that_somebody_may_still_ask_for(desk: Desk) -> None:
    with pytest.raises(DefinitionError, match=r"older_than must be 1 day, 0:00:00 or more, not 23:59:59"):
        desk.forget(older_than=MIN_RETENTION - timedelta(seconds=1))


@pytest.mark.parametrize(
    "key", ["", " key", "key\n", "a\0b", "\ud800", "k" * 256, 7, b"key"], ids=lambda key: repr(key)[:9]
)
def test_a_key_is_a_short_printable_text(desk: Desk, key: Any) -> None:
    with pytest.raises(DefinitionError, match="idempotency_key must be printable text of at most 255 char"):
        desk.incidents.log("No network", idempotency_key=key)
    assert [*desk.tickets] == []


def test_a_key_may_be_as_long_as_said(desk: Desk) -> None:
    assert desk.incidents.log("No network", idempotency_key="ü" * 255) == desk.incidents.log(
        "No network", idempotency_key="ü" * 255
    )


def test_what_has_no_plain_form_cannot_be_compared(desk: Desk) -> None:
    with pytest.raises(DefinitionError) as refused:
        desk.incidents.log("No network", details={"cable": {"made": object}}, idempotency_key="key-1")
    (problem,) = refused.value.problems
    assert "details: cable: made: has no plain form: type" in problem


def test_a_request_is_known_by_the_same_digest_in_every_release(desk: Desk) -> None:
    opened_at = datetime(2026, 3, 2, 7, 30, tzinfo=UTC)
    seen = Observation("New", "Network", details={"site": "floor 3"})
    desk.incidents.take_over("OLD-1", seen, opened_at=opened_at, idempotency_key="key-1")
    (row,) = (row for row in desk.privileged("to look").store.dump() if row.kind == "remembered")
    observation = (
        '{"assignee":null,"details":{"site":"floor 3"},"impact":null,"priority":null,"state":"New",'
        '"support_group":"Network","urgency":null}'
    )
    arguments = f'["OLD-1",{observation},{{"$datetime":"2026-03-02T07:30:00.000000Z"}}]'
    request = f'{{"actor":"agent","arguments":{arguments},"command":"incidents.take_over"}}'
    assert row.data["entry"]["request"] == sha256(request.encode()).hexdigest()


def test_an_argument_that_says_nothing_is_as_good_as_none(desk: Desk) -> None:
    incident = desk.incidents.log("No network")
    first = desk.tickets.comment(incident.id, "looked at it", idempotency_key="key-1")
    assert desk.tickets.comment(incident.id, "looked at it", public=False, idempotency_key="key-1") == first


def test_the_error_survives_pickling() -> None:
    error = IdempotencyError("key-1", datetime(2026, 3, 2, 9, tzinfo=UTC))
    copy = pickle.loads(pickle.dumps(error))
    assert (copy.key, copy.at, copy.reasons, str(copy)) == (error.key, error.at, error.reasons, str(error))


@pytest.mark.usefixtures("busy_threads")
def test_threads_that_ask_for_the_same_at_once_get_the_same() -> None:
    desk, together = a_desk(), Barrier(4)

    def ask(number: int) -> list[Incident]:
        together.wait()
        return [desk.incidents.log("No network", idempotency_key=f"key-{n}") for n in range(20)]

    with ThreadPoolExecutor(4) as pool:
        first, *others = pool.map(ask, range(4))
    assert all(each == first for each in others)
    assert desk.tickets.count() == len(first) == 20


# -- a law ---------------------------------------------------------------------------------------------


class Step(NamedTuple):
    """A command of a run, on one of the tickets that there are, and how much later it comes."""

    command: Callable[..., Any]
    which: int
    later: int


def _on_a_ticket(name: str, command: Callable[..., Any]) -> Callable[..., Any]:
    def run(desk: Desk, tickets: list[TicketId], which: int, **key: str) -> Any:
        return command(desk, tickets[which % len(tickets)], **key) if tickets else None

    run.__name__ = name
    return run


def _log(desk: Desk, tickets: list[TicketId], which: int, **key: str) -> Any:
    incident = desk.incidents.log(f"Incident {which}", impact="high", urgency="high", **key)
    if incident.id not in tickets:
        tickets.append(incident.id)
    return incident


def _receive(desk: Desk, _tickets: list[TicketId], which: int, **key: str) -> Any:
    return desk.discovery.receive([seen(f"{which % 3}", ram_gb=which)], **key)


def _put(desk: Desk, _tickets: list[TicketId], which: int, **key: str) -> Any:
    return desk.cmdb.put(host(f"host-{which % 3}", ram_gb=which), **key)


def _run_due(desk: Desk, _tickets: list[TicketId], _which: int, **_key: str) -> None:
    desk.run_due()


_COMMANDS = (
    _log,
    _receive,
    _put,
    _run_due,
    *(
        _on_a_ticket(name, CASES[name].call)
        for name in ("tickets.comment", "tickets.assign", "tickets.describe", "incidents.prioritise")
    ),
    _on_a_ticket("incidents.transition", CASES["incidents.transition"].call),
)
steps = st.builds(Step, st.sampled_from(_COMMANDS), st.integers(0, 5), st.integers(0, 300))


def _lived(run: list[Step], repeats: list[tuple[int, int]]) -> list[Any]:
    """Return what a store keeps after *run*; of each of *repeats*, a step is repeated after a later one."""
    store, clock = InMemoryStore(), ManualClock(A_MONDAY)
    desk = a_desk(store, clock)
    tickets: list[TicketId] = []
    answers: list[Any] = []

    def do(number: int) -> Any:
        step = run[number]
        known = tickets[: sizes[number]] if number < len(sizes) else tickets
        try:
            return answered(step.command(desk, known, step.which, idempotency_key=f"key-{number}"))
        except RefusedError:
            return "refused"

    sizes: list[int] = []
    for number, step in enumerate(run):
        clock.advance(timedelta(minutes=step.later))
        answers.append(do(number))
        sizes.append(len(tickets))
        for earlier, later in repeats:
            if later == number and run[earlier].command is not _run_due and answers[earlier] != "refused":
                assert do(earlier) == answers[earlier]
    return [*store.dump()]


@settings(deadline=None)
@given(st.data())
def test_repeats_leave_no_trace(data: st.DataObject) -> None:
    run = data.draw(st.lists(steps, min_size=1, max_size=12))
    place = st.integers(0, len(run) - 1)
    pairs = st.tuples(place, place).map(lambda pair: (min(pair), max(pair)))
    repeats = data.draw(st.lists(pairs, max_size=8))
    assert _lived(run, repeats) == _lived(run, [])
