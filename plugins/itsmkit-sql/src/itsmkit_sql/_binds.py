"""What a host gives a store to work on, as the database of the store."""

from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session, scoped_session

from itsmkit._checks import is_a
from itsmkit._problems import shown
from itsmkit.errors import DefinitionError
from itsmkit.plugin.documents import Documents
from itsmkit_sql._database import Database, PooledDatabase
from itsmkit_sql._engines import lent_engines
from itsmkit_sql._joined import JoinedDatabase
from itsmkit_sql._url import address_of_host

__all__ = ["Bind", "database_on", "engine_of"]

Bind = Engine | Connection | Session | scoped_session[Any]
"""What a host may give: an engine to borrow connections of, or what its own transaction happens on."""


def database_on(bind: Bind, documents: Documents) -> Database:
    """
    Return the database that a host works on.

    Raises:
        DefinitionError: If it is none that a store can work on.
    """
    if not is_a(bind, Engine, Connection, Session, scoped_session):
        problem = (
            f"a store is opened on an Engine, a Connection or a Session of SQLAlchemy, not on {shown(bind)}"
            "; what is asynchronous is for AsyncDesk"
        )
        raise DefinitionError(problem)
    engine = engine_of(bind)
    address = address_of_host(engine.url, engine.dialect)
    if isinstance(bind, Engine):
        return PooledDatabase(address, documents, lent_engines(bind))
    return JoinedDatabase(address, documents, bind)


def engine_of(bind: Bind) -> Engine:
    """Return the engine that a host works on."""
    found = bind if isinstance(bind, Engine | Connection) else bind.get_bind()
    return found if isinstance(found, Engine) else found.engine
