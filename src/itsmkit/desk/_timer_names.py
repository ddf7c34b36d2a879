"""The timers that tickets and records have, by what they are for: how they are called, and what is due."""

from itsmkit.plugin import Timer
from itsmkit.practices import FollowedClock
from itsmkit.practices.links import Milestone
from itsmkit.sla import DueCheckpoint
from itsmkit.tickets import Ticket, TicketId
from itsmkit.workflow import Deadline

__all__ = [
    "ASKED_ROUTING",
    "CONVERSATION_TIMER",
    "FULFILMENT",
    "LADDERS",
    "ROUTING",
    "RULE_TIMER",
    "VOTES",
    "clock_timer",
    "follows_from_history",
    "name_of_state",
    "of_state",
    "state_timer",
]

FULFILMENT = "fulfilment"
"""The name of the timer by which an order is looked at again: see `itsmkit.desk._fulfilment`."""

ROUTING = "routing"
"""The name of the timer by which a ticket is routed: see `itsmkit.desk._routing`."""

ASKED_ROUTING = "routing:"
"""What the names of timers begin with by which a rule has a ticket routed."""

RULE_TIMER = "rule:"
"""What the names of timers of rules of automation begin with: see `itsmkit.desk._rule_answers`."""

CONVERSATION_TIMER = "conversation"
"""
The name of the timer by which a conversation is looked at again, whose key stands in place
of that of a ticket: see `itsmkit.desk._conversing`.
"""

VOTES = "delegated votes"
"""
The name of the timer by which the orders are looked at that wait for somebody who lets others vote, whose key
stands in place of that of a ticket; it is that of the record, too: see `itsmkit.desk._votes`.
"""

LADDERS = "escalation:ladders"
"""The name of the timer by which the ladders of a ticket are climbed: see `itsmkit.desk._ladders`."""

_OF_STATE = "state:"


def of_state(name: str) -> bool:
    """Tell whether a timer of this name is one of a state; others are those of clocks."""
    return name.startswith(_OF_STATE)


def name_of_state(state: str) -> str:
    """Return the name of the timer of a state."""
    return _OF_STATE + state


def follows_from_history(name: str) -> bool:
    """
    Tell whether a timer of this name follows from the history of its ticket, under the rules of the desk.

    A cascade, an order or a routing on its way does not: it goes on whatever the rules are by now.
    """
    return (
        name not in (FULFILMENT, ROUTING)
        and not name.startswith((ASKED_ROUTING, RULE_TIMER))
        and Milestone.of_timer(name) is None
    )


def clock_timer(ticket_id: TicketId, clock: FollowedClock, due: DueCheckpoint) -> Timer:
    """Return the timer of a clock, of which a checkpoint is due next."""
    return Timer(ticket_id, clock.terms.target.clock, due.at, clock.deadline())


def state_timer(ticket: Ticket, deadline: Deadline) -> Timer:
    """Return the timer of the state that a ticket is in, which has a deadline."""
    return Timer(ticket.id, name_of_state(ticket.state), deadline.at, deadline.at)
