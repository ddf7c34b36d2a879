"""What a rule does when it fires: all its steps in one unit of work, with the rights of its author."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from json import dumps
from typing import Any

from attrs import evolve, field, frozen

from itsmkit._frozen import EMPTY
from itsmkit.conditions import Condition
from itsmkit.desk._access import guarded, unguarded
from itsmkit.desk._commands import Runner
from itsmkit.desk._deeds import DEEDS, DeedPlace, asked_for, deed_of
from itsmkit.desk._directory import placed_by
from itsmkit.desk._impact import DerivedImpact
from itsmkit.desk._robots import ROBOT_CHANNEL
from itsmkit.desk._routing import Router, ask_for_routing, policy_of
from itsmkit.desk._shelf import Shelf
from itsmkit.desk.aids import aid_for
from itsmkit.desk.checklists import CHECKLIST
from itsmkit.desk.escalation import escalated
from itsmkit.desk.operations import operation_on
from itsmkit.desk.work import number_of_new
from itsmkit.errors import NotFoundError, RefusedError
from itsmkit.plugin import Notification, OutboxEntry, StoredTicket, UnitOfWork
from itsmkit.practices import Decision, Notice, Occasion, happen, holders
from itsmkit.practices.access import restriction_of
from itsmkit.practices.automation import Moment, MomentFacts, Rule
from itsmkit.practices.decision import unchanged
from itsmkit.practices.links import link
from itsmkit.practices.work_aids import (
    ChecklistTemplate,
    MacroStep,
    TicketTemplate,
    begin_checklist,
    filled,
)
from itsmkit.tickets import Actor, RuleFired, Ticket, TicketId

__all__ = ["Firing", "OPERATIONS_OF_STEPS", "filled_in"]


def filled_in(value: object, facts: Mapping[str, object]) -> Any:
    """Return an argument with facts in the places of its texts, however deep they stand."""
    if isinstance(value, str):
        return filled(value, facts)
    if isinstance(value, Mapping):
        return {name: filled_in(each, facts) for name, each in value.items()}
    if isinstance(value, tuple | list):
        return tuple(filled_in(each, facts) for each in value)
    return value


def actors_of(rule: Rule) -> tuple[Actor, ...]:
    """Return whoever has to be permitted what a rule asks and does: who acts, and its author."""
    assert rule.author is not None  # noqa: S101  # it is kept
    author = () if rule.is_privileged else (Actor(rule.author, automated=True, roles=rule.author_roles),)
    own = () if rule.is_privileged and rule.acts_as is None else (rule.actor,)
    return tuple(dict.fromkeys((*own, *author)))


def condition_of(runner: Runner, rule: Rule) -> Condition:
    """
    Return what the condition of a rule comes to for all who have to be permitted what it does.

    What is hidden from one of them is as good as missing: nobody finds out by a rule what they are not shown.
    """
    condition, access = rule.when, runner.access
    if access is not None:
        for actor in actors_of(rule):
            condition = access.guard("tickets.history", actor).policy.readable(condition)
    return condition


@frozen(eq=False)
class Firing:
    """
    A rule that fires on a ticket, in a unit of work.

    Args:
        runner: What runs commands, as the desk itself.
        unit: The unit of work, in which all tickets can be seen.
        rule: The rule, as it is kept now.
        moment: What it answers.
        derived: Tells which impact of a ticket follows from the configuration.
        at: When it happens: with the event, or when it was due, however late a worker comes.
    """

    runner: Runner
    unit: UnitOfWork
    rule: Rule
    moment: Moment
    derived: DerivedImpact
    at: datetime
    acting: Runner = field(init=False)
    occasion: Occasion = field(init=False)

    @acting.default
    def _as_its_actor(self) -> Runner:
        return evolve(self.runner, actor=self.rule.actor)

    @occasion.default
    def _now(self) -> Occasion:
        return Occasion(self.rule.actor, self.runner.clock(), self.at)

    @property
    def actors(self) -> tuple[Actor, ...]:
        """Whoever has to be permitted what it does: see `actors_of`."""
        return actors_of(self.rule)

    def fire(self, stored: StoredTicket) -> Decision[Ticket]:
        """
        Do all steps of the rule, and return what was decided about the ticket. It is not saved yet.

        Raises:
            AccessDeniedError: If who acts, or the author, is not permitted one of them.
            RefusedError: If one of them is refused.
        """
        for step in self.rule.steps:
            self.admit(step, stored)
        decision: Decision[Ticket] = unchanged(stored.ticket)
        for place, step in enumerate(self.rule.steps):
            told = self.told(step, decision.ticket)
            decision = decision.then(self.done(place, step.command, told, decision.ticket))
        began = stored.ticket.version + 1
        chain = self.moment.chain
        fact = RuleFired(self.rule.id, self.rule.version, self.moment.occasion, chain, began)
        return decision.then(happen(decision.ticket, self.occasion, fact))

    def admit(self, step: MacroStep, stored: StoredTicket) -> None:
        """
        Let a step pass on the ticket as it is before all of them.

        Raises:
            NotFoundError: If there is no such ticket for who acts, or for the author.
            AccessDeniedError: If one of them is not permitted it.
        """
        if self.runner.access is None:
            return
        # Whoever works: a worker in a privileged context gives a rule no more than its author has.
        ticket_id, runner = stored.ticket.id, evolve(self.runner, privileged="")
        for actor in self.actors:
            if step.command in DEEDS:
                asked = asked_for(runner, step.command, actor, ticket_id, step.arguments)
            else:
                asked = runner.asked(OPERATIONS_OF_STEPS[step.command], actor, None)
            guarded(self.unit, asked.guard).ticket(ticket_id)

    def told(self, step: MacroStep, ticket: Ticket) -> dict[str, Any]:
        """
        Return the arguments of a step, with facts in the places of their texts.

        Raises:
            RefusedError: With each name that there is no fact for that all may read who have to be permitted.
        """
        facts = self._readable(ticket)
        return {name: filled_in(each, facts) for name, each in step.arguments.items()}

    def _readable(self, ticket: Ticket) -> MomentFacts:
        """Return what of the moment and the ticket may be read by all who have to be permitted."""
        moment, access, look = self.moment, self.runner.access, self.unit.ticket
        if access is None:
            return moment.facts(ticket)
        event, before, shown = moment.event, moment.before, ticket
        for actor in self.actors:
            guard = access.guard("tickets.history", actor)
            shown = guard.shown(shown, look, now=ticket)
            before = None if before is None else guard.shown(before, look, now=ticket)
            event = None if event is None else next(iter(guard.events(ticket, [event], look)), None)
        return evolve(moment, event=event, before=before).facts(shown)

    def done(self, place: int, command: str, told: Mapping[str, Any], ticket: Ticket) -> Decision[Ticket]:
        """
        Do one step on the ticket as those before it have left it.

        Args:
            place: Which of the rule's steps it is, from 0.
            command: What is done.
            told: The arguments of the step: see `told`.
            ticket: The ticket.

        Raises:
            RefusedError: If it is refused.
        """
        if command in DEEDS:
            where = DeedPlace(self.acting, self.unit, self.occasion, self.derived)
            return deed_of(command, told)(where, ticket, **told)
        if command == "notify":
            return Decision(ticket, (), tuple(self._notices(place, told, ticket)))
        if command == "link":
            return self._link(told, ticket)
        if command == "escalate":
            note = told.get("note", "")
            return escalated(
                self.acting, self.unit, ticket, self.occasion, to=told["to"], reason=told["reason"], note=note
            )
        if command == "route":
            self._route(ticket, anew=told.get("anew", False))
        elif command == "log_from":
            self._log(told)
        elif command == "begin_checklist":
            template: ChecklistTemplate = aid_for(
                self._as_author(), unguarded(self.unit), "checklist template", told["template"]
            )
            shelf = Shelf(CHECKLIST, self.acting)
            shelf.add(self.unit, begin_checklist(self.runner.new_id(), template, ticket))
        else:
            self._call(place, told, ticket)
        return unchanged(ticket)

    def _as_author(self) -> Runner:
        return evolve(
            self.runner,
            actor=self.actors[-1] if self.actors else self.rule.actor,
            privileged="automation" if self.rule.is_privileged else "",
        )

    def _notices(self, place: int, told: Mapping[str, Any], ticket: Ticket) -> Iterator[Notice]:
        for recipient in holders(told["to"], ticket):
            subject = told["subject"]
            what_for = f"rule/{self.rule.id}/{self.moment.occasion}/{place}"
            yield Notice(recipient, subject, told.get("body", subject), what_for)

    def _link(self, told: Mapping[str, Any], ticket: Ticket) -> Decision[Ticket]:
        """Link the ticket to another, which is changed at once, and tells that the rule has done it."""
        unit, runner = self.unit, self.acting
        other = self._other(told["other"])
        read = {ticket.id: ticket, other.ticket.id: other.ticket}
        between: list[StoredTicket] = []

        def ticket_of(ticket_id: TicketId) -> Ticket:
            if ticket_id not in read:
                between.append(unit.ticket(ticket_id))
                read[ticket_id] = between[-1].ticket
            return read[ticket_id]

        here, there = link(
            ticket,
            told["name"],
            other.ticket,
            self.occasion,
            link_types=runner.config.link_types,
            ticket_of=ticket_of,
        )
        for each in between:
            # Others may be about to link these, too, and each alone would close no circle.
            unit.save(each, (), expected=each.ticket.version)
        self._saved_elsewhere(there, other)
        return here

    def _saved_elsewhere(self, decision: Decision[Ticket], stored: StoredTicket | None) -> None:
        """Save what the rule does to another ticket, with the rules that have led to it."""
        rule, moment = self.rule, self.moment
        since = decision.steps[0][0].sequence
        occasion = f"{moment.after.id} {moment.occasion}"
        fact = RuleFired(rule.id, rule.version, occasion, moment.chain, since)
        self.acting.save(self.unit, decision.then(happen(decision.ticket, self.occasion, fact)), stored)

    def _other(self, told: str) -> StoredTicket:
        """Return another ticket by its number or key, if all may link it who have to be permitted."""
        runner, unit = self.runner, self.unit
        try:
            other = unit.ticket(TicketId(told))
        except NotFoundError:
            found = runner.privileged_reader("links.link").by_number(told)
            other = unit.ticket(found.ticket.id)
        if runner.access is not None:
            for actor in self.actors:
                try:
                    runner.access.guard("links.link", actor).passed(other, told)
                except NotFoundError:
                    raise NotFoundError("ticket", told) from None
        return other

    def _route(self, ticket: Ticket, *, anew: bool) -> None:
        """Have the ticket routed right after it, as far as that can be told now."""
        Router(self.acting, policy_of(self.runner), anew).refuse(ticket)
        fired = (self.rule.id, self.moment.occasion)
        ask_for_routing(self.unit, ticket, fired, self.occasion.recorded_at, anew=anew)

    def _log(self, told: Mapping[str, Any]) -> None:
        """Log another ticket from a template."""
        runner, unit, rule = self.acting, self.unit, self.rule
        template: TicketTemplate = aid_for(
            self._as_author(), unguarded(unit), "ticket template", told["template"]
        )
        if template.is_retired:
            refusal = f"cannot log from the template {template.name!r}: it is retired"
            raise RefusedError(refusal)
        kind = runner.config.kind(template.kind)
        details: dict[str, Any] = {
            "requester": self.rule.actor.id,
            **template.details,
            **told.get("details", EMPTY),
            "title": told.get("title", template.title),
            "rule": rule.id,
        }
        of_command = {name: details.pop(name, None) for name in ("impact", "urgency", "restricted_to")}
        restricted_to = of_command["restricted_to"]
        if restricted_to is not None:
            restriction_of(runner.config.access, restricted_to)
        new_id = runner.new_id()
        logged = kind.log(
            new_id,
            number_of_new(runner, unit, kind, restricted_to),
            self.occasion,
            impact=of_command["impact"] or template.impact,
            urgency=of_command["urgency"] or template.urgency,
            details=placed_by(runner.directory, details),
            restricted_to=restricted_to,
            rules=runner.config.tickets,
        )
        if runner.access is not None:
            for actor in self.actors:
                runner.access.guard(operation_on(kind.name, "log"), actor).judge_new(logged.ticket)
        self._saved_elsewhere(logged, None)

    def _call(self, place: int, told: Mapping[str, Any], ticket: Ticket) -> None:
        """Put a task for a robot into the outbox."""
        task = {
            "rule": self.rule.id,
            "occasion": self.moment.occasion,
            "number": ticket.number,
            "arguments": {name: str(each) for name, each in told.get("arguments", EMPTY).items()},
        }
        key = f"{ticket.id}/rule/{self.rule.id}/{self.moment.occasion}/{place}"
        asked = Notification(key, told["robot"], self.rule.name, dumps(task), ticket.id, ROBOT_CHANNEL)
        self.unit.enqueue(OutboxEntry(asked, 0, self.occasion.recorded_at))


OPERATIONS_OF_STEPS: Mapping[str, str] = {
    "notify": "tickets.add_note",
    "log_from": "tickets.history",
    "begin_checklist": "checklists.begin",
    "call_robot": "tickets.add_note",
    "link": "links.link",
    "escalate": "escalation.escalate",
    "route": "routing.assign",
}
"""What each step that is no command on the ticket has to be permitted there."""
