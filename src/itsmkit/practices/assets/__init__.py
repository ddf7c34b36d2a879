"""
IT asset management: what assets are worth.

Source:
    ITIL 4, practice "IT asset management".
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
    from itsmkit.practices.assets.depreciation import (
        Depreciation,
        DepreciationPeriod,
        ReEstimate,
    )
    from itsmkit.practices.assets.depreciation_terms import (
        DepreciationMethod,
        DepreciationTerms,
        Proration,
        StartConvention,
    )
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.practices.assets.depreciation": (
                "Depreciation",
                "DepreciationPeriod",
                "ReEstimate",
            ),
            "itsmkit.practices.assets.depreciation_terms": (
                "DepreciationMethod",
                "DepreciationTerms",
                "Proration",
                "StartConvention",
            ),
        },
    )

__all__ = [
    "Depreciation",
    "DepreciationMethod",
    "DepreciationPeriod",
    "DepreciationTerms",
    "Proration",
    "ReEstimate",
    "StartConvention",
]
