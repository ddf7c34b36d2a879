"""Documents of earlier schemas as those of the newest."""

from collections.abc import Callable, Sequence
from typing import Any

from itsmkit._problems import shown
from itsmkit.plugin.documents._faults import Fault

__all__ = ["newest"]


def newest(
    document: dict[str, Any], name: str, upgrades: Sequence[Callable[[dict[str, Any]], dict[str, Any]]]
) -> dict[str, Any]:
    """
    Return *document* in the newest schema of its type; raises a `Fault`.

    Args:
        document: What carries a schema, perhaps.
        name: Its type.
        upgrades: What turns schema 1 into 2, 2 into 3 and so on.
    """
    schema, latest = document.get("schema"), len(upgrades) + 1
    if type(schema) is not int or schema < 1:
        told = "is missing" if schema is None else f"must be a whole number of 1 or more, not {shown(schema)}"
        raise Fault.at("schema", told)
    if schema > latest:
        sentence = f"{schema} is newer than {latest}, the newest known here; upgrade itsmkit"
        raise Fault.at("schema", sentence)
    for upgrade in upgrades[schema - 1 :]:
        try:
            document = upgrade(document)
        except (LookupError, TypeError, ValueError) as error:
            sentence = f"cannot be made {schema + 1} of {schema}: {type(error).__name__}: {error}"
            raise Fault.at("schema", sentence) from error
        schema += 1
        document = {**document, "type": name, "schema": schema}
    return document
