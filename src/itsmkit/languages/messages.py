"""Saying messages in one language, to one reader."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache

from attrs import evolve, field, frozen

from itsmkit._frozen import as_tuple
from itsmkit.languages._installed import needed_for
from itsmkit.languages._plain_english import PlainEnglish
from itsmkit.languages.bidi import Direction, as_html, isolated, without_controls
from itsmkit.languages.catalogue import SHIPPED, Catalogue, shipped
from itsmkit.languages.message import Joined, Message, Sayable, Term
from itsmkit.languages.placeholders import Placeholder, pieces_of
from itsmkit.languages.tag import LanguageTag
from itsmkit.languages.writer import Writer
from itsmkit.money import Money

__all__ = ["ENGLISH", "Messages"]


@frozen
class Messages:
    """
    What says messages in one language.

    Make one by `Messages.of`, or let a desk find the language of a reader: see `Languages`.

    Args:
        tag: The language, as it writes dates and numbers.
        catalogues: Where words are looked up, the first ones first. What none has, is said in English.
        writer: What writes values.
        zone: The zone of the reader; ``None`` to tell each instant in its own.
    """

    tag: LanguageTag
    catalogues: tuple[Catalogue, ...] = field(converter=as_tuple, eq=False, repr=False)
    writer: Writer = field(eq=False, repr=False)
    zone: tzinfo | None = None

    @classmethod
    def of(cls, tag: str, *, zone: tzinfo | None = None) -> "Messages":
        """
        Return what says messages in the language *tag*, or in the nearest of those that itsmkit speaks.

        Args:
            tag: The tag of a language. One that is not spoken falls back: ``"nl-BE"`` to Dutch with the
                dates of Belgium, ``"de"`` to English.
            zone: The zone to tell instants in; by default, each in its own.

        Raises:
            DefinitionError: If *tag* is no tag.
            ModuleNotFoundError: If it needs the extra ``languages``, which is not installed.

        >>> from datetime import UTC
        >>> from itsmkit.languages import message
        >>> due = message(
        ...     "{number}: we expect to have it done by {by}",
        ...     number="INC-7",
        ...     by=datetime(2026, 3, 2, 9, tzinfo=UTC),
        ... )
        >>> print(Messages.of("nl").say(due))
        INC-7: we verwachten dit uiterlijk ma 2 mrt 2026, 09:00 UTC af te ronden
        """
        wanted = LanguageTag(tag)
        spoken = next((each for each in wanted.fallbacks() if each in SHIPPED), None)
        if spoken is None:
            return evolve(ENGLISH, zone=zone)
        return cls(wanted, (shipped(spoken),), writer_of(wanted), zone)

    @property
    def direction(self) -> Direction:
        """In which direction the language is written."""
        return self.writer.direction

    def say(self, said: Sayable) -> str:
        """
        Return a message as plain text.

        What is foreign to its direction stands between isolates: see `itsmkit.languages.bidi`.
        """
        match said:
            case Message():
                return self._message(said)
            case Joined(parts=parts, by=by):
                return by.join(map(self.say, parts))
            case Term():
                return self._term(said)

    def html(self, said: Sayable) -> str:
        """
        Return a message as an element of HTML that names its language and direction.

        >>> from itsmkit.languages import message
        >>> print(Messages.of("en").html(message("{title} is done", title="<b>متن</b>")))
        <div lang="en" dir="ltr"><p><bdi>&lt;b&gt;متن&lt;/b&gt;</bdi> is done</p></div>
        """
        return as_html(self.say(said), language=str(self.tag), direction=self.direction)

    def _message(self, said: Message) -> str:
        quantity = said.quantity
        words = self._find(said.text, quantity=quantity)
        if words is None:
            words = said.text if quantity in (None, 1) or said.many is None else said.many
        return "".join(self._pieces(words, said))

    def _find(self, text: str, *, kind: str | None = None, quantity: int | None = None) -> str | None:
        found = (each.find(text, kind=kind, quantity=quantity) for each in self.catalogues)
        return next((each for each in found if each is not None), None)

    def _pieces(self, words: str, said: Message) -> Iterator[str]:
        for piece in pieces_of(words):
            if isinstance(piece, Placeholder):
                yield self._told(said.arguments[piece.name], piece.style)
            else:
                yield piece

    def _term(self, term: Term) -> str:
        found = self._find(term.name, kind=term.kind)
        return self._set_apart(without_controls(term.name)) if found is None else found

    def _set_apart(self, text: str) -> str:
        return isolated(text, self.direction)

    def _told(self, value: object, style: str) -> str:
        """Return an argument as it is told in this language; `Message` has seen to it that it can be."""
        write = self.writer
        match value:
            case Message() | Joined() | Term():
                return self.say(value)
            case tuple():
                return write.sequence([self._told(each, style) for each in value])
            case datetime():
                at = value if self.zone is None else value.astimezone(self.zone)
                return self._set_apart(write.instant(at, style))
            case date():
                return self._set_apart(write.day(value))
            case timedelta():
                return self._set_apart(write.duration(value, style))
            case int() | float() | Decimal():
                return self._set_apart(write.number(value, style))
            case Money():
                return self._set_apart(write.money(value))
            case _:
                return self._set_apart(without_controls(str(value)))


@lru_cache(maxsize=256)
def writer_of(tag: LanguageTag) -> Writer:
    """
    Return what writes values in the language *tag*. Plain English needs no library.

    Raises:
        DefinitionError: If nothing is known of how it is written.
        ModuleNotFoundError: If it needs the extra ``languages``, which is not installed.
    """
    if str(tag) == "en":
        return PlainEnglish()
    needed_for(tag)
    from itsmkit.languages._babel import CldrWriter  # noqa: PLC0415  an extra

    return CldrWriter(tag)


def is_writable(tag: LanguageTag) -> bool:
    """
    Tell whether anything is known of how a language is written.

    Raises:
        ModuleNotFoundError: If the extra ``languages`` is not installed.
    """
    needed_for(tag)
    from itsmkit.languages._babel import knows  # noqa: PLC0415  an extra

    return any(map(knows, tag.fallbacks()))


ENGLISH = Messages(LanguageTag("en"), (), PlainEnglish())
"""English that needs no library: the day before the month, and the hours of the day up to 24."""
