"""
What a condition can hold for: facts that satisfy it, found by trying every case.

A condition compares facts with literals. The literals cut the values of a fact into a few classes whose
members it cannot tell apart, so that one value of each class stands for all of them, and a finite search is
a complete one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise, product
from math import prod
from typing import Any

from itsmkit._frozen import EMPTY, FrozenDict
from itsmkit.conditions._scalars import Kind, Scalar, classified
from itsmkit.conditions.errors import UndecidedError
from itsmkit.conditions.evaluation import Predicate, compile_condition
from itsmkit.conditions.tree import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Membership,
    Not,
    Presence,
)

__all__ = ["MAX_CASES", "facts_for", "implies"]

MAX_CASES = 50_000
"""How many cases are tried at most, so that nothing hangs."""

_MICROSECOND = timedelta(microseconds=1)
_OF_NO_KIND = ("of no kind",)


def facts_for(
    condition: Condition, *, known: Mapping[str, Iterable[Scalar]] = EMPTY
) -> Mapping[str, object] | None:
    """
    Return facts for which *condition* holds, or ``None`` if there are none.

    The search is complete but for one thing: it does not look for blank text that lies between two other
    texts by order.

    Args:
        condition: Any condition.
        known: The values that some of the facts can have; any other fact may have any value, or none.

    Raises:
        UndecidedError: If there are more than `MAX_CASES` cases to try.

    >>> from itsmkit.conditions import at_least, equals, less
    >>> dict(facts_for(at_least("impact", 2) & ~equals("impact", 2)))
    {'impact': Decimal('4')}
    >>> facts_for(less("impact", 2) & at_least("impact", 2)) is None
    True
    >>> dict(facts_for(~equals("priority", "P1"), known={"priority": ("P1", "P2")}))
    {'priority': 'P2'}
    """
    return _searched((condition,), compile_condition(condition), known)


def _searched(
    conditions: Iterable[Condition], test: Predicate, known: Mapping[str, Iterable[Scalar]] = EMPTY
) -> Mapping[str, object] | None:
    """Return facts that pass *test*, which asks about *conditions*, or ``None`` if there are none."""
    literals: dict[str, list[tuple[Scalar, bool]]] = {}
    for condition in conditions:
        _gather(condition, literals)
    choices = {
        field: tuple(known[field]) if field in known else _classes(found) for field, found in literals.items()
    }
    cases = prod(map(len, choices.values()))
    if cases > MAX_CASES:
        raise UndecidedError(cases, MAX_CASES)
    for values in product(*choices.values()):
        facts = dict(zip(choices, values, strict=True))
        if test(facts):
            return FrozenDict({field: value for field, value in facts.items() if value is not None})
    return None


@lru_cache(maxsize=4096)
def implies(one: Condition, other: Condition) -> bool:
    """
    Tell whether *other* holds wherever *one* does.

    What never holds implies everything.

    Raises:
        UndecidedError: If there are more than `MAX_CASES` cases to try.

    >>> from itsmkit.conditions import equals, one_of
    >>> implies(equals("state", "closed"), one_of("state", "resolved", "closed"))
    True
    """
    # Not as one condition, which two at the bounds of the language would exceed.
    holds, also = compile_condition(one), compile_condition(other)
    return _searched((one, other), lambda facts: holds(facts) and not also(facts)) is None


def _gather(condition: Condition, literals: dict[str, list[tuple[Scalar, bool]]]) -> None:
    """Add to *literals*, for each field, what a condition compares it with, and whether by order."""
    match condition:
        case Comparison(field=field, operator=operator, value=value):
            literals.setdefault(field, []).append((value, operator.asks_order))
        case Membership(field=field, values=values):
            literals.setdefault(field, []).extend((value, False) for value in values)
        case Presence(field=field):
            literals.setdefault(field, [])
        case AllOf(conditions=parts) | AnyOf(conditions=parts):
            for part in parts:
                _gather(part, literals)
        case _:
            assert isinstance(condition, Not)  # noqa: S101  # whoever compiled it has refused all else
            _gather(condition.condition, literals)


def _classes(found: Sequence[tuple[Scalar, bool]]) -> tuple[object, ...]:
    """Return a value of each class that the literals *found* cut the values of a fact into."""
    values: list[object] = []
    ordered = set()
    by_kind: dict[Kind, list[Scalar]] = {}
    for value, by_order in found:
        kind, _ = _classified(value)
        values.append(value)
        by_kind.setdefault(kind, []).append(value)
        if by_order:
            ordered.add(kind)
    for kind, literals in by_kind.items():
        values.extend(_between(kind, literals, by_order=kind in ordered))
    texts = [value for value in values if isinstance(value, str)]
    values += [_other_text(texts, "another", " one"), _other_text(texts, "", " "), None, _OF_NO_KIND]
    unique: dict[object, object] = {}
    for each in values:
        unique.setdefault((classified(each), each is None), each)
    return tuple(unique.values())


def _classified(value: Scalar) -> tuple[Kind, object]:
    found = classified(value)
    assert found is not None  # noqa: S101  # the tree holds only what has a kind
    return found


def _other_text(texts: Sequence[str], other: str, more: str) -> str:
    """Return *other*, lengthened by *more* until it is none of *texts*."""
    while other in texts:
        other += more
    return other


def _text_before(text: str) -> Iterator[str]:
    """Yield a text that is not blank and comes before *text*, if there is one; preferably one to be read."""
    yield from [each for each in ("0", "!", "\0") if each < text][:1]


def _between(kind: Kind, literals: Sequence[Scalar], *, by_order: bool) -> Iterator[Scalar]:
    """Yield values of *kind* that are none of *literals*: one of each gap if they are compared *by_order*."""
    if kind is Kind.TRUTH:
        yield from (True, False)
    elif kind is Kind.TEXT:
        if by_order:  # the text that follows another at once is that text and the first character
            texts = [str(text) for text in literals]
            yield from _text_before(min(texts))
            yield from (f"{text}\0" for text in texts)
    elif kind is Kind.NUMBER:
        yield from _numbers_between(sorted(literals, key=_exact))
    elif kind is Kind.INSTANT:
        for instant in literals:
            yield from _instants_beside(instant)
    else:
        for span in literals:
            yield from _durations_beside(span)


def _exact(number: Scalar) -> Any:
    return _classified(number)[1]


def _numbers_between(numbers: Sequence[Scalar]) -> Iterator[Scalar]:
    from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal  # noqa: PLC0415  # slow, and few conditions need it

    exact = [Decimal(_exact(each)) for each in numbers]
    # Of our own, so that the context of the moment has no say, and nothing is too large to be doubled: what
    # is beyond all numbers is infinite. The precision is enough for the middle of any two numbers that lie
    # near each other; of those far apart, the half of one of them will do.
    digits = max(len(each.as_tuple().digits) for each in exact)
    context = Context(prec=max(1500, digits + 2), Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])
    two = Decimal(2)

    def beyond(number: Decimal) -> Decimal:
        return context.multiply(number, two) if number > 1 else two

    yield beyond(exact[-1])
    yield beyond(exact[0].copy_negate()).copy_negate()
    for low, high in pairwise(exact):
        yield context.divide(context.add(low, high), two)


def _instants_beside(instant: Scalar) -> Iterator[datetime]:
    assert isinstance(instant, datetime)  # noqa: S101  # its kind says so
    if instant > datetime.min.replace(tzinfo=UTC):
        yield instant - _MICROSECOND
    if instant < datetime.max.replace(tzinfo=UTC):
        yield instant + _MICROSECOND


def _durations_beside(span: Scalar) -> Iterator[timedelta]:
    assert isinstance(span, timedelta)  # noqa: S101  # its kind says so
    if span > timedelta.min:
        yield span - _MICROSECOND
    if span < timedelta.max:
        yield span + _MICROSECOND
