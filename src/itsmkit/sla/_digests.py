"""
What verdicts and terms are recognised by, whatever their names and versions.

A digest is made once and kept. Values are recognised by identity here: to compare or to hash a calendar takes
longer than all the arithmetic on it.
"""

from collections.abc import Mapping
from datetime import datetime

from itsmkit.calendars import BusinessTime
from itsmkit.sla.target import Target

__all__ = ["calendar_digest", "terms_digest"]

_MOST_KEPT = 4096
_DIGITS = 16

# The values stand beside their digest, so that their identity cannot pass to another value.
_of_terms: dict[tuple[int, int], tuple[Target, BusinessTime, str]] = {}
_of_calendars: dict[tuple[int, int, int], tuple[BusinessTime, str]] = {}


def terms_digest(target: Target, calendar: BusinessTime) -> str:
    """Return the digest of what a target and a calendar declare: equal terms have equal digests."""
    key = id(target), id(calendar)
    known = _of_terms.get(key)
    if known is None:
        if len(_of_terms) >= _MOST_KEPT:
            _of_terms.clear()
        known = _of_terms[key] = target, calendar, _digest(target.content(), calendar.content())
    return known[2]


def calendar_digest(calendar: BusinessTime, start: datetime, end: datetime) -> str:
    """
    Return the digest of *calendar* as it is expanded for the years from *start* to *end*.

    It covers the holidays of a region and the changes of the zone's clocks, which are not declared but looked
    up, and may change when what they are looked up in is upgraded.
    """
    key = id(calendar), start.year, end.year
    known = _of_calendars.get(key)
    if known is None:
        if len(_of_calendars) >= _MOST_KEPT:
            _of_calendars.clear()
        known = _of_calendars[key] = calendar, calendar.expanded_digest(start.year, end.year)[:_DIGITS]
    return known[1]


def _digest(*contents: Mapping[str, object]) -> str:
    from hashlib import sha256  # noqa: PLC0415  # a slow import that reading running clocks can do without

    content = "\n".join(repr(sorted(content.items())) for content in contents)
    return sha256(content.encode()).hexdigest()[:_DIGITS]
