"""
Class models as plain mappings, for TOML and JSON.

.. code-block:: toml

    extends = "standard"           # the standard class model; left out, only its relation types are there
    replacing = ["printer"]        # what of it is said anew

    [[facets]]
    name = "rented"
    attributes = { landlord = "text", rent_ends = "instant" }

    [[relation_types]]
    name = "cooled_by"
    inverse = "cools"
    flow = "reverse"               # from target to source; or impact, both, none
    effect = "at most degraded"    # same, if left out; none; or { down = "degraded" }

    [[classes]]
    name = "cooling unit"
    parent = "device"
    facets = ["rented"]
    attributes = { kw = "number", medium = { kind = "text", choices = ["air", "water"] } }
    required = ["kw"]
    identifiers = [["serial_number"]]
    stale_after = "90d"

    [[classes]]
    name = "printer"
    parent = "device"
    leaf = true

    [[allowed]]                    # several classes on a side stand for each pair of them
    source = ["rack", "room"]
    type = "cooled_by"
    target = "cooling unit"
    at_most_targets = 2

What is allowed without a cardinality may be a sentence: ``allowed = ["rack cooled_by cooling unit"]``. TOML
has a list written in one way only: sentences and inline tables between brackets, or ``[[allowed]]``.
"""

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from attrs import fields, frozen

from itsmkit._documents import load_document, unstructure
from itsmkit._packaged import packaged
from itsmkit._problems import close_to
from itsmkit.cmdb._plain_forms import FORMS, read, sentence_table, short_form
from itsmkit.cmdb.class_model import AllowedRelation, CIClass, ClassModel, Facet, ImpactRule
from itsmkit.cmdb.relation import STANDARD_RELATION_TYPES, RelationType
from itsmkit.errors import DefinitionError

__all__ = [
    "STANDARD",
    "class_model_from",
    "class_model_to_mapping",
    "load_class_model",
    "standard_class_model",
]

STANDARD = "standard"
"""What a document calls the standard class model."""

_ONLY_TYPES = ClassModel(relation_types=STANDARD_RELATION_TYPES)

_BOUNDS = ("at_least_targets", "at_most_targets", "at_least_sources", "at_most_sources")


@cache
def standard_class_model() -> ClassModel:
    """
    Return the class model to start with: what most desks have, in the words of ITIL 4. It is read once.

    Its classes, facets and relation types are those of the file ``standard_model.toml``, which is an example
    to copy too. That they are these is our choice.

    >>> standard_class_model().lineage("virtual machine")
    ('virtual machine', 'host')
    """
    import tomllib  # noqa: PLC0415  # only who asks for it pays for it

    text = packaged("itsmkit.cmdb", "standard_model.toml").decode()
    return class_model_from(tomllib.loads(text), where="standard_model.toml")


@frozen(kw_only=True)
class _AllowedTable:
    source: tuple[str, ...]
    type: str
    target: tuple[str, ...]
    at_least_targets: int = 0
    at_most_targets: int | None = None
    at_least_sources: int = 0
    at_most_sources: int | None = None

    def __attrs_post_init__(self) -> None:
        problems = [
            f"{end}: at least one class is needed" for end in ("source", "target") if not getattr(self, end)
        ]
        if problems:
            raise DefinitionError(*problems)
        list(self.relations())  # they check themselves

    def relations(self) -> Iterator[AllowedRelation]:
        bounds: dict[str, Any] = {name: getattr(self, name) for name in _BOUNDS}
        for source, target in product(self.source, self.target):
            yield AllowedRelation(source, self.type, target, **bounds)


@frozen(kw_only=True)
class _ModelTable:
    extends: str | None = None
    replacing: tuple[str, ...] = ()
    standard_relation_types: bool = True
    facets: tuple[Facet, ...] = ()
    relation_types: tuple[RelationType, ...] = ()
    classes: tuple[CIClass, ...] = ()
    allowed: tuple[_AllowedTable, ...] = ()


def class_model_from(document: object, *, where: str = "") -> ClassModel:
    """
    Return the class model that *document* describes: the inverse of `class_model_to_mapping`.

    Args:
        document: The text ``"standard"``; or a mapping of plain data, such as TOML and JSON are read into.
        where: The path of *document* in what it was taken from, which then starts every problem's path.

    Raises:
        DefinitionError: With every problem, and where it stands.

    >>> class_model_from({"classes": [{"name": "host", "paren": "device"}], "allowed": ["host runs_on"]})
    Traceback (most recent call last):
        ...
    itsmkit.errors.DefinitionError: 2 problems:
    - classes[0].paren: is not known here; did you mean parent?
    - allowed[0]: must read as source, relation type and target, such as 'web runs_on host', not ...
    """
    if document == STANDARD:
        return standard_class_model()
    problems: list[str] = []
    plain, sentences = _parted(document)
    table = read(_ModelTable, plain, where, problems)
    base = _base(plain, where, problems)
    types = {*(each.name for each in base.relation_types), *_own_types(plain)}
    allowed = [
        relation
        for number, each in enumerate(sentences)
        for relation in _allowed(each, types, f"{_below(where, 'allowed')}[{number}]", problems)
    ]
    if table is None or problems:
        raise DefinitionError(*problems)
    try:
        return base.extended(
            classes=table.classes,
            relation_types=table.relation_types,
            facets=table.facets,
            allowed=allowed,
            replacing=table.replacing,
        )
    except DefinitionError as error:
        if not where:
            raise
        raise DefinitionError(*(f"{where}: {problem}" for problem in error.problems)) from None


def load_class_model(path: str | Path) -> ClassModel:
    """
    Return the class model that a file describes.

    Args:
        path: A JSON file if its name ends in ``.json``, otherwise a TOML file; in UTF-8.

    Raises:
        DefinitionError: If the file cannot be read, or is not what its name says; with every problem, if it
            is no class model.
    """
    document = load_document(path)
    try:
        return class_model_from(document)
    except DefinitionError as error:
        raise DefinitionError(*(f"{Path(path).name}: {problem}" for problem in error.problems)) from None


def class_model_to_mapping(model: ClassModel) -> dict[str, Any]:
    """
    Return *model* as plain data that TOML and JSON can hold: the inverse of `class_model_from`.

    Of a model that extends the standard one, only what it adds and replaces is written.

    >>> class_model_to_mapping(standard_class_model())
    {'extends': 'standard'}
    """
    for plain, base in (
        ({"extends": STANDARD}, standard_class_model()),
        ({}, _ONLY_TYPES),
    ):
        written = _written(model, base)
        if written is not None:
            return {**plain, **written}
    return {"standard_relation_types": False, **(_written(model, ClassModel()) or {})}


def _written(model: ClassModel, base: ClassModel) -> dict[str, Any] | None:
    """Return what makes *model* of *base*, or ``None`` if that does not have all the same names before."""
    types = frozenset(each.name for each in model.relation_types)
    replacing: list[str] = []
    added: dict[str, list[Any]] = {}
    for part in ("facets", "relation_types", "classes", "allowed"):
        name = str if part == "allowed" else _name
        old, new = getattr(base, part), getattr(model, part)
        if list(map(name, old)) != list(map(name, new[: len(old)])):
            return None
        changed = [each for before, each in zip(old, new, strict=False) if before != each]
        replacing += [name(each) for each in changed]
        added[part] = [_part_to_plain(each, types) for each in (*changed, *new[len(old) :])]
    plain = {"replacing": list(dict.fromkeys(replacing)), **added}
    return {key: value for key, value in plain.items() if value}


def _name(part: Any) -> str:
    return str(part.name)


def _part_to_plain(
    part: Facet | RelationType | CIClass | AllowedRelation | ImpactRule, types: Collection[str]
) -> object:
    if isinstance(part, AllowedRelation):
        return _allowed_to_plain(part, types)
    plain = unstructure(part, forms=FORMS)
    defaults = {each.name: each.default for each in fields(type(part))}
    short = {key: value for key, value in plain.items() if getattr(part, key) != defaults[key]}
    if isinstance(part, CIClass) and part.impact_rules:
        short["impact_rules"] = [_part_to_plain(each, types) for each in part.impact_rules]
    return short


def _allowed_to_plain(allowed: AllowedRelation, types: Collection[str]) -> object:
    """Return a sentence if it says it all, and reads as nothing else; a table otherwise."""
    plain = {"source": allowed.source, "type": allowed.relation_type, "target": allowed.target}
    bounds = {name: bound for name in _BOUNDS if (bound := getattr(allowed, name))}
    return short_form({**plain, **bounds}, types)


def _parted(document: object) -> tuple[object, list[object]]:
    """Return *document* without what it allows, and that, which may be sentences, for itself."""
    if not isinstance(document, Mapping) or not isinstance(document.get("allowed"), list | tuple):
        return document, []
    return {key: value for key, value in document.items() if key != "allowed"}, list(document["allowed"])


def _base(plain: object, where: str, problems: list[str]) -> ClassModel:
    """Return what a document starts from."""
    named = plain if isinstance(plain, Mapping) else {}
    extends = named.get("extends")
    if extends == STANDARD:
        if named.get("standard_relation_types") is False:
            path = _below(where, "standard_relation_types")
            problems.append(f"{path}: the standard class model has them; leave it out, or extends")
        return standard_class_model()
    if isinstance(extends, str):
        hint = close_to(extends, [STANDARD])
        problems.append(f"{_below(where, 'extends')}: no class model {extends!r}; {hint}")
    return ClassModel() if named.get("standard_relation_types") is False else _ONLY_TYPES


def _own_types(plain: object) -> Iterator[str]:
    own = plain.get("relation_types") if isinstance(plain, Mapping) else None
    for each in own if isinstance(own, list | tuple) else ():
        if isinstance(each, Mapping) and isinstance(each.get("name"), str):
            yield each["name"]


def _allowed(
    plain: object, types: Collection[str], path: str, problems: list[str]
) -> tuple[AllowedRelation, ...]:
    try:
        plain = sentence_table(plain, types)
    except DefinitionError as error:
        problems += [f"{path}: {problem}" for problem in error.problems]
        return ()
    if isinstance(plain, Mapping):
        plain = {
            key: [value] if key in {"source", "target"} and isinstance(value, str) else value
            for key, value in plain.items()
        }
    table = read(_AllowedTable, plain, path, problems)
    return () if table is None else tuple(table.relations())


def _below(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key
