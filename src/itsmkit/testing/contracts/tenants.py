"""Many tenants in one place."""

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from itsmkit.conditions import ALWAYS, equals
from itsmkit.errors import ConflictError, DefinitionError, NotFoundError
from itsmkit.plugin import Order, Store, StoreNotEmptyError, TicketQuery, Timer
from itsmkit.practices import Incident, Occasion, incident_kind
from itsmkit.testing.builders import A_MONDAY, AN_AGENT
from itsmkit.testing.contracts.steps import (
    HOUR,
    LEASE,
    Undo,
    commented,
    done,
    entry,
    kept,
    keys,
    lived,
    newest,
    recorded,
    rewritten,
    said,
    save,
    saved,
    staged,
)
from itsmkit.tickets import TicketId

__all__ = ["TenantContract"]

_FIRST = TicketId("ticket-INC-1")
_LATER = A_MONDAY + 9 * HOUR


def _in_unit(store: Store, method: str, *arguments: object, **options: object) -> None:
    with store.begin() as unit:
        getattr(unit, method)(*arguments, **options)


def _comment(store: Store) -> None:
    with store.begin() as unit:
        incident = unit.ticket(_FIRST).ticket
        assert isinstance(incident, Incident)
        save(unit, commented(incident), expected=incident.version)


def _rewrite(store: Store) -> None:
    with store.begin() as unit:
        rewritten(unit, unit.record_of("person", "ann"), name="another")


def _finish(store: Store) -> None:
    with store.begin() as unit:
        for claimed in store.claim_due(_LATER, lease=LEASE, limit=9):
            unit.finish_timer(claimed)


class TenantContract:
    """Nothing of a tenant is reached through the store of another, whatever is called as there."""

    def test_a_tenant_is_found_again(self, store: Store) -> None:
        acme = store.of_tenant("acme")
        saved(acme)
        assert acme.tenant == "acme"
        assert store.of_tenant("acme").find_ticket("INC-1") == acme.find_ticket("INC-1")
        assert acme.of_tenant(store.tenant).tickets() == store.tickets() == []
        assert acme.is_joined == store.is_joined

    @pytest.mark.parametrize("tenant", ["", " acme", "acme\n", None, 7])
    def test_a_tenant_has_a_name(self, store: Store, tenant: Any) -> None:
        with pytest.raises(DefinitionError, match="tenant"):
            store.of_tenant(tenant)

    def test_tenants_are_those_with_data(self, store: Store) -> None:
        assert store.tenants() == []
        names = ["b", "a", "B", "\u00e9", "\uffff", "\U0001f600", "it's", 'a "quoted" one%', store.tenant]
        for tenant in names:
            store.of_tenant(tenant).tickets()
        assert store.tenants() == []
        with pytest.raises(Undo), store.begin() as unit:
            unit.set_cursor("reader", 1)
            raise Undo
        assert store.tenants() == []
        for tenant in names:
            saved(store.of_tenant(tenant))
        assert store.of_tenant("a").tenants() == sorted(names)

    @pytest.mark.parametrize(
        "keep",
        [
            pytest.param(lambda unit: unit.set_cursor("reader", 1), id="a cursor"),
            pytest.param(lambda unit: unit.remember(done("form 17")), id="an entry of the ledger"),
            pytest.param(lambda unit: unit.attach(b"words"), id="an attachment"),
            pytest.param(lambda unit: unit.next_number("incident"), id="a number"),
            pytest.param(lambda unit: unit.set_timer(Timer(_FIRST, "resolve", A_MONDAY)), id="a timer"),
            pytest.param(lambda unit: unit.enqueue(entry("a")), id="a notification"),
            pytest.param(lambda unit: unit.record([said()], after=0), id="a word on the configuration"),
            pytest.param(lambda unit: rewritten(unit, None), id="a record"),
            pytest.param(lambda unit: unit.save_staging(staged(), expected=0), id="a staging area"),
        ],
    )
    def test_any_data_makes_a_tenant(self, store: Store, keep: Callable[[Any], object]) -> None:
        with store.of_tenant("acme").begin() as unit:
            keep(unit)
        assert store.tenants() == ["acme"]
        with pytest.raises(StoreNotEmptyError, match="'acme'"):
            store.of_tenant("acme").load([])

    def test_two_tenants_call_everything_alike(self, store: Store) -> None:
        one, two = store.of_tenant("one"), store.of_tenant("two")
        lived(one, "a")
        known = list(one.dump())
        lived(two, "b")
        assert list(one.dump()) == known
        assert _told(one) == _expected("a")
        assert _told(two) == _expected("b")
        digest = {each.data["digest"]: each for each in known if each.kind == "attachment"}
        for each in digest:
            with pytest.raises(NotFoundError):
                two.attachment(each)

    @pytest.mark.parametrize(
        "work",
        [
            pytest.param(_comment, id="save"),
            pytest.param(lambda store: saved(store, "INC-3"), id="save a new one"),
            pytest.param(lambda store: recorded(store, said("host-2")), id="record"),
            pytest.param(_rewrite, id="save a record"),
            pytest.param(lambda store: kept(store, "bob"), id="save a new record"),
            pytest.param(lambda store: _in_unit(store, "save_staging", staged("2"), expected=1), id="stage"),
            pytest.param(lambda store: _in_unit(store, "next_number", "incident"), id="draw a number"),
            pytest.param(lambda store: _in_unit(store, "skip_numbers", "incident", 99), id="skip numbers"),
            pytest.param(lambda store: _in_unit(store, "remember", done("form 18")), id="remember"),
            pytest.param(lambda store: store.forget(_LATER), id="forget"),
            pytest.param(lambda store: _in_unit(store, "attach", b"other words"), id="attach"),
            pytest.param(
                lambda store: _in_unit(store, "save_checkpoint", store.checkpoints()[0]),
                id="save a checkpoint",
            ),
            pytest.param(
                lambda store: _in_unit(store, "set_timer", Timer(_FIRST, "resolve", _LATER)), id="set a timer"
            ),
            pytest.param(lambda store: _in_unit(store, "clear_timer", _FIRST, "resolve"), id="clear a timer"),
            pytest.param(_finish, id="finish timers"),
            pytest.param(lambda store: _in_unit(store, "enqueue", entry("b")), id="enqueue"),
            pytest.param(lambda store: store.settle("waiting", None), id="deliver"),
            pytest.param(
                lambda store: store.settle("waiting", evolve(entry("waiting"), parked="given up")), id="park"
            ),
            pytest.param(lambda store: _in_unit(store, "set_cursor", "reader", 3), id="set a cursor"),
        ],
    )
    def test_what_is_done_to_one_is_not_done_to_another(
        self, store: Store, work: Callable[[Store], object]
    ) -> None:
        one, two = store.of_tenant("one"), store.of_tenant("two")
        lived(one)
        lived(two)
        known, done_before = list(two.dump()), list(one.dump())
        work(one)
        assert list(one.dump()) != done_before
        assert list(two.dump()) == known
        with two.begin() as unit:
            assert unit.next_number("incident") == 3

    def test_what_one_claims_is_left_to_the_other(self, store: Store) -> None:
        one, two = store.of_tenant("one"), store.of_tenant("two")
        for each in (one, two):
            incident = saved(each)
            with each.begin() as unit:
                unit.set_timer(Timer(incident.id, "resolve", A_MONDAY))
                unit.enqueue(entry("a"))
        (claimed,) = one.claim_due(A_MONDAY, lease=HOUR, limit=9)
        assert keys(one.claim_outbox(A_MONDAY, lease=HOUR, limit=9)) == ["a"]
        (other,) = two.claim_due(A_MONDAY, lease=HOUR, limit=9)
        assert keys(two.claim_outbox(A_MONDAY, lease=HOUR, limit=9)) == ["a"]
        assert one.next_due() == two.next_due() == A_MONDAY + HOUR
        one.release([claimed])
        assert one.next_due() == A_MONDAY
        assert not two.claim_due(A_MONDAY, lease=HOUR, limit=9)
        with two.begin() as unit:
            unit.finish_timer(other)
        assert two.next_due() is None
        assert len(one.claim_due(A_MONDAY, lease=HOUR, limit=9)) == 1
        one.settle("a", None)
        assert keys(two.claim_outbox(A_MONDAY + HOUR, lease=LEASE, limit=9)) == ["a"]

    def test_a_conflict_is_one_of_the_same_tenant(self, store: Store) -> None:
        one, two = store.of_tenant("one"), store.of_tenant("two")
        lived(one)
        saved(two)
        recorded(two, said())
        same_number = incident_kind().log(TicketId("another"), "INC-2", Occasion(AN_AGENT, A_MONDAY))
        with two.begin() as unit:
            save(unit, same_number, expected=0)
        assert two.find_ticket("INC-2").ticket == same_number.ticket
        assert one.find_ticket("INC-2").ticket != same_number.ticket
        with pytest.raises(ConflictError), two.begin() as unit:
            unit.record([said(sequence=2, there=False)], after=newest(two) + 1)
        _comment(two)
        with pytest.raises(ConflictError), one.begin() as unit:
            incident = unit.ticket(_FIRST).ticket
            assert isinstance(incident, Incident)
            save(unit, commented(incident), expected=1)
        ann = kept(two, "ann")
        with two.begin() as unit:
            rewritten(unit, rewritten(unit, ann), name="Anna")
        with pytest.raises(ConflictError), one.begin() as unit:
            rewritten(unit, evolve(ann, version=3))

    def test_the_end_of_a_page_says_nothing_of_another_tenant(self, store: Store) -> None:
        one, two = store.of_tenant("one"), store.of_tenant("two")
        for n in range(3):
            saved(one, f"INC-{n}")
            saved(two, f"CASE-{n}")
        query = TicketQuery(order_by=[Order("opened_at")], limit=1)
        after = one.find(query).next
        found = two.find(evolve(query, limit=9, after=after)).tickets
        assert found
        assert all(stored.ticket.number.startswith("CASE") for stored in found)


def _told(store: Store) -> dict[str, object]:
    """Return what a store tells when every question is asked of it."""
    query = TicketQuery(order_by=["title"])
    with store.begin() as unit:
        remembered = unit.remembered("form 17")
        told = {
            "ticket": unit.ticket(_FIRST).ticket.title,
            "history": len(unit.history(_FIRST)),
            "configuration history": [e.reason for e in unit.configuration_history(said().record.key)],
            "remembered": remembered and remembered.answer["answer"],
            "record": unit.record_of("person", "ann").document["name"],
            "record history": [each.data.get("name") for each in unit.record_history("person", "ann")],
        }
    claimed = store.claim_due(_LATER, lease=LEASE, limit=9)
    entries = store.claim_outbox(_LATER, lease=LEASE, limit=9)
    return {
        **told,
        "events": [each.event.sequence for each in store.events(after=0, limit=9)],
        "configuration": [each.event.reason for each in store.configuration_events(after=0, limit=9)],
        "records": [each.document["name"] for each in store.records("person", limit=9)],
        "record events": [dict(each.event.data) for each in store.record_events(after=0, limit=9)],
        "staging": (store.staging().area, store.staging().version),
        "cursor": store.cursor("reader"),
        "find_ticket": store.find_ticket("INC-1").ticket.title,
        "find": [stored.ticket.title for stored in store.find(query).tickets],
        "count": store.count(ALWAYS),
        "count of others": store.count(equals("title", "first a")) + store.count(equals("title", "first b")),
        "tickets": [stored.ticket.title for stored in store.tickets()],
        "timers": [each.timer.name for each in claimed],
        "outbox": [each.notification.body for each in entries],
        "parked": [each.parked for each in store.parked()],
        "heads": [(head.record, head.sequence) for head in store.heads().heads],
        "checkpoints": [each.records for each in store.checkpoints()],
    }


def _expected(mark: str) -> dict[str, object]:
    """Return what a store tells in which somebody has `lived`."""
    return {
        "ticket": f"first {mark}",
        "history": 2,
        "configuration history": ["", mark],
        "remembered": mark,
        "record": f"Anna {mark}",
        "record history": [f"Ann {mark}", f"Anna {mark}"],
        "events": [1, 1, 2],
        "configuration": ["", mark],
        "records": [f"Anna {mark}"],
        "record events": [{"name": f"Ann {mark}"}, {"text": mark}, {"name": f"Anna {mark}"}, {}],
        "staging": (staged(mark), 1),
        "cursor": 2,
        "find_ticket": f"first {mark}",
        "find": [f"first {mark}", f"second {mark}"],
        "count": 2,
        "count of others": 1,
        "tickets": [f"first {mark}", f"second {mark}"],
        "timers": ["resolve", "respond"],
        "outbox": [f"waiting {mark}", f"to retry {mark}"],
        "parked": [f"given up {mark}"],
        "heads": [
            ('configuration/["item",["host-1"]]', 2),
            ('record/["article","vpn"]', 2),
            ('record/["person","ann"]', 2),
            ("ticket/ticket-INC-1", 2),
            ("ticket/ticket-INC-2", 1),
        ],
        "checkpoints": [5],
    }
