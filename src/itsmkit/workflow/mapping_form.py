"""
Workflows as plain mappings, for TOML and JSON.

.. code-block:: toml

    name = "incident"
    version = "1"
    initial = "New"

    [states]                       # name = category, in the order in which they are shown
    New = "new"
    "In Progress" = "active"
    Resolved = "resolved"

    [[transitions]]
    trigger = "start"
    from = ["New"]
    to = "In Progress"

    [[transitions]]
    trigger = "resolve"
    from = ["In Progress"]
    to = "Resolved"
    required = ["resolution"]
    guards = [
        { name = "cause_known", when = { field = "cause", present = true }, reason = "say what it was" },
    ]

``version``, ``guards`` and ``required`` may be left out, and a single name may stand for a list of one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from itsmkit.conditions import ALWAYS, condition_from
from itsmkit.conditions import to_mapping as condition_to_mapping
from itsmkit.errors import DefinitionError
from itsmkit.workflow._checking import is_name, name_problems, shown
from itsmkit.workflow.definition import (
    WorkflowDefinition,
    reachability_problems,
    reference_problems,
)
from itsmkit.workflow.errors import WorkflowDefinitionError
from itsmkit.workflow.state import State
from itsmkit.workflow.transition import Guard, Transition

__all__ = ["definition_from", "to_mapping"]


def definition_from(document: object, *, where: str = "") -> WorkflowDefinition:
    """
    Return the definition that *document* describes: the inverse of `to_mapping`.

    Args:
        document: A mapping of plain data, such as TOML and JSON are read into.
        where: The path of *document* in what it was taken from, which then starts every problem's path.

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
    reader = _Reader()
    definition = reader.definition(document, where)
    if definition is None:
        raise WorkflowDefinitionError(*reader.problems)
    return definition


def to_mapping(definition: WorkflowDefinition) -> dict[str, object]:
    """
    Return *definition* as plain data that TOML and JSON can hold: the inverse of `definition_from`.

    >>> from itsmkit.workflow import incident_workflow
    >>> to_mapping(incident_workflow())["transitions"][1]
    {'trigger': 'start', 'from': ['New', 'Assigned'], 'to': 'In Progress', 'required': ['assignee']}
    """
    return {
        "name": definition.name,
        "version": definition.version,
        "initial": definition.initial,
        "states": {state.name: state.category.value for state in definition.states},
        "transitions": [_transition_mapping(transition) for transition in definition.transitions],
    }


def _transition_mapping(transition: Transition) -> dict[str, object]:
    plain: dict[str, object] = {
        "trigger": transition.trigger,
        "from": list(transition.sources),
        "to": transition.target,
    }
    if transition.guards:
        plain["guards"] = [
            {
                "name": guard.name,
                "when": condition_to_mapping(guard.condition),
                "reason": guard.reason,
            }
            for guard in transition.guards
        ]
    if transition.required:
        plain["required"] = list(transition.required)
    return plain


class _Reader:
    """
    One reading of a document, and what was found wrong so far.

    Whoever returns ``None`` has noted why. After a problem the reading goes on, to find the others.
    """

    def __init__(self) -> None:
        self.problems: list[str] = []

    def definition(self, document: object, where: str) -> WorkflowDefinition | None:
        """Return the definition, if there is no problem."""
        if not isinstance(document, Mapping):
            self._note(where or "workflow", f"must be a mapping, not {shown(document)}")
            return None
        self._keys(document, where, ("name", "initial", "states", "transitions"), ("version",))
        heads = {key: document[key] for key in ("name", "initial", "version") if key in document}
        for key, value in heads.items():
            self.problems += name_problems(_join(where, key), value)
        initial = heads.get("initial") if is_name(heads.get("initial")) else None
        states = self._states(document.get("states", {}), _join(where, "states"))
        transitions = self._transitions(document, _join(where, "transitions"))
        # References can be judged once all states are known; ways, once everything is.
        all_read = not self.problems
        if states is not None:
            found = [*reference_problems(initial, states, transitions, sources="from", target="to")]
            if all_read:
                found += reachability_problems(initial, states, transitions.values())
            self.problems += [_join(where, problem) for problem in found]
        if self.problems or states is None:
            return None
        return WorkflowDefinition(**heads, states=states, transitions=transitions.values())

    def _states(self, content: object, path: str) -> list[State] | None:
        if not isinstance(content, Mapping):
            self._note(path, f"must be a mapping of names to categories, not {shown(content)}")
            return None
        states = []
        for name, category in content.items():
            try:
                states.append(State(name, category))
            except DefinitionError as error:
                self._note(f"{path}[{name!r}]", str(error))
        return states if len(states) == len(content) else None

    def _transitions(self, document: Mapping[str, Any], path: str) -> dict[int, Transition]:
        transitions = {}
        for index, content in enumerate(self._items(document, "transitions", path)):
            transition = self._transition(content, f"{path}[{index}]")
            if transition is not None:
                transitions[index] = transition
        return transitions

    def _transition(self, content: object, path: str) -> Transition | None:
        table = self._table(content, path, ("trigger", "from", "to"), ("guards", "required"))
        if table is None:
            return None
        items = self._items(table, "guards", f"{path}.guards")
        guards = [self._guard(each, f"{path}.guards[{index}]") for index, each in enumerate(items)]
        try:
            return Transition(
                table["trigger"],
                _names(table, "from"),
                table["to"],
                guards=[guard for guard in guards if guard is not None],
                required=_names(table, "required"),
            )
        except DefinitionError as error:
            self._note_all(path, error)
            return None

    def _guard(self, content: object, path: str) -> Guard | None:
        table = self._table(content, path, ("name", "when", "reason"), ())
        if table is None:
            return None
        try:
            condition = condition_from(table["when"], where=f"{path}.when")
        except DefinitionError as error:
            self.problems += error.problems
            condition = ALWAYS  # so that the name and the reason are looked at too
        try:
            return Guard(table["name"], condition, table["reason"])
        except DefinitionError as error:
            self._note_all(path, error)
            return None

    def _table(
        self, content: object, path: str, required: tuple[str, ...], optional: tuple[str, ...]
    ) -> Mapping[str, Any] | None:
        if not isinstance(content, Mapping):
            self._note(path, f"must be a mapping, not {shown(content)}")
            return None
        return content if self._keys(content, path, required, optional) else None

    def _keys(
        self,
        table: Mapping[str, Any],
        path: str,
        required: tuple[str, ...],
        optional: tuple[str, ...],
    ) -> bool:
        """Tell whether *table* has all that is required; note that, and unknown keys."""
        known = (*required, *optional)
        for key in table:
            if key not in known:
                self._note(_join(path, str(key)), f"is unknown; known: {', '.join(known)}")
        missing = [key for key in required if key not in table]
        for key in missing:
            self._note(_join(path, key), "is missing")
        return not missing

    def _items(self, table: Mapping[str, Any], key: str, path: str) -> Sequence[object]:
        content = table.get(key, ())
        if isinstance(content, list | tuple):
            return content
        self._note(path, f"must be a list, not {shown(content)}")
        return ()

    def _note(self, path: str, problem: str) -> None:
        self.problems.append(f"{path}: {problem}")

    def _note_all(self, path: str, error: DefinitionError) -> None:
        self.problems += [_join(path, _in_words_of_documents(problem)) for problem in error.problems]


def _names(table: Mapping[str, Any], key: str) -> str | Sequence[Any]:
    content = table.get(key, ())
    return content if isinstance(content, str | list | tuple) else (content,)


def _in_words_of_documents(problem: str) -> str:
    for field, key in (("sources", "from"), ("target", "to")):
        if problem.startswith(field):
            return key + problem.removeprefix(field)
    return problem


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
