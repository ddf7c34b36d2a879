"""What a service is made of, as the configuration management system knows it."""

from collections.abc import Mapping
from typing import NewType

from attrs import field, frozen

from itsmkit._checks import named
from itsmkit._frozen import EMPTY
from itsmkit.cmdb._attributes import lasting

__all__ = ["CIId", "ConfigurationItem"]

CIId = NewType("CIId", str)


@frozen
class ConfigurationItem:
    """
    A component that needs to be managed in order to deliver a service.

    Args:
        id: The key; unique in a graph.
        ci_class: The class that it belongs to, such as ``"server"``.
        name: What people call it.
        attributes: What else is known of it, by name. Lists, sets and mappings are kept as tuples, frozen
            sets and read-only mappings.

    Raises:
        DefinitionError: If *id*, *ci_class* or *name* is empty or has spaces around it, or an attribute can
            change, as a ``bytearray`` can.

    Source:
        ITIL 4, practice "service configuration management".
    """

    id: CIId = field(validator=named)  # type: ignore[assignment]  # attrs takes the type of the validator
    ci_class: str = field(validator=named)
    name: str = field(validator=named)
    attributes: Mapping[str, object] = field(default=EMPTY, converter=lasting)

    def __str__(self) -> str:
        return self.id
