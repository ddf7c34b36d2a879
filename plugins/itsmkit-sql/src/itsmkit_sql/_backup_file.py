"""Files of backups: there is none until it is whole, and none is taken that is not as it was written."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import mkstemp

from itsmkit.errors import DefinitionError
from itsmkit_sql.errors import DatabaseError

__all__ = ["appearing", "check_seal"]

_SEAL = b"itsmkit-sql backup sha256 %s\n"
_SEALED = re.compile(_SEAL % b"([0-9a-f]{64})")
_SEAL_LENGTH = len(_SEAL % (b"0" * 64))
_AT_ONCE = 1 << 20


@contextmanager
def appearing(path: Path) -> Iterator[Path]:
    """
    Lend a new file beside *path*. It is sealed, and put there, in the end; an exception removes it.

    Raises:
        DatabaseError: If it cannot be written.
    """
    try:
        handle, name = mkstemp(dir=path.parent, prefix=f".{path.name}.")
        os.close(handle)
        beside = Path(name)
        try:
            yield beside
            _seal(beside)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        problem = f"the backup cannot be written: {error.strerror or error}"
        way_out = "see to its folder being there, to the rights on it, and to the room on the disk"
        raise DatabaseError(str(path), problem, way_out) from error


def check_seal(path: Path) -> int:
    """
    Return the length of a backup without its seal.

    Raises:
        DefinitionError: If it is none, or not as it was written.
    """
    try:
        length = path.stat().st_size - _SEAL_LENGTH
        digest = _digest(path, length)
        with path.open("rb") as file:
            file.seek(max(length, 0))
            sealed = _SEALED.fullmatch(file.read())
    except OSError as error:
        problem = f"{path}: it cannot be read: {error.strerror or error}; name a file that backup has written"
        raise DefinitionError(problem) from error
    if sealed is None:
        problem = f"{path}: it is no backup, or its end is cut off; name a whole file that backup has written"
        raise DefinitionError(problem)
    if sealed[1].decode() != digest:
        problem = f"{path}: it is not as it was written: its digest differs; take another backup"
        raise DefinitionError(problem)
    return length


def _seal(path: Path) -> None:
    digest = _digest(path, path.stat().st_size)
    with path.open("ab") as file:
        file.write(_SEAL % digest.encode())
        file.flush()
        os.fsync(file.fileno())


def _digest(path: Path, length: int) -> str:
    digest, left = sha256(), length
    with path.open("rb") as file:
        while left > 0 and (read := file.read(min(left, _AT_ONCE))):
            digest.update(read)
            left -= len(read)
    return digest.hexdigest()
