"""``itsmkit cmdb causes``: what may have failed, judged by what works and what does not."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from itsmkit.cli._cmdb_output import print_json, table
from itsmkit.cli._cmdb_source import Source, source_of
from itsmkit.cli._consoles import output_console, tame
from itsmkit.cli._wording import percent
from itsmkit.cli.errors import UsageError
from itsmkit.cmdb import CIId
from itsmkit.cmdb.causes import CauseClass, Diagnosis, Findings, likely_causes

__all__ = ["show_causes"]

_MOST_ROWS = 10


def show_causes(
    file: Path,
    *,
    affected: Sequence[str],
    working: Sequence[str] = (),
    alerts: Sequence[str] = (),
    at: str | None = None,
    as_json: bool = False,
) -> None:
    """
    Print the likely causes, and what to ask next.

    Args:
        file: The configuration.
        affected: What does not work.
        working: What is known to work.
        alerts: What monitoring has an alert on.
        at: The instant, as it was typed.
        as_json: Print JSON in place of a table.

    Raises:
        UsageError: If nothing is affected.
        DefinitionError: If the file or the instant cannot be right, or something both works and does not.
        UnknownItemError: If something is named that is not in the configuration.
    """
    if not affected:
        problem = "nothing is said to be affected; name what does not work, such as --affected customers"
        raise UsageError(problem)
    source = source_of(file, at)
    diagnosis = likely_causes(
        source.graph,
        list(map(CIId, affected)),
        working=list(map(CIId, working)),
        alerts=list(map(CIId, alerts)),
        at=source.at,
    )
    if as_json:
        print_json(_plain(source, diagnosis))
    else:
        _print(output_console(), diagnosis)


def _print(console: Console, diagnosis: Diagnosis) -> None:
    if not diagnosis.classes:
        console.print("nothing in the configuration explains this")
        return
    made = table("Likely", "Cause", "Why")
    for each in diagnosis.classes[:_MOST_ROWS]:
        made.add_row(percent(each.posterior), tame(" or ".join(each.cis)), tame(str(each.findings)))
    none_of_these = Text("none of these", style="italic")
    made.add_row(percent(diagnosis.none_of_these), none_of_these, "each report has a cause of its own")
    console.print(made)
    others = len(diagnosis.classes) - _MOST_ROWS
    if others > 0:
        console.print(Text(f"and {others} less likely; --json lists all", style="dim"))
    question = diagnosis.next_question
    if question is not None:
        console.print(Text.assemble(("\nAsk next: ", "bold"), tame(str(question))), soft_wrap=True)


def _plain(source: Source, diagnosis: Diagnosis) -> dict[str, object]:
    question = diagnosis.next_question
    return {
        "file": str(source.path),
        "at": None if source.at is None else source.at.isoformat(),
        "causes": list(map(_plain_class, diagnosis.classes)),
        "none_of_these": diagnosis.none_of_these,
        "next_question": None
        if question is None
        else {"ci": question.ci, "gain_bits": question.gain, "chance": question.chance},
    }


def _plain_class(each: CauseClass) -> dict[str, object]:
    return {
        "cis": list(each.cis),
        "likelihood": each.posterior,
        "reasons": {cause.ci: list(cause.reasons) for cause in each.members if cause.reasons},
        **_plain_findings(each.findings),
    }


def _plain_findings(findings: Findings) -> dict[str, object]:
    return {
        "explained": list(findings.explained),
        "unexplained": list(findings.unexplained),
        "silent": list(findings.silent),
        "contradicting": list(findings.contradicting),
    }
