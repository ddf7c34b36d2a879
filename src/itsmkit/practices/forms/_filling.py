"""Filling in a form: which fields are shown, what was answered, and what is wrong with it."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from itsmkit._checks import is_a
from itsmkit._problems import close_to, shown
from itsmkit.conditions import (
    ALWAYS,
    NEVER,
    Condition,
    Predicate,
    Presence,
    compile_condition,
    fields_of,
    holds,
)
from itsmkit.errors import DefinitionError
from itsmkit.practices.forms.form_answers import FormReading
from itsmkit.practices.forms.form_field import Check, FormField, answer_facts

__all__ = ["Asked", "HiddenAnswers", "filled_in"]

_MOST_UNKNOWN = 20
_LONGEST_HINTED = 100


class HiddenAnswers(StrEnum):
    """What becomes of an answer to a field that is not shown."""

    REFUSE = "refuse"
    """All is refused: who sends it believes that it is taken, or tries out what is hidden from them."""

    DROP = "drop"
    """It is left out, and the reading says so: for clients that send what was typed before."""


class _Test(NamedTuple):
    """
    A condition, compiled.

    Args:
        holds: Asks it; ``None`` if it always holds.
        asks: The names of the fields for whose answers it asks.
        reason: What is said if it does not hold.
    """

    holds: Predicate | None
    asks: frozenset[str]
    reason: str = ""

    @classmethod
    def of_check(cls, check: Check, given_by: Mapping[str, str]) -> "_Test":
        test, compares = cls.of(check.condition, given_by, check.reason), check.compares
        if compares is None:
            return test
        also = test.holds
        return cls(
            compares.holds if also is None else lambda facts: also(facts) and compares.holds(facts),
            test.asks | {compares.left, compares.right},
            check.reason,
        )

    @classmethod
    def of(cls, condition: Condition, given_by: Mapping[str, str], reason: str = "") -> "_Test":
        asks = frozenset(given_by[name] for name in fields_of(condition) if name in given_by)
        return cls(None if condition == ALWAYS else compile_condition(condition), asks, reason)


class Asked(NamedTuple):
    """
    A field, as it is asked.

    Args:
        field: The field.
        shows: When it is shown.
        requires: When it must be answered; ``None`` for never.
        checks: What must be so of an answer.
    """

    field: FormField
    shows: _Test
    requires: _Test | None
    checks: tuple[_Test, ...]

    @classmethod
    def of(cls, field: FormField, given_by: Mapping[str, str]) -> "Asked":
        """
        Return *field* with its conditions compiled.

        Args:
            field: The field.
            given_by: For each fact that an answer gives, the name of its field.
        """
        required = field.required_when
        return cls(
            field,
            _Test.of(field.shown_when, given_by),
            None if required == NEVER else _Test.of(required, given_by),
            tuple(_Test.of_check(each, given_by) for each in field.checks),
        )


def filled_in(
    plan: Sequence[Asked],
    order: Sequence[str],
    answers: Mapping[str, object],
    facts: dict[str, object],
    hidden: HiddenAnswers,
) -> FormReading:
    """
    Return how a form stands.

    Each field is decided once, after those that show it; so what is shown is a fixed point, and the only one.
    What hangs on an answer that cannot be read is not judged: nobody could tell whether it is meant to be
    shown, or missing.

    Args:
        plan: The fields, each after those that show it.
        order: Their names in the order of the form.
        answers: What is answered.
        facts: What the form is told from outside; the answers join it.
        hidden: What becomes of an answer to a field that is not shown.
    """
    if not is_a(answers, Mapping):
        problem = f"must be a mapping from the names of fields to answers, not {shown(answers)}"
        return FormReading((), (), {}, {"": (problem,)})
    filling = _Filling(answers, facts, hidden)
    for each in plan:
        filling.decide(each)
    required = [each.field.name for each in plan if filling.judge(each)]
    return filling.reading(order, required)


class _Filling:
    """A form that is being filled in, field by field."""

    def __init__(
        self, answers: Mapping[str, object], facts: dict[str, object], hidden: HiddenAnswers
    ) -> None:
        self._answers = answers
        self._facts = facts
        self._hidden = hidden
        self._values: dict[str, object] = {}
        self._problems: dict[str, tuple[str, ...]] = {}
        self._dropped: set[str] = set()
        self._unsure: set[str] = set()
        """The fields of which nobody can tell whether they are shown, or what is answered to them."""

    def decide(self, asked: Asked) -> None:
        """Take in what is answered to a field, if it is shown."""
        field, name = asked.field, asked.field.name
        if not self._unsure.isdisjoint(asked.shows.asks):
            self._unsure.add(name)
        elif asked.shows.holds is not None and not asked.shows.holds(self._facts):
            self._pass_over(name)
            return
        if name not in self._answers:
            value = field.default
        else:
            try:
                value = field.read(self._answers[name])
            except DefinitionError as error:
                self._problems[name] = error.problems
                self._unsure.add(name)
                value = None
        self._values[name] = value
        self._facts.update(answer_facts(name, value))

    def _pass_over(self, name: str) -> None:
        if not holds(Presence(name), self._answers):
            return
        if self._hidden is HiddenAnswers.DROP:
            self._dropped.add(name)
        else:
            self._problems[name] = ("is not asked for with these answers; leave it out",)

    def judge(self, asked: Asked) -> bool:
        """Say what is wrong with a field that is shown, all others being known; tell if it is required."""
        name = asked.field.name
        if name not in self._values or name in self._unsure:
            return False
        required = asked.requires is not None and self._holds(asked.requires, unsure=False)
        if self._values[name] is None:
            if required:
                self._problems[name] = ("is missing",)
            return required
        wrong = tuple(each.reason for each in asked.checks if not self._holds(each, unsure=True))
        if wrong:
            self._problems[name] = wrong
        return required

    def _holds(self, test: _Test, *, unsure: bool) -> bool:
        """Ask a condition; the answer is *unsure* if it hangs on what nobody can tell."""
        if not self._unsure.isdisjoint(test.asks):
            return unsure
        return test.holds is None or test.holds(self._facts)

    def reading(self, order: Sequence[str], required: Sequence[str]) -> FormReading:
        """Return how the form stands, in its own *order*."""
        known = frozenset(order)
        problems = {name: self._problems[name] for name in order if name in self._problems}
        problems.update(self._unknown(known, order))
        values = {name: self._values.get(name) for name in order}
        return FormReading(
            [name for name in order if name in self._values],
            [name for name in order if name in {*required}],
            {name: value for name, value in values.items() if value is not None},
            problems,
            [name for name in order if name in self._dropped],
        )

    def _unknown(self, known: frozenset[str], order: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Go through the names that there are not; of very many, the first."""
        unknown = [name for name in self._answers if not isinstance(name, str) or name not in known]
        for name in unknown[:_MOST_UNKNOWN]:
            if isinstance(name, str) and len(name) <= _LONGEST_HINTED:
                yield name, (f"there is no such field; {close_to(name, order)}",)
            else:
                yield shown(name), ("there is no such field",)
        if len(unknown) > _MOST_UNKNOWN:
            yield "", (f"there are {len(unknown) - _MOST_UNKNOWN} more names that are none of fields",)
