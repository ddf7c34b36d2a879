"""An asset as its history makes it, and who had it where at any time."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from attrs import evolve, field, frozen

from itsmkit._checks import aware, named
from itsmkit._frozen import EMPTY, changed, frozen_dict
from itsmkit._problems import distinct_problems
from itsmkit.cmdb import CIId
from itsmkit.errors import DefinitionError
from itsmkit.money import Money
from itsmkit.practices.assets.events import (
    DESCRIPTIVE_FIELDS,
    AssetDescribed,
    AssetEvent,
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
from itsmkit.practices.assets.re_estimate import ReEstimate
from itsmkit.workflow import StateCategory

__all__ = ["Asset", "GONE", "Stretch", "asset_from", "each_once"]


@frozen
class Stretch:
    """
    For how long something was so: the instants from *since* up to, but not including, *until*.

    Args:
        value: What was so, such as who had the asset.
        since: Its start, in UTC.
        until: Its end, in UTC; ``None`` while it goes on.
    """

    value: str
    since: datetime
    until: datetime | None = None

    def __contains__(self, instant: datetime) -> bool:
        return self.since <= aware(instant, "instant") and (self.until is None or instant < self.until)

    def __str__(self) -> str:
        until = "" if self.until is None else f" to {self.until.isoformat()}"
        return f"{self.value} from {self.since.isoformat()}{until}"


@frozen
class Asset:
    """
    An IT asset: something of financial value that helps to deliver a service.

    It is what its events made of it; `asset_from` reads it from its history.

    Args:
        id: The key.
        asset_class: The name of its class.
        name: What people call it.
        state: The state of its life.
        state_category: The category of that state; logic elsewhere asks for it, and never for the name.
        version: How many events it has.
        updated_at: When it changed last, in UTC.
        gone_at: When it was closed or cancelled, in UTC; ``None`` while it is neither.
        serial_number: What its maker tells it by.
        tag: What is on its label, by which it is counted.
        acquired_on: When it was bought.
        in_service_on: When it came into service, if that was another day.
        cost: What it cost.
        re_estimates: What was found out later about its value and life, in the order of their days.
        wipe_certificate: What the certificate of its wiping is found by, while it says something.
        owners: Who had it when, the earliest first. What began and ended at the same instant is left out.
        locations: Where it was when.
        cis: Which configuration item it was when.
        counts: The names of the stock-takes in which it was seen.
        details: Further fields of the desk's own, by name.

    Source:
        ITIL 4, practice "IT asset management".
    """

    id: AssetId = field(validator=named)  # type: ignore[assignment]  # attrs takes the type of the validator
    asset_class: str
    name: str
    state: str
    state_category: str
    version: int
    updated_at: datetime
    gone_at: datetime | None = None
    serial_number: str | None = None
    tag: str | None = None
    acquired_on: date | None = None
    in_service_on: date | None = None
    cost: Money | None = None
    re_estimates: tuple[ReEstimate, ...] = ()
    wipe_certificate: str | None = None
    owners: tuple[Stretch, ...] = ()
    locations: tuple[Stretch, ...] = ()
    cis: tuple[Stretch, ...] = ()
    counts: tuple[str, ...] = ()
    details: Mapping[str, object] = field(default=EMPTY, converter=frozen_dict)

    @property
    def owner(self) -> str | None:
        """Who has it now."""
        return _last(self.owners)

    @property
    def location(self) -> str | None:
        """Where it is now."""
        return _last(self.locations)

    @property
    def ci(self) -> CIId | None:
        """The configuration item that it is now."""
        ci = _last(self.cis)
        return None if ci is None else CIId(ci)

    @property
    def is_gone(self) -> bool:
        """Whether it is closed or cancelled, so that nothing is left to be kept."""
        return self.state_category in GONE

    def owner_at(self, instant: datetime) -> str | None:
        """Return who had it at *instant*, aware; ``None`` for nobody."""
        return _at(self.owners, instant)

    def location_at(self, instant: datetime) -> str | None:
        """Return where it was at *instant*, aware; ``None`` if nobody has said."""
        return _at(self.locations, instant)

    def ci_at(self, instant: datetime) -> CIId | None:
        """Return which configuration item it was at *instant*, aware."""
        ci = _at(self.cis, instant)
        return None if ci is None else CIId(ci)

    def facts(self) -> dict[str, object]:
        """
        Return the asset as the guards of its workflow see it; a field hides a detail of the same name.

        Its cost is split into ``cost``, a number, and ``currency``.
        """
        return {
            **self.details,
            **{name: getattr(self, name) for name in (*_SEEN, *DESCRIPTIVE_FIELDS)},
            "assigned_to": self.owner,
            "cost": None if self.cost is None else self.cost.amount,
            "currency": None if self.cost is None else self.cost.currency,
        }

    def after(self, event: AssetEvent) -> "Asset":
        """
        Return what *event* makes of it.

        Raises:
            DefinitionError: If it is an event of another asset, not the next one of this, one that takes
                effect before the last, or a second registration.
        """
        if (event.asset_id, event.sequence) != (self.id, self.version + 1):
            problem = (
                f"event {event.sequence} of asset {event.asset_id} cannot follow version {self.version} of "
                f"asset {self.id}; a history is read in order, without a gap"
            )
            raise DefinitionError(problem)
        if event.effective_at < self.updated_at:
            problem = (
                f"event {event.sequence} of asset {self.id} takes effect at {event.effective_at.isoformat()} "
                f"and the one before it at {self.updated_at.isoformat()}; a history never goes back"
            )
            raise DefinitionError(problem)
        changes = _CHANGES[type(event.fact)](self, event.fact, event.effective_at)
        return evolve(self, version=event.sequence, updated_at=event.effective_at, **changes)

    def __str__(self) -> str:
        return f"{self.name} ({self.id})"


GONE = frozenset({StateCategory.CLOSED.value, StateCategory.CANCELLED.value})
"""The categories of the states of what is gone."""

_SEEN = ("asset_class", "state", "state_category", "owner", "location", "ci", "wipe_certificate")


def asset_from(history: Iterable[AssetEvent]) -> Asset:
    """
    Return the asset that *history* makes.

    Args:
        history: All events of one asset, in order.

    Raises:
        DefinitionError: If the history is empty, does not begin with the registration, has a gap, or goes
            back in time.
    """
    events = iter(history)
    first = next(events, None)
    if first is None:
        problem = "an empty history makes no asset"
        raise DefinitionError(problem)
    if not isinstance(first.fact, AssetRegistered) or first.sequence != 1:
        problem = (
            f"the history of asset {first.asset_id} begins with {first.name} {first.sequence}; it must begin "
            "with AssetRegistered 1"
        )
        raise DefinitionError(problem)
    fact = first.fact
    asset = Asset(
        id=first.asset_id,
        asset_class=fact.asset_class,
        name=fact.name,
        state=fact.state,
        state_category=fact.category,
        version=1,
        updated_at=first.effective_at,
    )
    asset = evolve(asset, **_described(asset, fact.details))
    for event in events:
        asset = asset.after(event)
    return asset


def each_once(assets: Iterable[Asset]) -> tuple[Asset, ...]:
    """
    Return *assets* as they are.

    Raises:
        DefinitionError: With each that stands more than once.
    """
    assets = tuple(assets)
    problems = list(distinct_problems("assets", (asset.id for asset in assets)))
    if problems:
        raise DefinitionError(*problems)
    return assets


def _last(stretches: tuple[Stretch, ...]) -> str | None:
    return stretches[-1].value if stretches and stretches[-1].until is None else None


def _at(stretches: tuple[Stretch, ...], instant: datetime) -> str | None:
    aware(instant, "instant")
    return next((stretch.value for stretch in stretches if instant in stretch), None)


def _passed(stretches: tuple[Stretch, ...], value: str | None, at: datetime) -> tuple[Stretch, ...]:
    """Return the stretches if *value* is so from *at* on."""
    if value == _last(stretches):
        return stretches
    if stretches and stretches[-1].until is None:
        last = stretches[-1]
        ended = () if last.since == at else (evolve(last, until=at),)
        stretches = (*stretches[:-1], *ended)
    if stretches and (stretches[-1].value, stretches[-1].until) == (value, at):  # it goes on
        return (*stretches[:-1], evolve(stretches[-1], until=None))
    return stretches if value is None else (*stretches, Stretch(value, at))


def _described(asset: Asset, news: Mapping[str, object]) -> dict[str, Any]:
    changes: dict[str, Any] = {name: value for name, value in news.items() if name in DESCRIPTIVE_FIELDS}
    details = {name: value for name, value in news.items() if name not in DESCRIPTIVE_FIELDS}
    return {**changes, "details": changed(asset.details, details)} if details else changes


def _moved_on(asset: Asset, fact: LifeCycleMoved, at: datetime) -> dict[str, Any]:
    gone_at = (asset.gone_at or at) if fact.category in GONE else None
    state = {"state": fact.target, "state_category": fact.category, "gone_at": gone_at}
    return {**state, **_described(asset, fact.details)}


def _counted(asset: Asset, fact: Counted, _at: datetime) -> dict[str, Any]:
    return {} if fact.count in asset.counts else {"counts": (*asset.counts, fact.count)}


def _registered_again(asset: Asset, _fact: AssetRegistered, _at: datetime) -> dict[str, Any]:
    problem = f"asset {asset.id} is registered already; a history is begun once"
    raise DefinitionError(problem)


_CHANGES: Mapping[type, Callable[[Asset, Any, datetime], dict[str, Any]]] = {
    AssetRegistered: _registered_again,
    LifeCycleMoved: _moved_on,
    Assigned: lambda asset, fact, at: {"owners": _passed(asset.owners, fact.owner, at)},
    Moved: lambda asset, fact, at: {"locations": _passed(asset.locations, fact.location, at)},
    Installed: lambda asset, fact, at: {"cis": _passed(asset.cis, fact.ci, at)},
    WipeCertified: lambda _asset, fact, _at: {"wipe_certificate": fact.certificate},
    WipeWithdrawn: lambda _asset, _fact, _at: {"wipe_certificate": None},
    Counted: _counted,
    ReEstimated: lambda asset, fact, _at: {"re_estimates": (*asset.re_estimates, fact.estimate)},
    Reclassified: lambda _asset, fact, _at: {"asset_class": fact.asset_class},
    AssetDescribed: lambda asset, fact, _at: _described(asset, fact.changes),
}
