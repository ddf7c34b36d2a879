"""From one version of a definition to the next, with the tickets that are under way."""

from collections import Counter
from collections.abc import Iterator, Mapping

import attrs
from attrs import frozen

from itsmkit._frozen import EMPTY, FrozenDict, frozen_dict
from itsmkit._problems import close_to
from itsmkit.workflow.definition import WorkflowDefinition
from itsmkit.workflow.errors import MigrationRefusedError, WorkflowDefinitionError

__all__ = ["Migration", "MigrationPreview"]


def _counts(counts: Mapping[tuple[str, str], int]) -> FrozenDict[tuple[str, str], int]:
    return FrozenDict(counts)


@frozen
class MigrationPreview:
    """
    What would become of tickets; nothing has moved.

    Args:
        states: The state that each ticket would be in, by the ticket's identifier, as far as there is one.
        unmapped: The tickets whose state leads nowhere, with that state.
        moves: How many tickets go from which state to which, those that keep theirs among them.
        changes_category: The moves among these into another category: clocks that ask for categories, such
            as those of service levels, see a change there.
    """

    states: Mapping[str, str] = attrs.field(converter=frozen_dict)
    unmapped: Mapping[str, str] = attrs.field(converter=frozen_dict)
    moves: Mapping[tuple[str, str], int] = attrs.field(converter=_counts)
    changes_category: tuple[tuple[str, str], ...]

    @property
    def is_possible(self) -> bool:
        """Whether every ticket has a state to go to."""
        return not self.unmapped

    def explain(self) -> str:
        """
        Return a line for each move and for each state that leads nowhere, with the number of tickets.

        A move into another category is marked by an asterisk.
        """
        lines = [
            f"{count:>7,}  {source} -> {target}{' *' if (source, target) in self.changes_category else ''}"
            for (source, target), count in self.moves.items()
        ]
        lines += [
            f"{count:>7,}  {source} -> ?  leads nowhere; map it to a state of the new definition"
            for source, count in Counter(self.unmapped.values()).items()
        ]
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.explain()


@frozen
class Migration:
    """
    The way from one version of a definition to the next.

    A state leads to where *mapped* says; left out there, to the state of the same name and category in
    the new definition, if there is one. A state that leads nowhere is no fault while no ticket is in it.

    Args:
        old: The definition that the tickets follow now.
        new: The one that they shall follow.
        mapped: Names of states of the new definition, by the names of states of the old one.

    Raises:
        WorkflowDefinitionError: With every problem: a name in *mapped* that is no state of its definition, or
            definitions of the same name and version.

    >>> from attrs import evolve
    >>> from itsmkit.workflow import State, incident_workflow
    >>> old = incident_workflow()
    >>> new = evolve(
    ...     old,
    ...     version="2",
    ...     initial="Open",
    ...     states=[State("Open", "new"), *old.states[1:]],
    ...     transitions=[
    ...         evolve(way, sources=[s.replace("New", "Open") for s in way.sources])
    ...         for way in old.transitions
    ...     ],
    ... )
    >>> tickets = {"INC-1": "New", "INC-2": "Pending"}
    >>> print(Migration(old, new).preview(tickets))
          1  Pending -> Pending
          1  New -> ?  leads nowhere; map it to a state of the new definition
    >>> dict(Migration(old, new, {"New": "Open"}).apply(tickets))
    {'INC-1': 'Open', 'INC-2': 'Pending'}
    """

    old: WorkflowDefinition
    new: WorkflowDefinition
    mapped: Mapping[str, str] = attrs.field(default=EMPTY, converter=frozen_dict)

    def __attrs_post_init__(self) -> None:
        problems = list(self._problems())
        if problems:
            raise WorkflowDefinitionError(*problems)

    def target_of(self, state: str) -> str | None:
        """
        Return the name of the new state that *state* leads to, or ``None`` if it leads nowhere.

        Raises:
            UnknownStateError: If the old definition has no such state.
        """
        category = self.old.category_of(state)
        if state in self.mapped:
            return self.mapped[state]
        there = any(each.name == state and each.category is category for each in self.new.states)
        return state if there else None

    @property
    def unmapped(self) -> tuple[str, ...]:
        """The names of the old states that lead nowhere, in the order of their declaration."""
        return tuple(state.name for state in self.old.states if self.target_of(state.name) is None)

    def preview(self, tickets: Mapping[str, str]) -> MigrationPreview:
        """
        Return what would become of *tickets*: a dry run.

        Args:
            tickets: The name of the state that each is in, by its identifier.

        Raises:
            UnknownStateError: If a ticket is in a state that the old definition has not got.
        """
        targets = {state: self.target_of(state) for state in dict.fromkeys(tickets.values())}
        going = {
            ticket: target for ticket, state in tickets.items() if (target := targets[state]) is not None
        }
        moves = Counter((tickets[ticket], target) for ticket, target in going.items())
        return MigrationPreview(
            states=going,
            unmapped={ticket: state for ticket, state in tickets.items() if ticket not in going},
            moves=moves,
            changes_category=tuple(
                (source, target)
                for source, target in moves
                if self.old.category_of(source) is not self.new.category_of(target)
            ),
        )

    def apply(self, tickets: Mapping[str, str]) -> Mapping[str, str]:
        """
        Return the state that each of *tickets* is in under the new definition.

        Args:
            tickets: As for `preview`.

        Raises:
            MigrationRefusedError: With every ticket whose state leads nowhere. Then none is moved.
            UnknownStateError: If a ticket is in a state that the old definition has not got.
        """
        found = self.preview(tickets)
        if found.unmapped:
            raise MigrationRefusedError(self.old.name, self.new.version, tuple(found.unmapped.items()))
        return found.states

    def _problems(self) -> Iterator[str]:
        if (self.old.name, self.old.version) == (self.new.name, self.new.version):
            yield (
                f"version: both definitions of {self.old.name!r} are version {self.old.version!r}; "
                "give the new one another"
            )
        old = [state.name for state in self.old.states]
        new = [state.name for state in self.new.states]
        for source, target in self.mapped.items():
            if source not in old:
                yield f"mapped[{source!r}]: the old definition has no such state; {close_to(source, old)}"
            if target not in new:
                yield (
                    f"mapped[{source!r}]: the new definition has no state {target!r}; {close_to(target, new)}"
                )
