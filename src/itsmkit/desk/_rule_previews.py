"""
What the steps of a rule would do: each is done, in a unit of work that is undone at its end.

Nothing is left of it: no event, no notification, no timer, no task for a robot. What a store gives out for
good even where a unit is undone, such as the numbers of tickets, is not asked for.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any, cast

from attrs import evolve, frozen

from itsmkit.desk._access import Guard, Look
from itsmkit.desk._commands import Runner, in_own_transactions
from itsmkit.desk._impact import impact_before, nothing_derived
from itsmkit.desk._rule_answers import judges_impact, reasons_of
from itsmkit.desk._rule_steps import Firing
from itsmkit.errors import ItsmkitError
from itsmkit.plugin import UnitOfWork
from itsmkit.practices.automation import FactChange, Moment, Rule, StepPreview
from itsmkit.practices.automation._steps import ROBOT_STEP
from itsmkit.practices.work_aids import MacroStep
from itsmkit.tickets import SYSTEM, Ticket, TicketEvent, TicketId

__all__ = ["Sight", "previews_of"]


@frozen(eq=False)
class Sight:
    """
    What somebody may be told of tickets.

    Args:
        guard: What stands in front of it; ``None`` if nothing does.
    """

    guard: Guard | None

    def ticket(self, look: Look, ticket: Ticket, now: Ticket) -> Ticket:
        """Return what may be told of a ticket, be it as it was, when it is so *now*."""
        return ticket if self.guard is None else self.guard.shown(ticket, look, now=now)

    def events(self, look: Look, now: Ticket, history: Sequence[TicketEvent]) -> Sequence[TicketEvent]:
        """Return what may be told of events of a ticket."""
        return history if self.guard is None else self.guard.events(now, history, look)


_BEYOND = 10**9
"""Numbers that no ticket has."""

_SALT = "0" * 32

_UNTOLD = frozenset({"fields_version", "updated_at"})
"""What changes with something else, which may be hidden."""


def previews_of(runner: Runner, rule: Rule, moment: Moment, sight: Sight) -> tuple[StepPreview, ...]:
    """
    Return what each step of a rule would do if the rule answered a moment now.

    Args:
        runner: What runs commands.
        rule: The rule, with its author.
        moment: What it answers.
        sight: What who asks may be told.

    Raises:
        RefusedError: In a transaction of the host, which alone could undo it.
    """
    in_own_transactions(runner.store, "a dry run")
    derived = impact_before(runner, moment.after.id) if judges_impact(rule) else nothing_derived
    numbers = count(_BEYOND)
    quiet = evolve(
        runner,
        actor=SYSTEM,
        operation="",
        request=None,
        guard=None,
        new_id=lambda: TicketId(f"preview-{next(numbers)}"),
        new_salt=lambda: _SALT,
    )

    def work(unit: UnitOfWork) -> tuple[StepPreview, ...]:
        undrawn = cast("UnitOfWork", _Undrawn(unit))
        return tuple(_previews(Firing(quiet, undrawn, rule, moment, derived, quiet.clock()), sight))

    return quiet.rehearsed(work)


class _Undrawn:
    """A unit of work of which nothing is drawn that would stay drawn."""

    __slots__ = ("_numbers", "_unit")

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit
        self._numbers = count(_BEYOND)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._unit, name)

    def next_number(self, _series: str) -> int:
        return next(self._numbers)


def _previews(firing: Firing, sight: Sight) -> Iterator[StepPreview]:
    unit = firing.unit
    stored = now = unit.ticket(firing.moment.after.id)
    for place, step in enumerate(firing.rule.steps):
        before = stored.ticket
        try:
            firing.admit(step, now)
            told = firing.told(step, before)
            decision = firing.done(place, step.command, told, before)
            firing.acting.save(unit, decision, stored)
        except ItsmkitError as error:
            yield StepPreview(step, reasons=reasons_of(error))
            continue
        stored = unit.ticket(before.id)
        events = unit.history(before.id)[before.version :]
        facts = (sight.ticket(unit.ticket, each, now.ticket).facts() for each in (before, stored.ticket))
        told_of = (each for each in decision.notices if firing.runner.may_be_told(each, stored.ticket))
        yield StepPreview(
            step,
            [each.name for each in sight.events(unit.ticket, now.ticket, events)],
            _changes(*facts),
            (*_besides(step), *(f"tells {each.recipient}" for each in told_of)),
        )


def _changes(before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[FactChange]:
    for name in sorted({*before, *after} - _UNTOLD):
        if before.get(name) != after.get(name):
            yield FactChange(name, before.get(name), after.get(name))


def _besides(step: MacroStep) -> Iterator[str]:
    """Yield what a step does beside the ticket, in the words of the rule: the facts in them may be hidden."""
    told = step.arguments
    if step.command == "log_from":
        yield f"logs a ticket from the template {told['template']}"
    elif step.command == "begin_checklist":
        yield f"begins a checklist from the template {told['template']}"
    elif step.command == "link":
        yield f"links {told['other']}, too"
    elif step.command == "route":
        yield "hands the ticket to routing"
    elif step.command == ROBOT_STEP:
        yield f"gives the robot {told['robot']} a task"
