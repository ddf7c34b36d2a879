"""Catalogues of Backstage: descriptor files in YAML, and what the catalogue's API answers in JSON."""

from collections.abc import Iterator, Mapping
from typing import Any, Unpack

from attrs import frozen

from itsmkit._problems import close_to, shown
from itsmkit.cmdb.class_model import ClassModel
from itsmkit.cmdb.source_record import SourceRecord
from itsmkit.interchange.inventory._backstage_terms import (
    DEFAULT_CLASSES,
    EDGES,
    KINDS,
    LIFECYCLES,
    NO_ITEMS,
    PART_OF,
    SPEC_EDGES,
    Edge,
    EntityRef,
    class_of,
)
from itsmkit.interchange.inventory._draft import Draft
from itsmkit.interchange.inventory._drafts import Drafts, clean
from itsmkit.interchange.inventory._json_stream import json_pieces, path_text
from itsmkit.interchange.inventory._source_file import InventorySource
from itsmkit.interchange.inventory._values import is_nothing
from itsmkit.interchange.inventory._yaml_stream import yaml_documents
from itsmkit.interchange.inventory.errors import InventoryFileError
from itsmkit.interchange.inventory.inventory_import import ImportOptions, InventoryImport, Reading

__all__ = ["read_backstage"]

_NAMED = frozenset({"name", "namespace", "title", "uid", "etag", "generation"})
_TAKEN = frozenset({"type", "lifecycle", "profile", "target", "targets", *SPEC_EDGES})
_ANSWER = frozenset({"totalItems", "pageInfo"})
_TOP = frozenset({"apiVersion", "kind", "metadata", "spec", "relations"})


def read_backstage(
    source: InventorySource, *, model: ClassModel | None = None, **options: Unpack[ImportOptions]
) -> InventoryImport:
    """
    Return the records of a catalogue of Backstage.

    The file holds one or more YAML documents, or the JSON of the catalogue's API: one entity, an array of
    entities, or an object with ``items``. Components become applications, or software if they are libraries;
    APIs, systems and domains become services of the class ``api``, technical and business services; a
    resource becomes a database, storage volume or whatever its type names, or else a technical service;
    groups, organisations and people are what they are. A record has the whole reference as its key, such as
    ``component:default/shop``, so that the records of several files fit together.

    Nothing is fetched: what a location points to, or a placeholder such as ``$text``, is in the report. A
    relation to an entity that is not in the file is kept, and is in the report, too.

    Args:
        source: The file.
        model: The class model, by default the standard one, whose classes and attributes the records keep to.
        **options: As `ImportOptions` says.

    Raises:
        DefinitionError: With every option that is wrong.

    Source:
        Backstage, "Descriptor Format of Catalog Entities" and "Well-known Relations".
    """
    return InventoryImport("backstage", source, lambda reading: _read(reading, model), options)


def _read(reading: Reading, model: ClassModel | None) -> Iterator[SourceRecord]:
    catalogue = _Catalogue(reading, Drafts(reading, model))
    for entity in _entities(reading):
        catalogue.take(entity)
    catalogue.check()
    yield from catalogue.drafts.records()


@frozen
class _Entity:
    """
    One entity as the file has it.

    Args:
        position: Where it stands.
        value: What stands there.
        problem: Why it cannot be taken; empty if it can.
    """

    position: str
    value: Any
    problem: str = ""


def _entities(reading: Reading) -> Iterator[_Entity]:
    if reading.file.start_of_text().lstrip().startswith(("{", "[")):
        yield from _entities_of_json(reading)
        return
    is_empty = True
    for document in yaml_documents(reading.file, reading.limits):
        is_empty = False
        several = document.value if isinstance(document.value, list) else [document.value]
        for value in several:
            yield _Entity(document.place, value, document.problem)
    if is_empty:
        raise InventoryFileError(reading.file.name, "", "nothing is in it; export it again")


def _entities_of_json(reading: Reading) -> Iterator[_Entity]:
    alone: dict[str, Any] = {}
    problem = ""
    is_answer = False
    for piece in json_pieces(reading.file, reading.limits, "", "items"):
        match piece.path:
            case (int(),):
                yield _Entity(piece.place, piece.value, piece.problem)
            case ("items", int()):
                is_answer = True
                yield _Entity(piece.place, piece.value, piece.problem)
            case _:
                alone[path_text(piece.path)] = piece.value
                problem = problem or piece.problem
    if is_answer or (alone and alone.keys() <= _ANSWER):
        for name in alone.keys() - _ANSWER:
            reading.pass_over("line 1", "", name)
    elif alone:
        yield _Entity("line 1", alone, problem)


class _Catalogue:
    """A catalogue on its way to drafts."""

    def __init__(self, reading: Reading, drafts: Drafts) -> None:
        self._reading = reading
        self._are_any_entities = False
        self._first: _Entity | None = None
        self.drafts = drafts

    def take(self, entity: _Entity) -> None:
        """Make the draft of an entity, or note why there is none."""
        self._first = self._first or entity
        if entity.problem:
            self._are_any_entities = True
            self._reading.leave_out(entity.position, "", entity.problem, "correct it in the source")
            return
        told = entity.value
        if isinstance(told, dict) and isinstance(told.get("entity"), dict):
            told = told["entity"]
        if not isinstance(told, dict) or "kind" not in told:
            problem = f"an entity must have a kind, not be {shown(told)}"
            self._reading.leave_out(entity.position, "", problem, "correct it in the source")
            return
        self._are_any_entities = True
        version = told.get("apiVersion")
        if version is not None and "backstage.io/" not in str(version):
            problem = f"apiVersion {shown(version)} is none of Backstage"
            self._reading.leave_out(entity.position, "", problem, "do without it")
            return
        metadata = _table(told.get("metadata"))
        kind, name = clean(told["kind"]), clean(metadata.get("name"))
        if kind is None or name is None:
            problem = f"an entity must have a kind and a metadata.name, not {shown(kind)} and {shown(name)}"
            self._reading.leave_out(entity.position, name or "", problem, "correct it in the source")
            return
        if "{{" in name:
            problem = f"its name {name!r} is a placeholder, which a template fills in"
            self._reading.leave_out(entity.position, name, problem, "read what was made of it instead")
            return
        ref = EntityRef(kind, clean(metadata.get("namespace")) or "default", name)
        self._entity(ref, told, entity.position)

    def check(self) -> None:
        """
        Raise if the file holds something else than entities.

        Raises:
            InventoryFileError: If no entity is in it at all.
        """
        if self._first is not None and not self._are_any_entities:
            problem = (
                "is no catalogue of Backstage: each entity has apiVersion, kind and metadata, and here is "
                f"{shown(self._first.value)}"
            )
            raise InventoryFileError(self._reading.file.name, self._first.position, problem)

    def _entity(self, ref: EntityRef, told: Mapping[str, Any], position: str) -> None:
        kind, key = ref.kind, ref.key
        spec = _table(told.get("spec"))
        if kind in NO_ITEMS:
            self._not_fetched(key, spec, position)
            problem = f"an entity of kind {kind!r} is no configuration item"
            self._reading.pass_over(position, key, f"kind {kind}", problem, "do without it")
            return
        if kind not in KINDS:
            problem = f"the kind {told['kind']!r} is not known ({close_to(kind, KINDS)})"
            self._reading.leave_out(position, key, problem, "map it to one of the known kinds, or leave it")
            return
        draft = self.drafts.add(position, key, class_of(kind, clean(spec.get("type"))))
        if draft is None:
            return
        self._describe(draft, told, spec, ref)
        for name, edge in SPEC_EDGES.items():
            for other in _several(spec.get(name)):
                self._relate(draft, ref, edge, other, f"spec.{name}")
        for relation in _several(told.get("relations")):
            self._told(draft, ref, _table(relation))

    def _describe(
        self, draft: Draft, told: Mapping[str, Any], spec: Mapping[str, Any], ref: EntityRef
    ) -> None:
        metadata, profile = _table(told.get("metadata")), _table(spec.get("profile"))
        draft.call(metadata.get("title"), "metadata.title")
        draft.call(profile.get("displayName"), "spec.profile.displayName")
        draft.call(ref.name, "metadata.name")
        if self.drafts.knows(draft, "email"):
            draft.put("email", profile.get("email"), "spec.profile.email")
        if draft.ci_class == "api":
            draft.put("api_type", spec.get("type"), "spec.type")
        lifecycle = clean(spec.get("lifecycle"))
        if lifecycle:
            draft.put("lifecycle", LIFECYCLES.get(lifecycle.casefold(), lifecycle), "spec.lifecycle")
        rest = [
            *((f"metadata.{name}", value) for name, value in metadata.items() if name not in _NAMED),
            *((f"spec.{name}", value) for name, value in spec.items() if name not in _TAKEN),
            *((f"spec.profile.{name}", value) for name, value in profile.items() if name == "picture"),
            *((name, value) for name, value in told.items() if name not in _TOP),
        ]
        for field, value in rest:
            if is_nothing(value):
                continue
            if isinstance(value, dict) and any(str(key).startswith("$") for key in value):
                problem, way_out = f"{shown(value)} points elsewhere, and is not fetched", "do without it"
                self.drafts.pass_over(draft, field, problem, way_out)
            else:
                self.drafts.pass_over(draft, field)

    def _not_fetched(self, key: str, spec: Mapping[str, Any], position: str) -> None:
        for target in (*_several(spec.get("target")), *_several(spec.get("targets"))):
            field, problem = f"target {clean(target)}", "what it points to is not fetched"
            self._reading.pass_over(position, key, field, problem, "import that file, too")

    def _told(self, draft: Draft, ref: EntityRef, relation: Mapping[str, Any]) -> None:
        """Note a relation as the API tells it."""
        name = str(relation.get("type"))
        edge = EDGES.get(name)
        if edge is None:
            self.drafts.pass_over(draft, f"relations of type {name}")
            return
        self._relate(
            draft, ref, edge, relation.get("targetRef") or relation.get("target"), f"relations.{name}"
        )

    def _relate(self, draft: Draft, ref: EntityRef, edge: Edge, told: object, field: str) -> None:
        other = EntityRef.of(told, edge.kind, ref.namespace)
        if other is None:
            problem = f"must be a reference such as 'component:default/shop', not {shown(told)}"
            self.drafts.drop(draft, field, problem, "correct it in the source")
            return
        other_class = DEFAULT_CLASSES.get(other.kind)
        known = self.drafts.get(other.key)
        ends = (draft.ci_class, known.ci_class if known else other_class or "")
        relation_type, is_from_other = edge.relation_type, edge.from_other
        if relation_type == PART_OF:
            relation_type = self._holding(*(ends[::-1] if is_from_other else ends))
        self.drafts.relate(
            draft,
            relation_type,
            other.key,
            field if known else f"{field} {other.key}",
            from_other=is_from_other,
            other_class=other_class,
        )

    def _holding(self, whole: str, part: str) -> str:
        """Return how something is related to what belongs to it: not all that does is a part by the model."""
        is_composed = not part or self.drafts.model.allows(whole, "composed_of", part)
        return "composed_of" if is_composed else "depends_on"


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _several(value: object) -> list[Any]:
    if is_nothing(value):
        return []
    return value if isinstance(value, list) else [value]
