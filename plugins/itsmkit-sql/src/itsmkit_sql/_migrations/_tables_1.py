"""The tables of schema 1, as they were."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    text,
)

__all__ = ["TABLES_1"]

_Whole = BigInteger().with_variant(Integer(), "sqlite")
_Instant = DateTime(timezone=True).with_variant(Text(), "sqlite")

TABLES_1 = MetaData()

Table(
    "itsmkit_schema",
    TABLES_1,
    Column("id", Integer, CheckConstraint("id = 1"), primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    sqlite_strict=True,
)
Table(
    "itsmkit_marks",
    TABLES_1,
    Column("id", Integer, CheckConstraint("id = 1"), primary_key=True, autoincrement=False),
    Column("position", _Whole, nullable=False),
    Column("place", _Whole, nullable=False),
    Column("staging", _Whole, nullable=False),
    sqlite_strict=True,
)
Table(
    "itsmkit_tickets",
    TABLES_1,
    Column("id", Text, primary_key=True),
    Column("place", _Whole, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("number", Text, nullable=False, unique=True),
    Column("version", _Whole, nullable=False),
    Column("state", Text, nullable=False),
    Column("state_category", Text, nullable=False),
    Column("document", Text, nullable=False),
    Index("itsmkit_tickets_by_category", "kind", "state_category", "place"),
    sqlite_strict=True,
)
Table(
    "itsmkit_ticket_events",
    TABLES_1,
    Column("position", _Whole, primary_key=True, autoincrement=False),
    Column("ticket_id", Text, ForeignKey("itsmkit_tickets.id"), nullable=False),
    Column("sequence", _Whole, nullable=False),
    Column("document", Text, nullable=False),
    Index("itsmkit_ticket_events_in_order", "ticket_id", "sequence", unique=True),
    sqlite_strict=True,
)
Table(
    "itsmkit_configuration_events",
    TABLES_1,
    Column("position", _Whole, primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False),
    Column("sequence", _Whole, nullable=False),
    Column("document", Text, nullable=False),
    Index("itsmkit_configuration_events_in_order", "key", "sequence", unique=True),
    sqlite_strict=True,
)
Table(
    "itsmkit_staging",
    TABLES_1,
    Column("key", Text, primary_key=True),
    Column("document", Text, nullable=False),
    sqlite_strict=True,
)
Table(
    "itsmkit_number_series",
    TABLES_1,
    Column("series", Text, primary_key=True),
    Column("last", _Whole, nullable=False),
    sqlite_strict=True,
)
_timers = Table(
    "itsmkit_timers",
    TABLES_1,
    Column("ticket_id", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("due", _Instant, nullable=False),
    Column("free_at", _Instant),
    Column("place", _Whole, nullable=False),
    Column("fence", _Whole, nullable=False),
    sqlite_strict=True,
)
Index(
    "itsmkit_timers_to_claim",
    _timers.c.free_at,
    _timers.c.due,
    _timers.c.place,
    sqlite_where=_timers.c.free_at.is_not(None),
    postgresql_where=_timers.c.free_at.is_not(None),
)
_outbox = Table(
    "itsmkit_outbox",
    TABLES_1,
    Column("id", _Whole, Identity(), primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("state", Text, CheckConstraint("state IN ('waiting', 'parked', 'delivered')"), nullable=False),
    Column("free_at", _Instant, nullable=False),
    Column("document", Text),
    sqlite_strict=True,
)
for _state in ("waiting", "parked"):
    Index(
        f"itsmkit_outbox_{_state}",
        _outbox.c.id,
        sqlite_where=text(f"state = '{_state}'"),
        postgresql_where=text(f"state = '{_state}'"),
    )
Table(
    "itsmkit_cursors",
    TABLES_1,
    Column("reader", Text, primary_key=True),
    Column("position", _Whole, nullable=False),
    sqlite_strict=True,
)
