"""
The value of a service desk: what it solves without other parties, and how close to the people it solves it.

========================  ============================================================================
Figure                    Definition
========================  ============================================================================
first contact resolution  of the tickets that are solved: the share that never went to another group, in
                          which the requester wrote nothing after the first message, and that never came
                          back
first-line resolution     of the tickets that are solved: the share that never was with a group of another
                          line than the first
dispatch rate             of the tickets that are solved: the share for which somebody went on site
shift-left index          mean of the levels at which needs were met, 0 for self-service to 3 for the third
                          line, taken from 1: from 0, all on the third line, to 1, all by self-service
========================  ============================================================================

A ticket is solved if it is resolved or closed at the end; what goes on in another ticket is not counted. All
are exact shares.

Source:
    ITIL 4, practice "Service desk": first contact resolution, and shift-left as moving work closer to users.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction

from attrs import define, field, frozen

from itsmkit._frozen import FrozenDict
from itsmkit._problems import shown
from itsmkit.errors import DefinitionError
from itsmkit.tickets import (
    Assigned,
    Commented,
    DetailsChanged,
    Fact,
    MergedInto,
    PublicMessage,
    StateChanged,
    StateCorrected,
    TicketEvent,
    TicketId,
    TicketLogged,
    Unmerged,
    WorkLogged,
)

__all__ = ["DeskValue", "FURTHEST_LINE", "ON_SITE", "desk_value"]

FURTHEST_LINE = 3
"""The line furthest from the people; what is with a group of no known line counts as this one."""

ON_SITE = frozenset({"on site", "visit"})
"""The activities of work logs that say that somebody went there."""

_SOLVED = ("resolved", "closed")


def _frozen(levels: Mapping[int, int]) -> FrozenDict[int, int]:
    return FrozenDict(levels)


@frozen
class DeskValue:
    """
    What a desk solves, and where; see the table of this module.

    Args:
        solved: How many tickets are solved.
        at_first_contact: How many of them at the first contact.
        by_first_line: How many of them by the first line alone.
        dispatched: For how many of them somebody went on site.
        levels: How many needs were met at each level, 0 for self-service.
    """

    solved: int
    at_first_contact: int
    by_first_line: int
    dispatched: int
    levels: Mapping[int, int] = field(converter=_frozen)

    @property
    def first_contact_resolution(self) -> Fraction | None:
        """The share solved at the first contact; ``None`` if nothing is solved."""
        return self._share(self.at_first_contact)

    @property
    def first_line_resolution(self) -> Fraction | None:
        """The share solved by the first line alone; ``None`` if nothing is solved."""
        return self._share(self.by_first_line)

    @property
    def dispatch_rate(self) -> Fraction | None:
        """The share for which somebody went on site; ``None`` if nothing is solved."""
        return self._share(self.dispatched)

    @property
    def shift_left_index(self) -> Fraction | None:
        """How close to the people needs are met, 0 to 1; ``None`` if none is met."""
        needs = sum(self.levels.values())
        if not needs:
            return None
        return 1 - Fraction(sum(level * count for level, count in self.levels.items()), FURTHEST_LINE * needs)

    def _share(self, count: int) -> Fraction | None:
        return Fraction(count, self.solved) if self.solved else None


@define
class _Life:
    """What the events tell of one ticket."""

    people: frozenset[object] = frozenset()
    category: str = "new"
    group: str | None = None
    groups: set[str] = field(factory=set)
    has_written: bool = False
    came_back: bool = False
    visited: bool = False
    is_elsewhere: bool = False

    def with_group(self, group: object) -> None:
        if isinstance(group, str):
            self.group = group
            self.groups.add(group)


def desk_value(
    events: Iterable[TicketEvent],
    lines: Mapping[str, int],
    *,
    self_service: int = 0,
    on_site: Collection[str] = ON_SITE,
) -> DeskValue:
    """
    Return the value of a desk.

    Args:
        events: All events of the tickets that count, in order.
        lines: The line of each support group by its id, 1 to `FURTHEST_LINE`.
        self_service: How many needs were met without a ticket, such as by an article.
        on_site: The activities of work logs that say that somebody went there.

    Raises:
        DefinitionError: If a line is none, or *self_service* is negative.
    """
    problems = [
        f"lines: {group!r} must be of line 1 to {FURTHEST_LINE}, not {shown(line)}"
        for group, line in lines.items()
        if type(line) is not int or not 1 <= line <= FURTHEST_LINE
    ]
    if type(self_service) is not int or self_service < 0:
        problems.append(f"self_service: must be a whole number of 0 or more, not {shown(self_service)}")
    if problems:
        raise DefinitionError(*problems)
    lives: dict[TicketId, _Life] = {}
    for event in events:
        _read(lives.setdefault(event.ticket_id, _Life()), event, on_site)
    solved = [each for each in lives.values() if each.category in _SOLVED and not each.is_elsewhere]
    levels: Counter[int] = Counter({0: self_service} if self_service else {})
    levels.update(_level(each.group, lines) for each in solved)
    ordered = {level: levels[level] for level in sorted(levels)}
    return DeskValue(
        solved=len(solved),
        at_first_contact=sum(
            len(each.groups) <= 1 and not each.has_written and not each.came_back for each in solved
        ),
        by_first_line=sum(all(_level(group, lines) == 1 for group in each.groups) for each in solved),
        dispatched=sum(each.visited for each in solved),
        levels=ordered,
    )


def _level(group: str | None, lines: Mapping[str, int]) -> int:
    # What nobody handed on was solved where it came in.
    return 1 if group is None else lines.get(group, FURTHEST_LINE)


def _read(life: _Life, event: TicketEvent, on_site: Collection[str]) -> None:
    fact: Fact = event.fact
    match fact:
        case TicketLogged(category=category, details=details):
            life.category = category
            life.people = frozenset(filter(None, (details.get("requester"), details.get("affected_person"))))
            life.with_group(details.get("support_group"))
        case StateChanged(category=category) | StateCorrected(category=category):
            life.came_back |= life.category in _SOLVED and category not in _SOLVED
            life.category = category
            if isinstance(fact, StateChanged):
                life.with_group(fact.details.get("support_group"))
        case Assigned(support_group=group):
            life.with_group(group)
        case DetailsChanged(changes=changes):
            life.with_group(changes.get("support_group"))
        case PublicMessage() | Commented(public=True):
            life.has_written |= event.actor.id in life.people
        case WorkLogged(entry=entry):
            life.visited |= entry.activity in on_site
        case MergedInto():
            life.is_elsewhere = True
        case Unmerged():
            life.is_elsewhere = False
