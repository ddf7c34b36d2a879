"""Histories replayed on the declared moves: where each departs from them."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import pairwise
from typing import Generic, NamedTuple, TypeVar

from itsmkit._checks import utc
from itsmkit.conditions import Facts
from itsmkit.workflow.conformance._declared import DeclaredMoves
from itsmkit.workflow.conformance.deviation import Deviation, DeviationKind
from itsmkit.workflow.conformance.history import HistoryEntry
from itsmkit.workflow.engine import Workflow
from itsmkit.workflow.rule import NeverWithout

__all__ = ["Replay", "Tally"]

E = TypeVar("E", bound=HistoryEntry)


class Found(NamedTuple):
    """A departure, without whom it happened to."""

    kind: DeviationKind
    source: str | None
    target: str | None
    rule: NeverWithout | None = None


class Replay(Generic[E]):
    """
    Replays histories.

    After a departure, the replay goes on from the state that the history is in: what follows is judged
    by itself.

    Args:
        declared: The moves.
        complete: Whether histories have to come to an end.
        facts: What is known of a ticket after an entry; without it, guards and what moves require are not
            looked at.
    """

    def __init__(
        self, declared: DeclaredMoves, *, complete: bool, facts: Callable[[E], Facts] | None
    ) -> None:
        self._declared = declared
        self._complete = complete
        self._facts = facts
        self._workflow = Workflow(declared.definition)
        self._rules = [_RuleCheck(declared, rule) for rule in declared.definition.rules]
        self._demanding = {
            move: declared.triggers(*move) for move in declared.transitions if self._may_refuse(*move)
        }

    def departures(self, trace: tuple[str, ...]) -> Iterator[tuple[int, Found]]:
        """Yield where a trace departs from the definition by the names of its states, facts left aside."""
        targets = self._declared.targets
        initial = self._declared.definition.initial
        if trace[0] in targets and trace[0] != initial:
            yield 0, Found(DeviationKind.WRONG_START, None, trace[0])
        for place, state in enumerate(trace):
            if state not in targets:
                yield place, Found(DeviationKind.UNKNOWN_STATE, None, state)
        for place, (source, target) in enumerate(pairwise(trace), start=1):
            if source in targets and target in targets and (source, target) not in self._declared.transitions:
                yield place, Found(DeviationKind.FORBIDDEN_MOVE, source, target)
        for rule in self._rules:
            yield from rule.broken_by(trace)
        if self._complete and trace[-1] in targets and trace[-1] not in self._declared.ends:
            yield len(trace) - 1, Found(DeviationKind.UNFINISHED, trace[-1], None)

    def refusals(self, visits: list[E]) -> Iterator[tuple[int, Found, tuple[str, ...]]]:
        """Yield the declared moves of a history that its facts stand in the way of, each with the reasons."""
        if self._facts is None or not self._demanding:
            return
        for place, (before, entry) in enumerate(pairwise(visits), start=1):
            triggers = self._demanding.get((before.state, entry.state))
            if triggers is not None:
                reasons = self._reasons(before.state, entry.state, triggers, self._facts(entry))
                if reasons:
                    yield place, Found(DeviationKind.REFUSED_MOVE, before.state, entry.state), reasons

    def _may_refuse(self, source: str, target: str) -> bool:
        triggers = self._declared.triggers(source, target)
        return not any(self._workflow.is_unconditional(source, trigger) for trigger in triggers)

    def _reasons(self, source: str, target: str, triggers: tuple[str, ...], facts: Facts) -> tuple[str, ...]:
        found: list[str] = []
        for trigger in triggers:
            for way in self._workflow.availability(source, trigger, facts):
                if way.target != target:
                    continue
                if way.is_allowed:
                    return ()
                found.extend(
                    way.reasons if len(triggers) == 1 else (f"{trigger}: {reason}" for reason in way.reasons)
                )
        return tuple(dict.fromkeys(found))


class _RuleCheck:
    """Whether traces keep a rule, as far as they can tell."""

    def __init__(self, declared: DeclaredMoves, rule: NeverWithout) -> None:
        definition = declared.definition
        composites = {composite.name for composite in definition.composites}

        def states(name: str | None) -> frozenset[str]:
            known = name is not None and (name in declared.targets or name in composites)
            return frozenset(definition.states_in(name)) if name is not None and known else frozenset()

        self._rule = rule
        self._before, self._since, self._gate = states(rule.before), states(rule.since), states(rule.gate)
        self._gate_moves = frozenset(
            move for move in declared.transitions if rule.gate in declared.triggers(*move)
        )
        self._can_tell = rule.gate not in definition.guards

    def broken_by(self, trace: tuple[str, ...]) -> Iterator[tuple[int, Found]]:
        """Yield each visit for which the gate was not passed before."""
        if not self._can_tell:
            return
        passed = False
        last: str | None = None
        for place, state in enumerate(trace):
            passed = passed or state in self._gate or (last, state) in self._gate_moves
            if state in self._before and not passed:
                yield place, Found(DeviationKind.BROKEN_RULE, None, state, self._rule)
            if state in self._since:
                passed = False
            last = state


class Tally:
    """
    Counts departures.

    Args:
        declared: What they depart from.
        examples: How many tickets are kept by name for each.
    """

    def __init__(self, declared: DeclaredMoves, examples: int) -> None:
        self._declared = declared
        self._examples = examples
        self._counts: dict[Found, _Count] = {}

    def add(self, found: Found, ticket: str, at: datetime, reasons: Iterable[str] = ()) -> None:
        """Count one departure; those of a ticket come together, and tickets in the order of the log."""
        at = utc(at, "effective_at")  # where comparing means real time
        count = self._counts.get(found)
        if count is None:
            count = self._counts[found] = _Count(at)
        count.add(ticket, at, reasons, self._examples)

    def deviations(self) -> tuple[Deviation, ...]:
        """Return what was counted: by kind, and the most frequent first."""
        ranked = sorted(self._counts.items(), key=_rank)
        return tuple(
            Deviation(
                kind=found.kind,
                source=found.source,
                target=found.target,
                count=count.count,
                tickets=count.tickets,
                examples=tuple(count.examples),
                first=count.first,
                last=count.last,
                way=self._way(found),
                reasons=dict(count.reasons.most_common()),
                rule=found.rule,
            )
            for found, count in ranked
        )

    def _way(self, found: Found) -> tuple[str, ...]:
        match found:
            case Found(DeviationKind.WRONG_START, _, str(target)):
                return self._declared.way(self._declared.definition.initial, target)
            case Found(DeviationKind.FORBIDDEN_MOVE, str(source), str(target)):
                return self._declared.way(source, target)
            case Found(DeviationKind.UNFINISHED, str(source)):
                return self._declared.way_to_end(source)
            case _:
                return ()


def _rank(item: "tuple[Found, _Count]") -> tuple[object, ...]:
    found, count = item
    kind = list(DeviationKind).index(found.kind)
    return kind, -count.count, found.source or "", found.target or "", str(found.rule)


class _Count:
    """How often one thing happened, and to whom."""

    __slots__ = ("_ticket", "count", "examples", "first", "last", "reasons", "tickets")

    def __init__(self, at: datetime) -> None:
        self._ticket: str | None = None
        self.count = self.tickets = 0
        self.examples: list[str] = []
        self.first = self.last = at
        self.reasons: Counter[str] = Counter()

    def add(self, ticket: str, at: datetime, reasons: Iterable[str], examples: int) -> None:
        self.count += 1
        self.first, self.last = min(self.first, at), max(self.last, at)
        self.reasons.update(reasons)
        if ticket != self._ticket:
            self._ticket = ticket
            self.tickets += 1
            if len(self.examples) < examples:
                self.examples.append(ticket)
