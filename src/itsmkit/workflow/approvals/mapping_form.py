"""
Policies of approval as plain mappings, for TOML and JSON.

.. code-block:: toml

    name = "normal change"
    barred = ["requester", "implementer"]          # facts that name people; ["requester"] if left out
    max_chain = 1                                  # how many delegations may follow each other
    if_empty = "rejected"                          # or "approved": when every stage is skipped

    [[steps]]                                      # one after the other
    stage = "manager"
    approvers = [{ fact = "manager" }]
    within = "2 business days"                     # or "16h"; no end, if left out
    on_timeout = "reject"                          # or "approve" or "count"

    [[steps]]

    [[steps.parallel]]                             # all at once; in it, sequence = [...] may stand
    stage = "board"
    approvers = [{ role = "cab" }, { role = "security", veto = true }, { person = "kim", weight = 2 }]
    rule = { share = "50%", of = "cast", more_than = true, weighted = false }
    quorum = "50%"                                 # or a number of ballots, or { ballots, part }

    [[steps.parallel]]
    stage = "owner"
    approvers = [{ fact = "service_owners" }]
    rule = "any_one"
    when = { field = "risk", equals = "high" }     # always, if left out
    barred = ["implementer"]
    apart_from = ["board"]

A rule is ``"everybody"``, which holds if there is none, ``"any_one"`` or ``"majority"``, or a table:
``{ at_least = 2 }``, ``{ weight = 5 }``, ``{ share = "2/3" }``, ``{ each_role = { network = 1 } }``,
``{ all = [...] }`` or ``{ any = [...] }``.
"""

from collections.abc import Callable
from typing import Any

from attrs import fields

from itsmkit.calendars import amount_to_plain
from itsmkit.conditions import to_mapping
from itsmkit.workflow.approvals._policy_reader import RULE_WORDS, SOURCES, PolicyReader
from itsmkit.workflow.approvals.approver import (
    ApproverSource,
    RoleApprovers,
)
from itsmkit.workflow.approvals.policy import ApprovalPolicy, InSequence, Step
from itsmkit.workflow.approvals.rule import (
    AllRules,
    AnyRule,
    AtLeast,
    EachRole,
    Rule,
    Share,
    WeightAtLeast,
    fraction_text,
)
from itsmkit.workflow.approvals.stage import Quorum, Stage
from itsmkit.workflow.errors import WorkflowDefinitionError

__all__ = ["policy_from", "policy_to_mapping"]


def policy_from(document: object, *, where: str = "the policy", at: str = "") -> ApprovalPolicy:
    """
    Return the policy that *document* describes: the inverse of `policy_to_mapping`.

    Args:
        document: A mapping of plain data, such as TOML and JSON are read into.
        where: The name of the document, with which each sentence begins; nothing, if it is empty.
        at: The path of *document* in it; empty for the document itself.

    Raises:
        WorkflowDefinitionError: With every problem and its path.

    >>> step = {"stage": "board", "approvers": [{"rol": "cab"}], "quorum": -1}
    >>> policy_from({"name": "change", "steps": [step]}, where="change.toml")
    Traceback (most recent call last):
        ...
    itsmkit.workflow.errors.WorkflowDefinitionError: 3 problems:
    - change.toml: steps[0].approvers[0].rol: is not known here; did you mean 'role'?
    - change.toml: steps[0].approvers[0]: needs exactly one of person, role, fact; found none
    - change.toml: steps[0].quorum: must be a whole number of at least 0, not int -1
    """
    reader = PolicyReader()
    policy = reader.policy(document, at)
    if policy is None or reader.problems:
        raise WorkflowDefinitionError(
            *(f"{where}: {problem}" if where else problem for problem in reader.problems)
        )
    return policy


def policy_to_mapping(policy: ApprovalPolicy) -> dict[str, object]:
    """
    Return *policy* as plain data that TOML and JSON can hold: the inverse of `policy_from`.

    What is as usual is left out.

    >>> from itsmkit.workflow.approvals import MAJORITY, RoleApprovers
    >>> policy_to_mapping(ApprovalPolicy("change", Stage("board", [RoleApprovers("cab")], MAJORITY)))
    {'name': 'change', 'steps': [{'stage': 'board', 'approvers': [{'role': 'cab'}], 'rule': 'majority'}]}
    """
    return {
        "name": policy.name,
        **_unusual(policy, barred=list, max_chain=int, if_empty=str),
        "steps": [_plain_step(step) for step in policy.steps.steps],
    }


# -- from the policy to the document -------------------------------------------------------------------


def _unusual(value: Any, **forms: Callable[[Any], object]) -> dict[str, object]:
    """Return the attributes of *value* that differ from their defaults, each in its plain form."""
    defaults = {each.name: each.default for each in fields(type(value))}
    held = {name: getattr(value, name) for name in forms}
    return {name: forms[name](each) for name, each in held.items() if each != defaults[name]}


def _plain_step(step: Step) -> dict[str, object]:
    if isinstance(step, Stage):
        return {
            "stage": step.name,
            "approvers": [_plain_source(source) for source in step.approvers],
            **_unusual(
                step,
                rule=_plain_rule,
                quorum=_plain_quorum,
                when=to_mapping,
                within=amount_to_plain,
                on_timeout=str,
                barred=list,
                apart_from=list,
            ),
        }
    key = "sequence" if isinstance(step, InSequence) else "parallel"
    return {key: [_plain_step(each) for each in step.steps]}


def _plain_source(source: ApproverSource) -> dict[str, object]:
    (key,) = (key for key, kind in SOURCES.items() if type(source) is kind)
    roles = {} if isinstance(source, RoleApprovers) else {"roles": list}
    return {key: getattr(source, key), **_unusual(source, weight=int, veto=bool, **roles)}


def _plain_rule(rule: Rule) -> object:
    for word, known in RULE_WORDS.items():
        if rule == known:
            return word
    match rule:
        case AtLeast(number=number):
            return {"at_least": number}
        case WeightAtLeast(weight=weight):
            return {"weight": weight}
        case Share(part=part):
            return {"share": fraction_text(part), **_unusual(rule, of=str, more_than=bool, weighted=bool)}
        case EachRole(minimums=minimums):
            return {"each_role": dict(minimums)}
        case AllRules(rules=rules):
            return {"all": [_plain_rule(each) for each in rules]}
        case AnyRule(rules=rules):
            return {"any": [_plain_rule(each) for each in rules]}
    message = f"{rule!r} has no plain form"
    raise TypeError(message)


def _plain_quorum(quorum: Quorum) -> object:
    if not quorum.part:
        return quorum.ballots
    part = fraction_text(quorum.part)
    return {"ballots": quorum.ballots, "part": part} if quorum.ballots else part
