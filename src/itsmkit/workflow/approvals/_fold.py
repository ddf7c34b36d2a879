"""The life of a request, relived: one step for each event and each deadline, in the order of time."""

from collections.abc import Iterator
from datetime import UTC, datetime

from itsmkit.calendars import BusinessTime
from itsmkit.errors import DefinitionError
from itsmkit.workflow.approvals._poll import Poll
from itsmkit.workflow.approvals.approval_reading import (
    ApprovalReading,
    IgnoredEvent,
    Reason,
    ReasonKind,
    StageStatus,
    VoteRequest,
)
from itsmkit.workflow.approvals.ballot import ApprovalEvent, Ballot, Withdrawal
from itsmkit.workflow.approvals.delegation import Delegations
from itsmkit.workflow.approvals.policy import InParallel, Outcome, Step
from itsmkit.workflow.approvals.request import ApprovalRequest
from itsmkit.workflow.approvals.stage import Stage

__all__ = ["Fold"]


class Fold:
    """
    A request, and what has become of it so far.

    Args:
        request: The request.
        delegations: Who may stand in for whom.
        calendar: Where the time of stages is counted; needed if one that is asked has a time.
        on_record: Whether who cast a ballot for another was let then, whatever the delegations say.

    Raises:
        DefinitionError: If a calendar is needed and there is none.
    """

    def __init__(
        self,
        request: ApprovalRequest,
        delegations: Delegations,
        calendar: BusinessTime | None,
        *,
        on_record: bool = False,
    ) -> None:
        self._request = request
        self._on_record = on_record
        self._policy = request.policy
        self._delegations = delegations
        self._calendar = calendar
        self._polls = {
            stage.name: Poll(stage, seated)
            for stage, seated in zip(request.policy.stages, request.stages, strict=True)
        }
        self._now = request.opened_at
        self._outcome = Outcome.PENDING
        self._decided_at: datetime | None = None
        self._because = Reason(ReasonKind.AWAITS_VOTES, "stages are not decided")
        self._withdrawn: list[VoteRequest] = []
        self._ignored: list[IgnoredEvent] = []
        self._require_calendar()
        self._begin()

    # -- what happens ------------------------------------------------------------------------------------

    def pass_time(self, until: datetime) -> None:
        """Let time pass, so that deadlines up to *until*, included, have their effect."""
        while (poll := self._next_due()) is not None and poll.due_at is not None and poll.due_at <= until:
            self._now = poll.due_at
            status, because = poll.time_decides()
            self._close(poll, status, because)
        self._now = until

    def take(self, event: ApprovalEvent) -> None:
        """Let *event* happen now; what may not happen is ignored, and kept with the reasons."""
        reasons = tuple(self._objections(event, is_on_record=self._on_record))
        if reasons:
            self._ignored.append(IgnoredEvent(event, reasons))
        elif isinstance(event, Withdrawal):
            said = f"{event.by} took it back" + (f": {event.comment}" if event.comment else "")
            self._decide(Outcome.WITHDRAWN, Reason(ReasonKind.TAKEN_BACK, said, (event.by,)))
        else:
            poll = self._polls[event.stage]
            poll.cast(event)
            decided = poll.vote_decides()
            if decided is not None:
                self._close(poll, *decided)

    def objections(self, event: ApprovalEvent) -> Iterator[str]:
        """List every reason why *event* may not happen now."""
        return self._objections(event, is_on_record=False)

    def _objections(self, event: ApprovalEvent, *, is_on_record: bool) -> Iterator[str]:
        if self._outcome is not Outcome.PENDING:
            yield f"the approval is {self._outcome} since {self._decided_at}"
        if isinstance(event, Withdrawal):
            if event.by != self._request.requester:
                yield f"only the requester, {self._request.requester!r}, takes it back"
            return
        poll = self._polls.get(event.stage)
        if poll is None:
            yield f"there is no such stage; there are {', '.join(self._polls)}"
            return
        if self._outcome is Outcome.PENDING and not poll.is_open:
            yield f"the stage is {poll.status}: {poll.because}"
        yield from self._objections_to_voter(event, poll)
        yield from self._objections_to_seat(event, poll, is_on_record=is_on_record)

    def reading(self) -> ApprovalReading:
        """Return where the request stands now."""
        opened = [poll for poll in self._polls.values() if poll.is_open]
        due = self._next_due()
        due_at = None if due is None else due.due_at
        change = self._delegations.next_change(
            self._now, policy=self._policy.name, stages=[poll.name for poll in opened]
        )
        return ApprovalReading(
            self._policy.name,
            self._now,
            self._outcome,
            self._because,
            self._decided_at,
            tuple(poll.reading() for poll in self._polls.values()),
            tuple(request for poll in opened for request in self._asked(poll)),
            tuple(self._withdrawn),
            due_at,
            min((each for each in (due_at, change) if each is not None), default=None),
            tuple(self._ignored),
        )

    # -- stages open and close ---------------------------------------------------------------------------

    def _require_calendar(self) -> None:
        if self._calendar is not None:
            return
        timed = [
            poll.name
            for poll in self._polls.values()
            if poll.stage.within is not None and not poll.seated.skipped
        ]
        if timed:
            problem = (
                f"calendar: is missing, and {', '.join(map(repr, timed))} end in time; hand in one, such as "
                "BusinessCalendar.always('UTC') to count around the clock"
            )
            raise DefinitionError(problem)

    def _begin(self) -> None:
        asked = [poll for poll in self._polls.values() if poll.status is not StageStatus.SKIPPED]
        if not asked:
            said = f"every stage is skipped, and the policy says {self._policy.if_empty} then"
            self._decide(self._policy.if_empty, Reason(ReasonKind.EMPTY, said))
            return
        # Nobody is asked in vain: what cannot be approved is not begun, wherever it stands.
        hopeless = [(poll, decided) for poll in asked if (decided := poll.vote_decides()) is not None]
        for poll, (status, because) in hopeless:
            poll.close(status, self._now, because)
        if hopeless:
            self._reject(*(poll for poll, _ in hopeless))
        else:
            self._go_on()

    def _close(self, poll: Poll, status: StageStatus, because: Reason) -> None:
        """Close *poll*, and let what follows from it happen."""
        self._withdrawn += self._asked(poll)
        poll.close(status, self._now, because)
        if status is StageStatus.REJECTED:
            self._reject(poll)
        else:
            self._go_on()

    def _reject(self, *polls: Poll) -> None:
        names = tuple(poll.name for poll in polls)
        said = f"rejected by {'stage' if len(names) == 1 else 'stages'} {', '.join(map(repr, names))}"
        self._decide(Outcome.REJECTED, Reason(ReasonKind.STAGE_REJECTED, said, stages=names))

    def _go_on(self) -> None:
        """Open what may begin now; if all is done, the whole is approved."""
        if self._walked(self._policy.steps, self._now):
            said = "every stage is approved or skipped"
            self._decide(Outcome.APPROVED, Reason(ReasonKind.STAGES_APPROVED, said))

    def _walked(self, step: Step, start: datetime) -> bool:
        """Open in *step* what may begin at *start*, and tell whether all of it is done."""
        if isinstance(step, Stage):
            poll = self._polls[step.name]
            if poll.status is StageStatus.WAITING:
                poll.open(start, self._due(step, start))
            return poll.status in (StageStatus.APPROVED, StageStatus.SKIPPED)
        if isinstance(step, InParallel):
            done = [self._walked(each, start) for each in step.steps]
            return all(done)
        return all(self._walked(each, start) for each in step.steps)  # up to the first that is not done

    def _due(self, stage: Stage, start: datetime) -> datetime | None:
        if stage.within is None or self._calendar is None:
            return None
        return self._calendar.advance(start, stage.within, in_zone=UTC)

    def _decide(self, outcome: Outcome, because: Reason) -> None:
        self._outcome, self._because, self._decided_at = outcome, because, self._now
        for poll in self._polls.values():
            if poll.status in (StageStatus.WAITING, StageStatus.OPEN):
                if poll.is_open:
                    self._withdrawn += self._asked(poll)
                poll.close(StageStatus.WITHDRAWN, self._now, because)

    def _next_due(self) -> Poll | None:
        """Return the poll whose time is up first; of several, the first of the policy."""
        timed = [poll for poll in self._polls.values() if poll.is_open and poll.due_at is not None]
        return min(timed, key=lambda poll: poll.due_at or self._now, default=None)

    # -- who may vote ------------------------------------------------------------------------------------

    def _asked(self, poll: Poll) -> Iterator[VoteRequest]:
        """List who may vote in *poll* now, seat by seat, the owner first."""
        for seat in poll.seated.seats:
            if seat.person in poll.ballots:
                continue
            yield VoteRequest(poll.name, seat.person)
            for person, chain in self._chains(seat.person, poll, self._policy.max_chain).items():
                if self._may_stand_in(person, poll):
                    yield VoteRequest(poll.name, person, chain)

    def _chains(self, owner: str, poll: Poll, max_chain: int) -> dict[str, tuple[str, ...]]:
        return self._delegations.stand_ins(
            owner,
            at=self._now,
            policy=self._policy.name,
            stage=poll.name,
            max_chain=max_chain,
            without=poll.seated.barred,
        )

    def _may_stand_in(self, person: str, poll: Poll) -> bool:
        return (
            person not in poll.seats
            and poll.ballot_of(person) is None
            and self._voted_apart(person, poll) is None
        )

    def _voted_apart(self, person: str, poll: Poll) -> str | None:
        """Return a stage kept apart from *poll* in which *person* has voted, or ``None``."""
        apart = self._policy.apart(poll.name)
        return next((name for name in sorted(apart) if self._polls[name].ballot_of(person)), None)

    def _objections_to_voter(self, ballot: Ballot, poll: Poll) -> Iterator[str]:
        voter = ballot.voter
        if voter in poll.seated.barred:
            yield f"{voter} {poll.seated.barred[voter]}"
        cast = poll.ballot_of(voter)
        if cast is not None:
            yield f"{voter} has voted already, for the seat of {cast.seat}; one person has one vote"
        apart = self._voted_apart(voter, poll)
        if apart is not None:
            yield f"{voter} has voted in stage {apart!r}, which is kept apart"
        if ballot.seat != voter and voter in poll.seats:
            yield f"{voter} has a seat of their own, and votes for that alone"

    def _objections_to_seat(self, ballot: Ballot, poll: Poll, *, is_on_record: bool) -> Iterator[str]:
        owner, voter = ballot.seat, ballot.voter
        if owner not in poll.seats:
            if owner in poll.seated.barred and owner != voter:
                yield f"{owner} {poll.seated.barred[owner]}, and nobody stands in"
            elif owner not in poll.seated.barred:
                yield f"{owner} has no seat here{self._hint(ballot, poll)}"
            return
        filled = poll.ballots.get(owner)
        if filled is not None and filled.voter != voter:
            yield f"the seat of {owner} is filled already, by {filled.voter}"
        if owner == voter or voter in poll.seated.barred or is_on_record:
            return
        if voter not in self._chains(owner, poll, self._policy.max_chain):
            yield self._no_delegation(owner, voter, poll)

    def _hint(self, ballot: Ballot, poll: Poll) -> str:
        """Return how the voter could vote, who has said nothing of standing in."""
        others = [each for each in self._asked(poll) if poll.is_open and each.person == ballot.voter]
        if ballot.on_behalf_of is not None or not others:
            return ""
        return f"; say on behalf of whom: {', '.join(each.via[0] for each in others)}"

    def _no_delegation(self, owner: str, voter: str, poll: Poll) -> str:
        longer = self._chains(owner, poll, len(self._delegations.delegations)).get(voter)
        if longer is None:
            return f"{owner} has not let {voter} stand in at {self._now}"
        return (
            f"{' → '.join(longer)} are {len(longer) - 1} delegations, and the policy allows "
            f"{self._policy.max_chain}"
        )
