"""How well a log and a definition agree, in figures that say how they came about."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs
from attrs import frozen

from itsmkit._figures import percent, plural
from itsmkit._frozen import EMPTY, frozen_dict
from itsmkit.workflow.conformance.deviation import Deviation, DeviationKind
from itsmkit.workflow.conformance.directly_follows import DirectlyFollows
from itsmkit.workflow.conformance.discovery import Discovery, draft_of
from itsmkit.workflow.conformance.stay import Stay
from itsmkit.workflow.definition import WorkflowDefinition
from itsmkit.workflow.rule import NeverWithout
from itsmkit.workflow.state import ENDS, StateCategory
from itsmkit.workflow.transition import Transition

if TYPE_CHECKING:
    from itsmkit.workflow.diagrams import Frequencies

__all__ = ["Conformance", "Variant"]


@frozen
class Variant:
    """
    A history that several tickets may share.

    Args:
        states: The states, one after another.
        tickets: How many tickets have it.
        cost: What its optimal alignment costs: see `align`.
        worst_cost: What it would cost to have nothing in common with the definition.
    """

    states: tuple[str, ...]
    tickets: int
    cost: int
    worst_cost: int

    @property
    def fitness(self) -> float:
        """``1 - cost / worst_cost``."""
        return 1 - self.cost / self.worst_cost


@frozen(kw_only=True)
class Conformance:
    """
    What comes of a log that is held against a definition. A share of nothing is ``None``.

    Args:
        definition: What the log was held against.
        log: What the log shows: how often each state was entered, each move made.
        variants: The different histories, the most frequent first.
        conforming: How many tickets have no deviation.
        allowed: How many moves are allowed.
        declared: The moves that the definition declares, by ``(source, target)``, whatever the guards say.
        deviations: By kind, and the most frequent first.
        unused_states: The states that no ticket was in.
        unused_moves: The declared moves that no ticket made.
        unused_transitions: The transitions none of whose moves was made.
        unchecked_rules: The rules that ask for a guard, which the names of states cannot tell.
        stays: How long tickets stayed in each state.
    """

    definition: WorkflowDefinition
    log: DirectlyFollows
    variants: tuple[Variant, ...]
    conforming: int
    allowed: int
    declared: tuple[tuple[str, str], ...]
    deviations: tuple[Deviation, ...]
    unused_states: tuple[str, ...] = ()
    unused_moves: tuple[tuple[str, str], ...] = ()
    unused_transitions: tuple[Transition, ...] = ()
    unchecked_rules: tuple[NeverWithout, ...] = ()
    stays: Mapping[str, Stay] = attrs.field(default=EMPTY, converter=frozen_dict)

    @property
    def tickets(self) -> int:
        """How many tickets the log has."""
        return self.log.tickets

    @property
    def moves(self) -> int:
        """How many moves the log has."""
        return self.log.moved

    @property
    def frequencies(self) -> "Frequencies":
        """How often the states of the definition were entered, and moves among them made, for diagrams."""
        return self.log.frequencies([state.name for state in self.definition.states])

    @property
    def fitness(self) -> float | None:
        """
        How much of the log the definition explains, by optimal alignments: 1 if every history is a run.

        ``1 - the cost of all alignments / what they would cost with nothing in common``, both summed over all
        tickets, so that a long history weighs more than a short one.

        Source:
            Van der Aalst, Adriansyah and van Dongen, "Replaying history on process models for conformance
            checking and performance analysis" (2012), with unit costs: see `align`.
        """
        worst = sum(variant.tickets * variant.worst_cost for variant in self.variants)
        cost = sum(variant.tickets * variant.cost for variant in self.variants)
        return 1 - cost / worst if worst else None

    @property
    def trace_fitness(self) -> float | None:
        """The share of tickets without a deviation."""
        return _share(self.conforming, self.tickets)

    @property
    def move_fitness(self) -> float | None:
        """The share of moves that are allowed."""
        return _share(self.allowed, self.moves)

    @property
    def precision(self) -> float | None:
        """
        How much of what the definition allows the log does, where it went.

        For each declared move that was made, the share of the moves declared for its source that the log ever
        made from there; the mean over all of them. 1 if no ticket had a choice that nobody ever took.

        Source:
            The precision of van der Aalst, Adriansyah and van Dongen (2012), with the state that a ticket
            is in as the state of the model.
        """
        allowed: dict[str, int] = {}
        taken: dict[str, int] = {}
        made: dict[str, int] = {}
        for source, target in self.declared:
            count = self.log.moves.get((source, target), 0)
            allowed[source] = allowed.get(source, 0) + 1
            taken[source] = taken.get(source, 0) + (count > 0)
            made[source] = made.get(source, 0) + count
        total = sum(made.values())
        if not total:
            return None
        return sum(made[source] * taken[source] / allowed[source] for source in allowed) / total

    @property
    def coverage(self) -> float | None:
        """The share of declared moves that were made at least once, however often."""
        return _share(len(self.declared) - len(self.unused_moves), len(self.declared))

    @property
    def unfinished(self) -> int:
        """How many tickets are last seen in a state in which work does not end."""
        ends = {state.name for state in self.definition.states if state.category in ENDS}
        return sum(tickets for state, tickets in self.log.ends.items() if state not in ends)

    @property
    def counts(self) -> dict[DeviationKind, int]:
        """How often each kind of deviation happened, where it did."""
        found: dict[DeviationKind, int] = {}
        for deviation in self.deviations:
            found[deviation.kind] = found.get(deviation.kind, 0) + deviation.count
        return found

    def draft(
        self,
        *,
        name: str | None = None,
        categories: Mapping[str, StateCategory | str] = EMPTY,
        min_share: float = 0.0,
    ) -> Discovery:
        """
        Return a definition drafted from the log, with the triggers and categories of this one.

        Args:
            name: What the draft is called; left out, the same as the definition.
            categories: Categories that go before those of the definition.
            min_share: What is rarer is left out: see `discover`.

        Raises:
            DefinitionError: As for `discover`.
        """
        return draft_of(
            self.log,
            name=self.definition.name if name is None else name,
            known=self.definition,
            categories=categories,
            min_share=min_share,
        )

    def explain(self, *, most: int = 20) -> str:
        """
        Return the figures as text, a line for each.

        Args:
            most: How many deviations and how many unused moves are told one by one.
        """
        sizes = ((self.tickets, "ticket"), (len(self.variants), "variant"), (self.moves, "move"))
        made = f"{percent(self.coverage)} of {len(self.declared):,} declared moves were made"
        lines = [
            f"{self.definition.name} {self.definition.version}: "
            + ", ".join(plural(number, what) for number, what in sizes),
            f"fitness {percent(self.fitness)}, by optimal alignments",
            f"{percent(self.trace_fitness)} of tickets without a deviation ({self.conforming:,})",
            f"{percent(self.move_fitness)} of moves allowed ({self.allowed:,})",
            f"precision {percent(self.precision)}; {made}",
            f"unfinished: {plural(self.unfinished, 'ticket')}",
        ]
        lines += ["deviations:" if self.deviations else "no deviations"]
        lines += _listed([str(each) for each in self.deviations], most)
        for what, names in (
            ("states never entered", list(self.unused_states)),
            ("moves never made", [f"{source} → {target}" for source, target in self.unused_moves]),
            ("rules not checked, for they ask for a guard", [str(rule) for rule in self.unchecked_rules]),
        ):
            if names:
                lines += [f"{what}:", *_listed(names, most)]
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.explain()

    def to_plain(self) -> dict[str, Any]:
        """Return the figures as JSON takes them: instants in ISO 8601, durations in hours."""
        return {
            "workflow": self.definition.name,
            "version": self.definition.version,
            "tickets": self.tickets,
            "moves": self.moves,
            "variants": len(self.variants),
            "fitness": self.fitness,
            "trace_fitness": self.trace_fitness,
            "move_fitness": self.move_fitness,
            "precision": self.precision,
            "coverage": self.coverage,
            "unfinished": self.unfinished,
            "counts": {kind.value: count for kind, count in self.counts.items()},
            "deviations": [_plain_deviation(deviation) for deviation in self.deviations],
            "unused_states": list(self.unused_states),
            "unused_moves": [list(move) for move in self.unused_moves],
            "unused_transitions": [
                {"trigger": each.trigger, "from": list(each.sources), "to": each.target}
                for each in self.unused_transitions
            ],
            "unchecked_rules": [str(rule) for rule in self.unchecked_rules],
            "states": [
                {"state": state, "visits": count, **_plain_stay(self.stays.get(state))}
                for state, count in self.log.visits.items()
            ],
            "made": [
                {"source": source, "target": target, "count": count}
                for (source, target), count in self.log.moves.items()
            ],
        }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _listed(names: list[str], most: int) -> list[str]:
    more = len(names) - most
    lines = [f"- {name}" for name in names[:most]]
    return [*lines, f"- and {more:,} more"] if more > 0 else lines


def _plain_deviation(deviation: Deviation) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "kind": deviation.kind.value,
        "source": deviation.source,
        "target": deviation.target,
        "count": deviation.count,
        "tickets": deviation.tickets,
        "examples": list(deviation.examples),
        "first": deviation.first.isoformat(),
        "last": deviation.last.isoformat(),
        "way": list(deviation.way),
    }
    if deviation.reasons:
        plain["reasons"] = dict(deviation.reasons)
    if deviation.rule is not None:
        plain["rule"] = str(deviation.rule)
    return plain


def _plain_stay(stay: Stay | None) -> dict[str, Any]:
    if stay is None:
        return {}
    hours = 3600.0
    return {
        "stays": stay.visits,
        "median_hours": stay.median.total_seconds() / hours,
        "p90_hours": stay.p90.total_seconds() / hours,
    }
