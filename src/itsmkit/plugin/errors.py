"""
What goes wrong with plugins.

.. code-block:: text

    ItsmkitError
    ├── PluginError                  of `itsmkit.errors`: names plugin and hook; the cause is chained
    ├── DamagedStoreError            something that a store keeps is no longer what was written
    └── DefinitionError
        └── IncompleteStoreError     a store was made for an earlier hook contract, or is none

    UserWarning
    └── PluginWarning   a plugin that nobody asked for by name is not used, or a name means nothing
"""

from collections.abc import Iterable

from itsmkit.errors import DefinitionError, ItsmkitError, PluginError

__all__ = ["DamagedStoreError", "IncompleteStoreError", "PluginError", "PluginWarning"]


class DamagedStoreError(ItsmkitError):
    """
    Something that a store keeps is no longer what was written, and cannot be read; the rest may be.

    A store raises it, or an error of its own that is one, and names what is damaged. So who verifies a store
    can tell that from a store that does not answer.
    """


class IncompleteStoreError(DefinitionError):
    """
    A desk was to work on something that does not do what a store does.

    Args:
        store: What it is called: the name of its type.
        lacking: The members of `itsmkit.plugin.Store` that it lacks.
        contract: The version of the hook contract that asks for them.
    """

    def __init__(self, store: str, lacking: Iterable[str], contract: str) -> None:
        self.store = store
        self.lacking = tuple(lacking)
        self.contract = contract
        super().__init__(
            f"a desk cannot work on the store {store}: it lacks {', '.join(self.lacking)}; use one for the "
            f"hook contract {contract}, perhaps by an upgrade of the plugin that it comes from"
        )
        self.args = (store, self.lacking, contract)


class PluginWarning(UserWarning):
    """An installed plugin is not used, or a list of plugins names one that is not there."""
