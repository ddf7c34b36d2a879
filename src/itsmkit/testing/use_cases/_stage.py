"""The stage on which use cases are tried, and what a use case is."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from inspect import signature
from random import Random
from typing import Any

from attrs import evolve, field, frozen

from itsmkit._frozen import EMPTY
from itsmkit._problems import names
from itsmkit.cmdb import CIId, SourceRecord
from itsmkit.conditions import parse_condition
from itsmkit.desk import Desk, DeskConfig, ManualClock
from itsmkit.plugin import Store
from itsmkit.practices import ImpactPolicy, ImpactRule
from itsmkit.practices.access import AccessRules, Restriction, Role, Scope, access_grant_kind
from itsmkit.practices.classification import ClassificationMode, ClassificationPolicy
from itsmkit.practices.escalation import DeliveryRule, EscalationPolicy, Ladder, LadderStep, Trigger
from itsmkit.practices.experience import SurveyPolicy
from itsmkit.practices.links import STANDARD_LINK_TYPES, Cascade, LinkType
from itsmkit.practices.routing import RoutingPolicy, RoutingRule
from itsmkit.practices.work_aids import (
    ReplyPolicy,
)
from itsmkit.rotas import Rota, RotaLayer
from itsmkit.testing.builders import A_MONDAY, AN_AGENT
from itsmkit.testing.faults import EveryHook, Faults, failing_clock, failing_store
from itsmkit.tickets.structure import Person, Structure, SupportGroup

__all__ = [
    "DAY",
    "EVERYBODY",
    "FIXED_BY",
    "HOST",
    "HOUR",
    "OTHER_SWITCH",
    "Once",
    "RECORD",
    "SPARE",
    "STAFF",
    "SWITCH",
    "Stage",
    "UseCase",
    "command_of",
    "rules",
]


HOUR = timedelta(hours=1)


DAY = timedelta(days=1)


HOST, SPARE, SWITCH, OTHER_SWITCH = (CIId(name) for name in ("web-1", "web-2", "switch-1", "switch-2"))


RECORD = SourceRecord("scan", "7", "physical host", "web-7", {"ram_gb": 64}, seen_at=A_MONDAY - HOUR)


EVERYBODY = AccessRules(
    [Role("everybody", sees=[Scope()], permits=["*"])],
    restrictions=[Restriction("security", roles=["everybody"])],
    default=["everybody"],
)
"""Rules by which everybody may see and do everything, and a restriction that keeps nobody off."""


STAFF = evolve(AN_AGENT, roles=("access_manager", "resource_owner", "knowledge_manager"))
"""Who asks for all of it."""


Once = Mapping[str, Any]
"""The idempotency key of a command, by its name; empty for one that takes none."""


@frozen(eq=False)
class Stage:
    """
    A desk with all that it reads, and the plan by which any of it fails.

    Args:
        store: Where it keeps its records. Used without failures, to look at.
        faults: What fails.
        clock: What the desk reads its time from.
        plugin: The one plugin of the desk.
        desk: The desk: all that it calls fails as planned.
        steady: A desk on the same store with the same clock, of which nothing fails.
    """

    store: Store
    faults: Faults
    clock: ManualClock
    plugin: EveryHook
    desk: Desk
    steady: Desk

    @classmethod
    def on(cls, store: Store, faults: Faults) -> "Stage":
        """Return the stage on *store*; each has the same rules, instants and random bits."""
        config, clock = rules(), ManualClock(A_MONDAY)
        plugin = EveryHook(faults, [RECORD])
        desk = Desk(
            config,
            store=failing_store(store, faults),
            plugins=[plugin],
            clock=failing_clock(clock, faults),
            random=Random(2),  # noqa: S311  # the same keys each time
        )
        steady = Desk(config, store=store, clock=clock, random=Random(1))  # noqa: S311  # as above
        return cls(store, faults, clock, plugin, desk.acting_as(STAFF), steady.acting_as(STAFF))


def _nothing(_stage: Stage) -> None:
    """Begin with an empty desk."""


@frozen(eq=False)
class UseCase:
    """
    Something that a desk is asked to do.

    Args:
        command: What is asked, as one would write it after ``desk.``, such as ``"tickets.comment"``.
        ask: Asks a desk for it, given what *before* has returned and the idempotency key, if there is one.
        before: Makes what must be there already.
        variant: What is special about it, where a command has several.
        lease: How long what was begun, and failed, is nobody else's.
        goes_without: A call that may fail: then nothing comes of it, and the answer says so.
        manages_without: A call that may fail: then as much comes of it, and what is kept says so.
        does_otherwise: Calls that may fail: then something else comes of it, which another test looks at.
    """

    command: str
    ask: Callable[[Desk, Any, Once], object]
    before: Callable[[Stage], Any] = _nothing
    variant: str = field(default="", kw_only=True)
    lease: timedelta = field(default=timedelta(0), kw_only=True)
    goes_without: str | None = field(default=None, kw_only=True)
    manages_without: str | None = field(default=None, kw_only=True)
    does_otherwise: tuple[str, ...] = field(default=(), converter=names, kw_only=True)

    @property
    def name(self) -> str:
        """What it is called: the command, and in brackets the variant."""
        return f"{self.command} ({self.variant})" if self.variant else self.command

    def once(self, desk: Desk, key: str) -> Once:
        """Return *key* as an option of the command; nothing if it takes none."""
        takes_one = "idempotency_key" in signature(command_of(desk, self.command)).parameters
        return {"idempotency_key": key} if takes_one else EMPTY


def command_of(desk: Desk, command: str) -> Callable[..., object]:
    """Return the method of *desk* that a `UseCase.command` names."""
    found: Any = desk
    for name in command.split("."):
        found = getattr(found, name)
    method: Callable[..., object] = found
    return method


def rules() -> DeskConfig:
    """Return the rules of the stage, made once."""
    if not _standard:
        standard = DeskConfig.standard()
        kinds = [*standard.kinds.values(), access_grant_kind()]
        surveys = [SurveyPolicy(name="all", low=2)]
        impact = ImpactPolicy(rules=[ImpactRule(impact="high", criticality=["critical"])])
        rules = evolve(standard, access=EVERYBODY, kinds=kinds, surveys=surveys, impact=impact)
        people = [Person("ann", skills=["network"], calendar="office"), Person("kim", calendar="office")]
        people.append(Person(STAFF.id))
        groups = [SupportGroup("network", members=["ann", "kim"], lead=STAFF.id)]
        structure = Structure(people=people, groups=groups)
        rules = evolve(rules, structure=structure, replies=_REPLIES, routing=_ROUTING)
        rules = evolve(rules, escalation=_escalation(standard.escalation))
        rules = evolve(rules, classification=_GATES, rotas=[_ON_CALL, _STAND_BY])
        _standard.append(evolve(rules, link_types=[*STANDARD_LINK_TYPES, FIXED_BY]))
    return _standard[0]


_standard: list[DeskConfig] = []


_ON_CALL = Rota(
    "on call", "network", [RotaLayer("days", [STAFF.id, "kim"], "2026-01-05T00:00", rule="FREQ=DAILY")]
)


_STAND_BY = Rota(
    "stand-by", "network", [RotaLayer("days", ["kim"], "2036-01-07T00:00")], leaves_need_approval=True
)
"""Why leaves of kim have to be approved, who is on duty there from some day on."""


_ROUTING = RoutingPolicy(rules=[RoutingRule(name="all", group="network")])


def _escalation(standard: EscalationPolicy) -> EscalationPolicy:
    """Return the policy of escalation, with a ladder for what is watched."""
    steps = [LadderStep(HOUR, ["owner", "the boss"]), LadderStep(2 * HOUR, ["service desk manager"])]
    watched = Ladder(name="watch", on=Trigger.IDLE, steps=steps, when=parse_condition("tag.watched = true"))
    gathered = DeliveryRule(of=["the boss"], digest=HOUR / 4)
    return evolve(standard, ladders=[watched], delivery=[gathered])


_GATES = ClassificationPolicy(mode=ClassificationMode.APPLY, gates={"support_group": 0.5})


_REPLIES = ReplyPolicy(
    send_from=0.7, never_when=parse_condition("tag.unusual = true"), counts_as_response="start"
)


FIXED_BY = LinkType(
    "fixed_by",
    "fixes",
    is_acyclic=True,
    cascades=[
        Cascade(
            "resolve",
            "transition",
            on_category="resolved",
            from_target=True,
            trigger="resolve",
            carries=["resolution"],
            notify=["requester"],
        ),
        Cascade(
            "confirm",
            "ask",
            on_trigger="wait",
            from_target=True,
            trigger="start",
            text="Does it work again?",
            notify=["requester", "assignee"],
        ),
    ],
)
"""Links along which something moves: incidents that one fixes, are resolved with it."""
