"""What can be asked of routing, and of coaching."""

from itsmkit.practices.coaching import CoachingNote
from itsmkit.testing.use_cases._beginnings import assigned, logged
from itsmkit.testing.use_cases._stage import Stage, UseCase

__all__ = ["USE_CASES"]


def _noted(stage: Stage) -> CoachingNote:
    """Let there be a note for ann."""
    return stage.steady.coaching.write("ann", "Ask for the room first")


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
    UseCase(
        "coaching.write",
        lambda desk, _, once: desk.coaching.write("ann", "Ask back", skill="network", **once),
    ),
    UseCase(
        "coaching.erase",
        lambda desk, note, once: desk.coaching.erase(note.id, "asked for by ann", **once),
        _noted,
    ),
)
