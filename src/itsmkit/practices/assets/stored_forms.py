"""
Events as plain data, for stores: what happened is a table, whose ``kind`` is the name of the fact.

Instants stay what they are, and so do the details of a desk's own; a cost becomes text.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import fields, frozen

from itsmkit._documents import Form, structure, unstructure
from itsmkit._problems import close_to, shown
from itsmkit.errors import DefinitionError
from itsmkit.money import Money
from itsmkit.practices.assets._plain_forms import FORMS
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
)
from itsmkit.tickets import Actor

__all__ = [
    "asset_event_from",
    "asset_event_to_mapping",
    "licence_event_from",
    "licence_event_to_mapping",
]


def _by_name(*kinds: type) -> Mapping[str, type]:
    return {kind.__name__: kind for kind in kinds}


_FACTS = _by_name(
    AssetRegistered,
    LifeCycleMoved,
    Assigned,
    Moved,
    Installed,
    WipeCertified,
    WipeWithdrawn,
    Counted,
    Reclassified,
    ReEstimated,
    AssetDescribed,
)
_LICENCE_EVENTS = _by_name(
    EntitlementBought, EntitlementReturned, EntitlementUpgraded, InstallationSeen, InstallationRemoved
)


def asset_event_to_mapping(event: AssetEvent) -> dict[str, Any]:
    """
    Return *event* as plain data: the inverse of `asset_event_from`.

    >>> from datetime import UTC, datetime
    >>> from itsmkit.practices.assets import Assigned
    >>> nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
    >>> event = AssetEvent(AssetId("a-1"), 3, nine, nine, nine, Actor("kim"), Assigned("ann"))
    >>> asset_event_to_mapping(event)["fact"]
    {'kind': 'Assigned', 'owner': 'ann'}
    """
    values = {each.name: getattr(event, each.name) for each in fields(AssetEvent)}
    plain: dict[str, Any] = unstructure(_Event(**{**values, "fact": _Fact(event.fact)}), forms=_ALL_FORMS)
    return plain


def asset_event_from(plain: object, *, where: str = "the event") -> AssetEvent:
    """
    Return the event that *plain* describes: the inverse of `asset_event_to_mapping`.

    Raises:
        DefinitionError: With every problem, and where it stands.
    """
    read = structure(_Event, plain, where=where, forms=_ALL_FORMS)
    values = {each.name: getattr(read, each.name) for each in fields(AssetEvent)}
    return AssetEvent(**{**values, "fact": read.fact.value})


def licence_event_to_mapping(event: LicenceEvent) -> dict[str, Any]:
    """
    Return *event* as plain data: the inverse of `licence_event_from`.

    >>> from datetime import date
    >>> from itsmkit.practices.assets import InstallationRemoved
    >>> licence_event_to_mapping(InstallationRemoved(id="r1", on=date(2026, 3, 2), installation="1"))
    {'kind': 'InstallationRemoved', 'id': 'r1', 'on': datetime.date(2026, 3, 2), 'installation': '1'}
    """
    return _told(event)


def licence_event_from(plain: object, *, where: str = "the event") -> LicenceEvent:
    """
    Return the event that *plain* describes: the inverse of `licence_event_to_mapping`.

    Raises:
        DefinitionError: With every problem, and where it stands.
    """
    try:
        event: LicenceEvent = _read(plain, _LICENCE_EVENTS)
    except DefinitionError as error:
        raise DefinitionError(*(f"{where}: {problem}" for problem in error.problems)) from None
    return event


# -- the shape of what is stored ---------------------------------------------------------------------


@frozen
class _Fact:
    value: AssetFact


@frozen
class _Event:
    asset_id: AssetId
    sequence: int
    at: datetime
    effective_at: datetime
    recorded_at: datetime
    actor: Actor
    fact: _Fact


def _told(value: object) -> dict[str, Any]:
    return {"kind": type(value).__name__, **unstructure(value, forms=FORMS)}


def _read(plain: object, kinds: Mapping[str, type]) -> Any:
    if not isinstance(plain, Mapping):
        problem = f"must be a table, not {shown(plain)}"
        raise DefinitionError(problem)
    name = plain.get("kind")
    if not isinstance(name, str) or name not in kinds:
        problem = f"kind: must be the name of what happened, not {shown(name)}; {close_to(name, kinds)}"
        raise DefinitionError(problem)
    kind = kinds[name]
    values = {key: value for key, value in plain.items() if key != "kind"}
    return structure(kind, values, where=kind.__name__, forms=FORMS)


def _read_fact(plain: object) -> _Fact:
    return _Fact(_read(_with_costs(plain), _FACTS))


def _with_costs(plain: object) -> object:
    """Return *plain* with the costs in it read, which nothing else tells from other details."""
    if not isinstance(plain, Mapping):
        return plain
    read = dict(plain)
    for name in ("details", "changes"):
        values = plain.get(name)
        if isinstance(values, Mapping) and values.get("cost") is not None:
            cost = structure(Money, values["cost"], where=f"{name}.cost", forms=FORMS)
            read[name] = {**values, "cost": cost}
    return read


_ALL_FORMS = (*FORMS, Form(_Fact, _read_fact, lambda fact: _told(fact.value)))
