"""Changes that must not be under way at the same time, or not then, with the reasons."""

from collections.abc import Iterable, Mapping
from enum import Enum
from functools import cached_property
from typing import NamedTuple

from attrs import field, frozen

from itsmkit._figures import plural
from itsmkit._frozen import FrozenDict
from itsmkit.calendars import TimeSpan
from itsmkit.cmdb.change.planned_change import ChangeId, PlannedChange
from itsmkit.cmdb.configuration_item import CIId
from itsmkit.cmdb.graph import ConfigurationGraph
from itsmkit.cmdb.impact import Impact
from itsmkit.cmdb.proof import Proof
from itsmkit.cmdb.seed import Override, Provenance, Seed

__all__ = [
    "ALL_KINDS",
    "BLOCKING_KINDS",
    "Collision",
    "CollisionKind",
    "STANDARD_KINDS",
    "WARNING_KINDS",
]


class CollisionKind(Enum):
    """Why changes collide."""

    SHARED_CI = "shared CI"
    """Two changes work on the same configuration item."""
    SHARED_ASSIGNEE = "shared assignee"
    """Two changes need the same person."""
    IN_RADIUS = "in radius"
    """One change makes worse what another works on."""
    SHARED_IMPACT = "shared impact"
    """Two changes each make worse, or each rob of redundancy, what neither of them works on."""
    JOINT_EXCESS = "joint excess"
    """Changes together make something worse than any change that is under way then does alone."""
    BLACKOUT = "blackout"
    """A change touches something that must not be touched then."""
    OUTSIDE_WINDOW = "outside window"
    """A change touches something that may be touched at other times only."""
    SHARED_PROVIDER = "shared provider"
    """
    Two changes work on items that one and the same provider would take down, and neither works on that.

    A warning: it does no harm by itself, but should that provider fail meanwhile, neither change can be told
    from the failure.
    """

    @property
    def is_warning(self) -> bool:
        """Whether changes that collide so may be made together all the same."""
        return self in WARNING_KINDS


ALL_KINDS = frozenset(CollisionKind)
"""All kinds of collision."""

WARNING_KINDS = frozenset({CollisionKind.SHARED_PROVIDER})
"""The kinds that are only to be known; no slot is refused for them, unless that is asked for."""

STANDARD_KINDS = ALL_KINDS
"""The kinds that are looked for, if nothing else is said: all of them, warnings too."""

BLOCKING_KINDS = ALL_KINDS - WARNING_KINDS
"""The kinds that a free slot keeps clear of, if nothing else is said."""


class Scene(NamedTuple):
    """Where changes collide: what it takes to say why."""

    graph: ConfigurationGraph
    failures: tuple[Seed, ...]
    overrides: tuple[Override, ...]
    changes: tuple[PlannedChange, ...]


@frozen
class Collision:
    """
    Changes that are in each other's way, or in the way of a rule.

    Args:
        kind: Why they collide.
        changes: The changes, sorted. Each is needed: without one of them, there is no such collision. There
            are two for most kinds, two or more for a joint excess, one for blackouts and windows. A joint
            excess of one change says that there may be some with it, and that the search was cut short before
            it had found any.
        during: When they collide, of their windows.
        cis: The configuration items that it is about, sorted: those that are shared; that are worked on and
            made worse; that are made worse by each, or together; the one whose rule is broken.
        assignees: The people who are shared, sorted.
        complete: ``False`` if the search for (more) sets of changes that do so was cut short.
        scene: Where they collide.
    """

    kind: CollisionKind
    changes: tuple[ChangeId, ...]
    during: TimeSpan
    cis: tuple[CIId, ...] = ()
    assignees: tuple[str, ...] = ()
    complete: bool = True
    scene: Scene = field(kw_only=True, repr=False, eq=False)

    @cached_property
    def levels(self) -> Mapping[CIId, str]:
        """The level of each of its items with the changes under way, as of the start."""
        return FrozenDict({ci: self._together.level(ci) for ci in self.cis})

    @cached_property
    def slack(self) -> Mapping[CIId, int | None]:
        """The redundancy left to each of its items with the changes under way: see `Impact.slack`."""
        return FrozenDict({ci: self._together.slack(ci) for ci in self.cis})

    def why(self, ci: CIId) -> tuple[Proof, ...]:
        """
        Return the paths from the changes to a configuration item, as of the start of the collision.

        Returns:
            For a joint excess, the one proof of all the changes together. For a shared provider, how each
            changed item would suffer from it. Else for each change, in their order, the proof that it makes
            the item worse; if it only robs it of redundancy, the proofs for those direct providers that it
            makes worse. A change that does neither has none.

        Raises:
            UnknownItemError: If there is no such item.
        """
        self.scene.graph._number(ci)
        if self.kind is CollisionKind.JOINT_EXCESS:
            return (self._together.why(ci),)
        if self.kind is CollisionKind.SHARED_PROVIDER:
            down = self._impact((), [Seed(ci, provenance=Provenance.ASSUMED)])
            affected = [item for change in self.scene.changes for item in sorted(change.cis)]
            return tuple(proof for item in affected if (proof := down.why(item)).steps)
        before = self._impact(())
        return tuple(proof for change in self.scene.changes for proof in self._paths(before, change, ci))

    def explain(self) -> str:
        """Return it as text: what collides and when; the path to the nearest item; the redundancy left."""
        span = f"{self.during.start.isoformat()} to {self.during.end.isoformat()}"
        what = ", ".join((*self.cis, *self.assignees)) or "all changes"
        lines = [f"{' and '.join(self.changes)}, {span}: {self.kind.value}: {what}"]
        if self.cis:
            nearest = next((ci for ci in self._together.levels if ci in self.cis), self.cis[0])
            steps = dict.fromkeys(str(step) for proof in self.why(nearest) for step in proof.steps)
            lines += [f"  {step}" for step in steps]
            left = self.slack[nearest]
            if left is not None:
                lines.append(f"  {nearest} then survives {plural(left, 'further failure')}")
        if not self.complete:
            undecided = self.kind is CollisionKind.JOINT_EXCESS and len(self.changes) == 1
            more = "sets of changes with it" if undecided else "more sets of changes"
            lines.append(f"  there may be {more} that do so")
        return "\n".join(lines)

    @cached_property
    def _together(self) -> Impact:
        return self._impact(self.scene.changes)

    def _impact(self, changes: Iterable[PlannedChange], assumed: Iterable[Seed] = ()) -> Impact:
        seeds = [*self.scene.failures, *(seed for change in changes for seed in change.seeds), *assumed]
        return self.scene.graph.impact_of(seeds, overrides=self.scene.overrides, at=self.during.start)

    def _paths(self, before: Impact, change: PlannedChange, ci: CIId) -> Iterable[Proof]:
        alone = self._impact([change])
        number = self.scene.graph.levels.number

        def is_worse(item: CIId) -> bool:
            return number(alone.level(item)) > number(before.level(item))

        worse = [ci] if is_worse(ci) else filter(is_worse, self.scene.graph.predecessors(ci))
        return [alone.why(item) for item in worse]
