"""Configurations as the store keeps them: plain data without what documents have not, such as dates."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from attrs import frozen

from itsmkit._documents import load_document, load_toml
from itsmkit._frozen import deeply_frozen
from itsmkit._problems import shown
from itsmkit.cmdb.class_model_form import STANDARD
from itsmkit.errors import DefinitionError

__all__ = ["Difference", "differences", "from_json", "read_source", "to_json"]

_READERS: Mapping[str, Callable[[str], object]] = {
    "$datetime": datetime.fromisoformat,
    "$date": date.fromisoformat,
    "$time": time.fromisoformat,
    "$float": float,
    "$integer": int,
}
"""What is written as a text under a mark: see `itsmkit.plugin.documents`."""

_DATES: Mapping[type, str] = {datetime: "$datetime", date: "$date", time: "$time"}
_ESCAPED = "$table"
_MARKS = frozenset({*_READERS, _ESCAPED})
_MOST = 2**53  # whole numbers below are kept as they are


def read_source(source: object) -> tuple[dict[str, Any], str]:
    """
    Return the tables of a configuration, with those of the files that it names in place of their paths.

    Args:
        source: The path of a TOML file, or a mapping.

    Returns:
        The tables, and the name of the document for sentences.

    Raises:
        DefinitionError: If a file cannot be read, with the path where it is named.
    """
    if isinstance(source, Mapping):
        return _whole(source, Path()), "the configuration"
    path = Path(source)  # type: ignore[arg-type]  # it refuses what is none
    return _whole(load_toml(path), path.parent), path.name


def _whole(plain: Mapping[str, Any], beside: Path) -> dict[str, Any]:
    cmdb = plain.get("cmdb")
    if not isinstance(cmdb, Mapping):
        return dict(plain)
    named = {
        key: load_document(beside / value)
        for key in ("model", "reconciliation")
        if isinstance(value := cmdb.get(key), str) and value != STANDARD
    }
    return {**plain, "cmdb": {**cmdb, **named}}


def to_json(plain: object, path: str = "the configuration") -> Any:
    """
    Return plain data of TOML as a document can hold it: the inverse of `from_json`.

    Raises:
        DefinitionError: If there is something else in it, with its path.

    >>> to_json({"from": date(2026, 3, 29)})
    {'from': {'$date': '2026-03-29'}}
    """
    if isinstance(plain, Mapping):
        odd = [key for key in plain if not isinstance(key, str)]
        if odd:
            problem = f"{path}: keys are text, not {shown(odd[0])}"
            raise DefinitionError(problem)
        table = {key: to_json(value, f"{path}.{key}") for key, value in plain.items()}
        return {_ESCAPED: table} if len(table) == 1 and not _MARKS.isdisjoint(table) else table
    if isinstance(plain, list | tuple):
        return [to_json(value, f"{path}[{place}]") for place, value in enumerate(plain)]
    if isinstance(plain, date | time) and type(plain) in _DATES:
        return {_DATES[type(plain)]: plain.isoformat()}
    if type(plain) is float:
        return {"$float": repr(plain)}
    if type(plain) is int and abs(plain) >= _MOST:
        return {"$integer": str(plain)}
    if plain is None or type(plain) in (str, int, bool):
        return plain
    problem = f"{path}: a configuration that is kept is plain data, as TOML has it, not {shown(plain)}"
    raise DefinitionError(problem)


def from_json(plain: Any) -> Any:
    """Return what was written by `to_json`, with lists where it had lists or tuples."""
    if isinstance(plain, Mapping):
        if len(plain) == 1:
            ((mark, value),) = plain.items()
            if mark == _ESCAPED:
                return {key: from_json(each) for key, each in value.items()}
            if mark in _READERS:
                return _READERS[mark](value)
        return {key: from_json(value) for key, value in plain.items()}
    if isinstance(plain, list | tuple):
        return [from_json(value) for value in plain]
    return plain


@frozen
class Difference:
    """
    One thing in which two configurations differ.

    Args:
        path: Where it stands; what has an id or a name is called by it, wherever it stands in its list.
        before: What stood there, as plain data; ``None`` if nothing did.
        after: What stands there now.
    """

    path: str
    before: object
    after: object

    def explain(self) -> str:
        """Return the difference as a line of text."""
        if self.before is None:
            return f"{self.path}: new, {_told(self.after)}"
        if self.after is None:
            return f"{self.path}: gone, it was {_told(self.before)}"
        return f"{self.path}: {_told(self.before)} -> {_told(self.after)}"


def differences(before: object, after: object, path: str = "") -> Iterator[Difference]:
    """
    Go through what differs in plain data, each as deep down as it can be told.

    >>> old, new = {"a": 1, "kinds": [{"id": "x", "n": 1}]}, {"kinds": [{"id": "y"}, {"id": "x", "n": 2}]}
    >>> for each in differences(old, new):
    ...     print(each.explain())
    a: gone, it was 1
    kinds['x'].n: 1 -> 2
    kinds['y']: new, {'id': 'y'}
    """
    if _same(before, after):
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys([*before, *after]):
            yield from differences(before.get(key), after.get(key), f"{path}.{key}" if path else key)
        return
    old, new = _by_name(before), _by_name(after)
    if old is not None and new is not None and list(old) != list(new) and set(old) == set(new):
        yield Difference(f"{path}, their order", tuple(old), tuple(new))
    if old is not None and new is not None:
        for name in dict.fromkeys([*old, *new]):
            yield from differences(old.get(name), new.get(name), f"{path}[{name!r}]")
        return
    yield Difference(path, deeply_frozen(before), deeply_frozen(after))


def _same(one: object, other: object) -> bool:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_same(each, other[key]) for key, each in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return type(one) is type(other) and one == other  # 1 and True are equal, and not the same


def _by_name(value: object) -> dict[str, object] | None:
    """Return the tables of a list by their ids or names, if each has one of its own."""
    if not isinstance(value, list):
        return None
    found: dict[str, object] = {}
    for each in value:
        name = each.get("id", each.get("name")) if isinstance(each, Mapping) else None
        if not isinstance(name, str) or name in found:
            return None
        found[name] = each
    return found


def _told(value: object) -> str:
    text = repr(dict(value)) if isinstance(value, Mapping) else repr(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


_LONGEST = 120
