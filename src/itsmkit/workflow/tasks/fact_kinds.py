"""What kinds of facts a task graph speaks of, so that its conditions are checked before anything runs."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from attrs import frozen

from itsmkit._frozen import FrozenDict
from itsmkit.conditions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Membership,
    Not,
    Presence,
    Scalar,
)
from itsmkit.conditions._scalars import classified
from itsmkit.workflow._checking import name_problems, shown
from itsmkit.workflow.tasks.errors import unknown

__all__ = ["ConditionCheck", "FactKind", "fact_kinds", "fact_problems", "kinds_problems"]


class FactKind(StrEnum):
    """The kinds of facts that conditions tell apart: see `Condition <itsmkit.conditions.Condition>`."""

    TEXT = "text"
    TRUTH = "truth"
    NUMBER = "number"
    INSTANT = "instant"
    DURATION = "duration"


def fact_kinds(kinds: Mapping[str, str]) -> FrozenDict[str, FactKind]:
    """Return *kinds* with each text replaced by the `FactKind` of that name. Fit as an attrs converter."""
    known: Mapping[str, Any] = {kind.value: kind for kind in FactKind}
    return FrozenDict({name: known.get(kind, kind) for name, kind in kinds.items()})


def kinds_problems(path: str, kinds: Mapping[str, object]) -> Iterator[str]:
    """List the names that are none, and the kinds that are no `FactKind`."""
    for name, kind in kinds.items():
        yield from name_problems(f"{path}.{name}", name)
        if not isinstance(kind, FactKind):
            yield f"{path}.{name}: must be a kind of fact, one of {', '.join(FactKind)}, not {shown(kind)}"


@frozen
class ConditionCheck:
    """
    What conditions may ask for.

    Args:
        known: The kinds of all facts.
        choices: The only values that some of them have.
    """

    known: Mapping[str, FactKind]
    choices: Mapping[str, tuple[str, ...]]

    def problems(self, path: str, condition: Condition) -> Iterator[str]:
        """List the tests in *condition*, which stands at *path*, that ask for what they may not."""
        match condition:
            case Presence(field=field):
                yield from self._unknown(path, field)
            case Comparison(field=field, operator=operator, value=value):
                yield from self._unknown(path, field)
                yield from self._uncomparable(f"{path}.{operator}", field, value)
            case Membership(field=field, values=values):
                yield from self._unknown(path, field)
                for index, value in enumerate(values):
                    yield from self._uncomparable(f"{path}.one_of[{index}]", field, value)
            case AllOf(conditions=parts) | AnyOf(conditions=parts):
                word = "all" if isinstance(condition, AllOf) else "any"
                for index, part in enumerate(parts):
                    yield from self.problems(f"{path}.{word}[{index}]", part)
            case Not(condition=part):
                yield from self.problems(f"{path}.not", part)

    def _unknown(self, path: str, field: str) -> Iterator[str]:
        if field not in self.known:
            yield f"{path}.field: {unknown('fact', field, tuple(self.known))}"

    def _uncomparable(self, path: str, field: str, value: Scalar) -> Iterator[str]:
        kind = self.known.get(field)
        if kind is None:
            return
        if _kind(value) is not kind:
            yield f"{path}: {field!r} is {_WORDING[kind]}, and never compares with {shown(value)}"
        elif field in self.choices and value not in self.choices[field]:
            yield f"{path}: {field!r} is never {value!r}, only one of {', '.join(self.choices[field])}"


def fact_problems(facts: Mapping[str, object], kinds: Mapping[str, FactKind]) -> Iterator[str]:
    """List what among *facts* is not of the kind declared for it; ``None`` is a missing fact."""
    for name, kind in kinds.items():
        value = facts.get(name)
        if value is not None and _kind(value) is not kind:
            yield f"fact {name!r} must be {_WORDING[kind]}, not {shown(value)}"


def _kind(value: object) -> FactKind | None:
    found = classified(value)
    return None if found is None else FactKind[found[0].name]


_WORDING = {
    FactKind.TEXT: "text",
    FactKind.TRUTH: "true or false",
    FactKind.NUMBER: "a number",
    FactKind.INSTANT: "an instant with a zone",
    FactKind.DURATION: "a duration",
}
