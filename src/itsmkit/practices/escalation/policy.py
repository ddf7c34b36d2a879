"""All that a desk says about escalation, as one value."""

from collections.abc import Collection, Iterator

from attrs import field, frozen

from itsmkit._checks import is_a
from itsmkit._frozen import as_tuple
from itsmkit._problems import close_to, distinct_problems, shown
from itsmkit.errors import DefinitionError
from itsmkit.practices.escalation.checkpoint_steps import EscalationStep, steps_at
from itsmkit.practices.escalation.functional import LineRoute
from itsmkit.practices.escalation.ladder import Ladder
from itsmkit.practices.escalation.telling import DeliveryRule
from itsmkit.tickets import Ticket

__all__ = ["EscalationPolicy", "calendar_problems", "due_steps"]


@frozen
class EscalationPolicy:
    """
    What a desk says about escalation.

    Args:
        steps: Who is told at once when a clock passes a checkpoint, in the order in which people are told.
        ladders: Who is told as time goes by, until somebody takes notice.
        routes: Which group of a line of support takes what.
        delivery: How people want to be told of steps of ladders; of the rules for somebody, the first holds.
        bounces: How often a ticket may come back to a group that has just handed it on.
        needs_note: Whether who hands on work has to tell what was found and done.

    Raises:
        DefinitionError: With every problem: two ladders have one name, or *bounces* is no such number.
    """

    steps: tuple[EscalationStep, ...] = field(default=(), converter=as_tuple)
    ladders: tuple[Ladder, ...] = field(default=(), converter=as_tuple, kw_only=True)
    routes: tuple[LineRoute, ...] = field(default=(), converter=as_tuple, kw_only=True)
    delivery: tuple[DeliveryRule, ...] = field(default=(), converter=as_tuple, kw_only=True)
    bounces: int = field(default=1, kw_only=True)
    needs_note: bool = field(default=True, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = [*distinct_problems("ladders", (ladder.name for ladder in self.ladders))]
        if not is_a(self.bounces, int) or isinstance(self.bounces, bool) or self.bounces < 0:
            problems.append(f"bounces: must be a number from 0, not {shown(self.bounces)}")
        if problems:
            raise DefinitionError(*problems)

    def ladder(self, name: str) -> Ladder | None:
        """Return a ladder by its name, or ``None``."""
        return next((ladder for ladder in self.ladders if ladder.name == name), None)


def due_steps(
    policy: EscalationPolicy, ticket: Ticket, *, clock: str, checkpoint: str
) -> tuple[EscalationStep, ...]:
    """Return the steps to take when *clock* of *ticket* passes *checkpoint*, in order."""
    return steps_at(policy.steps, ticket, clock=clock, checkpoint=checkpoint)


def calendar_problems(policy: EscalationPolicy, calendars: Collection[str]) -> Iterator[str]:
    """List the calendars that *policy* names and that are not among *calendars*, each with its path."""
    named = [(f"ladders[{place}].calendar", each.calendar) for place, each in enumerate(policy.ladders)]
    named += [(f"delivery[{place}].hours", each.hours) for place, each in enumerate(policy.delivery)]
    for path, name in named:
        if name is not None and name not in calendars:
            yield f"{path}: unknown calendar {name!r}; {close_to(name, calendars)}"
