"""A form: what is asked, and what becomes of what is answered."""

from collections.abc import Iterator, Mapping
from functools import cached_property

from attrs import field, frozen

from itsmkit._frozen import EMPTY, FrozenDict, as_tuple
from itsmkit._ordering import cycles, in_order
from itsmkit._problems import distinct_problems, items_problems, name_problems, shown
from itsmkit.conditions import Facts, FactSchema, FactType, fields_of, type_problems
from itsmkit.conditions._declared_facts import declaration_problems, perhaps_given
from itsmkit.errors import DefinitionError
from itsmkit.practices.forms._filling import Asked, HiddenAnswers, filled_in
from itsmkit.practices.forms.comparison import comparison_problems
from itsmkit.practices.forms.errors import AnswersRefusedError
from itsmkit.practices.forms.form_answers import FormAnswers, FormReading
from itsmkit.practices.forms.form_field import FormField

__all__ = ["Form", "MOST_FIELDS"]

MOST_FIELDS = 1_000
"""How many fields a form has at most."""


@frozen
class Form:
    """
    What somebody fills in.

    A field is shown if its condition holds for what the form is told from outside, and for the answers to
    fields that are shown themselves. So the condition of a field may not ask for its own answer, over
    whatever others. What is not shown is neither taken nor missed, whatever was sent for it.

    Args:
        name: What it is called.
        fields: In the order in which they are shown; at most `MOST_FIELDS`, with distinct names.
        version: Counted from 1; one more with each change.
        facts: What the form is told from outside, such as ``viewer.organisation``: a `FactSchema
            <itsmkit.conditions.FactSchema>`, or a mapping from names to types or the texts of their kinds.
            Conditions may ask for nothing else beside the answers.

    Raises:
        DefinitionError: With everything that is wrong, such as names that stand twice, comparisons that can
            never hold, and cycles.

    >>> from itsmkit.conditions import equals
    >>> dock = FormField("dock", "yes_no", shown_when=equals("screens", 2))
    >>> screens = FormField("screens", "number", shown_when=equals("dock", True))
    >>> Form("laptop", [dock, screens])
    Traceback (most recent call last):
        ...
    itsmkit.errors.DefinitionError: fields: dock -> screens -> dock is a cycle; break it
    """

    name: str
    fields: tuple[FormField, ...] = field(converter=as_tuple)
    version: int = field(default=1, kw_only=True)
    facts: FactSchema = field(default=EMPTY, converter=perhaps_given, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = [*name_problems("name", self.name), *declaration_problems("facts", self.facts)]
        if type(self.version) is not int or self.version < 1:
            problems.append(f"version: must be a whole number from 1 on, not {shown(self.version)}")
        if len(self.fields) > MOST_FIELDS:
            problems.append(f"fields: must be {MOST_FIELDS} at most, not {len(self.fields)}")
        problems += items_problems("fields", self.fields, FormField)
        if not problems:
            problems += distinct_problems("fields", (each.name for each in self.fields))
        if not problems:
            problems += self._condition_problems()
        if problems:
            raise DefinitionError(*problems)

    def _condition_problems(self) -> Iterator[str]:
        clashing = sorted(self.facts.types.keys() & self._types.keys())
        for name in clashing:
            yield f"facts: {name!r} is an answer to a field of the form; name it otherwise"
        schema = FactSchema({**self.facts.types, **self._types})
        for place, each in enumerate(self.fields):
            path = f"fields[{place}]"
            yield from type_problems(each.shown_when, schema, where=f"{path}.shown_when")
            yield from type_problems(each.required_when, schema, where=f"{path}.required_when")
            for number, check in enumerate(each.checks):
                where = f"{path}.checks[{number}]"
                yield from type_problems(check.condition, schema, where=f"{where}.condition")
                if check.compares is not None:
                    yield from comparison_problems(
                        check.compares, self._comparable, where=f"{where}.compares"
                    )
        for name, shows in self.shown_by.items():
            if name in shows:
                yield f"fields: {name} -> {name} is a cycle; break it"
        for cycle in cycles(self.shown_by):
            yield f"fields: {' -> '.join([*cycle, cycle[0]])} is a cycle; break it"

    @cached_property
    def by_name(self) -> Mapping[str, FormField]:
        """The fields by their names."""
        return FrozenDict({each.name: each for each in self.fields})

    @cached_property
    def _types(self) -> Mapping[str, FactType]:
        return FrozenDict({name: kind for each in self.fields for name, kind in each.facts.items()})

    @cached_property
    def _comparable(self) -> Mapping[str, tuple[FactType, str]]:
        return {
            each.name: (
                each.facts[each.name],
                each.kind.value if each.currency is None else f"{each.kind} in {each.currency}",
            )
            for each in self.fields
        }

    @cached_property
    def answer_facts(self) -> FactSchema:
        """What conditions may ask of the answers: see `FormField.facts`."""
        return FactSchema(self._types)

    @cached_property
    def shown_by(self) -> Mapping[str, tuple[str, ...]]:
        """For each field, the names of those for whose answers its `shown_when` asks, in their order."""
        given_by = {name: each.name for each in self.fields for name in each.facts}
        found = {}
        for each in self.fields:
            asked = {given_by[name] for name in fields_of(each.shown_when) if name in given_by}
            found[each.name] = tuple(name for name in self.by_name if name in asked)
        return FrozenDict(found)

    @cached_property
    def _plan(self) -> tuple[Asked, ...]:
        given_by = {name: each.name for each in self.fields for name in each.facts}
        return tuple(Asked.of(self.by_name[name], given_by) for name in in_order(self.shown_by))

    def read(
        self,
        answers: Mapping[str, object],
        facts: Facts = EMPTY,
        *,
        hidden: HiddenAnswers | str = HiddenAnswers.REFUSE,
    ) -> FormReading:
        """
        Return how the form stands with *answers*, be they complete and right or not.

        Args:
            answers: By the names of fields, each as what it is or the text that spells it. Where nothing is
                said, the default holds; ``None`` and blank text say that there is no answer.
            facts: What the form is told from outside; what it does not declare, it does not see.
            hidden: What becomes of an answer to a field that is not shown: see `HiddenAnswers`.

        Cost: grows with the fields, their conditions and the lengths of the answers.

        >>> from itsmkit.conditions import ALWAYS, equals
        >>> form = Form(
        ...     "laptop",
        ...     [
        ...         FormField("model", "choice", choices=["light", "strong"], required_when=ALWAYS),
        ...         FormField("reason", shown_when=equals("model", "strong"), required_when=ALWAYS),
        ...     ],
        ... )
        >>> reading = form.read({"model": "strong"})
        >>> reading.shown, dict(reading.problems)
        (('model', 'reason'), {'reason': ('is missing',)})
        """
        return filled_in(self._plan, tuple(self.by_name), answers, self._told(facts), HiddenAnswers(hidden))

    def _told(self, facts: Facts) -> dict[str, object]:
        return {name: facts[name] for name in self.facts.types if name in facts}

    def check(
        self,
        answers: Mapping[str, object],
        facts: Facts = EMPTY,
        *,
        hidden: HiddenAnswers | str = HiddenAnswers.REFUSE,
    ) -> FormAnswers:
        """
        Return *answers* as they are kept, if the form is filled in as it has to be.

        Args:
            answers: As for `read`.
            facts: As for `read`.
            hidden: As for `read`.

        Raises:
            AnswersRefusedError: With everything that is wrong, by field.

        >>> Form("trip", [FormField("to"), FormField("days", "number")]).check(
        ...     {"to": "Rome", "days": "3"}
        ... ).values
        {'to': 'Rome', 'days': 3}
        """
        reading = self.read(answers, facts, hidden=hidden)
        if reading.problems:
            raise AnswersRefusedError(self.name, reading.problems)
        return FormAnswers(self.name, self.version, reading.values, dropped=reading.dropped)
