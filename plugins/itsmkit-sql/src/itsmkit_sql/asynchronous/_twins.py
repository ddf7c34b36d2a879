"""Twins: what is asked of a desk, to be awaited in an event loop."""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from functools import partial, wraps
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from sqlalchemy.util import greenlet_spawn

__all__ = ["Twin", "awaited", "iterated"]

Commands = TypeVar("Commands")
P = ParamSpec("P")
Result = TypeVar("Result")

_END = object()


class Twin(Generic[Commands]):
    """
    What stands for commands that wait, where nothing may wait but by ``await``.

    Args:
        commands: Those that it stands for.
    """

    def __init__(self, commands: Commands) -> None:
        self._commands = commands


def awaited(
    method: Callable[Concatenate[Any, P], Result],
) -> Callable[Concatenate[Any, P], Coroutine[Any, Any, Result]]:
    """
    Return the twin of a method: the same signature, the same words, and its result is awaited.

    The method runs in the thread of the event loop. Whenever it waits for the database, the loop goes on
    with other tasks: SQLAlchemy switches between the two.
    """

    @wraps(method)
    async def twin(self: Twin[Any], /, *args: P.args, **kwargs: P.kwargs) -> Result:
        return await greenlet_spawn(partial(method, self._commands, *args, **kwargs))

    return twin


def iterated(
    method: Callable[Concatenate[Any, P], Iterable[Result]],
) -> Callable[Concatenate[Any, P], AsyncIterator[Result]]:
    """Return the twin of a method that iterates: it is gone through by ``async for``."""

    @wraps(method)
    async def twin(self: Twin[Any], /, *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[Result]:
        iterator = await greenlet_spawn(lambda: iter(method(self._commands, *args, **kwargs)))
        try:
            while (item := await greenlet_spawn(next, iterator, _END)) is not _END:
                yield item
        finally:
            close = getattr(iterator, "close", None)
            if close is not None:
                await greenlet_spawn(close)

    return twin
