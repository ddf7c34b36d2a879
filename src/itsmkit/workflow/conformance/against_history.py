"""A definition held against what tickets really did."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from itsmkit.calendars import BusinessTime
from itsmkit.conditions import Facts
from itsmkit.errors import DefinitionError
from itsmkit.workflow.conformance._declared import DeclaredMoves
from itsmkit.workflow.conformance._histories import histories_of
from itsmkit.workflow.conformance._replay import Replay, Tally
from itsmkit.workflow.conformance.alignment import Aligner
from itsmkit.workflow.conformance.directly_follows import counted
from itsmkit.workflow.conformance.history import HistoryEntry
from itsmkit.workflow.conformance.result import Conformance, Variant
from itsmkit.workflow.conformance.stay import stays_of
from itsmkit.workflow.definition import WorkflowDefinition

__all__ = ["conformance"]

E = TypeVar("E", bound=HistoryEntry)


def conformance(
    definition: WorkflowDefinition,
    entries: Iterable[E],
    *,
    complete: bool = False,
    facts: Callable[[E], Facts] | None = None,
    calendar: BusinessTime | None = None,
    examples: int = 3,
) -> Conformance:
    """
    Return how well what tickets did agrees with *definition*.

    An entry that finds its ticket in the same state as before is no move, unless the definition declares a
    transition from that state to itself. A ticket that departs from the definition is where the log says
    that it is, and is followed on from there.

    Costs a look at each entry; everything else is reckoned once for each different history.

    Args:
        definition: The workflow.
        entries: Those of a ticket in the order in which they took effect; those of different tickets may be
            mixed. They are gone through once.
        complete: Whether every ticket is done. Then one that is last seen in a state in which work does not
            end (of another category than resolved, closed and cancelled) is a deviation, and its alignment
            has to go on to an end.
        facts: What was known of a ticket after an entry. A declared move is then judged by its guards,
            required facts and roles, and by what its target demands. Without it, moves are judged by the
            names of the states alone.
        calendar: Whose open time is counted for the time in each state; without one, what passes on a clock.
        examples: How many tickets are named for each deviation.

    Raises:
        DefinitionError: With every entry that has no ticket, no state or no zone, or goes back in time; if
            *examples* is negative; or if histories shall be complete and the definition reaches no end.
        OutOfRangeError: If an instant lies outside the years that *calendar* knows.

    >>> from datetime import UTC, datetime
    >>> from itsmkit.workflow import incident_workflow
    >>> from itsmkit.workflow.conformance import StateSeen
    >>> log = [
    ...     StateSeen("INC-1", "New", datetime(2026, 3, 2, 9, tzinfo=UTC)),
    ...     StateSeen("INC-2", "New", datetime(2026, 3, 2, 10, tzinfo=UTC)),
    ...     StateSeen("INC-1", "In Progress", datetime(2026, 3, 2, 11, tzinfo=UTC)),
    ...     StateSeen("INC-1", "Closed", datetime(2026, 3, 2, 12, tzinfo=UTC)),
    ... ]
    >>> found = conformance(incident_workflow(), log)
    >>> found.trace_fitness, found.move_fitness, found.fitness
    (0.5, 0.5, 0.8333333333333334)
    >>> print(found.deviations[0].concerns, found.deviations[0].skipped)
    In Progress → Closed ('Resolved',)
    """
    if examples < 0:
        problem = f"examples must be 0 or more, not {examples}"
        raise DefinitionError(problem)
    declared = DeclaredMoves(definition)
    aligner = Aligner(declared, complete=complete)
    replay = Replay(declared, complete=complete, facts=facts)
    histories = histories_of(entries, declared.repeatable)
    tally = Tally(declared, examples)
    variants: dict[tuple[str, ...], int] = {}
    departures = {}
    conforming = refused = 0
    for ticket, trace, visits in histories.traces():
        if trace not in variants:
            variants[trace] = 0
            departures[trace] = tuple(replay.departures(trace))
        variants[trace] += 1
        conforms = not departures[trace]
        for place, found in departures[trace]:
            tally.add(found, ticket, visits[place].effective_at)
        for place, found, reasons in replay.refusals(visits):
            tally.add(found, ticket, visits[place].effective_at, reasons)
            refused += 1
            conforms = False
        conforming += conforms
    log = counted(variants)
    ranked = sorted(variants.items(), key=lambda item: (-item[1], item[0]))
    unused = tuple(move for move in declared.transitions if move not in log.moves)
    made = {way for move, ways in declared.transitions.items() if move in log.moves for way in ways}
    return Conformance(
        definition=definition,
        log=log,
        variants=tuple(
            Variant(trace, tickets, aligner.cost(trace), aligner.worst_cost(trace))
            for trace, tickets in ranked
        ),
        conforming=conforming,
        allowed=sum(count for move, count in log.moves.items() if move in declared.transitions) - refused,
        declared=tuple(declared.transitions),
        deviations=tally.deviations(),
        unused_states=tuple(state.name for state in definition.states if state.name not in log.visits),
        unused_moves=unused,
        unused_transitions=tuple(
            dict.fromkeys(way for move in unused for way in declared.transitions[move] if way not in made)
        ),
        unchecked_rules=tuple(rule for rule in definition.rules if rule.gate in definition.guards),
        stays=stays_of(histories.visits.values(), calendar),
    )
