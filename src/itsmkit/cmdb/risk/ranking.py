"""Which configuration items the services rest on most."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from math import isfinite
from typing import TYPE_CHECKING

from attrs import frozen

from itsmkit._figures import plural
from itsmkit._problems import shown
from itsmkit.cmdb.class_model import SERVICE
from itsmkit.cmdb.configuration_item import CIId, ConfigurationItem
from itsmkit.cmdb.risk._question import cone_above, goal_of, single_failures
from itsmkit.errors import DefinitionError

if TYPE_CHECKING:
    from itsmkit.cmdb.graph import ConfigurationGraph

__all__ = ["Risk", "risk_ranking"]

Weight = int | Fraction


@frozen
class Risk:
    """
    A single point of failure of services.

    Args:
        ci: The configuration item.
        score: The weight of all services that it takes down by failing alone.
        services: These services, the heaviest first, then by id.
    """

    ci: CIId
    score: Weight
    services: tuple[CIId, ...]

    def __str__(self) -> str:
        return f"{self.ci}: {self.score}, takes down {plural(len(self.services), 'service')}"

    def explain(self) -> str:
        """Return it as text, with the services by name."""
        return f"{self}: {', '.join(self.services)}"


def risk_ranking(
    graph: "ConfigurationGraph",
    services: Iterable[CIId] | None = None,
    weights: Mapping[CIId, Weight | str] | None = None,
) -> tuple[Risk, ...]:
    """
    Return the single points of failure of all services, with the weight of what each takes down.

    Failures are tried 4096 at a time, for all services together: the cost is that of the relations above
    some service, times the items there divided by some thousands.

    Args:
        graph: The graph.
        services: What must not go down; by default, all items whose class has the facet ``service``.
        weights: How much each counts: a whole number, a `Fraction`, a `Decimal`, or text such as ``"2.5"``; 0
            or more. A float counts if it is whole. By default, for one that is not named too, what its
            attribute ``weight`` says, or else 1.

    Returns:
        The highest score first; equal ones by id. A service is not listed for taking itself down.

    Raises:
        UnknownItemError: If an id is not in the graph.
        DefinitionError: With every weight that is none; if *services* is one text.

    Example:
        >>> from itsmkit.cmdb import ConfigurationGraph, ConfigurationItem, Relation
        >>> graph = ConfigurationGraph(
        ...     [
        ...         ConfigurationItem("shop", "service", "Shop", {"weight": 5}),
        ...         ConfigurationItem("mail", "service", "Mail"),
        ...         ConfigurationItem("db", "server", "Database"),
        ...         ConfigurationItem("san", "storage", "Storage"),
        ...     ],
        ...     [
        ...         Relation("shop", "depends_on", "db"),
        ...         Relation("db", "depends_on", "san"),
        ...         Relation("mail", "depends_on", "san"),
        ...     ],
        ... )
        >>> for each in risk_ranking(graph):
        ...     print(each.explain())
        san: 6, takes down 2 services: shop, mail
        db: 5, takes down 1 service: shop
    """
    if isinstance(services, str):
        problem = f"services: one id stands where several are asked for: {services!r}; write [{services!r}]"
        raise DefinitionError(problem)
    asked = dict.fromkeys(_services(graph) if services is None else services)
    goals = {goal_of(graph, ci, None): ci for ci in asked}
    weight_of = _weights(graph, asked, weights or {})
    taken: dict[int, list[CIId]] = {}
    for goal, items in single_failures(cone_above(graph, goals), goals):
        service = goals[goal]
        for item in items:
            if item != goal:  # the literal that an item is at the worst level has its number
                taken.setdefault(item, []).append(service)
    found = []
    for item, down in taken.items():
        (ci,) = graph._ids([item])
        score = sum((weight_of[service] for service in down), start=Fraction())
        found.append(Risk(ci, _plain(score), tuple(sorted(down, key=lambda each: (-weight_of[each], each)))))
    return tuple(sorted(found, key=lambda each: (-each.score, each.ci)))


def _services(graph: "ConfigurationGraph") -> Iterator[CIId]:
    facets_of = graph.model.facets_of
    has_it = {name: SERVICE in facets_of(name) for name in {item.ci_class for item in graph.items}}
    return (item.id for item in graph.items if has_it[item.ci_class])


def _weights(
    graph: "ConfigurationGraph", services: Iterable[CIId], given: Mapping[CIId, object]
) -> dict[CIId, Fraction]:
    found: dict[CIId, Fraction] = {}
    problems = []
    for ci in [*services, *(ci for ci in given if ci not in services)]:
        item: ConfigurationItem = graph.item(ci)
        value = given.get(ci, item.attributes.get("weight", 1))
        weight = _weight(value)
        if weight is None:
            where = "weights" if ci in given else "attribute 'weight'"
            problems.append(
                f"{where} of {ci!r}: must be a whole number, a fraction or text such as '2.5', 0 or more, "
                f"not {shown(value)}{_way_out(value)}"
            )
        else:
            found[ci] = weight
    if problems:
        raise DefinitionError(*problems)
    return found


def _weight(value: object) -> Fraction | None:
    if isinstance(value, bool) or not isinstance(value, int | str | Fraction | Decimal | float):
        return None
    if isinstance(value, float) and not value.is_integer():
        return None
    try:
        weight = Fraction(value)
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
    return weight if weight >= 0 else None


def _way_out(value: object) -> str:
    is_part = isinstance(value, float) and value > 0 and isfinite(value)
    return f"; a float is not exact, write '{value}'" if is_part else ""


def _plain(score: Fraction) -> Weight:
    return score.numerator if score.denominator == 1 else score
