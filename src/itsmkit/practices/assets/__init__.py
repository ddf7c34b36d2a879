"""
IT asset management: what the organisation owns, who has it where, what it may run, and what it costs.

An asset is what its events made of it. `AssetManagement` moves it through its life, or refuses that with
every reason. All else are questions to values: what covers it, how licences stand, what a count says, what is
left in the books, what services cost.

>>> from datetime import UTC, datetime
>>> from itsmkit.practices import Occasion
>>> from itsmkit.practices.assets import AssetClass, AssetManagement
>>> from itsmkit.tickets import Actor
>>> management = AssetManagement([AssetClass("laptop")])
>>> monday = Occasion(Actor("kim", roles=["asset_manager"]), datetime(2026, 3, 2, 9, tzinfo=UTC))
>>> laptop = management.register(
...     "a-1", "laptop", "Kim's laptop", monday, details={"serial_number": "X1"}
... ).asset
>>> laptop = management.transition(laptop, "receive", monday, {"location": "Essen"}).asset
>>> laptop = management.transition(laptop, "retire", monday, {"retirement_reason": "worn out"}).asset
>>> management.transition(laptop, "dispose", monday)
Traceback (most recent call last):
    ...
itsmkit.workflow.errors.TransitionRefusedError: cannot dispose from Retired: disposal_record is missing; ...

Source:
    ITIL 4, practice "IT asset management".
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
    from itsmkit.practices.assets.asset import Asset, Stretch, asset_from
    from itsmkit.practices.assets.asset_class import AssetClass
    from itsmkit.practices.assets.asset_decision import AssetDecision
    from itsmkit.practices.assets.costing import (
        AssetCost,
        CostShare,
        ServiceCosts,
        asset_costs,
        service_costs,
    )
    from itsmkit.practices.assets.coverage import (
        Contract,
        Coverage,
        Ending,
        PricePer,
        Warranty,
        coverage_of,
        ending_within,
    )
    from itsmkit.practices.assets.depreciation import (
        Depreciation,
        DepreciationPeriod,
    )
    from itsmkit.practices.assets.depreciation_terms import (
        DepreciationMethod,
        DepreciationTerms,
        Proration,
        StartConvention,
    )
    from itsmkit.practices.assets.documents import (
        AssetDocument,
        asset_document_from,
        asset_document_to_mapping,
        load_asset_document,
    )
    from itsmkit.practices.assets.events import (
        AssetDescribed,
        AssetEvent,
        AssetFact,
        AssetId,
        AssetRegistered,
        Assigned,
        Counted,
        Installed,
        LifeCycleMoved,
        Moved,
        Reclassified,
        ReEstimated,
        WipeCertified,
        WipeWithdrawn,
    )
    from itsmkit.practices.assets.licence_events import (
        EntitlementBought,
        EntitlementReturned,
        EntitlementUpgraded,
        InstallationRemoved,
        InstallationSeen,
        LicenceEvent,
        LicenceMetric,
        LicenceProduct,
    )
    from itsmkit.practices.assets.licensing import (
        LicencePosition,
        ProductPosition,
        licence_position,
    )
    from itsmkit.practices.assets.management import AssetManagement
    from itsmkit.practices.assets.re_estimate import ReEstimate
    from itsmkit.practices.assets.stock_taking import Scan, StockTake, Whereabouts, stock_take
    from itsmkit.practices.assets.stored_forms import (
        asset_event_from,
        asset_event_to_mapping,
        licence_event_from,
        licence_event_to_mapping,
    )
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.practices.assets.asset": (
                "Asset",
                "Stretch",
                "asset_from",
            ),
            "itsmkit.practices.assets.asset_class": ("AssetClass",),
            "itsmkit.practices.assets.asset_decision": ("AssetDecision",),
            "itsmkit.practices.assets.coverage": (
                "Contract",
                "Coverage",
                "Ending",
                "PricePer",
                "Warranty",
                "coverage_of",
                "ending_within",
            ),
            "itsmkit.practices.assets.depreciation": (
                "Depreciation",
                "DepreciationPeriod",
            ),
            "itsmkit.practices.assets.depreciation_terms": (
                "DepreciationMethod",
                "DepreciationTerms",
                "Proration",
                "StartConvention",
            ),
            "itsmkit.practices.assets.documents": (
                "AssetDocument",
                "asset_document_from",
                "asset_document_to_mapping",
                "load_asset_document",
            ),
            "itsmkit.practices.assets.events": (
                "AssetDescribed",
                "AssetEvent",
                "AssetFact",
                "AssetId",
                "AssetRegistered",
                "Assigned",
                "Counted",
                "Installed",
                "LifeCycleMoved",
                "Moved",
                "ReEstimated",
                "Reclassified",
                "WipeCertified",
                "WipeWithdrawn",
            ),
            "itsmkit.practices.assets.licence_events": (
                "EntitlementBought",
                "EntitlementReturned",
                "EntitlementUpgraded",
                "InstallationRemoved",
                "InstallationSeen",
                "LicenceEvent",
                "LicenceMetric",
                "LicenceProduct",
            ),
            "itsmkit.practices.assets.licensing": (
                "LicencePosition",
                "ProductPosition",
                "licence_position",
            ),
            "itsmkit.practices.assets.management": ("AssetManagement",),
            "itsmkit.practices.assets.re_estimate": ("ReEstimate",),
            "itsmkit.practices.assets.costing": (
                "AssetCost",
                "CostShare",
                "ServiceCosts",
                "asset_costs",
                "service_costs",
            ),
            "itsmkit.practices.assets.stored_forms": (
                "asset_event_from",
                "asset_event_to_mapping",
                "licence_event_from",
                "licence_event_to_mapping",
            ),
            "itsmkit.practices.assets.stock_taking": (
                "Scan",
                "StockTake",
                "Whereabouts",
                "stock_take",
            ),
        },
    )

__all__ = [
    "Asset",
    "AssetClass",
    "AssetCost",
    "AssetDecision",
    "AssetDescribed",
    "AssetDocument",
    "AssetEvent",
    "AssetFact",
    "AssetId",
    "AssetManagement",
    "AssetRegistered",
    "Assigned",
    "Contract",
    "CostShare",
    "Counted",
    "Coverage",
    "Depreciation",
    "DepreciationMethod",
    "DepreciationPeriod",
    "DepreciationTerms",
    "Ending",
    "EntitlementBought",
    "EntitlementReturned",
    "EntitlementUpgraded",
    "InstallationRemoved",
    "InstallationSeen",
    "Installed",
    "LicenceEvent",
    "LicenceMetric",
    "LicencePosition",
    "LicenceProduct",
    "LifeCycleMoved",
    "Moved",
    "PricePer",
    "ProductPosition",
    "Proration",
    "ReEstimate",
    "ReEstimated",
    "Reclassified",
    "Scan",
    "ServiceCosts",
    "StartConvention",
    "StockTake",
    "Stretch",
    "Warranty",
    "Whereabouts",
    "WipeCertified",
    "WipeWithdrawn",
    "asset_costs",
    "asset_document_from",
    "asset_document_to_mapping",
    "asset_event_from",
    "asset_event_to_mapping",
    "asset_from",
    "coverage_of",
    "ending_within",
    "licence_event_from",
    "licence_event_to_mapping",
    "licence_position",
    "load_asset_document",
    "service_costs",
    "stock_take",
]
