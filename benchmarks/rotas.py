"""
Who is on duty: a rota of three sites that follow the sun, with a secondary, overrides and leaves of a year.

Beside it stands what a user would write by hand: dateutil's rules for the hand-overs, asked each time, and
the hours read off the wall clock. The floor is one look into a sorted list of instants.
"""

from bisect import bisect_right
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from benchmarks._measure import Row, interleaved, micro, table
from itsmkit.calendars import BusinessCalendar
from itsmkit.rotas import DutyRole, Leave, Override, Roster, Rota, RotaLayer, fairness, gaps

__all__ = ["run"]

_SITES = {"Australia/Sydney": 8, "Europe/Berlin": 7, "America/New_York": 9}
_FIRST = datetime(2026, 1, 5)  # noqa: DTZ001  what the clocks of each site show
_BEGIN = datetime(2026, 1, 12, tzinfo=UTC)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_ASKED = 500


def run() -> str:
    """Return the table of rotas, whose answers are checked before."""
    roster, by_hand = _a_roster(), _by_hand()
    dice = Random(1)
    instants = [_BEGIN + dice.randrange(60 * 24 * 350) * timedelta(minutes=1) for _ in range(_ASKED)]
    planned = roster.without_changes()
    assert all([*planned.on_duty(at).as_role("primary")] == by_hand(at) for at in instants)
    year = (_BEGIN, _BEGIN + 350 * _DAY)
    assert not gaps(planned, *year)
    starts = [span.start for span, _ in roster.pieces(*year)]
    found = interleaved(
        {
            "on duty": lambda: _each(instants, roster.on_duty),
            "by hand": lambda: _each(instants[:25], by_hand),
            "floor": lambda: _each(instants, lambda at: bisect_right(starts, at)),
            "first": lambda: micro(lambda: _a_roster().on_duty(_BEGIN), repeats=3),
            "gaps": lambda: micro(lambda: gaps(roster, *year), repeats=1),
            "fairness": lambda: micro(lambda: fairness(roster, *year), repeats=1),
        },
        rounds=5,
    )
    rows = [
        _row("who is on duty, and why", found["on duty"], "dateutil, by hand", found["by hand"]),
        _row("the same", found["on duty"], "a look into a sorted list", found["floor"]),
        _row("the first question to a new rota", found["first"], "dateutil, by hand", found["by hand"]),
        _row("all gaps of a year", found["gaps"], "asking by hand each minute", found["by hand"] * 504_000),
        _row("fair shares of a year", found["fairness"], "the gaps of it", found["gaps"]),
    ]
    return table(f"Rotas: three sites, {len(starts):,} changes of duty a year", rows)


def _each(instants: list[datetime], ask: Callable[[datetime], object]) -> float:
    def work() -> None:
        for at in instants:
            ask(at)

    return micro(work, repeats=1) / len(instants)


def _a_roster() -> Roster:
    layers = [
        RotaLayer(tz, _people(tz), _FIRST, tz=tz, hours=BusinessCalendar(_hours(length), tz), priority=1)
        for tz, length in _SITES.items()
    ]
    layers += [
        RotaLayer("whatever is left", ["zoe"], _FIRST, rule="FREQ=YEARLY"),
        RotaLayer("second", ["yan", "xia"], _FIRST, rule="FREQ=DAILY", role="secondary"),
    ]
    rota = Rota("sun", "network", layers, roles=[DutyRole(people=1), DutyRole("secondary")])
    overrides = [
        Override(
            id=f"o{week}",
            rota="sun",
            person="vic",
            start=_BEGIN + week * 7 * _DAY,
            end=_BEGIN + week * 7 * _DAY + 5 * _HOUR,
            made_at=_BEGIN,
        )
        for week in range(50)
    ]
    leaves = [
        Leave(id=f"l{month}", person="yan", start=_BEGIN + month * 30 * _DAY, end=_BEGIN + month * 32 * _DAY)
        for month in range(1, 11)
    ]
    return Roster(rota, overrides=overrides, leaves=leaves)


def _people(tz: str) -> list[str]:
    return [f"{tz} {number}" for number in range(4)]


def _hours(length: int) -> str:
    return f"Mon-Sun 09:00-{9 + length:02}:00"


def _by_hand() -> Callable[[datetime], list[str]]:
    zones = {tz: ZoneInfo(tz) for tz in _SITES}

    def on_duty(at: datetime) -> list[str]:
        found = []
        for tz, length in _SITES.items():
            wall = at.astimezone(zones[tz]).replace(tzinfo=None)
            if 9 <= wall.hour < 9 + length:
                rule = rrulestr("FREQ=WEEKLY", dtstart=_FIRST)
                turns = len(rule.between(_FIRST, wall, inc=True))
                found.append(_people(tz)[(turns - 1) % 4])
        return found or ["zoe"]

    return on_duty


def _row(what: str, ours: float, beside: str, theirs: float) -> Row:
    ratio = f"{ours / theirs:,.1f}" if ours >= theirs else f"1 / {theirs / ours:,.0f}"
    return what, _time(ours), f"{beside}, {_time(theirs)}", ratio


def _time(seconds: float) -> str:
    if seconds < 1e-3:
        return f"{seconds * 1e6:.2f} µs"
    return f"{seconds * 1e3:.1f} ms" if seconds < 1 else f"{seconds:,.0f} s"
