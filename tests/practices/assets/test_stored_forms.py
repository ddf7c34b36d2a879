from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from itsmkit.errors import DefinitionError
from itsmkit.money import Money
from itsmkit.practices import Occasion
from itsmkit.practices.assets import (
    Asset,
    AssetDescribed,
    AssetEvent,
    AssetFact,
    AssetId,
    AssetManagement,
    AssetRegistered,
    Assigned,
    Counted,
    EntitlementBought,
    EntitlementReturned,
    EntitlementUpgraded,
    InstallationRemoved,
    InstallationSeen,
    Installed,
    LicenceEvent,
    LifeCycleMoved,
    Moved,
    Reclassified,
    ReEstimate,
    ReEstimated,
    WipeCertified,
    WipeWithdrawn,
    asset_event_from,
    asset_event_to_mapping,
    asset_from,
    licence_event_from,
    licence_event_to_mapping,
)
from itsmkit.tickets import Actor

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
MAY = date(2026, 5, 1)

FACTS: list[AssetFact] = [
    AssetRegistered("laptop", "x", "On Order", "new", {"cost": Money("12.5", "EUR"), "acquired_on": MAY}),
    AssetRegistered("laptop", "x", "On Order", "new"),
    LifeCycleMoved("On Order", "In Stock", "pending", "receive", ["tell"], {"list": [1, {"a": "b"}]}),
    Assigned("ann"),
    Assigned(None),
    Moved("Essen"),
    Installed("ci"),  # type: ignore[arg-type]  # a CIId is text
    WipeCertified("W", "purge"),
    WipeCertified("W"),
    WipeWithdrawn("why"),
    Counted("2026", "Essen"),
    Reclassified("monitor", "why"),
    ReEstimated(ReEstimate(MAY, remaining_months=12, impairment=Money("0.5", "EUR"))),
    AssetDescribed({"cost": None, "tag": "T"}),
    AssetDescribed({"ports": [1, {"speed": 2.5, "since": MAY, "seen": NINE}], "spare": True}),
]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: type(fact).__name__)
def test_an_event_is_read_back(fact: AssetFact) -> None:
    actor = Actor("kim", automated=True, roles=["asset_manager"])
    event = AssetEvent(AssetId("a"), 3, NINE, NINE, NINE, actor, fact)
    plain = asset_event_to_mapping(event)
    assert plain["fact"]["kind"] == event.name
    assert asset_event_from(plain) == event


def test_a_stored_history_makes_the_same_asset(
    management: AssetManagement, when: Callable[..., Occasion]
) -> None:
    details = {"cost": Money(10, "EUR"), "serial_number": "S", "acquired_on": MAY}
    begun = management.register(AssetId("a"), "laptop", "x", when(), details=details)
    received = management.transition(begun.asset, "receive", when(1), {"location": "Essen"})
    stored = [asset_event_to_mapping(event) for each in (begun, received) for event in each.events]
    read: Asset = asset_from(map(asset_event_from, stored))
    assert read == received.asset


LICENCE_EVENTS: list[LicenceEvent] = [
    EntitlementBought(id="1", on=MAY, entitlement="L", product="p", quantity=3, last_day=MAY),
    EntitlementBought(id="1", on=MAY, entitlement="L", product="p", quantity=3),
    EntitlementReturned(id="2", on=MAY, entitlement="L", quantity=1),
    EntitlementUpgraded(id="3", on=MAY, upgraded_from="L", entitlement="M", product="q", quantity=1),
    InstallationSeen(id="4", on=MAY, installation="i", product="p", device="d", user="u", cores=4),
    InstallationSeen(id="4", on=MAY, installation="i", product="p"),
    InstallationRemoved(id="5", on=MAY, installation="i"),
]


@pytest.mark.parametrize("event", LICENCE_EVENTS, ids=lambda event: type(event).__name__)
def test_a_licence_event_is_read_back(event: LicenceEvent) -> None:
    assert licence_event_from(licence_event_to_mapping(event)) == event


@pytest.mark.parametrize(
    ("fact", "problem"),
    [
        pytest.param("moved", "fact: must be a table, not str 'moved'", id="no table"),
        pytest.param(
            {"kind": "Moves"},
            "fact: kind: must be the name of what happened, not str 'Moves'; did you mean 'Moved'?",
            id="unknown kind",
        ),
        pytest.param(
            {"kind": ["Moved"]}, "fact: kind: must be the name of what happened, not list", id="list"
        ),
        pytest.param({"kind": "Moved"}, "fact: Moved: location: is missing", id="missing"),
        pytest.param(
            {"kind": "AssetDescribed", "changes": {"cost": 7}},
            "fact: changes.cost: must be an amount and a currency, such as '1234.50 EUR', not int 7",
            id="cost",
        ),
        pytest.param(
            {"kind": "AssetDescribed", "changes": 7},
            "fact: AssetDescribed: must be a mapping of values by name, not int 7",
            id="changes",
        ),
    ],
)
def test_what_is_no_event_is_refused_with_every_problem(fact: object, problem: str) -> None:
    plain: dict[str, Any] = {
        **asset_event_to_mapping(AssetEvent(AssetId("a"), 3, NINE, NINE, NINE, Actor("k"), Moved("x"))),
        "fact": fact,
        "at": 7,
    }
    with pytest.raises(DefinitionError) as caught:
        asset_event_from(plain)
    assert len(caught.value.problems) == 2
    assert "the event: at: must be a date and time" in caught.value.problems[0]
    assert problem in caught.value.problems[1]


def test_a_licence_event_that_is_none_is_refused() -> None:
    with pytest.raises(DefinitionError) as caught:
        licence_event_from({"kind": "EntitlementBought", "id": "b", "on": MAY, "quantity": "3"})
    assert caught.value.problems == (
        "the event: EntitlementBought: entitlement: is missing",
        "the event: EntitlementBought: product: is missing",
        "the event: EntitlementBought: quantity: must be a whole number, not '3'",
    )
