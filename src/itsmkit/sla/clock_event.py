"""What a clock hears of: events of any history, in the room's own words."""

from collections.abc import Mapping
from datetime import datetime

from attrs import field, frozen

from itsmkit._checks import aware_instant, in_utc, named
from itsmkit._frozen import EMPTY, frozen_dict

__all__ = ["ClockEvent", "REINSTATED"]

REINSTATED = "reinstated"
"""
What an event is called that takes a cancellation back: a cancelled clock goes on with what it had counted.

The time between counts for nobody. No condition has a part in it: what is cancelled by a single event, and
not by a state that lasts, would else come back with the next one.
"""


@frozen
class ClockEvent:
    """
    Something that happened to whatever is being measured.

    Tickets map to it, and so can a data frame or the log of another system.

    Args:
        at: When it happened; aware, kept in UTC. A clock counts from the later of this and the event before.
        name: What happened, such as ``"opened"``, ``"state_changed"``, ``"reopened"``; see `REINSTATED`.
        category: The category of the state after it: ``new``, ``active``, ``pending``, ``resolved``,
            ``closed`` or ``cancelled``.
        facts: What conditions may ask for besides: the state, the priority, the group …

    Raises:
        DefinitionError: If *at* has no time zone, or a name is empty.
    """

    at: datetime = field(converter=in_utc, validator=aware_instant)
    name: str = field(validator=named)
    category: str = field(validator=named)
    facts: Mapping[str, object] = field(default=EMPTY, converter=frozen_dict)

    def view(self) -> dict[str, object]:
        """
        Return what conditions see: the facts, with ``event`` and ``state_category`` beside them.

        A new ``dict`` each time.
        """
        return {**self.facts, "event": self.name, "state_category": self.category}
