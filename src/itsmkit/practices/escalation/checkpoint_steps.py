"""Whom a checkpoint of a clock concerns, the moment that it is passed."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

from attrs import field, frozen

from itsmkit._checks import named
from itsmkit._frozen import as_tuple
from itsmkit.conditions import ALWAYS, Condition, compile_condition
from itsmkit.errors import DefinitionError
from itsmkit.tickets import Ticket

__all__ = ["EscalationStep", "holders", "recipients", "steps_at"]


@frozen
class EscalationStep:
    """
    One rung of the ladder.

    Args:
        checkpoint: The name of the checkpoint at which it is taken.
        notify: Whom to tell: ``assignee``, ``support_group`` and ``requester`` are looked up on the ticket,
            any other name is a role of the host's, such as ``"service desk manager"``.
        clock: The clock that it belongs to; ``None`` for every clock.
        when: The tickets that it is meant for.
    """

    checkpoint: str = field(validator=named)
    notify: tuple[str, ...] = field(converter=as_tuple)
    clock: str | None = None
    when: Condition = ALWAYS

    def __attrs_post_init__(self) -> None:
        if not self.notify:
            problem = f"the escalation step at {self.checkpoint!r} tells nobody; name at least one role"
            raise DefinitionError(problem)

    @cached_property
    def applies(self) -> Callable[[Mapping[str, object]], bool]:
        """The condition, compiled."""
        return compile_condition(self.when)


def steps_at(
    steps: Iterable[EscalationStep], ticket: Ticket, *, clock: str, checkpoint: str
) -> tuple[EscalationStep, ...]:
    """Return those of *steps* to take when *clock* of *ticket* passes *checkpoint*, in order."""
    facts = ticket.facts()
    return tuple(
        step
        for step in steps
        if step.checkpoint == checkpoint and step.clock in (None, clock) and step.applies(facts)
    )


def recipients(steps: tuple[EscalationStep, ...], ticket: Ticket) -> tuple[str, ...]:
    """
    Return whom *steps* tell, each once, in order.

    A role that the ticket does not fill is passed over: where nobody is assigned, the assignee is not told.
    """
    return holders((role for step in steps for role in step.notify), ticket)


def holders(roles: Iterable[str], ticket: Ticket) -> tuple[str, ...]:
    """Return who has *roles* on the ticket, each once, in order: see `EscalationStep`."""
    people = {
        "assignee": ticket.assignee,
        "support_group": ticket.support_group,
        "requester": ticket.requester,
    }
    found = (people.get(role, role) for role in roles)
    return tuple(dict.fromkeys(name for name in found if name is not None))
