"""What a store says of itself, without the plugin that makes it: that matters to nobody who gave its URL."""

from collections.abc import Iterator
from contextlib import contextmanager

from itsmkit.errors import ItsmkitError, PluginError

__all__ = ["plainly"]


@contextmanager
def plainly() -> Iterator[None]:
    """Let an error of ours that a plugin raised speak for itself."""
    try:
        yield
    except PluginError as error:
        if isinstance(error.__cause__, ItsmkitError):
            raise error.__cause__ from None
        raise
