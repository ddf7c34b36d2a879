"""
Documents as JSON by msgspec, which checks, writes and reads in C. This is the only module that knows it.

Each class has twins of what it looks like in JSON: structs of msgspec. What fits into them is written and
read by them. All else is left to the codecs, which can do everything, and tell what is wrong and where it
stands. So nothing is written or read here that they would write or read otherwise.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from operator import attrgetter, itemgetter
from types import CodeType, GenericAlias, NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Optional, Union, get_args, get_origin

import attrs
import msgspec
from msgspec.structs import asdict

from itsmkit._checks import in_utc, in_utc_if_any
from itsmkit._frozen import FrozenDict, as_tuple, frozen_dict
from itsmkit.plugin.documents._canonical_json import LARGEST_INTEGER, in_order
from itsmkit.plugin.documents._codecs import Codec, Finder, Table, bare
from itsmkit.plugin.documents._faults import Fault
from itsmkit.plugin.documents._scalars import instant_from, instant_to_text

__all__ = ["Twins"]


_NOTHING = object()


class _Form(NamedTuple):
    """
    How a field is written and read.

    Args:
        kinds: The classes of values that are the same in JSON.
        write: Makes what is written of any other value; ``None`` if no other is right.
        stored: The type of what is read.
        read: Makes a value of what was read, unless that is *blank*; ``None`` if it is the value.
        blank: What is the same as a value.
    """

    kinds: frozenset[type]
    write: Callable[[Any], Any] | None
    stored: Any
    read: Callable[[Any], Any] | None
    blank: object = _NOTHING


class _Twin(NamedTuple):
    """
    What stands for a class in JSON.

    Args:
        write: Makes a struct of a value, to be encoded.
        stored: The struct that JSON is decoded to.
        read: Makes a value of such a struct.
    """

    write: Callable[[Any], msgspec.Struct]
    stored: type[msgspec.Struct]
    read: Callable[[Any], Any]


class _Unfit(Exception):  # noqa: N818  # it never leaves this module
    """What does not fit into the twins. It may well be right."""


_UNFIT = (_Unfit, Fault, LookupError, RecursionError, TypeError, ValueError, msgspec.MsgspecError)
_NO_ITEMS: tuple[()] = ()
_MOST_KINDS = 1024
_SCHEMA = "schema_of_document"  # as a field of a struct
_FURTHER_STEPS = ("__attrs_init__", "__attrs_pre_init__", "__attrs_post_init__")
_NO_CHANGES = (None, as_tuple, frozen_dict, in_utc, in_utc_if_any)
"""The converters that give back tuples, read-only mappings and instants in UTC as they are."""
_LEADS_BEYOND = (b"\xf0", b"\xf1", b"\xf2", b"\xf3", b"\xf4")

_LOWEST = -LARGEST_INTEGER
_Whole = Annotated[int, msgspec.Meta(ge=_LOWEST, le=LARGEST_INTEGER)]
_Detail = Union[str, bool, _Whole, list[Any], dict[str, Any], None]  # noqa: UP007
_NONE: frozenset[type] = frozenset()
_SIMPLE = frozenset({str, bool, int, NoneType})

_encode = msgspec.json.Encoder(order="deterministic").encode


class _Head(msgspec.Struct, gc=False):
    type: str


class _OfNoType(msgspec.Struct, tag="", tag_field="type", gc=False):
    """A document whose type has no name, which there is none of."""


_head_of = msgspec.json.Decoder(_Head).decode


class Twins:
    """
    The twins of document types, each made when it is asked for first.

    Args:
        tables: The type of documents of a class, by the class.
        find: Gives the codec of what a field is declared to be.
        among: Gives those of a class, several as a tuple, and all classes below.
        is_plain: Tells whether a class has a plain form of its own, which its codec knows.
    """

    def __init__(
        self,
        tables: Mapping[type, Table],
        find: Finder,
        among: Callable[[Any], Collection[Table]],
        is_plain: Callable[[type], bool],
    ) -> None:
        self._tables = tables
        self._by_name = {table.head["type"]: kind for kind, table in tables.items()}
        self._find = find
        self._among = among
        self._is_plain = is_plain
        self._twins: dict[type, _Twin] = {}
        self._decoders: dict[str, tuple[Callable[[bytes | str], Any], Callable[[Any], Any]]] = {}

    def written(self, value: object) -> bytes | None:
        """Return the document of *value* as canonical JSON; ``None`` if it does not fit."""
        kind = type(value)
        if kind not in self._tables:
            return None
        write = (self._twins.get(kind) or self._twin(self._tables[kind])).write
        try:
            text = _encode(write(value))
        except _UNFIT:
            return None
        return text if text.isascii() or not _has_far_names(text) else None

    def read(self, text: bytes | str) -> Any:
        """Return the value of a document of the newest schema; ``None`` if it does not fit."""
        try:
            name = _head_of(text).type
        except _UNFIT:
            return None
        if name not in self._by_name:
            return None
        decode, read = self._decoders.get(name) or self._decoder(name)
        try:
            return read(decode(text))
        except _UNFIT:
            return None

    def _decoder(self, name: str) -> tuple[Callable[[bytes | str], Any], Callable[[Any], Any]]:
        twin = self._twin(self._tables[self._by_name[name]])
        found = self._decoders[name] = msgspec.json.Decoder(twin.stored).decode, twin.read
        return found

    def _twin(self, table: Table, within: frozenset[type] = frozenset()) -> _Twin:
        found = self._twins.get(table.kind)
        if found is None:
            within |= {table.kind}
            fields = [
                _Field(key, name, alias, self._form(kind, within))
                for key, name, alias, kind in table.fields()
            ]
            stored, read = _reader(table, fields)
            found = self._twins[table.kind] = _Twin(_writer(table, fields), stored, read)
        return found

    # -- what fields are declared to be --------------------------------------------------------------------

    def _form(self, kind: Any, within: frozenset[type]) -> _Form:
        kind = bare(kind)
        origin, parts = get_origin(kind), get_args(kind)
        if origin in (UnionType, Union):
            some = [part for part in parts if part is not NoneType]
            if len(some) > 1:
                return _by_codec(self._find(kind))
            form = self._form(some[0], within)
            return form._replace(kinds=form.kinds | {NoneType}, stored=Optional[form.stored], blank=None)  # noqa: UP045
        if origin is tuple:
            return _items(self._form(parts[0], within))
        if origin is not None:
            codec = self._find(kind)
            return _details(codec) if issubclass(origin, Mapping) and parts[1] is object else _by_codec(codec)
        return self._of_class(kind, within)

    def _of_class(self, kind: type, within: frozenset[type]) -> _Form:
        if kind is str or kind is bool:
            return _Form(frozenset({kind}), None, kind, None)
        if kind is int:
            return _Form(frozenset({int}), None, _Whole, None)
        if kind is datetime:
            return _Form(_NONE, _instant, str, instant_from)
        if kind is timedelta:
            return _duration(self._find(kind))
        tables = (
            () if self._is_plain(kind) else self._among(kind) or ((Table(kind),) if attrs.has(kind) else ())
        )
        # What holds others of its own class is left to the codec where it does.
        if not tables or any(table.kind in within for table in tables):
            return _by_codec(self._find(kind))
        return _of_twins({table.kind: self._twin(table, within) for table in tables})


class _Field(NamedTuple):
    key: str
    name: str
    alias: str
    form: _Form


def _by_codec(codec: Codec) -> _Form:
    return _Form(_NONE, codec.write, Any, codec.read)


def _instant(value: Any) -> Any:
    if type(value) is not datetime or value.tzinfo is not UTC:
        return instant_to_text(value)
    # msgspec leaves out the microseconds if there are none, and is many times as fast as `isoformat`.
    return value if value.microsecond else msgspec.Raw(_encode(value)[:-2] + b'.000000Z"')


def _items(item: _Form) -> _Form:
    kinds, write_item, read_item, blank = item.kinds, item.write, item.read, item.blank

    def write(values: object) -> Collection[Any]:
        if not isinstance(values, tuple):
            raise _Unfit
        for each in values:
            if type(each) is int and not _LOWEST <= each <= LARGEST_INTEGER:
                raise _Unfit
        if kinds.issuperset(map(type, values)):
            return values
        if write_item is None:
            raise _Unfit
        return [each if type(each) in kinds else write_item(each) for each in values]

    stored = GenericAlias(tuple, (item.stored, ...))
    if read_item is None:
        return _Form(_NONE, write, stored, None, _NO_ITEMS)
    return _Form(
        _NONE,
        write,
        stored,
        lambda plain: tuple([each if each is blank else read_item(each) for each in plain]),
        _NO_ITEMS,
    )


def _details(codec: Codec) -> _Form:
    def write(values: Any) -> Any:
        if not isinstance(values, dict):
            return codec.write(values)
        for name, each in values.items():
            kind = type(each)
            if kind is int:
                if not _LOWEST <= each <= LARGEST_INTEGER:
                    return codec.write(values)
            elif kind not in _SIMPLE:
                return codec.write(values)
            if type(name) is not str:
                raise _Unfit
        return values

    def read(plain: dict[str, Any]) -> Any:
        return FrozenDict(plain) if _SIMPLE.issuperset(map(type, plain.values())) else codec.read(plain)

    return _Form(_NONE, write, dict[str, _Detail], read)


def _duration(codec: Codec) -> _Form:
    # Most are of few lengths, and nothing. They are the same if they are equal, as decimals are not.
    write = lru_cache(maxsize=1024, typed=True)(codec.write)

    @lru_cache(maxsize=1024)
    def value_of(tag: str, text: str) -> Any:
        return codec.read({tag: text})

    def read(plain: dict[str, str]) -> Any:
        ((tag, text),) = plain.items()
        return value_of(tag, text)

    return _Form(_NONE, write, dict[str, str], read)


def _of_twins(twins: Mapping[type, _Twin]) -> _Form:
    writers = {kind: twin.write for kind, twin in twins.items()}
    readers = {twin.stored: twin.read for twin in twins.values()}

    def write(value: object) -> msgspec.Struct:
        found = writers.get(type(value))
        if found is None:
            raise _Unfit
        return found(value)

    # The type of a document may be missing in JSON unless there are several to choose from.
    stored = (
        Union[(_OfNoType, *readers)] if next(iter(readers)).__struct_config__.tag else next(iter(readers))
    )
    return _Form(_NONE, write, stored, lambda struct: readers[type(struct)](struct))


# -- tables ------------------------------------------------------------------------------------------------


def _writer(table: Table, fields: Sequence[_Field]) -> Callable[[Any], msgspec.Struct]:
    kind = table.kind
    by_key = {field.key: field for field in fields}
    keys = in_order({**table.head, **by_key})  # a struct is written in the order of its fields
    names = [f"field_{number}" for number in range(len(keys))]
    twin = msgspec.defstruct(kind.__name__, names, rename=dict(zip(names, keys, strict=True)), gc=False)
    head = [(number, table.head[key]) for number, key in enumerate(keys) if key not in by_key]
    forms = {number: by_key[key].form for number, key in enumerate(keys) if key in by_key}
    values_of = _values_of(kind, [by_key[key].name if key in by_key else None for key in keys])
    rows = [
        (number, form.write)
        for number, form in forms.items()
        if form.write is not None and form.blank is _NO_ITEMS
    ]
    # With one alone, it would give no tuple.
    rows_of = itemgetter(rows[0][0], *(number for number, _ in rows)) if rows else None
    changes_of = _ChangesOf(forms)

    def write(value: Any) -> msgspec.Struct:
        values = values_of(value)
        changes = changes_of[(*map(type, values),)]
        for number, always in head:
            values[number] = always
        for number in changes.wholes:
            if not _LOWEST <= values[number] <= LARGEST_INTEGER:
                raise _Unfit
        for number, write_field in changes.others:
            values[number] = write_field(values[number])
        if rows_of is not None and any(rows_of(values)):
            for number, write_field in rows:
                values[number] = write_field(values[number])
        return twin(*values)

    return write


class _Changes(NamedTuple):
    """
    Which fields are not written as they are, of values of some classes.

    Args:
        wholes: Those of whole numbers, which may be too large.
        others: Those that are written as something else.
    """

    wholes: Sequence[int]
    others: Sequence[tuple[int, Callable[[Any], Any]]]


class _ChangesOf(dict[tuple[type, ...], _Changes]):
    """
    What is to be done with values, by the classes of all of them.

    They are found once for the same classes, and checked by that: raises `_Unfit` if one cannot be right.
    """

    __slots__ = ("_forms",)

    def __init__(self, forms: Mapping[int, _Form]) -> None:
        super().__init__()
        self._forms = forms

    def __missing__(self, kinds: tuple[type, ...]) -> _Changes:
        wholes: list[int] = []
        others: list[tuple[int, Callable[[Any], Any]]] = []
        for number, form in self._forms.items():
            kind = kinds[number]
            if kind in form.kinds:
                if kind is int:
                    wholes.append(number)
            elif form.blank is _NO_ITEMS and kind is tuple:
                pass  # few of them have any: they are changed together
            elif form.write is not None:
                others.append((number, form.write))
            else:
                raise _Unfit
        if len(self) >= _MOST_KINDS:
            self.clear()
        found = self[kinds] = _Changes(tuple(wholes), tuple(others))
        return found


def _values_of(kind: type, names: Sequence[str | None]) -> Callable[[Any], list[Any]]:
    """Return what gives the values of fields; where there is no name, any value stands."""
    known = [name for name in names if name is not None]
    if len(names) < 2 or not known:
        return lambda value: [None if name is None else getattr(value, name) for name in names]
    every = [known[0] if name is None else name for name in names]
    if _keeps_fields_in_dict(kind):
        from_dict = itemgetter(*every)
        return lambda value: [*from_dict(value.__dict__)]
    from_value = attrgetter(*every)
    return lambda value: [*from_value(value)]


def _reader(
    table: Table, fields: Collection[_Field]
) -> tuple[type[msgspec.Struct], Callable[[msgspec.Struct], Any]]:
    kind = table.kind
    is_direct = _is_made_of_its_fields(kind) and not table.without
    by_name = {field.name if is_direct else field.alias: field for field in fields}
    types = {name: field.form.stored for name, field in by_name.items()}
    keys = {name: field.key for name, field in by_name.items()}
    tagged: dict[str, Any] = {}
    if table.head:
        types[_SCHEMA], keys[_SCHEMA] = Literal[table.head["schema"]], "schema"
        tagged = {"tag": table.head["type"], "tag_field": "type"}
    stored = msgspec.defstruct(
        kind.__name__, [*types.items()], rename=keys, forbid_unknown_fields=True, gc=False, **tagged
    )
    is_headed = bool(table.head)
    forms = {name: field.form for name, field in by_name.items()}
    read_always = [(n, form.read) for n, form in forms.items() if form.read and form.blank is _NOTHING]
    read_seldom = [(n, form.read) for n, form in forms.items() if form.read and form.blank is not _NOTHING]
    # The first stands twice, since with one alone it would give no tuple.
    seldom = [name for name, _ in read_seldom]
    seldom += seldom[:1]
    seldom_of = itemgetter(*seldom) if seldom else None
    blanks = tuple(forms[name].blank for name in seldom)

    def read(struct: msgspec.Struct) -> Any:
        values = asdict(struct)
        if is_headed:
            del values[_SCHEMA]
        for name, read_field in read_always:
            values[name] = read_field(values[name])
        if seldom_of is not None and seldom_of(values) != blanks:
            for name, read_field in read_seldom:
                if (found := values[name]) is not forms[name].blank:
                    values[name] = read_field(found)
        if not is_direct:
            return kind(**values)
        value: Any = object.__new__(kind)
        object.__setattr__(value, "__dict__", values)
        return value

    return stored, read


def _keeps_fields_in_dict(kind: type) -> bool:
    return not any(vars(base).get("__slots__") for base in kind.__mro__) and kind.__dictoffset__ != 0


def _is_made_of_its_fields(kind: type) -> bool:
    """Tell whether the dict of a value that was made of what is read here holds just that."""
    return (
        _keeps_fields_in_dict(kind)
        and "__attrs_attrs__" in vars(kind)
        and not any("__new__" in vars(base) for base in kind.__mro__[:-1])
        and not any(hasattr(kind, name) for name in _FURTHER_STEPS)
        and not _keeps_its_hash(vars(kind)["__init__"].__code__)
        and all(
            each.init and each.validator is None and each.converter in _NO_CHANGES
            for each in attrs.fields(kind)
        )
    )


def _keeps_its_hash(init: CodeType) -> bool:
    return "_attrs_cached_hash" in (*init.co_consts, *init.co_names)


def _has_far_names(text: bytes) -> bool:
    """
    Tell whether there may be names whose order is another by code points, as here, than by UTF-16.

    It is if one of U+E000 to U+FFFF meets one beyond.
    """
    return (b"\xee" in text or b"\xef" in text) and any(lead in text for lead in _LEADS_BEYOND)
