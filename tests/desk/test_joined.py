"""A desk in a transaction of its host: it neither tries again nor does what needs a commit of its own."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from itsmkit.cmdb import CIId, ConfigurationItem
from itsmkit.desk import Desk, DeskConfig, InMemoryNotifier, InMemoryStore, ManualClock
from itsmkit.errors import ConflictError, RefusedError
from itsmkit.testing import A_MONDAY, AN_AGENT

DAY = timedelta(days=1)


class HostedStore:
    """
    A store in the transaction of a host: what it keeps vanishes when that is rolled back.

    Args:
        before: What there was before the transaction.
    """

    is_joined = True

    def __init__(self, before: InMemoryStore) -> None:
        self.before = before
        self.roll_back()

    def roll_back(self) -> None:
        self.inside = InMemoryStore()
        self.inside.load(self.before.dump())

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inside, name)


def a_desk(store: Any, pause: Callable[[timedelta], object] = lambda _: None) -> Desk:
    desk = Desk(DeskConfig.standard(), store=store, clock=ManualClock(A_MONDAY), pause=pause)
    return desk.acting_as(AN_AGENT)


def server(ci: str) -> ConfigurationItem:
    return ConfigurationItem(CIId(ci), "physical host", ci)


@pytest.fixture
def hosted() -> HostedStore:
    return HostedStore(InMemoryStore())


def test_a_conflict_is_not_tried_again(store: Any, pauses: list[timedelta]) -> None:
    store.is_joined = True
    desk = a_desk(store, pauses.append)
    incident = desk.incidents.log("No network")
    store.meanwhile = [lambda: desk.tickets.comment(incident.id, "first")]
    with pytest.raises(ConflictError):
        desk.tickets.comment(incident.id, "second")
    assert desk.tickets.get(incident.id).version == 2
    assert pauses == []


@pytest.mark.parametrize(
    ("what", "work"),
    [("run_due", Desk.run_due), ("deliver", Desk.deliver)],
    ids=["checkpoints", "notifications"],
)
def test_what_commits_by_itself_is_left_to_a_worker(
    hosted: HostedStore, what: str, work: Callable[[Desk], object]
) -> None:
    notifier = InMemoryNotifier()
    clock = ManualClock(A_MONDAY)
    desk = Desk(store=hosted, clock=clock, plugins=[notifier]).acting_as(AN_AGENT)  # type: ignore[arg-type]
    desk.incidents.log("No network", impact="high", urgency="high", support_group="Network")
    clock.advance(DAY)
    assert desk.next_due() is not None
    with pytest.raises(RefusedError, match=f"^{what} makes transactions of its own, and this desk is in one"):
        work(desk)
    assert notifier.delivered == []
    assert len(desk.events()) == 1
    with Desk(store=hosted.inside, clock=clock, plugins=[notifier]) as worker:
        assert worker.run_due().passed > 0


def test_what_the_host_has_rolled_back_is_no_part_of_the_configuration(hosted: HostedStore) -> None:
    a_desk(hosted.before).cmdb.put(server("web"))
    hosted.roll_back()
    desk = a_desk(hosted)
    desk.cmdb.put(server("db"))
    desk.cmdb.override("db", "degraded", A_MONDAY + DAY)
    assert {each.id for each in desk.cmdb.graph().items} == {"db", "web"}
    hosted.roll_back()
    assert {each.id for each in desk.cmdb.graph().items} == {"web"}
    assert desk.cmdb.overrides() == ()
    # Others may have recorded as much meanwhile, at the same positions.
    a_desk(hosted.before).cmdb.put(server("lb"), server("san"))
    hosted.roll_back()
    assert {each.id for each in desk.cmdb.graph().items} == {"lb", "san", "web"}
    (event,) = desk.cmdb.put(server("db"))
    assert event.sequence == 1


def test_a_key_does_not_stand_for_what_was_rolled_back(hosted: HostedStore) -> None:
    desk = a_desk(hosted)
    first = desk.incidents.log("No network", idempotency_key="key-1")
    assert desk.incidents.log("No network", idempotency_key="key-1") == first
    hosted.roll_back()
    second = desk.incidents.log("No network", idempotency_key="key-1")
    assert second.id != first.id
    assert [*desk.tickets] == [second]
