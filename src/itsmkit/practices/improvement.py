"""
The register of continual improvement: from an idea, by a figure frozen at the start, to a verdict.

What is to be improved is measured before anything is done, and the figure stands. Whoever says afterwards
that it was worth it, is held to the same figure.

Source:
    ITIL 4, practice "Continual improvement": the continual improvement register and model.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from attrs import evolve, field, frozen

from itsmkit._checks import aware_instant, in_utc, in_utc_if_any, member_of, named
from itsmkit._frozen import as_tuple
from itsmkit._problems import is_name, shown
from itsmkit.errors import RefusedError
from itsmkit.practices.outcome import Outcome
from itsmkit.tickets import TicketId

__all__ = [
    "Improvement",
    "ImprovementState",
    "WhichWay",
    "begin_improvement",
    "close_improvement",
    "drop_improvement",
    "propose_improvement",
    "remeasure_improvement",
]


class ImprovementState(StrEnum):
    """How far an improvement is."""

    PROPOSED = "proposed"
    UNDER_WAY = "under way"
    """Its figure is frozen, and something is done."""
    EFFECTIVE = "effective"
    INEFFECTIVE = "ineffective"
    DROPPED = "dropped"
    """It was never begun, or given up."""


_OPEN = (ImprovementState.PROPOSED, ImprovementState.UNDER_WAY)


class WhichWay(StrEnum):
    """Which way a figure gets better."""

    UP = "up"
    DOWN = "down"


def _state(given: ImprovementState | str) -> ImprovementState:
    return member_of(ImprovementState, given, "a state of an improvement")


def _way(given: WhichWay | str | None) -> WhichWay | None:
    return None if given is None else member_of(WhichWay, given, "which way is better")


@frozen(kw_only=True)
class Improvement:
    """
    Something that could be better.

    Args:
        id: Its key.
        title: What, in a line.
        owner: Who answers for it.
        proposed_at: When it was proposed. Kept in UTC.
        theme: The theme of complaints that it came from.
        evidence: The tickets that speak for it.
        state: How far it is.
        figure: What is measured, by name.
        better: Which way the figure gets better.
        baseline: The figure when it was begun, which stands.
        measured: The figure as it was measured last, since.
        measured_at: When that was. Kept in UTC.
        version: How many events have made it.
    """

    id: str = field(validator=named)
    title: str = field(validator=named)
    owner: str = field(validator=named)
    proposed_at: datetime = field(converter=in_utc, validator=aware_instant)
    theme: str | None = None
    evidence: tuple[TicketId, ...] = field(default=(), converter=as_tuple)
    state: ImprovementState = field(default=ImprovementState.PROPOSED, converter=_state)
    figure: str | None = None
    better: WhichWay | None = field(default=None, converter=_way)
    baseline: Decimal | None = None
    measured: Decimal | None = None
    measured_at: datetime | None = field(default=None, converter=in_utc_if_any)
    version: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it is neither ended nor dropped."""
        return self.state in _OPEN

    @property
    def is_better(self) -> bool | None:
        """Whether the figure beats its baseline; ``None`` if it was not measured since."""
        if self.baseline is None or self.measured is None:
            return None
        if self.better is WhichWay.UP:
            return self.measured > self.baseline
        return self.measured < self.baseline


def propose_improvement(
    improvement_id: str,
    title: str,
    owner: str,
    now: datetime,
    *,
    theme: str | None = None,
    evidence: tuple[TicketId, ...] = (),
) -> Outcome[Improvement]:
    """
    Put something into the register.

    Raises:
        DefinitionError: If *title* or *owner* is none.
    """
    proposed = Improvement(
        id=improvement_id, title=title, owner=owner, proposed_at=now, theme=theme, evidence=evidence
    )
    return Outcome(proposed, "ImprovementProposed")


def begin_improvement(
    improvement: Improvement, figure: str, better: WhichWay, baseline: Decimal, action: str
) -> Outcome[Improvement]:
    """
    Freeze the figure by which it will be judged, and begin.

    Args:
        improvement: What was proposed.
        figure: What is measured, by name.
        better: Which way it gets better.
        baseline: What it is now.
        action: What is done.

    Raises:
        RefusedError: If it was begun before, or ended, or something is missing.
    """
    reasons = [*_not_in(improvement, ImprovementState.PROPOSED, "begin")]
    reasons += (
        f"cannot begin {improvement.title!r}: {name} must say {what}, not {shown(given)}"
        for name, given, what in (
            ("figure", figure, "what is measured"),
            ("action", action, "what is done"),
        )
        if not is_name(given)
    )
    if not isinstance(baseline, Decimal) or not baseline.is_finite():
        reasons.append(
            f"cannot begin {improvement.title!r}: baseline must be a finite Decimal, not {shown(baseline)}"
        )
    if reasons:
        raise RefusedError(*reasons)
    begun = evolve(
        improvement, state=ImprovementState.UNDER_WAY, figure=figure, better=better, baseline=baseline
    )
    return Outcome(begun, "ImprovementBegun", {"action": action})


def remeasure_improvement(improvement: Improvement, measured: Decimal, now: datetime) -> Outcome[Improvement]:
    """
    Measure the figure again.

    Raises:
        RefusedError: If it is not under way, or *measured* is no finite number.
    """
    reasons = [*_not_in(improvement, ImprovementState.UNDER_WAY, "measure")]
    if not isinstance(measured, Decimal) or not measured.is_finite():
        reasons.append(
            f"cannot measure {improvement.title!r}: must be a finite Decimal, not {shown(measured)}"
        )
    if reasons:
        raise RefusedError(*reasons)
    return Outcome(evolve(improvement, measured=measured, measured_at=now), "ImprovementMeasured")


def close_improvement(improvement: Improvement, *, effective: bool, lesson: str) -> Outcome[Improvement]:
    """
    Say what came of it.

    Args:
        improvement: What is under way.
        effective: Whether it was worth it.
        lesson: What was learned.

    Raises:
        RefusedError: If it is not under way, no lesson is said, or it is to be effective and its figure does
            not beat its baseline.
    """
    reasons = [*_not_in(improvement, ImprovementState.UNDER_WAY, "close")]
    if not is_name(lesson):
        reasons.append(f"cannot close {improvement.title!r}: lesson must say what was learned")
    if not reasons and effective and not improvement.is_better:
        told = "was not measured since" if improvement.measured is None else f"is {improvement.measured}"
        reasons.append(
            f"cannot call {improvement.title!r} effective: {improvement.figure} was {improvement.baseline} "
            f"and {told}; measure it again, or close it as ineffective"
        )
    if reasons:
        raise RefusedError(*reasons)
    state = ImprovementState.EFFECTIVE if effective else ImprovementState.INEFFECTIVE
    return Outcome(evolve(improvement, state=state), "ImprovementClosed", {"lesson": lesson})


def drop_improvement(improvement: Improvement, reason: str) -> Outcome[Improvement]:
    """
    Give it up.

    Raises:
        RefusedError: If it has ended, or no reason is said.
    """
    reasons = []
    if not improvement.is_open:
        reasons.append(f"cannot drop {improvement.title!r}: it is {improvement.state}")
    if not is_name(reason):
        reasons.append(f"cannot drop {improvement.title!r}: say why in `reason`")
    if reasons:
        raise RefusedError(*reasons)
    dropped = evolve(improvement, state=ImprovementState.DROPPED)
    return Outcome(dropped, "ImprovementDropped", {"reason": reason})


def _not_in(improvement: Improvement, state: ImprovementState, what: str) -> tuple[str, ...]:
    if improvement.state is state:
        return ()
    return (f"cannot {what} {improvement.title!r}: it is {improvement.state}, and not {state}",)
