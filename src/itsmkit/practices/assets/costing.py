"""
What services cost: the costs of the assets that they stand on, shared out along the configuration graph.

An asset costs what is written off of it, and its part of the contracts that cover it. That goes to the
services that its configuration item supports, by weights; not a cent is lost, and what reaches no service is
told apart.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from attrs import field, frozen

from itsmkit._frozen import FrozenDict, frozen_dict
from itsmkit._problems import names, shown
from itsmkit.cmdb import CIId, ConfigurationGraph
from itsmkit.cmdb.class_model import SERVICE
from itsmkit.errors import DefinitionError
from itsmkit.money import Money, total
from itsmkit.practices.assets._checks import check_period
from itsmkit.practices.assets.asset import Asset, each_once
from itsmkit.practices.assets.coverage import Contract
from itsmkit.practices.assets.events import AssetId
from itsmkit.practices.assets.management import AssetManagement

__all__ = ["AssetCost", "CostShare", "ServiceCosts", "asset_costs", "service_costs"]

_ALL_IN_USE: Mapping[AssetId, date] = FrozenDict()
_ALL_ALIKE: Mapping[CIId, int | Decimal] = FrozenDict()


@frozen
class AssetCost:
    """
    Something that an asset costs in a period.

    Args:
        asset: The id of the asset, or ``None`` if it is for none.
        ci: The configuration item that the asset was then, or ``None`` for none.
        reason: What for: ``"depreciation"``, or the name of a contract.
        amount: How much.
    """

    asset: AssetId | None
    ci: CIId | None
    reason: str
    amount: Money

    def __str__(self) -> str:
        return f"{self.amount} for {self.asset or 'no asset'} ({self.reason})"


@frozen
class CostShare:
    """
    What a service bears of a cost.

    Args:
        cost: The cost.
        amount: How much of it.
    """

    cost: AssetCost
    amount: Money

    def __str__(self) -> str:
        whole = "" if self.amount == self.cost.amount else f"{self.amount} of "
        return f"{whole}{self.cost}"


@frozen
class ServiceCosts:
    """
    What services cost in a period.

    Args:
        currency: The currency of all amounts.
        shares: What makes up the cost of each service, by its id, sorted; what costs nothing is left out.
        unallocated: What is borne by no service, each with the reason.
    """

    currency: str
    shares: Mapping[CIId, tuple[CostShare, ...]] = field(converter=frozen_dict)
    unallocated: tuple[tuple[AssetCost, str], ...]

    @property
    def by_service(self) -> Mapping[CIId, Money]:
        """What each service costs."""
        return FrozenDict(
            {
                service: total((share.amount for share in shares), self.currency)
                for service, shares in self.shares.items()
            }
        )

    @property
    def rest(self) -> Money:
        """What is borne by no service."""
        return total((cost.amount for cost, _ in self.unallocated), self.currency)

    @property
    def total(self) -> Money:
        """All of it."""
        return total(self.by_service.values(), self.currency) + self.rest

    def explain(self) -> str:
        """Return it as text: each service with what makes up its cost, and what is borne by none."""
        lines = []
        for service, amount in self.by_service.items():
            lines.append(f"{service}: {amount}")
            lines += [f"  {share}" for share in self.shares[service]]
        if self.unallocated:
            lines.append(f"no service: {self.rest}")
            lines += [f"  {cost}: {reason}" for cost, reason in self.unallocated]
        return "\n".join(lines) or "nothing costs anything"


def asset_costs(
    management: AssetManagement,
    assets: Iterable[Asset],
    since: date,
    until: date,
    *,
    contracts: Iterable[Contract] = (),
    disposed_on: Mapping[AssetId, date] = _ALL_IN_USE,
) -> tuple[AssetCost, ...]:
    """
    Return what assets cost from *since* up to, but not including, *until*; what costs nothing is left out.

    What an asset costs goes to the configuration item that it was on each day, in UTC, by its history. Before
    its first item, that one counts, since it was bought for it, or was installed before anybody kept its
    history. Where months are written off, a month falls to the item at its end.

    A contract is shared equally by the assets that it names, whether they are among *assets* or not. What
    falls to those that are not, or all of it if it names none, belongs to no configuration item.

    Args:
        management: It knows the classes, and so the terms of depreciation.
        assets: The assets. Each id stands once.
        since: The first day.
        until: The day after the last.
        contracts: The contracts that cover them.
        disposed_on: The days from which on assets are not written off any more, where it is not the day in
            UTC on which they were closed or cancelled.

    Raises:
        DefinitionError: If a day is none, *until* precedes *since*, or an asset stands twice.
    """
    check_period(since, until)
    assets = each_once(assets)
    used = {asset.id: _uses(asset, since, until) for asset in assets}
    costs: list[AssetCost] = []
    for asset in assets:
        depreciation = management.depreciation(asset, stopped_on=disposed_on.get(asset.id))
        if depreciation is not None:
            amounts = [
                depreciation.charge(use.since, use.until) + depreciation.impairments(use.since, use.until)
                for use in used[asset.id]
            ]
            costs += _costs(asset.id, used[asset.id], "depreciation", amounts)
    for contract in contracts:
        costs += _contract_costs(contract, since, until, used)
    return tuple(costs)


class _Use(NamedTuple):
    """The days from *since* up to *until*, on which an asset is an item, or none."""

    ci: CIId | None
    since: date
    until: date


def _uses(asset: Asset, since: date, until: date) -> tuple[_Use, ...]:
    """Cut a period into what the asset is in it; of what it is on one day, the last counts."""
    items: dict[date, CIId | None] = {date.min: CIId(asset.cis[0].value) if asset.cis else None}
    for stretch in asset.cis:
        items[stretch.since.date()] = CIId(stretch.value)
        if stretch.until is not None:
            items[stretch.until.date()] = None
    uses = (
        _Use(items[begun], max(begun, since), min(ended, until))
        for begun, ended in pairwise([*items, date.max])
    )
    return tuple(use for use in uses if use.since < use.until)


def _costs(
    asset: AssetId, uses: Iterable[_Use], reason: str, amounts: Iterable[Money]
) -> Iterator[AssetCost]:
    by_item: dict[CIId | None, Money] = {}
    for use, amount in zip(uses, amounts, strict=True):
        by_item[use.ci] = by_item[use.ci] + amount if use.ci in by_item else amount
    for ci, amount in by_item.items():
        if amount:
            yield AssetCost(asset, ci, reason, amount)


def _contract_costs(
    contract: Contract, since: date, until: date, used: Mapping[AssetId, tuple[_Use, ...]]
) -> Iterator[AssetCost]:
    price = contract.cost(since, until)
    if not price:
        return
    if not contract.assets:
        yield AssetCost(None, None, contract.name, price)
        return
    for asset, share in zip(contract.assets, price.allocate([1] * len(contract.assets)), strict=True):
        uses = used.get(asset, (_Use(None, since, until),))
        by_use = [contract.cost(use.since, use.until) or Money.zero(price.currency) for use in uses]
        yield from _costs(asset, uses, contract.name, share.allocate(each.amount for each in by_use))


def service_costs(
    graph: ConfigurationGraph,
    costs: Iterable[AssetCost],
    *,
    currency: str,
    services: CIId | Iterable[CIId] | None = None,
    weights: Mapping[CIId, int | Decimal] = _ALL_ALIKE,
) -> ServiceCosts:
    """
    Share *costs* out over the services that stand on what costs.

    Args:
        graph: What depends on what. A cost reaches the service that its item is, and those that depend on it.
        costs: The costs, all in one currency, in whole minor units.
        currency: That currency.
        services: The services that bear costs; a single one may stand alone. By default, every item whose
            class has the facet ``service``.
        weights: How much each service bears of what it shares with others; 1 if it is not named. With 0, it
            bears nothing.

    Raises:
        DefinitionError: If the currency is none; else with every weight that is none, service that is not in
            the graph, and cost that is in another currency or no whole number of minor units.
    """
    costs, bearers = tuple(costs), None if services is None else frozenset(names(services))
    Money.zero(currency)  # or it is refused
    problems = [
        f"weights[{service!r}]: must be a number that is not negative, not {shown(weight)}"
        for service, weight in weights.items()
        if type(weight) not in (int, Decimal) or not Decimal(weight).is_finite() or weight < 0
    ]
    problems += [
        f"service {service!r} is not in the configuration graph"
        for service in sorted({*weights, *(bearers or ())})
        if service not in graph
    ]
    problems += [
        f"the cost of {cost} is not in {currency}; convert it first"
        for cost in costs
        if cost.amount.currency != currency
    ]
    problems += [
        f"the cost of {cost} is no whole number of minor units; round it first"
        for cost in costs
        if not cost.amount.is_whole
    ]
    if problems:
        raise DefinitionError(*problems)
    shares: dict[CIId, list[CostShare]] = {}
    unallocated: list[tuple[AssetCost, str]] = []
    reached: dict[CIId, tuple[CIId, ...]] = {}
    for cost in costs:
        ci = cost.ci
        if ci is None or ci not in graph:
            reason = (
                "it is no configuration item" if ci is None else f"{ci} is not in the configuration graph"
            )
            unallocated.append((cost, reason))
            continue
        if ci not in reached:
            reached[ci] = _services_on(graph, ci, bearers)
        bearing = [service for service in reached[ci] if weights.get(service, 1)]
        if not bearing:
            reason = (
                f"every service on {ci} has the weight 0" if reached[ci] else f"no service stands on {ci}"
            )
            unallocated.append((cost, reason))
            continue
        amounts = cost.amount.allocate([weights.get(service, 1) for service in bearing])
        for service, amount in zip(bearing, amounts, strict=True):
            if amount:
                shares.setdefault(service, []).append(CostShare(cost, amount))
    return ServiceCosts(
        currency, {service: tuple(shares[service]) for service in sorted(shares)}, tuple(unallocated)
    )


def _services_on(graph: ConfigurationGraph, ci: CIId, services: Collection[str] | None) -> tuple[CIId, ...]:
    def bears(each: CIId) -> bool:
        if services is not None:
            return each in services
        return SERVICE in graph.model.facets_of(graph.item(each).ci_class)

    return tuple(sorted(each for each in (ci, *graph.descendants(ci)) if bears(each)))
