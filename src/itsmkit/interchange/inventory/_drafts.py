"""
Records while they are made of a file that has to be read to its end first.

Which relations there may be depends on the classes of both ends, and an item can be told of in several
places of a file. So everything is gathered as drafts, and the drafts become records together.
"""

from collections.abc import Iterator
from datetime import datetime

from attrs import frozen

from itsmkit.cmdb.class_model import ClassModel
from itsmkit.cmdb.class_model_form import standard_class_model
from itsmkit.cmdb.source_record import SourceRecord
from itsmkit.interchange.inventory._draft import Draft
from itsmkit.interchange.inventory._values import is_nothing, text_of
from itsmkit.interchange.inventory.inventory_import import Reading

__all__ = ["Drafts", "clean"]


def clean(value: object) -> str | None:
    """Return the text or number *value* as a text without spaces around it; ``None`` if it says nothing."""
    if type(value) is str and value.isprintable():
        return value.strip() or None  # as most are
    if is_nothing(value) or not isinstance(value, str | int | float) or isinstance(value, bool):
        return None
    try:
        return text_of(value)
    except ValueError:
        return None


@frozen
class _Told:
    """A relation whose other end may not be known yet."""

    type: str
    other: str
    field: str
    from_other: bool
    qualifier: str
    other_class: str | None


class Drafts:
    """
    All the drafts of one file.

    Args:
        reading: The reading of the file, where what cannot be taken is noted.
        model: The class model that the records keep to; by default, the standard one.
    """

    def __init__(self, reading: Reading, model: ClassModel | None = None) -> None:
        self.model = model or standard_class_model()
        self._reading = reading
        self._drafts: dict[str, Draft] = {}
        self._positions: dict[str, str] = {}
        self._told: dict[str, dict[_Told, None]] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._drafts

    def get(self, key: str | None) -> Draft | None:
        """Return the draft of a key, if there is one."""
        return None if key is None else self._drafts.get(key)

    def add(self, position: str, key: str, ci_class: str, name: object = None) -> Draft | None:
        """Return a new draft; ``None``, and note why, if there is one of this key already."""
        if key in self._drafts:
            problem = f"another record of the same key stands at {self._positions[key]}"
            self._reading.leave_out(position, key, problem, "give each record a key of its own")
            return None
        return self.begin(position, key, ci_class, name)

    def begin(self, position: str, key: str, ci_class: str, name: object = None) -> Draft:
        """Return a new draft of a key of which there is surely none yet."""
        draft = self._drafts[key] = Draft(self._reading, self.model, position, key, ci_class)
        self._positions[key] = position
        draft.call(name)
        return draft

    def knows(self, draft: Draft, attribute: str) -> bool:
        """Tell whether the class of a draft declares an attribute."""
        return attribute in self.model.attributes_of(draft.ci_class).types

    def gather(self, draft: Draft, attribute: str, value: str) -> None:
        """Add a value to an attribute that is a collection, once, if the class declares it."""
        present = draft.attributes.get(attribute, ())
        if self.knows(draft, attribute) and isinstance(present, tuple) and value not in present:
            draft.attributes[attribute] = (*present, value)

    def relate(
        self,
        draft: Draft,
        relation_type: str,
        other: str,
        field: str,
        *,
        from_other: bool = False,
        qualifier: str = "",
        other_class: str | None = None,
    ) -> None:
        """
        Note a relation of a draft; whether it can be is found when all are known.

        Args:
            draft: The draft.
            relation_type: The type of the relation.
            other: The key of the other record.
            field: The field of the source that says so.
            from_other: Whether it leads from the other record to this one.
            qualifier: What tells it from others of its kind.
            other_class: The class that the other record has if this file does not tell of it. ``None`` if
                the file has to, since the key means nothing elsewhere.
        """
        told = _Told(relation_type, other, field, from_other, qualifier, other_class)
        self._told.setdefault(draft.key, {})[told] = None

    def pass_over(self, draft: Draft, field: str, problem: str = "", way_out: str = "") -> None:
        """Note a field of a draft that nothing is made of."""
        self._reading.pass_over(self._positions[draft.key], draft.key, field, problem, way_out)

    def drop(self, draft: Draft, field: str, problem: str, way_out: str) -> None:
        """Note a value of a draft that cannot be taken."""
        self._reading.drop(self._positions[draft.key], draft.key, field, problem, way_out)

    def records(self, *, seen_at: datetime | None = None) -> Iterator[SourceRecord]:
        """Yield what becomes of the drafts, in their order; seen then, or else when the reading says."""
        for draft in tuple(self._drafts.values()):
            missing = [
                name for name in self.model.required_of(draft.ci_class) if name not in draft.attributes
            ]
            if missing:
                problem = f"a {draft.ci_class} must have {', '.join(map(repr, missing))}"
                self._reading.leave_out(
                    self._positions[draft.key], draft.key, problem, "add it in the source"
                )
                del self._drafts[draft.key]
        for draft in self._drafts.values():
            for told in self._told.get(draft.key, ()):
                self._settle(draft, told)
            yield from draft.record(seen_at)

    def _settle(self, draft: Draft, told: _Told) -> None:
        if told.other == draft.key:
            self.drop(draft, told.field, "it is related to itself", "name another one in the source")
            return
        other = self._drafts.get(told.other)
        other_class = other.ci_class if other else told.other_class
        if other is None:
            way_out = "add it to the file"
            if other_class is not None:
                way_out = "the relation is kept: import the file that has it, too"
            self.drop(draft, told.field, f"{told.other!r} is not in this file", way_out)
        if other_class is not None:
            draft.relate(
                told.type,
                told.other,
                other_class,
                from_other=told.from_other,
                qualifier=told.qualifier,
                field=told.field,
            )
