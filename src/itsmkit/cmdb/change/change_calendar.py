"""When configuration items may be changed, and when they must not be."""

from collections.abc import Iterable, Iterator, Mapping

from attrs import field, frozen

from itsmkit._checks import is_a
from itsmkit._frozen import EMPTY, FrozenDict
from itsmkit._problems import name_problems, shown
from itsmkit.calendars import (
    BusinessCalendar,
    BusinessTime,
    Recurrence,
    TimeSpan,
    merge_spans,
    subtract_spans,
)
from itsmkit.cmdb.configuration_item import CIId
from itsmkit.errors import DefinitionError

__all__ = ["ChangeCalendar", "Times"]

Times = BusinessTime | Recurrence | TimeSpan | Iterable[TimeSpan]
"""Some time: a calendar, windows that come again, one span or several."""

_Kept = BusinessTime | tuple[TimeSpan, ...]


def _kept(rules: Mapping[CIId | None, Times]) -> Mapping[CIId | None, _Kept]:
    return FrozenDict({ci: _time(f"{ci!r}", times) for ci, times in rules.items()})


def _time(where: str, times: Times) -> _Kept:
    if isinstance(times, BusinessTime):
        return times
    if isinstance(times, Recurrence):
        return BusinessCalendar.always(times.tz) & times
    spans: object = (times,) if isinstance(times, TimeSpan) else times
    if isinstance(spans, Iterable):
        spans = tuple(spans)
        if all(is_a(span, TimeSpan) for span in spans):
            return merge_spans(spans)
    problem = f"{where}: must be a calendar, a Recurrence, a TimeSpan or several of them, not {shown(times)}"
    raise DefinitionError(problem)


@frozen
class ChangeCalendar:
    """
    Maintenance windows and blackouts.

    A rule of a configuration item holds for every change that works on it, and for every change that makes
    it worse through the graph: who says when a service may be out does not care whose work it is. Every
    rule that holds must be kept; none replaces another.

    Args:
        windows: When each configuration item may be changed or made worse; at no other time. An item that
            is not named has no window to keep. ``None`` as an item stands for all changes.
        blackouts: When each must not be, in the same way.

    Raises:
        DefinitionError: If a rule is of no name, or its time is none. That the items exist is checked against
            the graph that is asked.

    >>> ChangeCalendar(windows={CIId("shop"): BusinessCalendar("Sun 00:00-06:00", "UTC")}).cis
    ('shop',)
    """

    windows: Mapping[CIId | None, _Kept] = field(default=EMPTY, converter=_kept)
    blackouts: Mapping[CIId | None, _Kept] = field(default=EMPTY, converter=_kept)

    def __attrs_post_init__(self) -> None:
        problems = [
            problem
            for name, rules in (("windows", self.windows), ("blackouts", self.blackouts))
            for ci in rules
            if ci is not None
            for problem in name_problems(name, ci, "the id of a configuration item")
        ]
        if problems:
            raise DefinitionError(*problems)

    @property
    def cis(self) -> tuple[CIId, ...]:
        """Return the configuration items that have a rule, sorted."""
        return tuple(sorted({ci for ci in (*self.windows, *self.blackouts) if ci is not None}))

    def forbidden(self, ci: CIId | None, within: TimeSpan) -> tuple[TimeSpan, ...]:
        """
        Return when in *within* the blackouts of a configuration item forbid changes.

        Args:
            ci: The configuration item, or ``None`` for the rule that stands for all changes.
            within: The time that is asked about.

        Returns:
            Clipped to *within*, in order, with a gap between neighbours; empty without such a rule.

        Raises:
            OutOfRangeError: If *within* lies outside the years that a calendar knows.
        """
        return tuple(_open(self.blackouts[ci], within)) if ci in self.blackouts else ()

    def closed(self, ci: CIId | None, within: TimeSpan) -> tuple[TimeSpan, ...]:
        """
        Return when in *within* a configuration item has no maintenance window; see `forbidden`.

        Raises:
            OutOfRangeError: If *within* lies outside the years that a calendar knows.
        """
        return subtract_spans([within], _open(self.windows[ci], within)) if ci in self.windows else ()


def _open(times: _Kept, within: TimeSpan) -> Iterator[TimeSpan]:
    if isinstance(times, BusinessTime):
        yield from times.open_spans(within.start, within.end)
        return
    for span in times:
        shared = span & within
        if shared is not None:
            yield shared
