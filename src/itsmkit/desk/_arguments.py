"""
Looking at what commands are handed, before they do anything.

A type checker tells a developer that a text was expected; nobody tells a portal that hands on what somebody
typed. So every public method of the desk's commands looks at its arguments by what they are declared to be,
and refuses all that is wrong with them in one error. What the rules of a practice ask for beyond that, they
tell themselves.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from functools import cache, wraps
from inspect import Parameter, isfunction, signature
from types import NoneType, SimpleNamespace, UnionType
from typing import Any, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints
from unicodedata import category, name

from itsmkit._problems import one, shown
from itsmkit.errors import DefinitionError

__all__ = ["MAX_LINE_LENGTH", "MAX_TEXT_LENGTH", "looking_at_arguments"]

MAX_LINE_LENGTH = 1_000
"""How many characters a name, an id or a title has at most."""

MAX_TEXT_LENGTH = 1_000_000
"""How many characters a longer text has at most."""

TEXTS = frozenset({"text", "body", "comment", "reason", "note", "description"})
"""The arguments that may have several lines; further details of a ticket may, too."""

DETAILS = frozenset({"details", "changes", "attributes", "others"})
"""The arguments that hold values of a desk's own, by their names; or take these by keyword."""

_BREAKS = frozenset("\n\r\t")
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""What turns the direction of text around: it can make a text look like another one."""

_NAMELESS = {"Cc": "a control character", "Cs": "half a surrogate pair"}

_KINDS: Mapping[type, str] = {bool: "true or false", int: "a whole number", bytes: "bytes"}
_COLLECTIONS = frozenset({AbstractSet, Collection, Iterable, Sequence})
_BY_PLACE = frozenset({Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD})
_BY_NAME = frozenset({Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY})
_PLAIN = frozenset({bool, int, float, datetime, timedelta})
"""The classes of details that every store can keep, whatever their value."""

Commands = TypeVar("Commands")
Check = Callable[[object], str | None]
"""Returns what is wrong with a value, or ``None``."""


def looking_at_arguments(*, but: Collection[str] = ()) -> Callable[[type[Commands]], type[Commands]]:
    """
    Let every public method of a class look at its arguments before it does anything.

    Args:
        but: The names of arguments of which the methods themselves tell better what they must be.
    """

    def looking(commands: type[Commands]) -> type[Commands]:
        for name_, method in [*vars(commands).items()]:
            if isfunction(method) and not name_.startswith("_"):
                setattr(commands, name_, _looking(method, frozenset(but)))
        return commands

    return looking


def _looking(method: Callable[..., Any], but: frozenset[str]) -> Callable[..., Any]:
    @wraps(method)
    def looked(*args: Any, **kwargs: Any) -> Any:
        checks = _checks_of(method, but)
        problems: list[str] = []
        for place, label, check in checks.positional:
            if place < len(args) and (problem := check(args[place])) is not None:
                problems.append(f"{label}: {problem}")
        for label, value in kwargs.items():
            check_it = checks.named.get(label)
            if check_it is not None:
                if (problem := check_it(value)) is not None:
                    problems.append(f"{label}: {problem}")
            elif checks.has_details and label not in checks.known:
                problems += _detail_problems(label, value)
        if problems:
            raise DefinitionError(*(f"{method.__qualname__}: {problem}" for problem in problems))
        return method(*args, **kwargs)

    return looked


class _Checks(NamedTuple):
    """
    How the arguments of a method are looked at. What may be anything is not.

    Args:
        positional: Place, name and check of those by place.
        named: The checks of those by name.
        known: The names of all that can be given by name.
        has_details: Whether those of other names are details.
    """

    positional: list[tuple[int, str, Check]]
    named: dict[str, Check]
    known: frozenset[str]
    has_details: bool


@cache
def _checks_of(method: Callable[..., Any], but: frozenset[str]) -> _Checks:
    positional: list[tuple[int, str, Check]] = []
    named: dict[str, Check] = {}
    has_details = False
    for place, (label, parameter) in enumerate(signature(method).parameters.items()):
        check = _check_of(_declared(method, label), label)
        if label == "idempotency_key" or label in but:  # what a key may be is told by `Request`
            check = _anything
        if parameter.kind is Parameter.VAR_KEYWORD:
            has_details = label in DETAILS
        if parameter.kind in _BY_PLACE and check is not _anything:
            positional.append((place, label, check))
        if parameter.kind in _BY_NAME:
            named[label] = check
    judged = {label: check for label, check in named.items() if check is not _anything}
    return _Checks(positional, judged, frozenset(named), has_details)


def _declared(method: Callable[..., Any], label: str) -> Any:
    hint = {label: method.__annotations__.get(label, Any)}
    try:
        return get_type_hints(SimpleNamespace(__annotations__=hint), globalns=method.__globals__)[label]
    except NameError:  # of a class that only type checkers load
        return Any


def _check_of(declared: Any, label: str) -> Check:
    """Return the check of what an argument is declared to be; what is not known here is let through."""
    while hasattr(declared, "__supertype__"):
        declared = declared.__supertype__
    origin, parts = get_origin(declared), get_args(declared)
    if origin in (UnionType, Union):
        return _either([_check_of(part, label) for part in parts if part is not NoneType], NoneType in parts)
    if declared is str:
        return _text if label in TEXTS else _line
    kind = origin or declared
    if kind is Mapping and label in DETAILS:
        return _mapping
    if kind is object:
        return _detail
    if kind is Any or not isinstance(kind, type) or getattr(kind, "_is_protocol", False):
        return _anything
    return _kind(kind)


def _either(checks: list[Check], is_optional: bool) -> Check:
    if _anything in checks:
        return _anything
    others = checks[1:]

    def check(value: object) -> str | None:
        if value is None and is_optional:
            return None
        problem = checks[0](value)
        return None if problem is None or any(each(value) is None for each in others) else problem

    return check


def _anything(_: object) -> None:
    return None


def _kind(kind: type) -> Check:
    expected = _KINDS.get(kind) or one(kind.__name__)
    # To Python, True is a whole number, and text a collection of characters: neither is meant as such.
    never = (bool,) if kind is int else (str, bytes) if kind in _COLLECTIONS else ()

    def check(value: object) -> str | None:
        if type(value) is kind or (isinstance(value, kind) and not isinstance(value, never)):
            return None
        return f"must be {expected}, not {shown(value)}"

    return check


def _line(value: object) -> str | None:
    return _text_problem(value, MAX_LINE_LENGTH, has_lines=False)


def _text(value: object) -> str | None:
    return _text_problem(value, MAX_TEXT_LENGTH, has_lines=True)


def _text_problem(value: object, most: int, *, has_lines: bool) -> str | None:
    if not isinstance(value, str):
        return f"must be text, not {shown(value)}"
    if len(value) > most:
        return f"is {len(value):,} characters long; {most:,} are the most"
    return None if value.isprintable() else _unfit(value, has_lines=has_lines)


def _unfit(text: str, *, has_lines: bool) -> str | None:
    """Tell the first character that a text must not have. Joiners and marks of direction may stay."""
    for place, character in enumerate(text, start=1):
        if character in _BREAKS:
            is_unfit = not has_lines
        else:
            is_unfit = category(character) in ("Cc", "Cs") or character in _TURNING
        if is_unfit:
            called = name(character, "").lower() or _NAMELESS[category(character)]
            return f"has {called}, U+{ord(character):04X}, as character {place}; leave it out"
    return None


def _mapping(value: object) -> str | None:
    if not isinstance(value, Mapping):
        return f"must be a mapping of names to values, not {shown(value)}"
    problems = [*_mapping_problems(value)]
    return "; ".join(problems) or None


def _mapping_problems(values: Mapping[Any, Any]) -> Iterator[str]:
    for label, value in values.items():
        problem = _line(label)
        if problem is not None:
            yield f"the name {shown(label)} {problem}"
        yield from _detail_problems(label, value)


def _detail_problems(label: str, value: object) -> Iterator[str]:
    """List what is wrong with a further detail: whatever a store can keep is right."""
    if isinstance(value, str):
        problem = _text(value)
        if problem is not None:
            yield f"{label}: {problem}"
    elif value != value:  # noqa: PLR0124  # such as NaN, which is not what was said even when it comes back
        yield f"{label}: must be equal to itself, unlike {shown(value)}"
    elif value is not None and type(value) not in _PLAIN:
        from itsmkit.plugin import documents  # noqa: PLC0415  # a slow import that few details need

        try:
            documents.to_plain_detail(value, where=label)
        except DefinitionError as error:
            yield from error.problems


def _detail(value: object) -> str | None:
    return "; ".join(_detail_problems("it", value)) or None
