"""How the fields of a class are written and read, by what they are declared to be."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Any, NamedTuple, Union, get_args, get_origin, get_type_hints

import attrs

from itsmkit._documents import Form
from itsmkit._frozen import EMPTY, FrozenDict
from itsmkit._problems import close_to, one, shown
from itsmkit.plugin.documents._canonical_json import in_order, quoted, written
from itsmkit.plugin.documents._faults import Fault
from itsmkit.plugin.documents._plain_values import PlainValues, each_named, each_of
from itsmkit.plugin.documents._scalars import instant_from, instant_to_text

__all__ = ["Codec", "Finder", "Table", "bare", "codec_of", "form_codec", "table_codec"]


class Codec(NamedTuple):
    """
    What writes a value, and what reads it back. All raise a `Fault`.

    Args:
        write: Writes it as plain data, and tells all that is wrong with it.
        read: Reads plain data.
        text: Writes it as the canonical JSON of that plain data, and raises at the first thing that is wrong,
            without the place.
    """

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]
    text: Callable[[Any], str]


Finder = Callable[[Any], Codec]

_EXPECTED = {str: "text", bool: "true or false", int: "a whole number"}


class Table(NamedTuple):
    """
    What an attrs class is written as: an object with a key for each field.

    Args:
        kind: The class.
        head: What stands in every object beside the fields, and is not looked at when it is read.
        keys: The keys of fields that are not called as in the class.
        without: The fields that are left out.
    """

    kind: type
    head: Mapping[str, Any] = EMPTY
    keys: Mapping[str, str] = EMPTY
    without: Collection[str] = ()

    def fields(self) -> Iterator[tuple[str, str, str, Any]]:
        """Yield key, name and alias of each field that is written, and what it is declared to be."""
        declared = get_type_hints(self.kind)
        for each in attrs.fields(self.kind):
            if each.init and each.alias not in self.without:
                yield self.keys.get(each.alias, each.alias), each.name, each.alias, declared[each.name]


def table_codec(table: Table, find: Finder) -> Codec:
    """
    Return the codec of an attrs class.

    Args:
        table: What it is written as.
        find: Gives the codec of what a field is declared to be.
    """
    kind, head = table.kind, table.head
    fields = [_Field(key, name, alias, find(declared)) for key, name, alias, declared in table.fields()]
    return Codec(
        _table_writer(kind, head, fields), _table_reader(kind, head, fields), _table_text(kind, head, fields)
    )


class _Field(NamedTuple):
    key: str
    name: str
    alias: str
    codec: Codec


def _table_writer(
    kind: type, head: Mapping[str, Any], fields: Iterable[_Field]
) -> Callable[[object], dict[str, Any]]:
    writers = [(each.key, each.name, each.codec.write) for each in fields]

    def write(value: object) -> dict[str, Any]:
        if type(value) is not kind:
            raise Fault.at("", f"must be {one(kind.__qualname__)}, not {shown(value)}")
        plain = dict(head)
        faults: list[tuple[str, str]] = []
        for key, name, write_field in writers:
            try:
                plain[key] = write_field(getattr(value, name))
            except Fault as fault:
                faults += fault.below(key)
        if faults:
            raise Fault(faults)
        return plain

    return write


def _table_text(kind: type, head: Mapping[str, Any], fields: Iterable[_Field]) -> Callable[[object], str]:
    # All but the values of the fields is the same in each object, and known beforehand.
    by_key = {each.key: each for each in fields}
    ordered = in_order({**head, **by_key})
    known = {key: written(value).replace("%", "%%") for key, value in head.items()}
    parts = (f"{quoted(key).replace('%', '%%')}:{known.get(key, '%s')}" for key in ordered)
    template = f"{{{','.join(parts)}}}"
    writers = [(by_key[key].name, by_key[key].codec.text) for key in ordered if key in by_key]

    def text(value: object) -> str:
        if type(value) is not kind:
            raise Fault.at("", f"must be {one(kind.__qualname__)}, not {shown(value)}")
        return template % tuple([write(getattr(value, name)) for name, write in writers])

    return text


def _table_reader(kind: type, head: Mapping[str, Any], fields: Iterable[_Field]) -> Callable[[object], Any]:
    readers = [(each.key, each.alias, each.codec.read) for each in fields]
    known = [*head, *(key for key, _, _ in readers)]

    def read(plain: object) -> Any:
        if not isinstance(plain, dict):
            raise Fault.at("", f"must be an object, not {shown(plain)}")
        values: dict[str, Any] = {}
        faults: list[tuple[str, str]] = []
        for key, alias, read_field in readers:
            if key not in plain:
                faults.append((key, "is missing"))
                continue
            try:
                values[alias] = read_field(plain[key])
            except Fault as fault:
                faults += fault.below(key)
        if len(plain) != len(known) or faults:
            faults += [
                (str(key), f"is not known here; {close_to(key, known)}") for key in plain if key not in known
            ]
            raise Fault(faults)
        try:
            return kind(**values)
        except ValueError as error:
            raise Fault.of(error) from error

    return read


def form_codec(form: Form) -> Codec:
    """Return the codec of a class whose plain form is given, and of its subclasses."""

    def write(value: object) -> object:
        if not isinstance(value, form.kind):
            raise Fault.at("", f"must be {one(form.kind.__qualname__)}, not {shown(value)}")
        return form.to_plain(value)

    def read(plain: object) -> object:
        try:
            return form.from_plain(plain)
        except ValueError as error:
            raise Fault.of(error) from error

    return _plainly(write, read)


def codec_of(kind: Any, find: Finder, values: PlainValues) -> Codec:
    """
    Return the codec of what a field is declared to be.

    Args:
        kind: A class, several as a tuple, a ``NewType``, ``X | Y``, ``tuple[X, ...]``, ``frozenset[X]`` or
            ``Mapping[str, X]``.
        find: Gives the codecs of what it is made of.
        values: Writes and reads what may be anything, and scalars.
    """
    kind = bare(kind)
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (UnionType, Union):
        return _union(parts, find)
    if origin in (tuple, frozenset):
        return _sequence(origin, find(parts[0]))
    if origin is not None:
        return _mapping(parts[1], find, values)
    if kind is object or kind is Any:
        return _plainly(values.write, values.read)
    return _one_of(kind, values) if isinstance(kind, tuple) else _of_class(kind, find, values)


def _of_class(kind: type, find: Finder, values: PlainValues) -> Codec:
    if kind is str or kind is bool:
        return _same(kind)
    if kind is datetime:
        return Codec(instant_to_text, instant_from, lambda value: f'"{instant_to_text(value)}"')
    if issubclass(kind, Enum):
        return _enum(kind)
    return table_codec(Table(kind), find) if attrs.has(kind) else _one_of((kind,), values)


def bare(kind: Any) -> Any:
    """Return what a ``NewType`` is of, or *kind* itself."""
    while hasattr(kind, "__supertype__"):
        kind = kind.__supertype__
    return kind


def _plainly(write: Callable[[Any], Any], read: Callable[[Any], Any]) -> Codec:
    return Codec(write, read, lambda value: written(write(value)))


def _same(kind: type) -> Codec:
    def same(value: object) -> object:
        if type(value) is not kind:
            raise Fault.at("", f"must be {_EXPECTED[kind]}, not {shown(value)}")
        return value

    if kind is not str:
        return _plainly(same, same)

    def text(value: object) -> str:
        return quoted(value) if type(value) is str else written(same(value))

    return Codec(same, same, text)


def _one_of(kinds: tuple[type, ...], values: PlainValues) -> Codec:
    """Return the codec of scalars of some classes."""
    names = " or ".join(_EXPECTED.get(kind, one(kind.__name__)) for kind in kinds)

    def checked(value: object) -> object:
        if type(value) not in kinds:
            raise Fault.at("", f"must be {names}, not {shown(value)}")
        return value

    return _plainly(lambda value: values.write(checked(value)), lambda plain: checked(values.read(plain)))


def _union(kinds: tuple[Any, ...], find: Finder) -> Codec:
    some = tuple(kind for kind in kinds if kind is not NoneType)
    codec = find(some if len(some) > 1 else some[0])
    if len(some) == len(kinds):
        return codec
    if codec.write is codec.read:  # such as ``str | None``: most fields of a ticket, without a further call
        return _same_or_none(bare(some[0]))
    return Codec(
        lambda value: None if value is None else codec.write(value),
        lambda plain: None if plain is None else codec.read(plain),
        lambda value: "null" if value is None else codec.text(value),
    )


def _same_or_none(kind: type) -> Codec:
    def same(value: object) -> object:
        if value is not None and type(value) is not kind:
            raise Fault.at("", f"must be {_EXPECTED[kind]} or null, not {shown(value)}")
        return value

    def text(value: object) -> str:
        if value is None:
            return "null"
        return quoted(value) if type(value) is kind is str else written(same(value))

    return Codec(same, same, text)


def _sequence(kind: type, items: Codec) -> Codec:
    def write(value: object) -> list[Any]:
        if not isinstance(value, kind):
            raise Fault.at("", f"must be {one(kind.__name__)}, not {shown(value)}")
        plain = each_of(value, items.write)  # type: ignore[arg-type]  # a tuple or a frozenset
        return sorted(plain, key=written) if kind is frozenset else plain

    def read(plain: object) -> object:
        if not isinstance(plain, list):
            raise Fault.at("", f"must be a list, not {shown(plain)}")
        return kind(each_of(plain, items.read))

    def text(value: object) -> str:
        if not isinstance(value, kind):
            raise Fault.at("", f"must be {one(kind.__name__)}, not {shown(value)}")
        texts = map(items.text, value)  # type: ignore[call-overload]  # a tuple or a frozenset
        return f"[{','.join(sorted(texts) if kind is frozenset else texts)}]"

    return Codec(write, read, text)


def _mapping(kind: Any, find: Finder, values: PlainValues) -> Codec:
    if kind is object or kind is Any:
        return _plainly(values.write_object, values.read_object)
    items = find(kind)
    return _plainly(
        lambda value: each_named(value, items.write),
        lambda plain: FrozenDict(each_named(plain, items.read)),
    )


def _enum(kind: type[Enum]) -> Codec:
    def write(value: object) -> object:
        if type(value) is not kind:
            raise Fault.at("", f"must be {one(kind.__name__)}, not {shown(value)}")
        return value.value

    def read(plain: object) -> object:
        for member in kind:
            if type(plain) is type(member.value) and plain == member.value:
                return member
        choices = ", ".join(repr(each.value) for each in kind)
        raise Fault.at("", f"must be one of {choices}, not {shown(plain)}")

    return _plainly(write, read)
