"""What planning the workforce needs to know of tickets: when they arrived, and how much work they were."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from itsmkit.tickets import Ticket
from itsmkit.workforce import ArrivalHistory, ObservedTimes

__all__ = ["handling_times", "ticket_arrivals"]


def ticket_arrivals(tickets: Iterable[Ticket], since: datetime, until: datetime) -> ArrivalHistory:
    """
    Return how many tickets were opened in each hour.

    Args:
        tickets: The tickets; those that were opened at another time do not count, nor do those that were
            merged into another, which somebody works on once.
        since: When the first hour begins; aware.
        until: When the last one has ended; aware.

    Raises:
        DefinitionError: If *until* is before *since*, or an instant is naive.
    """
    return ArrivalHistory.of((each.opened_at for each in tickets if each.merged_into is None), since, until)


def handling_times(tickets: Iterable[Ticket]) -> ObservedTimes | None:
    """
    Return how much work was logged on each ticket that is done; ``None`` if none was on any.

    Args:
        tickets: The tickets. Those that nobody has logged work on tell nothing, and do not count.
    """
    worked = (
        sum((entry.duration for entry in each.work_log), timedelta(0)) for each in tickets if not each.is_open
    )
    times = tuple(each for each in worked if each)
    return ObservedTimes(times) if times else None
