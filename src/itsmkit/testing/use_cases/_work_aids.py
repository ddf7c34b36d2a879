"""What can be asked of work aids, schedules, appointments, remote sessions and suggested replies."""

from random import Random

from attrs import evolve

from itsmkit.desk import Desk
from itsmkit.practices.work_aids import (
    Schedule,
)
from itsmkit.testing.builders import A_MONDAY, AN_AGENT
from itsmkit.testing.faults import EveryHook, Faults
from itsmkit.testing.use_cases._beginnings import MACRO, TicketWith, assigned, hosts, logged, with_aids
from itsmkit.testing.use_cases._stage import DAY, HOST, HOUR, Stage, UseCase, rules
from itsmkit.tickets import Ticket

__all__ = ["USE_CASES"]


def _with_a_checklist(stage: Stage) -> TicketWith:
    ticket_id = with_aids(stage).id
    return TicketWith(ticket_id, stage.steady.checklists.begin(ticket_id, "handover").id)


def _booked(stage: Stage) -> TicketWith:
    """Let ann have an appointment on a ticket, each in another week."""
    ticket_id = logged(stage).id
    at = A_MONDAY + HOUR + stage.steady.tickets.count() * 7 * DAY
    booked = stage.steady.appointments.book(ticket_id, at, HOUR, attendees=["ann"], skill="network")
    return TicketWith(ticket_id, booked.id, at)


def _begun_by_now(stage: Stage) -> TicketWith:
    """Let an appointment have begun."""
    booked = _booked(stage)
    stage.clock.set(booked.at)
    return booked


_TAPES = Schedule(
    id="tapes",
    name="Change the tapes",
    template="printer",
    rule="FREQ=DAILY",
    first="2026-03-01T09:30",
    tz="Europe/Berlin",
    shift="next open",
    catch_up="latest",
)


def _scheduled(stage: Stage) -> Schedule:
    """Let a schedule be kept, of which something is due."""
    with_aids(stage)
    kept = stage.steady.schedules.keep(_TAPES)
    stage.clock.advance(2 * DAY)
    return kept


def _scheduled_from_nothing(stage: Stage) -> None:
    """Let a schedule name a template that is retired."""
    _scheduled(stage)
    stage.steady.aids.retire("ticket template", "printer")


def _consented(stage: Stage) -> TicketWith:
    """Let the requester of a ticket consent to remote sessions on it."""
    if HOST not in stage.steady.cmdb.as_of():
        hosts(stage)
    ticket = stage.steady.incidents.log("No network", requester="bob", configuration_item=HOST)
    access = stage.steady.remote_sessions.give_consent(ticket.id, "to look at the driver", person="bob")
    return TicketWith(ticket.id, access.consents[-1].id)


def _in_a_session(stage: Stage) -> TicketWith:
    """Let a remote session be on for a while."""
    ticket_id = _consented(stage).id
    desk = Desk(
        rules(),
        store=stage.store,
        plugins=[EveryHook(Faults())],
        clock=stage.clock,
        random=Random(4),  # noqa: S311  # as above
    )
    access = desk.acting_as(AN_AGENT).remote_sessions.start(ticket_id)
    stage.clock.advance(HOUR / 3)
    return TicketWith(ticket_id, access.sessions[-1].id)


def _unusual(stage: Stage) -> Ticket:
    """Let a ticket be one on which nothing is sent by itself."""
    return stage.steady.tickets.tag(logged(stage).id, "unusual")


USE_CASES = (
    UseCase("aids.keep", lambda desk, _, once: desk.aids.keep(MACRO, **once)),
    UseCase(
        "aids.keep",
        lambda desk, _, once: desk.aids.keep(evolve(MACRO, name="Ask first"), **once),
        with_aids,
        variant="another version",
    ),
    UseCase("aids.retire", lambda desk, _, once: desk.aids.retire("macro", "ask", **once), with_aids),
    UseCase(
        "aids.apply_macro",
        lambda desk, incident, once: desk.aids.apply_macro(incident.id, "ask", **once),
        with_aids,
    ),
    UseCase(
        "aids.reply",
        lambda desk, incident, once: desk.aids.reply(incident.id, "thanks", **once),
        with_aids,
    ),
    UseCase(
        "aids.log_from",
        lambda desk, _, once: desk.aids.log_from("printer", requester="bob", floor="3", **once),
        with_aids,
    ),
    UseCase(
        "checklists.begin",
        lambda desk, incident, once: desk.checklists.begin(incident.id, "handover", **once),
        with_aids,
    ),
    UseCase(
        "checklists.check",
        lambda desk, lists, once: desk.checklists.check(lists.record, "who knows it", **once),
        _with_a_checklist,
    ),
    UseCase("schedules.keep", lambda desk, _, once: desk.schedules.keep(_TAPES, **once), with_aids),
    UseCase(
        "schedules.keep",
        lambda desk, _, once: desk.schedules.keep(evolve(_TAPES, name="Tapes"), **once),
        _scheduled,
        variant="another version",
    ),
    UseCase("schedules.retire", lambda desk, _, once: desk.schedules.retire("tapes", **once), _scheduled),
    UseCase("schedules.run", lambda desk, _, __: desk.schedules.run(), _scheduled),
    UseCase(
        "schedules.run",
        lambda desk, _, __: desk.schedules.run(),
        _scheduled_from_nothing,
        variant="what cannot be logged",
    ),
    UseCase(
        "appointments.book",
        lambda desk, incident, once: desk.appointments.book(
            incident.id, A_MONDAY + HOUR, HOUR, attendees=["ann", "kim"], skill="network", **once
        ),
        logged,
    ),
    UseCase(
        "appointments.move",
        lambda desk, booked, once: desk.appointments.move(
            booked.record, booked.at + HOUR, attendees=["ann", "kim"], **once
        ),
        _booked,
    ),
    UseCase(
        "appointments.cancel",
        lambda desk, booked, once: desk.appointments.cancel(booked.record, "it works again", **once),
        _booked,
    ),
    UseCase(
        "appointments.hold",
        lambda desk, booked, once: desk.appointments.hold(booked.record, **once),
        _begun_by_now,
    ),
    UseCase(
        "remote_sessions.give_consent",
        lambda desk, incident, once: desk.remote_sessions.give_consent(
            incident.id, "to look at the driver", person="bob", **once
        ),
        logged,
    ),
    UseCase(
        "remote_sessions.withdraw_consent",
        lambda desk, ticket, once: desk.remote_sessions.withdraw_consent(ticket.id, ticket.record, **once),
        _consented,
    ),
    UseCase(
        "remote_sessions.start",
        lambda desk, ticket, once: desk.remote_sessions.start(ticket.id, **once),
        _consented,
    ),
    UseCase(
        "remote_sessions.stop",
        lambda desk, ticket, once: desk.remote_sessions.stop(ticket.id, ticket.record, **once),
        _in_a_session,
    ),
    UseCase(
        "replies.suggest",
        lambda desk, incident, once: desk.replies.suggest(incident.id, **once),
        assigned,
        goes_without="plugin.suggest_reply",
    ),
    UseCase(
        "replies.suggest",
        lambda desk, incident, once: desk.replies.suggest(incident.id, **once),
        _unusual,
        variant="which is drafted",
        goes_without="plugin.suggest_reply",
    ),
)
