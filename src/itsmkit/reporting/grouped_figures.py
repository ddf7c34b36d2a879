"""
Figures of tickets for each value of some of their facts: by kind, by category, by a field of the desk's own.

=================  ===================================================================================
Figure             Definition
=================  ===================================================================================
open               neither resolved, closed nor cancelled
reopened           came back from resolved or closed at least once
never reassigned   stayed with whom they were given first
attainment         by the present cycle of each clock; clocks that never started, or were cancelled
                   before a breach, are not counted
=================  ===================================================================================
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import define, field, frozen

from itsmkit._frozen import as_tuple, frozen_dict
from itsmkit._problems import name_problems
from itsmkit.errors import DefinitionError
from itsmkit.reporting.incident_report import Attainment, is_counted
from itsmkit.sla import ClockReading, Verdict
from itsmkit.tickets import Ticket, TicketEvent, TicketId, TicketLogged

__all__ = ["GroupFigures", "events_of_kind", "grouped_figures"]


@frozen
class GroupFigures:
    """
    The figures of the tickets that have the same values; see the table of this module for their definitions.

    Args:
        values: The values of the facts that were asked for, in their order; ``None`` where a ticket has none.
        tickets: How many there are.
        open: How many of them are open.
        reopened: How many came back.
        never_reassigned: How many stayed where they were.
        attainment: For each clock, how often its promise was kept.
    """

    values: tuple[object, ...] = field(converter=as_tuple)
    tickets: int
    open: int
    reopened: int
    never_reassigned: int
    attainment: Mapping[str, Attainment] = field(converter=frozen_dict)


@define
class _Group:
    tickets: int = 0
    open: int = 0
    reopened: int = 0
    never_reassigned: int = 0
    verdicts: defaultdict[str, Counter[Verdict]] = field(factory=lambda: defaultdict(Counter))


def grouped_figures(
    tickets: Iterable[tuple[Ticket, Mapping[str, ClockReading]]], by: str | Sequence[str]
) -> tuple[GroupFigures, ...]:
    """
    Return the figures of *tickets* for each value of some of their facts, the largest group first.

    Args:
        tickets: Each with what its clocks show.
        by: The name of a fact, or several.

    Raises:
        DefinitionError: If *by* names no fact.
    """
    names = (by,) if isinstance(by, str) else as_tuple(by)
    problems = [problem for name in names for problem in name_problems("by", name)]
    if not names:
        problems.append('by: must name at least one fact, such as "category"')
    if problems:
        raise DefinitionError(*problems)
    groups: defaultdict[tuple[tuple[str, object], ...], _Group] = defaultdict(_Group)
    for ticket, readings in tickets:
        group = groups[tuple([_key(ticket.fact(name)) for name in names])]
        group.tickets += 1
        group.open += ticket.is_open
        group.reopened += ticket.reopens > 0
        group.never_reassigned += ticket.reassignments == 0
        for clock, reading in readings.items():
            if is_counted(reading):
                group.verdicts[clock][reading.verdict] += 1
    return tuple(
        GroupFigures(
            tuple(value for _, value in key),
            group.tickets,
            group.open,
            group.reopened,
            group.never_reassigned,
            {clock: Attainment.of(counts) for clock, counts in sorted(group.verdicts.items())},
        )
        for key, group in sorted(groups.items(), key=lambda item: (-item[1].tickets, repr(item[0])))
    )


def _key(value: object) -> tuple[str, object]:
    """Return what tells a value from others, of other types too; what has no hash counts as its text."""
    try:
        hash(value)
    except TypeError:
        value = repr(value)
    return type(value).__name__, value


def events_of_kind(kind: str, events: Iterable[TicketEvent]) -> Iterator[TicketEvent]:
    """
    Go through those of *events* that happened to tickets of one kind of work.

    Args:
        kind: The name of the kind.
        events: All events, in the order of the feed.
    """
    others: set[TicketId] = set()
    for event in events:
        if isinstance(event.fact, TicketLogged) and event.fact.kind != kind:
            others.add(event.ticket_id)
        if event.ticket_id not in others:
            yield event
