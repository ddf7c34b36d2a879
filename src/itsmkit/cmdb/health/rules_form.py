"""
Rules of health as plain mappings, for TOML and JSON.

.. code-block:: toml

    least_confidence = "1/2"       # how much the best source of a thing must be believed; a half, if left out

    [weights]                      # how much each metric counts: 1 if left out, and 0 for those of use
    recommended_attributes = "1/2"

    [[desired_states]]
    name = "production is supported"
    class = "host"                 # and all below it; or "*"
    where = 'environment = "production"'
    must = "support_group is present"
    weight = 2

    [[sources]]
    source = "discovery"           # or "*", for all that are not named
    initial = "9/10"
    half_life = "30d"

Conditions are text or tables, as everywhere. Fractions are text.
"""

from collections.abc import Mapping
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

from attrs import frozen

from itsmkit._documents import Form, load_document
from itsmkit._frozen import EMPTY
from itsmkit.cmdb._plain_forms import FORMS, PlainWeight, read, read_with_class
from itsmkit.cmdb.health.confidence import SourceConfidence
from itsmkit.cmdb.health.desired_state import DesiredState
from itsmkit.cmdb.health.rules import HealthRules
from itsmkit.conditions import Condition, condition_from, to_mapping
from itsmkit.errors import DefinitionError

__all__ = ["health_rules_from", "load_health_rules"]

_FORMS = (*FORMS, Form(Condition, condition_from, to_mapping))


@frozen(kw_only=True)
class _DesiredStateTable:
    name: str
    ci_class: str
    must: Condition
    where: Condition | None = None
    weight: PlainWeight = 1  # type: ignore[assignment]  # it stands for a number

    def __attrs_post_init__(self) -> None:
        self.value()  # it checks itself

    def value(self) -> DesiredState:
        return DesiredState(self.name, self.ci_class, self.must, self.where, self.weight)  # type: ignore[arg-type]


@frozen(kw_only=True)
class _SourceTable:
    source: str
    initial: PlainWeight
    half_life: timedelta

    def __attrs_post_init__(self) -> None:
        self.value()  # it checks itself

    def value(self) -> SourceConfidence:
        return SourceConfidence(self.source, self.initial, self.half_life)  # type: ignore[arg-type]


@frozen(kw_only=True)
class _RulesTable:
    """The keys of a document. What stands in its lists is read one by one."""

    least_confidence: PlainWeight = Fraction(1, 2)  # type: ignore[assignment]  # as above
    weights: Mapping[str, PlainWeight] = EMPTY
    desired_states: tuple[Any, ...] = ()
    sources: tuple[Any, ...] = ()


def health_rules_from(document: object, *, where: str = "") -> HealthRules:
    """
    Return the rules that *document* describes.

    Args:
        document: A mapping of plain data, such as TOML and JSON are read into.
        where: The path of *document* in what it was taken from, which then starts every problem's path.

    Raises:
        DefinitionError: With every problem, and where it stands.

    >>> health_rules_from(
    ...     {"weights": {"orphan": 2}, "desired_states": [{"name": "named", "must": "name is present"}]}
    ... )
    Traceback (most recent call last):
        ...
    itsmkit.errors.DefinitionError: 2 problems:
    - desired_states[0].class: is missing
    - weights.orphan: no such metric; did you mean 'orphans'?
    """
    problems: list[str] = []
    table = read(_RulesTable, document, where, problems)
    if table is None:
        table = _lists_of(document)

    def path(key: str, number: int) -> str:
        return f"{where}.{key}[{number}]" if where else f"{key}[{number}]"

    states = [
        read_with_class(_DesiredStateTable, row, path("desired_states", number), problems, forms=_FORMS)
        for number, row in enumerate(table.desired_states)
    ]
    sources = [
        read(_SourceTable, row, path("sources", number), problems) for number, row in enumerate(table.sources)
    ]
    try:
        rules = HealthRules(
            [each.value() for each in states if each is not None],
            [each.value() for each in sources if each is not None],
            table.least_confidence,  # type: ignore[arg-type]  # both hold numbers
            table.weights,
        )
    except DefinitionError as error:
        wrong = [f"{where}.{problem}" if where else problem for problem in error.problems]
        raise DefinitionError(*problems, *wrong) from None
    if problems:
        raise DefinitionError(*problems)
    return rules


def load_health_rules(path: str | Path) -> HealthRules:
    """
    Return the rules that a file describes.

    Args:
        path: A JSON file if its name ends in ``.json``, otherwise a TOML file; in UTF-8.

    Raises:
        DefinitionError: If the file cannot be read, or is not what its name says; with every problem, each
            with the name of the file and its path, if it holds no such rules.
    """
    document = load_document(path)
    try:
        return health_rules_from(document)
    except DefinitionError as error:
        raise DefinitionError(*(f"{Path(path).name}: {problem}" for problem in error.problems)) from None


def _lists_of(document: object) -> _RulesTable:
    """Return what can be read of a document of which something cannot, so that all of it is told."""
    given = document if isinstance(document, Mapping) else {}
    lists = {
        key: tuple(value)
        for key in ("desired_states", "sources")
        if isinstance(value := given.get(key), list | tuple)
    }
    return _RulesTable(desired_states=lists.get("desired_states", ()), sources=lists.get("sources", ()))
