"""Who acts on tickets."""

from attrs import field, frozen

from itsmkit._checks import named
from itsmkit._frozen import as_tuple

__all__ = ["Actor", "SYSTEM"]


@frozen
class Actor:
    """
    A person or a program that does something on a desk.

    Args:
        id: The identifier that the host gives its users; opaque to itsmkit.
        automated: Whether a program acted. Rules and notifications take it into account: what a
            program did must not make other programs answer.
        roles: What the host lets the actor do, by names that workflows ask for; as they were when it acted.
    """

    id: str = field(validator=named)
    automated: bool = False
    roles: tuple[str, ...] = field(default=(), converter=as_tuple, kw_only=True)

    def __str__(self) -> str:
        return self.id


SYSTEM = Actor("system", automated=True)
"""The desk itself: timers, escalations, clean-up."""
