"""The text of a file that somebody else wrote: plain or gzip, in UTF-8 or another encoding, of any size."""

import codecs
import gzip
import hashlib
import stat
import zlib
from collections.abc import Iterator
from os import PathLike, fspath
from pathlib import Path
from typing import IO, TypeAlias

from itsmkit._checks import is_a
from itsmkit._problems import shown
from itsmkit.errors import DefinitionError
from itsmkit.interchange.inventory.errors import InventoryFileError
from itsmkit.interchange.inventory.limits import ImportLimits

__all__ = ["InventorySource", "SourceFile", "source_name"]

InventorySource: TypeAlias = str | PathLike[str] | IO[bytes]
"""A path, or a file that is open for reading bytes and can seek; it is read from where it stands."""

_CHUNK = 1 << 16
_GZIP = b"\x1f\x8b"
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",  # before UTF-16, with which its mark begins
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}


def source_name(source: InventorySource) -> str:
    """
    Return what to call *source* in findings.

    Raises:
        DefinitionError: If it is neither a path nor a file.
    """
    if is_a(source, str, PathLike):
        return fspath(source)  # type: ignore[arg-type]  # it is one of these
    if not hasattr(source, "read") or not hasattr(source, "seek"):
        problem = f"source: must be a path or a file open for reading bytes, not {shown(source)}"
        raise DefinitionError(problem)
    name = getattr(source, "name", None)
    return name if isinstance(name, str) else "inventory"


class SourceFile:
    """
    An open file. Who opens it closes it.

    Args:
        source: The path or the file. A file that was open before stays open.
        limits: How many bytes it may have.

    Raises:
        InventoryFileError: If it cannot be opened or read, or is too large.
    """

    def __init__(self, source: InventorySource, limits: ImportLimits) -> None:
        self.name = source_name(source)
        self._limit = limits.file_bytes
        self._is_ours = isinstance(source, str | PathLike)
        self._raw = _opened(source, self.name)
        try:
            self._start = self._raw.tell()
            self.digest, self.size, self._is_gzip = self._survey()
        except (OSError, ValueError) as error:
            self.close()
            problem = f"cannot be read ({_reason(error)}); give a file that can be read, and can seek"
            raise InventoryFileError(self.name, "", problem) from error

    @property
    def done(self) -> int:
        """How many bytes of the file were read."""
        return self._raw.tell() - self._start

    def close(self) -> None:
        """Close the file, if it was opened here."""
        if self._is_ours:
            self._raw.close()

    def text(self, encoding: str | None = None) -> Iterator[str]:
        """
        Yield the text of the file from its start, in pieces of any size. Of an empty file, there are none.

        Args:
            encoding: What it is in, if it has no byte-order mark: UTF-8 by default.

        Raises:
            InventoryFileError: If it is not in that encoding, with the place; if it is damaged.
        """
        chunks = self._bytes()
        first = next(chunks, b"")
        mark = next((mark for mark in _MARKS if first.startswith(mark)), b"")
        used = _MARKS[mark] if mark else encoding or "utf-8"
        decoder = codecs.getincrementaldecoder(used)()
        chunk, at, line = first[len(mark) :], len(mark), 1
        while True:
            held = len(decoder.getstate()[0])
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                line += error.object[: error.start].decode(used, "replace").count("\n")
                where = f"line {line}, byte {at - held + error.start}"
                problem = f"is not text in {used} ({error.reason}); {_ENCODING_WAY_OUT}"
                raise InventoryFileError(self.name, where, problem) from error
            if text:
                yield text
            if not chunk:
                return
            at += len(chunk)
            line += text.count("\n")
            chunk = next(chunks, b"")

    def start_of_text(self) -> str:
        """Return the text of the first 64 KiB, and leave the file where it was."""
        start = next(self.text(), "")
        self._raw.seek(self._start)
        return start

    def _survey(self) -> tuple[str, int, bool]:
        digest, size = hashlib.sha256(), 0
        head = chunk = self._raw.read(_CHUNK)
        if not is_a(head, bytes):
            problem = "it is open for reading text"
            raise ValueError(problem)
        while chunk:
            digest.update(chunk)
            size += len(chunk)
            if size > self._limit:
                self.close()
                raise self._too_large()
            chunk = self._raw.read(_CHUNK)
        return digest.hexdigest(), size, head.startswith(_GZIP)

    def _bytes(self) -> Iterator[bytes]:
        self._raw.seek(self._start)
        stream = gzip.GzipFile(fileobj=self._raw) if self._is_gzip else self._raw
        total = 0
        while True:
            try:
                chunk = stream.read(_CHUNK)
            except EOFError as error:
                problem = f"is a gzip file that was cut off after byte {total} of its content; fetch it again"
                raise InventoryFileError(self.name, "", problem) from error
            except (OSError, zlib.error) as error:
                problem = f"cannot be read beyond byte {total} ({_reason(error)}); fetch it again"
                raise InventoryFileError(self.name, "", problem) from error
            if not chunk:
                return
            total += len(chunk)
            if total > self._limit:
                raise self._too_large()
            yield chunk

    def _too_large(self) -> InventoryFileError:
        problem = f"has more than {self._limit} bytes; split it, or raise the limit file_bytes"
        return InventoryFileError(self.name, "", problem)


def _opened(source: InventorySource, name: str) -> IO[bytes]:
    if not isinstance(source, str | PathLike):
        return source
    path = Path(source)
    try:
        if not (stat.S_ISREG(mode := path.stat().st_mode) or stat.S_ISDIR(mode)):  # a pipe might never end
            raise InventoryFileError(name, "", "is no regular file; save what it holds to one, and give that")
        return path.open("rb")
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        problem = f"cannot be opened ({_reason(error)}); give the path of a file that can be read"
        raise InventoryFileError(name, "", problem) from error


_ENCODING_WAY_OUT = "save it as UTF-8, or with a byte-order mark"


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
