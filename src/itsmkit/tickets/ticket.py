"""
The ticket: the record that its events make.

A ticket is never set, only evolved: `Ticket.after` returns what an event makes of it, and `replay` runs a
whole history. The saved record equals the replayed one, always.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Self, TypeVar, cast

from attrs import field, frozen

from itsmkit._checks import in_utc_if_any
from itsmkit._frozen import EMPTY, as_tuple, changed, frozen_dict
from itsmkit.errors import DefinitionError
from itsmkit.tickets.attachment import Attachment
from itsmkit.tickets.erasure import PersonalDataErased
from itsmkit.tickets.event import TicketEvent, TicketId
from itsmkit.tickets.facts import (
    Assigned,
    CheckpointPassed,
    Commented,
    DetailsChanged,
    Prioritised,
    StateChanged,
    StateCorrected,
    TicketLogged,
)
from itsmkit.tickets.link import Link
from itsmkit.tickets.participant import Participant

__all__ = ["DESCRIPTIVE_FIELDS", "DONE_CATEGORIES", "Ticket", "replay"]

AnyTicket = TypeVar("AnyTicket", bound="Ticket")


@frozen(slots=False)  # the next version of a ticket is made from the dict of this one: see `Ticket.after`
class Ticket:
    """
    What every kind of work has in common.

    A kind of its own may add fields; it has no slots either: ``@frozen(slots=False)``.

    Args:
        id: The key; never shown to people, never reused.
        kind: The kind of work, such as ``"incident"``.
        number: The display number, such as ``"INC-1042"``.
        version: The number of events in its history.
        state: The workflow's name for where it stands.
        state_category: The category of that state. Logic asks for this, never for the name.
        opened_at: When the need arose.
        updated_at: The effective instant of the last event.
        title: What it is about, in a line.
        requester: The person who asked.
        channel: The way it came in, such as ``"email"``.
        site: The place it concerns.
        service: The service it concerns.
        configuration_item: The configuration item it concerns.
        category: The desk's own classification.
        impact: A level of the desk's matrix, if judged.
        urgency: A level of the desk's matrix, if judged.
        priority: The priority, if judged.
        support_group: The group that has the work.
        assignee: The person that has the work.
        reassignments: How often it went from one group or person to another; the first does not count.
        reopens: How often it came back from resolved or closed.
        details: Further fields of the desk's own, by name.
        owner: Who is accountable for it, whoever has the work.
        affected_person: Who has the need, if that is not who asked.
        organisation: The organisation of the requester.
        needed_by: When the requester needs it, whatever was agreed.
        need_met_at: When what was needed was there, if only by a workaround.
        restricted_to: The name of the restriction that it is under, such as ``"security"``: only those who
            may see such tickets know that it exists.
        tags: Words that people have put on it, sorted.
        participants: Who else takes part.
        attachments: The files.
        links: Its ends of links to other tickets.
        merged_into: The ticket in which it goes on.
    """

    id: TicketId
    kind: str
    number: str
    version: int
    state: str
    state_category: str
    opened_at: datetime
    updated_at: datetime
    title: str | None = None
    requester: str | None = None
    channel: str | None = None
    site: str | None = None
    service: str | None = None
    configuration_item: str | None = None
    category: str | None = None
    impact: str | None = None
    urgency: str | None = None
    priority: str | None = None
    support_group: str | None = None
    assignee: str | None = None
    reassignments: int = 0
    reopens: int = 0
    details: Mapping[str, object] = field(default=EMPTY, converter=frozen_dict)
    owner: str | None = None
    affected_person: str | None = None
    organisation: str | None = None
    needed_by: datetime | None = field(default=None, converter=in_utc_if_any)
    need_met_at: datetime | None = field(default=None, converter=in_utc_if_any)
    restricted_to: str | None = None
    tags: tuple[str, ...] = field(default=(), converter=as_tuple)
    participants: tuple[Participant, ...] = field(default=(), converter=as_tuple)
    attachments: tuple[Attachment, ...] = field(default=(), converter=as_tuple)
    links: tuple[Link, ...] = field(default=(), converter=as_tuple)
    merged_into: TicketId | None = None

    def __init_subclass__(cls) -> None:
        # What stands in slots would be missing from the next version of a ticket.
        if cls.__dict__.get("__slots__"):
            message = f"{cls.__qualname__} keeps fields in slots; declare it with @frozen(slots=False)"
            raise TypeError(message)

    @property
    def is_open(self) -> bool:
        """Tell whether work on it is still expected: neither resolved, closed nor cancelled."""
        return self.state_category not in DONE_CATEGORIES

    def after(self, event: TicketEvent) -> Self:
        """
        Return what *event* makes of this ticket.

        Raises:
            DefinitionError: If the event belongs to another ticket or is not the next of this one's
                history.
        """
        if event.ticket_id != self.id or event.sequence != self.version + 1:
            problem = (
                f"event {event.sequence} of ticket {event.ticket_id} cannot follow version "
                f"{self.version} of ticket {self.id}; a history is read in order, without a gap"
            )
            raise DefinitionError(problem)
        changes = _CHANGES[type(event.fact)](self, event.fact)
        # In a tenth of the time that `evolve` takes; a fact was checked when it was made.
        fields = self.__dict__.copy()
        fields["version"], fields["updated_at"] = event.sequence, event.effective_at
        fields.update(changes)
        after = object.__new__(type(self))
        object.__setattr__(after, "__dict__", fields)
        return after

    @classmethod
    def logged(cls, event: TicketEvent) -> Self:
        """
        Return the ticket that the first event of a history makes.

        Raises:
            DefinitionError: If the event is not the logging of a ticket, or not the first.
        """
        fact = event.fact
        if not isinstance(fact, TicketLogged) or event.sequence != 1:
            problem = (
                f"the history of ticket {event.ticket_id} begins with {event.name} "
                f"{event.sequence}; it must begin with TicketLogged 1"
            )
            raise DefinitionError(problem)
        known, details = _split(fact.details)
        return cls(
            id=event.ticket_id,
            kind=fact.kind,
            number=fact.number,
            version=1,
            state=fact.state,
            state_category=fact.category,
            opened_at=fact.opened_at,
            updated_at=event.effective_at,
            details=details,
            **known,
        )

    def facts(self) -> dict[str, object]:
        """
        Return the ticket as conditions see it: its fields by name, its further details beside them.

        What there may be several of is a fact each, which is true: ``tag.urgent``, ``participant.ann``,
        ``link.parent_of`` for the ticket that is the parent.

        A new ``dict`` each time; a field of the ticket hides a detail of the same name.
        """
        facts = {**self.details, **self.__dict__}
        for name in _NO_FACTS:
            del facts[name]
        for word in self.tags:
            facts[f"tag.{word}"] = True
        for participant in self.participants:
            facts[f"participant.{participant.person}"] = True
        for link in self.links:
            if link.is_source:
                facts[f"link.{link.link_type}"] = True
        return facts

    def fact(self, name: str) -> object:
        """Return what `facts` has under *name*, without making them all; ``None`` if they lack it."""
        if name in _NO_FACTS:
            return None
        fields = self.__dict__
        if name in fields:
            return fields[name]
        if name.startswith(_FACTS_OF_PARTS):
            return self.facts().get(name)
        return self.details.get(name)


def replay(history: Iterable[TicketEvent], kind: type[AnyTicket]) -> AnyTicket:
    """
    Return the ticket that *history* makes; equal to the one that was saved with it.

    Args:
        history: All events of one ticket, in order.
        kind: The class of its kind of work.

    Raises:
        DefinitionError: If the history is empty, does not begin with its logging, or has a gap.
    """
    events = iter(history)
    first = next(events, None)
    if first is None:
        problem = "an empty history makes no ticket"
        raise DefinitionError(problem)
    ticket = kind.logged(first)
    for event in events:
        ticket = ticket.after(event)
    return ticket


DONE_CATEGORIES = frozenset({"resolved", "closed", "cancelled"})
"""The categories of states in which no work is expected any more."""

_FINISHED = frozenset({"resolved", "closed"})
_NO_FACTS = frozenset({"id", "version", "details", "tags", "participants", "attachments", "links"})
_FACTS_OF_PARTS = ("tag.", "participant.", "link.")

DESCRIPTIVE_FIELDS = frozenset(
    {
        "title",
        "requester",
        "channel",
        "site",
        "service",
        "configuration_item",
        "category",
        "affected_person",
        "organisation",
        "needed_by",
    }
)
"""The fields that `DetailsChanged` may change; every other name in it is a detail of the desk's own."""

_AT_LOGGING = DESCRIPTIVE_FIELDS | {
    "impact",
    "urgency",
    "priority",
    "support_group",
    "assignee",
    "owner",
    "restricted_to",
}


def _split(values: Mapping[str, object]) -> tuple[dict[str, Any], dict[str, object]]:
    known = {name: value for name, value in values.items() if name in _AT_LOGGING}
    return known, {name: value for name, value in values.items() if name not in known}


def _moved(ticket: Ticket, fact: StateChanged | StateCorrected) -> dict[str, Any]:
    changes: dict[str, Any] = {"state": fact.target, "state_category": fact.category}
    if ticket.state_category in _FINISHED and fact.category not in DONE_CATEGORIES:
        changes["reopens"] = ticket.reopens + 1
    return changes


def _state_changed(ticket: Ticket, fact: StateChanged) -> dict[str, Any]:
    return _moved(ticket, fact) | _described(ticket, fact.details)


def _assigned(ticket: Ticket, fact: Assigned) -> dict[str, Any]:
    before, now = (ticket.support_group, ticket.assignee), (fact.support_group, fact.assignee)
    had_someone = before != (None, None)
    handed_over = before[0] != now[0] or (before[1] is not None and before[1] != now[1])
    return {
        "support_group": fact.support_group,
        "assignee": fact.assignee,
        "reassignments": ticket.reassignments + (had_someone and handed_over),
    }


def _prioritised(_ticket: Ticket, fact: Prioritised) -> dict[str, Any]:
    return {"impact": fact.impact, "urgency": fact.urgency, "priority": fact.priority}


def _details_changed(ticket: Ticket, fact: DetailsChanged) -> dict[str, Any]:
    return _described(ticket, fact.changes)


def _described(ticket: Ticket, news: Mapping[str, object]) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    details: dict[str, object] = {}
    for name, value in news.items():
        (changes if name in DESCRIPTIVE_FIELDS else details)[name] = value
    if details:
        changes["details"] = changed(ticket.details, details)
    return changes


def _nothing(_ticket: Ticket, _fact: Commented | CheckpointPassed) -> dict[str, Any]:
    return {}


def _personal_data_erased(_ticket: Ticket, _fact: PersonalDataErased) -> dict[str, Any]:
    return {"attachments": ()}


def _logged_again(ticket: Ticket, _fact: TicketLogged) -> dict[str, Any]:
    problem = f"ticket {ticket.id} is logged already; a history is logged once"
    raise DefinitionError(problem)


_CHANGES = cast(
    "Mapping[type, Callable[[Ticket, object], dict[str, Any]]]",
    {
        TicketLogged: _logged_again,
        StateChanged: _state_changed,
        StateCorrected: _moved,
        Assigned: _assigned,
        Prioritised: _prioritised,
        Commented: _nothing,
        DetailsChanged: _details_changed,
        CheckpointPassed: _nothing,
        PersonalDataErased: _personal_data_erased,
    },
)
