"""Read another system's event log: every row becomes an entry, or a finding says why not."""

from collections.abc import Iterable
from contextlib import closing
from itertools import chain, islice
from operator import attrgetter, itemgetter
from os import PathLike, fspath
from zoneinfo import ZoneInfo

from itsmkit.errors import DefinitionError
from itsmkit.interchange._csv_rows import ReadingProgress, csv_rows
from itsmkit.interchange._instants import Instants
from itsmkit.interchange._ticket_replay import TEXT_FIELDS, Row, TicketReplay
from itsmkit.interchange.errors import EventLogError
from itsmkit.interchange.event_log import EventLog, LogEntry
from itsmkit.interchange.event_log_format import EventLogFormat
from itsmkit.interchange.finding import Finding, FindingKind

__all__ = ["read_event_log"]

_ROW_FIELDS = ("ticket", "order", "at", "opened_at", "state")
_FACTS = len(_ROW_FIELDS) + len(TEXT_FIELDS)
_DELIMITERS = ",;\t|"


def read_event_log(
    path: str | PathLike[str],
    log_format: EventLogFormat,
    *,
    limit: int | None = None,
    strict: bool = False,
    progress: ReadingProgress | None = None,
) -> EventLog:
    """
    Return the entries of an event log in the order to replay them, and what is wrong with its rows.

    The rows of a ticket need not lie together, nor in order. What is wrong with a row never stops the
    reading, and no row vanishes silently: `FindingKind` states the rule for each case. What is wrong with
    the file does stop it, and then nothing is returned.

    Args:
        path: A CSV file, or one compressed by gzip, which is told by its content.
        log_format: The layout of the file.
        limit: Read no more than this many rows of data, from the top; what lies below is not looked at.
            A history that goes on below ends early, for a limit counts rows and not tickets.
        strict: Whether the first finding is an error.
        progress: Called with the bytes of the file read so far and the bytes of the file, every few
            thousand lines and at its end.

    Raises:
        EventLogError: If the file is missing, damaged, or not laid out like *log_format*; in a strict
            reading, if there is a finding.
        DefinitionError: If *limit* is less than 1.
    """
    if limit is not None and limit < 1:
        problem = f"limit must be at least 1, or None for the whole file, not {limit}"
        raise DefinitionError(problem)
    name = fspath(path)
    findings: list[Finding] = []
    rows = csv_rows(path, delimiter=log_format.delimiter, encoding=log_format.encoding, progress=progress)
    with closing(rows):
        line, header = next(rows, (None, []))
        if not header:
            raise EventLogError(name, line, "is empty; export it again, with a header")
        places = _places(name, line, header, log_format)
        rows_read, tickets = _intake(islice(rows, limit), len(header), places, log_format, findings)
    replay = TicketReplay(log_format, findings)
    entries = _in_replay_order(replay.entries(tickets.pop(ticket)) for ticket in tuple(tickets))
    findings.sort(key=attrgetter("line"))
    if strict and findings:
        first = findings[0]
        raise EventLogError(name, first.line, f"{first.kind}: {first.message}")
    return EventLog(entries, rows_read, tuple(findings))


def _places(name: str, line: int | None, header: list[str], log_format: EventLogFormat) -> list[int]:
    """Return where each of the fields and facts stands in a row; past its end for a field without column."""
    split_at = max(_DELIMITERS, key=header[0].count)
    if len(header) == 1 and split_at in header[0]:
        problem = (
            f"is one column when split at {log_format.delimiter!r}; it seems to be split at {split_at!r}: "
            "set delimiter"
        )
        raise EventLogError(name, line, problem)
    column_of = log_format.column_of()
    problems = [
        f"has no column {column!r} for {field}{_closest(column, header)}"
        for field, column in column_of.items()
        if column not in header
    ]
    problems += [
        f"has {header.count(column)} columns {column!r}, and {field} can be read from one only"
        for field, column in column_of.items()
        if header.count(column) > 1
    ]
    if problems:
        raise EventLogError(name, line, f"{'; '.join(problems)}; mend the columns of the format, or the file")
    return [
        header.index(column_of[field]) if field in column_of else len(header)
        for field in (*_ROW_FIELDS, *TEXT_FIELDS, *log_format.facts)
    ]


def _closest(column: str, header: list[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415  only a fault needs it

    close = get_close_matches(column, header, n=1)
    return f" (is it {close[0]!r}?)" if close else ""


def _intake(
    rows: Iterable[tuple[int, list[str]]],
    width: int,
    places: list[int],
    log_format: EventLogFormat,
    findings: list[Finding],
) -> tuple[int, dict[str, list[Row]]]:
    """Return how many rows there are, and those to replay: each ticket's in file order."""

    def drop(kind: FindingKind, ticket: str | None, message: str) -> None:
        findings.append(Finding(kind, line, ticket, f"{message}; the row is dropped"))

    pick = itemgetter(*places)
    value_of = _Values(log_format.missing).__getitem__
    instants = Instants(log_format.time_format, ZoneInfo(log_format.time_zone))
    nothing = log_format.missing[0]
    seen: dict[int, Row] = {}
    tickets: dict[str, list[Row]] = {}
    rows_read = 0
    for line, cells in rows:
        rows_read += 1
        if len(cells) != width:
            drop(FindingKind.WRONG_FIELD_COUNT, None, f"{len(cells)} fields under a header of {width}")
            continue
        # No cell holds a NUL, so that no other row joins to this text. Of each, only a hash is kept.
        content = hash("\0".join(cells))
        cells.append(nothing)
        values = tuple(map(value_of, pick(cells)))
        ticket, order, at_text, opened_text, state = values[:5]
        if not ticket:
            drop(FindingKind.MISSING_TICKET, None, "no ticket is named")
            continue
        at = instants[at_text]
        if at is None:
            message = f"time {at_text!r} is not spelled {log_format.time_format!r}"
            drop(FindingKind.BAD_DATE, ticket, message)
            continue
        opened_at = instants[opened_text]
        row = Row(line, ticket, order, at, opened_at, state, values[5:_FACTS], values[_FACTS:])
        # What is read alike, and has one hash with all that is not read, is the same.
        above = seen.setdefault(content, row)
        if above is not row and above[1:] == row[1:]:
            drop(FindingKind.DUPLICATE_ROW, ticket, "the same row stands further up")
            continue
        if opened_text and not opened_at:
            message = (
                f"opening time {opened_text!r} is not spelled {log_format.time_format!r}; it is inferred"
            )
            findings.append(Finding(FindingKind.BAD_OPENED_AT, line, ticket, message))
        tickets.setdefault(ticket, []).append(row)
    return rows_read, tickets


def _in_replay_order(tickets: Iterable[list[LogEntry]]) -> tuple[LogEntry, ...]:
    # Sorting is stable: at one instant the ticket that began first goes first, or else the one that stands
    # first in the file; and a ticket's own instants never fall.
    begun = sorted(filter(None, tickets), key=lambda entries: entries[0].effective_at)
    return tuple(sorted(chain.from_iterable(begun), key=attrgetter("effective_at")))


class _Values(dict[str, str | None]):
    """Cells as values: ``None`` for a missing one, and one object for all cells that hold the same text."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__(dict.fromkeys(missing))

    def __missing__(self, text: str) -> str:
        self[text] = text
        return text
