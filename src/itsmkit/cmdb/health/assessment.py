"""How healthy the data of a configuration are."""

from collections.abc import Mapping
from itertools import chain

from itsmkit._checks import is_a
from itsmkit._problems import shown
from itsmkit.cmdb.configuration_item import CIId
from itsmkit.cmdb.health._compliance import compliance_measures
from itsmkit.cmdb.health._groups import group_measures
from itsmkit.cmdb.health._items import item_measures
from itsmkit.cmdb.health._measure import Looked, Measure
from itsmkit.cmdb.health._records import record_measures, use_measures
from itsmkit.cmdb.health._relations import relation_measures
from itsmkit.cmdb.health.metric import STANDARD_METRICS, Aspect, Weight
from itsmkit.cmdb.health.report import ClassHealth, HealthReport
from itsmkit.cmdb.health.rules import HealthRules
from itsmkit.cmdb.history.records import RecordKey
from itsmkit.cmdb.history.view import Configuration, ConfigurationView, graph_of
from itsmkit.errors import DefinitionError

__all__ = ["health_of"]

_NO_RULES = HealthRules()


def health_of(
    configuration: Configuration,
    rules: HealthRules = _NO_RULES,
    *,
    used: Mapping[CIId | RecordKey, int] | None = None,
) -> HealthReport:
    """
    Return how healthy the data of a configuration are, and everything that is wrong with them.

    Nothing is left out, and nothing cut: the report holds each thing that fails, with what to do about it.
    The cost is that of all items and relations, and of `itsmkit.cmdb.risk.false_redundancy`.

    Args:
        configuration: A view, which knows when each thing was last seen, and by whom; or a graph, which does
            not, so that nothing in it can be stale or doubtful.
        rules: What is asked beside the class model: desired states, how much sources are believed, weights.
        used: How many times an item, by its id, or a relation, by its `RecordKey`, took part in a decision.
            Left out, use is not judged, and neither are relations if none is named. What is not in the
            configuration does not matter.

    Raises:
        DefinitionError: With everything that is wrong: rules that ask for a class or an attribute that the
            model does not have, numbers of times that are none.

    Example:
        >>> from itsmkit.cmdb import CIClass, ClassModel, ConfigurationGraph, ConfigurationItem
        >>> model = ClassModel([CIClass("host", attributes={"owner": "text"}, recommended=["owner"])])
        >>> graph = ConfigurationGraph(
        ...     [
        ...         ConfigurationItem(CIId("web"), "host", "Web", {"owner": "ann"}),
        ...         ConfigurationItem(CIId("db"), "host", "Database"),
        ...     ],
        ...     model=model,
        ... )
        >>> report = health_of(graph)
        >>> report.metric("recommended_attributes").score
        Fraction(1, 2)
        >>> print(report.metric("recommended_attributes").explain())
        recommended_attributes: 50.0%; 1 of 2 fail
          configuration item db: 'owner' is recommended of class 'host', and missing; fill in
    """
    graph = graph_of(configuration)
    if not is_a(rules, HealthRules):
        problem = f"rules must be HealthRules, such as load_health_rules returns, not {shown(rules)}"
        raise DefinitionError(problem)
    looked = Looked(graph)
    view = configuration if isinstance(configuration, ConfigurationView) else None
    measures = {
        measure.name: measure
        for measure in chain(
            use_measures(looked, used),
            compliance_measures(looked, rules.desired_states),
            item_measures(looked),
            relation_measures(looked),
            group_measures(looked),
            record_measures(looked, view, rules),
        )
    }
    taken: list[tuple[Measure, Aspect, Weight]] = [
        (measures[name], aspect, rules.weight(name)) for name, aspect in STANDARD_METRICS.items()
    ]
    taken += [(measures[each.name], Aspect.COMPLIANCE, each.weight) for each in rules.desired_states]
    classes = sorted(looked.counts)
    by_class = [measure.by_class(aspect, weight, classes) for measure, aspect, weight in taken]
    return HealthReport(
        tuple(measure.metric(aspect, weight) for measure, aspect, weight in taken),
        tuple(
            ClassHealth(name, looked.counts[name], tuple(each[name] for each in by_class)) for name in classes
        ),
        len(graph.items),
        None if view is None else view.valid,
        graph.model,
    )
