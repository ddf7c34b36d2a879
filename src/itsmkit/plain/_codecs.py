"""How values are written and read, by what a field is declared to be."""

from collections.abc import Mapping, Sequence
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from itsmkit.errors import DefinitionError
from itsmkit.plain._anything import Anything
from itsmkit.plain._codec import Codec, Finder, any_of
from itsmkit.plain._collections import mapping, row, sequence
from itsmkit.plain._scalars import literal, of_class, scalars

__all__ = ["codec_of"]


def codec_of(kind: Any, find: Finder, anything: Anything) -> Codec:
    """
    Return the codec of what is neither a type of its own nor made of fields.

    Args:
        kind: A class or another annotation.
        find: Gives the codecs of what it is made of; of several classes, as a tuple, that of documents.
        anything: Writes and reads what may be anything, and scalars.

    Raises:
        DefinitionError: If values of *kind* have no plain form.
    """
    origin, parts = get_origin(kind), get_args(kind)
    if kind is object or kind is Any:
        return Codec(anything.write, anything.read, dict)
    if origin is Literal:
        return literal(parts)
    if origin in (UnionType, Union):
        return _union(parts, find, anything)
    if origin is tuple and not (len(parts) == 2 and parts[1] is Ellipsis):
        return row([find(part) for part in parts])
    if origin in (tuple, frozenset, Sequence):
        return sequence(origin, find(parts[0]))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return mapping(parts[0], parts[1], find)
    found = of_class(kind, anything) if isinstance(kind, type) else None
    if found is None:
        problem = f"{kind} has no plain form"
        raise DefinitionError(problem)
    return found


def _union(kinds: tuple[Any, ...], find: Finder, anything: Anything) -> Codec:
    some = tuple(kind for kind in kinds if kind is not NoneType)
    codec = find(some[0]) if len(some) == 1 else _one_of_several(some, find, anything)
    if len(some) == len(kinds):
        return codec
    return Codec(
        lambda value: None if value is None else codec.write(value),
        lambda plain: None if plain is None else codec.read(plain),
        lambda: any_of([codec.schema(), {"type": "null"}]),
    )


def _one_of_several(kinds: tuple[Any, ...], find: Finder, anything: Anything) -> Codec:
    """
    Return the codec of what may be of several kinds, of which at most one is a list and one a `Literal`.

    They are told apart by what JSON shows: a list, a text, another scalar, or an object that carries its
    type. Where nothing fits, the last one tells what is wrong.
    """
    known = tuple(kind for kind in kinds if isinstance(kind, type) and anything.knows(kind))
    lists = [kind for kind in kinds if get_origin(kind) is tuple]
    texts = [kind for kind in kinds if get_origin(kind) is Literal]
    documents = tuple(kind for kind in kinds if kind not in (*known, *lists, *texts))
    codecs = {
        "list": find(lists[0]) if lists else None,
        "text": find(texts[0]) if texts else None,
        "document": find(documents) if documents else None,
        "scalar": scalars(known, anything) if known else None,
    }
    present = {name: codec for name, codec in codecs.items() if codec is not None}
    otherwise = [*present.values()][-1]

    def of_value(value: object) -> str:
        if isinstance(value, str):
            return "text" if texts else "scalar"
        if type(value) in known:
            return "scalar"
        return "list" if type(value) is tuple else "document"

    def of_plain(plain: object) -> str:
        if isinstance(plain, str):
            return "text" if texts else "scalar"
        if isinstance(plain, dict):
            return "document" if "type" in plain else "scalar"
        return "list" if isinstance(plain, list) else "scalar"

    return Codec(
        lambda value: present.get(of_value(value), otherwise).write(value),
        lambda plain: present.get(of_plain(plain), otherwise).read(plain),
        lambda: any_of(codec.schema() for codec in present.values()),
    )
