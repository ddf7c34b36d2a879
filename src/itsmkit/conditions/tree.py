"""Conditions as values: what they are made of, and how they combine."""

import reprlib
from collections.abc import Iterable
from enum import StrEnum

import attrs
from attrs import frozen

from itsmkit._checks import named
from itsmkit.conditions._scalars import Scalar, plain_scalar
from itsmkit.errors import DefinitionError

__all__ = [
    "ALWAYS",
    "AllOf",
    "AnyOf",
    "Comparison",
    "Condition",
    "MAX_DEPTH",
    "MAX_SIZE",
    "Membership",
    "NEVER",
    "Not",
    "Operator",
    "Presence",
    "fields_of",
    "not_a_condition",
]

MAX_DEPTH = 100
"""How deeply conditions nest at most, a comparison counting as 1. So nothing recurses without limit."""

MAX_SIZE = 10_000
"""How many parts a condition has at most, shared parts counted as often as they occur. So nothing hangs."""


class Operator(StrEnum):
    """How a `Comparison` compares the fact (left) with its value (right)."""

    EQUALS = "equals"
    NOT_EQUALS = "not_equals"
    LESS = "less"
    AT_MOST = "at_most"
    GREATER = "greater"
    AT_LEAST = "at_least"


_EQUALITY = frozenset({Operator.EQUALS, Operator.NOT_EQUALS})


class Condition:
    """
    A question about facts that is always answered with true or false.

    Facts are a mapping from names to anything; a condition only looks names up in it. Its logic has two
    values. A comparison is true only where the fact is there, is of the same kind as the value
    compared with, and compares as asked; in every other case it is false, and so is ``not_equals``. `Not` is
    the exact opposite of what it holds. Hence ``not_equals("state", "Closed")`` asks for a state other than
    Closed, whereas ``~equals("state", "Closed")`` is also true where there is no state at all.

    The kinds are text, true or false, numbers (``int``, ``float`` and ``Decimal`` together, by exact value; a
    ``float`` means the decimal it prints as), instants (datetimes with a zone) and durations (``timedelta``).
    ``True`` is no number. A naive datetime and NaN are of no kind. Text is compared as it is, and ordered by
    code point. A subclass counts as what it derives from, so a member of a ``StrEnum`` is text.

    Conditions combine by ``&``, ``|`` and ``~``, and ``str`` gives their text form:

    >>> from itsmkit.conditions import at_least, equals, holds
    >>> bouncing = at_least("reassignment_count", 3) & ~equals("state", "Closed")
    >>> print(bouncing)
    reassignment_count >= 3 and not state = "Closed"
    >>> holds(bouncing, {"reassignment_count": 4, "state": "Active"})
    True
    >>> holds(bouncing, {"state": "Active"})
    False
    """

    __slots__ = ()

    @property
    def depth(self) -> int:
        """How deeply the condition nests, itself included: at most `MAX_DEPTH`."""
        return 1

    @property
    def size(self) -> int:
        """How many parts the condition has, itself included: at most `MAX_SIZE`."""
        return 1

    def __and__(self, other: "Condition") -> "AllOf":
        """Return the condition that holds where this one and *other* both do."""
        if not isinstance(other, Condition):
            return NotImplemented
        return AllOf((*_parts(self, AllOf), *_parts(other, AllOf)))

    def __or__(self, other: "Condition") -> "AnyOf":
        """Return the condition that holds where this one or *other* does."""
        if not isinstance(other, Condition):
            return NotImplemented
        return AnyOf((*_parts(self, AnyOf), *_parts(other, AnyOf)))

    def __invert__(self) -> "Condition":
        """Return the condition that holds exactly where this one does not."""
        return Not(self)

    def __str__(self) -> str:
        """Return the text form: see `to_text`."""
        from itsmkit.conditions.text_form import to_text  # noqa: PLC0415 - which imports this module

        return to_text(self)

    def __bool__(self) -> bool:
        """Refuse: ``a and b`` would silently be ``b``."""
        message = "a condition is neither true nor false without facts; combine by & | ~, ask by holds()"
        raise TypeError(message)


def _condition(condition: Condition) -> Condition:
    return _checked(condition)


def _conditions(conditions: Iterable[Condition]) -> tuple[Condition, ...]:
    return tuple(map(_checked, conditions))


def _checked(part: object) -> Condition:
    if not isinstance(part, Condition):
        problem = f"conditions are made of conditions, not of {type(part).__name__} {reprlib.repr(part)}"
        raise DefinitionError(problem)
    return part


def _operator(operator: str) -> Operator:
    try:
        return Operator(operator)
    except ValueError:
        problem = f"unknown operator {operator!r}; known: {', '.join(Operator)}"
        raise DefinitionError(problem) from None


def _value(value: Scalar) -> Scalar:
    return plain_scalar(value, "the value compared with")


def _values(values: Iterable[Scalar]) -> tuple[Scalar, ...]:
    if isinstance(values, str):  # iterable, but never meant letter by letter
        problem = f"one_of takes several values, not the text {values!r}; put it into a tuple"
        raise DefinitionError(problem)
    found = tuple(map(_value, values))
    if not found:
        problem = "one_of needs at least one value; nothing is one of none"
        raise DefinitionError(problem)
    return found


# Python holds 1, 1.0 and True to be equal. Conditions on them differ, and must not be mixed up in a cache.
def _typed(value: Scalar) -> tuple[type, Scalar]:
    return type(value), value


def _all_typed(values: tuple[Scalar, ...]) -> tuple[tuple[type, Scalar], ...]:
    return tuple(map(_typed, values))


@frozen
class Comparison(Condition):
    """
    Holds where the fact called *field* compares with *value* as *operator* asks: see `Condition`.

    Args:
        field: The name of the fact.
        operator: An `Operator`, or its text.
        value: Text, ``bool``, a finite number, a datetime with a zone (kept in UTC) or a ``timedelta``. There
            is no ``None``: ask for `Presence`.

    Raises:
        DefinitionError: If one of them is anything else, or if ``True`` or ``False`` shall be ordered.
    """

    field: str = attrs.field(validator=named)
    operator: Operator = attrs.field(converter=_operator)
    value: Scalar = attrs.field(converter=_value, eq=_typed)

    def __attrs_post_init__(self) -> None:
        if isinstance(self.value, bool) and self.operator not in _EQUALITY:
            problem = f"{self.value} has no order; compare it by {', '.join(sorted(_EQUALITY))}"
            raise DefinitionError(problem)


@frozen
class Membership(Condition):
    """
    Holds where the fact called *field* equals one of *values*.

    Args:
        field: The name of the fact.
        values: At least one value, each as in a `Comparison`; they may be of different kinds.

    Raises:
        DefinitionError: If there is no value, or one that cannot be compared with.
    """

    field: str = attrs.field(validator=named)
    values: tuple[Scalar, ...] = attrs.field(converter=_values, eq=_all_typed)


@frozen
class Presence(Condition):
    """
    Holds where the fact called *field* has a value, of any kind.

    ``None``, blank text and an empty tuple, list, set, frozenset or dict are no value, and neither
    is a fact that is missing. ``False`` and ``0`` are.
    """

    field: str = attrs.field(validator=named)


@frozen
class _Compound(Condition):
    conditions: tuple[Condition, ...] = attrs.field(converter=_conditions)
    depth: int = attrs.field(init=False, repr=False, eq=False)
    size: int = attrs.field(init=False, repr=False, eq=False)

    @depth.default
    def _depth_with_parts(self) -> int:
        return 1 + max((condition.depth for condition in self.conditions), default=0)

    @size.default
    def _size_with_parts(self) -> int:
        return 1 + sum(condition.size for condition in self.conditions)

    def __attrs_post_init__(self) -> None:
        _refuse_excess(self)


class AllOf(_Compound):
    """
    Holds where all of *conditions* do; without any, always.

    Raises:
        DefinitionError: If one of them is no condition, or beyond `MAX_DEPTH` or `MAX_SIZE`.
    """

    __slots__ = ()


class AnyOf(_Compound):
    """
    Holds where at least one of *conditions* does; without any, never.

    Raises:
        DefinitionError: If one of them is no condition, or beyond `MAX_DEPTH` or `MAX_SIZE`.
    """

    __slots__ = ()


@frozen
class Not(Condition):
    """
    Holds exactly where *condition* does not.

    Raises:
        DefinitionError: If *condition* is none, or beyond `MAX_DEPTH` or `MAX_SIZE`.
    """

    condition: Condition = attrs.field(converter=_condition)

    def __attrs_post_init__(self) -> None:
        _refuse_excess(self)

    @property
    def depth(self) -> int:
        """One more than what it negates."""
        return 1 + self.condition.depth

    @property
    def size(self) -> int:
        """One more than what it negates."""
        return 1 + self.condition.size

    def __invert__(self) -> Condition:
        """Return what was negated."""
        return self.condition


def _parts(condition: Condition, kind: type[_Compound]) -> tuple[Condition, ...]:
    return condition.conditions if isinstance(condition, kind) else (condition,)


def _refuse_excess(condition: Condition) -> None:
    if condition.depth > MAX_DEPTH:
        problem = f"a condition nests {condition.depth} deep; {MAX_DEPTH} is the most"
        raise DefinitionError(problem)
    if condition.size > MAX_SIZE:
        problem = f"a condition has {condition.size:,} parts; {MAX_SIZE:,} are the most"
        raise DefinitionError(problem)


ALWAYS = AllOf(())
"""Holds for any facts."""

NEVER = AnyOf(())
"""Holds for no facts."""


def fields_of(condition: Condition) -> frozenset[str]:
    """
    Return the names of all facts that *condition* looks at.

    >>> from itsmkit.conditions import equals, present
    >>> sorted(fields_of(equals("state", "Active") & ~present("assignee")))
    ['assignee', 'state']
    """
    match condition:
        case Comparison(field=field) | Membership(field=field) | Presence(field=field):
            return frozenset({field})
        case AllOf(conditions=parts) | AnyOf(conditions=parts):
            return frozenset().union(*map(fields_of, parts))
        case Not(condition=part):
            return fields_of(part)
    raise not_a_condition(condition)


def not_a_condition(found: object) -> TypeError:
    """Return the error for *found*, which stands where a condition belongs."""
    return TypeError(f"not a condition of this language: {type(found).__name__} {reprlib.repr(found)}")
