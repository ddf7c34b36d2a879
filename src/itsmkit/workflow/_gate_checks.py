"""
Whether a way leads past a gate that a rule asks for.

What is searched are states together with whether the gate was passed since it last had to be. Whatever can be
done after passing it can be done without, so that a step that need not pass it counts as one that does not.
The search is breadth-first and ends: what it finds is a shortest path, and if it finds none, there is none.
"""

from collections import deque
from collections.abc import Iterator

from itsmkit.workflow._exploration import Exploration, Way
from itsmkit.workflow._satisfaction import Answer
from itsmkit.workflow.definition import WorkflowDefinition
from itsmkit.workflow.finding import Finding, FindingKind, Step
from itsmkit.workflow.rule import NeverWithout

__all__ = ["broken_rules", "undecided_rules"]

_IMPOSSIBLE = Answer(None)

# A state, and whether the gate was passed.
_Node = tuple[str, bool]
_Came = dict[_Node, tuple[_Node, Way, Answer] | None]


def broken_rules(explored: Exploration) -> Iterator[Finding]:
    """Find the ways past a gate."""
    for index, rule in enumerate(explored.definition.rules):
        path = _Search(explored, rule).path()
        if path is not None:
            yield Finding(f"rules[{index}]", FindingKind.AVOIDABLE_GATE, _sentence(rule, path), path)


def undecided_rules(explored: Exploration) -> Iterator[Finding]:
    """Find the rules that are broken only if something is possible that cannot be decided."""
    for index, rule in enumerate(explored.definition.rules):
        search = _Search(explored, rule)
        doubt = None if search.path() is not None else search.doubt()
        if doubt is not None:
            problem = f"it is open whether any way leads into {rule.before!r} without {rule.gate!r}: {doubt}"
            yield Finding(f"rules[{index}]", FindingKind.UNDECIDED, problem)


def _sentence(rule: NeverWithout, path: tuple[Step, ...]) -> str:
    if not path:
        problem = f"tickets begin in {rule.before!r}, without {rule.gate!r}"
        return f"{problem}; begin in another state, or drop the rule"
    since = "" if rule.since is None else f" since {rule.since!r}"
    last = path[-1]
    return (
        f"a way leads into {rule.before!r} without {rule.gate!r}{since}, by {last.trigger!r} from "
        f"{last.source!r}; close it or put the gate there"
    )


class _Search:
    """The search for ways on which *rule*, whose names the definition knows, is broken."""

    def __init__(self, explored: Exploration, rule: NeverWithout) -> None:
        definition = explored.definition
        self._explored = explored
        self._rule = rule
        self._gates = _states(definition, rule.gate)
        self._before = _states(definition, rule.before)
        self._since = _states(definition, rule.since)
        self._guard = definition.guards.get(rule.gate)

    def path(self) -> tuple[Step, ...] | None:
        """Return the shortest path on which the rule is certainly broken, if there is one."""
        found = self._search(doubtful=False)
        if found is None:
            return None
        return tuple(way.step(answer.facts or {}) for way, answer in found)

    def doubt(self) -> str | None:
        """Return why it is open whether the rule is broken, if it is; asked where there is no `path`."""
        found = self._search(doubtful=True)
        if found is None:
            return None
        return next(answer.doubt for _, answer in found if answer.doubt is not None)

    def _search(self, *, doubtful: bool) -> tuple[tuple[Way, Answer], ...] | None:
        initial = self._explored.definition.initial
        passed = initial in self._gates
        if initial in self._before and not passed:
            return ()
        start = self._after(initial, passed=passed)
        came: _Came = {start: None}
        waiting = deque([start])
        while waiting:
            node = waiting.popleft()
            for way, answer, passed in self._steps(node, doubtful=doubtful):
                if way.target.name in self._before and not passed:
                    return (*_path(came, node), (way, answer))
                after = self._after(way.target.name, passed=passed)
                if after not in came:
                    came[after] = (node, way, answer)
                    waiting.append(after)
        return None

    def _steps(self, node: _Node, *, doubtful: bool) -> Iterator[tuple[Way, Answer, bool]]:
        """Yield the ways on from *node*, each with how it is taken, and whether the gate is passed then."""
        state, passed = node
        for way in self._explored.leaving(state):
            past = _IMPOSSIBLE if passed else self._past(way)
            if _counts(past, doubtful=doubtful):
                yield way, past, False
            elif _counts(way.answer, doubtful=doubtful):
                yield way, way.answer, True

    def _past(self, way: Way) -> Answer:
        """Return how *way* is taken without passing the gate."""
        if way.transition.trigger == self._rule.gate or way.target.name in self._gates:
            return _IMPOSSIBLE
        if self._guard is None:
            return way.answer
        return self._explored.solver.solve(
            way.conditions,
            none_of=(*way.choices_before, (self._guard.condition,)),
            actor=way.actor,
        )

    def _after(self, state: str, *, passed: bool) -> _Node:
        return state, passed and state not in self._since


def _states(definition: WorkflowDefinition, name: str | None) -> frozenset[str]:
    """Return the states that *name* stands for; none, if it stands for something else, or for nothing."""
    names = {state.name for state in definition.states} | {each.name for each in definition.composites}
    return frozenset(definition.states_in(name)) if name is not None and name in names else frozenset()


def _counts(answer: Answer, *, doubtful: bool) -> bool:
    return answer.is_possible if doubtful else answer.facts is not None


def _path(came: _Came, node: _Node) -> tuple[tuple[Way, Answer], ...]:
    steps: list[tuple[Way, Answer]] = []
    while (step := came[node]) is not None:
        node, way, answer = step
        steps.append((way, answer))
    return tuple(reversed(steps))
