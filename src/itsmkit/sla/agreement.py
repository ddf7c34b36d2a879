"""Agreements: which promises hold for which work, in which hours."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

from attrs import field, frozen

from itsmkit._checks import named
from itsmkit._frozen import as_tuple
from itsmkit.calendars import BusinessTime
from itsmkit.conditions import ALWAYS, Condition, compile_condition, fields_of
from itsmkit.errors import DefinitionError
from itsmkit.sla.target import Target

__all__ = ["Promise", "ServiceLevelAgreement", "Terms", "terms_for"]


@frozen
class Promise:
    """
    A target and the work that it is meant for.

    Args:
        target: What is promised.
        when: The work that it is promised for, asked of the facts of a ticket.
    """

    target: Target
    when: Condition = ALWAYS

    @cached_property
    def applies(self) -> Callable[[Mapping[str, object]], bool]:
        """The condition, compiled."""
        return compile_condition(self.when)


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
class ServiceLevelAgreement:
    """
    A service-level agreement (SLA): promises of a desk to those it serves.

    Args:
        name: What people call it.
        calendar: The hours in which its clocks count.
        promises: What is promised. For each clock, the first one that applies holds.
        when: The work that the agreement is about; by default, all.

    Raises:
        DefinitionError: If it promises nothing, or something else than promises.
    """

    name: str = field(validator=named)
    calendar: BusinessTime
    promises: tuple[Promise, ...] = field(converter=as_tuple)
    when: Condition = ALWAYS

    def __attrs_post_init__(self) -> None:
        if not self.promises:
            problem = f"agreement {self.name!r} promises nothing; give it at least one target"
            raise DefinitionError(problem)
        problems = [
            f"agreement {self.name!r}: promises[{i}] must be a Promise, not {promise!r}"
            for i, promise in enumerate(self.promises)
            if not isinstance(promise, Promise)
        ]
        if problems:
            raise DefinitionError(*problems)

    @cached_property
    def applies(self) -> Callable[[Mapping[str, object]], bool]:
        """The condition, compiled."""
        return compile_condition(self.when)

    @cached_property
    def asked(self) -> frozenset[str]:
        """The facts that decide whether it applies, and which of its promises hold."""
        return fields_of(self.when).union(*(fields_of(promise.when) for promise in self.promises))

    @cached_property
    def _offers(self) -> tuple[tuple[str, Callable[[Mapping[str, object]], bool], Terms], ...]:
        """For each promise its clock, its condition and its terms."""
        return tuple(
            (
                promise.target.clock,
                promise.applies,
                Terms(self.name, promise.target, self.calendar, self._digest(promise.target)),
            )
            for promise in self.promises
        )

    def _digest(self, target: Target) -> str:
        from hashlib import sha256  # noqa: PLC0415  # a slow import that reading clocks can do without

        content = f"{sorted(target.content().items())!r}\n{sorted(self.calendar.content().items())!r}"
        return sha256(content.encode()).hexdigest()[:16]

    def terms(self, facts: Mapping[str, object]) -> dict[str, Terms]:
        """Return the terms of each clock, by its name, for work of these *facts*; the first that applies."""
        found: dict[str, Terms] = {}
        for clock, applies, terms in self._offers:
            if clock not in found and applies(facts):
                found[clock] = terms
        return found


def terms_for(agreements: Iterable[ServiceLevelAgreement], facts: Mapping[str, object]) -> dict[str, Terms]:
    """
    Return what work of these *facts* is measured by.

    Returns:
        The terms of each clock, by its name, of the first agreement that applies; empty if none does.
    """
    for agreement in agreements:
        if agreement.applies(facts):
            return agreement.terms(facts)
    return {}
