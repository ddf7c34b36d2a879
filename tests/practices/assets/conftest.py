from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from itsmkit.money import Money
from itsmkit.practices import Occasion
from itsmkit.practices.assets import Asset, AssetClass, AssetId, AssetManagement, DepreciationTerms
from itsmkit.tickets import Actor

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(scope="session")
def management() -> AssetManagement:
    return AssetManagement(
        [
            AssetClass("laptop", depreciation=DepreciationTerms(life_months=36)),
            AssetClass("monitor", holds_data=False),
        ]
    )


@pytest.fixture(scope="session")
def when() -> Callable[..., Occasion]:
    """Return what makes an occasion: hours after Monday, 9 o'clock, by an asset manager."""

    def make(hours: float = 0, by: str = "kim", *, roles: tuple[str, ...] = ("asset_manager",)) -> Occasion:
        return Occasion(Actor(by, roles=roles), MONDAY + timedelta(hours=hours))

    return make


@pytest.fixture(scope="session")
def stocked(management: AssetManagement, when: Callable[..., Occasion]) -> Callable[..., Asset]:
    """Return what makes an asset that is in stock."""

    def make(
        key: str = "a-1", asset_class: str = "laptop", *, location: str = "Essen", **details: object
    ) -> Asset:
        known = {
            "serial_number": f"S-{key}",
            "tag": f"T-{key}",
            "acquired_on": date(2026, 1, 1),
            "cost": Money(1200, "EUR"),
            **details,
        }
        asset = management.register(
            AssetId(key), asset_class, f"{asset_class} {key}", when(), details=known
        ).asset
        return management.transition(asset, "receive", when(1), {"location": location}).asset

    return make
