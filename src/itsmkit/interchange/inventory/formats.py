"""The formats of inventories that can be read, and how one is told from another."""

import re
from collections.abc import Callable, Mapping
from contextlib import closing
from importlib import import_module

from attrs import frozen

from itsmkit._frozen import FrozenDict
from itsmkit.interchange.inventory._source_file import InventorySource, SourceFile
from itsmkit.interchange.inventory.errors import InventoryFileError
from itsmkit.interchange.inventory.inventory_import import InventoryImport
from itsmkit.interchange.inventory.limits import ImportLimits

__all__ = ["INVENTORY_FORMATS", "InventoryFormat", "sniff"]


@frozen
class InventoryFormat:
    """
    A format of inventories.

    Args:
        name: What it is called here, such as ``"glpi"``.
        title: What it is, in a few words.
        suffixes: What names of such files end in, as a rule.
        home: The module of its reader.
        signs: Patterns, in groups: a file of which the first 64 KiB hold all those of one group, is likely of
            this format.
        needs_map: Whether its reader asks for a `ColumnMap` besides.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    home: str
    signs: tuple[tuple[str, ...], ...]
    needs_map: bool = False

    @property
    def reader(self) -> Callable[..., InventoryImport]:
        """Its reader, such as `read_csv`; see there for what it takes."""
        found: Callable[..., InventoryImport] = getattr(import_module(self.home), f"read_{self.name}")
        return found

    def fits(self, head: str) -> bool:
        """Tell whether a file that begins with *head* is likely of this format."""
        return any(all(re.search(sign, head) for sign in group) for group in self.signs)


_ROOM = "itsmkit.interchange.inventory"
_NETBOX_APPS = "circuits|contenttypes|dcim|ipam|tenancy|virtualization"

_FORMATS = (
    InventoryFormat(
        "glpi",
        "inventory of one computer or network device, by the agent of GLPI (JSON)",
        (".json",),
        f"{_ROOM}.glpi",
        (
            (
                r"(?i)\A\s*\{",
                r'(?i)"(deviceid|itemtype|versionclient|action)"\s*:',
                r'(?i)"content"\s*:\s*\{',
            ),
            (r"(?i)\A\s*\{", r'(?i)"content"\s*:\s*\{\s*"(hardware|bios|versionclient|network_device)"'),
        ),
    ),
    InventoryFormat(
        "servicenow",
        "configuration items of ServiceNow, from its Table API or an export of a list (JSON or CSV)",
        (".json", ".csv"),
        f"{_ROOM}.servicenow",
        (
            (r"\A\s*[\[{]", r'"sys_class_name"\s*:'),
            (r"\A\s*[\[{]", r'"sys_id"\s*:'),
            (r'\A\s*\{\s*"result"\s*:\s*\[\s*\]',),
            (r"\A[^\n]*\bsys_class_name\b",),
            (r"(?i)\A[^\n]*\bsys[_ ]id\b",),
        ),
    ),
    InventoryFormat(
        "cyclonedx",
        "bill of materials in CycloneDX 1.2 to 1.7 (JSON)",
        (".cdx.json", ".json"),
        f"{_ROOM}.cyclonedx",
        (
            (r"\A\s*\{", r'(?i)"bomFormat"\s*:\s*"CycloneDX"'),
            (r"\A\s*\{", r'(?i)"\$schema"\s*:\s*"[^"]*cyclonedx'),
            (r"\A\s*<", r"cyclonedx\.org/schema"),
        ),
    ),
    InventoryFormat(
        "backstage",
        "catalogue of Backstage (YAML, or JSON of its API)",
        (".yaml", ".yml", ".json"),
        f"{_ROOM}.backstage",
        (
            (r"""(?m)^[\s"'-]*apiVersion["']?\s*:\s*["']?[\w.]*backstage\.io/""",),
            (r'"apiVersion"\s*:\s*"[\w.]*backstage\.io/',),
        ),
    ),
    InventoryFormat(
        "netbox",
        "export of NetBox: answers of its API, or a dump (JSON), or what fills it (YAML)",
        (".json", ".yml", ".yaml"),
        f"{_ROOM}.netbox",
        (
            (r"\A\s*[\[{]", rf'"(?:model|object_type)"\s*:\s*"(?:{_NETBOX_APPS})\.\w+"'),
            (r"\A\s*[\[{]", rf'"url"\s*:\s*"[^"]*/api/(?:{_NETBOX_APPS})/'),
            (r"\A\s*[\[{]", rf'"(?:{_NETBOX_APPS})\.\w+"\s*:\s*[\[{{]'),
            (r"\A\s*[\[{]", r'"device_type"\s*:', r'"(?:device_)?role"\s*:', r'"site"\s*:'),
            (r"\A\s*[\[{]", r'"vcpus"\s*:', r'"cluster"\s*:'),
            (r"\A\s*[\[{]", r'"slug"\s*:', r'"custom_fields"\s*:'),
            (r"(?m)^\s*-\s+name\s*:", r"(?m)^\s+(?:device_type|device_role)\s*:"),
            (r"\A\s*\{", r'"count"\s*:\s*\d', r'"next"\s*:', r'"results"\s*:\s*\['),
        ),
    ),
    InventoryFormat(
        "json",
        "rows of JSON, by a column map: an array, an object with the rows in it, or JSON Lines",
        (".json", ".jsonl", ".ndjson"),
        f"{_ROOM}.rows",
        ((r"\A\s*[\[{]",),),
        needs_map=True,
    ),
    InventoryFormat(
        "csv",
        "rows of CSV, by a column map",
        (".csv", ".tsv", ".txt"),
        f"{_ROOM}.rows",
        ((r"\A\s*[^\n]*[,;\t|]",),),
        needs_map=True,
    ),
)

INVENTORY_FORMATS: Mapping[str, InventoryFormat] = FrozenDict({each.name: each for each in _FORMATS})
"""The formats by name, from the most particular to the most general."""


def sniff(source: InventorySource) -> InventoryFormat:
    """
    Return the format that *source* likely is of, told by its content and not by its name.

    Args:
        source: A path, or a file open for reading bytes; that is left where it stood.

    Raises:
        InventoryFileError: If the file cannot be read, or looks like none: with all that are known.
    """
    with closing(SourceFile(source, ImportLimits())) as file:
        head = file.start_of_text()
    for each in INVENTORY_FORMATS.values():
        if each.fits(head):
            return each
    known = ", ".join(f"{each.name} ({each.title})" for each in INVENTORY_FORMATS.values())
    raise InventoryFileError(
        file.name, "", f"looks like none of the formats that are known: {known}; name one"
    )
