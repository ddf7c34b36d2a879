"""The checks that values of several rooms share. Each lists every problem that it finds, with its path."""

import reprlib
from collections.abc import Iterable, Iterator
from itertools import chain

from itsmkit._checks import is_a
from itsmkit.errors import DefinitionError

__all__ = [
    "close_to",
    "closest",
    "distinct",
    "distinct_problems",
    "instance_problems",
    "is_name",
    "items_problems",
    "name_problems",
    "names",
    "names_problems",
    "one",
    "shown",
    "under",
]

_MOST_NAMED = 20
_MOST_COMPARED = 500  # there may be many faults


def is_name(value: object) -> bool:
    """Tell whether *value* is text, not empty, and without spaces around it."""
    return isinstance(value, str) and bool(value) and value == value.strip()


def name_problems(path: str, value: object, what: str = "a name") -> Iterator[str]:
    """List what keeps *value* from being a name, or *what* else is written without spaces around it."""
    if not is_name(value):
        yield f"{path}: must be {what} without surrounding spaces, not {shown(value)}"


def names(given: str | Iterable[str]) -> tuple[str, ...]:
    """
    Return several names as a tuple; a single one may stand alone. Fit as an attrs converter.

    Raises:
        DefinitionError: If it is neither.
    """
    if isinstance(given, str):
        return (given,)
    if not is_a(given, Iterable):
        problem = f"{shown(given)} stands where names are asked for; write them as a list"
        raise DefinitionError(problem)
    return tuple(given)


def names_problems(path: str, given: Iterable[object]) -> Iterator[str]:
    """List what keeps *given* from being names, each of which stands once."""
    given = tuple(given)
    for index, name in enumerate(given):
        yield from name_problems(f"{path}[{index}]", name)
    yield from distinct_problems(path, given)


def distinct(groups: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """Return the texts of all *groups* in their order, each once."""
    return tuple(dict.fromkeys(chain.from_iterable(groups)))


def instance_problems(path: str, value: object, kind: type) -> Iterator[str]:
    """List what keeps *value* from being a *kind*."""
    if not isinstance(value, kind):
        yield f"{path}: must be {one(kind.__name__)}, not {shown(value)}"


def items_problems(path: str, values: Iterable[object], kind: type) -> Iterator[str]:
    """List what keeps each of *values* from being a *kind*, with the place where it stands."""
    for place, value in enumerate(values):
        if not isinstance(value, kind):  # which most are: to name the place of each takes longer
            yield from instance_problems(f"{path}[{place}]", value, kind)


def one(name: str) -> str:
    """Return the name of a class with the article that goes before it: an ``Actor``, a ``UUID``."""
    return f"an {name}" if name.lower().startswith(("a", "e", "i", "o", "un")) else f"a {name}"


def distinct_problems(path: str, names: Iterable[object]) -> Iterator[str]:
    """List the names that stand more than once."""
    seen: set[str] = set()
    told: set[str] = set()
    for name in names:
        if not isinstance(name, str):
            continue  # `name_problems` tells
        if name in seen and name not in told:
            told.add(name)
            yield f"{path}: {name!r} stands there more than once"
        seen.add(name)


def closest(name: object, known: Iterable[str], *, most: int = 3, among: int = 5_000) -> tuple[str, ...]:
    """
    Return the known names that an unknown one resembles, best first.

    Args:
        name: The unknown one.
        known: The known ones; of equally good ones, the last of them come first.
        most: How many to return at most.
        among: Of more known ones, none is compared: each costs some microseconds, which is too much for an
            error that a caller may expect.
    """
    from difflib import get_close_matches  # noqa: PLC0415  # only a fault needs it

    known = tuple(known)
    return tuple(get_close_matches(str(name), known, n=most)) if len(known) <= among else ()


def close_to(name: object, known: Iterable[str]) -> str:
    """Return what to say of an unknown name: the known one that it resembles, or the first of them."""
    known = tuple(known)
    close = closest(name, known, most=1, among=_MOST_COMPARED)
    if close:
        return f"did you mean {close[0]!r}?"
    others = [f"{len(known) - _MOST_NAMED} others"] if len(known) > _MOST_NAMED + 1 else []
    told = known[:_MOST_NAMED] if others else known
    return f"known: {', '.join([*told, *others]) or 'none'}"


def under(path: str, problem: str) -> str:
    """Return *problem*, which was told of what stands at *path*, as it is told of the whole."""
    field = problem.partition(":")[0].partition("[")[0]
    return f"{path}.{problem}" if field.isidentifier() else f"{path}: {problem}"


def shown(value: object) -> str:
    """Return *value* and its type for an error's sentence, shortened where it is long."""
    try:
        return f"{type(value).__name__} {reprlib.repr(value)}"
    except ValueError:  # a number with more digits than Python writes
        return f"{type(value).__name__} with too many digits to be shown"
