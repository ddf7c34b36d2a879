"""What happens to a request for approval: ballots, and that it is taken back."""

from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from itsmkit._checks import in_utc
from itsmkit._problems import name_problems
from itsmkit.errors import DefinitionError
from itsmkit.workflow.approvals._checking import instant_problems, member, member_problems, text_problems

__all__ = ["ApprovalEvent", "Ballot", "Vote", "Withdrawal"]


class Vote(StrEnum):
    """What a ballot says."""

    APPROVE = "approve"
    """For it."""

    REJECT = "reject"
    """Against it."""

    ABSTAIN = "abstain"
    """Neither; it counts for the quorum."""


def _vote(vote: str) -> Vote:
    voted: Vote = member(Vote, vote)
    return voted


@frozen
class Ballot:
    """
    One vote that was cast.

    Args:
        stage: The name of the stage.
        voter: Who casts it.
        vote: What it says.
        at: When it is cast.
        on_behalf_of: Whose seat it fills; that of the voter, unless given.
        comment: What the voter says to it.

    Raises:
        DefinitionError: With every problem.
    """

    stage: str
    voter: str
    vote: Vote = field(converter=_vote)
    at: datetime = field(converter=in_utc)
    on_behalf_of: str | None = None
    comment: str = ""

    def __attrs_post_init__(self) -> None:
        problems = [
            *name_problems("stage", self.stage),
            *name_problems("voter", self.voter),
            *member_problems("vote", self.vote, Vote),
            *instant_problems("at", self.at),
            *(() if self.on_behalf_of is None else name_problems("on_behalf_of", self.on_behalf_of)),
            *text_problems("comment", self.comment),
        ]
        if problems:
            raise DefinitionError(*problems)

    @property
    def seat(self) -> str:
        """The person whose seat the ballot fills."""
        return self.on_behalf_of or self.voter


@frozen
class Withdrawal:
    """
    The requester takes the request back.

    Args:
        by: Who does.
        at: When.
        comment: Why.

    Raises:
        DefinitionError: With every problem.
    """

    by: str
    at: datetime = field(converter=in_utc)
    comment: str = ""

    def __attrs_post_init__(self) -> None:
        problems = [
            *name_problems("by", self.by),
            *instant_problems("at", self.at),
            *text_problems("comment", self.comment),
        ]
        if problems:
            raise DefinitionError(*problems)


ApprovalEvent = Ballot | Withdrawal
"""What the history of a request for approval is made of."""
