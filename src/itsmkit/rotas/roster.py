"""
A rota and all that has changed it: who is on duty at any instant, and over any time.

What holds at an instant is decided in one place, `_Window.posts_at`. It changes only where a turn, hours, an
override, a swap or a leave begins or ends; between two such edges it is the same. So whatever is asked over
some time is asked once for each piece between two edges, and is exact.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from typing import NamedTuple, Self

from attrs import evolve, field, frozen

from itsmkit._checks import utc
from itsmkit._frozen import as_tuple
from itsmkit._problems import distinct_problems, instance_problems, items_problems
from itsmkit.calendars import OutOfRangeError, Recurrence, TimeSpan
from itsmkit.errors import DefinitionError
from itsmkit.rotas.changes import Leave, Override, Swap
from itsmkit.rotas.duty import Duty, DutyReason, DutyRule, OnDuty, Post
from itsmkit.rotas.rota import LeaveRule, Rota, RotaLayer

__all__ = ["LOOK_AHEAD", "Roster"]

LOOK_AHEAD = timedelta(days=2 * 366)
"""How far is looked for who is on duty next."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_END = datetime(2201, 1, 1, tzinfo=UTC)
_BLOCK = timedelta(days=64)
"""How much time is compiled at once: some milliseconds of work, for thousands of questions."""

_KNOWN = TimeSpan(_EPOCH, _END)


class _Seat(NamedTuple):
    """A place on duty while it is decided who has it."""

    person: str
    layer: RotaLayer | None
    turn: int
    because: tuple[DutyReason, ...]


class _Piece(NamedTuple):
    """Time in which nothing changes."""

    start: datetime
    end: datetime
    posts: tuple[Post, ...]


_Table = tuple[list[datetime], list[tuple[Post, ...] | None]]
"""The posts from each of some instants to the next; ``None`` for what is not known."""


class _Steps(NamedTuple):
    """What holds from each of some instants to the next."""

    starts: list[datetime]
    turns: list[int | None]

    def at(self, instant: datetime) -> int | None:
        place = bisect_right(self.starts, instant) - 1
        return self.turns[place] if place >= 0 else None


@frozen
class Roster:
    """
    A rota with all that has changed it.

    It answers for the years 1970 to 2200, or as far as the calendars of its hours know what is open. What it
    is asked at an instant, it looks up in a table of the days around it, which is made when it is first
    needed. Threads may share it.

    Args:
        rota: What is planned.
        overrides: Who is on duty in place of others. Those of other rotas, and those that do not hold, are
            left aside.
        swaps: Who has exchanged time on duty. As above.
        leaves: Who is away. Those that do not hold are left aside.

    Raises:
        DefinitionError: If one of them is something else, or two overrides, swaps or leaves have one id.

    >>> from datetime import datetime, timedelta
    >>> from zoneinfo import ZoneInfo
    >>> from itsmkit.rotas import Rota, RotaLayer
    >>> week = RotaLayer("week", ["ann", "bob"], "2026-01-05T09:00")
    >>> roster = Roster(Rota("network", "network", [week], tz="Europe/Berlin"))
    >>> monday = datetime(2026, 1, 12, 9, tzinfo=ZoneInfo("Europe/Berlin"))
    >>> roster.on_duty(monday).people, roster.on_duty(monday - timedelta(minutes=1)).people
    (('bob',), ('ann',))
    >>> print(roster.on_duty(monday).explain())
    network at 2026-01-12T08:00:00+00:00:
      primary: bob; bob has turn 1 of layer 'week'
    """

    rota: Rota
    overrides: tuple[Override, ...] = field(default=(), kw_only=True, converter=as_tuple)
    swaps: tuple[Swap, ...] = field(default=(), kw_only=True, converter=as_tuple)
    leaves: tuple[Leave, ...] = field(default=(), kw_only=True, converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        problems = [*instance_problems("rota", self.rota, Rota)]
        for path, values, kind in (
            ("overrides", self.overrides, Override),
            ("swaps", self.swaps, Swap),
            ("leaves", self.leaves, Leave),
        ):
            wrong = [*items_problems(path, values, kind)]
            problems += wrong or distinct_problems(path, (getattr(each, "id", None) for each in values))
        if problems:
            raise DefinitionError(*(f"Roster: {each}" for each in problems))

    # -- at an instant ---------------------------------------------------------------------------

    def on_duty(self, at: datetime) -> OnDuty:
        """
        Return who is on duty at an instant.

        Cost: microseconds, a look-up; the first question about some days takes milliseconds.

        Args:
            at: Timezone-aware, in any zone. At a hand-over it is the next one.

        Raises:
            DefinitionError: If *at* is naive.
            OutOfRangeError: If *at* lies outside what the roster knows.
        """
        at = utc(at, "at")
        block = (at - _EPOCH) // _BLOCK
        table = self._tables.get(block)
        if table is None:
            table = self._compiled(block, at)
        starts, found = table
        posts = found[bisect_right(starts, at) - 1]
        if posts is None:
            raise self._unknown(at)
        return OnDuty(self.rota.name, self.rota.team, at, posts)

    def next_on_duty(
        self, at: datetime, *, role: str | None = None, person: str | None = None
    ) -> Duty | None:
        """
        Return the duty that begins next after an instant.

        A duty that goes on for another reason, such as the next turn of the same person right after the last,
        is none that begins.

        Cost: grows with what changes up to the answer.

        Args:
            at: Timezone-aware, in any zone. What begins at this very instant is not meant.
            role: As what; ``None`` for any role.
            person: Who; ``None`` for anybody.

        Returns:
            The first; of several that begin at once, that of the role that the rota names first. ``None`` if
            none begins in `LOOK_AHEAD`.

        Raises:
            DefinitionError: If *at* is naive, or the rota has no such role.
            OutOfRangeError: If *at* lies outside what the roster knows.
        """
        at = utc(at, "at")
        if role is not None:
            self.rota.role(role)
        before = {(each.role, each.person) for each in self.on_duty(at).posts}
        limit = min(at + LOOK_AHEAD, self.known.end)
        start, length = at, _BLOCK
        while start < limit:
            end = min(start + length, limit)
            for piece in self._pieces(start, end):
                for post in piece.posts:
                    if (
                        post.person is not None
                        and (post.role, post.person) not in before
                        and role in (None, post.role)
                        and person in (None, post.person)
                    ):
                        return next(
                            each
                            for each in self.duties(
                                piece.start, piece.start + timedelta.resolution, whole=True
                            )
                            if (each.role, each.person) == (post.role, post.person)
                        )
                before = {(each.role, each.person) for each in piece.posts}
            start, length = end, length * 2
        return None

    # -- over some time --------------------------------------------------------------------------

    def duties(self, since: datetime, until: datetime, *, whole: bool = False) -> tuple[Duty, ...]:
        """
        Return who is on duty between two instants, by when it begins, then in the order of roles.

        A duty is cut where its reason changes: at a hand-over too if the same person has the next turn.

        Cost: grows with what changes between the instants, some ten microseconds for each.

        Args:
            since: Timezone-aware, in any zone.
            until: Timezone-aware; if it is not after *since*, there is none.
            whole: Whether a duty that begins before or ends after them is told as a whole, and not cut off
                there. It is looked for up to `LOOK_AHEAD` to either side.

        Raises:
            DefinitionError: If an end is naive.
            OutOfRangeError: If an end lies outside what the roster knows.
        """
        since, until = utc(since, "since"), utc(until, "until")
        if until <= since:
            return ()
        if not whole:
            return tuple(self._joined(self._pieces(since, until)))
        known, reach = self.known, _BLOCK
        while True:
            start = max(since - reach, min(since, known.start))
            end = min(until + reach, max(until, known.end))
            found = [
                each
                for each in self._joined(self._pieces(start, end))
                if each.span.start < until and since < each.span.end
            ]
            is_cut = any(
                (each.span.start == start and start > known.start)
                or (each.span.end == end and end < known.end)
                for each in found
            )
            if not is_cut or reach >= LOOK_AHEAD:
                return tuple(found)
            reach = min(reach * 4, LOOK_AHEAD)

    def pieces(self, since: datetime, until: datetime) -> Iterator[tuple[TimeSpan, tuple[Post, ...]]]:
        """
        Go through the time between two instants in pieces, in each of which nothing changes.

        Args:
            since: Timezone-aware, in any zone.
            until: Timezone-aware; if it is not after *since*, there is none.

        Yields:
            Spans, each of which begins where the last ended, and the posts in it.

        Raises:
            DefinitionError: If an end is naive.
            OutOfRangeError: If an end lies outside what the roster knows.
        """
        for start, end, posts in self._pieces(utc(since, "since"), utc(until, "until")):
            yield TimeSpan(start, end), posts

    @cached_property
    def people(self) -> frozenset[str]:
        """All who may be on duty at some time: those of the rota, and whoever comes in by a change."""
        found = {*self.rota.people}
        changes: tuple[Override | Swap, ...] = (*self.overrides, *self.swaps)
        for change in changes:
            if change.rota == self.rota.name:
                found.update((change.person, change.other) if isinstance(change, Swap) else (change.person,))
        covers = [(each.person, each.covered_by) for each in self.leaves if each.covered_by is not None]
        while coming := {cover for person, cover in covers if person in found and cover not in found}:
            found |= coming  # who covers for somebody who covers, may be on duty, too
        return frozenset(found)

    @cached_property
    def known(self) -> TimeSpan:
        """The time for which it answers."""
        known = _KNOWN
        for layer in self.rota.layers:
            if layer.hours is not None:
                hours = layer.hours.known  # what ends with its last instant, can be asked up to that one
                asked = TimeSpan(hours.start, hours.end - timedelta.resolution)
                known = known & asked or TimeSpan(known.start, known.start)
        return known

    def without_changes(self) -> Self:
        """Return the roster as it was planned."""
        return evolve(self, overrides=(), swaps=(), leaves=())

    # -- how it is done --------------------------------------------------------------------------

    @cached_property
    def _tables(self) -> dict[int, "_Table"]:
        """What is compiled so far, by blocks of days; two threads may make the same block, to no harm."""
        return {}

    def _compiled(self, block: int, at: datetime) -> "_Table":
        if at not in self.known:
            raise self._unknown(at)
        whole = TimeSpan(_EPOCH + block * _BLOCK, _EPOCH + (block + 1) * _BLOCK)
        span = whole & self.known
        assert span is not None  # noqa: S101  # the instant lies in both
        pieces = [*self._pieces(span.start, span.end)]
        starts = [piece.start for piece in pieces]
        posts: list[tuple[Post, ...] | None] = [piece.posts for piece in pieces]
        if span != whole:
            # What comes after the last piece is not known, and what comes before the first finds this too.
            starts.append(span.end)
            posts.append(None)
        self._tables[block] = starts, posts
        return starts, posts

    def _unknown(self, at: datetime) -> OutOfRangeError:
        because = "the rota answers as far as its calendars know what is open"
        return OutOfRangeError(at, self.known.start, self.known.end, because)

    def _pieces(self, since: datetime, until: datetime) -> Iterator[_Piece]:
        """Yield the pieces between two instants, neighbours of the same posts as one."""
        if until <= since:
            return
        for instant in (since, until):
            if not self.known.start <= instant <= self.known.end:
                raise self._unknown(instant)
        window = _Window(self, TimeSpan(since, until))
        start, posts = since, window.posts_at(since)
        for edge in window.edges:
            now = window.posts_at(edge)
            if now != posts:
                yield _Piece(start, edge, posts)
                start, posts = edge, now
        yield _Piece(start, until, posts)

    def _joined(self, pieces: Iterable[_Piece]) -> list[Duty]:
        """Return the duties of pieces that follow each other."""
        places = {role.name: place for place, role in enumerate(self.rota.roles)}
        running: dict[Post, datetime] = {}
        found: list[Duty] = []
        end = _EPOCH
        for piece in pieces:
            now = {post for post in piece.posts if post.person is not None}
            over = [post for post in running if post not in now]
            found.extend(_duty(post, running.pop(post), piece.start) for post in over)
            for post in now:
                running.setdefault(post, piece.start)
            end = piece.end
        found.extend(_duty(post, start, end) for post, start in running.items())
        found.sort(key=lambda each: (each.span.start, places[each.role], each.person, each.span.end))
        return found


def _duty(post: Post, start: datetime, end: datetime) -> Duty:
    assert post.person is not None  # noqa: S101  # vacant posts are no duties
    return Duty(TimeSpan(start, end), post.role, post.person, post.because)


class _Window:
    """All that may matter between two instants, ready to be asked at each."""

    def __init__(self, roster: Roster, span: TimeSpan) -> None:
        self._rota = roster.rota
        edges: set[datetime] = set()
        self._layers: dict[str, list[tuple[RotaLayer, _Steps]]] = {
            role.name: [
                (layer, _steps(roster.rota, layer, span)) for layer in roster.rota.layers_of(role.name)
            ]
            for role in roster.rota.roles
        }
        for layers in self._layers.values():
            for _, steps in layers:
                edges.update(steps.starts)
        self._exchanges: dict[str, list[Override | Swap]] = defaultdict(list)
        name = self._rota.name
        changes: tuple[Override | Swap, ...] = (*roster.overrides, *roster.swaps)
        for change in sorted(changes, key=lambda each: (each.made_at, each.id)):
            if change.rota == name and change.holds:
                spans = (change.span, change.other_span) if isinstance(change, Swap) else (change.span,)
                if any(each & span for each in spans):
                    self._exchanges[change.role].append(change)
                    edges.update(edge for each in spans for edge in (each.start, each.end))
        self._leaves: dict[str, list[Leave]] = defaultdict(list)
        for leave in sorted(roster.leaves, key=lambda each: (each.start, each.id)):
            if leave.holds and leave.span & span:
                self._leaves[leave.person].append(leave)
                edges.update((leave.start, leave.end))
        self.edges = sorted(edge for edge in edges if span.start < edge < span.end)

    def posts_at(self, at: datetime) -> tuple[Post, ...]:
        """Return all posts at an instant of the window, role by role, vacant ones too."""
        posts: list[Post] = []
        for role in self._rota.roles:
            seats = self._seats(role.name, role.people, at)
            for change in self._exchanges.get(role.name, ()):
                seats = _exchanged(seats, change, at)
            posts += self._present(role.name, seats, at)
        return tuple(posts)

    def _seats(self, role: str, wanted: int, at: datetime) -> list[_Seat]:
        """Return whose turn it is in the layers of a role, as far down as it takes."""
        seats: list[_Seat] = []
        priority = None
        for layer, steps in self._layers[role]:
            if layer.priority != priority:
                if len({seat.person for seat in seats}) >= wanted:
                    break
                priority = layer.priority
            turn = steps.at(at)
            if turn is not None:
                person = layer.people[turn % len(layer.people)]
                because = DutyReason(DutyRule.TURN, layer.name, person, turn=turn)
                seats.append(_Seat(person, layer, turn, (because,)))
        return seats

    def _present(self, role: str, seats: list[_Seat], at: datetime) -> Iterator[Post]:
        """Yield the posts of a role once everybody who is away has left theirs."""
        taken = {seat.person for seat in seats if self._leave_of(seat.person, at) is None}
        told: set[str] = set()
        for seat in seats:
            leave = self._leave_of(seat.person, at)
            person: str | None = seat.person
            because = seat.because
            if leave is not None:
                because += (DutyReason(DutyRule.LEAVE, leave.id, seat.person),)
                found = self._in_place_of(role, seat, leave, at, taken)
                person = None
                if found is not None:
                    person = found.person
                    taken.add(person)
                    because += (found,)
            if person is None or person not in told:
                yield Post(role, person, because)
            if person is not None:
                told.add(person)

    def _in_place_of(
        self, role: str, seat: _Seat, leave: Leave, at: datetime, taken: set[str]
    ) -> DutyReason | None:
        """Return who takes the seat of somebody who is away; ``None`` if nobody does."""
        cover = leave.covered_by
        if cover is not None and self._leave_of(cover, at) is None:
            return DutyReason(DutyRule.COVER, leave.id, cover, seat.person)
        rule = self._rota.on_leave
        if rule is LeaveRule.NEXT_PERSON and seat.layer is not None:
            for person in _after(seat.layer, seat.turn):
                if self._is_free(person, at, taken):
                    return DutyReason(DutyRule.NEXT_PERSON, seat.layer.name, person, seat.person)
        if rule is LeaveRule.LOWER_LAYER:
            for layer, steps in self._layers[role]:
                turn = steps.at(at)
                if turn is None or (seat.layer is not None and layer.priority >= seat.layer.priority):
                    continue
                person = layer.people[turn % len(layer.people)]
                if self._is_free(person, at, taken):
                    return DutyReason(DutyRule.LOWER_LAYER, layer.name, person, seat.person)
        return None

    def _is_free(self, person: str, at: datetime, taken: set[str]) -> bool:
        return person not in taken and self._leave_of(person, at) is None

    def _leave_of(self, person: str, at: datetime) -> Leave | None:
        for leave in self._leaves.get(person, ()):
            if leave.start <= at < leave.end:
                return leave
        return None


def _after(layer: RotaLayer, turn: int) -> Iterator[str]:
    """Yield the people of a layer in their order, after the one whose turn it is."""
    people = layer.people
    for step in range(1, len(people)):
        yield people[(turn + step) % len(people)]


def _exchanged(seats: list[_Seat], change: Override | Swap, at: datetime) -> list[_Seat]:
    """Return the seats as an override or a swap has them at an instant."""
    if isinstance(change, Swap):
        ways = {
            change.person: (change.start, change.end, change.other),
            change.other: (change.other_start, change.other_end, change.person),
        }
        return [
            _given(seat, way[2], DutyRule.SWAP, change.id)
            if (way := ways.get(seat.person)) is not None and way[0] <= at < way[1]
            else seat
            for seat in seats
        ]
    if not change.start <= at < change.end:
        return seats
    if change.instead_of is not None:
        return [
            _given(seat, change.person, DutyRule.OVERRIDE, change.id)
            if seat.person == change.instead_of
            else seat
            for seat in seats
        ]
    if not seats:
        return [_Seat(change.person, None, 0, (DutyReason(DutyRule.OVERRIDE, change.id, change.person),))]
    return [_given(seats[0], change.person, DutyRule.OVERRIDE, change.id)]


def _given(seat: _Seat, person: str, rule: DutyRule, source: str) -> _Seat:
    reason = DutyReason(rule, source, person, seat.person)
    return _Seat(person, seat.layer, seat.turn, (*seat.because, reason))


# -- turns ------------------------------------------------------------------------------------------------


def _steps(rota: Rota, layer: RotaLayer, span: TimeSpan) -> _Steps:
    """Return whose turn it is in a layer, from which instant on, as far as it matters in a span."""
    recurrence = layer.handing_over(rota.tz)
    handovers = _handovers(recurrence, span.end.year)
    first = max(bisect_right(handovers, span.start) - 1, 0)
    last = bisect_right(handovers, span.end)
    starts: list[datetime] = [*handovers[first:last]]
    turns: list[int | None] = [*range(first, last)]
    if layer.until is not None:
        until = _instant(layer.until, recurrence)
        kept = bisect_right(starts, until - timedelta.resolution)
        starts, turns = [*starts[:kept], until], [*turns[:kept], None]
    if layer.hours is None or not starts:
        return _Steps(starts, turns)
    whole = _Steps(starts, turns)
    cut: dict[datetime, int | None] = {span.start: None}
    for hours in layer.hours.open_spans(span.start, span.end):
        opens, closes = utc(hours.start, "start"), utc(hours.end, "end")
        cut[opens] = whole.at(opens)
        place = bisect_right(starts, opens)
        while place < len(starts) and starts[place] < closes:
            cut[starts[place]] = turns[place]
            place += 1
        cut[closes] = None
    return _Steps([*cut], [*cut.values()])


def _instant(local: str, recurrence: Recurrence) -> datetime:
    """Return when the clocks show a time first; one that they never show is later by what they skip."""
    return datetime.fromisoformat(local).replace(tzinfo=recurrence.tz).astimezone(UTC)


@lru_cache(maxsize=1024)
def _handovers(recurrence: Recurrence, year: int) -> tuple[datetime, ...]:
    """Return all hand-overs from the first one to the end of a year: the number of a turn is its place."""
    end = datetime(min(year + 1, 2201), 1, 2, tzinfo=UTC)
    found: list[datetime] = []
    for handover in recurrence.openings(_EPOCH):
        if handover >= end:
            break
        found.append(handover)
    return tuple(found)
