"""
Documents as JSON by msgspec, which checks, writes and reads in C. This is the only module that knows it.

Each class has twins of what it looks like in JSON: structs of msgspec, which functions that are made for the
class fill and empty. What fits into them is written and read by them. All else is left to the codecs, which
can do everything, and tell what is wrong and where it stands. So nothing is written or read here that they
would write or read otherwise.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import GenericAlias, NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, NoReturn, Optional, Union, get_args, get_origin

import attrs
import msgspec
from msgspec.structs import astuple

from itsmkit._frozen import FrozenDict
from itsmkit.plugin.documents._canonical_json import LARGEST_INTEGER, has_far_names, in_order, last_type
from itsmkit.plugin.documents._codecs import Codec, Finder, Table, bare
from itsmkit.plugin.documents._faults import Fault
from itsmkit.plugin.documents._generated import function_of
from itsmkit.plugin.documents._made_of_fields import is_made_of_its_fields
from itsmkit.plugin.documents._scalars import instant_from, instant_to_text

__all__ = ["Twins"]


class _Form(NamedTuple):
    """
    How a field is written and read: expressions, of a value called ``{0}``, of which functions are made.

    They know the names in `_NAMES`. ``{own}`` is *writer* in what is written, and *reader* in what is read.

    Args:
        stored: The type of what is read.
        fits: What is true of the values that are the same in JSON; if it is empty, none is.
        write: What is written of any other value.
        writer: A name of its own in it.
        read: The value of what was read, unless that is *blank*; if it is empty, it is the same.
        reader: A name of its own in it.
        blank: What is the same as a value: ``"None"``, or ``"NO_ITEMS"``; if it is empty, none is.
    """

    stored: Any
    fits: str = ""
    write: str = "{own}({0})"
    writer: object = None
    read: str = "{own}({0})"
    reader: object = None
    blank: str = ""


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


def _unfit() -> NoReturn:
    raise _Unfit


_UNFIT = (_Unfit, Fault, LookupError, RecursionError, TypeError, ValueError, msgspec.MsgspecError)
_KEPT = 1024

_LOWEST = -LARGEST_INTEGER
_Whole = Annotated[int, msgspec.Meta(ge=_LOWEST, le=LARGEST_INTEGER)]
_Detail = Union[str, bool, _Whole, list[Any], dict[str, Any], None]  # noqa: UP007
_encode = msgspec.json.Encoder(order="deterministic").encode


_NAMES: dict[str, object] = {
    "FrozenDict": FrozenDict,
    "datetime": datetime,
    "NO_ITEMS": (),
    "timedelta": timedelta,
    "unfit": _unfit,
    "UTC": UTC,
}
_IS_TEXT, _IS_BOOL = "type({0}) is str", "type({0}) is bool"
# Whether a number is small is told sooner than whether it is too large.
_IS_WHOLE = (
    "type({0}) is int and ({0} < 1073741823 and {0} > -1073741823"
    f" or {_LOWEST} <= {{0}} <= {LARGEST_INTEGER})"
)
_IS_SIMPLE = f"{_IS_TEXT} or {{0}} is None or {_IS_WHOLE} or {_IS_BOOL}"


class _Field(NamedTuple):
    key: str
    name: str
    alias: str
    form: _Form


class _Duration(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    text: str = msgspec.field(name="$duration")


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
        self._writers: dict[type, Callable[[Any], bytes | None]] = {}
        self._readers: dict[bytes | str | None, Callable[[Any], Any]] = {}

    def written(self, value: object) -> bytes | None:
        """Return the document of *value* as canonical JSON; ``None`` if it does not fit."""
        write = self._writers.get(type(value))
        if write is not None:
            return write(value)
        table = self._tables.get(type(value))
        if table is None:
            return None
        self._writers[table.kind] = _writer(table, self._fields(table, frozenset()), is_part=False)
        return self._writers[table.kind](value)

    def read(self, text: bytes | str) -> Any:
        """Return the value of a document of the newest schema; ``None`` if it does not fit."""
        # The last type in canonical JSON is that of the document, unless one of a part stands behind it.
        read = self._readers.get(last_type(text))
        value = None if read is None else _tried(read, text)
        if value is None and (head := _tried(_head_of, text)) is not None and head.type in self._by_name:
            value = _tried(self._readers.get(head.type) or self._reader(head.type), text)
        return value

    def _reader(self, name: str) -> Callable[[Any], Any]:
        table = self._tables[self._by_name[name]]
        _, read = _reader(table, self._fields(table, frozenset()), is_part=False)
        self._readers[name] = self._readers[name.encode()] = read
        return read

    def _twin(self, table: Table, within: frozenset[type] = frozenset()) -> _Twin:
        found = self._twins.get(table.kind)
        if found is None:
            fields = self._fields(table, within)
            stored, read = _reader(table, fields, is_part=True)
            found = self._twins[table.kind] = _Twin(_writer(table, fields, is_part=True), stored, read)
        return found

    def _fields(self, table: Table, within: frozenset[type]) -> list[_Field]:
        within |= {table.kind}
        return [
            _Field(key, name, alias, self._form(kind, within)) for key, name, alias, kind in table.fields()
        ]

    # -- what fields are declared to be --------------------------------------------------------------------

    def _form(self, kind: Any, within: frozenset[type]) -> _Form:
        kind = bare(kind)
        origin, parts = get_origin(kind), get_args(kind)
        if origin in (UnionType, Union):
            some = [part for part in parts if part is not NoneType]
            if len(some) > 1:
                return _by_codec(self._find(kind))
            form = self._form(some[0], within)
            fits = f"{{0}} is None or {form.fits}" if form.fits else "{0} is None"
            return form._replace(stored=Optional[form.stored], fits=fits, blank="None")  # noqa: UP045
        if origin is tuple:
            return _items(self._form(parts[0], within))
        if origin is not None:
            codec = self._find(kind)
            return _details(codec) if issubclass(origin, Mapping) and parts[1] is object else _by_codec(codec)
        return self._of_class(kind, within)

    def _of_class(self, kind: type, within: frozenset[type]) -> _Form:
        if kind is str or kind is bool:
            return _same(kind, _IS_TEXT if kind is str else _IS_BOOL)
        if kind is int:
            return _same(_Whole, _IS_WHOLE)
        if kind is datetime:
            return _INSTANT
        if kind is timedelta:
            return _duration(self._find(kind))
        tables = (
            () if self._is_plain(kind) else self._among(kind) or ((Table(kind),) if attrs.has(kind) else ())
        )
        # What holds others of its own class is left to the codec where it does.
        if not tables or any(table.kind in within for table in tables):
            return _by_codec(self._find(kind))
        return _of_twins({table.kind: self._twin(table, within) for table in tables})


def _tried(read: Callable[[Any], Any], text: bytes | str) -> Any:
    try:
        return read(text)
    except _UNFIT:
        return None


def _same(stored: Any, fits: str) -> _Form:
    return _Form(stored, fits, write="unfit()", read="")


def _by_codec(codec: Codec) -> _Form:
    return _Form(Any, writer=codec.write, reader=codec.read)


class _Made(dict[Any, Any]):
    """
    What *make* makes of a value, kept for the next time; some are, of which most are looked up.

    A mapping, since looking into one takes half the time of a call.
    """

    def __init__(self, make: Callable[[Any], object]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, value: Any) -> object:
        if len(self) >= _KEPT:
            self.clear()
        made = self[value] = self._make(value)
        return made


def _whole_second(instant: datetime) -> msgspec.Raw:
    # msgspec leaves out the microseconds if there are none, and is many times as fast as `isoformat`.
    return msgspec.Raw(_encode(instant)[:-2] + b'.000000Z"')


_NAMES["whole_second"] = _Made(_whole_second)  # an instant stands in a ticket and in its events
_INSTANT = _Form(
    str,
    write="({0} if {0}.microsecond else whole_second[{0}])"
    " if type({0}) is datetime and {0}.tzinfo is UTC else {own}({0})",
    writer=instant_to_text,
    reader=instant_from,
)


def _items(item: _Form) -> _Form:
    fits, write = item.fits.format("each"), item.write.format("each", own="own")
    lines = ["if not isinstance(values, tuple): unfit()"]
    if fits:
        lines += ["for each in values:", f"    if not ({fits}): break", "else:", "    return values"]
        write = f"each if {fits} else {write}"
    lines.append(f"return [{write} for each in values]")
    form = _Form(
        GenericAlias(tuple, (item.stored, ...)),
        fits="{0} is NO_ITEMS",
        writer=function_of("written(values)", lines, {**_NAMES, "own": item.writer}),
        read="",
        blank="NO_ITEMS",
    )
    if not item.read:
        return form
    read = item.read.format("each", own="own")
    if item.blank:
        read = f"each if each is {item.blank} else {read}"
    lines = [f"return tuple([{read} for each in plain])"]
    reader = function_of("of_plain(plain)", lines, {**_NAMES, "own": item.reader})
    return form._replace(read="{own}({0})", reader=reader)


def _details(codec: Codec) -> _Form:
    lines = [
        "if type(values) is not FrozenDict: return own(values)",
        "text = getattr(values, '_json', None)",
        "if type(text) is Raw: return text",
        # What is written once, such as of an event, is not kept; what is written again, will be many times.
        "if text is SEEN:",
        "    text = values._json = Raw(encode(values))",
        "    return text",
        "for name, each in values.items():",
        "    if type(name) is not str: unfit()",
        f"    if not ({_IS_SIMPLE.format('each')}): return own(values)",
        "values._json = SEEN",  # for none of these can change either
        "return values",
    ]

    def read(plain: dict[str, Any]) -> Any:
        for each in plain.values():
            if type(each) is dict or type(each) is list:
                return codec.read(plain)
        return FrozenDict(plain)

    known = {**_NAMES, "own": codec.write, "Raw": msgspec.Raw, "encode": _encode, "SEEN": True}
    writer = function_of("written(values)", lines, known)
    return _Form(dict[str, _Detail], writer=writer, reader=read)


def _duration(codec: Codec) -> _Form:
    # Most are of few lengths, and nothing.
    return _Form(
        _Duration,
        write="{own}[{0}] if type({0}) is timedelta else unfit()",
        writer=_Made(lambda value: msgspec.Raw(_encode(codec.write(value)))),
        read="{own}[{0}.text]",
        reader=_Made(lambda text: codec.read({"$duration": text})),
    )


def _of_twins(twins: Mapping[type, _Twin]) -> _Form:
    readers = {twin.stored: twin.read for twin in twins.values()}
    # The type of a document may be missing in JSON unless there are several to choose from.
    stored = (
        Union[(_OfNoType, *readers)] if next(iter(readers)).__struct_config__.tag else next(iter(readers))
    )
    return _Form(
        stored,
        write="{own}[type({0})]({0})",
        writer={kind: twin.write for kind, twin in twins.items()},
        read="{own}[type({0})]({0})",
        reader=readers,
    )


# -- tables ------------------------------------------------------------------------------------------------


def _writer(table: Table, fields: Sequence[_Field], *, is_part: bool) -> Callable[[Any], Any]:
    """
    Return what makes the struct of a value of a class.

    If it is no part of another, canonical JSON is made, or ``None`` if it does not fit.
    """
    kind = table.kind
    keys = in_order({**table.head, **{field.key: field for field in fields}})
    # A struct is written in the order of its fields.
    names = {key: f"field_{number}" for number, key in enumerate(keys)}
    twin = msgspec.defstruct(
        kind.__name__, [*names.values()], rename={name: key for key, name in names.items()}, gc=False
    )
    known: dict[str, object] = {**_NAMES, "twin": twin}
    known |= {names[key]: value for key, value in table.head.items()}
    lines: list[str] = []
    for field in fields:  # in the order of the class, in which they lie in memory
        form, name = field.form, names[field.key]
        known[f"{name}_writer"] = form.writer
        write = f"{name} = {form.write.format(name, own=f'{name}_writer')}"
        lines += [
            f"{name} = value.{field.name}",
            f"if not ({form.fits.format(name)}): {write}" if form.fits else write,
        ]
    made = f"twin({', '.join(names.values())})"
    if is_part:
        lines.append(f"return {made}")
    else:
        known |= {"encode": _encode, "has_far_names": has_far_names, "UNFIT": _UNFIT}
        lines.append(f"text = encode({made})")
        lines = ["try:", *(f"    {line}" for line in lines), "except UNFIT:", "    return None"]
        lines.append("return text if text.isascii() or not has_far_names(text) else None")
    # Names of its own are found sooner than those of everybody.
    return function_of("written(value, type=type, str=str, NO_ITEMS=NO_ITEMS)", lines, known)


def _stored(
    table: Table, fields: Collection[_Field], *, is_part: bool
) -> tuple[type[msgspec.Struct], dict[str, str]]:
    """Return the struct that JSON is decoded to, and what its fields are called, by their keys."""
    types = {field.key: field.form.stored for field in fields}
    options: dict[str, Any] = {}
    if table.head:
        types["schema"] = Literal[table.head["schema"]]
        if is_part:
            options = {"tag": table.head["type"], "tag_field": "type"}
        else:  # a tag might be missing
            types["type"] = Literal[table.head["type"]]
    # What stands in the order of canonical JSON is found at once.
    names = {key: f"field_{number}" for number, key in enumerate(in_order(types))}
    stored = msgspec.defstruct(
        table.kind.__name__,
        [(name, types[key]) for key, name in names.items()],
        rename={name: key for key, name in names.items()},
        forbid_unknown_fields=True,
        gc=False,
        **options,
    )
    return stored, names


def _reader(
    table: Table, fields: Collection[_Field], *, is_part: bool
) -> tuple[type[msgspec.Struct], Callable[[Any], Any]]:
    """Return the struct of a class, and what makes a value: of such a struct, or of JSON if it is no part."""
    stored, names = _stored(table, fields, is_part=is_part)
    known: dict[str, object] = {**_NAMES, "astuple": astuple, "kind": table.kind, "new": object.__new__}
    known |= {"set_field": object.__setattr__, "blank": {field.name: None for field in fields}}
    lines = [f"({', '.join(names.values())},) = astuple(stored)"] if names else []
    if not is_part:
        known["decode"] = msgspec.json.Decoder(stored).decode
        lines.insert(0, "stored = decode(stored)")
    for field in fields:
        form, name = field.form, names[field.key]
        known[f"{name}_reader"] = form.reader
        if form.read:
            unless = f"if {name} is not {form.blank}: " if form.blank else ""
            lines.append(f"{unless}{name} = {form.read.format(name, own=f'{name}_reader')}")
    if is_made_of_its_fields(table.kind) and not table.without:
        lines += ["values = blank.copy()"]  # as large as needed from the first
        lines += [f"values[{field.name!r}] = {names[field.key]}" for field in fields]
        lines += ["value = new(kind)", "set_field(value, '__dict__', values)", "return value"]
    else:
        told = ", ".join(f"{field.alias}={names[field.key]}" for field in fields)
        lines.append(f"return kind({told})")
    return stored, function_of("of_stored(stored)", lines, known)
