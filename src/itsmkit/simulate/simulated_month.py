"""A month of a desk, as another system would have logged it."""

from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import as_file, files
from itertools import chain, takewhile
from operator import attrgetter
from tomllib import loads
from typing import Any

from attrs import field, frozen

from itsmkit._checks import aware_instant
from itsmkit._frozen import as_tuple
from itsmkit.desk import DeskConfig
from itsmkit.desk.profiles import profile_text
from itsmkit.errors import DefinitionError
from itsmkit.interchange import LogEntry
from itsmkit.simulate._contacts import daily_contacts, outage_contacts
from itsmkit.simulate._dice import Dice
from itsmkit.simulate._life import Play, life
from itsmkit.simulate._profiles import THREE_SITES
from itsmkit.simulate._world import World
from itsmkit.simulate._worlds import world_of
from itsmkit.simulate.outage import Outage

__all__ = ["SimulatedMonth", "month"]

_DAYS = 31
_MARCH = date(2026, 3, 1)


@frozen
class SimulatedMonth:
    """
    What happened on a desk in a month.

    Args:
        config: The rules of the desk; its ``log`` is the format to write the entries in.
        begins_at: The first instant of the month.
        ends_at: The first instant after it. Work still open then is open in the log.
        entries: What was logged, in the order to replay it. Nothing departs from the workflow.
        outage: What the month will be remembered for.
        outage_tickets: The incidents by which people reported it.
    """

    config: DeskConfig
    begins_at: datetime = field(validator=aware_instant)
    ends_at: datetime = field(validator=aware_instant)
    entries: tuple[LogEntry, ...] = field(converter=as_tuple)
    outage: Outage
    outage_tickets: tuple[str, ...] = field(converter=as_tuple)


def month(
    seed: int = 2026, *, start: date = _MARCH, incidents: int | None = None, profile: str | None = None
) -> SimulatedMonth:
    """
    Return a month of a desk: one that serves Utrecht, Jakarta and Denver, or one of a profile.

    People get in touch in their own local hours, through five channels. Incidents are assigned, handed on,
    paused, resolved, reopened and cancelled; some break their agreement. In March 2026 clocks change
    in two of the sites on different Sundays, and the third has public holidays. One morning a service
    fails a whole site.

    It is a function of its arguments: the same month each time, under every version of Python, for as long
    as the installed data of time zones and public holidays say the same about it.

    Args:
        seed: Another seed, another month.
        start: The first of its 31 days, by the clock of Utrecht, where its reports are read.
        incidents: How many there are, besides the 40 to 60 of the outage; by default, as many as such a desk
            has in a month.
        profile: The name of a profile of `itsmkit.desk.profiles`, the rules of which it goes by, with people
            and work to match; by default, none of them. As the log tells of moves alone, work is responded to
            once it is no longer new.

    Raises:
        DefinitionError: If *incidents* is negative, or there is no such profile.

    >>> march = month(incidents=200)
    >>> march == month(incidents=200)
    True
    >>> [march.outage.site, march.outage.service, str(march.outage.began_at)]
    ['Utrecht', 'mail', '2026-03-17 09:00:00+00:00']
    """
    if incidents is not None and incidents < 0:
        problem = f"incidents must be 0 or more, not {incidents}"
        raise DefinitionError(problem)
    dice = Dice(seed)
    world, config = _desk(profile)
    incidents = world.incidents if incidents is None else incidents
    zone = config.reporting_hours.tz
    begins_at = datetime.combine(start, time(), zone).astimezone(UTC)
    ends_at = datetime.combine(start + timedelta(days=_DAYS), time(), zone).astimezone(UTC)
    outage, contacts = outage_contacts(dice, world, config, start)
    play = Play(dice, world, config)
    contacts += daily_contacts(dice, world, config, begins_at, ends_at, count=incidents)
    contacts.sort(key=attrgetter("at"))
    numbered = [
        (f"{config.kinds['incident'].prefix}{n}", contact) for n, contact in enumerate(contacts, start=1)
    ]
    lives = (
        takewhile(lambda entry: entry.at < ends_at, life(play, contact, number))
        for number, contact in numbered
    )
    return SimulatedMonth(
        config=config,
        begins_at=begins_at,
        ends_at=ends_at,
        # Sorting is stable: at one instant, the incident that began first goes first.
        entries=sorted(chain.from_iterable(lives), key=attrgetter("at")),
        outage=outage,
        outage_tickets=[number for number, contact in numbered if contact.outage is not None],
    )


def _desk(profile: str | None) -> tuple[World, DeskConfig]:
    """Return an organisation, and the rules of its desk."""
    if profile is not None:
        rules = loads(profile_text(profile))
        return world_of(profile), DeskConfig.load(_answered_by_moves(rules))
    with as_file(files("itsmkit.simulate") / "desk.toml") as path:
        return THREE_SITES, DeskConfig.load(path)


def _answered_by_moves(rules: dict[str, Any]) -> dict[str, Any]:
    """
    Return the rules of a desk whose log tells of moves, and not of what was written.

    Such a desk has responded once somebody has looked at the work.
    """
    for agreement in rules["agreements"]:
        for target in agreement["targets"]:
            if target.pop("like", None) == "respond":
                looked_at = {"not": {"field": "state_category", "equals": "new"}}
                target.update(stop=looked_at, reopens=False)
    return rules
