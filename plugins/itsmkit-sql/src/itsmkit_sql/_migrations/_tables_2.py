"""The tables of schema 2, as they were."""

import re

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Sequence,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine

__all__ = ["ARRIVALS", "TABLES_2"]

_Instant = DateTime(timezone=True).with_variant(Text(), "sqlite")
_Facts = Text().with_variant(JSONB(), "postgresql")

# PostgreSQL holds no NUL, and UTF-8 no half of a surrogate pair. Each is kept as two signs, and so is the
# sign that begins these: U+0001, and U+D7FF, after which the halves come.
_HALVES = range(0xD800, 0xE000)
_ESCAPES = {
    0: "\x01\x01",
    1: "\x01\x02",
    0xD7FF: "\ud7ff\x01",
    **{half: f"\ud7ff{chr(number)}" for number, half in enumerate(_HALVES, 2)},
}
_ORIGINALS = {escape: chr(code) for code, escape in _ESCAPES.items()}
_ESCAPE = re.compile("\x01[\x01\x02]|\ud7ff.", re.DOTALL)


class _Key(TypeDecorator[str]):
    """
    Any text, ordered by code points.

    NUL and halves of surrogate pairs are kept as two signs: texts stay different, and in their order.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        """Return the type of the column."""
        return Text() if dialect.name == "sqlite" else Text(collation="C")

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        """Return the text as the database has it."""
        return None if value is None else value.translate(_ESCAPES)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> str | None:
        """Return the text that the database has."""
        return None if value is None else _ESCAPE.sub(lambda found: _ORIGINALS[found[0]], value)


_Whole = BigInteger().with_variant(Integer(), "sqlite")  # both have 64 bits

TABLES_2 = MetaData()

ARRIVALS = Sequence("itsmkit_arrivals", metadata=TABLES_2)
"""
In PostgreSQL, numbers all that arrives, of all tenants; SQLite, which has no sequences, has a mark.

A later one is greater than all that were there when it was drawn. Nobody waits for it.
"""


def _tenant() -> Column[str]:
    return Column("tenant", _Key, primary_key=True)


schema_version = Table(
    "itsmkit_schema",
    TABLES_2,
    Column("id", Integer, CheckConstraint("id = 1"), primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("facts", Integer, nullable=False),  # what tickets are searched by: see _facts.py; 0 if not made
    sqlite_strict=True,
)

marks = Table(
    "itsmkit_marks",
    TABLES_2,
    _tenant(),
    Column("name", _Key, primary_key=True),
    Column("value", _Whole, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

tickets = Table(
    "itsmkit_tickets",
    TABLES_2,
    _tenant(),
    Column("id", _Key, primary_key=True),
    Column("place", _Whole, nullable=False),  # in the order of the first saves
    Column("kind", _Key, nullable=False),
    Column("number", _Key, nullable=False),
    Column("version", _Whole, nullable=False),
    Column("state", _Key, nullable=False),
    Column("state_category", _Key, nullable=False),
    Column("is_open", Integer, CheckConstraint("is_open IN (0, 1)"), nullable=False),
    Column("opened_at", _Instant, nullable=False),
    Column("updated_at", _Instant, nullable=False),
    Column("requester", _Key),
    Column("channel", _Key),
    Column("site", _Key),
    Column("service", _Key),
    Column("configuration_item", _Key),
    Column("category", _Key),
    Column("impact", _Key),
    Column("urgency", _Key),
    Column("priority", _Key),
    Column("support_group", _Key),
    Column("assignee", _Key),
    Column("facts", _Facts, nullable=False),  # all others that a condition can ask for: see _facts.py
    Column("head", Text),  # the digest of the newest event; null if there is none
    Column("document", Text, nullable=False),
    Index("itsmkit_tickets_by_place", "tenant", "place", unique=True),
    Index("itsmkit_tickets_by_number", "tenant", "number", unique=True),
    sqlite_strict=True,
)

# The lists that people look at, each in the order in which it is read. Most tickets are done, and in few. An
# index of the open ones has it as a column, too: so SQLite takes it rather than that of all.
for _columns in (
    "updated_at",
    "opened_at",
    "requester updated_at",
    "service updated_at",
    "configuration_item updated_at",
):
    Index(
        f"itsmkit_tickets_by_{_columns.replace(' ', '_')}",
        *(tickets.c[name] for name in ("tenant", *_columns.split(), "place")),
    )
for _columns in (
    "",
    "updated_at",
    "opened_at",
    "priority",
    "support_group updated_at",
    "support_group opened_at",
    "support_group priority",
    "assignee updated_at",
    "assignee opened_at",
    "assignee priority",
):
    Index(
        f"itsmkit_tickets_open_by_{_columns.replace(' ', '_') or 'place'}",
        *(tickets.c[name] for name in ("tenant", "is_open", *_columns.split(), "place")),
        sqlite_where=text("is_open = 1"),
        postgresql_where=text("is_open = 1"),
    )

# SQLite gives events their positions as they are written. In PostgreSQL, readers do, by the order of arrival,
# so that writers need not wait for each other.
ticket_events = Table(
    "itsmkit_ticket_events",
    TABLES_2,
    _tenant(),
    Column("ticket_id", _Key, primary_key=True),
    Column("sequence", _Whole, primary_key=True, autoincrement=False),
    Column("position", _Whole),  # in the order of all events of the tenant; null if it has none yet
    Column("arrival", _Whole),  # of one that may have no position yet
    Column("digest", Text, nullable=False),  # of the chain up to it
    Column("document", Text, nullable=False),
    ForeignKeyConstraint(["tenant", "ticket_id"], [tickets.c.tenant, tickets.c.id]),
    Index("itsmkit_ticket_events_by_position", "tenant", "position", unique=True),
    sqlite_strict=True,
)

configuration_events = Table(
    "itsmkit_configuration_events",
    TABLES_2,
    _tenant(),
    Column("key", _Key, primary_key=True),  # as JSON: the kind of the record, then the parts of its key
    Column("sequence", _Whole, primary_key=True, autoincrement=False),
    Column("position", _Whole),  # this and the next as in the table above
    Column("arrival", _Whole),
    Column("digest", Text, nullable=False),
    Column("document", Text, nullable=False),
    Index("itsmkit_configuration_events_by_position", "tenant", "position", unique=True),
    sqlite_strict=True,
)

for _events in (ticket_events, configuration_events):
    Index(
        f"{_events.name}_without_position",
        _events.c.tenant,
        _events.c.arrival,
        sqlite_where=_events.c.position.is_(None),
        postgresql_where=_events.c.position.is_(None),
    )

staging = Table(
    "itsmkit_staging",
    TABLES_2,
    _tenant(),
    Column("key", _Key, primary_key=True),  # as JSON: what the row is, then what it is known by
    Column("document", Text, nullable=False),
    sqlite_strict=True,
)

number_series = Table(
    "itsmkit_number_series",
    TABLES_2,
    _tenant(),
    Column("series", _Key, primary_key=True),
    Column("last", _Whole, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

# Fences are numbers of arrival, so that the row of a timer can go with it: a later one of its ticket and name
# has a greater fence than anybody can still hold.
timers = Table(
    "itsmkit_timers",
    TABLES_2,
    _tenant(),
    Column("ticket_id", _Key, primary_key=True),
    Column("name", _Key, primary_key=True),
    Column("due", _Instant, nullable=False),
    Column("free_at", _Instant, nullable=False),  # from when on it may be claimed
    Column("fence", _Whole, nullable=False),
    Index("itsmkit_timers_to_claim", "tenant", "free_at", "due", "fence"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

# The row of what was delivered stays without its text: its key never enters the outbox again.
outbox = Table(
    "itsmkit_outbox",
    TABLES_2,
    _tenant(),
    Column("key", _Key, primary_key=True),
    Column("place", _Whole, nullable=False),  # in the order in which they came in
    Column("state", Text, CheckConstraint("state IN ('waiting', 'parked', 'delivered')"), nullable=False),
    Column("free_at", _Instant, nullable=False),
    Column("ticket_id", _Key),
    Column("recipient", _Key),
    Column("document", Text),
    sqlite_strict=True,
)
Index(
    "itsmkit_outbox_lines",
    outbox.c.tenant,
    outbox.c.ticket_id,
    outbox.c.place,
    sqlite_where=text("state = 'waiting'"),
    postgresql_where=text("state = 'waiting'"),
)
for _state in ("waiting", "parked"):
    Index(
        f"itsmkit_outbox_{_state}",
        outbox.c.tenant,
        outbox.c.place,
        sqlite_where=text(f"state = '{_state}'"),
        postgresql_where=text(f"state = '{_state}'"),
    )

cursors = Table(
    "itsmkit_cursors",
    TABLES_2,
    _tenant(),
    Column("reader", _Key, primary_key=True),
    Column("position", _Whole, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

ledger = Table(
    "itsmkit_ledger",
    TABLES_2,
    _tenant(),
    Column("key", _Key, primary_key=True),
    Column("at", _Instant, nullable=False),
    Column("document", Text, nullable=False),
    Index("itsmkit_ledger_by_age", "tenant", "at"),
    sqlite_strict=True,
)

attachments = Table(
    "itsmkit_attachments",
    TABLES_2,
    _tenant(),
    Column("digest", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    sqlite_strict=True,
)

checkpoints = Table(
    "itsmkit_checkpoints",
    TABLES_2,
    _tenant(),
    Column("place", _Whole, primary_key=True, autoincrement=False),  # in the order in which they were made
    Column("document", Text, nullable=False),
    sqlite_strict=True,
)
