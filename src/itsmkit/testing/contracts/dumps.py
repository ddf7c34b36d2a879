"""Dumps: all that is kept as rows, and rows as what is kept."""

import base64
import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest

from itsmkit.cmdb import CIId
from itsmkit.errors import DefinitionError
from itsmkit.plugin import RowKind, Store, StoreNotEmptyError, StoreRow
from itsmkit.plugin.documents import canonical_bytes
from itsmkit.practices import Incident
from itsmkit.testing.builders import A_MONDAY
from itsmkit.testing.contracts.integrity import chained
from itsmkit.testing.contracts.steps import (
    HOUR,
    LEASE,
    commented,
    entry,
    kept,
    keys,
    lived,
    recorded,
    rewritten,
    said,
    save,
    saved,
)
from itsmkit.testing.contracts.wrong_dumps import WRONG_DUMPS, Rows
from itsmkit.tickets import TicketId

__all__ = ["DumpContract"]


class DumpContract:
    """What one store dumps, another keeps."""

    def test_a_new_store_has_nothing_to_dump(self, store: Store, other_store: Store) -> None:
        assert list(store.dump()) == []
        other_store.load(iter(()))
        assert list(other_store.dump()) == []
        assert other_store.tenant not in other_store.tenants()

    def test_a_dump_holds_all_that_is_kept_in_order(self, store: Store) -> None:
        lived(store)
        rows = list(store.dump())
        assert [row.kind for row in rows] == [
            *2 * [RowKind.TICKET],
            *3 * [RowKind.EVENT],
            *2 * [RowKind.CONFIGURATION],
            *2 * [RowKind.RECORD],
            *4 * [RowKind.RECORD_EVENT],
            RowKind.STAGING_VERSION,
            *5 * [RowKind.STAGED],
            RowKind.SERIES,
            *2 * [RowKind.TIMER],
            *4 * [RowKind.OUTBOX],
            RowKind.CURSOR,
            RowKind.REMEMBERED,
            RowKind.ATTACHMENT,
            RowKind.CHECKPOINT,
        ]
        assert _of(rows, RowKind.SERIES) == [{"series": "incident", "last": 2}]
        states = [(data["key"], data["state"], data["entry"] is None) for data in _of(rows, RowKind.OUTBOX)]
        assert states == [
            ("waiting", "waiting", False),
            ("parked", "parked", False),
            ("delivered", "delivered", True),
            ("to retry", "waiting", False),
        ]
        (attachment,) = _of(rows, RowKind.ATTACHMENT)
        assert base64.b64decode(attachment["content"]) == b"content a"
        assert all(canonical_bytes(row.data) for row in rows)

    def test_what_was_dumped_can_be_loaded(self, store: Store, other_store: Store) -> None:
        lived(store)
        rows = list(store.dump())
        other_store.load(iter(rows))
        assert list(other_store.dump()) == rows
        assert list(store.dump()) == rows
        assert other_store.heads() == store.heads() == chained(other_store)
        assert other_store.tickets() == store.tickets()
        assert list(other_store.events(after=0, limit=99)) == list(store.events(after=0, limit=99))
        for kind in ("person", "article"):
            assert list(other_store.records(kind, limit=9)) == list(store.records(kind, limit=9))
        assert list(other_store.record_events(after=0, limit=9)) == list(
            store.record_events(after=0, limit=9)
        )
        assert other_store.staging() == store.staging()
        assert list(other_store.parked()) == list(store.parked())
        assert list(other_store.checkpoints()) == list(store.checkpoints())
        assert other_store.cursor("reader") == store.cursor("reader")
        assert other_store.attachment(sha256(b"content a").hexdigest()) == b"content a"

    def test_claims_are_no_part_of_a_dump(self, store: Store, other_store: Store) -> None:
        lived(store)
        store.claim_due(A_MONDAY + HOUR, lease=9 * HOUR, limit=9)
        store.claim_outbox(A_MONDAY + HOUR, lease=9 * HOUR, limit=9)
        other_store.load(store.dump())
        assert other_store.next_due() == A_MONDAY
        claimed = other_store.claim_due(A_MONDAY + HOUR, lease=LEASE, limit=9)
        assert [each.timer.name for each in claimed] == ["resolve", "respond"]
        with other_store.begin() as unit:
            unit.finish_timer(claimed[0])
        assert keys(other_store.claim_outbox(A_MONDAY, lease=LEASE, limit=9)) == ["waiting"]
        again = other_store.claim_outbox(A_MONDAY + HOUR, lease=LEASE, limit=9)
        assert keys(again) == ["waiting", "to retry"]

    def test_life_goes_on_where_it_was_left(self, store: Store, other_store: Store) -> None:
        lived(store)
        other_store.load(store.dump())
        before = other_store.heads()
        with other_store.begin() as unit:
            incident = unit.ticket(TicketId("ticket-INC-1")).ticket
            assert isinstance(incident, Incident)
            save(unit, commented(incident, "and so on"), expected=2)
            assert unit.next_number("incident") == 3
            assert unit.remembered("form 17") is not None
            rewritten(unit, unit.record_of("person", "ann"), name="Annabel")
            rewritten(unit, unit.record_of("article", "vpn"), text="again")
            unit.enqueue(entry("delivered"))
            unit.save_staging(other_store.staging().area.without_lock(CIId("host-1"), "memory"), expected=1)
        recorded(other_store, said(sequence=3))
        kept(other_store, "bob")
        saved(other_store, "INC-3")
        assert other_store.heads() == chained(other_store)
        assert other_store.heads().position > before.position
        positions = [each.position for each in other_store.events(after=before.position, limit=9)]
        assert len(positions) == 2
        assert "delivered" not in keys(other_store.claim_outbox(A_MONDAY + HOUR, lease=LEASE, limit=9))
        rows = list(other_store.dump())
        assert rows != list(store.dump())
        third = store.of_tenant("third")
        third.load(rows)
        assert list(third.dump()) == rows

    def test_a_dump_is_of_one_moment(self, store: Store) -> None:
        lived(store)
        before = list(store.dump())
        rows = store.dump()
        seen = [next(rows)]
        saved(store, "INC-3")
        recorded(store, said("host-2"))
        kept(store, "bob")
        store.settle("waiting", None)
        seen += rows
        assert seen == before

    def test_a_store_that_has_anything_loads_nothing(self, store: Store, other_store: Store) -> None:
        lived(store)
        saved(other_store)
        before = list(other_store.dump())
        with pytest.raises(StoreNotEmptyError, match=f"tenant '{other_store.tenant}' is not empty"):
            other_store.load(store.dump())
        assert list(other_store.dump()) == before

    @pytest.mark.parametrize(("wrong", "row", "problem"), WRONG_DUMPS)
    def test_what_does_not_fit_is_refused_and_nothing_is_kept(
        self, store: Store, other_store: Store, wrong: Callable[[Rows], object], row: int, problem: str
    ) -> None:
        lived(store)
        rows: Rows = [StoreRow(each.kind, json.loads(json.dumps(each.data))) for each in store.dump()]
        wrong(rows)
        with pytest.raises(DefinitionError, match=rf"^row {row}: .*{problem}"):
            other_store.load(iter(rows))
        assert list(other_store.dump()) == []
        assert other_store.next_due() is None
        assert other_store.tenant not in other_store.tenants()


def _of(rows: Rows, kind: RowKind) -> list[Any]:
    return [row.data for row in rows if row.kind is kind]
