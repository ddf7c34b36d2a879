"""Identifiers: UUIDs of version 7, made from the desk's own clock and random source."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

__all__ = ["uuid7"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def uuid7(clock: Callable[[], datetime], random: Random) -> str:
    """
    Return a new identifier that sorts by the time at which it was made, to the millisecond.

    Args:
        clock: Where its time comes from.
        random: Where its 74 random bits come from.

    Source:
        RFC 9562, section 5.7.
    """
    milliseconds = (clock() - _EPOCH) // _MILLISECOND
    bits = random.getrandbits(74)
    value = (milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76 | (bits >> 62) << 64 | 0b10 << 62
    digits = f"{value | bits & (1 << 62) - 1:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
