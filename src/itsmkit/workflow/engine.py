"""The engine: what may happen from a state, and what comes of a trigger."""

from functools import cached_property

from attrs import frozen

from itsmkit.conditions import Facts, Predicate, Presence, holds
from itsmkit.workflow._machine import build_machine, moves_of
from itsmkit.workflow.availability import Availability
from itsmkit.workflow.definition import WorkflowDefinition
from itsmkit.workflow.errors import TransitionRefusedError, UnknownStateError
from itsmkit.workflow.state import StateCategory
from itsmkit.workflow.transition import Transition

__all__ = ["Fired", "Workflow"]


@frozen
class Fired:
    """
    A transition that may happen, with what it does to the ticket.

    Args:
        source: The name of the state left.
        trigger: What was fired.
        target: The name of the state entered.
        source_category: The category of the state left.
        category: The category of the state entered.
    """

    source: str
    trigger: str
    target: str
    source_category: StateCategory
    category: StateCategory


@frozen
class Workflow:
    """
    A definition at work: pure functions of a state's name and the facts at hand.

    It holds no ticket and touches none: whoever fires a trigger puts the ticket into the state that
    comes back. It compiles the definition on first use, can be shared among threads, and is equal to
    another workflow of the same definition.

    Args:
        definition: What to follow.

    >>> from itsmkit.workflow import Workflow, incident_workflow
    >>> workflow = Workflow(incident_workflow())
    >>> workflow.fire("In Progress", "resolve", {"resolution": "restarted the queue"}).target
    'Resolved'
    >>> workflow.fire("In Progress", "resolve", {})
    Traceback (most recent call last):
        ...
    itsmkit.workflow.errors.TransitionRefusedError: cannot resolve from In Progress: resolution is missing
    """

    definition: WorkflowDefinition

    def fire(self, state: str, trigger: str, facts: Facts) -> Fired:
        """
        Return what *trigger* does from *state*.

        An accepted trigger costs a look-up and its tests; the result is shared by all who get it.

        Args:
            state: The name of the state that the ticket is in.
            trigger: What shall happen.
            facts: What guards and required facts are looked up in: the ticket's fields, the actor's, whatever
                the definition asks for. It is only read.

        Raises:
            TransitionRefusedError: With every reason: each required fact that is missing and each guard
                that does not hold, or the triggers that are declared for this state if *trigger* is not.
            UnknownStateError: If the workflow has no such state.
        """
        move = self._moves.get((state, trigger))
        if move is None:
            legal = tuple(transition.trigger for transition in self._leaving(state))
            raise TransitionRefusedError(trigger, state, legal)
        fired, tests = move
        for test in tests:
            if not test(facts):
                raise self._refusal(state, trigger, facts)
        return fired

    def is_unconditional(self, state: str, trigger: str) -> bool:
        """
        Tell whether *trigger* is declared for *state* and asks for no fact: then `fire` needs none.

        Whoever has to gather facts can spare it.
        """
        move = self._moves.get((state, trigger))
        return move is not None and not move[1]

    def available(self, state: str, facts: Facts) -> tuple[Availability, ...]:
        """
        Return all transitions declared for *state*, in that order, each with the reasons why not.

        Raises:
            UnknownStateError: If the workflow has no such state.

        >>> from itsmkit.workflow import Workflow, incident_workflow
        >>> for way in Workflow(incident_workflow()).available("New", {"support_group": "Network"}):
        ...     print(way.trigger, way.reasons)
        assign ()
        start ('assignee is missing',)
        cancel ('cancellation_reason is missing',)
        """
        return tuple(self._availability(transition, facts) for transition in self._leaving(state))

    def trigger_to(self, source: str, target: str) -> str | None:
        """
        Return the trigger of the first declared transition from *source* to *target*.

        This serves where another system tells only which state a ticket is in now. From a state to
        itself there is a trigger only if such a transition is declared.

        Returns:
            ``None`` if no transition leads there directly.

        Raises:
            UnknownStateError: If the workflow lacks one of the states.
        """
        self.category_of(target)
        ways = (way.trigger for way in self._leaving(source) if way.target == target)
        return next(ways, None)

    def category_of(self, state: str) -> StateCategory:
        """
        Return the category of *state*.

        Raises:
            UnknownStateError: If the workflow has no such state.
        """
        category = self._categories.get(state)
        if category is None:
            raise self._unknown(state)
        return category

    # Threads that come first at the same time compile the same twice; either result will do.
    @cached_property
    def _moves(self) -> dict[tuple[str, str], tuple[Fired, tuple[Predicate, ...]]]:
        categories = self._categories
        return {
            (move.source, move.trigger): (
                Fired(
                    source=move.source,
                    trigger=move.trigger,
                    target=move.target,
                    source_category=categories[move.source],
                    category=categories[move.target],
                ),
                move.tests,
            )
            for move in moves_of(build_machine(self.definition))
        }

    @cached_property
    def _categories(self) -> dict[str, StateCategory]:
        return {state.name: state.category for state in self.definition.states}

    @cached_property
    def _transitions(self) -> dict[str, tuple[Transition, ...]]:
        declared = self.definition.transitions
        return {
            state.name: tuple(way for way in declared if state.name in way.sources)
            for state in self.definition.states
        }

    def _leaving(self, state: str) -> tuple[Transition, ...]:
        transitions = self._transitions.get(state)
        if transitions is None:
            raise self._unknown(state)
        return transitions

    def _availability(self, transition: Transition, facts: Facts) -> Availability:
        missing = tuple(name for name in transition.required if not holds(Presence(name), facts))
        failed = tuple(guard for guard in transition.guards if not holds(guard.condition, facts))
        return Availability(
            trigger=transition.trigger,
            target=transition.target,
            category=self._categories[transition.target],
            missing=missing,
            failed=tuple(guard.name for guard in failed),
            reasons=(
                *(f"{name} is missing" for name in missing),
                *(guard.reason for guard in failed),
            ),
        )

    def _refusal(self, state: str, trigger: str, facts: Facts) -> TransitionRefusedError:
        ways = {way.trigger: way for way in self._leaving(state)}
        found = self._availability(ways[trigger], facts)
        return TransitionRefusedError(trigger, state, tuple(ways), found)

    def _unknown(self, state: str) -> UnknownStateError:
        return UnknownStateError(self.definition.name, state, tuple(self._categories))
