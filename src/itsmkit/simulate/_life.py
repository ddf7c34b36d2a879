"""The life of one incident, as its desk logs it."""

from collections.abc import Generator, Iterator
from datetime import datetime, timedelta
from typing import Any

from attrs import evolve, frozen

from itsmkit.desk import DeskConfig
from itsmkit.interchange import LogEntry
from itsmkit.simulate._contacts import Contact
from itsmkit.simulate._dice import Dice
from itsmkit.simulate._world import LIVE_CHANNELS, Pace, World
from itsmkit.simulate.outage import Outage

__all__ = ["Play", "life"]

Passage = Generator[LogEntry, None, LogEntry]
"""A part of a life: yields its entries and returns the last."""

_UNTIL_CLOSED = timedelta(hours=72)
_NOTHING_YET = {
    "reassignment_count": "0",
    "reopen_count": "0",
    "pending_reason": None,
    "resolution": None,
    "cancellation_reason": None,
}


@frozen
class Play:
    """
    What every part of a life needs.

    Args:
        dice: What chance decides by.
        world: Who is there, and what becomes of work.
        config: The rules of the desk.
    """

    dice: Dice
    world: World
    config: DeskConfig


def life(play: Play, contact: Contact, number: str) -> Iterator[LogEntry]:
    """Yield the entries of the incident *number*, in order: what becomes of *contact*."""
    entry = _logged(play, contact, number)
    yield entry
    if contact.outage is not None:
        yield from _restored(play, contact, contact.outage, entry)
    elif play.dice.chance(3):
        reason = play.dice.pick(("no longer needed", "reported twice"))
        at = _later(play, entry, (5, 240))
        yield _after(entry, at, entry.requester, state="Cancelled", cancellation_reason=reason)
    else:
        yield from _worked_off(play, contact, entry)


def _logged(play: Play, contact: Contact, number: str) -> LogEntry:
    """Somebody of the service desk takes it down, or the requester writes it."""
    site, topic = contact.site, contact.topic
    spoken = contact.channel in LIVE_CHANNELS
    return LogEntry(
        ticket=number,
        order=0,
        at=contact.at,
        opened_at=contact.opened_at,
        state="New",
        actor=play.dice.pick(play.world.agents[site.service_desk]) if spoken else contact.requester,
        requester=contact.requester,
        channel=contact.channel,
        site=site.name,
        category=topic.category,
        impact=contact.impact,
        urgency=contact.urgency,
        priority=play.config.kinds["incident"].priorities.priority_of(contact.impact, contact.urgency),
        service=topic.service,
        facts=_NOTHING_YET,
    )


def _restored(play: Play, contact: Contact, outage: Outage, entry: LogEntry) -> Iterator[LogEntry]:
    """It is known for what it is, given to those who are on it already, and resolved with all others."""
    group = (*contact.topic.groups, contact.site.first_line)[0]
    dispatcher = play.dice.pick(play.world.agents[contact.site.service_desk])
    entry = _after(
        entry, entry.at + play.dice.minutes(1, 8), dispatcher, state=play.world.assigned, group=group
    )
    yield entry
    lead = play.world.agents[group][0]
    entry = _after(entry, entry.at + play.dice.minutes(1, 12), lead, state=play.world.working, assignee=lead)
    yield entry
    entry = _after(entry, outage.restored_at, lead, state="Resolved", resolution="service restored")
    yield entry
    yield _closed(entry)


def _worked_off(play: Play, contact: Contact, entry: LogEntry) -> Iterator[LogEntry]:
    """It goes from line to line, as far as it must, until it is resolved, perhaps not for good."""
    groups = (contact.site.first_line, *contact.topic.groups)[: play.dice.weighted(play.world.lines)]
    entry = yield from _taken_up(play, contact, entry)
    for count, group in enumerate(groups):
        if count:
            entry = _after(
                entry,
                _later(play, entry, _pace(play, entry).work),
                entry.assignee,
                state=play.world.assigned,
                group=group,
                assignee=None,
                reassignment_count=str(count),
            )
            yield entry
        entry = yield from _worked_on(play, entry)
    entry = yield from _resolved(play, contact, entry)
    if play.dice.chance(5):
        at = _later(play, entry, (60, 1500))
        again = {"resolution": None, "reopen_count": "1"}
        entry = yield from _back(play, entry, at, entry.requester, **again)
        entry = yield from _resolved(play, contact, entry)
    yield _closed(entry)


def _taken_up(play: Play, contact: Contact, entry: LogEntry) -> Passage:
    """The service desk looks at it: sometimes it is more urgent than the requester said."""
    site, item = contact.site, contact.topic.item
    urgency = play.world.most_urgent if play.dice.chance(6) else contact.urgency
    wait = (1, 6) if contact.channel in LIVE_CHANNELS else _pace(play, entry).respond
    entry = _after(
        entry,
        _later(play, entry, wait),
        play.dice.pick(play.world.agents[site.service_desk]),
        state=play.world.assigned,
        group=site.first_line,
        urgency=urgency,
        priority=play.config.kinds["incident"].priorities.priority_of(contact.impact, urgency),
        configuration_item=item and f"{site.name} {item} {1 + play.dice.below(40):02}",
    )
    yield entry
    return entry


def _worked_on(play: Play, entry: LogEntry) -> Passage:
    """Somebody of the support group takes it from the queue, and may have to wait for others."""
    agent = play.dice.pick(play.world.agents[entry.group or ""])
    at = _later(play, entry, _pace(play, entry).start)
    entry = _after(entry, at, agent, state=play.world.working, assignee=agent)
    yield entry
    if play.dice.chance(20):
        party = play.dice.weighted(play.world.waits_for)
        at = _later(play, entry, (5, 90))
        entry = _after(entry, at, agent, state=play.world.waiting, pending_reason=f"waiting for the {party}")
        yield entry
        answered_by = entry.requester if party == "requester" else agent
        at = _later(play, entry, (60, 2400))
        entry = yield from _back(play, entry, at, answered_by, pending_reason=None)
    return entry


def _back(
    play: Play,
    entry: LogEntry,
    at: datetime,
    actor: str | None,
    **changes: Any,
) -> Passage:
    """It comes back to those who work on it, as *actor* lets it at an instant."""
    entry = _after(entry, at, actor, state=play.world.back[0], **changes)
    yield entry
    for state in play.world.back[1:]:
        at = _later(play, entry, _pace(play, entry).start)
        entry = _after(entry, at, entry.assignee, state=state)
        yield entry
    return entry


def _resolved(play: Play, contact: Contact, entry: LogEntry) -> Passage:
    at = _later(play, entry, _pace(play, entry).work)
    resolution = play.dice.pick(contact.topic.resolutions)
    entry = _after(entry, at, entry.assignee, state="Resolved", resolution=resolution)
    yield entry
    return entry


def _closed(entry: LogEntry) -> LogEntry:
    return _after(entry, entry.at + _UNTIL_CLOSED, "system", state="Closed")


def _after(entry: LogEntry, at: datetime, actor: str | None, **changes: Any) -> LogEntry:
    """Return the entry that follows *entry*: the same, but for *changes*, of fields and facts by name."""
    facts = {name: changes.pop(name, value) for name, value in entry.facts.items()}
    return evolve(entry, order=entry.order + 1, at=at, effective_at=at, actor=actor, facts=facts, **changes)


def _pace(play: Play, entry: LogEntry) -> Pace:
    return play.world.paces[entry.priority or ""]


def _later(play: Play, entry: LogEntry, minutes: tuple[int, int]) -> datetime:
    """Return when *minutes* of the hours in which the incident is worked on have passed since *entry*."""
    always = entry.priority in play.world.around_the_clock
    hours = play.config.calendars["always"] if always else play.world.hours_of(play.config, entry.site)
    return hours.advance(entry.at, play.dice.minutes(*minutes))
