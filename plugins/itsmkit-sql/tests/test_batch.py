"""A batch on a database leaves what one in memory does."""

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings

from itsmkit.desk import InMemoryStore
from itsmkit.errors import ConflictError
from itsmkit.testing.days import Act, Day, days, rows_in_any_position
from itsmkit_sql import SQLStore


@settings(max_examples=25)
@given(before=days(most=8), day=days(most=15, due=False, first=100), after=days(most=6, first=200))
def test_a_batch_in_a_file_leaves_what_the_same_commands_leave_in_memory(
    before: list[Act], day: list[Act], after: list[Act]
) -> None:
    plain = Day(InMemoryStore())
    expected = plain.spend(plain.desk, [*before, *day, *after])
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'desk.db'}?synchronous=normal"
        with closing(SQLStore.open(url)) as store:
            batched = Day(store)
            found = batched.spend(batched.desk, before)
            with batched.desk.batch() as batch:
                found += batched.spend(batch, day)
            found += batched.spend(batched.desk, after)
            assert found == expected
            assert rows_in_any_position(store) == rows_in_any_position(plain.desk.store)


def test_a_batch_that_meets_others_leaves_nothing(url: str) -> None:
    with closing(SQLStore.open(url)) as store, closing(SQLStore.open(url)) as another:
        one, other = Day(store), Day(another)
        first = one.desk.incidents.log("No network")
        before = list(store.dump())
        with pytest.raises(ConflictError, match=first.id), one.desk.batch() as batch:  # noqa: PT012  # undone
            for n in range(20):
                batch.incidents.log(f"Number {n}")
            batch.tickets.comment(first.id, "in the batch")
            later = other.desk.tickets.comment(first.id, "meanwhile")
        assert later.version == 2
        assert [ticket.version for ticket in one.desk.tickets] == [2]
        assert len(list(store.dump())) == len(before) + 1
