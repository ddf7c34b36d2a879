"""Rules that lead to one another: what is found before anything fires, held to what then happens."""

from collections import deque
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.conditions import ALWAYS, Condition, all_of, equals, holds, parse_condition, present
from itsmkit.practices import Decision, Occasion, add_note, assign, describe, tag, untag
from itsmkit.practices.automation import (
    DateTrigger,
    EventTrigger,
    Lead,
    Moment,
    Rule,
    RuleFault,
    RuleSet,
    check_rules,
    leads_of,
)
from itsmkit.practices.tagging import TagRules
from itsmkit.practices.work_aids import MacroStep
from itsmkit.testing import A_MONDAY, an_incident_logged
from itsmkit.tickets import Actor, Ticket

ROBOT = Actor("robot", automated=True)
TAGS = TagRules()


def a_rule(name: str, on: str | list[str], *steps: tuple[str, dict[str, object]], **more: Any) -> Rule:
    when = more.pop("when", ALWAYS)
    return Rule(
        id=name,
        name=name,
        trigger=EventTrigger(on=on),
        steps=[MacroStep(command, told) for command, told in steps],
        when=parse_condition(when) if isinstance(when, str) else when,
        since=A_MONDAY,
        author="ann",
        **more,
    )


def noted(text: str = "seen") -> tuple[str, dict[str, object]]:
    return ("add_note", {"text": text})


def tagged(*words: str) -> tuple[str, dict[str, object]]:
    return ("tag", {"tags": list(words)})


def untagged(*words: str) -> tuple[str, dict[str, object]]:
    return ("untag", {"tags": list(words)})


def rounds(*rules: Rule, **more: Any) -> list[tuple[str, ...]]:
    return [each.rules for each in check_rules(rules, **more) if each.fault is RuleFault.GOES_ROUND]


MOVES = {"close": frozenset({("Closed", "closed")}), "resolve": frozenset({("Resolved", "resolved")})}


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        pytest.param([a_rule("a", "Tagged", noted())], [], id="one that leads nowhere"),
        pytest.param([a_rule("a", "InternalNote", noted())], [("a",)], id="one that leads to itself"),
        pytest.param(
            [a_rule("a", "InternalNote", noted(), when="event.automated = false")], [], id="only to people"
        ),
        pytest.param([a_rule("a", "InternalNote", noted(), once=True)], [], id="once on each ticket"),
        pytest.param([a_rule("a", "InternalNote", noted(), is_retired=True)], [], id="retired"),
        pytest.param(
            [a_rule("a", "Tagged", noted()), a_rule("b", "InternalNote", tagged("x"))],
            [("a", "b")],
            id="two in turn",
        ),
        pytest.param(
            [
                a_rule("c", "Tagged", noted()),
                a_rule("b", "InternalNote", ("describe", {"rack": 7})),
                a_rule("a", "DetailsChanged", tagged("x")),
            ],
            [("a", "c", "b")],
            id="three in turn",
        ),
        pytest.param(
            [
                a_rule("a", "Tagged", noted()),
                a_rule("b", "InternalNote", tagged("x"), when="not tag.x = true"),
            ],
            [],
            id="a tag that is put on once",
        ),
        pytest.param(
            [
                a_rule("a", "Tagged", untagged("X")),
                a_rule("b", "Untagged", tagged("x"), when="not tag.x = true"),
            ],
            [("a", "b")],
            id="a tag that is taken off again",
        ),
        pytest.param(
            [
                a_rule("a", "Tagged", untagged("y"), when="tag.y = true"),
                a_rule("b", "Untagged", tagged("x"), when="not tag.x = true"),
            ],
            [],
            id="two tags, each of which goes one way",
        ),
        pytest.param(
            [
                a_rule("up", "DetailsChanged", ("describe", {"level": 2}), when="level = 1"),
                a_rule("down", "DetailsChanged", ("describe", {"level": 1}), when="level = 2"),
            ],
            [("down", "up")],
            id="up and down",
        ),
        pytest.param(
            [
                a_rule("up", "DetailsChanged", ("describe", {"level": 2}), when="level = 1"),
                a_rule("on", "DetailsChanged", ("describe", {"level": 3}), when="level = 2"),
            ],
            [],
            id="up and on",
        ),
        pytest.param(
            [a_rule("a", "DetailsChanged", ("describe", {"rack": 7}), when="changed.floor = true")],
            [],
            id="another field than the one that it answers",
        ),
        pytest.param(
            [a_rule("a", "DetailsChanged", ("describe", {"floor": "{rack}"}), when="changed.floor = true")],
            [("a",)],
            id="the field that it answers",
        ),
        pytest.param(
            [
                a_rule(
                    "a", "DetailsChanged", ("describe", {"floor": 2}), when='before.floor = 1 and rack = "x"'
                )
            ],
            [("a",)],
            id="what was before is not known",
        ),
        pytest.param(
            [
                a_rule(
                    "a", "DetailsChanged", ("describe", {"floor": 2}), when="before.floor = 1 and floor = 3"
                )
            ],
            [],
            id="what it is after is known",
        ),
        pytest.param(
            [
                a_rule("a", "StateChanged", ("transition", {"trigger": "close"}), when='state = "Resolved"'),
            ],
            [],
            id="a move of which it is known where it leads",
        ),
        pytest.param(
            [a_rule("a", "StateChanged", ("transition", {"trigger": "jump"}), when='state = "Resolved"')],
            [("a",)],
            id="a move of which it is not",
        ),
        pytest.param(
            [a_rule("a", "StateChanged", ("resolve", {}), when='state_category = "resolved"')],
            [("a",)],
            id="a move that leads back",
        ),
        pytest.param(
            [a_rule("a", "TicketLogged", ("log_from", {"template": "t"}))], [("a",)], id="tickets for ever"
        ),
        pytest.param(
            [a_rule("a", "TicketLogged", ("log_from", {"template": "t"}), once=True)],
            [("a",)],
            id="each of them once",
        ),
        pytest.param(
            [
                a_rule("a", "Tagged", ("log_from", {"template": "t"})),
                a_rule("b", "TicketLogged", tagged("x"), once=True),
            ],
            [("a", "b")],
            id="by way of another",
        ),
        pytest.param(
            [a_rule("a", "TicketLogged", ("log_from", {"template": "t"}), when="not event.automated = true")],
            [],
            id="tickets that people log",
        ),
        pytest.param(
            [
                a_rule(
                    "a",
                    "TicketLogged",
                    ("log_from", {"template": "t"}),
                    when=present("before.title"),
                )
            ],
            [],
            id="there is nothing before it is logged",
        ),
        pytest.param(
            [a_rule("a", "RobotReported", ("call_robot", {"robot": "r"}))], [("a",)], id="robots for ever"
        ),
        pytest.param(
            [
                a_rule(
                    "a", "RobotReported", ("call_robot", {"robot": "r"}), tagged("x"), when="not tag.x = true"
                )
            ],
            [],
            id="a robot once",
        ),
        pytest.param(
            [a_rule("a", "Assigned", ("assign", {"support_group": "n"}), when=~present("support_group"))],
            [],
            id="an assignment to somebody",
        ),
        pytest.param(
            [a_rule("a", "Prioritised", ("prioritise", {"urgency": "high"}), when='urgency = "low"')],
            [],
            id="an urgency",
        ),
        pytest.param(
            [a_rule("a", "Prioritised", ("prioritise", {"urgency": "high"}), when='priority = "P1"')],
            [("a",)],
            id="a priority that is not known",
        ),
        pytest.param(
            [a_rule("a", "ParticipantAdded", ("add_participant", {"person": "kim"}))],
            [("a",)],
            id="a participant",
        ),
        pytest.param(
            [
                a_rule(
                    "a",
                    "OwnershipTransferred",
                    ("transfer_ownership", {"owner": "zoe"}),
                    when='owner = "kim"',
                )
            ],
            [],
            id="an owner",
        ),
        pytest.param([a_rule("a", "Tagged", ("tag", {"tags": "{requester}"}))], [("a",)], id="unknown tags"),
        pytest.param(
            [a_rule("a", "Tagged", ("notify", {"to": ["kim"], "subject": "!"}))], [], id="people who are told"
        ),
        pytest.param(
            [a_rule("a", "PromiseMoved", ("prioritise", {"urgency": "high"}))], [("a",)], id="promises"
        ),
        pytest.param(
            [a_rule("a", "Linked", ("link", {"name": "parent_of", "other": "INC-1"}))],
            [("a",)],
            id="the other end of a link",
        ),
        pytest.param(
            [
                a_rule(
                    "a", "Linked", ("link", {"name": "x", "other": "INC-1"}), when="event.automated = false"
                )
            ],
            [],
            id="links of people",
        ),
        pytest.param(
            [a_rule("a", "Assigned", ("escalate", {"to": "vendor", "reason": "!"}), when='assignee = "kim"')],
            [],
            id="an escalation leaves it to nobody in particular",
        ),
        pytest.param(
            [
                a_rule(
                    "a",
                    "Assigned",
                    ("escalate", {"to": "vendor", "reason": "!"}),
                    when='support_group = "network"',
                )
            ],
            [],
            id="an escalation to a group",
        ),
        pytest.param(
            [a_rule("a", "Assigned", ("escalate", {"to": 2, "reason": "!"}), when='support_group = "x"')],
            [("a",)],
            id="an escalation to a line",
        ),
        pytest.param([a_rule("a", "Assigned", ("route", {}))], [("a",)], id="routing"),
        pytest.param(
            [
                a_rule(
                    "a",
                    "Restricted",
                    ("restrict", {"restriction": "hr", "reason": "!"}),
                    when="restricted_to is missing",
                )
            ],
            [],
            id="a restriction",
        ),
        pytest.param(
            [a_rule("a", "TicketLogged", ("log_from", {"template": "t"}), when="tag.x = true")],
            [("a",)],
            id="a new ticket, of which nothing is known",
        ),
        pytest.param(
            [a_rule("a", "TicketLogged", ("log_from", {"template": "t"}), when="before.state is present")],
            [],
            id="a new ticket, before which there was none",
        ),
        pytest.param(
            [
                a_rule("a", "Tagged", ("describe", {"floor": 1}), ("describe", {"room": 2})),
                a_rule("b", "DetailsChanged", tagged("x"), when="before.floor = 2 and room = 2"),
            ],
            [("a", "b")],
            id="what was before the first of two steps",
        ),
        pytest.param(
            [
                a_rule("a", "Tagged", ("describe", {"floor": 1}), ("describe", {"floor": 2})),
                a_rule("b", "DetailsChanged", tagged("x"), when="before.floor = 3 and floor = 2"),
            ],
            [],
            id="what was before the second of two steps is known",
        ),
    ],
)
def test_rounds_are_found_by_name(rules: list[Rule], found: list[tuple[str, ...]]) -> None:
    assert rounds(*rules, moves=MOVES) == found
    assert rounds(*reversed(rules), moves=MOVES) == found


def test_a_round_tells_its_way_and_the_way_out() -> None:
    [finding] = check_rules([a_rule("a", "TicketLogged", ("log_from", {"template": "t"}))])
    assert finding.is_error
    assert str(finding) == (
        "rule a goes round: a leads to a by TicketLogged of a new ticket; ask in `when` that no program has "
        "logged the ticket (not event.automated = true)"
    )


def test_rules_that_never_fire_are_told() -> None:
    first = a_rule("a", ["Tagged", "Untagged"], noted(), when='state = "New"', order=1, stops=True)
    hidden = a_rule("b", "Tagged", noted(), when='state = "New" and tag.x = true')
    others = [
        a_rule("c", "Tagged", noted(), when='state = "Closed"'),
        a_rule("d", "Assigned", noted(), when='state = "New"'),
        a_rule("e", "Tagged", noted(), when='state = "New" and state = "Closed"'),
    ]
    found = check_rules([*others, hidden, first])
    assert [(each.fault, each.rules, each.is_error) for each in found] == [
        (RuleFault.NEVER_HOLDS, ("e",), False),
        (RuleFault.IS_SHADOWED, ("b", "a"), False),
        (RuleFault.IS_SHADOWED, ("e", "a"), False),
    ]


def test_what_has_too_many_cases_counts_as_possible() -> None:
    many: Condition = all_of(
        *(~equals(f"fact {number}", f"v{each}") for number in range(9) for each in range(9))
    )
    assert rounds(a_rule("a", "InternalNote", noted(), when=many)) == [("a",)]
    assert check_rules([a_rule("a", "Tagged", noted(), when=many)]) == ()


def test_of_too_many_ways_nothing_is_known() -> None:
    goes = a_rule(
        "a",
        "StateChanged",
        ("transition", {"trigger": "go"}),
        ("transition", {"trigger": "go"}),
        when='state = "Elsewhere"',
    )

    def ends(number: int) -> Mapping[str, frozenset[tuple[str, str]]]:
        return {"go": frozenset((f"S{each}", "active") for each in range(number))}

    assert rounds(goes, moves=ends(5)) == []
    assert rounds(goes, moves=ends(6)) == [("a",)]


def test_what_answers_times_is_led_to_by_nothing_and_hidden_by_nothing() -> None:
    stops = a_rule("a", "Tagged", noted(), order=1, stops=True)
    timed = evolve(a_rule("b", "Tagged", tagged("x"), order=2), trigger=DateTrigger(field="needed_by"))
    assert leads_of([stops, timed]) == (Lead("b", "a", "Tagged"),)
    assert check_rules([stops, timed]) == ()


def test_what_cannot_be_told_to_be_hidden_is_not() -> None:
    many: Condition = all_of(
        *(~equals(f"fact {number}", f"v{each}") for number in range(9) for each in range(9))
    )
    stops = a_rule("a", "Tagged", noted(), when=many, order=1, stops=True)
    assert check_rules([stops, a_rule("b", "Tagged", noted(), when=~many, order=2)]) == ()


def test_which_rule_leads_to_which() -> None:
    rules = [
        a_rule("a", "TicketLogged", tagged("x"), ("log_from", {"template": "t"})),
        a_rule("b", "Tagged", noted()),
        evolve(a_rule("c", "Tagged", noted()), is_retired=True),
    ]
    assert leads_of(rules) == (Lead("a", "a", "TicketLogged", is_elsewhere=True), Lead("a", "b", "Tagged"))


# -- held to what happens ---------------------------------------------------------------------------------

Do = Callable[[Ticket, Occasion, Mapping[str, Any]], Decision[Ticket]]
DO: Mapping[str, Do] = {
    "tag": lambda ticket, at, told: tag(ticket, at, told["tags"], TAGS),
    "untag": lambda ticket, at, told: untag(ticket, at, told["tags"]),
    "describe": describe,
    "assign": lambda ticket, at, told: assign(
        ticket, at, support_group=told.get("support_group"), assignee=told.get("assignee")
    ),
    "add_note": lambda ticket, at, told: add_note(ticket, at, told["text"]),
}
MOST = 400


def comes_to_rest(rules: list[Rule]) -> bool:
    """Let rules fire on one ticket as nothing but their own terms keep them from it."""
    known, now = RuleSet(rules), A_MONDAY
    ticket: Ticket = an_incident_logged(details={"level": 1}).ticket
    waiting = deque([(None, each[0], each[1]) for each in an_incident_logged(details={"level": 1}).steps])
    fired: dict[str, int] = {}
    while waiting and sum(fired.values()) < MOST:
        before, event, after = waiting.popleft()
        moment = Moment.of_event(event, before, after)
        for rule in known.matching(moment):
            if not holds(rule.when, moment.facts(ticket)) or (rule.once and rule.id in fired):
                continue
            fired[rule.id] = fired.get(rule.id, 0) + 1
            for step in rule.steps:
                now += timedelta(seconds=1)
                decision = DO[step.command](ticket, Occasion(ROBOT, now), step.arguments)
                last = ticket
                for happened, then in decision.steps:
                    waiting.append((last, happened, then))
                    last = then
                ticket = decision.ticket
    return not waiting


tests = st.sampled_from(
    [
        "tag.x = true",
        "not tag.x = true",
        "tag.y = true",
        "not tag.y = true",
        "level = 1",
        "level >= 2",
        'support_group = "a"',
        "support_group is missing",
        "event.automated = false",
        "changed.level = true",
        "before.tag.x = true",
        "not before.level = 2",
        'assignee is missing or support_group = "b"',
    ]
)
conditions = st.one_of(
    st.just(ALWAYS),
    st.lists(tests, min_size=1, max_size=3, unique=True).map(
        lambda found: all_of(*(parse_condition(each) for each in found))
    ),
)
deeds = st.sampled_from(
    [
        tagged("x"),
        tagged("y"),
        untagged("x"),
        untagged("y"),
        ("describe", {"level": 1}),
        ("describe", {"level": 2}),
        ("describe", {"level": 3}),
        ("assign", {"support_group": "a"}),
        ("assign", {"support_group": "b", "assignee": "kim"}),
        ("assign", {}),
        noted(),
    ]
)
names = ["TicketLogged", "Tagged", "Untagged", "DetailsChanged", "Assigned", "InternalNote"]


@st.composite
def rule_sets(draw: st.DrawFn, most: int = 5) -> list[Rule]:
    return [
        a_rule(
            f"r{number}",
            draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True)),
            *draw(st.lists(deeds, min_size=1, max_size=3)),
            when=draw(conditions),
            once=draw(st.booleans()) and draw(st.booleans()),
            order=draw(st.integers(0, 2)),
            stops=draw(st.integers(0, 4)) == 0,
        )
        for number in range(draw(st.integers(1, most)))
    ]


@settings(max_examples=600, deadline=None)
@given(rule_sets())
def test_what_passes_comes_to_rest_with_no_guard_at_all(rules: list[Rule]) -> None:
    assert rounds(*rules) or comes_to_rest(rules)
