"""``itsmkit workflow check``: what is wrong with a workflow before anybody relies on it."""

import re
from collections.abc import Mapping, Sequence
from json import dumps
from pathlib import Path
from typing import Any

from attrs import frozen
from rich.text import Text

from itsmkit.cli._consoles import output_console, tame
from itsmkit.cli._wording import plural
from itsmkit.cli._workflow_source import definition_of, place_in
from itsmkit.conditions import equals, to_mapping
from itsmkit.workflow import (
    Finding,
    Severity,
    Step,
    WorkflowDefinition,
    WorkflowDefinitionError,
    check_definition,
)

__all__ = ["check_workflow"]

_UNREADABLE = "unreadable"

_PATH = re.compile(r"""[\w-]+(?:\.[\w-]+|\[\d+\]|\['[^']*'\]|\["[^"]*"\])*""")

_STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow"}


@frozen
class _Problem:
    """
    One thing that is wrong.

    Args:
        kind: What sort of thing: ``"unreadable"``, or the kind of a finding.
        severity: How bad it is.
        path: Where it stands in the file; ``None`` for the file as a whole.
        problem: The sentence.
        witness: The steps that show it.
        region: The states that the proof is about.
    """

    kind: str
    severity: Severity
    path: str | None
    problem: str
    witness: tuple[Step, ...] = ()
    region: tuple[str, ...] = ()


def check_workflow(definition: str, *, as_json: bool) -> int:
    """
    Print what is wrong with a workflow, each with its path and the steps that show it.

    Only what can be read as a whole is checked further: where its transitions lead.

    Args:
        definition: A workflow: see `definition_of`.
        as_json: Print JSON in place of lines.

    Returns:
        0 if there is no error, though there may be warnings; otherwise 1.

    Raises:
        DefinitionError: If the file cannot be read at all.
    """
    name = Path(definition).name
    try:
        found = definition_of(definition)
    except WorkflowDefinitionError as error:
        problems = [_fault(told.removeprefix(f"{name}: ")) for told in error.problems]
        counts: dict[str, int] = {}
    else:
        place = place_in(definition)
        problems = [_problem(finding, found, place) for finding in check_definition(found)]
        counts = _counts(found)
    if as_json:
        answer = {"definition": definition, **counts, "problems": [_plain(problem) for problem in problems]}
        output_console().print(dumps(answer, ensure_ascii=False, indent=2), soft_wrap=True)
    else:
        _print(problems, counts, name)
    return 1 if any(problem.severity is Severity.ERROR for problem in problems) else 0


def _fault(told: str) -> _Problem:
    """Return a fault that was told with its path as the words before the first colon, if they are one."""
    found = _PATH.match(told)
    if found is None or not told.startswith(": ", found.end()):
        return _Problem(_UNREADABLE, Severity.ERROR, None, told)
    return _Problem(_UNREADABLE, Severity.ERROR, found[0], told[found.end() + 2 :])


def _problem(finding: Finding, definition: WorkflowDefinition, place: str) -> _Problem:
    region = tuple(state.name for state in definition.states if state.name in finding.region)
    kind, severity, path = finding.kind.value, finding.severity, f"{place}{finding.path}"
    return _Problem(kind, severity, path, finding.problem, finding.witness, region)


def _counts(definition: WorkflowDefinition) -> dict[str, int]:
    return {
        "states": len(definition.states),
        "transitions": len(definition.transitions),
        "rules": len(definition.rules),
    }


def _plain(problem: _Problem) -> dict[str, object]:
    return {
        "kind": problem.kind,
        "severity": problem.severity.value,
        "path": problem.path,
        "problem": problem.problem,
        "witness": [
            {
                "source": step.source,
                "trigger": step.trigger,
                "target": step.target,
                "facts": {name: _plain_fact(value) for name, value in step.facts.items()},
            }
            for step in problem.witness
        ],
        "region": list(problem.region),
    }


def _plain_fact(value: Any) -> object:
    """Return a fact as a condition spells it in JSON; a collection, which none compares with, is a list."""
    return list(value) if isinstance(value, tuple) else to_mapping(equals("fact", value))["equals"]


def _print(problems: Sequence[_Problem], counts: Mapping[str, int], name: str) -> None:
    console = output_console()
    name = tame(name)
    for problem in problems:
        where = f"{name}: " if problem.path is None else f"{name}: {tame(problem.path)}: "
        severity = (problem.severity.value, _STYLES[problem.severity])
        # Never wrapped, so that each stays one line to search for.
        console.print(Text.assemble(where, severity, f": {tame(problem.problem)}"), soft_wrap=True)
        for step in problem.witness:
            console.print(tame(f"    {step}"), soft_wrap=True)
    console.print(Text.assemble(f"{name}: ", _summary(problems), f"; {_looked_at(counts)}"), soft_wrap=True)


def _summary(problems: Sequence[_Problem]) -> tuple[str, str]:
    """Return how much is wrong, and in which colour to say it."""
    numbers = {severity: sum(problem.severity is severity for problem in problems) for severity in _STYLES}
    told = [plural(number, severity.value) for severity, number in numbers.items() if number]
    worst = next((style for severity, style in _STYLES.items() if numbers[severity]), "green")
    return " and ".join(told) or "nothing is wrong", worst


def _looked_at(counts: Mapping[str, int]) -> str:
    if not counts:
        return "where its transitions lead is looked at once these are mended"
    return ", ".join(plural(number, what[:-1]) for what, number in counts.items() if number)
