"""What a configuration item says of itself, as facets beside those of plugins."""

from collections.abc import Mapping

from itsmkit.cmdb import ConfigurationItem
from itsmkit.plugin import hookimpl

__all__ = ["ItemFacets"]


class ItemFacets:
    """
    The built-in plugin ``configuration``: facets from the attributes that the standard class model has.

    ``health`` is told as ``"health"``, ``metrics_reference`` among the ``"metrics"``, and ``runbook`` among
    the ``"runbooks"``; an attribute that is not there tells nothing.
    """

    __name__ = "configuration"

    @hookimpl
    def itsmkit_ci_facets(self, ci: ConfigurationItem) -> Mapping[str, object]:
        """Return the facets of *ci* that its attributes hold."""
        health, metrics, runbook = map(ci.attributes.get, ("health", "metrics_reference", "runbook"))
        told = {"health": health, "metrics": metrics and [metrics], "runbooks": runbook and [runbook]}
        return {name: value for name, value in told.items() if value}
