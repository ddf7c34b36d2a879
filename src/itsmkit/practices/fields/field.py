"""A field of a desk's own, and how values are read as its kind."""

import math
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum

import attrs
from attrs import frozen

from itsmkit._checks import is_a, member_of, utc
from itsmkit._documents import duration
from itsmkit._frozen import as_tuple
from itsmkit._problems import close_to, distinct_problems, shown
from itsmkit.conditions import NEVER, Condition, FactKind, FactType
from itsmkit.errors import DefinitionError
from itsmkit.practices.handling import COMMANDED
from itsmkit.tickets import DESCRIPTIVE_FIELDS

__all__ = ["Field", "FieldKind"]


class FieldKind(StrEnum):
    """What the values of a field are."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    """True or false."""

    DATE = "date"
    """A day, kept as text such as ``"2026-03-29"``, so that conditions can compare it."""

    INSTANT = "instant"
    """A datetime with a zone, kept in UTC."""

    DURATION = "duration"
    CHOICE = "choice"
    """One of some texts."""


_FACT_KINDS: Mapping[FieldKind, FactKind] = {
    FieldKind.TEXT: FactKind.TEXT,
    FieldKind.NUMBER: FactKind.NUMBER,
    FieldKind.FLAG: FactKind.TRUTH,
    FieldKind.DATE: FactKind.TEXT,
    FieldKind.INSTANT: FactKind.INSTANT,
    FieldKind.DURATION: FactKind.DURATION,
    FieldKind.CHOICE: FactKind.TEXT,
}

_OPTIONS = frozenset({"at", "by", "details", "idempotency_key", "ticket_id", "trigger", "opened_at"})
"""What commands call their own arguments."""

_NOT_TO_BE_DECLARED = {
    **COMMANDED,
    "category": "it has its tree",
    **dict.fromkeys(_OPTIONS, "commands call an option so"),
}

_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""What makes a text look other than it is, by turning its direction."""


def _kind(kind: FieldKind | str) -> FieldKind:
    return member_of(FieldKind, kind, "the kind of a field")


@frozen
class Field:
    """
    A field of a desk's own.

    Args:
        name: By what it is called in commands, conditions and queries: an identifier, such as
            ``"court_file"``. The name of a descriptive field of all tickets, such as ``"site"``, says more of
            that one.
        kind: A `FieldKind`, or its text.
        label: What people read; by default, the name.
        required_when: When it must have a value: a condition on the ticket as it will be, its state included.
            Never, by default.
        choices: All values of a field of kind ``choice``; others have none.
        formerly: Names that it had in earlier versions. What stands under them is moved when its ticket is
            next written.
        personal: Whether its values are about a person, so that they are erased with them.
        visible_to: The roles that may see it; nobody in particular, which is everybody, by default.
        longest: How many characters a text may have.

    Raises:
        DefinitionError: With everything that is wrong.

    >>> Field("court_file", required_when=NEVER).read("  12 O 345/26 ")
    '12 O 345/26'
    >>> Field("hours", "number").read("1.50")
    Decimal('1.50')
    >>> Field("due_on", "date").read("tomorrow")
    Traceback (most recent call last):
        ...
    itsmkit.errors.DefinitionError: must be a date such as 2026-03-29, not str 'tomorrow'
    """

    name: str
    kind: FieldKind = attrs.field(default=FieldKind.TEXT, converter=_kind)
    label: str = attrs.field(kw_only=True)
    required_when: Condition = attrs.field(default=NEVER, kw_only=True)
    choices: tuple[str, ...] = attrs.field(default=(), converter=as_tuple, kw_only=True)
    formerly: tuple[str, ...] = attrs.field(default=(), converter=as_tuple, kw_only=True)
    personal: bool = attrs.field(default=False, kw_only=True)
    visible_to: tuple[str, ...] = attrs.field(default=(), converter=as_tuple, kw_only=True)
    longest: int = attrs.field(default=10_000, kw_only=True)

    @label.default
    def _same_as_name(self) -> str:
        return self.name

    def __attrs_post_init__(self) -> None:
        problems = [*self._wrong_names(), *self._wrong_choices()]
        if not is_a(self.label, str) or not self.label.strip():
            problems.append(f"label must be a text that can be read, not {shown(self.label)}")
        if not is_a(self.required_when, Condition):
            problems.append(f"required_when must be a condition, not {shown(self.required_when)}")
        if not is_a(self.personal, bool):
            problems.append(f"personal must be true or false, not {shown(self.personal)}")
        problems += (
            f"visible_to[{place}]: must be the name of a role, not {shown(role)}"
            for place, role in enumerate(self.visible_to)
            if not is_a(role, str) or not role.strip()
        )
        if type(self.longest) is not int or self.longest < 1:
            problems.append(f"longest must be a whole number from 1 on, not {shown(self.longest)}")
        if problems:
            raise DefinitionError(*problems)

    def _wrong_names(self) -> list[str]:
        problems = []
        for path, name in (
            ("name", self.name),
            *((f"formerly[{place}]", name) for place, name in enumerate(self.formerly)),
        ):
            if not is_a(name, str) or not name.isidentifier():
                problems.append(f'{path}: must be an identifier such as "court_file", not {shown(name)}')
            elif name in _NOT_TO_BE_DECLARED:
                problems.append(
                    f"{path}: {name!r} is no field of the desk's own: {_NOT_TO_BE_DECLARED[name]}"
                )
        if self.name in self.formerly:
            problems.append(f"formerly: {self.name!r} is its present name; leave it out")
        if self.name in DESCRIPTIVE_FIELDS and self.kind not in _kinds_of(self.name):
            expected = " or ".join(_kinds_of(self.name))
            problems.append(
                f"kind: {self.name} of all tickets is of kind {expected}; "
                "give this field another name, or that kind"
            )
        return problems

    def _wrong_choices(self) -> list[str]:
        if self.kind is not FieldKind.CHOICE:
            return [f"choices: a field of kind {self.kind} has none; leave them out"] if self.choices else []
        if not self.choices:
            return ["choices: must be at least one text"]
        problems = [
            f"choices[{place}]: must be a text without surrounding spaces, not {shown(choice)}"
            for place, choice in enumerate(self.choices)
            if not is_a(choice, str) or not choice or choice != choice.strip()
        ]
        return [*problems, *distinct_problems("choices", self.choices)]

    @property
    def fact_type(self) -> FactType:
        """Return what conditions may ask of it."""
        return FactType(_FACT_KINDS[self.kind], choices=self.choices or None)

    def read(self, value: object) -> object:
        """
        Return *value* as this field keeps it, be it what it is or the text that spells it; ``None`` if blank.

        Raises:
            DefinitionError: If it is no value of the field's kind.
        """
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        return _READERS[self.kind](self, value)


def _kinds_of(descriptive: str) -> tuple[FieldKind, ...]:
    return (FieldKind.INSTANT,) if descriptive == "needed_by" else (FieldKind.TEXT, FieldKind.CHOICE)


def _text(field: Field, value: object) -> str:
    if not isinstance(value, str):
        raise _wrong("text", value)
    text = value.strip()
    if len(text) > field.longest:
        problem = f"must have {field.longest} characters at most, not {len(text)}"
        raise DefinitionError(problem)
    if text.isprintable():  # which tells in one go that none of the following is in it
        return text
    for character in text:
        if character in _MARKS or (unicodedata.category(character) == "Cc" and character not in "\n\r\t"):
            problem = f"must have no control characters, such as U+{ord(character):04X}"
            raise DefinitionError(problem)
    return text


def _number(_field: Field, value: object) -> object:
    number: object = value
    if isinstance(value, str):
        try:
            number = int(value) if value.strip().lstrip("+-").isdecimal() else Decimal(value.strip())
        except (InvalidOperation, ValueError):  # ValueError: more digits than int() takes
            raise _wrong("a number", value) from None
    is_number = (
        type(number) is int
        or (isinstance(number, float) and math.isfinite(number))
        or (isinstance(number, Decimal) and number.is_finite())
    )
    if not is_number:
        raise _wrong("a number", value)
    return number


_FLAGS = {"true": True, "yes": True, "false": False, "no": False}


def _flag(_field: Field, value: object) -> bool:
    found = _FLAGS.get(value.strip().lower()) if isinstance(value, str) else value
    if not isinstance(found, bool):
        raise _wrong("true or false", value)
    return found


def _date(_field: Field, value: object) -> str:
    try:
        day = date.fromisoformat(value.strip()) if isinstance(value, str) else value
    except ValueError:
        day = None
    if not isinstance(day, date) or isinstance(day, datetime):
        raise _wrong("a date such as 2026-03-29", value)
    return day.isoformat()


def _instant(_field: Field, value: object) -> datetime:
    try:
        instant = datetime.fromisoformat(value.strip()) if isinstance(value, str) else value
        return utc(instant, "it")
    except ValueError:
        raise _wrong("an instant with its zone such as 2026-03-29T09:00:00Z", value) from None


def _duration(_field: Field, value: object) -> timedelta:
    return value if isinstance(value, timedelta) else duration(value)


def _choice(field: Field, value: object) -> str:
    text = value.strip() if isinstance(value, str) else value
    if text not in field.choices:
        hint = (
            close_to(text, field.choices) if isinstance(text, str) else f"known: {', '.join(field.choices)}"
        )
        problem = f"must be one of its choices, not {shown(value)}; {hint}"
        raise DefinitionError(problem)
    return str(text)


def _wrong(expected: str, value: object) -> DefinitionError:
    return DefinitionError(f"must be {expected}, not {shown(value)}")


_READERS: Mapping[FieldKind, Callable[[Field, object], object]] = {
    FieldKind.TEXT: _text,
    FieldKind.NUMBER: _number,
    FieldKind.FLAG: _flag,
    FieldKind.DATE: _date,
    FieldKind.INSTANT: _instant,
    FieldKind.DURATION: _duration,
    FieldKind.CHOICE: _choice,
}
