"""What all metrics look at, and one metric while it is taken."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from itsmkit.cmdb.configuration_item import CIId
from itsmkit.cmdb.health.metric import Aspect, HealthFinding, HealthIssue, HealthMetric, Weight
from itsmkit.cmdb.history.records import RecordKey
from itsmkit.cmdb.relation import Relation
from itsmkit.conditions import holds, present

if TYPE_CHECKING:
    from itsmkit.cmdb.graph import ConfigurationGraph

__all__ = ["Looked", "Measure", "has_value"]

_DUPLICATE_OF = "duplicate_of"
_THERE = present("it")


class Looked:
    """
    A configuration, with what several metrics ask of it.

    Args:
        graph: The configuration.
    """

    def __init__(self, graph: "ConfigurationGraph") -> None:
        self.graph = graph
        self.model = graph.model
        self.items = graph._sorted
        self.classes: Mapping[CIId, str] = {item.id: item.ci_class for item in self.items}

    @cached_property
    def counts(self) -> Counter[str]:
        """How many items there are of each class."""
        return Counter(self.classes.values())

    @cached_property
    def relation_counts(self) -> Counter[str]:
        """How many relations count for each class."""
        source_classes = map(self.classes.get, (each.source for each in self.graph.relations))
        counts: Counter[str | None] = Counter(source_classes)
        if counts.pop(None, 0):
            counts.update(self.class_of(each) for each in self.graph.relations if each.source not in self)
        return counts  # type: ignore[return-value]  # those without a class are gone

    def __contains__(self, ci: object) -> bool:
        return ci in self.classes

    def class_of(self, relation: Relation) -> str:
        """Return the class that a relation counts for: see `HealthIssue`."""
        return self.classes.get(relation.source) or self.classes.get(relation.target) or ""

    @cached_property
    def marked(self) -> Mapping[CIId, str]:
        """What is marked as a duplicate, and of what."""
        return {
            item.id: str(item.attributes[_DUPLICATE_OF])
            for item in self.items
            if _DUPLICATE_OF in item.attributes and has_value(item.attributes[_DUPLICATE_OF])
        }

    def connecting(self, relation: Relation) -> bool:
        """Tell whether a relation connects two different items that are both there."""
        return (
            relation.source != relation.target
            and relation.source in self.classes
            and relation.target in self.classes
        )


class Measure:
    """
    One metric while it is taken.

    Args:
        name: What the metric is called.
        eligible: How many things can be wrong, by class.
    """

    def __init__(self, name: str, eligible: Mapping[str, int] | None = None) -> None:
        self.name = name
        self.eligible: Counter[str] = Counter(eligible or {})
        self.failing: list[HealthIssue] = []

    def fail(self, subject: RecordKey | None, ci_class: str, finding: HealthFinding) -> None:
        """Note that something is wrong."""
        self.failing.append(HealthIssue(subject, ci_class, finding))

    def metric(self, aspect: Aspect, weight: Weight) -> HealthMetric:
        """Return the metric of all classes together."""
        failing = sorted(self.failing, key=_place)
        return HealthMetric(self.name, aspect, failing, sum(self.eligible.values()), weight)

    def by_class(self, aspect: Aspect, weight: Weight, classes: Iterable[str]) -> dict[str, HealthMetric]:
        """Return the metric of each of *classes*."""
        failing: dict[str, list[HealthIssue]] = {}
        for each in self.failing:
            failing.setdefault(each.ci_class, []).append(each)
        return {
            name: HealthMetric(
                self.name, aspect, sorted(failing.get(name, ()), key=_place), self.eligible[name], weight
            )
            for name in classes
        }


def _place(issue: HealthIssue) -> tuple[object, ...]:
    return issue.subject or ()


def has_value(value: object) -> bool:
    """Tell whether an attribute has a value, as conditions tell what is present."""
    if type(value) is str:
        return bool(value) and not value.isspace()
    return value is not None and holds(_THERE, {"it": value})
