"""When the garbage collector looks for cycles: not in the middle of a run."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["no_collections"]


@contextmanager
def no_collections() -> Iterator[None]:
    """
    Keep the cyclic garbage collector from running for as long as the context lasts.

    Reliving a history makes millions of values that stay until the end and form no cycles: there is
    nothing to find in them, and going through them again and again takes a noticeable part of the time.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
