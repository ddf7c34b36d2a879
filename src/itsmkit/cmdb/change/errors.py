"""
The errors of planned changes.

.. code-block:: text

    ItsmkitError
    ├── DefinitionError                of `itsmkit.errors`: changes, rules or levels that cannot be right
    └── NotFoundError
        └── UnknownItemError           of `itsmkit.cmdb`: no configuration item of that id
            └── UnknownInChangesError  changes work on items that are not there; also a DefinitionError
"""

from itsmkit.cmdb.errors import UnknownItemError
from itsmkit.errors import DefinitionError

__all__ = ["UnknownInChangesError"]


class UnknownInChangesError(DefinitionError, UnknownItemError):
    """
    Changes work on configuration items that are not in the graph.

    Args:
        ci: The first id that is not there.
        closest: The ids that come closest to it, best first; perhaps none.
        problems: Everything that is wrong with the items and levels of the changes.
    """

    def __init__(self, ci: str, closest: tuple[str, ...], *problems: str) -> None:
        UnknownItemError.__init__(self, ci, closest)
        self.args = (ci, closest, *problems)
        self.problems = problems
