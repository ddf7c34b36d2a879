"""
Themes of complaints: what is complained of again and again, with the evidence.

A theme is a tag of a complaint that begins with ``theme-``, such as ``theme-waiting``, so that people can
name it, rules can set it, and conditions can ask for it.

Source:
    ISO 10002:2018, clause 8.2: complaints are classified and analysed for systematic, recurring problems.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from attrs import field, frozen

from itsmkit._checks import aware_instant, in_utc, named
from itsmkit._frozen import EMPTY, as_tuple, frozen_dict
from itsmkit._problems import instance_problems, shown
from itsmkit.errors import DefinitionError
from itsmkit.tickets import Ticket, TicketId

__all__ = ["CrossedTheme", "THEME", "ThemeRules", "ThemeThreshold", "crossed_themes", "themes_of"]

THEME = "theme-"
"""What the tag of a theme begins with."""


@frozen
class ThemeThreshold:
    """
    How many complaints about one thing are a matter for continual improvement.

    Args:
        complaints: How many.
        within: In which time, by the instants at which they were made.

    Raises:
        DefinitionError: If there are fewer than one, or the time is none.
    """

    complaints: int = 3
    within: timedelta = timedelta(days=30)

    def __attrs_post_init__(self) -> None:
        problems = []
        if type(self.complaints) is not int or self.complaints < 1:
            problems.append(f"complaints: must be a whole number of 1 or more, not {shown(self.complaints)}")
        if not isinstance(self.within, timedelta) or self.within <= timedelta(0):
            problems.append(f"within: must be more than no time, not {shown(self.within)}")
        if problems:
            raise DefinitionError(*problems)


@frozen
class ThemeRules:
    """
    The thresholds of themes.

    Args:
        usual: That of every theme.
        of: Those of some, by theme.

    Raises:
        DefinitionError: If one is none.
    """

    usual: ThemeThreshold = ThemeThreshold()
    of: Mapping[str, ThemeThreshold] = field(default=EMPTY, converter=frozen_dict)

    def __attrs_post_init__(self) -> None:
        problems = [*instance_problems("usual", self.usual, ThemeThreshold)]
        for theme, threshold in self.of.items():
            problems += instance_problems(f"of.{theme}", threshold, ThemeThreshold)
        if problems:
            raise DefinitionError(*problems)


@frozen
class CrossedTheme:
    """
    A theme that has crossed its threshold.

    Args:
        theme: The theme, without what its tag begins with.
        since: When it did: the instant of the complaint that was one too many. Kept in UTC.
        evidence: All complaints about it, in the order in which they were made.
    """

    theme: str = field(validator=named)
    since: datetime = field(converter=in_utc, validator=aware_instant)
    evidence: tuple[TicketId, ...] = field(converter=as_tuple)


def themes_of(ticket: Ticket) -> tuple[str, ...]:
    """Return the themes of a ticket."""
    return tuple(sorted(each.removeprefix(THEME) for each in ticket.tags if each.startswith(THEME)))


def crossed_themes(
    complaints: Iterable[Ticket], rules: ThemeRules = ThemeRules()
) -> tuple[CrossedTheme, ...]:
    """
    Return the themes of which there were as many complaints as their threshold says, within its time.

    Both ends of the time count: with 30 days, a complaint of exactly 30 days before counts.

    Args:
        complaints: In any order; what goes on in another ticket counts once, there.
        rules: The thresholds.

    Returns:
        Each with the instant at which it first was so, by theme.
    """
    by_theme: defaultdict[str, list[Ticket]] = defaultdict(list)
    for each in complaints:
        if each.merged_into is None:
            for theme in themes_of(each):
                by_theme[theme].append(each)
    found = []
    for theme, tickets in sorted(by_theme.items()):
        limit = rules.of.get(theme, rules.usual)
        tickets.sort(key=lambda ticket: (ticket.opened_at, ticket.id))
        for first, last in zip(tickets, tickets[limit.complaints - 1 :], strict=False):
            if last.opened_at - first.opened_at <= limit.within:
                found.append(CrossedTheme(theme, last.opened_at, [each.id for each in tickets]))
                break
    return tuple(found)
