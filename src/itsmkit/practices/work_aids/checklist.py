"""Checklists: what is not to be forgotten on a ticket, and who has seen to it."""

from collections.abc import Iterator
from datetime import datetime

from attrs import evolve, field, frozen

from itsmkit._checks import in_utc_if_any, named
from itsmkit._frozen import as_tuple
from itsmkit._problems import distinct_problems, names_problems
from itsmkit.errors import RefusedError
from itsmkit.practices.outcome import Outcome
from itsmkit.practices.work_aids._aid import Aid
from itsmkit.tickets import Ticket, TicketId

__all__ = ["Checklist", "ChecklistItem", "ChecklistTemplate", "begin_checklist", "check_item"]


@frozen(kw_only=True, slots=False)
class ChecklistTemplate(Aid):
    """
    What is not to be forgotten on tickets of some kind.

    Args:
        items: What, each in a line and once.

    Raises:
        DefinitionError: With everything that is wrong.
    """

    items: tuple[str, ...] = field(converter=as_tuple)

    def _problems(self) -> Iterator[str]:
        if not self.items:
            yield "items: there is none; name at least one thing"
        wrong = [*names_problems("items", self.items)]
        yield from wrong
        if not wrong:
            yield from distinct_problems("items", self.items)


@frozen
class ChecklistItem:
    """
    Something that is not to be forgotten.

    Args:
        text: What.
        done_by: Who has seen to it, or ``None``.
        done_at: When. Kept in UTC.
    """

    text: str
    done_by: str | None = None
    done_at: datetime | None = field(default=None, converter=in_utc_if_any)


@frozen(kw_only=True)
class Checklist:
    """
    A checklist of a ticket: the items of its template as they were when it was begun.

    Args:
        id: Its key.
        ticket_id: The ticket.
        template: The template.
        template_version: The version of the template.
        name: What people call it.
        items: What is not to be forgotten, in order.
        version: How many events have made it.
    """

    id: str = field(validator=named)
    ticket_id: TicketId
    template: str
    template_version: int
    name: str
    items: tuple[ChecklistItem, ...] = field(converter=as_tuple)
    version: int = field(default=0, eq=False)

    @property
    def is_complete(self) -> bool:
        """Whether all of it is done."""
        return all(each.done_by is not None for each in self.items)


def begin_checklist(checklist_id: str, template: ChecklistTemplate, ticket: Ticket) -> Outcome[Checklist]:
    """
    Begin a checklist on a ticket.

    Raises:
        RefusedError: If the template is retired, or not for such a ticket.
    """
    if not template.is_for(ticket):
        why = "it is retired" if template.is_retired else f"it is for tickets where {template.when}"
        refusal = f"cannot begin the checklist {template.name!r} on {ticket.number}: {why}"
        raise RefusedError(refusal)
    begun = Checklist(
        id=checklist_id,
        ticket_id=ticket.id,
        template=template.id,
        template_version=template.version,
        name=template.name,
        items=[ChecklistItem(each) for each in template.items],
    )
    return Outcome(begun, "ChecklistBegun")


def check_item(
    checklist: Checklist, item: str, *, done: bool, by: str, now: datetime
) -> Outcome[Checklist] | None:
    """
    Say that something is done, or that it is not.

    Args:
        checklist: The checklist.
        item: What, by its text.
        done: Whether it is done.
        by: Who says so.
        now: The present instant, aware.

    Returns:
        ``None`` if it is so already: who has seen to it first, has.

    Raises:
        RefusedError: If there is no such item.
    """
    places = [place for place, each in enumerate(checklist.items) if each.text == item]
    if not places:
        known = ", ".join(repr(each.text) for each in checklist.items)
        refusal = f"the checklist {checklist.name!r} has no item {item!r}; it has {known}"
        raise RefusedError(refusal)
    [place] = places
    if (checklist.items[place].done_by is not None) is done:
        return None
    after = ChecklistItem(item, by, now) if done else ChecklistItem(item)
    items = (*checklist.items[:place], after, *checklist.items[place + 1 :])
    return Outcome(evolve(checklist, items=items), "ItemChecked" if done else "ItemUnchecked")
