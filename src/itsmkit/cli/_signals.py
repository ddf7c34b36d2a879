"""How a command that runs on and on is told to stop: the first signal is a request, the second an order."""

import signal
from contextlib import ExitStack
from types import FrameType
from typing import Self

__all__ = ["StopSignals"]

_ASKED_BY = (signal.SIGTERM, signal.SIGINT)


class StopSignals:
    """
    Whether one was asked to stop by SIGTERM or SIGINT, for the length of a ``with`` block.

    After the first signal, each does what it did before the block: by default, it ends the process at once.
    """

    def __init__(self) -> None:
        self._is_asked = False
        self._before = ExitStack()

    def __call__(self) -> bool:
        """Tell whether to stop."""
        return self._is_asked

    def __enter__(self) -> Self:
        for each in _ASKED_BY:
            self._before.callback(signal.signal, each, signal.signal(each, self._ask))
        return self

    def __exit__(self, *_exception: object) -> None:
        self._before.close()

    def _ask(self, _signal: int, _frame: FrameType | None) -> None:
        self._is_asked = True
        self._before.close()
