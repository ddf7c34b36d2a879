"""
Inventories of other systems: each file becomes records of what that system says of configuration items.

Nothing is decided here: which item a record is of, and whose word counts, is for whoever takes the records.
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
    from itsmkit.interchange.inventory._source_file import InventorySource
    from itsmkit.interchange.inventory.backstage import read_backstage
    from itsmkit.interchange.inventory.column_map import (
        AttributeColumn,
        ClassColumn,
        ColumnMap,
        ColumnType,
        LookUpColumns,
        RelationColumn,
    )
    from itsmkit.interchange.inventory.column_map_file import column_map_from, load_column_map
    from itsmkit.interchange.inventory.cyclonedx import read_cyclonedx
    from itsmkit.interchange.inventory.errors import InventoryError, InventoryFileError
    from itsmkit.interchange.inventory.findings import (
        ImportFinding,
        ImportPosition,
        ImportReport,
        ImportSeverity,
    )
    from itsmkit.interchange.inventory.formats import INVENTORY_FORMATS, InventoryFormat, sniff
    from itsmkit.interchange.inventory.glpi import read_glpi
    from itsmkit.interchange.inventory.inventory_import import (
        ImportOptions,
        ImportProgress,
        InventoryImport,
    )
    from itsmkit.interchange.inventory.limits import ImportLimits
    from itsmkit.interchange.inventory.netbox import read_netbox
    from itsmkit.interchange.inventory.rows import read_csv, read_json
    from itsmkit.interchange.inventory.servicenow import read_servicenow

__getattr__, __dir__ = lazily(
    __name__,
    {
        "itsmkit.interchange.inventory._source_file": ("InventorySource",),
        "itsmkit.interchange.inventory.backstage": ("read_backstage",),
        "itsmkit.interchange.inventory.cyclonedx": ("read_cyclonedx",),
        "itsmkit.interchange.inventory.column_map": (
            "AttributeColumn",
            "ClassColumn",
            "ColumnMap",
            "ColumnType",
            "LookUpColumns",
            "RelationColumn",
        ),
        "itsmkit.interchange.inventory.column_map_file": ("column_map_from", "load_column_map"),
        "itsmkit.interchange.inventory.errors": ("InventoryError", "InventoryFileError"),
        "itsmkit.interchange.inventory.findings": (
            "ImportFinding",
            "ImportPosition",
            "ImportReport",
            "ImportSeverity",
        ),
        "itsmkit.interchange.inventory.formats": ("INVENTORY_FORMATS", "InventoryFormat", "sniff"),
        "itsmkit.interchange.inventory.glpi": ("read_glpi",),
        "itsmkit.interchange.inventory.inventory_import": (
            "ImportOptions",
            "ImportProgress",
            "InventoryImport",
        ),
        "itsmkit.interchange.inventory.limits": ("ImportLimits",),
        "itsmkit.interchange.inventory.netbox": ("read_netbox",),
        "itsmkit.interchange.inventory.rows": ("read_csv", "read_json"),
        "itsmkit.interchange.inventory.servicenow": ("read_servicenow",),
    },
)

__all__ = [
    "AttributeColumn",
    "ClassColumn",
    "ColumnMap",
    "ColumnType",
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
    "LookUpColumns",
    "RelationColumn",
    "column_map_from",
    "load_column_map",
    "read_backstage",
    "read_csv",
    "read_cyclonedx",
    "read_glpi",
    "read_json",
    "read_netbox",
    "read_servicenow",
    "sniff",
]
