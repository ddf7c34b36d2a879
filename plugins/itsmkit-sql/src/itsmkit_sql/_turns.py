"""Turns, of the writers of one file in one process, and other ways to wait: for threads, and for tasks."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from threading import RLock
from typing import Protocol

from sqlalchemy.util import await_only

__all__ = ["TaskLock", "TaskTurn", "ThreadTurn", "Turn", "pause"]


class Turn(Protocol):
    """What one thread, or task, at a time has."""

    def had(self, seconds: float, otherwise: Callable[[], Exception]) -> AbstractContextManager[None]:
        """Wait for it, at most so long, and have it; raise what *otherwise* returns if it does not come."""


class ThreadTurn:
    """A turn that threads wait for. An interruption gives it back, wherever it comes."""

    def __init__(self) -> None:
        self._lock = RLock()  # of all locks, the one that knows whose it is

    @contextmanager
    def had(self, seconds: float, otherwise: Callable[[], Exception]) -> Iterator[None]:
        """See `Turn.had`."""
        is_entered = False
        try:
            if not self._lock.acquire(timeout=seconds):
                raise otherwise()
            with self._lock:  # again, since this ends in one step that nothing interrupts
                self._lock.release()
                is_entered = True
                yield
        finally:
            if not is_entered:
                with suppress(RuntimeError):  # it is another's
                    self._lock.release()


class TaskTurn:
    """A turn that tasks of one event loop wait for, while others go on."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    @contextmanager
    def had(self, seconds: float, otherwise: Callable[[], Exception]) -> Iterator[None]:
        """See `Turn.had`."""
        if not await_only(self._acquired(seconds)):
            raise otherwise()
        try:
            yield
        finally:
            self._lock.release()

    async def _acquired(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                return await self._lock.acquire()
        except TimeoutError:
            return False


class TaskLock:
    """A lock for tasks of one event loop. The task that holds it can take it again."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._holder: asyncio.Task[object] | None = None
        self._depth = 0

    def __enter__(self) -> None:
        task = asyncio.current_task()
        if self._holder is not task:
            await_only(self._lock.acquire())
            self._holder = task
        self._depth += 1

    def __exit__(self, *_exception: object) -> None:
        self._depth -= 1
        if not self._depth:
            self._holder = None
            self._lock.release()


def pause(seconds: float, *, is_async: bool) -> None:
    """Let time pass: the thread sleeps, or the task, while others of its event loop go on."""
    if is_async:
        await_only(asyncio.sleep(seconds))
    else:
        time.sleep(seconds)
