"""What routing decides, and why: each rule that was tried, and each candidate with what stood in the way."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from attrs import field, frozen

from itsmkit._frozen import as_tuple
from itsmkit.conditions import explain
from itsmkit.practices.routing.advice import WeighedAdvice
from itsmkit.practices.routing.need import SkillNeed
from itsmkit.practices.routing.rule import FallbackStep, RoutingRule
from itsmkit.tickets import Ticket

__all__ = ["Candidate", "Fallback", "Obstacle", "Routed", "RoutingDecision", "Unassignable"]


class Obstacle(StrEnum):
    """Why somebody cannot have a ticket."""

    LEFT = "left"
    """They are not of the house at that instant."""
    AWAY = "away"
    """They do not work at that instant."""
    UNSKILLED = "unskilled"
    """They cannot do what the ticket needs, or not well enough, or their certificate has expired."""
    FULL = "full"
    """With the ticket they would have more than they can have at most."""
    BARRED = "barred"
    """The ticket is under a restriction, and nobody knows that they may see it."""


class Candidate(NamedTuple):
    """
    Somebody of the group, and what stood in the way.

    Args:
        person: Their id.
        obstacles: Each reason for which they cannot have the ticket; none if they can.
        unmet: What has to be met, and they do not meet.
        wanting: What should be met, and they do not meet.
        load: How many points they have.
        turn: At which turn of the group they were given a ticket last; 0 if never.
        skill: At which levels together they meet what is needed.
    """

    person: str
    obstacles: tuple[Obstacle, ...] = ()
    unmet: tuple[SkillNeed, ...] = ()
    wanting: tuple[SkillNeed, ...] = ()
    load: int = 0
    turn: int = 0
    skill: int = 0

    @property
    def is_eligible(self) -> bool:
        """Whether they can have the ticket."""
        return not self.obstacles

    def sentence(self) -> str:
        """Return in words what stood in the way, or how they stand among the others."""
        if self.obstacles:
            return "; ".join(self._in_the_way(each) for each in self.obstacles)
        turn = f"last given turn {self.turn}" if self.turn else "never given any"
        wanting = "".join(f"; lacks {each}" for each in self.wanting)
        return f"can have it: {self.load} points of work, {turn}{wanting}"

    def _in_the_way(self, obstacle: Obstacle) -> str:
        match obstacle:
            case Obstacle.LEFT:
                return "is not of the house then"
            case Obstacle.AWAY:
                return "is away then"
            case Obstacle.BARRED:
                return "is not known to be among those who may see it"
            case Obstacle.FULL:
                return f"has no room, with {self.load} points of work"
            case _:
                return f"cannot do {', '.join(map(str, self.unmet))}"


@frozen
class Fallback:
    """
    What is done with a ticket that nobody can have now.

    Args:
        step: What helps.
        group: The id of the group that has it then.
        person: The id of who has it; ``None`` for the queue of the group.
        because: Why that, and nothing before it.
    """

    step: FallbackStep
    group: str
    person: str | None
    because: str


@frozen(kw_only=True)
class _Decision(ABC):
    """
    What both decisions tell.

    Args:
        ticket: The ticket.
        at: The instant.
        tried: The rules that were tried and do not hold, in order.
        rule: The rule that decides.
        group: The id of the group that it leads to, or that was advised.
        because: Why, a sentence each.
        needs: What the ticket needs somebody to be able to do.
        candidates: The people of the group, in order.
        advice: What a plugin advised, if one did.
    """

    ticket: Ticket = field(repr=False)
    at: datetime
    tried: tuple[RoutingRule, ...] = field(default=(), converter=as_tuple)
    rule: RoutingRule
    group: str
    because: tuple[str, ...] = field(default=(), converter=as_tuple)
    needs: tuple[SkillNeed, ...] = field(default=(), converter=as_tuple)
    candidates: tuple[Candidate, ...] = field(default=(), converter=as_tuple, repr=False)
    advice: WeighedAdvice | None = None

    @property
    @abstractmethod
    def support_group(self) -> str:
        """The id of the group that has the ticket."""

    @property
    @abstractmethod
    def assignee(self) -> str | None:
        """The id of who has the ticket; ``None`` for the queue of the group."""

    def explain(self) -> str:
        """Return each rule that was tried, and each candidate with why not, a line each."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield self._headline()
        if self.advice is not None:
            yield f"advice: {self.advice}"
        facts = self.ticket.facts()
        for rule in self.tried:
            found = explain(rule.when, facts)
            why = f"is for {rule.group}" if found.outcome else f"does not hold: {_told(found)}"
            yield f"rule {rule.name}: {why}"
        yield f"rule {self.rule.name}: {'; '.join(self.because)}"
        if self.needs:
            yield f"needs: {', '.join(map(str, self.needs))}"
        yield from (f"  {each.person}: {each.sentence()}" for each in self.candidates)

    @abstractmethod
    def _headline(self) -> str:
        """Return what came of it, in a line."""


def _told(found: object) -> str:
    return str(found).partition(": ")[2]


@frozen(kw_only=True)
class Routed(_Decision):
    """
    That a ticket goes to somebody, or by its rule to the queue of a group.

    Args:
        ticket: The ticket.
        at: The instant.
        tried: The rules that were tried and do not hold, in order.
        rule: The rule that decides.
        group: The id of the group.
        because: Why, a sentence each.
        needs: What the ticket needs somebody to be able to do.
        candidates: The people of the group, in order; none if nobody is chosen.
        advice: What a plugin advised, if one did.
        person: The id of who gets it; ``None`` for the queue of the group.
    """

    person: str | None

    @property
    def support_group(self) -> str:
        """The id of the group that has the ticket."""
        return self.group

    @property
    def assignee(self) -> str | None:
        """The id of who has the ticket; ``None`` for the queue of the group."""
        return self.person

    def _headline(self) -> str:
        whom = f"the queue of {self.group}" if self.person is None else f"{self.person} in {self.group}"
        return f"{self.ticket.number} goes to {whom}"


@frozen(kw_only=True)
class Unassignable(_Decision):
    """
    That nobody of the group can have a ticket now, and what is done with it.

    Args:
        ticket: The ticket.
        at: The instant.
        tried: The rules that were tried and do not hold, in order.
        rule: The rule that decides.
        group: The id of the group in which nobody can have it.
        because: Why, a sentence each.
        needs: What the ticket needs somebody to be able to do.
        candidates: The people of the group, in order, each with what stands in the way.
        advice: What a plugin advised, if one did.
        fallback: What is done with it.
        retry_at: When it may be another thing: the next shift of somebody who can do it begins, or somebody
            may have room by then; ``None`` if only another roster or another rule can help.
    """

    fallback: Fallback
    retry_at: datetime | None = None

    @property
    def support_group(self) -> str:
        """The id of the group that has the ticket."""
        return self.fallback.group

    @property
    def assignee(self) -> str | None:
        """The id of who has the ticket; ``None`` for the queue of the group."""
        return self.fallback.person

    @property
    def lacking(self) -> tuple[SkillNeed, ...]:
        """What has to be met, and nobody of the group meets, whether they are there or not."""
        return tuple(
            need
            for need in self.needs
            if need.is_hard and all(need in each.unmet for each in self.candidates)
        )

    def _headline(self) -> str:
        where = (
            f"the queue of {self.support_group}"
            if self.assignee is None
            else f"{self.assignee} in {self.support_group}"
        )
        return f"nobody in {self.group} can have {self.ticket.number} now; it goes to {where}"

    def _lines(self) -> Iterator[str]:
        yield from _Decision._lines(self)
        yield f"{self.fallback.step}: {self.fallback.because}"
        if self.retry_at is not None:
            yield f"tried again at {self.retry_at.isoformat()}"


RoutingDecision = Routed | Unassignable
"""What comes of routing a ticket: it is never nothing."""
