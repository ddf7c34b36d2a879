"""
An itsmkit plugin that keeps a desk in SQLite or PostgreSQL.

Installed, it takes the URLs ``sqlite:///desk.db`` and ``postgresql+psycopg://…`` wherever a desk is given a
store.
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
    from itsmkit_sql.companions import Companion, Wake
    from itsmkit_sql.errors import ConcurrentUnitError, DatabaseError, SchemaError
    from itsmkit_sql.store import SQLStore
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit_sql.companions": ("Companion", "Wake"),
            "itsmkit_sql.errors": ("ConcurrentUnitError", "DatabaseError", "SchemaError"),
            "itsmkit_sql.store": ("SQLStore",),
        },
    )

__all__ = ["Companion", "ConcurrentUnitError", "DatabaseError", "SQLStore", "SchemaError", "Wake"]
