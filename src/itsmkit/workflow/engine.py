"""The engine: what may happen from a state, and what comes of a trigger."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property

from attrs import frozen

from itsmkit._checks import utc
from itsmkit._frozen import EMPTY
from itsmkit._problems import close_to
from itsmkit.calendars import BusinessTime
from itsmkit.conditions import Facts, Predicate
from itsmkit.errors import DefinitionError
from itsmkit.workflow._compiled import CompiledMove, Fired, Ways
from itsmkit.workflow._machine import Move, UnboundMachine
from itsmkit.workflow.availability import Availability
from itsmkit.workflow.definition import WorkflowDefinition, unknown_state
from itsmkit.workflow.errors import TransitionRefusedError
from itsmkit.workflow.state import StateCategory
from itsmkit.workflow.state_timer import StateTimer

__all__ = ["Deadline", "Fired", "Workflow"]


@frozen
class Deadline:
    """
    When a timer of a state is due.

    Args:
        at: The instant, in UTC.
        trigger: What to fire then.
        timer: The timer.
    """

    at: datetime
    trigger: str
    timer: StateTimer


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
            facts: What guards, roles and required facts are looked up in: the ticket's fields, the actor's,
                whatever the definition asks for. It is only read.

        Raises:
            TransitionRefusedError: With every reason: each required fact that is missing, the roles if the
                actor has none of them, and each guard that does not hold; or the triggers that are
                declared for this state if *trigger* is not.
            UnknownStateError: If the workflow has no such state.
        """
        try:
            fired, tests = self._moves[state][trigger]
        except KeyError:
            return self._fire_otherwise(state, trigger, facts)
        for test in tests:
            if not test(facts):
                raise self._refusal(state, trigger, facts)
        return fired

    def is_unconditional(self, state: str, trigger: str) -> bool:
        """
        Tell whether *trigger* is declared for *state* and asks for no fact: then `fire` needs none.

        Whoever has to gather facts can spare it.
        """
        move = self._moves.get(state, {}).get(trigger)
        return move is not None and not move[1]

    def availability(self, state: str, trigger: str, facts: Facts) -> tuple[Availability, ...]:
        """
        Return what each transition comes to that *trigger* could take from *state*: see `available`.

        Empty if the trigger is not declared there. `fire` accepts exactly if one of them is allowed.

        Raises:
            UnknownStateError: If the workflow has no such state.
        """
        ways = self._leaving(state).get(trigger)
        return () if ways is None else ways.available(facts)

    def available(self, state: str, facts: Facts) -> tuple[Availability, ...]:
        """
        Return all transitions that can leave *state*, each with the reasons why not now.

        They come in the order of their declaration, those of one trigger together. `fire` accepts a trigger
        exactly if one of its transitions is allowed, and takes that one.

        Raises:
            UnknownStateError: If the workflow has no such state.

        >>> from itsmkit.workflow import Workflow, incident_workflow
        >>> for way in Workflow(incident_workflow()).available("New", {"support_group": "Network"}):
        ...     print(way.trigger, way.reasons)
        assign ()
        start ('assignee is missing',)
        cancel ('cancellation_reason is missing',)
        """
        found: list[Availability] = []
        for ways in self._leaving(state).values():
            found += ways.available(facts)
        return tuple(found)

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
        self.definition.state(target)
        self.definition.state(source)
        return self._triggers.get((source, target))

    def category_of(self, state: str) -> StateCategory:
        """
        Return the category of *state*.

        Raises:
            UnknownStateError: If the workflow has no such state.
        """
        return self.definition.category_of(state)

    def deadlines(
        self,
        state: str,
        since: datetime,
        calendar: BusinessTime,
        *,
        calendars: Mapping[str, BusinessTime] = EMPTY,
    ) -> tuple[Deadline, ...]:
        """
        Return when the timers of *state* are due, the earliest first.

        Args:
            state: The name of the state that the ticket is in.
            since: When it got there; timezone-aware.
            calendar: What timers count on that name no calendar.
            calendars: The others, by name.

        Raises:
            UnknownStateError: If the workflow has no such state.
            DefinitionError: If *since* is naive, or a timer's calendar is not among *calendars*.
            NeverOpenError: If a calendar has not so much open time.

        >>> from datetime import timedelta
        >>> from itsmkit.calendars import BusinessCalendar
        >>> from itsmkit.workflow import State, StateTimer, Transition
        >>> workflow = Workflow(
        ...     WorkflowDefinition(
        ...         "small",
        ...         initial="Resolved",
        ...         states=[
        ...             State("Resolved", "resolved", timers=StateTimer("close", after=timedelta(hours=40))),
        ...             State("Closed", "closed"),
        ...         ],
        ...         transitions=[Transition("close", "Resolved", "Closed")],
        ...     )
        ... )
        >>> office = BusinessCalendar("Mon-Fri 09:00-17:00", "UTC")
        >>> for deadline in workflow.deadlines("Resolved", datetime(2026, 3, 6, 16, tzinfo=UTC), office):
        ...     print(deadline.trigger, deadline.at)
        close 2026-03-13 16:00:00+00:00
        """
        start = utc(since, "since")
        found = []
        for timer in self.definition.state(state).timers:
            counted = calendar if timer.calendar is None else calendars.get(timer.calendar)
            if counted is None:
                problem = (
                    f"the timer of {state!r} that fires {timer.trigger!r} counts on calendar "
                    f"{timer.calendar!r}, which was not handed in; {close_to(timer.calendar, calendars)}"
                )
                raise DefinitionError(problem)
            found.append(Deadline(counted.advance(start, timer.after, in_zone=UTC), timer.trigger, timer))
        return tuple(sorted(found, key=lambda deadline: deadline.at))

    # Threads that come first at the same time compile the same twice; either result will do.
    @cached_property
    def _ways(self) -> dict[str, dict[str, Ways]]:
        """For each state, what each trigger can do, in the order of declaration."""
        found: dict[str, dict[str, list[Move]]] = {state.name: {} for state in self.definition.states}
        for move in UnboundMachine(self.definition).moves():
            moves = found[move.source.name].setdefault(move.transition.trigger, [])
            # Nothing comes after a way without guards: it is always taken. And what names both a state and
            # the composite around it is there twice.
            if all(other.transition.guards and other.place != move.place for other in moves):
                moves.append(move)

        def first(moves: list[Move]) -> int:
            return min(move.place for move in moves)

        return {
            state: {
                trigger: Ways(map(CompiledMove, moves))
                for trigger, moves in sorted(triggers.items(), key=lambda item: first(item[1]))
            }
            for state, triggers in found.items()
        }

    # What a trigger does of which there is but one way, which is the rule.
    @cached_property
    def _moves(self) -> dict[str, dict[str, tuple[Fired, tuple[Predicate, ...]]]]:
        return {
            state: {
                trigger: (ways.only.fired, ways.only.tests)
                for trigger, ways in triggers.items()
                if ways.only is not None
            }
            for state, triggers in self._ways.items()
        }

    @cached_property
    def _triggers(self) -> dict[tuple[str, str], str]:
        found: dict[tuple[str, str], str] = {}
        for state, triggers in self._ways.items():
            for trigger, ways in triggers.items():
                for move in ways.moves:
                    found.setdefault((state, move.fired.target), trigger)
        return found

    def _leaving(self, state: str) -> dict[str, Ways]:
        ways = self._ways.get(state)
        if ways is None:
            raise unknown_state(self.definition, state)
        return ways

    def _fire_otherwise(self, state: str, trigger: str, facts: Facts) -> Fired:
        """Do what `fire` does where the trigger has several ways, or none."""
        ways = self._leaving(state).get(trigger)
        fired = None if ways is None else ways.fire(facts)
        if fired is None:
            raise self._refusal(state, trigger, facts)
        return fired

    def _refusal(self, state: str, trigger: str, facts: Facts) -> TransitionRefusedError:
        leaving = self._leaving(state)
        found = leaving[trigger].refusals(facts) if trigger in leaving else ()
        return TransitionRefusedError(trigger, state, tuple(leaving), found)
