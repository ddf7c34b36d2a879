"""What the tests of automation share: a desk, rules in a line, and what a history tells of them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from attrs import evolve

from itsmkit.calendars import BusinessCalendar
from itsmkit.conditions import ALWAYS, parse_condition
from itsmkit.desk import Desk, DeskConfig, InMemoryStore
from itsmkit.desk._rule_kind import RULE
from itsmkit.desk._shelf import Shelf
from itsmkit.plugin import Store
from itsmkit.practices.automation import EventTrigger, Rule, Trigger, keep_rule
from itsmkit.practices.work_aids import MacroStep
from itsmkit.tickets import Actor, Ticket

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OFFICE = BusinessCalendar("Mon-Fri 08:00-17:00", "UTC", name="office")
CONFIG = evolve(DeskConfig.standard(), reporting_hours=OFFICE, calendars={"office": OFFICE})
ANN = Actor("ann")


def a_desk(clock: Callable[[], datetime], store: Store | None = None, **more: Any) -> Desk:
    config = more.pop("config", CONFIG)
    desk = Desk(config, store=store or InMemoryStore(), clock=clock, random=Random(1), pause=bool, **more)
    return desk.acting_as(ANN)


def a_rule(name: str, on: str | list[str] | Trigger, *steps: MacroStep, when: str = "", **more: Any) -> Rule:
    return Rule(
        id=name,
        name=name.capitalize(),
        trigger=on if isinstance(on, Trigger) else EventTrigger(on=on),
        when=parse_condition(when) if when else ALWAYS,
        steps=steps or [NOTE],
        **more,
    )


def step(command: str, **told: object) -> MacroStep:
    return MacroStep(command, told)


NOTE = step("add_note", text="Seen.")
TAG = step("tag", tags=["vip"])


def told(desk: Desk, ticket: Ticket) -> list[str]:
    """Return the names of what has happened to a ticket, without clocks."""
    kept = ("CheckpointPassed", "PromiseMoved")
    return [each.name for each in desk.tickets.history(ticket.id) if each.name not in kept]


def facts_of(desk: Desk, ticket: Ticket, kind: type) -> list[Any]:
    return [each.fact for each in desk.tickets.history(ticket.id) if isinstance(each.fact, kind)]


def put_past_the_check(desk: Desk, *rules: Rule) -> None:
    """Keep rules without asking whether they go round, as a host with a database of its own may."""
    runner = evolve(desk._runner, actor=ANN)
    for rule in rules:
        outcome = keep_rule(rule, None, ANN, desk.clock())
        assert outcome is not None
        with runner.store.begin() as unit:
            Shelf(RULE, runner).add(unit, outcome)
