"""Values that JSON has no form for, each as text."""

from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from attrs import field, frozen

from itsmkit._checks import aware
from itsmkit._documents import duration, duration_text
from itsmkit._problems import shown
from itsmkit.errors import DefinitionError
from itsmkit.money import Money
from itsmkit.plugin.documents._canonical_json import LARGEST_INTEGER
from itsmkit.plugin.documents._faults import Fault

__all__ = ["SCALARS", "ValueForm", "instant_from", "instant_to_text"]


def _tag(form: object, _: object, value: str) -> None:
    if not isinstance(value, str) or not value.startswith("$"):
        problem = f"{type(form).__name__}.tag must be a name that begins with $, not {shown(value)}"
        raise DefinitionError(problem)


@frozen
class ValueForm:
    """
    The plain form of values that a desk may keep among the details of a ticket or the attributes of an item.

    Args:
        tag: What tells them from others: ``{"$money": "12.50 EUR"}`` has the tag ``"$money"``.
        kind: Their class, and no subclass of it.
        to_plain: Makes the plain form, which JSON can hold as it is, or raises a ``ValueError``.
        from_plain: Makes the value again, or raises a ``ValueError``. What is no form of any value, and what
            is spelled otherwise than *to_plain* does, is refused for it.
    """

    tag: str = field(validator=_tag)
    kind: type
    to_plain: Callable[[Any], object]
    from_plain: Callable[[Any], object]

    @classmethod
    def of_enum(cls, tag: str, kind: type[Enum]) -> "ValueForm":
        """Return the form of the members of an enumeration: their values, which are text or whole numbers."""
        return cls(tag, kind, lambda member: member.value, kind)

    def write(self, value: object) -> dict[str, object]:
        """Return the plain form of *value*, with its tag; raises a `Fault`."""
        try:
            return {self.tag: self.to_plain(value)}
        except ValueError as error:  # such as a number with more digits than Python writes
            raise Fault.at("", f"has no plain form: {shown(value)}") from error

    def read(self, plain: object) -> object:
        """Return the value that *plain* stands for; raises a `Fault`."""
        try:
            value = self.from_plain(plain)
            if self.to_plain(value) == plain:
                return value
        except (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError) as error:
            raise Fault.at("", f"is no {self.kind.__name__}: {shown(plain)}") from error
        raise Fault.at("", f"must be {shown(self.to_plain(value))}, not {shown(plain)}")


def instant_to_text(instant: Any) -> str:
    """Return an aware instant to the microsecond in UTC; texts are in the order of instants."""
    if type(instant) is not datetime or instant.tzinfo is not UTC:
        try:
            instant = aware(instant, "it").astimezone(UTC)
        except OverflowError:
            raise Fault.at("", f"lies outside the years 1 to 9999 in UTC: {instant}") from None
        except DefinitionError as error:
            raise Fault.of(error) from None
    return _utc_text(instant)


@lru_cache(maxsize=1024)  # most instants of an event are one and the same
def _utc_text(instant: datetime) -> str:
    text = instant.isoformat(timespec="microseconds")
    return f"{text[:-6]}Z"


def instant_from(plain: object) -> datetime:
    """Return the instant in UTC that was written by `instant_to_text`."""
    # Of all that `fromisoformat` reads, this much is spelled in one way, and sooner told than written again.
    if (
        type(plain) is str
        and len(plain) == 27
        and plain[26] == "Z"
        and plain[4:20:3] == "--T::."
        and plain[11:13] != "24"  # which Python 3.14 takes for midnight
    ):
        try:
            return datetime.fromisoformat(plain)
        except ValueError:
            raise _no_instant(plain) from None
    raise _no_instant(plain)


def _no_instant(plain: object) -> Fault:
    return Fault.at("", f"must be an instant such as 2026-03-29T09:00:00.000000Z, not {shown(plain)}")


def _int_from(text: str) -> int:
    number = int(text)
    if -LARGEST_INTEGER <= number <= LARGEST_INTEGER:
        raise ValueError(text)  # it is written as it is
    return number


def _fraction_from(text: str) -> Fraction:
    if "e" in text.lower():
        raise ValueError(text)  # a short text could stand for a number that fills the memory
    return Fraction(text)


def _datetime_to_plain(instant: datetime) -> object:
    zone = instant.tzinfo
    if zone is not None and not (isinstance(zone, ZoneInfo) and zone.key is not None):
        return instant_to_text(instant)
    text = instant.replace(tzinfo=None).isoformat(timespec="microseconds")
    if zone is None:
        return [text, None, instant.fold] if instant.fold else text
    return [text, zone.key, instant.fold]


def _datetime_from(plain: Any) -> datetime:
    if isinstance(plain, list):
        text, zone, fold = plain
        tz = None if zone is None else ZoneInfo(zone)
        return datetime.fromisoformat(text).replace(tzinfo=tz, fold=fold)
    return datetime.fromisoformat(plain)


def _time_to_text(clock_time: time) -> str:
    if clock_time.tzinfo is not None and not isinstance(clock_time.tzinfo, timezone):
        raise Fault.at(
            "", f"must be a time of day without a zone or at a fixed offset, not {shown(clock_time)}"
        )
    return clock_time.isoformat()


def _text(plain: object) -> str:
    if not isinstance(plain, str):
        raise TypeError(plain)
    return plain


def _as_text(
    tag: str, kind: type, to_text: Callable[[Any], str], from_text: Callable[[str], Any]
) -> ValueForm:
    return ValueForm(tag, kind, to_text, lambda plain: from_text(_text(plain)))


SCALARS = (
    _as_text("$int", int, str, _int_from),
    _as_text("$float", float, repr, float),
    _as_text("$decimal", Decimal, str, Decimal),
    _as_text("$fraction", Fraction, str, _fraction_from),
    ValueForm("$datetime", datetime, _datetime_to_plain, _datetime_from),
    _as_text("$date", date, date.isoformat, date.fromisoformat),
    _as_text("$time", time, _time_to_text, time.fromisoformat),
    _as_text("$duration", timedelta, duration_text, duration),
    _as_text("$uuid", UUID, str, UUID),
    _as_text("$bytes", bytes, lambda value: b64encode(value).decode(), b64decode),
    _as_text("$money", Money, Money.plain, Money.parse),
)
"""The forms that every desk has. Whole numbers have one only if they are too large for JSON."""
