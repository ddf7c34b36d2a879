"""
What earlier releases have written is read as what it was.

Each line of ``golden.jsonl`` is a document as the release that introduced its schema wrote it. Lines are
added, with the first document of a new schema, and never changed.
"""

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from itsmkit.plugin.documents import DOCUMENTS, canonical_bytes, from_document, to_document

HERE = Path(__file__).parent
LINES = (HERE / "golden.jsonl").read_text("utf-8").splitlines()
DOCUMENTS_OF_OLD = [json.loads(line) for line in LINES]


def values() -> tuple[Any, ...]:
    """Return the values that the lines are of, in their order."""
    spec = importlib.util.spec_from_file_location("golden", HERE / "golden.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: tuple[Any, ...] = module.VALUES
    return found


VALUES = values()


def tagged(plain: object) -> set[tuple[str, int]]:
    """Return type and schema of every document in *plain*."""
    found: set[tuple[str, int]] = set()
    if isinstance(plain, dict):
        if "type" in plain and "schema" in plain:
            found.add((plain["type"], plain["schema"]))
        return found.union(*map(tagged, plain.values()))
    return found.union(*map(tagged, plain)) if isinstance(plain, list) else found


@pytest.mark.parametrize("number", range(max(len(LINES), len(VALUES))))
def test_a_document_of_old_is_read_as_what_it_was(number: int) -> None:
    value = from_document(DOCUMENTS_OF_OLD[number])
    assert value == VALUES[number]
    assert type(value) is type(VALUES[number])
    assert from_document(json.loads(canonical_bytes(to_document(value)))) == value


def test_documents_of_the_newest_schema_are_written_as_they_were() -> None:
    newest = {(each.name, each.schema) for each in DOCUMENTS.types}
    for line, document, value in zip(LINES, DOCUMENTS_OF_OLD, VALUES, strict=True):
        if tagged(document) <= newest:
            assert canonical_bytes(to_document(value)).decode() == line


def test_there_is_a_document_of_every_schema_of_every_type() -> None:
    known = {(each.name, schema) for each in DOCUMENTS.types for schema in range(1, each.schema + 1)}
    assert set[tuple[str, int]]().union(*map(tagged, DOCUMENTS_OF_OLD)) >= known
