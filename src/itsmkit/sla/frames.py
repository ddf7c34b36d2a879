"""
Business time for columns of data frames: polars, pandas and pyarrow.

A column in, a column out, of the same library: zone-aware columns of instants, nulls kept. The answers are
those of the calendar's own methods. Columns without a zone are refused, as naive datetimes are.

This needs numpy, and whichever of the libraries the columns come from; none of them is imported here.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from itsmkit._checks import utc
from itsmkit.calendars import BusinessTime, Landing
from itsmkit.conditions import fields_of
from itsmkit.errors import DefinitionError
from itsmkit.sla.agreement import ServiceLevelAgreement, terms_for
from itsmkit.sla.clock_event import ClockEvent

try:
    import numpy as np
except ModuleNotFoundError as missing:
    message = "itsmkit.sla.frames needs numpy: python -m pip install 'itsmkit[numpy]'"
    raise ModuleNotFoundError(message, name="numpy") from missing

from itsmkit.calendars._many import finer, in_unit, instants_of
from itsmkit.sla._columns import Array, Columns, columns_of
from itsmkit.sla._judging import PHASES, VERDICTS, Histories, Situations, judged

__all__ = ["advance", "elapsed", "is_open", "judge"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MOST_PLACES = 1 << 22
"""Up to how many values a table of all of them is smaller than a sort."""


def elapsed(calendar: BusinessTime, starts: Any, ends: Any) -> Any:
    """
    Return the open time from *starts* up to *ends*, row by row, as `BusinessTime.elapsed` does.

    Args:
        calendar: The open time that counts.
        starts: A column of instants with a time zone; or one aware datetime for all rows, which counts as
            one in microseconds.
        ends: The same; at least one of the two is a column. The index of two pandas columns is the same.

    Returns:
        A column of durations in the finer of both units, negative where the end comes first, and null where
        one of them is. Its name, its index and the like are those of *starts*, if that is a column.

    Raises:
        DefinitionError: If a column has no time zone or another type, the columns are of two libraries or of
            two lengths, or the calendar opens or closes between two instants of the unit.
        OutOfRangeError: If an instant lies outside the years that the calendar knows; it names the first.
    """
    columns, like = _columns(starts, ends)
    found = calendar.elapsed_many(_instants(columns, starts, "starts"), _instants(columns, ends, "ends"))
    return columns.durations_like(found, like)


def advance(calendar: BusinessTime, starts: Any, amounts: Any, *, landing: Landing = Landing.EARLIEST) -> Any:
    """
    Return the instants that *amounts* of open time lead to, row by row, as `BusinessTime.advance` does.

    Args:
        calendar: The open time that counts.
        starts: A column of instants with a time zone.
        amounts: A column of durations, or one for all rows. Negative goes back.
        landing: Whether a result may be a closing, or has to be open, or as `Landing.NEXT_DAY` says.

    Returns:
        A column of instants in the zone of *starts*, in the finer of both units, and null where one of them
        is. Its name, its index and the like are those of *starts*.

    Raises:
        DefinitionError: If a column has no time zone or another type, the columns are of two libraries or of
            two lengths, or the calendar opens or closes between two instants of the unit.
        NeverOpenError: If there is not so much open time, or no opening to land on; it names the first.
        OutOfRangeError: If a start lies outside the years that the calendar knows; it names the first.
    """
    one = isinstance(amounts, timedelta)
    columns = _columns(starts)[0] if one else _columns(starts, amounts)[0]
    moved = amounts if one else columns.durations(amounts, "amounts")
    found = calendar.advance_many(columns.instants(starts, "starts"), moved, landing=landing)
    return columns.instants_like(found, starts, columns.zone(starts))


def is_open(calendar: BusinessTime, instants: Any) -> Any:
    """
    Tell whether *calendar* is open, row by row, as `BusinessTime.is_open` does.

    Args:
        calendar: The open time that counts.
        instants: A column of instants with a time zone.

    Returns:
        A column of truth values, null where *instants* is, with the name, the index and the like of it.

    Raises:
        DefinitionError: If the column has no time zone or another type, or the calendar opens or closes
            between two instants of the unit.
        OutOfRangeError: If an instant lies outside the years that the calendar knows; it names the first.
    """
    columns = _columns(instants)[0]
    asked = columns.instants(instants, "instants")
    return columns.truths_like(calendar.is_open_many(asked), np.isnat(asked), instants)


def judge(
    agreements: ServiceLevelAgreement | Iterable[ServiceLevelAgreement],
    histories: Any,
    *,
    at: datetime,
    ticket: str = "ticket",
    instant: str = "at",
    event: str = "event",
    category: str = "category",
) -> Any:
    """
    Return what every clock of many tickets shows at the instant *at*, from nothing but their histories.

    A row of *histories* is an event; the rows of one ticket are in the order in which things happened, but
    need not stand together. Of each ticket the events up to the first one after *at* are read; who has none,
    or to whom no agreement applies, has no clock. What holds for a ticket is decided by the facts of the last
    event that is read, and its clocks are read from their start under these terms, as `read_clock` does.

    Args:
        agreements: What was promised: see `terms_for`.
        histories: A data frame of polars or pandas, or a table of pyarrow.
        at: The instant of the reading; aware.
        ticket: The column that says whose history a row belongs to.
        instant: The column of the instant at which it happened, with a time zone.
        event: The column of what happened: `ClockEvent.name`.
        category: The column of the category of the state after it: `ClockEvent.category`. What else the
            conditions ask for are columns by the name of the fact; null is a fact that is not known.

    Returns:
        A frame of the same library with a row for each ticket and clock, tickets in the order in which they
        first appear: *ticket*, ``agreement``, ``clock``, ``terms`` (their digest), ``phase``, ``verdict``,
        ``cycle``, ``within``, ``elapsed``, ``due``, ``due_if_resumed_now``, ``was_due`` (see `ClockReading`),
        and ``finished_cycles``, of which ``breached_cycles``. Instants are in the zone of *instant*, in
        microseconds, or nanoseconds if these are.

    Raises:
        DefinitionError: If a column is missing, has nulls where there must be none, or has another type.
        NeverOpenError: If a calendar has not enough open time left for a due instant.
        OutOfRangeError: If a calendar does not know the instant of an event that is read, or *at*.
    """
    some = (agreements,) if isinstance(agreements, ServiceLevelAgreement) else tuple(agreements)
    columns = columns_of(histories, kinds=("DataFrame", "Table"))
    asked = frozenset[str]().union(*(_asked(agreement) for agreement in some))
    facts = sorted(asked - {"event", "state_category"})
    _check_columns(columns.names(histories), [ticket, instant, event, category], facts)
    tickets, instants = columns.column(histories, ticket), columns.column(histories, instant)
    for name in (ticket, instant, event, category):
        missing = columns.nulls(columns.column(histories, name))
        if missing.any():
            problem = f"column {name!r} is null at position {int(missing.argmax())}; every event needs one"
            raise DefinitionError(problem)
    read, order, rows = _histories(columns, histories, (ticket, instant), utc(at, "at"))
    numbers, situations = _situations(columns, histories, (event, category), facts)
    terms_of = [[*terms_for(some, one.view()).values()] for one in situations]
    clocks, terms = judged(
        read, Situations(numbers if order is None else numbers[order], situations, terms_of)
    )
    first = rows[clocks.history]
    shown = columns.taken(instants, first)
    unit, zone = read.instants.unit, columns.zone(instants)

    def words(chosen: Array, values: Iterable[str]) -> Any:
        found = list(values)
        distinct = list(dict.fromkeys(found))
        place = np.array([distinct.index(value) for value in found], np.int64)
        return columns.words(place[chosen], distinct)

    def when(values: Array) -> Any:
        return columns.instants_like(values.view(f"M8[{unit}]"), shown, zone)

    def how_long(values: Array) -> Any:
        return columns.durations_like(values.view(f"m8[{unit}]"), shown)

    return columns.table(
        {
            ticket: columns.taken(tickets, first),
            "agreement": words(clocks.terms, (one.agreement for one in terms)),
            "clock": words(clocks.terms, (one.target.clock for one in terms)),
            "terms": words(clocks.terms, (one.digest for one in terms)),
            "phase": words(clocks.phase, PHASES),
            "verdict": words(clocks.verdict, VERDICTS),
            "cycle": columns.integers(clocks.cycle),
            "within": how_long(clocks.within),
            "elapsed": how_long(clocks.elapsed),
            "due": when(clocks.due),
            "due_if_resumed_now": when(clocks.due_if_resumed_now),
            "was_due": when(clocks.was_due),
            "finished_cycles": columns.integers(clocks.finished),
            "breached_cycles": columns.integers(clocks.breached),
        }
    )


def _asked(agreement: ServiceLevelAgreement) -> frozenset[str]:
    """Return every fact that an agreement asks for."""
    targets = [promise.target for promise in agreement.promises]
    return agreement.asked.union(
        *(fields_of(one.start) | one.asked_under_way | one.asked_when_stopped for one in targets)
    )


def _check_columns(names: Sequence[str], needed: Sequence[str], facts: Sequence[str]) -> None:
    problems = [
        f"the frame has no column {name!r}; its columns are {', '.join(map(str, names))}"
        for name in needed
        if name not in names
    ]
    problems += [
        f"conditions ask for {name!r}, and the frame has no such column; add it, null where it is not known"
        for name in facts
        if name not in names
    ]
    if problems:
        raise DefinitionError(*problems)


def _histories(
    columns: Columns, frame: Any, names: tuple[str, str], at: datetime
) -> tuple[Histories, Array | None, Array]:
    """Return the histories, how rows have to be ordered for them, if at all, and the first row of each."""
    ticket, instant = (columns.column(frame, name) for name in names)
    told = instants_of(columns.instants(instant, names[1]), names[1], None)
    told = in_unit(told, finer(told.unit, "us"))
    until = (at - _EPOCH) // _MICROSECOND * (1000 if told.unit == "ns" else 1)
    key, values = columns.keys(ticket), told.values
    order = None if (key[1:] >= key[:-1]).all() else np.argsort(key, kind="stable")
    if order is not None:
        key, values = key[order], values[order]
    count = np.bincount(key)
    first = np.cumsum(count) - count
    later = np.flatnonzero(values > until)
    whose = key[later]
    begun = np.flatnonzero(np.diff(whose, prepend=-1))
    count[whose[begun]] = later[begun] - first[whose[begun]]
    known = count > 0
    rows = first[known] if order is None else order[first[known]]
    told = told._replace(values=values)
    return Histories(first[known], count[known], told, until), order, rows


def _situations(
    columns: Columns, frame: Any, names: tuple[str, str], facts: Sequence[str]
) -> tuple[Array, list[ClockEvent]]:
    """Return what conditions can see of events: its number for each row, and each of it as an event."""
    numbers = np.zeros(len(frame), np.int64)
    seen: list[tuple[Any, ...]] = [()]
    for name in (*names, *facts):
        codes, values = columns.codes(columns.column(frame, name))
        kept, numbers = _compact(numbers * len(values) + codes, len(seen) * len(values))
        seen = [(*seen[one // len(values)], values[one % len(values)]) for one in kept.tolist()]
    return numbers, [
        ClockEvent(_EPOCH, name, category, dict(zip(facts, others, strict=True)))
        for name, category, *others in seen
    ]


def _compact(numbers: Array, size: int) -> tuple[Array, Array]:
    """Return which of the numbers below *size* there are, and for each of *numbers* its place among them."""
    if size > _MOST_PLACES:
        return np.unique(numbers, return_inverse=True)
    there = np.zeros(size, np.bool_)
    there[numbers] = True
    return np.flatnonzero(there), (np.cumsum(there) - 1)[numbers]


def _columns(*given: Any) -> tuple[Columns, Any]:
    """Return the library of the columns among *given*, and the first of them."""
    found = [one for one in given if not isinstance(one, datetime)]
    if not found:
        problem = (
            "at least one of starts and ends must be a column; for two datetimes ask the calendar itself"
        )
        raise DefinitionError(problem)
    columns = columns_of(*found, kinds=("Series", "Array", "ChunkedArray"))
    columns.check_alike(found[0], found[-1])
    return columns, found[0]


def _instants(columns: Columns, given: Any, what: str) -> Array:
    if isinstance(given, datetime):
        return np.asarray(np.datetime64(utc(given, what).replace(tzinfo=None), "us"))
    return columns.instants(given, what)
