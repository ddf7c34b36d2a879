"""What can be asked of classification that learns."""

from itsmkit.practices import Incident
from itsmkit.testing.use_cases._stage import Stage, UseCase

__all__ = ["USE_CASES"]


def _learned(stage: Stage) -> None:
    for group, words in (("network", "wifi router"), ("printing", "printer toner")):
        for number in range(2):
            ticket = stage.steady.incidents.log(f"{words} {number}", support_group=group)
            stage.steady.tickets.transition(ticket.id, "cancel", cancellation_reason="an example")


def _trained(stage: Stage) -> None:
    _learned(stage)
    stage.steady.classification.train("support_group")


def _about_wifi(stage: Stage) -> Incident:
    """Let there be a ticket that the model of the desk knows something of, too."""
    _trained(stage)
    return stage.steady.incidents.log("wifi router", requester="bob")


USE_CASES = (
    UseCase(
        "classification.classify",
        lambda desk, incident, once: desk.classification.classify(incident.id, **once),
        _about_wifi,
        manages_without="plugin.classify",
    ),
    UseCase(
        "classification.train",
        lambda desk, _nothing, once: desk.classification.train("support_group", **once),
        _learned,
    ),
    UseCase(
        "classification.forget_model",
        lambda desk, _nothing, once: desk.classification.forget_model(
            "support_group", reason="they asked", **once
        ),
        _trained,
    ),
)
