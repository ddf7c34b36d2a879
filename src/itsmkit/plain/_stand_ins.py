"""What is written in place of values that hold more than they were made of."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from itsmkit.cmdb import ClassModel, LevelChain
from itsmkit.cmdb.history import ConfigurationEvent, ConfigurationTimeline
from itsmkit.cmdb.reconciliation import Reconciliation, ReconciliationRules, StagingArea, reconcile
from itsmkit.money import Money

__all__ = [
    "STAND_IN_KINDS",
    "StagingParts",
    "TimelineParts",
    "money_from",
    "money_text",
    "reconciled",
    "staging_parts",
    "timeline_of",
    "timeline_parts",
]


class TimelineParts(NamedTuple):
    """What a `ConfigurationTimeline` is made of."""

    events: tuple[ConfigurationEvent, ...]
    model: ClassModel
    levels: LevelChain
    tolerant: bool


class StagingParts(NamedTuple):
    """What a `Reconciliation` follows from."""

    given: StagingArea
    rules: ReconciliationRules
    model: ClassModel
    now: datetime


STAND_IN_KINDS: Mapping[str, Any] = {
    "money_text": str,
    "staging_parts": StagingParts,
    "timeline_parts": TimelineParts,
}
"""What each of the functions here returns."""


def money_text(money: Money) -> str:
    """Return an amount as `Money.parse` reads it."""
    return money.plain()


def money_from(text: str) -> Money:
    """Return the amount that *text* tells of."""
    return Money.parse(text)


def timeline_parts(timeline: ConfigurationTimeline) -> TimelineParts:
    """Return what *timeline* is made of."""
    return TimelineParts(timeline.events, timeline.model, timeline.levels, timeline.tolerant)


def timeline_of(parts: TimelineParts) -> ConfigurationTimeline:
    """Return the timeline of *parts*."""
    return ConfigurationTimeline(
        parts.events, model=parts.model, levels=parts.levels, tolerant=parts.tolerant
    )


def staging_parts(reconciliation: Reconciliation) -> StagingParts:
    """Return what *reconciliation* follows from."""
    return StagingParts(reconciliation.given, reconciliation.rules, reconciliation.model, reconciliation.now)


def reconciled(parts: StagingParts) -> Reconciliation:
    """Return the reconciliation of *parts*, which is found anew: it costs what `reconcile` costs."""
    return reconcile(parts.given, parts.rules, model=parts.model, now=parts.now)
