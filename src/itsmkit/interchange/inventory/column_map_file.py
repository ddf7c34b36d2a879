"""Column maps from files: several may stand in one, and one may build on another."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from itsmkit._documents import load_document, structure
from itsmkit._problems import close_to, shown
from itsmkit.errors import DefinitionError
from itsmkit.interchange.inventory.column_map import ColumnMap

__all__ = ["column_map_from", "load_column_map"]

_MERGED = ("attributes", "class_by", "values")


def load_column_map(path: str | Path, name: str | None = None) -> ColumnMap:
    """
    Return a column map of a file of TOML or JSON.

    The file has a table ``maps`` with the maps by their names. A map that ``extends`` another, has all that
    the other has and that it does not say itself; attributes are taken over one by one. The other stands in
    the same file, or in one that is named from there: ``extends = "common.toml#hosts"``.

    Args:
        path: The file.
        name: The name of the map; may be left out if there is only one.

    Raises:
        DefinitionError: With all that is wrong: no such file or map, maps that extend each other in a circle,
            and what a map itself refuses, with its path.
    """
    documents: dict[Path, Any] = {}
    home = Path(path)
    found = _chosen(_maps(home, documents), name, home)
    return column_map_from(_resolved(home, found, documents, ()), where=f"{home}: maps.{found}")


def column_map_from(document: Mapping[str, Any], *, where: str = "column map") -> ColumnMap:
    """
    Return the column map that *document* describes: the arguments of `ColumnMap`, as plain data.

    Args:
        document: The table. A column may stand as its name alone, where it has text.
        where: What to call it in the sentences of faults.

    Raises:
        DefinitionError: With every fault.

    >>> column_map_from({"key": ["Name"], "ci_class": "host", "attributes": {"dns_name": "FQDN"}}).columns
    ('Name', 'FQDN')
    """
    plain = dict(document)
    for field in ("key", "ignore", "missing"):
        if isinstance(plain.get(field), str):
            plain[field] = [plain[field]]
    plain["attributes"] = _columns(plain.get("attributes", {}))
    if isinstance(plain.get("lookups"), list):
        plain["lookups"] = [
            {**each, "attributes": _columns(each.get("attributes"))} if isinstance(each, Mapping) else each
            for each in plain["lookups"]
        ]
    return structure(ColumnMap, plain, where=where)


def _columns(columns: object) -> object:
    if not isinstance(columns, Mapping):
        return columns
    return {name: {"column": each} if isinstance(each, str) else each for name, each in columns.items()}


def _maps(path: Path, documents: dict[Path, Any]) -> Mapping[str, Any]:
    if path not in documents:
        documents[path] = load_document(path)
    maps = documents[path].get("maps") if isinstance(documents[path], Mapping) else None
    if not isinstance(maps, Mapping) or not maps:
        problem = f"{path}: has no table maps with a column map in it; write [maps.NAME]"
        raise DefinitionError(problem)
    return maps


def _chosen(maps: Mapping[str, Any], name: str | None, path: Path) -> str:
    if name is None and len(maps) == 1:
        return next(iter(maps))
    if name is None or name not in maps:
        told = "has several maps; name one" if name is None else f"has no map {name!r}"
        problem = f"{path}: {told}; {close_to(name or '', maps)}"
        raise DefinitionError(problem)
    return name


def _resolved(
    path: Path, name: str, documents: dict[Path, Any], below: tuple[tuple[Path, str], ...]
) -> dict[str, Any]:
    here = (path.resolve(), name)
    if here in below:
        circle = " -> ".join(each for _, each in (*below[below.index(here) :], here))
        problem = f"{path}: maps.{name}: extends itself: {circle}; take one extends out"
        raise DefinitionError(problem)
    table = _maps(path, documents)[name]
    if not isinstance(table, Mapping):
        problem = f"{path}: maps.{name}: must be a table, not {shown(table)}"
        raise DefinitionError(problem)
    own = {key: value for key, value in table.items() if key != "extends"}
    if "extends" not in table:
        return own
    extends = table["extends"]
    if not isinstance(extends, str) or not extends:
        problem = f"{path}: maps.{name}.extends: must be the name of a map, not {shown(extends)}"
        raise DefinitionError(problem)
    file, _, other = extends.rpartition("#")
    other_path = path.parent / file if file else path
    other = _chosen(_maps(other_path, documents), other, path)
    base = _resolved(other_path, other, documents, (*below, here))
    # One way of saying the class takes the place of the other.
    for said, instead in (("ci_class", "class_by"), ("class_by", "ci_class")):
        if said in own:
            base.pop(instead, None)
    return _merged(base, own)


def _merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**base, **own}
    for key in _MERGED:
        if isinstance(base.get(key), Mapping) and isinstance(own.get(key), Mapping):
            merged[key] = _merged(base[key], own[key])
    return merged
