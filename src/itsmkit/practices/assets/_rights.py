"""What is left of licence rights on a day, and what installations are there: read from a set of events."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from attrs import define

from itsmkit.practices.assets.licence_events import (
    EntitlementBought,
    EntitlementReturned,
    EntitlementUpgraded,
    InstallationRemoved,
    InstallationSeen,
    LicenceEvent,
)

__all__ = ["Right", "Standing", "standing"]


@define
class _Left:
    """A right, and how many of it are left."""

    product: str
    quantity: int
    last_day: date | None


class Right(NamedTuple):
    """
    What is left of a right.

    Args:
        entitlement: Its key.
        product: The name of its product.
        quantity: How many of it are left.
        last_day: The last day on which it holds, or ``None``.
    """

    entitlement: str
    product: str
    quantity: int
    last_day: date | None


class Standing(NamedTuple):
    """
    How licences stand on a day.

    Args:
        rights: The rights that hold, by key; those of which nothing is left are not among them.
        installations: The installations that are there, by key.
        findings: What does not fit together, a sentence each.
    """

    rights: tuple[Right, ...]
    installations: tuple[InstallationSeen, ...]
    findings: tuple[str, ...]


# What happens on one day happens in this order, since nobody knows the hour: who sells and buys anew on a day
# has it all the time, and what was removed on the day on which it was seen is gone.
_ORDER: dict[type, int] = {
    EntitlementBought: 0,
    EntitlementUpgraded: 1,
    EntitlementReturned: 2,
    InstallationSeen: 3,
    InstallationRemoved: 4,
}


def standing(events: Iterable[LicenceEvent], on: date) -> Standing:
    """
    Return how licences stand on a day, by the events up to and including it.

    Args:
        events: Each once; their order does not matter.
        on: The day.
    """
    rights: dict[str, _Left] = {}
    installed: dict[str, InstallationSeen] = {}
    findings: list[str] = []
    known = (event for event in events if event.on <= on)
    for event in sorted(known, key=lambda event: (event.on, _ORDER[type(event)], event.id)):
        match event:
            case EntitlementBought():
                if _is_new(rights, event, findings):
                    rights[event.entitlement] = _Left(event.product, event.quantity, event.last_day)
            case EntitlementUpgraded():
                if _is_new(rights, event, findings):
                    taken = _take(rights, event.upgraded_from, event, "upgrades", findings)
                    if taken:
                        rights[event.entitlement] = _Left(event.product, taken, event.last_day)
            case EntitlementReturned():
                _take(rights, event.entitlement, event, "returns", findings)
            case InstallationSeen():
                installed[event.installation] = event
            case _:
                installed.pop(event.installation, None)
    held = (
        Right(key, right.product, right.quantity, right.last_day)
        for key, right in sorted(rights.items())
        if right.quantity and (right.last_day is None or on <= right.last_day)
    )
    return Standing(tuple(held), tuple(installed[key] for key in sorted(installed)), tuple(findings))


def _is_new(
    rights: Mapping[str, _Left], event: EntitlementBought | EntitlementUpgraded, findings: list[str]
) -> bool:
    """Tell whether the key of what is granted is free; tell what is not."""
    if event.entitlement not in rights:
        return True
    findings.append(
        f"{event.id} gives entitlement {event.entitlement} for the second time; it does not count: "
        "give it a key of its own"
    )
    return False


def _take(
    rights: dict[str, _Left],
    key: str,
    event: EntitlementUpgraded | EntitlementReturned,
    verb: str,
    findings: list[str],
) -> int:
    """Take what is asked for off a right, as far as it is there; tell what is not."""
    right = rights.get(key)
    expired = right is not None and right.last_day is not None and right.last_day < event.on
    left = 0 if right is None or expired else right.quantity
    taken = min(left, event.quantity)
    if right is not None:
        right.quantity -= taken
    if taken < event.quantity:
        findings.append(
            f"{event.id} {verb} {event.quantity} of entitlement {key}, of which {left} are left; the rest "
            "does not count"
        )
    return taken
