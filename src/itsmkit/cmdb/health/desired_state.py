"""Rules of how configuration items are to be."""

from collections.abc import Iterator

from attrs import field, frozen

from itsmkit._checks import is_a, named
from itsmkit._problems import shown
from itsmkit.cmdb.class_model import ANY_CLASS, ClassModel
from itsmkit.cmdb.health.metric import Weight, weight_problems
from itsmkit.conditions import Condition, FactKind, FactSchema, FactType, type_problems
from itsmkit.errors import DefinitionError

__all__ = ["DesiredState", "model_problems"]


@frozen
class DesiredState:
    """
    How the items of a class are to be.

    Args:
        name: What the rule is called; the metric of it has the same name.
        ci_class: Which items it is about: those of this class or one below it; ``"*"`` for all.
        must: What must hold of each, asked of its attributes and its ``id``, ``ci_class`` and ``name``.
        where: Which of these items are meant; by default, all.
        weight: How much its score counts; 0 for a rule that is only listed.

    Raises:
        DefinitionError: With everything that is none of these.
    """

    name: str = field(validator=named)
    ci_class: str = field(validator=named)
    must: Condition
    where: Condition | None = None
    weight: Weight = 1

    def __attrs_post_init__(self) -> None:
        problems = list(weight_problems("weight", self.weight))
        for what, value in (("must", self.must), ("where", self.where)):
            if not is_a(value, Condition) and not (value is None and what == "where"):
                problems.append(
                    f"{what}: must be a condition, such as parse_condition returns, not {shown(value)}"
                )
        if problems:
            raise DefinitionError(*(f"desired state {self.name!r}: {problem}" for problem in problems))


def model_problems(rule: DesiredState, model: ClassModel) -> Iterator[str]:
    """
    List what a rule asks that the items of its class cannot answer: no such class, attribute or value.

    Of a class without any attributes anything can be asked, as its items may have any.
    """
    start = f"desired state {rule.name!r}"
    if rule.ci_class == ANY_CLASS or not model.classes:
        return
    if not model.knows(rule.ci_class):
        yield f"{start}: {model.unknown_class(rule.ci_class)}"
        return
    types = model.attributes_of(rule.ci_class).types
    if not types:
        return
    text = FactType(FactKind.TEXT)
    schema = FactSchema({**types, "id": text, "ci_class": text, "name": text})
    for what, condition in (("where", rule.where), ("must", rule.must)):
        if condition is not None:
            for problem in type_problems(condition, schema, where=what):
                yield f"{start}: {problem}"
