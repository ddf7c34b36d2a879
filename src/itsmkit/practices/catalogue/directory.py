"""The directory of what somebody may order: who answers for it, what it costs, and when there is support."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from attrs import field, frozen

from itsmkit._checks import aware
from itsmkit._frozen import EMPTY, as_tuple
from itsmkit.calendars import BusinessTime, NeverClosesError, NeverOpenError
from itsmkit.practices.access import Viewer, is_among
from itsmkit.practices.catalogue.catalogue_item import CatalogueItem

__all__ = ["DirectoryLine", "SupportHours", "directory"]

_WEEK = timedelta(days=7)


class SupportHours(NamedTuple):
    """
    A time in which there is support, in the zone of whoever looks.

    Args:
        opens: Its beginning.
        closes: Its end, which is no part of it.
    """

    opens: datetime
    closes: datetime


@frozen
class DirectoryLine:
    """
    An item, as somebody finds it in the directory.

    Args:
        item: The item.
        owner: Who answers for it: its own owner, or that of its service.
        is_supported: Whether there is support now; ``None`` if it has no hours.
        support: When there is support until this time in a week, in order. What is under way begins now.
        changes_at: When support ends, if there is some now, or begins; in the same zone. ``None`` if it has
            no hours, or they never change again.
    """

    item: CatalogueItem
    owner: str | None = None
    is_supported: bool | None = None
    support: tuple[SupportHours, ...] = field(default=(), converter=as_tuple)
    changes_at: datetime | None = None


def directory(
    items: Iterable[CatalogueItem],
    viewer: Viewer | None,
    at: datetime,
    zone: tzinfo,
    *,
    catalogue: Collection[str] | None = None,
    calendars: Mapping[str, BusinessTime] = EMPTY,
    owners: Mapping[str, str] = EMPTY,
) -> tuple[DirectoryLine, ...]:
    """
    Return what *viewer* may order, by title. What they may not is not there, and nothing tells of it.

    Args:
        items: What is offered.
        viewer: Who looks; ``None`` for somebody who has left, and finds nothing.
        at: Now; aware.
        zone: The zone of who looks, in which hours are told. What is open at nine over there, is told at
            whatever the clock here shows then, on each side of a change to summer time.
        catalogue: The ids of the service offerings that they may order; ``None`` for all.
        calendars: The calendars that hours name. One that is not there tells no hours.
        owners: Who answers for services, by their names.

    Raises:
        DefinitionError: If *at* is naive.

    >>> from datetime import UTC
    >>> from zoneinfo import ZoneInfo
    >>> from itsmkit.calendars import BusinessCalendar
    >>> mug = CatalogueItem(key="mug", title="A mug", hours="office", owner="kim")
    >>> office = BusinessCalendar("Mon-Fri 09:00-17:00", "Europe/Berlin")
    >>> friday = datetime(2026, 3, 27, 12, tzinfo=UTC)
    >>> [line] = directory(
    ...     [mug], Viewer("ann"), friday, ZoneInfo("Asia/Kolkata"), calendars={"office": office}
    ... )
    >>> for each in line.support[:2]:
    ...     print(each.opens.isoformat(), each.closes.isoformat())
    2026-03-27T17:30:00+05:30 2026-03-27T21:30:00+05:30
    2026-03-30T12:30:00+05:30 2026-03-30T20:30:00+05:30
    """
    now = aware(at, "at").astimezone(zone)
    seen = (item for item in items if is_among(item.audience, viewer) and item.is_in(catalogue))
    lines = (_line(item, now, zone, calendars, owners) for item in seen)
    return tuple(sorted(lines, key=lambda line: (line.item.title, line.item.key)))


def _line(
    item: CatalogueItem,
    now: datetime,
    zone: tzinfo,
    calendars: Mapping[str, BusinessTime],
    owners: Mapping[str, str],
) -> DirectoryLine:
    owner = item.owner or (None if item.service is None else owners.get(item.service))
    calendar = None if item.hours is None else calendars.get(item.hours)
    if calendar is None:
        return DirectoryLine(item, owner)
    spans = [
        SupportHours(span.start.astimezone(zone), span.end.astimezone(zone))
        for span in calendar.open_spans(now, now + _WEEK)
    ]
    is_open = calendar.is_open(now)
    try:
        changes = (calendar.next_close if is_open else calendar.next_open)(now, in_zone=zone)
    except (NeverOpenError, NeverClosesError):
        changes = None
    return DirectoryLine(item, owner, is_open, spans, changes)
