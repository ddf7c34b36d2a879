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
        text: The value as text. It is made with the facet, so that a value that cannot be told is a failure
            of its plugin, and never of who reads it.

    Raises:
        DefinitionError: If *name* or *plugin* is empty or has spaces around it.
        Exception: Whatever the value raises when it is asked for its text.
    """

    name: str = field(validator=named)
    plugin: str = field(validator=named)
    value: object = field(converter=deeply_frozen)
    text: str = field(init=False, eq=False, repr=False)

    @text.default
    def _told(self) -> str:
        return str(self.value)

    def __str__(self) -> str:
        return f"{self.name}: {self.text} ({self.plugin})"
