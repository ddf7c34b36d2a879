"""What plugins tell of a configuration item."""

from attrs import field, frozen

from itsmkit._checks import named
from itsmkit._frozen import deeply_frozen

__all__ = ["CIFacet"]


@frozen
class CIFacet:
    """
    One side of a configuration item, as one plugin shows it.

    Args:
        name: What it is about, such as ``"health"``, ``"metrics"``, ``"runbooks"`` or ``"upcoming changes"``.
        plugin: The name under which the plugin is registered.
        value: What it says. Lists in it become tuples, and dicts read-only.

    Raises:
        DefinitionError: If *name* or *plugin* is empty or has spaces around it.
    """

    name: str = field(validator=named)
    plugin: str = field(validator=named)
    value: object = field(converter=deeply_frozen)

    def __str__(self) -> str:
        return f"{self.name}: {self.value} ({self.plugin})"
