"""A whole desk on a database does what one in memory does, and outlives its process."""

from contextlib import closing
from random import Random

import pytest

from itsmkit.desk import Desk, InMemoryNotifier, InMemoryStore, ManualClock, Relived, relive
from itsmkit.plugin import Store
from itsmkit.simulate import SimulatedMonth, month
from itsmkit_sql import SQLStore


@pytest.fixture(scope="module")
def march() -> SimulatedMonth:
    return month(incidents=60)


def live(march: SimulatedMonth, store: Store) -> tuple[Desk, Relived, list[str]]:
    """Relive a month on *store*; return what was delivered by its keys, too."""
    notifier, clock = InMemoryNotifier(), ManualClock(march.begins_at)
    desk = Desk(march.config, store=store, plugins=[notifier], clock=clock, random=Random(1))
    lived = relive(desk, clock, march.entries)
    return desk, lived, [each.key for each in notifier.delivered]


def test_a_month_relived_in_a_database_is_that_in_memory(march: SimulatedMonth, url: str) -> None:
    memory, lived, delivered = live(march, InMemoryStore())
    fast = f"{url}?synchronous=normal" if url.startswith("sqlite") else url
    with closing(SQLStore.open(fast)) as store:
        desk, lived_here, delivered_here = live(march, store)
        assert lived_here == lived
        assert lived.checkpoints > 40
        assert delivered_here == delivered
        assert list(desk.events(limit=10_000)) == list(memory.events(limit=10_000))
        assert list(desk.tickets) == list(memory.tickets)
        assert desk.next_due() == memory.next_due()
        assert desk.report() == memory.report()
    # What is read again, with nothing that the process had computed, says the same.
    with closing(SQLStore.open(url)) as store:
        again = Desk(march.config, store=store, clock=memory.clock, random=Random(2))
        assert list(again.tickets) == list(memory.tickets)
        assert [again.tickets.history(each.id) for each in again.tickets] == [
            memory.tickets.history(each.id) for each in memory.tickets
        ]
        assert again.report() == memory.report()
        assert again.next_due() == memory.next_due()
