"""The health of a configuration, as a whole and by class."""

from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction

from attrs import evolve, field, frozen

from itsmkit._figures import percent, plural
from itsmkit._problems import close_to
from itsmkit.cmdb.class_model import ClassModel
from itsmkit.cmdb.health.metric import HealthIssue, HealthMetric, weighted_score
from itsmkit.errors import DefinitionError

__all__ = ["ClassHealth", "HealthReport"]


@frozen
class ClassHealth:
    """
    The health of the items of some class, with their relations and groups.

    Args:
        ci_class: The class.
        items: How many items there are.
        metrics: All metrics, in the order of the report.
    """

    ci_class: str
    items: int
    metrics: tuple[HealthMetric, ...]

    @property
    def score(self) -> Fraction | None:
        """The mean of the scores of its metrics, by weight; ``None`` if there is nothing to judge."""
        return weighted_score(self.metrics)

    @property
    def is_healthy(self) -> bool:
        """Whether nothing fails that has a weight."""
        return _is_healthy(self.metrics)

    def explain(self) -> str:
        """Return it as text, with all that fails."""
        return _told(str(self), self.metrics)

    def __str__(self) -> str:
        return f"class {self.ci_class!r}, {plural(self.items, 'item')}: {_score(self.score)}"


@frozen
class HealthReport:
    """
    The health of a configuration: the answer of `health_of`.

    Args:
        metrics: All metrics, of everything together.
        classes: The same of each class that there are items of, sorted by name.
        items: How many items there are.
        at: The instant that it is about; ``None`` for a mere graph.
        model: The class model.
    """

    metrics: tuple[HealthMetric, ...]
    classes: tuple[ClassHealth, ...]
    items: int
    at: datetime | None
    model: ClassModel = field(repr=False)

    @property
    def score(self) -> Fraction | None:
        """The mean of the scores of its metrics, by weight; ``None`` if there is nothing to judge."""
        return weighted_score(self.metrics)

    @property
    def is_healthy(self) -> bool:
        """Whether nothing fails that has a weight."""
        return _is_healthy(self.metrics)

    def metric(self, name: str) -> HealthMetric:
        """Return a metric of everything together. Raises `DefinitionError` if there is none of that name."""
        found = next((each for each in self.metrics if each.name == name), None)
        if found is None:
            problem = f"no metric {name!r}; {close_to(name, [each.name for each in self.metrics])}"
            raise DefinitionError(problem)
        return found

    def of_class(self, ci_class: str) -> ClassHealth:
        """
        Return the health of a class with all that are a kind of it.

        Raises:
            DefinitionError: If the model has no such class, or there is no item of one.
        """
        if not self.model.knows(ci_class):
            raise DefinitionError(self.model.unknown_class(ci_class))
        found = [each for each in self.classes if self.model.is_a(each.ci_class, ci_class)]
        if not found:
            problem = (
                f"there is no item of class {ci_class!r}; "
                f"{close_to(ci_class, [each.ci_class for each in self.classes])}"
            )
            raise DefinitionError(problem)
        metrics = tuple(map(_joined, zip(*(each.metrics for each in found), strict=True)))
        return ClassHealth(ci_class, sum(each.items for each in found), metrics)

    def explain(self) -> str:
        """Return it as text: the score of everything, each metric with all that fails, and each class."""
        return "\n".join([_told(str(self), self.metrics), *map(str, self.classes)])

    def __str__(self) -> str:
        return f"health of {plural(self.items, 'item')}: {_score(self.score)}"


def _is_healthy(metrics: Iterable[HealthMetric]) -> bool:
    return not any(each.failing and each.weight for each in metrics)


def _joined(same: tuple[HealthMetric, ...]) -> HealthMetric:
    """Return one metric of several classes."""
    failing: list[HealthIssue] = [issue for each in same for issue in each.failing]
    failing.sort(key=lambda issue: issue.subject or ())
    return evolve(same[0], failing=failing, eligible=sum(each.eligible for each in same))


def _told(start: str, metrics: Iterable[HealthMetric]) -> str:
    return "\n".join([start, *(f"  {line}" for each in metrics for line in each.explain().splitlines())])


def _score(score: Fraction | None) -> str:
    return "no score, as there is nothing to judge" if score is None else percent(float(score))
