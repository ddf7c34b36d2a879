"""``itsmkit cmdb check``: what is wrong with a configuration before anybody relies on it."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from attrs import frozen
from rich.text import Text

from itsmkit._documents import load_document
from itsmkit.cli._cmdb_output import print_json
from itsmkit.cli._cmdb_source import Source, source_of
from itsmkit.cli._consoles import output_console, tame
from itsmkit.cli._wording import plural
from itsmkit.cmdb import DanglingRelation, UnmetRule, UnrelatedMembers
from itsmkit.cmdb.mapping_form import configuration_from
from itsmkit.errors import DefinitionError

__all__ = ["check_configuration"]

_STYLES = {"error": "red", "warning": "yellow"}

_MISLEADING = (DanglingRelation, UnmetRule, UnrelatedMembers)
"""With these, impact does not go where somebody thought it would."""


@frozen
class _Problem:
    """
    One thing that is wrong.

    Args:
        kind: What sort of thing: ``"unreadable"``, or that of a finding.
        severity: ``"error"`` or ``"warning"``.
        problem: The sentence.
    """

    kind: str
    severity: str
    problem: str


def check_configuration(path: Path, *, at: str | None, strict: bool, as_json: bool) -> int:
    """
    Print what is wrong with a configuration.

    Only what can be read as a whole is checked further.

    Args:
        path: The file.
        at: The instant, as it was typed.
        strict: Whether warnings count as errors.
        as_json: Print JSON in place of lines.

    Returns:
        0 if there is no error, though there may be warnings; otherwise 1.

    Raises:
        DefinitionError: If the file cannot be read at all.
        UsageError: If *at* is no instant, or is needed and left out.
    """
    problems = [_Problem("unreadable", "error", told) for told in _faults(load_document(path))]
    source = None if problems else source_of(path, at)
    if source is not None:
        problems = list(_findings(source, strict=strict))
    if as_json:
        print_json(
            {
                "file": str(path),
                "at": None if source is None or source.at is None else source.at.isoformat(),
                **_counts(source),
                "problems": [
                    {"kind": each.kind, "severity": each.severity, "problem": each.problem}
                    for each in problems
                ],
            }
        )
    else:
        _print(problems, _counts(source), path.name)
    return 1 if any(each.severity == "error" for each in problems) else 0


def _faults(document: object) -> tuple[str, ...]:
    try:
        configuration_from(document)
    except DefinitionError as error:
        return error.problems
    return ()


def _findings(source: Source, *, strict: bool) -> Iterator[_Problem]:
    graph = source.graph
    for finding in (*graph.findings, *graph.model.findings):
        is_error = strict or isinstance(finding, _MISLEADING)
        kind = re.sub(r"(?<!^)(?=[A-Z])", "-", type(finding).__name__).lower()
        yield _Problem(kind, "error" if is_error else "warning", str(finding))


def _counts(source: Source | None) -> dict[str, int]:
    if source is None:
        return {}
    graph = source.graph
    return {
        "items": len(graph.items),
        "relations": len(graph.relations),
        "redundancy_sets": len(graph.redundancy),
    }


def _print(problems: Sequence[_Problem], counts: dict[str, int], name: str) -> None:
    console = output_console()
    name = tame(name)
    for each in problems:
        # Never wrapped, so that each stays one line to search for.
        severity = (each.severity, _STYLES[each.severity])
        console.print(Text.assemble(f"{name}: ", severity, f": {tame(each.problem)}"), soft_wrap=True)
    numbers = {severity: sum(each.severity == severity for each in problems) for severity in _STYLES}
    told = " and ".join(plural(number, severity) for severity, number in numbers.items() if number)
    worst = next((style for severity, style in _STYLES.items() if numbers[severity]), "green")
    looked_at = ", ".join(plural(n, what[:-1].replace("_", " ")) for what, n in counts.items() if n)
    if counts and not looked_at:
        looked_at = "nothing is in it"
    if not counts:
        looked_at = "where it leads is looked at once these are mended"
    summary = Text.assemble(f"{name}: ", (told or "nothing is wrong", worst))
    console.print(summary.append(f"; {looked_at}"), soft_wrap=True)
