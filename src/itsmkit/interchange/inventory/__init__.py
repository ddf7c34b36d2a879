"""
Inventories of other systems: each file becomes records of what that system says of configuration items.

Nothing is decided here: which item a record is of, and whose word counts, is for whoever takes the records.
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
    from itsmkit.interchange.inventory._source_file import InventorySource
    from itsmkit.interchange.inventory.backstage import read_backstage
    from itsmkit.interchange.inventory.cyclonedx import read_cyclonedx
    from itsmkit.interchange.inventory.errors import InventoryError, InventoryFileError
    from itsmkit.interchange.inventory.findings import (
        ImportFinding,
        ImportPosition,
        ImportReport,
        ImportSeverity,
    )
    from itsmkit.interchange.inventory.formats import INVENTORY_FORMATS, InventoryFormat, sniff
    from itsmkit.interchange.inventory.inventory_import import (
        ImportOptions,
        ImportProgress,
        InventoryImport,
    )
    from itsmkit.interchange.inventory.limits import ImportLimits
    from itsmkit.interchange.inventory.netbox import read_netbox

__getattr__, __dir__ = lazily(
    __name__,
    {
        "itsmkit.interchange.inventory._source_file": ("InventorySource",),
        "itsmkit.interchange.inventory.backstage": ("read_backstage",),
        "itsmkit.interchange.inventory.cyclonedx": ("read_cyclonedx",),
        "itsmkit.interchange.inventory.errors": ("InventoryError", "InventoryFileError"),
        "itsmkit.interchange.inventory.findings": (
            "ImportFinding",
            "ImportPosition",
            "ImportReport",
            "ImportSeverity",
        ),
        "itsmkit.interchange.inventory.formats": ("INVENTORY_FORMATS", "InventoryFormat", "sniff"),
        "itsmkit.interchange.inventory.inventory_import": (
            "ImportOptions",
            "ImportProgress",
            "InventoryImport",
        ),
        "itsmkit.interchange.inventory.limits": ("ImportLimits",),
        "itsmkit.interchange.inventory.netbox": ("read_netbox",),
    },
)

__all__ = [
    "INVENTORY_FORMATS",
    "ImportFinding",
    "ImportLimits",
    "ImportOptions",
    "ImportPosition",
    "ImportProgress",
    "ImportReport",
    "ImportSeverity",
    "InventoryError",
    "InventoryFileError",
    "InventoryFormat",
    "InventoryImport",
    "InventorySource",
    "read_backstage",
    "read_cyclonedx",
    "read_netbox",
    "sniff",
]
