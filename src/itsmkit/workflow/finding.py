"""What the checks of a workflow find, and the steps by which anybody can see it happen."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

import attrs
from attrs import frozen

from itsmkit._frozen import EMPTY, frozen_dict
from itsmkit.workflow._wording import told_facts

__all__ = ["Finding", "FindingKind", "Severity", "Step"]


class Severity(StrEnum):
    """How bad it is."""

    ERROR = "error"
    """What the definition says cannot be meant: it should not be used."""

    WARNING = "warning"
    """It may be meant; somebody should look at it."""


class FindingKind(StrEnum):
    """What is wrong, in the order in which `check_definition` tells of it."""

    UNREACHABLE = "unreachable"
    """No ticket ever gets into the state."""

    TRAP = "trap"
    """The state is no end, and a ticket in it never gets into another one."""

    ENDLESS = "endless"
    """Tickets move among some states for ever, and never get to an end."""

    DEAD = "dead"
    """The transition is never taken: what it asks for contradicts itself."""

    SHADOWED = "shadowed"
    """The transition is never taken: others of its trigger always go before."""

    OVERLAP = "overlap"
    """The guards of two transitions can hold together, so that only their order decides."""

    AVOIDABLE_GATE = "avoidable gate"
    """A way leads past what must be passed."""

    CATEGORY = "category"
    """The category of a state says something else than its use."""

    TIMER = "timer"
    """A timer fires what nothing but a person can satisfy."""

    UNDECIDED = "undecided"
    """The conditions have too many cases to tell; whatever depends on them is not told of."""


_WARNINGS = frozenset(
    {FindingKind.OVERLAP, FindingKind.CATEGORY, FindingKind.TIMER, FindingKind.UNDECIDED},
)


@frozen
class Step:
    """
    One step of a witness: `Workflow.fire` with these arguments leads to this state.

    Args:
        source: The name of the state that the ticket is in.
        trigger: What is fired.
        target: The name of the state that it gets into.
        facts: Facts that make it happen; each step has its own, since a ticket's facts change in between.

    >>> print(Step("New", "start", "In Progress", {"assignee": "kim"}))
    start: New -> In Progress (assignee = 'kim')
    """

    source: str
    trigger: str
    target: str
    facts: Mapping[str, object] = attrs.field(default=EMPTY, converter=frozen_dict)

    def __str__(self) -> str:
        by = f" ({told_facts(self.facts)})" if self.facts else ""
        return f"{self.trigger}: {self.source} -> {self.target}{by}"


def _steps(steps: Iterable[Step]) -> tuple[Step, ...]:
    return tuple(steps)


def _names(names: Iterable[str]) -> frozenset[str]:
    return frozenset(names)


@frozen
class Finding:
    """
    One thing that is wrong with a workflow, and what proves it.

    What can happen is proved by a witness, what can never happen by a region: a set of states for which all
    moves were looked at.

    Args:
        path: Where it stands, in the words of the definition's document, such as ``"states['On Hold']"``,
            ``"transitions[3].from[1]"`` or ``"rules[0]"``.
        kind: What is wrong.
        problem: The same as a sentence, with the way out.
        witness: Steps that a new ticket can take, one after the other, at the end of which it shows: see the
            table of `check_definition`. Empty if it shows in the initial state already.
        region: The names of the states that the proof is about: see the same table.
    """

    path: str
    kind: FindingKind
    problem: str
    witness: tuple[Step, ...] = attrs.field(default=(), converter=_steps)
    region: frozenset[str] = attrs.field(default=frozenset(), converter=_names)

    @property
    def severity(self) -> Severity:
        """How bad it is, which the kind says."""
        return Severity.WARNING if self.kind in _WARNINGS else Severity.ERROR

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}"
