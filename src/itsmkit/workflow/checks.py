"""
What is wrong with a workflow before anybody relies on it.

A definition is a value that is valid from birth, and still may make no sense: a state that no ticket gets
into or out of, a way past the approval. `check_definition` looks at every move that any ticket could make.
"""

from collections.abc import Callable, Iterable, Iterator

import attrs

from itsmkit.workflow._exploration import Exploration
from itsmkit.workflow._gate_checks import broken_rules, undecided_rules
from itsmkit.workflow._state_checks import misused_categories, unreachable_states, without_end
from itsmkit.workflow._transition_checks import (
    dead_transitions,
    helpless_timers,
    overlaps,
    shadowed_transitions,
    undecided_transitions,
)
from itsmkit.workflow.definition import WorkflowDefinition
from itsmkit.workflow.errors import WorkflowDefinitionError
from itsmkit.workflow.finding import Finding, Severity
from itsmkit.workflow.rule import NeverWithout

__all__ = ["check_definition", "errors_in", "require_sound"]

_CHECKS: tuple[Callable[[Exploration], Iterator[Finding]], ...] = (
    unreachable_states,
    without_end,
    dead_transitions,
    shadowed_transitions,
    overlaps,
    broken_rules,
    misused_categories,
    helpless_timers,
    undecided_transitions,
    undecided_rules,
)


def check_definition(
    definition: WorkflowDefinition, *, rules: Iterable[NeverWithout] = ()
) -> tuple[Finding, ...]:
    """
    Return everything that is wrong with *definition*, in the order of `FindingKind`, and as it stands there.

    Every move is looked at, so that what is not found is not there: a move counts exactly if there are facts
    for which the engine takes it, and facts may change between two steps. What conditions can hold for is
    decided by `facts_for <itsmkit.conditions.facts_for>`, with its one exception.

    ============== ======== ================================================ =============================
    Kind           Severity Witness: steps of a new ticket                   Region
    ============== ======== ================================================ =============================
    unreachable    error    none                                             all that tickets get into
    trap           error    into the state                                   the state, which nothing leaves
    endless        error    into one of the states                           the states, which nothing leaves
    dead           error    to where it would begin, if tickets get there    where it never happens
    shadowed       error    likewise                                         likewise
    overlap        warning  to there; by the first where both can be chosen  none
    avoidable gate error    past the gate, and into the state                none
    category       warning  to where it shows                                what is reached from there
    timer          warning  to there, and by what a person gives             none
    undecided      warning  none                                             none
    ============== ======== ================================================ =============================

    The region of an unreachable state, a trap, endless states and a category is closed: no move leaves it.
    What comes only after a move that cannot be decided is not told of until it can.

    Two transitions overlap only if both have guards, leave by the same name and differ in more than that. One
    without guards says what happens otherwise, and one from a state is meant to go before one from the
    composite around it. What overlaps with several before it is told of once, with the first of them. A timer
    has no actor, and no required fact but those without which no ticket enters the state. Categories are to
    be used like this:

    - Tickets begin in a new state, and get into one only from another new one.
    - What is closed or cancelled gets only to other ends, for it was counted as over.
    - What is pending can become active again, for that is what clocks wait for.
    - What is resolved can be closed or cancelled, in a workflow that has such states.

    Args:
        definition: Any definition.
        rules: What must hold beside its own rules; they are numbered after these.

    Raises:
        WorkflowDefinitionError: If *rules* name what *definition* does not have.

    >>> from itsmkit.workflow import State, Transition, never_without
    >>> change = WorkflowDefinition(
    ...     "change",
    ...     initial="Draft",
    ...     states=[State("Draft", "new"), State("Doing", "active"), State("Done", "closed")],
    ...     transitions=[
    ...         Transition("approve", "Draft", "Doing"),
    ...         Transition("rush", "Draft", "Doing", required="reason"),
    ...         Transition("finish", "Doing", "Done"),
    ...     ],
    ... )
    >>> [finding] = check_definition(change, rules=[never_without("approve", before="Doing")])
    >>> print(finding.problem)
    a way leads into 'Doing' without 'approve', by 'rush' from 'Draft'; close it or put the gate there
    >>> print(*finding.witness)
    rush: Draft -> Doing (reason = 'another')
    """
    rules = tuple(rules)
    if rules:
        definition = attrs.evolve(definition, rules=(*definition.rules, *rules))
    explored = Exploration(definition)
    return tuple(finding for check in _CHECKS for finding in check(explored))


def require_sound(definition: WorkflowDefinition, *, rules: Iterable[NeverWithout] = ()) -> None:
    """
    Raise every error that `check_definition` finds, all at once; warnings pass.

    Args:
        definition: Any definition.
        rules: What must hold beside its own rules.

    Raises:
        WorkflowDefinitionError: With one problem for each finding that is an error.
    """
    problems = [str(finding) for finding in errors_in(definition, rules=rules)]
    if problems:
        raise WorkflowDefinitionError(*problems)


def errors_in(definition: WorkflowDefinition, *, rules: Iterable[NeverWithout] = ()) -> tuple[Finding, ...]:
    """Return what `check_definition` finds, warnings left out."""
    found = check_definition(definition, rules=rules)
    return tuple(finding for finding in found if finding.severity is Severity.ERROR)
