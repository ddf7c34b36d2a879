"""
How facts, names and values read in sentences.

Facts can be anything. What is said of them is short, and runs no code that they bring along: see `_scalars`.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from itsmkit.conditions._scalars import COLLECTIONS, Kind, Scalar, classified, is_a, is_decimal
from itsmkit.conditions._spelling import spelled

__all__ = ["close_to", "listed", "shown", "told"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_TEXT = 60
_MOST_BITS = 200
_MOST_LISTED = 12

_type_name = vars(type)["__name__"].__get__  # a metaclass may have another idea of the name

_KINDS: Mapping[Kind, str] = {
    Kind.TEXT: "the text ",
    Kind.TRUTH: "",
    Kind.NUMBER: "the number ",
    Kind.INSTANT: "the instant ",
    Kind.DURATION: "the duration ",
}


def shown(fact: object) -> str:
    """
    Return how *fact* reads in a sentence: as the text form spells it, if a condition can compare it.

    >>> shown("Active"), shown(timedelta(hours=8)), shown(None), shown([1, 2])
    ('"Active"', '8h', 'missing', 'a list of 2')
    """
    if fact is None:
        return "missing"
    match classified(fact):
        case Kind.TEXT, str(text):
            return spelled(text if len(text) <= _LONGEST_TEXT else f"{text[: _LONGEST_TEXT - 1]}…")
        case Kind.TRUTH, bool(truth):
            return spelled(truth)
        case Kind.NUMBER, number:
            return _shown_number(number)
        case Kind.INSTANT, int(microseconds):
            return _shown_instant(microseconds)
        case Kind.DURATION, int(microseconds):
            return spelled(timedelta(microseconds=microseconds))
    return _shown_otherwise(fact)


def told(fact: object) -> str:
    """
    Return *fact* as `shown` does, with its kind before it.

    >>> told("3"), told(3)
    ('the text "3"', 'the number 3')
    """
    found = classified(fact)
    return shown(fact) if found is None else f"{_KINDS[found[0]]}{shown(fact)}"


def listed(values: Iterable[object]) -> str:
    """
    Return how *values* read in a sentence, without the last ones if there are too many.

    >>> listed(["P1", "P2"])
    '"P1", "P2"'
    """
    values = tuple(values)
    some = ", ".join(map(shown, values[:_MOST_LISTED]))
    left = len(values) - _MOST_LISTED
    return f"{some} and {left:,} more" if left > 0 else some


_MOST_COMPARED = 200


def close_to(word: str, known: Iterable[str]) -> str | None:
    """Return the one of *known* that *word* is most likely misspelt for, if there is one."""
    from difflib import get_close_matches  # noqa: PLC0415  # only problems need it

    known = tuple(known)
    if len(known) > _MOST_COMPARED:  # comparing costs more than all else, and problems may be many
        return None
    return next(iter(get_close_matches(word[:_LONGEST_TEXT], known, n=1)), None)


def _shown_number(number: object) -> str:
    if is_a(number, int):
        bits = int.bit_length(number)
        return int.__repr__(number) if bits <= _MOST_BITS else f"a whole number of {bits:,} bits"
    from decimal import Decimal  # noqa: PLC0415  # loaded by now, if there is such a number

    text = Decimal.__str__(number)
    return text if len(text) <= _LONGEST_TEXT else f"{text[: _LONGEST_TEXT - 1]}…"


def _shown_instant(microseconds: int) -> str:
    try:
        instant: Scalar = _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:  # its own zone brings it into the years 1 to 9999
        return "an instant at the end of time"
    return spelled(instant)


def _shown_otherwise(fact: object) -> str:
    if is_a(fact, float) or is_decimal(fact):
        return "no number (NaN)"
    if is_a(fact, datetime):
        return "a datetime without a zone"
    kind = type(fact)
    for collection in COLLECTIONS:
        if is_a(fact, collection):
            size = collection.__len__(fact)
            return f"a {_type_name(kind)} of {size:,}" if size else f"an empty {_type_name(kind)}"
    return f"a value of type {_type_name(kind)[:_LONGEST_TEXT]}"
