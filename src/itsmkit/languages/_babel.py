"""The door to Babel, which loads on first use: catalogues, and how languages write what is not words."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property, lru_cache
from io import BytesIO
from typing import TYPE_CHECKING

from attrs import field, frozen

from itsmkit.errors import DefinitionError
from itsmkit.languages._digits import in_digits
from itsmkit.languages._jalali import JalaliDay, jalali
from itsmkit.languages.bidi import Direction
from itsmkit.languages.entry import Entry, PoFile
from itsmkit.languages.tag import LanguageTag
from itsmkit.languages.writer import hours_and_minutes
from itsmkit.money import Money

if TYPE_CHECKING:
    from babel import Locale
    from babel.messages import Catalog, Message

__all__ = ["CldrWriter", "knows", "read_po", "updated_po"]

_AFGHAN_MONTHS = ("حمل", "ثور", "جوزا", "سرطان", "اسد", "سنبله", "میزان", "عقرب", "قوس", "جدی", "دلو", "حوت")
"""The months of the Persian calendar as they are called in Afghanistan: the signs of the zodiac."""

_SIGNS = {"decimal", "group", "minusSign", "percentSign"}


def knows(tag: str) -> bool:
    """Tell whether CLDR describes how *tag*, a tag without extensions, is written."""
    return _locale(tag) is not None


@lru_cache(maxsize=256)
def _locale(tag: str) -> "Locale | None":
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415  comes with an extra

    try:
        return Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return None


@frozen(slots=False)
class CldrWriter:
    """
    Writes a language as the Unicode CLDR describes it. Keeps the protocol of `Writer`.

    Args:
        tag: The language; CLDR must know it or one of its fallbacks.

    Source:
        The Common Locale Data Repository, as Babel ships it. It has no Persian calendar: its days and months
        come from the library behind `itsmkit.languages._jalali`, in the pattern of the language.
    """

    tag: LanguageTag
    _locale: "Locale" = field(init=False, eq=False, repr=False)

    @_locale.default
    def _known(self) -> "Locale":
        for tag in self.tag.fallbacks():
            found = _locale(tag)
            if found is not None:
                return found
        problem = f"nothing is known of how the language {self.tag} is written"
        raise DefinitionError(problem)

    @cached_property
    def direction(self) -> Direction:
        """See `Writer.direction`."""
        return Direction(self._locale.text_direction)

    @cached_property
    def _digits(self) -> str:
        return self.tag.digits or self._locale.default_numbering_system

    @cached_property
    def _symbols(self) -> str:
        """The numbering system whose signs are written; that of the language where another has not all."""
        is_whole = self._locale.number_symbols.get(self._digits, {}).keys() >= _SIGNS
        return self._digits if is_whole else self._locale.default_numbering_system

    def _told(self, text: str) -> str:
        return in_digits(text, self._digits)

    def instant(self, at: datetime, style: str) -> str:
        """See `Writer.instant`."""
        if style == "date":
            return self.day(at)
        time = f"{self._time(at)} {self._zone(at)}"
        if style == "time":
            return time
        is_short = style == "short"
        day = self._short_day(at) if is_short else self.day(at)
        pattern = str(self._locale.datetime_formats["short" if is_short else "long"])
        return pattern.replace("{1}", day).replace("{0}", time)

    def _time(self, at: datetime) -> str:
        from babel.dates import format_time  # noqa: PLC0415  comes with an extra

        # Without its zone: Babel would move the clock to it once more.
        return self._told(format_time(at.time(), "short", locale=self._locale))

    def _zone(self, at: datetime) -> str:
        from babel.dates import format_datetime  # noqa: PLC0415  comes with an extra

        name = at.tzname() or ""
        # Abbreviations are those of the zone database, which people know who write in Latin letters.
        if name == "UTC" or (name.isalpha() and self.direction is Direction.LEFT_TO_RIGHT):
            return name
        if getattr(at.tzinfo, "key", None) is not None:
            return f"({self._told(format_datetime(at, 'vvvv', locale=self._locale))})"
        return self._told(format_datetime(at, "ZZZZ", locale=self._locale))

    def day(self, day: date) -> str:
        """See `Writer.day`."""
        return self._day(day, lambda locale: str(locale.datetime_skeletons["yMMMEd"]))

    def _short_day(self, day: date) -> str:
        return self._day(day, lambda locale: str(locale.date_formats["short"]))

    def _day(self, day: date, pattern_of: "Callable[[Locale], str]") -> str:
        from babel.dates import format_date  # noqa: PLC0415  comes with an extra

        found = jalali(day) if self.tag.calendar == "persian" else None
        if found is not None:
            return self._told(self._persian_day(day, found, pattern_of(_of_language(self._locale))))
        plain = date(day.year, day.month, day.day)
        return self._told(format_date(plain, pattern_of(self._locale), locale=self._locale))

    def _persian_day(self, day: date, found: JalaliDay, pattern: str) -> str:
        from babel.dates import format_date, tokenize_pattern  # noqa: PLC0415  comes with an extra

        month = found.month_name
        if self.tag.language == "fa":
            is_afghan = self.tag.region == "AF"
            month = _AFGHAN_MONTHS[found.month - 1] if is_afghan else found.persian_month_name
        told = []
        for kind, value in tokenize_pattern(pattern):
            if kind == "chars":
                told.append(str(value))
            else:
                letter, times = str(value[0]), int(value[1])
                figures = {"y": found.year, "M": found.month, "d": found.day}.get(letter)
                if letter == "M" and times > 2:
                    told.append(month)
                elif figures is not None:
                    told.append(f"{figures:0{times if letter != 'y' else 1}}")
                else:
                    told.append(format_date(day, letter * times, locale=self._locale))
        return "".join(told)

    def duration(self, length: timedelta, style: str) -> str:
        """See `Writer.duration`."""
        from babel.units import format_unit  # noqa: PLC0415  comes with an extra

        sign = self._sign("minusSign") if length < timedelta(0) else ""
        if style == "clock":
            minutes, seconds = divmod(abs(length) // timedelta(seconds=1), 60)
            return self._told(f"{sign}{minutes // 60}:{minutes % 60:02}:{seconds:02}")
        units = [
            format_unit(number, f"duration-{unit}", locale=self._locale, numbering_system=self._symbols)
            for number, unit in hours_and_minutes(abs(length))
        ]
        pattern = str((self._locale.list_patterns.get("unit") or {}).get("2") or "{0} {1}")
        told = units[0] if len(units) == 1 else pattern.replace("{0}", units[0]).replace("{1}", units[1])
        return self._told(f"{sign}{told}")

    def _figures(self, text: str) -> str:
        """Return figures with the signs of the language, which Babel leaves as they stand in its patterns."""
        signs = {"-": self._sign("minusSign"), "%": self._sign("percentSign")}
        return self._told("".join(signs.get(each, each) for each in text))

    def _sign(self, name: str) -> str:
        return str(self._locale.number_symbols[self._symbols][name])

    def number(self, number: float | Decimal, style: str) -> str:
        """See `Writer.number`."""
        from babel.numbers import format_decimal, format_percent  # noqa: PLC0415  comes with an extra

        if style == "percent":
            return self._figures(format_percent(number, locale=self._locale, numbering_system=self._symbols))
        # As exactly as it is known: a pattern would round.
        exact = Decimal(repr(number)) if isinstance(number, float) else Decimal(number)
        told = format_decimal(
            exact, locale=self._locale, decimal_quantization=False, numbering_system=self._symbols
        )
        return self._figures(told)

    def money(self, amount: Money) -> str:
        """See `Writer.money`."""
        from babel.numbers import format_currency  # noqa: PLC0415  comes with an extra

        return self._figures(
            format_currency(
                amount.amount,
                amount.currency,
                locale=self._locale,
                currency_digits=True,
                decimal_quantization=False,
                numbering_system=self._symbols,
            )
        )

    def sequence(self, items: Sequence[str]) -> str:
        """See `Writer.sequence`."""
        from babel.lists import format_list  # noqa: PLC0415  comes with an extra

        return format_list([*items], locale=self._locale)


def _of_language(locale: "Locale") -> "Locale":
    """Return the locale of the language alone, whose patterns regions without their own inherit."""
    return _locale(locale.language) or locale


# -- catalogues ------------------------------------------------------------------------------------------


def read_po(content: bytes, where: str) -> PoFile:
    """
    Return what a catalogue says, a file of gettext.

    Args:
        content: The file.
        where: What it is called in errors.

    Raises:
        DefinitionError: If it is none.
    """
    catalogue = _catalogue(content, where)
    return PoFile(
        [*_entries(catalogue)],
        plural=catalogue.plural_expr,
        forms=catalogue.num_plurals,
        obsolete=[_ids(each)[0] for each in catalogue.obsolete.values()],
    )


def _catalogue(content: bytes, where: str) -> "Catalog":
    from babel.messages.pofile import PoFileError  # noqa: PLC0415  comes with an extra
    from babel.messages.pofile import read_po as read  # noqa: PLC0415

    try:
        return read(BytesIO(content), abort_invalid=True)
    except (PoFileError, ValueError) as error:
        problem = f"{where} is no catalogue of gettext: {error}"
        raise DefinitionError(problem) from None


def _entries(catalogue: "Catalog") -> Iterator[Entry]:
    for each in catalogue:
        if not each.id:
            continue  # the header
        one, many = _ids(each)
        texts = each.string if isinstance(each.string, list | tuple) else (each.string,)
        yield Entry(one, tuple(texts), kind=each.context, many=many, is_fuzzy=each.fuzzy)


def _ids(entry: "Message") -> tuple[str, str | None]:
    if isinstance(entry.id, str):
        return entry.id, None
    one, many = entry.id
    return one, many


def updated_po(content: bytes, tag: str, found: Sequence[Entry]) -> bytes:
    """
    Return a catalogue with an entry for each message of *found*, and none for others.

    What was translated stays; what is new, or reads otherwise by now, is left without a translation.

    Args:
        content: The file; empty for a new one.
        tag: The tag of its language.
        found: The messages, each with the places where it stands.
    """
    from babel.messages import Catalog  # noqa: PLC0415  comes with an extra
    from babel.messages.pofile import write_po  # noqa: PLC0415

    old = _catalogue(content, tag) if content else Catalog()
    new = Catalog(tag.replace("-", "_"), header_comment=f"# itsmkit in the language {tag}.", fuzzy=False)
    for entry in found:
        key = entry.text if entry.many is None else (entry.text, entry.many)
        known = old.get(key, entry.kind)
        string = known.string if known is not None and known.id == key else None
        comments = () if known is None else known.user_comments
        places = [(place, 0) for place in entry.places]
        flags = () if known is None else known.flags - {"python-format"}
        new.add(key, string, places, flags, user_comments=comments, context=entry.kind)
    file = BytesIO()
    write_po(file, new, width=100, omit_header=True, include_lineno=False, sort_output=True)
    header = (
        f"# itsmkit in the language {tag}; kept up to date by `make catalogues`.\n"
        'msgid ""\nmsgstr ""\n'
        f'"Language: {tag}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Plural-Forms: {new.plural_forms}\\n"\n\n'
    )
    return header.encode() + file.getvalue().lstrip(b"\n")
