"""
What happens to licences: rights are bought, returned and upgraded; installations are seen and removed.

Each event has an id, by which a repetition of it is known, and says from which day on it counts.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from enum import Enum
from typing import TypeAlias

from attrs import field, frozen
from attrs.validators import optional

from itsmkit._checks import named
from itsmkit._frozen import as_tuple
from itsmkit._problems import close_to, instance_problems, names_problems, shown
from itsmkit.errors import DefinitionError
from itsmkit.practices.assets._checks import date_problems

__all__ = [
    "EntitlementBought",
    "EntitlementReturned",
    "EntitlementUpgraded",
    "InstallationRemoved",
    "InstallationSeen",
    "LicenceEvent",
    "LicenceMetric",
    "LicenceProduct",
    "downgrade_problems",
]


class LicenceMetric(Enum):
    """What uses up a licence."""

    PER_USER = "per user"
    """Each person who has it, on however many devices."""
    PER_DEVICE = "per device"
    """Each device that has it, for however many people."""
    PER_CORE = "per core"
    """Each core of each device that has it."""


@frozen
class LicenceProduct:
    """
    What licences are for.

    Args:
        name: The product with its version, such as ``"Office 2024"``.
        metric: What uses up a licence.
        may_run: The names of other products that may be run instead: downgrade rights.
        least_cores: How many cores each device counts at least, where cores count.

    Raises:
        DefinitionError: With everything that cannot be.
    """

    name: str = field(validator=named)
    metric: LicenceMetric = LicenceMetric.PER_DEVICE
    may_run: tuple[str, ...] = field(default=(), converter=as_tuple, kw_only=True)
    least_cores: int = field(default=0, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = [
            *instance_problems("metric", self.metric, LicenceMetric),
            *names_problems("may_run", self.may_run),
            *_number_problems("least_cores", self.least_cores, least=0),
        ]
        if self.name in self.may_run:
            problems.append(f"may_run: {self.name!r} is the product itself")
        if problems:
            raise DefinitionError(*(f"licence product {self.name!r}: {problem}" for problem in problems))


def _number_problems(path: str, value: object, *, least: int) -> Iterator[str]:
    if type(value) is not int or value < least:
        yield f"{path}: must be a whole number, not below {least}, not {shown(value)}"


def downgrade_problems(products: Mapping[str, LicenceProduct]) -> Iterator[str]:
    """List the products, by name, that may run what is unknown or counted otherwise."""
    for product in products.values():
        for name in product.may_run:
            other = products.get(name)
            if other is None:
                yield f"{product.name} may run {name!r}, which is unknown; {close_to(name, products)}"
            elif other.metric is not product.metric:
                yield (
                    f"{product.name} may run {name}, which is counted {other.metric.value} and not "
                    f"{product.metric.value}; a licence serves only what is counted alike"
                )


@frozen(kw_only=True)
class _Event:
    """
    Something that happened to licences.

    Args:
        id: What a repetition of it is known by.
        on: The day from which on it counts.
    """

    id: str = field(validator=named)
    on: date

    def __attrs_post_init__(self) -> None:
        problems = list(self._problems())
        if problems:
            raise DefinitionError(*(f"licence event {self.id!r}: {problem}" for problem in problems))

    def _problems(self) -> Iterator[str]:
        yield from date_problems("on", self.on)


@frozen(kw_only=True)
class EntitlementBought(_Event):
    """
    The right to run a product was bought.

    Args:
        entitlement: The key of the right, by which it is returned or upgraded.
        product: The name of the product.
        quantity: For how many.
        last_day: The last day on which it holds, as of a subscription; ``None`` if it has no end.
    """

    entitlement: str = field(validator=named)
    product: str = field(validator=named)
    quantity: int
    last_day: date | None = None

    def _problems(self) -> Iterator[str]:
        yield from _quantity_problems(self)
        yield from _last_day_problems(self.on, self.last_day)


def _quantity_problems(
    event: "EntitlementBought | EntitlementReturned | EntitlementUpgraded",
) -> Iterator[str]:
    yield from date_problems("on", event.on)
    yield from _number_problems("quantity", event.quantity, least=1)


def _last_day_problems(on: object, last_day: object) -> Iterator[str]:
    if last_day is None:
        return
    problems = list(date_problems("last_day", last_day))
    yield from problems
    if not problems and not list(date_problems("on", on)) and last_day < on:  # type: ignore[operator]  # dates
        yield f"last_day: {last_day} precedes {on}, from which on it counts"


@frozen(kw_only=True)
class EntitlementReturned(_Event):
    """
    Some of a right was given back.

    Args:
        entitlement: The key of the right.
        quantity: How many of it.
    """

    entitlement: str = field(validator=named)
    quantity: int

    def _problems(self) -> Iterator[str]:
        yield from _quantity_problems(self)


@frozen(kw_only=True)
class EntitlementUpgraded(_Event):
    """
    Some of a right became the right to run another product.

    Args:
        upgraded_from: The key of the right that it was.
        entitlement: The key of the right that it is now.
        product: The name of the product.
        quantity: How many of it.
        last_day: The last day on which the new right holds; ``None`` if it has no end.
    """

    upgraded_from: str = field(validator=named)
    entitlement: str = field(validator=named)
    product: str = field(validator=named)
    quantity: int
    last_day: date | None = None

    def _problems(self) -> Iterator[str]:
        yield from _quantity_problems(self)
        yield from _last_day_problems(self.on, self.last_day)
        if self.entitlement == self.upgraded_from:
            yield f"entitlement: {self.entitlement!r} is what it was; give the new right a key of its own"


@frozen(kw_only=True)
class InstallationSeen(_Event):
    """
    A product was seen to be installed, or made available to somebody.

    Args:
        installation: The key of the installation; seen again, it is as it was seen last.
        product: The name of the product.
        device: The id of the device, or ``None`` if there is none.
        user: The id of who uses it, or ``None`` if nobody knows.
        cores: How many cores the device has, or ``None`` if nobody knows.
    """

    installation: str = field(validator=named)
    product: str = field(validator=named)
    device: str | None = field(default=None, validator=optional(named))
    user: str | None = field(default=None, validator=optional(named))
    cores: int | None = None

    def _problems(self) -> Iterator[str]:
        yield from _Event._problems(self)
        if self.cores is not None:
            yield from _number_problems("cores", self.cores, least=1)


@frozen(kw_only=True)
class InstallationRemoved(_Event):
    """
    An installation is no more.

    Args:
        installation: The key of the installation.
    """

    installation: str = field(validator=named)


LicenceEvent: TypeAlias = (
    EntitlementBought | EntitlementReturned | EntitlementUpgraded | InstallationSeen | InstallationRemoved
)
"""Any of the events above."""
