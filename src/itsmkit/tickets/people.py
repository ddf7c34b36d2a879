"""Who acts on tickets."""

from attrs import field, frozen

from itsmkit._checks import named

__all__ = ["Actor", "SYSTEM"]


@frozen
class Actor:
    """
    A person or a program that does something on a desk.

    Args:
        id: The identifier that the host gives its users; opaque to itsmkit.
        automated: Whether a program acted. Rules and notifications take it into account: what a
            program did must not make other programs answer.
    """

    id: str = field(validator=named)
    automated: bool = False

    def __str__(self) -> str:
        return self.id


SYSTEM = Actor("system", automated=True)
"""The desk itself: timers, escalations, clean-up."""
