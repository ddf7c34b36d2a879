"""What counts of records that a source no longer tells."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum

from itsmkit.cmdb.class_model import ANY_CLASS
from itsmkit.cmdb.reconciliation._rulings import Rulings
from itsmkit.cmdb.source_record import SourceRecord

__all__ = ["Standing", "counting", "standing_of"]


class Standing(Enum):
    """What a stale record still does."""

    KEPT = "keep"
    """It counts as before."""
    IGNORED = "ignore"
    """It counts if nobody else says anything of the item."""
    RETIRED = "retire"
    """It does not count."""
    DELETED = "delete"
    """It is forgotten."""


def standing_of(
    record: SourceRecord, loads: Mapping[tuple[str, str], datetime], rulings: Rulings, now: datetime
) -> Standing | None:
    """Return what a record still does that was not in the last full load; ``None`` if it was."""
    classes = (ANY_CLASS, *rulings.model.lineage(record.ci_class))
    times = [loads[record.source, name] for name in classes if (record.source, name) in loads]
    if not times or record.seen_at >= max(times):
        return None
    policy = rulings.policy_of(record.source)
    # The difference of instants cannot overflow, where their sum can.
    is_due = now - record.seen_at >= policy.retention
    return Standing(policy.when_stale) if is_due else Standing.KEPT


def counting(numbers: Iterable[int], standings: Mapping[int, Standing]) -> list[int]:
    """Return those of the records of one item that count."""
    numbers = list(numbers)
    if standings.keys().isdisjoint(numbers):
        return numbers
    fresh = [number for number in numbers if standings.get(number, Standing.KEPT) is Standing.KEPT]
    return fresh or [number for number in numbers if standings[number] is Standing.IGNORED]
