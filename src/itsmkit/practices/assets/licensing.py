"""
The licence position: what one may run against what one runs, as a function of a set of events.

The order in which events come does not matter, nor that one comes twice: what counts is on which day it was.

>>> from datetime import date
>>> from itsmkit.practices.assets import EntitlementBought, InstallationSeen, LicenceProduct
>>> first = date(2026, 1, 1)
>>> events = [
...     InstallationSeen(id="i1", on=first, installation="1", product="Paint", device="pc-1"),
...     InstallationSeen(id="i2", on=first, installation="2", product="Paint", device="pc-2"),
...     EntitlementBought(id="b1", on=first, entitlement="L1", product="Paint", quantity=1),
... ]
>>> print(licence_position([LicenceProduct("Paint")], events, first).explain())
licence position on 2026-01-01
Paint (per device): 1 entitled - 2 consumed = -1; 1 missing
  entitled: 1 by L1
  consumed: 1 by pc-1, 1 by pc-2
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property

from attrs import field, frozen

from itsmkit._checks import is_a
from itsmkit._frozen import FrozenDict, frozen_dict
from itsmkit._problems import close_to, distinct_problems, items_problems, shown
from itsmkit.errors import DefinitionError, NotFoundError
from itsmkit.practices.assets._checks import date_problems
from itsmkit.practices.assets._matching import matched
from itsmkit.practices.assets._rights import Right, standing
from itsmkit.practices.assets.licence_events import (
    EntitlementBought,
    EntitlementReturned,
    EntitlementUpgraded,
    InstallationRemoved,
    InstallationSeen,
    LicenceEvent,
    LicenceMetric,
    LicenceProduct,
    downgrade_problems,
)

__all__ = ["LicencePosition", "ProductPosition", "licence_position"]

_EVENTS = (
    EntitlementBought,
    EntitlementReturned,
    EntitlementUpgraded,
    InstallationSeen,
    InstallationRemoved,
)


@frozen
class ProductPosition:
    """
    How the licences of one product stand.

    Args:
        product: The product.
        rights: What entitles to it.
        consumers: How many licences each user or device needs, by id.
        covered_by: How many of what is needed the licences of each product cover, by its name: its own, and
            those with downgrade rights to it.
        used_for: How many of its licences are used for each product, by name.
    """

    product: LicenceProduct
    rights: tuple[Right, ...]
    consumers: Mapping[str, int] = field(converter=frozen_dict)
    covered_by: Mapping[str, int] = field(converter=frozen_dict)
    used_for: Mapping[str, int] = field(converter=frozen_dict)

    @property
    def entitled(self) -> int:
        """How many licences there are."""
        return sum(right.quantity for right in self.rights)

    @property
    def consumed(self) -> int:
        """How many licences are needed."""
        return sum(self.consumers.values())

    @property
    def balance(self) -> int:
        """The licences that there are, less those that are needed; without downgrade rights."""
        return self.entitled - self.consumed

    @property
    def missing(self) -> int:
        """How many of what is needed no licence covers, downgrade rights included."""
        return self.consumed - sum(self.covered_by.values())

    @property
    def spare(self) -> int:
        """How many licences cover nothing, downgrade rights included."""
        return self.entitled - sum(self.used_for.values())

    def explain(self) -> str:
        """Return it as text: the figures, and who they come from."""
        name = self.product.name
        told = [f"{self.missing} missing"] if self.missing else []
        told += [f"{self.spare} to spare"] if self.spare else []
        told += [f"{count} covered by {other}" for other, count in self.covered_by.items() if other != name]
        told += [f"{count} used for {other}" for other, count in self.used_for.items() if other != name]
        figures = f"{self.entitled} entitled - {self.consumed} consumed = {self.balance}"
        lines = [f"{name} ({self.product.metric.value}): {figures}; {', '.join(told) or 'all of it used'}"]
        if self.rights:
            rights = ", ".join(f"{right.quantity} by {right.entitlement}" for right in self.rights)
            lines.append(f"  entitled: {rights}")
        if self.consumers:
            consumers = ", ".join(f"{count} by {who}" for who, count in self.consumers.items())
            lines.append(f"  consumed: {consumers}")
        return "\n".join(lines)


@frozen
class LicencePosition:
    """
    How all licences stand on a day.

    Args:
        on: The day.
        products: The position of each product, sorted by name.
        findings: What does not fit together, a sentence each: what counts as little as it may.
    """

    on: date
    products: tuple[ProductPosition, ...]
    findings: tuple[str, ...] = ()

    @cached_property
    def over_licensed(self) -> tuple[ProductPosition, ...]:
        """The products of which licences cover nothing."""
        return tuple(each for each in self.products if each.spare)

    @cached_property
    def under_licensed(self) -> tuple[ProductPosition, ...]:
        """The products of which something is covered by no licence."""
        return tuple(each for each in self.products if each.missing)

    def of(self, product: str) -> ProductPosition:
        """
        Return the position of one product.

        Raises:
            NotFoundError: If there is none of that name.
        """
        for each in self.products:
            if each.product.name == product:
                return each
        raise NotFoundError("licence product", product)

    def explain(self) -> str:
        """Return it as text: each product, and what does not fit together."""
        lines = [f"licence position on {self.on}", *(each.explain() for each in self.products)]
        return "\n".join([*lines, *(f"finding: {each}" for each in self.findings)])


def licence_position(
    products: Iterable[LicenceProduct], events: Iterable[LicenceEvent], on: date
) -> LicencePosition:
    """
    Return how licences stand on a day, by the events up to and including it.

    Licences cover the product that they are for. With what is left, as much as possible is covered by
    downgrade rights; this may move a licence from its own product, if another takes its place there. Each
    product is counted by itself: whoever has two versions of one needs a licence for each.

    Nobody knows the hour of an event. So on one day, what is bought counts before what is upgraded, and that
    before what is returned; what is removed on the day on which it was seen is gone; and of several events of
    one kind, the one with the smaller id comes first.

    Args:
        products: The products that licences are for.
        events: In any order; one may come several times.
        on: The day.

    Raises:
        DefinitionError: With every product that stands twice or may run what is unknown or counted otherwise,
            every event of an unknown product, and every id that stands for two events.
    """
    by_name, distinct = _checked(tuple(products), tuple(events), on)
    stands = standing(distinct, on)
    findings = list(stands.findings)
    needs: dict[str, dict[str, int]] = {name: {} for name in by_name}
    for installation in stands.installations:
        who, count = _need(by_name[installation.product], installation, findings)
        held = needs[installation.product]
        held[who] = max(held.get(who, 0), count)
    rights: dict[str, list[Right]] = {name: [] for name in by_name}
    for right in stands.rights:
        rights[right.product].append(right)
    used = matched(
        by_name,
        {name: sum(right.quantity for right in rights[name]) for name in by_name},
        {name: sum(needs[name].values()) for name in by_name},
    )
    covered_by: dict[str, dict[str, int]] = {name: {} for name in by_name}
    used_for: dict[str, dict[str, int]] = {name: {} for name in by_name}
    for (giver, taker), count in sorted(used.items()):
        if count:
            covered_by[taker][giver] = used_for[giver][taker] = count
    return LicencePosition(
        on,
        tuple(
            ProductPosition(
                by_name[name],
                tuple(rights[name]),
                {who: needs[name][who] for who in sorted(needs[name])},
                covered_by[name],
                used_for[name],
            )
            for name in sorted(by_name)
        ),
        tuple(findings),
    )


def _checked(
    products: tuple[LicenceProduct, ...], events: tuple[LicenceEvent, ...], on: date
) -> tuple[Mapping[str, LicenceProduct], tuple[LicenceEvent, ...]]:
    """Return the products by name, and each event once."""
    problems = list(date_problems("on", on))
    problems += items_problems("products", products, LicenceProduct)
    for number, event in enumerate(events):
        if not is_a(event, *_EVENTS):
            problems.append(f"events[{number}]: must be a licence event, not {shown(event)}")
    if problems:
        raise DefinitionError(*problems)
    by_name = {product.name: product for product in products}
    by_id = {event.id: event for event in events}
    problems += distinct_problems("products", (product.name for product in products))
    problems += downgrade_problems(by_name)
    # In the order of their ids, so that it does not matter in which they came.
    problems += sorted(set(_event_problems(events, by_id, by_name)))
    if problems:
        raise DefinitionError(*problems)
    return FrozenDict(by_name), tuple(by_id.values())


def _event_problems(
    events: Iterable[LicenceEvent], by_id: Mapping[str, LicenceEvent], products: Mapping[str, LicenceProduct]
) -> Iterator[str]:
    for event in events:
        if by_id[event.id] != event:
            one, other = sorted(map(str, (by_id[event.id], event)))
            yield f"event {event.id!r}: the id stands for two events: {one} and {other}"
        name = getattr(event, "product", None)
        if name is not None and name not in products:
            yield f"event {event.id!r}: product {name!r} is unknown; {close_to(name, products)}"


def _need(product: LicenceProduct, seen: InstallationSeen, findings: list[str]) -> tuple[str, int]:
    """Return who needs licences for an installation, and how many."""
    who = seen.user if product.metric is LicenceMetric.PER_USER else seen.device
    if who is None:
        what = "user" if product.metric is LicenceMetric.PER_USER else "device"
        findings.append(
            f"installation {seen.installation} of {product.name} names no {what}; it counts by itself"
        )
        who = f"installation {seen.installation}"
    if product.metric is not LicenceMetric.PER_CORE:
        return who, 1
    if seen.cores is None:
        findings.append(
            f"installation {seen.installation} of {product.name} names no cores; the least number counts"
        )
    return who, max(seen.cores or 1, product.least_cores)
