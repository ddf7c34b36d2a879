"""``itsmkit workflow conform``: a workflow held against the event log of a desk."""

from collections import Counter
from collections.abc import Iterable, Mapping
from json import dumps
from pathlib import Path
from time import perf_counter

from attrs import evolve
from rich.console import Console
from rich.table import Table
from rich.text import Text

from itsmkit.cli._collections import no_collections
from itsmkit.cli._consoles import error_console, output_console, tame
from itsmkit.cli._drawing import as_file, draw, format_of
from itsmkit.cli._log_layout import rules_and_layout
from itsmkit.cli._outputs import check_outputs, print_written, write_outputs
from itsmkit.cli._progress import RunProgress
from itsmkit.cli._wording import count, hours, percent, plural
from itsmkit.cli._workflow_source import definition_of, input_files
from itsmkit.cli.errors import UsageError
from itsmkit.interchange import EventLog, EventLogFormat, read_event_log
from itsmkit.workflow import WorkflowDefinition, toml_text
from itsmkit.workflow.conformance import Conformance, Deviation, Discovery, conformance

__all__ = ["check_history"]

_MOST_DEVIATIONS = 20
_MOST_UNUSED = 10
_WIDE = 100


def check_history(
    log: Path,
    *,
    format_name: str | None,
    definition: str | None,
    draft: Path | None,
    json: Path | None,
    limit: int | None,
    diagram: Path | None = None,
    config: Path | None = None,
    complete: bool = False,
    min_share: float = 0.0,
) -> None:
    """
    Print how well the history in *log* agrees with a workflow, and write what was asked for.

    Args:
        log: A CSV file with one row for each change of a ticket; it may be compressed by gzip.
        format_name: The name of a built-in layout. Without a definition and a configuration, its workflow is
            the one that counts.
        definition: A workflow: see `definition_of`. States that it does not have are then deviations;
            otherwise, what becomes of them is said by the layout.
        draft: Where to write the workflow that the history shows, as TOML.
        json: Where to write the figures as JSON.
        limit: Read only so many rows.
        diagram: Where to draw that workflow, with how often each move was made: SVG, DOT or Mermaid, as the
            name of the file says.
        config: A TOML file with the rules of a desk, among them the layout of the log.
        complete: Whether every ticket should have come to an end.
        min_share: What is rarer than this share is left out of the draft and its picture.

    Raises:
        DefinitionError: If the options, the workflow or the log cannot be right; then nothing is written.
    """
    inputs = [log, *([] if config is None else [config]), *input_files(definition)]
    check_outputs({"--draft": draft, "--diagram": diagram, "--json": json}, inputs=inputs)
    if not 0 <= min_share <= 1:
        problem = f"--min-share must be between 0 and 1, not {min_share}"
        raise UsageError(problem)
    form = None if diagram is None else format_of(diagram, "--diagram")
    workflow, layout = _sources(config, format_name, definition)
    started = perf_counter()
    with no_collections(), RunProgress(error_console()) as progress:
        history = read_event_log(log, layout, limit=limit, progress=progress.reading)
        found = conformance(workflow, history.entries, complete=complete)
    seconds = perf_counter() - started
    texts: dict[Path, str] = {}
    if draft is not None:
        texts[draft] = _draft_text(found.draft(min_share=min_share))
    if diagram is not None and form is not None:
        shown = found.draft(min_share=min_share)
        texts[diagram] = as_file(draw(shown.definition, form, frequencies=shown.frequencies), form, diagram)
    if json is not None:
        texts[json] = dumps(_plain(found, history, seconds), ensure_ascii=False, indent=2) + "\n"
    write_outputs(texts)
    console = output_console()
    _print(console, found, history, source=log.name, seconds=seconds)
    print_written(console, texts)


def _sources(
    config: Path | None, format_name: str | None, definition: str | None
) -> tuple[WorkflowDefinition, EventLogFormat]:
    """Return the workflow, and the layout of the log."""
    rules, layout = rules_and_layout(config, format_name)
    if definition is None:
        return rules.kinds["incident"].workflow.definition, layout
    # A state that the definition has not got is a deviation, and no fault of the log.
    return definition_of(definition), evolve(layout, states=())


# -- what goes out -----------------------------------------------------------------------------------


def _draft_text(draft: Discovery) -> str:
    """Return the draft as TOML, with a heading that says what it was made of and what was guessed."""
    heading = "".join(f"# {tame(line)}".rstrip() + "\n" for line in draft.explain().split("\n"))
    return f"{heading}\n{toml_text(draft.definition)}"


def _plain(found: Conformance, history: EventLog, seconds: float) -> dict[str, object]:
    return {
        **found.to_plain(),
        "rows_read": history.rows_read,
        "findings": _findings(history),
        "elapsed_seconds": round(seconds, 3),
    }


def _findings(history: EventLog) -> dict[str, int]:
    found = Counter(str(finding.kind) for finding in history.findings)
    return dict(found.most_common())


def _print(console: Console, found: Conformance, history: EventLog, *, source: str, seconds: float) -> None:
    definition = found.definition
    console.print(Text(f"\n{tame(definition.name)} {tame(definition.version)}", style="bold"))
    sizes = {"ticket": found.tickets, "variant": len(found.variants), "move": found.moves}
    told = ", ".join(plural(number, what) for what, number in sizes.items())
    console.print(Text(f"{tame(source)} · {told}", style="dim"))
    for table in (
        _headline(found),
        _deviations(found.deviations, wide=console.width >= _WIDE),
        _states(found),
        _unused(found),
        _counted("Mended or dropped while reading", _findings(history)),
    ):
        if table.row_count:
            console.print()
            console.print(table)
    console.print(Text(f"\n{plural(history.rows_read, 'row')}, {seconds:.1f} s", style="dim"))


def _headline(found: Conformance) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim")
    table.add_column(justify="right", style="bold")
    for name, figure in (
        ("Fitness of the histories (alignments)", percent(found.fitness)),
        ("Tickets without a deviation", percent(found.trace_fitness)),
        ("Moves that are allowed", percent(found.move_fitness)),
        ("Precision of the workflow", percent(found.precision)),
        ("Declared moves that were made", percent(found.coverage)),
        ("Tickets last seen before an end", count(found.unfinished)),
    ):
        table.add_row(name, figure)
    return table


def _deviations(deviations: Iterable[Deviation], *, wide: bool) -> Table:
    """Return the deviations; the narrow form leaves out what can be looked up."""
    deviations = tuple(deviations)
    table = _table(
        ("Deviation", "Where", "Times", "Tickets", "Such as", "Remark")
        if wide
        else ("Deviation", "Where", "Times"),
        figures=("Times", "Tickets"),
    )
    for deviation in deviations[:_MOST_DEVIATIONS]:
        row = (
            deviation.kind.value,
            tame(deviation.concerns),
            count(deviation.count),
            count(deviation.tickets),
            tame(", ".join(deviation.examples[:1])),
            tame(deviation.remark),
        )
        table.add_row(*(row if wide else row[:3]))
    others = deviations[_MOST_DEVIATIONS:]
    if others:
        rest = (
            Text(f"{count(len(others))} others", style="dim"),
            "",
            count(sum(each.count for each in others)),
        )
        table.add_row(*rest)
    return table


def _states(found: Conformance) -> Table:
    table = _table(("State", "Entered", "Median stay", "90%"), figures=("Entered", "Median stay", "90%"))
    for state, visits in found.log.visits.items():
        stay = found.stays.get(state)
        median, p90 = (None, None) if stay is None else (stay.median, stay.p90)
        table.add_row(tame(state), count(visits), hours(median), hours(p90))
    return table


def _unused(found: Conformance) -> Table:
    table = _table(("Declared and never seen",))
    names = [*found.unused_states, *(f"{source} → {target}" for source, target in found.unused_moves)]
    for name in names[:_MOST_UNUSED]:
        table.add_row(tame(name))
    if len(names) > _MOST_UNUSED:
        table.add_row(Text(f"{count(len(names) - _MOST_UNUSED)} others", style="dim"))
    return table


def _counted(heading: str, counts: Mapping[str, int]) -> Table:
    table = _table((heading, ""), figures=("",))
    for name, number in counts.items():
        table.add_row(tame(name), count(number))
    return table


def _table(headings: Iterable[str], *, figures: Iterable[str] = ()) -> Table:
    """Return a table without lines, whose columns of *figures* stand to the right."""
    figures = tuple(figures)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in headings:
        table.add_column(heading, justify="right" if heading in figures else "left", overflow="fold")
    return table
