"""
Workflows as plain mappings, for TOML and JSON.

.. code-block:: toml

    name = "incident"
    version = "1"
    initial = "New"

    [states]                       # name = category, in the order in which they are shown
    New = "new"
    "In Progress" = "active"
    Resolved = { category = "resolved", required = ["resolution"], timers = [
        { trigger = "close", after = "5 business days", calendar = "office" },
    ] }
    Closed = "closed"

    [composites.Open]              # states that belong together
    initial = "New"
    states = ["New", "In Progress"]

    [guards.cause_known]           # what transitions and states ask for by name
    when = "cause is present"
    reason = "say what it was"

    [[transitions]]
    trigger = "resolve"
    from = ["Open"]
    to = "Resolved"
    guards = ["cause_known"]
    roles = ["agent"]
    effects = ["tell_requester"]

    [[transitions]]
    trigger = "close"
    from = ["Resolved"]
    to = "Closed"

    [[rules]]
    never_without = "cause_known"
    before = "Resolved"

Everything but ``name``, ``initial``, ``states`` and ``transitions`` may be left out, and a single name or
guard may stand for a list of one. A guard is a name; ``{ not = … }``, ``{ all = [ … ] }`` or
``{ any = [ … ] }`` of guards; or a table of its own, ``{ name, when, reason, otherwise }``. A state is a
category, or a table of ``category``, ``required``, ``guards`` and ``timers``.
"""

from collections.abc import Collection, Iterable, Mapping

from itsmkit._frozen import EMPTY
from itsmkit.calendars import amount_to_plain
from itsmkit.conditions import to_mapping as condition_to_mapping
from itsmkit.workflow._reader import DefinitionReader
from itsmkit.workflow.definition import WorkflowDefinition
from itsmkit.workflow.errors import WorkflowDefinitionError
from itsmkit.workflow.guard import AllGuards, AnyGuard, Guard, GuardExpression, NegatedGuard
from itsmkit.workflow.rule import NeverWithout
from itsmkit.workflow.state import State
from itsmkit.workflow.state_timer import StateTimer
from itsmkit.workflow.transition import Transition

__all__ = ["definition_from", "to_mapping"]


def definition_from(
    document: object,
    *,
    where: str = "",
    guards: Mapping[str, Guard] = EMPTY,
    effects: Collection[str] | None = None,
) -> WorkflowDefinition:
    """
    Return the definition that *document* describes: the inverse of `to_mapping`.

    Args:
        document: A mapping of plain data, such as TOML and JSON are read into.
        where: The path of *document* in what it was taken from, which then starts every problem's path.
        guards: Guards that the document may ask for besides its own, by name.
        effects: The names of the effects that there are; others are problems. Left out, any name will do.

    Raises:
        WorkflowDefinitionError: With every problem and its path.

    >>> definition_from({"name": "small", "states": {"Open": "opne"}, "transitions": [], "version": 2})
    Traceback (most recent call last):
        ...
    itsmkit.workflow.errors.WorkflowDefinitionError: 3 problems:
    - initial: is missing
    - version: must be a name without surrounding spaces, not int 2
    - states['Open']: unknown category 'opne'; known: new, active, pending, resolved, closed, cancelled
    """
    reader = DefinitionReader(guards, effects)
    definition = reader.definition(document, where)
    if definition is None:
        raise WorkflowDefinitionError(*reader.problems)
    return definition


def to_mapping(definition: WorkflowDefinition) -> dict[str, object]:
    """
    Return *definition* as plain data that TOML and JSON can hold: the inverse of `definition_from`.

    >>> from itsmkit.workflow import incident_workflow
    >>> plain = to_mapping(incident_workflow())
    >>> plain["states"]["Resolved"]
    {'category': 'resolved', 'timers': [{'trigger': 'close', 'after': '5 business days'}]}
    >>> definition_from(plain) == incident_workflow()
    True
    """
    plain: dict[str, object] = {
        "name": definition.name,
        "version": definition.version,
        "initial": definition.initial,
        "states": _plain_states(definition.states),
        "composites": {
            composite.name: {"initial": composite.initial, "states": list(composite.states)}
            for composite in definition.composites
        },
        "guards": {name: _plain_guard(guard) for name, guard in definition.guards.items()},
        "transitions": [_plain_transition(transition) for transition in definition.transitions],
        "rules": [_plain_rule(rule) for rule in definition.rules],
    }
    return {key: value for key, value in plain.items() if value or key == "transitions"}


def _plain_states(states: Iterable[State]) -> dict[str, object]:
    """Return categories if they say it all, otherwise tables: TOML would put categories before tables."""
    tables = {state.name: _plain_state(state) for state in states}
    if all(table.keys() == {"category"} for table in tables.values()):
        return {name: table["category"] for name, table in tables.items()}
    return dict(tables)


def _plain_state(state: State) -> dict[str, object]:
    plain: dict[str, object] = {
        "category": state.category.value,
        "required": list(state.required),
        "guards": [_reference(guard) for guard in state.guards],
        "timers": [_plain_timer(timer) for timer in state.timers],
    }
    return {key: value for key, value in plain.items() if value}


def _plain_timer(timer: StateTimer) -> dict[str, object]:
    plain: dict[str, object] = {"trigger": timer.trigger, "after": amount_to_plain(timer.after)}
    return plain if timer.calendar is None else {**plain, "calendar": timer.calendar}


def _plain_guard(guard: Guard) -> dict[str, object]:
    plain: dict[str, object] = {"when": condition_to_mapping(guard.condition), "reason": guard.reason}
    return plain if guard.otherwise is None else {**plain, "otherwise": guard.otherwise}


def _plain_transition(transition: Transition) -> dict[str, object]:
    plain: dict[str, object] = {
        "trigger": transition.trigger,
        "from": list(transition.sources),
        "to": transition.target,
        "guards": [_reference(guard) for guard in transition.guards],
        "required": list(transition.required),
        "roles": list(transition.roles),
        "effects": list(transition.effects),
    }
    return {key: value for key, value in plain.items() if value}


def _plain_rule(rule: NeverWithout) -> dict[str, object]:
    plain: dict[str, object] = {"never_without": rule.gate, "before": rule.before}
    return plain if rule.since is None else {**plain, "since": rule.since}


def _reference(guard: GuardExpression) -> object:
    match guard:
        case NegatedGuard(guard=single):
            return {"not": single.name}
        case AllGuards(parts=parts):
            return {"all": [_reference(part) for part in parts]}
        case AnyGuard(parts=parts):
            return {"any": [_reference(part) for part in parts]}
        case Guard(name=name):
            return name
    message = f"not a guard of this room: {type(guard).__name__}"
    raise TypeError(message)
