"""What can be asked of access management."""

from datetime import timedelta

from itsmkit.testing.builders import A_MONDAY
from itsmkit.testing.use_cases._stage import DAY, Stage, UseCase
from itsmkit.tickets import Ticket

__all__ = ["USE_CASES"]


def _requested(stage: Stage) -> Ticket:
    return stage.steady.access.request(
        "everybody", reason="helps out", for_person="bob", until=A_MONDAY + DAY
    )


def _role_approved(stage: Stage) -> Ticket:
    return stage.steady.access.approve(_requested(stage).id)


def _granted(stage: Stage) -> Ticket:
    return stage.steady.access.grant(_role_approved(stage).id)


def _granted_for_good(stage: Stage) -> Ticket:
    asked = stage.steady.access.request("everybody", reason="works here", for_person="bob")
    return stage.steady.access.grant(stage.steady.access.approve(asked.id).id)


def _to_be_confirmed(stage: Stage) -> Ticket:
    """Let a quarter go by, so that a grant has fallen due."""
    granted = _granted_for_good(stage)
    stage.clock.advance(timedelta(days=100))
    return stage.steady.tickets.transition(granted.id, "fall_due")


def _revoked(stage: Stage) -> Ticket:
    return stage.steady.access.revoke(_granted(stage).id, reason="moved on")


USE_CASES = (
    UseCase(
        "access.request",
        lambda desk, _, once: desk.access.request(
            "everybody", reason="helps out", until=A_MONDAY + DAY, scope='site = "Bonn"', **once
        ),
    ),
    UseCase("access.approve", lambda desk, grant, once: desk.access.approve(grant.id, **once), _requested),
    UseCase(
        "access.reject",
        lambda desk, grant, once: desk.access.reject(grant.id, reason="not needed", **once),
        _requested,
    ),
    UseCase("access.grant", lambda desk, grant, once: desk.access.grant(grant.id, **once), _role_approved),
    UseCase(
        "access.recertify",
        lambda desk, grant, once: desk.access.recertify(grant.id, **once),
        _to_be_confirmed,
    ),
    UseCase(
        "access.revoke",
        lambda desk, grant, once: desk.access.revoke(grant.id, reason="moved on", **once),
        _granted,
    ),
    UseCase(
        "access.confirm_removal",
        lambda desk, grant, once: desk.access.confirm_removal(grant.id, evidence="log 7", **once),
        _revoked,
    ),
    UseCase(
        "deliver",
        lambda desk, _, __: desk.deliver(),
        _revoked,
        variant="access is given and taken",
        lease=timedelta(minutes=1),
    ),
)
