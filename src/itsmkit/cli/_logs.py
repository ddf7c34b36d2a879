"""What a command that runs on and on tells of itself: lines on stderr."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from itsmkit.cli._consoles import tame

__all__ = ["logs_on_stderr"]


class _Lines(logging.Formatter):
    """Lines that begin with the instant in UTC, and hold nothing that steers a terminal."""

    @staticmethod
    def converter(seconds: float | None) -> time.struct_time:
        """Return an instant in UTC."""
        return time.gmtime(seconds)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and the lines of a traceback after it."""
        return tame(super().format(record))


@contextmanager
def logs_on_stderr() -> Iterator[None]:
    """Show on stderr what itsmkit logs, from ``INFO`` on, for as long as the context lasts."""
    logger = logging.getLogger("itsmkit")
    handler = logging.StreamHandler()
    handler.setFormatter(_Lines("%(asctime)sZ %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S"))
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.setLevel(level)
        logger.removeHandler(handler)
