"""``itsmkit store …`` on a plugin whose stores stay in this process: one command sees what another did."""

import gzip
import json
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from random import Random
from types import ModuleType

import pytest
from rich.console import Console

from itsmkit.cli._store_app import _DEFAULT_TENANT
from itsmkit.cli._store_progress import StoreProgress
from itsmkit.cli._store_source import shown_url
from itsmkit.desk import Desk, InMemoryStore, ManualClock
from itsmkit.plugin import DEFAULT_TENANT, DamagedStoreError, RowKind, StoreRow
from itsmkit.plugin.dump_file import rows_of, write_dump
from itsmkit.plugin.verification import anchor_from
from itsmkit.testing import A_MONDAY, AN_AGENT

Run = Callable[..., tuple[int, str, str]]

SHELF = """
from pathlib import Path
from itsmkit.desk import InMemoryStore
from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.plugin import BackupReport, StoreVersions, UpgradeStep, hookimpl
from itsmkit.plugin.dump_file import rows_of, write_dump

stores = {}
closed = []
version = ["1"]


class Shelf(InMemoryStore):
    def close(self):
        closed.append(self)


@hookimpl
def itsmkit_make_store(url):
    if url == "shelf://broken":
        raise RefusedError("the shelf is broken; mend it")
    if url == "shelf://defect":
        raise KeyError("wood")
    return stores.setdefault(url, Shelf()) if url.startswith("shelf:") else None


class Upkeep:
    def __init__(self, url):
        self.url = url

    @property
    def store(self):
        return stores.setdefault(self.url, Shelf())

    def versions(self):
        return StoreVersions(version[0] if self.url in stores else None, ("1", "2"))

    def plan(self, to=None):
        to = to or "2"
        if to not in ("1", "2"):
            raise DefinitionError(f"there is no version {to}; there are 1 and 2")
        present = self.versions().present
        return [] if to == present else [UpgradeStep(present, to, "more room")]

    def upgrade(self, to=None, *, progress=None):
        steps = self.plan(to)
        for step in steps:
            stores.setdefault(self.url, Shelf())
            progress(1, 2)
            version[0] = step.end
        return steps

    def backup(self, path, *, progress=None):
        write_dump(path, [("default", self.store.dump())])
        progress(2, 2)
        return BackupReport(version[0], path.stat().st_size)

    def restore(self, path, *, replace=False, progress=None):
        if self.store.tenants() and not replace:
            raise DefinitionError("the shelf is not empty; say --replace")
        fresh = InMemoryStore()
        fresh.load(rows_of(path))
        stores[self.url] = fresh
        return BackupReport(version[0], path.stat().st_size)


@hookimpl
def itsmkit_maintain_store(url):
    if url == "shelf://broken":
        raise RefusedError("the shelf is broken; mend it")
    return Upkeep(url) if url.startswith("shelf:") else None
"""


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """Install the plugin, and return its module."""
    site = tmp_path / "site"
    info = site / "itsmkit_shelf-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "itsmkit_shelf.py").write_text(SHELF, encoding="utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: itsmkit-shelf\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text("[itsmkit.storage]\nshelf = itsmkit_shelf\n", "utf-8")
    monkeypatch.syspath_prepend(site)
    monkeypatch.chdir(tmp_path)
    import itsmkit_shelf  # type: ignore[import-not-found]

    yield itsmkit_shelf
    del sys.modules["itsmkit_shelf"]


def worked(store: InMemoryStore, *titles: str, tenant: str = DEFAULT_TENANT) -> Desk:
    """Let a desk log incidents on a store."""
    desk = Desk(store=store.of_tenant(tenant), clock=ManualClock(A_MONDAY), random=Random(tenant + titles[0]))
    desk = desk.acting_as(AN_AGENT)
    for title in titles:
        desk.incidents.log(title, requester="bob")
    return desk


@pytest.fixture
def desk(shelf: ModuleType) -> Desk:
    """Return a desk that has logged two incidents on the shelf of a URL."""
    shelf.stores["shelf://desk"] = shelf.Shelf()
    return worked(shelf.stores["shelf://desk"], "No network", "No mail")


@pytest.fixture
def tenants(shelf: ModuleType) -> InMemoryStore:
    """Return a shelf on which two tenants work."""
    store: InMemoryStore = shelf.Shelf()
    shelf.stores["shelf://host"] = store
    worked(store, "No network", tenant="acme")
    worked(store, "No mail", "No phone", tenant="zenith")
    return store


def tampered(path: Path, word: str, other: str, *, tenant: str = "default") -> None:
    """Replace a word in the events of a dump, and let it look whole."""
    rows = [
        StoreRow(row.kind, json.loads(json.dumps(row.data).replace(word, other)))
        if row.kind is RowKind.EVENT
        else row
        for row in rows_of(path, tenant)
    ]
    write_dump(path, [(tenant, rows)])


def test_the_default_tenant_is_that_of_the_desk() -> None:
    assert _DEFAULT_TENANT == DEFAULT_TENANT


# verify


def test_a_store_that_is_whole_is_said_to_be(run: Run, desk: Desk, shelf: ModuleType) -> None:
    status, out, err = run("store", "verify", "shelf://desk")
    assert (status, err) == (0, "")
    summary, advice = out.splitlines()
    assert summary == "tenant default: nothing is wrong; 2 tickets, 2 events"
    assert advice.startswith("tenant default: no checkpoint seals it, so that a history that was dropped")
    assert shelf.closed == [shelf.stores["shelf://desk"]]


def test_a_seal_is_told(run: Run, desk: Desk) -> None:
    desk.audit.checkpoint()
    desk.incidents.log("No printer")
    status, out, _ = run("store", "verify", "shelf://desk")
    assert status == 0
    assert out.splitlines()[1:] == ["tenant default: sealed to position 2 of 3 by 1 checkpoint"]


def test_what_was_erased_is_counted(run: Run, desk: Desk) -> None:
    desk.tickets.erase(desk.tickets.by_number("INC-2").id, reason="asked for")
    status, out, _ = run("store", "verify", "shelf://desk")
    assert status == 0
    assert out.splitlines()[1] == "tenant default: what was personal in 1 event has been erased"


def test_what_is_wrong_is_told_line_by_line_and_is_the_status(run: Run, desk: Desk) -> None:
    run("store", "export", "shelf://desk", "desk.jsonl")
    tampered(Path("desk.jsonl"), "No mail", "No post")
    status, out, err = run("store", "verify", "desk.jsonl")
    assert (status, err) == (1, "")
    changed, differing, summary, _ = out.splitlines()
    record = f"ticket/{desk.tickets.by_number('INC-2').id}"
    assert changed.startswith(
        f"tenant default: changed: {record}, event 1, position 2, row 4: /fact/details/title is not the"
    )
    assert differing.startswith(
        f"tenant default: differing: {record}, event 1, position 2, row 4: the ticket is"
    )
    assert summary == "tenant default: 2 findings; 2 tickets, 2 events"


def test_findings_beyond_those_that_are_kept_are_counted(run: Run, desk: Desk) -> None:
    rows = [StoreRow(RowKind.SERIES, {"series": "a", "last": 1})] * 1_300
    write_dump("desk.jsonl", [("default", rows)])
    status, out, _ = run("store", "verify", "desk.jsonl")
    assert status == 1
    assert "tenant default: repeated: 1,199 more like these\n" in out
    assert "tenant default: 1,299 findings; nothing is in it\n" in out


def test_an_anchor_shows_what_is_gone(run: Run, desk: Desk, shelf: ModuleType) -> None:
    assert run("store", "checkpoint", "shelf://desk", "--to", "seal.json")[0] == 0
    shelf.stores["shelf://other"] = shelf.Shelf()
    worked(shelf.stores["shelf://other"], "Nothing ever happened")
    assert run("store", "verify", "shelf://desk", "--anchor", "seal.json")[0] == 0
    status, out, _ = run("store", "verify", "shelf://other", "--anchor", "seal.json")
    assert status == 1
    assert "broken seal: the checkpoint of" in out
    assert f"ticket/{desk.tickets.by_number('INC-1').id}: it is gone, with 1 event" in out
    assert "sealed to" not in out


def test_a_file_is_held_to_its_own_checkpoints_and_to_anchors(run: Run, desk: Desk) -> None:
    run("store", "checkpoint", "shelf://desk", "--to", "seal.json")
    desk.incidents.log("No printer")
    run("store", "export", "shelf://desk", "desk.jsonl.gz")
    _, out, _ = run("store", "verify", "desk.jsonl.gz", "--anchor", "seal.json")
    assert out.splitlines() == [
        "tenant default: nothing is wrong; 3 tickets, 3 events",
        "tenant default: sealed to position 2 of 3 by 1 checkpoint",
    ]
    assert run("store", "verify", "desk.jsonl.gz")[1] == out


def test_a_verification_as_json(run: Run, desk: Desk, shelf: ModuleType) -> None:
    shelf.stores["shelf://ada:secret@desk?a=secret"] = desk.store
    status, out, _ = run("store", "verify", "shelf://ada:secret@desk?a=secret", "--json")
    told = json.loads(out)
    assert (status, told["store"]) == (0, "shelf://desk")
    assert told["tenants"]["default"]["intact"] is True
    assert told["tenants"]["default"]["rows"]["ticket"] == 2


def test_what_a_store_cannot_read_is_a_finding(run: Run, desk: Desk, shelf: ModuleType) -> None:
    class HalfReadable(InMemoryStore):
        def dump(self) -> Iterator[StoreRow]:
            yield from islice(super().dump(), 2)
            raise DamagedStoreError("the document of event 1 is no JSON")

    half = HalfReadable()
    half.load(desk.store.dump())
    shelf.stores["shelf://half"] = half
    status, out, err = run("store", "verify", "shelf://half")
    assert (status, err) == (1, "")
    assert out.splitlines() == [
        (
            "tenant default: unreadable: row 3: the document of event 1 is no JSON; this row, and what "
            "follows it, was not looked at; upgrade itsmkit if a later one wrote it; otherwise restore a "
            "backup"
        ),
        "tenant default: 1 finding; 2 tickets",
        "tenant default: the rest was not looked at, and held to no checkpoint",
    ]


def test_all_tenants_are_verified(run: Run, tenants: InMemoryStore) -> None:
    status, out, _ = run("store", "verify", "shelf://host", "--all-tenants")
    assert status == 0
    assert out.splitlines()[::2] == [
        "tenant acme: nothing is wrong; 1 ticket, 1 event",
        "tenant zenith: nothing is wrong; 2 tickets, 2 events",
    ]
    run("store", "export", "shelf://host", "all.jsonl", "--all-tenants")
    assert run("store", "verify", "all.jsonl", "--all-tenants")[1] == out
    assert run("store", "verify", "all.jsonl", "--tenant", "acme")[1].splitlines() == out.splitlines()[:2]


def test_the_configuration_says_what_numbers_begin_with(run: Run, desk: Desk) -> None:
    Path("desk.toml").write_text('[desk]\nnumber_prefix = "X-"\n', "utf-8")
    run("store", "export", "shelf://desk", "desk.jsonl")
    rows = [row for row in rows_of("desk.jsonl") if row.kind is not RowKind.SERIES]
    write_dump("desk.jsonl", [("default", rows)])
    status, out, _ = run("store", "verify", "desk.jsonl")
    assert status == 1
    assert "series behind: the series incident is at 0, and the number INC-2 is in use" in out
    assert run("store", "verify", "desk.jsonl", "--config", "desk.toml")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ["shelf://nowhere"],
            "there is nothing at shelf://nowhere; give the URL of a store that a desk works",
        ),
        (["shelf://empty"], "shelf://empty keeps nothing; give the URL of a store that a desk works on"),
        (
            ["shelf://host"],
            "shelf://host keeps nothing of tenant 'default'; it has acme, zenith",
        ),
        (["nowhere.jsonl"], "nowhere.jsonl: cannot be read (No such file or directory); give the path"),
        (["all.jsonl"], "all.jsonl holds nothing of tenant 'default'; it has acme, zenith"),
        (["shelf://broken"], "the shelf is broken; mend it"),
        (["shelf://defect"], "plugin 'itsmkit.storage:shelf' failed in itsmkit_make_store: KeyError: 'wood'"),
        (["shelv://desk"], "no plugin makes a store for the scheme 'shelv'"),
        (["shelf://host", "--tenant", "acme", "--anchor", "no.json"], "no.json: there is no such file"),
        (
            ["shelf://host", "--tenant", "acme", "--anchor", "list.json"],
            "list.json: this is no anchor of a store",
        ),
        (
            ["shelf://host", "--tenant", "acme", "--anchor", "seal.json"],
            "seal.json seals tenant 'zenith', which is not verified; add --tenant zenith",
        ),
        (
            ["all.jsonl", "--tenant", "acme", "--anchor", "seal.json"],
            "seal.json seals tenant 'zenith', which is not verified; add --tenant zenith",
        ),
    ],
)
def test_what_cannot_be_verified_is_one_sentence(
    run: Run, tenants: InMemoryStore, shelf: ModuleType, arguments: list[str], told: str
) -> None:
    run("store", "export", "shelf://host", "all.jsonl", "--all-tenants")
    run("store", "checkpoint", "shelf://host", "--tenant", "zenith", "--to", "seal.json")
    shelf.stores["shelf://empty"], shelf.stores["shelf://defect"] = shelf.Shelf(), shelf.Shelf()
    Path("list.json").write_text("[]", "utf-8")
    status, out, err = run("store", "verify", *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("error: ")
    assert told in err
    assert err.count("\n") == 1
    assert "shelf://nowhere" not in shelf.stores


def test_a_store_that_nobody_tends_is_opened_all_the_same(
    run: Run, desk: Desk, shelf: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert desk.store.tenants() == ["default"]
    monkeypatch.delattr(shelf, "itsmkit_maintain_store")
    assert run("store", "verify", "shelf://desk")[0] == 0
    status, _, err = run("store", "backup", "shelf://desk", "desk.backup")
    assert status == 2
    assert "does not tend what it keeps data in; move them with 'itsmkit store export'" in err


# checkpoint


def test_a_checkpoint_is_kept_and_written(run: Run, desk: Desk) -> None:
    status, out, _ = run("store", "checkpoint", "shelf://desk", "--to", "seal.json")
    [kept] = desk.store.checkpoints()
    anchor = anchor_from(json.loads(Path("seal.json").read_text("utf-8")))
    assert status == 0
    assert (anchor.tenant, anchor.checkpoint) == ("default", kept)
    assert anchor.heads == desk.store.heads().heads
    assert out == f"tenant default: sealed 2 records to position 2; root {kept.root}\nWritten: seal.json\n"


def test_a_checkpoint_can_be_printed(run: Run, desk: Desk) -> None:
    _, out, _ = run("store", "checkpoint", "shelf://desk", "--json")
    assert anchor_from(json.loads(out)).checkpoint == desk.store.checkpoints()[0]
    assert run("store", "checkpoint", "shelf://desk")[1].count("\n") == 1


def test_a_checkpoint_that_cannot_be_written_is_not_made(run: Run, desk: Desk) -> None:
    status, _, err = run("store", "checkpoint", "shelf://desk", "--to", "seal.txt")
    assert (status, err) == (
        2,
        "error: --to seal.txt: a seal is written as JSON; give it a name that ends in .json\n",
    )
    assert run("store", "checkpoint", "shelf://desk", "--to", "no/seal.json")[0] == 2
    assert desk.store.checkpoints() == []


# export and import


def test_what_is_exported_imported_and_exported_is_the_same(run: Run, desk: Desk, shelf: ModuleType) -> None:
    desk.audit.checkpoint()
    status, out, _ = run("store", "export", "shelf://desk", "desk.jsonl")
    assert status == 0
    assert out.splitlines() == ["tenant default: 10 rows", "Written: desk.jsonl"]
    assert run("store", "import", "desk.jsonl", "shelf://copy") == (0, "tenant default: 10 rows\n", "")
    run("store", "export", "shelf://copy", "copy.jsonl")
    assert Path("copy.jsonl").read_bytes() == Path("desk.jsonl").read_bytes()
    run("store", "export", "shelf://copy", "copy.jsonl.gz")
    assert gzip.decompress(Path("copy.jsonl.gz").read_bytes()) == Path("desk.jsonl").read_bytes()
    assert [*shelf.stores["shelf://copy"].dump()] == [*desk.store.dump()]


def test_a_desk_goes_on_where_it_was_imported(run: Run, desk: Desk, shelf: ModuleType) -> None:
    run("store", "export", "shelf://desk", "desk.jsonl")
    run("store", "import", "desk.jsonl", "shelf://copy")
    copy = worked(shelf.stores["shelf://copy"], "No printer")
    assert copy.tickets.by_number("INC-3").title == "No printer"
    assert copy.audit.verify().is_intact


def test_all_tenants_are_moved(run: Run, tenants: InMemoryStore, shelf: ModuleType) -> None:
    run("store", "export", "shelf://host", "all.jsonl", "--all-tenants")
    status, out, _ = run("store", "import", "all.jsonl", "shelf://copy")
    assert (status, len(out.splitlines())) == (0, 2)
    copy = shelf.stores["shelf://copy"]
    assert copy.tenants() == tenants.tenants()
    for tenant in tenants.tenants():
        assert [*copy.of_tenant(tenant).dump()] == [*tenants.of_tenant(tenant).dump()]


def test_one_tenant_is_moved_and_may_get_another_name(
    run: Run, tenants: InMemoryStore, shelf: ModuleType
) -> None:
    run("store", "export", "shelf://host", "all.jsonl", "--all-tenants")
    assert run("store", "import", "all.jsonl", "shelf://copy", "--tenant", "zenith", "--into", "apex")[0] == 0
    copy = shelf.stores["shelf://copy"]
    assert copy.tenants() == ["apex"]
    assert [*copy.of_tenant("apex").dump()] == [*tenants.of_tenant("zenith").dump()]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["all.jsonl", "shelf://host"], "tenant 'acme' is not empty; load a dump into an empty store"),
        (
            ["all.jsonl", "shelf://copy", "--into", "apex"],
            "--into apex is one name, and all.jsonl holds acme, zenith; say which with --tenant",
        ),
        (["all.jsonl", "shelf://copy", "--tenant", "apex"], "all.jsonl holds nothing of tenant 'apex'"),
        (
            ["cut.jsonl", "shelf://copy"],
            "cut.jsonl, line 10: the file ends here, in the middle; fetch it again",
        ),
        (["wrong.jsonl", "shelf://copy"], "tenant default: row 2: "),
    ],
)
def test_what_cannot_be_imported_is_an_error_and_nothing_is_loaded(
    run: Run, tenants: InMemoryStore, shelf: ModuleType, arguments: list[str], told: str
) -> None:
    run("store", "export", "shelf://host", "all.jsonl", "--all-tenants")
    Path("cut.jsonl").write_bytes(b"".join(Path("all.jsonl").read_bytes().splitlines(keepends=True)[:9]))
    row = StoreRow(RowKind.SERIES, {"series": "a", "last": 1})
    write_dump("wrong.jsonl", [("default", [row, row])])
    before = [*tenants.of_tenant("acme").dump()]
    status, out, err = run("store", "import", *arguments)
    assert (status, out) == (2, "")
    assert told in err
    assert [*tenants.of_tenant("acme").dump()] == before
    assert not shelf.stores.get("shelf://copy", InMemoryStore()).tenants()


def test_what_was_loaded_before_an_error_is_told(run: Run, tenants: InMemoryStore) -> None:
    row = StoreRow(RowKind.SERIES, {"series": "a", "last": 1})
    write_dump("all.jsonl", [("a", [row]), ("b", [row, row])])
    _, _, err = run("store", "import", "all.jsonl", "shelf://ada:secret@copy")
    assert "tenant b: row 2: the series 'a' stands there already" in err
    assert "shelf://copy has taken a before; import the others with --tenant" in err
    assert "secret" not in err


def test_a_file_that_cannot_be_written_is_an_error(run: Run, desk: Desk) -> None:
    status, _, err = run("store", "export", "shelf://desk", "no/desk.jsonl")
    assert status == 2
    assert "there is no directory" in err


# upgrade, backup and restore


def test_an_upgrade_tells_its_steps(run: Run, desk: Desk, shelf: ModuleType) -> None:
    planned = "would go from 1 to 2: more room\nshelf://desk: its version is 1\n"
    assert run("store", "upgrade", "shelf://desk", "--dry-run") == (0, planned, "")
    assert shelf.version == ["1"]
    done = "went from 1 to 2: more room\nshelf://desk: its version is 2\n"
    assert run("store", "upgrade", "shelf://desk") == (0, done, "")
    nothing = "shelf://desk: its version is 2, and nothing is to be done\n"
    assert run("store", "upgrade", "shelf://desk") == (0, nothing, "")
    assert run("store", "upgrade", "shelf://desk", "--to", "1")[1].startswith("went from 2 to 1")
    assert run("store", "upgrade", "shelf://desk", "--to", "7") == (
        2,
        "",
        "error: there is no version 7; there are 1 and 2\n",
    )


def test_the_steps_of_a_place_where_nothing_is(run: Run, shelf: ModuleType) -> None:
    _, out, _ = run("store", "upgrade", "shelf://new", "--dry-run")
    assert out == (
        "would go from nothing to 2: more room\nshelf://new: its version is none: nothing is there yet\n"
    )


def test_a_backup_is_restored(run: Run, desk: Desk, shelf: ModuleType) -> None:
    before = [*desk.store.dump()]
    status, out, _ = run("store", "backup", "shelf://desk", "desk.backup")
    size = Path("desk.backup").stat().st_size
    assert (status, out) == (0, f"shelf://desk: {size:,} bytes, of version 1\nWritten: desk.backup\n")
    desk.incidents.log("No printer")
    status, _, err = run("store", "restore", "desk.backup", "shelf://desk")
    assert (status, err) == (2, "error: the shelf is not empty; say --replace\n")
    status, out, _ = run("store", "restore", "desk.backup", "shelf://desk", "--replace")
    assert (status, out) == (0, f"shelf://desk: restored {size:,} bytes, of version 1\n")
    assert [*shelf.stores["shelf://desk"].dump()] == before


def test_a_place_that_cannot_be_tended_is_one_sentence(run: Run, desk: Desk) -> None:
    assert run("store", "upgrade", "shelf://broken") == (2, "", "error: the shelf is broken; mend it\n")
    assert run("store", "backup", "shelf://desk", "no/desk.backup")[0] == 2


@pytest.mark.parametrize(
    "command",
    [["worker", "shelf://broken", "--once"], ["demo", "--store", "shelf://broken"]],
    ids=["worker", "demo"],
)
def test_where_a_desk_is_kept_speaks_for_itself(run: Run, shelf: ModuleType, command: list[str]) -> None:
    assert run(*command) == (2, "", "error: the shelf is broken; mend it\n")


# What is shown


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql+psycopg://ada:p@ss@db/desk?password=x", "postgresql+psycopg://db/desk"),
        ("postgresql+psycopg://ada:se/cret@db/desk", "postgresql+psycopg://…"),
        ("postgresql+psycopg://ada:se?cret@db/desk", "postgresql+psycopg://…"),
        ("postgresql+psycopg://ada:p@s?cret@db/desk", "postgresql+psycopg://…"),
        ("postgresql+psycopg://db/desk?user=ada&password=p@ss", "postgresql+psycopg://…"),
        ("postgresql+psycopg://ada:s#cret@db/desk", "postgresql+psycopg://db/desk"),
        ("sqlite:///a@b.db", "sqlite:///a@b.db"),
        ("memory://", "memory://"),
    ],
)
def test_a_url_is_shown_without_what_is_secret(url: str, shown: str) -> None:
    assert shown_url(url) == shown


def test_progress_is_drawn_on_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(force_terminal=True, width=80)
    with StoreProgress(console, "Verifying") as progress:
        told = progress.rows("Verifying tenant default", 4096)
        for row in range(1, 4097):
            told(row)
        progress._progress.refresh()
        drawn = capsys.readouterr().out
        assert "Verifying tenant default: 4,096 rows" in drawn
        assert "100%" in drawn
        progress(1, 2)
        progress._progress.refresh()
        assert "50%" in capsys.readouterr().out
