"""The rows of a CSV file that somebody else wrote: plain or gzip, of any size, broken in any way."""

import codecs
import csv
import gzip
import zlib
from collections.abc import Generator
from contextlib import closing
from io import BufferedReader, TextIOWrapper
from os import PathLike, fspath, fstat
from pathlib import Path
from typing import Protocol

from itsmkit.interchange.errors import EventLogError

__all__ = ["LONGEST_LINE", "ReadingProgress", "csv_rows"]

_GZIP = b"\x1f\x8b"
LONGEST_LINE = 1 << 20
"""In characters. A file of another kind often has no line ends at all."""
_LINES_PER_CALL = 4096


class ReadingProgress(Protocol):
    """Hears how far the reading of a file is. What it raises stops the reading."""

    def __call__(self, done: int, total: int, /) -> object:
        """Take the bytes read so far and the bytes of the file: every few thousand lines, and at the end."""


def csv_rows(
    path: str | PathLike[str], *, delimiter: str, encoding: str, progress: ReadingProgress | None = None
) -> Generator[tuple[int, list[str]], None, None]:
    """
    Yield each row and the line where it begins, from 1. Blank lines are skipped.

    The file is read as rows are asked for, so that memory is bounded by the longest row. Closing the
    iterator closes the file.

    Raises:
        EventLogError: At the first thing that shows that the file is damaged.
    """
    name = fspath(path)
    try:
        raw = Path(path).open("rb")  # noqa: SIM115  closed below
    except OSError as error:
        problem = f"cannot be opened ({error.strerror}); give the path of a file that can be read"
        raise EventLogError(name, None, problem) from error
    with raw, closing(_lines(name, raw, encoding, progress)) as lines:
        # Strict: a quote that is never closed is an error, and no field that swallows the rest of the file.
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        line = 1
        try:
            for row in reader:
                if row:
                    yield line, row
                line = reader.line_num + 1
        except csv.Error as error:
            problem = (
                f"the row that begins here cannot be split into fields ({error}); close each quote, and "
                "double the quotes inside a field"
            )
            raise EventLogError(name, line, problem) from error


def _lines(
    name: str, raw: BufferedReader, encoding: str, progress: ReadingProgress | None
) -> Generator[str, None, None]:
    size = fstat(raw.fileno()).st_size
    read = 0
    with _text(name, raw, encoding) as text:
        while True:
            try:
                line = text.readline(LONGEST_LINE + 1)
            except UnicodeError as error:
                above = (
                    error.object.count(b"\n", 0, error.start) if isinstance(error, UnicodeDecodeError) else 0
                )
                problem = f"is not text in {encoding} ({error}); give the encoding that it is in"
                raise EventLogError(name, read + above + 1, problem) from error
            except EOFError as error:
                problem = f"is a gzip file that was cut off after line {read}; fetch it again"
                raise EventLogError(name, None, problem) from error
            except (OSError, zlib.error) as error:
                problem = f"cannot be read beyond line {read} ({error}); fetch it again"
                raise EventLogError(name, None, problem) from error
            if progress and (not line or not read % _LINES_PER_CALL):
                progress(raw.tell(), size)
            if not line:
                return
            read += 1
            if len(line) > LONGEST_LINE:
                problem = (
                    f"is longer than {LONGEST_LINE} characters; split it, or check that this is a CSV file"
                )
                raise EventLogError(name, read, problem)
            if "\0" in line:
                problem = f"holds a NUL character; check that this is a CSV file in {encoding}"
                raise EventLogError(name, read, problem)
            yield line


def _text(name: str, raw: BufferedReader, encoding: str) -> TextIOWrapper:
    if codecs.lookup(encoding).name == "utf-8":
        encoding = "utf-8-sig"  # the same, but for a byte-order mark in front
    if raw.peek(2).startswith(_GZIP):
        return TextIOWrapper(gzip.GzipFile(fileobj=raw), encoding=encoding, newline="")
    if name.lower().endswith(".gz"):
        raise EventLogError(name, None, "is named .gz but is not gzip; fetch it again, or rename it")
    return TextIOWrapper(raw, encoding=encoding, newline="")
