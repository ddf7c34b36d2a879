"""What a desk does by itself: what is due, what is to be delivered, what is to be forgotten."""

from datetime import timedelta
from random import Random
from typing import Any

from attrs import evolve

from itsmkit.desk import Desk
from itsmkit.plugin import OutboxEntry
from itsmkit.testing.builders import AN_AGENT, a_notification
from itsmkit.testing.use_cases._beginnings import logged, under_way
from itsmkit.testing.use_cases._stage import DAY, HOUR, Once, Stage, UseCase

__all__ = ["USE_CASES", "run_due"]


def _fixed(stage: Stage) -> None:
    """Let two incidents be fixed by a third that is resolved; one can be resolved as it is, one cannot."""
    cause = under_way(stage)
    for each in (under_way(stage), logged(stage)):
        stage.steady.links.link(each.id, "fixed_by", cause.id)
    stage.steady.incidents.transition(cause.id, "resolve", resolution="a new cable")


def _due(stage: Stage) -> None:
    """Let checkpoints be due, the first of which nobody is told of."""
    logged(stage)
    due = stage.steady.next_due()
    assert due is not None  # noqa: S101  # the standard agreements promise an answer
    stage.clock.set(due)


def _breached(stage: Stage) -> None:
    """Let checkpoints be due of which people are told."""
    under_way(stage)
    stage.clock.advance(5 * HOUR)


def _resolved_long_ago(stage: Stage) -> None:
    """Let a state be about to end by itself."""
    incident = under_way(stage)
    stage.steady.incidents.transition(incident.id, "resolve", resolution="a new cable")
    stage.clock.advance(8 * DAY)


def _idle(stage: Stage) -> None:
    """Let nobody have worked for long on what is watched."""
    stage.steady.tickets.tag(under_way(stage).id, "watched")
    stage.clock.advance(HOUR)


def _gathered(stage: Stage) -> None:
    """Let the boss have something to be told together."""
    _idle(stage)
    stage.steady.run_due()
    stage.clock.advance(HOUR / 4)


def _of_other_agreements(stage: Stage) -> None:
    """Let tickets have the timers of a desk that had no agreements."""
    config = evolve(stage.steady.config, agreements=[])
    desk = Desk(config, store=stage.store, clock=stage.clock, random=Random(3))  # noqa: S311  # as above
    for title in ("No network", "No power"):
        desk.incidents.log(title, by=AN_AGENT)


def _waiting(stage: Stage) -> None:
    """Let a notification wait."""
    logged(stage)
    with stage.store.begin() as unit:
        unit.enqueue(OutboxEntry(a_notification(), 0, stage.clock()))


def _remembered(stage: Stage) -> None:
    """Let something have been done once, two days ago."""
    stage.steady.incidents.log("No network", idempotency_key="two days ago")
    stage.clock.advance(2 * DAY)


def run_due(desk: Desk, _asked: Any, _once: Once) -> None:
    """Do what is due, and raise what failed."""
    # A timer that fails keeps nobody waiting: it is reported. Here nobody else waits.
    for failure in desk.run_due().failures:
        raise failure.error


def _two_in_a_batch(desk: Desk, _asked: Any, _once: Once) -> None:
    with desk.batch() as batch:
        batch.incidents.log("No network", requester="bob", idempotency_key="the first")
        batch.incidents.log("No power", requester="bob", idempotency_key="the second")


USE_CASES = (
    UseCase("batch", _two_in_a_batch),
    UseCase("run_due", run_due, _due, lease=timedelta(minutes=1)),
    UseCase(
        "run_due",
        run_due,
        _breached,
        variant="people are told",
        lease=timedelta(minutes=1),
    ),
    UseCase("run_due", run_due, _fixed, variant="a cascade", lease=timedelta(minutes=1)),
    UseCase(
        "run_due",
        run_due,
        _resolved_long_ago,
        variant="a state ends",
        lease=timedelta(minutes=1),
    ),
    UseCase("run_due", run_due, _idle, variant="a ladder", lease=timedelta(minutes=1)),
    UseCase("run_due", run_due, _gathered, variant="a digest", lease=timedelta(minutes=1)),
    UseCase("reread_agreements", lambda desk, _, __: desk.reread_agreements(), _of_other_agreements),
    UseCase("deliver", lambda desk, _, __: desk.deliver(), _waiting, lease=timedelta(minutes=1)),
    UseCase("forget", lambda desk, _, __: desk.forget(older_than=DAY), _remembered),
)
