"""
What-if: real histories judged under other agreements, beside what they were judged by.

No verdict changes silently. To judge again is asked for by name, and shows every difference.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from attrs import frozen

from itsmkit._checks import utc
from itsmkit._frozen import FrozenDict
from itsmkit.sla.agreement import ServiceLevelAgreement
from itsmkit.sla.clock import ClockReading, Verdict
from itsmkit.sla.followed_clock import Happening, read_followed

__all__ = ["Backtest", "Difference", "backtest"]


@frozen
class Difference:
    """
    A clock that shows something else under the proposed agreements.

    Args:
        ticket: The work.
        clock: The name of the clock.
        before: What it shows under the present agreements; ``None`` if they have no such clock.
        after: What it shows under the proposed ones; ``None`` if they have no such clock.
    """

    ticket: str
    clock: str
    before: ClockReading | None
    after: ClockReading | None

    @property
    def changes_verdict(self) -> bool:
        """Whether the verdict is another one, that of a finished cycle included."""
        return _verdicts(self.before) != _verdicts(self.after)

    def explain(self) -> str:
        """Return the difference as a line of text."""
        before, after = (
            "no clock" if reading is None else reading.explain() for reading in (self.before, self.after)
        )
        return f"{self.ticket}: {before} -> {after}"


@frozen
class Backtest:
    """
    What would have been.

    Args:
        at: The instant at which all clocks are read, in UTC.
        differences: The clocks that differ, in the order of the histories.
        verdicts: For each clock and each pair of verdicts, before and after, how many present cycles have
            them; ``None`` stands for no clock. Cycles before the present one are not counted.
    """

    at: datetime
    differences: tuple[Difference, ...]
    verdicts: Mapping[tuple[str, Verdict | None, Verdict | None], int]

    def count(self, clock: str, *, before: Verdict | None = None, after: Verdict | None = None) -> int:
        """Return how many present cycles of *clock* have these verdicts; ``None`` asks for any."""
        return sum(
            number
            for (name, was, now), number in self.verdicts.items()
            if name == clock and before in (None, was) and after in (None, now)
        )


def backtest(
    proposed: Iterable[ServiceLevelAgreement],
    histories: Mapping[str, Iterable[Happening]],
    *,
    current: Iterable[ServiceLevelAgreement],
    at: datetime,
) -> Backtest:
    """
    Judge *histories* under *proposed* agreements, as if they had always held, and return what differs.

    Both sides are read from the histories alone, finished cycles included, so that a verdict is given by the
    agreements of its side and by nothing that was recorded.

    Args:
        proposed: The agreements to try.
        histories: For each ticket what happened, in order: see `follow_clocks`.
        current: The agreements to compare with.
        at: The instant at which the clocks are read; events after it are not.

    Raises:
        DefinitionError: If *at* has no time zone.
        NeverOpenError: If a calendar has not enough open time left for a due instant.
    """
    at = utc(at, "at")
    present, other = tuple(current), tuple(proposed)
    differences = []
    verdicts: dict[tuple[str, Verdict | None, Verdict | None], int] = {}
    for ticket, history in histories.items():
        told = tuple(history)
        before, after = (read_followed(side, told, at) for side in (present, other))
        for clock in dict.fromkeys((*before, *after)):
            was, now = before.get(clock), after.get(clock)
            pair = clock, _verdict(was), _verdict(now)
            verdicts[pair] = verdicts.get(pair, 0) + 1
            if _shown(was) != _shown(now):
                differences.append(Difference(ticket, clock, was, now))
    return Backtest(at, tuple(differences), FrozenDict(verdicts))


def _verdict(reading: ClockReading | None) -> Verdict | None:
    return None if reading is None else reading.verdict


def _verdicts(reading: ClockReading | None) -> tuple[Verdict, ...]:
    if reading is None:
        return ()
    return (*(cycle.verdict for cycle in reading.cycles), reading.verdict)


def _shown(reading: ClockReading | None) -> object:
    """Return what there is to see of a reading: all but the digests of its terms."""
    if reading is None:
        return None
    dues = reading.due, reading.due_if_resumed_now, reading.was_due
    cycles: list[tuple[int, timedelta, Verdict, datetime]] = [
        (cycle.number, cycle.elapsed, cycle.verdict, cycle.was_due) for cycle in reading.cycles
    ]
    return reading.phase, reading.verdict, reading.cycle, reading.within, reading.elapsed, dues, cycles
