"""Records in a database: many at once, and who was faster is named."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

import pytest
from attrs import evolve
from sqlalchemy import Engine, event

from itsmkit.conditions import equals
from itsmkit.errors import ConflictError
from itsmkit.plugin import Record, Store, UnitOfWork
from itsmkit.testing.contracts import happened, kept, rewritten
from itsmkit_sql import SQLStore

MANY = 1_100
"""More than one statement asks for."""


@pytest.fixture
def store(url: str) -> Iterator[SQLStore]:
    with closing(SQLStore.open(url)) as store:
        yield store


def people(count: int = MANY) -> list[Record]:
    return [Record("person", f"p-{number:04}", 1, {"n": number}) for number in range(count)]


def hire(unit: UnitOfWork, new: Sequence[Record]) -> None:
    for each in new:
        unit.save_record(each, [happened(each, 1)], expected=0)


def pages(store: Store, limit: int, **asked: Any) -> Iterator[Record]:
    after = ""
    while page := store.records("person", after=after, limit=limit, **asked):
        yield from page
        after = page[-1].id


def test_many_are_saved_and_changed_in_one_unit(store: SQLStore) -> None:
    new = people()
    with store.begin() as unit:
        hire(unit, reversed(new))
    assert [*pages(store, 400)] == new
    with store.begin() as unit:
        changed = [rewritten(unit, each, n=-1) for each in reversed(new)]
    assert [*pages(store, 400)] == [*reversed(changed)]
    assert len(store.record_events(after=0, limit=9 * MANY)) == 2 * MANY
    assert {head.sequence for head in store.heads().heads} == {2}


def test_a_condition_is_asked_of_as_many_as_it_takes(store: SQLStore) -> None:
    new = people()
    with store.begin() as unit:
        hire(unit, new)
    last = equals("n", MANY - 1)
    assert list(store.records("person", where=last, limit=9)) == [new[-1]]
    assert list(store.records("person", where=last, after=new[-2].id, limit=1)) == [new[-1]]
    assert list(store.records("person", where=last, after=new[-1].id, limit=1)) == []


def test_of_many_that_are_changed_the_one_is_named_that_was_changed_meanwhile(store: SQLStore) -> None:
    new = people(5)
    with store.begin() as unit:
        hire(unit, new)
    outer = store.begin()
    unit = outer.__enter__()
    for each in new:
        rewritten(unit, unit.record_of("person", each.id), n=-1)
    with store.begin() as inner:
        rewritten(inner, new[3], n=7)
    with pytest.raises(ConflictError, match="person p-0003 at version 1: it is stored at version 2"):
        outer.__exit__(None, None, None)
    assert [each.document["n"] for each in store.records("person", limit=9)] == [0, 1, 2, 7, 4]
    assert len(store.record_events(after=0, limit=99)) == 6


def test_one_that_was_changed_meanwhile_is_named(store: SQLStore) -> None:
    ann = kept(store, "ann")
    outer = store.begin()
    unit = outer.__enter__()
    rewritten(unit, ann, n=1)
    with store.begin() as inner:
        rewritten(inner, ann, n=2)
    with pytest.raises(ConflictError, match="person ann at version 1: it is stored at version 2"):
        outer.__exit__(None, None, None)


@pytest.mark.parametrize("number", [7, 3], ids=["another", "the very same"])
def test_of_many_new_ones_the_one_is_named_that_is_there(store: SQLStore, number: int) -> None:
    new = people(5)
    with store.begin() as unit:
        hire(unit, [evolve(new[3], document={"n": number})])
    told = r"person p-000\d at version 0: it is stored at version 1"
    with pytest.raises(ConflictError, match=told), store.begin() as unit:
        hire(unit, new)
    assert [each.document["n"] for each in store.records("person", limit=9)] == [number]
    assert len(store.record_events(after=0, limit=99)) == 1


def test_what_was_read_is_not_read_again_to_be_saved(store: SQLStore) -> None:
    kept(store, "ann")
    statements: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_details: object) -> None:
        statements.append(statement)

    context = store.begin()
    unit = context.__enter__()
    found = unit.record_of("person", "ann")
    event.listen(Engine, "before_cursor_execute", listen)
    try:
        second = rewritten(unit, found, n=2)
        assert unit.record_of("person", "ann") == second
        assert statements == []
        context.__exit__(None, None, None)
    finally:
        event.remove(Engine, "before_cursor_execute", listen)
    written = [each.split()[0] for each in statements if "itsmkit_record" in each]
    assert written == ["UPDATE", "INSERT"]
