"""
Conditions and facts checked against a schema, before anybody relies on them.

A condition is total: asked about a fact that does not exist, or compared with a value of another kind, it is
false, for ever and silently. The check finds this when the condition is written.
"""

from collections.abc import Iterator

from itsmkit.conditions._paths import below
from itsmkit.conditions._scalars import COLLECTIONS, Scalar, classified, is_a
from itsmkit.conditions._spelling import spelled_name
from itsmkit.conditions._wording import close_to, listed, told
from itsmkit.conditions.evaluation import Facts, holds
from itsmkit.conditions.fact_schema import FactKind, FactSchema, FactType, kind_of
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
from itsmkit.errors import DefinitionError

__all__ = ["check_types", "fact_problems", "type_problems"]


_WORDS = {
    FactKind.TEXT: "text",
    FactKind.TRUTH: "true or false",
    FactKind.NUMBER: "a number",
    FactKind.INSTANT: "an instant",
    FactKind.DURATION: "a duration",
    FactKind.COLLECTION: "a collection",
}


def type_problems(condition: Condition, schema: FactSchema, *, where: str = "") -> tuple[str, ...]:
    """
    Return everything in *condition* that cannot be meant, if the facts are those of *schema*.

    That is a fact that does not exist, a value of another kind than the fact's, a value that is none of its
    choices, an order where there is none, a comparison with a collection. A condition without problems
    compares only what is of one kind.

    Args:
        condition: Any condition.
        schema: The facts that there are.
        where: The path of the condition in what it was taken from, which then starts every problem's path.

    Returns:
        A sentence for each, with its path in the mapping form, whatever form the condition was written in.

    Raises:
        TypeError: If *condition* is none.

    >>> from itsmkit.conditions import FactType, parse_condition
    >>> schema = FactSchema(
    ...     {"priority": FactType("text", choices=["P1", "P2"]), "waited": FactType("duration")}
    ... )
    >>> for problem in type_problems(parse_condition('not prioriti = "P1" and waited > 8'), schema):
    ...     print(problem)
    all[0].not.field: there is no fact 'prioriti'; did you mean priority?
    all[1].greater: must be a duration, as waited is, not the number 8
    """
    return tuple(f"{path or 'condition'}: {problem}" for path, problem in _problems(condition, schema, where))


def check_types(condition: Condition, schema: FactSchema, *, where: str = "") -> None:
    """
    Raise everything that `type_problems` finds, all at once; do nothing if it finds nothing.

    Raises:
        DefinitionError: With one problem for each.
        TypeError: If *condition* is none.
    """
    problems = type_problems(condition, schema, where=where)
    if problems:
        raise DefinitionError(*problems)


def fact_problems(facts: Facts, schema: FactSchema, *, where: str = "") -> tuple[str, ...]:
    """
    Return everything in which *facts* depart from *schema*: what a form was filled in wrongly.

    That is a fact that is missing and must not be, one of another kind or none of the choices, and one that
    the schema does not know. ``None`` counts as missing, and so does what is of the kind and no value for
    `Presence`: blank text where a text is asked for, and an empty collection.

    Args:
        facts: What is given. No value raises anything.
        schema: The facts that there are.
        where: The path of *facts* in what they were taken from, which then starts every problem's path.

    Returns:
        A sentence for each, with its path: first in the order of the schema, then what it does not know.

    >>> schema = FactSchema({"priority": FactType("text", choices=["P1", "P2"], optional=False)})
    >>> fact_problems({"priority": "p1", "vip": True}, schema)
    ('priority: must be one of "P1", "P2", not the text "p1"', 'vip: there is no such fact')
    """
    return tuple(f"{below(where, path)}: {problem}" for path, problem in _departures(facts, schema))


def _problems(condition: Condition, schema: FactSchema, path: str) -> Iterator[tuple[str, str]]:
    match condition:
        case Comparison(field=field) | Membership(field=field) | Presence(field=field):
            if field in schema.types:
                yield from _test_problems(condition, schema.types[field], path)
            else:
                yield below(path, "field"), f"there is no fact {field!r}{_meant(field, schema)}"
        case AllOf(conditions=parts) | AnyOf(conditions=parts):
            key = "all" if isinstance(condition, AllOf) else "any"
            for index, part in enumerate(parts):
                yield from _problems(part, schema, f"{below(path, key)}[{index}]")
        case Not(condition=part):
            yield from _problems(part, schema, below(path, "not"))
        case _:
            raise not_a_condition(condition)


def _test_problems(test: Condition, found: FactType, path: str) -> Iterator[tuple[str, str]]:
    match test:
        case Comparison(field=field, operator=operator, value=value):
            for problem in _value_problems(field, found, value, ordered=operator.asks_order):
                yield below(path, operator.value), problem
        case Membership(field=field, values=values):
            for index, value in enumerate(values):
                for problem in _value_problems(field, found, value, ordered=False):
                    yield f"{below(path, 'one_of')}[{index}]", problem


def _value_problems(field: str, found: FactType, value: Scalar, *, ordered: bool) -> Iterator[str]:
    name = spelled_name(field)
    if found.kind is FactKind.COLLECTION:
        yield f"{name} is a collection, which compares with nothing; ask whether it is present"
    elif kind_of(value) is not found.kind:
        yield f"must be {_WORDS[found.kind]}, as {name} is, not {told(value)}"
    elif ordered and not found.is_ordered:
        yield f"the choices of {name} have no order; list those that are meant by one_of"
    elif not ordered and not found.has_choice(value):
        yield f"must be one of {listed(found.choices or ())}, as {name} is, not {told(value)}"


def _departures(facts: Facts, schema: FactSchema) -> Iterator[tuple[str, str]]:
    for name, found in schema.types.items():
        fact = facts.get(name)
        problem = _departure(fact, found, present=holds(Presence(name), facts))
        if problem:
            yield name, problem
    for name in facts:
        if name not in schema.types:
            yield name, f"there is no such fact{_meant(name, schema)}"


def _departure(fact: object, found: FactType, *, present: bool) -> str | None:
    if fact is None:
        return None if found.optional else "is missing"
    if not _is_of(fact, found.kind):
        return f"must be {_WORDS[found.kind]}, not {told(fact)}"
    if not present:
        return None if found.optional else "is missing"
    return (
        None if found.has_choice(fact) else f"must be one of {listed(found.choices or ())}, not {told(fact)}"
    )


def _is_of(fact: object, kind: FactKind) -> bool:
    if kind is FactKind.COLLECTION:
        return any(is_a(fact, each) for each in COLLECTIONS)
    return classified(fact) is not None and kind_of(fact) is kind  # type: ignore[arg-type]  # it has a kind


def _meant(name: str, schema: FactSchema) -> str:
    close = close_to(name, schema.types)
    return f"; did you mean {spelled_name(close)}?" if close else ""
