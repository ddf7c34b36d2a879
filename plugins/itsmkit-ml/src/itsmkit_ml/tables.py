"""Examples from CSV files, and from the history of a desk."""

import csv
import gzip
from collections.abc import Iterator
from datetime import datetime
from io import TextIOWrapper
from os import PathLike
from pathlib import Path
from typing import IO

from itsmkit.desk import Desk
from itsmkit.errors import DefinitionError
from itsmkit.practices.classification import Example, example_of, text_of

__all__ = ["examples_from_csv", "examples_from_desk", "texts_from_csv", "texts_from_desk"]

_MOST_LETTERS = 10_000_000


def examples_from_csv(path: str | PathLike[str], text: str, label: str) -> tuple[Example, ...]:
    """
    Return the examples of a CSV file in UTF-8, plain or packed by gzip. Rows without a label are left out.

    Args:
        path: The file, with a header.
        text: The column of the words.
        label: The column of what they were classified as.

    Raises:
        DefinitionError: If the file cannot be read, or lacks a column.
    """
    found = [(row[text] or "", (row[label] or "").strip()) for row in _rows(path, text, label)]
    return tuple(Example(words, told) for words, told in found if told)


def texts_from_csv(path: str | PathLike[str], text: str) -> tuple[str, ...]:
    """Return the texts of a CSV file: as `examples_from_csv`."""
    return tuple(row[text] or "" for row in _rows(path, text))


def examples_from_desk(desk: Desk, field: str) -> tuple[Example, ...]:
    """
    Return what can be learned from the tickets of a desk that are done: see `example_of`.

    Args:
        desk: The desk, as who may see what is to be learned from: `Desk.privileged`, as a rule.
        field: Which field the labels are of: one of `FIELDS`.
    """
    found = []
    for ticket in desk.tickets:
        if not ticket.is_open:
            levels = desk.config.kind_of(ticket).priorities
            least = {"impact": levels.impacts[-1], "urgency": levels.urgencies[-1]}
            found.append(example_of(desk.tickets.history(ticket.id), field, least))
    return tuple(each for each in found if each is not None)


def texts_from_desk(desk: Desk) -> tuple[tuple[datetime, str], ...]:
    """Return the words of all tickets that a desk shows, as they read now, with when each was opened."""
    return tuple((each.opened_at, text_of(each)) for each in desk.tickets)


def _rows(path: str | PathLike[str], *columns: str) -> Iterator[dict[str, str]]:
    where = Path(path)
    csv.field_size_limit(_MOST_LETTERS)
    try:
        with _opened(where) as lines:
            reader = csv.DictReader(lines)
            there = reader.fieldnames or ()
            lacking = [name for name in columns if name not in there]
            if lacking:
                known = ", ".join(there) or "none"
                problem = f"{where}: there is no column {', '.join(lacking)}; there are {known}"
                raise DefinitionError(problem)
            yield from reader
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        problem = f"{where}: it cannot be read: {error}"
        raise DefinitionError(problem) from None


def _opened(where: Path) -> IO[str]:
    if where.suffix == ".gz":
        return TextIOWrapper(gzip.open(where), encoding="utf-8", newline="")
    return where.open(encoding="utf-8", newline="")
