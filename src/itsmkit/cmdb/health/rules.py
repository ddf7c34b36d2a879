"""What is asked of a configuration beside its class model."""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import TypeVar

from attrs import field, frozen

from itsmkit._checks import is_a
from itsmkit._frozen import EMPTY, as_tuple, frozen_dict
from itsmkit._problems import close_to, distinct_problems, items_problems, shown
from itsmkit.cmdb.health.confidence import SourceConfidence
from itsmkit.cmdb.health.desired_state import DesiredState
from itsmkit.cmdb.health.metric import STANDARD_METRICS, Aspect, Weight, weight_problems
from itsmkit.errors import DefinitionError

__all__ = ["HealthRules"]

Value = TypeVar("Value")


@frozen
class HealthRules:
    """
    What is asked of a configuration beside its class model.

    Args:
        desired_states: How items are to be. Each is a metric of its own.
        sources: How much each source is believed. Who is not among them is not judged.
        least_confidence: How much the source that is believed most must be believed at least; more than 0,
            at most 1.
        weights: How much each metric counts, by its name: a whole number or a `Fraction`, 0 or more. Those of
            use count 0 if they are left out, all others 1. What a desired state counts, it says itself.

    Raises:
        DefinitionError: With everything that is none of these, stands twice, or is the name of no metric.
    """

    desired_states: tuple[DesiredState, ...] = field(default=(), converter=as_tuple)
    sources: tuple[SourceConfidence, ...] = field(default=(), converter=as_tuple)
    least_confidence: int | Fraction = Fraction(1, 2)
    weights: Mapping[str, Weight] = field(default=EMPTY, converter=frozen_dict)

    def __attrs_post_init__(self) -> None:
        problems = list(self._problems())
        if problems:
            raise DefinitionError(*problems)

    def weight(self, name: str) -> Weight:
        """Return how much a standard metric counts."""
        return self.weights.get(name, 0 if STANDARD_METRICS[name] is Aspect.USE else 1)

    @property
    def least(self) -> Fraction:
        """How much the source that is believed most must be believed at least."""
        return Fraction(self.least_confidence)

    def _problems(self) -> Iterator[str]:
        least = self.least_confidence
        if isinstance(least, bool) or not is_a(least, int, Fraction) or not 0 < least <= 1:
            yield (
                "least_confidence: must be a whole number or a Fraction, more than 0 and at most 1, not "
                f"{shown(least)}"
            )
        for name, weight in self.weights.items():
            if name in STANDARD_METRICS:
                yield from weight_problems(f"weights.{name}", weight)
            elif any(name == each.name for each in _all(DesiredState, self.desired_states)):
                yield f"weights.{name}: a desired state says its weight itself; say it there"
            else:
                yield f"weights.{name}: no such metric; {close_to(name, STANDARD_METRICS)}"
        yield from items_problems("desired_states", self.desired_states, DesiredState)
        yield from items_problems("sources", self.sources, SourceConfidence)
        names = [each.name for each in _all(DesiredState, self.desired_states)]
        yield from distinct_problems("desired_states", names)
        for name in names:
            if name in STANDARD_METRICS:
                yield f"desired_states: {name!r} is the name of a metric; call the rule otherwise"
        yield from distinct_problems(
            "sources", [each.source for each in _all(SourceConfidence, self.sources)]
        )


def _all(kind: type[Value], values: Iterable[object]) -> list[Value]:
    return [each for each in values if isinstance(each, kind)]
