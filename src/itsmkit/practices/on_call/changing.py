"""Overrides and leaves: when they can be, and that they do not hold any more."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from attrs import evolve

from itsmkit.practices.on_call._duties import (
    away_problems,
    duties_of,
    missing,
    refuse,
    roster_of,
    span_problems,
)
from itsmkit.practices.outcome import Outcome
from itsmkit.rotas import Leave, Override, Roster, Rota

__all__ = [
    "LONGEST",
    "approve_leave",
    "asks_for_approval",
    "make_override",
    "reject_leave",
    "take_leave",
    "withdraw_leave",
    "withdraw_override",
]

LONGEST = timedelta(days=366)
"""How long an override, or one of the two spans of a swap, is at most: what lasts longer, is another rota."""


def make_override(override: Override, rosters: Iterable[Roster], now: datetime) -> Outcome[Override]:
    """
    Return that somebody is on duty in place of another.

    Whether they are on duty somewhere else meanwhile is for who makes it to judge: some rotas are light.

    Args:
        override: The override.
        rosters: All rotas with what has changed them.
        now: The instant.

    Raises:
        NotFoundError: If there is no such rota.
        DefinitionError: If the rota has no such role.
        OutOfRangeError: If the rota does not reach as far.
        RefusedError: With every reason: it is over or too long, who is to be on duty is away, or who is to be
            replaced is never on duty in its time, or stands in for somebody who is away.
    """
    roster = roster_of(rosters, override.rota)
    roster.rota.role(override.role)
    problems = [*span_problems(override.span, LONGEST, now)]
    if not problems:
        problems += away_problems(override.person, [override.span], roster.leaves)
        problems += _replacing_problems(override, roster)
    refuse(f"cannot put {override.person} on duty", problems)
    return Outcome(override, "OverrideMade")


def _replacing_problems(override: Override, roster: Roster) -> Iterator[str]:
    """List why an override does not put anybody in the place of who is to be replaced."""
    replaced, role = override.instead_of, override.role
    if replaced is None:
        return
    hours = duties_of(roster, replaced, override.span, role)
    if not hours:
        told = f"as {role} of {override.rota} from {override.start} to {override.end}"
        yield f"{replaced} is not on duty {told}, and cannot be replaced"
        return
    after = evolve(roster, overrides=(*roster.overrides, override))
    for span in missing(override.person, hours, after, role)[:1]:
        told = f"{replaced} stands in for somebody who is away at {span.start}"
        yield f"{told}, and has no place of their own; leave out `instead_of`"


def withdraw_override(override: Override, reason: str, now: datetime) -> Outcome[Override]:
    """
    Return that an override does not hold any more.

    Raises:
        RefusedError: If it was withdrawn already, or is over: what has been, stays.
    """
    after = override.withdrawn()
    refuse(f"cannot withdraw override {override.id}", span_problems(override.span, LONGEST, now))
    return Outcome(after, "OverrideWithdrawn", {"reason": reason})


def asks_for_approval(rota: Rota, person: str) -> bool:
    """Tell whether a rota asks that the leaves of somebody are approved."""
    return rota.leaves_need_approval and person in rota.people


def take_leave(leave: Leave, now: datetime) -> Outcome[Leave]:
    """
    Return that somebody is away; or that they ask to be, if it has to be approved.

    Raises:
        RefusedError: If it is over.
    """
    refuse(f"cannot take leave for {leave.person}", span_problems(leave.span, timedelta.max, now))
    return Outcome(leave, "LeaveRequested" if leave.is_requested else "LeaveTaken")


def approve_leave(leave: Leave, by: str, now: datetime) -> Outcome[Leave]:
    """
    Return that a leave holds, as somebody has approved it.

    Raises:
        RefusedError: If it does not wait for that, it is their own, or it is over.
    """
    after = leave.approved_by(by, now)
    refuse(f"cannot approve leave {leave.id}", span_problems(leave.span, timedelta.max, now))
    return Outcome(after, "LeaveApproved")


def reject_leave(leave: Leave, by: str, reason: str, now: datetime) -> Outcome[Leave]:
    """
    Return that a leave does not hold, as somebody has rejected it.

    Raises:
        RefusedError: If it does not wait for that, it is their own, or no reason is said.
    """
    after = leave.rejected_by(by, now)
    if not reason.strip():
        refuse(f"cannot reject leave {leave.id}", ["say why in `reason`"])
    return Outcome(after, "LeaveRejected", {"reason": reason})


def withdraw_leave(leave: Leave, reason: str, now: datetime) -> Outcome[Leave]:
    """
    Return that somebody is not away after all.

    Raises:
        RefusedError: If it was withdrawn or rejected already, or is over.
    """
    after = leave.withdrawn()
    refuse(f"cannot withdraw leave {leave.id}", span_problems(leave.span, timedelta.max, now))
    return Outcome(after, "LeaveWithdrawn", {"reason": reason})
