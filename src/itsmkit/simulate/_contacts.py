"""Who gets in touch with the desk, when, how and about what."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from attrs import frozen

from itsmkit.desk import DeskConfig
from itsmkit.simulate._dice import Dice
from itsmkit.simulate._world import HOURS, LIVE_CHANNELS, WEEKDAYS, Site, Topic, World
from itsmkit.simulate.outage import Outage

__all__ = ["Contact", "daily_contacts", "outage_contacts"]

_HOUR = timedelta(hours=1)
_OPEN = 12
"""How much busier a site is while it is open than at the same hour of a day off."""


@frozen
class Contact:
    """
    Somebody gets in touch.

    Args:
        at: When it is logged.
        opened_at: When the person began: earlier, where somebody takes it down while they speak.
        site: Where the person is.
        requester: The person.
        channel: How.
        topic: About what.
        impact: A level of the desk's matrix.
        urgency: A level of the desk's matrix.
        outage: What is behind it, if it is part of something larger.
    """

    at: datetime
    opened_at: datetime
    site: Site
    requester: str
    channel: str
    topic: Topic
    impact: str
    urgency: str
    outage: Outage | None = None


def daily_contacts(
    dice: Dice, world: World, config: DeskConfig, begins_at: datetime, ends_at: datetime, *, count: int
) -> Iterator[Contact]:
    """Yield *count* contacts of ordinary work between two full hours in UTC, in no order."""
    hours = [begins_at + n * _HOUR for n in range((ends_at - begins_at) // _HOUR)]
    busy = {(site, hour): site.size * _busyness(config, site, hour) for site in world.sites for hour in hours}
    for site, hour in dice.draws(busy, count):
        at = hour + timedelta(seconds=dice.below(3600))
        answered = config.calendars[site.calendar].is_open(at)
        channel = dice.weighted(
            {name: weight for name, weight in site.channels.items() if answered or name not in LIVE_CHANNELS}
        )
        yield Contact(
            at=at,
            opened_at=at - _talk(dice, channel),
            site=site,
            requester=_caller(dice, site),
            channel=channel,
            topic=dice.weighted(world.topics),
            impact=dice.weighted(world.impacts),
            urgency=dice.weighted(world.urgencies),
        )


def outage_contacts(
    dice: Dice, world: World, config: DeskConfig, start: date
) -> tuple[Outage, list[Contact]]:
    """
    Return the outage of the month that begins on *start*, and who reports it, in no order.

    A service fails a site at ten o'clock of one of its working days. Within 45 minutes 40 to 60 people tell
    the desk, some through each channel.
    """
    site = dice.pick(world.sites)
    calendar = config.calendars[site.calendar]
    tens = [datetime.combine(start + timedelta(days=day), time(10), calendar.tz) for day in range(7, 24)]
    began_at = dice.pick([ten for ten in tens if calendar.is_open(ten)]).astimezone(UTC)
    topic = dice.pick([topic for topic in world.topics if topic.fails_a_site])
    outage = Outage(site.name, topic.service, began_at, began_at + timedelta(minutes=110 + dice.below(60)))
    contacts = []
    for channel in (*site.channels, *dice.draws(site.channels, 35 + dice.below(21))):
        at = began_at + timedelta(minutes=3, seconds=dice.below(42 * 60))
        contact = Contact(
            at=at,
            opened_at=at - _talk(dice, channel),
            site=site,
            requester=_caller(dice, site),
            channel=channel,
            topic=topic,
            impact=world.gravest,
            urgency=dice.weighted(world.when_it_fails),
            outage=outage,
        )
        contacts.append(contact)
    return outage, contacts


def _busyness(config: DeskConfig, site: Site, hour: datetime) -> int:
    calendar = config.calendars[site.calendar]
    local = hour.astimezone(calendar.tz)
    return HOURS[local.hour] * WEEKDAYS[local.weekday()] * (_OPEN if calendar.is_open(hour) else 1)


def _talk(dice: Dice, channel: str) -> timedelta:
    return timedelta(seconds=30 + dice.below(150) if channel in LIVE_CHANNELS else 0)


def _caller(dice: Dice, site: Site) -> str:
    first, last = site.callers
    return f"caller {first + dice.below(last + 1 - first):03}"
