"""Timers: what happens to a ticket that stays where it is."""

from datetime import timedelta

import attrs
from attrs import frozen

from itsmkit._problems import name_problems, shown
from itsmkit.calendars import Amount, BusinessDays
from itsmkit.errors import DefinitionError

__all__ = ["StateTimer"]


@frozen
class StateTimer:
    """
    Fires a trigger when a ticket has stayed in a state for so long.

    The engine reckons when that is (`Workflow.deadlines`); it wakes nobody. Whoever keeps the time fires
    the trigger then, like everybody else, and it may be refused.

    Args:
        trigger: What to fire.
        after: Open time as a ``timedelta``, or `BusinessDays`; more than none. It counts from entering the
            state, on the calendar that the timer names.
        calendar: The name of a calendar, handed in when deadlines are asked for; left out, the one that
            stands for all.

    Raises:
        DefinitionError: With every problem, if one of them is anything else.

    >>> print(StateTimer("close", after=BusinessDays(5)).after)
    5 business days
    """

    trigger: str
    after: Amount = attrs.field(kw_only=True)
    calendar: str | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = [*name_problems("trigger", self.trigger)]
        match self.after:
            case timedelta() if self.after > timedelta(0):
                pass
            case BusinessDays(number=number) if number > 0:
                pass
            case _:
                problems.append(
                    f"after: must be a timedelta or business days, more than none, not {shown(self.after)}"
                )
        if self.calendar is not None:
            problems += name_problems("calendar", self.calendar)
        if problems:
            raise DefinitionError(*problems)
