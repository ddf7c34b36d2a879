"""The objects of a NetBox export, whichever way they are written."""

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any

from attrs import frozen

from itsmkit._problems import shown
from itsmkit.interchange.inventory._drafts import clean
from itsmkit.interchange.inventory._json_stream import JsonPath, JsonPiece, json_pieces
from itsmkit.interchange.inventory._netbox_terms import model_named, model_of_url, paths
from itsmkit.interchange.inventory._yaml_stream import yaml_documents
from itsmkit.interchange.inventory.errors import InventoryFileError
from itsmkit.interchange.inventory.inventory_import import Reading

__all__ = ["Row", "Rows", "Seen", "choice", "model_of_type", "ref_id", "ref_name", "rows_of"]

_ANSWER = frozenset({"count", "next", "previous", "results"})
_CORRECT = "correct it in the source"

_ID = re.compile(r"[0-9]+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

_SHAPES: tuple[tuple[str, frozenset[str]], ...] = tuple(
    (model, frozenset(names.split()))
    for model, names in (
        ("dcim.device", "device_type"),
        ("virtualization.virtualmachine", "vcpus"),
        ("virtualization.virtualmachine", "cluster memory"),
        ("dcim.cable", "a_terminations b_terminations"),
        ("dcim.cable", "termination_a_type termination_b_type"),
        ("dcim.cabletermination", "cable cable_end"),
        ("circuits.circuit", "cid"),
        ("circuits.circuittermination", "circuit term_side"),
        ("ipam.ipaddress", "address status"),
        ("ipam.service", "name protocol"),
        ("dcim.rack", "u_height site"),
        ("dcim.devicetype", "model manufacturer"),
        ("virtualization.vminterface", "virtual_machine name"),
        ("dcim.interface", "device mgmt_only"),
        ("dcim.interface", "device enabled"),
        ("dcim.macaddress", "mac_address assigned_object_type"),
        ("dcim.powerfeed", "power_panel"),
        ("dcim.site", "slug physical_address"),
        ("dcim.site", "slug time_zone"),
        ("dcim.site", "slug region"),
        ("virtualization.cluster", "name type group"),
    )
)


@frozen
class Row:
    """
    One object.

    Args:
        model: The label of its model, such as ``"dcim.device"``.
        id: Its id, as text.
        fields: What is told of it.
        position: Where it stands.
    """

    model: str
    id: str
    fields: Mapping[str, Any]
    position: str

    @property
    def key(self) -> str:
        """What it is known by."""
        return f"{self.model}:{self.id}"


Rows = Mapping[str, Mapping[str, Row]]
"""Objects by model and id."""


class Seen(dict[str, dict[str, Row]]):
    """Objects by model and id, while they are read."""

    def __missing__(self, model: str) -> dict[str, Row]:
        found = self[model] = {}
        return found


def rows_of(reading: Reading, model: str | None) -> Seen:
    """
    Return all objects of a file.

    Args:
        reading: The reading of the file, where what is no object is noted.
        model: What the objects are that do not say it themselves.

    Raises:
        InventoryFileError: If the file is no export of NetBox.
    """
    found = Seen()
    by_name = _model_of_file(reading.file.name)
    unknown = []
    for position, told, hint, problem in _objects(reading):
        if problem:
            reading.leave_out(position, "", problem, _CORRECT)
            continue
        row = _row(told, hint or model, position, by_name)
        if row is None:
            unknown.append((position, told))
        elif row.id in found[row.model]:
            twice = f"another object of the same model and id stands at {found[row.model][row.id].position}"
            reading.leave_out(position, row.key, twice, "give each record a key of its own")
        else:
            found[row.model][row.id] = row
    if unknown and not any(found.values()):
        position, told = unknown[0]
        problem = (
            f"is no export of NetBox that is known; name object_type=, if it is one. Here is {shown(told)}"
        )
        raise InventoryFileError(reading.file.name, position, problem)
    for position, told in unknown:
        problem = f"it has no id, or nothing tells of which model it is: {shown(told)}"
        reading.leave_out(position, "", problem, "export it with its id and url, or name object_type=")
    return found


_Object = tuple[str, Any, str | None, str]
"""The position, the value, the name of the model by the path, and why it cannot be taken."""


def _objects(reading: Reading) -> Iterator[_Object]:
    name = reading.file.name
    if not reading.file.start_of_text().lstrip().startswith(("{", "[")) and name.endswith((".yaml", ".yml")):
        yield from _objects_of_yaml(reading)
        return
    alone: dict[str, JsonPiece] = {}
    is_any = False
    for piece in json_pieces(reading.file, reading.limits, *paths()):
        match piece.path:
            case ():
                problem = (
                    f"is no export of NetBox: it must hold a list or an object, not {shown(piece.value)}"
                )
                raise InventoryFileError(name, piece.place, problem)
            case (*_, int()):
                is_any = True
                yield from _unpacked(piece)
            case (str(field),):
                alone[field] = piece
            case (*_, field) if field not in _ANSWER:
                reading.pass_over(piece.place, "", str(field))
    yield from _object_or_lists(reading, alone, is_any=is_any)


def _objects_of_yaml(reading: Reading) -> Iterator[_Object]:
    """Yield the objects of files that fill a new NetBox, which lie in lists, or under their models."""
    for document in yaml_documents(reading.file, reading.limits):
        value, place = document.value, document.place
        lists = {None: value} if isinstance(value, list) else value
        if document.problem or not isinstance(lists, dict):
            problem = document.problem or f"it must hold a list or an object, not {shown(value)}"
            yield place, None, None, problem
            continue
        for name, several in lists.items():
            if isinstance(several, list) and (name is None or model_named(name)):
                for number, each in enumerate(several):
                    yield f"{place}, {name or ''}[{number}]", each, model_named(name), ""
            else:
                reading.pass_over(place, "", str(name), f"{name!r} is no model of NetBox that is known")


def _object_or_lists(reading: Reading, alone: Mapping[str, JsonPiece], *, is_any: bool) -> Iterator[_Object]:
    """Yield the one object that a file holds, or those in lists whose names are not looked for before."""
    if alone.keys() & {"id", "fields"}:
        told = {field: piece.value for field, piece in alone.items()}
        yield "line 1", told, None, next((piece.problem for piece in alone.values() if piece.problem), "")
        return
    lists = [piece for field, piece in alone.items() if model_named(field) and isinstance(piece.value, list)]
    for piece in lists:
        for number, each in enumerate(piece.value):
            field = str(piece.path[0])
            yield f"{field}[{number}] (line {piece.line})", each, model_named(field), ""
    rest = [piece for field, piece in alone.items() if field not in _ANSWER and piece not in lists]
    if rest and not is_any and not lists:
        fields = ", ".join(str(piece.path[0]) for piece in rest[:5])
        problem = f"is no export of NetBox: it has nothing but {fields}; export objects of it"
        raise InventoryFileError(reading.file.name, "", problem)
    for piece in rest:
        _not_known(reading, piece)


def _not_known(reading: Reading, piece: JsonPiece) -> None:
    field = str(piece.path[0])
    if piece.problem:
        reading.leave_out(piece.place, "", piece.problem, _CORRECT)
    else:
        reading.pass_over(piece.place, "", field, f"{field!r} is no model of NetBox that is known")


def _unpacked(piece: JsonPiece) -> Iterator[_Object]:
    """Yield the object of a piece, or those of an answer of the API that is one of several."""
    hint = _model_of_path(piece.path)
    value = piece.value
    if isinstance(value, dict) and isinstance(value.get("results"), list) and "id" not in value:
        for number, each in enumerate(value["results"]):
            yield f"{piece.place}.results[{number}]", each, hint, ""
    else:
        yield piece.place, value, hint, piece.problem


def _model_of_path(path: JsonPath) -> str | None:
    steps = [step for step in path if isinstance(step, str) and step not in ("results", "data")]
    return model_named(".".join(steps))


def _model_of_file(name: str) -> str | None:
    """Return the model that is named in the name of a file, the longest name first."""
    words = [each for each in re.split(r"[^a-z]+", PurePath(name).stem.casefold()) if each]
    runs = (
        words[start : start + length]
        for length in range(len(words), 0, -1)
        for start in range(len(words) - length + 1)
    )
    # "circuits_providers" are providers, and "rack-roles" are roles of racks
    spellings = (each for run in runs for each in (f"{run[0]}.{'-'.join(run[1:])}", "-".join(run)))
    return next(filter(None, map(model_named, spellings)), None)


def _row(told: object, hint: str | None, position: str, by_name: str | None) -> Row | None:
    if not isinstance(told, dict):
        return None
    fields = told.get("fields")
    if isinstance(fields, dict) and isinstance(told.get("model"), str):
        model = told["model"].casefold()
        key = clean(told.get("pk")) or f"of {position}"  # what a natural key stands for has none
        return Row(model_named(model) or model, key, fields, position)
    own = ref_id(told)
    label = model_of_url(told.get("url")) or hint or _shape(told) or by_name
    return Row(label, own, told, position) if own and label else None


def _shape(told: Mapping[str, Any]) -> str | None:
    return next((model for model, names in _SHAPES if names <= told.keys()), None)


def choice(value: object) -> str | None:
    """
    Return a choice in small letters, which older versions number and give a label.

    >>> choice({"value": "active", "label": "Active"}), choice({"value": 1, "label": "Active"})
    ('active', 'active')
    """
    if isinstance(value, dict):
        value = value["value"] if isinstance(value.get("value"), str) else value.get("label")
    text = clean(value)
    return None if text is None else text.casefold()


def ref_id(value: object) -> str | None:
    """
    Return the id of what a field names: itself, or that of the object that is nested there.

    What has no id, as in files that are made to be imported again, is known by its name.
    """
    if not isinstance(value, dict):
        return clean(value)
    return next(filter(None, (clean(value.get(name)) for name in ("id", "pk", "name"))), None)


def ref_name(value: object, rows: Mapping[str, Row]) -> str | None:
    """
    Return the name of what a field names: of the object that is nested there, or of that of its id.

    Args:
        value: The field. A text that is no id is a name already.
        rows: The objects of the model that it names, by id.
    """
    key = ref_id(value)
    row = rows.get(key) if key is not None else None
    for told in (value, None if row is None else row.fields):
        if isinstance(told, Mapping):
            names = (told.get(name) for name in ("name", "model", "display", "display_name", "slug"))
            if found := next(filter(None, map(clean, names)), None):
                return found
    is_name = key is not None and row is None and not _ID.fullmatch(key)
    return key if is_name else None


def model_of_type(told: object, rows: Rows) -> str | None:
    """Return the model that a content type is of, told by its name, its two parts, or its id."""
    if isinstance(told, list):
        return model_named(".".join(map(str, told)))
    named = model_named(told)
    if named is not None:
        return named
    row = rows.get("contenttypes.contenttype", {}).get(clean(told) or "")
    return None if row is None else model_named(f"{row.fields.get('app_label')}.{row.fields.get('model')}")
