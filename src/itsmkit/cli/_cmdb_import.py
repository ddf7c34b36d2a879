"""``itsmkit cmdb import``: take inventories into a configuration, beside what other sources say of it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from itsmkit.cli._cmdb_known import Known
from itsmkit.cli._cmdb_output import print_json
from itsmkit.cli._cmdb_source import instant_from
from itsmkit.cli._consoles import output_console, printable, tame
from itsmkit.cli._outputs import check_outputs, print_written, write_outputs
from itsmkit.cli._progress import RunProgress
from itsmkit.cli._wording import count, plural
from itsmkit.cli.errors import UsageError
from itsmkit.cmdb import SourceRecord
from itsmkit.cmdb.reconciliation import load_reconciliation_rules
from itsmkit.desk import OWN_SOURCE, Reconciled
from itsmkit.interchange.inventory import (
    INVENTORY_FORMATS,
    ImportReport,
    ImportSeverity,
    InventoryFormat,
    InventoryImport,
    sniff,
)
from itsmkit.interchange.inventory.column_map_file import load_column_map

__all__ = ["import_inventories"]

_MOST_TOLD = 20


def import_inventories(
    files: Sequence[Path],
    *,
    into: Path,
    staging: Path | None,
    format_name: str | None,
    source: str | None,
    column_map: Path | None,
    rules: Path | None,
    full: bool,
    seen_at: str | None,
    strict: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """
    Read inventories, reconcile them with all that is known, and write what follows.

    Args:
        files: The inventories.
        into: The configuration; begun with the standard class model if it is not there.
        staging: Where what the sources say is kept; by default, beside the configuration.
        format_name: The format of the files; left out, it is told by their content.
        source: The name of the source; left out, that of the format.
        column_map: The column map of rows, perhaps with the name of one map after ``#``.
        rules: The rules of reconciliation.
        full: Whether these are all records that the sources have. Where one is left out, it is no full load
            all the same.
        seen_at: When the sources saw what they tell, as it was typed; now, if left out.
        strict: Whether a record that cannot be taken undoes the whole import.
        dry_run: Whether nothing is written.
        as_json: Print JSON in place of text.

    Returns:
        0 if all records were taken; 1 if some were left out, and the others taken.

    Raises:
        DefinitionError: If a file cannot be read, or a record cannot be taken and *strict*.
        UsageError: If an option is wrong, or nothing can be written.
    """
    kept = staging or into.with_name(f"{into.stem}.staging.jsonl")
    if not files:
        problem = (
            "name one inventory or more, such as: itsmkit cmdb import netbox.json --into configuration.toml"
        )
        raise UsageError(problem)
    if source == OWN_SOURCE:
        problem = f"--source {source} stands for what people write themselves; give the source another name"
        raise UsageError(problem)
    given = [] if column_map is None else [Path(str(column_map).partition("#")[0])]
    given += [] if rules is None else [rules]
    check_outputs({"--into": into, "--staging": kept}, inputs=[*files, *given])
    now = datetime.now(UTC)
    at = now if seen_at is None else instant_from(seen_at, "--seen-at")
    known = Known.load(into, kept, None if rules is None else load_reconciliation_rules(rules), now)
    records: list[SourceRecord] = []
    reports: list[ImportReport] = []
    began: dict[str, datetime] = {}
    for path in files:
        with RunProgress(Console(stderr=True), f"Reading {tame(path.name)}", share=1) as bar:
            reading = _reading(
                path,
                _format(path, format_name, column_map),
                column_map,
                seen_at=at,
                on_error="raise" if strict else "collect",
                progress=lambda done, bar=bar: bar.reading(done.done, done.total),
                **({} if source is None else {"name": source}),
            )
            taken = list(reading)
        records += taken
        reports.append(reading.report)
        earliest = min((each.seen_at for each in taken), default=at)
        name = reading.report.source
        began[name] = min(earliest, began.get(name, earliest))
    # What was left out may still be there: without it, nothing can be said of what is missing.
    partial = {report.source for report in reports if report.left_out}
    loads = {name: at for name, at in began.items() if full and name not in partial}
    reason = f"import of {', '.join(printable(path.name) for path in files)}"
    result = known.desk.discovery.receive(records, full_loads=loads, reason=reason)
    idle = known.idle_states(result)
    written = {} if dry_run else known.texts(result, into, kept)
    write_outputs(written)
    if as_json:
        print_json(_plain(result, reports, idle, dry_run=dry_run))
    else:
        _print(output_console(), result, reports, idle, partial=sorted(partial) if full else ())
        print_written(output_console(), written)
    return 1 if any(each.left_out for each in reports) else 0


def _reading(path: Path, found: InventoryFormat, column_map: Path | None, **options: Any) -> InventoryImport:
    """Return the reading of one inventory."""
    if not found.needs_map:
        return found.reader(path, **options)
    if column_map is None:
        problem = (
            f"{path.name}: rows of {found.name} need a column map that says what their columns mean: "
            "--map columns.toml"
        )
        raise UsageError(problem)
    file, _, name = str(column_map).partition("#")
    return found.reader(path, load_column_map(file, name or None), **options)


def _format(path: Path, name: str | None, column_map: Path | None) -> InventoryFormat:
    if name is not None:
        return INVENTORY_FORMATS[name]
    found = sniff(path)
    if column_map is not None and not found.needs_map:
        # Who gives a map means rows, whatever they look like.
        return INVENTORY_FORMATS["csv" if path.suffix.lower() in {".csv", ".tsv", ".txt"} else "json"]
    return found


def _print(
    console: Console,
    result: Reconciled,
    reports: Sequence[ImportReport],
    idle: Sequence[str],
    *,
    partial: Sequence[str],
) -> None:
    for report in reports:
        left_out = f", {count(report.left_out)} left out" if report.left_out else ""
        console.print(
            Text(
                f"{_one_line(report.file)} as {report.format}: {plural(report.records, 'record')}{left_out}"
            ),
            soft_wrap=True,
        )
        told = [each for each in report.findings if each.severity is not ImportSeverity.FIELD]
        fields = len(report.of(ImportSeverity.FIELD))
        for each in told[:_MOST_TOLD]:
            console.print(Text(f"  {_one_line(str(each))}"), soft_wrap=True)
        if len(told) > _MOST_TOLD:
            console.print(
                Text(f"  and {count(len(told) - _MOST_TOLD)} more; --json lists all"), soft_wrap=True
            )
        if fields:
            console.print(Text(f"  nothing is made of {plural(fields, 'field')}; --json lists them"))
    for name in partial:
        text = f"{tame(name)}: no full load, as some records are left out: nothing of it becomes stale"
        console.print(Text(text), soft_wrap=True)
    for line in (*tame(result.explain()).splitlines(), *map(tame, idle)):
        console.print(Text(line), soft_wrap=True)


def _one_line(text: str) -> str:
    """Return text that is fit for a terminal, and stays on its line."""
    return " ".join(tame(text).splitlines())


def _plain(
    result: Reconciled, reports: Sequence[ImportReport], idle: Sequence[str], *, dry_run: bool
) -> dict[str, object]:
    found = result.reconciliation
    return {
        "dry_run": dry_run,
        "files": [
            {
                "file": report.file,
                "format": report.format,
                "source": report.source,
                "records": report.records,
                "left_out": report.left_out,
                "findings": [
                    {
                        "severity": str(each.severity),
                        "position": each.position,
                        "record": each.record,
                        "field": each.field,
                        "problem": each.problem,
                        "way_out": each.way_out,
                        "count": each.count,
                    }
                    for each in report.findings
                ],
            }
            for report in reports
        ],
        "changes": result.difference.explain().splitlines(),
        "dropped": list(idle),
        "items": len(found.items),
        "relations": len(found.relations),
        "parked": [{"source": source, "key": key} for source, key in found.parked],
        "duplicates": dict(found.duplicates),
        "retired": list(found.retired),
        "set_aside": [{"source": source, "key": key} for source, key in result.set_aside],
        "findings": list(map(str, found.findings)),
    }
