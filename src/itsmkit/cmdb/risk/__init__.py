"""
Risk: what takes a configuration item down alone or together, and how much depends on it.

`spofs` finds single points of failure, `cut_sets` what fails together, `importance` how much each of them
matters; `false_redundancy` finds groups that are redundant only on paper, and `risk_ranking` what the
services rest on most. All of them reckon with redundancy, effects and rings as
`itsmkit.cmdb.ConfigurationGraph.impact_of` does, and are exact.
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
    from itsmkit.cmdb.risk.errors import TooManyCombinationsError
    from itsmkit.cmdb.risk.importances import Importance, importance
    from itsmkit.cmdb.risk.minimal_cut_sets import cut_sets
    from itsmkit.cmdb.risk.ranking import Risk, risk_ranking
    from itsmkit.cmdb.risk.redundancy_checks import FalseRedundancy, false_redundancy
    from itsmkit.cmdb.risk.single_points import spofs
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.cmdb.risk.errors": ("TooManyCombinationsError",),
            "itsmkit.cmdb.risk.importances": ("Importance", "importance"),
            "itsmkit.cmdb.risk.minimal_cut_sets": ("cut_sets",),
            "itsmkit.cmdb.risk.ranking": ("Risk", "risk_ranking"),
            "itsmkit.cmdb.risk.redundancy_checks": ("FalseRedundancy", "false_redundancy"),
            "itsmkit.cmdb.risk.single_points": ("spofs",),
        },
    )

__all__ = [
    "FalseRedundancy",
    "Importance",
    "Risk",
    "TooManyCombinationsError",
    "cut_sets",
    "false_redundancy",
    "importance",
    "risk_ranking",
    "spofs",
]
