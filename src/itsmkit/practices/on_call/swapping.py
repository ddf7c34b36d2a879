"""
Swaps: proposed by one, accepted by the other, and looked at again when it is accepted.

What each of the two gives is the time in which they are on duty in their span. How long that is stands in the
event of the proposal; so nobody accepts what has become another bargain since.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from attrs import evolve, frozen

from itsmkit.calendars import TimeSpan, intersect_spans, merge_spans, subtract_spans
from itsmkit.practices.on_call._duties import (
    away_problems,
    duties_of,
    missing,
    refuse,
    roster_of,
    span_problems,
)
from itsmkit.practices.on_call.changing import LONGEST
from itsmkit.practices.outcome import Outcome
from itsmkit.rotas import Consent, Roster, Swap, SwapState

__all__ = ["accept_swap", "decline_swap", "propose_swap", "withdraw_swap"]


@frozen
class _Side:
    """
    What one of the two gives.

    Args:
        giver: Who.
        taker: The other one.
        span: Their span.
        told: What the event of the proposal calls the length of it.
        hours: When they are on duty in it.
    """

    giver: str
    taker: str
    span: TimeSpan
    told: str
    hours: tuple[TimeSpan, ...]

    @property
    def length(self) -> str:
        """How long they are on duty in it, as it stands in the event."""
        return str(sum((each.duration for each in self.hours), timedelta(0)))


def propose_swap(swap: Swap, by: str, rosters: Sequence[Roster], now: datetime) -> Outcome[Swap]:
    """
    Return that a swap is proposed. Who proposes it, and is one of the two, has consented by that.

    Args:
        swap: The swap, to which nobody has consented.
        by: The id of who proposes it.
        rosters: All rotas with what has changed them.
        now: The instant.

    Raises:
        NotFoundError: If there is no such rota.
        DefinitionError: If the rota has no such role.
        OutOfRangeError: If the rota does not reach as far.
        RefusedError: With every reason: a span has begun or is too long; somebody is not on duty in the one
            that they would give, or stands in there for somebody who is away; or is away, or on duty anyway,
            in the one that they would take.
    """
    sides = _sides(swap, roster_of(rosters, swap.rota))
    refuse(f"cannot propose swap {swap.id}", _problems(swap, sides, rosters, now))
    value = swap.accepted_by(by, now) if by in (swap.person, swap.other) else swap
    return Outcome(value, "SwapProposed", {side.told: side.length for side in sides})


def accept_swap(
    swap: Swap,
    by: str,
    proposal: Mapping[str, object],
    rosters: Sequence[Roster],
    now: datetime,
) -> Outcome[Swap]:
    """
    Return that one of the two has accepted a swap; it holds, if the other has consented.

    Args:
        swap: The swap.
        by: The id of who accepts it.
        proposal: What the event of its proposal says: see `propose_swap`.
        rosters: All rotas with what has changed them by now.
        now: The instant.

    Raises:
        NotFoundError: If there is no such rota any more.
        RefusedError: If it is not waited for them; or as for `propose_swap`, and if somebody would give
            another length of duty than when it was proposed.
    """
    after = swap.accepted_by(by, now)
    sides = _sides(swap, roster_of(rosters, swap.rota))
    problems = [*_problems(swap, sides, rosters, now)]
    problems += (
        f"{side.giver} would give {side.length} of duty, and not {proposal.get(side.told)} as it was "
        "proposed; propose it anew"
        for side in sides
        if side.hours and proposal.get(side.told) != side.length
    )
    refuse(f"cannot accept swap {swap.id}", problems)
    return Outcome(after, "SwapAgreed" if after.holds else "SwapAccepted")


def decline_swap(swap: Swap, by: str, reason: str) -> Outcome[Swap]:
    """
    Return that one of the two does not want a swap.

    Raises:
        RefusedError: If it is not waited for them, or no reason is said.
    """
    after = swap.declined_by(by)
    if not reason.strip():
        refuse(f"cannot decline swap {swap.id}", ["say why in `reason`"])
    return Outcome(after, "SwapDeclined", {"reason": reason})


def withdraw_swap(swap: Swap, reason: str, now: datetime) -> Outcome[Swap]:
    """
    Return that a swap does not hold any more, or never will.

    Raises:
        RefusedError: If it was declined or withdrawn already; or it holds and one of its spans has begun:
            whoever has had their share, keeps to the bargain.
    """
    after = swap.withdrawn()
    begun = min(swap.start, swap.other_start)
    if swap.holds and begun <= now:
        refuse(f"cannot withdraw swap {swap.id}", [f"it holds, and has begun at {begun}; make an override"])
    return Outcome(after, "SwapWithdrawn", {"reason": reason})


def _sides(swap: Swap, roster: Roster) -> tuple[_Side, _Side]:
    roster.rota.role(swap.role)
    one, other, role = swap.person, swap.other, swap.role
    # What is too long is refused, and is not gone through before.
    spans = [_within(each) for each in (swap.span, swap.other_span)]
    return (
        _Side(one, other, swap.span, "gives", duties_of(roster, one, spans[0], role)),
        _Side(other, one, swap.other_span, "takes", duties_of(roster, other, spans[1], role)),
    )


def _within(span: TimeSpan) -> TimeSpan:
    return span if span.duration <= LONGEST else TimeSpan(span.start, span.start + LONGEST)


def _problems(swap: Swap, sides: Sequence[_Side], rosters: Sequence[Roster], now: datetime) -> Iterator[str]:
    """List all that keeps a swap from being agreed."""
    roster = roster_of(rosters, swap.rota)
    both = [Consent(each, now) for each in (swap.person, swap.other)]
    agreed = evolve(swap, consents=both, state=SwapState.AGREED)
    after = evolve(roster, swaps=[*(each for each in roster.swaps if each.id != swap.id), agreed])
    for side in sides:
        yield from span_problems(side.span, LONGEST, now)
        if side.span.start < now < side.span.end:
            yield f"it has begun at {side.span.start}"
    for side, own in zip(sides, reversed(sides), strict=True):
        between = f"from {side.span.start} to {side.span.end}"
        if not side.hours:
            yield f"{side.giver} is not on duty as {swap.role} of {swap.rota} {between}"
            continue
        away = [*away_problems(side.taker, side.hours, roster.leaves)]
        yield from away
        busy = intersect_spans(side.hours, _busy(swap, side, own, rosters))
        if busy:
            yield f"{side.taker} is on duty anyway from {busy[0].start} to {busy[-1].end}"
        for span in () if away else missing(side.taker, side.hours, after, swap.role)[:1]:
            told = f"{side.giver} cannot give away the duty at {span.start}"
            yield (
                f"{told}: they stand in for somebody who is away, or came on duty after this was proposed; "
                "make an override"
            )


def _busy(swap: Swap, side: _Side, own: _Side, rosters: Iterable[Roster]) -> tuple[TimeSpan, ...]:
    """Return when who takes a side is on duty meanwhile, in any rota, but for what they give away."""
    whole = TimeSpan(side.hours[0].start, side.hours[-1].end)
    spans: list[TimeSpan] = []
    for roster in rosters:
        known = whole & roster.known
        if known is None or side.taker not in roster.people:
            continue
        for duty in roster.duties(known.start, known.end):
            if duty.person != side.taker:
                continue
            is_given = roster.rota.name == swap.rota and duty.role == swap.role
            spans += subtract_spans([duty.span], [own.span] if is_given else [])
    return merge_spans(spans)
