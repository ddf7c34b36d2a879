"""
Merging tickets that are about the same, splitting one that is about several things; and undoing both.

To merge moves nothing. The history of each ticket stays where it is, and what belongs together is read
together: who takes part, what was said, the time that was worked. So there is nothing that could be
forgotten, and nothing to guess when it is undone.

What becomes of clocks: the target keeps its own. Those of the source are cancelled, as what is cancelled is
not to be done; one that was breached before stays breached. When the merger is undone, they show what they
would show had it never happened: for the requester of the source, time has gone on.

Source:
    To cancel the clocks of the source is our choice: a promise for work that is not to be done could neither
    be kept nor broken.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from attrs import evolve

from itsmkit._frozen import EMPTY
from itsmkit.errors import RefusedError
from itsmkit.practices.decision import Decision, Occasion, happen
from itsmkit.practices.kind_of_work import KindOfWork, begin
from itsmkit.practices.links.families import TicketOf, leads_to, linked_to, without
from itsmkit.practices.links.link_type import SPLIT_FROM, LinkEnd, LinkType
from itsmkit.tickets import (
    Attachment,
    Commented,
    InternalNote,
    Linked,
    MergedFrom,
    MergedInto,
    MergeUndone,
    Participant,
    PublicMessage,
    SplitFrom,
    Ticket,
    TicketEvent,
    TicketId,
    TicketLogged,
    Unmerged,
    replay,
)

__all__ = ["merge", "split", "unmerge"]

AnyTicket = TypeVar("AnyTicket", bound=Ticket)
T = TypeVar("T")

_MESSAGES = (Commented, InternalNote, PublicMessage)
"""The facts that are something said."""


def merge(
    source: Ticket,
    target: Ticket,
    occasion: Occasion,
    *,
    link_types: Sequence[LinkType],
    ticket_of: TicketOf,
) -> tuple[Decision[Ticket], Decision[Ticket]]:
    """
    Let *source* go on in *target*.

    Args:
        source: The ticket on which nothing is to be done any more.
        target: The ticket that goes on. It gets who takes part in the source, its tags and its files.
        occasion: When, and by whom.
        link_types: The types of links that there are.
        ticket_of: Gives further tickets, to see where their links lead.

    Returns:
        The decision on *source*, and that on *target*.

    Raises:
        RefusedError: If they cannot be merged, with every reason.
    """
    reasons = [*_objections(source, target, link_types, ticket_of)]
    if reasons:
        whole = f"cannot merge {source.number} into {target.number}"
        raise RefusedError(*(f"{whole}: {reason}" for reason in reasons))
    known = {file.digest for file in target.attachments}
    taken_over = MergedFrom(
        source.id,
        _new(_participants(source, target), target.participants),
        _new(source.tags, target.tags),
        tuple(file for file in source.attachments if file.digest not in known),
    )
    return happen(source, occasion, MergedInto(target.id)), happen(target, occasion, taken_over)


def unmerge(
    source: Ticket,
    source_history: Sequence[TicketEvent],
    target: Ticket,
    target_history: Sequence[TicketEvent],
    occasion: Occasion,
) -> tuple[Decision[Ticket], Decision[Ticket]]:
    """
    Let *source*, which goes on in *target*, go on by itself again.

    The source is as it was. The target keeps what was done on it, and loses what it has by the merger alone.

    Args:
        source: The ticket that was merged.
        source_history: Its events.
        target: The ticket in which it goes on; *source* itself, if there is none.
        target_history: Its events.
        occasion: When, and by whom.

    Returns:
        The decision on *source*, and that on *target*.

    Raises:
        RefusedError: If *source* does not go on in *target*, or *target* was itself merged since.
    """
    if source.merged_into != target.id:
        where = "there is no other ticket in which it goes on"
        if source.id != target.id:
            where = f"it does not go on in {target.number}"
        refusal = f"cannot unmerge {source.number}: {where}"
        raise RefusedError(refusal)
    if target.merged_into is not None:
        refusal = (
            f"cannot unmerge {source.number}: {target.number}, in which it goes on, was merged itself since; "
            f"unmerge {target.number} first"
        )
        raise RefusedError(refusal)
    before = replay(source_history[: _last(source_history, MergedInto(target.id)) - 1], Ticket)
    number, brought = _merger(target_history, source.id)
    by_itself = replay(without(target_history, [number]), Ticket)
    undone = MergeUndone(
        source.id,
        _new(brought.participants, by_itself.participants),
        _new(brought.tags, by_itself.tags),
        _new(brought.attachments, by_itself.attachments),
    )
    again = Unmerged(target.id, before.state_category)
    return happen(source, occasion, again), happen(target, occasion, undone)


def split(
    ticket: Ticket,
    history: Sequence[TicketEvent],
    occasion: Occasion,
    *,
    kind: KindOfWork[AnyTicket],
    ticket_id: TicketId,
    number: str,
    title: str,
    messages: Iterable[int] = (),
    attachments: Iterable[str] = (),
    opened_at: datetime | None = None,
    details: Mapping[str, object] = EMPTY,
) -> tuple[Decision[AnyTicket], Decision[Ticket]]:
    """
    Make a ticket of its own from a part of *ticket*.

    What was said of it is there again, by whom it was said and when. Its clocks are its own: they begin when
    the first of that was said, else now. The original keeps all that it had.

    Args:
        ticket: The original.
        history: Its events.
        occasion: When, and by whom.
        kind: The kind of the new ticket.
        ticket_id: The key of the new ticket.
        number: Its display number.
        title: What it is about.
        messages: The events of the original that were said of it, by their sequence.
        attachments: The files of the original that belong to it, by their digests.
        opened_at: When its need arose, if otherwise than by default.
        details: What is known of it otherwise than of the original, by name.

    Returns:
        The decision on the new ticket, and that on the original.

    Raises:
        RefusedError: If an event is no message or a file is not there, with all of them; if a name in
            *details* is one that they cannot set; or if the original was merged.
    """
    said, files = _chosen(ticket, history, tuple(messages), tuple(attachments))
    matrix = kind.priorities
    inherited = {name: ticket.fact(name) for name in _INHERITED}
    logged = kind.log(
        ticket_id,
        number,
        occasion,
        opened_at=opened_at or min((event.effective_at for event in said), default=None),
        impact=ticket.impact if ticket.impact in matrix.impacts else None,
        urgency=ticket.urgency if ticket.urgency in matrix.urgencies else None,
        details={**inherited, **details, "title": title},
    )
    [(event, _)] = logged.steps
    assert isinstance(event.fact, TicketLogged)  # noqa: S101  # every history begins so
    kept = {name: value for name in _KEPT if (value := ticket.fact(name)) is not None}
    first = evolve(event, fact=evolve(event.fact, details={**event.fact.details, **kept}))
    facts = (
        SplitFrom(ticket.id, [each.sequence for each in said], files),
        Linked(SPLIT_FROM, True, ticket.id),
    )
    begun = begin(kind, first)
    begun = begun.then(happen(begun.ticket, occasion, *facts))
    for each in said:
        as_it_was = Occasion(each.actor, occasion.recorded_at, each.at)
        begun = begun.then(happen(begun.ticket, as_it_was, each.fact))
    return begun, happen(ticket, occasion, Linked(SPLIT_FROM, False, ticket_id))


_INHERITED = (
    "requester",
    "channel",
    "site",
    "service",
    "configuration_item",
    "category",
    "affected_person",
    "organisation",
    "support_group",
)
"""What a split ticket has from the original, unless it is told otherwise."""

_KEPT = ("owner", "restricted_to")
"""What it always has from the original: who is accountable, and who may see it."""


def _objections(
    source: Ticket, target: Ticket, link_types: Sequence[LinkType], ticket_of: TicketOf
) -> Iterator[str]:
    if source.id == target.id:
        yield "it is the same ticket"
        return
    if source.merged_into is not None:
        yield f"{source.number} was merged already; unmerge it first"
    if target.merged_into is not None:
        yield f"{target.number} was merged itself; merge into the ticket in which it goes on"
    elif not target.is_open:
        yield f"{target.number} is {target.state}, so that nobody would go on with it; reopen it first"
    if source.kind != target.kind:
        yield f"one is of kind {source.kind}, the other of kind {target.kind}; link them instead"
    if source.restricted_to != target.restricted_to:
        yield "not the same people may see them; link them instead"
    if source.merged_into is not None or target.merged_into is not None:
        return  # where their links lead, is asked of the tickets in which they go on
    for link_type in link_types:
        if link_type.is_acyclic and _closes_circle(source, target, link_type, ticket_of):
            name = link_type.name
            yield f"others stand between them by {name}, so that it would close a circle; unlink these first"


def _closes_circle(source: Ticket, target: Ticket, link_type: LinkType, ticket_of: TicketOf) -> bool:
    """Tell whether links lead from one to the other by a third."""
    end = LinkEnd(link_type, is_source=False)
    return any(
        leads_to(
            [each for each in linked_to(one, end, ticket_of) if each.id != other.id], end, other, ticket_of
        )
        for one, other in ((source, target), (target, source))
    )


def _participants(source: Ticket, target: Ticket) -> Iterator[Participant]:
    if source.requester is not None and source.requester != target.requester:
        yield Participant(source.requester, "requester")
    if source.affected_person is not None and source.affected_person != target.affected_person:
        yield Participant(source.affected_person, "affected person")
    yield from source.participants


def _new(values: Iterable[T], known: Sequence[T]) -> tuple[T, ...]:
    """Return those of *values* that are not known, each once."""
    return tuple(value for value in dict.fromkeys(values) if value not in known)


def _last(history: Sequence[TicketEvent], fact: MergedInto) -> int:
    """Return the sequence of the last event that is *fact*."""
    return max(event.sequence for event in history if event.fact == fact)


def _merger(history: Sequence[TicketEvent], source: TicketId) -> tuple[int, MergedFrom]:
    """Return the last merger of *source*, with its sequence."""
    *_, found = (
        (event.sequence, event.fact)
        for event in history
        if isinstance(event.fact, MergedFrom) and event.fact.source == source
    )
    return found


def _chosen(
    ticket: Ticket, history: Sequence[TicketEvent], messages: tuple[int, ...], digests: tuple[str, ...]
) -> tuple[tuple[TicketEvent, ...], tuple[Attachment, ...]]:
    said = {event.sequence: event for event in history if isinstance(event.fact, _MESSAGES)}
    files = {file.digest: file for file in ticket.attachments}
    reasons = [f"its event {each!r} is no message" for each in messages if each not in said]
    reasons += [f"it has no file {digest!r}" for digest in digests if digest not in files]
    if reasons:
        raise RefusedError(*(f"cannot split {ticket.number}: {reason}" for reason in reasons))
    return (
        tuple(said[each] for each in sorted({*messages})),
        tuple(files[digest] for digest in dict.fromkeys(digests)),
    )
