"""What the tests of languages share: values that can be told, and what every text must keep to."""

from datetime import UTC, date, datetime, timedelta
from unicodedata import bidirectional
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from itsmkit.languages import Joined, Term, message
from itsmkit.money import Money

ZONES = [UTC, *map(ZoneInfo, ("Europe/Amsterdam", "Asia/Tehran", "Asia/Jakarta", "America/St_Johns"))]
_FIRST, _LAST = datetime(1900, 1, 1), datetime(2200, 1, 1)  # noqa: DTZ001  # zones are drawn
INSTANTS = st.datetimes(_FIRST, _LAST, timezones=st.sampled_from(ZONES))
DAYS = st.dates(date(1900, 1, 1), date(2200, 1, 1))
DURATIONS = st.timedeltas(timedelta(days=-900), timedelta(days=900))
# Letters of both directions, signs, line ends, and what turns directions around; no braces.
TEXTS = st.text(
    "aZ7 .,:-()/%\n\u05d0\u0645\u06cc\u200c\u0661\u06f5\u202a\u202c\u202e\u2067\u2068\u2069\u2029", min_size=1
)
NUMBERS = st.one_of(
    st.integers(-(10**9), 10**9),
    st.decimals(-(10**6), 10**6, places=2),
    st.floats(-(10**6), 10**6, allow_nan=False).map(lambda value: round(value, 3)),
)
MONEY = st.builds(
    Money, st.decimals(-(10**6), 10**6, places=2), st.sampled_from(["EUR", "USD", "SEK", "IRR", "IDR"])
)
_SINGLE = st.one_of(
    TEXTS,
    INSTANTS,
    DAYS,
    DURATIONS,
    NUMBERS,
    MONEY,
    TEXTS.map(lambda text: Term("state", text)),
    TEXTS.map(lambda text: message("it is {state} now", state=text)),
    TEXTS.map(lambda text: Joined([message("nothing presses"), Term("state", text)], ", ")),
)
VALUES = st.one_of(_SINGLE, st.lists(_SINGLE, max_size=4).map(tuple))
"""All that an argument of a message may be."""

FSI, PDI = "\u2068", "\u2069"
CONTROLS = {*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"}


def assert_balanced(text: str) -> None:
    """Hold each paragraph of a text to close what it opens, and to have no other control of direction."""
    depth = 0
    for character in f"{text}\n":
        if character == FSI:
            depth += 1
        elif character == PDI:
            depth -= 1
            assert depth >= 0, ascii(text)
        elif bidirectional(character) == "B":
            assert depth == 0, ascii(text)
        else:
            assert character not in CONTROLS, ascii(text)
