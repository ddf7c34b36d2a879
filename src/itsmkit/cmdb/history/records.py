"""
Configuration records: what is said of the configuration, for which time it holds, and who says it.

Two times are kept apart. *Valid time* is when something is so, *recorded time* when somebody said it. A
later record about the same thing takes the place of an earlier one for the time that it speaks of, and
leaves the rest.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal, NamedTuple

from attrs import field, frozen
from attrs.validators import optional

from itsmkit._checks import aware_instant, in_utc, in_utc_if_any, named
from itsmkit._figures import plural
from itsmkit._frozen import as_tuple
from itsmkit._problems import shown
from itsmkit.cmdb.configuration_item import ConfigurationItem
from itsmkit.cmdb.redundancy import RedundancySet
from itsmkit.cmdb.relation import Relation
from itsmkit.cmdb.seed import Override
from itsmkit.errors import DefinitionError

__all__ = ["ConfigurationEvent", "ConfigurationRecord", "RecordKey", "Recorded", "key_of"]

Recorded = ConfigurationItem | Relation | RedundancySet
"""What a record can say to be so."""

_PARTS = {"item": 1, "relation": 4, "redundancy": 2, "override": 1}


class RecordKey(NamedTuple):
    """
    What a record is about.

    Args:
        kind: ``"item"``, ``"relation"``, ``"redundancy"`` or ``"override"``, a ruling about an item.
        parts: The id of an item, also for a ruling about it; source, type, target and qualifier of a
            relation; dependent and name of a redundancy set.
    """

    kind: Literal["item", "relation", "redundancy", "override"]
    parts: tuple[str, ...]

    @classmethod
    def of(cls, value: Recorded | Override) -> "RecordKey":
        """Return what a record of *value* is about."""
        if isinstance(value, ConfigurationItem):
            return cls("item", (value.id,))
        if isinstance(value, Override):
            return cls("override", (value.ci,))
        return cls("relation" if isinstance(value, Relation) else "redundancy", value.key)

    def __str__(self) -> str:
        if len(self.parts) != _PARTS.get(self.kind):
            return f"{self.kind} {' '.join(map(str, self.parts))}"
        if self.kind == "item":
            return f"configuration item {self.parts[0]}"
        if self.kind == "override":
            return f"override of {self.parts[0]}"
        if self.kind == "redundancy":
            return f"redundancy set {self.parts[1]!r} of {self.parts[0]}"
        source, name, target, qualifier = self.parts
        return f"relation {source} {name} {target}" + (f" ({qualifier})" if qualifier else "")


def key_of(value: Recorded | Override) -> RecordKey:
    """Return what a record of *value* is about: the same as `RecordKey.of`."""
    return RecordKey.of(value)


@frozen
class ConfigurationRecord:
    """
    A configuration item, a relation, a redundancy set or a ruling, or that there is none, for a time.

    Args:
        key: What it is about.
        value: What is so, or ``None`` if it is not there.
        since: From when on it holds, aware; ``None`` for always. Kept in UTC.
        until: Up to when, not included, aware; ``None`` for ever. Kept in UTC.
        sources: Who says so, such as names of discovery tools.
        last_seen: When a source last saw it, aware, or ``None``. Kept in UTC.

    Raises:
        DefinitionError: With all that is wrong: *key* is none, *value* is about something else, an instant is
            naive, or *until* is not after *since*.
    """

    key: RecordKey
    value: Recorded | Override | None
    since: datetime | None = field(default=None, converter=in_utc_if_any, validator=optional(aware_instant))
    until: datetime | None = field(default=None, converter=in_utc_if_any, validator=optional(aware_instant))
    sources: tuple[str, ...] = field(default=(), converter=as_tuple, kw_only=True)
    last_seen: datetime | None = field(
        default=None, converter=in_utc_if_any, validator=optional(aware_instant), kw_only=True
    )

    def __attrs_post_init__(self) -> None:
        problems = list(_key_problems(self.key))
        if not problems and self.value is not None and key_of(self.value) != self.key:
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
        value: Recorded | Override,
        since: datetime | None = None,
        until: datetime | None = None,
        *,
        sources: tuple[str, ...] = (),
        last_seen: datetime | None = None,
    ) -> "ConfigurationRecord":
        """Return the record that *value* is so."""
        return cls(RecordKey.of(value), value, since, until, sources=sources, last_seen=last_seen)

    def holds_at(self, instant: datetime) -> bool:
        """Tell whether it speaks of *instant*, aware."""
        return (self.since is None or self.since <= instant) and (self.until is None or instant < self.until)


def _key_problems(key: RecordKey) -> Iterator[str]:
    count = _PARTS.get(key.kind)
    if count is None:
        yield f"record of {key}: {key.kind!r} is no kind of record; known: {', '.join(_PARTS)}"
    elif len(key.parts) != count:
        yield f"record of {key}: a key of kind {key.kind!r} has {plural(count, 'part')}, not {len(key.parts)}"


def _counted(event: object, _: object, value: int) -> None:
    if type(value) is not int or value < 1:
        problem = f"{type(event).__name__}.sequence must be a whole number of 1 or more, not {shown(value)}"
        raise DefinitionError(problem)


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
        DefinitionError: If *sequence* is no whole number of 1 or more, *recorded_at* is naive, or *actor* is
            no name.
    """

    record: ConfigurationRecord
    sequence: int = field(validator=_counted)
    recorded_at: datetime = field(converter=in_utc, validator=aware_instant)
    actor: str = field(validator=named)
    reason: str = ""
