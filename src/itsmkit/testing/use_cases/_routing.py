"""What can be asked of routing."""

from itsmkit.testing.use_cases._beginnings import assigned, logged
from itsmkit.testing.use_cases._stage import UseCase

__all__ = ["USE_CASES"]

USE_CASES = (
    UseCase(
        "routing.assign",
        lambda desk, ticket, once: desk.routing.assign(ticket.id, **once),
        logged,
        manages_without="plugin.route",
    ),
    UseCase(
        "routing.assign",
        lambda desk, ticket, once: desk.routing.assign(ticket.id, anew=True, **once),
        assigned,
        variant="anew",
        manages_without="plugin.route",
    ),
)
