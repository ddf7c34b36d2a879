"""Many tenants in one database: whose rows a statement is about stands in each of them."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from itsmkit.cmdb import CIId, ConfigurationItem, SourceRecord
from itsmkit.conditions import equals
from itsmkit.desk import Desk, DeskConfig, ManualClock
from itsmkit.plugin import LedgerEntry, Record
from itsmkit.plugin.integrity import Checkpoint, root_of
from itsmkit.testing import A_MONDAY, AN_AGENT
from itsmkit.testing.contracts import LEASE, happened, rewritten, saved
from itsmkit_sql import SQLStore
from itsmkit_sql._schema import metadata, schema_version

TENANT = "acme"


@pytest.fixture
def store(url: str) -> Iterator[SQLStore]:
    with closing(SQLStore.open(url)) as store:
        yield store


class Log:
    """
    The statements of a store that touch tables of tenants, each with its parameters.

    Args:
        store: The store.
    """

    def __init__(self, store: SQLStore) -> None:
        self.statements: list[tuple[str, Any]] = []
        self._tables = [name for name in metadata.tables if name != schema_version.name]
        for engine in store._database._engines:
            event.listen(engine, "before_cursor_execute", self._note)

    def _note(self, _connection: object, _cursor: object, statement: str, given: Any, *_: object) -> None:
        if any(table in statement for table in self._tables):
            self.statements.append((statement, given))


def names_tenant(given: Any) -> bool:
    """Tell whether the tenant is among the parameters of a statement, or of each that is run at once."""
    if isinstance(given, list):
        return bool(given) and all(map(names_tenant, given))
    return TENANT in (given.values() if isinstance(given, dict) else given)


def work(store: SQLStore) -> None:
    """Let a desk and its store do all that they can."""
    clock = ManualClock(A_MONDAY)
    desk = Desk(DeskConfig.standard(), store=store, clock=clock).acting_as(AN_AGENT)
    first, second = (desk.incidents.log(title, impact="high", urgency="high") for title in ("One", "Two"))
    desk.tickets.comment(first.id, "looked at it")
    desk.cmdb.put(ConfigurationItem(CIId("web-1"), "host", "Web 1"))
    desk.discovery.receive([SourceRecord("scan", "7", "host", "Web 7", seen_at=A_MONDAY)])
    clock.advance(timedelta(hours=3))
    desk.run_due()
    desk.deliver()
    with store.begin() as unit:
        for each in (first, second):
            stored = unit.ticket(each.id)
            unit.save(stored, [], expected=stored.ticket.version)
        digest = unit.attach(b"a picture")
        unit.remember(LedgerEntry("key", "request", {}, A_MONDAY))
        unit.skip_numbers("incident", 99)
        unit.set_cursor("reader", 1)
        unit.clear_timer(first.id, "resolve")
        heads = store.heads()
        unit.save_checkpoint(Checkpoint(heads.position, A_MONDAY, len(heads.heads), root_of(heads.heads)))
        assert unit.remembered("other") is None
    new = [Record("person", each, 1, {"site": each}) for each in ("ann", "bob")]
    with store.begin() as unit:
        for each in new:
            unit.save_record(each, [happened(each, 1)], expected=0)
    with store.begin() as unit:
        for each in new:
            rewritten(unit, unit.record_of(each.kind, each.id), site="north")
        assert len(unit.record_history("person", "ann")) == 2
    assert len(store.records("person", where=equals("site", "north"), limit=9)) == 2
    assert len(store.records("person", limit=1)) == 1
    assert len(store.record_events(after=0, limit=9)) == 4
    store.release(store.claim_due(A_MONDAY + timedelta(days=900), lease=LEASE, limit=1))
    store.find_ticket(first.number)
    store.attachment(digest)
    store.cursor("reader")
    store.parked()
    store.checkpoints()
    store.forget(A_MONDAY)


def test_each_statement_names_the_tenant(store: SQLStore) -> None:
    acme = store.of_tenant(TENANT)
    log = Log(store)
    work(acme)
    rows = list(acme.dump())
    assert [told for told in log.statements if "tenant" not in told[0] or not names_tenant(told[1])] == []
    touched = {name for name in metadata.tables if any(name in told for told, _ in log.statements)}
    # Nothing personal is kept apart yet.
    assert touched == set(metadata.tables) - {schema_version.name}
    assert store.tenants() == [TENANT]
    assert list(store.dump()) == []
    assert len({row.kind for row in rows}) >= 10


def test_what_is_loaded_names_the_tenant(store: SQLStore) -> None:
    work(store)
    rows = list(store.dump())
    log = Log(store)
    store.of_tenant(TENANT).load(rows)
    assert [told for told in log.statements if "tenant" not in told[0] or not names_tenant(told[1])] == []
    assert list(store.of_tenant(TENANT).dump()) == rows
    assert store.tenants() == [TENANT, "default"]


def test_the_store_of_a_tenant_is_one_as_long_as_it_is_used(store: SQLStore) -> None:
    acme = store.of_tenant(TENANT)
    incident = saved(acme)
    again = store.of_tenant("other").of_tenant(TENANT)
    assert again is acme  # and so is what it keeps in the process
    assert again.find_ticket(incident.number).ticket is incident
    assert store.of_tenant("default") is store


@pytest.mark.parametrize("name", ["a\0b", "a\x01b", "a\x01\x01b", "Zoë 東", "a" * 2001])
def test_a_tenant_may_have_any_name(store: SQLStore, name: str) -> None:
    others = [store.of_tenant(other) for other in ("a\x01b", "ab", "a\x01\x02b") if other != name]
    for other in others:
        saved(other)
    saved(store.of_tenant(name), "INC-7")
    assert [each.ticket.number for each in store.of_tenant(name).tickets()] == ["INC-7"]
    assert store.tenants() == sorted([name, *(other.tenant for other in others)])
