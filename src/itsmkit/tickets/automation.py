"""What automation has done on a ticket, and what came of it: each act of a rule is labelled so."""

from attrs import field, frozen

from itsmkit._checks import named
from itsmkit._frozen import as_tuple

__all__ = ["RobotReported", "RuleFired", "RuleRefused"]


@frozen
class RuleFired:
    """
    A rule of automation fired. It stands behind the events that the rule has made, in the same transaction.

    Args:
        rule: The rule.
        version: Its version.
        occasion: What it answered, such as ``"event 7"``; with the rule, unique on its ticket.
        chain: The rules that have led to it, the first of them first; empty if it answered what no rule did.
        since: The sequence of the first event that it made; its own if it made no other.
    """

    rule: str = field(validator=named)
    version: int
    occasion: str = field(validator=named)
    chain: tuple[str, ...] = field(converter=as_tuple)
    since: int


@frozen
class RuleRefused:
    """
    A rule of automation should have fired, and could not; nothing of it was done.

    Args:
        rule: The rule.
        version: Its version.
        occasion: What it was to answer; with the rule, unique on its ticket.
        chain: The rules that have led to it, the first of them first.
        reasons: Every reason for which it was refused.
    """

    rule: str = field(validator=named)
    version: int
    occasion: str = field(validator=named)
    chain: tuple[str, ...] = field(converter=as_tuple)
    reasons: tuple[str, ...] = field(converter=as_tuple)


@frozen
class RobotReported:
    """
    A robot, which a rule of automation has called, has told what came of it.

    Args:
        robot: The robot.
        key: The key of the task; unique on its ticket.
        fired: The sequence of the `RuleFired` that has called it.
        outcome: ``"done"`` or ``"failed"``.
        text: What it has to say, for colleagues.
    """

    robot: str = field(validator=named)
    key: str = field(validator=named)
    fired: int
    outcome: str = field(validator=named)
    text: str
