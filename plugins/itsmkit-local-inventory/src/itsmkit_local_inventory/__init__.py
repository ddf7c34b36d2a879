"""
An itsmkit plugin that takes stock of the machine it runs on.

The hook stands in `itsmkit_local_inventory.plugin`. Hand a `LocalInventory` with `InventoryOptions` of your
own to a desk, or let ``plugins="auto"`` load it as it is.
"""

from itsmkit_local_inventory.inventory import LocalInventory
from itsmkit_local_inventory.options import InventoryOptions

__all__ = ["InventoryOptions", "LocalInventory"]
