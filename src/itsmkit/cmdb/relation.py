"""
How configuration items are related, and which way impact goes.

A *provider* supports a *dependent*: impact flows from provider to dependent, diagnosis goes back. Which end
of a relation is the provider is a property of its type, so that it does not matter which way somebody drew
the arrow.
"""

from collections.abc import Mapping
from enum import Enum

from attrs import field, frozen

from itsmkit._checks import member_of, named
from itsmkit._frozen import EMPTY
from itsmkit.cmdb._attributes import lasting
from itsmkit.cmdb.configuration_item import CIId
from itsmkit.cmdb.levels import SAME, Effect, effect_from, effect_if_any
from itsmkit.errors import DefinitionError

__all__ = ["Flow", "Relation", "RelationType", "STANDARD_RELATION_TYPES"]


class Flow(Enum):
    """Which way impact goes along a relation."""

    IMPACT = "impact"
    """From source to target: the source is the provider."""
    REVERSE = "reverse"
    """From target to source: the target is the provider."""
    BOTH = "both"
    """Both ways: each end provides for the other."""
    NONE = "none"
    """Neither way: the relation is information only."""


def _flow(value: Flow | str) -> Flow:
    return member_of(Flow, value, "flow")


@frozen
class RelationType:
    """
    A kind of relation.

    Args:
        name: What the source does to the target, such as ``"runs_on"``.
        inverse: What the target does to the source, such as ``"runs"``; the same as *name* if both do the
            same.
        flow: Which way impact goes, as a `Flow` or its value.
        effect: What the dependent feels of the provider's level: an `Effect`, its text (``"same"``,
            ``"none"``, ``"at most degraded"``), or a map of levels.

    Raises:
        DefinitionError: If *name* or *inverse* is empty or has spaces around it, if *flow* is none, or if
            impact goes one way although *name* does not tell the ends apart.
    """

    name: str = field(validator=named)
    inverse: str = field(validator=named)
    flow: Flow = field(converter=_flow)
    effect: Effect = field(default=SAME, converter=effect_from)

    def __attrs_post_init__(self) -> None:
        if self.name == self.inverse and self.flow in {Flow.IMPACT, Flow.REVERSE}:
            problem = (
                f"relation type {self.name!r} is its own inverse, so impact must flow both ways or none, "
                f"not {self.flow.value!r}"
            )
            raise DefinitionError(problem)

    def __str__(self) -> str:
        return self.name


@frozen
class Relation:
    """
    One relation between two configuration items; it reads as a sentence: *source* *type* *target*.

    Args:
        source: The configuration item of which it is said.
        type: The name of a `RelationType`; never of its inverse, which says the same from the other end.
        target: The other configuration item.
        qualifier: Tells apart several relations of one type between the same two, such as two cables.
        effect: What the dependent feels, if that is not what the type says: as for `RelationType`.
        attributes: What else is known of it, by name: as for a `ConfigurationItem`.

    Raises:
        DefinitionError: If a name is empty or has spaces around it, *effect* is none, or an attribute can
            change.

    Example:
        >>> print(Relation(CIId("web"), "runs_on", CIId("host-1")))
        web runs_on host-1
    """

    source: CIId = field(validator=named)  # type: ignore[assignment]  # attrs takes the type of the validator
    type: str = field(validator=named)
    target: CIId = field(validator=named)  # type: ignore[assignment]  # attrs takes the type of the validator
    qualifier: str = field(default="", kw_only=True)
    effect: Effect | None = field(default=None, converter=effect_if_any, kw_only=True)
    attributes: Mapping[str, object] = field(default=EMPTY, converter=lasting, kw_only=True)

    @property
    def key(self) -> tuple[CIId, str, CIId, str]:
        """Return what it is known by: source, type, target and qualifier."""
        return self.source, self.type, self.target, self.qualifier

    @property
    def ends(self) -> tuple[CIId, ...]:
        """Return what it relates, the source first; only one if an item is related to itself."""
        return (self.source,) if self.source == self.target else (self.source, self.target)

    def __str__(self) -> str:
        sentence = f"{self.source} {self.type} {self.target}"
        return f"{sentence} ({self.qualifier})" if self.qualifier else sentence


STANDARD_RELATION_TYPES = (
    RelationType("depends_on", "supports", Flow.REVERSE),
    RelationType("runs_on", "runs", Flow.REVERSE),
    RelationType("used_by", "uses", Flow.IMPACT),
    RelationType("contains", "contained_in", Flow.IMPACT),
    RelationType("composed_of", "part_of", Flow.REVERSE),
    RelationType("powered_by", "powers", Flow.REVERSE),
    RelationType("connects_to", "connects_to", Flow.BOTH),
    RelationType("documented_by", "documents", Flow.NONE),
)
"""
The relation types to start with; a desk may use its own. That they are these is our choice.

``contains`` is said of what holds a thing and takes it down with it, as a rack its servers; ``composed_of``
of a whole that suffers with its parts, as a service with its applications.
"""
