"""A definition drafted from what tickets did."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

import attrs
from attrs import frozen

from itsmkit._figures import plural
from itsmkit._frozen import EMPTY
from itsmkit._problems import close_to, is_name
from itsmkit.errors import DefinitionError
from itsmkit.workflow.conformance._categories import guessed_category
from itsmkit.workflow.conformance._declared import DeclaredMoves
from itsmkit.workflow.conformance._histories import histories_of
from itsmkit.workflow.conformance.directly_follows import DirectlyFollows, counted, frozen_counts
from itsmkit.workflow.conformance.history import HistoryEntry
from itsmkit.workflow.definition import WorkflowDefinition
from itsmkit.workflow.state import State, StateCategory
from itsmkit.workflow.transition import Transition

if TYPE_CHECKING:
    from itsmkit.workflow.diagrams import Frequencies

__all__ = ["Discovery", "Guess", "discover", "draft_of"]


class Guess(NamedTuple):
    """The category that a state of a draft was given without anybody saying so, and why."""

    state: str
    category: StateCategory
    because: str


@frozen
class Discovery:
    """
    A definition drafted from a log, for somebody to read, mend and keep.

    Args:
        definition: The draft. It has no guards, required facts, roles, timers or rules, which no log tells.
        log: What the draft was made from, all of it.
        guesses: The states whose category was guessed.
        other_starts: The states other than the initial one that tickets were seen in first, with how many.
        left_out_states: The states that were too rare, with how often they were entered.
        left_out_moves: The moves that were too rare, with how often they were made.
    """

    definition: WorkflowDefinition
    log: DirectlyFollows
    guesses: tuple[Guess, ...] = ()
    other_starts: Mapping[str, int] = attrs.field(default=EMPTY, converter=frozen_counts)
    left_out_states: Mapping[str, int] = attrs.field(default=EMPTY, converter=frozen_counts)
    left_out_moves: Mapping[tuple[str, str], int] = attrs.field(default=EMPTY, converter=frozen_counts)

    @property
    def frequencies(self) -> "Frequencies":
        """How often the states and moves of the draft are in the log, fit for diagrams."""
        names = [state.name for state in self.definition.states]
        return self.log.frequencies(names, without=self.left_out_moves)

    def explain(self) -> str:
        """Return what was found and what was guessed, a line for each."""
        definition = self.definition
        moves = sum(len(transition.sources) for transition in definition.transitions)
        size = f"{plural(len(definition.states), 'state')}, {plural(moves, 'move')}"
        tickets = plural(self.log.tickets, "ticket")
        lines = [
            f"{definition.name} {definition.version}: drafted from {tickets}; {size}",
            f"initial: {definition.initial}, where {self.log.starts[definition.initial]:,} of them begin",
            *(f"- {count:,} begin in {state}" for state, count in self.other_starts.items()),
        ]
        for heading, told in (
            ("guessed:", [f"{state} is {category}: {because}" for state, category, because in self.guesses]),
            ("states left out:", [f"{state} ({count:,})" for state, count in self.left_out_states.items()]),
            ("moves left out:", [f"{a} → {b} ({count:,})" for (a, b), count in self.left_out_moves.items()]),
        ):
            if told:
                lines += [heading, *(f"- {each}" for each in told)]
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.explain()


def discover(
    entries: Iterable[HistoryEntry],
    *,
    name: str,
    version: str = "draft",
    known: WorkflowDefinition | None = None,
    categories: Mapping[str, StateCategory | str] = EMPTY,
    min_share: float = 0.0,
) -> Discovery:
    """
    Return a definition drafted from what tickets did.

    The state that most tickets begin in is the initial one. Each move that was made is declared, unless it is
    too rare. Without a *min_share*, the log replayed on the draft has no forbidden move and no unknown state.

    Args:
        entries: Those of a ticket in the order in which they took effect.
        name: What the draft is called.
        version: What tells it from others of the name.
        known: A definition to take from: the categories of states that it has, the triggers of moves that it
            declares, the order of states. States that it can move to from themselves are seen to be entered
            again. Other moves get the trigger ``to <state>``.
        categories: The categories of states; they go before those of *known*. Of other states, they are
            guessed: by a word of the name, such as ``pending``; otherwise the initial state is new, a state
            that no ticket left is closed, any other is active.
        min_share: From 0 to 1. A move that makes up less than this share of all moves from its source is left
            out, and so is a state that then cannot be reached from the initial one, nor from another one
            that at least this share of tickets begin in.

    Raises:
        DefinitionError: If there are no entries, one of them is wrong, a state is called what no state can be
            called, a category is unknown or of no state in the log, or *min_share* is no such number.

    >>> from datetime import UTC, datetime
    >>> from itsmkit.workflow.conformance import StateSeen
    >>> seen = [
    ...     ("New", 9),
    ...     ("In Progress", 10),
    ...     ("Waiting for parts", 11),
    ...     ("In Progress", 14),
    ...     ("Closed", 15),
    ... ]
    >>> log = [StateSeen("T-1", state, datetime(2026, 3, 2, hour, tzinfo=UTC)) for state, hour in seen]
    >>> print(discover(log, name="repairs").explain())
    repairs draft: drafted from 1 ticket; 4 states, 4 moves
    initial: New, where 1 of them begin
    guessed:
    - New is new: its name has the word 'New'
    - In Progress is active: tickets enter and leave it, and its name says no more
    - Waiting for parts is pending: its name has the word 'Waiting'
    - Closed is closed: its name has the word 'Closed'
    """
    repeatable = frozenset[str]() if known is None else DeclaredMoves(known).repeatable
    log = counted(histories_of(entries, repeatable).variants())
    return draft_of(log, name=name, version=version, known=known, categories=categories, min_share=min_share)


def draft_of(
    log: DirectlyFollows,
    *,
    name: str,
    version: str = "draft",
    known: WorkflowDefinition | None = None,
    categories: Mapping[str, StateCategory | str] = EMPTY,
    min_share: float = 0.0,
) -> Discovery:
    """Return a definition drafted from *log*: see `discover`."""
    problems = _problems(log, categories, min_share)
    if problems:
        raise DefinitionError(*problems)
    initial = max(log.starts, key=log.starts.__getitem__)
    moves = _frequent_moves(log, min_share)
    reached = _reached(moves, [initial, *(s for s, n in log.starts.items() if n / log.tickets >= min_share)])
    order = [] if known is None else [state.name for state in known.states]
    names = [
        *(each for each in order if each in reached),
        *(s for s in log.visits if s in reached and s not in order),
    ]
    given = {} if known is None else {state.name: state.category for state in known.states}
    given |= {state: StateCategory(category) for state, category in categories.items()}
    guesses = [Guess(each, *guessed_category(each, log, initial)) for each in names if each not in given]
    given |= {state: category for state, category, _ in guesses}
    kept = [(a, b) for a in names for b in names if (a, b) in moves]
    return Discovery(
        WorkflowDefinition(
            name,
            initial=initial,
            states=[State(each, given[each]) for each in names],
            transitions=_transitions(kept, names, known),
            version=version,
        ),
        log,
        tuple(guesses),
        {state: count for state, count in log.starts.items() if state != initial},
        {state: count for state, count in log.visits.items() if state not in reached},
        {move: count for move, count in log.moves.items() if move not in kept},
    )


def _problems(
    log: DirectlyFollows, categories: Mapping[str, StateCategory | str], min_share: float
) -> list[str]:
    problems = [] if log.tickets else ["there are no entries to draft a workflow from; hand in at least one"]
    problems += [
        f"{state!r} cannot be the name of a state; take the spaces around it off first"
        for state in log.visits
        if not is_name(state)
    ]
    known = ", ".join(StateCategory)
    for state, category in categories.items():
        if log.tickets and state not in log.visits:
            problems.append(f"categories[{state!r}]: no ticket was in it; {close_to(state, log.visits)}")
        if category not in tuple(StateCategory):
            problems.append(f"categories[{state!r}]: unknown category {category!r}; known: {known}")
    if not 0 <= min_share <= 1:
        problems.append(f"min_share must be a share from 0 to 1, not {min_share!r}")
    return problems


def _frequent_moves(log: DirectlyFollows, min_share: float) -> set[tuple[str, str]]:
    leaving: dict[str, int] = {}
    for (source, _), count in log.moves.items():
        leaving[source] = leaving.get(source, 0) + count
    return {move for move, count in log.moves.items() if count / leaving[move[0]] >= min_share}


def _reached(moves: Iterable[tuple[str, str]], starts: Iterable[str]) -> set[str]:
    targets: dict[str, list[str]] = {}
    for source, target in moves:
        targets.setdefault(source, []).append(target)
    reached = set(starts)
    stack = [*reached]
    while stack:
        news = [target for target in targets.get(stack.pop(), ()) if target not in reached]
        reached.update(news)
        stack.extend(news)
    return reached


def _transitions(
    moves: Iterable[tuple[str, str]], names: Iterable[str], known: WorkflowDefinition | None
) -> list[Transition]:
    """Return one transition for each trigger and target, from all states from where it leads there."""
    declared = None if known is None else DeclaredMoves(known)
    sources: dict[tuple[str, str], list[str]] = {}
    taken: set[tuple[str, str]] = set()
    unnamed: list[tuple[str, str]] = []
    for source, target in moves:
        triggers = () if declared is None else declared.triggers(source, target)
        free = [trigger for trigger in triggers if (source, trigger) not in taken]
        if free:
            taken.add((source, free[0]))
            sources.setdefault((free[0], target), []).append(source)
        else:
            unnamed.append((source, target))
    for source, target in unnamed:
        trigger = f"to {target}"
        while (source, trigger) in taken:  # somebody calls a way to another state like this
            trigger = f"{trigger} too"
        taken.add((source, trigger))
        sources.setdefault((trigger, target), []).append(source)
    place = {name: index for index, name in enumerate(names)}
    return [
        Transition(trigger, leaving, target)
        for (trigger, target), leaving in sorted(sources.items(), key=lambda item: place[item[0][1]])
    ]
