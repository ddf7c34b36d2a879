"""Escalation on a desk: whatever workers do at the same time, each step is taken once, and none is lost."""

import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from threading import Barrier, Thread

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.calendars import BusinessCalendar
from itsmkit.conditions import equals
from itsmkit.desk import Desk, DeskConfig, InMemoryDirectory, InMemoryNotifier, InMemoryStore, ManualClock
from itsmkit.desk.clock import Clock
from itsmkit.desk.profiles import profile_text
from itsmkit.errors import DefinitionError, NotFoundError, RefusedError
from itsmkit.plugin import Store, Timer
from itsmkit.practices import EscalationPolicy
from itsmkit.practices.access import AccessDeniedError, AccessRules, Restriction, Role, Scope
from itsmkit.practices.escalation import (
    CatchUp,
    DeliveryRule,
    Importance,
    Ladder,
    LadderStep,
    LineRoute,
    Trigger,
)
from itsmkit.testing import A_MONDAY, AN_AGENT
from itsmkit.testing.faults import Faults, Moment, failing_store
from itsmkit.tickets import Actor, Escalated, EscalationStepTaken, TicketId
from itsmkit.tickets.structure import Person, Structure, SupportGroup

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
QUARTER = 15 * MINUTE
STEPS = [
    LadderStep(timedelta(0), ["assignee", "group_lead"], otherwise=["service desk manager"]),
    LadderStep(HOUR, ["group_lead.manager"]),
]
BREACH = Ladder(name="breach", on=Trigger.CHECKPOINT, clock="resolve", checkpoint="breach", steps=STEPS)
IDLE = Ladder(
    name="idle", on=Trigger.IDLE, steps=[LadderStep(HOUR, ["boss"]), LadderStep(2 * HOUR, ["boss"])]
)
HOUSE = Structure(
    people=[Person("kim", manager="zoe"), Person("zoe"), Person("lee", calendar="office")],
    groups=[
        SupportGroup("desk", members=["lee"]),
        SupportGroup("network", line=2, lead="kim", members=["lee", "kim"]),
        SupportGroup("vendor", line=3),
    ],
)


def policy(*ladders: Ladder, **given_: object) -> EscalationPolicy:
    return EscalationPolicy(ladders=ladders, **given_)  # type: ignore[arg-type]


def with_policy(config: DeskConfig, *ladders: Ladder, **given_: object) -> DeskConfig:
    calendars = {"office": config.reporting_hours, "always": BusinessCalendar.always()}
    return evolve(config, escalation=policy(*ladders, **given_), structure=HOUSE, calendars=calendars)


def taken(desk: Desk, ticket_id: TicketId) -> list[EscalationStepTaken]:
    facts = [event.fact for event in desk.tickets.history(ticket_id)]
    return [fact for fact in facts if isinstance(fact, EscalationStepTaken)]


def told(notifier: InMemoryNotifier) -> list[tuple[str, str]]:
    return [(each.recipient, each.subject) for each in notifier.delivered]


@pytest.fixture
def make(
    make_desk: Callable[..., Desk], config: DeskConfig, notifier: InMemoryNotifier
) -> Callable[..., Desk]:
    """Return what makes a desk of some ladders."""
    return lambda *ladders, **more: make_desk(notifier, rules=with_policy(config, *ladders, **more))


# -- ladders -------------------------------------------------------------------------------------------


def test_a_breach_goes_up_until_it_is_acknowledged(
    make: Callable[..., Desk], clock: ManualClock, notifier: InMemoryNotifier
) -> None:
    desk = make(BREACH)
    first, second = (
        desk.incidents.log("No network", requester="bob", support_group="network") for _ in range(2)
    )
    clock.advance(25 * HOUR)
    assert desk.run_due().climbed == 2
    desk.deliver()
    assert told(notifier) == [("kim", f"{each.number}: breach, step 1") for each in (first, second)]
    assert "resolve clock has been at breach" in notifier.delivered[0].body
    desk.escalation.acknowledge(first.id, note="on it", by=Actor("kim"))
    clock.advance(24 * HOUR)
    desk.run_due()
    desk.deliver()
    assert told(notifier)[2:] == [("zoe", f"{second.number}: breach, step 2")]
    assert [each.step for each in taken(desk, first.id)] == [1]
    (standing,) = desk.escalation.of(first.id)
    assert standing.explain().splitlines() == [
        "breach: resolve/1/breach, 1 steps taken",
        "  step 1: assignee: the ticket names no assignee; group_lead: kim leads network",
        "  acknowledged by kim",
    ]
    assert desk.escalation.of(second.id)[0].next is None


def test_roles_are_looked_up_when_a_step_is_taken(
    make: Callable[..., Desk], clock: ManualClock, notifier: InMemoryNotifier
) -> None:
    desk = make(
        IDLE.__class__(name="idle", on=Trigger.IDLE, steps=[LadderStep(HOUR, ["assignee", "on_duty:desk"])])
    )
    incident = desk.incidents.log("No network", requester="bob")
    (standing,) = desk.escalation.of(incident.id)
    assert [holder.names for holder in standing.would_tell] == [(), ("lee",)]
    assert "next: idle: step 1 at" in standing.explain()
    assert "rests" not in standing.explain()
    clock.advance(30 * MINUTE)
    desk.tickets.assign(incident.id, support_group="desk", assignee="ann", by=Actor("bot", automated=True))
    clock.advance(30 * MINUTE)
    desk.run_due()
    desk.deliver()
    assert [who for who, _ in told(notifier)] == ["ann", "lee"]


def test_nobody_is_on_duty_for_a_team_that_is_not_there(
    make: Callable[..., Desk], clock: ManualClock
) -> None:
    steps = [LadderStep(HOUR, ["on_duty:nowhere"])]
    desk = make(Ladder(name="idle", on=Trigger.IDLE, steps=steps))
    incident = desk.incidents.log("No network", requester="bob")
    clock.advance(HOUR)
    desk.run_due()
    (step,) = taken(desk, incident.id)
    assert (step.told, step.because) == ((), ("on_duty:nowhere: nobody is on duty for nowhere",))


def test_a_touch_moves_the_timer_and_the_end_of_the_work_clears_it(
    make: Callable[..., Desk], clock: ManualClock
) -> None:
    desk = make(IDLE)
    incident = desk.incidents.log("No network", requester="bob")
    clock.advance(30 * MINUTE)
    desk.tickets.add_note(incident.id, "a look")
    clock.advance(59 * MINUTE)
    assert desk.run_due().climbed == 0
    clock.advance(MINUTE)
    assert desk.run_due().climbed == 1
    desk.tickets.assign(incident.id, support_group="desk", assignee="ann")
    desk.incidents.transition(incident.id, "start")
    desk.incidents.transition(incident.id, "resolve", resolution="a cable")
    assert desk.escalation.of(incident.id)[0].explain().endswith("it rests: the ticket is done, or not meant")
    clock.advance(6 * HOUR)
    assert desk.run_due().climbed == 0
    with desk.store.begin() as unit:
        assert "escalation:ladders" not in {timer.name for timer in unit.timers(incident.id)}


def test_after_a_time_without_workers_steps_are_caught_up(
    make: Callable[..., Desk], clock: ManualClock
) -> None:
    desk = make(IDLE, evolve(IDLE, name="latest", catch_up=CatchUp.LATEST))
    incident = desk.incidents.log("No network", requester="bob")
    clock.advance(5 * HOUR)
    desk.run_due()
    found = [(each.ladder, each.step, bool(each.passed_over)) for each in taken(desk, incident.id)]
    assert found == [("idle", 1, False), ("latest", 1, True), ("idle", 2, False), ("latest", 2, False)]
    assert "late" in desk.escalation.of(incident.id)[1].explain()


def test_other_ladders_are_climbed_once_the_desk_has_read_its_tickets_anew(
    make: Callable[..., Desk], clock: ManualClock
) -> None:
    incident = make().incidents.log("No network", requester="bob")
    desk = make(IDLE)
    desk.reread_agreements()
    clock.advance(HOUR)
    assert desk.run_due().climbed == 1
    slower = make(evolve(IDLE, steps=[LadderStep(HOUR, ["boss"]), LadderStep(5 * HOUR, ["boss"])]))
    clock.advance(HOUR)
    assert slower.run_due().climbed == 0
    clock.advance(3 * HOUR)
    assert slower.run_due().climbed == 1
    assert [each.step for each in taken(slower, incident.id)] == [1, 2]


def test_a_timer_of_ladders_that_are_gone_comes_to_nothing(
    make: Callable[..., Desk], clock: ManualClock
) -> None:
    make(IDLE).incidents.log("No network", requester="bob")
    clock.advance(HOUR)
    assert make().run_due().climbed == 0
    assert make().escalation.of(next(iter(make().tickets)).id) == ()


def test_who_may_not_see_a_ticket_is_not_told_of_it(
    config: DeskConfig, make_desk: Callable[..., Desk], clock: ManualClock, notifier: InMemoryNotifier
) -> None:
    rules = AccessRules(
        [Role("all", sees=[Scope()], permits=["*"])],
        restrictions=[Restriction("security", roles=["all"])],
        default=[],
    )
    gathered = [DeliveryRule(of=["boss"], digest=QUARTER)]
    desk = make_desk(notifier, rules=evolve(with_policy(config, IDLE, delivery=gathered), access=rules))
    desk = desk.acting_as(evolve(AN_AGENT, roles=("all",)))
    open_, secret, later = (desk.incidents.log("No network", requester="bob") for _ in range(3))
    desk.tickets.restrict(secret.id, "security", reason="a breach")
    clock.advance(HOUR)
    worker = desk.privileged("worker")
    worker.run_due()
    desk.tickets.restrict(later.id, "security", reason="a breach")
    clock.advance(QUARTER)
    worker.run_due()
    worker.deliver()
    (digest,) = notifier.delivered
    assert (digest.recipient, digest.body) == ("boss", f"{open_.number} is New: idle, step 1")
    desk.tickets.restrict(open_.id, "security", reason="a breach")
    clock.advance(HOUR)
    assert not worker.run_due().failures


def test_a_digest_of_nothing_that_may_be_seen_is_not_sent(
    config: DeskConfig, make_desk: Callable[..., Desk], clock: ManualClock, notifier: InMemoryNotifier
) -> None:
    rules = AccessRules(
        [Role("all", sees=[Scope()], permits=["*"])],
        restrictions=[Restriction("security", roles=["all"])],
        default=[],
    )
    gathered = [DeliveryRule(of=["boss"], digest=QUARTER)]
    desk = make_desk(notifier, rules=evolve(with_policy(config, IDLE, delivery=gathered), access=rules))
    desk = desk.acting_as(evolve(AN_AGENT, roles=("all",)))
    incident = desk.incidents.log("No network", requester="bob")
    clock.advance(HOUR)
    worker = desk.privileged("worker")
    worker.run_due()
    desk.tickets.restrict(incident.id, "security", reason="a breach")
    clock.advance(QUARTER)
    assert worker.run_due().failures == ()
    worker.deliver()
    assert notifier.delivered == []
    assert len(taken(worker, incident.id)) == 1


# -- who may ask ---------------------------------------------------------------------------------------

BY_ROLES = AccessRules(
    [
        Role("lead", sees=[Scope()], permits=["*"]),
        Role("agent", sees=[Scope()], permits=["incidents.*", "tickets.*", "escalation.acknowledge"]),
        Role("planner", sees=[Scope()], permits=["escalation.of"], hides=["internal_notes"]),
        Role("blind", sees=[Scope()], permits=[], hides=["support_group"]),
        Role("parker", sees=[Scope()], permits=["parked_timers", "tickets.resume_timer"]),
    ],
    restrictions=[Restriction("security", roles=["lead"])],
    default=[],
)


def as_(desk: Desk, role: str) -> Desk:
    return desk.acting_as(Actor(role, roles=[role]))


def test_who_is_told_and_who_is_away_is_for_those_who_may_ask(
    config: DeskConfig, make_desk: Callable[..., Desk], clock: ManualClock, notifier: InMemoryNotifier
) -> None:
    desk = make_desk(notifier, rules=evolve(with_policy(config, IDLE), access=BY_ROLES))
    lead, planner = as_(desk, "lead"), as_(desk, "planner")
    incident = lead.incidents.log("No network", requester="bob")
    clock.advance(HOUR)
    desk.privileged("worker").run_due()
    for role in ("agent", "blind"):
        with pytest.raises(AccessDeniedError):
            as_(desk, role).escalation.of(incident.id)
    (shown,), (all_of_it,) = planner.escalation.of(incident.id), lead.escalation.of(incident.id)
    assert (len(shown.taken), len(all_of_it.taken)) == (0, 1)
    assert evolve(shown, taken=all_of_it.taken) == all_of_it
    as_(desk, "agent").escalation.acknowledge(incident.id, note="on it")
    noticed = [each.escalation.of(incident.id)[0].standing.acknowledged_by for each in (lead, planner)]
    assert noticed == ["agent", None]
    lead.tickets.restrict(incident.id, "security", reason="a breach")
    with pytest.raises(NotFoundError):
        planner.escalation.of(incident.id)


def test_the_way_of_a_ticket_is_as_long_as_may_be_read(
    config: DeskConfig, make_desk: Callable[..., Desk], notifier: InMemoryNotifier
) -> None:
    desk = make_desk(notifier, rules=evolve(with_policy(config, IDLE), access=BY_ROLES))
    incident = as_(desk, "lead").incidents.log("No network", support_group="desk")
    as_(desk, "lead").tickets.assign(incident.id, support_group="network")
    assert as_(desk, "agent").escalation.bounces(incident.id).path == ("desk", "network")
    assert as_(desk, "blind").escalation.bounces(incident.id).path == ()


class Failing(InMemoryDirectory):
    """A directory that may be down."""

    is_down = False

    def person(self, person_id: str) -> Person:
        if self.is_down:
            raise ConnectionError
        return super().person(person_id)


def test_a_digest_that_was_given_up_is_resumed_and_told(
    config: DeskConfig, clock: ManualClock, notifier: InMemoryNotifier
) -> None:
    directory = Failing(evolve(HOUSE, people=[*HOUSE.people, Person("boss")]))
    once = Ladder(name="idle", on=Trigger.IDLE, steps=[LadderStep(HOUR, ["boss"])])
    rules = with_policy(config, once, delivery=[DeliveryRule(of=["boss"], digest=QUARTER)])
    everybody = Role("boss", sees=[Scope()], permits=["*"])
    access = evolve(
        BY_ROLES, roles=[*BY_ROLES.roles, everybody], restrictions=[Restriction("security", roles=["boss"])]
    )
    desk = Desk(
        evolve(rules, access=access, timer_tries=2),
        store=InMemoryStore(),
        clock=clock,
        random=Random(1),
        plugins=[notifier],
        directory=directory,
    )
    boss, worker = as_(desk, "boss"), desk.privileged("worker")
    secret = boss.incidents.log("No network", requester="bob")
    boss.tickets.restrict(secret.id, "security", reason="a breach")
    clock.advance(HOUR)
    worker.run_due()
    clock.advance(QUARTER)
    directory.is_down = True
    reports = []
    for _ in range(3):
        reports.append(worker.run_due(lease=MINUTE))
        clock.advance(HOUR)
    assert [len(each.parked) for each in reports] == [0, 1, 0]
    directory.is_down = False
    (parked,) = worker.parked_timers()
    assert boss.parked_timers() == [parked]
    # It names a ticket that is not there for them.
    parker = as_(desk, "parker")
    assert parker.parked_timers() == []
    for role in ("agent", "lead", "planner", "blind"):
        with pytest.raises(
            NotFoundError, match="timer 'resolve'" if role in ("agent", "lead") else "ticket 'digest"
        ):
            as_(desk, role).tickets.resume_timer(parked.ticket_id, "resolve")
    with pytest.raises(NotFoundError, match="ticket 'digest:kim'"):
        parker.tickets.resume_timer(TicketId("digest:kim"), parked.name)
    assert not worker.run_due().failures
    assert worker.deliver().delivered == 0
    parker.tickets.resume_timer(parked.ticket_id, parked.name)
    worker.run_due()
    worker.deliver()
    assert [who for who, _ in told(notifier)] == ["boss"]
    assert f"{secret.number} is New: idle, step 1" in notifier.delivered[0].body
    assert not worker.parked_timers()


def test_a_timer_of_a_ticket_that_is_hidden_is_not_resumed_as_one_of_none(
    config: DeskConfig, make_desk: Callable[..., Desk], clock: ManualClock, notifier: InMemoryNotifier
) -> None:
    desk = make_desk(notifier, rules=evolve(with_policy(config, IDLE), access=BY_ROLES))
    secret = as_(desk, "lead").incidents.log("A breach", restricted_to="security")
    with desk.privileged("to park").store.begin() as unit:
        unit.set_timer(Timer(secret.id, "resolve", clock(), parked="given up"))
    with pytest.raises(NotFoundError, match="ticket"):
        as_(desk, "parker").tickets.resume_timer(secret.id, "resolve")
    as_(desk, "lead").tickets.resume_timer(secret.id, "resolve")
    assert not desk.privileged("to look").parked_timers()


# -- digests and quiet hours -----------------------------------------------------------------------------


@pytest.mark.parametrize("count", [100, 1000])
def test_breaches_at_the_same_time_are_one_digest(
    make: Callable[..., Desk], clock: ManualClock, notifier: InMemoryNotifier, count: int
) -> None:
    desk = make(IDLE, delivery=[DeliveryRule(of=["boss"], digest=QUARTER)])
    for _ in range(count):
        desk.incidents.log("No network", requester="bob")
    clock.advance(HOUR)
    assert desk.run_due().climbed == count
    desk.deliver()
    assert notifier.delivered == []
    assert not desk.privileged("audit").audit.verify().findings
    clock.advance(QUARTER)
    desk.run_due()
    desk.deliver()
    (digest,) = notifier.delivered
    assert (digest.recipient, digest.subject) == ("boss", f"{count:,} escalations")
    assert len(set(digest.body.splitlines())) == count
    assert not desk.privileged("audit").audit.verify().findings


def test_in_quiet_hours_nothing_comes_but_what_cannot_wait(
    make: Callable[..., Desk], clock: ManualClock, notifier: InMemoryNotifier
) -> None:
    grave = LadderStep(2 * HOUR, ["boss"], importance=Importance.CRITICAL)
    ladder = Ladder(
        name="idle", on=Trigger.IDLE, steps=[LadderStep(HOUR, ["boss"]), grave], calendar="always"
    )
    desk = make(ladder, delivery=[DeliveryRule(hours="office")])
    clock.set(datetime(2026, 3, 2, 20, tzinfo=UTC))
    desk.incidents.log("No network", requester="bob")
    clock.advance(2 * HOUR)
    desk.run_due()
    desk.deliver()
    assert [subject for _, subject in told(notifier)] == ["INC-1: idle, step 2"]
    clock.set(datetime(2026, 3, 3, 9, tzinfo=UTC))
    desk.deliver()
    assert desk.run_due().failures == ()
    desk.deliver()
    assert [subject for _, subject in told(notifier)] == ["INC-1: idle, step 2", "1 escalation"]
    assert notifier.delivered[1].body == "INC-1 is New: idle, step 1"


def test_what_matters_too_little_is_not_told_and_history_says_so(
    make: Callable[..., Desk], clock: ManualClock, notifier: InMemoryNotifier
) -> None:
    desk = make(IDLE, delivery=[DeliveryRule(least=Importance.HIGH)])
    incident = desk.incidents.log("No network", requester="bob")
    clock.advance(HOUR)
    desk.run_due()
    desk.deliver()
    (step,) = taken(desk, incident.id)
    assert (step.told, notifier.delivered) == ((), [])
    assert step.because[-1] == "boss: not told: normal matters less than high"


# -- functional ------------------------------------------------------------------------------------------


def test_the_work_goes_to_another_line_and_back_is_counted(make: Callable[..., Desk]) -> None:
    desk = make(routes=[LineRoute(line=1, group="desk")], bounces=0)
    incident = desk.incidents.log("No network", requester="bob", support_group="desk")
    after = desk.escalation.escalate(incident.id, 2, reason="a switch", note="cables are fine")
    assert (after.support_group, after.owner) == ("network", incident.owner)
    after = desk.escalation.escalate(incident.id, "desk", reason="no", note="it is not the switch")
    event = desk.tickets.history(incident.id)[-2]
    assert isinstance(event.fact, Escalated)
    assert (event.fact.returns, event.fact.from_line, event.fact.to_line) == (1, 2, 1)
    found = desk.escalation.bounces(incident.id)
    assert found.is_flagged
    assert found.path == ("desk", "network", "desk")
    assert desk.escalation.escalate(incident.id, 3, reason="x", note="y").support_group == "vendor"


def test_what_cannot_be_escalated_is_refused(make: Callable[..., Desk]) -> None:
    desk = make(IDLE)
    incident = desk.incidents.log("No network", requester="bob", support_group="desk")
    with pytest.raises(RefusedError, match="in `note`"):
        desk.escalation.escalate(incident.id, "network", reason="a switch")
    with pytest.raises(DefinitionError, match="to: must be a support group or a line"):
        desk.escalation.escalate(incident.id, "", reason="a switch", note="x")
    with pytest.raises(NotFoundError, match="nowhere"):
        desk.escalation.acknowledge(incident.id, "nowhere")
    with pytest.raises(RefusedError, match="these are: idle"):
        desk.escalation.acknowledge(incident.id)
    assert make(needs_note=False).escalation.escalate(incident.id, 2, reason="so").support_group == "network"


# -- configuration ---------------------------------------------------------------------------------------


def tables(**escalation: object) -> dict[str, object]:
    return {**tomllib.loads(profile_text("helpdesk")), "escalation": escalation}


LADDER = {"name": "idle", "on": "idle", "steps": [{"after": "4h", "notify": ["assignee"]}]}


def test_ladders_are_tables() -> None:
    found = DeskConfig.load(tables(ladders=[{**LADDER, "when": "priority = 'P1'"}], bounces=3)).escalation
    assert found.ladders == (
        Ladder(
            name="idle",
            on=Trigger.IDLE,
            steps=[LadderStep(4 * HOUR, ["assignee"])],
            when=equals("priority", "P1"),
        ),
    )
    assert found.bounces == 3


@pytest.mark.parametrize(
    ("escalation", "problem"),
    [
        ({"ladders": [{**LADDER, "on": "idel"}]}, r"escalation\.ladders\[0\]\.on"),
        ({"ladders": [{**LADDER, "steps": []}]}, r"escalation\.ladders\[0\]: steps: the ladder has none"),
        (
            {"ladders": [{**LADDER, "calendar": "x"}]},
            r"ladders\[0\]\.calendar: unknown calendar 'x'",
        ),
        ({"delivery": [{"hours": "x"}]}, r"escalation\.delivery\[0\]\.hours: unknown calendar 'x'"),
        (
            {"ladders": [{**LADDER, "when": "state_category = 'actve'"}]},
            r"escalation\.ladders\[0\]\.when",
        ),
        ({"routes": [{"line": 2, "group": ""}]}, r"escalation\.routes\[0\]"),
        ({"steps": [{"checkpoint": "75%", "notify": []}]}, r"escalation\.steps\[0\]: .*tells nobody"),
    ],
)
def test_what_is_wrong_with_escalation_is_told_with_its_path(
    escalation: dict[str, object], problem: str
) -> None:
    with pytest.raises(DefinitionError, match=problem):
        DeskConfig.load(tables(**escalation))


# -- whatever workers do ---------------------------------------------------------------------------------

WAITS = (0, 20, 20, 45, 90)
LONG = Ladder(
    name="long",
    on=Trigger.IDLE,
    calendar="always",
    steps=[LadderStep(each * MINUTE, ["owner", "boss"]) for each in WAITS],
)


class Jumping:
    """A clock that is set forward and back."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class Crashed(BaseException):
    """The worker is gone."""


def workers(store: Store, config: DeskConfig, clocks: Sequence[Clock]) -> list[Desk]:
    """Return desks of one store that do not agree on the time."""
    return [
        Desk(config, store=store, clock=clock, random=Random(seed), pause=lambda _: None).acting_as(AN_AGENT)
        for seed, clock in enumerate(clocks)
    ]


@cache
def config_of(ladder: Ladder = LONG) -> DeskConfig:
    standard = DeskConfig.load(tomllib.loads(profile_text("helpdesk")))
    always = {**standard.calendars, "always": BusinessCalendar.always()}
    gathered = [DeliveryRule(of=["boss"], digest=QUARTER)]
    return evolve(standard, escalation=policy(ladder, delivery=gathered), calendars=always)


_SKEWS = st.lists(st.integers(-30, 30), min_size=2, max_size=8)
_TURNS = st.lists(st.tuples(st.integers(0, 7), st.integers(-40, 60)), max_size=25)


def all_taken_once(desk: Desk, tickets: Sequence[TicketId]) -> None:
    for each in tickets:
        keys = [fact.key for fact in taken(desk, each)]
        assert keys == [("long", "since 1", number) for number in range(1, len(WAITS) + 1)]


@given(skews=_SKEWS, turns=_TURNS)
@settings(max_examples=60)
def test_workers_whose_clocks_differ_and_jump_take_each_step_once_and_lose_none(
    skews: list[int], turns: list[tuple[int, int]]
) -> None:
    store, config = InMemoryStore(), config_of()
    clocks = [Jumping(A_MONDAY + skew * MINUTE) for skew in skews]
    desks = workers(store, config, clocks)
    tickets = [desks[0].incidents.log("No network", requester="bob").id for _ in range(3)]
    for who, jump in turns:
        desk, clock = desks[who % len(desks)], clocks[who % len(desks)]
        clock.now += jump * MINUTE
        assert not desk.run_due().failures
        for each in tickets:
            keys = [fact.key for fact in taken(desk, each)]
            assert len(keys) == len(set(keys))
    notifier = InMemoryNotifier()
    end = ManualClock(A_MONDAY + timedelta(days=2))
    last = Desk(config, store=store, clock=end, plugins=[notifier]).acting_as(AN_AGENT)
    for _ in range(2):
        last.run_due()
        end.advance(HOUR)
    last.deliver()
    all_taken_once(last, tickets)
    at_once = Counter(each.key for each in notifier.delivered if each.recipient != "boss")
    assert set(at_once.values()) <= {1}
    assert at_once.total() == len(tickets) * len(WAITS)
    lines = Counter(
        line for each in notifier.delivered if each.recipient == "boss" for line in each.body.splitlines()
    )
    assert set(lines.values()) == {1}
    assert lines.total() == len(tickets) * len(WAITS)


@pytest.mark.parametrize("count", [2, 8])
def test_workers_at_the_same_time_take_each_step_once(busy_threads: None, count: int) -> None:
    store, config = InMemoryStore(), config_of()
    clocks = [ManualClock(A_MONDAY) for _ in range(count)]
    desks = workers(store, config, clocks)
    tickets = [desks[0].incidents.log("No network", requester="bob").id for _ in range(30)]
    for clock in clocks:
        clock.advance(3 * HOUR)
    begin, failures = Barrier(count), []

    def work(desk: Desk) -> None:
        begin.wait()
        failures.extend(desk.run_due().failures)

    threads = [Thread(target=work, args=(desk,)) for desk in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    for clock in clocks:
        clock.advance(HOUR)
    desks[0].run_due()
    all_taken_once(desks[0], tickets)


@given(st.integers(1, 40), st.booleans())
@settings(max_examples=60)
def test_a_worker_that_dies_between_any_two_steps_loses_and_repeats_nothing(at: int, is_after: bool) -> None:

    store, config, clock = InMemoryStore(), config_of(), ManualClock(A_MONDAY)
    tickets = [workers(store, config, [clock])[0].incidents.log("No network", requester="bob").id]
    clock.advance(3 * HOUR)
    faults = Faults()
    (dying,) = workers(failing_store(store, faults), config, [clock])
    faults.calls.clear()
    faults.at, faults.moment, faults.error = at, Moment.AFTER if is_after else Moment.BEFORE, Crashed
    with suppress(Crashed):
        dying.run_due()
    clock.advance(HOUR)
    (other,) = workers(store, config, [clock])
    for _ in range(2):
        other.run_due()
        clock.advance(HOUR)
    all_taken_once(other, tickets)
    notifier = InMemoryNotifier()
    Desk(config, store=store, clock=clock, plugins=[notifier]).acting_as(AN_AGENT).deliver()
    digests = [each.body for each in notifier.delivered if each.recipient == "boss"]
    assert len(notifier.delivered) - len(digests) == len(WAITS)
    lines = [line for body in digests for line in body.splitlines()]
    assert len(lines) == len(set(lines)) == len(WAITS)


def test_what_is_touched_before_anybody_looked_is_not_told(
    make: Callable[..., Desk], clock: ManualClock
) -> None:
    desk = make(IDLE)
    incident = desk.incidents.log("No network", requester="bob")
    clock.advance(90 * MINUTE)
    desk.tickets.add_note(incident.id, "a look")
    desk.run_due()
    assert taken(desk, incident.id) == []


def test_a_step_and_a_touch_at_the_same_time_are_in_one_order(
    make: Callable[..., Desk], clock: ManualClock, store: InMemoryStore
) -> None:
    desk = make(IDLE)
    incident = desk.incidents.log("No network", requester="bob")
    clock.advance(HOUR)
    store.meanwhile = [lambda: desk.tickets.add_note(incident.id, "a look")]  # type: ignore[attr-defined]
    desk.run_due()
    names = [event.name for event in desk.tickets.history(incident.id)]
    assert names[-1] == "InternalNote"
