"""
Configurations as the store keeps them: a text of JSON.

A document keeps no order of the names in a mapping, and in a configuration this counts: the first calendar is
the usual one, and states are shown as they stand.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from os import PathLike
from pathlib import Path
from typing import Any

from attrs import frozen

from itsmkit._documents import load_document, load_toml
from itsmkit._frozen import deeply_frozen
from itsmkit._problems import shown
from itsmkit.cmdb.class_model_form import STANDARD
from itsmkit.errors import DefinitionError
from itsmkit.plugin.records import MOST_NESTED

__all__ = ["Difference", "differences", "from_json", "plain_of", "read_source", "text_of", "to_json"]

_DATES: Mapping[str, type[datetime | date | time]] = {"$datetime": datetime, "$date": date, "$time": time}
_ESCAPED = "$table"
_MARKS = frozenset({*_DATES, _ESCAPED})


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
    if not isinstance(source, str | PathLike):
        problem = (
            f"a configuration is the path of a TOML file, or a mapping of its tables, not {shown(source)}"
        )
        raise DefinitionError(problem)
    path = Path(source)
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


def text_of(plain: object, where: str) -> str:
    """
    Return plain data of TOML as a text of JSON: the inverse of `plain_of`.

    Args:
        plain: The tables.
        where: The name of the document, for sentences.

    Raises:
        DefinitionError: If there is something else in it, with its path.
    """
    return json.dumps(to_json(plain, where), ensure_ascii=False, separators=(",", ":"))


def plain_of(text: str) -> dict[str, Any]:
    """Return the tables that were written by `text_of`, with lists where there were lists or tuples."""
    found: dict[str, Any] = from_json(json.loads(text))
    return found


def to_json(plain: object, path: str = "the configuration", depth: int = 0) -> Any:
    """
    Return plain data of TOML as JSON can hold it: the inverse of `from_json`.

    Raises:
        DefinitionError: If there is something else in it, with its path.

    >>> to_json({"from": date(2026, 3, 29)})
    {'from': {'$date': '2026-03-29'}}
    """
    if depth > MOST_NESTED:
        problem = f"{path}: nests deeper than {MOST_NESTED} levels"
        raise DefinitionError(problem)
    if isinstance(plain, Mapping):
        odd = [key for key in plain if not isinstance(key, str)]
        if odd:
            problem = f"{path}: keys are text, not {shown(odd[0])}"
            raise DefinitionError(problem)
        table = {key: to_json(value, f"{path}.{key}", depth + 1) for key, value in plain.items()}
        return {_ESCAPED: table} if len(table) == 1 and not _MARKS.isdisjoint(table) else table
    if isinstance(plain, list | tuple):
        return [to_json(value, f"{path}[{place}]", depth + 1) for place, value in enumerate(plain)]
    for mark, kind in _DATES.items():
        if type(plain) is kind:
            return {mark: plain.isoformat()}
    if plain is None or type(plain) in (str, int, float, bool):
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
            if mark in _DATES:
                return _DATES[mark].fromisoformat(value)
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
