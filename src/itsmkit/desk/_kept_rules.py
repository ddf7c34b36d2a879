"""The rules of a desk that its store keeps: looked for whenever a desk is built."""

from collections.abc import Mapping
from typing import Any

from itsmkit.desk._rules import Rules
from itsmkit.desk.config import DeskConfig
from itsmkit.errors import DefinitionError
from itsmkit.plugin import Record, Store

__all__ = ["ID", "KIND", "kept", "kept_rules", "loaded", "rules_of"]

KIND, ID = "desk-configuration", "desk"
"""The one record that holds them."""


def kept_rules(store: Store) -> Rules | None:
    """
    Return the rules that *store* keeps for a desk, or ``None`` if it keeps none.

    Raises:
        DefinitionError: If they cannot be read.
    """
    found = kept(store)
    return None if found is None else Rules(rules_of(found), found.version)


def kept(store: Store) -> Record | None:
    """Return the record of the configuration: all that is asked for again and again, without its history."""
    found = store.records(KIND, limit=1)
    return found[0] if found else None


def rules_of(record: Record) -> DeskConfig:
    """Return the rules in a record of the configuration. Raises `DefinitionError` if they cannot be read."""
    from itsmkit.desk._plain_rules import plain_of  # noqa: PLC0415  # many a store keeps none

    text: Any = record.document["configuration"]
    return loaded(plain_of(text), f"version {record.version} of the kept configuration")


def loaded(plain: Mapping[str, Any], where: str) -> DeskConfig:
    """Return the rules that tables describe; what is wrong with them is told of *where*."""
    try:
        return DeskConfig.load(plain)
    except DefinitionError as error:
        told = (problem.removeprefix("the configuration: ") for problem in error.problems)
        raise DefinitionError(*(f"{where}: {problem}" for problem in told)) from None
