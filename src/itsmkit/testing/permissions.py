"""
The permission matrix: every operation of a desk, to be asked for by whoever stands to a ticket in any way.

A test goes through all of it and holds what happens against an oracle of its own. Commands are taken from
`USE_CASES`, reads from the tables here; so an operation that nobody has put into `itsmkit.desk.operations`,
or that cannot be asked for here, is found.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from attrs import evolve

from itsmkit._frozen import FrozenDict
from itsmkit.conditions import equals
from itsmkit.desk import Desk
from itsmkit.errors import ItsmkitError, NotFoundError
from itsmkit.plugin import Store, StoredTicket
from itsmkit.practices import INCIDENT, Occasion, happen
from itsmkit.practices.access import AccessDeniedError, Relation
from itsmkit.testing.builders import A_MONDAY
from itsmkit.testing.use_cases._automation import VIP
from itsmkit.tickets import SYSTEM, DetailsChanged, Participant, Restricted, Ticket, TicketId
from itsmkit.workforce import ServiceGoal

__all__ = [
    "AUDIENCE_READS",
    "A_FILE",
    "DESK_READS",
    "HOST_WIRING",
    "Outcome",
    "TICKET_READS",
    "operations_of",
    "outcome_of",
    "readable",
    "related",
]

HOST_WIRING = frozenset(
    {
        "acting_as",
        "close",
        "configuration.refresh",
        "from_config",
        "may",
        "messages",
        "of_tenant",
        "open",
        "portal",
        "privileged",
        "work",
    }
)
"""What the host does with a desk before anybody asks it for anything."""


class Outcome(StrEnum):
    """What came of asking."""

    DONE = "done"
    """It went its way: it was done, or refused for another reason than access."""
    NOT_THERE = "not there"
    DENIED = "denied"


def outcome_of(call: Callable[[], object]) -> Outcome:
    """
    Return what comes of *call*: a read that returns whether it found something, or anything else.

    An iterator is gone through.
    """
    try:
        result = call()
        if isinstance(result, Iterator):
            for _ in result:
                pass
    except AccessDeniedError:
        return Outcome.DENIED
    except NotFoundError:
        return Outcome.NOT_THERE
    except ItsmkitError:
        return Outcome.DONE
    return Outcome.NOT_THERE if result is False else Outcome.DONE


def _is_in(tickets: Iterable[Ticket], ticket: Ticket) -> bool:
    return any(each.id == ticket.id for each in tickets)


A_FILE = sha256(b"no carrier").hexdigest()
"""The digest of the file that `readable` attaches."""


def readable(desk: Desk, ticket_id: TicketId) -> None:
    """Let there be something to be read of a ticket by each of `TICKET_READS`: a file, and work."""
    desk.tickets.attach(ticket_id, "log.txt", b"no carrier", public=True)
    desk.tickets.log_work(ticket_id, timedelta(hours=1), "repair")


TICKET_READS: Mapping[str, Callable[[Desk, Ticket], object]] = FrozenDict(
    {
        "tickets.get": lambda desk, ticket: desk.tickets.get(ticket.id),
        "tickets.by_number": lambda desk, ticket: desk.tickets.by_number(ticket.number),
        "tickets.find": lambda desk, ticket: _is_in(desk.tickets.find().tickets, ticket),
        "tickets.count": lambda desk, ticket: desk.tickets.count(equals("number", ticket.number)) > 0,
        "tickets.matching": lambda desk, ticket: _is_in(desk.tickets.matching(), ticket),
        "tickets.all": lambda desk, ticket: _is_in(desk.tickets, ticket),
        "tickets.history": lambda desk, ticket: len(desk.tickets.history(ticket.id)) > 0,
        "tickets.clocks": lambda desk, ticket: desk.tickets.clocks(ticket.id),
        "tickets.readings": lambda desk, ticket: _is_in(
            (each for each, _ in desk.tickets.readings()), ticket
        ),
        "tickets.attachment": lambda desk, ticket: desk.tickets.attachment(ticket.id, A_FILE),
        "tickets.billing_rows": lambda desk, ticket: any(
            row.number == ticket.number for row in desk.tickets.billing_rows()
        ),
        "tickets.explain_priority": lambda desk, ticket: desk.tickets.explain_priority(ticket.id),
        "tickets.history_of": lambda desk, ticket: all(
            _is_in(desk.tickets.history_of(configuration_item="web-1", as_of=as_of), ticket)
            for as_of in (None, ticket.updated_at)
        ),
        "tickets.promise": lambda desk, ticket: desk.tickets.promise(ticket.id),
        "tickets.public_view": lambda desk, ticket: desk.tickets.public_view(ticket.id),
        "tickets.work_list": lambda desk, ticket: _is_in(
            (each.ticket for each in desk.tickets.work_list()), ticket
        ),
        "links.of": lambda desk, ticket: desk.links.of(ticket.id),
        "links.goes_on_in": lambda desk, ticket: desk.links.goes_on_in(ticket.id),
        "links.family": lambda desk, ticket: desk.links.family(ticket.id),
        "links.timeline": lambda desk, ticket: desk.links.timeline(ticket.id),
        "orders.progress": lambda desk, ticket: desk.orders.progress(ticket.id),
        "aids.offered": lambda desk, ticket: desk.aids.offered(ticket.id),
        "appointments.of": lambda desk, ticket: desk.appointments.of(ticket.id),
        "appointments.history": lambda desk, ticket: desk.appointments.history(ticket.id, "none"),
        "classification.of": lambda desk, ticket: desk.classification.of(ticket.id),
        "remote_sessions.of": lambda desk, ticket: desk.remote_sessions.of(ticket.id),
        "escalation.bounces": lambda desk, ticket: desk.escalation.bounces(ticket.id),
        "checklists.of": lambda desk, ticket: desk.checklists.of(ticket.id),
        "search.tickets": lambda desk, ticket: _is_in(
            (each.ticket for each in desk.search.tickets(ticket.title or "", limit=100)), ticket
        ),
        "search.similar_tickets": lambda desk, ticket: desk.search.similar_tickets(ticket.id),
        "knowledge.suggest_for": lambda desk, ticket: desk.knowledge.suggest_for(ticket.id),
        "next_deadlines": lambda desk, ticket: _is_in(
            (each.ticket for each in desk.next_deadlines()), ticket
        ),
    }
)
"""
The reads of tickets, each for one ticket of which it must tell nobody who may not see it: they return
something, or whether it was among what was read. The ticket is one that `readable` has made ready.
"""

_A_WEEK = (A_MONDAY, A_MONDAY + timedelta(days=7))

DESK_READS: Mapping[str, Callable[[Desk], object]] = FrozenDict(
    {
        "events": lambda desk: desk.events(),
        "feed": lambda desk: desk.feed(),
        "report": lambda desk: desk.report(),
        "aids.all": lambda desk: desk.aids.all("macro"),
        "aids.history": lambda desk: desk.aids.history("macro", "ask"),
        "value": lambda desk: desk.value(),
        "appointments.slots": lambda desk: desk.appointments.slots(
            length=timedelta(hours=1), since=A_MONDAY, until=A_MONDAY + timedelta(days=1), people=["ann"]
        ),
        "conversations.waiting": lambda desk: desk.conversations.waiting(),
        "conversations.find": lambda desk: desk.conversations.find(),
        "conversations.history": lambda desk: desk.conversations.history("no conversation"),
        "conversations.report": lambda desk: desk.conversations.report(),
        "classification.preview": lambda desk: desk.classification.preview(TicketId("no ticket")),
        "classification.models": lambda desk: desk.classification.models(),
        "classification.evaluate": lambda desk: desk.classification.evaluate("category"),
        "classification.shadow_report": lambda desk: desk.classification.shadow_report(),
        "delegations.of": lambda desk: desk.delegations.of("ann"),
        "delegations.history": lambda desk: desk.delegations.history("ann"),
        "replies.preview": lambda desk: desk.replies.preview(TicketId("no ticket")),
        "routing.route": lambda desk: desk.routing.route(TicketId("no ticket")),
        "routing.skill_gaps": lambda desk: desk.routing.skill_gaps(),
        "routing.turns": lambda desk: desk.routing.turns("network"),
        "escalation.of": lambda desk: desk.escalation.of(TicketId("no ticket")),
        "rotas.on_duty": lambda desk: desk.rotas.on_duty("on call"),
        "rotas.next_on_duty": lambda desk: desk.rotas.next_on_duty("on call"),
        "rotas.duties": lambda desk: desk.rotas.duties("on call", *_A_WEEK),
        "rotas.gaps": lambda desk: desk.rotas.gaps("on call", *_A_WEEK),
        "rotas.overlaps": lambda desk: desk.rotas.overlaps("on call", *_A_WEEK),
        "rotas.fairness": lambda desk: desk.rotas.fairness("on call", *_A_WEEK),
        "rotas.calendar": lambda desk: desk.rotas.calendar("on call", *_A_WEEK),
        "rotas.changes": lambda desk: desk.rotas.changes(*_A_WEEK),
        "rotas.history": lambda desk: desk.rotas.history("no change"),
        "rotas.notes": lambda desk: desk.rotas.notes("on call", *_A_WEEK),
        "rotas.notes_of_shift": lambda desk: desk.rotas.notes_of_shift("on call"),
        "automation.all": lambda desk: desk.automation.all(),
        "automation.history": lambda desk: desk.automation.history("vip"),
        "automation.check": lambda desk: desk.automation.check(),
        "automation.explain": lambda desk: desk.automation.explain(TicketId("no ticket")),
        "automation.dry_run": lambda desk: desk.automation.dry_run(VIP, TicketId("no ticket")),
        "automation.rehearse": lambda desk: desk.automation.rehearse(VIP),
        "schedules.all": lambda desk: desk.schedules.all(),
        "schedules.history": lambda desk: desk.schedules.history("tapes"),
        "schedules.upcoming": lambda desk: desk.schedules.upcoming(),
        "experience": lambda desk: desk.experience(),
        "surveys.get": lambda desk: desk.surveys.get("no survey"),
        "surveys.find": lambda desk: desk.surveys.find(),
        "workforce.arrivals": lambda desk: desk.workforce.arrivals(A_MONDAY, A_MONDAY + timedelta(days=1)),
        "workforce.handling": lambda desk: desk.workforce.handling(),
        "workforce.forecast": lambda desk: desk.workforce.forecast(A_MONDAY, A_MONDAY + timedelta(days=1)),
        "workforce.backtest": lambda desk: desk.workforce.backtest(),
        "workforce.staffing": lambda desk: desk.workforce.staffing(
            A_MONDAY, A_MONDAY + timedelta(days=1), ServiceGoal(0.8, timedelta(minutes=1))
        ),
        "workforce.stream": lambda desk: desk.workforce.stream("all", A_MONDAY, A_MONDAY + timedelta(days=1)),
        "workforce.roster": lambda desk: desk.workforce.roster("network", *_A_WEEK),
        "workforce.attainment": lambda desk: desk.workforce.attainment(
            "network", *_A_WEEK, respond_within=timedelta(hours=1)
        ),
        "workforce.measures": lambda desk: desk.workforce.measures(2026, 1),
        "workforce.own_measures": lambda desk: desk.workforce.own_measures(2026, 1),
        # They change no records: an index is a cache.
        "search.refresh": lambda desk: desk.search.refresh(),
        "search.rebuild": lambda desk: desk.search.rebuild(),
        "knowledge.get": lambda desk: desk.knowledge.get("no article"),
        "knowledge.articles": lambda desk: desk.knowledge.articles(),
        "knowledge.history": lambda desk: desk.knowledge.history("no article"),
        "knowledge.overdue_reviews": lambda desk: desk.knowledge.overdue_reviews(),
        "knowledge.feedback": lambda desk: desk.knowledge.feedback(),
        "knowledge.sessions": lambda desk: desk.knowledge.sessions(),
        "knowledge.report": lambda desk: desk.knowledge.report(),
        "improvements.get": lambda desk: desk.improvements.get("no improvement"),
        "improvements.register": lambda desk: desk.improvements.register(),
        "improvements.themes": lambda desk: desk.improvements.themes(),
        "catalogue.entry": lambda desk: desk.catalogue.entry("no item"),
        "catalogue.entries": lambda desk: desk.catalogue.entries(),
        "catalogue.versions": lambda desk: desk.catalogue.versions("no item"),
        "figures": lambda desk: desk.figures("kind"),
        "what_if": lambda desk: desk.what_if([]),
        "parked_timers": lambda desk: desk.parked_timers(),
        "configuration.current": lambda desk: desk.configuration.current(),
        "configuration.history": lambda desk: desk.configuration.history(),
        "configuration.as_of": lambda desk: desk.configuration.as_of(A_MONDAY),
        "next_due": lambda desk: desk.next_due(),
        "audit.checkpoint": lambda desk: desk.audit.checkpoint(),
        "audit.verify": lambda desk: desk.audit.verify(),
        "access.grants_of": lambda desk: desk.access.grants_of("eve"),
        "access.due_for_recertification": lambda desk: desk.access.due_for_recertification(A_MONDAY),
        "access.conflicts": lambda desk: desk.access.conflicts(),
        "cmdb.as_of": lambda desk: desk.cmdb.as_of(),
        "cmdb.graph": lambda desk: desk.cmdb.graph(),
        "cmdb.findings": lambda desk: desk.cmdb.findings(),
        "cmdb.history": lambda desk: desk.cmdb.history("web-1"),
        "cmdb.events": lambda desk: desk.cmdb.events(),
        "cmdb.overrides": lambda desk: desk.cmdb.overrides(),
        "cmdb.impact_of": lambda desk: desk.cmdb.impact_of({}),
        "cmdb.open_tickets": lambda desk: desk.cmdb.open_tickets("web-1"),
        "cmdb.tickets_of": lambda desk: desk.cmdb.tickets_of("web-1"),
        "cmdb.context": lambda desk: desk.cmdb.context("web-1"),
        "discovery.staging": lambda desk: desk.discovery.staging(),
        "discovery.reconciliation": lambda desk: desk.discovery.reconciliation(),
        "discovery.provenance": lambda desk: desk.discovery.provenance("web-1"),
        "discovery.decision": lambda desk: desk.discovery.decision("scan", "7"),
    }
)
"""The reads that are about the desk as a whole."""


AUDIENCE_READS: Mapping[str, Callable[[Desk], object]] = FrozenDict(
    {
        "aids.templates": lambda desk: desk.aids.templates(),
        "delegations.mine": lambda desk: desk.delegations.mine(),
        "delegations.to_me": lambda desk: desk.delegations.to_me(),
        "orders.awaiting": lambda desk: desk.orders.awaiting(),
        "coaching.about": lambda desk: desk.coaching.about("ann"),
        "conversations.get": lambda desk: desk.conversations.get("no conversation"),
        "conversations.of": lambda desk: desk.conversations.of("bob"),
        "knowledge.read": lambda desk: desk.knowledge.read("no article"),
        "knowledge.search": lambda desk: desk.knowledge.search("printer"),
        "knowledge.suggest": lambda desk: desk.knowledge.suggest("printer"),
        "catalogue.directory": lambda desk: desk.catalogue.directory(),
        "catalogue.item": lambda desk: desk.catalogue.item("no item"),
    }
)
"""The reads of what is no ticket, which show what is for their viewer."""


def operations_of(desk: Desk) -> Iterator[str]:
    """Go through all that *desk* can be asked, by the names of its methods."""
    for name, member in inspect.getmembers(type(desk)):
        if name.startswith("_") or name in HOST_WIRING:
            continue
        if inspect.isfunction(member):
            yield name
        elif isinstance(member, property):
            yield from _operations_in(name, getattr(desk, name))
    yield from (f"work.*.{each.partition('.')[2]}" for each in _operations_in("work", desk.work(INCIDENT)))


def _operations_in(name: str, room: object) -> Iterator[str]:
    """Go through what can be asked of a room of the desk; nothing, if it is something else."""
    if not type(room).__module__.startswith("itsmkit.desk") or type(room).__name__ in _NO_ROOMS:
        return
    for method, _ in inspect.getmembers(type(room), inspect.isfunction):
        if method == "__iter__":
            yield f"{name}.all"
        elif not method.startswith("_") and f"{name}.{method}" not in HOST_WIRING:
            yield f"{name}.{method}"


_NO_ROOMS = frozenset({"BatchStore", "DeskConfig", "InMemoryStore"})


def related(
    store: Store,
    ticket_id: TicketId,
    relation: Relation | None,
    viewer: str,
    *,
    restricted_to: str | None = None,
) -> Ticket:
    """
    Let *viewer* stand to a ticket in one way, and in no other; return the ticket.

    Args:
        store: Where it is.
        ticket_id: The ticket.
        relation: How; ``None`` for a stranger. Their group is called ``"group of <viewer>"``, and their
            organisation ``"organisation of <viewer>"``.
        viewer: Who.
        restricted_to: The restriction that it is under.
    """
    own = {
        Relation.SUPPORT_GROUP: f"group of {viewer}",
        Relation.ORGANISATION: f"organisation of {viewer}",
    }
    fields: dict[str, Any] = {
        each.value: own.get(each, viewer) if each is relation else f"another {each.value}"
        for each in Relation
        if each is not Relation.PARTICIPANT
    }
    person = viewer if relation is Relation.PARTICIPANT else "another participant"
    fields["participants"] = (Participant(person, "watcher"),)
    with store.begin() as unit:
        stored = unit.ticket(ticket_id)
        occasion = Occasion(SYSTEM, stored.ticket.updated_at)
        facts = (DetailsChanged({"related": True}), Restricted(restricted_to, "to test with"))
        # Also one that was merged, on which nothing happens any more.
        merged_into = stored.ticket.merged_into
        decision = happen(evolve(stored.ticket, merged_into=None), occasion, *facts)
        ticket = evolve(decision.ticket, merged_into=merged_into, **fields)
        unit.save(StoredTicket(ticket, stored.cache), decision.events, expected=stored.ticket.version)
    return ticket
