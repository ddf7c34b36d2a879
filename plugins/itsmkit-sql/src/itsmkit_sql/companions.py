"""Companions: who writes in the same transaction as a unit of work, such as the jobs of a task queue."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from attrs import frozen
from sqlalchemy import Connection

__all__ = ["Companion", "Wake"]


@frozen
class Wake:
    """
    What a unit of work leaves for workers to do.

    Args:
        tenant: Whose desk it is for.
        due: The instants from which on the timers that it set may be claimed, in order, each once.
        deliveries: How many notifications it put into the outbox; of these, some may have been there already.
    """

    tenant: str
    due: tuple[datetime, ...]
    deliveries: int

    def __bool__(self) -> bool:
        return bool(self.due or self.deliveries)


class Companion(Protocol):
    """Whoever is told of each unit of work that sets timers or fills the outbox."""

    def within(self, connection: Connection, wake: Wake) -> None:
        """
        Write what belongs to a unit of work, in its transaction.

        It is called last, when all of the unit is written and nothing is committed. What it writes on
        *connection* lands or vanishes with the unit; an exception undoes both, and goes to whoever runs the
        command. A unit that is run again after a conflict calls it again.

        Args:
            connection: In the transaction. It is not to be committed, rolled back or closed.
            wake: What there is to do.
        """


def tell(companions: Sequence[Companion], connection: Connection, wake: Wake) -> None:
    """Tell companions, in their order, of a unit of work that leaves something to do."""
    if wake:
        for companion in companions:
            companion.within(connection, wake)
