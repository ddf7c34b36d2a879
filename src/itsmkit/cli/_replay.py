"""``itsmkit replay``: the event log of another desk, relived."""

from json import dumps
from pathlib import Path
from time import perf_counter

from itsmkit.cli._collections import no_collections
from itsmkit.cli._consoles import error_console, output_console
from itsmkit.cli._log_layout import rules_and_layout
from itsmkit.cli._outputs import check_outputs, print_written, write_outputs
from itsmkit.cli._progress import RunProgress
from itsmkit.cli._relive import relive_log
from itsmkit.cli._tables import print_result
from itsmkit.cli.report import report_page
from itsmkit.interchange import read_event_log

__all__ = ["replay_log"]


def replay_log(
    log: Path,
    *,
    config: Path | None,
    format_name: str | None,
    report: Path | None,
    json: Path | None,
    limit: int | None,
    strict: bool,
    store: str | None,
) -> None:
    """
    Relive *log*, print what happened, and write what was asked for. Nothing is written if the run fails.

    Raises:
        DefinitionError: If the options, the configuration or the log cannot be right.
    """
    inputs = [path for path in (log, config) if path is not None]
    check_outputs({"--report": report, "--json": json}, inputs=inputs)
    rules, log_format = rules_and_layout(config, format_name)
    started = perf_counter()
    with no_collections(), RunProgress(error_console()) as progress:
        entries = read_event_log(log, log_format, limit=limit, strict=strict, progress=progress.reading)
        result = relive_log(entries, rules, source=log.name, progress=progress, started=started, store=store)
    texts = {}
    if report is not None:
        texts[report] = report_page(result)
    if json is not None:
        texts[json] = dumps(result.to_plain(), ensure_ascii=False, indent=2) + "\n"
    write_outputs(texts)
    console = output_console()
    print_result(console, result)
    print_written(console, texts)
