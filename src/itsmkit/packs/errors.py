"""
The errors of packs.

.. code-block:: text

    NotFoundError
    └── UnknownPackError   no pack has that name
"""

from itsmkit.errors import NotFoundError

__all__ = ["UnknownPackError"]


class UnknownPackError(NotFoundError):
    """
    No pack has that name.

    Args:
        name: The name that was asked for.
        known: The names of all packs, sorted.
    """

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__("pack", name)
        self.args = (name, known)  # what it is pickled by
        self.name = name
        self.known = known

    def __str__(self) -> str:
        return f"{super().__str__()}; known: {', '.join(self.known)}"
