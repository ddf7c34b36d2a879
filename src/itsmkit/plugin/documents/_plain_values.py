"""
What a desk keeps among details and attributes, as data that JSON holds without loss.

================================  =====================================================================
Value                             Plain form
================================  =====================================================================
text, booleans, ``None``          the same
whole numbers                     the same, up to 2⁵³ - 1; larger ones are ``{"$int": "9007199254740993"}``
``tuple``                         a list
read-only mapping                 an object, if its names are text without a ``$`` at the beginning
other mappings                    ``{"$dict": …}`` around the object; ``{"$pairs": [[name, value], …]}``
``list set frozenset``            ``{"$list": […]}``, ``{"$set": […]}``, ``{"$frozenset": […]}``
others                            ``{"$decimal": "1.50"}``: see `itsmkit.plugin.documents._scalars`
================================  =====================================================================
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from itsmkit._frozen import FrozenDict
from itsmkit._problems import close_to, distinct_problems, shown
from itsmkit.errors import DefinitionError
from itsmkit.plugin.documents._canonical_json import LARGEST_INTEGER, written
from itsmkit.plugin.documents._faults import Fault
from itsmkit.plugin.documents._scalars import SCALARS, ValueForm

__all__ = ["PlainValues", "class_name", "each_named", "each_of"]

_CONTAINERS = (tuple, FrozenDict, dict, list, set, frozenset)
_CONTAINER_TAGS = ("$list", "$set", "$frozenset", "$dict", "$pairs")


class PlainValues:
    """
    Writes and reads the values of details and attributes.

    Args:
        forms: Those of classes that are not in the table of this module.

    Raises:
        DefinitionError: If a tag or a class stands twice.
    """

    def __init__(self, forms: Iterable[ValueForm] = ()) -> None:
        every = (*SCALARS, *forms)
        kinds = [each.kind for each in every]
        self._tags: Mapping[str, Callable[[Any], Any]] = {
            "$list": self._read_list,
            "$set": lambda plain: self._read_set(plain, set),
            "$frozenset": lambda plain: self._read_set(plain, frozenset),
            "$dict": self._read_dict,
            "$pairs": self._read_pairs,
            **{each.tag: each.read for each in every},
        }
        problems = [
            *distinct_problems("the tags of values", [*_CONTAINER_TAGS, *(each.tag for each in every)]),
            *distinct_problems("the classes of values", map(class_name, [*_CONTAINERS, *kinds])),
        ]
        if problems:
            raise DefinitionError(*problems)
        self._writers: Mapping[type, Callable[[Any], Any]] = {
            tuple: lambda value: each_of(value, self.write),
            FrozenDict: self._mapping,
            dict: lambda value: (
                {"$dict": each_named(value, self.write)} if _is_plain(value) else self._mapping(value)
            ),
            list: lambda value: {"$list": each_of(value, self.write)},
            set: lambda value: {"$set": self._in_order(value)},
            frozenset: lambda value: {"$frozenset": self._in_order(value)},
            **{each.kind: each.write for each in every},
        }

    def write(self, value: Any) -> Any:
        """Return the plain form of *value*; raises a `Fault`."""
        kind = type(value)
        if kind is str or value is None or kind is bool:
            return value
        if kind is int and -LARGEST_INTEGER <= value <= LARGEST_INTEGER:
            return value
        write = self._writers.get(kind)
        if write is None:
            if isinstance(value, Mapping):
                return self._mapping(value)
            sentence = f"has no plain form: {shown(value)}; give it as text, a number, a list or a mapping"
            raise Fault.at("", sentence)
        return write(value)

    def read(self, plain: Any) -> Any:
        """Return the value that *plain* stands for; raises a `Fault`."""
        kind = type(plain)
        if kind is str or plain is None or kind is bool:
            return plain
        if kind is int:
            if -LARGEST_INTEGER <= plain <= LARGEST_INTEGER:
                return plain
            raise Fault.at("", f'must be written as {{"$int": "{plain}"}}, since JSON may round it')
        if kind is list:
            return tuple(each_of(plain, self.read))
        if not isinstance(plain, dict):
            sentence = (
                f"must be text, a whole number, true, false, null, a list or object, not {shown(plain)}"
            )
            raise Fault.at("", sentence)
        if len(plain) == 1:
            ((tag, content),) = plain.items()
            read = self._tags.get(tag)
            if read is not None:
                try:
                    return read(content)
                except Fault as fault:
                    raise Fault(fault.below(tag)) from fault.__cause__
        return FrozenDict(self._read_object(plain))

    def write_object(self, values: Any) -> dict[str, Any]:
        """Return the plain form of what is known to be a mapping of texts; raises a `Fault`."""
        return each_named(values, self.write)

    def read_object(self, plain: Any) -> FrozenDict[str, Any]:
        """Return the mapping that was written by `write_object`; raises a `Fault`."""
        return FrozenDict(each_named(plain, self.read))

    def _mapping(self, values: Mapping[Any, Any]) -> dict[str, Any]:
        if _is_plain(values):
            return each_named(values, self.write)
        pairs: list[list[Any]] = []
        faults: list[tuple[str, str]] = []
        for name, value in values.items():
            try:
                pairs.append([self.write(name), self.write(value)])
            except Fault as fault:
                faults += fault.below(name if isinstance(name, str) else repr(name))
        if faults:
            raise Fault(faults)
        kept = {"$pairs": sorted(pairs, key=written)}
        return {"$dict": kept} if type(values) is dict else kept

    def _in_order(self, values: Iterable[Any]) -> list[Any]:
        return sorted(map(self.write, values), key=written)

    def _read_list(self, plain: Any) -> list[Any]:
        return each_of(_a_list(plain), self.read)

    def _read_set(self, plain: Any, kind: type) -> Any:
        values = each_of(_a_list(plain), self.read)
        try:
            found = kind(values)
        except TypeError:
            raise Fault.at("", "must be of values that cannot change") from None
        if len(found) < len(values):
            raise Fault.at("", "a value stands there more than once")
        return found

    def _read_dict(self, plain: Any) -> dict[Any, Any]:
        if isinstance(plain, dict) and len(plain) == 1 and "$pairs" in plain:
            return dict(self._read_pairs(plain["$pairs"]))
        return self._read_object(plain)

    def _read_object(self, plain: Any) -> dict[Any, Any]:
        values = each_named(plain, self.read)
        strangers = [name for name in values if name.startswith("$")]
        if strangers:
            raise Fault((name, f"is no kind of value; {close_to(name, self._tags)}") for name in strangers)
        return values

    def _read_pairs(self, plain: Any) -> FrozenDict[Any, Any]:
        pairs = each_of(_a_list(plain), self._read_pair)
        try:
            found = FrozenDict(pairs)
        except TypeError:
            raise Fault.at("", "must have names that cannot change") from None
        if len(found) < len(pairs):
            raise Fault.at("", "a name stands there more than once")
        return found

    def _read_pair(self, plain: Any) -> tuple[Any, Any]:
        if not isinstance(plain, list) or len(plain) != 2:
            raise Fault.at("", f"must be a list of a name and a value, not {shown(plain)}")
        name, value = each_of(plain, self.read)
        return name, value


def class_name(kind: type) -> str:
    """Return the full name of a class, since some of different rooms are called the same."""
    return f"{kind.__module__}.{kind.__qualname__}"


def each_of(values: Iterable[Any], do: Callable[[Any], Any]) -> list[Any]:
    """Return what *do* returns for each of *values*; raises one `Fault` with those of all of them."""
    done: list[Any] = []
    faults: list[tuple[str, str]] = []
    for number, value in enumerate(values):
        try:
            done.append(do(value))
        except Fault as fault:
            faults += fault.below(number)
    if faults:
        raise Fault(faults)
    return done


def each_named(values: Any, do: Callable[[Any], Any]) -> dict[str, Any]:
    """
    Return what *do* returns for each value of a mapping, by its name; raises one `Fault` with those of all.

    What is no mapping, or has a name that is no text, is a fault too.
    """
    if not isinstance(values, Mapping):
        raise Fault.at("", f"must be a mapping, not {shown(values)}")
    done: dict[str, Any] = {}
    faults: list[tuple[str, str]] = []
    for name, value in values.items():
        if type(name) is not str:
            faults.append(("", f"the name of a value must be text, not {shown(name)}"))
            continue
        try:
            done[name] = do(value)
        except Fault as fault:
            faults += fault.below(name)
    if faults:
        raise Fault(faults)
    return done


def _is_plain(values: Mapping[Any, Any]) -> bool:
    """Tell whether an object can hold a mapping, and is not taken for something else then."""
    return all(type(name) is str and not name.startswith("$") for name in values)


def _a_list(plain: Any) -> list[Any]:
    if not isinstance(plain, list):
        raise Fault.at("", f"must be a list, not {shown(plain)}")
    return plain
