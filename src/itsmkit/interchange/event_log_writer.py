"""Write entries as another system's event log would have them."""

import csv
import gzip
from collections.abc import Iterable, Iterator
from datetime import datetime
from io import TextIOWrapper
from os import PathLike, fspath
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo

from itsmkit.interchange._csv_rows import LONGEST_LINE
from itsmkit.interchange._instants import instant_writer
from itsmkit.interchange.errors import EventLogError
from itsmkit.interchange.event_log import LogEntry
from itsmkit.interchange.event_log_format import EventLogFormat

__all__ = ["write_event_log"]


def write_event_log(
    path: str | PathLike[str], entries: Iterable[LogEntry], log_format: EventLogFormat
) -> None:
    """
    Write *entries* to a file that `read_event_log` reads back, with the same format, as the same entries.

    That holds for entries in the order of replay whose fields and facts all have a column, and for instants
    as precise as the time format is: what it does not spell, such as seconds, is cut off. The file is the
    same, byte for byte, whenever it is written. It is made for programs: texts that a spreadsheet would take
    for formulas are written as they are.

    Args:
        path: Where to write; replaced in one step if it is there. A name that ends in ``.gz`` is compressed.
        entries: In the order to write them.
        log_format: The layout of the file. A field without a column is not written.

    Raises:
        EventLogError: If a text cannot be read back: it means "missing" in *log_format*, cannot be encoded,
            holds a NUL, or is too long for a cell; or if the file cannot be written. What was there before is
            still there then.
    """
    target = Path(path)
    part = target.with_name(f"{target.name}.part")
    try:
        raw = part.open("wb")
        try:
            with raw:
                rows = _rows(fspath(path), entries, log_format)
                _write(raw, rows, log_format, compressed=target.name.lower().endswith(".gz"))
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        problem = f"cannot be written ({error.strerror}); give a path in a folder that can"
        raise EventLogError(fspath(path), None, problem) from error
    except UnicodeEncodeError as error:
        problem = (
            f"cannot be written in {log_format.encoding} ({error}); choose an encoding that has the character"
        )
        raise EventLogError(fspath(path), None, problem) from error


def _write(
    raw: IO[bytes], rows: Iterable[list[str]], log_format: EventLogFormat, *, compressed: bool
) -> None:
    # Neither name nor time of writing inside, so that equal logs are equal files.
    file = gzip.GzipFile("", "wb", 6, raw, mtime=0) if compressed else raw
    with TextIOWrapper(file, encoding=log_format.encoding, newline="") as text:
        # Both characters end a line, so that a field that holds either is put in quotes.
        writer = csv.writer(text, delimiter=log_format.delimiter, lineterminator="\r\n")
        writer.writerow(log_format.column_of().values())
        writer.writerows(rows)


def _rows(name: str, entries: Iterable[LogEntry], log_format: EventLogFormat) -> Iterator[list[str]]:
    spell = instant_writer(log_format.time_format, ZoneInfo(log_format.time_zone))
    missing = frozenset(log_format.missing)
    longest_cell = min(csv.field_size_limit(), LONGEST_LINE // (2 * len(log_format.column_of()) + 2))
    fields = [field for field in log_format.column_of() if field not in log_format.facts]
    for number, entry in enumerate(entries, start=1):
        values = {field: getattr(entry, field) for field in fields}
        values |= {fact: entry.facts.get(fact) for fact in log_format.facts}
        cells = []
        for field, value in values.items():
            if value is None:
                cells.append(log_format.missing[0])
                continue
            text = spell(value) if isinstance(value, datetime) else str(value)
            if text in missing or "\0" in text or len(text) > longest_cell:
                shown = text if len(text) <= 40 else f"{text[:37]}..."
                problem = (
                    f"{field} {shown!r} of entry {number}, {entry.ticket}, could not be read back; change it"
                )
                raise EventLogError(name, None, problem)
            cells.append(text)
        yield cells
