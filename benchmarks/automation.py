"""
Automation: what rules cost a desk that has 200 of them, and what it costs to see that 500 come to rest.

A desk takes in tickets and works on them, with rules and without; the one with rules then lets them answer.
One rule in a hundred fires for a ticket. What is measured is the whole, commands and rules together, so that
the ratio is what a team pays. The floor of asking is the conditions alone, compiled, for the same facts.
"""

from datetime import timedelta
from random import Random
from time import perf_counter

from benchmarks._measure import Row, interleaved, micro, table
from itsmkit.conditions import compile_condition, parse_condition
from itsmkit.desk import Desk, ManualClock
from itsmkit.practices.automation import EventTrigger, Moment, Rule, RuleSet, check_rules
from itsmkit.practices.work_aids import MacroStep
from itsmkit.testing import A_MONDAY, an_incident_logged
from itsmkit.tickets import Actor

RULES, CHECKED, TICKETS = 200, 500, 200
EVENTS = 3 * TICKETS


def run() -> str:
    """Return the table of automation."""
    plain, ruled = _seconds(0), _seconds(RULES)
    for _ in range(2):
        plain, ruled = min(plain, _seconds(0)), min(ruled, _seconds(RULES))
    known = RuleSet(_rules(RULES, kept=True))
    [(event, ticket)] = an_incident_logged(details={"site": "site 7"}).steps
    moment = Moment.of_event(event, None, ticket)
    assert [rule.id for rule in known.matching(moment)] == ["r007"]
    tests = [compile_condition(rule.when) for rule in known.rules]
    facts = ticket.facts()
    assert sum(test(facts) for test in tests) == 1
    measured = interleaved(
        {
            "asked": lambda: micro(lambda: known.matching(moment), repeats=200),
            "floor": lambda: micro(lambda: [test(facts) for test in tests], repeats=200),
        },
        rounds=7,
    )
    many = _rules(CHECKED)
    began = perf_counter()
    assert check_rules(many) == ()
    checked = perf_counter() - began
    rows: list[Row] = [
        (
            f"log, assign and note a ticket, {RULES} rules answering",
            f"{EVENTS / ruled:,.0f} events/s",
            f"without rules: {EVENTS / plain:,.0f} events/s",
            f"{ruled / plain:.1f}",
        ),
        (
            f"ask {RULES} rules about an event",
            f"{measured['asked'] * 1e6:.0f} µs",
            f"their conditions alone: {measured['floor'] * 1e6:.0f} µs",
            f"{measured['asked'] / measured['floor']:.1f}",
        ),
        (
            f"see that {CHECKED} rules come to rest",
            f"{checked * 1e3:.0f} ms",
            f"a pair: {checked / CHECKED**2 * 1e6:.2f} µs",
            "",
        ),
    ]
    return table("Automation", rows)


def _rules(number: int, *, kept: bool = False) -> list[Rule]:
    return [
        Rule(
            id=f"r{each:03}",
            name=f"Rule {each}",
            trigger=EventTrigger(on=["TicketLogged", "Assigned"] if each % 2 else ["TicketLogged", "Tagged"]),
            when=parse_condition(f'site = "site {each}" and not tag.t{each} = true'),
            steps=[MacroStep("tag", {"tags": [f"t{each}"]})],
            author="ann" if kept else None,
            since=A_MONDAY if kept else None,
        )
        for each in range(number)
    ]


def _seconds(rules: int) -> float:
    """Return how long a desk takes for its work, and to let so many rules answer it."""
    clock = ManualClock(A_MONDAY)
    desk = Desk(clock=clock, random=Random(1)).acting_as(Actor("ann"))  # the same each time
    for rule in _rules(rules):
        desk.automation.keep(rule)
    clock.advance(timedelta(minutes=1))
    began = perf_counter()
    for number in range(TICKETS):
        ticket = desk.incidents.log("No network", site=f"site {number % 400}")
        desk.tickets.assign(ticket.id, support_group="network")
        desk.tickets.add_note(ticket.id, "We look into it.")
    report = desk.run_due().rules
    taken = perf_counter() - began
    assert report.fired == (TICKETS if rules else 0)
    return taken
