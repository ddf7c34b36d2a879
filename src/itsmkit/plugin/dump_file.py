r"""
Dumps as files: JSON Lines, one row a line, plain or compressed by gzip.

A file has one part for each tenant. A part begins with a line that says of whom it is, and ends with one that
says how many rows there are and which digest all its lines have, so that a file that was cut off or changed
is noticed before anything is loaded. Lines are written as RFC 8785 has it: the same dump makes the same
bytes, compressed or not.

.. code-block:: text

    {"format":"itsmkit-dump","part":1,"parts":1,"tenant":"default","version":1}
    {"data":{"last":1,"series":"incident"},"kind":"series"}
    {"end":{"digest":"…","rows":1}}
"""

import gzip
import os
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from hashlib import sha256
from io import BufferedReader
from json import JSONDecoder
from os import PathLike
from pathlib import Path
from typing import IO, Any, NoReturn, Self, cast

from attrs import field, frozen

from itsmkit._checks import named
from itsmkit._problems import is_name, shown
from itsmkit.errors import DefinitionError
from itsmkit.plugin.documents import Document, canonical_bytes
from itsmkit.plugin.dump import RowKind, StoreRow
from itsmkit.plugin.dump_reading import is_text

__all__ = ["DUMP_FORMAT", "DumpFileError", "DumpPart", "LONGEST_LINE", "parts_of", "rows_of", "write_dump"]

DUMP_FORMAT = "itsmkit-dump"
"""What the first line of each part carries as its ``format``."""

LONGEST_LINE = 256 * 2**20
"""
How many bytes a line has at most: so many are held at once of a file that somebody else has made, even of a
bomb of zeros. An attachment may have three quarters of it.
"""

_LONGEST_HEADER = 64 * 2**10
_VERSION = 1
_GZIP = b"\x1f\x8b"
_HEADER = {"format", "version", "tenant", "part", "parts"}

RowProgress = Callable[[int], object]
"""Is told how many rows are done, after each."""


class DumpFileError(DefinitionError):
    """
    A file is no dump, or is damaged. Nothing of it may be used.

    Args:
        file: The path of the file.
        line: The number of the line, from 1; ``None`` if it is the file as a whole.
        problem: What is wrong, and the way out.
    """

    def __init__(self, file: str, line: int | None, problem: str) -> None:
        super().__init__(f"{file}: {problem}" if line is None else f"{file}, line {line}: {problem}")
        self.args = (file, line, problem)
        self.file = file
        self.line = line
        self.problem = problem


@frozen
class DumpPart:
    """
    The part of a file that is of one tenant.

    Args:
        tenant: The tenant.
        rows: How many rows it has.
    """

    tenant: str = field(validator=named)
    rows: int


def write_dump(
    path: str | PathLike[str],
    dumps: Sequence[tuple[str, Iterable[StoreRow]]],
    *,
    progress: RowProgress | None = None,
) -> tuple[DumpPart, ...]:
    """
    Write the dumps of tenants to a file.

    It is written beside its place and moved there when it is whole, so that nobody ever sees half of it.

    Args:
        path: The file; it is compressed if its name ends in ``.gz``.
        dumps: The tenants, each with the rows of its dump. At least one.
        progress: Is told how many rows are written.

    Returns:
        What was written.

    Raises:
        DefinitionError: If the file cannot be written, or a row is longer than `LONGEST_LINE`.
    """
    place = Path(path).resolve()
    beside = place.with_name(f".{place.name}.{os.getpid()}.part")
    try:
        with _Output(beside, path, compressed=place.suffix == ".gz") as output:
            parts = _written(output, dumps, progress)
        with _telling(path):
            beside.replace(place)
    finally:
        with _telling(path):
            beside.unlink(missing_ok=True)
    return parts


def _written(
    output: "_Output", dumps: Sequence[tuple[str, Iterable[StoreRow]]], progress: RowProgress | None
) -> tuple[DumpPart, ...]:
    parts: list[DumpPart] = []
    done = 0
    for number, (tenant, dump) in enumerate(dumps, 1):
        digest = sha256()
        head = {
            "format": DUMP_FORMAT,
            "version": _VERSION,
            "tenant": tenant,
            "part": number,
            "parts": len(dumps),
        }
        digest.update(output.write(head))
        rows = 0
        for row in dump:
            line = output.write({"kind": row.kind.value, "data": row.data})
            if len(line) > LONGEST_LINE:
                problem = (
                    f"row {rows + 1} of tenant {tenant!r}, of the kind {row.kind}, has {len(line)} bytes; "
                    f"a file holds at most {LONGEST_LINE} in a row; back up the store instead"
                )
                raise DefinitionError(problem)
            digest.update(line)
            rows += 1
            if progress is not None:
                progress(done + rows)
        output.write({"end": {"rows": rows, "digest": digest.hexdigest()}})
        parts.append(DumpPart(tenant, rows))
        done += rows
    return tuple(parts)


class _Output:
    """
    A file that is being written, for the length of a ``with`` block.

    Args:
        beside: Where to write it.
        path: Where it will be: what an error tells.
        compressed: Whether to compress it.
    """

    def __init__(self, beside: Path, path: str | PathLike[str], *, compressed: bool) -> None:
        self._path = path
        with _telling(path):
            self._raw = beside.open("wb")
        self._file: IO[bytes] = self._raw
        if compressed:
            self._file = cast("IO[bytes]", gzip.GzipFile("", "wb", 6, self._raw, mtime=0))

    def write(self, plain: Document) -> bytes:
        """Write a line, and return it."""
        line = canonical_bytes(plain) + b"\n"
        with _telling(self._path):
            self._file.write(line)
        return line

    def __enter__(self) -> Self:
        return self

    def __exit__(self, raised: type[BaseException] | None, *_details: object) -> None:
        with self._raw, _telling(self._path):
            if self._file is not self._raw:
                self._file.close()
            if raised is None:
                self._raw.flush()
                os.fsync(self._raw.fileno())


@contextmanager
def _telling(path: str | PathLike[str]) -> Iterator[None]:
    """Tell in a sentence what the system says of a file that cannot be written."""
    try:
        yield
    except OSError as error:
        problem = f"cannot write {os.fspath(path)}: {error.strerror}; choose a place that can be written"
        raise DefinitionError(problem) from error


def parts_of(path: str | PathLike[str], *, progress: RowProgress | None = None) -> tuple[DumpPart, ...]:
    """
    Read a file from end to end, and return what is in it.

    Raises:
        DumpFileError: If it is no dump, or is damaged: the first thing that shows it, with its line.
    """
    found: list[DumpPart] = []
    done = 0
    with closing(_File(path)) as file:
        for tenant in file.parts():
            rows = 0
            for _ in file.rows():
                rows += 1
                if progress is not None:
                    progress(done + rows)
            done += rows
            found.append(DumpPart(tenant, rows))
    return tuple(found)


def rows_of(
    path: str | PathLike[str], tenant: str | None = None, *, progress: RowProgress | None = None
) -> Iterator[StoreRow]:
    """
    Go through the rows of one tenant in a file.

    Whoever loads them must not keep any before all are read: that they are whole shows at the end.

    Args:
        path: The file.
        tenant: The tenant; ``None`` if there is one only.
        progress: Is told how many rows were read.

    Raises:
        DumpFileError: As `parts_of`; and if *tenant* is not in it, or is ``None`` and there are several.
    """
    with closing(_File(path)) as file:
        for name in file.parts():
            if tenant is None and file.count > 1:
                raise DumpFileError(
                    file.name, None, f"it holds {file.count} tenants; say which of them is meant"
                )
            if tenant is None or name == tenant:
                for done, row in enumerate(file.rows(), 1):
                    yield row
                    if progress is not None:
                        progress(done)
                return
            for _ in file.rows():
                continue
    raise DumpFileError(file.name, None, f"tenant {tenant!r} is not in it")


class _File:
    """
    A file that is being read.

    Args:
        path: The file.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self.name = os.fspath(path)
        self.count = 0
        self._number = 0
        try:
            self._raw: BufferedReader = Path(path).open("rb")  # noqa: SIM115  closed by `close`
            is_gzip = self._raw.peek(2)[:2] == _GZIP
        except OSError as error:
            problem = f"cannot be read ({error.strerror}); give the path of a file of 'itsmkit store export'"
            raise DumpFileError(self.name, None, problem) from error
        self._stream: IO[bytes] = (
            cast("IO[bytes]", gzip.GzipFile(fileobj=self._raw)) if is_gzip else self._raw
        )
        self._digest = sha256()
        self._text = b""

    def close(self) -> None:
        """Close the file."""
        self._raw.close()

    def parts(self) -> Iterator[str]:
        """Go through the tenants, each of which has a part, to be read by `rows` before the next."""
        tenants: set[str] = set()
        while not tenants or len(tenants) < self.count:
            tenant = self._tenant(self._line(_LONGEST_HEADER), len(tenants) + 1)
            if tenant in tenants:
                self._refuse(f"tenant {tenant!r} has a part already; export it again")
            tenants.add(tenant)
            self._digest = sha256(self._text)
            yield tenant
        if self._line(_LONGEST_HEADER) is not None:
            self._refuse("something comes after the end; export it again")

    def rows(self) -> Iterator[StoreRow]:
        """Go through the rows of the part that has begun, and see at its end that they are whole."""
        rows = 0
        while True:
            plain = self._line(LONGEST_LINE)
            match plain:
                case {"kind": str(kind), "data": dict(data)} if len(plain) == 2 and kind in _KINDS:
                    rows += 1
                    self._digest.update(self._text)
                    yield StoreRow(_KINDS[kind], data)
                case {"end": {"rows": int(told), "digest": str(digest)}} if len(plain) == 1:
                    if (told, digest) != (rows, self._digest.hexdigest()):
                        problem = f"{told} rows were written, and {rows} are there"
                        if told == rows:
                            problem = "the lines above it are not those that were written"
                        self._refuse(f"{problem}; fetch the file again, or export it again")
                    return
                case None:
                    self._refuse("the file ends here, in the middle; fetch it again, or export it again")
                case _:
                    self._refuse(f"this is no row of a dump: {shown(plain)}; export it again")

    def _tenant(self, header: Any, part: int) -> str:
        """Return whose part begins with *header*, the first or a later one."""
        if header is None and part > 1:
            self._refuse(f"the file ends after part {part - 1} of {self.count}; fetch it again")
        if not isinstance(header, dict) or header.get("format") != DUMP_FORMAT:
            told = "the file is empty" if header is None else "this is no beginning of a dump"
            self._refuse(f"{told}; give a file of 'itsmkit store export'")
        if header.get("version") != _VERSION:
            told = shown(header.get("version"))
            self._refuse(f"the format is of version {told}, and {_VERSION} is known here; upgrade itsmkit")
        count, tenant = header.get("parts"), header.get("tenant")
        if header.keys() != _HEADER or header["part"] != part or type(count) is not int or count < part:
            self._refuse(f"this is no beginning of part {part}; export it again")
        if part > 1 and count != self.count:
            self._refuse(
                f"the file has {self.count} parts by the first, and {count} by this; export it again"
            )
        if not is_name(tenant) or not is_text(tenant):
            self._refuse(f"the tenant must be a name without surrounding spaces, not {shown(tenant)}")
        self.count = count
        return cast("str", tenant)

    def _line(self, longest: int) -> Any:
        """Return what the next line holds, which has *longest* bytes at most; ``None`` at the end."""
        self._number += 1
        try:
            self._text = self._stream.readline(longest + 1)
        except EOFError:
            self._refuse("the gzip file was cut off; fetch it again")
        except (OSError, zlib.error) as error:
            self._refuse(f"the file cannot be read on ({error}); fetch it again")
        if not self._text:
            return None
        if len(self._text) > longest:
            self._refuse(f"this line is longer than {longest} bytes; give a file of 'itsmkit store export'")
        if not self._text.endswith(b"\n"):
            self._refuse("the file ends in the middle of a line; fetch it again, or export it again")
        try:
            return _DECODER.decode(self._text.decode())
        except (ValueError, RecursionError) as error:
            self._refuse(f"this is no JSON ({error}); fetch it again, or export it again")

    def _refuse(self, problem: str) -> NoReturn:
        raise DumpFileError(self.name, self._number, problem)


def _no_constant(text: str) -> NoReturn:
    problem = f"{text} is no number"
    raise ValueError(problem)


_DECODER = JSONDecoder(parse_constant=_no_constant)
_KINDS = {kind.value: kind for kind in RowKind}
