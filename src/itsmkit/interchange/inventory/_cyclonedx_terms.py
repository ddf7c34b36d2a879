"""What the words of a CycloneDX bill of materials mean here."""

from collections.abc import Mapping
from typing import Any

from itsmkit.interchange.inventory._drafts import clean

__all__ = [
    "CLASSES",
    "CLASSES_OF_THE_WHOLE",
    "COMPONENT_FIELDS",
    "LISTS",
    "NO_ITEMS",
    "SERVICE_FIELDS",
    "SILENT",
    "VERSIONS",
    "certificate_of",
    "hashes_of",
    "key_of",
    "licences_of",
    "maker_of",
    "name_of",
    "several",
]

VERSIONS = ("1.2", "1.3", "1.4", "1.5", "1.6", "1.7")
LISTS = ("components", "services", "dependencies")

CLASSES = {
    "application": "application",
    "container": "software",  # an image, which is released; what runs is none of a bill of materials
    "cryptographic-asset": "certificate",
    "device": "device",
    "device-driver": "software",
    "firmware": "software",
    "framework": "software",
    "library": "software",
    "machine-learning-model": "software",
    "operating-system": "software",
    "platform": "software",
}
CLASSES_OF_THE_WHOLE = {"device": "device", "firmware": "software", "operating-system": "software"}
NO_ITEMS = ("data", "file")

SILENT = frozenset(
    {"$schema", "bomFormat", "specVersion", "version", "serialNumber", "timestamp", "component"}
)
COMPONENT_FIELDS = frozenset(
    {
        *("type", "bom-ref", "bomRef", "name", "group", "version", "purl", "cpe", "licenses", "hashes"),
        *("publisher", "supplier", "manufacturer", "author", "authors", "components"),
    }
)
SERVICE_FIELDS = frozenset({"bom-ref", "bomRef", "name", "group", "services"})


def key_of(told: Mapping[str, Any]) -> str | None:
    """Return what a component or service is known by, or ``None`` if it has no name either."""
    found = clean(told.get("bom-ref")) or clean(told.get("bomRef")) or clean(told.get("purl"))
    if found:
        return found
    name, version = name_of(told), clean(told.get("version"))
    return f"{name}@{version}" if name and version else name


def name_of(told: Mapping[str, Any]) -> str | None:
    """Return its name, with its group."""
    group, name = clean(told.get("group")), clean(told.get("name"))
    return f"{group}/{name}" if group and name else name


def maker_of(told: Mapping[str, Any]) -> str | None:
    """Return who publishes, supplies or makes it."""
    authors = told.get("authors")
    several = authors if isinstance(authors, list) else ()
    for each in (told.get("publisher"), told.get("supplier"), told.get("manufacturer"), *several):
        if found := clean(each.get("name") if isinstance(each, dict) else each):
            return found
    return clean(told.get("author"))


def licences_of(told: object) -> tuple[str, ...]:
    """Return its licences, each as an identifier, an expression or a name."""
    found = []
    for each in told if isinstance(told, list) else ():
        if isinstance(each, dict):
            inner = each.get("license")
            named = inner if isinstance(inner, dict) else {}
            found.append(clean(each.get("expression")) or clean(named.get("id")) or clean(named.get("name")))
    return tuple(filter(None, found))


def hashes_of(told: object) -> tuple[str, ...]:
    """Return its digests, each with its algorithm."""
    several = [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []
    pairs = [(clean(each.get("alg")), clean(each.get("content"))) for each in several]
    return tuple(f"{name}:{digest}" for name, digest in pairs if name and digest)


def certificate_of(told: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what is told of a certificate; nothing if it is none."""
    properties = told.get("cryptoProperties")
    found = properties.get("certificateProperties") if isinstance(properties, dict) else None
    return found if isinstance(found, dict) else {}


def several(told: object) -> list[object]:
    """Return what is told as a list, though it should be one: the texts of a list, or the only one."""
    if isinstance(told, list):
        return told
    return [told] if told else []
