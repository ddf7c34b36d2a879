"""The plugin as it is installed: it makes and tends stores for the schemes ``sqlite`` and ``postgresql``."""

from itsmkit.plugin import Store, StoreMaintenance, hookimpl
from itsmkit_sql._url import address_of
from itsmkit_sql.store import SQLStore

__all__ = ["itsmkit_maintain_store", "itsmkit_make_store"]


@hookimpl
def itsmkit_make_store(url: str) -> Store | None:
    """Return the store that *url* names, or ``None`` if it is for another plugin."""
    return None if address_of(url) is None else SQLStore.open(url)


@hookimpl
def itsmkit_maintain_store(url: str) -> StoreMaintenance | None:
    """Return what tends the database that *url* names, or ``None`` if it is for another plugin."""
    address = address_of(url)
    if address is None:
        return None
    from itsmkit_sql.maintenance import SQLMaintenance  # noqa: PLC0415  # with Alembic, which a desk needs not

    return SQLMaintenance(address)
