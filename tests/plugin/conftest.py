import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from itsmkit.cmdb import CIId, ConfigurationItem
from itsmkit.plugin import Notification
from itsmkit.tickets import Actor, Commented, Ticket, TicketEvent, TicketId

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """
    Install a small distribution for the length of a test: a module with its metadata, as pip would.

    The module is called like the distribution, with underscores; *entries* maps names of entry points, or
    (group, name), to what follows the module in the entry: ``""``, or ``":Class"``.
    """
    before = set(sys.modules)

    def write(
        distribution: str,
        source: str = "",
        *,
        version: str = "1.0",
        entries: Mapping[str | tuple[str, str], str] | None = None,
        requires: tuple[str, ...] = (),
    ) -> None:
        site = tmp_path / distribution
        module = distribution.replace("-", "_")
        info = site / f"{module}-{version}.dist-info"
        info.mkdir(parents=True)
        (site / f"{module}.py").write_text(source, encoding="utf-8")
        header = ["Metadata-Version: 2.1", f"Name: {distribution}", f"Version: {version}"]
        lines = [*header, *(f"Requires-Dist: {requirement}" for requirement in requires)]
        (info / "METADATA").write_text("\n".join(lines) + "\n", encoding="utf-8")
        entry_points = []
        for key, rest in (entries or {}).items():
            group, name = ("itsmkit", key) if isinstance(key, str) else key
            entry_points += [f"[{group}]", f"{name} = {module}{rest}"]
        (info / "entry_points.txt").write_text("\n".join(entry_points) + "\n", encoding="utf-8")
        monkeypatch.syspath_prepend(site)

    yield write
    for name in set(sys.modules) - before:
        if name.startswith("itsmkit_"):
            del sys.modules[name]


@pytest.fixture
def actor() -> Actor:
    return Actor("ada")


@pytest.fixture
def ticket() -> Ticket:
    return Ticket(
        id=TicketId("t-1"),
        kind="incident",
        number="INC-1",
        version=1,
        state="new",
        state_category="new",
        opened_at=NOON,
        updated_at=NOON,
    )


@pytest.fixture
def event(actor: Actor) -> TicketEvent:
    return TicketEvent(TicketId("t-1"), 1, NOON, NOON, NOON, actor, Commented("hello", public=True))


@pytest.fixture
def ci() -> ConfigurationItem:
    return ConfigurationItem(CIId("host-1"), "server", "Host 1")


@pytest.fixture
def notification() -> Notification:
    return Notification(key="n-1", recipient="ada", subject="s", body="b", ticket_id="t-1")
