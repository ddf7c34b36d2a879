"""
What is wrong with agreements before anybody relies on them.

An agreement is a value that is valid from birth, and still may promise what cannot be meant: nothing at all
for a priority, a solution before the response, legs that cannot add up. `check_agreements` finds this when
the agreement is written, not when it breaks.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, timedelta
from enum import StrEnum
from itertools import product

from attrs import frozen

from itsmkit.calendars import BusinessTime, NeverOpenError, TimeSpan
from itsmkit.conditions import Condition, Scalar, UndecidedError, all_of, any_of, equals, facts_for
from itsmkit.errors import DefinitionError
from itsmkit.sla.agreement import ServiceLevelAgreement
from itsmkit.sla.leg_chain import LegChain, worst_case
from itsmkit.sla.target import Target

__all__ = ["Finding", "FindingKind", "check_agreements", "require_sound"]

_ZERO = timedelta(0)


class FindingKind(StrEnum):
    """What is wrong."""

    NOT_COVERED = "not covered"
    """For some work of a priority, no agreement applies, or nothing is promised for a clock."""

    NEVER_HOLDS = "never holds"
    """A promise or an agreement applies to nothing, or only where another comes before it."""

    OUT_OF_ORDER = "out of order"
    """What must come first is promised for later: a response that may take longer than the solution."""

    NO_WARNING = "no warning"
    """Somebody is told of the breach, and nobody before it."""

    OUT_OF_REACH = "out of reach"
    """The calendar ends before the target can be used up."""

    LEGS_TOO_LONG = "legs too long"
    """The legs of a chain can take more than the promise that they are part of."""

    UNDECIDED = "undecided"
    """The conditions have too many cases to tell."""


@frozen
class Finding:
    """
    One thing that is wrong.

    Args:
        path: Where it stands, such as ``"agreements[0].promises[1]"``.
        kind: What is wrong.
        problem: The same as a sentence, with the values at hand and the way out.
    """

    path: str
    kind: FindingKind
    problem: str

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}"


def check_agreements(
    agreements: Iterable[ServiceLevelAgreement],
    *,
    over: TimeSpan,
    priorities: Iterable[str] = (),
    known: Mapping[str, Iterable[Scalar]] | None = None,
    order: Iterable[tuple[str, str]] = (("respond", "resolve"),),
    chains: Iterable[LegChain] = (),
) -> tuple[Finding, ...]:
    """
    Return everything that is wrong with *agreements*, in the order in which it stands there.

    Args:
        agreements: The agreements of a desk, as `terms_for` takes them.
        over: The time in which work may begin: what calendars can do is asked for it. A year shows most.
        priorities: The priorities that work can have. For each of them, each clock that an agreement promises
            must have a target, if only one of nothing, and some agreement must apply.
        known: The values that other facts can have; any other fact may have any value, or none.
        order: Pairs of clocks: where both are promised, the first must not be promised for later.
        chains: The legs that promises are made of.
    """
    agreements = tuple(agreements)
    values = {name: tuple(each) for name, each in (known or {}).items()}
    priorities = tuple(priorities)
    if priorities:
        values["priority"] = priorities
    check = _Check(agreements, over, values, priorities)
    return (
        *check.coverage(),
        *(finding for i in range(len(agreements)) for finding in check.agreement(i, tuple(order))),
        *check.chains(tuple(chains)),
    )


def require_sound(findings: Iterable[Finding]) -> None:
    """
    Raise what `check_agreements` found, all at once; do nothing if it found nothing.

    Raises:
        DefinitionError: With one problem for each finding.
    """
    problems = [str(finding) for finding in findings]
    if problems:
        raise DefinitionError(*problems)


@frozen
class _Check:
    agreements: tuple[ServiceLevelAgreement, ...]
    over: TimeSpan
    known: Mapping[str, tuple[Scalar, ...]]
    priorities: tuple[str, ...]

    def coverage(self) -> Iterator[Finding]:
        """Every priority has an agreement, whatever else the work is."""
        none_applies = all_of(*(~each.condition for each in self.agreements))
        for priority in self.priorities:
            yield from self._found(
                equals("priority", priority) & none_applies,
                "agreements",
                FindingKind.NOT_COVERED,
                "no agreement applies to work of {work}; add one for all the rest",
            )

    def agreement(self, number: int, order: Sequence[tuple[str, str]]) -> Iterator[Finding]:
        """Look at the agreement of this *number* by itself, where no other one comes before it."""
        agreement = self.agreements[number]
        path = f"agreements[{number}]"
        here = self._here(number)
        if not self._possible(here):
            problem = f"{agreement.name!r} applies to no work that no other agreement takes before; remove it"
            yield Finding(path, FindingKind.NEVER_HOLDS, problem)
            return
        holding = [self._holding(agreement, i) & here for i in range(len(agreement.promises))]
        for i, promise in enumerate(agreement.promises):
            yield from self._promise(agreement, promise.target, f"{path}.promises[{i}]", holding[i])
        for clock in dict.fromkeys(promise.target.clock for promise in agreement.promises):
            none = all_of(*(~each.when for each in agreement.promises if each.target.clock == clock))
            for priority in self.priorities:
                yield from self._found(
                    equals("priority", priority) & here & none,
                    path,
                    FindingKind.NOT_COVERED,
                    f"{agreement.name!r} promises nothing for {clock!r} to work of {{work}}; add a "
                    "target, or one of nothing if that is meant",
                )
        for first, last in order:
            yield from self._order(agreement, path, holding, first, last)

    def _promise(
        self, agreement: ServiceLevelAgreement, target: Target, path: str, holding: Condition
    ) -> Iterator[Finding]:
        if not self._possible(holding):
            problem = f"the target for {target.clock!r} never holds, others come before it; remove it"
            yield Finding(path, FindingKind.NEVER_HOLDS, problem)
        if not target.is_promised:
            return
        breach = [each for each in target.checkpoints if (each.percent, each.offset > _ZERO) == (100, True)]
        warning = [each for each in target.checkpoints if each.percent < 100 or each.offset < _ZERO]
        if breach and not warning:
            problem = (
                f"{target.clock!r} tells of {breach[0].name!r} and warns nobody before; add a checkpoint "
                "such as '75%'"
            )
            yield Finding(f"{path}.checkpoints", FindingKind.NO_WARNING, problem)
        for calendar in agreement.counting_calendars:
            try:
                calendar.advance(self.over.end, target.within)
            except NeverOpenError as error:
                problem = f"{target.clock!r} within {target.within} cannot be used up: {error}"
                yield Finding(f"{path}.within", FindingKind.OUT_OF_REACH, problem)

    def _order(
        self,
        agreement: ServiceLevelAgreement,
        path: str,
        holding: Sequence[Condition],
        first: str,
        last: str,
    ) -> Iterator[Finding]:
        numbered = [(i, promise.target) for i, promise in enumerate(agreement.promises)]
        firsts = [(i, target) for i, target in numbered if target.clock == first and target.is_promised]
        lasts = [(i, target) for i, target in numbered if target.clock == last and target.is_promised]
        for (i, one), (j, other) in product(firsts, lasts):
            if not any(_later(calendar, one, other, self.over) for calendar in agreement.counting_calendars):
                continue
            yield from self._found(
                holding[i] & holding[j],
                f"{path}.promises[{i}].within",
                FindingKind.OUT_OF_ORDER,
                f"{first!r} within {one.within} is later than {last!r} within {other.within} "
                f"(promises[{j}]), which both hold for work of {{work}}; shorten one or lengthen the other",
            )

    def chains(self, chains: Sequence[LegChain]) -> Iterator[Finding]:
        """No chain of legs takes more than what it is part of."""
        for number, chain in enumerate(chains):
            path = f"chains[{number}]"
            parents = [
                (agreement, promise.target, calendar)
                for agreement in self.agreements
                if chain.agreement in (None, agreement.name)
                for promise in agreement.promises
                if promise.target.clock == chain.clock and promise.target.is_promised
                for calendar in agreement.counting_calendars
            ]
            if not parents:
                problem = f"no agreement promises {chain.clock!r}" + (
                    f" under the name {chain.agreement!r}" if chain.agreement else ""
                )
                yield Finding(path, FindingKind.NEVER_HOLDS, f"{problem}; name one that does")
            for agreement, target, calendar in parents:
                yield from self._chain(path, chain, agreement, target, calendar)

    def _chain(
        self,
        path: str,
        chain: LegChain,
        agreement: ServiceLevelAgreement,
        target: Target,
        calendar: BusinessTime,
    ) -> Iterator[Finding]:
        try:
            worst = worst_case(calendar, chain.legs, self.over)
        except NeverOpenError as error:
            yield Finding(path, FindingKind.OUT_OF_REACH, f"the legs cannot be walked to the end: {error}")
            return
        within = calendar.elapsed(worst.starts_at, calendar.advance(worst.starts_at, target.within))
        if worst.takes > within:
            legs = " + ".join(f"{leg.name} {leg.within}" for leg in chain.legs)
            problem = (
                f"{legs} can take {worst.takes} of the {within} that {agreement.name!r} promises for "
                f"{target.clock!r}: work that begins on {worst.starts_at:%a %Y-%m-%d %H:%M} leaves the last "
                f"leg on {worst.ends_at:%a %Y-%m-%d %H:%M}; shorten a leg or lengthen the promise"
            )
            yield Finding(path, FindingKind.LEGS_TOO_LONG, problem)

    def _here(self, number: int) -> Condition:
        """Return the condition under which the agreement of this *number* is the one that holds."""
        own = self.agreements[number]
        before = [
            each.condition
            for i, each in enumerate(self.agreements)
            if each.specificity > own.specificity or (each.specificity == own.specificity and i < number)
        ]
        return own.condition & ~any_of(*before)

    @staticmethod
    def _holding(agreement: ServiceLevelAgreement, number: int) -> Condition:
        """Return the condition under which this promise is the one that holds for its clock."""
        promise = agreement.promises[number]
        before = [
            each.when for each in agreement.promises[:number] if each.target.clock == promise.target.clock
        ]
        return promise.when & ~any_of(*before)

    def _possible(self, condition: Condition) -> bool:
        """Tell whether *condition* can hold; what cannot be decided counts as possible."""
        try:
            return facts_for(condition, known=self.known) is not None
        except UndecidedError:
            return True

    def _found(
        self,
        condition: Condition,
        path: str,
        kind: FindingKind,
        problem: str,
    ) -> Iterator[Finding]:
        """Yield a finding if there is work for which *condition* holds; it stands for ``{work}``."""
        try:
            facts = facts_for(condition, known=self.known)
        except UndecidedError as error:
            yield Finding(path, FindingKind.UNDECIDED, f"{error}: is anything {kind} here?")
            return
        if facts is not None:
            yield Finding(path, kind, problem.replace("{work}", _shown(facts)))


def _later(calendar: BusinessTime, one: Target, other: Target, over: TimeSpan) -> bool:
    """Tell whether *one* can be due after *other*; business days are tried on every opening in *over*."""
    if isinstance(one.within, timedelta) and isinstance(other.within, timedelta):
        return one.within > other.within
    starts = (span.start for span in calendar.open_spans(over.start, over.end))
    return any(
        calendar.advance(start, one.within, in_zone=UTC) > calendar.advance(start, other.within, in_zone=UTC)
        for start in starts
    )


def _shown(facts: Mapping[str, object]) -> str:
    return ", ".join(f"{name} = {value!r}" for name, value in facts.items()) or "any kind"
