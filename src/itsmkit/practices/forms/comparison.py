"""Comparing two answers of a form with each other."""

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from attrs import frozen

from itsmkit._checks import is_a
from itsmkit._problems import close_to, shown
from itsmkit.conditions import FactKind, FactType
from itsmkit.errors import DefinitionError

__all__ = ["AnswerComparison", "comparison_problems"]

_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

_TEXT = re.compile(r"\s*(\w+)\s*(!=|<=|>=|=|<|>)\s*(\w+)\s*")

_EQUALS = frozenset({"=", "!="})


@frozen
class AnswerComparison:
    """
    That an answer stands so to another one.

    It stands beside the conditions of a form, whose language compares facts with literals and nothing else:
    so a condition never becomes dearer to ask, in a database or elsewhere, by what it names.

    Args:
        left: The name of a field.
        operator: ``=``, ``!=``, ``<``, ``<=``, ``>`` or ``>=``.
        right: The name of another field.

    Raises:
        DefinitionError: With everything that is wrong.

    >>> last = AnswerComparison.parse("last_day >= first_day")
    >>> last.holds({"first_day": "2026-07-01", "last_day": "2026-06-30"})
    False
    """

    left: str
    operator: str
    right: str

    def __attrs_post_init__(self) -> None:
        problems = [
            f"{side}: must be the name of a field, not {shown(name)}"
            for side, name in (("left", self.left), ("right", self.right))
            if not is_a(name, str) or not name.isidentifier()
        ]
        if not is_a(self.operator, str) or self.operator not in _OPERATORS:
            problems.append(f"operator: must be one of {' '.join(_OPERATORS)}, not {shown(self.operator)}")
        if not problems and self.left == self.right:
            problems.append(f"right: {self.right} is compared with itself")
        if problems:
            raise DefinitionError(*problems)

    @classmethod
    def parse(cls, text: str) -> "AnswerComparison":
        """
        Return the comparison that a text spells.

        Raises:
            DefinitionError: If it spells none.
        """
        found = _TEXT.fullmatch(text) if is_a(text, str) else None
        if found is None:
            problem = (
                f'must be a comparison of two answers such as "last_day >= first_day", not {shown(text)}'
            )
            raise DefinitionError(problem)
        return cls(*found.groups())

    def __str__(self) -> str:
        return f"{self.left} {self.operator} {self.right}"

    def holds(self, facts: Mapping[str, object]) -> bool:
        """
        Tell whether it holds; where an answer is missing there is nothing to compare, and it does.

        Args:
            facts: The answers by the names of their fields, as conditions see them.
        """
        left, right = facts.get(self.left), facts.get(self.right)
        if left is None or right is None:
            return True
        return _OPERATORS[self.operator](_comparable(left), _comparable(right))


def _comparable(value: object) -> object:
    # A float beside an exact number is what it is written as.
    return Decimal(str(value)) if isinstance(value, float) else value


def comparison_problems(
    comparison: AnswerComparison, types: Mapping[str, tuple[FactType, str]], *, where: str
) -> Iterator[str]:
    """
    Yield why two answers cannot be compared.

    Args:
        comparison: How they are to stand to each other.
        types: What each field that there is answers with: the type of its fact, and what else it must share
            with another to be compared, such as its kind and currency, as words.
        where: The path of the comparison.
    """
    unknown = [name for name in (comparison.left, comparison.right) if name not in types]
    for name in unknown:
        yield f"{where}: there is no field {name!r}; {close_to(name, types)}"
    if unknown:
        return
    (one, left), (_, right) = types[comparison.left], types[comparison.right]
    if left != right:
        yield f"{where}: {comparison.left} is {left} and {comparison.right} {right}; they cannot be compared"
    elif one.kind is FactKind.COLLECTION:
        yield f"{where}: {comparison.left} is {left}; what may be several answers is not compared"
    elif comparison.operator not in _EQUALS and one.kind is FactKind.TRUTH:
        yield f"{where}: {comparison.left} is {left}; of these none is greater; use = or !="
