"""
The tables.

Documents are the truth; the columns beside them are what is searched by, and what keeps two writers apart.
All names begin with ``itsmkit_``, so that the tables can stand beside those of a host.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    text,
)
from sqlalchemy.types import TypeDecorator, TypeEngine

__all__ = [
    "DELIVERED",
    "PARKED",
    "SCHEMA",
    "WAITING",
    "configuration_events",
    "cursors",
    "marks",
    "metadata",
    "number_series",
    "outbox",
    "schema_version",
    "staging",
    "ticket_events",
    "tickets",
    "timers",
]

SCHEMA = 1
"""The version of these tables."""

WAITING, PARKED, DELIVERED = "waiting", "parked", "delivered"
"""How an entry of the outbox stands."""


class _Instant(TypeDecorator[datetime]):
    """An instant in UTC, to the microsecond. In SQLite it is text, the order of which is that of time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime] | TypeEngine[str]:
        """Return the type of the column."""
        return Text() if dialect.name == "sqlite" else DateTime(timezone=True)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        """Return the instant as the database has it."""
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: datetime | str | None, _dialect: Dialect) -> datetime | None:
        """Return the instant that the database has."""
        if value is None:
            return None
        return datetime.fromisoformat(value) if isinstance(value, str) else value.astimezone(UTC)


_Whole = BigInteger().with_variant(Integer(), "sqlite")  # both have 64 bits

metadata = MetaData()

schema_version = Table(
    "itsmkit_schema",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1"), primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    sqlite_strict=True,
)

marks = Table(
    "itsmkit_marks",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1"), primary_key=True, autoincrement=False),
    Column("position", _Whole, nullable=False),  # of the newest event, be it of a ticket or the configuration
    Column("place", _Whole, nullable=False),  # of the newest ticket or timer, in the order of their arrival
    Column("staging", _Whole, nullable=False),  # the version of the staging area
    sqlite_strict=True,
)

tickets = Table(
    "itsmkit_tickets",
    metadata,
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

ticket_events = Table(
    "itsmkit_ticket_events",
    metadata,
    Column("position", _Whole, primary_key=True, autoincrement=False),
    Column("ticket_id", Text, ForeignKey(tickets.c.id), nullable=False),
    Column("sequence", _Whole, nullable=False),
    Column("document", Text, nullable=False),
    Index("itsmkit_ticket_events_in_order", "ticket_id", "sequence", unique=True),
    sqlite_strict=True,
)

configuration_events = Table(
    "itsmkit_configuration_events",
    metadata,
    Column("position", _Whole, primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False),  # as JSON: the kind of the record, then the parts of its key
    Column("sequence", _Whole, nullable=False),
    Column("document", Text, nullable=False),
    Index("itsmkit_configuration_events_in_order", "key", "sequence", unique=True),
    sqlite_strict=True,
)

staging = Table(
    "itsmkit_staging",
    metadata,
    Column("key", Text, primary_key=True),  # as JSON: what the row is, then what it is known by
    Column("document", Text, nullable=False),
    sqlite_strict=True,
)

number_series = Table(
    "itsmkit_number_series",
    metadata,
    Column("series", Text, primary_key=True),
    Column("last", _Whole, nullable=False),
    sqlite_strict=True,
)

# The row of a timer stays when it is finished or cleared, so that its fence never falls back to what somebody
# may still hold.
timers = Table(
    "itsmkit_timers",
    metadata,
    Column("ticket_id", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("due", _Instant, nullable=False),
    Column("free_at", _Instant),  # from when on it may be claimed; null if it is not set
    Column("place", _Whole, nullable=False),
    Column("fence", _Whole, nullable=False),
    sqlite_strict=True,
)
Index(
    "itsmkit_timers_to_claim",
    timers.c.free_at,
    timers.c.due,
    timers.c.place,
    sqlite_where=timers.c.free_at.is_not(None),
    postgresql_where=timers.c.free_at.is_not(None),
)

# The row of what was delivered stays without its text: its key never enters the outbox again.
outbox = Table(
    "itsmkit_outbox",
    metadata,
    Column("id", _Whole, Identity(), primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("state", Text, CheckConstraint("state IN ('waiting', 'parked', 'delivered')"), nullable=False),
    Column("free_at", _Instant, nullable=False),
    Column("document", Text),
    sqlite_strict=True,
)
for _state in (WAITING, PARKED):
    Index(
        f"itsmkit_outbox_{_state}",
        outbox.c.id,
        sqlite_where=text(f"state = '{_state}'"),
        postgresql_where=text(f"state = '{_state}'"),
    )

cursors = Table(
    "itsmkit_cursors",
    metadata,
    Column("reader", Text, primary_key=True),
    Column("position", _Whole, nullable=False),
    sqlite_strict=True,
)
