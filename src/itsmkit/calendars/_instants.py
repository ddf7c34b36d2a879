"""
Instants as exact time since 1970 on the UTC line, and back.

A `timedelta` is an exact triple of integers. Python compares, adds and subtracts two of them in less
time than it takes to turn a datetime into an integer, or an integer into a timedelta.
"""

from datetime import UTC, date, datetime, timedelta

from itsmkit._checks import aware

__all__ = ["DAY", "EPOCH", "EPOCH_DATE", "HORIZON", "day_number", "since_epoch"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DATE = date(1970, 1, 1)
DAY = timedelta(days=1)

HORIZON = range((date(2201, 1, 1) - EPOCH_DATE).days)
"""The days since 1970 for which calendars answer: up to the end of 2200, in UTC."""


def since_epoch(instant: datetime, what: str) -> timedelta:
    """
    Return the real time from 1970-01-01 00:00 UTC to *instant*, right in every zone and fold.

    Args:
        instant: Timezone-aware.
        what: The name of the value for the error's sentence.

    Raises:
        DefinitionError: If it is naive, or no datetime.
    """
    try:
        # The two zones differ or the offset is fixed, so this is no wall-clock subtraction.
        return instant - EPOCH
    except TypeError:
        return aware(instant, what) - EPOCH


def day_number(day: date) -> int:
    """Return the number of days from 1970-01-01 to *day*."""
    return (day - EPOCH_DATE).days
