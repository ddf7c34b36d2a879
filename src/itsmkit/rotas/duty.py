"""Who is on duty, for how long, and why."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from attrs import field, frozen

from itsmkit._frozen import as_tuple
from itsmkit.calendars import TimeSpan

__all__ = ["Duty", "DutyReason", "DutyRule", "Gap", "OnDuty", "Overlap", "Post"]


class DutyRule(StrEnum):
    """By what somebody came on duty, or off it."""

    TURN = "turn"
    """It is their turn in a layer."""
    OVERRIDE = "override"
    """An override says so."""
    SWAP = "swap"
    """They have swapped."""
    LEAVE = "leave"
    """They are away."""
    COVER = "cover"
    """They cover for somebody who is away."""
    NEXT_PERSON = "next person"
    """They come next in the layer of somebody who is away."""
    LOWER_LAYER = "lower layer"
    """They are on duty in a layer below that of somebody who is away."""


@frozen
class DutyReason:
    """
    One step on the way to who is on duty.

    Args:
        rule: What kind of step.
        source: What says so: the name of a layer, the id of an override, a swap or a leave.
        person: Whom it is about: who comes on duty by it, or is away.
        instead_of: In whose place; ``None`` for nobody's.
        turn: Which turn of the layer, counted from 0; ``None`` for what is no turn.
    """

    rule: DutyRule
    source: str
    person: str
    instead_of: str | None = None
    turn: int | None = None

    def explain(self) -> str:
        """Return it as a sentence."""
        return _SENTENCES[self.rule].format(self=self)


_SENTENCES: Mapping[DutyRule, str] = {
    DutyRule.TURN: "{self.person} has turn {self.turn} of layer {self.source!r}",
    DutyRule.OVERRIDE: "{self.person} is on duty by override {self.source}",
    DutyRule.SWAP: "{self.person} has swapped with {self.instead_of} in {self.source}",
    DutyRule.LEAVE: "{self.person} is away by leave {self.source}",
    DutyRule.COVER: "{self.person} covers for {self.instead_of}, as leave {self.source} says",
    DutyRule.NEXT_PERSON: "{self.person} comes next after {self.instead_of} in layer {self.source!r}",
    DutyRule.LOWER_LAYER: "{self.person} stands in for {self.instead_of} from layer {self.source!r}",
}


@frozen
class Post:
    """
    A place on duty at an instant.

    Args:
        role: As what.
        person: Who; ``None`` if it is vacant, since somebody is away.
        because: The steps that led there, in order.
    """

    role: str
    person: str | None
    because: tuple[DutyReason, ...] = field(default=(), converter=as_tuple)

    def explain(self) -> str:
        """Return it as a sentence."""
        who = "nobody" if self.person is None else self.person
        return f"{self.role}: {who}; {'; '.join(each.explain() for each in self.because)}"


@frozen
class OnDuty:
    """
    Who is on duty at an instant.

    Args:
        rota: The name of the rota.
        team: Its team.
        at: When, in UTC.
        posts: The places on duty, role by role as the rota has them; vacant ones too.
    """

    rota: str
    team: str
    at: datetime
    posts: tuple[Post, ...]

    @property
    def people(self) -> tuple[str, ...]:
        """Who is on duty, in any role, each once."""
        return tuple(dict.fromkeys(each.person for each in self.posts if each.person is not None))

    def as_role(self, role: str) -> tuple[str, ...]:
        """Return who is on duty in a role, each once; empty if nobody is, or there is no such role."""
        return tuple(
            dict.fromkeys(each.person for each in self.posts if each.role == role and each.person is not None)
        )

    @property
    def because(self) -> tuple[DutyReason, ...]:
        """All steps that led there, post by post."""
        return tuple(reason for post in self.posts for reason in post.because)

    def explain(self) -> str:
        """Return it as text, one line for each post."""
        head = f"{self.rota} at {self.at.isoformat()}:"
        lines = [each.explain() for each in self.posts] or ["nobody is on duty"]
        return "\n".join([head, *(f"  {line}" for line in lines)])


@frozen
class Duty:
    """
    Time that somebody is on duty for one reason.

    Args:
        span: From when up to when, in UTC.
        role: As what.
        person: Who.
        because: The steps that led there, in order.
    """

    span: TimeSpan
    role: str
    person: str
    because: tuple[DutyReason, ...] = field(default=(), converter=as_tuple)

    @property
    def length(self) -> timedelta:
        """How long it takes in real time, whatever the clocks do meanwhile."""
        return self.span.duration


@frozen
class Gap:
    """
    Time in which fewer are on duty than are meant to be.

    Args:
        span: From when up to when, in UTC.
        role: As what.
        wanted: How many are meant to be on duty.
        people: Who is.
        because: Why posts are vacant; empty if no layer has anybody.
    """

    span: TimeSpan
    role: str
    wanted: int
    people: tuple[str, ...] = field(default=(), converter=as_tuple)
    because: tuple[DutyReason, ...] = field(default=(), converter=as_tuple)

    def explain(self) -> str:
        """Return it as a sentence."""
        why = "; ".join(each.explain() for each in self.because) or "no layer has anybody"
        return f"{_beginning(self.span, self.role, self.people)} where {self.wanted} should be: {why}"


@frozen
class Overlap:
    """
    Time in which more are on duty than are meant to be.

    Args:
        span: From when up to when, in UTC.
        role: As what.
        wanted: How many are meant to be on duty.
        people: Who is.
        because: By which steps they are.
    """

    span: TimeSpan
    role: str
    wanted: int
    people: tuple[str, ...] = field(converter=as_tuple)
    because: tuple[DutyReason, ...] = field(default=(), converter=as_tuple)

    def explain(self) -> str:
        """Return it as a sentence."""
        why = "; ".join(each.explain() for each in self.because)
        return f"{_beginning(self.span, self.role, self.people)} where {self.wanted} should be: {why}"


def _beginning(span: TimeSpan, role: str, people: tuple[str, ...]) -> str:
    start, end = span.start.isoformat(), span.end.isoformat()
    return f"from {start} to {end} as {role}: {', '.join(people) or 'nobody'}"
