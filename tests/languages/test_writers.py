import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from unicodedata import digit
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError
from itsmkit.languages import SHIPPED, LanguageTag
from itsmkit.languages._babel import CldrWriter, knows
from itsmkit.languages._digits import in_digits
from itsmkit.languages.bidi import Direction
from itsmkit.languages.messages import writer_of
from itsmkit.money import Money

NINE = datetime(2026, 3, 2, 9, 5, tzinfo=ZoneInfo("Europe/Amsterdam"))


def in_latin(text: str) -> str:
    """Return a text with all digits in those of Latin, by the database of Unicode."""
    return "".join(str(digit(each)) if each.isdigit() else each for each in text)


def write(tag: str) -> CldrWriter:
    return CldrWriter(LanguageTag(tag))


@pytest.mark.parametrize(
    ("tag", "style", "told"),
    [
        ("nl", "", "ma 2 mrt 2026, 09:05 CET"),
        ("nl", "date", "ma 2 mrt 2026"),
        ("nl", "time", "09:05 CET"),
        ("nl", "short", "02-03-2026, 09:05 CET"),
        ("sv", "", "mån 2 mars 2026 09:05 CET"),
        ("id", "", "Sen, 2 Mar 2026 09.05 CET"),
        ("en-GB", "", "Mon, 2 Mar 2026, 09:05 CET"),
        ("en-US", "time", "9:05\u202fAM CET"),
        ("fa", "", "دوشنبه ۱۱ اسفند ۱۴۰۴، ساعت ۹:۰۵ (وقت مرکز اروپا)"),
        ("fa", "short", "۱۴۰۴/۱۲/۱۱،\u200f ۹:۰۵ (وقت مرکز اروپا)"),
        ("fa-AF", "date", "دوشنبه ۱۱ حوت ۱۴۰۴"),
        ("fa-u-ca-gregory-nu-latn", "date", "دوشنبه 2 مارس 2026"),
        ("fa-u-nu-latn", "date", "دوشنبه 11 اسفند 1404"),
        ("en-u-ca-persian", "date", "Mon, Esfand 11, 1404"),
        ("nl-u-ca-persian", "short", "11-12-1404, 09:05 CET"),
    ],
)
def test_instants_are_told_as_the_language_has_them(tag: str, style: str, told: str) -> None:
    assert write(tag).instant(NINE, style) == told


@pytest.mark.parametrize(
    ("tag", "zone", "told"),
    [
        ("nl", UTC, "09:05 UTC"),
        ("fa", UTC, "۹:۰۵ UTC"),
        ("nl", ZoneInfo("Asia/Tehran"), "09:05 (Iraanse tijd)"),
        ("fa", ZoneInfo("Asia/Tehran"), "۹:۰۵ (وقت ایران)"),
        ("nl", timezone(timedelta(hours=3, minutes=30)), "09:05 GMT+03:30"),
        ("id", ZoneInfo("Asia/Jakarta"), "09.05 WIB"),
    ],
)
def test_zones_are_named(tag: str, zone: timezone, told: str) -> None:
    assert write(tag).instant(NINE.replace(tzinfo=zone), "time") == told


def test_days_that_the_persian_calendar_does_not_know_are_told_by_the_other() -> None:
    assert write("fa").day(date(600, 1, 1)) == "چهارشنبه ۱ ژانویه ۶۰۰"


@pytest.mark.parametrize(
    ("tag", "told"),
    [
        ("nl", ["-26 uur en 5 minuten", "1 minuut", "0 seconden", "26:05:00", "-0:01:30"]),
        ("sv", ["−26 timmar 5 minuter", "1 minut", "0 sekunder", "26:05:00", "−0:01:30"]),
        ("id", ["-26 jam 5 menit", "1 menit", "0 detik", "26:05:00", "-0:01:30"]),
        ("fa", ["\u200e−۲۶ ساعت و ۵ دقیقه", "۱ دقیقه", "۰ ثانیه", "۲۶:۰۵:۰۰", "\u200e−۰:۰۱:۳۰"]),
    ],
)
def test_durations(tag: str, told: list[str]) -> None:
    long, minute = timedelta(hours=26, minutes=5), timedelta(seconds=90)
    w = write(tag)
    assert told == [
        w.duration(-long, ""),
        w.duration(minute, ""),
        w.duration(timedelta(0), ""),
        w.duration(long, "clock"),
        w.duration(-minute, "clock"),
    ]


@pytest.mark.parametrize("tag", SHIPPED)
@given(length=st.timedeltas(timedelta(0), timedelta(hours=999)))
def test_the_numbers_of_a_duration_add_up(tag: str, length: timedelta) -> None:
    told = in_latin(writer_of(LanguageTag(tag)).duration(length, ""))
    numbers = [*map(int, re.findall(r"\d+", told))]
    minutes = length // timedelta(minutes=1)
    if length < timedelta(minutes=1):
        assert numbers == [length.seconds]
    else:
        assert numbers == [each for each in divmod(minutes, 60) if each]
    clock = in_latin(write("nl").duration(length, "clock"))
    hours, of_hour, seconds = map(int, clock.split(":"))
    assert timedelta(hours=hours, minutes=of_hour, seconds=seconds) == timedelta(
        seconds=length // timedelta(seconds=1)
    )


@pytest.mark.parametrize(
    ("tag", "told"),
    [
        ("nl", ["-1.234.567,891", "75%", "€\xa01.234,50", "a, b en c"]),
        ("sv", ["−1\xa0234\xa0567,891", "75\xa0%", "1\xa0234,50\xa0€", "a, b och c"]),
        ("id", ["-1.234.567,891", "75%", "€1.234,50", "a, b, dan c"]),
        ("fa", ["\u200e−۱٬۲۳۴٬۵۶۷٫۸۹۱", "۷۵٪", "\u200e€\xa0۱٬۲۳۴٫۵۰", "a،\u200f b، و c"]),
        ("fa-u-nu-latn", ["\u200e−1,234,567.891", "75%", "\u200e€\xa01,234.50", "a،\u200f b، و c"]),
        ("nl-u-nu-thai", ["-๑.๒๓๔.๕๖๗,๘๙๑", "๗๕%", "€\xa0๑.๒๓๔,๕๐", "a, b en c"]),
        ("nl-u-nu-nonesuch", ["-1.234.567,891", "75%", "€\xa01.234,50", "a, b en c"]),
    ],
)
def test_numbers_money_and_lists(tag: str, told: list[str]) -> None:
    w = write(tag)
    assert told == [
        w.number(Decimal("-1234567.891"), ""),
        w.number(0.75, "percent"),
        w.money(Money("1234.5", "EUR")),
        w.sequence(["a", "b", "c"]),
    ]


@pytest.mark.parametrize("tag", SHIPPED)
@given(number=st.one_of(st.integers(-(10**12), 10**12), st.decimals(-(10**9), 10**9, places=3)))
def test_no_digit_of_a_number_is_lost(tag: str, number: int | Decimal) -> None:
    told = writer_of(LanguageTag(tag)).number(number, "")
    assert re.sub(r"\D", "", in_latin(told)).rstrip("0") == re.sub(r"\D", "", str(number)).rstrip("0") or (
        Decimal(number) == 0
    )
    if tag == "fa":
        assert not re.search("[0-9]", told)


@pytest.mark.parametrize("tag", SHIPPED)
def test_nothing_in_a_row_is_nothing(tag: str) -> None:
    w = writer_of(LanguageTag(tag))
    assert (w.sequence([]), w.sequence(["a"])) == ("", "a")


@pytest.mark.parametrize(
    ("tag", "direction"),
    [(tag, Direction.RIGHT_TO_LEFT if tag == "fa" else Direction.LEFT_TO_RIGHT) for tag in SHIPPED],
)
def test_languages_have_a_direction(tag: str, direction: Direction) -> None:
    assert writer_of(LanguageTag(tag)).direction is direction


def test_a_language_is_written_as_the_nearest_that_is_known() -> None:
    assert write("nl-QM").day(date(2026, 3, 2)) == "ma 2 mrt 2026"
    assert knows("nl")
    assert not knows("tlh")
    assert not knows("x")
    with pytest.raises(DefinitionError, match="nothing is known of how the language tlh is written"):
        write("tlh")


def test_plain_english_needs_no_locale_of_the_process() -> None:
    w = writer_of(LanguageTag("en"))
    assert (w.day(date(99, 12, 31)), w.money(Money("-1", "JPY"))) == ("Thu 31 Dec 0099", "-1 JPY")
    assert (w.number(-1234.5, ""), w.number(0.75, "percent")) == ("-1,234.5", "75%")


@given(st.integers(0, 10**9))
def test_digits_are_those_of_unicode(number: int) -> None:
    for system in ("arab", "arabext", "beng", "deva", "latn", "thai"):
        assert in_latin(in_digits(str(number), system)) == str(number)
