"""The tables ``kinds`` and ``categories`` of a configuration, and what they describe."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from attrs import evolve, field, frozen

from itsmkit._documents import Form, load_toml, structure
from itsmkit._problems import under
from itsmkit.conditions import ALWAYS, NEVER, Condition, condition_from, to_mapping
from itsmkit.errors import DefinitionError
from itsmkit.practices import (
    INCIDENT,
    STANDARD_KINDS,
    Category,
    CategoryTree,
    Field,
    FieldKind,
    FieldSet,
    KindOfWork,
    Variants,
)
from itsmkit.tickets import PriorityMatrix, Ticket
from itsmkit.workflow import Workflow, WorkflowDefinition, definition_from, standard_workflow
from itsmkit.workflow.standard import STANDARD_WORKFLOWS, UnknownWorkflowError

__all__ = [
    "CategoriesTable",
    "CategoryTable",
    "FieldTable",
    "KindTable",
    "Shorthand",
    "VariantsTable",
    "categories_from",
    "kinds_from",
]

T = TypeVar("T")


@frozen
class FieldTable:
    """
    The table of a field.

    Args:
        kind: What its values are.
        label: What people call it; its name unless given.
        required: Whether it must have a value.
        required_when: Of which tickets it must have a value, as they will be.
        choices: What a choice may be, in order.
        formerly: Names that it had before.
        personal: Whether its values are about a person.
        visible_to: The roles that may see it; empty for everybody who sees the ticket.
        longest: How many characters a text may have.
    """

    kind: FieldKind = FieldKind.TEXT
    label: str | None = None
    required: bool = False
    required_when: Condition | None = None
    choices: tuple[str, ...] = ()
    formerly: tuple[str, ...] = ()
    personal: bool = False
    visible_to: tuple[str, ...] = ()
    longest: int | None = None


@frozen
class VariantsTable:
    """
    Other workflows of a kind, for some of its tickets.

    Args:
        by: The detail of a ticket that names its workflow.
        workflows: The workflows by the values of the detail.
    """

    by: str
    workflows: Mapping[str, Any]


@frozen
class KindTable:
    """
    The table of a kind of work.

    Args:
        workflow: The name of a standard one, that of a file, or a table.
        variants: Other workflows, for some of its tickets.
        prefix: What its numbers begin with.
        priority: The levels of impact, urgency and priority, and the matrix.
        fields_version: Counted up with each change of the fields.
        fields: The fields by name, each its kind or a table; left out, a ticket takes any detail.
    """

    workflow: Any = None
    variants: VariantsTable | None = None
    prefix: str | None = None
    priority: PriorityMatrix | None = None
    fields_version: int | None = None
    fields: Mapping[str, Any] | None = None


@frozen
class CategoryTable:
    """
    The table of a category.

    Args:
        label: What people call it; its identifier unless given.
        parent: The identifier of the one above it.
        active: Whether tickets may still be classified so.
        successor: The identifier of the one that took its place.
    """

    label: str | None = None
    parent: str | None = None
    active: bool = True
    successor: str | None = None


@frozen
class CategoriesTable:
    """
    The table of the categories.

    Args:
        version: Counted up with each change.
        nodes: The categories by their identifiers, each its label or a table.
    """

    version: int = 1
    nodes: Mapping[str, Any] = field(factory=dict)


@frozen
class Shorthand:
    """
    What is said of incidents without a table of their own, and of the priorities of all kinds.

    Args:
        workflow: The workflow of incidents, if it is said.
        prefix: What their numbers begin with.
        priorities: The matrix of each kind that has none of its own.
    """

    workflow: WorkflowDefinition | None
    prefix: str
    priorities: PriorityMatrix


_FORMS = (Form(Condition, condition_from, to_mapping),)


@frozen
class _Reading:
    """One reading of the tables, and what was found wrong so far."""

    where: str
    beside: Path
    problems: list[str] = field(factory=list)

    def note(self, path: str, *problems: str) -> None:
        self.problems.extend(f"{self.where}: {under(path, problem)}" for problem in problems)

    def noting(self, path: str, read: Callable[[], T]) -> T | None:
        """Return what *read* does; if something is wrong with it, note that of *path* and return ``None``."""
        try:
            return read()
        except DefinitionError as error:
            self.note(path, *error.problems)
        return None

    def table(self, kind: type[T], plain: object, at: str) -> T | None:
        try:
            return structure(kind, plain, where=self.where, at=at, forms=_FORMS)
        except DefinitionError as error:
            self.problems.extend(error.problems)
        return None


def kinds_from(
    tables: Mapping[str, KindTable], shorthand: Shorthand, where: str, beside: Path
) -> tuple[KindOfWork[Any], ...]:
    """
    Return the kinds of work that *tables* describe; incidents are always among them, and first.

    Args:
        tables: The tables by the names of the kinds.
        shorthand: What is said outside of them.
        where: The name of the document.
        beside: Where files are looked for that the tables name.

    Raises:
        DefinitionError: With every fault, each with its path.
    """
    reading = _Reading(where, beside)
    found = [
        _kind(name, table, shorthand, reading) for name, table in {INCIDENT: KindTable(), **tables}.items()
    ]
    if reading.problems:
        raise DefinitionError(*reading.problems)
    return tuple(kind for kind in found if kind is not None)


def _kind(name: str, table: KindTable, shorthand: Shorthand, reading: _Reading) -> KindOfWork[Any] | None:
    path = f"kinds.{name}"
    before = len(reading.problems)
    workflow = None
    if table.workflow is not None:
        workflow = _workflow(table.workflow, f"{path}.workflow", reading)
    variants = None if table.variants is None else _variants(table.variants, f"{path}.variants", reading)
    fields = _fields(table, path, reading)
    prefix, priorities = table.prefix, table.priority or shorthand.priorities
    if name == INCIDENT:
        prefix = shorthand.prefix if prefix is None else prefix
        if workflow is not None and shorthand.workflow is not None:
            reading.note(f"{path}.workflow", "stands in the table workflow, too; leave one of them out")
        elif shorthand.workflow is not None:
            workflow = Workflow(shorthand.workflow)
    if name not in STANDARD_KINDS and table.workflow is None:
        known = ", ".join(STANDARD_WORKFLOWS)
        reading.note(
            f"{path}.workflow", f"is missing; write a workflow, its file or the name of one of {known}"
        )
    if len(reading.problems) > before:
        return None

    def built() -> KindOfWork[Any]:
        kind: KindOfWork[Any]
        if name in STANDARD_KINDS:
            kind = STANDARD_KINDS[name](workflow, priorities)
        else:
            assert workflow is not None  # noqa: S101  # it was noted otherwise
            kind = KindOfWork(name, workflow, Ticket, priorities, prefix=f"{name.upper()}-")
        return evolve(
            kind,
            prefix=kind.prefix if prefix is None else prefix,
            fields=fields,
            variants=variants or kind.variants,
        )

    return reading.noting(path, built)


def _variants(table: VariantsTable, path: str, reading: _Reading) -> Variants | None:
    found = {
        name: _workflow(plain, f"{path}.workflows.{name}", reading) for name, plain in table.workflows.items()
    }
    ways = {name: workflow for name, workflow in found.items() if workflow is not None}
    if len(ways) < len(found):
        return None
    return reading.noting(path, lambda: Variants(table.by, ways))


def _workflow(plain: object, path: str, reading: _Reading) -> Workflow | None:
    def read() -> WorkflowDefinition:
        if not isinstance(plain, str):
            return definition_from(plain, where="")
        if plain.endswith(".toml"):
            return definition_from(load_toml(reading.beside / plain), where=plain)
        try:
            return standard_workflow(plain)
        except UnknownWorkflowError as error:
            raise DefinitionError(str(error)) from None

    definition = reading.noting(path, read)
    if definition is None:
        return None
    from itsmkit.workflow.checks import errors_in  # noqa: PLC0415  # many a desk has standard ones

    faults = [str(finding) for finding in errors_in(definition)]
    reading.note(path, *faults)
    return None if faults else Workflow(definition)


def _fields(table: KindTable, path: str, reading: _Reading) -> FieldSet | None:
    if table.fields is None:
        if table.fields_version is not None:
            reading.note(
                f"{path}.fields_version", "is the version of no fields; declare some, or leave it out"
            )
        return None
    found = [_field(name, plain, f"{path}.fields.{name}", reading) for name, plain in table.fields.items()]
    whole = [each for each in found if each is not None]
    if len(whole) < len(found):
        return None
    version = 1 if table.fields_version is None else table.fields_version
    return reading.noting(path, lambda: FieldSet(version, whole))


def _field(name: str, plain: object, path: str, reading: _Reading) -> Field | None:
    table = reading.table(FieldTable, {"kind": plain} if isinstance(plain, str) else plain, path)
    if table is None:
        return None
    if table.required and table.required_when is not None:
        reading.note(path, "required is said beside required_when; leave one of them out")
        return None
    given: dict[str, Any] = {}
    if table.label is not None:
        given["label"] = table.label
    if table.longest is not None:
        given["longest"] = table.longest
    required = ALWAYS if table.required else NEVER
    return reading.noting(
        path,
        lambda: Field(
            name,
            table.kind,
            required_when=required if table.required_when is None else table.required_when,
            choices=table.choices,
            formerly=table.formerly,
            personal=table.personal,
            visible_to=table.visible_to,
            **given,
        ),
    )


def categories_from(table: CategoriesTable, where: str) -> CategoryTree:
    """
    Return the tree that *table* describes.

    Raises:
        DefinitionError: With every fault, each with its path.
    """
    reading = _Reading(where, Path())
    nodes = [_category(name, plain, reading) for name, plain in table.nodes.items()]
    if not reading.problems:
        whole = [node for node in nodes if node is not None]
        try:
            return CategoryTree(table.version, whole)
        except DefinitionError as error:
            for problem in error.problems:
                is_of_node = problem.partition(".")[0] in table.nodes
                reading.problems.append(f"{where}: categories.{'nodes.' if is_of_node else ''}{problem}")
    raise DefinitionError(*reading.problems)


def _category(name: str, plain: object, reading: _Reading) -> Category | None:
    path = f"categories.nodes.{name}"
    table = reading.table(CategoryTable, {"label": plain} if isinstance(plain, str) else plain, path)
    if table is None:
        return None
    return reading.noting(
        path,
        lambda: Category(
            name,
            name if table.label is None else table.label,
            parent=table.parent,
            active=table.active,
            successor=table.successor,
        ),
    )
