"""The tables of schema 3, as they were: timers and events know more than in schema 2; two are new."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Sequence,
    Table,
    Text,
)

from itsmkit_sql._migrations._tables_2 import ARRIVALS, TABLES_2

__all__ = ["NEW_IN_3", "PERSONAL", "TABLES_3"]

TABLES_3 = MetaData()

Sequence(ARRIVALS.name, metadata=TABLES_3)
_timers_before = TABLES_2.tables["itsmkit_timers"]
for _table in TABLES_2.sorted_tables:
    if _table is not _timers_before:
        _table.to_metadata(TABLES_3)

_Key, _Whole, _Instant = (_timers_before.c[name].type for name in ("ticket_id", "fence", "due"))


def _tenant() -> Column[str]:
    return Column("tenant", _Key, primary_key=True)


timers = Table(
    "itsmkit_timers",
    TABLES_3,
    _tenant(),
    Column("ticket_id", _Key, primary_key=True),
    Column("name", _Key, primary_key=True),
    Column("due", _Instant, nullable=False),
    Column("free_at", _Instant, nullable=False),  # from when on it may be claimed
    Column("fence", _Whole, nullable=False),
    Column("deadline", _Instant),  # what it leads to
    Column("failures", _Whole, nullable=False),
    Column("parked", Text),
    Index("itsmkit_timers_to_claim", "tenant", "free_at", "due", "fence"),
    Index("itsmkit_timers_deadlines", "tenant", "deadline", "ticket_id", "name"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

records = Table(
    "itsmkit_records",
    TABLES_3,
    _tenant(),
    Column("kind", _Key, primary_key=True),
    Column("id", _Key, primary_key=True),
    Column("version", _Whole, nullable=False),
    Column("is_deleted", Integer, CheckConstraint("is_deleted IN (0, 1)"), nullable=False),
    Column("head", Text),  # the digest of the newest event; null only while a dump is loaded
    Column("document", Text, nullable=False),
    sqlite_strict=True,
)

record_events = Table(
    "itsmkit_record_events",
    TABLES_3,
    _tenant(),
    Column("kind", _Key, primary_key=True),
    Column("id", _Key, primary_key=True),
    Column("sequence", _Whole, primary_key=True, autoincrement=False),
    Column("position", _Whole),  # this and the next as in the tables above
    Column("arrival", _Whole),
    Column("digest", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("personal", Text),
    ForeignKeyConstraint(["tenant", "kind", "id"], [records.c.tenant, records.c.kind, records.c.id]),
    Index("itsmkit_record_events_by_position", "tenant", "position", unique=True),
    sqlite_strict=True,
)

Index(
    "itsmkit_record_events_without_position",
    record_events.c.tenant,
    record_events.c.arrival,
    sqlite_where=record_events.c.position.is_(None),
    postgresql_where=record_events.c.position.is_(None),
)

# What is personal stands apart from the document of an event, which knows it by digests: so it can be erased.
PERSONAL = "itsmkit_ticket_events", "personal"
TABLES_3.tables[PERSONAL[0]].append_column(Column(PERSONAL[1], Text))

NEW_IN_3 = (records, record_events)
"""The tables that schema 2 has not, each after those that it refers to."""
