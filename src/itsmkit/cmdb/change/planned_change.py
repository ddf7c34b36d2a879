"""A change that is planned: which configuration items it takes where, and when."""

from collections.abc import Iterable, Mapping
from typing import NewType

from attrs import field, frozen

from itsmkit._checks import is_a, named
from itsmkit._frozen import FrozenDict, as_tuple
from itsmkit._problems import name_problems, names_problems, shown
from itsmkit.calendars import TimeSpan
from itsmkit.cmdb.configuration_item import CIId
from itsmkit.cmdb.seed import Provenance, Seed
from itsmkit.errors import DefinitionError

__all__ = ["ChangeId", "PlannedChange"]

ChangeId = NewType("ChangeId", str)
"""The key of a change."""


def _levels(cis: Mapping[CIId, str | None] | Iterable[CIId]) -> Mapping[CIId, str | None]:
    if isinstance(cis, Mapping):
        return FrozenDict(cis)
    return FrozenDict(dict.fromkeys(as_tuple(cis)))


@frozen
class PlannedChange:
    """
    A change with its window, as far as impact is concerned.

    Args:
        id: The key of the change.
        cis: The configuration items that it works on, each with the level at which it is meanwhile;
            ``None``, or an id alone, stands for the worst. There may be none: people are busy all the same.
        window: When it is under way: from its start up to its end, not included. Not empty.
        assignees: Who does it.

    Raises:
        DefinitionError: With everything that is wrong: names that are none or stand twice, a window that is
            none or empty. That items and levels exist is checked against the graph that is asked.

    >>> from datetime import UTC, datetime
    >>> night = TimeSpan(datetime(2026, 5, 4, 22, tzinfo=UTC), datetime(2026, 5, 5, 2, tzinfo=UTC))
    >>> PlannedChange(ChangeId("CHG-1"), [CIId("web-1")], night).seeds[0].level is None
    True
    """

    id: ChangeId = field(validator=named)  # type: ignore[assignment]  # attrs takes the type of the validator
    cis: Mapping[CIId, str | None] = field(converter=_levels)
    window: TimeSpan
    assignees: tuple[str, ...] = field(default=(), converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        problems = list(names_problems("cis", self.cis))
        for ci, level in self.cis.items():
            if level is not None:
                problems += name_problems(f"cis[{ci!r}]", level, "a level")
        if not is_a(self.window, TimeSpan):
            problems.append(f"window: must be a TimeSpan, not {shown(self.window)}")
        elif self.window.start == self.window.end:
            problems.append(f"window: is empty at {self.window.start}; let it end after its start")
        problems += names_problems("assignees", self.assignees)
        if problems:
            raise DefinitionError(*(f"change {self.id}: {problem}" for problem in problems))

    @property
    def seeds(self) -> tuple[Seed, ...]:
        """Return what it does to its own items, for as long as its window: planned seeds, sorted by id."""
        since, until = self.window.start, self.window.end
        return tuple(
            Seed(ci, self.cis[ci], Provenance.PLANNED, since=since, until=until) for ci in sorted(self.cis)
        )

    def __str__(self) -> str:
        return self.id


def distinct_changes(changes: Iterable[PlannedChange]) -> tuple[PlannedChange, ...]:
    """
    Return changes, sorted by id.

    Raises:
        DefinitionError: If one is no change, or several have the same id.
    """
    given = as_tuple(changes)
    problems = [
        f"a PlannedChange is asked for, not {shown(each)}" for each in given if not is_a(each, PlannedChange)
    ]
    if not problems:
        ids = [each.id for each in given]
        problems = (
            [
                f"change {repeated} is given {ids.count(repeated)} times; give each an id of its own"
                for repeated in sorted({each for each in ids if ids.count(each) > 1})
            ]
            if len(set(ids)) < len(ids)
            else []
        )
    if problems:
        raise DefinitionError(*problems)
    return tuple(sorted(given, key=lambda each: each.id))
