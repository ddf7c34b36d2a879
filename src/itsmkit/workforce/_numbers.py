"""Numbers as fields of values: whole ones become floats, so that equal values are written alike."""

from math import isfinite

from itsmkit._checks import is_a

__all__ = ["as_float", "as_float_if_any", "is_amount", "is_number"]


def as_float(given: float) -> float:
    """Return a whole number as a float. What else there is, is left to the class to refuse."""
    return float(given) if type(given) is int and abs(given) < 2**1000 else given


def as_float_if_any(given: float | None) -> float | None:
    """Return a whole number as a float, and ``None`` as it is."""
    return None if given is None else as_float(given)


def is_number(value: object) -> bool:
    """Tell whether *value* is a finite number."""
    return is_a(value, float) and isfinite(value)  # type: ignore[arg-type]


def is_amount(value: object) -> bool:
    """Tell whether *value* is a finite number of 0 or more."""
    return is_number(value) and value >= 0  # type: ignore[operator]
