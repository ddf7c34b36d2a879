"""
The writer of canonical JSON, which tells what it cannot write and where that stands.

Source:
    RFC 8785, JSON Canonicalization Scheme (JCS).
"""

import math
from collections.abc import Mapping
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

from itsmkit._problems import shown
from itsmkit.plugin.documents._faults import Fault

__all__ = ["LARGEST_INTEGER", "has_far_names", "in_order", "last_type", "quoted", "written"]

LARGEST_INTEGER = 2**53 - 1
"""Whole numbers up to this one, and down to its negative, are the same to every reader of JSON."""

_LEADS_BEYOND = (b"\xf0", b"\xf1", b"\xf2", b"\xf3", b"\xf4")


def written(value: Any) -> str:
    """Return *value* as canonical JSON; raises a `Fault`."""
    kind = type(value)
    if kind is str:
        return quoted(value)
    if value is None:
        return "null"
    if kind is bool:
        return "true" if value else "false"
    if kind is int:
        if not -LARGEST_INTEGER <= value <= LARGEST_INTEGER:
            raise Fault.at("", f"must be at most {LARGEST_INTEGER} either way, not {shown(value)}")
        return str(value)
    if kind is float:
        return _number(value)
    if isinstance(value, Mapping):
        return _object(value)
    if isinstance(value, list | tuple):
        return _array(value)
    raise Fault.at("", f"must be text, a number, true, false, null, a list or a mapping, not {shown(value)}")


def _array(values: list[Any] | tuple[Any, ...]) -> str:
    parts: list[str] = []
    faults: list[tuple[str, str]] = []
    for number, value in enumerate(values):
        try:
            parts.append(written(value))
        except Fault as fault:
            faults += fault.below(number)
    if faults:
        raise Fault(faults)
    return f"[{','.join(parts)}]"


def _object(values: Mapping[Any, Any]) -> str:
    parts: list[str] = []
    faults: list[tuple[str, str]] = []
    for name in in_order(values):
        try:
            parts.append(_name(name) + written(values[name]))
        except Fault as fault:
            faults += fault.below(name)
    if faults:
        raise Fault(faults)
    return f"{{{','.join(parts)}}}"


def in_order(names: Mapping[Any, Any]) -> list[str]:
    """Return names in the order in which they stand in canonical JSON; raises a `Fault`."""
    try:
        if "".join(names).isascii():
            return sorted(names)
    except TypeError:
        strangers = [name for name in names if not isinstance(name, str)]
        raise Fault(
            [("", f"the name of a value must be text, not {shown(each)}") for each in strangers]
        ) from None
    # By UTF-16 code units, where what lies beyond the first 65,536 characters comes before the last of them.
    return sorted(names, key=lambda name: name.encode("utf-16-be", "surrogatepass"))


@lru_cache(maxsize=4096)  # there are few, and each stands in many documents
def _name(name: str) -> str:
    return f"{quoted(name)}:"


def quoted(text: str) -> str:
    """Return *text* as canonical JSON; raises a `Fault`."""
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise Fault.at("", f"must be text that UTF-8 can hold, not {shown(text)}") from None
    return encode_basestring(text)


def _number(value: float) -> str:
    """Return *value* as ECMAScript writes it: the shortest digits that are read back as the same number."""
    if not math.isfinite(value):
        raise Fault.at("", f"must be a finite number, not {value}")
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, part = mantissa.partition(".")
    # 0.digits times ten to the power of point
    digits = whole + ("" if part == "0" else part)
    point = len(whole) + int(exponent or 0)
    point -= len(digits) - len(digits.lstrip("0"))
    digits = digits.strip("0")
    count = len(digits)
    if count <= point <= 21:
        return f"{sign}{digits}{'0' * (point - count)}"
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    fraction = f".{digits[1:]}" if count > 1 else ""
    return f"{sign}{digits[0]}{fraction}e{point - 1:+d}"


def last_type(text: bytes | str) -> bytes | str | None:
    """Return the type that stands last in a document, if that is written as canonical JSON is."""
    if type(text) is bytes:
        start = text.rfind(b'"type":"') + 8
        return text[start : text.find(b'"', start)]
    if type(text) is str:
        start = text.rfind('"type":"') + 8
        return text[start : text.find('"', start)]
    return None


def has_far_names(text: bytes) -> bool:
    """
    Tell whether JSON may have names whose order is another by code points than by UTF-16.

    It is if one of U+E000 to U+FFFF meets one beyond.
    """
    return (b"\xee" in text or b"\xef" in text) and any(lead in text for lead in _LEADS_BEYOND)
