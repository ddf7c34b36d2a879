"""Votes, counted."""

from collections.abc import Iterable
from typing import Self

from attrs import frozen

from itsmkit._frozen import EMPTY, FrozenDict
from itsmkit.workflow.approvals.approver import Seat
from itsmkit.workflow.approvals.ballot import Vote

__all__ = ["Count", "Tally"]


@frozen
class Count:
    """
    Some seats, counted.

    Args:
        seats: How many there are.
        weight: What they weigh together.
        roles: For each role, how many of them have it; a role that none has may be absent.
    """

    seats: int = 0
    weight: int = 0
    roles: FrozenDict[str, int] = EMPTY

    @classmethod
    def of(cls, seats: Iterable[Seat]) -> Self:
        """Return the count of *seats*."""
        return sum(map(cls.of_one, seats), cls())

    @classmethod
    def of_one(cls, seat: Seat) -> Self:
        """Return the count of *seat* alone."""
        return cls(1, seat.weight, FrozenDict(dict.fromkeys(seat.roles, 1)) if seat.roles else EMPTY)

    def __add__(self, other: Self) -> Self:
        return self._combined(other, 1)

    def __sub__(self, other: Self) -> Self:
        return self._combined(other, -1)

    def _combined(self, other: Self, sign: int) -> Self:
        roles = self.roles
        if other.roles:
            summed = dict(roles)
            for role, number in other.roles.items():
                summed[role] = summed.get(role, 0) + sign * number
            roles = FrozenDict(summed)
        return type(self)(self.seats + sign * other.seats, self.weight + sign * other.weight, roles)


_NONE = Count()


@frozen
class Tally:
    """
    The seats of a stage by what was voted for them.

    >>> from itsmkit.workflow.approvals import Seat, Vote
    >>> kim, lee = Seat("kim"), Seat("lee")
    >>> print(Tally.unvoted([kim, lee]).voted(kim, Vote.APPROVE))
    1 approve, 0 reject, 0 abstain, 1 open
    """

    approved: Count = _NONE
    rejected: Count = _NONE
    abstained: Count = _NONE
    open: Count = _NONE

    @classmethod
    def unvoted(cls, seats: Iterable[Seat]) -> Self:
        """Return the tally of *seats* before anybody has voted."""
        return cls(open=Count.of(seats))

    def voted(self, seat: Seat, vote: Vote) -> Self:
        """Return the tally after *vote* was cast for *seat*, which was open."""
        one = Count.of_one(seat)
        left = self.open - one
        match vote:
            case Vote.APPROVE:
                return type(self)(self.approved + one, self.rejected, self.abstained, left)
            case Vote.REJECT:
                return type(self)(self.approved, self.rejected + one, self.abstained, left)
            case _:
                return type(self)(self.approved, self.rejected, self.abstained + one, left)

    @property
    def total(self) -> Count:
        """Every seat."""
        return self.approved + self.rejected + self.abstained + self.open

    @property
    def ballots(self) -> int:
        """How many ballots are cast, abstentions among them."""
        return self.approved.seats + self.rejected.seats + self.abstained.seats

    @property
    def best(self) -> Self:
        """The tally if everybody who is left approves."""
        return type(self)(self.approved + self.open, self.rejected, self.abstained)

    @property
    def worst(self) -> Self:
        """The tally if everybody who is left rejects."""
        return type(self)(self.approved, self.rejected + self.open, self.abstained)

    def __str__(self) -> str:
        return (
            f"{self.approved.seats} approve, {self.rejected.seats} reject, "
            f"{self.abstained.seats} abstain, {self.open.seats} open"
        )
