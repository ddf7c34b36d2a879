"""
How an order is fulfilled: what its tasks do, read from its history, and what has to happen next.

The history of the order is the truth about its tasks: each thing that became of one is an event there. So
`progress_of` replays it, whatever has become of the tickets; and `advance` compares it with the tickets, and
says what is new. Asked twice, it says nothing the second time: whoever begins again after a crash does
nothing twice.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import frozen

from itsmkit.conditions import FactSchema, fact_problems
from itsmkit.practices.catalogue.catalogue_item import CatalogueItem
from itsmkit.practices.catalogue.ordering import facts_of_order
from itsmkit.practices.decision import Occasion
from itsmkit.tickets import (
    Became,
    Fact,
    FulfilmentBegun,
    FulfilmentEnded,
    TaskAdvanced,
    Ticket,
    TicketEvent,
    TicketId,
)
from itsmkit.workflow.tasks import (
    TaskDone,
    TaskEvent,
    TaskFailed,
    TaskGraphBegun,
    TaskGraphReading,
    TaskReopened,
    TaskSkipped,
    TaskStarted,
    TaskStatus,
    read_tasks,
    reopen,
    skip,
)

__all__ = [
    "Advance",
    "OrderProgress",
    "advance",
    "progress_of",
    "retry_task",
    "skip_task",
    "task_details",
]

_ENDS = frozenset({Became.DONE, Became.FAILED, Became.SKIPPED})
_AT_WORK = frozenset({"active", "pending", "resolved", "closed"})
_FINISHED = frozenset({"resolved", "closed"})


@frozen
class OrderProgress:
    """
    How the tasks of an order stand.

    Args:
        tasks: Each task with its status and why it has it.
        tickets: The ticket of each task that has one: the last, if it was tried several times.
        open_tickets: Those of them that the work goes on in.
        is_ended: Whether the history says that all have ended.
    """

    tasks: TaskGraphReading
    tickets: Mapping[str, TicketId]
    open_tickets: Mapping[str, TicketId]
    is_ended: bool = False


@frozen
class Advance:
    """
    What is new about an order.

    Args:
        facts: What happens to it, in order.
        given: The tasks that need a ticket now, in the order of the item.
    """

    facts: tuple[Fact, ...] = ()
    given: tuple[str, ...] = ()


def progress_of(item: CatalogueItem, history: Iterable[TicketEvent]) -> OrderProgress:
    """
    Return how the tasks of an order stand after its *history*: a function of that, and of nothing else.

    Args:
        item: The item, in the version that was ordered.
        history: All events of the order, in order.

    Raises:
        TaskHistoryError: If the tasks cannot have gone as the history says.
    """
    events: list[TaskEvent] = []
    tickets: dict[str, TicketId] = {}
    is_open: dict[str, TicketId] = {}
    is_ended = False
    for event in history:
        fact = event.fact
        is_ended = is_ended or isinstance(fact, FulfilmentEnded)
        if isinstance(fact, TaskAdvanced):
            if fact.became is Became.GIVEN and fact.other is not None:
                tickets[fact.task] = is_open[fact.task] = fact.other
            elif fact.became in _ENDS:
                is_open.pop(fact.task, None)
        events += _task_events(item, event)
    return OrderProgress(read_tasks(item.graph, events), tickets, is_open, is_ended)


def _task_events(item: CatalogueItem, event: TicketEvent) -> Iterator[TaskEvent]:
    """Go through what an event of an order means to its tasks."""
    fact, at, by = event.fact, event.effective_at, event.actor.id
    if isinstance(fact, FulfilmentBegun):
        yield TaskGraphBegun(item.graph.name, item.graph.version, fact.facts, at=at, by=by)
    elif isinstance(fact, TaskAdvanced):
        task, reason = fact.task, fact.reason or _UNSAID
        match fact.became:
            case Became.STARTED:
                yield TaskStarted(task, at=at, by=by)
            case Became.DONE:
                yield TaskDone(task, at=at, by=by)
            case Became.FAILED:
                yield TaskFailed(task, reason, at=at, by=by)
            case Became.SKIPPED:
                yield TaskSkipped(task, reason, at=at, by=by)
            case Became.REOPENED:
                yield TaskReopened(task, reason, at=at, by=by)


_UNSAID = "no reason was said"


def advance(
    item: CatalogueItem,
    order: Ticket,
    history: Sequence[TicketEvent],
    tickets: Mapping[TicketId, Ticket],
    occasion: Occasion,
) -> Advance:
    """
    Return what is new about an order: what its tickets tell of its tasks, and which tasks have their turn.

    Work begins when the order is being worked on for the first time. A task is started when its ticket is
    taken up, done when that is resolved, and has failed if that is cancelled. A ticket that is taken up again
    later changes nothing: what came after it has begun.

    Args:
        item: The item, in the version that was ordered.
        order: The order.
        history: All its events.
        tickets: The tickets of `OrderProgress.open_tickets`, by their keys.
        occasion: When it is looked at, and by whom.
    """
    news = _News(item, history, occasion)
    if news.progress.tasks.begun_at is None:
        if order.state_category != "active":
            return Advance()
        news.note(FulfilmentBegun(_asked_facts(item, order)))
    for name, ticket_id in news.progress.open_tickets.items():
        news.look_at(name, tickets[ticket_id])
    progress = news.progress
    if progress.tasks.is_done and not progress.is_ended:
        news.note(FulfilmentEnded())
    ready = progress.tasks.ready if order.is_open else ()
    return Advance(tuple(news.facts), tuple(name for name in ready if name not in progress.open_tickets))


def _asked_facts(item: CatalogueItem, order: Ticket) -> dict[str, object]:
    """Return the facts that conditions of tasks ask for; what was erased by now is missing."""
    facts = facts_of_order(item, order)
    asked = {name: facts[name] for name in sorted(item.asked_facts & facts.keys())}
    types = item.facts.types
    return {
        name: fact
        for name, fact in asked.items()
        if not fact_problems({name: fact}, FactSchema({name: types[name]}))
    }


class _News:
    """What is new about an order, fact by fact."""

    def __init__(self, item: CatalogueItem, history: Sequence[TicketEvent], occasion: Occasion) -> None:
        self._item = item
        self._events = [*history]
        self._occasion = occasion
        self.facts: list[Fact] = []
        self.progress = progress_of(item, self._events)

    def note(self, fact: Fact) -> None:
        """Let *fact* happen."""
        last = self._events[-1]
        event = self._occasion.event(last.ticket_id, last.sequence + 1, fact, not_before=last.effective_at)
        self._events.append(event)
        self.facts.append(fact)
        self.progress = progress_of(self._item, self._events)

    def look_at(self, name: str, ticket: Ticket) -> None:
        """Note what the ticket of a task tells of it."""
        category = ticket.state_category
        is_over = category == "cancelled"
        if (category in _AT_WORK or is_over) and self._status(name) is TaskStatus.READY:
            self.note(TaskAdvanced(name, Became.STARTED, ticket.id))
        if self._status(name) is not TaskStatus.RUNNING:
            return  # it is not its turn: what failed before holds it up
        if category in _FINISHED:
            self.note(TaskAdvanced(name, Became.DONE, ticket.id))
        elif is_over:
            reason = ticket.details.get("cancellation_reason")
            self.note(TaskAdvanced(name, Became.FAILED, ticket.id, str(reason or _UNSAID).strip() or _UNSAID))

    def _status(self, name: str) -> TaskStatus:
        return self.progress.tasks[name].status


def skip_task(
    item: CatalogueItem, history: Sequence[TicketEvent], task: str, reason: str, occasion: Occasion
) -> TaskAdvanced:
    """
    Go on without a task of an order, whatever has become of it so far.

    Raises:
        TaskRefusedError: If it has ended, or there is no such task, or the work has not begun.
        DefinitionError: If *reason* is no sentence.
    """
    progress = progress_of(item, history)
    skip(progress.tasks, task, reason, at=occasion.at, by=occasion.actor.id)
    return TaskAdvanced(task, Became.SKIPPED, progress.open_tickets.get(task), reason)


def retry_task(
    item: CatalogueItem, history: Sequence[TicketEvent], task: str, reason: str, occasion: Occasion
) -> TaskAdvanced:
    """
    Try a task of an order again that has failed for good; it gets a new ticket.

    Raises:
        TaskRefusedError: If it has not failed, or there is no such task, or the work has gone on from that.
        DefinitionError: If *reason* is no sentence.
    """
    progress = progress_of(item, history)
    reopen(progress.tasks, task, reason, at=occasion.at, by=occasion.actor.id)
    return TaskAdvanced(task, Became.REOPENED, None, reason)


def task_details(item: CatalogueItem, order: Ticket, task: str) -> dict[str, object]:
    """Return what is told of the ticket of a task when it is logged."""
    shared = ("requester", "affected_person", "organisation", "site", "service", "needed_by")
    told = {name: order.fact(name) for name in shared}
    title = f"{task}: {order.title or item.title}"
    return {
        **{name: value for name, value in told.items() if value is not None},
        "title": title,
        "support_group": item.graph[task].group,
        "owner": order.owner,
    }
