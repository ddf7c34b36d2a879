"""A record in the making: what is put into it is converted to what its class declares, or noted."""

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo

from itsmkit.cmdb.class_model import ClassModel
from itsmkit.cmdb.source_record import LookUp, SourceRecord, SourceRelation
from itsmkit.interchange.inventory._values import is_nothing, text_of, value_of
from itsmkit.interchange.inventory.inventory_import import Reading

__all__ = ["Draft"]


class Draft:
    """
    A record in the making.

    Args:
        reading: Where what cannot be taken is noted.
        model: The class model, whose attributes and kinds the record keeps to.
        position: Where the record stands in the file.
        key: Its key.
        ci_class: Its class, which the model knows.
        zone: The zone of times without one.
    """

    def __init__(
        self,
        reading: Reading,
        model: ClassModel,
        position: str,
        key: str,
        ci_class: str,
        *,
        zone: tzinfo = UTC,
    ) -> None:
        self._reading = reading
        self._model = model
        self._types = model.attributes_of(ci_class).types
        self._zone = zone
        self._position = position
        self.key = key
        self.ci_class = ci_class
        self.name: str | None = None
        self.attributes: dict[str, object] = {}
        self.lookups: list[LookUp] = []
        self.relations: list[SourceRelation] = []
        self._known: set[LookUp | SourceRelation] = set()

    def call(self, value: object, field: str = "name") -> None:
        """Take *value* as the name, if it has none yet and the value is one."""
        if self.name is None and not is_nothing(value):
            try:
                self.name = text_of(value) or None
            except ValueError as error:
                self._drop(field, str(error))

    def put(self, attribute: str, value: object, field: str) -> None:
        """
        Take *value* as an attribute, unless it has that already, or the value says nothing.

        An attribute that the class does not have is noted as a field that nothing is made of.
        """
        if is_nothing(value) or attribute in self.attributes:
            return
        kind = self._types.get(attribute)
        if kind is None:
            way_out = "declare it in the class model, or leave it"
            problem = f"class {self.ci_class!r} has no attribute {attribute!r}"
            self._reading.pass_over(self._position, self.key, field, problem, way_out)
            return
        try:
            found = value_of(value, kind.kind, self._zone)
        except ValueError as error:
            self._drop(field, str(error))
            return
        if is_nothing(found):
            return
        if not kind.has_choice(found):
            choices = ", ".join(map(repr, kind.choices or ()))
            self._drop(field, f"must be one of {choices}, not {found!r}")
            return
        self.attributes[attribute] = found

    def look_up(self, kind: str, **attributes: object) -> None:
        """Add a part by which it can be recognised, once, if the first of *attributes* says something."""
        known = {name: value for name, value in attributes.items() if not is_nothing(value)}
        if next(iter(attributes)) in known:
            found = LookUp(kind, known)
            if found not in self._known:
                self._known.add(found)
                self.lookups.append(found)

    def relate(
        self,
        relation_type: str,
        other: str,
        other_class: str,
        *,
        from_other: bool = False,
        qualifier: str = "",
        field: str,
    ) -> bool:
        """Add a relation, once, if the model allows it; tell whether it does. What it does not is noted."""
        ends = (other_class, self.ci_class) if from_other else (self.ci_class, other_class)
        if not self._model.allows(ends[0], relation_type, ends[1]):
            problem = f"the class model does not allow {ends[0]!r} {relation_type} {ends[1]!r}"
            self._reading.drop(self._position, self.key, field, problem, "allow it there, or leave it")
            return False
        found = SourceRelation(relation_type, other, from_other=from_other, qualifier=qualifier)
        if found not in self._known:
            self._known.add(found)
            self.relations.append(found)
        return True

    def record(self, seen_at: datetime | None = None) -> Iterator[SourceRecord]:
        """Yield the record, unless none can be made of it: that is noted then."""
        return self._reading.record(
            self._position,
            self.key,
            self.ci_class,
            name=self.name,
            attributes=self.attributes,
            lookups=tuple(self.lookups),
            relations=tuple(self.relations),
            seen_at=seen_at,
        )

    def _drop(self, field: str, problem: str) -> None:
        self._reading.drop(self._position, self.key, field, problem, "correct it in the source")
