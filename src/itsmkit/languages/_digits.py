"""Digits: the ten of a numbering system."""

from functools import lru_cache

__all__ = ["in_digits"]

_ZEROS = {
    "arab": "\u0660",
    "arabext": "\u06f0",
    "beng": "\u09e6",
    "deva": "\u0966",
    "gujr": "\u0ae6",
    "guru": "\u0a66",
    "khmr": "\u17e0",
    "knda": "\u0ce6",
    "laoo": "\u0ed0",
    "latn": "0",
    "mlym": "\u0d66",
    "mymr": "\u1040",
    "orya": "\u0b66",
    "tamldec": "\u0be6",
    "telu": "\u0c66",
    "thai": "\u0e50",
    "tibt": "\u0f20",
}
"""
The digit zero of each numbering system of today's languages, by its name; the other nine follow it.

Source:
    Unicode CLDR, ``numberingSystems``; The Unicode Standard, section 22.3.
"""


@lru_cache
def _table(system: str) -> dict[int, str]:
    zero = ord(_ZEROS.get(system, "0"))
    return {ord("0") + digit: chr(zero + digit) for digit in range(10)}


def in_digits(text: str, system: str) -> str:
    r"""
    Return *text* with its digits in those of a numbering system; as it is for one that is not known here.

    >>> in_digits("1:05", "arabext") == "\u06f1:\u06f0\u06f5"
    True
    """
    return text.translate(_table(system))
