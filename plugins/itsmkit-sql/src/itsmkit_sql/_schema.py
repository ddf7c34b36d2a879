"""
The tables.

Documents are the truth; the columns beside them are what is searched by, and what keeps two writers apart.
All names begin with ``itsmkit_``, so that the tables can stand beside those of a host.

Each row is of one tenant, who leads each key and each index.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeVar

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

from itsmkit_sql._texts import escaped, unescaped

__all__ = [
    "ARRIVED",
    "DELIVERED",
    "Facts",
    "HeldAsText",
    "Key",
    "LARGEST",
    "PARKED",
    "POSITION",
    "SCHEMA",
    "STAGING",
    "WAITING",
    "arrivals",
    "attachments",
    "checkpoints",
    "configuration_events",
    "cursors",
    "instant_text",
    "ledger",
    "marks",
    "metadata",
    "number_series",
    "outbox",
    "record_events",
    "records",
    "schema_version",
    "staging",
    "ticket_events",
    "tickets",
    "timers",
]

SCHEMA = 4
"""The version of these tables."""

WAITING, PARKED, DELIVERED = "waiting", "parked", "delivered"
"""How an entry of the outbox stands."""

POSITION, ARRIVED, STAGING = "position", "arrived", "staging"
"""
What is counted for each tenant: the position of the newest event that has one; in SQLite, all that arrived;
and the version of the staging area.
"""


T = TypeVar("T")

LARGEST = 2**63 - 1
"""The greatest whole number that a database holds."""


def instant_text(instant: datetime) -> str:
    """Return an instant as SQLite has it: texts are in the order of time."""
    return _utc_text(instant if instant.tzinfo is UTC else instant.astimezone(UTC))


@lru_cache(maxsize=1024)  # one instant stands in several columns of a ticket and of its timers
def _utc_text(instant: datetime) -> str:
    return instant.isoformat(timespec="microseconds")


_facts_text = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


class HeldAsText(TypeDecorator[T]):
    """
    What SQLite has as text.

    Attributes:
        in_sqlite: Returns a value as SQLite has it.
        from_sqlite: Returns the value that it has.
    """

    impl = Text
    in_sqlite: Callable[[T], str]
    from_sqlite: Callable[[str], T]

    def process_bind_param(self, value: T | None, dialect: Dialect) -> Any:
        """Return a value as the database has it."""
        return value if value is None or dialect.name != "sqlite" else self.in_sqlite(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> T | None:
        """Return the value that the database has."""
        return value if value is None or dialect.name != "sqlite" else self.from_sqlite(value)


class _Instant(HeldAsText[datetime]):
    """An instant in UTC, to the microsecond. In SQLite it is text, the order of which is that of time."""

    cache_ok = True
    in_sqlite = staticmethod(instant_text)
    from_sqlite = staticmethod(datetime.fromisoformat)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime] | TypeEngine[str]:
        """Return the type of the column."""
        return Text() if dialect.name == "sqlite" else DateTime(timezone=True)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Return the instant that the database has."""
        found = super().process_result_value(value, dialect)
        return found if found is None or found.tzinfo is UTC else found.astimezone(UTC)


class Key(HeldAsText[str]):
    """
    Any text, ordered by code points.

    It stands there as `escaped` returns it.
    """

    cache_ok = True
    in_sqlite = staticmethod(escaped)
    from_sqlite = staticmethod(unescaped)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        """Return the type of the column."""
        return Text() if dialect.name == "sqlite" else Text(collation="C")

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        """Return the text as either database has it."""
        return None if value is None else escaped(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> str | None:
        """Return the text that either database has."""
        return None if value is None else unescaped(value)


class Facts(HeldAsText[Mapping[str, str]]):
    """The facts of a ticket that have no column: an object of JSON, as text in SQLite."""

    cache_ok = True
    in_sqlite = staticmethod(_facts_text)
    from_sqlite = staticmethod(json.loads)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type of the column."""
        return Text() if dialect.name == "sqlite" else JSONB()


_Whole = BigInteger().with_variant(Integer(), "sqlite")  # both have 64 bits

metadata = MetaData()

arrivals = Sequence("itsmkit_arrivals", metadata=metadata)
"""
In PostgreSQL, numbers all that arrives, of all tenants; SQLite, which has no sequences, has a mark.

A later one is greater than all that were there when it was drawn. Nobody waits for it.
"""


def _tenant() -> Column[str]:
    return Column("tenant", Key, primary_key=True)


schema_version = Table(
    "itsmkit_schema",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1"), primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("facts", Integer, nullable=False),  # what tickets are searched by: see _facts.py; 0 if not made
    sqlite_strict=True,
)

marks = Table(
    "itsmkit_marks",
    metadata,
    _tenant(),
    Column("name", Key, primary_key=True),
    Column("value", _Whole, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

tickets = Table(
    "itsmkit_tickets",
    metadata,
    _tenant(),
    Column("id", Key, primary_key=True),
    Column("place", _Whole, nullable=False),  # in the order of the first saves
    Column("kind", Key, nullable=False),
    Column("number", Key, nullable=False),
    Column("version", _Whole, nullable=False),
    Column("state", Key, nullable=False),
    Column("state_category", Key, nullable=False),
    Column("is_open", Integer, CheckConstraint("is_open IN (0, 1)"), nullable=False),
    Column("opened_at", _Instant, nullable=False),
    Column("updated_at", _Instant, nullable=False),
    Column("requester", Key),
    Column("channel", Key),
    Column("site", Key),
    Column("service", Key),
    Column("configuration_item", Key),
    Column("category", Key),
    Column("impact", Key),
    Column("urgency", Key),
    Column("priority", Key),
    Column("support_group", Key),
    Column("assignee", Key),
    Column("facts", Facts, nullable=False),  # all others that a condition can ask for: see _facts.py
    Column("head", Text),  # the digest of the newest event; null if there is none
    Column("document", Text, nullable=False),
    Index("itsmkit_tickets_by_place", "tenant", "place", unique=True),
    Index("itsmkit_tickets_by_number", "tenant", "number", unique=True),
    sqlite_strict=True,
)

# The lists that people look at, each in the order in which it is read. Most tickets are done, and in few. An
# index of the open ones has it as a column, too: so SQLite takes it rather than that of all.
for _at in ("updated_at", "opened_at"):
    Index(f"itsmkit_tickets_by_{_at}", tickets.c.tenant, tickets.c[_at], tickets.c.place)
for _whose in ("requester", "service", "configuration_item"):
    _is_there = tickets.c[_whose].is_not(None)  # nobody looks for the tickets of nobody
    Index(
        f"itsmkit_tickets_by_{_whose}_updated_at",
        *(tickets.c[name] for name in ("tenant", _whose, "updated_at", "place")),
        sqlite_where=_is_there,
        postgresql_where=_is_there,
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
    metadata,
    _tenant(),
    Column("ticket_id", Key, primary_key=True),
    Column("sequence", _Whole, primary_key=True, autoincrement=False),
    Column("position", _Whole),  # in the order of all events of the tenant; null if it has none yet
    Column("arrival", _Whole),  # of one that may have no position yet
    Column("digest", Text, nullable=False),  # of the chain up to it
    Column("document", Text, nullable=False),  # without what is personal
    Column("personal", Text),  # which the document knows by its digests; null if nothing is, or it was erased
    ForeignKeyConstraint(["tenant", "ticket_id"], [tickets.c.tenant, tickets.c.id]),
    Index("itsmkit_ticket_events_by_position", "tenant", "position", unique=True),
    sqlite_strict=True,
)

configuration_events = Table(
    "itsmkit_configuration_events",
    metadata,
    _tenant(),
    Column("key", Key, primary_key=True),  # as JSON: the kind of the record, then the parts of its key
    Column("sequence", _Whole, primary_key=True, autoincrement=False),
    Column("position", _Whole),  # this and the next as in the table above
    Column("arrival", _Whole),
    Column("digest", Text, nullable=False),
    Column("document", Text, nullable=False),
    Index("itsmkit_configuration_events_by_position", "tenant", "position", unique=True),
    sqlite_strict=True,
)

records = Table(
    "itsmkit_records",
    metadata,
    _tenant(),
    Column("kind", Key, primary_key=True),
    Column("id", Key, primary_key=True),
    Column("version", _Whole, nullable=False),
    Column("is_deleted", Integer, CheckConstraint("is_deleted IN (0, 1)"), nullable=False),
    Column("head", Text),  # the digest of the newest event; null only while a dump is loaded
    Column("document", Text, nullable=False),
    sqlite_strict=True,
)

record_events = Table(
    "itsmkit_record_events",
    metadata,
    _tenant(),
    Column("kind", Key, primary_key=True),
    Column("id", Key, primary_key=True),
    Column("sequence", _Whole, primary_key=True, autoincrement=False),
    Column("position", _Whole),  # this and the next as in the tables above
    Column("arrival", _Whole),
    Column("digest", Text, nullable=False),
    Column("document", Text, nullable=False),  # this and the next as in the table of tickets
    Column("personal", Text),
    ForeignKeyConstraint(["tenant", "kind", "id"], [records.c.tenant, records.c.kind, records.c.id]),
    Index("itsmkit_record_events_by_position", "tenant", "position", unique=True),
    sqlite_strict=True,
)

for _events in (ticket_events, configuration_events, record_events):
    Index(
        f"{_events.name}_without_position",
        _events.c.tenant,
        _events.c.arrival,
        sqlite_where=_events.c.position.is_(None),
        postgresql_where=_events.c.position.is_(None),
    )

staging = Table(
    "itsmkit_staging",
    metadata,
    _tenant(),
    Column("key", Key, primary_key=True),  # as JSON: what the row is, then what it is known by
    Column("document", Text, nullable=False),
    sqlite_strict=True,
)

number_series = Table(
    "itsmkit_number_series",
    metadata,
    _tenant(),
    Column("series", Key, primary_key=True),
    Column("last", _Whole, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

# Fences are numbers of arrival, so that the row of a timer can go with it: a later one of its ticket and name
# has a greater fence than anybody can still hold.
timers = Table(
    "itsmkit_timers",
    metadata,
    _tenant(),
    Column("ticket_id", Key, primary_key=True),
    Column("name", Key, primary_key=True),
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

# The row of what was delivered stays without its text: its key never enters the outbox again.
outbox = Table(
    "itsmkit_outbox",
    metadata,
    _tenant(),
    Column("key", Key, primary_key=True),
    Column("place", _Whole, nullable=False),  # in the order in which they came in
    Column("state", Text, CheckConstraint("state IN ('waiting', 'parked', 'delivered')"), nullable=False),
    Column("free_at", _Instant, nullable=False),
    # Whose line it stands in, as long as it waits: what a recipient is told of a ticket is told in order.
    Column("ticket_id", Key),
    Column("recipient", Key),
    Column("document", Text),
    sqlite_strict=True,
)
Index(
    "itsmkit_outbox_lines",
    outbox.c.tenant,
    outbox.c.ticket_id,
    outbox.c.place,
    sqlite_where=text(f"state = '{WAITING}'"),
    postgresql_where=text(f"state = '{WAITING}'"),
)
for _state in (WAITING, PARKED):
    Index(
        f"itsmkit_outbox_{_state}",
        outbox.c.tenant,
        outbox.c.place,
        sqlite_where=text(f"state = '{_state}'"),
        postgresql_where=text(f"state = '{_state}'"),
    )

cursors = Table(
    "itsmkit_cursors",
    metadata,
    _tenant(),
    Column("reader", Key, primary_key=True),
    Column("position", _Whole, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

ledger = Table(
    "itsmkit_ledger",
    metadata,
    _tenant(),
    Column("key", Key, primary_key=True),
    Column("at", _Instant, nullable=False),
    Column("document", Text, nullable=False),
    Index("itsmkit_ledger_by_age", "tenant", "at"),
    sqlite_strict=True,
)

attachments = Table(
    "itsmkit_attachments",
    metadata,
    _tenant(),
    Column("digest", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    sqlite_strict=True,
)

checkpoints = Table(
    "itsmkit_checkpoints",
    metadata,
    _tenant(),
    Column("place", _Whole, primary_key=True, autoincrement=False),  # in the order in which they were made
    Column("document", Text, nullable=False),
    sqlite_strict=True,
)
