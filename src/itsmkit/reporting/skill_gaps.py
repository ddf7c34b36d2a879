"""
Which skills a desk lacks: what tickets needed, and what became of those for which it was not there.

Nothing is counted while it happens: the same events give the same report, however often it is read. What
tickets need is told by what routing has recorded, and by their categories, so that there is something to read
before a desk routes at all.

Source:
    ITIL 4, practice "Workforce and talent management": skills that are needed are compared with those that
    are there. What counts as a sign of a gap is our choice.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from attrs import define, field, frozen

from itsmkit._checks import aware_instant, in_utc, is_a, named, utc
from itsmkit._figures import plural
from itsmkit._frozen import as_tuple
from itsmkit._problems import shown
from itsmkit.errors import DefinitionError
from itsmkit.practices.routing import CategoryNeed
from itsmkit.tickets import (
    DONE_CATEGORIES,
    CheckpointPassed,
    DetailsChanged,
    Escalated,
    RoutingRecorded,
    StateChanged,
    StateCorrected,
    TicketEvent,
    TicketLogged,
)
from itsmkit.tickets.structure import Person

__all__ = ["SkillGap", "SkillGapReport", "skill_gaps"]


@frozen(kw_only=True)
class SkillGap:
    """
    A skill, and the signs that there is too little of it.

    Args:
        skill: Its name.
        holders: How many people have it.
        needed: How many tickets needed it.
        unassignable: For how many of them nobody was to be had when they were routed.
        escalated: How many of them were handed to another line, or passed a checkpoint of which somebody was
            told.
        reopened: How many of them were taken up again after they were done.
    """

    skill: str = field(validator=named)
    holders: int
    needed: int
    unassignable: int = 0
    escalated: int = 0
    reopened: int = 0

    @property
    def is_missing(self) -> bool:
        """Whether nobody has it."""
        return not self.holders

    def __str__(self) -> str:
        """Return it as a sentence, without a full stop."""
        have = "nobody has it" if self.is_missing else f"{self.holders} can do it"
        signs = [
            f"{count} {sign}"
            for count, sign in (
                (self.unassignable, "unassignable"),
                (self.escalated, "escalated"),
                (self.reopened, "reopened"),
            )
            if count
        ]
        told = f": {', '.join(signs)}" if signs else ""
        return f"{self.skill}: {have}, {plural(self.needed, 'ticket')} needed it{told}"


@frozen(kw_only=True)
class SkillGapReport:
    """
    Which skills a desk lacks.

    Args:
        at: The instant at which it was looked who has what. Kept in UTC.
        needed_at_least: How many tickets have to need a skill that nobody has, for it to come first.
        gaps: The skills that nobody has, or of which there are signs of a gap; the worst first.
    """

    at: datetime = field(converter=in_utc, validator=aware_instant)
    needed_at_least: int
    gaps: tuple[SkillGap, ...] = field(converter=as_tuple)

    def explain(self) -> str:
        """Return a line for each gap, the worst first."""
        return "\n".join(map(str, self.gaps))


def skill_gaps(
    events: Iterable[TicketEvent],
    people: Iterable[Person],
    *,
    at: datetime,
    needs: Iterable[CategoryNeed] = (),
    needed_at_least: int = 3,
    since: datetime | None = None,
    until: datetime | None = None,
) -> SkillGapReport:
    """
    Return which skills a desk lacks.

    First come those that nobody has and that enough tickets needed, then those for which nobody was to be had
    the most often, then those with the most tickets that were escalated or taken up again.

    Args:
        events: What has happened to tickets, each ticket's in its order, from its beginning.
        people: Everybody who could have skills; who has left by *at*, has none.
        at: The instant at which skills count; aware.
        needs: What tickets need by their categories.
        needed_at_least: How many tickets have to need a skill that nobody has, for it to come first; at
            least 1.
        since: From when on tickets count that were logged; by default, from the beginning. Aware.
        until: Up to when, not included; by default, up to the end. Aware.

    Raises:
        DefinitionError: With everything that is wrong.
    """
    if not is_a(needed_at_least, int) or needed_at_least < 1:
        problem = f"needed_at_least must be at least 1, not {shown(needed_at_least)}"
        raise DefinitionError(problem)
    at = utc(at, "at")
    holders = _holders(people, at)
    gaps = [
        gap
        for gap in _counted(_read(events, tuple(needs), since, until), holders)
        if gap.is_missing or gap.unassignable or gap.escalated or gap.reopened
    ]
    gaps.sort(
        key=lambda each: (
            not (each.is_missing and each.needed >= needed_at_least),
            -each.unassignable,
            -(each.escalated + each.reopened),
            -each.needed,
            each.skill,
        )
    )
    return SkillGapReport(at=at, needed_at_least=needed_at_least, gaps=gaps)


@define
class _Course:
    """What is known of a ticket so far."""

    kind: str
    category: str = "new"
    needs: set[str] = field(factory=set)
    unassignable: set[str] = field(factory=set)
    is_escalated: bool = False
    is_reopened: bool = False


def _read(
    events: Iterable[TicketEvent],
    needs: tuple[CategoryNeed, ...],
    since: datetime | None,
    until: datetime | None,
) -> Iterator[_Course]:
    """Go through the tickets that count."""
    courses: dict[str, _Course] = {}
    for event in events:
        fact = event.fact
        if isinstance(fact, TicketLogged):
            at = event.effective_at
            if (since is None or since <= at) and (until is None or at < until):
                courses[event.ticket_id] = _Course(fact.kind, fact.category)
        course = courses.get(event.ticket_id)
        if course is not None:
            _follow(course, event, needs)
    return iter(courses.values())


def _follow(course: _Course, event: TicketEvent, needs: tuple[CategoryNeed, ...]) -> None:
    fact = event.fact
    match fact:
        case TicketLogged(details=told) | DetailsChanged(changes=told):
            _needed(course, told, needs)
        case StateChanged() | StateCorrected():
            if course.category in DONE_CATEGORIES and fact.category not in DONE_CATEGORIES:
                course.is_reopened = True
            course.category = fact.category
            if isinstance(fact, StateChanged):
                _needed(course, fact.details, needs)
        case CheckpointPassed(notified=notified):
            course.is_escalated = course.is_escalated or bool(notified)
        case Escalated():
            course.is_escalated = True
        case RoutingRecorded():
            course.needs.update(fact.needs)
            if fact.fallback is not None:
                course.unassignable.update(fact.needs)
        case _:
            pass


def _needed(course: _Course, told: Mapping[str, object], needs: tuple[CategoryNeed, ...]) -> None:
    """Note what a ticket needs by the category that it is given."""
    category = told.get("category")
    if not needs or not isinstance(category, str):
        return
    parts = {part.strip() for part in category.split("/")}
    for need in needs:
        if need.kind in (None, course.kind) and need.category in parts:
            course.needs.update(each.name for each in need.skills if each.is_hard)


def _holders(people: Iterable[Person], at: datetime) -> dict[str, int]:
    """Return how many people have each skill."""
    found: dict[str, int] = {}
    for person in people:
        if person.is_active_at(at):
            for skill in person.skills_at(at):
                found[skill] = found.get(skill, 0) + 1
    return found


def _counted(courses: Iterable[_Course], holders: Mapping[str, int]) -> list[SkillGap]:
    counts: dict[str, list[int]] = {}
    for course in courses:
        for skill in course.needs:
            count = counts.setdefault(skill, [0, 0, 0, 0])
            count[0] += 1
            count[1] += skill in course.unassignable
            count[2] += course.is_escalated
            count[3] += course.is_reopened
    return [
        SkillGap(
            skill=skill,
            holders=holders.get(skill, 0),
            needed=needed,
            unassignable=unassignable,
            escalated=escalated,
            reopened=reopened,
        )
        for skill, (needed, unassignable, escalated, reopened) in counts.items()
    ]
