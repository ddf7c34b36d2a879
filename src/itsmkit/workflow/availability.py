"""Whether a transition may happen, and if not, why."""

from attrs import frozen

from itsmkit.workflow.state import StateCategory

__all__ = ["Availability"]


@frozen
class Availability:
    """
    A transition declared for a state, and whether it may happen now.

    Args:
        trigger: What to fire.
        target: The name of the state that it leads to.
        category: The category of that state.
        missing: The names of the required facts without a value.
        failed: The names of the guards that do not hold, ``not <name>`` of those that must not.
        roles: Where the actor has none of the roles that may fire, these roles.
        reasons: Why not: a sentence for each missing fact, for the roles, and for each failed guard. Empty if
            it may.
    """

    trigger: str
    target: str
    category: StateCategory
    missing: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def is_allowed(self) -> bool:
        """Whether firing the trigger would be accepted, on the same facts, and take this way."""
        return not self.reasons
