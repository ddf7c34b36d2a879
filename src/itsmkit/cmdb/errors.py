"""
The errors of this room.

.. code-block:: text

    ItsmkitError
    ├── DefinitionError                of `itsmkit.errors`: items, relations or types that cannot be right
    └── NotFoundError
        └── UnknownItemError           no configuration item of that id, with the ids that come close
"""

from itsmkit.errors import NotFoundError

__all__ = ["UnknownItemError"]


class UnknownItemError(NotFoundError):
    """
    There is no configuration item of this id.

    Args:
        ci: The id that was asked for.
        closest: The ids that come closest, best first; perhaps none.
    """

    def __init__(self, ci: str, closest: tuple[str, ...] = ()) -> None:
        super().__init__("configuration item", ci)
        self.args = (ci, closest)
        self.closest = closest

    def __str__(self) -> str:
        hint = " or ".join(map(repr, self.closest))
        return super().__str__() + (f"; did you mean {hint}?" if hint else "")
