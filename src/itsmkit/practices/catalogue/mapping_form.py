"""
Items of the service catalogue as plain mappings, for TOML and JSON.

.. code-block:: toml

    key = "laptop"
    version = 1                                    # may be left out, as all below but key, title and names
    title = "Laptop"
    description = "With everything set up"
    service = "workplace"
    offering = "workplace-gold"                    # of that service
    owner = "kim"
    audience = 'viewer.organisation = "acme"'      # everybody, if left out
    price = "1299.00 EUR"
    recurring = { amount = "9.90 EUR", per = "month" }     # or "year"
    agreement = "gold"
    delivery = "3 business days"                   # or "4h"
    hours = "office"                               # the name of a calendar
    kind = "service_request"
    restriction = "hr"                             # what orders of it are under

    [form]                                         # see the mapping form of forms
    name = "laptop"

    [[form.fields]]
    name = "model"
    kind = "choice"
    choices = ["light", "strong"]

    [approval]                                     # see the mapping form of approvals
    name = "budget"
    steps = [{ stage = "manager", approvers = [{ fact = "manager" }] }]

    [[tasks]]                                      # see the mapping form of task graphs
    name = "install"
    group = "workplace"
    when = 'answer.model = "strong"'
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol, TypeVar

from attrs import frozen

from itsmkit._documents import Form as PlainForm
from itsmkit._documents import load_document, structure
from itsmkit._frozen import EMPTY
from itsmkit.calendars.amount import PlainAmount, amount_form, amount_to_plain
from itsmkit.conditions import ALWAYS, Condition, condition_from, schema_to_mapping, to_mapping
from itsmkit.errors import DefinitionError
from itsmkit.money import Money
from itsmkit.practices.catalogue.catalogue_item import (
    CatalogueItem,
    RecurringPrice,
    facts_of_orders,
    nothing_asked,
)
from itsmkit.practices.forms import Form
from itsmkit.practices.forms.mapping_form import form_from, form_to_mapping
from itsmkit.practices.service_request import SERVICE_REQUEST
from itsmkit.workflow.approvals.mapping_form import policy_from, policy_to_mapping
from itsmkit.workflow.tasks import Task
from itsmkit.workflow.tasks.mapping_form import graph_from, graph_to_mapping

__all__ = ["catalogue_item_from", "catalogue_item_to_mapping", "load_catalogue_item"]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@frozen
class _Item:
    key: str
    title: str
    version: int = 1
    description: str = ""
    service: str | None = None
    offering: str | None = None
    owner: str | None = None
    audience: Condition = ALWAYS
    price: Money | None = None
    recurring: RecurringPrice | None = None
    agreement: str | None = None
    delivery: PlainAmount | None = None
    hours: str | None = None
    kind: str = SERVICE_REQUEST
    restriction: str | None = None
    # Each is read by itself, so that one that is wrong does not hide the others.
    form: Any = None
    approval: Any = None
    tasks: tuple[Any, ...] = ()


def _condition(plain: object) -> Condition:
    return condition_from(plain)


_FORMS = (
    PlainForm(Condition, _condition, to_mapping),
    PlainForm(Money, Money.parse, Money.plain),
    amount_form,
)


def catalogue_item_from(document: object, *, where: str = "the item", at: str = "") -> CatalogueItem:
    """
    Return the item that *document* describes: the inverse of `catalogue_item_to_mapping`.

    Args:
        document: A mapping of plain data, such as TOML and JSON are read into.
        where: The name of what it was taken from, for the sentences of the problems.
        at: The path of *document* in that; empty for the whole.

    Raises:
        DefinitionError: With every problem and its path, those of form, approval and tasks included, as far
            as these can be read.

    >>> catalogue_item_from({"key": "mug", "titel": "A mug", "tasks": [{"name": "a", "after": ["b"]}]})
    Traceback (most recent call last):
        ...
    itsmkit.errors.DefinitionError: 3 problems:
    - the item: title: is missing
    - the item: titel: is not known here; did you mean title?
    - the item: tasks[0].after[0]: unknown task 'b'; known: a
    """
    reader = _Reader(where, at)
    head = reader.reading(lambda: structure(_Item, document, where=where, at=at, forms=_FORMS))
    parts = document if isinstance(document, Mapping) else EMPTY
    form = reader.part(parts, "form", form_from)
    approval = reader.part(parts, "approval", policy_from)
    tasks = reader.tasks(parts, form)
    if head is None or reader.problems:
        raise DefinitionError(*reader.problems)
    try:
        return CatalogueItem(
            key=head.key,
            version=head.version,
            title=head.title,
            description=head.description,
            service=head.service,
            offering=head.offering,
            owner=head.owner,
            audience=head.audience,
            price=head.price,
            recurring=head.recurring,
            form=nothing_asked() if form is None else form,
            approval=approval,
            tasks=tasks,
            agreement=head.agreement,
            delivery=None if head.delivery is None else head.delivery.value,
            hours=head.hours,
            kind=head.kind,
            restriction=head.restriction,
        )
    except DefinitionError as error:
        begins = f"{where}: {at}." if at else f"{where}: "
        raise DefinitionError(*(begins + problem for problem in error.problems)) from None


def load_catalogue_item(path: str | Path) -> CatalogueItem:
    """
    Return the item that a file describes: JSON if its name ends in ``.json``, TOML otherwise.

    Raises:
        DefinitionError: If the file cannot be read, or with every problem and its path.
    """
    return catalogue_item_from(load_document(path), where=Path(path).name)


def catalogue_item_to_mapping(item: CatalogueItem) -> dict[str, object]:
    """
    Return *item* as plain data that TOML and JSON can hold: the inverse of `catalogue_item_from`.

    What is the default is left out, but for the version.

    >>> catalogue_item_to_mapping(CatalogueItem(key="mug", title="A mug", price=Money("4.50", "EUR")))
    {'key': 'mug', 'version': 1, 'title': 'A mug', 'price': '4.50 EUR'}
    """
    recurring = item.recurring
    said: dict[str, tuple[object, object]] = {
        "description": (item.description, ""),
        "service": (item.service, None),
        "offering": (item.offering, None),
        "owner": (item.owner, None),
        "audience": (to_mapping(item.audience), to_mapping(ALWAYS)),
        "price": (None if item.price is None else item.price.plain(), None),
        "recurring": (
            None if recurring is None else {"amount": recurring.amount.plain(), "per": recurring.per.value},
            None,
        ),
        "agreement": (item.agreement, None),
        "delivery": (None if item.delivery is None else amount_to_plain(item.delivery), None),
        "hours": (item.hours, None),
        "kind": (item.kind, SERVICE_REQUEST),
        "restriction": (item.restriction, None),
        "form": (form_to_mapping(item.form), form_to_mapping(nothing_asked())),
        "approval": (None if item.approval is None else policy_to_mapping(item.approval), None),
        "tasks": (graph_to_mapping(item.graph)["tasks"], []),
    }
    told = {key: plain for key, (plain, usual) in said.items() if plain != usual}
    return {"key": item.key, "version": item.version, "title": item.title, **told}


class _Reader:
    """
    One reading of a document: what was found wrong so far.

    Args:
        where: The name of the document.
        at: The path of the item in it.
    """

    def __init__(self, where: str, at: str) -> None:
        self._where = where
        self._at = at
        self.problems: list[str] = []

    def reading(self, read: Callable[[], T]) -> T | None:
        """Return what *read* returns, or note what is wrong with it."""
        try:
            return read()
        except DefinitionError as error:
            self.problems += error.problems
            return None

    def part(self, parts: Mapping[str, Any], name: str, read: "_ReadPart[T]") -> T | None:
        """Return a part of the item that may be left out."""
        if parts.get(name) is None:
            return None
        return self.reading(lambda: read(parts[name], where=self._where, at=self._below(name)))

    def tasks(self, parts: Mapping[str, Any], form: Form | None) -> tuple[Task, ...]:
        """Return the tasks. Where the form cannot be read, nobody can tell what they may ask for."""
        is_form_known = form is not None or parts.get("form") is None
        facts = facts_of_orders(form or nothing_asked())
        plain = {
            "name": "tasks",
            "facts": schema_to_mapping(facts),
            "tasks": parts.get("tasks", []),
        }
        try:
            return graph_from(plain, where=self._where, at=self._at).tasks
        except DefinitionError as error:
            self.problems += (each for each in error.problems if is_form_known or ".when" not in each)
            return ()

    def _below(self, name: str) -> str:
        return f"{self._at}.{name}" if self._at else name


class _ReadPart(Protocol[T_co]):
    def __call__(self, document: object, /, *, where: str, at: str) -> T_co: ...
