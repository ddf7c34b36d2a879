"""Moves compiled for speed: what happens on a trigger costs a look-up and its tests, and is shared."""

from collections.abc import Iterable, Iterator

from attrs import evolve, frozen

from itsmkit.conditions import Facts, Predicate, Presence, compile_condition
from itsmkit.workflow._machine import Move
from itsmkit.workflow._roles import role_test
from itsmkit.workflow.availability import Availability
from itsmkit.workflow.guard import AllGuards, GuardExpression, together
from itsmkit.workflow.state import StateCategory

__all__ = ["CompiledMove", "Fired", "Ways"]

# What comes of a move depends only on which of its leaves hold, so that it is made once. Beyond so many
# leaves, there are too many cases to keep.
_KEPT_LEAVES = 8


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
        effects: The names of what shall be done once the ticket has moved.
    """

    source: str
    trigger: str
    target: str
    source_category: StateCategory
    category: StateCategory
    effects: tuple[str, ...] = ()


class CompiledMove:
    """
    One move: its result, the tests that stand before it, and what is said where they fail.

    Attributes:
        fired: What comes of it.
        choice: The tests that choose it among the ways of a trigger.
        tests: All tests, those of the choice among them.
    """

    __slots__ = ("_expressions", "_found", "_leaves", "_names", "_roles", "choice", "fired", "tests")

    def __init__(self, move: Move) -> None:
        transition, target = move.transition, move.target
        self.fired = Fired(
            source=move.source.name,
            trigger=transition.trigger,
            target=target.name,
            source_category=move.source.category,
            category=target.category,
            effects=transition.effects,
        )
        required = tuple(dict.fromkeys((*transition.required, *target.required)))
        guards = tuple(dict.fromkeys((*transition.guards, *target.guards)))
        demands: list[Predicate] = [compile_condition(Presence(name)) for name in required]
        if transition.roles:
            demands.append(role_test(transition.roles))
        self.choice = tuple(compile_condition(part.condition) for part in _conjuncts(transition.guards))
        entry = _conjuncts(guard for guard in guards if guard not in transition.guards)
        self.tests = (*demands, *self.choice, *(compile_condition(part.condition) for part in entry))
        singles = dict.fromkeys(single for guard in guards for single in guard.guards())
        self._leaves = (*demands, *(compile_condition(guard.condition) for guard in singles))
        self._names = required
        self._roles = transition.roles
        self._expressions = (transition.guards, guards, tuple(singles))
        self._found: dict[tuple[bool, ...], tuple[Availability, bool]] = {}

    def judged(self, facts: Facts) -> tuple[Availability, bool]:
        """Return whether it may happen, and why not; and whether its guards choose it all the same."""
        outcome = tuple([leaf(facts) for leaf in self._leaves])
        try:
            return self._found[outcome]
        except KeyError:
            found = self._judged(outcome)
            if len(outcome) <= _KEPT_LEAVES:
                self._found[outcome] = found
            return found

    def _judged(self, outcome: tuple[bool, ...]) -> tuple[Availability, bool]:
        """Return what `judged` does where each of the leaves is as *outcome* says."""
        choosing, guards, singles = self._expressions
        named = len(self._names)
        missing = tuple(name for name, there in zip(self._names, outcome[:named], strict=True) if not there)
        roles = self._roles if self._roles and not outcome[named] else ()
        holding = dict(zip(singles, outcome[len(outcome) - len(singles) :], strict=True))
        verdict = together(guard.judged(holding.__getitem__) for guard in guards)
        chosen = all(guard.judged(holding.__getitem__).holds for guard in choosing)
        found = Availability(
            trigger=self.fired.trigger,
            target=self.fired.target,
            category=self.fired.category,
            missing=missing,
            failed=verdict.failed,
            roles=roles,
            reasons=(
                *(f"{name} is missing" for name in missing),
                *([f"needs the role {' or '.join(roles)}"] if roles else []),
                *verdict.reasons,
            ),
        )
        return found, chosen


class Ways:
    """
    All that a trigger can do from a state, in the order in which the ways are tried.

    Args:
        moves: At least one.

    Attributes:
        only: The one move there is, which is the rule and spares looking for others.
    """

    __slots__ = ("moves", "only")

    def __init__(self, moves: Iterable[CompiledMove]) -> None:
        self.moves = tuple(moves)
        self.only = self.moves[0] if len(self.moves) == 1 else None

    def fire(self, facts: Facts) -> Fired | None:
        """Return what the trigger does, or ``None`` if it is refused: `refusals` says why."""
        for move in self.moves:
            if all(test(facts) for test in move.choice):
                return move.fired if all(test(facts) for test in move.tests) else None
        return None

    def available(self, facts: Facts) -> tuple[Availability, ...]:
        """Return what each way comes to; one that comes after the chosen one is not taken."""
        if self.only is not None:
            return (self.only.judged(facts)[0],)
        judged = [move.judged(facts) for move in self.moves]
        chosen = next((found for found, is_chosen in judged if is_chosen), None)
        return tuple(
            evolve(found, reasons=(f"{found.trigger} leads to {chosen.target} here, which goes before",))
            if chosen is not None and found is not chosen and found.is_allowed
            else found
            for found, _ in judged
        )

    def refusals(self, facts: Facts) -> tuple[Availability, ...]:
        """Return what stands in the way: of the chosen one if its guards hold, otherwise of all."""
        if self.only is not None:
            return (self.only.judged(facts)[0],)
        judged = [move.judged(facts) for move in self.moves]
        chosen = tuple(found for found, is_chosen in judged if is_chosen)
        return chosen[:1] or tuple(found for found, _ in judged)


def _conjuncts(guards: Iterable[GuardExpression]) -> Iterator[GuardExpression]:
    """Yield what must hold one by one: several guards joined by ``&`` are several."""
    for guard in guards:
        if isinstance(guard, AllGuards):
            yield from _conjuncts(guard.parts)
        else:
            yield guard
