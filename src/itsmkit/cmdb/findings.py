"""What is questionable in a configuration graph, but does not stop it from being used."""

from enum import Enum
from typing import Literal

from attrs import frozen

from itsmkit.cmdb.class_model import AllowedRelation
from itsmkit.cmdb.configuration_item import CIId
from itsmkit.cmdb.redundancy import RedundancySet
from itsmkit.cmdb.relation import Relation

__all__ = [
    "AttributeFault",
    "AttributeProblem",
    "BrokenCardinality",
    "DanglingRelation",
    "GovernanceViolation",
    "GraphFinding",
    "UnmetRule",
    "UnrelatedMembers",
]


@frozen
class DanglingRelation:
    """
    A relation with an end that is not in the graph. No impact flows through it.

    Args:
        relation: The relation.
        missing: The ends that are not there, the source first.
    """

    relation: Relation
    missing: tuple[CIId, ...]

    def __str__(self) -> str:
        ends = " or ".join(map(repr, self.missing))
        return f"relation {self.relation}: no configuration item {ends}; add it, or remove the relation"


@frozen
class GovernanceViolation:
    """
    A relation between classes that the model does not allow. Impact flows through it all the same.

    Args:
        relation: The relation.
        source_class: The class of its source.
        target_class: The class of its target.
    """

    relation: Relation
    source_class: str
    target_class: str

    def __str__(self) -> str:
        return (
            f"relation {self.relation}: the model does not allow {self.source_class!r} {self.relation.type} "
            f"{self.target_class!r}; allow it, or correct the relation"
        )


@frozen
class BrokenCardinality:
    """
    A configuration item that has too few or too many others at the other end of a relation.

    Args:
        ci: The configuration item.
        allowed: What says how many there may be.
        end: Which others are counted: the targets of its relations, or the sources.
        others: The others that it has, sorted; those that are not in the graph are left out.
    """

    ci: CIId
    allowed: AllowedRelation
    end: Literal["targets", "sources"]
    others: tuple[CIId, ...]

    def __str__(self) -> str:
        least, most = self.allowed.bounds(self.end)
        asked = f"at least {least}" if len(self.others) < least else f"at most {most}"
        number = len(self.others)
        counted = f"{number} targets" if self.end == "targets" else f"{number} sources"
        named = f" ({', '.join(map(repr, self.others))})" if self.others else ""
        return (
            f"configuration item {self.ci}: has {counted} of {str(self.allowed)!r}{named}, where the model "
            f"asks for {asked}; correct the relations, or the model"
        )


class AttributeProblem(Enum):
    """What is wrong with an attribute."""

    UNKNOWN = "unknown"
    """The class has no such attribute."""
    WRONG = "wrong"
    """Its value is of another kind, or none of the choices."""
    MISSING = "missing"
    """The class requires it, and it has no value."""


@frozen
class AttributeFault:
    """
    An attribute of a configuration item that is not as its class says.

    Args:
        ci: The configuration item.
        ci_class: Its class.
        attribute: The name of the attribute.
        problem: What is wrong with it.
        detail: What a wrong value must be; empty for other problems.
    """

    ci: CIId
    ci_class: str
    attribute: str
    problem: AttributeProblem
    detail: str = ""

    def __str__(self) -> str:
        where = f"configuration item {self.ci}: attribute {self.attribute!r}"
        if self.problem is AttributeProblem.UNKNOWN:
            return f"{where} is none of class {self.ci_class!r}; declare it, or leave it out"
        if self.problem is AttributeProblem.MISSING:
            return f"{where} is required of class {self.ci_class!r}, and is missing"
        return f"{where} {self.detail}"


@frozen
class UnrelatedMembers:
    """
    Members of a redundancy set that nothing relates to its dependent. They do not count.

    Args:
        redundancy_set: The set.
        unrelated: The members, sorted; all of them, if the dependent itself is not in the graph.
    """

    redundancy_set: RedundancySet
    unrelated: tuple[CIId, ...]

    def __str__(self) -> str:
        members = ", ".join(map(repr, self.unrelated))
        return (
            f"redundancy set {self.redundancy_set}: no impact flows from {members} to the dependent; add the "
            "relation, or take it out of the set"
        )


@frozen
class UnmetRule:
    """
    A group of providers that cannot meet its rule even if all of them work.

    All their weight counts as needed.

    Args:
        dependent: Whose providers they are.
        name: The name of the redundancy set, or of the rule of the class.
        problems: Why the rule cannot be met, each a sentence.
    """

    dependent: CIId
    name: str
    problems: tuple[str, ...]

    def __str__(self) -> str:
        return f"group {self.name!r} of {self.dependent}: {'; '.join(self.problems)}"


GraphFinding = (
    DanglingRelation | GovernanceViolation | BrokenCardinality | AttributeFault | UnrelatedMembers | UnmetRule
)
