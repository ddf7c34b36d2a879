"""A field of a form: what is asked, when it is shown, and what may be answered."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

import attrs
from attrs import frozen

from itsmkit._checks import is_a, member_of
from itsmkit._currencies import MINOR_UNITS
from itsmkit._documents import duration_text
from itsmkit._frozen import as_tuple
from itsmkit._problems import close_to, instance_problems, items_problems, shown
from itsmkit.conditions import ALWAYS, NEVER, Condition, FactType
from itsmkit.errors import DefinitionError
from itsmkit.money import Money
from itsmkit.practices.fields import Field, FieldKind
from itsmkit.practices.forms.comparison import AnswerComparison

__all__ = ["Check", "FormField", "FormFieldKind", "answer_facts"]


class FormFieldKind(StrEnum):
    """What is answered to a field of a form."""

    TEXT = "text"
    """One line."""

    LONG_TEXT = "long_text"
    """Any number of lines."""

    CHOICE = "choice"
    """One of some texts."""

    SEVERAL = "several"
    """Some of some texts, each once, kept in the order of the choices."""

    NUMBER = "number"
    MONEY = "money"
    """An amount in the currency of the field."""

    DATE = "date"
    """A day, kept as text such as ``"2026-03-29"``."""

    INSTANT = "instant"
    """A datetime with a zone, kept in UTC."""

    DURATION = "duration"
    YES_NO = "yes_no"
    """True or false."""

    PERSON = "person"
    """The identifier of a person."""

    CONFIGURATION_ITEM = "configuration_item"
    """The identifier of a configuration item."""

    ATTACHMENT = "attachment"
    """The name of a file that is handed in with the form."""


_UNDER: Mapping[FormFieldKind, FieldKind] = {
    FormFieldKind.TEXT: FieldKind.TEXT,
    FormFieldKind.LONG_TEXT: FieldKind.TEXT,
    FormFieldKind.CHOICE: FieldKind.CHOICE,
    FormFieldKind.SEVERAL: FieldKind.CHOICE,
    FormFieldKind.NUMBER: FieldKind.NUMBER,
    FormFieldKind.MONEY: FieldKind.TEXT,
    FormFieldKind.DATE: FieldKind.DATE,
    FormFieldKind.INSTANT: FieldKind.INSTANT,
    FormFieldKind.DURATION: FieldKind.DURATION,
    FormFieldKind.YES_NO: FieldKind.FLAG,
    FormFieldKind.PERSON: FieldKind.TEXT,
    FormFieldKind.CONFIGURATION_ITEM: FieldKind.TEXT,
    FormFieldKind.ATTACHMENT: FieldKind.TEXT,
}
"""The kind of field by which one answer is read: there is one system of types, that of `Field`."""

_NAMED = frozenset({FormFieldKind.PERSON, FormFieldKind.CONFIGURATION_ITEM, FormFieldKind.ATTACHMENT})
_OF_LENGTH = frozenset({FormFieldKind.TEXT, FormFieldKind.LONG_TEXT}) | _NAMED
_LONGEST_LINE, _LONGEST_TEXT = 200, 10_000


def _comparison(given: AnswerComparison | str | None) -> AnswerComparison | None:
    return AnswerComparison.parse(given) if isinstance(given, str) else given


@frozen
class Check:
    """
    What must be so of an answer that is there.

    Args:
        condition: On the answers that are shown; those that are hidden are missing.
        reason: What the person is told where it does not hold: a sentence.
        compares: How two answers must stand to each other, besides; or its text, such as
            ``"last_day >= first_day"``. Where one of them is missing, there is nothing to compare.

    Raises:
        DefinitionError: With everything that is wrong.

    >>> from itsmkit.conditions import at_most
    >>> print(Check(at_most("seats", 12), "The room has 12 seats").condition)
    seats <= 12
    """

    condition: Condition
    reason: str
    compares: AnswerComparison | None = attrs.field(default=None, converter=_comparison, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = [*instance_problems("condition", self.condition, Condition)]
        if not is_a(self.reason, str) or not self.reason.strip():
            problems.append(f"reason: must be a sentence that can be read, not {shown(self.reason)}")
        if problems:
            raise DefinitionError(*problems)


def _kind(kind: FormFieldKind | str) -> FormFieldKind:
    return member_of(FormFieldKind, kind, "the kind of a field of a form")


@frozen
class FormField:
    """
    A field of a form.

    Args:
        name: What its answer is called in conditions, and where it is kept: an identifier, such as
            ``"screen_size"``.
        kind: A `FormFieldKind`, or its text.
        label: What people read; by default, the name.
        help: What else they are told of it.
        shown_when: When it is asked at all: a condition on the answers to other fields, and on what the form
            is told from outside. Always, by default. What is not asked is neither taken nor missed.
        required_when: When it must be answered if it is shown. Never, by default.
        checks: What must be so of an answer.
        default: The answer where it is shown and nothing is said, not even that it is empty.
        choices: All answers of a field of kind ``choice`` or ``several``; others have none.
        currency: The code of ISO 4217 of a field of kind ``money``; others have none. There is one, so that
            conditions can compare amounts.
        longest: How many characters a text may have: by default, 200 for a line and 10,000 for a long text.
        personal: Whether its answers are about a person.

    Raises:
        DefinitionError: With everything that is wrong.

    >>> FormField("budget", "money", currency="EUR").read("1200.00 EUR")
    Money(amount=Decimal('1200.00'), currency='EUR')
    >>> FormField("software", "several", choices=["office", "mail"]).read(["mail", "office"])
    ('office', 'mail')
    >>> FormField("name").read("x" * 1_000_000)
    Traceback (most recent call last):
        ...
    itsmkit.errors.DefinitionError: must have 200 characters at most, not 1000000
    """

    name: str
    kind: FormFieldKind = attrs.field(default=FormFieldKind.TEXT, converter=_kind)
    label: str = attrs.field(kw_only=True)
    help: str = attrs.field(default="", kw_only=True)
    shown_when: Condition = attrs.field(default=ALWAYS, kw_only=True)
    required_when: Condition = attrs.field(default=NEVER, kw_only=True)
    checks: tuple[Check, ...] = attrs.field(default=(), converter=as_tuple, kw_only=True)
    default: object = attrs.field(default=None, kw_only=True)
    choices: tuple[str, ...] = attrs.field(default=(), converter=as_tuple, kw_only=True)
    currency: str | None = attrs.field(default=None, kw_only=True)
    longest: int = attrs.field(kw_only=True)
    personal: bool = attrs.field(default=False, kw_only=True)
    under: Field = attrs.field(init=False, repr=False, eq=False)
    """The field by which an answer is read, or each of several."""

    @label.default
    def _same_as_name(self) -> str:
        return self.name

    @longest.default
    def _usual_length(self) -> int:
        return _LONGEST_TEXT if self.kind is FormFieldKind.LONG_TEXT else _LONGEST_LINE

    def __attrs_post_init__(self) -> None:
        problems = [*self._problems()]
        try:
            under = Field("answer", _UNDER[self.kind], choices=self.choices, longest=self.longest)
            object.__setattr__(self, "under", under)
        except DefinitionError as error:
            problems += error.problems
        if not problems:
            try:
                object.__setattr__(self, "default", self.read(self.default))
            except DefinitionError as error:
                problems += (f"default: {problem}" for problem in error.problems)
        if problems:
            raise DefinitionError(*problems)

    def _problems(self) -> Iterator[str]:
        if not is_a(self.name, str) or not self.name.isidentifier():
            yield f'name: must be an identifier such as "screen_size", not {shown(self.name)}'
        if not is_a(self.label, str) or not self.label.strip():
            yield f"label: must be a text that can be read, not {shown(self.label)}"
        yield from instance_problems("help", self.help, str)
        yield from instance_problems("shown_when", self.shown_when, Condition)
        yield from instance_problems("required_when", self.required_when, Condition)
        yield from items_problems("checks", self.checks, Check)
        yield from instance_problems("personal", self.personal, bool)
        if self.kind is FormFieldKind.MONEY:
            if not is_a(self.currency, str) or self.currency not in MINOR_UNITS:
                hint = close_to(self.currency, MINOR_UNITS) if self.currency else 'name it, such as "EUR"'
                yield f"currency: must be a code of ISO 4217, not {shown(self.currency)}; {hint}"
        elif self.currency is not None:
            yield f"currency: a field of kind {self.kind} has none; leave it out"
        if self.kind not in _OF_LENGTH and self.longest != _LONGEST_LINE:
            yield f"longest: a field of kind {self.kind} has no length to choose; leave it out"

    @property
    def facts(self) -> Mapping[str, FactType]:
        """
        What conditions may ask of its answer, by name.

        An amount of money is its number. Of several choices it can be asked whether there is any, and of each
        by a fact of its own, which is true or missing: ``software.office``.
        """
        if self.kind is FormFieldKind.MONEY:
            return {self.name: FactType("number")}
        if self.kind is FormFieldKind.SEVERAL:
            each = {f"{self.name}.{choice}": FactType("truth") for choice in self.choices}
            return {self.name: FactType("collection"), **each}
        return {self.name: self.under.fact_type}

    def read(self, value: object) -> object:
        """
        Return *value* as it is kept, be it what it is or the text that spells it; ``None`` if it is empty.

        Cost: grows with the length of a text, which is looked at only if it is no longer than it may be.

        Raises:
            DefinitionError: With all that keeps it from being an answer of this kind.
        """
        if value is None:
            return None
        if isinstance(value, str):
            if not value or value.isspace():
                return None
            if len(value) > self.longest and len(value.strip()) > self.longest:
                problem = f"must have {self.longest} characters at most, not {len(value.strip())}"
                raise DefinitionError(problem)
        read = _READERS.get(self.kind)
        return self.under.read(value) if read is None else read(self, value)

    def plain(self, value: object) -> object:
        """
        Return what `read` keeps as plain data that JSON and TOML hold: the inverse of `read`.

        >>> FormField("waits", "duration").plain(timedelta(hours=36))
        '36h'
        """
        if isinstance(value, Money):
            return value.plain()
        if isinstance(value, datetime):
            return value.isoformat()
        if isinstance(value, timedelta):
            return duration_text(value)
        if isinstance(value, Decimal):
            return str(value)
        return list(value) if isinstance(value, tuple) else value


def answer_facts(name: str, value: object) -> Iterator[tuple[str, object]]:
    """
    Go through the facts that an answer gives: see `FormField.facts`. An answer that is not there gives none.

    >>> dict(answer_facts("software", ("office", "mail")))
    {'software': ('office', 'mail'), 'software.office': True, 'software.mail': True}
    """
    if value is None:
        return
    yield name, value.amount if isinstance(value, Money) else value
    if isinstance(value, tuple):
        for each in value:
            yield f"{name}.{each}", True


def _line(field: FormField, value: object) -> object:
    text = field.under.read(value)
    if isinstance(text, str) and ("\n" in text or "\r" in text):
        problem = "must be one line, without a break in it"
        raise DefinitionError(problem)
    return text


def _money(field: FormField, value: object) -> Money:
    amount = (
        value if isinstance(value, Money) else Money.parse(value.strip() if isinstance(value, str) else value)
    )
    if amount.currency != field.currency:
        problem = f"must be in {field.currency}, not {amount}"
        raise DefinitionError(problem)
    return amount


def _several(field: FormField, value: object) -> tuple[str, ...] | None:
    if not isinstance(value, list | tuple | set | frozenset):
        problem = f"must be a list of its choices, not {shown(value)}"
        raise DefinitionError(problem)
    if len(value) > len(field.choices):
        problem = f"must be {len(field.choices)} of its choices at most, each once, not {len(value)}"
        raise DefinitionError(problem)
    chosen: list[object] = []
    problems: list[str] = []
    for place, each in enumerate(value):
        try:
            chosen.append(field.under.read(each))
        except DefinitionError as error:
            problems += (f"[{place}] {problem}" for problem in error.problems)
    if not problems and len({*chosen}) < len(chosen):
        problems.append("must have each choice once")
    if problems:
        raise DefinitionError(*problems)
    return tuple(each for each in field.choices if each in chosen) or None


_READERS: Mapping[FormFieldKind, Callable[[FormField, object], object]] = {
    FormFieldKind.TEXT: _line,
    FormFieldKind.MONEY: _money,
    FormFieldKind.SEVERAL: _several,
    **dict.fromkeys(_NAMED, _line),
}
