"""
When people are told: at once, in their hours, or many things together.

A ladder says who is told of what; how much of it reaches somebody, and when, is a matter of the one who is
told. So it stands apart: which importance they want to hear of, in which hours, and gathered for how long.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from attrs import field, frozen

from itsmkit._frozen import EMPTY, as_tuple
from itsmkit._problems import instance_problems, names_problems
from itsmkit.calendars import BusinessTime
from itsmkit.errors import DefinitionError
from itsmkit.practices.escalation.ladder import Importance

__all__ = ["DeliveryRule", "Telling", "telling_of", "window_end"]

_ONE_DAY = timedelta(days=1)


@frozen(kw_only=True)
class DeliveryRule:
    """
    How some people want to be told of steps of ladders.

    Args:
        of: The roles, as steps name them, and the people that it holds for; empty for everybody.
        least: What matters less is not told to them.
        digest: For how long news are gathered and told together; at most a day. The windows are counted from
            midnight in UTC, so that those of all workers are the same.
        hours: The name of the calendar outside of which they are told nothing: their quiet hours. What is
            held back then is told together.
        urgent: What matters as much as this is told at once, at any hour; ``None`` if nothing is.

    Raises:
        DefinitionError: With every problem.
    """

    of: tuple[str, ...] = field(default=(), converter=as_tuple)
    least: Importance = Importance.LOW
    digest: timedelta | None = None
    hours: str | None = None
    urgent: Importance | None = Importance.CRITICAL

    def __attrs_post_init__(self) -> None:
        problems = [
            *names_problems("of", self.of),
            *instance_problems("least", self.least, Importance),
        ]
        if self.digest is not None:
            strange = [*instance_problems("digest", self.digest, timedelta)]
            if not strange and not timedelta(0) < self.digest <= _ONE_DAY:
                strange.append(f"digest: must be more than zero and at most a day, not {self.digest}")
            problems += strange
        if self.urgent is not None:
            problems += instance_problems("urgent", self.urgent, Importance)
        if problems:
            raise DefinitionError(*problems)


@frozen
class Telling:
    """
    Whether and when somebody is told something.

    Args:
        recipient: Who.
        at: The earliest instant, in UTC; ``None`` if they are not told.
        is_gathered: Whether it is told together with what else comes until then.
        because: Why it is so.
    """

    recipient: str
    at: datetime | None
    is_gathered: bool
    because: str

    def explain(self) -> str:
        """Return it as a line of text."""
        return f"{self.recipient}: {self.because}"


def window_end(at: datetime, length: timedelta) -> datetime:
    """
    Return the end of the window of *length* that *at* lies in; windows are counted from midnight in UTC.

    An instant at which one ends belongs to the next.

    >>> window_end(datetime(2026, 3, 2, 9, 7, tzinfo=UTC), timedelta(minutes=15)).time()
    datetime.time(9, 15)
    """
    midnight = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    whole = (at - midnight) // length
    return min(midnight + (whole + 1) * length, midnight + _ONE_DAY)


def telling_of(
    rules: Iterable[DeliveryRule],
    recipient: str,
    role: str,
    importance: Importance,
    *,
    at: datetime,
    calendars: Mapping[str, BusinessTime] = EMPTY,
) -> Telling:
    """
    Return whether and when *recipient* is told of a step.

    Args:
        rules: The rules, of which the first for the person or the role holds; without one, at once.
        recipient: Who is told.
        role: As what.
        importance: How much it matters.
        at: Now; aware.
        calendars: The calendars of the desk, by name.

    Raises:
        DefinitionError: If there is no calendar of a name.
        NeverOpenError: If a calendar is never open again.
    """
    at = at.astimezone(UTC)
    for rule in rules:
        if rule.of and recipient not in rule.of and role not in rule.of:
            continue
        if rule.urgent is not None and importance.is_at_least(rule.urgent):
            return Telling(recipient, at, False, f"at once: {importance.value} cannot wait")
        if not importance.is_at_least(rule.least):
            why = f"not told: {importance.value} matters less than {rule.least.value}"
            return Telling(recipient, None, False, why)
        end = at if rule.digest is None else window_end(at, rule.digest)
        because = ["at once"] if rule.digest is None else [f"gathered until {end:%Y-%m-%d %H:%M}Z"]
        if rule.hours is not None:
            hours = calendars.get(rule.hours)
            if hours is None:
                problem = f"unknown calendar {rule.hours!r}; known: {', '.join(calendars) or 'none'}"
                raise DefinitionError(problem)
            opens = end if hours.is_open(end) else hours.next_open(end).astimezone(UTC)
            if opens > end:
                because.append(f"quiet until {opens:%Y-%m-%d %H:%M}Z by the calendar {rule.hours}")
            end = opens
        # What waits in the outbox would hold up what cannot wait.
        return Telling(recipient, end, end > at, "; ".join(because))
    return Telling(recipient, at, False, "at once: no rule of delivery is for them")
