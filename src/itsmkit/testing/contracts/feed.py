"""The feed of all events of tickets, and the cursors of its readers."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from itsmkit.plugin import (
    PositionedEvent,
    Store,
)
from itsmkit.testing.contracts.steps import run_together, saved
from itsmkit.tickets import TicketEvent

__all__ = ["FeedContract"]


class FeedContract:
    """Every event of tickets is read in the order of the commits."""

    def test_the_feed_is_complete_whatever_the_size_of_its_pages(self, store: Store) -> None:
        for n in range(5):
            saved(store, f"INC-{n}")
        whole = list(store.events(after=0, limit=100))
        paged: list[PositionedEvent[TicketEvent]] = []
        position = 0
        while page := store.events(after=position, limit=2):
            paged += page
            position = page[-1].position
        assert paged == whole
        assert [p.event.ticket_id for p in whole] == [f"ticket-INC-{n}" for n in range(5)]
        positions = [p.position for p in whole]
        assert positions == sorted(set(positions))

    def test_a_reader_that_follows_the_feed_skips_no_commit(self, store: Store) -> None:
        writers, each = 3, 10
        heard: list[PositionedEvent[TicketEvent]] = []

        def write(writer: int) -> None:
            for n in range(each):
                saved(store, f"INC-{writer}-{n}")

        def read() -> None:
            heard.extend(store.events(after=heard[-1].position if heard else 0, limit=4))

        with ThreadPoolExecutor(1) as pool:
            writing = pool.submit(run_together, [partial(write, writer) for writer in range(writers)])
            while not writing.done():
                read()
            writing.result()
        for _ in range(writers * each):
            read()
        assert heard == list(store.events(after=0, limit=2 * writers * each))
        assert len(heard) == writers * each

    def test_a_cursor_is_kept_for_each_reader(self, store: Store) -> None:
        with store.begin() as unit:
            unit.set_cursor("one", 3)
        assert (store.cursor("one"), store.cursor("two")) == (3, 0)
