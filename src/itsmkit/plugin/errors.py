"""
What goes wrong with plugins.

.. code-block:: text

    ItsmkitError
    └── PluginError     of `itsmkit.errors`: names the plugin and the hook; the cause is chained

    UserWarning
    └── PluginWarning   a plugin that nobody asked for by name is not used, or a name means nothing
"""

from itsmkit.errors import PluginError

__all__ = ["PluginError", "PluginWarning"]


class PluginWarning(UserWarning):
    """An installed plugin is not used, or a list of plugins names one that is not there."""
