"""Reading a request for approval from its history, and writing that history."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from itsmkit._checks import is_a, utc
from itsmkit._problems import instance_problems, shown
from itsmkit.calendars import BusinessTime
from itsmkit.errors import DefinitionError
from itsmkit.workflow.approvals._fold import Fold
from itsmkit.workflow.approvals.approval_reading import ApprovalReading
from itsmkit.workflow.approvals.ballot import ApprovalEvent, Ballot, Withdrawal
from itsmkit.workflow.approvals.delegation import Delegations
from itsmkit.workflow.approvals.errors import BallotRefusedError, WithdrawalRefusedError
from itsmkit.workflow.approvals.request import ApprovalRequest

__all__ = ["cast", "read_approval", "withdraw"]

_NOBODY_STANDS_IN = Delegations()


def read_approval(
    request: ApprovalRequest,
    events: Iterable[ApprovalEvent],
    *,
    at: datetime,
    delegations: Delegations = _NOBODY_STANDS_IN,
    calendar: BusinessTime | None = None,
    on_record: bool = False,
) -> ApprovalReading:
    """
    Return where *request* stands: a function of its arguments, and of nothing else.

    An event counts if it was allowed at its own instant; what was not is told as ignored and changes nothing.
    A ballot at the very instant at which the time is up comes too late. The time of a stage begins when the
    stage opens: at the opening of the request, or when what stands before it in sequence is approved.

    A stage is decided as soon as no vote that is left can change it: rejected if it could not be approved
    even if all who are left approve; approved if it would be even if all of them reject, or stay silent. So a
    quorum has to be cast before an approval, unless silence is consent. The whole is rejected with the first
    stage that is, and at once if one that is still waiting cannot be approved by those who may vote in it.

    Args:
        request: The request, as `open_approval` has made it.
        events: Its history, in the order of time.
        at: The instant at which it is read. What is after it has not happened yet.
        delegations: All that hold or held; those that ended are needed for the votes they allowed.
        calendar: Where the time of stages is counted; needed if one that is not skipped has a time.
        on_record: Whether each of *events* was checked by `cast` when it happened, as where these are kept
            for good. Then who voted for another was let to, whatever *delegations* say of that instant, and
            those that ended need not be kept.

    Raises:
        DefinitionError: With every problem: events that are none, are not in order or before the opening; an
            instant before the opening; a calendar that is missing.
        NeverOpenError: If the calendar has too little open time for a stage.
        OutOfRangeError: If a stage opens outside the years that the calendar knows.

    >>> from datetime import UTC, datetime, timedelta
    >>> from itsmkit.workflow.approvals import Approver, ApprovalPolicy, AtLeast, Ballot, Stage, open_approval
    >>> board = Stage("board", [Approver("kim"), Approver("lee"), Approver("max")], AtLeast(2))
    >>> nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
    >>> request = open_approval(ApprovalPolicy("change", board), requester="noa", at=nine)
    >>> votes = [Ballot("board", "kim", "reject", nine), Ballot("board", "lee", "reject", nine)]
    >>> print(read_approval(request, votes, at=nine).explain())
    approval 'change' is rejected at 2026-03-02 09:00:00+00:00: rejected by stage 'board'
    - stage 'board' is rejected at 2026-03-02 09:00:00+00:00: at least 2 approvals cannot be reached
      votes: 0 approve, 2 reject, 0 abstain, 1 open
    """
    events = tuple(events)
    at = utc(at, "at")
    problems = list(_history_problems(request, events))
    if not problems and at < request.opened_at:
        problems.append(f"at: {at} is before the request was opened, {request.opened_at}")
    if problems:
        raise DefinitionError(*problems)
    return _relived(request, events, at, delegations, calendar, on_record=on_record).reading()


def cast(
    request: ApprovalRequest,
    events: Iterable[ApprovalEvent],
    ballot: Ballot,
    *,
    delegations: Delegations = _NOBODY_STANDS_IN,
    calendar: BusinessTime | None = None,
    on_record: bool = False,
) -> tuple[ApprovalEvent, ...]:
    """
    Return the history with *ballot* at its end.

    Args:
        request: As for `read_approval`.
        events: The history so far.
        ballot: What is cast.
        delegations: As for `read_approval`.
        calendar: As for `read_approval`.
        on_record: As for `read_approval`, of *events*; *ballot* needs a delegation that holds.

    Raises:
        BallotRefusedError: With every reason, if it may not be cast.
        DefinitionError: As for `read_approval`.
        NeverOpenError: As for `read_approval`.
        OutOfRangeError: As for `read_approval`.
    """
    events = tuple(events)
    _refuse_others("ballot", ballot, Ballot)
    reasons = _objections(request, events, ballot, delegations, calendar, on_record=on_record)
    if reasons:
        raise BallotRefusedError(ballot, reasons)
    return (*events, ballot)


def withdraw(
    request: ApprovalRequest,
    events: Iterable[ApprovalEvent],
    withdrawal: Withdrawal,
    *,
    delegations: Delegations = _NOBODY_STANDS_IN,
    calendar: BusinessTime | None = None,
) -> tuple[ApprovalEvent, ...]:
    """
    Return the history with *withdrawal* at its end.

    Args:
        request: As for `read_approval`.
        events: The history so far.
        withdrawal: Who takes the request back, and when.
        delegations: As for `read_approval`.
        calendar: As for `read_approval`.

    Raises:
        WithdrawalRefusedError: With every reason, if it may not be taken back: it is decided, or by another
            than the requester.
        DefinitionError: As for `read_approval`.
        NeverOpenError: As for `read_approval`.
        OutOfRangeError: As for `read_approval`.
    """
    events = tuple(events)
    _refuse_others("withdrawal", withdrawal, Withdrawal)
    reasons = _objections(request, events, withdrawal, delegations, calendar)
    if reasons:
        raise WithdrawalRefusedError(withdrawal, reasons)
    return (*events, withdrawal)


def _refuse_others(what: str, event: object, kind: type) -> None:
    problems = list(instance_problems(what, event, kind))
    if problems:
        raise DefinitionError(*problems)


def _objections(
    request: ApprovalRequest,
    events: tuple[ApprovalEvent, ...],
    event: ApprovalEvent,
    delegations: Delegations,
    calendar: BusinessTime | None,
    *,
    on_record: bool = False,
) -> tuple[str, ...]:
    problems = list(_history_problems(request, events))
    if problems:
        raise DefinitionError(*problems)
    last = events[-1].at if events else request.opened_at
    now = max(event.at, last)
    backdated = [f"{event.at} is before what happened last, at {last}"] if event.at < last else []
    fold = _relived(request, events, now, delegations, calendar, on_record=on_record)
    return (*backdated, *fold.objections(event))


def _history_problems(request: ApprovalRequest, events: tuple[ApprovalEvent, ...]) -> Iterator[str]:
    last = request.opened_at
    for index, event in enumerate(events):
        if not is_a(event, Ballot, Withdrawal):
            yield f"events[{index}]: must be a Ballot or a Withdrawal, not {shown(event)}"
        elif event.at < last:
            what = "the event before it" if last != request.opened_at else "the opening"
            yield f"events[{index}].at: {event.at} is before {what}, at {last}"
        else:
            last = event.at


def _relived(
    request: ApprovalRequest,
    events: tuple[ApprovalEvent, ...],
    at: datetime,
    delegations: Delegations,
    calendar: BusinessTime | None,
    *,
    on_record: bool,
) -> Fold:
    fold = Fold(request, delegations, calendar, on_record=on_record)
    for event in events:
        if event.at > at:
            break
        fold.pass_time(event.at)
        fold.take(event)
    fold.pass_time(at)
    return fold
