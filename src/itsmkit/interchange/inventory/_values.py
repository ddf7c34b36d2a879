"""Values as other systems write them, read as what they are meant to be."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import Any

from itsmkit._problems import shown
from itsmkit.conditions import FactKind

__all__ = [
    "collection_of",
    "instant_of",
    "is_nothing",
    "mac_of",
    "number_of",
    "text_of",
    "truth_of",
    "value_of",
]

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MAC = re.compile(r"[0-9a-f]{12}")
_TRUTHS = {
    **dict.fromkeys(("true", "yes", "y", "on", "1", "t"), True),
    **dict.fromkeys(("false", "no", "n", "off", "0", "f"), False),
}
_FORMATS = (
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d",
)
_SECONDS_OF_2200 = 7_258_118_400


def is_nothing(value: object) -> bool:
    """Tell whether *value* says nothing: ``None``, a blank text, an empty list or table."""
    if isinstance(value, str):
        return not value or value.isspace()
    return value is None or (isinstance(value, list | dict | tuple) and not value)


def text_of(value: object) -> str:
    """
    Return *value* as text without spaces around it.

    Raises:
        ValueError: If it is a list or a table, or has control characters.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if not isinstance(value, str | int | float | Decimal):
        problem = f"must be text, not {shown(value)}"
        raise ValueError(problem)
    text = str(value).strip()
    if _CONTROLS.search(text):
        problem = f"must be text without control characters, not {shown(text)}"
        raise ValueError(problem)
    return text


def number_of(value: object) -> int | float:
    """
    Return the number that *value* is or spells, whole if it has no fraction.

    Raises:
        ValueError: If it is none.
    """
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        text = value.strip()
        value = int(text) if text.lstrip("+-").isdigit() and len(text) < 400 else float(text)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        problem = f"must be a number, not {shown(value)}"
        raise ValueError(problem)
    if isinstance(value, int):
        return value
    number = float(value)
    if number in (float("inf"), float("-inf")) or number != number:  # noqa: PLR0124  # NaN
        problem = f"must be a number, not {shown(value)}"
        raise ValueError(problem)
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def truth_of(value: object) -> bool:
    """
    Return whether *value* says yes.

    Raises:
        ValueError: If it says neither yes nor no.
    """
    if isinstance(value, bool):
        return value
    found = _TRUTHS.get(str(value).strip().lower()) if isinstance(value, str | int) else None
    if found is None:
        problem = f"must be true or false, not {shown(value)}"
        raise ValueError(problem)
    return found


def instant_of(value: object, zone: tzinfo = UTC, *, time_format: str | None = None) -> datetime:
    """
    Return the instant that *value* is or spells, in UTC.

    Args:
        value: A datetime, a text as ISO 8601 writes it, a date alone (its first instant), or the seconds
            since 1970.
        zone: The zone of a text without one.
        time_format: How it is spelled, as for `datetime.strptime`, if it is spelled otherwise.

    Raises:
        ValueError: If it is none.
    """
    found = value if isinstance(value, datetime) else None
    if isinstance(value, str):
        found = _spelled(value.strip(), time_format)
    elif isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < _SECONDS_OF_2200:
        found = datetime.fromtimestamp(value, UTC)
    if found is not None:
        try:
            return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
        except OverflowError:
            pass  # it is no instant of the years 1 to 9999
    spelling = f"written as {time_format!r}" if time_format else "such as 2026-03-29T09:00:00Z"
    problem = f"must be a date and time {spelling}, not {shown(value)}"
    raise ValueError(problem)


def _spelled(text: str, time_format: str | None) -> datetime | None:
    try:
        if time_format:
            return datetime.strptime(text, time_format)  # noqa: DTZ007  # the caller attaches the zone
        return datetime.fromisoformat(f"{text[:-4]}+00:00" if text.endswith(" UTC") else text)
    except ValueError:
        pass
    for each in () if time_format else _FORMATS:
        try:
            return datetime.strptime(text, each)  # noqa: DTZ007  # as above
        except ValueError:
            continue
    return None


def collection_of(value: object, separator: str | None = None) -> tuple[object, ...]:
    """
    Return the distinct values of *value*: of a list, or of a text that *separator* parts.

    Raises:
        ValueError: If it is a table, or lists one.
    """
    if isinstance(value, str):
        value = value.split(separator) if separator else [value]
    given = list(value) if isinstance(value, list | tuple) else [value]
    return tuple(dict.fromkeys(text_of(each) for each in given if not is_nothing(each)))


def mac_of(value: object) -> str | None:
    """
    Return a hardware address in small letters and with colons; ``None`` if it is none, or names no device.

    >>> mac_of("00-1A-2B-3C-4D-5E")
    '00:1a:2b:3c:4d:5e'
    """
    digits = re.sub(r"[^0-9a-z]", "", value.lower()) if isinstance(value, str) else ""
    if not _MAC.fullmatch(digits) or digits in ("000000000000", "ffffffffffff"):
        return None
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))


_BY_KIND: Mapping[FactKind, Callable[[Any], object]] = {
    FactKind.TEXT: text_of,
    FactKind.NUMBER: number_of,
    FactKind.TRUTH: truth_of,
    FactKind.COLLECTION: collection_of,
}


def value_of(value: object, kind: FactKind, zone: tzinfo = UTC) -> object:
    """
    Return *value* as one of *kind*.

    Raises:
        ValueError: If it is none.
    """
    if kind is FactKind.INSTANT:
        return instant_of(value, zone)
    if kind is FactKind.DURATION:
        from itsmkit._documents import duration  # noqa: PLC0415  # hardly any source has one

        return duration(value)
    return _BY_KIND[kind](value)
