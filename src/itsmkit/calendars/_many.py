"""
Business time for many instants at once, in numpy.

The answers are those of the scalar path; a property test holds both together. What differs is that instants
are integers in the unit of the caller's data, and that a table of days answers a chunk of them by a few
passes over arrays.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from itsmkit.calendars._day_table import CHUNK, DayTable, Integers, Scratch
from itsmkit.calendars._instants import DAY, EPOCH
from itsmkit.calendars._timeline import Timeline
from itsmkit.calendars.errors import NeverOpenError, OutOfRangeError
from itsmkit.calendars.landing import Landing
from itsmkit.errors import DefinitionError

__all__ = ["Instants", "ManyInstants", "NAT", "finer", "in_unit", "instants_of", "whole_units"]

Array: TypeAlias = NDArray[Any]

NAT = np.iinfo(np.int64).min
"""What stands for "not a time" in numpy's integers."""

_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
"""The units, the coarsest first, and how many of each make a second."""

_DAY_SECONDS = 86_400
_BLOCK = 366
_MICROSECOND = timedelta(microseconds=1)
_LOWEST = datetime.min.replace(tzinfo=UTC)
_HIGHEST = datetime.max.replace(tzinfo=UTC)


class Instants(NamedTuple):
    """
    A caller's array, read: integers since 1970 UTC, or amounts of time.

    Args:
        values: With `NAT` for what is not a time.
        unit: ``s``, ``ms``, ``us`` or ``ns``.
        dated: Whether the caller had numpy's own types, and so gets them back.
        what: What the caller calls it, for an error's sentence.
        kind: ``M`` for instants, ``m`` for amounts, as numpy has it.
    """

    values: Integers
    unit: str
    dated: bool
    what: str
    kind: str


class _Way(NamedTuple):
    """
    From where, and how far.

    Args:
        places: Where each way begins.
        before: The open time of the table before that.
        amounts: The open time that it takes; negative leads back.
    """

    places: Integers
    before: Integers
    amounts: Integers


class ManyInstants:
    """
    The vectorised questions to a calendar, with the tables that answer them.

    A table is made for the years that the data spans, one per unit, and kept. It grows with what is asked,
    but never beyond what the calendar knows. Threads need no lock: tables are replaced, not changed.

    Args:
        timeline: The openings.
        tz: The zone whose dates are the calendar's.
    """

    __slots__ = ("_tables", "_timeline", "_tz")

    def __init__(self, timeline: Timeline, tz: tzinfo) -> None:
        self._timeline = timeline
        self._tz = tz
        self._tables: dict[str, DayTable] = {}

    def elapsed(self, starts: ArrayLike, ends: ArrayLike, unit: str | None) -> Array:
        """Return what `BusinessTime.elapsed_many` does."""
        one, other = instants_of(starts, "starts", unit), instants_of(ends, "ends", unit)
        one, other = self._alike(one, other)
        return _dated(self._elapsed(one, other), "m", one)

    def advance(self, starts: ArrayLike, amounts: object, landing: Landing, unit: str | None) -> Array:
        """Return what `BusinessTime.advance_many` does."""
        begun = instants_of(starts, "starts", unit)
        begun, moved = self._alike(begun, _amounts_of(amounts, begun, unit))
        return _dated(self._advanced(begun, moved, landing), "M", begun)

    def is_open(self, instants: ArrayLike, unit: str | None) -> NDArray[np.bool_]:
        """Return what `BusinessTime.is_open_many` does."""
        asked = instants_of(instants, "instants", unit)
        found = np.empty(asked.values.shape, np.bool_)
        flat, out = asked.values.reshape(-1), found.reshape(-1)
        scratch = _scratch(len(flat), 1)
        for part in _chunks(len(flat)):
            table, places, nat = self._places((asked,), (flat[part],), scratch)
            inside = table.is_open(places, scratch)
            if nat is not None:
                inside &= ~nat
            out[part] = inside
        return found

    def opened(self, asked: Instants) -> tuple[DayTable, Integers]:
        """
        Return a table that covers all of *asked*, and how much is open in it before each of them.

        Where *asked* is no time, the answer means nothing.

        Raises:
            DefinitionError: If an opening begins or ends between two instants of the unit.
            OutOfRangeError: If the calendar does not know one of them; it names the first.
        """
        table = self.table_for(asked)
        flat, found = asked.values.reshape(-1), np.empty(asked.values.size, np.int64)
        scratch = _scratch(len(flat), 1)
        for part in _chunks(len(flat)):
            places = scratch.place[: part.stop - part.start]
            _laid(places, (flat[part],), table.origin)
            table.opened_before(places, scratch, found[part])
        return table, found

    def reached(self, table: DayTable, unit: str, opened: Integers, what: str) -> Integers:
        """
        Return the first instants before which *opened* is open, more than nothing, since *table* begins.

        Raises:
            NeverOpenError: If there is not so much open time as far as the calendar is known.
        """
        known_end = self._timeline.days.stop * _DAY_SECONDS * _SECOND[unit]
        first, before, one = table, np.maximum(opened - 1, 0), np.ones(1, np.int64)
        while True:
            places, missing = table.landed(before, one, early=True)
            missing |= places >= known_end - table.origin
            if not missing.any():
                return places + table.origin
            worst = int(missing.argmax())
            longer = self.longer(table, unit, forward=True)
            if longer is None:
                raise self.never_open(
                    first.origin + first.first, unit, _where(worst, opened.shape, what), forward=True
                )
            # The longer table may begin earlier, as another thread may have asked for more.
            place = np.array([first.origin + first.first - longer.origin])
            before = np.maximum(opened - 1, 0) + longer.opened_before(
                place, Scratch(1), np.empty(1, np.int64)
            )
            table = longer

    def table_for(self, *read: Instants) -> DayTable:
        """
        Return a table that covers every instant in *read*, which are of one unit.

        Raises:
            DefinitionError: If an opening begins or ends between two instants of the unit.
            OutOfRangeError: If the calendar does not know one of them; it names the first.
        """
        unit = read[0].unit
        day = _DAY_SECONDS * _SECOND[unit]
        known = self._timeline.days
        found = []
        for asked in read:
            values = asked.values[asked.values != NAT]
            if len(values):
                low, high = int(values.min()) // day, int(values.max()) // day
                if low not in known or high not in known:
                    raise self._out_of_range(asked)
                found += [low, high]
        days = _blocks(min(found), max(found)) if found else range(known.start, known.start + 1)
        return self._grown(unit, days)

    def longer(self, table: DayTable, unit: str, *, forward: bool) -> DayTable | None:
        """Return *table* grown to twice its length, one way; ``None`` if it ends where all knowledge does."""
        known, days = self._timeline.days, _days(table, unit)
        if forward and days.stop < known.stop:
            return self._grown(unit, range(days.start, days.stop + len(days)))
        if not forward and days.start > known.start:
            return self._grown(unit, range(days.start - len(days), days.stop))
        return None

    def never_open(self, since: int, unit: str, where: str, *, forward: bool) -> NeverOpenError:
        """Return the error for an amount of open time that is not there, counted from *since*."""
        known = self._timeline.days
        table = self._grown(unit, known)
        edges = table.closings[-1:] if forward else table.openings[:1]
        nearest = EPOCH + _span(int(edges[0]) + table.origin, unit)
        limit = EPOCH + (known.stop if forward else known.start) * DAY
        return NeverOpenError(EPOCH + _span(since, unit), limit, nearest, where)

    def _elapsed(self, one: Instants, other: Instants) -> Integers:
        starts, ends, shape = _broadcast(one.values, other.values)
        result = np.empty(len(starts), np.int64)
        scratch = _scratch(len(starts), 2)
        opened = np.empty(len(scratch.place), np.int64)
        for part in _chunks(len(starts)):
            table, places, nat = self._places((one, other), (starts[part], ends[part]), scratch)
            counted = table.opened_before(places, scratch, opened[: len(places)])
            half = len(places) // 2
            out = np.subtract(counted[half:], counted[:half], out=result[part])
            if nat is not None:
                np.copyto(out, NAT, where=nat[half:] | nat[:half])
        return result.reshape(shape)

    def _advanced(self, begun: Instants, moved: Instants, landing: Landing) -> Integers:
        starts, amounts, shape = _broadcast(begun.values, moved.values)
        result = np.empty(len(starts), np.int64)
        scratch = _scratch(len(starts), 1)
        opened = np.empty(len(scratch.place), np.int64)
        for part in _chunks(len(starts)):
            amount = amounts[part]
            while True:
                table, places, nat = self._places((begun,), (starts[part],), scratch)
                # Whether the calendar was open just before a start is for the days before to say.
                cut = landing is Landing.NEXT_DAY and places.min() <= table.first
                if cut and self.longer(table, begun.unit, forward=False) is not None:
                    continue
                before = table.opened_before(places, scratch, opened[: len(places)])
                unknown = amount == NAT
                nat = unknown if nat is None else nat | unknown
                landed, missing = self._landed(table, begun.unit, _Way(places, before, amount), landing)
                missing &= ~nat
                if not missing.any():
                    break
                worst = int(missing.argmax())
                forward = bool(amount[worst] >= 0)
                if self.longer(table, begun.unit, forward=forward) is None:
                    since = int(starts[part.start + worst])
                    where = _where(part.start + worst, shape, "starts and amounts")
                    raise self.never_open(since, begun.unit, where, forward=forward)
            out = np.add(landed, table.origin, out=result[part])
            np.copyto(out, NAT, where=nat)
        return result.reshape(shape)

    def _landed(self, table: DayTable, unit: str, way: _Way, landing: Landing) -> tuple[Integers, Array]:
        """Return where *way* leads, and for each place whether it is none, as the table ends before."""
        end = self._timeline.days.stop * _DAY_SECONDS * _SECOND[unit] - table.origin
        idle = way.amounts == 0
        if landing is Landing.OPEN:
            landed, missing = table.landed(way.before, way.amounts, early=False)
            return landed, missing | (landed >= end)
        landed, missing = table.landed(way.before, way.amounts, early=True)
        missing |= landed >= end
        np.copyto(landed, way.places, where=idle)
        missing &= ~idle
        if landing is Landing.NEXT_DAY:
            later, absent = table.landed(way.before, way.amounts, early=False)
            missing |= absent | (later >= end)
            moved = np.flatnonzero((landed != later) & ~missing)
            if len(moved):
                same = self._same_day(table, unit, landed[moved], later[moved])
                landed[moved] = np.where(same, landed[moved], later[moved])
        return landed, missing

    def _same_day(self, table: DayTable, unit: str, met: Integers, more: Integers) -> Array:
        """
        Tell for edges that were met whether the calendar is open on both sides of the gap on one date.

        Args:
            table: Covers the edges.
            unit: Its unit.
            met: A closing, or an opening where the way leads back; or a place within the gap.
            more: The edge on the other side of the gap.
        """
        gap = np.searchsorted(table.openings, np.maximum(met, more)) - 1
        is_edge = np.where(met < more, met == table.closings.take(gap, mode="clip"), True) & (gap >= 0)
        gap = gap[is_edge]
        found = np.zeros(len(met), np.bool_)
        gaps, whose = np.unique(gap, return_inverse=True)

        def date_at(place: int) -> date:
            return (EPOCH + _span(place + table.origin, unit)).astimezone(self._tz).date()

        # A closing at 24:00 belongs to the day that it ends.
        tick = max(_SECOND[unit] // _SECOND["us"], 1)
        same = [
            date_at(int(table.closings[one]) - tick) == date_at(int(table.openings[one + 1]))
            for one in gaps.tolist()
        ]
        found[is_edge] = np.array(same, np.bool_)[whose]
        return found

    def _places(
        self, read: tuple[Instants, ...], parts: tuple[Integers, ...], scratch: Scratch
    ) -> tuple[DayTable, Integers, Array | None]:
        """
        Return the table to use for a chunk, the places in it, and where there is no time, if anywhere.

        Args:
            read: The whole of the data: where the table lacks a part, it grows to all of it at once.
            parts: The chunk, of the same arrays.
            scratch: Holds the places, one part after the other.
        """
        unit = read[0].unit
        places = scratch.place[: len(parts[0]) * len(parts)]
        table = self._tables.get(unit)
        if table is None:
            table = self.table_for(*read)
        _laid(places, parts, table.origin)
        if table.covers(places):
            return table, places, None
        # No time is left where it lies: any row will do for an answer that is thrown away.
        nat = places == _place_of_nat(table)
        if not table.covers_all_but(places, nat):
            table = self.table_for(*read)
            _laid(places, parts, table.origin)
            nat = places == _place_of_nat(table)
        return table, places, nat

    def _alike(self, one: Instants, other: Instants) -> tuple[Instants, Instants]:
        """Return both in the finer of their units, so that nothing is lost."""
        if one.dated is not other.dated:
            problem = (
                f"{one.what} and {other.what} must both have a date type of numpy, or both be int64, not "
                f"{_type_name(one)} and {_type_name(other)}"
            )
            raise DefinitionError(problem)
        unit = finer(one.unit, other.unit)
        for asked in (one, other):
            ratio = _SECOND[unit] // _SECOND[asked.unit]
            if ratio > 1 and asked.kind == "M":
                most = -(NAT + 1) // ratio
                over = (asked.values != NAT) & ((asked.values > most) | (asked.values < -most))
                if over.any():
                    raise self._out_of_range(asked)
        return in_unit(one, unit), in_unit(other, unit)

    def _grown(self, unit: str, days: range) -> DayTable:
        """Return a table of *days* and of all days between them and those of the present one; keep it."""
        known, table = self._timeline.days, self._tables.get(unit)
        start, stop = max(days.start, known.start), min(days.stop, known.stop)
        if table is not None:
            old = _days(table, unit)
            start, stop = min(start, old.start), max(stop, old.stop)
        day = _DAY_SECONDS * _SECOND[unit]
        spans = whole_units(_spans(self._timeline, range(start, stop)), unit)
        grown = DayTable.compiled(spans, start * day, stop * day, day)
        self._tables[unit] = grown
        return grown

    def _out_of_range(self, asked: Instants) -> OutOfRangeError:
        """Return the error for the first of the instants that the calendar does not know."""
        known, per_second = self._timeline.days, _SECOND[asked.unit]
        day = _DAY_SECONDS * per_second
        values = asked.values
        unknown = (values != NAT) & ((values < known.start * day) | (values >= known.stop * day))
        at = int(unknown.argmax())
        value = int(values.reshape(-1)[at])
        return self._timeline.out_of_range(_span(value, asked.unit), _where(at, values.shape, asked.what))


def finer(one: str, other: str) -> str:
    """Return the finer of two units."""
    return max(one, other, key=_SECOND.__getitem__)


def in_unit(asked: Instants, unit: str) -> Instants:
    """
    Return *asked* in *unit*, which is at least as fine as its own.

    What the finer unit cannot hold becomes the most that it can.
    """
    ratio = _SECOND[unit] // _SECOND[asked.unit]
    if ratio == 1:
        return asked
    most = -(NAT + 1) // ratio
    values = np.asarray(np.clip(asked.values, -most, most) * ratio)
    np.copyto(values, NAT, where=asked.values == NAT)
    return asked._replace(values=values, unit=unit)


def instants_of(values: ArrayLike, what: str, unit: str | None) -> Instants:
    """
    Return a caller's array of instants, read.

    Args:
        values: ``datetime64`` in s, ms, us or ns, in UTC; or int64, counted from 1970 in *unit*.
        what: What the caller calls it.
        unit: The unit of int64; ``None`` for ``datetime64``.

    Raises:
        DefinitionError: If it is anything else.
    """
    return _read(values, what, unit, "M")


def whole_units(spans: Integers, unit: str) -> Integers:
    """
    Return *spans*, in microseconds, in *unit*.

    Raises:
        DefinitionError: If one of them begins or ends between two instants of the unit.
    """
    per_second = _SECOND[unit]
    if per_second >= _SECOND["us"]:
        return spans * (per_second // _SECOND["us"])
    ratio = _SECOND["us"] // per_second
    whole, over = np.divmod(spans, ratio)
    if over.any():
        edge = EPOCH + _span(int(spans.reshape(-1)[(over != 0).argmax()]), "us")
        problem = (
            f"the calendar opens or closes at {edge}, which instants in {unit!r} cannot tell; "
            "give them in microseconds: .astype('datetime64[us]')"
        )
        raise DefinitionError(problem)
    return whole


def _read(values: Any, what: str, unit: str | None, kind: str) -> Instants:
    name = {"M": "datetime64", "m": "timedelta64"}[kind]
    if isinstance(values, np.ma.MaskedArray):
        problem = f"{what} is a masked array; fill what is masked: .filled(np.{name}('NaT'))"
        raise DefinitionError(problem)
    if unit is not None and unit not in _SECOND:
        problem = f"unit must be one of {', '.join(_SECOND)}, not {unit!r}"
        raise DefinitionError(problem)
    array = np.asarray(values)
    if array.dtype.kind == kind:
        found, count = np.datetime_data(array.dtype)
        if found in _SECOND and count == 1:
            if unit is not None:
                problem = f"unit={unit!r} is for int64; {what} has its own unit, {array.dtype}"
                raise DefinitionError(problem)
            return Instants(_native(array).view(np.int64), found, True, what, kind)
    elif array.dtype.kind == "i" and array.dtype.itemsize == 8:
        if unit is None:
            problem = f"{what} is int64; say what it counts: unit='s', 'ms', 'us' or 'ns'"
            raise DefinitionError(problem)
        return Instants(_native(array), unit, False, what, kind)
    problem = (
        f"{what} must be {name}[s], [ms], [us] or [ns] in UTC, or int64 with a unit, not {array.dtype}; "
        f"convert it with .astype('{name}[us]'); columns of data frames go through itsmkit.sla.frames"
    )
    raise DefinitionError(problem)


def _amounts_of(amounts: Any, begun: Instants, unit: str | None) -> Instants:
    if not isinstance(amounts, timedelta):
        return _read(amounts, "amounts", unit, "m")
    micros = amounts // _MICROSECOND
    found = next(unit for unit, per_second in _SECOND.items() if not micros * per_second % _SECOND["us"])
    whole = micros * _SECOND[found] // _SECOND["us"]
    exact = Instants(np.array(whole, np.int64), found, begun.dated, "amounts", "m")
    if begun.dated:
        return exact
    if finer(found, begun.unit) != begun.unit:
        problem = f"amounts is {amounts}, which is not a whole number of unit={begun.unit!r}"
        raise DefinitionError(problem)
    return in_unit(exact, begun.unit)


def _native(array: Array) -> Array:
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def _type_name(asked: Instants) -> str:
    name = {"M": "datetime64", "m": "timedelta64"}[asked.kind]
    return f"{name}[{asked.unit}]" if asked.dated else "int64"


def _dated(values: Integers, kind: str, like: Instants) -> Array:
    return values.view(f"{kind}8[{like.unit}]") if like.dated else values


def _broadcast(one: Integers, other: Integers) -> tuple[Integers, Integers, tuple[int, ...]]:
    """Return both, flat and of one length, and the shape that they have together."""
    try:
        one, other = np.broadcast_arrays(one, other)
    except ValueError:
        problem = f"arrays of the shapes {one.shape} and {other.shape} do not go together"
        raise DefinitionError(problem) from None
    return one.reshape(-1), other.reshape(-1), one.shape


def _chunks(length: int) -> Iterator[slice]:
    for start in range(0, length, CHUNK):
        yield slice(start, min(start + CHUNK, length))


def _scratch(length: int, parts: int) -> Scratch:
    return Scratch(min(length, CHUNK) * parts)


def _laid(places: Integers, parts: tuple[Integers, ...], origin: int) -> None:
    """Write the places of *parts* one after the other."""
    end = 0
    for part in parts:
        np.subtract(part, origin, out=places[end : end + len(part)])
        end += len(part)


def _place_of_nat(table: DayTable) -> int:
    """Return what becomes of `NAT` when the origin is taken from it: numpy's integers go round in circles."""
    return (NAT - table.origin + (1 << 63)) % (1 << 64) - (1 << 63)


def _spans(timeline: Timeline, days: range) -> Integers:
    """Return the beginnings and the ends of all openings in *days*, in microseconds since 1970."""
    start, end = days.start * DAY, days.stop * DAY
    last = end - _MICROSECOND
    # Beyond the last day that is known there is nothing to ask for.
    found = [*timeline.spans(start, end if days.stop in timeline.days else last)]
    edges = np.array(found, "timedelta64[us]").reshape(-1, 2).T.astype(np.int64)
    if found and found[-1][1] == last and timeline.is_open(last):
        edges[1, -1] += 1
    elif days.stop not in timeline.days and timeline.is_open(last):
        edges = np.append(edges, [[last // _MICROSECOND], [end // _MICROSECOND]], axis=1)
    return edges


def _days(table: DayTable, unit: str) -> range:
    day = _DAY_SECONDS * _SECOND[unit]
    return range((table.origin + table.first) // day, (table.origin + table.end) // day)


def _blocks(first: int, last: int) -> range:
    """Return the days from *first* to *last*, and as many around them as make whole blocks."""
    return range(first // _BLOCK * _BLOCK, (last // _BLOCK + 1) * _BLOCK)


def _span(value: int, unit: str) -> timedelta:
    """Return *value* as a duration, down to whole microseconds; no more than a datetime can hold."""
    micros = value * _SECOND["us"] // _SECOND[unit]
    lowest, highest = (limit // _MICROSECOND for limit in (_LOWEST - EPOCH, _HIGHEST - EPOCH))
    return timedelta(microseconds=min(max(micros, lowest), highest))


def _where(at: int, shape: tuple[int, ...], what: str) -> str:
    position = tuple(map(int, np.unravel_index(at, shape)))
    return f"at position {position[0] if len(position) == 1 else position} of {what}"
