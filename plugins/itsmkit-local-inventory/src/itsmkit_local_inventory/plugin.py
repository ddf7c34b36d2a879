"""The plugin as it is installed: the inventory with its default options."""

from datetime import datetime

from itsmkit.plugin import Discovery, hookimpl
from itsmkit_local_inventory.inventory import LocalInventory

__all__ = ["itsmkit_discover"]


@hookimpl
def itsmkit_discover(at: datetime) -> Discovery:
    """Return the inventory of the machine that this runs on."""
    return LocalInventory().itsmkit_discover(at)
