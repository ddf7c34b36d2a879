"""The life of one incident, as its desk logs it."""

from collections.abc import Generator, Iterator
from datetime import datetime, timedelta
from typing import Any

from attrs import evolve

from itsmkit.desk import DeskConfig
from itsmkit.interchange import LogEntry
from itsmkit.simulate._contacts import Contact
from itsmkit.simulate._dice import Dice
from itsmkit.simulate._profiles import AGENTS, LIVE_CHANNELS, PACES, Pace
from itsmkit.simulate.outage import Outage

__all__ = ["life"]

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


def life(dice: Dice, config: DeskConfig, contact: Contact, number: str) -> Iterator[LogEntry]:
    """Yield the entries of the incident *number*, in order: what becomes of *contact*."""
    entry = _logged(dice, config, contact, number)
    yield entry
    if contact.outage is not None:
        yield from _restored(dice, contact, contact.outage, entry)
    elif dice.chance(3):
        reason = dice.pick(("no longer needed", "reported twice"))
        at = _later(dice, config, entry, (5, 240))
        yield _after(entry, at, entry.requester, state="Cancelled", cancellation_reason=reason)
    else:
        yield from _worked_off(dice, config, contact, entry)


def _logged(dice: Dice, config: DeskConfig, contact: Contact, number: str) -> LogEntry:
    """Somebody of the service desk takes it down, or the requester writes it."""
    site, topic = contact.site, contact.topic
    spoken = contact.channel in LIVE_CHANNELS
    return LogEntry(
        ticket=number,
        order=0,
        at=contact.at,
        opened_at=contact.opened_at,
        state="New",
        actor=dice.pick(AGENTS[site.service_desk]) if spoken else contact.requester,
        requester=contact.requester,
        channel=contact.channel,
        site=site.name,
        category=topic.category,
        impact=contact.impact,
        urgency=contact.urgency,
        priority=config.kinds["incident"].priorities.priority_of(contact.impact, contact.urgency),
        service=topic.service,
        facts=_NOTHING_YET,
    )


def _restored(dice: Dice, contact: Contact, outage: Outage, entry: LogEntry) -> Iterator[LogEntry]:
    """It is known for what it is, given to those who are on it already, and resolved with all others."""
    group = contact.topic.groups[0]
    dispatcher = dice.pick(AGENTS[contact.site.service_desk])
    entry = _after(entry, entry.at + dice.minutes(1, 8), dispatcher, state="Assigned", group=group)
    yield entry
    lead = AGENTS[group][0]
    entry = _after(entry, entry.at + dice.minutes(1, 12), lead, state="In Progress", assignee=lead)
    yield entry
    entry = _after(entry, outage.restored_at, lead, state="Resolved", resolution="service restored")
    yield entry
    yield _closed(entry)


def _worked_off(dice: Dice, config: DeskConfig, contact: Contact, entry: LogEntry) -> Iterator[LogEntry]:
    """It goes from line to line, as far as it must, until it is resolved, perhaps not for good."""
    groups = (contact.site.service_desk, *contact.topic.groups)[: dice.weighted({1: 50, 2: 36, 3: 14})]
    entry = yield from _taken_up(dice, config, contact, entry)
    for count, group in enumerate(groups):
        if count:
            entry = _after(
                entry,
                _later(dice, config, entry, _pace(entry).work),
                entry.assignee,
                state="Assigned",
                group=group,
                assignee=None,
                reassignment_count=str(count),
            )
            yield entry
        entry = yield from _worked_on(dice, config, entry)
    entry = yield from _resolved(dice, config, contact, entry)
    if dice.chance(5):
        at = _later(dice, config, entry, (60, 1500))
        entry = _after(entry, at, entry.requester, state="In Progress", resolution=None, reopen_count="1")
        yield entry
        entry = yield from _resolved(dice, config, contact, entry)
    yield _closed(entry)


def _taken_up(dice: Dice, config: DeskConfig, contact: Contact, entry: LogEntry) -> Passage:
    """The service desk looks at it: sometimes it is more urgent than the requester said."""
    site, item = contact.site, contact.topic.item
    urgency = "high" if dice.chance(6) else contact.urgency
    wait = (1, 6) if contact.channel in LIVE_CHANNELS else _pace(entry).respond
    entry = _after(
        entry,
        _later(dice, config, entry, wait),
        dice.pick(AGENTS[site.service_desk]),
        state="Assigned",
        group=site.service_desk,
        urgency=urgency,
        priority=config.kinds["incident"].priorities.priority_of(contact.impact, urgency),
        configuration_item=item and f"{site.name} {item} {1 + dice.below(40):02}",
    )
    yield entry
    return entry


def _worked_on(dice: Dice, config: DeskConfig, entry: LogEntry) -> Passage:
    """Somebody of the support group takes it from the queue, and may have to wait for others."""
    agent = dice.pick(AGENTS[entry.group or ""])
    at = _later(dice, config, entry, _pace(entry).start)
    entry = _after(entry, at, agent, state="In Progress", assignee=agent)
    yield entry
    if dice.chance(20):
        party = dice.weighted({"requester": 3, "supplier": 1})
        at = _later(dice, config, entry, (5, 90))
        entry = _after(entry, at, agent, state="Pending", pending_reason=f"waiting for the {party}")
        yield entry
        answered_by = entry.requester if party == "requester" else agent
        at = _later(dice, config, entry, (60, 2400))
        entry = _after(entry, at, answered_by, state="In Progress", pending_reason=None)
        yield entry
    return entry


def _resolved(dice: Dice, config: DeskConfig, contact: Contact, entry: LogEntry) -> Passage:
    at = _later(dice, config, entry, _pace(entry).work)
    resolution = dice.pick(contact.topic.resolutions)
    entry = _after(entry, at, entry.assignee, state="Resolved", resolution=resolution)
    yield entry
    return entry


def _closed(entry: LogEntry) -> LogEntry:
    return _after(entry, entry.at + _UNTIL_CLOSED, "system", state="Closed")


def _after(entry: LogEntry, at: datetime, actor: str | None, **changes: Any) -> LogEntry:
    """Return the entry that follows *entry*: the same, but for *changes*, of fields and facts by name."""
    facts = {name: changes.pop(name, value) for name, value in entry.facts.items()}
    return evolve(entry, order=entry.order + 1, at=at, effective_at=at, actor=actor, facts=facts, **changes)


def _pace(entry: LogEntry) -> Pace:
    return PACES[entry.priority or ""]


def _later(dice: Dice, config: DeskConfig, entry: LogEntry, minutes: tuple[int, int]) -> datetime:
    """Return when *minutes* of the hours in which the incident is worked on have passed since *entry*."""
    hours = config.calendars["always" if entry.priority == "P1" else entry.site or ""]
    return hours.advance(entry.at, dice.minutes(*minutes))
