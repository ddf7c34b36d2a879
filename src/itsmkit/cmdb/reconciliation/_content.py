"""What records say, as text that is the same for the same content and has an order."""

from collections.abc import Iterator, Mapping
from operator import attrgetter

from itsmkit.cmdb.source_record import LookUp, SourceRecord, SourceRelation

__all__ = ["content_of", "evidently_same", "first_of", "newest_first", "told"]


def content_of(record: SourceRecord) -> str:
    """Return all that a record says, as text; what stands in no order in it, is sorted."""
    return repr(
        (
            record.source,
            record.key,
            record.ci_class,
            record.name,
            record.seen_at.isoformat(),
            told(record.attributes),
            sorted(map(_lookup, record.lookups)),
            sorted(map(_relation, record.relations)),
        )
    )


def first_of(one: SourceRecord, other: SourceRecord) -> SourceRecord:
    """Return that of two records of the same content whose parts stand in the lesser order."""
    return min(
        one, other, key=lambda each: (list(map(_lookup, each.lookups)), list(map(_relation, each.relations)))
    )


def evidently_same(one: SourceRecord, other: SourceRecord) -> bool:
    """Tell whether two records are the same at first sight; ``1`` and ``True`` are not."""
    if one is other:
        return True
    return one == other and all(
        _evidently_same(mine, theirs) for mine, theirs in zip(_mappings(one), _mappings(other), strict=True)
    )


def _mappings(record: SourceRecord) -> Iterator[Mapping[str, object]]:
    yield record.attributes
    yield from (each.attributes for each in record.lookups)
    yield from (each.attributes for each in record.relations)


def _evidently_same(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    """Tell whether the values of two equal mappings are flat, and of the same types."""
    return all(type(value) in _FLAT and type(value) is type(other[name]) for name, value in one.items())


_FLAT = frozenset({bool, float, int, str, type(None)})


def told(value: object) -> str:
    """Return a value as text; two that are not the same to a reader have different ones."""
    if type(value) is str:
        return repr(value)
    if isinstance(value, Mapping):
        return f"{{{', '.join(sorted(f'{told(name)}: {told(each)}' for name, each in value.items()))}}}"
    if isinstance(value, frozenset):
        return f"frozenset {{{', '.join(sorted(map(told, value)))}}}"
    if isinstance(value, tuple):
        return f"({', '.join(map(told, value))})"
    return repr(value)


_seen_at = attrgetter("seen_at")
_origin = attrgetter("origin")


def newest_first(records: list[SourceRecord]) -> list[SourceRecord]:
    """Return records by the time when they were seen, the newest first; of one time, by their origin."""
    if len(records) < 2:
        return records
    return sorted(sorted(records, key=_origin), key=_seen_at, reverse=True)


def _lookup(lookup: LookUp) -> tuple[str, str]:
    return lookup.kind, told(lookup.attributes)


def _relation(relation: SourceRelation) -> tuple[str, str, bool, str, str]:
    return (
        relation.type,
        relation.other,
        relation.from_other,
        relation.qualifier,
        told(relation.attributes),
    )
