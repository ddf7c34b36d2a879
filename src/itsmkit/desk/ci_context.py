"""All that is known around a configuration item, from the desk and from its plugins."""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property

from attrs import frozen

from itsmkit._frozen import FrozenDict
from itsmkit.cmdb import ConfigurationItem
from itsmkit.desk.connected_tickets import ConnectedTicket
from itsmkit.errors import PluginError
from itsmkit.plugin import CIFacet

__all__ = ["CIContext"]


@frozen(slots=False)
class CIContext:
    """
    A configuration item with what stands beside it.

    Args:
        item: The configuration item.
        at: The instant of the question, in UTC.
        open_tickets: The open tickets that name it or what it depends on, nearest first.
        facets: What plugins tell, by the names of facets; those of one name in the order of asking.
        failures: The plugins that could not answer, each with the problem. What they would have told is
            missing, and nothing else.
    """

    item: ConfigurationItem
    at: datetime
    open_tickets: tuple[ConnectedTicket, ...] = ()
    facets: tuple[CIFacet, ...] = ()
    failures: tuple[PluginError, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether every plugin that was asked has answered."""
        return not self.failures

    @cached_property
    def by_plugin(self) -> Mapping[str, Mapping[str, object]]:
        """What each plugin tells, by its name and the names of the facets."""
        found: dict[str, dict[str, object]] = {}
        for each in self.facets:
            found.setdefault(each.plugin, {})[each.name] = each.value
        return FrozenDict((plugin, FrozenDict(facets)) for plugin, facets in sorted(found.items()))

    def facet(self, name: str) -> Mapping[str, object]:
        """Return what plugins tell under one name, by plugin; empty if none does."""
        return FrozenDict((each.plugin, each.value) for each in self.facets if each.name == name)

    def explain(self) -> str:
        """Return it as text: a line for each facet, open ticket and failure."""
        return "\n".join(
            [
                f"{self.item.id} ({self.item.ci_class}): {self.item.name}",
                *map(str, self.facets),
                *(f"open: {each}" for each in self.open_tickets),
                *(f"missing: {each}" for each in self.failures),
            ]
        )
