"""What rules answer: an event, a time after one, a time that comes again, or a date on the ticket."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import get_args

from attrs import field, frozen

from itsmkit._checks import is_a, member_of
from itsmkit._documents import Form, structure, unstructure
from itsmkit._problems import close_to, name_problems, names, names_problems, shown
from itsmkit.calendars import BusinessDays, BusinessTime
from itsmkit.calendars.amount import Amount, PlainAmount, amount_form, amount_to_plain
from itsmkit.errors import DefinitionError
from itsmkit.practices.work_aids import CatchUp, Schedule, ShiftRule
from itsmkit.tickets import RuleFired, RuleRefused
from itsmkit.tickets.facts import Fact

__all__ = [
    "DateTrigger",
    "EVENT_NAMES",
    "EventTrigger",
    "RecurrenceTrigger",
    "Trigger",
    "trigger_form",
    "trigger_from",
    "trigger_to_mapping",
]

_NONE = timedelta(0)

EVENT_NAMES: tuple[str, ...] = tuple(
    sorted(each.__name__ for each in get_args(Fact) if each not in (RuleFired, RuleRefused))
)
"""The events that rules can answer. What rules note of themselves is none: no rule answers that one fired."""


@frozen
class Trigger:
    """What a rule answers: an `EventTrigger`, a `RecurrenceTrigger` or a `DateTrigger`."""

    def __attrs_post_init__(self) -> None:
        problems = [*self._problems()]
        if problems:
            raise DefinitionError(*problems)

    def _problems(self) -> Iterator[str]:
        """Yield what is wrong."""
        yield from ()


def _amount_problems(path: str, amount: object) -> Iterator[str]:
    if not is_a(amount, timedelta, BusinessDays):
        yield f"{path}: must be a length of open time, such as timedelta(hours=4), not {shown(amount)}"


def _event_problems(path: str, given: tuple[str, ...]) -> Iterator[str]:
    yield from names_problems(path, given)
    for index, name in enumerate(given):
        if is_a(name, str) and name not in EVENT_NAMES:
            yield f"{path}[{index}]: there is no event {name!r} for rules; {close_to(name, EVENT_NAMES)}"


@frozen(kw_only=True)
class EventTrigger(Trigger):
    """
    An event, or a time after one.

    Args:
        on: The events, by name, such as ``"TicketLogged"``: see `EVENT_NAMES`.
        after: How much open time passes before the rule fires; it is asked again then whether its condition
            holds. By default, none.
        unless: Events that call it off if they come in that time.

    Raises:
        DefinitionError: With every problem.

    >>> EventTrigger(on="Taged")
    Traceback (most recent call last):
    itsmkit.errors.DefinitionError: on[0]: there is no event 'Taged' for rules; did you mean 'Tagged'?
    """

    on: tuple[str, ...] = field(converter=names)
    after: Amount = _NONE
    unless: tuple[str, ...] = field(default=(), converter=names)

    def _problems(self) -> Iterator[str]:
        if not self.on:
            yield "on: names no event; name at least one"
        yield from _event_problems("on", self.on)
        yield from _event_problems("unless", self.unless)
        yield from _amount_problems("after", self.after)
        if _is_negative(self.after):
            yield f"after: must not be negative, not {self.after}"
        if self.unless and not self.waits:
            yield "unless: calls off what waits, and nothing does; say `after` how long, too"

    @property
    def waits(self) -> bool:
        """Whether time passes between the event and the rule."""
        return self.after not in (_NONE, BusinessDays(0))

    def due(self, event_at: datetime, calendar: BusinessTime) -> datetime:
        """
        Return when it is due after an event.

        Raises:
            NeverOpenError: If there is not so much open time.
        """
        return calendar.advance(event_at, self.after) if self.waits else event_at

    def __str__(self) -> str:
        told = " or ".join(self.on)
        if not self.waits:
            return f"on {told}"
        unless = f", unless {' or '.join(self.unless)}" if self.unless else ""
        return f"{amount_to_plain(self.after)} after {told}{unless}"


_OF_SCHEDULES = ("first", "tz", "late_after")
"""What schedules call as this trigger does."""


def _local_text(given: datetime | str) -> str:
    return given.isoformat() if isinstance(given, datetime) else given


def _shift(given: ShiftRule | str) -> ShiftRule:
    return member_of(ShiftRule, given, "shift")


def _catch_up(given: CatchUp | str) -> CatchUp:
    return member_of(CatchUp, given, "catch_up")


@frozen(kw_only=True)
class RecurrenceTrigger(Trigger):
    """
    A time that comes again and again. The rule then looks at every ticket for which its condition holds.

    Args:
        every: A recurrence rule, such as ``"FREQ=DAILY"``: see `~itsmkit.practices.work_aids.Schedule`.
        first: When it comes first, as the clocks of *tz* show it.
        tz: The name of a zone of the IANA database.
        shift: What becomes of a time that falls on closed time of the rule's calendar.
        catch_up: What becomes of those that were missed; by default, only the latest counts.
        late_after: From how late on one counts as missed, if those do not count.

    Raises:
        DefinitionError: With every problem.
    """

    every: str
    first: str = field(converter=_local_text)
    tz: str
    shift: ShiftRule = field(default=ShiftRule.KEEP, converter=_shift)
    catch_up: CatchUp = field(default=CatchUp.LATEST, converter=_catch_up)
    late_after: timedelta = timedelta(hours=1)

    def _problems(self) -> Iterator[str]:
        try:
            self.schedule("rule", None)
        except DefinitionError as error:
            for problem in error.problems:
                told = problem.removeprefix("Schedule 'rule': ").removeprefix("rule: ")
                yield told if told.partition(":")[0] in _OF_SCHEDULES else f"every: {told}"

    def schedule(self, rule_id: str, done_until: datetime | None) -> Schedule:
        """Return the times as those of a schedule, all up to an instant being seen to."""
        return Schedule(
            id=rule_id,
            name=rule_id,
            template=rule_id,
            rule=self.every,
            first=self.first,
            tz=self.tz,
            shift=self.shift,
            catch_up=self.catch_up,
            late_after=self.late_after,
            done_until=done_until,
        )

    def __str__(self) -> str:
        return f"{self.every} from {self.first} ({self.tz})"


@frozen(kw_only=True)
class DateTrigger(Trigger):
    """
    A date on the ticket: once for each date that stands there.

    Args:
        field: The fact of the ticket that is the date, such as ``"needed_by"`` or a detail of the desk's own:
            an instant, or a date, which is taken for its midnight in the zone of the calendar.
        offset: How much open time after it the rule fires; negative is before it.

    Raises:
        DefinitionError: With every problem.
    """

    field: str
    offset: Amount = _NONE

    def _problems(self) -> Iterator[str]:
        yield from name_problems("field", self.field)
        yield from _amount_problems("offset", self.offset)

    def due(self, value: object, calendar: BusinessTime) -> datetime | None:
        """
        Return when it is due for a date on the ticket; ``None`` if *value* is no date.

        Raises:
            NeverOpenError: If there is not so much open time.
        """
        if isinstance(value, datetime):
            at = value
        elif isinstance(value, date):
            at = datetime.combine(value, time(), calendar.tz)
        else:
            return None
        if at.tzinfo is None:
            return None
        return at if self.offset in (_NONE, BusinessDays(0)) else calendar.advance(at, self.offset)

    def __str__(self) -> str:
        if self.offset in (_NONE, BusinessDays(0)):
            return f"at {self.field}"
        told, is_before = str(amount_to_plain(self.offset)), _is_negative(self.offset)
        return f"{told.removeprefix('-')} {'before' if is_before else 'after'} {self.field}"


def _is_negative(amount: object) -> bool:
    if isinstance(amount, BusinessDays):
        return amount.number < 0
    return isinstance(amount, timedelta) and amount < _NONE


# -- as plain data ----------------------------------------------------------------------------------------

_NO_TIME = PlainAmount(_NONE)
_AMOUNTS = (amount_form,)


@frozen(kw_only=True)
class _PlainEvent:
    """An `EventTrigger` as it is written."""

    on: tuple[str, ...]
    after: PlainAmount = _NO_TIME
    unless: tuple[str, ...] = ()


@frozen(kw_only=True)
class _PlainDate:
    """A `DateTrigger` as it is written."""

    field: str
    offset: PlainAmount = _NO_TIME


def trigger_from(plain: object) -> Trigger:
    """
    Return the trigger that a mapping describes: the inverse of `trigger_to_mapping`.

    Raises:
        DefinitionError: With every problem.

    >>> print(trigger_from({"on": ["PublicMessage"], "after": "4h", "unless": ["StateChanged"]}))
    4h after PublicMessage, unless StateChanged
    """
    if not isinstance(plain, Mapping) or len(_KINDS.intersection(plain)) != 1:
        problem = f"must be a table with one of {', '.join(sorted(_KINDS))}, not {shown(plain)}"
        raise DefinitionError(problem)
    try:
        if "on" in plain:
            event = structure(_PlainEvent, plain, where="", forms=_AMOUNTS)
            return EventTrigger(on=event.on, after=event.after.value, unless=event.unless)
        if "field" in plain:
            found = structure(_PlainDate, plain, where="", forms=_AMOUNTS)
            return DateTrigger(field=found.field, offset=found.offset.value)
        return structure(RecurrenceTrigger, plain, where="")
    except DefinitionError as error:
        raise DefinitionError(*(problem.removeprefix(": ") for problem in error.problems)) from None


_KINDS = frozenset({"on", "every", "field"})
"""The keys by which triggers are told apart."""


def trigger_to_mapping(trigger: Trigger) -> dict[str, object]:
    """
    Return a trigger as plain data: the inverse of `trigger_from`.

    >>> trigger_to_mapping(EventTrigger(on="TicketLogged"))
    {'on': ['TicketLogged']}
    """
    if isinstance(trigger, EventTrigger):
        told: object = _PlainEvent(on=trigger.on, after=PlainAmount(trigger.after), unless=trigger.unless)
    elif isinstance(trigger, DateTrigger):
        told = _PlainDate(field=trigger.field, offset=PlainAmount(trigger.offset))
    else:
        told = trigger
    plain: dict[str, object] = unstructure(told, forms=_AMOUNTS)
    return {name: value for name, value in plain.items() if name not in _LEFT_OUT or value != _LEFT_OUT[name]}


_LEFT_OUT: Mapping[str, object] = {
    "after": "0s",
    "unless": [],
    "offset": "0s",
    "shift": "keep",
    "catch_up": "latest",
    "late_after": "1h",
}
"""What goes without saying."""

trigger_form = Form(Trigger, trigger_from, trigger_to_mapping)
"""How triggers are written in documents."""
