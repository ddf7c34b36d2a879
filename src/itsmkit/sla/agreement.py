"""Agreements: which promises hold for which work, in which hours."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

from attrs import field, frozen

from itsmkit._checks import named
from itsmkit._frozen import as_tuple
from itsmkit.calendars import BusinessTime
from itsmkit.conditions import ALWAYS, Condition, compile_condition, fields_of
from itsmkit.errors import DefinitionError
from itsmkit.sla._digests import terms_digest
from itsmkit.sla._kinds import Kind, kind_of, remember
from itsmkit.sla._specificity import specificity
from itsmkit.sla.target import Target

__all__ = [
    "Agreements",
    "CalendarRule",
    "Promise",
    "ServiceLevelAgreement",
    "Terms",
    "as_agreements",
    "terms_for",
]

Test = Callable[[Mapping[str, object]], bool]


class _Conditional:
    """What is meant for the work for which its condition *when* holds."""

    when: Condition

    @cached_property
    def applies(self) -> Test:
        """The condition, compiled."""
        return compile_condition(self.when)

    @cached_property
    def specificity(self) -> int:
        """How many facts have to be right for it to apply: see `specificity`."""
        return specificity(self.when)


@frozen
class Promise(_Conditional):
    """
    A target and the work that it is meant for.

    Args:
        target: What is promised.
        when: The work that it is promised for, asked of the facts of a ticket.
    """

    target: Target
    when: Condition = ALWAYS


@frozen
class CalendarRule(_Conditional):
    """
    The hours in which the clocks of some of the work count: of a service, a site, a customer, a CI.

    Args:
        calendar: The open time that counts.
        when: The work that it is meant for, asked of the facts of a ticket.
    """

    calendar: BusinessTime
    when: Condition


@frozen
class Terms:
    """
    What one clock of one piece of work is measured by.

    Args:
        agreement: The name of the agreement.
        target: What is promised.
        calendar: The open time that counts.
        digest: Stands for the content of both, whatever their names and versions: equal terms have equal
            digests.
    """

    agreement: str
    target: Target
    calendar: BusinessTime
    digest: str


@frozen
class ServiceLevelAgreement(_Conditional):
    """
    A service-level agreement (SLA): promises of a desk to those it serves.

    Args:
        name: What people call it.
        calendar: The hours in which its clocks count.
        promises: What is promised. For each clock, the first one that applies holds.
        when: The work that the agreement is about; by default, all.
        calendars: Other hours for some of that work. Of the rules that apply, the most specific one holds,
            among equals the first.
        newest_calendar: Which version of a calendar counts that has several: the newest one throughout, or,
            by default, each version in its own span.
        scope: For whom it is at all. Asked as well as *when*, but no agreement is more specific for it.
        local_hours: Whether its clocks count in the hours of the place that the work is for, where that has
            hours of its own: see `itsmkit.practices.inheritance`, which makes rules for *calendars* of it.

    Raises:
        DefinitionError: If it promises nothing, or something else than promises.
    """

    name: str = field(validator=named)
    calendar: BusinessTime
    promises: tuple[Promise, ...] = field(converter=as_tuple)
    when: Condition = ALWAYS
    calendars: tuple[CalendarRule, ...] = field(default=(), converter=as_tuple, kw_only=True)
    newest_calendar: bool = field(default=False, kw_only=True)
    scope: Condition = field(default=ALWAYS, kw_only=True)
    local_hours: bool = field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if not self.promises:
            problem = f"agreement {self.name!r} promises nothing; give it at least one target"
            raise DefinitionError(problem)
        problems = [
            f"agreement {self.name!r}: {what}[{i}] must be a {kind.__name__}, not {value!r}"
            for what, kind, values in (
                ("promises", Promise, self.promises),
                ("calendars", CalendarRule, self.calendars),
            )
            for i, value in enumerate(values)
            if not isinstance(value, kind)
        ]
        if problems:
            raise DefinitionError(*problems)

    @cached_property
    def condition(self) -> Condition:
        """The work that it applies to: *when*, within its *scope*."""
        return self.when if self.scope == ALWAYS else self.scope & self.when

    @cached_property
    def applies(self) -> Test:
        """The condition, compiled."""
        return compile_condition(self.condition)

    @cached_property
    def asked(self) -> frozenset[str]:
        """The facts that decide whether it applies, which of its promises hold, and in which hours."""
        others = [promise.when for promise in self.promises] + [rule.when for rule in self.calendars]
        return fields_of(self.condition).union(*map(fields_of, others))

    @cached_property
    def counting_calendars(self) -> tuple[BusinessTime, ...]:
        """The calendars that may count, the usual one first, in the version that does."""
        calendars = (self.calendar, *(rule.calendar for rule in self.calendars))
        return tuple(each.newest for each in calendars) if self.newest_calendar else calendars

    @cached_property
    def _offers(self) -> tuple[tuple[tuple[str, Test, Terms | None], ...], ...]:
        """For each calendar, the usual one first: each promise's clock, condition and terms."""
        return tuple(
            tuple(self._offer(promise, calendar) for promise in self.promises)
            for calendar in self.counting_calendars
        )

    def _offer(self, promise: Promise, calendar: BusinessTime) -> tuple[str, Test, Terms | None]:
        target = promise.target
        terms = Terms(self.name, target, calendar, terms_digest(target, calendar))
        return target.clock, promise.applies, terms if target.is_promised else None

    def rule_for(self, facts: Mapping[str, object]) -> int | None:
        """Return the number of the calendar rule that holds for work of these *facts*, if any does."""
        found, most = None, -1
        for number, rule in enumerate(self.calendars):
            if rule.specificity > most and rule.applies(facts):
                found, most = number, rule.specificity
        return found

    def terms(self, facts: Mapping[str, object]) -> dict[str, Terms]:
        """
        Return the terms of each clock, by its name, for work of these *facts*.

        A clock for which nothing applies has none, and neither has one whose first promise that applies
        promises nothing.
        """
        kind = kind_of(map(facts.get, self._names))
        found = None if kind is None else self._known.get(kind)
        if found is None:
            found = self._terms(facts)
            if kind is not None:
                remember(self._known, kind, found)
        return found.copy()

    def _terms(self, facts: Mapping[str, object]) -> dict[str, Terms]:
        rule = self.rule_for(facts) if self.calendars else None
        found: dict[str, Terms | None] = {}
        for clock, applies, terms in self._offers[0 if rule is None else rule + 1]:
            if clock not in found and applies(facts):
                found[clock] = terms
        return {clock: terms for clock, terms in found.items() if terms is not None}

    @cached_property
    def _names(self) -> list[str]:
        return sorted(self.asked)

    @cached_property
    def _known(self) -> dict[Kind, dict[str, Terms]]:
        return {}


def terms_for(agreements: Iterable[ServiceLevelAgreement], facts: Mapping[str, object]) -> dict[str, Terms]:
    """
    Return what work of these *facts* is measured by; `resolve_terms` says why, too.

    Returns:
        The terms of each clock, by its name, of the most specific agreement that applies, among equals of the
        first; empty if none does.
    """
    found, most = None, -1
    for agreement in agreements:
        if agreement.specificity > most and agreement.applies(facts):
            found, most = agreement, agreement.specificity
    return {} if found is None else found.terms(facts)


class Agreements(tuple[ServiceLevelAgreement, ...]):  # noqa: SLOT001  # it remembers what it is asked
    """
    The agreements of a desk, in order: a tuple of them that knows what they ask for as a whole.

    >>> from datetime import timedelta
    >>> from itsmkit.sla import BusinessCalendar, Target
    >>> in_a_day = Promise(Target("resolve", timedelta(hours=8)))
    >>> agreements = Agreements([ServiceLevelAgreement("gold", BusinessCalendar.always(), [in_a_day])])
    >>> agreements.terms({"priority": "P1"})["resolve"].agreement
    'gold'
    """

    def __reduce__(self) -> tuple[type["Agreements"], tuple[tuple[ServiceLevelAgreement, ...]]]:
        return type(self), (tuple(self),)  # what is remembered stays behind

    @cached_property
    def asked(self) -> frozenset[str]:
        """The facts that decide which of them holds for some work, and what it promises."""
        return frozenset[str]().union(*(agreement.asked for agreement in self))

    def terms(self, facts: Mapping[str, object]) -> dict[str, Terms]:
        """Return what `terms_for` does. Work that is alike in all that is asked is looked at once."""
        kind = kind_of(map(facts.get, self._names))
        if kind is None:
            return terms_for(self, facts)
        found = self._known.get(kind)
        if found is None:
            found = remember(self._known, kind, terms_for(self, facts))
        return found.copy()

    @cached_property
    def _names(self) -> list[str]:
        return sorted(self.asked)

    @cached_property
    def _known(self) -> dict[Kind, dict[str, Terms]]:
        return {}


def as_agreements(agreements: Iterable[ServiceLevelAgreement]) -> Agreements:
    """Return *agreements* as a tuple that knows what they ask for: the very same, if it is one already."""
    return agreements if isinstance(agreements, Agreements) else Agreements(as_tuple(agreements))
