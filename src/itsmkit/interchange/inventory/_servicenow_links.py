"""How the rows of an export of ServiceNow are related."""

from attrs import frozen

from itsmkit.cmdb.class_model import ClassModel
from itsmkit.interchange.inventory._draft import Draft
from itsmkit.interchange.inventory._servicenow_rows import ServiceNowRow, servicenow_rows
from itsmkit.interchange.inventory._servicenow_terms import RELATION_TYPES, RELATIONS, class_of
from itsmkit.interchange.inventory._source_file import SourceFile
from itsmkit.interchange.inventory._values import truth_of
from itsmkit.interchange.inventory.inventory_import import Reading

__all__ = ["Links"]

_PHYSICAL_SIGNS = ("serial_number", "asset_tag", "model_id", "manufacturer", "chassis_type")
_CORRECT = "correct it in the source"


@frozen
class _Link:
    place: str
    parent: str
    child: str
    kind: str


class Links:
    """
    The classes of all rows, and the relations between them.

    Args:
        default_class: The class of rows of tables that nothing is known of.
        model: The class model.
    """

    def __init__(self, default_class: str | None, model: ClassModel) -> None:
        self._default_class = default_class
        self._model = model
        self._tables: dict[str, tuple[str | None, bool]] = {}
        self._classes: dict[str, str] = {}
        self._named: dict[str, str | None] = {}
        self._names: dict[str, str] = {}
        self._told: list[_Link] = []
        self._kinds: dict[str, str] = {}
        self._links: dict[str, list[tuple[str, str, bool, str]]] = {}
        self._relations: set[tuple[str, str, str]] = set()

    def learn(self, reading: Reading, file: SourceFile) -> None:
        """Take in the rows of *file*."""
        for row in servicenow_rows(reading, file, tells=file is not reading.file):
            if name := row.shown("name"):
                self._names.setdefault(row.key, name)
            if row.is_relation:
                kind = row.shown("type.name") or row.shown("type_name") or row.shown("type")
                self._told.append(_Link(row.place, row.parent, row.child, kind))
            elif row.is_relation_type:
                self._kinds[row.key] = row.shown("name") or row.shown("parent_descriptor")
            elif row.key and (ci_class := self.class_of(row)) is not None:
                self._classes.setdefault(row.key, ci_class)
                name = row.shown("name")
                self._named[name] = row.key if name not in self._named else None

    def settle(self, reading: Reading) -> None:
        """Give each relation to its parent, once, if both ends are there; what cannot be read is noted."""
        for told in self._told:
            parent, child = self._end(told.parent), self._end(told.child)
            kind = self._kinds.get(told.kind) or RELATION_TYPES.get(told.kind, told.kind)
            if not parent or not child:
                reading.drop(told.place, "", "cmdb_rel_ci", "has no parent or no child", _CORRECT)
            elif parent == child:
                reading.drop(told.place, parent, "cmdb_rel_ci", "relates an item to itself", _CORRECT)
            elif parent not in self._classes or child not in self._classes:
                problem = f"there is no item {parent if parent not in self._classes else child!r} in the file"
                way_out = "export the items of both ends into one file"
                reading.drop(told.place, "", "cmdb_rel_ci", problem, way_out)
            elif _descriptor(kind) not in RELATIONS:
                problem = f"the type {told.kind!r} of a relation is none that is known"
                way_out = "export display values, so that it reads as in 'Runs on::Runs'; or leave it"
                reading.drop(told.place, parent, f"cmdb_rel_ci {told.kind}", problem, way_out)
            else:
                self._take(_Link(told.place, parent, child, kind))
        self._told.clear()

    def _take(self, link: _Link) -> None:
        ends = self._classes[link.parent], self._classes[link.child]
        choices = RELATIONS[_descriptor(link.kind)]
        kind, is_from_child = next(
            (each for each in choices if self._model.allows(*_drawn(each[1], *ends, each[0]))), choices[0]
        )
        if self._is_new(_drawn(is_from_child, link.parent, link.child, kind)):
            self._links.setdefault(link.parent, []).append((kind, link.child, is_from_child, link.kind))

    def _is_new(self, relation: tuple[str, str, str]) -> bool:
        """Tell whether this relation was not told before, from either end."""
        if relation in self._relations:
            return False
        self._relations.add(relation)
        return True

    def _end(self, told: str) -> str:
        return told if told in self._classes else self._named.get(told) or told

    def class_of(self, row: ServiceNowRow) -> str | None:
        """Return the class of *row*, or ``None`` if there is none for it."""
        found = self._known(row.table)[0]
        found = found if found is not None and self._model.knows(found) else self._default_class
        return _kind_of_host(row) if found == "host" else found

    def is_known(self, row: ServiceNowRow) -> bool:
        """Tell whether the table of *row* is one that is known, and not only taken for another."""
        return self._known(row.table)[1]

    def _known(self, table: str) -> tuple[str | None, bool]:
        if table not in self._tables:
            self._tables[table] = class_of(table) if table else (None, False)
        return self._tables[table]

    def name_of(self, key: str) -> str | None:
        """Return the name of the row of this key, if the file has it."""
        return self._names.get(key)

    def is_place(self, key: str) -> bool:
        """Tell whether there is a place of this key."""
        found = self._classes.get(key)
        return found is not None and self._model.is_a(found, "place")

    def relate(self, draft: Draft, row: ServiceNowRow) -> None:
        """Add the relations of *row* to *draft*."""
        location = row.reference("location")
        if self.is_place(location) and self._is_new((location, "contains", draft.key)):
            draft.relate("contains", location, self._classes[location], from_other=True, field="location")
        for kind, other, is_from_other, told in self._links.pop(draft.key, ()):
            other_class = self._classes[other]
            draft.relate(kind, other, other_class, from_other=is_from_other, field=f"cmdb_rel_ci {told}")


def _drawn(is_from_child: object, parent: str, child: str, kind: str) -> tuple[str, str, str]:
    """Return a relation from its source to its target."""
    return (child, kind, parent) if is_from_child else (parent, kind, child)


def _descriptor(kind: str) -> str:
    return kind.partition("::")[0].strip().lower()


def _kind_of_host(row: ServiceNowRow) -> str:
    """Return what a server is: virtual or physical where the row tells, or else simply a host."""
    told = row.stored("virtual") or row.shown("virtual")
    try:
        is_virtual = truth_of(told) if told else None
    except ValueError:  # whatever it says, it does not say that
        is_virtual = None
    maker = f"{row.shown('manufacturer')} {row.shown('model_id')} {row.shown('serial_number')}".lower()
    if is_virtual or (is_virtual is None and ("vmware" in maker or "virtual" in maker)):
        return "virtual machine"
    if is_virtual is False or any(row.shown(field) for field in _PHYSICAL_SIGNS):
        return "physical host"
    return "host"
