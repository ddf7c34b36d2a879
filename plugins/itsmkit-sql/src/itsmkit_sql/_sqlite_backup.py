"""
Backups of SQLite: the database as a file of its own, as its online backup makes it, with a seal at the end.

SQLite looks at no more of a file than its header says, so that it can open one with a seal.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from itsmkit.errors import DefinitionError
from itsmkit.plugin import BackupReport
from itsmkit_sql._backup_file import appearing, check_seal
from itsmkit_sql._faults import translated_from_driver
from itsmkit_sql._search_tables import PREFIX
from itsmkit_sql._url import Address
from itsmkit_sql.errors import DatabaseError

__all__ = ["back_up", "damage_of", "put_back"]

_PAGES = 1_000
"""How many pages are copied together."""

_BEGINNING = b"SQLite format 3\0"
_DAMAGE = "PRAGMA integrity_check(1)"

Progress = Callable[[int, int], object]


def back_up(address: Address, path: Path, progress: Progress) -> int:
    """
    Write what the database holds at the beginning to a file.

    Returns:
        The length of the file.

    Raises:
        DefinitionError: If the file is the database itself.
        DatabaseError: If the database cannot be read or is damaged, or the file cannot be written.
    """
    if path.exists() and path.samefile(address.url.database or ""):
        problem = f"{path}: it is the database that is to be backed up; name another file"
        raise DefinitionError(problem)
    with appearing(path) as beside, _opened(address) as live:
        # All that it reads is of the moment of the first statement: nobody waits for it, nor it for others.
        live.execute("BEGIN")
        damage = damage_of(live)
        if damage is not None:
            raise DatabaseError(address.name, f"it is damaged: {damage}", "restore it from an earlier backup")
        of_copy = Address(address.url.set(database=str(beside)), f"the backup {path}")
        with translated_from_driver(of_copy, sqlite3.Error), closing(_connected(beside)) as copy:
            _copy(live, copy, progress)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it
    return path.stat().st_size


def put_back(address: Address, path: Path, *, replace: bool, progress: Progress) -> BackupReport:
    """
    Put a backup in place of what the database holds, in one transaction, while nobody else has it open.

    Raises:
        DefinitionError: If the file is no whole backup of SQLite, or the database holds something and
            *replace* is not said.
        DatabaseError: If the database cannot be written, or others have it open.
    """
    check_seal(path)
    file = Path(address.url.database or "")
    is_new = not file.exists()
    try:
        with closing(_backup(path)) as backup, _opened(address, alone=True) as live:
            (version,) = backup.execute("SELECT version FROM itsmkit_schema").fetchone()
            _check_pages(address, backup, live)
            if not replace:
                _check_empty(address, live)
            # The last step commits. So it is not told of: what that raises could no longer stop anything.
            progress(0, *backup.execute("PRAGMA page_count").fetchone())
            _copy(backup, live, lambda done, whole: done < whole and progress(done, whole))
    except BaseException:
        if is_new:
            file.unlink(missing_ok=True)
        raise
    return BackupReport(str(version), path.stat().st_size)


def damage_of(connection: sqlite3.Connection) -> str | None:
    """Return what is damaged in the pages of a database; ``None`` if nothing is."""
    try:
        (found,) = connection.execute(_DAMAGE).fetchone()
    except sqlite3.DatabaseError as error:
        return str(error)
    return None if found == "ok" else " ".join(str(found).split())


@contextmanager
def _opened(address: Address, *, alone: bool = False) -> Iterator[sqlite3.Connection]:
    """Lend a connection to the database; *alone* if nobody else may have it open, not even to read."""
    seconds = 0 if alone else address.busy_seconds
    with (
        translated_from_driver(address, sqlite3.Error),
        closing(_connected(Path(address.url.database or ""), seconds)) as connection,
    ):
        connection.execute(f"PRAGMA synchronous = {address.synchronous}")
        if alone:
            _lock_out_others(address, connection)
        yield connection


def _connected(file: Path, seconds: float = 0) -> sqlite3.Connection:
    return sqlite3.connect(file, isolation_level=None, timeout=seconds)


def _lock_out_others(address: Address, connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    try:
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("COMMIT")  # the lock stays until the connection is closed
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        problem = "other programs have it open, and would go on with what they have read"
        raise DatabaseError(address.name, problem, "end them, and try again") from error


def _backup(path: Path) -> sqlite3.Connection:
    with path.open("rb") as file:
        if file.read(len(_BEGINNING)) != _BEGINNING:
            problem = (
                f"{path}: it is a backup of another kind of database; restore it there, and take the data "
                "from there with itsmkit store export and import"
            )
            raise DefinitionError(problem)
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)


def _check_pages(address: Address, backup: sqlite3.Connection, live: sqlite3.Connection) -> None:
    sizes = [each.execute("PRAGMA page_size").fetchone()[0] for each in (backup, live)]
    pages: int = live.execute("PRAGMA page_count").fetchone()[0]
    if pages and sizes[0] != sizes[1]:
        problem = f"its pages are of {sizes[1]} bytes, and those of the backup of {sizes[0]}"
        raise DatabaseError(address.name, problem, "move the file away, and try again")


def _check_empty(address: Address, live: sqlite3.Connection) -> None:
    names = live.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").fetchall()
    for (name,) in names:
        if name in ("itsmkit_schema", "itsmkit_marks") or name.startswith(PREFIX):
            continue
        quoted = name.replace('"', '""')
        if live.execute(f'SELECT 1 FROM "{quoted}" LIMIT 1').fetchone():  # noqa: S608  # a name in quotes
            problem = (
                f"{address.name}: it holds data already, in the table {name}; name a new file, or say that "
                "the whole file may be dropped for the backup: --replace"
            )
            raise DefinitionError(problem)


def _copy(source: sqlite3.Connection, target: sqlite3.Connection, progress: Progress) -> None:
    def told(_status: int, remaining: int, total: int) -> None:
        progress(total - remaining, total)

    source.backup(target, pages=_PAGES, progress=told)
