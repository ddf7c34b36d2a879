"""The plugin as it is installed: the maker of stores for the schemes ``sqlite`` and ``postgresql``."""

from itsmkit.plugin import Store, hookimpl
from itsmkit_sql._url import address_of
from itsmkit_sql.store import SQLStore

__all__ = ["itsmkit_make_store"]


@hookimpl
def itsmkit_make_store(url: str) -> Store | None:
    """Return the store that *url* names, or ``None`` if it is for another plugin."""
    return None if address_of(url) is None else SQLStore.open(url)
