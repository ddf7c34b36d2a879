"""
Configuration records: what is said of the configuration, for which time it holds, and who says it.

Two times are kept apart. *Valid time* is when something is so, *recorded time* when somebody said it. A
later record about the same thing takes the place of an earlier one for the time that it speaks of, and
leaves the rest.
"""

from datetime import datetime
from typing import Literal, NamedTuple

from attrs import field, frozen
from attrs.validators import optional

from itsmkit._checks import aware_instant, in_utc, in_utc_if_any, named
from itsmkit._frozen import as_tuple
from itsmkit.cmdb.configuration_item import ConfigurationItem
from itsmkit.cmdb.redundancy import RedundancySet
from itsmkit.cmdb.relation import Relation
from itsmkit.errors import DefinitionError

__all__ = ["ConfigurationEvent", "ConfigurationRecord", "RecordKey", "key_of"]

Recorded = ConfigurationItem | Relation | RedundancySet


class RecordKey(NamedTuple):
    """
    What a record is about.

    Args:
        kind: ``"item"``, ``"relation"`` or ``"redundancy"``.
        parts: The id of an item; source, type, target and qualifier of a relation; dependent and name of a
            redundancy set.
    """

    kind: Literal["item", "relation", "redundancy"]
    parts: tuple[str, ...]

    def __str__(self) -> str:
        if self.kind == "item":
            return f"configuration item {self.parts[0]}"
        if self.kind == "redundancy":
            return f"redundancy set {self.parts[1]!r} of {self.parts[0]}"
        source, name, target, qualifier = self.parts
        return f"relation {source} {name} {target}" + (f" ({qualifier})" if qualifier else "")


def key_of(value: Recorded) -> RecordKey:
    """Return what a record of *value* is about."""
    if isinstance(value, ConfigurationItem):
        return RecordKey("item", (value.id,))
    return RecordKey("relation" if isinstance(value, Relation) else "redundancy", value.key)


@frozen
class ConfigurationRecord:
    """
    A configuration item, a relation or a redundancy set, or that there is none, for a time.

    Args:
        key: What it is about.
        value: What is so, or ``None`` if it is not there.
        since: From when on it holds, aware; ``None`` for always. Kept in UTC.
        until: Up to when, not included, aware; ``None`` for ever. Kept in UTC.
        sources: Who says so, such as names of discovery tools.
        last_seen: When a source last saw it, aware, or ``None``. Kept in UTC.

    Raises:
        DefinitionError: If *value* is about something else than *key*, an instant is naive, or *until* is not
            after *since*.
    """

    key: RecordKey
    value: Recorded | None
    since: datetime | None = field(default=None, converter=in_utc_if_any, validator=optional(aware_instant))
    until: datetime | None = field(default=None, converter=in_utc_if_any, validator=optional(aware_instant))
    sources: tuple[str, ...] = field(default=(), converter=as_tuple, kw_only=True)
    last_seen: datetime | None = field(
        default=None, converter=in_utc_if_any, validator=optional(aware_instant), kw_only=True
    )

    def __attrs_post_init__(self) -> None:
        problems = []
        if self.value is not None and key_of(self.value) != self.key:
            problems.append(f"record of {self.key}: its value is {key_of(self.value)}; use that as the key")
        if self.since is not None and self.until is not None and self.until <= self.since:
            problems.append(
                f"record of {self.key}: it ends at {self.until}, which is not after its start at {self.since}"
            )
        if problems:
            raise DefinitionError(*problems)

    @classmethod
    def of(
        cls,
        value: Recorded,
        since: datetime | None = None,
        until: datetime | None = None,
        *,
        sources: tuple[str, ...] = (),
        last_seen: datetime | None = None,
    ) -> "ConfigurationRecord":
        """Return the record that *value* is so."""
        return cls(key_of(value), value, since, until, sources=sources, last_seen=last_seen)


@frozen
class ConfigurationEvent:
    """
    One record that was made: the unit of the history of the configuration.

    Args:
        record: What was said.
        sequence: Its place in the history of what the record is about: 1, 2, 3 … without a gap.
        recorded_at: When it was said, aware. Kept in UTC.
        actor: The id of who said it.
        reason: Why.

    Raises:
        DefinitionError: If *recorded_at* is naive, or *actor* is no name.
    """

    record: ConfigurationRecord
    sequence: int
    recorded_at: datetime = field(converter=in_utc, validator=aware_instant)
    actor: str = field(validator=named)
    reason: str = ""
