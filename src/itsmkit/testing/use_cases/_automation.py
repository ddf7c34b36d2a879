"""What can be asked of rules of automation."""

from datetime import timedelta

from attrs import evolve

from itsmkit.conditions import parse_condition
from itsmkit.practices.automation import EventTrigger, Rule
from itsmkit.practices.work_aids import MacroStep
from itsmkit.testing.use_cases._beginnings import with_aids
from itsmkit.testing.use_cases._stage import Stage, UseCase
from itsmkit.tickets import Ticket

__all__ = ["USE_CASES"]

_LEASE = timedelta(minutes=1)

VIP = Rule(
    id="vip",
    name="Important people",
    trigger=EventTrigger(on="TicketLogged"),
    when=parse_condition('requester = "bob" and not tag.vip = true'),
    steps=[
        MacroStep("tag", {"tags": ["vip"]}),
        MacroStep("notify", {"to": ["requester"], "subject": "{number}: we are on it"}),
        MacroStep("begin_checklist", {"template": "handover"}),
        MacroStep("call_robot", {"robot": "phone", "arguments": {"whom": "{requester}"}}),
    ],
)

REFUSED = evolve(
    VIP,
    id="refused",
    steps=[MacroStep("tag", {"tags": ["vip"]}), MacroStep("transition", {"trigger": "close"})],
)


def _kept(stage: Stage) -> Rule:
    with_aids(stage)
    stage.steady.run_due()
    return stage.steady.automation.keep(VIP)


def _paused(stage: Stage) -> Rule:
    return stage.steady.automation.pause(_kept(stage).id, "it is looked into")


def _answering(stage: Stage) -> Ticket:
    """Let a ticket be logged that a rule is about."""
    _kept(stage)
    return stage.steady.incidents.log("No network", requester="bob")


def _refusing(stage: Stage) -> Ticket:
    """Let a ticket be logged for which a rule asks what its workflow refuses."""
    with_aids(stage)
    stage.steady.run_due()
    stage.steady.automation.keep(REFUSED)
    return stage.steady.incidents.log("No network", requester="bob")


USE_CASES = (
    UseCase("automation.keep", lambda desk, _, once: desk.automation.keep(VIP, **once), with_aids),
    UseCase(
        "automation.keep",
        lambda desk, _, once: desk.automation.keep(evolve(VIP, order=7), **once),
        _kept,
        variant="another version",
    ),
    UseCase("automation.retire", lambda desk, _, once: desk.automation.retire("vip", **once), _kept),
    UseCase("automation.pause", lambda desk, _, once: desk.automation.pause("vip", "a fault", **once), _kept),
    UseCase("automation.resume", lambda desk, _, once: desk.automation.resume("vip", **once), _paused),
    UseCase(
        "run_due", lambda desk, _, __: desk.run_due(lease=_LEASE), _answering, variant="a rule", lease=_LEASE
    ),
    UseCase(
        "run_due",
        lambda desk, _, __: desk.run_due(lease=_LEASE),
        _refusing,
        variant="a rule that is refused",
        lease=_LEASE,
    ),
)
