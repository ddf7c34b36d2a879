"""
Inventories of other systems: each file becomes records of what that system says of configuration items.

Nothing is decided here: which item a record is of, and whose word counts, is for whoever takes the records.
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
    from itsmkit.interchange.inventory._source_file import InventorySource
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

__getattr__, __dir__ = lazily(
    __name__,
    {
        "itsmkit.interchange.inventory._source_file": ("InventorySource",),
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
    "sniff",
]
