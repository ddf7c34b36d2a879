"""
The errors of the standard workflows.

.. code-block:: text

    NotFoundError
    └── UnknownWorkflowError   no standard workflow has that name
"""

from itsmkit._problems import close_to
from itsmkit.errors import NotFoundError

__all__ = ["UnknownWorkflowError"]


class UnknownWorkflowError(NotFoundError):
    """
    No standard workflow has that name.

    Args:
        name: The name that was asked for.
        known: The names of all standard workflows.
    """

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__("standard workflow", name)
        self.args = (name, known)  # what it is pickled by
        self.name = name
        self.known = known

    def __str__(self) -> str:
        return f"{super().__str__()}; {close_to(self.name, self.known)}"
