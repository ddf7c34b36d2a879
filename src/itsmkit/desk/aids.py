"""What can be asked of work aids: macros, canned replies, templates of tickets and checklists."""

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve, field, frozen

from itsmkit._frozen import as_tuple
from itsmkit._problems import close_to
from itsmkit.desk._access import guarded, unguarded
from itsmkit.desk._answers import TICKET
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._commands import Runner, acting
from itsmkit.desk._deeds import DeedPlace, asked_for, deed_of
from itsmkit.desk._impact import DerivedImpact, impact_before
from itsmkit.desk._record_kind import RecordKind
from itsmkit.desk._shelf import Shelf, Step
from itsmkit.desk.config import DeskConfig
from itsmkit.desk.work import WorkCommands
from itsmkit.errors import DefinitionError, NotFoundError, RefusedError
from itsmkit.plugin import UnitOfWork
from itsmkit.practices import Outcome
from itsmkit.practices.work_aids import (
    CannedReply,
    ChecklistTemplate,
    Macro,
    MacroStep,
    TicketTemplate,
)
from itsmkit.tickets import Actor, Ticket, TicketId

__all__ = ["AIDS", "AidCommands", "OfferedAids", "WorkAid", "aid_for"]

WorkAid = Macro | CannedReply | TicketTemplate | ChecklistTemplate
"""A work aid of any kind."""

AIDS: Mapping[str, RecordKind[Any]] = {
    "macro": RecordKind("macro", Macro),
    "canned reply": RecordKind("canned reply", CannedReply),
    "ticket template": RecordKind("ticket template", TicketTemplate),
    "checklist template": RecordKind("checklist template", ChecklistTemplate),
}
"""The kinds of work aids, by what people call them."""

_NAMES = {kind.value: name for name, kind in AIDS.items()}


@frozen
class OfferedAids:
    """
    The work aids that somebody may use on a ticket, each by its id.

    Args:
        macros: What can be done at once.
        replies: What can be written.
        checklists: What may have to be thought of.
    """

    macros: tuple[Macro, ...] = field(converter=as_tuple)
    replies: tuple[CannedReply, ...] = field(converter=as_tuple)
    checklists: tuple[ChecklistTemplate, ...] = field(converter=as_tuple)


@looking_at_arguments(but=("aid",))
@frozen
class AidCommands:
    """
    What can be asked of work aids; reached as ``desk.aids``.

    An aid is there for those of its audience. To keep and retire them needs a permit; to use one needs what
    each command in it needs, no more and no less.
    """

    _runner: Runner
    _actor: Actor | None

    # -- keeping them ----------------------------------------------------------------------------

    def keep(self, aid: WorkAid, *, by: Actor | None = None, idempotency_key: str | None = None) -> WorkAid:
        """
        Keep a work aid: a new one, or another version of the one of its id.

        Args:
            aid: The aid.
            by: Who keeps it.
            idempotency_key: Chosen by who asks, to have it done once.

        Returns:
            The aid as it is kept, with its version.

        Raises:
            DefinitionError: With all that the desk could not do of it, such as a command that there is not.
        """
        name = _NAMES.get(type(aid))
        if name is None:
            known = ", ".join(each.__name__ for each in _NAMES)
            problem = f"aid: must be one of {known}, not {type(aid).__name__}"
            raise DefinitionError(problem)
        plain = AIDS[name].to_document(aid)
        runner = self._runner.asked("aids.keep", acting(by, self._actor), idempotency_key, plain)
        problems = [*_problems(aid, runner.config)]
        if problems:
            raise DefinitionError(*(f"{name} {aid.id!r}: {each}" for each in problems))
        shelf: Shelf[WorkAid] = Shelf(AIDS[name], runner)

        def work(unit: UnitOfWork) -> WorkAid:
            before = shelf.find(unit, aid.id)
            if before is None:
                return shelf.add(unit, Outcome(aid, "AidKept"))
            return before if before == aid else shelf.save(unit, before, Outcome(aid, "AidChanged"))

        return runner.answered(work, shelf.answer)

    def retire(
        self, kind: str, aid_id: str, *, by: Actor | None = None, idempotency_key: str | None = None
    ) -> WorkAid:
        """
        Let nobody use a work aid any more; it remains, with its history.

        Args:
            kind: ``"macro"``, ``"canned reply"``, ``"ticket template"`` or ``"checklist template"``.
            aid_id: The aid.
            by: Who retires it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            DefinitionError: If there is no such kind.
            NotFoundError: If there is no such aid.
        """
        found = _kind(kind)
        runner = self._runner.asked("aids.retire", acting(by, self._actor), idempotency_key, kind, aid_id)

        def decide(_unit: UnitOfWork, aid: WorkAid) -> Outcome[WorkAid] | None:
            return None if aid.is_retired else Outcome(evolve(aid, is_retired=True), "AidRetired")

        retired: WorkAid = Shelf(found, runner).change(aid_id, decide)
        return retired

    # -- reads -----------------------------------------------------------------------------------

    def all(self, kind: str) -> Iterator[WorkAid]:
        """
        Go through the work aids of a kind, whoever they are for, retired ones too.

        Raises:
            DefinitionError: If there is no such kind.
        """
        found = _kind(kind)
        self._runner.admit("aids.all", self._actor)
        return Shelf(found, self._runner).each()

    def history(self, kind: str, aid_id: str) -> tuple[Step[Any], ...]:
        """
        Return all versions of a work aid, in order; empty if there never was one of this id.

        Raises:
            DefinitionError: If there is no such kind.
        """
        found = _kind(kind)
        self._runner.admit("aids.history", self._actor)
        with self._runner.store.begin() as unit:
            return Shelf(found, self._runner).history(unit, aid_id)

    def offered(self, ticket_id: TicketId) -> OfferedAids:
        """
        Return the work aids that may be used on a ticket.

        Raises:
            NotFoundError: If there is no such ticket.
        """
        runner = self._runner
        with runner.store.begin() as unit:
            ticket = runner.reader("aids.offered", self._actor).ticket(unit, ticket_id).ticket

        def offered(name: str) -> list[Any]:
            return [each for each in self._for_me(name) if each.is_for(ticket)]

        return OfferedAids(offered("macro"), offered("canned reply"), offered("checklist template"))

    def templates(self) -> tuple[TicketTemplate, ...]:
        """Return the templates that may be used to log a ticket, by their ids."""
        self._runner.reader("aids.templates", self._actor).guard()
        return tuple(each for each in self._for_me("ticket template") if not each.is_retired)

    def _for_me(self, name: str) -> Iterator[Any]:
        is_seen = self._runner.sight(self._actor)
        return (each for each in Shelf(AIDS[name], self._runner).each() if is_seen(each.audience))

    # -- using them ------------------------------------------------------------------------------

    def apply_macro(
        self,
        ticket_id: TicketId,
        macro_id: str,
        *,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Ticket:
        """
        Do all that a macro says on a ticket, or nothing of it.

        Args:
            ticket_id: The ticket.
            macro_id: The macro.
            by: Who uses it.
            idempotency_key: Chosen by who asks, to have it done once.

        Returns:
            The ticket after it.

        Raises:
            NotFoundError: If there is no such ticket, or no such macro for who asks.
            AccessDeniedError: If one of its commands is not permitted.
            RefusedError: If it is not for such a ticket, or one of its commands is refused.
        """
        return self._applied("aids.apply_macro", ticket_id, ("macro", macro_id), by, idempotency_key)

    def reply(
        self,
        ticket_id: TicketId,
        reply_id: str,
        *,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Ticket:
        """
        Send a canned reply: see `TicketCommands.send_message`, which has to be permitted.

        Args:
            ticket_id: The ticket.
            reply_id: The reply.
            by: Who writes.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such ticket, or no such reply for who asks.
            RefusedError: If it is not for such a ticket, or a fact that it names is missing.
        """
        return self._applied("aids.reply", ticket_id, ("canned reply", reply_id), by, idempotency_key)

    def _applied(
        self,
        command: str,
        ticket_id: TicketId,
        aid: tuple[str, str],
        by: Actor | None,
        key: str | None,
    ) -> Ticket:
        actor = acting(by, self._actor)
        runner = self._runner.asked(command, actor, key, ticket_id, aid[1])
        name, aid_id = aid
        derived = impact_before(runner, ticket_id)

        def work(unit: UnitOfWork) -> Ticket:
            plain = unguarded(unit)
            used: Macro | CannedReply = aid_for(runner, plain, name, aid_id)
            steps = used.steps if isinstance(used, Macro) else [_writing(used.text)]
            ticket = runner.to_change(unit, ticket_id).ticket
            if not used.is_for(ticket):
                why = "it is retired" if used.is_retired else f"it is for tickets where {used.when}"
                refusal = f"cannot use {name} {used.name!r} on {ticket.number}: {why}"
                raise RefusedError(refusal)
            # Each has to be permitted on the ticket as it is, and not as the steps before it leave it.
            asked = [
                asked_for(self._runner, each.command, actor, ticket_id, each.arguments) for each in steps
            ]
            for one in asked:
                one.to_change(guarded(plain, one.guard), ticket_id)
            for one, step in zip(asked, steps, strict=True):
                ticket = _done(one, plain, ticket_id, step, derived)
            return ticket

        ticket: Ticket = runner.answered(work, TICKET)
        return ticket

    def log_from(
        self,
        /,
        template_id: str,
        *,
        by: Actor | None = None,
        idempotency_key: str | None = None,
        **details: object,
    ) -> Ticket:
        """
        Log a ticket from a template: see `WorkCommands.log`, which has to be permitted for its kind.

        Args:
            template_id: The template.
            by: Who logs it.
            idempotency_key: Chosen by who asks, to have it done once.
            **details: What is said instead of what the template says, or besides: the arguments of
                `WorkCommands.log`, and further fields.

        Raises:
            NotFoundError: If there is no such template for who asks.
            RefusedError: If it is retired.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked("aids.log_from", actor, None)
        with runner.store.begin() as unit:
            template: TicketTemplate = aid_for(runner, unguarded(unit), "ticket template", template_id)
        if template.is_retired:
            refusal = f"cannot log from the template {template.name!r}: it is retired"
            raise RefusedError(refusal)
        given = {"title": template.title, "impact": template.impact, "urgency": template.urgency}
        said: dict[str, Any] = {**given, **template.details, **details}
        of_command = {name: said.pop(name) for name in _OF_LOG if name in said}
        kind = runner.config.kind(template.kind).name
        work: WorkCommands[Any] = WorkCommands(self._runner, actor, kind)
        ticket: Ticket = work.log(**of_command, details=said, idempotency_key=idempotency_key)
        return ticket


def _done(
    runner: Runner, unit: UnitOfWork, ticket_id: TicketId, step: MacroStep, derived: DerivedImpact
) -> Ticket:
    """Do one step on a ticket as the steps before it have left it."""
    stored = runner.to_change(unit, ticket_id)
    arguments = step.arguments_for(stored.ticket.facts())
    place = DeedPlace(runner, unit, runner.occasion(), derived)
    decision = deed_of(step.command, arguments)(place, stored.ticket, **arguments)
    return runner.save(unit, decision, stored)


def _writing(text: str) -> MacroStep:
    return MacroStep("send_message", {"text": text})


_OF_LOG = tuple(
    name
    for name in WorkCommands.log.__annotations__
    if name not in ("details", "by", "idempotency_key", "return")
)
"""What `WorkCommands.log` takes by name; all else is a further field."""


def aid_for(runner: Runner, unit: UnitOfWork, name: str, aid_id: str) -> Any:
    """
    Return a work aid, if who asks is of its audience.

    Raises:
        NotFoundError: If there is none for them.
    """
    aid = Shelf(AIDS[name], runner).of(unit, aid_id)
    if not runner.sight(runner.actor)(aid.audience):
        raise NotFoundError(name, aid_id)
    return aid


def _kind(name: str) -> RecordKind[Any]:
    found = AIDS.get(name)
    if found is None:
        problem = f"kind: there are no work aids {name!r}; {close_to(name, AIDS)}"
        raise DefinitionError(problem)
    return found


def _problems(aid: WorkAid, config: DeskConfig) -> Iterator[str]:
    """Yield what the desk could not do of a work aid."""
    yield from config.condition_problems(aid.when, where="when")
    if isinstance(aid, Macro):
        for place, step in enumerate(aid.steps):
            try:
                deed_of(step.command, step.arguments)
            except DefinitionError as error:
                yield from (f"steps[{place}]: {problem}" for problem in error.problems)
    elif isinstance(aid, TicketTemplate):
        yield from _template_problems(aid, config)


def _template_problems(template: TicketTemplate, config: DeskConfig) -> Iterator[str]:
    kind = config.kinds.get(template.kind)
    if kind is None:
        yield f"kind: there is no kind of work {template.kind!r}; {close_to(template.kind, config.kinds)}"
        return
    for name, levels in (("impact", kind.priorities.impacts), ("urgency", kind.priorities.urgencies)):
        level = getattr(template, name)
        if level is not None and level not in levels:
            yield f"{name}: there is no level {level!r}; {close_to(level, levels)}"
