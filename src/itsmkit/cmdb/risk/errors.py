"""
The errors of risk.

.. code-block:: text

    ItsmkitError
    ├── DefinitionError               of `itsmkit.errors`: a level, an order or a weight that is none
    ├── NotFoundError
    │   └── UnknownItemError          of `itsmkit.cmdb`: no configuration item of that id
    └── RefusedError
        └── TooManyCombinationsError  too many sets of items to try, or to tell, can take an item down
"""

from itsmkit._figures import count
from itsmkit.errors import RefusedError

__all__ = ["TooManyCombinationsError"]


class TooManyCombinationsError(RefusedError):
    """
    Too many configuration items can take one down together for all sets of them to be tried, or told.

    Args:
        ci: The configuration item that was asked about.
        order: How many were to fail together.
        size: How many items there are that differ, single points of failure left out; or how many cut sets.
        most: How many there may be.
        of_sets: Whether *size* counts cut sets, and not items.
    """

    def __init__(self, ci: str, order: int, size: int, most: int, of_sets: bool = False) -> None:
        if of_sets:
            problem = f"there are {count(size)}, at most {count(most)} are told"
            way_out = (
                f"ask for order {order - 1}, for importance() without probabilities, which only counts them"
            )
        else:
            problem = (
                f"{count(size)} different items can play a part, at most {count(most)} can be tried "
                f"{order} at a time"
            )
            way_out = f"ask for order {order - 1}"
        super().__init__(
            f"cut sets of {ci!r} of order {order}: {problem}; {way_out}, or about one of its providers"
        )
        self.args = (ci, order, size, most, of_sets)
        self.of_sets = of_sets
        self.ci, self.order, self.size, self.most = ci, order, size, most
