"""The URL of a database, read once and checked as a whole before anything is opened."""

from collections.abc import Callable, Mapping

from attrs import evolve, frozen
from sqlalchemy import URL, Dialect, make_url
from sqlalchemy.exc import ArgumentError

from itsmkit._problems import close_to
from itsmkit.errors import DefinitionError

__all__ = ["Address", "address_of", "address_of_host"]

_BUSY_SECONDS = 30.0
_SYNCHRONOUS = ("full", "extra", "normal")
_OPTIONS = ("synchronous", "timeout")


@frozen
class Address:
    """
    Where a database is, and how it is used.

    Args:
        url: For SQLAlchemy.
        name: What it is called in sentences: nothing in it is secret.
        busy_seconds: How long to wait for other writers of SQLite.
        synchronous: What SQLite makes sure of at each commit.
        is_async: Whether whoever waits for it leaves the event loop to other tasks.
    """

    url: URL
    name: str
    busy_seconds: float = _BUSY_SECONDS
    synchronous: str = _SYNCHRONOUS[0]
    is_async: bool = False

    @property
    def is_sqlite(self) -> bool:
        """Tell whether it is a file of SQLite, rather than a server."""
        return self.url.get_backend_name() == "sqlite"

    def awaited(self) -> "Address":
        """Return the same place, for an event loop."""
        driver = "aiosqlite" if self.is_sqlite else "psycopg"
        url = self.url.set(drivername=f"{self.url.get_backend_name()}+{driver}")
        return evolve(self, url=url, is_async=True)


def address_of(url: str) -> Address | None:
    """
    Return the address that *url* is, or ``None`` if it is for another plugin.

    Raises:
        DefinitionError: If it is for this one, and cannot be right.
    """
    reader = _READERS.get(url.partition("://")[0].lower())
    if reader is None:
        return None
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # neither is repeated: it may hold a password
        problem = (
            "the URL of the database cannot be read; it is written like sqlite:///desk.db or "
            "postgresql+psycopg://user:password@host:5432/database, with special signs of a password encoded"
        )
        raise DefinitionError(problem) from None
    return reader(parsed)


def address_of_host(url: URL, dialect: Dialect) -> Address:
    """
    Return the address of what a host works on.

    Raises:
        DefinitionError: If it is no database, or no driver, that a store can work on.
    """
    kind = f"{dialect.name}+{dialect.driver}"
    if kind not in _DRIVERS:
        drivers = ", ".join(_DRIVERS)
        raise DefinitionError(f"the host works with {kind}, and a store with one of {drivers}")
    name = _sqlite_name(url) if dialect.name == "sqlite" else _postgresql_name(url)
    return Address(url, name, is_async=dialect.is_async)


def _sqlite(url: URL) -> Address:
    name = _sqlite_name(url)
    problems: list[str] = []
    if url.host is not None:
        problems.append(
            f"sqlite://{url.host}: a file has no host; write three slashes before a relative path and four "
            "before an absolute one, such as sqlite:///desk.db"
        )
    elif not url.database or url.database.startswith((":", "file:")):
        problems.append(
            f"{name}: an SQLite database in memory is gone with its connection; name a file, such as "
            "sqlite:///desk.db, or leave out the store to keep a desk in memory"
        )
    options = {key: value if isinstance(value, str) else value[-1] for key, value in url.query.items()}
    problems += [
        f"{name}: there is no option {each!r}; {close_to(each, _OPTIONS)}"
        for each in options
        if each not in _OPTIONS
    ]
    busy = _seconds(options, name, problems)
    synchronous = options.get("synchronous", _SYNCHRONOUS[0]).lower()
    if synchronous not in _SYNCHRONOUS:
        problems.append(f"{name}: synchronous must be one of {', '.join(_SYNCHRONOUS)}, not {synchronous!r}")
    if problems:
        raise DefinitionError(*problems)
    plain = URL.create("sqlite+pysqlite", database=url.database)
    return Address(plain, name, busy, synchronous)


def _seconds(options: Mapping[str, str], name: str, problems: list[str]) -> float:
    given = options.get("timeout")
    if given is None:
        return _BUSY_SECONDS
    try:
        seconds = float(given)
    except ValueError:
        seconds = -1
    if not 0 <= seconds <= 3600:
        problems.append(f"{name}: timeout must be a number of seconds from 0 to 3600, not {given!r}")
    return seconds


def _sqlite_name(url: URL) -> str:
    return f"sqlite:///{url.database or ''}"


def _awaited_sqlite(url: URL) -> Address:
    return _sqlite(url).awaited()


def _postgresql(url: URL) -> Address:
    return Address(url.set(drivername="postgresql+psycopg"), _postgresql_name(url))


def _postgresql_name(url: URL) -> str:
    host = url.host or "the local server"
    where = host if url.port is None else f"{host}:{url.port}"
    return f"PostgreSQL database {url.database or url.username or 'of the user'} at {where}"


_DRIVERS = ("sqlite+pysqlite", "sqlite+aiosqlite", "postgresql+psycopg")

_READERS: dict[str, Callable[[URL], Address]] = {
    "postgresql": _postgresql,
    "postgresql+psycopg": _postgresql,
    "sqlite": _sqlite,
    "sqlite+aiosqlite": _awaited_sqlite,
    "sqlite+pysqlite": _sqlite,
}
