"""The fields of an asset that only a command of their own sets."""

from collections.abc import Iterable

from itsmkit.errors import RefusedError
from itsmkit.practices.assets.events import AssetId
from itsmkit.workflow import ACTOR_ROLES

__all__ = ["PLACES", "refuse_commanded"]


def refuse_commanded(asset_id: AssetId, names: Iterable[str]) -> None:
    """
    Refuse details that a command of their own sets.

    Raises:
        RefusedError: With each of *names* that is one, and the command.
    """
    fixed = sorted(name for name in names if name in _COMMANDED)
    if fixed:
        raise RefusedError(
            *(f"cannot set {name} of {asset_id} as a detail: {_COMMANDED[name]}" for name in fixed)
        )


PLACES = frozenset({"assigned_to", "location"})

_COMMANDED = {
    **dict.fromkeys(("state", "state_category"), "it moves through its life; use `transition`"),
    **dict.fromkeys(("owner", "assigned_to"), "it is given to somebody; use `assign` or `transition`"),
    "location": "it is moved; use `move`",
    "ci": "it is installed; use `install`",
    "wipe_certificate": "it is certified; use `certify_wipe`",
    **dict.fromkeys(("asset_class", "holds_data"), "it follows from the class; use `reclassify`"),
    "re_estimates": "it is estimated anew; use `re_estimate`",
    "currency": "it is part of the cost; set `cost`",
    **dict.fromkeys(
        ("id", "version", "updated_at", "gone_at", "owners", "locations", "cis", "counts", "details"),
        "it follows from the history",
    ),
    **dict.fromkeys(("actor", "automated", ACTOR_ROLES), "it is told by who acts"),
}
