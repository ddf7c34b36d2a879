"""
Routing: what it costs to find somebody for a ticket among 500 people, and to do so on a desk.

The rules ask for two skills and a language, count the load by weight and know limits; half of the people are
away. Beside it stands the barest loop over the same people that gives the same answer and tells nobody why;
and on a desk, with 2,000 open tickets, what it costs to assign one by hand.
"""

from datetime import UTC, datetime, timedelta
from random import Random

from attrs import evolve

from benchmarks._measure import Row, interleaved, micro, table
from itsmkit.calendars import BusinessCalendar, TimeSpan
from itsmkit.conditions import equals
from itsmkit.desk import Desk, DeskConfig, ManualClock
from itsmkit.practices.routing import (
    LoadWeights,
    RoutingPolicy,
    RoutingRule,
    RoutingState,
    Situation,
    SkillNeed,
    Strategy,
    Strength,
    Team,
    route,
)
from itsmkit.testing import an_incident
from itsmkit.tickets import Actor, Ticket
from itsmkit.tickets.structure import Person, Skill, Structure, SupportGroup

AGENTS, OPEN = 500, 2_000
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LIMIT = 40


def run() -> str:
    """Return the table of routing."""
    ticket = evolve(an_incident(), category="network", support_group=None)
    simple, full = _policy(Strategy.ROUND_ROBIN), _policy(Strategy.LEAST_LOADED, *_NEEDS)
    situation = _situation()
    found = route(full, ticket, situation)
    assert found.assignee == _barest(situation)
    assert len(found.candidates) == AGENTS
    assert len(found.explain().splitlines()) > AGENTS
    assert route(simple, ticket, situation).assignee is not None
    desk, number = _desk(full), iter(range(1_000_000))

    def logged() -> Ticket:
        return desk.incidents.log(f"Switch {next(number)}", category="network")

    assert desk.routing.assign(logged().id).assignee is not None
    waiting = logged()
    measured = interleaved(
        {
            "turns": lambda: micro(lambda: route(simple, ticket, situation), repeats=50),
            "full": lambda: micro(lambda: route(full, ticket, situation), repeats=50),
            "explained": lambda: micro(lambda: route(full, ticket, situation).explain(), repeats=20),
            "barest": lambda: micro(lambda: _barest(situation), repeats=50),
            "dry": lambda: micro(lambda: desk.routing.route(waiting.id), repeats=3),
            "assign": lambda: micro(lambda: desk.routing.assign(logged().id), repeats=3),
            "by hand": lambda: micro(
                lambda: desk.tickets.assign(logged().id, support_group="network", assignee="p7"), repeats=20
            ),
        },
        rounds=7,
    )
    among = f"among {AGENTS} people"
    rows = [
        _row(f"route {among}, by turns", measured["turns"], "the barest loop", measured["barest"]),
        _row(
            f"route {among}, by needs, load and limits",
            measured["full"],
            "the barest loop",
            measured["barest"],
        ),
        _row("the same, and explain it", measured["explained"], "the barest loop", measured["barest"]),
        _row(
            f"see where a ticket would go on a desk of {OPEN:,} open ones",
            measured["dry"],
            "log and assign by hand",
            measured["by hand"],
        ),
        _row(
            "log a ticket there, and route it",
            measured["assign"],
            "log and assign by hand",
            measured["by hand"],
        ),
    ]
    return table("Routing", rows)


_NEEDS = (SkillNeed("network", 2), SkillNeed("cisco", strength=Strength.SOFT))


def _policy(strategy: Strategy, *needs: SkillNeed) -> RoutingPolicy:
    network = equals("category", "network")
    others = [
        RoutingRule(name=f"{number}", group="desk", when=equals("site", f"site {number}"))
        for number in range(18)
    ]
    rule = RoutingRule(name="network", group="network", when=network, strategy=strategy, skills=needs)
    return RoutingPolicy(
        rules=[*others, rule, RoutingRule(name="all", group="desk")],
        load=LoadWeights(priorities={"P1": 5}),
        capacity=LIMIT,
    )


def _people() -> list[Person]:
    return [
        Person(
            f"p{number}",
            skills=["cisco"] if number % 3 else [],
            qualifications=[Skill("network", 1 + number % 4)],
            calendar="early" if number % 2 else "late",
        )
        for number in range(AGENTS)
    ]


def _situation() -> Situation:
    random = Random(1)  # the same each time
    people = _people()
    there = [TimeSpan(NOON - timedelta(hours=4), NOON + timedelta(hours=4))]
    return Situation(
        at=NOON,
        teams=[Team("network", people)],
        shifts={each.id: there for each in people if each.calendar == "early"},
        loads={each.id: random.randrange(LIMIT + 5) for each in people},
        states=[RoutingState("network", AGENTS, {each.id: place + 1 for place, each in enumerate(people)})],
    )


def _barest(situation: Situation) -> str:
    """Return who gets the ticket by a loop that looks at the same and tells nothing."""
    turns = situation.states["network"].turns
    able = [
        (not person.level_of("cisco", NOON), situation.loads[person.id], turns[person.id], person.id)
        for person in situation.teams["network"].members
        if person.id in situation.shifts
        and person.level_of("network", NOON) >= 2
        and situation.loads[person.id] < LIMIT
    ]
    return min(able)[-1]


def _desk(policy: RoutingPolicy) -> Desk:
    people = _people()
    groups = [SupportGroup("network", members=[each.id for each in people]), SupportGroup("desk")]
    config = evolve(
        DeskConfig.standard(),
        routing=evolve(policy, capacity=1_000),
        structure=Structure(people=people, groups=groups),
        calendars={
            "early": BusinessCalendar("Mon-Fri 06:00-14:00", "UTC"),
            "late": BusinessCalendar("Mon-Fri 14:00-22:00", "UTC"),
        },
        agreements=[],
    )
    desk = Desk(config, clock=ManualClock(NOON), random=Random(2)).acting_as(Actor("ann"))
    for number in range(OPEN):
        ticket = desk.incidents.log("Open", category="network")
        desk.tickets.assign(ticket.id, support_group="network", assignee=f"p{number % AGENTS}")
    return desk


def _row(what: str, seconds: float, beside: str, other: float) -> Row:
    told = f"{seconds * 1e3:.2f} ms"
    return what, told, f"{beside}: {other * 1e3:.2f} ms", f"{seconds / other:.1f}"
