"""A desk to test with: small rules of its own, a clock that stands still, identifiers that repeat."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from random import Random

import pytest

from itsmkit.conditions import equals
from itsmkit.desk import Desk, DeskConfig, InMemoryNotifier, InMemoryStore, ManualClock
from itsmkit.plugin import UnitOfWork
from itsmkit.practices import EscalationPolicy, EscalationStep, incident_kind
from itsmkit.sla import Checkpoint, Promise, ServiceLevelAgreement, Target
from itsmkit.testing import A_MONDAY, AN_AGENT, office_hours

HOUR = timedelta(hours=1)


class InterruptedStore(InMemoryStore):
    """A store in which something happens *meanwhile*: just before the next commits, one for each."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: list[Callable[[], object]] = []

    def always(self, what: Callable[[], object]) -> None:
        """Let *what* happen before every commit but those that it makes itself."""

        def again() -> None:
            what()
            self.meanwhile.append(again)

        self.meanwhile = [again]

    @contextmanager
    def begin(self) -> Iterator[UnitOfWork]:
        with super().begin() as unit:
            yield unit
            if self.meanwhile:
                self.meanwhile.pop(0)()


@pytest.fixture
def busy_threads() -> Iterator[None]:
    """Let threads take turns a hundred times as often as usual, in the middle of whatever they do."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(usual / 100)
    yield
    sys.setswitchinterval(usual)


@pytest.fixture
def config() -> DeskConfig:
    """Return rules: P1 in 4 office hours, all else in 8; told at 75 % and at the breach."""
    marks = tuple(map(Checkpoint.at_share, (50, 75)))
    urgent = Target("resolve", 4 * HOUR, checkpoints=(*marks, Checkpoint.at_breach()))
    usual = Target("resolve", 8 * HOUR, checkpoints=(marks[1], Checkpoint.at_breach()))
    promises = (Promise(urgent, equals("priority", "P1")), Promise(usual))
    return DeskConfig(
        name="Desk under test",
        kinds=[incident_kind()],
        reporting_hours=office_hours(),
        agreements=[ServiceLevelAgreement("support", office_hours(), promises)],
        escalation=EscalationPolicy(
            [
                EscalationStep("75%", ["support_group", "assignee"]),
                EscalationStep("breach", ["service desk manager"]),
            ]
        ),
    )


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(A_MONDAY)


@pytest.fixture
def notifier() -> InMemoryNotifier:
    return InMemoryNotifier()


@pytest.fixture
def store() -> InterruptedStore:
    return InterruptedStore()


@pytest.fixture
def pauses() -> list[timedelta]:
    """Return the pauses that desks have asked for; none of them is made."""
    return []


@pytest.fixture
def make_desk(
    config: DeskConfig, clock: ManualClock, store: InterruptedStore, pauses: list[timedelta]
) -> Callable[..., Desk]:
    """Return what makes desks on the same store, under the same clock."""

    def make(*plugins: object, rules: DeskConfig = config) -> Desk:
        desk = Desk(rules, store=store, plugins=plugins, clock=clock, random=Random(1), pause=pauses.append)
        return desk.acting_as(AN_AGENT)

    return make


@pytest.fixture
def desk(make_desk: Callable[..., Desk], notifier: InMemoryNotifier) -> Desk:
    """Return a desk that delivers to *notifier* and is bound to an agent."""
    return make_desk(notifier)
