"""
Files of models: a ZIP of plain arrays and one JSON, which can say nothing but numbers and words.

Nothing in such a file is run when it is loaded: arrays are read with ``allow_pickle=False``, and the rest is
JSON. The digest is of what is in it and not of its bytes, so a file that was packed anew is still the same.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from io import BytesIO
from os import PathLike
from pathlib import Path
from typing import Any, NoReturn
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

import numpy as np

from itsmkit.errors import DefinitionError
from itsmkit_ml._trees import Trees
from itsmkit_ml._words import Words
from itsmkit_ml.text_model import TextModel

__all__ = ["SCHEMA", "digest_of", "load_model", "save_model"]

SCHEMA = 2
"""The version of the form of files."""

_KIND = "itsmkit-ml text model"
_JSON = "model.json"
_MOST_BYTES = 1 << 30


def save_model(model: TextModel, path: str | PathLike[str]) -> Path:
    """
    Write a model to a file, and return its path. The same model gives the same bytes.

    Args:
        model: The model.
        path: The file; what was there is replaced, once all is written.
    """
    target = Path(path)
    header, arrays = _parts(model)
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        text = json.dumps({**header, "digest": digest_of(model)}, ensure_ascii=False, sort_keys=True)
        archive.writestr(_entry(_JSON), text.encode())
        for name in sorted(arrays):
            buffer = BytesIO()
            np.lib.format.write_array(buffer, np.ascontiguousarray(arrays[name]), allow_pickle=False)
            archive.writestr(_entry(f"{name}.npy"), buffer.getvalue())
    beside = target.with_name(f"{target.name}.part")
    beside.write_bytes(packed.getvalue())
    beside.replace(target)
    return target


def load_model(path: str | PathLike[str]) -> TextModel:
    """
    Return the model of a file.

    Raises:
        DefinitionError: If there is no such file, it is none of a model, of another schema, or was changed:
            what is in it has another digest than it says.
    """
    where = Path(path)
    try:
        with ZipFile(where) as archive:
            if sum(each.file_size for each in archive.infolist()) > _MOST_BYTES:
                _refuse(where, "it is larger than any model; train it again")
            header = json.loads(archive.read(_JSON))
            if not isinstance(header, Mapping) or header.get("kind") != _KIND:
                _refuse(where, "it is no model of itsmkit-ml")
            if header.get("schema") != SCHEMA:
                _refuse(
                    where, f"it is of schema {header.get('schema')!r}, and {SCHEMA} is known; train it again"
                )
            arrays = {
                name.removesuffix(".npy"): np.lib.format.read_array(
                    BytesIO(archive.read(name)), allow_pickle=False
                )
                for name in archive.namelist()
                if name.endswith(".npy")
            }
        model = _model(header, arrays)
    except DefinitionError:
        raise
    except (OSError, BadZipFile, KeyError, TypeError, ValueError, EOFError) as error:
        _refuse(where, f"it cannot be read: {error}")
    if digest_of(model) != header.get("digest"):
        _refuse(where, "it was changed since it was written; take it from where it came, or train it again")
    return model


def digest_of(model: TextModel) -> str:
    """Return the SHA-256 of all that a model is made of, in hexadecimal digits."""
    header, arrays = _parts(model)
    found = sha256(json.dumps(header, sort_keys=True).encode())
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        found.update(f"{name}:{array.dtype.str}:{array.shape}".encode())
        found.update(array.tobytes())
    return found.hexdigest()


def _parts(model: TextModel) -> tuple[dict[str, Any], dict[str, Any]]:
    header: dict[str, Any] = {
        "kind": _KIND,
        "schema": SCHEMA,
        "field": model.field,
        "labels": [*model.labels],
        "views": [{"view": each.view, "vocabulary": [*each.vocabulary]} for each in model.views],
        "sharpness": model.sharpness,
        "counted": [*model.counted],
        "told": dict(model.told),
    }
    arrays: dict[str, Any] = {}
    for called, trees in (("trees", model.trees), ("words", model.word_trees)):
        arrays |= {} if trees is None else trees.arrays(called)
    for number, view in enumerate(model.views):
        arrays[f"{number}.rarity"] = np.asarray(view.rarity, dtype=np.float32)
        arrays[f"{number}.weights"] = np.asarray(model.weights[number], dtype=np.float16)
        arrays[f"{number}.offsets"] = np.asarray(model.offsets[number], dtype=np.float32)
    return header, arrays


def _model(header: Mapping[str, Any], arrays: Mapping[str, Any]) -> TextModel:
    numbers = range(len(header["views"]))
    weights = [arrays[f"{number}.weights"].astype(np.float32) for number in numbers]
    for told, found in zip(header["views"], weights, strict=True):
        shape = (len(header["labels"]), len(told["vocabulary"]))
        if found.shape != shape:
            problem = f"its weights are {found.shape} in place of {shape}"
            raise ValueError(problem)
    return TextModel(
        field=header["field"],
        labels=header["labels"],
        views=[
            Words(told["view"], told["vocabulary"], arrays[f"{number}.rarity"])
            for number, told in enumerate(header["views"])
        ],
        weights=weights,
        offsets=[arrays[f"{number}.offsets"] for number in numbers],
        sharpness=float(header["sharpness"]),
        trees=Trees.from_arrays(arrays, "trees"),
        word_trees=Trees.from_arrays(arrays, "words"),
        counted=header["counted"],
        digest=header["digest"],
        told=header["told"],
    )


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name)  # of a fixed date, so that the same model gives the same bytes
    entry.compress_type = ZIP_DEFLATED
    return entry


def _refuse(where: Path, problem: str) -> NoReturn:
    told = f"{where}: {problem}"
    raise DefinitionError(told)
