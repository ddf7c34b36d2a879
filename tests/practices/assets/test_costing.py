from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.cmdb import CIId, ConfigurationGraph, ConfigurationItem, Relation
from itsmkit.errors import DefinitionError
from itsmkit.money import Money, total
from itsmkit.practices import Occasion
from itsmkit.practices.assets import (
    Asset,
    AssetClass,
    AssetCost,
    AssetId,
    AssetManagement,
    Contract,
    DepreciationTerms,
    PricePer,
    asset_costs,
    service_costs,
)

NEW_YEAR, NEXT_YEAR = date(2026, 1, 1), date(2027, 1, 1)
GRAPH = ConfigurationGraph(
    [ConfigurationItem(CIId(key), "server", key) for key in ("host", "spare")]
    + [ConfigurationItem(CIId(key), "service", key) for key in ("mail", "shop", "wiki")],
    [Relation(CIId(service), "runs_on", CIId("host")) for service in ("mail", "shop")],
)


YEARLY = DepreciationTerms(life_months=12)


def euro(amount: str | int) -> Money:
    return Money(amount, "EUR")


def cost(ci: str | None, amount: str | int, asset: str = "a") -> AssetCost:
    return AssetCost(AssetId(asset), None if ci is None else CIId(ci), "depreciation", euro(amount))


def test_services_bear_what_they_stand_on() -> None:
    costs = [
        cost("host", "100.01"),
        cost("wiki", 5, "b"),
        cost("spare", 7, "c"),
        cost(None, 2, "d"),
        cost("x", 1),
    ]
    report = service_costs(GRAPH, costs, currency="EUR", weights={CIId("shop"): 3})
    assert report.by_service == {"mail": euro("25.00"), "shop": euro("75.01"), "wiki": euro(5)}
    assert (report.rest, report.total) == (euro(10), euro("115.01"))
    assert report.explain() == (
        "mail: 25.00 EUR\n"
        "  25.00 EUR of 100.01 EUR for a (depreciation)\n"
        "shop: 75.01 EUR\n"
        "  75.01 EUR of 100.01 EUR for a (depreciation)\n"
        "wiki: 5.00 EUR\n"
        "  5.00 EUR for b (depreciation)\n"
        "no service: 10.00 EUR\n"
        "  7.00 EUR for c (depreciation): no service stands on spare\n"
        "  2.00 EUR for d (depreciation): it is no configuration item\n"
        "  1.00 EUR for a (depreciation): x is not in the configuration graph"
    )


def test_only_the_named_services_bear_costs() -> None:
    report = service_costs(GRAPH, [cost("host", 100)], currency="EUR", services={CIId("mail")})
    assert report.by_service == {"mail": euro(100)}
    assert service_costs(GRAPH, [cost("host", 100)], currency="EUR", services=CIId("mail")) == report
    assert report.unallocated == ()
    weightless = {CIId("mail"): 0, CIId("shop"): Decimal(0)}
    nobody = service_costs(GRAPH, [cost("host", 100)], currency="EUR", weights=weightless)
    assert [reason for _, reason in nobody.unallocated] == ["every service on host has the weight 0"]
    nothing = service_costs(GRAPH, [], currency="EUR")
    assert (nothing.explain(), nothing.total) == ("nothing costs anything", euro(0))
    small = service_costs(GRAPH, [cost("host", "0.01")], currency="EUR")
    assert small.by_service == {"mail": euro("0.01")}


def test_what_cannot_be_is_refused_with_every_problem() -> None:
    dollars = AssetCost(AssetId("a"), CIId("host"), "lease", Money(1, "USD"))
    with pytest.raises(DefinitionError) as caught:
        service_costs(
            GRAPH,
            [dollars, cost("host", "0.005")],
            currency="EUR",
            services={CIId("phone")},
            weights={CIId("mail"): -1, CIId("shop"): 0.5, CIId("x"): Decimal("NaN")},  # type: ignore[dict-item]
        )
    assert caught.value.problems == (
        "weights['mail']: must be a number that is not negative, not int -1",
        "weights['shop']: must be a number that is not negative, not float 0.5",
        "weights['x']: must be a number that is not negative, not Decimal Decimal('NaN')",
        "service 'phone' is not in the configuration graph",
        "service 'x' is not in the configuration graph",
        "the cost of 1.00 USD for a (lease) is not in EUR; convert it first",
        "the cost of 0.005 EUR for a (depreciation) is no whole number of minor units; round it first",
    )
    with pytest.raises(DefinitionError, match="not str 'EURO'; did you mean 'EUR'"):
        service_costs(GRAPH, [], currency="EURO")


@st.composite
def landscapes(
    draw: st.DrawFn,
) -> tuple[int, int, list[tuple[int, int]], list[int], list[tuple[int | None, int]]]:
    hosts, services = draw(st.integers(1, 4)), draw(st.integers(0, 4))
    nodes = st.integers(0, hosts + services - 1)
    relations = draw(st.lists(st.tuples(nodes, nodes).filter(lambda pair: pair[0] != pair[1]), unique=True))
    weights = draw(st.lists(st.integers(0, 3), min_size=services, max_size=services))
    costs = draw(st.lists(st.tuples(st.none() | nodes, st.integers(1, 9999)), max_size=6))
    return hosts, services, relations, weights, costs


@settings(max_examples=60)
@given(landscapes())
def test_not_a_cent_is_lost_and_each_bears_its_share(case: Any) -> None:
    hosts, services, relations, weights, told = case
    items = [
        ConfigurationItem(CIId(f"{n}"), "server" if n < hosts else "service", "x")
        for n in range(hosts + services)
    ]
    graph = ConfigurationGraph(
        items, [Relation(CIId(f"{a}"), "depends_on", CIId(f"{b}")) for a, b in relations]
    )
    costs = [cost(None if at is None else f"{at}", amount) for at, amount in told]
    by_weight = {CIId(f"{hosts + n}"): weight for n, weight in enumerate(weights)}
    report = service_costs(graph, costs, currency="EUR", weights=by_weight)
    assert report.total == total((each.amount for each in costs), "EUR")
    borne = {service: Fraction(0) for service in by_weight}
    for each, (at, _) in zip(costs, told, strict=True):
        # What depends on it, by going over the relations until nothing is added.
        reach = set() if at is None else {at}
        for _ in range(hosts + services):
            reach |= {a for a, b in relations if b in reach}
        bearing = {f"{n}": weights[n - hosts] for n in reach if n >= hosts}
        for service, weight in bearing.items():
            if sum(bearing.values()):
                borne[CIId(service)] += Fraction(each.amount.amount) * weight / sum(bearing.values())
    for service, exact in borne.items():
        amount = report.by_service.get(service, euro(0))
        assert abs(Fraction(amount.amount) - exact) < Fraction(len(costs) or 1, 100)
        assert exact or not amount
    assert all(share.amount for shares in report.shares.values() for share in shares)


# -- what assets cost -------------------------------------------------------------------------------


def test_assets_cost_their_depreciation_and_their_part_of_contracts(
    management: AssetManagement, when: Callable[..., Occasion], stocked: Callable[..., Asset]
) -> None:
    laptop = management.install(stocked("a"), when(2), CIId("host")).asset
    other = stocked("b", cost=None)
    repair = Contract(
        id="C",
        name="Repair",
        supplier="Acme",
        assets=["a", "b", "z"],
        first_day=NEW_YEAR,
        last_day=date(2026, 12, 31),
        price=euro(100),
        price_per=PricePer.TERM,
    )
    anybody = evolve(repair, id="D", name="Hotline", assets=())
    free = evolve(repair, id="E", price=None)
    costs = asset_costs(management, [laptop, other], NEW_YEAR, NEXT_YEAR, contracts=[repair, anybody, free])
    assert list(map(str, costs)) == [
        "400.00 EUR for a (depreciation)",
        "33.34 EUR for a (Repair)",
        "33.33 EUR for b (Repair)",
        "33.33 EUR for z (Repair)",
        "100.00 EUR for no asset (Hotline)",
    ]
    assert [each.ci for each in costs] == ["host", "host", None, None, None]
    half = asset_costs(management, [laptop], NEW_YEAR, NEXT_YEAR, disposed_on={laptop.id: date(2026, 7, 1)})
    assert [each.amount for each in half] == [euro(200)]
    assert asset_costs(management, [laptop], date(2020, 1, 1), NEW_YEAR) == ()


def test_an_asset_is_counted_once(management: AssetManagement, stocked: Callable[..., Asset]) -> None:
    with pytest.raises(DefinitionError, match="assets: 'a' stands there more than once"):
        asset_costs(management, [stocked("a"), stocked("a")], NEW_YEAR, NEXT_YEAR)


def test_costs_go_to_the_item_that_an_asset_was_then(
    management: AssetManagement, when: Callable[..., Occasion], stocked: Callable[..., Asset]
) -> None:
    hours = 24 * (date(2026, 7, 1) - date(2026, 3, 2)).days
    laptop = management.install(stocked("a"), when(2), CIId("host")).asset
    laptop = management.install(laptop, when(hours), CIId("spare")).asset
    laptop = management.install(laptop, when(hours + 24 * 31), None).asset
    laptop = management.install(laptop, when(hours + 24 * 62), CIId("host")).asset
    laptop = management.install(laptop, when(hours + 24 * 62 + 1), CIId("mail")).asset
    laptop = management.install(laptop, when(hours + 24 * 92), CIId("host")).asset
    repair = Contract(
        id="C", name="Repair", supplier="Acme", assets=["a"], first_day=NEW_YEAR, price=euro(365)
    )
    costs = asset_costs(management, [laptop], NEW_YEAR, NEXT_YEAR, contracts=[repair])
    # January to June and October to December, July, August, September
    assert [(each.ci, each.reason, each.amount) for each in costs] == [
        ("host", "depreciation", euro(300)),
        ("spare", "depreciation", euro("33.33")),
        (None, "depreciation", euro("33.34")),
        ("mail", "depreciation", euro("33.33")),
        ("host", "Repair", euro(181 + 92)),
        ("spare", "Repair", euro(31)),
        (None, "Repair", euro(31)),
        ("mail", "Repair", euro(30)),
    ]
    assert asset_costs(management, [laptop], NEW_YEAR, NEW_YEAR, contracts=[repair]) == ()


def test_what_is_gone_costs_its_item_until_it_went(
    management: AssetManagement, when: Callable[..., Occasion], stocked: Callable[..., Asset]
) -> None:
    monitor = evolve(management, classes=[AssetClass("monitor", holds_data=False, depreciation=YEARLY)])
    asset = monitor.install(stocked("a", "monitor"), when(2), CIId("host")).asset
    asset = monitor.transition(asset, "retire", when(3), {"retirement_reason": "dim"}).asset
    hours = 24 * (date(2026, 9, 15) - date(2026, 3, 2)).days
    asset = monitor.transition(asset, "dispose", when(hours), {"disposal_record": "D"}).asset
    costs = asset_costs(monitor, [asset], NEW_YEAR, NEXT_YEAR)
    assert [(each.ci, each.amount) for each in costs] == [("host", euro(800))]
    later = asset_costs(monitor, [asset], NEW_YEAR, NEXT_YEAR, disposed_on={asset.id: date(2026, 10, 1)})
    assert [(each.ci, each.amount) for each in later] == [("host", euro(800)), (None, euro(100))]
