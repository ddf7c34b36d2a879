"""
Messages: what is to be said, before anybody knows in which language.

A rule decides *what* people are told; their language, their zone and their digits are found out later, by who
tells them. So a message is a value: English words, and the arguments that go into them, each of its own type.
The words are the key of their translations, as gettext has it: English needs no catalogue, the source reads
as what it says, and what a desk writes in its own configuration is translated in the same way.

>>> from datetime import UTC, datetime
>>> print(message("{number} is due {due}", number="INC-7", due=datetime(2026, 3, 2, 9, tzinfo=UTC)))
INC-7 is due Mon 02 Mar 2026, 09:00 UTC
>>> print(counted("{n} ticket waits", "{n} tickets wait", n=3))
3 tickets wait
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TypeAlias

from attrs import field, frozen

from itsmkit._checks import aware, is_a, named
from itsmkit._frozen import as_tuple, frozen_dict
from itsmkit._problems import shown
from itsmkit.errors import DefinitionError
from itsmkit.languages.placeholders import placeholders_of
from itsmkit.money import Money

__all__ = [
    "Joined",
    "Message",
    "Sayable",
    "Term",
    "as_said",
    "counted",
    "joined",
    "message",
    "msgid",
    "worded",
]


@frozen
class Term:
    """
    A name that has a translation where its kind is known: of a state, a clock, a field.

    Args:
        kind: What it names, such as ``"state"``; one word may be called otherwise as something else.
        name: The name, as the rules of the desk have it; or a whole ``"text"`` of theirs.

    Raises:
        DefinitionError: If there is nothing in it.

    >>> print(Term("state", "In Progress"))
    In Progress
    """

    kind: str = field(validator=named)
    name: str

    def __attrs_post_init__(self) -> None:
        if not is_a(self.name, str) or not self.name:
            problem = f"Term.name must be words, not {shown(self.name)}"
            raise DefinitionError(problem)

    def __str__(self) -> str:
        return self.name


@frozen
class Message:
    """
    Words with their arguments.

    Make one by `message` or `counted`, in which the words are found when catalogues are brought up to date.

    Args:
        text: The words in English, with a ``{placeholder}`` for each argument.
        arguments: What goes into them, by name: text; whole numbers, decimals and floats; instants, which are
            aware, and dates; durations; `Money`; a `Term`; what is sayable itself; or several of these, as a
            tuple. Text is told as it is.
        many: The words for another number than one; ``None`` if the words do not count.
        number: The name of the argument that counts.

    Raises:
        DefinitionError: With every problem: a placeholder has no argument, an argument no placeholder, or one
            cannot be told.
    """

    text: str
    arguments: Mapping[str, object] = field(factory=dict, converter=frozen_dict)
    many: str | None = None
    number: str | None = None

    def __attrs_post_init__(self) -> None:
        where = shown(self.text)
        if not is_a(self.text, str) or not self.text:
            problem = f"Message.text must be words, not {where}"
            raise DefinitionError(problem)
        needed = placeholders_of(self.text) | placeholders_of(self.many or "")
        problems = [f"{where}: give it the argument {name!r}" for name in sorted(needed - {*self.arguments})]
        problems += [
            f"{where}: it has no place for the argument {name!r}"
            for name in self.arguments
            if name not in needed
        ]
        for name, value in self.arguments.items():
            problems += _problems_of(f"{where}: the argument {name!r}", value)
        if (self.many is None) != (self.number is None):
            problems.append(f"{where}: give both the words for many and the name of the number, or neither")
        elif self.number is not None and type(self.arguments.get(self.number)) is not int:
            problems.append(f"{where}: {self.number!r}, which counts, must be a whole number")
        if problems:
            raise DefinitionError(*problems)

    @property
    def quantity(self) -> int | None:
        """How many of it there are; ``None`` if the words do not count."""
        number = None if self.number is None else self.arguments[self.number]
        return number if isinstance(number, int) else None

    def __str__(self) -> str:
        return _in_english(self)


@frozen
class Joined:
    """
    Several messages in a row. Each is a whole sentence or clause, so that no language has to bend another's.

    Args:
        parts: The messages, in order.
        by: What stands between them, such as an empty line.
    """

    parts: tuple["Sayable", ...] = field(converter=as_tuple)
    by: str = ""

    def __str__(self) -> str:
        return _in_english(self)


Sayable: TypeAlias = Message | Joined | Term
"""What can be said in any language."""


def message(text: str, /, **arguments: object) -> Message:
    """
    Return a message.

    Args:
        text: The words in English, written out where this is called.
        **arguments: What goes into their placeholders: see `Message`.

    Raises:
        DefinitionError: If they do not fit each other.
    """
    return Message(text, _frozen_lists(arguments))


def counted(one: str, many: str, /, *, number: str = "n", **arguments: object) -> Message:
    """
    Return a message that counts something; each language has its own forms for how many there are.

    Args:
        one: The words for one, written out where this is called.
        many: The words for more, and for none.
        number: The name of the argument that counts.
        **arguments: What goes into their placeholders: see `Message`.

    Raises:
        DefinitionError: If they do not fit each other.
    """
    return Message(one, _frozen_lists(arguments), many, number)


def worded(text: str, /, **values: object) -> Message:
    """
    Return words of a desk's own as a message.

    Args:
        text: The words, as they stand in its rules.
        **values: What may be put there; what the words have no place for, is left out.

    >>> print(worded("Call {number} back", number="INC-7", title="No network"))
    Call INC-7 back

    Raises:
        DefinitionError: If they have a place for something else.
    """
    places = placeholders_of(text)
    return Message(text, _frozen_lists({name: each for name, each in values.items() if name in places}))


def joined(parts: Iterable[Sayable], by: str = "") -> Joined:
    """Return several messages as one: see `Joined`."""
    return Joined(parts, by)


def as_said(given: Sayable | str) -> Sayable:
    """
    Return what is to be said; text is one of the desk's own, told as it is. Fit as an attrs converter.

    Raises:
        DefinitionError: If it is neither.
    """
    if isinstance(given, Message | Joined | Term):
        return given
    return Term("text", given)


def msgid(text: str, /, kind: str | None = None) -> str:
    """
    Return *text*; where it is called, it marks words that are said later, so that catalogues have them.

    Args:
        text: The words, written out.
        kind: What they name: as in a `Term`.
    """
    del kind  # it is read in the source
    return text


def _frozen_lists(arguments: Mapping[str, object]) -> Mapping[str, object]:
    return {name: tuple(each) if isinstance(each, list) else each for name, each in arguments.items()}


_TELLABLE = (str, int, float, Decimal, timedelta, date, Money, Message, Joined, Term)


def _problems_of(path: str, value: object) -> Iterable[str]:
    if isinstance(value, tuple):
        for place, each in enumerate(value):
            yield from _problems_of(f"{path}[{place}]", each)
    elif isinstance(value, datetime):
        try:
            aware(value, path)
        except DefinitionError as error:
            yield str(error)
    elif not isinstance(value, _TELLABLE) or isinstance(value, bool):
        yield f"{path} cannot be told: {shown(value)}; give text, a number, an instant or a message"
    elif isinstance(value, float | Decimal) and not float("-inf") < value < float("inf"):
        yield f"{path} cannot be told: {shown(value)} is no number"


def _in_english(sayable: Sayable) -> str:
    from itsmkit.languages.messages import ENGLISH  # noqa: PLC0415  # it says what these are

    return ENGLISH.say(sayable)
