"""
The values a condition compares with, and facts read as one of them.

Everything here is total: reading a fact runs no code that the fact brings along, apart from the zone of
a datetime. That is why a fact's type is taken by ``type`` (``isinstance`` would ask the fact for its
``__class__``), and why the methods of the built-in types are called by name.
"""

import reprlib
import sys
from collections.abc import Sized
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias, TypeGuard, TypeVar

from itsmkit._checks import aware
from itsmkit.errors import DefinitionError

if TYPE_CHECKING:
    from decimal import Decimal

__all__ = ["COLLECTIONS", "Comparable", "Kind", "Scalar", "classified", "is_a", "is_decimal", "plain_scalar"]

Scalar: TypeAlias = "str | bool | int | float | Decimal | datetime | timedelta"
"""What a condition may compare a fact with."""

Comparable: TypeAlias = "str | bool | int | Decimal"

COLLECTIONS: tuple[type[Sized], ...] = (tuple, list, set, frozenset, dict)
"""What counts as a collection of facts; a subclass counts as what it derives from."""

_T = TypeVar("_T")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Kind(Enum):
    """The types of the language. Two values compare only if they are of one kind."""

    TEXT = "text"
    TRUTH = "true or false"
    NUMBER = "number"
    INSTANT = "instant"
    DURATION = "duration"

    __hash__ = (
        object.__hash__
    )  # as equal as Enum has it, and not in Python: they are keys of all that compares


def classified(value: object) -> tuple[Kind, Comparable] | None:
    """
    Return the kind of *value* and what stands for it in comparisons of that kind.

    Text and truth stand for themselves. A number is an exact ``int`` or ``Decimal``; a ``float`` counts as
    the shortest decimal that it prints as, so that 0.1 equals ``Decimal("0.1")``. Instants and durations
    are whole microseconds, which no repeated hour can confuse.

    Returns:
        ``None`` for whatever the language has no kind for: ``None``, a naive datetime, NaN, a collection.
    """
    if value is None:  # a missing fact: by far the most frequent value without a kind
        return None
    if type(value) is str:  # and by far the most frequent one with a kind
        return Kind.TEXT, value
    if is_a(value, bool):
        return Kind.TRUTH, value
    if is_a(value, str):
        return Kind.TEXT, str.__str__(value)
    if is_a(value, int):
        return Kind.NUMBER, int.__int__(value)
    if is_a(value, float):
        return _number(float.__repr__(value))
    if is_decimal(value):
        return _number(value)
    if is_a(value, datetime):
        return _instant(value)
    if is_a(value, timedelta):
        return Kind.DURATION, timedelta.__floordiv__(value, _MICROSECOND)
    return None


def is_a(value: object, kind: type[_T]) -> TypeGuard[_T]:
    """Tell whether *value* really is a *kind*, without asking it."""
    return issubclass(type(value), kind)


def is_decimal(value: object) -> "TypeGuard[Decimal]":
    """Tell whether *value* is a ``Decimal``: there is none before its module, which is slow, is loaded."""
    decimal = sys.modules.get("decimal")
    return decimal is not None and is_a(value, decimal.Decimal)


def _number(exact: "str | Decimal") -> tuple[Kind, Comparable] | None:
    from decimal import Decimal  # noqa: PLC0415  # as above: only numbers with a fraction need it

    number = Decimal(exact)
    return None if number.is_nan() else (Kind.NUMBER, number)


def _instant(instant: datetime) -> tuple[Kind, Comparable] | None:
    try:
        since_epoch = datetime.__sub__(instant, _EPOCH)
    except Exception:  # noqa: BLE001 - naive, or its zone failed: zones are foreign code, and no fact may raise
        return None
    return Kind.INSTANT, since_epoch // _MICROSECOND


def plain_scalar(value: object, what: str) -> Scalar:
    """
    Return *value* as an instance of exactly one of the types of `Scalar`, instants in UTC.

    A member of a ``StrEnum`` becomes its text, so that a condition holds nothing but plain values.

    Args:
        value: Anything.
        what: The name of the value for the error's sentence.

    Raises:
        DefinitionError: If the language has no literal for it: ``None``, NaN and infinity, a naive datetime,
            any other type.
    """
    if isinstance(value, datetime):
        try:
            instant = aware(value, what).astimezone(UTC)
        except OverflowError:
            problem = f"{what} is outside the years 1 to 9999 in UTC: {value.isoformat(sep=' ')}"
            raise DefinitionError(problem) from None
        # Made anew, so that no subclass stays.
        return _EPOCH + timedelta.__mul__(_MICROSECOND, datetime.__sub__(instant, _EPOCH) // _MICROSECOND)
    match classified(value):
        case Kind.DURATION, int(microseconds):
            return timedelta(microseconds=microseconds)
        case (Kind.TEXT | Kind.TRUTH, plain) | (Kind.NUMBER, int() as plain):
            return plain
        case Kind.NUMBER, number if is_decimal(number) and number.is_finite():
            return float(number) if isinstance(value, float) else number
    problem = (
        f"{what} must be text, true or false, a finite number, a datetime with a zone or a timedelta, "
        f"not {type(value).__name__} {reprlib.repr(value)}"
    )
    raise DefinitionError(problem)
