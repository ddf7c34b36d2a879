"""
The ticket: the record that its events make.

A ticket is never set, only evolved: `Ticket.after` returns what an event makes of it, and `replay` runs a
whole history. The saved record equals the replayed one, always.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Self, TypeVar, cast

from attrs import field, frozen

from itsmkit._checks import in_utc_if_any
from itsmkit._frozen import EMPTY, as_tuple, changed, frozen_dict
from itsmkit.errors import DefinitionError
from itsmkit.tickets.attachment import Attached, Attachment, Detached
from itsmkit.tickets.automation import RobotReported, RuleFired, RuleRefused
from itsmkit.tickets.connections import (
    CascadeAdvanced,
    CascadeAnswered,
    Cascaded,
    Linked,
    MergedFrom,
    MergedInto,
    MergeUndone,
    SplitFrom,
    Unlinked,
    Unmerged,
)
from itsmkit.tickets.correspondence import InternalNote, PublicMessage
from itsmkit.tickets.erasure import PersonalDataErased
from itsmkit.tickets.escalation import Escalated, EscalationAcknowledged, EscalationStepTaken
from itsmkit.tickets.event import TicketEvent, TicketId
from itsmkit.tickets.facts import (
    Assigned,
    CheckpointPassed,
    Commented,
    DetailsChanged,
    Prioritised,
    PromiseMoved,
    Restricted,
    StateChanged,
    StateCorrected,
    TicketLogged,
    TimerRefused,
)
from itsmkit.tickets.impact import ImpactDerived
from itsmkit.tickets.link import Link
from itsmkit.tickets.need import NeedMet
from itsmkit.tickets.ordering import (
    ApprovalDecided,
    ApprovalOpened,
    ApproversAsked,
    BallotCast,
    FulfilmentBegun,
    FulfilmentEnded,
    ItemOrdered,
    TaskAdvanced,
    TaskGiven,
    details_of_order,
)
from itsmkit.tickets.participant import Participant
from itsmkit.tickets.participation import OwnershipTransferred, ParticipantAdded, ParticipantRemoved
from itsmkit.tickets.routing import RoutingRecorded
from itsmkit.tickets.tagging import Tagged, Untagged
from itsmkit.tickets.work_log import WorkCorrected, WorkEntry, WorkLogged

__all__ = ["DESCRIPTIVE_FIELDS", "DONE_CATEGORIES", "FACTS_OF_PARTS", "Ticket", "replay"]

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
        merged_from: The tickets that go on in it.
        work_log: What was worked on it.
        time_spent: How long that took together.
        fields_version: The version of the fields of its kind under which it was last written, if it has some.
        promised_by: When it will be done, as the requester was told last.
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
    merged_from: tuple[TicketId, ...] = field(default=(), converter=as_tuple)
    work_log: tuple[WorkEntry, ...] = field(default=(), converter=as_tuple)
    time_spent: timedelta = timedelta(0)
    fields_version: int | None = None
    promised_by: datetime | None = field(default=None, converter=in_utc_if_any)

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
        if type(event.fact) is NeedMet:
            fields["need_met_at"] = event.effective_at
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
        ``link.parent_of`` for the ticket that is the parent. So is each part of the path of its category,
        from the top to itself: ``category.network`` and ``category.wifi`` of ``"network/wifi"``.

        A new ``dict`` each time; a field of the ticket hides a detail of the same name.
        """
        facts = {**self.details, **self.__dict__}
        for name in _NO_FACTS:
            del facts[name]
        if self.tags or self.participants or self.links or self.category is not None:
            facts.update(dict.fromkeys(self.parts(), True))
        return facts

    def parts(self) -> Iterator[str]:
        """Go through the names of the facts that stand for its tags, participants and links."""
        for word in self.tags:
            yield f"tag.{word}"
        for participant in self.participants:
            yield f"participant.{participant.person}"
        for link in self.links:
            if link.is_source:
                yield f"link.{link.link_type}"
        if self.category is not None:
            for part in str(self.category).split("/"):
                if name := part.strip():
                    yield f"category.{name}"

    def fact(self, name: str) -> object:
        """Return what `facts` has under *name*, without making them all; ``None`` if they lack it."""
        if name in _NO_FACTS:
            return None
        fields = self.__dict__
        if name in fields:
            return fields[name]
        if name.startswith(FACTS_OF_PARTS) and name in self.parts():
            return True
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
_NO_FACTS = frozenset(
    {"id", "version", "details", "tags", "participants", "attachments", "links", "merged_from", "work_log"}
)
FACTS_OF_PARTS = ("tag.", "participant.", "link.", "category.")
"""What the names of facts begin with of which a ticket may have several."""

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
    "fields_version",
}

_IN_PLACE = DESCRIPTIVE_FIELDS | {"fields_version"}
"""What a change of details changes in the ticket itself."""


def _split(values: Mapping[str, object]) -> tuple[dict[str, Any], dict[str, object]]:
    known = {name: value for name, value in values.items() if name in _AT_LOGGING}
    return known, {name: value for name, value in values.items() if name not in known}


def _moved(ticket: Ticket, fact: StateChanged | StateCorrected) -> dict[str, Any]:
    changes: dict[str, Any] = {"state": fact.target, "state_category": fact.category}
    if ticket.state_category in _FINISHED and fact.category not in DONE_CATEGORIES:
        changes["reopens"] = ticket.reopens + 1
        changes["need_met_at"] = None
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
        (changes if name in _IN_PLACE else details)[name] = value
    if details:
        changes["details"] = changed(ticket.details, details)
    return changes


def _linked(ticket: Ticket, fact: Linked) -> dict[str, Any]:
    return {"links": (*ticket.links, Link(fact.link_type, fact.is_source, fact.other))}


def _unlinked(ticket: Ticket, fact: Unlinked) -> dict[str, Any]:
    gone = Link(fact.link_type, fact.is_source, fact.other)
    return {"links": tuple(link for link in ticket.links if link != gone)}


def _merged_into(_ticket: Ticket, fact: MergedInto) -> dict[str, Any]:
    return {"merged_into": fact.target, "state_category": "cancelled"}


def _unmerged(_ticket: Ticket, fact: Unmerged) -> dict[str, Any]:
    return {"merged_into": None, "state_category": fact.category}


def _merged_from(ticket: Ticket, fact: MergedFrom) -> dict[str, Any]:
    return {
        "merged_from": (*ticket.merged_from, fact.source),
        "participants": (*ticket.participants, *fact.participants),
        "tags": tuple(sorted({*ticket.tags, *fact.tags})),
        "attachments": (*ticket.attachments, *fact.attachments),
    }


def _merge_undone(ticket: Ticket, fact: MergeUndone) -> dict[str, Any]:
    return {
        "merged_from": _without(ticket.merged_from, (fact.source,)),
        "participants": _without(ticket.participants, fact.participants),
        "tags": _without(ticket.tags, fact.tags),
        "attachments": _without(ticket.attachments, fact.attachments),
    }


def _split_from(ticket: Ticket, fact: SplitFrom) -> dict[str, Any]:
    return {"attachments": (*ticket.attachments, *fact.attachments)}


def _without(values: tuple[object, ...], gone: tuple[object, ...]) -> tuple[object, ...]:
    return tuple(value for value in values if value not in gone)


def _promised(_ticket: Ticket, fact: PromiseMoved) -> dict[str, Any]:
    return {"promised_by": fact.after}


def _restricted(_ticket: Ticket, fact: Restricted) -> dict[str, Any]:
    return {"restricted_to": fact.restricted_to}


def _nothing(
    _ticket: Ticket,
    _fact: Commented
    | PublicMessage
    | InternalNote
    | NeedMet
    | CheckpointPassed
    | Cascaded
    | CascadeAnswered
    | CascadeAdvanced
    | TimerRefused
    | ImpactDerived
    | RoutingRecorded
    | Escalated
    | EscalationStepTaken
    | EscalationAcknowledged
    | RuleFired
    | RuleRefused
    | RobotReported,
) -> dict[str, Any]:
    return {}


def _owned(_ticket: Ticket, fact: OwnershipTransferred) -> dict[str, Any]:
    return {"owner": fact.owner}


def _joined(ticket: Ticket, fact: ParticipantAdded) -> dict[str, Any]:
    return {"participants": (*ticket.participants, fact.participant)}


def _left(ticket: Ticket, fact: ParticipantRemoved) -> dict[str, Any]:
    return {"participants": tuple(each for each in ticket.participants if each != fact.participant)}


def _attached(ticket: Ticket, fact: Attached) -> dict[str, Any]:
    new = fact.attachment
    others = (each for each in ticket.attachments if (each.digest, each.name) != (new.digest, new.name))
    return {"attachments": (*others, new)}


def _detached(ticket: Ticket, fact: Detached) -> dict[str, Any]:
    return {"attachments": tuple(each for each in ticket.attachments if each != fact.attachment)}


def _worked(ticket: Ticket, fact: WorkLogged) -> dict[str, Any]:
    return {
        "work_log": (*ticket.work_log, fact.entry),
        "time_spent": ticket.time_spent + fact.entry.duration,
    }


def _corrected(ticket: Ticket, fact: WorkCorrected) -> dict[str, Any]:
    right = {each.id: each for each in fact.entries}
    log = tuple(right.get(each.id, each) for each in ticket.work_log)
    return {"work_log": log, "time_spent": sum((each.duration for each in log), timedelta(0))}


def _tagged(ticket: Ticket, fact: Tagged) -> dict[str, Any]:
    return {"tags": tuple(sorted({*ticket.tags, *fact.tags}))}


def _untagged(ticket: Ticket, fact: Untagged) -> dict[str, Any]:
    return {"tags": tuple(word for word in ticket.tags if word not in fact.tags)}


def _personal_data_erased(_ticket: Ticket, _fact: PersonalDataErased) -> dict[str, Any]:
    return {"attachments": ()}


def _of_an_order(
    ticket: Ticket,
    fact: ItemOrdered
    | TaskGiven
    | ApprovalOpened
    | ApproversAsked
    | BallotCast
    | ApprovalDecided
    | FulfilmentBegun
    | TaskAdvanced
    | FulfilmentEnded,
) -> dict[str, Any]:
    news = details_of_order(fact)
    return {"details": changed(ticket.details, news)} if news else {}


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
        Linked: _linked,
        Unlinked: _unlinked,
        Cascaded: _nothing,
        CascadeAnswered: _nothing,
        CascadeAdvanced: _nothing,
        MergedInto: _merged_into,
        Unmerged: _unmerged,
        MergedFrom: _merged_from,
        MergeUndone: _merge_undone,
        SplitFrom: _split_from,
        OwnershipTransferred: _owned,
        ParticipantAdded: _joined,
        ParticipantRemoved: _left,
        PublicMessage: _nothing,
        InternalNote: _nothing,
        Attached: _attached,
        Detached: _detached,
        WorkLogged: _worked,
        WorkCorrected: _corrected,
        Tagged: _tagged,
        Untagged: _untagged,
        NeedMet: _nothing,  # the instant is that of the event: see `Ticket.after`
        TimerRefused: _nothing,
        ImpactDerived: _nothing,
        RoutingRecorded: _nothing,
        Escalated: _nothing,  # who has the work says the handing over beside it
        EscalationStepTaken: _nothing,
        EscalationAcknowledged: _nothing,
        RuleFired: _nothing,
        RuleRefused: _nothing,
        RobotReported: _nothing,
        PromiseMoved: _promised,
        Restricted: _restricted,
        PersonalDataErased: _personal_data_erased,
        ItemOrdered: _of_an_order,
        TaskGiven: _of_an_order,
        ApprovalOpened: _of_an_order,
        ApproversAsked: _of_an_order,
        BallotCast: _of_an_order,
        ApprovalDecided: _of_an_order,
        FulfilmentBegun: _of_an_order,
        TaskAdvanced: _of_an_order,
        FulfilmentEnded: _of_an_order,
    },
)
