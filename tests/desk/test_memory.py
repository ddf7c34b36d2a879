"""The in-memory adapters keep their contracts; here stands what only they promise."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.cmdb import CIId
from itsmkit.cmdb.reconciliation import StagingArea
from itsmkit.desk import InMemoryNotifier, InMemoryStore
from itsmkit.errors import ConflictError
from itsmkit.plugin import RowKind, StoredTicket, StoreNotEmptyError, StoreRow, Timer
from itsmkit.plugin.documents import DOCUMENTS, Documents
from itsmkit.testing import A_MONDAY, a_notification, an_incident_logged
from itsmkit.testing.contracts import (
    HOUR,
    LEASE,
    DumpContract,
    NotifierContract,
    StorageContract,
    commented,
    done,
    entry,
    lived,
    recorded,
    said,
    save,
    saved,
)
from itsmkit.testing.stored_values import staging_areas


@pytest.mark.usefixtures("busy_threads")
class TestInMemoryStore(StorageContract):
    @pytest.fixture
    def store(self) -> InMemoryStore:
        return InMemoryStore()


class TestDumpsOfTwoStores(DumpContract):
    @pytest.fixture
    def store(self) -> InMemoryStore:
        return InMemoryStore()

    @pytest.fixture
    def other_store(self) -> InMemoryStore:
        return InMemoryStore()


class TestInMemoryNotifier(NotifierContract):
    @pytest.fixture
    def notifier(self) -> InMemoryNotifier:
        return InMemoryNotifier()


def test_a_notification_that_comes_again_is_kept_once() -> None:
    notifier = InMemoryNotifier()
    sent = [a_notification("a"), a_notification("b"), a_notification("a", body="again")]
    assert [notifier.itsmkit_deliver(each).key for each in sent] == ["a", "b", "a"]
    assert notifier.delivered == sent[:2]


def test_what_was_delivered_is_handed_out_as_a_copy() -> None:
    notifier = InMemoryNotifier()
    notifier.delivered.append(a_notification())
    assert notifier.delivered == []


def test_nothing_is_saved_before_the_unit_of_work_is_left() -> None:
    store, decision = InMemoryStore(), an_incident_logged()
    with store.begin() as unit:
        unit.save(StoredTicket(decision.ticket), decision.events, expected=0)
        assert not store.tickets()
        assert not store.events(after=0, limit=1)
    assert [stored.ticket for stored in store.tickets()] == [decision.ticket]


def test_two_tickets_of_one_unit_cannot_share_a_number() -> None:
    store = InMemoryStore()
    first, second = an_incident_logged("INC-1"), an_incident_logged("INC-2")
    with pytest.raises(ConflictError, match="ticket number INC-1"), store.begin() as unit:  # noqa: PT012  # one unit
        unit.save(StoredTicket(first.ticket), first.events, expected=0)
        unit.save(StoredTicket(evolve(second.ticket, number="INC-1")), second.events, expected=0)
    assert not store.tickets()


def test_a_timer_can_be_finished_once() -> None:
    store = InMemoryStore()
    incident = saved(store)
    with store.begin() as unit:
        unit.set_timer(Timer(incident.id, "resolve", A_MONDAY))
    (claimed,) = store.claim_due(A_MONDAY, lease=LEASE, limit=1)
    with store.begin() as unit:
        unit.finish_timer(claimed)
        unit.finish_timer(claimed)
    assert store.next_due() is None
    with pytest.raises(ConflictError, match="cannot save timer ticket-INC-1/resolve"), store.begin() as unit:
        unit.finish_timer(claimed)


def test_a_claim_that_is_taken_over_while_its_unit_runs_is_lost() -> None:
    store = InMemoryStore()
    incident = saved(store)
    with store.begin() as unit:
        unit.set_timer(Timer(incident.id, "resolve", A_MONDAY))
    (claimed,) = store.claim_due(A_MONDAY, lease=LEASE, limit=1)
    with pytest.raises(ConflictError), store.begin() as unit:  # noqa: PT012  # one unit
        unit.finish_timer(claimed)
        assert store.claim_due(A_MONDAY + LEASE, lease=LEASE, limit=1)
    assert store.next_due() == A_MONDAY + 2 * LEASE


def test_timers_of_one_instant_are_claimed_in_the_order_of_their_setting() -> None:
    store = InMemoryStore()
    incident = saved(store)
    names = ["c", "a", "b"]
    with store.begin() as unit:
        for name in names:
            unit.set_timer(Timer(incident.id, name, A_MONDAY))
    claimed = store.claim_due(A_MONDAY + HOUR, lease=LEASE, limit=10)
    assert [each.timer.name for each in claimed] == names


def test_an_undone_unit_leaves_a_gap_in_the_numbers() -> None:
    store = InMemoryStore()
    with pytest.raises(KeyError), store.begin() as unit:  # noqa: PT012  # one unit
        assert unit.next_number("incident") == 1
        raise KeyError
    with store.begin() as unit:
        assert unit.next_number("incident") == 2


# -- documents as they were written --------------------------------------------------------------------


def _older(document: dict[str, Any]) -> dict[str, Any]:
    return {**document, "schema": 1}


def test_what_was_loaded_keeps_its_documents_until_it_changes() -> None:
    """An older release has written everything; this one has a newer schema of all that it rewrites."""
    newer = Documents(
        [evolve(each, upgrades=(*each.upgrades, _older)) for each in DOCUMENTS.types],
        forms=DOCUMENTS._forms,
        values=DOCUMENTS._value_forms,
    )
    written = InMemoryStore()
    lived(written)
    rows = list(written.dump())
    store = InMemoryStore(documents=newer)
    store.load(rows)
    assert list(store.dump()) == rows
    assert store.heads() == written.heads()
    assert store.of_tenant("other").tenant == "other"

    incident = commented(store.find_ticket("INC-1").ticket)  # type: ignore[arg-type]  # it is an incident
    area = store.staging().area
    with store.begin() as unit:
        save(unit, incident, expected=2)
        unit.set_timer(Timer(incident.ticket.id, "resolve", A_MONDAY))
        unit.set_cursor("reader", 2)
        unit.remember(done("form 18"))
        unit.save_staging(area.without_lock(CIId("host-1"), "memory"), expected=1)
    store.settle("waiting", evolve(entry("waiting"), attempts=1))
    recorded(store, said(sequence=3))

    def schemas(kind: RowKind) -> list[int]:
        of_kind = [row.data for row in store.dump() if row.kind is kind]
        parts = [part for data in of_kind for part in data.values() if isinstance(part, dict)]
        return [part["schema"] for part in parts if "schema" in part]

    assert schemas(RowKind.TICKET) == [2, 1]
    assert schemas(RowKind.EVENT) == [2, 2, 2, 3]
    assert schemas(RowKind.CONFIGURATION) == [1, 1, 2]
    assert schemas(RowKind.STAGED) == [1, 1, 1, 1]
    assert schemas(RowKind.TIMER) == [3, 2]
    assert schemas(RowKind.OUTBOX) == [2, 1, 1]
    assert schemas(RowKind.CURSOR) == [2]
    assert schemas(RowKind.REMEMBERED) == [1, 2]
    assert schemas(RowKind.CHECKPOINT) == [1]

    with store.begin() as unit:
        unit.save_staging(area, expected=2)
    assert schemas(RowKind.STAGED) == [1, 1, 1, 2, 1]
    again = InMemoryStore(documents=newer)
    again.load(store.dump())
    assert list(again.dump()) == list(store.dump())
    assert again.heads() == store.heads()


def test_whoever_waits_is_told_of_work_that_has_come_before() -> None:
    store = InMemoryStore()
    with ThreadPoolExecutor(1) as pool:  # one thread, which has waited before it waits again
        for tenant in (store.tenant, "other"):
            with store.of_tenant(tenant).begin() as unit:
                unit.enqueue(entry("a"))
            waiting = pool.submit(store.wait, timedelta(seconds=40))
            assert wait([waiting], timeout=20).done


def test_who_comes_first_is_not_overwritten_by_a_dump() -> None:
    store = InMemoryStore()

    def rows() -> Iterator[StoreRow]:
        saved(store)
        yield from ()

    with pytest.raises(StoreNotEmptyError):
        store.load(rows())
    assert len(store.tickets()) == 1


@settings(max_examples=30)
@given(staging_areas(), st.integers(0, 12))
def test_every_staging_area_can_be_dumped_and_loaded(area: StagingArea, others: int) -> None:
    for record in [*area.records.values()][:1]:
        area = area.with_records([evolve(record, name=f"another {n}") for n in range(others)])
    store = InMemoryStore()
    with store.begin() as unit:
        unit.save_staging(area, expected=0)
    other = store.of_tenant("other")
    other.load(store.dump())
    assert other.staging() == store.staging()
    assert list(other.dump()) == list(store.dump())
