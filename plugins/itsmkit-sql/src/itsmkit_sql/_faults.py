"""What databases say when something goes wrong, as errors of itsmkit that tell the way out."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, DBAPIError, InvalidRequestError, MissingGreenlet, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from itsmkit.errors import ItsmkitError
from itsmkit_sql._url import Address
from itsmkit_sql.errors import ConcurrentUnitError, DatabaseError, SchemaError

__all__ = [
    "lost_at_commit",
    "no_connection_came_back",
    "others_go_on_writing",
    "told_by_driver",
    "translated",
    "translated_from_driver",
]

_CONFLICTS = {
    "23505",  # unique_violation: somebody was first
    "40001",  # serialization_failure
    "40P01",  # deadlock_detected
    "SQLITE_BUSY_SNAPSHOT",
    "SQLITE_CONSTRAINT_PRIMARYKEY",
    "SQLITE_CONSTRAINT_UNIQUE",
}

_DEPENDS = (
    "something of yours depends on the tables, such as a view; drop it first, and make it anew afterwards"
)
_CHANGE = "change the value: this database cannot hold it"
_WAYS_OUT = {
    "22": _CHANGE,
    "08": "the connection is lost; see whether the server runs, and try again",
    "28": "see to user and password in the URL, and to pg_hba.conf of the server",
    "2BP01": _DEPENDS,
    "3D": "create the database, or name another in the URL",
    "42": "grant the user of the URL the right to create and use tables in its schema",
    "53": "make room on the server, or let it take more connections",
    "54": "a name or key is too long for the database; shorten it",
    "55": "others have it locked for too long; try again",
    "57": "the server shut down or stopped the work; try again when it runs",
    "58": "see to the disk of the server, and to the room on it",
    "XX": "what is stored may be damaged; see the log of the server, and restore it from a backup",
    "25P02": "roll back the transaction of the host, in which a statement has failed, and begin it anew",
    "25006": "it is a standby or set to reading only; name the primary server in the URL",
    "SQLITE_BUSY": "another process writes for too long; give it time with ?timeout=SECONDS in the URL",
    "SQLITE_CANTOPEN": "see to the path, to its folder being there, and to the rights on both",
    "SQLITE_CONSTRAINT_FOREIGNKEY": _DEPENDS,
    "SQLITE_CORRUPT": "the file is damaged; restore it from a backup",
    "SQLITE_FULL": "make room on the disk",
    "SQLITE_IOERR": "see to the disk and to the room on it",
    "SQLITE_NOTADB": "the file is none of SQLite; name another in the URL",
    "SQLITE_READONLY": "see to the rights on the file and on its folder: a file beside it is written, too",
}
"""By the code of the error, or by how it begins."""

_NO_SUCH = {"42P01", "42703"}  # undefined_table, undefined_column
_NO_SUCH_THING = re.compile(r"no such (table|column)|table \S+ has no column")
_CHANGED = "somebody changed them since it was opened: end this program, and open it with a version that fits"
_UNREACHABLE = "see whether the server runs, and to host, port, database, user and password in the URL"
_TRANSACTION = "see to the transaction of the connection or session: roll it back, begin it, or give another"
_ELSE = "this is not foreseen: see to the database, and report it if that is in order"


@contextmanager
def translated(address: Address, *, is_joined: bool = False) -> Iterator[None]:
    """
    Turn what a database says into a `ConcurrentUnitError` or a `DatabaseError`, with its cause.

    Args:
        address: Where the database is.
        is_joined: Whether the transaction is that of a host.
    """
    try:
        yield
    except DBAPIError as error:
        raise _told(address, error.orig or error, isinstance(error, DataError)) from error
    except PoolTimeoutError as error:
        raise no_connection_came_back(address) from error
    except (OverflowError, UnicodeEncodeError) as error:
        raise DatabaseError(address.name, _first_line(error), _CHANGE) from error
    except MissingGreenlet as error:
        problem = "its driver is asynchronous, and this is no task of an event loop that waits for it"
        raise DatabaseError(address.name, problem, "ask an AsyncDesk, or use another driver") from error
    except InvalidRequestError as error:
        way_out = _TRANSACTION if is_joined else _ELSE
        raise DatabaseError(address.name, _first_line(error), way_out) from error
    except UnicodeDecodeError as error:  # SQLite, whose texts are what is in the file
        raise DatabaseError(address.name, _first_line(error), _WAYS_OUT["SQLITE_CORRUPT"]) from error
    except SQLAlchemyError as error:
        raise DatabaseError(address.name, _first_line(error), _ELSE) from error


def lost_at_commit(address: Address, error: DBAPIError) -> DatabaseError:
    """Return the error of who has lost the connection at a commit."""
    said = _first_line(error.orig or error)
    problem = f"the connection was lost during a commit, and nobody can tell whether it was saved: {said}"
    way_out = "see what is there, or ask again under the same idempotency key"
    return DatabaseError(address.name, problem, way_out)


def no_connection_came_back(address: Address) -> DatabaseError:
    """Return the error of who waited too long for a connection of the pool."""
    problem = "all connections are in use, and none came back in time"
    return DatabaseError(address.name, problem, "let fewer threads work on one store")


def others_go_on_writing(address: Address) -> DatabaseError:
    """Return the error of who waited too long for the other threads of its process that write a file."""
    problem = f"other threads have been writing for more than {address.busy_seconds:g} s"
    way_out = "end their units of work first, or give them time with ?timeout=SECONDS in the URL"
    return DatabaseError(address.name, problem, way_out)


@contextmanager
def translated_from_driver(address: Address, kind: type[Exception]) -> Iterator[None]:
    """Turn what a database says to its driver, as errors of a kind, into the same errors."""
    try:
        yield
    except kind as error:
        raise told_by_driver(address, error) from error


def told_by_driver(address: Address, error: Exception) -> ItsmkitError:
    """Return what a database says to its driver as the same error."""
    return _told(address, error, type(error).__name__ == DataError.__name__)


def _told(address: Address, cause: BaseException, is_of_a_value: bool) -> ItsmkitError:
    said = _first_line(cause)
    code = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None)
    if code in _CONFLICTS:
        return ConcurrentUnitError(said)
    if code in _NO_SUCH or (code == "SQLITE_ERROR" and _NO_SUCH_THING.match(said)):
        return SchemaError(address.name, f"its tables are not those of this version: {said}", _CHANGED)
    if code is not None:
        way_out = next((_WAYS_OUT[begin] for begin in _WAYS_OUT if code.startswith(begin)), _ELSE)
    elif is_of_a_value:
        way_out = _CHANGE
    else:
        way_out = _ELSE if address.is_sqlite else _UNREACHABLE
    return DatabaseError(address.name, said, way_out)


def _first_line(error: BaseException) -> str:
    lines = str(error).splitlines()
    return lines[0].rstrip(". ;") if lines else type(error).__name__
