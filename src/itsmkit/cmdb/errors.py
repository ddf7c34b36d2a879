"""
The errors of this room.

.. code-block:: text

    ItsmkitError
    ├── DefinitionError                of `itsmkit.errors`: items, relations or types that cannot be right
    └── NotFoundError
        ├── UnknownItemError           no configuration item of that id, with the ids that come close
        └── UnknownRecordError         nothing else of that name was ever said, with the names that come close
"""

from itsmkit.errors import NotFoundError

__all__ = ["UnknownItemError", "UnknownRecordError"]


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
        return super().__str__() + _hint(self.closest)


class UnknownRecordError(NotFoundError):
    """
    There never was such a relation, redundancy set or ruling.

    Args:
        kind: What was looked for, such as ``"relation"``.
        name: What it was looked for by: ``"web runs_on host-1"``, ``"hosts of web"``.
        closest: The names of its kind that come closest, best first; perhaps none.
    """

    def __init__(self, kind: str, name: str, closest: tuple[str, ...] = ()) -> None:
        super().__init__(kind, name)
        self.args = (kind, name, closest)
        self.closest = closest

    def __str__(self) -> str:
        return super().__str__() + _hint(self.closest)


def _hint(closest: tuple[str, ...]) -> str:
    hint = " or ".join(map(repr, closest))
    return f"; did you mean {hint}?" if hint else ""
