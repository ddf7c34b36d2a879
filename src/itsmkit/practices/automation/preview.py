"""What the steps of a rule would do to a ticket, as far as that can be told without doing it."""

from attrs import field, frozen

from itsmkit._frozen import as_tuple
from itsmkit.practices.work_aids import MacroStep

__all__ = ["FactChange", "StepPreview"]


@frozen
class FactChange:
    """
    A fact of a ticket that a step would change.

    Args:
        name: The fact: see `Ticket.facts`.
        before: What it is; ``None`` if it is missing.
        after: What it would be.
    """

    name: str
    before: object
    after: object

    def __str__(self) -> str:
        return f"{self.name}: {_told(self.before)} → {_told(self.after)}"


def _told(value: object) -> str:
    return "nothing" if value is None else str(value)


@frozen
class StepPreview:
    """
    What a step of a rule would do, after those before it; or why it would be refused.

    What is refused keeps the whole rule from firing. Steps behind it are told of as if it were left out.

    Args:
        step: The step, as it is written.
        events: The names of the events that it would bring to the ticket, in order.
        changes: What it would change of the ticket, as far as who asks may read it, by name.
        besides: What it would do besides, in words.
        reasons: Why it would be refused; empty if it would be done.
    """

    step: MacroStep
    events: tuple[str, ...] = field(default=(), converter=as_tuple)
    changes: tuple[FactChange, ...] = field(default=(), converter=as_tuple)
    besides: tuple[str, ...] = field(default=(), converter=as_tuple)
    reasons: tuple[str, ...] = field(default=(), converter=as_tuple)

    @property
    def is_refused(self) -> bool:
        """Whether it would be refused."""
        return bool(self.reasons)

    def explain(self) -> str:
        """Return it as a line of text."""
        if self.is_refused:
            return f"{self.step.command} would be refused: {'; '.join(self.reasons)}"
        told = (*map(str, self.changes), *self.besides) or self.events or ("nothing",)
        return f"{self.step.command} would do: {'; '.join(told)}"
