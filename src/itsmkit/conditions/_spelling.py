"""How names and values are spelled in the text form, and how what is spelled is read."""

import re
from datetime import datetime, timedelta
from math import isinf
from typing import TYPE_CHECKING

from itsmkit.conditions._scalars import Scalar, is_decimal, plain_scalar
from itsmkit.errors import DefinitionError

if TYPE_CHECKING:
    from decimal import Decimal

__all__ = [
    "KEYWORDS",
    "WORD",
    "decimal_of",
    "figure",
    "shortened",
    "spelled",
    "spelled_name",
    "unquoted",
]

KEYWORDS = frozenset(
    "all always and any decimal false in is missing never not or present true".split()  # noqa: SIM905
)
"""The words of the language. A fact of such a name is written in backquotes."""

WORD = r"[^\W\d]\w*+(?:[.-]\w++)*+"
"""The names of facts that stand for themselves."""

_WORD = re.compile(WORD)
_NUMBER = re.compile(r"-?[0-9]+(?P<fraction>\.[0-9]+)?(?P<exponent>[eE][+-]?[0-9]+)?")
_HEXADECIMAL = re.compile(r"-?0x[0-9a-fA-F]+")
_DURATION = re.compile(
    r"(?P<minus>-?)(?=[0-9])(?:(?P<h>[0-9]+)h)?(?:(?P<min>[0-9]+)min)?"
    r"(?:(?P<s>[0-9]+)(?:\.(?P<fraction>[0-9]{1,6}))?s)?"
)
_DAYS = re.compile(r"-?[0-9.]+d(?:ays?)?(?:[0-9].*)?")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
    r"(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))")

_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", '"': '"', "'": "'", "`": "`"}
_ESCAPES = {character: f"\\{letter}" for letter, character in _ESCAPED.items()}

# `int` and `str` convert so many digits whatever limit the host has set; the conversion is quadratic.
_MOST_DIGITS = 640
_MOST_BITS = 2_000

_MINUTE = timedelta(minutes=1)
_LONGEST_SHOWN = 40


def spelled_name(field: str) -> str:
    """Return the name of a fact as the text form writes it: in backquotes unless it is a plain word."""
    if field not in KEYWORDS and _WORD.fullmatch(field):
        return field
    return _quoted(field, "`")


def spelled(value: Scalar) -> str:
    """Return *value*, a literal of a condition, as the text form writes it."""
    match value:
        case str():
            return _quoted(value, '"')
        case bool():
            return "true" if value else "false"
        case int():
            return str(value) if value.bit_length() <= _MOST_BITS else hex(value)
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case timedelta():
            return _spelled_duration(value)
    return f"decimal {value}" if is_decimal(value) else repr(value)


def figure(text: str) -> Scalar:
    """
    Return the number, duration or instant that *text* spells.

    Raises:
        DefinitionError: If it spells none of them, saying what comes closest.
    """
    if found := _NUMBER.fullmatch(text):
        return _number(text, whole=not (found["fraction"] or found["exponent"]))
    if _HEXADECIMAL.fullmatch(text):
        return int(text, 16)
    if found := _DURATION.fullmatch(text):
        return _duration(text, found)
    if found := _INSTANT.fullmatch(text):
        return _instant(text, zone=found["zone"])
    raise DefinitionError(_no_figure(text))


def decimal_of(text: str) -> "Decimal":
    """
    Return the decimal number that *text* spells, exactly.

    Raises:
        DefinitionError: If it spells none, or one with an exponent beyond those of ``Decimal``.
    """
    from decimal import Context, Decimal, InvalidOperation  # noqa: PLC0415  # a slow import that few need

    if _NUMBER.fullmatch(text):
        try:
            number = Decimal(text, Context(traps=[InvalidOperation]))
        except InvalidOperation:
            problem = f"{shortened(text)} has an exponent that no decimal has"
            raise DefinitionError(problem) from None
        return number
    problem = f"{shortened(text)} is no decimal number, such as 0.10"
    raise DefinitionError(problem)


def unquoted(text: str) -> str:
    r"""
    Return what *text*, which has a quote at each end, stands for.

    Raises:
        DefinitionError: If it has an escape other than ``\n \r \t \\``, an escaped quote, ``\u`` and four or
            ``\U`` and eight hexadecimal digits.
    """
    inner = text[1:-1]
    return _ESCAPE.sub(_unescaped, inner) if "\\" in inner else inner


def shortened(text: str) -> str:
    """Return *text* if it is short, else its beginning, fit for a sentence."""
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"


def _unescaped(found: re.Match[str]) -> str:
    short, long, letter = found.groups()
    digits = short or long
    if digits and int(digits, 16) < 0x110000:
        return chr(int(digits, 16))
    if letter in _ESCAPED:
        return _ESCAPED[letter]
    problem = rf"there is no escape {found[0]}; known: \n \r \t \\ \" \' \` \uXXXX \UXXXXXXXX"
    raise DefinitionError(problem)


def _quoted(text: str, quote: str) -> str:
    return f"{quote}{''.join(_escaped(character, quote) for character in text)}{quote}"


def _escaped(character: str, quote: str) -> str:
    if character in (quote, "\\") or (character in _ESCAPES and not character.isprintable()):
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _spelled_duration(span: timedelta) -> str:
    minutes, rest = divmod(abs(span), _MINUTE)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{rest.microseconds:06}".rstrip("0") if rest.microseconds else ""
    text = (
        (f"{hours}h" if hours else "")
        + (f"{minutes}min" if minutes else "")
        + (f"{rest.seconds}{fraction}s" if rest or not span else "")
    )
    return f"-{text}" if span < timedelta() else text


def _number(text: str, *, whole: bool) -> int | float:
    if not whole:
        number = float(text)
        if isinf(number):
            problem = f"{shortened(text)} is more than a float can hold; write decimal {shortened(text)}"
            raise DefinitionError(problem)
        return number
    if len(text) > _MOST_DIGITS:
        problem = f"{shortened(text)} has {len(text):,} digits; write it in base 16, as 0x…"
        raise DefinitionError(problem)
    return int(text)


def _duration(text: str, found: re.Match[str]) -> timedelta:
    try:
        span = timedelta(
            hours=int(found["h"] or 0),
            minutes=int(found["min"] or 0),
            seconds=int(found["s"] or 0),
            microseconds=int((found["fraction"] or "").ljust(6, "0")),
        )
    except (OverflowError, ValueError):  # ValueError: more digits than int() takes
        problem = f"{shortened(text)} is longer than a duration can be"
        raise DefinitionError(problem) from None
    return -span if found["minus"] else span


def _instant(text: str, *, zone: str | None) -> Scalar:
    if zone is None:
        problem = f"{text} has no time zone; add Z for UTC, or an offset such as +02:00"
        raise DefinitionError(problem)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        problem = f"{text} is no date and time: {error}"
        raise DefinitionError(problem) from None
    return plain_scalar(instant, "the instant")


def _no_figure(text: str) -> str:
    if _DATE.fullmatch(text):
        return f"{text} is a date, not an instant; add a time and a zone: {text}T00:00:00Z"
    if _DAYS.fullmatch(text):
        return f"{shortened(text)} has days, which could be working days; write hours, such as 48h"
    return (
        f"{shortened(text)} is no number (3, 0.5, 1e6), no duration (8h, 1h30min, 0.5s) and no instant "
        "(2026-03-29T01:30:00Z); text stands in quotes"
    )
