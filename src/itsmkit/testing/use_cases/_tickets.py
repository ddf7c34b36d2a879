"""What can be asked of tickets, of whatever kind."""

from itsmkit.cmdb import CIId, ConfigurationItem
from itsmkit.plugin import Timer
from itsmkit.practices import Incident, Observation, Resolution
from itsmkit.testing.builders import A_MONDAY
from itsmkit.testing.use_cases._beginnings import assigned, logged, resolved, under_way
from itsmkit.testing.use_cases._stage import HOUR, Stage, UseCase
from itsmkit.tickets import Ticket

__all__ = ["USE_CASES"]


def _two_of_bob(stage: Stage) -> None:
    for _ in range(2):
        incident = logged(stage)
        stage.steady.tickets.comment(incident.id, "It is the cable")


def _critical(stage: Stage) -> None:
    """Let a service be there on which the business depends."""
    stage.steady.cmdb.put(ConfigurationItem(CIId("pay"), "service", "Pay", {"criticality": "critical"}))


def _of_a_critical_service(stage: Stage) -> Incident:
    incident = stage.steady.incidents.log("No payments", service="pay")
    _critical(stage)
    return incident


def _shared(stage: Stage) -> Ticket:
    """Let a ticket have a participant, a file, a piece of work and a tag."""
    tickets, incident = stage.steady.tickets, logged(stage)
    tickets.add_participant(incident.id, "kim", "expert")
    tickets.attach(incident.id, "log.txt", b"no carrier")
    tickets.log_work(incident.id, HOUR, "repair")
    return tickets.tag(incident.id, "vip")


def _closed(stage: Stage) -> Incident:
    return stage.steady.incidents.transition(resolved(stage).id, "close")


def _parked(stage: Stage) -> Incident:
    """Let a timer be parked."""
    incident = logged(stage)
    with stage.store.begin() as unit:
        unit.set_timer(Timer(incident.id, "resolve", stage.clock(), parked="given up"))
    return incident


SEEN = Observation("In Progress", "network", "ann", impact="high", urgency="high")

USE_CASES = (
    UseCase(
        "incidents.log",
        lambda desk, _, once: desk.incidents.log("No network", impact="high", urgency="high", **once),
    ),
    UseCase(
        "incidents.log",
        lambda desk, _, once: desk.incidents.log("No mail", requester="eve", site="Bonn", **once),
        logged,
        variant="the second",
    ),
    UseCase(
        "incidents.log",
        lambda desk, _, once: desk.incidents.log("A virus", restricted_to="security", **once),
        variant="under a restriction",
    ),
    UseCase(
        "incidents.transition",
        lambda desk, incident, once: desk.incidents.transition(incident.id, "start", **once),
        assigned,
    ),
    UseCase(
        "incidents.transition",
        lambda desk, incident, once: desk.incidents.transition(
            incident.id, "resolve", resolution="a new cable", resolution_code="fixed", **once
        ),
        under_way,
        variant="which ends clocks",
    ),
    UseCase(
        "incidents.prioritise",
        lambda desk, incident, once: desk.incidents.prioritise(
            incident.id, impact="low", urgency="low", **once
        ),
        logged,
    ),
    UseCase(
        "incidents.log",
        lambda desk, _, once: desk.incidents.log("No payments", service="pay", **once),
        _critical,
        variant="with the impact of its service",
    ),
    UseCase(
        "tickets.prioritise",
        lambda desk, incident, once: desk.tickets.prioritise(incident.id, urgency="low", **once),
        _of_a_critical_service,
        variant="by the impact of its service",
    ),
    UseCase(
        "incidents.take_over",
        lambda desk, _, once: desk.incidents.take_over("OLD-7", SEEN, opened_at=A_MONDAY - HOUR, **once),
    ),
    UseCase(
        "incidents.catch_up",
        lambda desk, incident, once: desk.incidents.catch_up(incident.id, SEEN, **once),
        logged,
    ),
    UseCase(
        "tickets.assign",
        lambda desk, incident, once: desk.tickets.assign(
            incident.id, support_group="network", assignee="ann", **once
        ),
        logged,
    ),
    UseCase(
        "tickets.comment",
        lambda desk, incident, once: desk.tickets.comment(incident.id, "It is the cable", **once),
        logged,
    ),
    UseCase(
        "tickets.comment",
        lambda desk, incident, once: desk.tickets.comment(incident.id, "We are on it", public=True, **once),
        under_way,
        variant="for the requester",
    ),
    UseCase(
        "tickets.describe",
        lambda desk, incident, once: desk.tickets.describe(incident.id, site="Bonn", cable="blue", **once),
        logged,
    ),
    UseCase(
        "tickets.transfer_ownership",
        lambda desk, incident, once: desk.tickets.transfer_ownership(incident.id, "zoe", **once),
        logged,
    ),
    UseCase(
        "tickets.add_participant",
        lambda desk, incident, once: desk.tickets.add_participant(incident.id, "kim", "expert", **once),
        logged,
    ),
    UseCase(
        "tickets.remove_participant",
        lambda desk, incident, once: desk.tickets.remove_participant(incident.id, "kim", **once),
        _shared,
    ),
    UseCase(
        "tickets.send_message",
        lambda desk, incident, once: desk.tickets.send_message(incident.id, "We are on it", **once),
        under_way,
    ),
    UseCase(
        "tickets.add_note",
        lambda desk, incident, once: desk.tickets.add_note(incident.id, "It is the cable", **once),
        logged,
    ),
    UseCase(
        "tickets.attach",
        lambda desk, incident, once: desk.tickets.attach(incident.id, "log.txt", b"no carrier", **once),
        logged,
    ),
    UseCase(
        "tickets.detach",
        lambda desk, incident, once: desk.tickets.detach(incident.id, incident.attachments[0].digest, **once),
        _shared,
    ),
    UseCase(
        "tickets.log_work",
        lambda desk, incident, once: desk.tickets.log_work(incident.id, HOUR, "repair", **once),
        logged,
    ),
    UseCase(
        "tickets.correct_work",
        lambda desk, incident, once: desk.tickets.correct_work(
            incident.id, "1", reason="a typing error", duration=HOUR / 2, **once
        ),
        _shared,
    ),
    UseCase(
        "tickets.meet_need",
        lambda desk, incident, once: desk.tickets.meet_need(incident.id, "a spare phone", **once),
        logged,
    ),
    UseCase(
        "tickets.tag",
        lambda desk, incident, once: desk.tickets.tag(incident.id, "vip", "board member", **once),
        logged,
    ),
    UseCase(
        "tickets.untag", lambda desk, incident, once: desk.tickets.untag(incident.id, "vip", **once), _shared
    ),
    UseCase(
        "tickets.resolve",
        lambda desk, incident, once: desk.tickets.resolve(
            incident.id, Resolution("fixed", "a new cable"), **once
        ),
        under_way,
    ),
    UseCase(
        "tickets.reopen",
        lambda desk, incident, once: desk.tickets.reopen(incident.id, "it is broken again", **once),
        resolved,
    ),
    UseCase(
        "tickets.reopen",
        lambda desk, incident, once: desk.tickets.reopen(
            incident.id, "it is broken again", follow_up=True, **once
        ),
        _closed,
        variant="as a new ticket",
    ),
    UseCase(
        "tickets.bulk",
        lambda desk, incident, once: desk.tickets.bulk([incident.id], "tag", tags=["vip"], **once),
        logged,
        # A plugin that cannot say whether it may be done for a ticket, refuses that one.
        goes_without="plugin.authorise",
    ),
    UseCase(
        "tickets.transition",
        lambda desk, incident, once: desk.tickets.transition(incident.id, "start", **once),
        assigned,
    ),
    UseCase(
        "tickets.prioritise",
        lambda desk, incident, once: desk.tickets.prioritise(
            incident.id, impact="low", urgency="low", **once
        ),
        logged,
    ),
    UseCase(
        "changes.propose",
        lambda desk, _, once: desk.changes.propose("A new router", change_type="emergency", **once),
    ),
    UseCase(
        "tickets.resume_timer",
        lambda desk, incident, once: desk.tickets.resume_timer(incident.id, "resolve", **once),
        _parked,
    ),
    UseCase(
        "tickets.restrict",
        lambda desk, incident, once: desk.tickets.restrict(
            incident.id, "security", reason="it tells of a breach", **once
        ),
        logged,
    ),
    UseCase(
        "tickets.erase",
        lambda desk, incident, once: desk.tickets.erase(incident.id, reason="asked for", **once),
        under_way,
    ),
    UseCase(
        "tickets.erase_person",
        lambda desk, _, once: desk.tickets.erase_person("bob", reason="asked for", **once),
        _two_of_bob,
    ),
)
