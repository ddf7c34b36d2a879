"""What can be asked of the checklists of tickets."""

from attrs import frozen

from itsmkit.conditions import equals
from itsmkit.desk._access import unguarded
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._commands import Runner, acting
from itsmkit.desk._record_kind import RecordKind
from itsmkit.desk._shelf import Shelf
from itsmkit.desk.aids import aid_for
from itsmkit.errors import NotFoundError
from itsmkit.plugin import UnitOfWork
from itsmkit.practices.work_aids import Checklist, ChecklistTemplate, begin_checklist, check_item
from itsmkit.tickets import Actor, TicketId

__all__ = ["ChecklistCommands"]

CHECKLIST = RecordKind("checklist", Checklist)


@looking_at_arguments()
@frozen
class ChecklistCommands:
    """
    What can be asked of the checklists of tickets; reached as ``desk.checklists``.

    Each command needs a permit on the ticket. Who may not see the ticket, finds no checklist of it.
    """

    _runner: Runner
    _actor: Actor | None

    def of(self, ticket_id: TicketId) -> tuple[Checklist, ...]:
        """
        Return the checklists of a ticket, in the order in which they were begun.

        Raises:
            NotFoundError: If there is no such ticket.
        """
        runner = self._runner
        with runner.store.begin() as unit:
            runner.reader("checklists.of", self._actor).ticket(unit, ticket_id)
        return tuple(Shelf(CHECKLIST, runner).each(equals("ticket_id", ticket_id)))

    def begin(
        self,
        ticket_id: TicketId,
        template_id: str,
        *,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Checklist:
        """
        Begin a checklist on a ticket.

        Args:
            ticket_id: The ticket.
            template_id: The template.
            by: Who begins it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such ticket, or no such template for who asks.
            RefusedError: If the template is retired, or not for such a ticket.
        """
        runner = self._runner.asked(
            "checklists.begin", acting(by, self._actor), idempotency_key, ticket_id, template_id
        )
        shelf = Shelf(CHECKLIST, runner)

        def work(unit: UnitOfWork) -> Checklist:
            ticket = runner.to_change(unit, ticket_id).ticket
            template: ChecklistTemplate = aid_for(runner, unguarded(unit), "checklist template", template_id)
            return shelf.add(unit, begin_checklist(runner.new_id(), template, ticket))

        return runner.answered(work, shelf.answer)

    def check(
        self,
        checklist_id: str,
        item: str,
        *,
        done: bool = True,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Checklist:
        """
        Say that something on a checklist is done, or that it is not.

        Args:
            checklist_id: The checklist.
            item: What, by its text.
            done: Whether it is done.
            by: Who says so.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such checklist for who asks.
            RefusedError: If it has no such item.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked("checklists.check", actor, idempotency_key, checklist_id, item, not done)
        shelf = Shelf(CHECKLIST, runner)

        def work(unit: UnitOfWork) -> Checklist:
            before = shelf.of(unit, checklist_id)
            try:
                runner.to_change(unit, before.ticket_id)
            except NotFoundError:
                raise NotFoundError(CHECKLIST.name, checklist_id) from None
            outcome = check_item(before, item, done=done, by=actor.id, now=runner.clock())
            return before if outcome is None else shelf.save(unit, before, outcome)

        return runner.answered(work, shelf.answer)
