"""
One stage under way: its ballots, and when they decide.

A *completion* of a poll gives each open seat a vote (approve, reject, abstain) or silence. Its verdict is
approval if the rule holds, the quorum is cast and nobody has used a veto, and rejection otherwise. The poll
is decided as soon as all completions have the same verdict. Two of them show it, for rules are monotone (see
`itsmkit.workflow.approvals.rule`), and so are veto and quorum:

- Rejected: even if all who are left approve. No other completion has more approvals, more ballots or fewer
  rejections.
- Approved: the rule and the vetoes hold out even if all who are left reject, and the quorum even if all of
  them stay silent. "All completions satisfy three things" is the same as three times "all satisfy one".

Where silence is consent (`OnTimeout.APPROVE`), it approves whatever the quorum: silence is left out of the
completions then, and with it the quorum, which all others reach or none does.
What the deadline does comes after what the votes decide, and only where they leave it open.
"""

from datetime import datetime

from itsmkit.workflow.approvals.approval_reading import Reason, ReasonKind, StageReading, StageStatus
from itsmkit.workflow.approvals.ballot import Ballot, Vote
from itsmkit.workflow.approvals.request import SeatedStage
from itsmkit.workflow.approvals.stage import OnTimeout, Stage
from itsmkit.workflow.approvals.tally import Tally

__all__ = ["Poll"]


class Poll:
    """A stage, and what has become of it so far."""

    def __init__(self, stage: Stage, seated: SeatedStage) -> None:
        self.stage = stage
        self.seated = seated
        self.name = stage.name
        self.seats = {seat.person: seat for seat in seated.seats}
        self.ballots: dict[str, Ballot] = {}  # by the person whose seat they fill
        self.tally = Tally.unvoted(seated.seats)
        self._veto_owners = [seat.person for seat in seated.seats if seat.veto]
        self.opened_at: datetime | None = None
        self.due_at: datetime | None = None
        self.closed_at: datetime | None = None
        if seated.skipped:
            self.status = StageStatus.SKIPPED
            self.because = Reason(ReasonKind.CONDITION, "its condition does not hold for the request")
        else:
            self.status = StageStatus.WAITING
            self.because = Reason(ReasonKind.AWAITS_STAGE, "a stage before it is not decided")

    @property
    def is_open(self) -> bool:
        """Whether people are asked."""
        return self.status is StageStatus.OPEN

    def open(self, at: datetime, due_at: datetime | None) -> None:
        """Ask those who have a seat."""
        self.status, self.opened_at, self.due_at = StageStatus.OPEN, at, due_at

    def close(self, status: StageStatus, at: datetime, because: Reason) -> None:
        """Ask nobody any more."""
        self.status, self.closed_at, self.because = status, at, because

    def cast(self, ballot: Ballot) -> None:
        """Count *ballot*, which may be cast."""
        self.ballots[ballot.seat] = ballot
        self.tally = self.tally.voted(self.seats[ballot.seat], ballot.vote)

    def ballot_of(self, voter: str) -> Ballot | None:
        """Return the ballot that *voter* has cast, for whichever seat."""
        return next((each for each in self.ballots.values() if each.voter == voter), None)

    def vote_decides(self) -> tuple[StageStatus, Reason] | None:
        """Return what the votes have decided, or ``None`` while those that are left can change it."""
        hopeless = self._hopeless()
        if hopeless is not None:
            return StageStatus.REJECTED, hopeless
        if self._is_secure():
            return StageStatus.APPROVED, Reason(ReasonKind.ENOUGH, f"{self.stage.rule}")
        return None

    def time_decides(self) -> tuple[StageStatus, Reason]:
        """Return what the end of the time decides where the votes have not."""
        on_timeout = self.stage.on_timeout
        if on_timeout is OnTimeout.COUNT:
            approved = self.stage.rule.holds(self.tally) and self.tally.ballots >= self._needed
            said = f"the votes cast {'are' if approved else 'are not'} enough"
        else:
            approved = on_timeout is OnTimeout.APPROVE
            said = f"silence {'is' if approved else 'is no'} consent"
        status = StageStatus.APPROVED if approved else StageStatus.REJECTED
        return status, Reason(ReasonKind.TIME_UP, f"the time was up, and {said}")

    def reading(self) -> StageReading:
        """Return where it stands."""
        return StageReading(
            self.name,
            self.status,
            self._awaits() if self.is_open else self.because,
            self.tally,
            tuple(self.ballots.values()),
            self.opened_at,
            self.due_at,
            self.closed_at,
        )

    @property
    def _needed(self) -> int:
        return self.stage.quorum.needed(len(self.seated.seats))

    def _hopeless(self) -> Reason | None:
        """Return why it cannot be approved even if all who are left approve, or ``None`` if it can."""
        seats = len(self.seated.seats)
        if not seats:
            return Reason(ReasonKind.NOBODY_MAY_VOTE, f"nobody may vote{self._barred()}")
        vetoes = tuple(
            ballot.voter
            for owner in self._veto_owners
            if (ballot := self.ballots.get(owner)) and ballot.vote is Vote.REJECT
        )
        if vetoes:
            return Reason(ReasonKind.VETO, f"{', '.join(vetoes)} used a veto", vetoes)
        if self._needed > seats:
            said = f"{self.stage.quorum} cannot be reached by {seats} who may vote{self._barred()}"
            return Reason(ReasonKind.QUORUM_OUT_OF_REACH, said)
        if not self.stage.rule.holds(self.tally.best):
            said = f"{self.stage.rule} cannot be reached{self._barred()}"
            return Reason(ReasonKind.OUT_OF_REACH, said)
        return None

    def _is_secure(self) -> bool:
        """Tell whether it is approved even if all who are left reject or stay silent."""
        if any(owner not in self.ballots for owner in self._veto_owners):
            return False
        silence_approves = self.stage.on_timeout is OnTimeout.APPROVE
        quorate = silence_approves or self.tally.ballots >= self._needed
        return quorate and self.stage.rule.holds(self.tally.worst)

    def _awaits(self) -> Reason:
        missing = self._needed - self.tally.ballots
        quorum = f"; {missing} more for {self.stage.quorum}" if missing > 0 else ""
        return Reason(ReasonKind.AWAITS_VOTES, f"awaits {self.stage.rule}{quorum}")

    def _barred(self) -> str:
        barred = [f"{person} {self.seated.barred[person]}" for person in self.seated.kept_out]
        return f" ({'; '.join(barred)})" if barred else ""
