"""Twins: what is asked of a desk, to be awaited in an event loop."""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from functools import partial, wraps
from typing import Any, Concatenate, Generic, ParamSpec, Self, TypeVar, cast, overload

from sqlalchemy.util import greenlet_spawn

__all__ = ["Room", "Twin", "awaited", "iterated", "room"]

Commands = TypeVar("Commands")
P = ParamSpec("P")
Result = TypeVar("Result")
AnyTwin = TypeVar("AnyTwin", bound="Twin[Any]")

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
        return await greenlet_spawn(partial(_own(method, self), *args, **kwargs))

    return twin


def _own(method: Callable[Concatenate[Any, P], Result], twin: Twin[Any]) -> Callable[P, Result]:
    """Return the method of this name that the commands have themselves: it may be one of a subclass."""
    own: Callable[P, Result] = getattr(twin._commands, method.__name__)
    return own


def iterated(
    method: Callable[Concatenate[Any, P], Iterable[Result]],
) -> Callable[Concatenate[Any, P], AsyncIterator[Result]]:
    """Return the twin of a method that iterates: it is gone through by ``async for``."""

    @wraps(method)
    async def twin(self: Twin[Any], /, *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[Result]:
        iterator = await greenlet_spawn(lambda: iter(_own(method, self)(*args, **kwargs)))
        try:
            while (item := await greenlet_spawn(next, iterator, _END)) is not _END:
                yield item
        finally:
            close = getattr(iterator, "close", None)
            if close is not None:
                await greenlet_spawn(close)

    return twin


class Room(property, Generic[AnyTwin]):
    """The twin of a property that has commands: that of the commands."""

    @overload
    def __get__(self, instance: None, owner: type, /) -> Self: ...

    @overload
    def __get__(self, instance: Any, owner: type | None = None, /) -> AnyTwin: ...

    def __get__(self, instance: Any, owner: type | None = None, /) -> Self | AnyTwin:
        """Return the twin of the commands that *instance* has."""
        found: Self | AnyTwin = super().__get__(instance, owner)
        return found


def room(of: Callable[[Any], Commands], twin: Callable[[Commands], AnyTwin]) -> Room[AnyTwin]:
    """
    Return the twin of a property that has commands, with the same words.

    Args:
        of: The property, as its class has it.
        twin: What stands for the commands.
    """
    commands = cast("property", of)

    def twin_of(self: Twin[Any]) -> AnyTwin:
        return twin(commands.__get__(self._commands))

    return Room(twin_of, doc=commands.__doc__)
