"""How far a command on a store is: a bar where the end is known, and a number where it is not."""

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TaskProgressColumn, TextColumn

from itsmkit.cli._bars import Bar
from itsmkit.cli._wording import count

__all__ = ["RowCount", "StoreProgress"]

_ROWS_PER_UPDATE = 1024


class StoreProgress(Bar):
    """
    The bar, for the length of a ``with`` block; it is gone afterwards.

    Args:
        console: Where to draw it. Nothing is drawn where nobody sees it move.
        doing: What is done.
    """

    def __init__(self, console: Console, doing: str) -> None:
        described = TextColumn("{task.description}")
        bar = BarColumn(bar_width=None)
        super().__init__(
            console, SpinnerColumn(), described, bar, TaskProgressColumn(), doing=doing, total=None
        )

    def __call__(self, done: int, total: int) -> None:
        """Show that *done* of *total* is done."""
        self._progress.update(self._task, completed=done, total=total)

    def rows(self, doing: str, total: int | None = None) -> "RowCount":
        """Return what is to be told how many rows are done, of *total* if that is known."""
        return RowCount(self._progress, self._task, doing, total)


class RowCount:
    """
    Hears of rows, and shows their number now and then.

    Args:
        progress: The bar.
        task: Its task.
        doing: What is done.
        total: How many there will be, if that is known.
    """

    def __init__(self, progress: Progress, task: TaskID, doing: str, total: int | None) -> None:
        self._progress, self._task, self._doing, self._total = progress, task, doing, total

    def __call__(self, done: int) -> None:
        """Show that *done* rows are done."""
        if done % _ROWS_PER_UPDATE == 0:
            told = f"{self._doing}: {count(done)} rows"
            self._progress.update(self._task, description=told, completed=done, total=self._total)
