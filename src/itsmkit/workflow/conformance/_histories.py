"""From entries in any order of tickets to what each ticket went through."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Generic, TypeVar

from attrs import frozen

from itsmkit._checks import utc
from itsmkit.errors import DefinitionError
from itsmkit.workflow.conformance.history import HistoryEntry

__all__ = ["Histories", "histories_of"]

E = TypeVar("E", bound=HistoryEntry)


@frozen
class Histories(Generic[E]):
    """
    What tickets went through.

    Args:
        visits: For each ticket, the entries by which it got into a state, in order. Tickets stand in the
            order in which they are first mentioned.
    """

    visits: dict[str, list[E]]

    def traces(self) -> Iterator[tuple[str, tuple[str, ...], list[E]]]:
        """Yield each ticket, the states that it was in, and the entries by which it got there."""
        # Most tickets share their trace with others; one tuple for all of them makes a look-up fast.
        known: dict[tuple[str, ...], tuple[str, ...]] = {}
        for ticket, visits in self.visits.items():
            trace = tuple([entry.state for entry in visits])
            yield ticket, known.setdefault(trace, trace), visits

    def variants(self) -> Counter[tuple[str, ...]]:
        """Return how many tickets have each trace, in the order in which a ticket first has it."""
        return Counter(trace for _, trace, _ in self.traces())


def histories_of(entries: Iterable[E], repeatable: Collection[str]) -> Histories[E]:
    """
    Return what the tickets of *entries* went through.

    An entry that finds its ticket in the same state as before tells of another change, and no move, unless
    the state is among *repeatable*: those that a workflow can move to from themselves.

    Args:
        entries: Those of a ticket in the order in which they took effect.
        repeatable: The names of the states that a ticket can be seen to enter again from themselves.

    Raises:
        DefinitionError: With every entry that has no ticket, no state, no zone, or goes back in time.
    """
    visits: dict[str, list[E]] = {}
    latest: dict[str, datetime] = {}
    problems: list[str] = []
    for number, entry in enumerate(entries):
        ticket, state, at = entry.ticket, entry.state, entry.effective_at
        problem = _problem(ticket, state, at, latest)
        if problem is not None:
            problems.append(f"entries[{number}]{problem}")
            continue
        latest[ticket] = utc(at, "effective_at")
        history = visits.get(ticket)
        if history is None:
            visits[ticket] = [entry]
        elif state != history[-1].state or state in repeatable:
            history.append(entry)
    if problems:
        raise DefinitionError(*problems)
    return Histories(visits)


def _problem(ticket: object, state: object, at: object, latest: dict[str, datetime]) -> str | None:
    """Return what is wrong with an entry, or ``None``; *latest* holds the instants of the entries above."""
    if not isinstance(ticket, str) or not ticket:
        return f".ticket: must be a text that is not empty, not {ticket!r}"
    if not isinstance(state, str) or not state:
        return f".state: must be a text that is not empty, not {state!r}, for {ticket}"
    try:
        moment = utc(at, "effective_at")
    except DefinitionError as error:
        return f".{error}, for {ticket}"
    if ticket in latest and moment < latest[ticket]:
        return (
            f".effective_at: {ticket} goes back from {latest[ticket]} to {at}; hand in the entries of a "
            "ticket in the order of time"
        )
    return None
