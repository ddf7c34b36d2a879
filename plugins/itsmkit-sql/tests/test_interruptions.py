"""What an interruption, such as Ctrl-C, leaves behind: nothing that keeps the next one from working."""

import contextlib
import gc
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from sqlalchemy import pool
from sqlalchemy.util import queue

import itsmkit_sql
from itsmkit.plugin import Timer
from itsmkit.testing import A_MONDAY, an_incident_logged
from itsmkit.testing.contracts import entry, save
from itsmkit_sql import SQLStore

PLACES = (str(Path(itsmkit_sql.__file__).parent), contextlib.__file__, *pool.__path__, queue.__file__)
"""Where it may come: in the plugin, in what runs its context managers, and in the pool of connections."""

STEPS = {"sqlite": 17, "postgresql": 61}
"""One line of so many is tried in a run, since each costs two commits: each day others."""


class Interruption:
    """
    A Ctrl-C that comes at a line.

    Args:
        line: How many lines are run before it.

    Attributes:
        has_come: Whether it has come. It is lost where nothing can be raised: while something is collected.
    """

    def __init__(self, line: int) -> None:
        self._left = line
        self.has_come = False
        self._last: dict[FrameType, int] = {}

    def __enter__(self) -> None:
        gc.disable()  # what the one before has left behind is not collected in the way of this one
        sys.settrace(self._trace)

    def __exit__(self, *_exception: object) -> None:
        sys.settrace(None)
        self._last.clear()
        gc.enable()

    def _trace(self, frame: FrameType, what: str, _: Any) -> Callable[..., Any] | None:
        if not frame.f_code.co_filename.startswith(PLACES):
            return None
        # A `with` that ends comes to its first line again. No signal is handled there.
        is_further = frame.f_lineno > self._last.get(frame, 0)
        self._last[frame] = frame.f_lineno
        if what == "line" and is_further:
            self._left -= 1
            if not self._left:
                sys.settrace(None)
                self._last.clear()
                self.has_come = True
                raise KeyboardInterrupt
        return self._trace


@pytest.fixture
def hasty(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[SQLStore]:
    """Return a store that waits for nobody for long."""
    # What is logged of an interruption holds all that it has come through, for as long as pytest keeps it.
    monkeypatch.setattr(logging.getLogger("sqlalchemy.pool.LivingPool"), "disabled", True)
    with closing(SQLStore.open(f"{url}?timeout=1" if url.startswith("sqlite") else url)) as store:
        yield store


def in_use(store: SQLStore) -> int:
    """Return how many connections are not given back."""
    pools = {engine.pool for engine in store._database._engines}  # type: ignore[attr-defined]  # it is pooled
    return sum(each.checkedout() for each in pools)


def work(store: SQLStore, number: int) -> None:
    incident = an_incident_logged(f"INC-{number}")
    with store.begin() as unit:
        unit.next_number("INC")
        save(unit, incident, expected=0)
        unit.set_timer(Timer(incident.ticket.id, "resolve", A_MONDAY))
        unit.enqueue(entry(f"{number}"))


def read(store: SQLStore, _: int) -> None:
    store.events(after=0, limit=1)
    with closing(store.dump()) as rows:  # type: ignore[type-var]  # it is a generator
        next(rows)


# A cursor, the end of which is interrupted, is closed by who collects it, and says so.
@pytest.mark.filterwarnings("ignore:.*was deleted while still open:ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("do", [work, read], ids=lambda each: each.__name__)
def test_an_interruption_anywhere_leaves_nothing_in_the_way(
    hasty: SQLStore, do: Callable[[SQLStore, int], None]
) -> None:
    work(hasty, 0)
    step = STEPS["sqlite" if hasty._database.address.is_sqlite else "postgresql"]
    first = int(os.environ.get("ITSMKIT_TEST_LINE") or 1 + datetime.now(UTC).toordinal() % step)
    for line in range(first, 50_000, step):  # pragma: no branch - it comes to its end long before
        interruption = Interruption(line)
        with suppress(KeyboardInterrupt), interruption:
            do(hasty, line)
        if not interruption.has_come:
            break
        if in_use(hasty):
            gc.collect()  # what a frame held that was left
        assert in_use(hasty) == 0, f"interrupted before line {line}: try again with ITSMKIT_TEST_LINE={line}"
        work(hasty, 10_000 + line)  # nobody is in its way
    numbers = {stored.ticket.number: stored for stored in hasty.tickets()}
    events = {each.event.ticket_id for each in hasty.events(after=0, limit=100_000)}
    assert {stored.ticket.id for stored in numbers.values()} == events  # no half
