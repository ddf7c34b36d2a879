"""
The errors of risk.

.. code-block:: text

    ItsmkitError
    ├── DefinitionError               of `itsmkit.errors`: a level, an order or a weight that is none
    ├── NotFoundError
    │   └── UnknownItemError          of `itsmkit.cmdb`: no configuration item of that id
    └── RefusedError
        └── TooManyCombinationsError  so many things can take an item down together that trying is hopeless
"""

from itsmkit._figures import count
from itsmkit.errors import RefusedError

__all__ = ["TooManyCombinationsError"]


class TooManyCombinationsError(RefusedError):
    """
    Too many configuration items can take one down together for all sets of them to be tried.

    Args:
        ci: The configuration item that was asked about.
        order: How many were to fail together.
        size: How many there are that differ, single points of failure left out.
        most: How many there may be.
    """

    def __init__(self, ci: str, order: int, size: int, most: int) -> None:
        super().__init__(
            f"cut sets of {ci!r} of order {order}: {count(size)} different items can play a part, at most "
            f"{count(most)} can be tried {order} at a time; ask for order {order - 1}, or about one of its "
            "providers"
        )
        self.args = (ci, order, size, most)
        self.ci, self.order, self.size, self.most = ci, order, size, most
