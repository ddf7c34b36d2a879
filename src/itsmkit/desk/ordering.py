"""What can be asked of orders: placing them, approving them, and how they stand."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from attrs import evolve, field, frozen

from itsmkit._frozen import EMPTY, frozen_dict
from itsmkit.conditions import ALWAYS
from itsmkit.desk._access import unguarded
from itsmkit.desk._answers import TICKET
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._commands import Runner, acting
from itsmkit.desk._directory import placed_by
from itsmkit.desk._fulfilment import (
    OrderGoingOn,
    approval_now,
    call_off,
    hours_of_approval,
    item_ordered,
)
from itsmkit.desk._once import Answer
from itsmkit.desk._votes import delegations_on
from itsmkit.desk._voting import answer_of_vote, order_to_vote_on, votes_waiting
from itsmkit.desk.catalogue import catalogue_of_person, offered, viewer_of_order
from itsmkit.desk.work import WorkCommands, moved, number_of_new
from itsmkit.errors import DefinitionError, NotFoundError, RefusedError
from itsmkit.plugin import Directory, StoredTicket, UnitOfWork
from itsmkit.practices import ORDER, Decision, Order, attach, happen
from itsmkit.practices._arguments import instance
from itsmkit.practices.access import restriction_of
from itsmkit.practices.catalogue import (
    NOBODY_STANDS_IN,
    CatalogueItem,
    OrderForm,
    VoteAwaited,
    approval_of,
    ask_for_approval,
    cast_ballot,
    fill_in,
    place_order,
    progress_of,
    retry_task,
    skip_task,
)
from itsmkit.practices.forms import FormFieldKind, HiddenAnswers
from itsmkit.practices.inheritance import known
from itsmkit.tickets import Actor, Attachment, Fact, Ticket, TicketEvent, TicketId
from itsmkit.workflow.approvals import ApprovalPolicy, ApprovalReading, Vote
from itsmkit.workflow.tasks import TaskGraphReading

__all__ = ["OrderCommands", "OrderView"]


@frozen
class OrderView:
    """
    How an order stands.

    Args:
        order: The order.
        item: The item, in the version that was ordered.
        approval: How its approval stands now; ``None`` if it needs none.
        tasks: How its tasks stand, each with why.
        tickets: The tickets of tasks that may be seen, by the names of the tasks: the last, if one was tried
            several times.
    """

    order: Ticket
    item: CatalogueItem
    approval: ApprovalReading | None
    tasks: TaskGraphReading
    tickets: Mapping[str, Ticket] = field(default=EMPTY, converter=frozen_dict)

    def explain(self) -> str:
        """Return it as text: the order in a line, then its approval and its tasks."""
        head = f"{self.order.number}: {self.order.title or self.item.title} is {self.order.state}"
        approval = [] if self.approval is None else [self.approval.explain()]
        return "\n".join([head, *approval, self.tasks.explain()])


@looking_at_arguments(but=("answers", "files", "hidden"))
@frozen
class OrderCommands(WorkCommands[Order]):
    """
    What can be asked of orders; reached as ``desk.orders``: see `WorkCommands`.

    What is placed from the service catalogue is a ticket of the kind that its item names, and so are
    approvals and tasks asked for here, whatever that kind is.
    """

    _kind: str = ORDER

    def place(
        self,
        key: str,
        answers: Mapping[str, object] = EMPTY,
        *,
        requester: str | None = None,
        affected_person: str | None = None,
        channel: str | None = None,
        site: str | None = None,
        organisation: str | None = None,
        needed_by: datetime | None = None,
        files: Mapping[str, bytes] = EMPTY,
        hidden: HiddenAnswers | str = HiddenAnswers.REFUSE,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Ticket:
        """
        Order an item of the service catalogue, as it is offered now.

        The order keeps to that version. If it needs no approval, its first tasks are given at once.

        Args:
            key: The key of the item.
            answers: What is answered to its form, by the names of fields.
            requester: Who orders; by default, the actor. The item must be for them.
            affected_person: For whom it is, if that is not who asks.
            channel: The way it came in.
            site: The place.
            organisation: The organisation of the requester.
            needed_by: When the requester needs it, whatever was agreed; aware.
            files: The contents of files that are handed in with the form, by their names.
            hidden: What becomes of an answer to a field that is not shown: ``"refuse"`` or ``"drop"``.
            by: Who places it.
            idempotency_key: Chosen by who asks, to have it done once.

        Returns:
            The order, of the kind that the item names.

        Raises:
            NotFoundError: If no such item is offered to the requester.
            AnswersRefusedError: With everything that is wrong with the answers.
            DefinitionError: If who is to approve it cannot be told.
            AccessDeniedError: If it is not permitted.
        """
        actor = acting(by, self._actor)
        contents = _contents(files)
        described = {
            "requester": requester or actor.id,
            "affected_person": affected_person,
            "channel": channel,
            "site": site,
            "organisation": organisation,
            "needed_by": needed_by,
        }
        digests = {name: sha256(content).hexdigest() for name, content in contents.items()}
        hidden = _hidden(hidden)
        runner = self._runner.asked(
            "orders.place", actor, idempotency_key, key, answers, described, digests, hidden.value
        )
        occasion = runner.occasion()
        # Outside of the transaction: the directory may be far away.
        details = placed_by(runner.directory, {k: v for k, v in described.items() if v is not None})
        viewer = viewer_of_order(runner, actor, requester or actor.id)
        catalogue = catalogue_of_person(runner, requester or actor.id)
        people = _People(runner.directory)
        manager = people.manager(requester or actor.id)

        def work(unit: UnitOfWork) -> Ticket:
            everything = unguarded(unit)
            item = offered(runner, everything, key)
            asked = evolve(item, audience=ALWAYS) if runner.privileged else item
            form = fill_in(asked, answers, viewer, catalogue=catalogue, hidden=hidden)
            kept = _attached(form, contents)
            kind = runner.config.kind(item.kind)
            if item.restriction is not None:
                restriction_of(runner.config.access, item.restriction)
            placed: Decision[Any] = place_order(
                form,
                kind,
                runner.new_id(),
                number_of_new(runner, unit, kind, item.restriction),
                occasion,
                details=details,
                rules=runner.config.tickets,
            )
            going = OrderGoingOn(runner, everything, placed.ticket, placed.events, placed)
            for each in kept:
                everything.attach(contents[each.name])
                going.then(attach(going.order, occasion, each, runner.config.tickets.attachments))
            going.then(moved(runner, everything, going.order, trigger="submit", occasion=occasion))
            if item.approval is not None:
                roles = people.in_roles(item.approval)
                facts = ask_for_approval(item, going.order, occasion, manager=manager, roles=roles)
                going.then(happen(going.order, occasion, *facts))
            if runner.guard is not None:
                runner.guard.judge(going.order)
            going.go_on()
            return going.save(None)

        order: Ticket = runner.answered(work, TICKET)
        return order

    def approve(
        self,
        ticket_id: TicketId,
        *,
        stage: str | None = None,
        on_behalf_of: str | None = None,
        reason: str = "",
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Ticket:
        """
        Vote for an order, as one who is asked for its approval, or who stands in for one.

        Args:
            ticket_id: The order.
            stage: The stage of the approval; by default, the only one in which they are asked.
            on_behalf_of: Whose seat it fills, if it is not their own: see `DelegationCommands`.
            reason: What they say to it.
            by: Who votes.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such order.
            RefusedError: If they are not asked; with every reason.
        """
        runner = self._asked("approve", by, idempotency_key, ticket_id, stage, on_behalf_of, reason)
        return _voted(runner, ticket_id, Vote.APPROVE, stage=stage, on_behalf_of=on_behalf_of, comment=reason)

    def reject(
        self,
        ticket_id: TicketId,
        *,
        stage: str | None = None,
        on_behalf_of: str | None = None,
        reason: str = "",
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Ticket:
        """
        Vote against an order, as one who is asked for its approval, or who stands in for one.

        Args:
            ticket_id: The order.
            stage: The stage of the approval; by default, the only one in which they are asked.
            on_behalf_of: Whose seat it fills, if it is not their own: see `DelegationCommands`.
            reason: What they say to it.
            by: Who votes.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such order.
            RefusedError: If they are not asked; with every reason.
        """
        runner = self._asked("reject", by, idempotency_key, ticket_id, stage, on_behalf_of, reason)
        return _voted(runner, ticket_id, Vote.REJECT, stage=stage, on_behalf_of=on_behalf_of, comment=reason)

    def skip_task(
        self,
        ticket_id: TicketId,
        task: str,
        reason: str,
        *,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Ticket:
        """
        Go on without a task of an order, whatever has become of it; its ticket is cancelled.

        Args:
            ticket_id: The order.
            task: The name of the task.
            reason: Why.
            by: Who decides that.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such order.
            TaskRefusedError: If the task has ended, or there is none of this name.
        """
        runner = self._asked("skip_task", by, idempotency_key, ticket_id, task, reason)
        occasion = runner.occasion()

        def change(going: OrderGoingOn, item: CatalogueItem, unit: UnitOfWork) -> Fact:
            fact = skip_task(item, going.history, task, reason, occasion)
            if fact.other is not None and unit.ticket(fact.other).ticket.is_open:
                call_off(runner, unit, fact.other, reason, going.occasion)
            return fact

        return _changed(runner, ticket_id, change)

    def retry_task(
        self,
        ticket_id: TicketId,
        task: str,
        reason: str,
        *,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Ticket:
        """
        Try a task of an order again that has failed for good; it gets a new ticket.

        Args:
            ticket_id: The order.
            task: The name of the task.
            reason: Why.
            by: Who decides that.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such order.
            TaskRefusedError: If the task has not failed, or the work has gone on from that.
        """
        runner = self._asked("retry_task", by, idempotency_key, ticket_id, task, reason)
        occasion = runner.occasion()
        return _changed(
            runner,
            ticket_id,
            lambda going, item, _unit: retry_task(item, going.history, task, reason, occasion),
        )

    def awaiting(self) -> tuple[VoteAwaited, ...]:
        """
        Return the votes for which orders wait, of who looks: their own, and those of whom they stand in for.

        Of an order it shows what is needed for a vote, and nothing to who may not vote on it.

        Returns:
            The order that was placed first before the others; nothing for nobody in particular.
        """
        return () if self._actor is None else tuple(votes_waiting(self._runner, self._actor))

    def progress(self, ticket_id: TicketId) -> OrderView:
        """
        Return how an order stands: its approval, its tasks, and their tickets as far as they may be seen.

        Raises:
            NotFoundError: If there is no such order.
        """
        runner = self._runner
        reader = runner.reader("orders.progress", self._actor)
        with runner.store.begin() as unit:
            order = reader.ticket(unit, ticket_id).ticket
            history = unit.history(ticket_id)
            item = _the_item(unit, order, history)
            reading, progress = approval_now(runner, unit, order, history, item), progress_of(item, history)
            tickets = {}
            for name, key in progress.tickets.items():
                try:
                    tickets[name] = reader.ticket(unit, key).ticket
                except NotFoundError:
                    continue  # who asks may not see it
        return OrderView(order, item, reading, progress.tasks, tickets)

    def _asked(self, verb: str, by: Actor | None, key: str | None, *arguments: object) -> Runner:
        return self._runner.asked(f"orders.{verb}", acting(by, self._actor), key, *arguments)


_Change = Callable[[OrderGoingOn, CatalogueItem, UnitOfWork], Fact]
_Door = Callable[[Runner, UnitOfWork, TicketId], StoredTicket]


def _changed(
    runner: Runner,
    ticket_id: TicketId,
    change: _Change,
    *,
    door: _Door = Runner.to_change,
    answer: Answer[Any] = TICKET,
) -> Ticket:
    """Let something happen to an order, by who acts and comes to it by *door*, and let it go on."""
    occasion = runner.occasion()

    def work(unit: UnitOfWork) -> Ticket:
        stored = door(runner, unit, ticket_id)
        everything = unguarded(unit)
        history = everything.history(ticket_id)
        item = _the_item(everything, stored.ticket, history)
        going = OrderGoingOn(runner, everything, stored.ticket, history)
        going.then(happen(going.order, occasion, change(going, item, everything)))
        going.go_on()
        return going.save(stored)

    order: Ticket = runner.answered(work, answer)
    return order


def _voted(
    runner: Runner,
    ticket_id: TicketId,
    vote: Vote,
    *,
    stage: str | None,
    on_behalf_of: str | None,
    comment: str,
) -> Ticket:
    occasion = runner.occasion()

    def change(going: OrderGoingOn, item: CatalogueItem, unit: UnitOfWork) -> Fact:
        approval = approval_of(going.history)
        delegations = (
            NOBODY_STANDS_IN if approval is None else delegations_on(unit, going.order, approval, item.key)
        )
        return cast_ballot(
            going.order,
            approval,
            vote,
            occasion,
            hours_of_approval(runner, item),
            stage=stage,
            on_behalf_of=on_behalf_of,
            comment=comment,
            delegations=delegations,
            not_before=going.history[-1].effective_at,
        )

    answer = answer_of_vote(runner)
    return _changed(runner, ticket_id, change, door=order_to_vote_on, answer=answer)


def _the_item(unit: UnitOfWork, ticket: Ticket, history: Iterable[TicketEvent]) -> CatalogueItem:
    item = item_ordered(unit, history)
    if item is None:
        refusal = f"{ticket.number} is no order of the service catalogue; place one by `desk.orders.place`"
        raise RefusedError(refusal)
    return item


def _hidden(hidden: HiddenAnswers | str) -> HiddenAnswers:
    try:
        return HiddenAnswers(hidden)
    except ValueError:
        problem = f"hidden: must be one of {', '.join(HiddenAnswers)}, not {hidden!r}"
        raise DefinitionError(problem) from None


def _contents(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    instance("files", files, Mapping)  # type: ignore[type-abstract]  # it is only asked whether it is one
    for name, content in files.items():
        instance(f"files[{name!r}]", content, bytes)
    return files


def _attached(form: OrderForm, contents: Mapping[str, bytes]) -> tuple[Attachment, ...]:
    """Return the files that come with an order. Refuses answers that name none of them."""
    named = {
        name: value
        for name, value in form.answers.values.items()
        if form.item.form.by_name[name].kind is FormFieldKind.ATTACHMENT
    }
    missing = [
        f"answers.{name}: there is no file {value!r} with the order; hand it in by `files`"
        for name, value in named.items()
        if value not in contents
    ]
    if missing:
        raise RefusedError(*missing)
    return tuple(
        Attachment(sha256(content).hexdigest(), name, len(content), is_public=True)
        for name, content in contents.items()
    )


class _People:
    """Who is to be asked for approval, as the directory tells."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def manager(self, person: str) -> str | None:
        """Return whom somebody reports to, if that is known."""
        found = known(self._directory.person, person)
        return None if found is None else found.manager

    def in_roles(self, policy: ApprovalPolicy) -> dict[str, tuple[str, ...]]:
        """
        Return who holds the roles that a policy asks about: the members of the groups of these ids.

        Raises:
            DefinitionError: If there is no such group.
        """
        asked = dict.fromkeys(role for stage in policy.stages for role in sorted(stage.asks_roles))
        return {role: self._holders(role) for role in asked}

    def _holders(self, role: str) -> tuple[str, ...]:
        try:
            return tuple(each.id for each in self._directory.members_of(role))
        except NotFoundError:
            problem = f"nobody can tell who holds the role {role!r}: there is no support group of this id"
            raise DefinitionError(problem) from None
