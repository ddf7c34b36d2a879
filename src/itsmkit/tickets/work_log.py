"""The work log of a ticket: who worked on it for how long, and what that costs."""

from datetime import timedelta

from attrs import field, frozen

from itsmkit._checks import is_a, named
from itsmkit._frozen import as_tuple
from itsmkit._problems import shown
from itsmkit.errors import DefinitionError
from itsmkit.money import Money

__all__ = ["WorkCorrected", "WorkEntry", "WorkLogged"]

_NONE = timedelta(0)


@frozen
class WorkEntry:
    """
    A piece of work.

    Args:
        id: Its name in the log of its ticket.
        person: Who did it.
        duration: How long it took; nothing for an entry that was taken back.
        activity: What was done, in the desk's own word, such as ``"repair"``.
        note: What there is to say about it. For those who work on the ticket.
        cost: What it costs; ``None`` if there is no rate for it.
        role: As what the person worked, if the rate goes by that.
        billed: The duration that it is charged for: see `WorkLogPolicy`.
        rate: What an hour was charged at; ``None`` if it had no rate, or *cost* was set by hand.

    Raises:
        DefinitionError: If a duration is none, or negative, or another part is of another type.
    """

    id: str = field(validator=named)
    person: str = field(validator=named)
    duration: timedelta
    activity: str = field(validator=named)
    note: str = ""
    cost: Money | None = None
    role: str | None = field(default=None, kw_only=True)
    billed: timedelta = field(kw_only=True)
    rate: Money | None = field(default=None, kw_only=True)

    @billed.default
    def _as_long(self) -> timedelta:
        return self.duration

    def __attrs_post_init__(self) -> None:
        problems = [
            f"WorkEntry.{name} must be a duration that is not negative, not {shown(span)}"
            for name, span in (("duration", self.duration), ("billed", self.billed))
            if not isinstance(span, timedelta) or span < _NONE
        ]
        problems += [
            f"WorkEntry.{name} must be {kind.__name__}, not {shown(value)}"
            for name, value, kind, is_needed in (
                ("note", self.note, str, True),
                ("cost", self.cost, Money, False),
                ("role", self.role, str, False),
                ("rate", self.rate, Money, False),
            )
            if not is_a(value, kind) and (is_needed or value is not None)
        ]
        if problems:
            raise DefinitionError(*problems)


@frozen
class WorkLogged:
    """
    Somebody worked on the ticket.

    Args:
        entry: The new entry of its log.
    """

    entry: WorkEntry


@frozen
class WorkCorrected:
    """
    An entry of the work log was wrong.

    Args:
        entries: The entry as it is right, and those whose billing follows from it; each takes the place of
            the one of its name.
        reason: What was wrong.
    """

    entries: tuple[WorkEntry, ...] = field(converter=as_tuple)
    reason: str
