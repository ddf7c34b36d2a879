"""
How orders go on: their approval, their tasks and their end, all that is due of one in one unit of work.

Who places an order, or votes on one, lets it go on at once. Who moves a task need not see the order, and
waits for nothing: the unit of work of the move sets a timer of the order, and whoever claims it looks what is
new. As all that follows is saved together with the order, under its version check, a worker that dies leaves
nothing half done, and two of them do nothing twice.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from itsmkit.calendars import BusinessTime
from itsmkit.desk._catalogue_records import published
from itsmkit.desk._commands import Runner
from itsmkit.desk._timer_names import FULFILMENT
from itsmkit.desk._votes import delegations_on
from itsmkit.desk.work import moved, number_of_new
from itsmkit.errors import NotFoundError, RefusedError
from itsmkit.plugin import ClaimedTimer, StoredTicket, Timer, UnitOfWork
from itsmkit.practices import WORK_TASK, Decision, Notice, Occasion, happen
from itsmkit.practices.catalogue import (
    CatalogueItem,
    OrderApproval,
    advance,
    approval_notices,
    approval_of,
    progress_of,
    task_details,
    told_to_vote,
)
from itsmkit.practices.decision import unchanged
from itsmkit.practices.links import FULFILLED_BY
from itsmkit.tickets import (
    SYSTEM,
    ApprovalDecided,
    ApproversAsked,
    AskedToVote,
    Became,
    Fact,
    ItemOrdered,
    Linked,
    TaskAdvanced,
    TaskGiven,
    Ticket,
    TicketEvent,
    TicketId,
    TimerRefused,
)
from itsmkit.workflow.approvals import ApprovalReading, Outcome

__all__ = ["OrderGoingOn", "approval_now", "hours_of_approval", "item_ordered", "run_fulfilment"]


def run_fulfilment(runner: Runner, claimed: ClaimedTimer) -> None:
    """
    Let the order of a claimed timer go on.

    Raises:
        ConflictError: If another worker holds the timer by now.
    """

    def work(unit: UnitOfWork) -> None:
        unit.finish_timer(claimed)
        try:
            stored = unit.ticket(claimed.timer.ticket_id)
        except NotFoundError:
            return
        # However late a worker comes, it happened when the task moved, or the time was up.
        occasion = Occasion(SYSTEM, runner.clock(), claimed.timer.due)
        going = OrderGoingOn(runner, unit, stored.ticket, unit.history(stored.ticket.id), occasion=occasion)
        going.go_on()
        going.save(stored)

    runner.retried(work)


def item_ordered(unit: UnitOfWork, history: Iterable[TicketEvent]) -> CatalogueItem | None:
    """Return the item that was ordered, in the version to which the order keeps; ``None`` for no order."""
    for event in history:
        if isinstance(event.fact, ItemOrdered):
            return published(unit, event.fact.item, event.fact.version)
    return None


def hours_of_approval(runner: Runner, item: CatalogueItem) -> BusinessTime:
    """Return where the time of an approval is counted: in the hours of the item, or of the desk."""
    config = runner.config
    return config.reporting_hours if item.hours is None else config.calendars[item.hours]


def approval_now(
    runner: Runner, unit: UnitOfWork, order: Ticket, history: Sequence[TicketEvent], item: CatalogueItem
) -> ApprovalReading | None:
    """
    Return how the approval of an order stands now, with all who stand in; ``None`` if it needs none.

    Args:
        runner: What runs the command.
        unit: The unit of work, in which all tickets can be seen.
        order: The order.
        history: All its events.
        item: The item, in the version that was ordered.
    """
    approval = approval_of(history)
    if approval is None:
        return None
    now = max(runner.clock(), history[-1].effective_at)
    delegations = delegations_on(unit, order, approval, item.key)
    return approval.at(now, hours_of_approval(runner, item), delegations)


class OrderGoingOn:
    """
    An order in a unit of work, and what happens to it there.

    Args:
        runner: What runs the command.
        unit: The unit of work, in which all tickets can be seen.
        order: The order as it was read, or as it was placed.
        history: All its events.
        decision: What was decided about it before, in the same unit of work.
        occasion: When the desk itself looks at it; by default, now.
    """

    def __init__(
        self,
        runner: Runner,
        unit: UnitOfWork,
        order: Ticket,
        history: Iterable[TicketEvent],
        decision: Decision[Ticket] | None = None,
        *,
        occasion: Occasion | None = None,
    ) -> None:
        self._runner = runner
        self._unit = unit
        self._history = [*history]
        self._decision = unchanged(order) if decision is None else decision
        self.occasion = occasion or Occasion(SYSTEM, runner.clock())
        self.next_look: datetime | None = None
        self.item = item_ordered(unit, self._history)

    @property
    def order(self) -> Ticket:
        """The order, as it is by now."""
        return self._decision.ticket

    @property
    def history(self) -> list[TicketEvent]:
        """All its events, by now."""
        return self._history

    def then(self, decision: Decision[Ticket], *notices: Notice) -> None:
        """Let something happen to the order."""
        before = self._decision
        self._history += decision.events
        self._decision = Decision(
            before.before, before.steps + decision.steps, (*before.notices, *decision.notices, *notices)
        )

    def happens(self, *facts: Fact) -> None:
        """Let facts happen to the order, as the desk itself."""
        self.then(happen(self.order, self.occasion, *facts))

    def moves(self, trigger: str, **details: object) -> None:
        """Move the order, as the desk itself; where that is refused, its history tells why."""
        try:
            self.then(
                moved(
                    self._runner,
                    self._unit,
                    self.order,
                    trigger=trigger,
                    occasion=self.occasion,
                    details=details,
                )
            )
        except RefusedError as refusal:
            self.happens(TimerRefused(trigger, refusal.reasons))

    def go_on(self) -> None:
        """Do all that is due: decide the approval, take in what tasks tell, give those whose turn it is."""
        if self.item is None or self.order.merged_into is not None:
            return
        approval = approval_of(self._history)
        if approval is not None and not approval.is_over and self.order.state_category == "pending":
            self._decide(approval, self.item)
        self._advance(self.item)

    def _decide(self, approval: OrderApproval, item: CatalogueItem) -> None:
        now, hours = self.occasion.at, hours_of_approval(self._runner, item)
        last = self._history[-1].effective_at
        delegations = delegations_on(self._unit, self.order, approval, item.key)
        reading = approval.at(max(now, last), hours, delegations)
        if not reading.is_decided:
            self.next_look = reading.next_change
            # Who is told, is asked now, however late a worker comes.
            by_now = max(self.occasion.recorded_at, now, last)
            self._tell(approval.asked_at(by_now, hours, delegations), hours)
            return
        because = str(reading.because)
        self.happens(ApprovalDecided(reading.outcome.value, because))
        if reading.outcome is Outcome.APPROVED:
            self.moves("approve")
        else:
            self.moves("reject", rejection_reason=because)

    def _tell(self, asked: tuple[AskedToVote, ...], hours: BusinessTime) -> None:
        """Tell those who are asked to vote and were not told; note it where nothing else tells of it."""
        before = self._history[: len(self._history) - len(self._decision.events)]
        told = told_to_vote(before, hours)
        news = [each for each in asked if each not in told]
        was_noted = any(isinstance(event.fact, ApproversAsked) for event in before)
        if (
            (was_noted and {*asked} != {*told})
            or any(each.on_behalf_of is not None for each in news)
            or (news and not self._decision.steps)
        ):
            self.happens(ApproversAsked(asked))
        self.then(unchanged(self.order), *approval_notices(self.order, news, self.order.version))

    def _advance(self, item: CatalogueItem) -> None:
        open_tickets = progress_of(item, self._history).open_tickets
        tickets = {each: self._unit.ticket(each).ticket for each in open_tickets.values()}
        found = advance(item, self.order, self._history, tickets, self.occasion)
        if found.facts:
            self.happens(*found.facts)
        for task in found.given:
            ticket_id = self._give(item, task)
            self.happens(Linked(FULFILLED_BY, True, ticket_id), TaskAdvanced(task, Became.GIVEN, ticket_id))
        if self.order.state_category == "cancelled":
            self._call_off(tickets.values())
        elif self.order.details.get("tasks_done") is True and self.order.state_category == "active":
            self.moves("fulfil", resolution="All that it takes is done")

    def _give(self, item: CatalogueItem, task: str) -> TicketId:
        """Log the ticket of a task, and return its key."""
        runner, unit, order = self._runner, self._unit, self.order
        kind = runner.config.kind(WORK_TASK)
        decision: Decision[Ticket] = kind.log(
            runner.new_id(),
            number_of_new(runner, unit, kind, order.restricted_to),
            self.occasion,
            details=task_details(item, order, task),
            restricted_to=order.restricted_to,
            rules=runner.config.tickets,
        )
        answers = next(event.fact.answers for event in self._history if isinstance(event.fact, ItemOrdered))
        follows = happen(
            decision.ticket,
            self.occasion,
            TaskGiven(order.id, task, item.key, item.version, answers),
            Linked(FULFILLED_BY, False, order.id),
        )
        runner.save(unit, Decision(None, decision.steps + follows.steps))
        return decision.ticket.id

    def _call_off(self, tickets: Iterable[Ticket]) -> None:
        """Cancel the tasks of an order that is cancelled."""
        reason = str(self.order.details.get("cancellation_reason") or f"{self.order.number} is cancelled")
        for ticket in tickets:
            if ticket.is_open:
                call_off(self._runner, self._unit, ticket.id, reason, self.occasion)

    def save(self, stored: StoredTicket | None) -> Ticket:
        """Save what has happened, and return the order; look at it again when that is due."""
        ticket = self._runner.save(self._unit, self._decision, stored)
        if self.next_look is not None:
            self._unit.set_timer(Timer(ticket.id, FULFILMENT, self.next_look))
        elif self._decision.steps:
            self._unit.clear_timer(ticket.id, FULFILMENT)
        return ticket


def call_off(runner: Runner, unit: UnitOfWork, ticket_id: TicketId, reason: str, occasion: Occasion) -> None:
    """Cancel the ticket of a task; if that is refused, its history tells why."""
    stored = unit.ticket(ticket_id)
    ticket = stored.ticket
    try:
        decision = moved(
            runner,
            unit,
            ticket,
            trigger="cancel",
            occasion=occasion,
            details={"cancellation_reason": reason},
        )
    except RefusedError as refusal:
        decision = happen(ticket, occasion, TimerRefused("cancel", refusal.reasons))
    runner.save(unit, decision, stored)
