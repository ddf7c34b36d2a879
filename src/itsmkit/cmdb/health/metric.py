"""What is measured of a configuration: how many things there are that can be wrong, and which are."""

from collections.abc import Iterator, Mapping
from enum import Enum
from fractions import Fraction
from typing import TypeAlias

from attrs import field, frozen

from itsmkit._checks import named
from itsmkit._figures import count, percent
from itsmkit._frozen import FrozenDict, as_tuple
from itsmkit._problems import instance_problems, shown
from itsmkit.cmdb.findings import (
    BrokenCardinality,
    DanglingRelation,
    GovernanceViolation,
    UnmetRule,
    UnrelatedMembers,
)
from itsmkit.cmdb.health.findings import (
    AsymmetricMember,
    DoubtfulRecord,
    DuplicateItem,
    DuplicateRelation,
    MarkedDuplicate,
    MissingAttributes,
    NotAsDesired,
    Orphan,
    RelationOfDuplicate,
    StaleRecord,
    UnusedRecord,
    WrongAttributes,
)
from itsmkit.cmdb.history.records import RecordKey
from itsmkit.cmdb.model_findings import ModelFinding
from itsmkit.cmdb.risk.redundancy_checks import FalseRedundancy
from itsmkit.errors import DefinitionError

__all__ = [
    "Aspect",
    "HealthFinding",
    "HealthIssue",
    "HealthMetric",
    "STANDARD_METRICS",
    "Weight",
    "weight_problems",
    "weighted_score",
]

Weight = int | Fraction

HealthFinding: TypeAlias = (
    AsymmetricMember
    | BrokenCardinality
    | DanglingRelation
    | DoubtfulRecord
    | DuplicateItem
    | DuplicateRelation
    | FalseRedundancy
    | GovernanceViolation
    | MarkedDuplicate
    | MissingAttributes
    | ModelFinding
    | NotAsDesired
    | Orphan
    | RelationOfDuplicate
    | StaleRecord
    | UnmetRule
    | UnrelatedMembers
    | UnusedRecord
    | WrongAttributes
)
"""What can be wrong, each a value whose text says what, where, and what to do."""


class Aspect(Enum):
    """What a metric is about."""

    COMPLETENESS = "completeness"
    """Whether what should be known, is."""
    CORRECTNESS = "correctness"
    """Whether what is said can be so."""
    COMPLIANCE = "compliance"
    """Whether things are as they are to be."""
    RELATIONS = "relations"
    """Whether what is said between things can be so."""
    TOPOLOGY = "topology"
    """Whether what is said to hold is borne out by the whole."""
    CONFIDENCE = "confidence"
    """Whether those who say so are to be believed."""
    USE = "use"
    """Whether anybody asks for it."""


STANDARD_METRICS: Mapping[str, Aspect] = FrozenDict(
    {
        "required_attributes": Aspect.COMPLETENESS,
        "recommended_attributes": Aspect.COMPLETENESS,
        "attribute_values": Aspect.CORRECTNESS,
        "orphans": Aspect.CORRECTNESS,
        "stale_items": Aspect.CORRECTNESS,
        "duplicate_items": Aspect.CORRECTNESS,
        "dangling_relations": Aspect.CORRECTNESS,
        "unrelated_members": Aspect.CORRECTNESS,
        "governance": Aspect.RELATIONS,
        "cardinality": Aspect.RELATIONS,
        "duplicate_relations": Aspect.RELATIONS,
        "stale_relations": Aspect.RELATIONS,
        "relations_of_duplicates": Aspect.RELATIONS,
        "asymmetric_members": Aspect.RELATIONS,
        "false_redundancy": Aspect.TOPOLOGY,
        "unmet_rules": Aspect.TOPOLOGY,
        "class_model": Aspect.TOPOLOGY,
        "confidence": Aspect.CONFIDENCE,
        "unused_items": Aspect.USE,
        "unused_relations": Aspect.USE,
    }
)
"""The names of the metrics that need no rules, and what each is about."""


_WAYS_OUT: Mapping[type, str] = {
    FalseRedundancy: "; spread them, or declare them as all needed",
    UnmetRule: "; add members, or ask for less",
}
"""What to do about findings that only say what is so."""


def weight_problems(path: str, weight: object) -> Iterator[str]:
    """List what keeps *weight* from being one: a whole number or a fraction, 0 or more."""
    if isinstance(weight, bool) or not isinstance(weight, int | Fraction) or weight < 0:
        yield f"{path}: must be a whole number or a Fraction, 0 or more, not {shown(weight)}"


@frozen
class HealthIssue:
    """
    One thing that fails a metric.

    Args:
        subject: What it is about: an item, a relation, a redundancy set; ``None`` for the class model.
        ci_class: The class that it counts for: that of the item, of a relation's source (or else its target),
            of the dependent of a redundancy set; empty if the configuration has none of these.
        finding: What is wrong. Its text says what, where, and the way out.
    """

    subject: RecordKey | None
    ci_class: str
    finding: HealthFinding

    def __str__(self) -> str:
        return f"{self.finding}{_WAYS_OUT.get(type(self.finding), '')}"


@frozen
class HealthMetric:
    """
    How much of what can be wrong is.

    Args:
        name: What it is called.
        aspect: What it is about.
        failing: All that is wrong, one for each of those that it is wrong of; sorted by subject, never cut.
        eligible: How many things it could be wrong of.
        weight: How much it counts in a score of several metrics; 0 for one that is only listed.

    Raises:
        DefinitionError: With everything that cannot be, such as more failing than eligible.
    """

    name: str = field(validator=named)
    aspect: Aspect
    failing: tuple[HealthIssue, ...] = field(converter=as_tuple)
    eligible: int
    weight: Weight = 1

    def __attrs_post_init__(self) -> None:
        problems = [
            *instance_problems("aspect", self.aspect, Aspect),
            *weight_problems("weight", self.weight),
        ]
        if type(self.eligible) is not int or self.eligible < len(self.failing):
            problems.append(
                f"eligible: must be a whole number of at least as many as fail, which are "
                f"{len(self.failing)}, not {shown(self.eligible)}"
            )
        if problems:
            raise DefinitionError(*(f"metric {self.name!r}: {problem}" for problem in problems))

    @property
    def score(self) -> Fraction | None:
        """The share that is as it should be, from 0 to 1; ``None`` if there is nothing to judge."""
        return 1 - Fraction(len(self.failing), self.eligible) if self.eligible else None

    def explain(self) -> str:
        """Return it as text: a sentence, and below it all that fails, each on a line."""
        return "\n".join([str(self), *(f"  {each}" for each in self.failing)])

    def __str__(self) -> str:
        if not self.eligible:
            return f"{self.name}: no score, as there is nothing to judge"
        failing = f"{count(len(self.failing))} of {count(self.eligible)}"
        unweighted = "" if self.weight else "; it does not count"
        score = percent(None if self.score is None else float(self.score))
        return f"{self.name}: {score}; {failing} fail{unweighted}"


def weighted_score(metrics: tuple[HealthMetric, ...]) -> Fraction | None:
    """Return the mean of all scores that there are, by weight; ``None`` if none of these has any weight."""
    judged = [(each.score, each.weight) for each in metrics if each.score is not None]
    total = sum((Fraction(weight) for _, weight in judged), start=Fraction())
    if not total:
        return None
    return sum((score * weight for score, weight in judged), start=Fraction()) / total
