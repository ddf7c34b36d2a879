"""
What a store keeps that is no value of a room: the rows of a staging area.

A staging area is large, and little of it changes at a time. As rows, each with a key of its own, a store can
write what differs.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from attrs import field, frozen

from itsmkit._checks import aware_instant, in_utc, named
from itsmkit.cmdb import CIId, SourceRecord
from itsmkit.cmdb.reconciliation import AttributeLock, StagingArea
from itsmkit.errors import DefinitionError
from itsmkit.plugin.documents.cursor import counted

__all__ = [
    "StagedContradiction",
    "StagedIdentity",
    "StagedLoad",
    "StagedLock",
    "StagedRecord",
    "StagingRow",
    "staging_from_rows",
    "staging_rows",
]


@frozen
class StagedRecord:
    """
    The newest record of an origin.

    Args:
        record: The record.
    """

    record: SourceRecord

    @property
    def key(self) -> tuple[str, ...]:
        """What tells the row from every other one."""
        return "record", *self.record.origin


@frozen
class StagedContradiction:
    """
    Another record of an origin that is as new and says something else.

    Args:
        record: The record.
        place: Its place among those of its origin, from 0.
    """

    record: SourceRecord
    place: int = field(validator=counted)

    @property
    def key(self) -> tuple[str, ...]:
        """What tells the row from every other one."""
        return "contradiction", *self.record.origin, str(self.place)


@frozen
class StagedLoad:
    """
    When a source was last loaded in full.

    Args:
        source: The name of the source.
        ci_class: The class that was loaded, or ``"*"``.
        at: When the load began, aware. Kept in UTC.
    """

    source: str = field(validator=named)
    ci_class: str = field(validator=named)
    at: datetime = field(converter=in_utc, validator=aware_instant)

    @property
    def key(self) -> tuple[str, ...]:
        """What tells the row from every other one."""
        return "load", self.source, self.ci_class


@frozen
class StagedLock:
    """
    What somebody has said that an attribute is.

    Args:
        lock: The lock.
    """

    lock: AttributeLock

    @property
    def key(self) -> tuple[str, ...]:
        """What tells the row from every other one."""
        return "lock", *self.lock.key


@frozen
class StagedIdentity:
    """
    Which item a record was found to be.

    Args:
        source: The source of the record.
        record: What the source knows it by.
        ci: The configuration item.
    """

    source: str = field(validator=named)
    record: str = field(validator=named)
    ci: CIId = field(validator=named)  # type: ignore[assignment]  # attrs takes the type of the validator

    @property
    def key(self) -> tuple[str, ...]:
        """What tells the row from every other one."""
        return "identity", self.source, self.record


StagingRow = StagedRecord | StagedContradiction | StagedLoad | StagedLock | StagedIdentity
"""A row of a staging area."""


def staging_rows(area: StagingArea) -> Iterator[StagingRow]:
    """
    Go through the rows of a staging area. Each has a key of its own; their order says nothing.

    >>> area = StagingArea().with_identities({("netbox", "17"): CIId("web-1")})
    >>> [row.key for row in staging_rows(area)]
    [('identity', 'netbox', '17')]
    """
    for record in area.records.values():
        yield StagedRecord(record)
    for others in area.contradictions.values():
        for place, record in enumerate(others):
            yield StagedContradiction(record, place)
    for (source, ci_class), at in area.loads.items():
        yield StagedLoad(source, ci_class, at)
    for lock in area.locks.values():
        yield StagedLock(lock)
    for (source, key), ci in area.identities.items():
        yield StagedIdentity(source, key, ci)


def staging_from_rows(rows: Iterable[StagingRow]) -> StagingArea:
    """
    Return the staging area that *rows* are of, in whatever order: the inverse of `staging_rows`.

    Raises:
        DefinitionError: With each key that stands twice, and each contradiction whose record or predecessor
            is missing.
    """
    found: dict[tuple[str, ...], StagingRow] = {}
    problems: list[str] = []
    for row in rows:
        if row.key in found:
            problems.append(f"staging area: two rows have the key {' '.join(row.key)!r}; each stands once")
        found[row.key] = row
    for row in found.values():
        if isinstance(row, StagedContradiction):
            before = "contradiction", *row.record.origin, str(row.place - 1)
            if (before if row.place else ("record", *row.record.origin)) not in found:
                problems.append(f"staging area: what stands before the row {' '.join(row.key)!r} is missing")
    if problems:
        raise DefinitionError(*problems)
    return _area_of(found.values())


def _area_of(rows: Iterable[StagingRow]) -> StagingArea:
    records: dict[tuple[str, str], SourceRecord] = {}
    contradictions: list[StagedContradiction] = []
    loads: dict[tuple[str, str], datetime] = {}
    locks: dict[tuple[CIId, str], AttributeLock] = {}
    identities: dict[tuple[str, str], CIId] = {}
    for row in rows:
        match row:
            case StagedRecord(record):
                records[record.origin] = record
            case StagedContradiction():
                contradictions.append(row)
            case StagedLoad(source, ci_class, at):
                loads[source, ci_class] = at
            case StagedLock(lock):
                locks[lock.key] = lock
            case _:
                identities[row.source, row.record] = row.ci
    others: dict[tuple[str, str], tuple[SourceRecord, ...]] = {}
    for each in sorted(contradictions, key=lambda row: row.place):
        origin = each.record.origin
        others[origin] = (*others.get(origin, ()), each.record)
    return StagingArea(records, contradictions=others, loads=loads, locks=locks, identities=identities)
