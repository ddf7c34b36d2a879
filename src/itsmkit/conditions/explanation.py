"""Why a condition holds, or does not: what every part of it came to, and which parts decided it."""

from collections.abc import Iterator

import attrs
from attrs import frozen

from itsmkit.conditions.evaluation import Facts, holds
from itsmkit.conditions.sentences import sentence_for
from itsmkit.conditions.tree import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Membership,
    Not,
    Presence,
    not_a_condition,
)

__all__ = ["Explanation", "explain"]


@frozen
class Explanation:
    """
    What a condition came to, as `explain` makes it. ``str`` tells it on one line.

    Args:
        condition: What was asked.
        outcome: Whether it holds.
        sentence: What was found: of a test, the fact compared with what it is compared with, a sentence that
            is true whatever the outcome; of a compound, its word: ``"all of"``, ``"any of"``, ``"not"``.
        found: The fact that a test looked at, as it is; ``None`` if it is missing. Facts can be anything, so
            that it has no say in whether two explanations are equal.
        parts: The explanations of its parts, in their order, even of those that did not matter.
    """

    condition: Condition
    outcome: bool
    sentence: str
    found: object = attrs.field(default=None, eq=False, repr=False)
    parts: "tuple[Explanation, ...]" = ()

    @property
    def because(self) -> "tuple[Explanation, ...]":
        """
        What decided the outcome, each once: of the tests only those that had a say.

        If all of several conditions do not hold, those that are false decided it; if any of them does, those
        that are true. As long as the facts that these tests look at stay as they are, so does the
        outcome, whatever becomes of all other facts. A compound without parts decides by itself.
        """
        return tuple(dict.fromkeys(self._deciding()))

    def explain(self) -> str:
        """Return every part with its outcome, one on each line, indented below what it is a part of."""
        return "\n".join(self._lines(""))

    def __str__(self) -> str:
        return f"{_outcome(self.outcome)}: {'; '.join(each.sentence for each in self.because)}"

    def _deciding(self) -> "Iterator[Explanation]":
        if not self.parts:
            yield self
        for part in self.parts:
            # One that shares the outcome decides it; or there is none, since all together do. Of a Not, the
            # one part has the opposite outcome.
            if isinstance(self.condition, Not) or part.outcome is self.outcome:
                yield from part._deciding()

    def _lines(self, indent: str) -> Iterator[str]:
        yield f"{indent}{_outcome(self.outcome)}: {self.sentence}"
        for part in self.parts:
            yield from part._lines(f"{indent}  ")


def explain(condition: Condition, facts: Facts) -> Explanation:
    """
    Return why *condition* holds for *facts*, or why it does not.

    Raises:
        TypeError: If *condition* is none. No facts raise anything.

    >>> from itsmkit.conditions import parse_condition
    >>> rule = parse_condition('priority = "P1" and (assignee is missing or waited > 8h)')
    >>> found = explain(rule, {"priority": "P3", "assignee": "ann"})
    >>> print(found)
    false: priority is "P3", not equal to "P1"; assignee is present; waited is missing, not greater than 8h
    >>> print(found.explain())
    false: all of
      false: priority is "P3", not equal to "P1"
      false: any of
        false: not
          true: assignee is present
        false: waited is missing, not greater than 8h
    """
    match condition:
        case Comparison(field=field) | Membership(field=field) | Presence(field=field):
            fact = facts.get(field)
            alone = {field: fact}
            return Explanation(condition, holds(condition, alone), sentence_for(condition, alone), fact)
        case AllOf(conditions=parts):
            explained = tuple(explain(part, facts) for part in parts)
            outcome = all(part.outcome for part in explained)
            return Explanation(condition, outcome, "all of" if parts else "always", parts=explained)
        case AnyOf(conditions=parts):
            explained = tuple(explain(part, facts) for part in parts)
            outcome = any(part.outcome for part in explained)
            return Explanation(condition, outcome, "any of" if parts else "never", parts=explained)
        case Not(condition=part):
            negated = explain(part, facts)
            return Explanation(condition, not negated.outcome, "not", parts=(negated,))
    raise not_a_condition(condition)


def _outcome(outcome: bool) -> str:
    return "true" if outcome else "false"
