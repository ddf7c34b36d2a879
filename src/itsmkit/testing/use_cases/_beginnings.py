"""What several use cases begin with: tickets, hosts, work aids."""

from datetime import datetime

from attrs import frozen

from itsmkit.cmdb import CIId, ConfigurationItem
from itsmkit.practices import Incident, Resolution
from itsmkit.practices.work_aids import (
    CannedReply,
    ChecklistTemplate,
    Macro,
    MacroStep,
    TicketTemplate,
)
from itsmkit.testing.builders import A_MONDAY
from itsmkit.testing.use_cases._stage import HOST, OTHER_SWITCH, SWITCH, Stage
from itsmkit.tickets import Ticket, TicketId

__all__ = ["MACRO", "TicketWith", "assigned", "hosts", "item", "logged", "resolved", "under_way", "with_aids"]


def logged(stage: Stage) -> Incident:
    """Let an incident of bob be there."""
    return stage.steady.incidents.log("No network", requester="bob", impact="high", urgency="high")


def assigned(stage: Stage) -> Ticket:
    """Let one be assigned to ann."""
    incident = logged(stage)
    return stage.steady.tickets.assign(incident.id, support_group="network", assignee="ann")


def under_way(stage: Stage) -> Incident:
    """Let one be worked on."""
    return stage.steady.incidents.transition(assigned(stage).id, "start")


def resolved(stage: Stage) -> Ticket:
    """Let one be resolved."""
    return stage.steady.tickets.resolve(under_way(stage).id, Resolution("fixed", "a new cable"))


def hosts(stage: Stage) -> None:
    """Let a host and two switches be there, and no relation."""
    switches = [item(name, "switch") for name in (SWITCH, OTHER_SWITCH)]
    stage.steady.cmdb.put(item(HOST), *switches)


def item(name: str, ci_class: str = "physical host") -> ConfigurationItem:
    """Return an item of the configuration, a host unless said otherwise."""
    return ConfigurationItem(CIId(name), ci_class, name)


MACRO = Macro(
    id="ask",
    name="Ask back",
    steps=[
        MacroStep("assign", {"support_group": "network", "assignee": "ann"}),
        MacroStep("comment", {"text": "Which room, {requester}?", "public": True}),
        MacroStep("tag", {"tags": ("asked",)}),
    ],
)


def with_aids(stage: Stage) -> Ticket:
    """Let there be work aids, and a ticket to use them on."""
    aids = stage.steady.aids
    aids.keep(MACRO)
    aids.keep(CannedReply(id="thanks", name="Thanks", text="Thank you, {requester}."))
    aids.keep(TicketTemplate(id="printer", name="Printer", kind="incident", title="A printer is down"))
    aids.keep(ChecklistTemplate(id="handover", name="Hand over", items=["who knows it", "what was tried"]))
    return logged(stage)


@frozen
class TicketWith:
    """A ticket with a record of its own, by its id."""

    id: TicketId
    record: str
    at: datetime = A_MONDAY
