"""
Definitions as files and texts: TOML and JSON, which go both ways exactly, and the schema of both.

A file may be a definition, or the configuration of a desk, whose table ``workflow`` is one.
"""

import json
from collections.abc import Collection, Mapping
from pathlib import Path

from itsmkit import _documents
from itsmkit._frozen import EMPTY
from itsmkit.workflow.definition import WorkflowDefinition
from itsmkit.workflow.errors import WorkflowDefinitionError
from itsmkit.workflow.guard import Guard
from itsmkit.workflow.mapping_form import definition_from, to_mapping

__all__ = ["definition_document", "json_text", "load_definition", "toml_text"]


def load_definition(
    path: str | Path,
    *,
    guards: Mapping[str, Guard] = EMPTY,
    effects: Collection[str] | None = None,
) -> WorkflowDefinition:
    """
    Return the definition that a file describes.

    Args:
        path: A JSON file if its name ends in ``.json``, otherwise a TOML file; in UTF-8.
        guards: As for `definition_from`.
        effects: As for `definition_from`.

    Raises:
        DefinitionError: If the file cannot be read, or is not what its name says.
        WorkflowDefinitionError: With every problem, each with the name of the file and its path, if it is no
            definition.
    """
    document, where = definition_document(path)
    try:
        return definition_from(document, where=where, guards=guards, effects=effects)
    except WorkflowDefinitionError as error:
        name = Path(path).name
        raise WorkflowDefinitionError(*(f"{name}: {problem}" for problem in error.problems)) from None


def definition_document(path: str | Path) -> tuple[object, str]:
    """
    Return what a file says of a definition, and the path at which it stands there: empty if it is the whole.

    Raises:
        DefinitionError: As for `load_definition`.
    """
    document = _documents.load_document(path)
    if isinstance(document, Mapping) and "states" not in document and "workflow" in document:
        return document["workflow"], "workflow"
    return document, ""


def toml_text(definition: WorkflowDefinition) -> str:
    """
    Return *definition* as the text of a TOML file, which `load_definition` reads back as it was.

    Raises:
        RefusedError: If the library that writes TOML (the extra ``toml``) is not installed.
    """
    return _documents.toml_text(to_mapping(definition))


def json_text(definition: WorkflowDefinition) -> str:
    """
    Return *definition* as the text of a JSON file, which `load_definition` reads back as it was.

    >>> from itsmkit.workflow import incident_workflow
    >>> print(json_text(incident_workflow())[:22])
    {
      "name": "incident"
    """
    return json.dumps(to_mapping(definition), ensure_ascii=False, indent=2) + "\n"
