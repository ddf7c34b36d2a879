"""What the words of a Backstage catalogue mean here."""

import re
from collections.abc import Mapping
from typing import Self

from attrs import frozen

__all__ = [
    "DEFAULT_CLASSES",
    "EDGES",
    "Edge",
    "EntityRef",
    "KINDS",
    "LIFECYCLES",
    "NO_ITEMS",
    "PART_OF",
    "SPEC_EDGES",
    "class_of",
]

DEFAULT_CLASSES: Mapping[str, str] = {
    "api": "api",
    "component": "application",
    "domain": "business service",
    "group": "group",
    "resource": "technical service",
    "system": "technical service",
    "user": "person",
}
"""The class of each kind of entity, as far as it does not depend on its type."""

KINDS = tuple(DEFAULT_CLASSES)
NO_ITEMS = frozenset({"location", "template"})
"""The kinds of entities that tell where others are, or how to make them."""

LIFECYCLES = {"experimental": "in build", "production": "live", "deprecated": "live"}
"""What is deprecated is still there: that it should not be used is no state of it."""

_RESOURCES = tuple(
    (re.compile(pattern), ci_class)
    for pattern, ci_class in (
        (r"database|\bdb\b|sql|postgres|mongo|redis|dynamo|\brds\b|cassandra|elasticsearch", "database"),
        (r"queue|topic|kafka|rabbit|pub-?sub|\bsqs\b|\bsns\b|broker|stream|cache", "middleware"),
        (r"bucket|\bs3\b|storage|volume|disk|file-?system", "storage volume"),
        (r"cluster|kubernetes|\b(?:eks|gke|aks)\b", "cluster"),
        (r"virtual-?machine|\bvm\b|\bec2\b", "virtual machine"),
        (r"\bcontainer\b", "container"),
        (r"\b(?:server|host)\b", "host"),
    )
)


def class_of(kind: str, entity_type: str | None) -> str:
    """
    Return the class of an entity of a known kind.

    >>> class_of("resource", "S3_Bucket"), class_of("component", "library"), class_of("component", "website")
    ('storage volume', 'software', 'application')
    """
    spelled = re.sub(r"[\s_]+", "-", (entity_type or "").casefold())
    match kind:
        case "resource":
            found = (ci_class for pattern, ci_class in _RESOURCES if pattern.search(spelled))
            return next(found, DEFAULT_CLASSES[kind])
        case "component" if spelled == "library":
            return "software"
        case "group" if spelled in ("organization", "organisation", "company"):
            return "organisation"
        case _:
            return DEFAULT_CLASSES[kind]


@frozen
class Edge:
    """
    What a field or a relation of an entity says of another entity.

    Args:
        relation_type: The relation type.
        from_other: Whether it leads from the other entity.
        kind: The kind of the other, where a reference does not name it.
    """

    relation_type: str
    from_other: bool = False
    kind: str = "component"


PART_OF = "part"
"""Stands for ``composed_of``, where the class model has it between the two, or else ``depends_on``."""

SPEC_EDGES: Mapping[str, Edge] = {
    "owner": Edge("operated_by", kind="group"),
    "system": Edge(PART_OF, from_other=True, kind="system"),
    "domain": Edge(PART_OF, from_other=True, kind="domain"),
    "subcomponentOf": Edge(PART_OF, from_other=True),
    "subdomainOf": Edge(PART_OF, from_other=True, kind="domain"),
    "dependsOn": Edge("depends_on"),
    "dependencyOf": Edge("depends_on", from_other=True),
    "providesApis": Edge("depends_on", from_other=True, kind="api"),
    "consumesApis": Edge("depends_on", kind="api"),
    "memberOf": Edge("member_of", kind="group"),
    "members": Edge("member_of", from_other=True, kind="user"),
    "parent": Edge("member_of", kind="group"),
    "children": Edge("member_of", from_other=True, kind="group"),
}

EDGES: Mapping[str, Edge] = {
    "ownedBy": SPEC_EDGES["owner"],
    "ownerOf": Edge("operated_by", from_other=True),
    "partOf": Edge(PART_OF, from_other=True),
    "hasPart": Edge(PART_OF),
    "dependsOn": SPEC_EDGES["dependsOn"],
    "dependencyOf": SPEC_EDGES["dependencyOf"],
    "providesApi": SPEC_EDGES["providesApis"],
    "apiProvidedBy": Edge("depends_on"),
    "consumesApi": SPEC_EDGES["consumesApis"],
    "apiConsumedBy": Edge("depends_on", from_other=True),
    "memberOf": SPEC_EDGES["memberOf"],
    "hasMember": SPEC_EDGES["members"],
    "childOf": SPEC_EDGES["parent"],
    "parentOf": SPEC_EDGES["children"],
}

_REF = re.compile(r"(?:([^:/]+):)?(?:([^:/]+)/)?([^:/]+)")


def _folded(text: str) -> str:
    return text.strip().casefold()


@frozen
class EntityRef:
    """
    What names an entity. Capital letters make no difference to the key.

    >>> EntityRef.of("Payments/Ledger", "component", "default").key
    'component:payments/ledger'
    """

    _kind: str
    namespace: str
    name: str

    @classmethod
    def of(cls, told: object, kind: str, namespace: str) -> Self | None:
        """Return what *told* refers to, with these where it does not say; ``None`` if it is no reference."""
        if isinstance(told, dict):
            parts = [told.get("kind", kind), told.get("namespace", namespace), told.get("name")]
        elif isinstance(told, str) and (found := _REF.fullmatch(told.strip())):
            parts = [found[1] or kind, found[2] or namespace, found[3]]
        else:
            return None
        if all(isinstance(part, str) and part.strip() for part in parts):
            return cls(*parts)
        return None

    @property
    def kind(self) -> str:
        """The kind, in small letters."""
        return _folded(self._kind)

    @property
    def key(self) -> str:
        """The whole reference, in small letters."""
        return f"{self.kind}:{_folded(self.namespace)}/{_folded(self.name)}"
