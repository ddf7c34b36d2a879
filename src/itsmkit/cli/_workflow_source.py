"""Which definition is meant: a file, or a standard workflow by its name."""

from pathlib import Path

from itsmkit.cli.errors import UsageError
from itsmkit.workflow import UnknownWorkflowError, WorkflowDefinition, load_definition, standard_workflow
from itsmkit.workflow.documents import definition_document

__all__ = ["definition_of", "input_files", "place_in"]


def definition_of(definition: str) -> WorkflowDefinition:
    """
    Return the definition that *definition* stands for. A file goes before a standard workflow.

    Args:
        definition: The path of a file, which `load_definition` reads, or the name of a standard workflow.

    Raises:
        UsageError: If there is neither.
        DefinitionError: If the file cannot be read, or is no definition.
    """
    if _is_file(definition):
        return load_definition(definition)
    try:
        return standard_workflow(definition)
    except UnknownWorkflowError as error:
        problem = f"there is no file {definition}, and {error}"
        raise UsageError(problem) from None


def place_in(definition: str) -> str:
    """Return the path at which a definition that can be read stands in its file, which ends in a dot."""
    where = definition_document(definition)[1] if _is_file(definition) else ""
    return f"{where}." if where else ""


def input_files(definition: str | None) -> tuple[Path, ...]:
    """Return the file that *definition* is read from, if it is one: no output may take its place."""
    path = None if definition is None else Path(definition)
    return () if path is None or not path.exists() else (path,)


def _is_file(definition: str) -> bool:
    path = Path(definition)
    return (path.exists() and not path.is_dir()) or bool(path.suffix) or len(path.parts) > 1
