"""
Ordering an item: who may, what is asked, and what the order keeps.

Everything here decides and nothing is saved. The order is a ticket of the kind that the item names, with the
states of that kind; what happens to it beside its moves says `itsmkit.tickets.ordering`.
"""

from collections.abc import Collection, Mapping
from typing import TypeVar

from attrs import frozen

from itsmkit._frozen import EMPTY
from itsmkit.conditions import Facts
from itsmkit.errors import NotFoundError
from itsmkit.practices.access import Viewer, is_among
from itsmkit.practices.catalogue.catalogue_item import MANAGER, CatalogueItem
from itsmkit.practices.decision import Decision, Occasion, happen
from itsmkit.practices.forms import FormAnswers, HiddenAnswers
from itsmkit.practices.kind_of_work import KindOfWork
from itsmkit.practices.ticket_rules import STANDARD_TICKET_RULES, TicketRules
from itsmkit.tickets import ItemOrdered, Ticket, TicketId

__all__ = ["OrderForm", "facts_of_order", "fill_in", "place_order"]

AnyTicket = TypeVar("AnyTicket", bound=Ticket)


@frozen
class OrderForm:
    """
    What somebody orders: filled in, and looked at.

    Args:
        item: The item, in the version that is published.
        answers: What was answered to its form.
    """

    item: CatalogueItem
    answers: FormAnswers


def fill_in(
    item: CatalogueItem,
    answers: Mapping[str, object],
    viewer: Viewer | None,
    *,
    catalogue: Collection[str] | None = None,
    hidden: HiddenAnswers | str = HiddenAnswers.REFUSE,
) -> OrderForm:
    """
    Return what *viewer* orders, if they may, and have filled in the form as it has to be.

    Args:
        item: The item, in the version that is published.
        answers: By the names of the fields of its form.
        viewer: Who orders.
        catalogue: The ids of the service offerings that they may order; ``None`` for all.
        hidden: What becomes of an answer to a field that is not shown.

    Raises:
        NotFoundError: If the item is not for them, exactly as if it did not exist.
        AnswersRefusedError: With everything that is wrong with the answers.
    """
    if viewer is None or not is_among(item.audience, viewer) or not item.is_in(catalogue):
        raise NotFoundError("catalogue item", item.key)
    return OrderForm(item, item.form.check(answers, viewer.facts(), hidden=hidden))


def place_order(
    form: OrderForm,
    kind: KindOfWork[AnyTicket],
    ticket_id: TicketId,
    number: str,
    occasion: Occasion,
    *,
    details: Mapping[str, object] = EMPTY,
    rules: TicketRules = STANDARD_TICKET_RULES,
) -> Decision[AnyTicket]:
    """
    Place an order: log its ticket, and note what was ordered, at what price, with which answers.

    It is under the restriction of its item from the beginning.

    Args:
        form: What is ordered.
        kind: The kind of work that the item names.
        ticket_id: The key of the order.
        number: Its display number.
        occasion: When, and by whom.
        details: Requester, site and what else is told of tickets of the kind.
        rules: What the desk asks of every ticket.

    Raises:
        DefinitionError: As `KindOfWork.log`.
        RefusedError: As `KindOfWork.log`.
    """
    item = form.item
    told = {"title": item.title, "service": item.service, **details}
    logged = kind.log(ticket_id, number, occasion, details=told, restricted_to=item.restriction, rules=rules)
    ordered = ItemOrdered(
        item.key,
        item.version,
        form.answers.values,
        item.price,
        approval_required=item.approval is not None,
    )
    noted = happen(logged.ticket, occasion, ordered)
    return Decision(None, logged.steps + noted.steps)


def facts_of_order(item: CatalogueItem, order: Ticket, manager: str | None = None) -> Facts:
    """
    Return what conditions of tasks and stages of *item* are asked about: see `CatalogueItem.facts`.

    Args:
        item: The item, in the version that was ordered.
        order: The order.
        manager: Whom its requester reports to, as far as anybody knows.
    """
    known = {name: order.fact(name) for name in item.facts.types}
    return {name: value for name, value in {**known, MANAGER: manager}.items() if value is not None}
