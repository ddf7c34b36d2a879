"""How much each configuration item adds to the risk of one."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from math import exp, expm1, fsum, inf, log1p, prod
from typing import TYPE_CHECKING

from attrs import frozen

from itsmkit._figures import plural
from itsmkit._problems import shown
from itsmkit.cmdb.configuration_item import CIId
from itsmkit.cmdb.risk._question import Failures
from itsmkit.cmdb.risk.minimal_cut_sets import cut_sets, cuts_of
from itsmkit.cmdb.seed import Override
from itsmkit.errors import DefinitionError

if TYPE_CHECKING:
    from itsmkit.cmdb.graph import ConfigurationGraph

__all__ = ["Importance", "importance"]

_TOGETHER = ("alone", "with one other", "with two others")


@frozen
class Importance:
    """
    The part of one configuration item in taking another down.

    Args:
        ci: The configuration item.
        cut_sets: In how many minimal cut sets it is: of one item, of two, and so on.
        birnbaum: How much likelier the other is to be down when this item is, than when it works; 0 to 1.
            ``None`` if no probabilities were given.
        fussell_vesely: How likely it is, when the other is down, that a cut set with this item has failed; 0
            to 1. ``None`` if no probabilities were given.
    """

    ci: CIId
    cut_sets: tuple[int, ...]
    birnbaum: float | None = None
    fussell_vesely: float | None = None

    def __str__(self) -> str:
        ways = ", ".join(
            f"{how} in {plural(number, 'way')}"
            for number, how in zip(self.cut_sets, _TOGETHER, strict=False)
            if number
        )
        if self.birnbaum is None:
            return f"{self.ci}: {ways}"
        return f"{self.ci}: {ways}; Birnbaum {self.birnbaum:.3g}, Fussell-Vesely {self.fussell_vesely:.3g}"


def importance(
    graph: "ConfigurationGraph",
    ci: CIId,
    order: int = 2,
    level: str | None = None,
    *,
    probabilities: Mapping[CIId, float] | None = None,
    given: Failures = (),
    overrides: Iterable[Override] = (),
    at: datetime | None = None,
) -> tuple[Importance, ...]:
    """
    Return how important each item is for *ci*, by the minimal cut sets of at most *order* items.

    Without probabilities, the cut sets that an item is in are counted. With a small failure rate that is the
    same for all, any number of larger sets weighs less than one smaller, so that the counts compared from the
    smallest sets on rank the items as Fussell-Vesely does.

    With the probability q of each item to be down, and items failing independently, the probability Q of *ci*
    to be down is put at the min-cut upper bound, 1 - product over the cut sets C of (1 - product over i in C
    of q_i), for Q and for what is derived from it:

    * Birnbaum: Q with q_i = 1, less Q with q_i = 0;
    * Fussell-Vesely: the same bound on the cut sets that hold i alone, divided by Q; 0 if Q is 0.

    For small q this is the rare-event approximation. Cut sets of more than *order* items are left out.

    Args:
        graph: The graph.
        ci: The configuration item.
        order: How many items may fail together: 1, 2 or 3.
        level: The level that *ci* is taken to, as for `cut_sets`.
        probabilities: How likely each item is to be down, 0 to 1; at least of each item in a cut set.
        given: What has failed already, as for `cut_sets`.
        overrides: Rulings that an item is no worse than some level.
        at: The instant of the question, aware.

    Returns:
        One for each item that is in a cut set; the most important first, by Fussell-Vesely, then by Birnbaum,
        or else by the counts; equally important ones by id.

    Raises:
        UnknownItemError: If an id is not in the graph.
        DefinitionError: If a probability is none, or missing, with all of them; and as for `cut_sets`.
        TooManyCombinationsError: As for `cut_sets`; without probabilities, however many cut sets there are
            they are counted.

    Example:
        >>> from itsmkit.cmdb import ConfigurationGraph, ConfigurationItem, RedundancySet, Relation
        >>> graph = ConfigurationGraph(
        ...     [ConfigurationItem(each, "server", each) for each in ("shop", "db", "web-1", "web-2")],
        ...     [Relation("shop", "depends_on", each) for each in ("db", "web-1", "web-2")],
        ...     [RedundancySet("shop", "web servers", ["web-1", "web-2"], "any")],
        ... )
        >>> for each in importance(graph, "shop", probabilities={"db": 0.01, "web-1": 0.1, "web-2": 0.2}):
        ...     print(each)
        web-1: with one other in 1 way; Birnbaum 0.198, Fussell-Vesely 0.671
        web-2: with one other in 1 way; Birnbaum 0.099, Fussell-Vesely 0.671
        db: alone in 1 way; Birnbaum 0.98, Fussell-Vesely 0.336

    Source:
        Birnbaum, On the importance of different components in a multicomponent system (1969). Fussell, How to
        hand-calculate system reliability and safety characteristics (1975). The bound: Esary and Proschan,
        Coherent structures of non-identical components (1963).
    """
    if probabilities is None:
        cuts = cuts_of(graph, ci, order, level, given=given, overrides=overrides, at=at)
        numbers = _counts(cuts or (), order)
        found = [Importance(graph._ids([item])[0], tuple(each)) for item, each in numbers.items()]
        return tuple(sorted(found, key=lambda each: ([-number for number in each.cut_sets], each.ci)))
    sets = cut_sets(graph, ci, order, level, given=given, overrides=overrides, at=at)
    containing: dict[CIId, list[frozenset[CIId]]] = {}
    for each in sets:
        for member in each:
            containing.setdefault(member, []).append(each)
    counts = {member: _by_size(own, order) for member, own in containing.items()}
    _check(graph, probabilities, containing)
    everything = _Logs.of(sets, probabilities)
    found = [
        Importance(member, counts[member], *_measures(member, own, everything, probabilities))
        for member, own in containing.items()
    ]
    return tuple(sorted(found, key=_by_probability))


def _counts(cuts: Iterable[Sequence[Sequence[int]]], order: int) -> dict[int, list[int]]:
    """Return in how many cut sets each item is, by their size."""
    found: dict[int, list[int]] = {}
    for cut in cuts:
        size = prod(map(len, cut))
        for group in cut:
            for item in group:
                found.setdefault(item, [0] * order)[len(cut) - 1] += size // len(group)
    return found


def _by_probability(each: Importance) -> tuple[float, float, CIId]:
    assert each.birnbaum is not None  # noqa: S101  # both are given together
    assert each.fussell_vesely is not None  # noqa: S101
    return -each.fussell_vesely, -each.birnbaum, each.ci


def _by_size(sets: Iterable[frozenset[CIId]], order: int) -> tuple[int, ...]:
    sizes = [len(each) for each in sets]
    return tuple(sizes.count(size) for size in range(1, order + 1))


def _check(graph: "ConfigurationGraph", probabilities: Mapping[CIId, object], needed: Iterable[CIId]) -> None:
    for ci in probabilities:
        graph._number(ci)
    problems = [
        f"probability of {ci!r}: must be a number from 0 to 1, not {shown(value)}"
        for ci, value in probabilities.items()
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1
    ]
    problems += [
        f"probability of {ci!r}: is missing, though it is in a cut set; give one, 0 if it never fails"
        for ci in sorted(needed)
        if ci not in probabilities
    ]
    if problems:
        raise DefinitionError(*problems)


class _Logs:
    """
    The logarithm of the probability that none of some sets fails.

    Args:
        finite: The sum for those that may or may not fail.
        certain: How many there are that are sure to fail.
    """

    def __init__(self, finite: float, certain: int) -> None:
        self._finite, self._certain = finite, certain

    @classmethod
    def of(cls, sets: Iterable[Iterable[CIId]], probabilities: Mapping[CIId, float]) -> "_Logs":
        # Sorted, as the product of the same numbers in another order may end in another digit.
        chances = [prod(sorted(probabilities[ci] for ci in each)) for each in sets]
        return cls(fsum(log1p(-each) for each in chances if each < 1), sum(each >= 1 for each in chances))

    def without(self, others: "_Logs") -> float:
        """Return it for the sets that are left when *others* are taken away."""
        return -inf if self._certain > others._certain else min(0.0, self._finite - others._finite)

    @property
    def value(self) -> float:
        return -inf if self._certain else self._finite


def _measures(
    member: CIId, own: Sequence[frozenset[CIId]], everything: _Logs, probabilities: Mapping[CIId, float]
) -> tuple[float, float]:
    """Return Birnbaum's measure and that of Fussell and Vesely."""
    logs = _Logs.of(own, probabilities)
    when_down = _Logs.of((each - {member} for each in own), probabilities)
    birnbaum = -expm1(when_down.value) * exp(everything.without(logs))
    down = -expm1(everything.value)
    return birnbaum, -expm1(logs.value) / down if down else 0.0
