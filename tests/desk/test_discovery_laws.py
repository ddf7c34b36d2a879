"""What holds of discovery on a desk after any commands in any order."""

from collections.abc import Callable
from datetime import datetime, timedelta

from attrs import evolve
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from itsmkit.cmdb import CIId, ConfigurationItem, Relation, SourceRecord, SourceRelation
from itsmkit.cmdb.history import ConfigurationRecord
from itsmkit.cmdb.reconciliation import PrecedenceRule, ReconciliationRules, SourcePolicy
from itsmkit.desk import ConfigurationRules, Desk, DeskConfig, InMemoryStore, ManualClock
from itsmkit.desk.discovery import Reconciled
from itsmkit.errors import RefusedError
from itsmkit.testing import A_MONDAY, AN_AGENT

HOUR = timedelta(hours=1)
RULES = (
    ReconciliationRules(),
    ReconciliationRules(
        precedence=[PrecedenceRule(["netbox", "*"])],
        sources=[SourcePolicy("netbox", when_stale="retire"), SourcePolicy("scan", when_stale="delete")],
    ),
    ReconciliationRules(
        precedence=[PrecedenceRule(["scan"])],
        sources=[SourcePolicy("scan", may_not_create=["physical host"])],
    ),
)
NETBOX_FIRST = ReconciliationRules(precedence=[PrecedenceRule(["netbox", "*"])])
SOURCES = ("netbox", "scan")
KEYS = ("1", "2", "3")
BY_HAND = ("web", "db", "netbox:1")
SERIALS = st.sampled_from([None, "X", "Y"])
RAM = st.sampled_from([None, 1, 2])
STANDARD = DeskConfig.standard()

told = st.builds(
    lambda key, serial, ram, other: (key, serial, ram, other),
    st.sampled_from(KEYS),
    SERIALS,
    RAM,
    st.sampled_from([None, *KEYS]),
)


def attributes(serial: str | None, ram: int | None) -> dict[str, object]:
    identity = {} if serial is None else {"serial_number": serial, "manufacturer": "M"}
    return identity if ram is None else {**identity, "ram_gb": ram}


def an_item(ci: str, serial: str | None, ram: int | None) -> ConfigurationItem:
    return ConfigurationItem(CIId(ci), "physical host", ci, attributes(serial, ram))


def a_desk(store: InMemoryStore, clock: ManualClock, rules: ReconciliationRules) -> Desk:
    cmdb = ConfigurationRules(STANDARD.cmdb.model, strict=False, reconciliation=rules)
    return Desk(evolve(STANDARD, cmdb=cmdb), store=store, clock=clock).acting_as(AN_AGENT)


class Discovery(RuleBasedStateMachine):
    """People and sources speak in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.store, self.clock = InMemoryStore(), ManualClock(A_MONDAY)
        self.rules = RULES[0]
        self.desk = a_desk(self.store, self.clock, self.rules)
        self.by_hand: set[str] = set()
        self.related: set[Relation] = set()
        self.ended: dict[str, datetime] = {}
        self.planned: dict[datetime, ConfigurationItem] = {}
        self.past: dict[datetime, object] = {}

    # -- what is seen ------------------------------------------------------------------------------

    def shown(self, at: datetime | None = None) -> tuple[set[object], ...]:
        graph = self.desk.cmdb.as_of(self.clock() if at is None else at).graph
        return set(graph.items), set(graph.relations), set(graph.redundancy)

    def ids(self) -> set[str]:
        return {item.id for item in self.desk.cmdb.graph().items}

    def saved(self) -> object:
        return self.store.staging(), len(self.desk.cmdb.events())

    def forget_what_is_gone(self) -> None:
        there = self.ids()
        self.related = {each for each in self.related if there.issuperset(each.ends)}

    def reconciled(self, call: Callable[..., Reconciled]) -> None:
        """Do something that reconciles, and see that it obeys the laws."""
        before, shown = self.saved(), self.shown()
        try:
            dry = call(dry_run=True)
        except RefusedError:
            assert self.saved() == before
            try:
                call()
            except RefusedError:
                assert (self.saved(), self.shown()) == (before, shown)
                return
            raise AssertionError("what a dry run refuses is done") from None
        assert (self.saved(), self.shown(), dry.events) == (before, shown, ())
        hands = {ci for ci in self.by_hand if ci in self.ids()}
        done = call()
        assert done.difference.explain() == dry.difference.explain()
        assert done.explain() == dry.explain()
        after = self.saved()
        assert set(done.after.graph.items) == set(self.desk.cmdb.graph().items)
        # Once is enough, here and on another desk.
        for desk in (self.desk, a_desk(self.store, self.clock, self.rules)):
            again = desk.discovery.reconcile()
            assert (again.events, again.difference.explain()) == ((), "no difference")
            assert self.saved() == after
        # The word of people holds.
        assert hands <= self.ids()
        self.forget_what_is_gone()
        assert self.related <= set(self.desk.cmdb.graph().relations)
        for lock in self.store.staging().area.locks.values():
            ci = again.reconciliation.duplicates.get(lock.ci, lock.ci)
            if (
                lock.ci == ci
                and lock.holds_at(self.clock())
                and ci in {item.id for item in again.reconciliation.items}
            ):
                assert self.desk.cmdb.graph().item(ci).attributes[lock.attribute] == lock.value
        newest: dict[str, datetime] = {}
        area = self.store.staging().area
        for origin, ci in area.identities.items():
            if origin in area.records:
                seen = area.records[origin].seen_at
                newest[ci] = max(seen, newest.get(ci, seen))
        for ci, at in self.ended.items():
            assert ci not in self.ids() or newest[ci] > at

    # -- what is done ------------------------------------------------------------------------------

    @rule(hours=st.integers(1, 3))
    def time_passes(self, hours: int) -> None:
        self.past[self.clock()] = self.shown()
        self.clock.advance(hours * HOUR)

    @rule(ci=st.sampled_from(BY_HAND), serial=SERIALS, ram=RAM)
    def put(self, ci: str, serial: str | None, ram: int | None) -> None:
        if self.planned:
            return
        self.desk.cmdb.put(an_item(ci, serial, ram))
        self.by_hand.add(ci)
        self.ended.pop(ci, None)

    @rule(serial=SERIALS, ram=RAM, hours=st.integers(5, 9))
    def plan(self, serial: str | None, ram: int | None, hours: int) -> None:
        if self.planned:
            return
        item, since = an_item("db", serial, ram), self.clock() + hours * HOUR
        self.desk.cmdb.apply([ConfigurationRecord.of(item, since)])
        if item not in self.desk.cmdb.as_of(self.clock()).graph.items:
            self.planned[since] = item

    @precondition(lambda self: self.ids())
    @rule(data=st.data())
    def retire(self, data: st.DataObject) -> None:
        ci = data.draw(st.sampled_from(sorted(self.ids())))
        if self.planned:
            return
        self.desk.cmdb.retire(ci)
        self.by_hand.discard(ci)
        self.ended[ci] = self.clock()
        self.forget_what_is_gone()

    @precondition(lambda self: len(self.ids()) > 1)
    @rule(data=st.data())
    def relate(self, data: st.DataObject) -> None:
        ends = data.draw(st.lists(st.sampled_from(sorted(self.ids())), min_size=2, max_size=2, unique=True))
        each = Relation(CIId(ends[0]), "depends_on", CIId(ends[1]))
        if each in self.related:
            self.desk.cmdb.unrelate(*each.key[:3])
            self.related.remove(each)
        elif not self.planned and each not in self.desk.cmdb.graph().relations:
            self.desk.cmdb.put(each)
            self.related.add(each)

    @rule(
        source=st.sampled_from(SOURCES),
        records=st.lists(told, max_size=3, unique_by=lambda each: each[0]),
        full=st.booleans(),
        late=st.integers(0, 2),
    )
    def receive(
        self,
        source: str,
        records: list[tuple[str, str | None, int | None, str | None]],
        full: bool,
        late: int,
    ) -> None:
        at = self.clock() - late * HOUR
        given = [
            SourceRecord(
                source,
                key,
                "physical host",
                f"host-{key}",
                attributes(serial, ram),
                seen_at=at,
                relations=[] if other in {None, key} else [SourceRelation("depends_on", other)],
            )
            for key, serial, ram, other in records
        ]
        loads = {source: at} if full else {}
        self.reconciled(lambda **how: self.desk.discovery.receive(given, full_loads=loads, **how))

    @precondition(lambda self: self.ids())
    @rule(data=st.data(), hours=st.sampled_from([None, 1, 4]))
    def lock(self, data: st.DataObject, hours: int | None) -> None:
        ci = data.draw(st.sampled_from(sorted(self.ids())))
        expires = None if hours is None else self.clock() + hours * HOUR
        self.reconciled(lambda **how: self.desk.discovery.lock(ci, "ram_gb", 99, expires=expires, **how))

    @precondition(lambda self: self.store.staging().area.locks)
    @rule(data=st.data())
    def unlock(self, data: st.DataObject) -> None:
        ci, attribute = data.draw(st.sampled_from(sorted(self.store.staging().area.locks)))
        self.reconciled(lambda **how: self.desk.discovery.unlock(ci, attribute, **how))

    @rule(rules=st.sampled_from(RULES))
    def switch(self, rules: ReconciliationRules) -> None:
        self.rules = rules
        self.desk = a_desk(self.store, self.clock, rules)
        self.reconciled(self.desk.discovery.reconcile)

    @precondition(lambda self: not self.planned)
    @rule(rules=st.sampled_from([RULES[2], NETBOX_FIRST]))
    def there_and_back(self, rules: ReconciliationRules) -> None:
        self.reconciled(self.desk.discovery.reconcile)
        shown = self.shown()
        a_desk(self.store, self.clock, rules).discovery.reconcile()
        self.desk.discovery.reconcile()
        if any(each.may_not_create for each in self.rules.sources):
            # What others have let a source create is there, and may be told of by it from then on.
            assert all(before <= now for before, now in zip(shown, self.shown(), strict=True))
        else:
            assert self.shown() == shown

    # -- what holds at all times -------------------------------------------------------------------

    @invariant()
    def what_was_before_stays_as_it_was(self) -> None:
        for at, shown in self.past.items():
            assert self.shown(at) == shown

    @invariant()
    def what_is_planned_stays_planned(self) -> None:
        now = self.clock()
        for at, item in list(self.planned.items()):
            if at <= now:
                del self.planned[at]
                self.by_hand.add(item.id)
                self.ended.pop(item.id, None)
            else:
                assert self.desk.cmdb.as_of(at).graph.item(item.id) == item


TestDiscovery = Discovery.TestCase
TestDiscovery.settings = settings(max_examples=25, stateful_step_count=12, deadline=None)
