"""
Rules of reconciliation as plain mappings, for TOML and JSON.

.. code-block:: toml

    placeholders = ["n/a", "none"]     # what identifies nothing; left out, a list of what is well known

    [[identification]]                 # left out of a class, the identifiers of the class model hold
    class = "host"                     # and those below it; "*" for those of which nothing else is said
    entries = [
        ["serial_number"],             # the surest first
        { lookup = "network adapter", lookup_attributes = ["mac"] },
        { attributes = ["name"], parent = "contained_in" },
        { attributes = ["name"], within_source = true },   # of one source too, whose keys say otherwise
    ]

    [[precedence]]
    class = "host"                     # "*", if left out
    attributes = ["ram_gb"]            # all of which no other rule says anything, if left out
    sources = ["scanner", "netbox", "*"]
    valid_for = "7d"                   # how long a record is fresh; for ever, if left out

    [[sources]]
    source = "scanner"
    may_not_create = ["*"]
    when_stale = "retire"              # or keep (if left out), ignore, delete
    retention = "30d"
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from attrs import frozen

from itsmkit._documents import load_document, unstructure
from itsmkit.cmdb._plain_forms import read, read_with_class
from itsmkit.cmdb.class_model import ANY_CLASS
from itsmkit.cmdb.reconciliation.rules import (
    PLACEHOLDERS,
    IdentificationRule,
    IdentifierEntry,
    PrecedenceRule,
    ReconciliationRules,
    SourcePolicy,
)
from itsmkit.errors import DefinitionError

__all__ = ["load_reconciliation_rules", "reconciliation_rules_from", "reconciliation_rules_to_mapping"]

T = TypeVar("T")


@frozen(kw_only=True)
class _IdentificationTable:
    entries: tuple[Any, ...]
    ci_class: str = ANY_CLASS


@frozen(kw_only=True)
class _PrecedenceTable:
    sources: tuple[str, ...]
    ci_class: str = ANY_CLASS
    attributes: tuple[str, ...] = ()
    valid_for: timedelta | None = None


@frozen(kw_only=True)
class _RulesTable:
    """The keys of a document. What stands in its lists is read one by one."""

    identification: tuple[Any, ...] = ()
    precedence: tuple[Any, ...] = ()
    sources: tuple[Any, ...] = ()
    placeholders: tuple[str, ...] = PLACEHOLDERS


def reconciliation_rules_from(document: object, *, where: str = "") -> ReconciliationRules:
    """
    Return the rules that *document* describes: the inverse of `reconciliation_rules_to_mapping`.

    Args:
        document: A mapping of plain data, such as TOML and JSON are read into.
        where: The path of *document* in what it was taken from, which then starts every problem's path.

    Raises:
        DefinitionError: With every problem and its path.

    >>> reconciliation_rules_from(
    ...     {
    ...         "identification": [{"entries": [["mac"], {"atributes": ["name"]}]}],
    ...         "precedence": [{"sources": []}],
    ...     }
    ... )
    Traceback (most recent call last):
        ...
    itsmkit.errors.DefinitionError: 2 problems:
    - identification[0].entries[1].atributes: is not known here; did you mean attributes?
    - precedence[0]: sources: at least one is needed
    """
    problems: list[str] = []
    table = read(_RulesTable, document, where, problems)
    if table is None:
        table = _lists_of(document)
    path = f"{where}." if where else ""
    rows: dict[str, list[Any]] = {
        "identification": list(
            _rows(table.identification, f"{path}identification", _identification, problems)
        ),
        "precedence": list(_rows(table.precedence, f"{path}precedence", _precedence, problems)),
        "sources": list(_rows(table.sources, f"{path}sources", _policy, problems)),
    }
    if problems:
        raise DefinitionError(*problems)
    try:
        return ReconciliationRules(**rows, placeholders=table.placeholders)
    except DefinitionError as error:
        raise DefinitionError(*(f"{path}{problem}" for problem in error.problems)) from None


def load_reconciliation_rules(path: str | Path) -> ReconciliationRules:
    """
    Return the rules that a file describes.

    Args:
        path: A JSON file if its name ends in ``.json``, otherwise a TOML file; in UTF-8.

    Raises:
        DefinitionError: If the file cannot be read, or is not what its name says; with every problem, each
            with the name of the file and its path, if it holds no rules.
    """
    document = load_document(path)
    try:
        return reconciliation_rules_from(document)
    except DefinitionError as error:
        raise DefinitionError(*(f"{Path(path).name}: {problem}" for problem in error.problems)) from None


def reconciliation_rules_to_mapping(rules: ReconciliationRules) -> dict[str, Any]:
    """
    Return *rules* as plain data that TOML and JSON can hold: the inverse of `reconciliation_rules_from`.

    >>> rules = ReconciliationRules(
    ...     [IdentificationRule("host", [["serial_number"]])], [PrecedenceRule(["netbox", "*"])]
    ... )
    >>> reconciliation_rules_to_mapping(rules)["identification"]
    [{'class': 'host', 'entries': [['serial_number']]}]
    """
    plain: dict[str, Any] = {
        "identification": [
            {"class": each.ci_class, "entries": list(map(_entry_to_plain, each.entries))}
            for each in rules.identification
        ],
        "precedence": list(map(_precedence_to_plain, rules.precedence)),
        "sources": list(map(_policy_to_plain, rules.sources)),
    }
    written = {key: value for key, value in plain.items() if value}
    if rules.placeholders != PLACEHOLDERS:
        written["placeholders"] = list(rules.placeholders)
    return written


# -- reading -------------------------------------------------------------------------------------------


def _lists_of(document: object) -> _RulesTable:
    """Return what can be read of a document of which something cannot, so that all of it is told."""
    given = document if isinstance(document, Mapping) else {}
    lists = {
        key: tuple(value)
        for key in ("identification", "precedence", "sources")
        if isinstance(value := given.get(key), list | tuple)
    }
    return _RulesTable(**lists)


def _rows(
    rows: tuple[Any, ...],
    path: str,
    one: Callable[[object, str, list[str]], T | None],
    problems: list[str],
) -> Iterator[T]:
    for number, row in enumerate(rows):
        try:
            found = one(row, f"{path}[{number}]", problems)
        except DefinitionError as error:
            # The row is known by its place here, where the value itself goes by the class it is for.
            problems += [f"{path}[{number}]: {each.partition(': ')[2]}" for each in error.problems]
            continue
        if found is not None:
            yield found


def _identification(plain: object, path: str, problems: list[str]) -> IdentificationRule | None:
    table = read_with_class(_IdentificationTable, plain, path, problems)
    if table is None:
        return None
    before = len(problems)
    entries = list(_rows(table.entries, f"{path}.entries", _entry, problems))
    return None if len(problems) > before else IdentificationRule(table.ci_class, entries)


def _entry(plain: object, path: str, problems: list[str]) -> IdentifierEntry | None:
    return read(IdentifierEntry, {"attributes": plain} if isinstance(plain, list) else plain, path, problems)


def _precedence(plain: object, path: str, problems: list[str]) -> PrecedenceRule | None:
    table = read_with_class(_PrecedenceTable, plain, path, problems)
    if table is None:
        return None
    return PrecedenceRule(table.sources, table.ci_class, table.attributes, table.valid_for)


def _policy(plain: object, path: str, problems: list[str]) -> SourcePolicy | None:
    return read(SourcePolicy, plain, path, problems)


# -- writing -------------------------------------------------------------------------------------------


def _entry_to_plain(entry: IdentifierEntry) -> object:
    plain = {name: each for name, each in unstructure(entry).items() if each or each is False}
    return plain["attributes"] if plain.keys() == {"attributes"} else plain


def _precedence_to_plain(rule: PrecedenceRule) -> dict[str, Any]:
    plain = {name: each for name, each in unstructure(rule).items() if each}
    ci_class = plain.pop("ci_class")
    return plain if ci_class == ANY_CLASS else {"class": ci_class, **plain}


def _policy_to_plain(policy: SourcePolicy) -> dict[str, Any]:
    plain = unstructure(policy)
    defaults = unstructure(SourcePolicy(policy.source))
    return {name: each for name, each in plain.items() if name == "source" or each != defaults[name]}
