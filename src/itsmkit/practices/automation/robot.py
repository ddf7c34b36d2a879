"""Robots: programs that do for people what has no interface but a screen, called by rules of automation."""

from collections.abc import Mapping
from enum import StrEnum

from attrs import field, frozen

from itsmkit._checks import member_of, named
from itsmkit._frozen import EMPTY, frozen_dict

__all__ = ["RobotOutcome", "RobotReport", "RobotTask"]


class RobotOutcome(StrEnum):
    """What came of a task of a robot."""

    DONE = "done"
    """It is done."""
    FAILED = "failed"
    """It cannot be done: to try again would not help."""


def _outcome(given: RobotOutcome | str) -> RobotOutcome:
    return member_of(RobotOutcome, given, "RobotReport.outcome")


@frozen
class RobotTask:
    """
    Something that a robot is to do.

    Args:
        key: Stable and unique: a repeated attempt carries the same key, so that the robot can drop it.
        robot: The robot, as the rule names it.
        ticket_id: The ticket that it is about.
        number: The display number of that.
        rule: The rule that calls it.
        arguments: What the rule says, by name, with facts of the ticket in their places.
    """

    key: str = field(validator=named)
    robot: str = field(validator=named)
    ticket_id: str
    number: str
    rule: str
    arguments: Mapping[str, str] = field(default=EMPTY, converter=frozen_dict)


@frozen
class RobotReport:
    """
    What a robot tells of a task.

    Args:
        outcome: What came of it.
        text: What it has to say, for colleagues: it stands in the history of the ticket.
    """

    outcome: RobotOutcome = field(default=RobotOutcome.DONE, converter=_outcome)
    text: str = ""
