"""What is to be said of a request for approval at an instant, and why."""

from datetime import datetime
from enum import StrEnum

from attrs import frozen

from itsmkit.workflow.approvals.ballot import ApprovalEvent, Ballot, Vote
from itsmkit.workflow.approvals.policy import Outcome
from itsmkit.workflow.approvals.tally import Tally

__all__ = [
    "ApprovalReading",
    "IgnoredEvent",
    "Reason",
    "ReasonKind",
    "StageReading",
    "StageStatus",
    "VoteRequest",
]


class StageStatus(StrEnum):
    """Where a stage stands."""

    WAITING = "waiting"
    """Nobody is asked yet: a stage before it is not decided."""

    OPEN = "open"
    """People are asked."""

    APPROVED = "approved"
    """By its votes, or because its time was up."""

    REJECTED = "rejected"
    """By its votes, because its time was up, or because nobody could have approved it."""

    SKIPPED = "skipped"
    """Its condition did not hold."""

    WITHDRAWN = "withdrawn"
    """Its votes are no longer asked for: another stage is rejected, or the request was taken back."""


class ReasonKind(StrEnum):
    """Why something is as it is."""

    AWAITS_STAGE = "awaits stage"
    """A stage before it is not decided."""

    AWAITS_VOTES = "awaits votes"
    """The votes that are still open can decide it."""

    CONDITION = "condition"
    """The condition of the stage does not hold for the request."""

    ENOUGH = "enough"
    """The votes are enough, and no vote that is left can change that."""

    OUT_OF_REACH = "out of reach"
    """The votes cannot be enough any more, whatever those who are left vote."""

    QUORUM_OUT_OF_REACH = "quorum out of reach"
    """There are fewer seats than the ballots that the quorum asks for."""

    NOBODY_MAY_VOTE = "nobody may vote"
    """The stage has no seats."""

    VETO = "veto"
    """Somebody who has a veto has rejected."""

    TIME_UP = "time up"
    """The votes had not decided when the time was up."""

    STAGE_REJECTED = "stage rejected"
    """A stage is rejected, and so the whole."""

    STAGES_APPROVED = "stages approved"
    """Every stage is approved or skipped."""

    EMPTY = "empty"
    """Every stage is skipped, and the policy says what that means."""

    TAKEN_BACK = "taken back"
    """The requester took the request back."""


@frozen
class Reason:
    """
    Why something is as it is.

    Args:
        kind: For programs.
        text: For people: the end of a sentence after "because".
        people: Who made it so, if it was people.
        stages: The stages that made it so, if it was others.
    """

    kind: ReasonKind
    text: str
    people: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.text


@frozen
class VoteRequest:
    """
    Somebody is asked to vote.

    Args:
        stage: The name of the stage.
        person: Who is asked.
        via: How they come to stand in: whose seat it is, and each one in the chain up to *person*, included.
            Empty for a seat of their own.
    """

    stage: str
    person: str
    via: tuple[str, ...] = ()

    @property
    def on_behalf_of(self) -> str | None:
        """Whose seat it is, if it is not their own."""
        return self.via[0] if self.via else None

    def ballot(self, vote: Vote, at: datetime, comment: str = "") -> Ballot:
        """Return the ballot that answers the request."""
        return Ballot(self.stage, self.person, vote, at, self.on_behalf_of, comment)

    def __str__(self) -> str:
        return f"{self.person} for {self.via[0]}" if self.via else self.person


@frozen
class IgnoredEvent:
    """
    Something in the history that does not count.

    Args:
        event: What it is.
        reasons: Every reason, each a sentence.
    """

    event: ApprovalEvent
    reasons: tuple[str, ...]


@frozen
class StageReading:
    """
    Where one stage stands.

    Args:
        name: The name of the stage.
        status: Where it stands.
        because: Why.
        tally: Its votes, counted; of those that were cast before it was decided.
        ballots: The ballots that count, in the order in which they were cast.
        opened_at: Since when people were asked, or ``None`` if nobody was.
        due_at: When its time is up, or ``None`` if it does not end or nobody was asked.
        decided_at: When it was approved, rejected or withdrawn; ``None`` before, and if it is skipped.
    """

    name: str
    status: StageStatus
    because: Reason
    tally: Tally
    ballots: tuple[Ballot, ...] = ()
    opened_at: datetime | None = None
    due_at: datetime | None = None
    decided_at: datetime | None = None

    def __str__(self) -> str:
        when = "" if self.decided_at is None else f" at {self.decided_at}"
        due = f", due {self.due_at}" if self.status is StageStatus.OPEN and self.due_at else ""
        return f"stage {self.name!r} is {self.status}{when}{due}: {self.because}"


@frozen
class ApprovalReading:
    """
    Where a request for approval stands at an instant.

    Args:
        policy: The name of its policy.
        at: The instant; events after it are not read.
        outcome: What became of it.
        because: Why.
        decided_at: When it was approved, rejected or withdrawn; ``None`` before.
        stages: Where each stage stands, in the order of the policy.
        open_requests: Who is asked to vote now, those who stand in included: whom to tell. The first ballot
            fills the seat.
        withdrawn_requests: Who was asked when a stage was decided, and need not vote any more: whom to tell.
        due_at: When the time of the next stage is up, or ``None``.
        next_change: When to read again at the latest: before this instant nothing changes without an event.
            It is *due_at*, or the start or end of a delegation before that; ``None`` if nothing changes.
        ignored: What the history holds and does not count, and why.
    """

    policy: str
    at: datetime
    outcome: Outcome
    because: Reason
    decided_at: datetime | None
    stages: tuple[StageReading, ...]
    open_requests: tuple[VoteRequest, ...] = ()
    withdrawn_requests: tuple[VoteRequest, ...] = ()
    due_at: datetime | None = None
    next_change: datetime | None = None
    ignored: tuple[IgnoredEvent, ...] = ()

    @property
    def is_decided(self) -> bool:
        """Whether the outcome is final."""
        return self.outcome is not Outcome.PENDING

    def stage(self, name: str) -> StageReading:
        """
        Return where the stage of this *name* stands.

        Raises:
            KeyError: If there is none.
        """
        for stage in self.stages:
            if stage.name == name:
                return stage
        raise KeyError(name)

    def explain(self) -> str:
        """Return the reading as text, one line for the whole and up to three for each stage."""
        when = "" if self.decided_at is None else f" at {self.decided_at}"
        lines = [f"approval {self.policy!r} is {self.outcome}{when}: {self.because}"]
        for stage in self.stages:
            lines.append(f"- {stage}")
            if stage.opened_at is not None:
                lines.append(f"  votes: {stage.tally}")
            asked = [str(each) for each in self.open_requests if each.stage == stage.name]
            if asked:
                lines.append(f"  asked: {', '.join(asked)}")
        lines += [f"- ignored: {_told(each.event)}: {'; '.join(each.reasons)}" for each in self.ignored]
        return "\n".join(lines)


def _told(event: ApprovalEvent) -> str:
    if isinstance(event, Ballot):
        return f"{event.voter} voted {event.vote} at {event.at}"
    return f"{event.by} withdrew at {event.at}"
