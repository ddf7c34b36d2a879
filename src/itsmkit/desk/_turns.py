"""Turns: how long one works for a tenant before the next one has its turn."""

from collections.abc import Callable
from datetime import datetime, timedelta

from attrs import define, field

from itsmkit.desk.clock import Clock

__all__ = ["Turn"]


@define
class Turn:
    """
    A turn that begins now; called before each piece of work, it tells whether to leave the rest.

    At least one piece is done in it, however long that takes.

    Args:
        stop: Whether one was told to stop.
        clock: The desk's clock.
        length: How long to go on at most, what is begun being finished; ``None`` for as long as there is
            work. A clock that is set back ends the turn.
        is_cut_short: Whether it has ended while there may be more to do.
    """

    stop: Callable[[], bool]
    clock: Clock
    length: timedelta | None
    is_cut_short: bool = field(default=False, init=False)
    _began: datetime = field(init=False)
    _is_used: bool = field(default=False, init=False)

    def __attrs_post_init__(self) -> None:
        self._began = self.clock()

    def __call__(self) -> bool:
        """Tell whether to leave the rest."""
        if self._is_used and self.length is not None and not self.is_cut_short:
            self.is_cut_short = not timedelta(0) <= self.clock() - self._began < self.length
        return self.is_cut_short or self.stop()

    def use(self) -> None:
        """Note that a piece of work has been done."""
        self._is_used = True
