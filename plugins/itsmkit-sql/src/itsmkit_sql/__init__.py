"""
An itsmkit plugin that keeps a desk in SQLite or PostgreSQL.

Installed, it takes the URLs ``sqlite:///desk.db`` and ``postgresql+psycopg://…`` wherever a desk is given a
store.
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
    from itsmkit_sql._schema import metadata
    from itsmkit_sql.asynchronous import AsyncDesk
    from itsmkit_sql.companions import Companion, Wake
    from itsmkit_sql.errors import ConcurrentUnitError, DamagedRowError, DatabaseError, SchemaError
    from itsmkit_sql.store import SQLStore
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit_sql._schema": ("metadata",),
            "itsmkit_sql.asynchronous": ("AsyncDesk",),
            "itsmkit_sql.companions": ("Companion", "Wake"),
            "itsmkit_sql.errors": ("ConcurrentUnitError", "DamagedRowError", "DatabaseError", "SchemaError"),
            "itsmkit_sql.store": ("SQLStore",),
        },
    )

__all__ = [
    "AsyncDesk",
    "Companion",
    "ConcurrentUnitError",
    "DamagedRowError",
    "DatabaseError",
    "SQLStore",
    "SchemaError",
    "Wake",
    "metadata",
]
