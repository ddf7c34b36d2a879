"""What a desk in a database keeps, verified and moved; and what is done to its rows behind its back."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import create_engine

from itsmkit.cmdb import CIId, ConfigurationItem, SourceRecord
from itsmkit.desk import Desk, InMemoryStore, ManualClock
from itsmkit.plugin.verification import FindingKind
from itsmkit.testing import A_MONDAY, AN_AGENT
from itsmkit_sql import SQLStore


@pytest.fixture(params=["sqlite_url", "postgresql_url"])
def url(request: pytest.FixtureRequest) -> str:
    """Return the URL of an empty database of each kind."""
    found: str = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def desk(url: str) -> Iterator[Desk]:
    """Return a desk in the database that has done something of everything."""
    clock = ManualClock(A_MONDAY)
    with Desk(store=SQLStore.open(url), clock=clock, random=Random(3)) as unbound:
        desk = unbound.acting_as(AN_AGENT)
        first = desk.incidents.log("No network", requester="bob")
        desk.tickets.comment(first.id, "Looking into it", public=True)
        clock.advance(timedelta(hours=1))
        desk.incidents.log("No mail, Ünïcode \u2028")
        desk.cmdb.put(ConfigurationItem(CIId("web"), "physical host", "Web"))
        desk.discovery.receive([SourceRecord("netbox", "1", "physical host", "n-1", {}, seen_at=A_MONDAY)])
        with desk.store.begin() as unit:
            unit.attach(b"a picture")
            unit.set_cursor("reports", 2)
        yield desk


def done(url: str, statement: str) -> None:
    """Do something to the database that the desk does not know of."""
    engine = create_engine(url)
    with engine.begin() as connection:
        assert connection.exec_driver_sql(statement).rowcount > 0
    engine.dispose()


def test_what_a_desk_in_a_database_keeps_is_whole_and_sealed(desk: Desk) -> None:
    anchor = desk.audit.checkpoint()
    desk.incidents.log("No printer")
    found = desk.audit.verify([anchor])
    assert found.findings == ()
    assert found.sealed_to == anchor.checkpoint.position == found.end - 1


def test_it_moves_to_memory_and_back_without_loss(
    desk: Desk, url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    anchor = desk.audit.checkpoint()
    memory = InMemoryStore()
    memory.load(desk.store.dump())
    assert [*memory.dump()] == [*desk.store.dump()]
    file = tmp_path_factory.mktemp("back") / "desk.db"
    with Desk(store=SQLStore.open(f"sqlite:///{file}")) as back:
        back.store.load(memory.dump())
        assert [*back.store.dump()] == [*desk.store.dump()]
        assert back.audit.verify([anchor]).is_intact


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        (
            "UPDATE itsmkit_ticket_events SET personal = replace(personal, 'Looking into it', 'Ignoring it')",
            FindingKind.CHANGED,
        ),
        (
            "UPDATE itsmkit_tickets SET document = replace(document, 'No network', 'Network')",
            FindingKind.DIFFERING,
        ),
        ("DELETE FROM itsmkit_ticket_events WHERE sequence = 2", FindingKind.MISSING),
        ("DELETE FROM itsmkit_configuration_events", FindingKind.BROKEN_SEAL),
        ("UPDATE itsmkit_number_series SET last = 1", FindingKind.SERIES_BEHIND),
        (
            "UPDATE itsmkit_checkpoints SET document = replace(document, '\"records\":4', '\"records\":5')",
            FindingKind.BROKEN_SEAL,
        ),
    ],
)
def test_what_was_done_to_its_rows_is_found(desk: Desk, url: str, statement: str, kind: FindingKind) -> None:
    anchor = desk.audit.checkpoint()
    done(url, statement)
    assert kind in desk.audit.verify([anchor]).counts
