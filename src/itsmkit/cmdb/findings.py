"""What is questionable in a configuration graph, but does not stop it from being used."""

from attrs import frozen

from itsmkit.cmdb.configuration_item import CIId
from itsmkit.cmdb.redundancy import RedundancySet
from itsmkit.cmdb.relation import Relation

__all__ = ["DanglingRelation", "GovernanceViolation", "GraphFinding", "UnmetRule", "UnrelatedMembers"]


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
    A group of providers that cannot meet its rule even if all of them work. All of them count as needed.

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


GraphFinding = DanglingRelation | GovernanceViolation | UnrelatedMembers | UnmetRule
