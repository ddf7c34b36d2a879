"""
Facts for which several conditions hold together, found part by part.

Conditions that ask for different facts cannot contradict each other. So a conjunction is cut into parts that
share no fact, and each is searched by itself: ten required facts are ten small searches and not one with
the product of all their cases. Each part is searched once, however many transitions ask for it.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from attrs import frozen

from itsmkit._frozen import FrozenDict
from itsmkit.conditions import (
    AllOf,
    AnyOf,
    Condition,
    Facts,
    Not,
    UndecidedError,
    all_of,
    facts_for,
    fields_of,
    holds,
)
from itsmkit.errors import DefinitionError
from itsmkit.workflow.transition import ACTOR_ROLES

__all__ = ["Actor", "Answer", "NOBODY", "Solver", "actor_with"]

Actor = tuple[object, ...]
"""The values that the fact `ACTOR_ROLES` can have, where something is known of it."""

NOBODY: Actor = (None,)
"""There is no actor, as where a timer fires."""


def actor_with(roles: tuple[str, ...]) -> Actor | None:
    """
    Return what is known of the actor where one of *roles* is demanded; nothing if there are none.

    A condition cannot look into a collection and so cannot tell one from another. One of them, and each of
    the roles as plain text, therefore stand for all that the fact can be.
    """
    return ((roles[0],), *roles) if roles else None


@frozen
class Answer:
    """
    Whether conditions can hold together.

    Args:
        facts: Facts for which they do; ``None`` if there are none, or if that could not be decided.
        doubt: Why it could not be decided, if so.
    """

    facts: Facts | None
    doubt: str | None = None

    @property
    def is_possible(self) -> bool:
        """Whether they can hold together, as far as anybody knows."""
        return self.facts is not None or self.doubt is not None


class Solver:
    """Answers whether conditions can hold together, and remembers what was asked."""

    def __init__(self) -> None:
        self._answers: dict[tuple[tuple[Condition, ...], Actor | None], Answer] = {}
        self._fields: dict[Condition, frozenset[str]] = {}

    def solve(
        self,
        conditions: Iterable[Condition],
        *,
        none_of: Iterable[tuple[Condition, ...]] = (),
        actor: Actor | None = None,
    ) -> Answer:
        """
        Return facts for which all *conditions* hold, and of each group in *none_of* at least one does not.

        Args:
            conditions: What must hold.
            none_of: Groups of conditions; a group without any always holds together.
            actor: The values that `ACTOR_ROLES` can have; left out, any, or none.
        """
        try:
            parts = [
                *(part for condition in conditions for part in _conjuncts(condition)),
                *(part for group in none_of for part in _conjuncts(all_of(*group), negated=True)),
            ]
        except DefinitionError as error:  # together, they nest deeper or are larger than a condition may be
            return Answer(None, doubt=str(error))
        found: dict[str, Any] = {}
        doubt: str | None = None
        for fields, group in self._independent(parts):
            answer = self._answer(group, actor if ACTOR_ROLES in fields else None)
            if not answer.is_possible:
                return answer
            doubt = doubt or answer.doubt
            found.update(answer.facts or {})
        if doubt is not None:
            return Answer(None, doubt)
        if actor is not None and actor != NOBODY:
            found.setdefault(ACTOR_ROLES, actor[0])
        return Answer(FrozenDict(found))

    def _independent(
        self, parts: Iterable[Condition]
    ) -> Iterator[tuple[frozenset[str], tuple[Condition, ...]]]:
        """Yield *parts* in groups that share no fact, each with the facts that it asks for."""
        groups: list[tuple[frozenset[str], tuple[Condition, ...]]] = []
        for part in dict.fromkeys(parts):
            fields = self._fields_of(part)
            shared = [group for group in groups if not fields.isdisjoint(group[0])]
            groups = [group for group in groups if fields.isdisjoint(group[0])]
            together = tuple(each for _, group in shared for each in group)
            groups.append((fields.union(*(names for names, _ in shared)), (*together, part)))
        yield from groups

    def _answer(self, parts: tuple[Condition, ...], actor: Actor | None) -> Answer:
        key = (parts, actor)
        if key not in self._answers:
            self._answers[key] = _searched(parts, actor)
        return self._answers[key]

    def _fields_of(self, part: Condition) -> frozenset[str]:
        if part not in self._fields:
            self._fields[part] = fields_of(part)
        return self._fields[part]


def _searched(parts: tuple[Condition, ...], actor: Actor | None) -> Answer:
    known: dict[str, Any] = {} if actor is None else {ACTOR_ROLES: actor}
    try:
        condition = parts[0] if len(parts) == 1 else all_of(*parts)
        facts = facts_for(condition, known=known)
    except (UndecidedError, DefinitionError) as error:
        return Answer(None, doubt=str(error))
    return Answer(None if facts is None else _needed(condition, facts, known))


def _needed(condition: Condition, facts: Facts, known: Facts) -> Facts:
    """Return as few of *facts* as *condition* still holds for; those that are *known* stay."""
    for name in facts:
        others = {each: value for each, value in facts.items() if each != name}
        if name not in known and holds(condition, others):
            facts = others
    return facts


def _conjuncts(condition: Condition, *, negated: bool = False) -> Iterator[Condition]:
    """Yield conditions that hold together exactly where *condition* holds, or does not if it is *negated*."""
    match condition:
        case Not(condition=part):
            yield from _conjuncts(part, negated=not negated)
        case AllOf(conditions=parts) if not negated:
            for part in parts:
                yield from _conjuncts(part)
        case AnyOf(conditions=parts) if negated:
            for part in parts:
                yield from _conjuncts(part, negated=True)
        case AllOf(conditions=(part,)) | AnyOf(conditions=(part,)):
            yield from _conjuncts(part, negated=negated)
        case _:
            yield ~condition if negated else condition
