"""The plain forms of the values that a condition compares with; `mapping_form` says what they are."""

import reprlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from itsmkit.conditions._scalars import Scalar, is_decimal, plain_scalar
from itsmkit.conditions._spelling import figure
from itsmkit.errors import DefinitionError

if TYPE_CHECKING:
    from decimal import Decimal

__all__ = ["UNITS", "from_plain", "to_plain"]

UNITS = {
    "hours": timedelta(hours=1),
    "minutes": timedelta(minutes=1),
    "seconds": timedelta(seconds=1),
    "microseconds": timedelta(microseconds=1),
}
"""What durations are written in."""


def from_plain(content: object, *, ordered: bool = False) -> Scalar:
    """
    Return the value that *content* stands for: itself, unless it is a mapping.

    Args:
        content: The plain data.
        ordered: Whether its order is asked for. Then a text that looks like a duration is refused: texts
            have ``"10h"`` before ``"9h"``, which nobody means.

    Raises:
        DefinitionError: If it stands for no value that a condition can compare with.
    """
    meant = _duration_in(content) if ordered else None
    if meant is not None:
        units = ", ".join(f"{name} = {count}" for name, count in _units(meant).items())
        problem = f"{content!r} is a text here, and no duration; write {{{units}}}, or {{text = {content!r}}}"
        raise DefinitionError(problem)
    return plain_scalar(_unpacked(content), "the value")


def to_plain(value: Scalar, *, ordered: bool = False) -> object:
    """Return *value* as plain data: the inverse of `from_plain`."""
    if ordered and _duration_in(value) is not None:
        return {"text": value}
    if is_decimal(value):
        return {"decimal": str(value)}
    match value:
        case datetime():
            return {"instant": value.isoformat()}
        case timedelta():
            return _units(value)
    return value


def _duration_in(content: object) -> timedelta | None:
    """Return the duration that a text spells, or ``None``."""
    if not isinstance(content, str):
        return None
    try:
        found = figure(content)
    except DefinitionError:
        return None
    return found if isinstance(found, timedelta) else None


def _units(duration: timedelta) -> dict[str, int]:
    sign, left = (-1, -duration) if duration < timedelta() else (1, duration)
    units = {}
    for name, unit in UNITS.items():
        count, left = divmod(left, unit)
        if count:
            units[name] = sign * count
    return units or {"seconds": 0}


def _decimal(text: str) -> "Decimal":
    from decimal import Decimal  # noqa: PLC0415  # a slow import that few conditions need

    return Decimal(text)


def _unpacked(content: object) -> object:
    if not isinstance(content, Mapping):
        return content
    try:
        match dict(content):
            case {"decimal": str(text), **others} if not others:
                return _decimal(text)
            case {"text": str(text), **others} if not others:
                return text
            case {"instant": str(text), **others} if not others:
                return datetime.fromisoformat(text)
            case units if units and units.keys() <= UNITS.keys():
                return _duration(units)
    except (ArithmeticError, ValueError):
        pass
    problem = (
        f"cannot read {reprlib.repr(content)}; a mapping here is a decimal, an instant or a text as text, "
        f"or a duration in whole {', '.join(UNITS)}"
    )
    raise DefinitionError(problem)


def _duration(units: Mapping[str, object]) -> timedelta:
    duration = timedelta()
    for name, count in units.items():
        if type(count) is not int:
            raise ValueError(name)
        duration += count * UNITS[name]
    return duration
