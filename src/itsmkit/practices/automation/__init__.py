"""
Automation: rules that answer what happens on a desk, and show beforehand that they come to rest.

A `Rule` is data: a trigger, a condition and steps. What it makes of an event, and why, is told by `judge`;
which rules can lead to which, and which go round, by `check_rules`. Nothing here acts: a desk does.

>>> from itsmkit.practices.work_aids import MacroStep
>>> vip = Rule(
...     id="vip",
...     name="Important people",
...     trigger=EventTrigger(on="TicketLogged"),
...     steps=[MacroStep("tag", {"tags": ["vip"]})],
... )
>>> check_rules([vip])
()
"""

from itsmkit.practices.automation._steps import STEPS
from itsmkit.practices.automation.diagrams import dot_text, mermaid_text
from itsmkit.practices.automation.form import rules_from, rules_to_mapping, rules_to_toml
from itsmkit.practices.automation.judging import (
    CalendarOf,
    Judgement,
    RuleSet,
    Ruling,
    judge,
    judge_history,
    moments_of,
    runs_at,
)
from itsmkit.practices.automation.moment import (
    MAX_CHAIN,
    Moment,
    MomentFacts,
    chain_of,
    chain_problem,
    has_fired,
    settled,
)
from itsmkit.practices.automation.preview import FactChange, StepPreview
from itsmkit.practices.automation.robot import RobotOutcome, RobotReport, RobotTask
from itsmkit.practices.automation.rule import (
    Hours,
    Otherwise,
    Rule,
    keep_rule,
    note_failure,
    note_success,
    pause_rule,
    resume_rule,
    retire_rule,
    settle_times,
)
from itsmkit.practices.automation.termination import Lead, RuleFault, RuleFinding, check_rules, leads_of
from itsmkit.practices.automation.trigger import (
    EVENT_NAMES,
    DateTrigger,
    EventTrigger,
    RecurrenceTrigger,
    Trigger,
    trigger_form,
    trigger_from,
    trigger_to_mapping,
)

__all__ = [
    "CalendarOf",
    "DateTrigger",
    "EVENT_NAMES",
    "EventTrigger",
    "FactChange",
    "Hours",
    "Judgement",
    "Lead",
    "MAX_CHAIN",
    "Moment",
    "MomentFacts",
    "Otherwise",
    "RecurrenceTrigger",
    "RobotOutcome",
    "RobotReport",
    "RobotTask",
    "Rule",
    "RuleFault",
    "RuleFinding",
    "RuleSet",
    "Ruling",
    "STEPS",
    "StepPreview",
    "Trigger",
    "chain_of",
    "chain_problem",
    "check_rules",
    "dot_text",
    "has_fired",
    "judge",
    "judge_history",
    "keep_rule",
    "leads_of",
    "mermaid_text",
    "moments_of",
    "note_failure",
    "note_success",
    "pause_rule",
    "resume_rule",
    "retire_rule",
    "rules_from",
    "rules_to_mapping",
    "rules_to_toml",
    "runs_at",
    "settle_times",
    "settled",
    "trigger_form",
    "trigger_from",
    "trigger_to_mapping",
]
