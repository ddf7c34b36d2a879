"""The contents of attachments, each once, by its digest."""

from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256

from sqlalchemy import Connection, bindparam, delete, select

from itsmkit.errors import NotFoundError
from itsmkit_sql._database import Insert, InsertMaker
from itsmkit_sql._schema import attachments, records, tickets
from itsmkit_sql._tenants import Tenancy, of_tenant
from itsmkit_sql.errors import DamagedRowError

__all__ = ["attach", "attachment", "digest_of", "drop_unnamed"]

_CONTENT = select(attachments.c.content).where(
    of_tenant(attachments), attachments.c.digest == bindparam("of")
)


_LOCKED = (
    select(attachments.c.digest)
    .where(of_tenant(attachments), attachments.c.digest == bindparam("of"))
    .with_for_update()
)
_NAMING = [
    select(table.c.id).where(of_tenant(table), table.c.document.like(bindparam("name"))).limit(1)
    for table in (tickets, records)
]
_DROP = delete(attachments).where(of_tenant(attachments), attachments.c.digest == bindparam("of"))


def digest_of(content: bytes) -> str:
    """Return what the content of an attachment is found by."""
    return sha256(content).hexdigest()


def attachment(tenancy: Tenancy, digest: str) -> bytes:
    """
    See `Store.attachment`.

    Raises:
        DamagedRowError: If the content is no longer what it was.
    """
    with tenancy.database.reading() as connection:
        content: bytes | None = connection.execute(_CONTENT, tenancy.given(of=digest)).scalar()
    if content is None:
        raise NotFoundError("attachment", digest)
    if digest_of(content) != digest:
        problem = f"the content of attachment {digest} is damaged: its digest is another"
        raise DamagedRowError(tenancy.database.address.name, problem, "restore it from a backup")
    return content


def drop_unnamed(connection: Connection, tenancy: Tenancy, digests: Iterable[str]) -> None:
    """Drop the contents of files that no ticket and no record names. It looks through all of these."""
    for digest in sorted(digests):
        given = tenancy.given(of=digest)
        # Whoever attaches it meanwhile waits for us, and we for who has: see `_keep`.
        if connection.execute(_LOCKED, given).first() is None:
            continue
        named = (connection.execute(naming, {**given, "name": f"%{digest}%"}) for naming in _NAMING)
        if not any(found.first() for found in named):
            connection.execute(_DROP, given)


def attach(connection: Connection, tenancy: Tenancy, contents: Mapping[str, bytes]) -> None:
    """Keep contents, by their digests, except those that are there."""
    for digest in sorted(contents):  # one at a time: they may be large
        row = tenancy.row(digest=digest, content=contents[digest])
        connection.execute(_keep(tenancy.database.insert), row)


@cache
def _keep(insert: InsertMaker) -> Insert:
    kept = insert(attachments)
    # Which changes nothing, and lets nobody drop it before it is named.
    return kept.on_conflict_do_update(
        index_elements=[attachments.c.tenant, attachments.c.digest], set_={"digest": kept.excluded.digest}
    )
