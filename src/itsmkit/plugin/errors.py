"""
What goes wrong with plugins.

.. code-block:: text

    ItsmkitError
    ├── PluginError                      of `itsmkit.errors`: names plugin and hook; the cause is chained
    └── RefusedError
        └── NoConfigurationStoreError    the store keeps tickets, but no configuration

    UserWarning
    └── PluginWarning   a plugin that nobody asked for by name is not used, or a name means nothing
"""

from itsmkit.errors import PluginError, RefusedError

__all__ = ["NoConfigurationStoreError", "PluginError", "PluginWarning"]


class NoConfigurationStoreError(RefusedError):
    """
    The store of the desk keeps no configuration, because it was made for the hook contract 1.0.

    Args:
        store: What the store is called: the name of its type.
    """

    def __init__(self, store: str) -> None:
        super().__init__(
            f"the store {store} keeps no configuration: it lacks configuration_events; "
            "use one for the hook contract 1.1 or later"
        )
        self.args = (store,)
        self.store = store


class PluginWarning(UserWarning):
    """An installed plugin is not used, or a list of plugins names one that is not there."""
