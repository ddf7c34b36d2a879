"""Turns, of the writers of one file in one process, and other ways to wait: for threads, and for tasks."""

import asyncio
import time
from threading import Lock
from typing import Protocol

from sqlalchemy.util import await_only

__all__ = ["TaskLock", "TaskTurn", "ThreadTurn", "Turn", "pause"]


class Turn(Protocol):
    """What one writer at a time has."""

    def taken(self, seconds: float) -> bool:
        """Wait for the turn, at most so long; tell whether it is taken."""

    def given_back(self) -> None:
        """Let the next writer have it."""


class ThreadTurn:
    """A turn that threads wait for."""

    def __init__(self) -> None:
        self._lock = Lock()

    def taken(self, seconds: float) -> bool:
        """See `Turn.taken`."""
        return self._lock.acquire(timeout=seconds)

    def given_back(self) -> None:
        """See `Turn.given_back`."""
        self._lock.release()


class TaskTurn:
    """A turn that tasks of one event loop wait for, while others go on."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    def taken(self, seconds: float) -> bool:
        """See `Turn.taken`."""
        return await_only(self._acquired(seconds))

    def given_back(self) -> None:
        """See `Turn.given_back`."""
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
