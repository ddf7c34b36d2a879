"""Rules as values: what is wrong with them, how they are written, and what becomes of those that are kept."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itsmkit._documents import load_toml
from itsmkit.conditions import equals, parse_condition
from itsmkit.errors import DefinitionError
from itsmkit.practices.automation import (
    EventTrigger,
    Hours,
    RecurrenceTrigger,
    Rule,
    keep_rule,
    note_failure,
    note_success,
    pause_rule,
    resume_rule,
    retire_rule,
    rules_from,
    rules_to_mapping,
    rules_to_toml,
    settle_times,
)
from itsmkit.practices.work_aids import MacroStep
from itsmkit.tickets import Actor

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
TEN = NINE + timedelta(hours=1)
ANN = Actor("ann", roles=("lead",))
ON_TAG = EventTrigger(on="Tagged")
NOTE = MacroStep("add_note", {"text": "Seen, {requester}."})
DAILY = RecurrenceTrigger(every="FREQ=DAILY", first="2026-03-02T09:00", tz="UTC")
A_RULE = Rule(id="vip", name="Important people", trigger=ON_TAG, steps=[NOTE])

steps = st.sampled_from(
    [
        NOTE,
        MacroStep("tag", {"tags": ["vip", "board member"]}),
        MacroStep("assign", {"support_group": "network"}),
        MacroStep("describe", {"rack": 7, "known": True, "title": "{number}"}),
        MacroStep("notify", {"to": ["assignee", "zoe"], "subject": "{number}", "body": "Look."}),
        MacroStep("log_from", {"template": "new-hire", "details": {"floor": 3}}),
        MacroStep("begin_checklist", {"template": "move"}),
        MacroStep("call_robot", {"robot": "payroll", "arguments": {"who": "{requester}"}}),
    ]
)
conditions = st.sampled_from(
    [
        equals("priority", "P1"),
        parse_condition('before.priority = "P2" and not tag.vip = true'),
        parse_condition("changed.assignee = true or event.automated = false"),
    ]
)
rules = st.builds(
    Rule,
    id=st.text("abc", min_size=1),
    name=st.just("Something"),
    trigger=st.sampled_from(
        [ON_TAG, EventTrigger(on="PublicMessage", after=timedelta(hours=4), unless="Tagged")]
    ),
    when=conditions,
    steps=st.lists(steps, min_size=1, max_size=3),
    acts_as=st.none() | st.just("clerk"),
    roles=st.sampled_from([(), ("agent",)]),
    order=st.integers(0, 200),
    stops=st.booleans(),
    once=st.booleans(),
    hours=st.sampled_from(["any", "inside", "outside"]),
    otherwise=st.sampled_from(["wait", "skip"]),
    calendar=st.none() | st.just("office"),
    tries=st.integers(1, 9),
    is_retired=st.booleans(),
)


@given(st.lists(rules, max_size=3, unique_by=lambda rule: rule.id))
def test_what_is_written_is_read_as_it_was(given_rules: list[Rule]) -> None:
    assert rules_from(rules_to_mapping(given_rules)) == tuple(given_rules)


def test_a_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    kept = evolve(A_RULE, author="ann", since=NINE, paused="a fault", version=3)
    path.write_text(rules_to_toml([kept]), "utf-8")
    assert rules_from(path) == (A_RULE,)
    assert load_toml(path) == {
        "rules": [
            {
                "id": "vip",
                "name": "Important people",
                "trigger": {"on": ["Tagged"]},
                "steps": [{"command": "add_note", "arguments": {"text": "Seen, {requester}."}}],
            }
        ]
    }


def test_a_document_tells_all_that_is_wrong() -> None:
    [good] = rules_to_mapping([A_RULE])["rules"]  # type: ignore[misc,attr-defined]
    with pytest.raises(DefinitionError) as refused:
        rules_from(
            {
                "rules": [
                    good,
                    {**good, "steps": []},
                ]
            }
        )
    assert refused.value.problems == (
        "rules: rules: 'vip' stands there more than once",
        "rules: rules[1]: rule 'vip': steps: there is none; name at least one",
    )
    with pytest.raises(DefinitionError) as refused:
        rules_from(
            {"rules": [{**good, "trigger": {}, "steps": [{"command": "tag", "arguments": 7}], "when": "="}]}
        )
    assert [each.partition(": ")[2].partition(":")[0] for each in refused.value.problems] == [
        "rules[0].trigger",
        "rules[0].when",
        "rules[0].steps[0].arguments",
    ]


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        pytest.param({"name": " x"}, ["name: "], id="name"),
        pytest.param({"trigger": "Tagged"}, ["trigger: must be a Trigger"], id="trigger"),
        pytest.param({"when": "x = 1"}, ["when: must be a Condition"], id="condition"),
        pytest.param({"order": 1.5, "tries": 0}, ["order: must be a whole", "tries: must be"], id="numbers"),
        pytest.param({"acts_as": "", "calendar": ""}, ["acts_as: ", "calendar: "], id="names"),
        pytest.param({"roles": ["a", "a"]}, ["roles: "], id="a role twice"),
        pytest.param({"trigger": DAILY, "once": True}, ["once: a time that comes again"], id="once a day"),
        pytest.param(
            {"trigger": DAILY, "when": equals("event.name", "Tagged")},
            ["when: asks for event.name, and no event"],
            id="no event behind a time",
        ),
        pytest.param({"steps": []}, ["steps: there is none"], id="no step"),
        pytest.param({"steps": ["tag"]}, ["steps[0]: must be a MacroStep"], id="no steps"),
        pytest.param(
            {"steps": [MacroStep("explode")]}, ["steps[0].command: there is no 'explode'"], id="no command"
        ),
        pytest.param(
            {"steps": [MacroStep("add_note", {"text": "{"})]},
            ["steps[0].arguments.text: has a '{'"],
            id="a brace that stands alone",
        ),
        pytest.param(
            {"steps": [MacroStep("call_robot", {"robot": "x", "arguments": {"a": "}"}})]},
            ["steps[0].arguments.arguments.a: has a '}'"],
            id="a brace inside",
        ),
        pytest.param(
            {"steps": [MacroStep("notify", {"to": "ann", "text": "x"})]},
            [
                "steps[0].arguments: notify lacks 'subject'",
                "steps[0].arguments.to: must be a list of names",
                "steps[0].arguments.text: notify takes no such argument",
            ],
            id="arguments",
        ),
        pytest.param(
            {"steps": [MacroStep("log_from", {"template": " ", "details": 7})]},
            ["steps[0].arguments.template: must be a text", "steps[0].arguments.details: must be a table"],
            id="of other types",
        ),
    ],
)
def test_what_is_wrong_is_told(changes: dict[str, object], problems: list[str]) -> None:
    with pytest.raises(DefinitionError) as refused:
        evolve(A_RULE, **changes)
    assert len(refused.value.problems) == len(problems)
    for told, start in zip(refused.value.problems, problems, strict=True):
        assert told.removeprefix("rule 'vip': ").startswith(start)


def test_unknown_words_are_refused() -> None:
    with pytest.raises(DefinitionError):
        evolve(A_RULE, hours="never")
    with pytest.raises(DefinitionError):
        evolve(A_RULE, otherwise="perhaps")


def test_who_acts() -> None:
    assert evolve(A_RULE, acts_as="clerk", roles=["agent"]).actor == Actor("clerk", True, roles=("agent",))
    kept = keep_rule(A_RULE, None, ANN, NINE)
    assert kept is not None
    assert kept.value.actor == Actor("ann", True, roles=("lead",))
    assert evolve(kept.value, roles=["agent"]).actor.roles == ("agent",)
    with pytest.raises(DefinitionError, match="nobody acts"):
        _ = A_RULE.actor


def test_keeping_a_rule() -> None:
    first = keep_rule(A_RULE, None, ANN, NINE)
    assert first is not None
    assert first.event == "RuleKept"
    kept = first.value
    assert (kept.author, kept.author_roles, kept.since, kept.why_idle) == ("ann", ("lead",), NINE, None)
    assert keep_rule(A_RULE, kept, ANN, TEN) is None
    assert keep_rule(kept, kept, ANN, TEN) is None
    changed = keep_rule(evolve(kept, order=7), evolve(kept, paused="a fault", failures=3), ANN, TEN)
    assert changed is not None
    assert (changed.event, changed.value.order, changed.value.since) == ("RuleChanged", 7, TEN)
    assert (changed.value.paused, changed.value.failures) == ("a fault", 0)
    by_another = keep_rule(kept, kept, Actor("zoe"), TEN)
    assert by_another is not None
    assert by_another.value.author == "zoe"
    parked = evolve(kept, parked="it failed")
    again = keep_rule(kept, parked, ANN, TEN)
    assert again is not None
    assert again.value.parked is None
    retired = keep_rule(evolve(kept, is_retired=True), kept, ANN, TEN)
    assert retired is not None
    assert (retired.event, retired.value.why_idle) == ("RuleRetired", "it is retired")


def test_a_rule_that_fails_so_often_in_a_row_is_parked() -> None:
    kept = keep_rule(evolve(A_RULE, tries=2), None, ANN, NINE)
    assert kept is not None
    assert note_success(kept.value) is None
    first = note_failure(kept.value, "no such state")
    assert (first.event, first.value.parked) == ("RuleFailed", None)
    well = note_success(first.value)
    assert well is not None
    assert (well.event, well.value.failures) == ("RuleRecovered", 0)
    second = note_failure(first.value, "no such state")
    assert second.event == "RuleParked"
    assert second.value.why_idle == (
        "it is parked: it has failed 2 times in a row, the last time so: no such state"
    )
    at_once = note_failure(kept.value, "it runs wild", at_once=True)
    assert at_once.value.parked == "it runs wild"
    back = resume_rule(second.value, TEN)
    assert back is not None
    assert (back.value.failures, back.value.parked, back.value.since) == (0, None, TEN)


def test_pausing_and_retiring() -> None:
    outcome = keep_rule(A_RULE, None, ANN, NINE)
    assert outcome is not None
    kept = outcome.value
    assert resume_rule(kept, TEN) is None
    paused = pause_rule(kept, "a fault")
    assert paused is not None
    assert paused.value.why_idle == "it is paused: a fault"
    assert pause_rule(paused.value, "a fault") is None
    with pytest.raises(DefinitionError, match="reason"):
        pause_rule(kept, " ")
    retired = retire_rule(kept)
    assert retired is not None
    assert retire_rule(retired.value) is None
    assert A_RULE.why_idle == "it is not kept"


def test_times_are_noted() -> None:
    assert settle_times(A_RULE, done_until=NINE).value.done_until == NINE
    assert settle_times(A_RULE, is_armed=True).value.is_armed
    assert settle_times(evolve(A_RULE, done_until=NINE)).value.done_until == NINE


def test_a_rule_tells_what_it_is() -> None:
    assert str(A_RULE) == "vip: on Tagged: add_note"
    assert evolve(A_RULE, hours="inside").hours is Hours.INSIDE
