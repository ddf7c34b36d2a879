"""
Work logs: how long people worked on a ticket, what they are charged for, and what that costs.

What an entry is charged for is settled when it is logged, and stands in it: so the cost of a ticket is the
sum of its entries to the cent, whatever the rates are by now. By the ticket, an entry is charged for what it
adds to the rounded whole.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum
from fractions import Fraction
from typing import TypeVar

from attrs import evolve, field, frozen

from itsmkit._checks import member_of
from itsmkit._frozen import as_tuple
from itsmkit._problems import close_to, instance_problems
from itsmkit.errors import DefinitionError, NotFoundError, RefusedError
from itsmkit.money import Money, Rounding
from itsmkit.practices._arguments import text
from itsmkit.practices.decision import Decision, Occasion, happen, unchanged
from itsmkit.tickets import Ticket, TicketEvent, WorkCorrected, WorkEntry, WorkLogged

__all__ = [
    "BillingRow",
    "DurationRounding",
    "Rate",
    "RoundedBy",
    "WorkLogPolicy",
    "billing_rows",
    "correct_work",
    "costs_of",
    "log_work",
]

AnyTicket = TypeVar("AnyTicket", bound=Ticket)

_NONE = timedelta(0)
_HOUR = timedelta(hours=1)


@frozen
class Rate:
    """
    What an hour costs.

    Args:
        hourly: The amount.
        role: The role of who works that it is for; ``None`` for any.
        activity: The activity that it is for; ``None`` for any.
    """

    hourly: Money
    role: str | None = None
    activity: str | None = None

    def __attrs_post_init__(self) -> None:
        problems = [*instance_problems("Rate.hourly", self.hourly, Money)]
        if not problems and self.hourly < Money.zero(self.hourly.currency):
            problems.append(f"Rate.hourly must not be negative: {self.hourly}")
        if problems:
            raise DefinitionError(*problems)

    def fits(self, role: str | None, activity: str) -> bool:
        """Tell whether it is the rate of work of this kind."""
        return self.role in (None, role) and self.activity in (None, activity)


class DurationRounding(Enum):
    """What becomes of a duration that is no whole number of steps."""

    UP = "up"
    """It goes up to the next step."""
    NEAREST = "nearest"
    """It goes to the nearest step, of two equally near ones to the longer."""
    NONE = "none"
    """It stays as it is."""


class RoundedBy(Enum):
    """What is rounded, durations and amounts alike."""

    ENTRY = "entry"
    """Each entry."""
    TICKET = "ticket"
    """The whole of a ticket: an entry is charged for what it adds to that."""


def _rounding(given: "DurationRounding | str") -> DurationRounding:
    return member_of(DurationRounding, given, "WorkLogPolicy.rounding")


def _by(given: "RoundedBy | str") -> RoundedBy:
    return member_of(RoundedBy, given, "WorkLogPolicy.per")


@frozen
class WorkLogPolicy:
    """
    How work is charged for.

    Args:
        rounding: How durations are rounded to whole steps.
        step: The step.
        minimum: The least that is charged for, if anything is.
        per: What is rounded, durations and amounts alike: each entry, or the whole of a ticket.
        rates: What an hour costs; of those that fit the first holds. Work that none fits costs nothing.
        money: What becomes of half a minor unit.
        activities: The words for what is done; empty for any.

    Raises:
        DefinitionError: With everything that cannot be right.
    """

    rounding: DurationRounding = field(default=DurationRounding.NONE, converter=_rounding)
    step: timedelta = timedelta(minutes=15)
    minimum: timedelta = _NONE
    per: RoundedBy = field(default=RoundedBy.ENTRY, converter=_by)
    rates: tuple[Rate, ...] = field(default=(), converter=as_tuple)
    money: Rounding = Rounding.HALF_UP
    activities: tuple[str, ...] = field(default=(), converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        problems = []
        if self.step <= _NONE:
            problems.append(f"WorkLogPolicy.step must be more than nothing, not {self.step}")
        if self.minimum < _NONE:
            problems.append(f"WorkLogPolicy.minimum must not be negative: {self.minimum}")
        if problems:
            raise DefinitionError(*problems)

    def rounded(self, worked: timedelta) -> timedelta:
        """
        Return what is charged for, of what was worked.

        >>> WorkLogPolicy("up", timedelta(minutes=15)).rounded(timedelta(minutes=16))
        datetime.timedelta(seconds=1800)
        """
        if worked <= _NONE:
            return _NONE
        if self.rounding is DurationRounding.UP:
            worked = -(-worked // self.step) * self.step
        elif self.rounding is DurationRounding.NEAREST:
            worked = (2 * worked + self.step) // (2 * self.step) * self.step
        return max(worked, self.minimum)

    def rate_for(self, role: str | None, activity: str) -> Money | None:
        """Return what an hour of such work costs, or ``None``."""
        return next((rate.hourly for rate in self.rates if rate.fits(role, activity)), None)

    def charged(self, entry: WorkEntry, before: Sequence[WorkEntry]) -> WorkEntry:
        """
        Return *entry* with what it is charged for.

        What has a cost but no rate was given its cost by hand: it is left so, and the others are rounded
        without it.

        Args:
            entry: The entry, with its rate.
            before: The entries before it, as they were charged for.
        """
        if _is_set(entry):
            return evolve(entry, billed=entry.duration)
        if self.per is RoundedBy.ENTRY:
            billed = self.rounded(entry.duration)
            return evolve(entry, billed=billed, cost=self._amount(entry.rate, [(entry.rate, billed)]))
        others = [each for each in before if not _is_set(each)]
        worked = sum((each.duration for each in others), entry.duration)
        billed = max(self.rounded(worked) - sum((each.billed for each in others), _NONE), _NONE)
        whole = self._amount(
            entry.rate, [*((each.rate, each.billed) for each in others), (entry.rate, billed)]
        )
        if whole is None:
            return evolve(entry, billed=billed, cost=None)
        so_far = sum(
            (each.cost for each in others if each.cost is not None and each.cost.currency == whole.currency),
            Money.zero(whole.currency),
        )
        return evolve(entry, billed=billed, cost=max(whole - so_far, Money.zero(whole.currency)))

    def _amount(self, rate: Money | None, parts: Iterable[tuple[Money | None, timedelta]]) -> Money | None:
        """Return what *parts* cost together, those in the currency of *rate*; ``None`` without a rate."""
        if rate is None:
            return None
        exact = sum(
            (
                Fraction(hourly.amount) * Fraction(span // _MICROSECOND, _HOUR // _MICROSECOND)
                for hourly, span in parts
                if hourly is not None and hourly.currency == rate.currency
            ),
            Fraction(0),
        )
        return Money.nearest(exact, rate.currency, self.money)


_MICROSECOND = timedelta(microseconds=1)


def _is_set(entry: WorkEntry) -> bool:
    return entry.cost is not None and entry.rate is None


def log_work(
    ticket: AnyTicket,
    occasion: Occasion,
    policy: WorkLogPolicy,
    duration: timedelta,
    activity: str,
    *,
    person: str | None = None,
    role: str | None = None,
    note: str = "",
    cost: Money | None = None,
) -> Decision[AnyTicket]:
    """
    Enter work into the log of a ticket.

    Args:
        ticket: The ticket.
        occasion: When, and by whom.
        policy: How it is charged for.
        duration: How long it took; more than nothing.
        activity: What was done.
        person: Who did it; by default, the actor.
        role: As what.
        note: What there is to say about it.
        cost: What it costs, whatever the rates say.

    Raises:
        DefinitionError: If *duration* is none, or the person or the activity is no name.
        RefusedError: If *duration* is nothing, or the policy does not know the activity.
    """
    rate = None if cost is not None else policy.rate_for(role, activity)
    number = str(len(ticket.work_log) + 1)
    entry = WorkEntry(
        number, person or occasion.actor.id, duration, activity, note, cost, role=role, rate=rate
    )
    reasons = [*_unknown_activity(policy, activity)]
    if not duration:
        reasons.append("its duration is nothing; say how long it took")
    if reasons:
        raise RefusedError(*(f"cannot log work on {ticket.number}: {reason}" for reason in reasons))
    return happen(ticket, occasion, WorkLogged(policy.charged(entry, ticket.work_log)))


def correct_work(
    ticket: AnyTicket,
    occasion: Occasion,
    policy: WorkLogPolicy,
    entry_id: str,
    *,
    reason: str,
    duration: timedelta | None = None,
    activity: str | None = None,
    note: str | None = None,
    cost: Money | None = None,
) -> Decision[AnyTicket]:
    """
    Set an entry of a work log right; what is not given stays.

    By the ticket, later entries are charged for anew, at the rates that they had.

    Args:
        ticket: The ticket.
        occasion: When, and by whom.
        policy: How it is charged for.
        entry_id: The name of the entry.
        reason: What was wrong.
        duration: How long it took; nothing takes the entry back.
        activity: What was done.
        note: What there is to say about it.
        cost: What it costs, whatever the rates say.

    Raises:
        NotFoundError: If there is no such entry.
        RefusedError: If there is no reason, or the policy does not know the activity.
    """
    log = ticket.work_log
    place = next((place for place, each in enumerate(log) if each.id == entry_id), None)
    if place is None:
        raise NotFoundError("work entry", entry_id)
    old = log[place]
    new = evolve(
        old,
        duration=old.duration if duration is None else duration,
        activity=old.activity if activity is None else activity,
        note=old.note if note is None else note,
        cost=old.cost if cost is None else cost,
    )
    reasons = [*_unknown_activity(policy, new.activity)] if new.activity != old.activity else []
    if not text("reason", reason).strip():
        reasons.append("say what was wrong in `reason`")
    if reasons:
        raise RefusedError(
            *(f"cannot correct work entry {entry_id} of {ticket.number}: {each}" for each in reasons)
        )
    if cost is not None:
        new = evolve(new, rate=None)
    elif new.activity != old.activity and not _is_set(old):
        new = evolve(new, rate=policy.rate_for(new.role, new.activity), cost=None)
    if new == old:
        return unchanged(ticket)
    right = [*log[:place], policy.charged(new, log[:place])]
    for later in log[place + 1 :]:
        right.append(policy.charged(later, right) if policy.per is RoundedBy.TICKET else later)
    news = [now for now, before in zip(right, log, strict=True) if now != before]
    return happen(ticket, occasion, WorkCorrected(news, reason))


def _unknown_activity(policy: WorkLogPolicy, activity: str) -> Iterable[str]:
    if policy.activities and activity not in policy.activities:
        yield f"unknown activity {activity!r}; {close_to(activity, policy.activities)}"


def costs_of(entries: Iterable[WorkEntry]) -> Mapping[str, Money]:
    """
    Return what *entries* cost together, by currency; empty if nothing has a cost.

    >>> costs_of([WorkEntry("1", "ann", timedelta(hours=1), "repair", cost=Money("80.50", "EUR"))])
    {'EUR': Money(amount=Decimal('80.50'), currency='EUR')}
    """
    costs: dict[str, Money] = {}
    for entry in entries:
        cost = entry.cost
        if cost is not None:
            known = costs.get(cost.currency)
            costs[cost.currency] = cost if known is None else known + cost
    return costs


@frozen
class BillingRow:
    """
    An entry of a work log, as it goes into a bill.

    Args:
        number: The display number of the ticket.
        organisation: That of the requester.
        service: The service that the ticket concerns.
        entry: The entry, as it is right by now.
        at: When it was logged.
    """

    number: str
    organisation: str | None
    service: str | None
    entry: WorkEntry
    at: datetime

    def plain(self) -> dict[str, str]:
        """Return it as texts by the names of columns, as a CSV file takes them."""
        entry = self.entry
        return {
            "ticket": self.number,
            "organisation": self.organisation or "",
            "service": self.service or "",
            "entry": entry.id,
            "at": self.at.isoformat(),
            "person": entry.person,
            "role": entry.role or "",
            "activity": entry.activity,
            "worked_minutes": _minutes(entry.duration),
            "billed_minutes": _minutes(entry.billed),
            "cost": "" if entry.cost is None else entry.cost.plain(),
        }


def _minutes(span: timedelta) -> str:
    return f"{span.total_seconds() / 60:.15g}"


def billing_rows(ticket: Ticket, history: Iterable[TicketEvent]) -> tuple[BillingRow, ...]:
    """
    Return the entries of a ticket's work log for a bill, in their order; those that were taken back are not.

    Args:
        ticket: The ticket.
        history: All of its events, in order.
    """
    logged = {
        event.fact.entry.id: event.effective_at for event in history if isinstance(event.fact, WorkLogged)
    }
    return tuple(
        BillingRow(ticket.number, ticket.organisation, ticket.service, entry, logged[entry.id])
        for entry in ticket.work_log
        if entry.duration
    )
