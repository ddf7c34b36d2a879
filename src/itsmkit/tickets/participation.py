"""Facts of who answers for a ticket, and of who takes part in it."""

from attrs import field, frozen

from itsmkit._checks import named
from itsmkit.tickets.participant import Participant

__all__ = ["OwnershipTransferred", "ParticipantAdded", "ParticipantRemoved"]


@frozen
class OwnershipTransferred:
    """
    Another is accountable for the ticket now, whoever has the work.

    Args:
        owner: Who answers for it.
        reason: Why it went over.
    """

    owner: str = field(validator=named)
    reason: str = ""


@frozen
class ParticipantAdded:
    """
    Somebody takes part from now on.

    Args:
        participant: Who, and as what.
    """

    participant: Participant


@frozen
class ParticipantRemoved:
    """
    Somebody takes part no more.

    Args:
        participant: Who, and as what.
    """

    participant: Participant
