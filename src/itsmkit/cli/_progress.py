"""One bar for a whole run: reading comes first and is short, reliving is the rest."""

from collections.abc import Callable

from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn

from itsmkit.cli._bars import Bar
from itsmkit.cli._wording import count

__all__ = ["RunProgress"]

_READING = 0.15  # its share of the time, as measured; the bar need not be exact, but must not stand still
_EVENTS_PER_UPDATE = 256


class RunProgress(Bar):
    """
    The bar, for the length of a ``with`` block; it is gone afterwards.

    Args:
        console: Where to draw it. Nothing is drawn where nobody sees it move.
        first: What is done before the reliving.
        share: Which share of the time that takes; 1 where it is all.
    """

    def __init__(self, console: Console, first: str = "Reading", *, share: float = _READING) -> None:
        self._share = share
        described = TextColumn("{task.description}")
        bar = BarColumn(bar_width=None)
        super().__init__(
            console, described, bar, TaskProgressColumn(), TimeRemainingColumn(), doing=first, total=1.0
        )

    def reading(self, read: int, size: int) -> None:
        """Show that *read* bytes of *size* are read."""
        self._progress.update(self._task, completed=self._share * read / max(size, 1))

    def reliving(self, events: int) -> Callable[[int], None]:
        """Return what is to be told how many of *events* are relived."""

        def show(done: int) -> None:
            if done % _EVENTS_PER_UPDATE == 0:
                self._progress.update(self._task, completed=_READING + (1 - _READING) * done / events)

        self._progress.update(self._task, description=f"Reliving {count(events)} events", completed=_READING)
        return show
