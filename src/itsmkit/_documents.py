"""
Values to and from plain mappings: the one door to cattrs.

A plain mapping is what TOML or JSON holds: text, numbers, booleans, dates, lists and tables. Reading is
strict (nothing is coerced, nothing unknown is skipped) and collects every fault of a document with its
path, so that an author sees all of them at once.

================================  ==================================================================
Type                              Plain form
================================  ==================================================================
``str int float bool``            the same, and no other: 1 is no ``bool``, no ``float`` and no ``str``
``date datetime time``            the same, as TOML has them
``timedelta``                     text, ``"1h30min"``: see `duration`
``Enum`` and its kin              the member's value
``Literal["a", 1]``               one of the values themselves
``tuple[X, ...] frozenset[X]``    a list; a frozenset is written sorted
``Mapping[str, X]``               a table
attrs class                       a table; an attribute that is ``None`` by default may be left out,
                                  and is when it is ``None``
``X | None``                      the form of X, or ``None``
================================  ==================================================================

A class that names itself puts the whole annotation in quotes: ``"tuple[Agreement, ...]"``.
A room gives other types their plain form with `Form`, so that this module need not know the room.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from enum import Enum
from functools import lru_cache, partial
from pathlib import Path
from types import GenericAlias
from typing import Any, Literal, TypeVar, get_args, get_origin

import attrs
from attrs import frozen
from cattrs import (
    AttributeValidationNote,
    BaseValidationError,
    Converter,
    ForbiddenExtraKeysError,
    IterableValidationNote,
)
from cattrs.gen import (
    make_dict_structure_fn,
    make_dict_unstructure_fn,
    make_mapping_structure_fn,
    override,
)

from itsmkit._declared import declared_types
from itsmkit.errors import DefinitionError, RefusedError

__all__ = [
    "Form",
    "duration",
    "duration_text",
    "load_document",
    "load_toml",
    "structure",
    "toml_text",
    "unknown_keys",
    "unstructure",
]

T = TypeVar("T")

_EXPECTED: Mapping[type, str] = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number with a decimal point",
    date: "a date such as 2026-03-29",
    datetime: "a date and time such as 2026-03-29T09:00:00Z",
    time: "a time of day such as 09:00:00",
}
_DURATION = re.compile(
    r"(?P<minus>-?)(?=\d)(?:(?P<d>\d+)d)?(?:(?P<h>\d+)h)?(?:(?P<min>\d+)min)?"
    r"(?:(?P<s>\d+)(?:\.(?P<fraction>\d{1,6}))?s)?",
    re.ASCII,
)


@frozen
class Form:
    """
    The plain form of a type that this module does not know.

    Args:
        kind: The class. The form serves its subclasses too.
        from_plain: Makes the value, or raises a `DefinitionError` (or another ``ValueError``), whose
            sentences are reported with the path of the value.
        to_plain: Makes the plain form of a value.
    """

    kind: type
    from_plain: Callable[[object], Any]
    to_plain: Callable[[Any], object]


def structure(kind: type[T], plain: object, *, where: str, at: str = "", forms: tuple[Form, ...] = ()) -> T:
    """
    Return the value of class *kind* that *plain* describes.

    Args:
        kind: An attrs class, as a rule.
        plain: A mapping for an attrs class, such as a table of a TOML file.
        where: The name of the document, for the sentences of the faults.
        at: The path of *plain* in the document; empty for the document itself.
        forms: The plain forms of further types. Pass the same tuple each time: what is compiled for
            it is kept.

    Raises:
        DefinitionError: With one problem for each fault: an unknown or missing key, a value of the
            wrong type, and whatever the classes refuse themselves.

    >>> structure(int, "8", where="desk.toml", at="agreements[0].level")
    Traceback (most recent call last):
    itsmkit.errors.DefinitionError: desk.toml: agreements[0].level: must be a whole number, not '8'
    """
    try:
        return _converter(forms).structure(plain, kind)
    except (BaseValidationError, ValueError) as fault:
        problems = [
            f"{where}: {path}: {sentence}" if path else f"{where}: {sentence}"
            for path, sentence in _problems(fault, at)
        ]
    raise DefinitionError(*problems)


def unstructure(value: object, *, forms: tuple[Form, ...] = ()) -> Any:
    """
    Return the plain form of *value*: what `structure` reads back as an equal value.

    Args:
        value: A value of a type that the table above or *forms* names; an attrs value becomes a dict.
        forms: As for `structure`.
    """
    return _converter(forms).unstructure(value)


def unknown_keys(plain: Mapping[str, object], known: list[str], *, where: str) -> Iterator[str]:
    """
    Yield a sentence about each key of a document that it should not have, as `structure` tells it.

    Args:
        plain: The document.
        known: The keys that it may have.
        where: The name of the document.
    """
    for path, sentence in _unknown_keys(plain.keys() - {*known}, known, ""):
        yield f"{where}: {path}: {sentence}"


def load_toml(path: str | Path) -> dict[str, Any]:
    """
    Return the tables of a TOML file.

    Args:
        path: A file in UTF-8, with or without a byte-order mark.

    Raises:
        DefinitionError: If the file cannot be read, or is no TOML; with the line where that shows.
    """
    import tomllib  # noqa: PLC0415  only documents need it

    return _loaded(path, "TOML", tomllib.loads)


def _loaded(path: str | Path, what: str, read: Callable[[str], T]) -> T:
    try:
        return read(Path(path).read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        problem = "there is no such file"
    except OSError as error:
        problem = f"cannot be read: {error.strerror}"
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        problem = f"line {line} is not UTF-8; save the file in that encoding"
    except ValueError as error:
        problem = f"is not valid {what}: {error}"
    except RecursionError:
        problem = "is nested too deeply"
    problem = f"{path}: {problem}"
    raise DefinitionError(problem)


def load_document(path: str | Path) -> Any:
    """
    Return what a file of plain data holds: JSON if its name ends in ``.json``, TOML otherwise.

    Args:
        path: A file in UTF-8, with or without a byte-order mark.

    Raises:
        DefinitionError: If the file cannot be read, is not what its name says, or its JSON has a key twice;
            with the line where that shows.
    """
    if Path(path).suffix.lower() != ".json":
        return load_toml(path)
    import json  # noqa: PLC0415  only documents need it

    return _loaded(
        path, "JSON", partial(json.loads, object_pairs_hook=_without_doubles, parse_constant=_no_number)
    )


def toml_text(plain: Mapping[str, Any]) -> str:
    """
    Return *plain* as the text of a TOML file, which `load_toml` reads back as it was.

    Args:
        plain: Text, numbers, booleans, dates, lists and tables; no ``None``.

    Raises:
        RefusedError: If the library that writes TOML is not installed.
    """
    try:
        import tomli_w  # noqa: PLC0415  only documents that are written need it
    except ImportError:
        refusal = "writing TOML needs tomli-w; install it with: python -m pip install 'itsmkit[toml]'"
        raise RefusedError(refusal) from None
    return tomli_w.dumps(plain, multiline_strings=False)


def _no_number(name: str) -> object:
    problem = f"{name} is no number of JSON"
    raise ValueError(problem)


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        problem = f"the key {next(key for key in keys if keys.count(key) > 1)!r} stands twice in one object"
        raise ValueError(problem)
    return found


def duration(text: object) -> timedelta:
    """
    Return the exact time that *text* spells: days, hours, minutes and seconds, in this order.

    A ``d`` is 24 hours of clock time, whatever calendar applies; working days are another type. To keep
    readers from mistaking one for the other, `duration_text` writes hours.

    Args:
        text: Such as ``"8h"``, ``"30min"``, ``"1h30min"``, ``"2d"``, ``"-0.5s"``.

    Raises:
        DefinitionError: If it is spelled otherwise, or longer than a ``timedelta`` can be.

    >>> duration("1h30min")
    datetime.timedelta(seconds=5400)
    """
    found = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        problem = f"must be a duration such as '8h', '30min' or '1h30min', not {_shown(text)}"
        raise DefinitionError(problem)
    try:
        span = timedelta(
            days=int(found["d"] or 0),
            hours=int(found["h"] or 0),
            minutes=int(found["min"] or 0),
            seconds=int(found["s"] or 0),
            microseconds=int((found["fraction"] or "").ljust(6, "0")),
        )
        return -span if found["minus"] else span
    except (OverflowError, ValueError):  # ValueError: more digits than int() takes
        problem = f"must be a shorter duration, not {_shown(text)}"
    raise DefinitionError(problem)


def duration_text(span: timedelta) -> str:
    """
    Return the text that `duration` reads as *span*.

    >>> duration_text(timedelta(days=2, minutes=30))
    '48h30min'
    """
    minutes, rest = divmod(abs(span), timedelta(minutes=1))
    hours, minutes = divmod(minutes, 60)
    fraction = f".{rest.microseconds:06}".rstrip("0") if rest.microseconds else ""
    text = (
        (f"{hours}h" if hours else "")
        + (f"{minutes}min" if minutes else "")
        + (f"{rest.seconds}{fraction}s" if rest or not span else "")
    )
    return f"-{text}" if span < timedelta(0) else text


@lru_cache(maxsize=16)
def _converter(forms: tuple[Form, ...]) -> Converter:
    """Return the converter for *forms*: it compiles one reader and one writer for each class."""
    converter = Converter()
    plain = converter.unstructure

    for kind in _EXPECTED:
        converter.register_structure_hook(kind, _scalar)
    converter.register_structure_hook(timedelta, lambda text, _: duration(text))
    converter.register_structure_hook_factory(_is(Enum), lambda _: _member)
    converter.register_structure_hook_func(_is_choice, _choice)
    converter.register_structure_hook_factory(_is(tuple, frozenset), _list_reader)
    converter.register_structure_hook_factory(_is(Mapping), _mapping_reader)
    converter.register_structure_hook_factory(attrs.has, _table_reader)

    converter.register_unstructure_hook(str, _plain_text)
    converter.register_unstructure_hook(timedelta, duration_text)
    # Items are written as what they are, whatever the annotation around them says.
    converter.register_unstructure_hook_func(_is(tuple), lambda value: [plain(x) for x in value])
    converter.register_unstructure_hook_func(
        _is(frozenset), lambda value: _in_order([plain(x) for x in value])
    )
    converter.register_unstructure_hook_func(
        _is(Mapping), lambda value: {plain(key): plain(x) for key, x in value.items()}
    )
    converter.register_unstructure_hook_factory(attrs.has, _table_writer)

    for form in forms:
        converter.register_structure_hook(form.kind, _form_reader(form))
        converter.register_unstructure_hook(form.kind, form.to_plain)
    return converter


def _is(*classes: type) -> Callable[[Any], bool]:
    """Return the predicate that picks these classes, their subclasses and ``tuple[X, ...]`` alike."""

    def picks(kind: Any) -> bool:
        origin = get_origin(kind) or kind
        return isinstance(origin, type) and issubclass(origin, classes)

    return picks


def _scalar(plain: object, kind: type) -> object:
    if issubclass(kind, Enum):  # cattrs asks for a StrEnum as for the text that it is, too
        return _member(plain, kind)
    if type(plain) is not kind:
        raise DefinitionError(_wrong(_EXPECTED[kind], plain))
    return plain


def _member(plain: object, kind: type[Enum]) -> Enum:
    for member in kind:
        if type(plain) is type(member.value) and plain == member.value:
            return member
    choices = ", ".join(repr(member.value) for member in kind)
    raise DefinitionError(_wrong(f"one of {choices}", plain))


def _is_choice(kind: Any) -> bool:
    origin: Any = get_origin(kind)
    return origin is Literal


def _choice(plain: object, kind: Any) -> object:
    choices = get_args(kind)
    if not any(type(plain) is type(each) and plain == each for each in choices):
        raise DefinitionError(_wrong(f"one of {', '.join(map(repr, choices))}", plain))
    return plain


def _list_reader(kind: Any, converter: Converter) -> Callable[[object, Any], object]:
    container = get_origin(kind)
    match get_args(kind):
        case (item,) if container is frozenset:
            pass
        case (item, end) if end is Ellipsis:
            pass
        case _:
            message = f"{kind} has no plain form; declare tuple[X, ...] or frozenset[X]"
            raise TypeError(message)
    items = GenericAlias(list, (item,))
    read = converter.get_structure_hook(items)

    def read_list(plain: object, _: Any) -> object:
        if not isinstance(plain, (list, tuple)):
            raise DefinitionError(_wrong("a list", plain))
        return container(read(plain, items))

    return read_list


def _mapping_reader(kind: Any, converter: Converter) -> Callable[[object, Any], object]:
    read = make_mapping_structure_fn(kind, converter)

    def read_mapping(plain: object, _: Any) -> object:
        return read(_table(plain), kind)

    return read_mapping


def _table_reader(kind: Any, converter: Converter) -> Callable[[object, Any], object]:
    _load_declared(kind)
    read = make_dict_structure_fn(kind, converter, _cattrs_forbid_extra_keys=True, _cattrs_use_alias=True)

    def read_table(plain: object, _: Any) -> object:
        return read(_table(plain), kind)

    return read_table


def _load_declared(kind: Any) -> None:
    """Load what the fields of a class are declared to be, where its module loads that on first use."""
    of = get_origin(kind) or kind
    if any(isinstance(each.type, str) for each in attrs.fields(of)):
        declared_types(of)


def _table_writer(kind: Any, converter: Converter) -> Callable[[Any], dict[str, Any]]:
    _load_declared(kind)
    fields = attrs.fields(get_origin(kind) or kind)
    optional: dict[str, Any] = {a.name: override(omit_if_default=True) for a in fields if a.default is None}
    return make_dict_unstructure_fn(kind, converter, _cattrs_use_alias=True, **optional)


def _form_reader(form: Form) -> Callable[[object, Any], object]:
    return lambda plain, _: form.from_plain(plain)


def _table(plain: object) -> Mapping[str, object]:
    if not isinstance(plain, Mapping):
        raise DefinitionError(_wrong("a table", plain))
    return plain


def _plain_text(text: str) -> object:
    return text.value if isinstance(text, Enum) else text


def _in_order(items: list[Any]) -> list[Any]:
    try:
        return sorted(items)
    except TypeError:  # tables, say, have no order of their own
        return sorted(items, key=repr)


def _problems(fault: BaseException, path: str, key: object = None) -> Iterator[tuple[str, str]]:
    """
    Yield path and sentence of every fault that cattrs collected.

    Args:
        fault: What was raised for the value at *path*.
        path: Where the value stands.
        key: The last part of *path*.

    Raises:
        BaseException: *fault* itself, if no document can be the reason for it: that is a defect.
    """
    match fault:
        case BaseValidationError():
            for inner in fault.exceptions:
                below = _key(fault.cl, inner)
                yield from _problems(inner, _joined(path, below), below)
        case ForbiddenExtraKeysError():
            known = [a.alias for a in attrs.fields(fault.cl) if a.init]
            yield from _unknown_keys(fault.extra_fields, known, path)
        case DefinitionError():
            yield from ((path, problem) for problem in fault.problems)
        case KeyError() if fault.args == (key,):
            yield path, "is missing"
        case ValueError():
            yield path, str(fault.args[0] if fault.args else fault)
        case _:
            raise fault


def _key(kind: type, fault: BaseException) -> object:
    """Return the key or index at which *fault* happened in a value of *kind*, or ``None``."""
    for note in getattr(fault, "__notes__", ()):
        if isinstance(note, AttributeValidationNote):
            return getattr(attrs.fields(get_origin(kind) or kind), note.name).alias
        if isinstance(note, IterableValidationNote):
            return note.index
    return None


def _joined(path: str, key: object) -> str:
    if key is None:
        return path
    if not isinstance(key, str):
        return f"{path}[{key!r}]"
    bare = key.replace("_", "a").replace("-", "a")
    part = key if bare.isascii() and bare.isalnum() else f'"{key}"'
    return f"{path}.{part}" if path else part


def _unknown_keys(names: Iterable[object], known: list[str], path: str) -> Iterator[tuple[str, str]]:
    for name in sorted(map(str, names)):
        yield _joined(path, name), _unknown(name, known)


def _unknown(name: str, known: list[str]) -> str:
    close = get_close_matches(name, known, n=1)
    hint = f"did you mean {close[0]}?" if close else f"known are {', '.join(sorted(known))}"
    return f"is not known here; {hint}"


def _wrong(expected: str, plain: object) -> str:
    return f"must be {expected}, not {_shown(plain)}"


def _shown(plain: object) -> str:
    text = repr(plain)
    return text if len(text) <= 60 else f"{text[:57]}..."
