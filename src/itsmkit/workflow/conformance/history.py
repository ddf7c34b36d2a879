"""What is asked of another system's history: which ticket was in which state, and since when."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

import attrs
from attrs import frozen

from itsmkit._checks import aware, in_utc
from itsmkit._frozen import EMPTY, frozen_dict
from itsmkit.errors import DefinitionError

__all__ = ["HistoryEntry", "StateSeen"]


class HistoryEntry(Protocol):
    """
    A ticket as it was after one change.

    `itsmkit.interchange.LogEntry` is one as it is, so that ``read_event_log(…).entries`` can be handed in.
    """

    @property
    def ticket(self) -> str:
        """What the other system calls the ticket."""

    @property
    def state(self) -> str:
        """The state after the change, in the words of the definition."""

    @property
    def effective_at(self) -> datetime:
        """When the change took effect; timezone-aware, and not before the ticket's entry above."""


@frozen
class StateSeen:
    """
    A row of any history: the least that is needed.

    Args:
        ticket: What the other system calls the ticket.
        state: The state that it was in after the change.
        at: When that was; timezone-aware.
        facts: What else was known of the ticket then, for guards and required facts.

    Raises:
        DefinitionError: If ticket or state is no text or empty, or *at* has no zone.

    >>> from datetime import UTC, datetime
    >>> StateSeen("INC-1", "New", datetime(2026, 3, 2, 9, tzinfo=UTC)).effective_at.hour
    9
    """

    ticket: str
    state: str
    at: datetime = attrs.field(converter=in_utc)
    facts: Mapping[str, object] = attrs.field(default=EMPTY, converter=frozen_dict)

    def __attrs_post_init__(self) -> None:
        problems = [
            f"StateSeen.{what} must be a text that is not empty, not {value!r}"
            for what, value in (("ticket", self.ticket), ("state", self.state))
            if not isinstance(value, str) or not value
        ]
        try:
            aware(self.at, "StateSeen.at")
        except DefinitionError as error:
            problems += error.problems
        if problems:
            raise DefinitionError(*problems)

    @property
    def effective_at(self) -> datetime:
        """The same as *at*."""
        return self.at
