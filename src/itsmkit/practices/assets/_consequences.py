"""What follows from what is asked for: the facts that are news."""

from collections.abc import Iterable, Mapping

from itsmkit.errors import RefusedError
from itsmkit.practices.assets.asset import GONE, Asset
from itsmkit.practices.assets.events import (
    DESCRIPTIVE_FIELDS,
    AssetDescribed,
    AssetFact,
    Assigned,
    Installed,
    LifeCycleMoved,
    Moved,
    WipeWithdrawn,
)
from itsmkit.workflow import Fired, StateCategory

__all__ = ["consequences", "described", "differing", "withdrawn"]

_WITHDRAW = "withdraw_wipe_certificate"


def consequences(
    asset: Asset, fired: Fired, details: Mapping[str, object], kept: Mapping[str, object]
) -> Iterable[AssetFact]:
    """
    Return the facts that a move through the life makes.

    Args:
        asset: The asset before it.
        fired: The move.
        details: All that was handed in with it.
        kept: Those of *details* that stay with the asset.

    Raises:
        RefusedError: If the asset would be somebody's in a state that is not active.
    """
    category = fired.category.value
    in_use = fired.category is StateCategory.ACTIVE
    owner = details.get("assigned_to", asset.owner if in_use else None)
    if owner is not None and not in_use:
        what = f"{fired.trigger} {asset} and assign it to {owner}"
        refusal = f"cannot {what}: it is {fired.target} then, and nobody's"
        raise RefusedError(refusal)
    gone = category in GONE
    location = None if gone else details.get("location", asset.location)
    yield LifeCycleMoved(
        fired.source, fired.target, category, fired.trigger, fired.effects, _news(asset, kept)
    )
    yield from differing(
        asset,
        Assigned(owner),  # type: ignore[arg-type]  # it checks itself
        Moved(location),  # type: ignore[arg-type]  # as above
        Installed(None if gone else asset.ci),
    )
    if _WITHDRAW in fired.effects:
        yield from withdrawn(asset, fired.trigger)


def withdrawn(asset: Asset, why: str) -> tuple[AssetFact, ...]:
    """Return that the certificate of its wiping says nothing any more, if there is one."""
    return () if asset.wipe_certificate is None else (WipeWithdrawn(f"{why}: it may hold data again"),)


def differing(asset: Asset, *facts: Assigned | Moved | Installed) -> Iterable[AssetFact]:
    """Return those of *facts* that are not so yet."""
    held = {Assigned: asset.owner, Moved: asset.location, Installed: asset.ci}
    for fact in facts:
        if fact != type(fact)(held[type(fact)]):  # type: ignore[arg-type]  # each of its own kind
            yield fact


def described(asset: Asset, changes: Mapping[str, object]) -> Iterable[AssetFact]:
    """Return that what *changes* say is so now, as far as it was not."""
    news = _news(asset, changes)
    return (AssetDescribed(news),) if news else ()


def _news(asset: Asset, values: Mapping[str, object]) -> dict[str, object]:
    """Return those of *values* that the asset has not got yet."""
    held = {**asset.details, **{name: getattr(asset, name) for name in DESCRIPTIVE_FIELDS}}
    return {name: value for name, value in values.items() if held.get(name) != value}
