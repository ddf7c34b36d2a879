"""What a simulated organisation is made of: places, what goes wrong there, and who sets it right."""

from collections.abc import Iterable, Mapping

from attrs import field, frozen

from itsmkit._frozen import as_tuple, frozen_dict
from itsmkit.calendars import BusinessCalendar
from itsmkit.desk import DeskConfig

__all__ = ["HOURS", "LIVE_CHANNELS", "Pace", "Site", "Topic", "WEEKDAYS", "World", "agents_of"]

LIVE_CHANNELS = frozenset({"phone", "chat", "walk-in"})
"""The channels on which somebody of the desk takes part, and which nobody answers out of hours."""

HOURS = (1, 1, 1, 1, 1, 2, 5, 14, 38, 52, 48, 40, 26, 36, 42, 38, 28, 15, 7, 5, 4, 3, 2, 1)
"""How busy each hour of the day is, by a site's own clock."""

WEEKDAYS = (13, 11, 10, 10, 8, 6, 6)
"""How busy each day is, from Monday to Sunday."""


@frozen
class Site:
    """
    A place where people work and need help.

    Args:
        name: Its name.
        size: How busy it is, compared with the others.
        channels: How its people get in touch, by weight.
        callers: The first and the last number of its people.
        calendar: The name of its calendar; by default, its own.
        service_desk: The support group whom its people get in touch with.
        first_line: The support group that everything comes to first; by default, the same.
    """

    name: str
    size: int
    channels: Mapping[str, int] = field(converter=frozen_dict)
    callers: tuple[int, int]
    calendar: str = field()
    service_desk: str = field()
    first_line: str = field()

    @calendar.default
    def _own_calendar(self) -> str:
        return self.name

    @service_desk.default
    def _own_desk(self) -> str:
        return f"service desk {self.name}"

    @first_line.default
    def _its_desk(self) -> str:
        return self.service_desk


@frozen
class Topic:
    """
    What an incident may be about.

    Args:
        category: What the desk calls it.
        service: The service that suffers.
        groups: The support groups of the second and the third line, as far as there are.
        resolutions: What may set it right.
        item: The kind of configuration item at fault, if it is of a kind that is recorded.
        fails_a_site: Whether it can fail for everybody at once.
    """

    category: str
    service: str
    groups: tuple[str, ...]
    resolutions: tuple[str, ...]
    item: str | None = None
    fails_a_site: bool = False


@frozen
class Pace:
    """
    How quickly work of one priority goes, from the shortest to the longest time of each step.

    Args:
        respond: Minutes until somebody looks at it.
        start: Minutes that it waits in the queue of a support group.
        work: Minutes of work in each group that has it.
    """

    respond: tuple[int, int]
    start: tuple[int, int]
    work: tuple[int, int]


@frozen(kw_only=True)
class World:
    """
    A simulated organisation.

    Args:
        sites: Its places.
        topics: What its incidents are about, by weight.
        agents: The people of each support group.
        paces: The pace of each priority.
        impacts: The levels of impact, by weight.
        urgencies: The levels of urgency, by weight.
        gravest: The impact of what fails a whole site.
        most_urgent: The urgency that the desk itself finds now and then.
        when_it_fails: The urgencies of those who report such a failure, by weight.
        lines: How many lines an incident goes through, by weight.
        around_the_clock: The priorities that are worked on at any hour, by the calendar ``"always"``.
        assigned: The state of what waits in the queue of a group.
        waiting: The state of what waits for others.
        back: The states through which waiting and reopened work comes back to those who work on it; the last
            is that of work.
        waits_for: For whom it waits, by weight.
        incidents: How many there are in a month.
    """

    sites: tuple[Site, ...] = field(converter=as_tuple)
    topics: Mapping[Topic, int]
    agents: Mapping[str, tuple[str, ...]] = field(converter=frozen_dict)
    paces: Mapping[str, Pace] = field(converter=frozen_dict)
    impacts: Mapping[str, int] = field(converter=frozen_dict)
    urgencies: Mapping[str, int] = field(converter=frozen_dict)
    gravest: str
    most_urgent: str
    when_it_fails: Mapping[str, int] = field(converter=frozen_dict)
    lines: Mapping[int, int]
    around_the_clock: frozenset[str] = frozenset()
    assigned: str = "Assigned"
    waiting: str = "Pending"
    back: tuple[str, ...] = ("In Progress",)
    waits_for: Mapping[str, int] = field(converter=frozen_dict)
    incidents: int

    @property
    def working(self) -> str:
        """The state of what somebody works on."""
        return self.back[-1]

    def hours_of(self, config: DeskConfig, site: str | None) -> BusinessCalendar:
        """Return the hours of a site."""
        (found,) = (each for each in self.sites if each.name == site)
        return config.calendars[found.calendar]


def agents_of(groups: Mapping[str, int]) -> Mapping[str, tuple[str, ...]]:
    """Return so many people for each of *groups*; nobody is in two of them."""
    agents: dict[str, tuple[str, ...]] = {}
    first = 1
    for group, size in groups.items():
        agents[group] = tuple(f"agent {number:02}" for number in _numbers(first, size))
        first += size
    return frozen_dict(agents)


def _numbers(first: int, count: int) -> Iterable[int]:
    return range(first, first + count)
