"""What tickets are searched by, made anew from their documents."""

from typing import cast

from sqlalchemy import Connection, bindparam, select, tuple_, update

from itsmkit.plugin import StoredTicket
from itsmkit_sql._facts import FACTS, search_columns
from itsmkit_sql._rows import Texts
from itsmkit_sql._schema import schema_version, tickets

__all__ = ["refresh"]

_AT_ONCE = 1_000

_KEY = tuple_(tickets.c.tenant, tickets.c.id)
_FIRST = select(tickets.c.tenant, tickets.c.id, tickets.c.document).order_by(*_KEY).limit(_AT_ONCE)
_FURTHER = _FIRST.where(
    tuple_(bindparam("tenant", type_=tickets.c.tenant.type), bindparam("of", type_=tickets.c.id.type)) < _KEY
)
_UPDATE = update(tickets).where(tickets.c.tenant == bindparam("whose"), tickets.c.id == bindparam("of"))


def refresh(connection: Connection, texts: Texts) -> None:
    """
    Make anew what the tickets of all tenants are searched by.

    Args:
        connection: In a transaction that writes, with nobody else at this work.
        texts: Reads their documents.

    Raises:
        DatabaseError: If one cannot be read, such as that of a kind of tickets that is not known.
    """
    rows = connection.execute(_FIRST).all()
    while rows:
        changes = []
        for row in rows:
            stored = cast("StoredTicket", texts.value(row.document, f"ticket {row.id}"))
            changes.append({"whose": row.tenant, "of": row.id, **search_columns(stored.ticket)})
        connection.execute(_UPDATE, changes)
        rows = connection.execute(_FURTHER, {"tenant": rows[-1].tenant, "of": rows[-1].id}).all()
    connection.execute(update(schema_version).values(facts=FACTS))
