"""Which agreement, promise and calendar hold for some work, and why these."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from attrs import frozen

from itsmkit.sla.agreement import CalendarRule, Promise, ServiceLevelAgreement, Terms

__all__ = ["Candidate", "Resolution", "Standing", "resolve_terms"]


class Standing(StrEnum):
    """Why a candidate holds, or does not."""

    CHOSEN = "chosen"
    """It applies, and nothing comes before it."""

    LESS_SPECIFIC = "less specific"
    """It applies, but fewer facts have to be right for it than for the chosen one."""

    LATER = "later"
    """It applies, but stands behind the chosen one."""

    DOES_NOT_APPLY = "does not apply"
    """The facts are others."""


@frozen
class Candidate:
    """
    One of those between which was chosen.

    Args:
        name: What it is, such as ``"agreement 'gold'"``.
        standing: Whether it was chosen, and why not.
        specificity: How many facts have to be right for it.
    """

    name: str
    standing: Standing
    specificity: int

    def explain(self) -> str:
        """Return the candidate as a line of text."""
        asked = f" ({self.specificity} {'fact' if self.specificity == 1 else 'facts'} asked for)"
        return f"{self.name}: {self.standing}{asked if self.specificity else ''}"


@frozen
class Resolution:
    """
    What holds for some work.

    Args:
        agreement: The agreement that holds; ``None`` if none applies.
        terms: The terms of each clock, by its name.
        because: Every candidate, in the order in which it was looked at: the agreements; then, of the chosen
            one, the rules for its calendar and the promises.
    """

    agreement: ServiceLevelAgreement | None
    terms: Mapping[str, Terms]
    because: tuple[Candidate, ...]

    def explain(self) -> str:
        """Return the reasons as text, one to a line."""
        if self.agreement is None:
            head = "no agreement applies"
        else:
            targets = ", ".join(
                f"{clock} within {terms.target.within}" for clock, terms in self.terms.items()
            )
            head = f"agreement {self.agreement.name!r}: {targets or 'no clock'}"
        return "\n".join([head, *(f"- {candidate.explain()}" for candidate in self.because)])


def resolve_terms(agreements: Iterable[ServiceLevelAgreement], facts: Mapping[str, object]) -> Resolution:
    """
    Return what work of these *facts* is measured by, and why: as `terms_for`, with the reasons.

    Of the agreements that apply, the most specific one holds, among equals the first; in it, in the same way,
    one calendar; and for each clock the first promise that applies.

    >>> from datetime import timedelta
    >>> from itsmkit.conditions import equals
    >>> from itsmkit.sla import BusinessCalendar, Promise, ServiceLevelAgreement, Target
    >>> office = BusinessCalendar("Mon-Fri 09:00-17:00", "UTC")
    >>> resolve = Target.resolve(timedelta(hours=8))
    >>> usual = ServiceLevelAgreement("usual", office, [Promise(resolve)])
    >>> gold = ServiceLevelAgreement("gold", office, [Promise(resolve)], equals("customer", "Bau AG"))
    >>> print(resolve_terms([usual, gold], {"customer": "Bau AG"}).explain())
    agreement 'gold': resolve within 8:00:00
    - agreement 'usual': less specific
    - agreement 'gold': chosen (1 fact asked for)
    - calendar 'Mon-Fri 09:00-17:00': chosen
    - promise 1 for 'resolve': chosen
    """
    offered = tuple(agreements)
    applying = [agreement for agreement in offered if agreement.applies(facts)]
    chosen = max(applying, key=lambda agreement: agreement.specificity, default=None)
    because = [
        Candidate(
            f"agreement {agreement.name!r}",
            _standing(agreement, chosen, facts),
            agreement.specificity,
        )
        for agreement in offered
    ]
    if chosen is None:
        return Resolution(None, {}, tuple(because))
    because += _calendars(chosen, facts)
    because += _promises(chosen.promises, facts)
    return Resolution(chosen, chosen.terms(facts), tuple(because))


def _standing(
    candidate: ServiceLevelAgreement | CalendarRule,
    chosen: ServiceLevelAgreement | CalendarRule | None,
    facts: Mapping[str, object],
) -> Standing:
    if candidate is chosen:
        return Standing.CHOSEN
    if chosen is None or not candidate.applies(facts):
        return Standing.DOES_NOT_APPLY
    return Standing.LESS_SPECIFIC if candidate.specificity < chosen.specificity else Standing.LATER


def _calendars(agreement: ServiceLevelAgreement, facts: Mapping[str, object]) -> list[Candidate]:
    number = agreement.rule_for(facts)
    chosen = None if number is None else agreement.calendars[number]
    found = [
        Candidate(
            f"calendar {_called(rule.calendar)}",
            _standing(rule, chosen, facts),
            rule.specificity,
        )
        for rule in agreement.calendars
    ]
    usual = Standing.CHOSEN if chosen is None else Standing.LESS_SPECIFIC
    return [*found, Candidate(f"calendar {_called(agreement.calendar)}", usual, 0)]


def _called(calendar: object) -> str:
    return repr(getattr(calendar, "name", None) or str(getattr(calendar, "hours", calendar)))


def _promises(promises: Sequence[Promise], facts: Mapping[str, object]) -> list[Candidate]:
    found = []
    decided: set[str] = set()
    for number, promise in enumerate(promises, start=1):
        clock = promise.target.clock
        standing = Standing.DOES_NOT_APPLY
        if promise.applies(facts):
            standing = Standing.LATER if clock in decided else Standing.CHOSEN
            decided.add(clock)
        found.append(Candidate(f"promise {number} for {clock!r}", standing, promise.specificity))
    return found
