"""Instants as an event log spells them."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

__all__ = ["ISO", "Instants", "instant_writer", "time_format_problem"]

ISO = "iso"
"""The time format of ISO 8601 texts, which say their offset or leave it to the format's zone."""

_SAMPLE = datetime(2016, 11, 29, 13, 5, 7, tzinfo=UTC)

# The patterns of `datetime.strptime`, so that the short way reads a text as it does.
_NUMBERS = {
    "Y": r"(\d\d\d\d)",
    "m": r"(1[0-2]|0[1-9]|[1-9])",
    "d": r"(3[0-1]|[1-2]\d|0[1-9]|[1-9]| [1-9])",
    "H": r"(2[0-3]|[0-1]\d|\d)",
    "M": r"([0-5]\d|\d)",
    "S": r"(6[0-1]|[0-5]\d|\d)",
}


class Instants(dict[str | None, datetime | None]):
    """
    Instants by their text, in UTC; ``None`` for a text that is no instant, and for no text.

    Each text is parsed once: a log has far more rows than minutes.
    """

    def __init__(self, time_format: str, zone: ZoneInfo) -> None:
        super().__init__({None: None})
        self._parse = datetime.fromisoformat if time_format == ISO else _parser(time_format)
        self._zone = zone

    def __missing__(self, text: str) -> datetime | None:
        try:
            moment = self._parse(text)
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=self._zone)
            instant = moment.astimezone(UTC)
        except (ValueError, OverflowError):  # OverflowError: in UTC it is not in the years 1 to 9999
            instant = None
        self[text] = instant
        return instant


def instant_writer(time_format: str, zone: ZoneInfo) -> Callable[[datetime], str]:
    """Return the function that spells an instant as the wall clock of *zone* shows it."""
    if time_format == ISO:
        return lambda instant: instant.astimezone(zone).isoformat()
    return lambda instant: instant.astimezone(zone).strftime(time_format)


def time_format_problem(time_format: str) -> str | None:
    """Return why *time_format* cannot spell the times of a log, or ``None`` if it can."""
    if time_format == ISO:
        return None
    if not re.search("%[YyGcx]", time_format):  # newer Pythons warn of such a format; it is refused here
        return _NO_DATE
    try:
        read = datetime.strptime(_SAMPLE.strftime(time_format), time_format)  # noqa: DTZ007  only its date counts
    except (ValueError, re.error) as error:  # re.error: a directive stands twice
        return f"is no time format: {error}"
    return None if read.date() == _SAMPLE.date() else _NO_DATE


_NO_DATE = "does not spell year, month and day"


def _parser(time_format: str) -> Callable[[str], datetime]:
    """
    Return what `datetime.strptime` does for *time_format*, several times faster for plain numbers.

    Year, month and day, then hours, minutes and seconds as far as they go, in any order and with any
    characters between them, take the short way; every other format, and every text that the short way
    does not match, goes to `strptime` itself.
    """

    def parse(text: str) -> datetime:
        return datetime.strptime(text, time_format)  # noqa: DTZ007  `Instants` attaches the zone

    directives = re.findall("%(.?)", time_format, re.DOTALL)
    names = sorted(directives, key="YmdHMS".find)
    if len(names) < 3 or "".join(names) != "YmdHMS"[: len(names)]:
        return parse
    literals = re.split("%.", time_format, flags=re.DOTALL)
    parts = [re.escape(literals[0])]
    for name, literal in zip(directives, literals[1:], strict=True):
        parts += [_NUMBERS[name], re.escape(literal)]
    match = re.compile("".join(parts)).match
    groups = [directives.index(name) + 1 for name in names]

    def parse_numbers(text: str) -> datetime:
        found = match(text)
        if found is None or found.end() != len(text):
            return parse(text)
        return datetime(*map(int, found.group(*groups)))  # type: ignore[arg-type]  # noqa: DTZ001  as above

    return parse_numbers
