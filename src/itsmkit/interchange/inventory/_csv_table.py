"""The rows of a CSV file by the names of their columns."""

import csv
import re
from collections.abc import Iterator

from attrs import frozen

from itsmkit.interchange.inventory._source_file import SourceFile
from itsmkit.interchange.inventory._text_lines import text_lines
from itsmkit.interchange.inventory.errors import InventoryFileError
from itsmkit.interchange.inventory.limits import ImportLimits

__all__ = ["CsvRow", "CsvTable"]

_DELIMITERS = ",;\t|"
_QUOTED = re.compile(r'"[^"]*"')
_DECLARED = re.compile(r"sep=(.)\s*", re.ASCII)  # a first line of its own that Excel writes and reads


@frozen
class CsvRow:
    """
    One row.

    Args:
        line: The line where it begins, from 1.
        cells: Its cells by column; empty if there is a problem.
        problem: Why it cannot be taken; empty if it can.
    """

    line: int
    cells: dict[str, str]
    problem: str = ""


class CsvTable:
    """
    A CSV file with a header.

    Args:
        file: The file.
        limits: What is too much.
        delimiter: What parts the cells; ``None`` to see by the header.
        encoding: What it is in, if it has no byte-order mark.

    Raises:
        InventoryFileError: If there is no header, or a column of it has no name of its own.
    """

    def __init__(
        self,
        file: SourceFile,
        limits: ImportLimits,
        delimiter: str | None = None,
        encoding: str | None = None,
    ) -> None:
        self._name = file.name
        self._lines = text_lines(file, limits, encoding)
        self._line = 0
        first = self._first_line()
        declared = _DECLARED.fullmatch(first)
        if declared:
            delimiter = delimiter or declared[1]
            first = self._first_line()
        if "\0" in first:
            problem = "has NUL characters; check that this is a CSV file, and give the encoding that it is in"
            raise self._error(problem)
        rest = _QUOTED.sub("", first)
        used = delimiter or max(_DELIMITERS, key=rest.count)
        self._reader = csv.reader(self._with(first), delimiter=used, strict=True)
        self._offset = max(self._line, 1) - 1
        header = [cell.strip() for cell in self._next() or ()]
        if not any(header):
            raise self._error("is empty; export it again, with a header")
        while header and not header[-1]:  # a delimiter at the end of each line
            header.pop()
        self.header = tuple(header)

    @property
    def repeated(self) -> tuple[str, ...]:
        """The names that several columns have."""
        return tuple(each for each in dict.fromkeys(self.header) if self.header.count(each) > 1)

    def rows(self) -> Iterator[CsvRow]:
        """
        Yield the rows below the header; blank lines are skipped.

        A row with fewer cells than the header, or with more that are not empty, comes as one with a problem:
        nobody knows which is which.

        Raises:
            InventoryFileError: Where the text stops being CSV.
        """
        width = len(self.header)
        while (row := self._next()) is not None:
            if len(row) == width:
                yield CsvRow(self._line, dict(zip(self.header, row, strict=True)))
            elif len(row) > width and not any(cell.strip() for cell in row[width:]):
                yield CsvRow(self._line, dict(zip(self.header, row, strict=False)))
            elif row:
                yield CsvRow(self._line, {}, f"it has {len(row)} cells under a header of {width}")

    def _first_line(self) -> str:
        """Return the next line that is not blank; an empty text if there is none."""
        for line in self._lines:
            self._line += 1
            if line.strip("\r\n "):
                return line
        return ""

    def _with(self, first: str) -> Iterator[str]:
        if first:
            yield first
        yield from self._lines

    def _next(self) -> list[str] | None:
        self._line = self._reader.line_num + self._offset + 1
        try:
            return next(self._reader, None)
        except csv.Error as error:
            problem = (
                f"the row that begins here cannot be split into cells ({error}); close each quote, and "
                "double the quotes inside a cell"
            )
            raise self._error(problem) from error

    def _error(self, problem: str) -> InventoryFileError:
        return InventoryFileError(self._name, f"line {self._line}", problem)
