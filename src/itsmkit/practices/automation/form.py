"""Rules as plain data: as TOML and JSON have them, there and back again."""

from collections.abc import Iterable, Mapping
from os import PathLike
from pathlib import Path

from attrs import fields, frozen

from itsmkit._documents import Form, load_document, structure, toml_text, unstructure
from itsmkit._frozen import EMPTY, thawed
from itsmkit._problems import distinct_problems
from itsmkit.conditions import ALWAYS, Condition, condition_from, to_text
from itsmkit.errors import DefinitionError
from itsmkit.practices.automation.rule import Hours, Otherwise, Rule
from itsmkit.practices.automation.trigger import Trigger, trigger_form
from itsmkit.practices.work_aids import MacroStep

__all__ = ["rules_from", "rules_to_mapping", "rules_to_toml"]


@frozen
class _Arguments:
    """The arguments of a step, which may be anything that is plain."""

    told: Mapping[str, object]


def _arguments_from(plain: object) -> _Arguments:
    if not isinstance(plain, Mapping):
        problem = f"must be a table, not {plain!r}"
        raise DefinitionError(problem)
    return _Arguments(plain)


_FORMS = (
    trigger_form,
    Form(Condition, condition_from, to_text),
    Form(_Arguments, _arguments_from, lambda value: thawed(value.told)),
)

_NOTHING = _Arguments(EMPTY)


@frozen
class _PlainStep:
    command: str
    arguments: _Arguments = _NOTHING


@frozen(kw_only=True)
class _PlainRule:
    """A rule as it is written: what its author says of it."""

    id: str
    name: str
    trigger: Trigger
    when: Condition = ALWAYS
    steps: tuple[_PlainStep, ...]
    acts_as: str | None = None
    roles: tuple[str, ...] = ()
    order: int = 100
    stops: bool = False
    once: bool = False
    hours: Hours = Hours.ANY
    otherwise: Otherwise = Otherwise.WAIT
    calendar: str | None = None
    tries: int = 5
    is_retired: bool = False

    def rule(self) -> Rule:
        told = {each.name: getattr(self, each.name) for each in fields(_PlainRule) if each.name != "steps"}
        return Rule(**told, steps=[MacroStep(each.command, each.arguments.told) for each in self.steps])


@frozen
class _PlainRules:
    rules: tuple[_PlainRule, ...] = ()


def rules_from(document: "Mapping[str, object] | str | PathLike[str]") -> tuple[Rule, ...]:
    """
    Return the rules that a document describes: the inverse of `rules_to_mapping`.

    Args:
        document: A mapping with a list ``rules``, or the path of a TOML or JSON file that holds one.

    Raises:
        DefinitionError: With every problem, each with its path.

    >>> [rule] = rules_from(
    ...     {
    ...         "rules": [
    ...             {
    ...                 "id": "remind",
    ...                 "name": "Remind who is asked",
    ...                 "trigger": {"on": ["PublicMessage"], "after": "2 business days"},
    ...                 "when": 'state_category = "pending"',
    ...                 "steps": [{"command": "notify", "arguments": {"to": ["requester"], "subject": "?"}}],
    ...             }
    ...         ]
    ...     }
    ... )
    >>> print(rule)
    remind: 2 business days after PublicMessage, when state_category = "pending": notify
    """
    plain = document if isinstance(document, Mapping) else load_document(Path(document))
    where = "rules" if isinstance(document, Mapping) else str(document)
    read = structure(_PlainRules, plain, where=where, forms=_FORMS)
    problems = [f"{where}: {each}" for each in distinct_problems("rules", (rule.id for rule in read.rules))]
    rules = []
    for place, each in enumerate(read.rules):
        try:
            rules.append(each.rule())
        except DefinitionError as error:
            problems += [f"{where}: rules[{place}]: {problem}" for problem in error.problems]
    if problems:
        raise DefinitionError(*problems)
    return tuple(rules)


def rules_to_mapping(rules: Iterable[Rule]) -> dict[str, object]:
    """
    Return rules as plain data that TOML and JSON can hold, as their authors have written them.

    What becomes of a rule while it is kept, such as a pause, is left out: what is read again equals
    `Rule.terms`.
    """
    return {"rules": [_written(rule) for rule in rules]}


def _written(rule: Rule) -> dict[str, object]:
    steps = tuple(_PlainStep(step.command, _Arguments(step.arguments)) for step in rule.steps)
    told = {each.name: getattr(rule, each.name) for each in fields(_PlainRule) if each.name != "steps"}
    plain: dict[str, object] = unstructure(_PlainRule(**told, steps=steps), forms=_FORMS)
    return {name: value for name, value in plain.items() if name not in _UNSAID or value != _UNSAID[name]}


_UNSAID: Mapping[str, object] = {
    "when": "always",
    "roles": [],
    "order": 100,
    "stops": False,
    "once": False,
    "hours": "any",
    "otherwise": "wait",
    "tries": 5,
    "is_retired": False,
}
"""What goes without saying."""


def rules_to_toml(rules: Iterable[Rule]) -> str:
    """
    Return rules as the text of a TOML file, which `rules_from` reads.

    Raises:
        RefusedError: If the library that writes TOML is not installed.
    """
    return toml_text(rules_to_mapping(rules))
