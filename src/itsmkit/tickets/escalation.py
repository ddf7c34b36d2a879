"""Facts of escalation: the work goes to others, people are told of it, and somebody has taken notice."""

from datetime import datetime

from attrs import field, frozen

from itsmkit._checks import aware_instant, in_utc, named
from itsmkit._frozen import as_tuple

__all__ = ["Escalated", "EscalationAcknowledged", "EscalationStepTaken"]


@frozen
class Escalated:
    """
    The work was handed to another group, as one that can do what the group before could not.

    That the group has it says the `~itsmkit.tickets.facts.Assigned` beside it. Who owns the ticket stays.

    Args:
        to_group: Who has the work now.
        from_group: Who had it; ``None`` if nobody had.
        to_line: The line of support that *to_group* belongs to; ``None`` if nobody knows.
        from_line: That of *from_group*.
        reason: Why, in words.
        note: What was found and done so far, for those who go on.
        returns: How often the ticket has come back to the group that had handed it on, this time included.
    """

    to_group: str = field(validator=named)
    from_group: str | None = None
    to_line: int | None = None
    from_line: int | None = None
    reason: str = ""
    note: str = ""
    returns: int = 0


@frozen
class EscalationStepTaken:
    """
    A step of a ladder was taken, or passed over; the first three are its natural key on the ticket.

    Args:
        ladder: The name of the ladder.
        occasion: What it was about, such as ``"resolve/1/breach"``.
        step: The number of the step, from 1.
        due: When it was to be taken; kept in UTC.
        told: Who was told.
        because: How they were found, a sentence for each role.
        passed_over: Why nobody was told, for a step that came too late; empty for one that was taken.
    """

    ladder: str = field(validator=named)
    occasion: str = field(validator=named)
    step: int
    due: datetime = field(converter=in_utc, validator=aware_instant)
    told: tuple[str, ...] = field(default=(), converter=as_tuple)
    because: tuple[str, ...] = field(default=(), converter=as_tuple)
    passed_over: str = ""

    @property
    def key(self) -> tuple[str, str, int]:
        """Return what makes this step unique on its ticket."""
        return self.ladder, self.occasion, self.step


@frozen
class EscalationAcknowledged:
    """
    Somebody has taken notice: a ladder goes no further on this occasion.

    Args:
        ladder: The name of the ladder.
        occasion: What it was about.
        note: What they say to it.
    """

    ladder: str = field(validator=named)
    occasion: str = field(validator=named)
    note: str = ""
