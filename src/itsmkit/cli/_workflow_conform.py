"""``itsmkit workflow conform``: a workflow held against the event log of a desk."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from json import dumps
from pathlib import Path
from time import perf_counter

from attrs import evolve
from rich.console import Console
from rich.table import Table
from rich.text import Text

from itsmkit import packs
from itsmkit._documents import load_toml
from itsmkit.cli._collections import no_collections
from itsmkit.cli._consoles import error_console, output_console, tame
from itsmkit.cli._outputs import check_outputs, print_written, write_outputs
from itsmkit.cli._progress import RunProgress
from itsmkit.cli._wording import count, hours, percent
from itsmkit.cli.errors import UsageError
from itsmkit.desk import DeskConfig
from itsmkit.errors import DefinitionError
from itsmkit.interchange import EventLog, EventLogFormat, read_event_log
from itsmkit.workflow import WorkflowDefinition, definition_from
from itsmkit.workflow.conformance import Conformance, Deviation, Discovery, conformance
from itsmkit.workflow.diagrams import dot_text, mermaid_text, svg_text

__all__ = ["check_history"]

_MOST_DEVIATIONS = 20
_MOST_UNUSED = 10
_WIDE = 100


def check_history(
    log: Path,
    *,
    format_name: str | None,
    definition: Path | None,
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
        definition: A TOML file with a workflow, by itself or in a table ``[workflow]``. States that it does
            not have are then deviations; otherwise, what becomes of them is said by the layout.
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
    inputs = [path for path in (log, config, definition) if path is not None]
    check_outputs({"--draft": draft, "--diagram": diagram, "--json": json}, inputs=inputs)
    draw = None if diagram is None else _drawing(diagram)
    workflow, layout = _sources(format_name, config, definition)
    started = perf_counter()
    with no_collections(), RunProgress(error_console()) as progress:
        history = read_event_log(log, layout, limit=limit, progress=progress.reading)
        found = conformance(workflow, history.entries, complete=complete)
    seconds = perf_counter() - started
    texts: dict[Path, str] = {}
    if draft is not None:
        texts[draft] = _draft_text(found.draft(min_share=min_share))
    if diagram is not None and draw is not None:
        texts[diagram] = draw(found.draft(min_share=min_share))
    if json is not None:
        texts[json] = dumps(_plain(found, history, seconds), ensure_ascii=False, indent=2) + "\n"
    write_outputs(texts)
    console = output_console()
    _print(console, found, history, source=log.name, seconds=seconds)
    print_written(console, texts)


# -- what comes in -----------------------------------------------------------------------------------


def _sources(
    format_name: str | None, config: Path | None, definition: Path | None
) -> tuple[WorkflowDefinition, EventLogFormat]:
    """Return the workflow, and the layout of the log."""
    pack = None if format_name is None else packs.load(format_name)
    desk = pack if config is None else DeskConfig.load(config)
    if desk is None:
        problem = (
            "the layout of the log is unknown; name a built-in one with --format "
            f"({', '.join(packs.names())}), or describe it in the table [log] of a --config file"
        )
        raise UsageError(problem)
    layout = desk.log if pack is None else pack.log
    if layout is None:
        problem = (
            f"{config or format_name} describes no layout of a log; add a table [log], or name a --format"
        )
        raise UsageError(problem)
    if definition is None:
        return desk.incidents.workflow.definition, layout
    return _definition_in(definition), evolve(layout, states=())


def _definition_in(path: Path) -> WorkflowDefinition:
    document = load_toml(path)
    inside = "workflow" in document
    try:
        return definition_from(
            document["workflow"] if inside else document, where="workflow" if inside else ""
        )
    except DefinitionError as error:
        raise DefinitionError(*(f"{path}: {problem}" for problem in error.problems)) from error


# -- what goes out -----------------------------------------------------------------------------------


def _draft_text(draft: Discovery) -> str:
    """Return the draft as TOML, with a heading that says what it was made of and what was guessed."""
    heading = "".join(f"# {tame(line)}".rstrip() + "\n" for line in draft.explain().split("\n"))
    return f"{heading}\n{_definition_text(draft.definition)}"


def _definition_text(definition: WorkflowDefinition) -> str:
    """Return a definition without guards, timers, composite states and rules as TOML."""
    lines = [
        *(f"{key} = {_quoted(getattr(definition, key))}" for key in ("name", "version", "initial")),
        "\n[states]",
        *(f"{_quoted(state.name)} = {_quoted(state.category)}" for state in definition.states),
    ]
    for transition in definition.transitions:
        lines += [
            "\n[[transitions]]",
            f"trigger = {_quoted(transition.trigger)}",
            f"from = [{', '.join(map(_quoted, transition.sources))}]",
            f"to = {_quoted(transition.target)}",
        ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Return *text* as a basic string of TOML, which JSON spells alike but for one control character."""
    return dumps(str(text), ensure_ascii=False).replace("\x7f", "\\u007f")


_DRAW: Mapping[str, Callable[..., str]] = {
    ".svg": svg_text,
    ".dot": dot_text,
    ".gv": dot_text,
    ".mmd": mermaid_text,
    ".mermaid": mermaid_text,
    ".md": mermaid_text,
}
"""What draws, by the suffix of the file's name."""


def _drawing(path: Path) -> Callable[[Discovery], str]:
    """
    Return what draws a draft for a file of this name, with counts.

    Raises:
        UsageError: If the name tells no format; the function itself, if what it needs is not installed.
    """
    suffix = path.suffix.lower()
    if suffix not in _DRAW:
        problem = f"--diagram {path}: its name does not tell the format; end it in {', '.join(_DRAW)}"
        raise UsageError(problem)

    def draw(draft: Discovery) -> str:
        try:
            text = _DRAW[suffix](draft.definition, frequencies=draft.frequencies)
        except ModuleNotFoundError as error:
            raise UsageError(str(error)) from error
        return f"```mermaid\n{text}```\n" if suffix == ".md" else text

    return draw


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
    told = ", ".join(_several(number, what) for what, number in sizes.items())
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
    console.print(Text(f"\n{_several(history.rows_read, 'row')}, {seconds:.1f} s", style="dim"))


def _several(number: int, what: str) -> str:
    return f"{count(number)} {what if number == 1 else f'{what}s'}"


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
