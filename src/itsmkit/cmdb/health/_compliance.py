"""Whether configuration items are as rules want them to be."""

from collections.abc import Iterable, Iterator

from itsmkit.cmdb.class_model import ANY_CLASS
from itsmkit.cmdb.health._measure import Looked, Measure
from itsmkit.cmdb.health.desired_state import DesiredState, model_problems
from itsmkit.cmdb.health.findings import NotAsDesired
from itsmkit.cmdb.history.records import RecordKey
from itsmkit.cmdb.history.view import facts_of
from itsmkit.conditions import ALWAYS, compile_condition
from itsmkit.errors import DefinitionError

__all__ = ["compliance_measures"]


def compliance_measures(looked: Looked, rules: Iterable[DesiredState]) -> Iterator[Measure]:
    """
    Take the metric of each rule.

    Raises:
        DefinitionError: With everything that the rules ask, and the items of their classes cannot answer.
    """
    rules = tuple(rules)
    problems = [problem for rule in rules for problem in model_problems(rule, looked.model)]
    if problems:
        raise DefinitionError(*problems)
    for rule in rules:
        yield _compliance(looked, rule)


def _compliance(looked: Looked, rule: DesiredState) -> Measure:
    measure = Measure(rule.name)
    meant = compile_condition(ALWAYS if rule.where is None else rule.where)
    must = compile_condition(rule.must)
    kinds = {c for c in looked.counts if rule.ci_class == ANY_CLASS or looked.model.is_a(c, rule.ci_class)}
    for item in looked.items:
        if item.ci_class in kinds:
            facts = facts_of(item)
            if meant(facts):
                measure.eligible[item.ci_class] += 1
                if not must(facts):
                    finding = NotAsDesired(item, rule.name, rule.must)
                    measure.fail(RecordKey("item", (item.id,)), item.ci_class, finding)
    return measure
