"""Which URLs are for this plugin, and what is said of those that cannot be right."""

import pytest

from itsmkit.errors import DefinitionError
from itsmkit_sql import SQLStore, plugin
from itsmkit_sql._url import address_of


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("sqlite:///desk.db", "desk.db"),
        ("sqlite+pysqlite:////var/lib/desk.db", "/var/lib/desk.db"),
        ("SQLITE:///a/../desk.db", "a/../desk.db"),
    ],
)
def test_a_file_is_named_by_its_path(url: str, file: str) -> None:
    address = address_of(url)
    assert address is not None
    assert address.is_sqlite
    assert (address.url.drivername, address.url.database) == ("sqlite+pysqlite", file)
    assert (address.busy_seconds, address.synchronous) == (30, "full")


def test_a_file_is_used_as_the_options_say() -> None:
    address = address_of("sqlite:///desk.db?timeout=2.5&synchronous=NORMAL")
    assert address is not None
    assert (address.busy_seconds, address.synchronous) == (2.5, "normal")
    assert not address.url.query


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("postgresql://ann:secret@db.example:5433/desk", "PostgreSQL database desk at db.example:5433"),
        ("postgresql+psycopg://ann:secret@db.example", "PostgreSQL database ann at db.example"),
        ("postgresql:///", "PostgreSQL database of the user at the local server"),
    ],
)
def test_a_server_is_called_without_its_password(url: str, name: str) -> None:
    address = address_of(url)
    assert address is not None
    assert not address.is_sqlite
    assert address.url.drivername == "postgresql+psycopg"
    assert address.name == name


@pytest.mark.parametrize(
    ("url", "problems"),
    [
        ("sqlite://", ["sqlite:///: an SQLite database in memory is gone with its connection; name a file"]),
        ("sqlite:///:memory:", ["sqlite:///:memory:: an SQLite database in memory is gone"]),
        ("sqlite:///file:desk?mode=memory&uri=true", ["in memory", "no option 'mode'", "no option 'uri'"]),
        ("sqlite://desk.db", ["sqlite://desk.db: a file has no host; write three slashes"]),
        (
            "sqlite:///desk.db?timeout=long&synchronous=off&synchronus=full",
            [
                "there is no option 'synchronus'; did you mean 'synchronous'?",
                "timeout must be a number of seconds from 0 to 3600, not 'long'",
                "synchronous must be one of full, extra, normal, not 'off'",
            ],
        ),
        ("sqlite:///desk.db?timeout=nan", ["from 0 to 3600, not 'nan'"]),
        ("sqlite:///desk.db?timeout=-1&timeout=3601", ["from 0 to 3600, not '3601'"]),
    ],
)
def test_a_url_that_cannot_be_right_is_refused_with_every_problem(url: str, problems: list[str]) -> None:
    with pytest.raises(DefinitionError) as raised:
        SQLStore.open(url)
    assert len(raised.value.problems) == len(problems)
    for told, problem in zip(raised.value.problems, problems, strict=True):
        assert problem in told


def test_a_url_that_cannot_be_read_is_not_repeated() -> None:
    with pytest.raises(DefinitionError, match="the URL of the database cannot be read") as raised:
        SQLStore.open("postgresql://ann:secret@host:port/desk")
    assert "secret" not in str(raised.value)
    assert raised.value.__suppress_context__


@pytest.mark.parametrize("url", ["memory://", "mysql://host/desk", "postgresql+asyncpg://host/desk", ""])
def test_what_is_for_others_is_left_to_them(url: str) -> None:
    assert plugin.itsmkit_make_store(url) is None
    with pytest.raises(DefinitionError, match="begins with sqlite:/// or with"):
        SQLStore.open(url)
