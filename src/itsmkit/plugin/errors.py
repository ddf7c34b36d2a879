"""
What goes wrong with plugins.

.. code-block:: text

    ItsmkitError
    ├── PluginError                      of `itsmkit.errors`: names plugin and hook; the cause is chained
    └── RefusedError
        ├── NoConfigurationStoreError    the store keeps tickets, but no configuration
        └── NoStagingStoreError          it keeps a configuration, but not what sources say of it

    UserWarning
    └── PluginWarning   a plugin that nobody asked for by name is not used, or a name means nothing
"""

from itsmkit.errors import PluginError, RefusedError

__all__ = ["NoConfigurationStoreError", "NoStagingStoreError", "PluginError", "PluginWarning"]


class _LackingStoreError(RefusedError):
    """
    The store of the desk was made for an earlier hook contract.

    Args:
        store: What the store is called: the name of its type.
    """

    what = method = since = ""

    def __init__(self, store: str) -> None:
        super().__init__(
            f"the store {store} keeps no {self.what}: it lacks {self.method}; "
            f"use one for the hook contract {self.since} or later"
        )
        self.args = (store,)
        self.store = store


class NoConfigurationStoreError(_LackingStoreError):
    """The store of the desk keeps no configuration, because it was made for the hook contract 1.0."""

    what, method, since = "configuration", "configuration_events", "1.1"


class NoStagingStoreError(_LackingStoreError):
    """The store keeps nothing of what sources say, because it was made for a hook contract before 1.2."""

    what, method, since = "staging area", "staging", "1.2"


class PluginWarning(UserWarning):
    """An installed plugin is not used, or a list of plugins names one that is not there."""
