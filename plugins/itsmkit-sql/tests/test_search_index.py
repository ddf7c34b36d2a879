"""The search index keeps its contract in both databases, and is a cache in them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.pool import NullPool

from itsmkit.desk import Desk
from itsmkit.search import SearchDocument, SearchQuery
from itsmkit.testing.contracts import SearchIndexContract
from itsmkit.tickets import Actor
from itsmkit_sql import SQLStore
from itsmkit_sql._search_tables import PREFIX
from itsmkit_sql._url import address_of
from itsmkit_sql.errors import DatabaseError
from itsmkit_sql.maintenance import SQLMaintenance
from itsmkit_sql.search_index import SQLSearchIndex


class TestOnSQLite(SearchIndexContract):
    @pytest.fixture
    def index(self, sqlite_url: str) -> Iterator[SQLSearchIndex]:
        store = SQLStore.open(sqlite_url)
        yield store.search_index()
        store.close()


class TestOnPostgreSQL(SearchIndexContract):
    @pytest.fixture
    def index(self, postgresql_url: str) -> Iterator[SQLSearchIndex]:
        store = SQLStore.open(postgresql_url)
        yield store.search_index()
        store.close()


AN_AGENT = Actor("ann")


def tables(url: str) -> set[str]:
    engine = create_engine(url, poolclass=NullPool)
    return {each for each in inspect(engine).get_table_names() if each.startswith(PREFIX)}


def changed(url: str, statement: str) -> None:
    with create_engine(url, poolclass=NullPool).begin() as connection:
        connection.execute(text(statement))


def test_nothing_is_made_before_somebody_searches(url: str) -> None:
    with Desk(store=SQLStore.open(url)) as desk:
        desk.incidents.log("No network", by=AN_AGENT)
        desk.search.refresh()
        assert tables(url) == set()
        assert desk.store.search_index().labels("tickets") == ()  # type: ignore[attr-defined]  # it is an SQLStore
        desk.store.search_index().clear("tickets")  # type: ignore[attr-defined]  # as above
        assert tables(url) == set()
        assert [each.ticket.number for each in desk.search.tickets("network")] == ["INC-1"]
        assert f"{PREFIX}documents" in tables(url)


def test_what_one_process_has_fed_is_found_by_another(url: str) -> None:
    with Desk(store=SQLStore.open(url)) as one, Desk(store=SQLStore.open(url)) as other:
        one.incidents.log("No network", by=AN_AGENT)
        assert len(one.search.tickets("network")) == 1
        other.incidents.log("No network again", by=AN_AGENT)
        assert len(other.search.tickets("network")) == 2
        assert len(one.search.tickets("network")) == 2


@pytest.mark.parametrize(
    "damage", ["DELETE FROM itsmkit_search_form", "UPDATE itsmkit_search_form SET form = 0"]
)
def test_tables_of_another_form_are_made_anew(url: str, damage: str) -> None:
    with Desk(store=SQLStore.open(url)) as desk:
        desk.incidents.log("No network", by=AN_AGENT)
        desk.search.tickets("network")
    changed(url, damage)
    with Desk(store=SQLStore.open(url)) as desk:
        assert len(desk.search.tickets("network")) == 1


def test_two_who_search_first_at_the_same_time_make_one_index(url: str) -> None:
    store, other = SQLStore.open(url), SQLStore.open(url)
    indexes = [store.search_index(), other.search_index()]
    barrier = Barrier(2)

    def feed(index: SQLSearchIndex) -> bool:
        barrier.wait()
        return index.feed("articles", put=[SearchDocument("a", {"title": "VPN"})], before=None, mark="1")

    with ThreadPoolExecutor(2) as pool:
        done = sorted(pool.map(feed, indexes))
    assert done == [False, True]
    assert [hit.id for hit in indexes[0].search("articles", SearchQuery("vpn"))] == ["a"]
    store.close()
    other.close()


def test_an_index_that_is_dropped_is_fed_anew(url: str) -> None:
    with Desk(store=SQLStore.open(url)) as desk:
        desk.incidents.log("No network", by=AN_AGENT)
        desk.search.tickets("network")
        desk.search.rebuild()
        assert len(desk.search.tickets("network")) == 1


def test_a_host_that_takes_back_what_was_written_leaves_nothing_in_the_index(url: str) -> None:
    SQLStore.open(url).close()
    engine = create_engine(url)
    with engine.connect() as connection:
        desk = Desk(store=SQLStore.on(connection)).acting_as(AN_AGENT)
        desk.incidents.log("No network")
        assert len(desk.search.tickets("network")) == 1
        connection.rollback()
    engine.dispose()
    assert tables(url) == set()
    with Desk(store=SQLStore.open(url)) as desk:
        assert desk.search.tickets("network") == ()


def test_a_failure_while_feeding_leaves_what_there_was(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = SQLStore.open(url)
    index = store.search_index()
    index.feed("articles", put=[SearchDocument("a", {"title": "VPN"})], before=None, mark="1")

    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(SQLSearchIndex, "_count", fail)
    with pytest.raises(RuntimeError):
        index.feed("articles", put=[SearchDocument("a", {"title": "Printer"})], before="1", mark="2")
    monkeypatch.undo()
    assert index.mark("articles") == "1"
    assert [hit.id for hit in index.search("articles", SearchQuery("vpn"))] == ["a"]
    assert index.search("articles", SearchQuery("printer")) == ()
    store.close()


def test_a_database_without_text_search_says_so(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = SQLStore.open(sqlite_url)
    index = store.search_index()
    monkeypatch.setattr(
        index._finder, "making", ("CREATE VIRTUAL TABLE x USING fts5_that_is_not_there(y)",), raising=False
    )
    with pytest.raises(DatabaseError, match="InMemorySearchIndex"):
        index.feed("articles", before=None, mark="1")
    monkeypatch.setattr(index._finder, "making", ("CREATE NONSENSE",), raising=False)
    with pytest.raises(DatabaseError) as other:
        index.feed("articles", before=None, mark="1")
    assert "InMemorySearchIndex" not in str(other.value)
    store.close()


def test_frequent_words_are_looked_for_only_if_there_is_need(url: str) -> None:
    store = SQLStore.open(url)
    index = store.search_index()
    documents = [
        SearchDocument(f"a-{number:04}", {"title": "the usual", "body": "rare" if number < 3 else "the"})
        for number in range(1_300)
    ]
    for start in (0, 650):
        index.feed(
            "articles", put=documents[start : start + 650], before=index.mark("articles"), mark=str(start)
        )
    few = index.search("articles", SearchQuery("the usual rare", limit=3))
    assert [hit.id for hit in few] == ["a-0000", "a-0001", "a-0002"]
    assert len(index.search("articles", SearchQuery("the usual rare", limit=50))) == 50
    strict = index.search("articles", SearchQuery("the usual rare", limit=50, at_least=0.9))
    assert {hit.id for hit in strict} == {"a-0000", "a-0001", "a-0002"}
    store.close()


def test_a_backup_is_put_back_into_a_database_that_only_has_an_index(sqlite_url: str, tmp_path: Path) -> None:
    store = SQLStore.open(sqlite_url)
    store.search_index().feed("articles", put=[SearchDocument("a", {"title": "VPN"})], before=None, mark="1")
    store.close()
    upkeep = SQLMaintenance(address_of(sqlite_url))
    backup = tmp_path / "desk.backup"
    upkeep.backup(backup)
    upkeep.restore(backup)
