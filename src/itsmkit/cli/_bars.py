"""Bars that show how far a command is, and are gone when it ends."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import Progress, ProgressColumn

__all__ = ["Bar"]


class Bar:
    """
    A bar, for the length of a ``with`` block; it is gone afterwards.

    Args:
        console: Where to draw it. Nothing is drawn where nobody sees it move.
        *columns: What it consists of.
        doing: What is done.
        total: Where it ends, if that is known.
    """

    def __init__(self, console: Console, *columns: ProgressColumn, doing: str, total: float | None) -> None:
        self._progress = Progress(
            *columns, console=console, transient=True, expand=True, disable=not console.is_terminal
        )
        self._task = self._progress.add_task(doing, total=total)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._progress.stop()
