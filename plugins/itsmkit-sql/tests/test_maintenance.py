"""What is done to a database as a whole: looked at, backed up, restored."""

import os
import resource
import signal
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from itsmkit.desk import Desk
from itsmkit.errors import DefinitionError, ItsmkitError
from itsmkit.plugin import StoreRow, UpgradeStep
from itsmkit.plugin.verification import verify
from itsmkit.testing import AN_AGENT
from itsmkit.testing.contracts import commented, lived, save, saved
from itsmkit_sql import DatabaseError, SchemaError, SQLStore, _sqlite_backup, plugin
from itsmkit_sql._schema import SCHEMA
from itsmkit_sql._url import address_of
from itsmkit_sql.maintenance import SQLMaintenance

InAProcess = Callable[[Callable[[], object]], Any]
Dumps = dict[str, list[StoreRow]]

FLIPS = 25
"""At how many random places a backup is damaged."""


class Stop(Exception):  # noqa: N818  # no error: somebody stops it
    """What a listener raises."""


def upkeep(url: str) -> SQLMaintenance:
    address = address_of(url)
    assert address is not None
    return SQLMaintenance(address)


def run(url: str, *statements: str) -> None:
    """Run statements past the store."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def dumps(url: str) -> Dumps:
    with closing(SQLStore.open(url)) as store:
        return {tenant: [*store.of_tenant(tenant).dump()] for tenant in store.tenants()}


@pytest.fixture
def made(url: str) -> str:
    """Return the URL of a database with something of every kind, of two tenants."""
    with closing(SQLStore.open(url)) as store:
        lived(store)
        lived(store.of_tenant("acme"), "b")
    return url


@pytest.fixture
def other(url: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Return the URL of another place without tables, of the same kind."""
    if url.startswith("sqlite"):
        yield url.replace("desk.db", "other.db")
        return
    schema = "other_" + url.rpartition("desk_")[2]
    run(url, f"CREATE SCHEMA {schema}")
    yield f"{url.rpartition('desk_')[0]}{schema}"
    run(url, f"DROP SCHEMA {schema} CASCADE")


@pytest.fixture
def backup(made: str, tmp_path: Path) -> Path:
    """Return a backup of what was made."""
    path = tmp_path / "desk.backup"
    upkeep(made).backup(path)
    return path


# -- versions and plans ----------------------------------------------------------------------------


def test_the_plugin_tends_what_it_makes(url: str) -> None:
    tended = plugin.itsmkit_maintain_store(url)
    assert tended is not None
    assert tended.versions().newest == str(SCHEMA)
    assert plugin.itsmkit_maintain_store("memory://") is None


def test_to_look_at_nothing_makes_nothing(empty_url: str) -> None:
    assert upkeep(empty_url).versions().present is None
    assert upkeep(empty_url).plan() == [UpgradeStep(None, "4", "make the tables")]
    with pytest.raises(DefinitionError, match="there is nothing yet, and what is new is of version 4"):
        upkeep(empty_url).upgrade("1")
    with pytest.raises(DefinitionError, match="there is nothing to back up"):
        upkeep(empty_url).backup(Path("never.backup"))
    if empty_url.startswith("sqlite"):
        assert not Path(empty_url.removeprefix("sqlite:///")).exists()


def test_an_empty_file_is_nothing(empty_sqlite_url: str) -> None:
    file = Path(empty_sqlite_url.removeprefix("sqlite:///"))
    file.touch()
    assert upkeep(empty_sqlite_url).versions().present is None
    assert file.stat().st_size == 0
    assert upkeep(empty_sqlite_url).upgrade() == [UpgradeStep(None, "4", "make the tables")]
    assert upkeep(empty_sqlite_url).versions().present == "4"


def test_what_is_up_to_date_needs_nothing(made: str) -> None:
    assert upkeep(made).versions() == ("4", ("1", "2", "3", "4"))
    assert upkeep(made).plan() == upkeep(made).upgrade() == []
    assert [(step.start, step.end) for step in upkeep(made).plan("1")] == [("4", "3"), ("3", "2"), ("2", "1")]
    assert upkeep(made).plan("1")[2].summary.startswith("undo: give the data to many tenants")


def test_a_version_that_is_none_is_named(made: str) -> None:
    for deed in (upkeep(made).plan, upkeep(made).upgrade):
        with pytest.raises(DefinitionError, match=r"there is no version '5' of the tables; .*4"):
            deed("5")


def test_a_newer_version_is_shown_and_left_alone(made: str, tmp_path: Path) -> None:
    run(made, "UPDATE itsmkit_schema SET version = 5")
    assert upkeep(made).versions().present == "5"
    for deed in (upkeep(made).plan, upkeep(made).upgrade, lambda: upkeep(made).backup(tmp_path / "x")):
        with pytest.raises(SchemaError, match=r"of version 5, .*; install a newer itsmkit-sql"):
            deed()
    assert not (tmp_path / "x").exists()


def test_a_server_that_does_not_answer_is_told(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and not listened to
        tended = upkeep(f"postgresql://ann:secret@127.0.0.1:{taken.getsockname()[1]}/desk")
        for deed in (tended.versions, tended.upgrade, lambda: tended.backup(tmp_path / "desk.backup")):
            with pytest.raises(DatabaseError, match="see whether the server runs") as raised:
                deed()
            assert "secret" not in str(raised.value)
    assert [*tmp_path.glob("*backup*")] == []


# -- there and back --------------------------------------------------------------------------------


def test_a_backup_holds_all_tenants(made: str, other: str, backup: Path) -> None:
    report = upkeep(other).restore(backup)
    assert report == ("4", backup.stat().st_size)
    assert dumps(other) == dumps(made)
    assert len(dumps(other)) == 2
    with Desk(store=SQLStore.open(other)) as desk:
        desk.incidents.log("No light", by=AN_AGENT)
        assert verify(desk.store.dump()).is_intact


def test_a_backup_is_of_one_moment(
    made: str, other: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_sqlite_backup, "_PAGES", 3)
    before = dumps(made)
    told: list[tuple[int, int]] = []
    with closing(SQLStore.open(made)) as store:

        def write(done: int, whole: int) -> None:
            told.append((done, whole))
            if len(told) <= 10:
                saved(store, f"INC-{100 + len(told)}")

        upkeep(made).backup(tmp_path / "desk.backup", progress=write)
    assert len(told) > 10
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1]
    upkeep(other).restore(tmp_path / "desk.backup")
    assert dumps(other) == before != dumps(made)


def test_numbers_of_arrival_go_on_behind_those_of_the_backup(made: str, other: str, backup: Path) -> None:
    upkeep(other).restore(backup)
    with closing(SQLStore.open(other)) as store:
        incident = saved(store, "INC-50")
        assert [each.ticket.number for each in store.tickets()] == ["INC-1", "INC-2", "INC-50"]
        with store.begin() as unit:
            save(unit, commented(incident), expected=1)
        assert [*store.events(after=0, limit=99)][-1].event.ticket_id == incident.id


def test_what_is_there_is_only_replaced_when_that_is_said(made: str, backup: Path) -> None:
    original = dumps(made)
    with closing(SQLStore.open(made)) as store:
        saved(store, "INC-50")
    newer = dumps(made)
    with pytest.raises(DefinitionError, match=r"it holds data already, in the table itsmkit_.*--replace"):
        upkeep(made).restore(backup)
    assert dumps(made) == newer
    upkeep(made).restore(backup, replace=True)
    assert dumps(made) == original


def test_tables_that_are_there_and_empty_are_filled(made: str, other: str, backup: Path) -> None:
    SQLStore.open(other).close()
    upkeep(other).restore(backup)
    assert dumps(other) == dumps(made)


def test_tables_of_an_application_are_data_too_in_a_file(sqlite_url: str, tmp_path: Path) -> None:
    with closing(SQLStore.open(sqlite_url)) as store:
        lived(store)
    upkeep(sqlite_url).backup(tmp_path / "desk.backup")
    other = sqlite_url.replace("desk.db", "other.db")
    run(other, 'CREATE TABLE "my ""orders" (id INTEGER)', 'INSERT INTO "my ""orders" VALUES (1)')
    with pytest.raises(DefinitionError, match='in the table my "orders; name a new file'):
        upkeep(other).restore(tmp_path / "desk.backup")


def test_a_half_made_place_can_be_restored(made: str, backup: Path) -> None:
    before = dumps(made)
    run(made, "DROP TABLE itsmkit_cursors", "CREATE TABLE itsmkit_aside_timers (id INTEGER)")
    with pytest.raises(SchemaError, match="restore it from a backup"):
        SQLStore.open(made)
    with pytest.raises(ItsmkitError, match=r"a migration was begun|it holds data already"):
        upkeep(made).restore(backup)
    upkeep(made).restore(backup, replace=True)
    assert dumps(made) == before


def test_a_server_is_restored_under_those_who_work_on_it(postgresql_url: str, tmp_path: Path) -> None:
    with closing(SQLStore.open(postgresql_url)) as store:
        first = saved(store)
        upkeep(postgresql_url).backup(tmp_path / "desk.backup")
        with store.begin() as unit:
            save(unit, commented(first), expected=1)
        saved(store, "INC-2")
        upkeep(postgresql_url).restore(tmp_path / "desk.backup", replace=True)
        assert [(each.ticket.number, each.ticket.version) for each in store.tickets()] == [("INC-1", 1)]
        with store.begin() as unit:
            save(unit, commented(first, "another"), expected=1)
        assert verify(store.dump()).is_intact


def test_a_file_is_not_restored_while_others_have_it_open(sqlite_url: str, tmp_path: Path) -> None:
    with closing(SQLStore.open(sqlite_url)) as store:
        saved(store)
        upkeep(sqlite_url).backup(tmp_path / "desk.backup")
        with pytest.raises(DatabaseError, match=r"other programs have it open, .*; end them, and try again"):
            upkeep(sqlite_url).restore(tmp_path / "desk.backup", replace=True)
        saved(store, "INC-2")
    upkeep(sqlite_url).restore(tmp_path / "desk.backup", replace=True)
    assert len(dumps(sqlite_url)["default"]) == 2


def test_a_file_of_other_pages_is_to_be_moved_away(sqlite_url: str, tmp_path: Path) -> None:
    SQLStore.open(sqlite_url).close()
    upkeep(sqlite_url).backup(tmp_path / "desk.backup")
    other = sqlite_url.replace("desk.db", "other.db")
    with closing(sqlite3.connect(other.removeprefix("sqlite:///"))) as connection:
        connection.execute("PRAGMA page_size = 8192")
        connection.execute("VACUUM")
    with pytest.raises(DatabaseError, match=r"its pages are of 8192 bytes, and .*; move the file away"):
        upkeep(other).restore(tmp_path / "desk.backup")


def test_a_backup_does_not_take_the_place_of_its_database(sqlite_url: str) -> None:
    with closing(SQLStore.open(sqlite_url)) as store:
        saved(store)
    folder = Path(sqlite_url.removeprefix("sqlite:///")).parent
    (folder / "link").symlink_to("desk.db")
    for name in ("desk.db", "link"):
        with pytest.raises(DefinitionError, match="it is the database that is to be backed up; name another"):
            upkeep(sqlite_url).backup(folder / name)
    assert len(dumps(sqlite_url)["default"]) == 2


# -- what is no backup -----------------------------------------------------------------------------


def test_a_damaged_backup_changes_nothing(made: str, other: str, backup: Path) -> None:
    whole = backup.read_bytes()
    random = Random(7)
    before = dumps(made)
    damaged = [whole[: random.randrange(len(whole))] for _ in range(FLIPS)]
    for _ in range(FLIPS):
        place = random.randrange(len(whole))
        flipped = bytes([whole[place] ^ (1 << random.randrange(8))])
        damaged.append(whole[:place] + flipped + whole[place + 1 :])
    for content in (b"", *damaged, whole + b"\n"):
        backup.write_bytes(content)
        for target, replace in ((other, False), (made, True)):
            with pytest.raises(
                DefinitionError, match=r"it is no backup, or its end is cut off|digest differs"
            ):
                upkeep(target).restore(backup, replace=replace)
    assert upkeep(other).versions().present is None
    assert dumps(made) == before


def test_what_cannot_be_read_is_no_backup(empty_url: str, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(
            DefinitionError, match=r"it cannot be read: .*; name a file that backup has written"
        ):
            upkeep(empty_url).restore(path)
    assert upkeep(empty_url).versions().present is None


def test_a_backup_is_for_a_database_of_its_kind(sqlite_url: str, postgresql_url: str, tmp_path: Path) -> None:
    for one, another in ((sqlite_url, postgresql_url), (postgresql_url, sqlite_url)):
        SQLStore.open(one).close()
        upkeep(one).backup(tmp_path / "desk.backup")
        with pytest.raises(DefinitionError, match=r"of another kind of database; .* store export and import"):
            upkeep(another).restore(tmp_path / "desk.backup", replace=True)


def test_a_damaged_file_is_not_backed_up(sqlite_url: str, tmp_path: Path) -> None:
    with closing(SQLStore.open(sqlite_url)) as store:
        lived(store)
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    content = bytearray(file.read_bytes())
    content[4096 * 5 : 4096 * 6] = b"\xff" * 4096
    file.write_bytes(content)
    with pytest.raises(DatabaseError, match=r"damaged|malformed") as raised:
        upkeep(sqlite_url).backup(tmp_path / "desk.backup")
    assert "backup" in raised.value.way_out
    assert [each.name for each in tmp_path.glob("*backup*")] == []


# -- all or nothing --------------------------------------------------------------------------------


def stop(_done: int, _whole: int) -> None:
    raise Stop


def test_a_backup_that_is_stopped_leaves_no_file(made: str, tmp_path: Path) -> None:
    path = tmp_path / "desk.backup"
    for content in (None, b"an earlier one"):
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(Stop):
            upkeep(made).backup(path, progress=stop)
        assert [each.read_bytes() for each in tmp_path.glob("*.backup*")] == ([content] if content else [])


def test_a_restore_that_is_stopped_changes_nothing(made: str, other: str, backup: Path) -> None:
    with closing(SQLStore.open(made)) as store:
        saved(store, "INC-50")
    before = dumps(made)
    for target in (made, other):
        with pytest.raises(Stop):
            upkeep(target).restore(backup, replace=True, progress=stop)
    assert dumps(made) == before
    assert upkeep(other).versions().present is None


def test_a_restore_that_is_killed_leaves_what_was_there(
    made: str, backup: Path, monkeypatch: pytest.MonkeyPatch, in_a_process: InAProcess
) -> None:
    monkeypatch.setattr(_sqlite_backup, "_PAGES", 3)
    with closing(SQLStore.open(made)) as store:
        saved(store, "INC-50")
    before = dumps(made)
    steps: list[int] = []
    upkeep(made).backup(backup.with_name("newer.backup"))
    upkeep(made).restore(backup, replace=True, progress=lambda *_: steps.append(1))
    upkeep(made).restore(backup.with_name("newer.backup"), replace=True)
    assert dumps(made) == before
    for at in sorted(Random(3).sample(range(1, len(steps) + 1), 6)):
        left = at

        def kill(_done: int, _whole: int) -> None:
            nonlocal left
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

        ended = in_a_process(lambda: upkeep(made).restore(backup, replace=True, progress=kill))
        assert ended.signal == signal.SIGKILL
        assert dumps(made) == before


def test_a_disk_without_room_for_a_backup_is_told(
    made: str, tmp_path: Path, in_a_process: InAProcess
) -> None:
    most = 60_000 if made.startswith("sqlite") else 6_000  # what stands beside a file of SQLite has room

    def back_up() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        upkeep(made).backup(tmp_path / "desk.backup")

    raised = in_a_process(back_up).raised
    assert raised.startswith("DatabaseError: ")
    assert "desk.backup: " in raised
    assert "room on" in raised
    assert [each.name for each in tmp_path.glob("*.backup*")] == []


def test_a_folder_for_a_backup_is_not_made(made: str, tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match=r"cannot be written: No such file .*; see to its folder"):
        upkeep(made).backup(tmp_path / "none" / "desk.backup")
    assert not (tmp_path / "none").exists()
