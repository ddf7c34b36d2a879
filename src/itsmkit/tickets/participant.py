"""Who takes part in a ticket beside its requester and those who have the work."""

from attrs import field, frozen

from itsmkit._checks import named

__all__ = ["Participant"]


@frozen
class Participant:
    """
    Somebody who takes part in a ticket.

    Args:
        person: Who.
        role: As what, such as ``"watcher"``, ``"expert"`` or ``"stakeholder"``.
    """

    person: str = field(validator=named)
    role: str = field(validator=named)
