"""
Configuration records: what is said of the configuration, for which time it holds, and who says it.

Two times are kept apart. *Valid time* is when something is so, *recorded time* when somebody said it. A
later record about the same thing takes the place of an earlier one for the time that it speaks of, and
leaves the rest.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal, NamedTuple, Self

from attrs import field, frozen
from attrs.validators import optional

from itsmkit._checks import aware_instant, in_utc, in_utc_if_any, is_a, named
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


class _KeyParts(NamedTuple):
    kind: Literal["item", "relation", "redundancy", "override"]
    parts: tuple[str, ...]


class RecordKey(_KeyParts):
    """
    What a record is about. A tuple, so that it can be sorted and unpacked.

    Args:
        kind: ``"item"``, ``"relation"``, ``"redundancy"`` or ``"override"``, a ruling about an item.
        parts: The id of an item, also for a ruling about it; source, type, target and qualifier of a
            relation; dependent and name of a redundancy set.

    Raises:
        DefinitionError: If *parts* are not several texts, but one, or something else. How many there are to
            be, a `ConfigurationRecord` checks.
    """

    __slots__ = ()

    def __new__(
        cls, kind: Literal["item", "relation", "redundancy", "override"], parts: Iterable[str]
    ) -> Self:
        """Return the key. See the class."""
        if isinstance(parts, str):
            problem = f"RecordKey.parts: one text stands where several are asked for; write ({parts!r},)"
            raise DefinitionError(problem)
        found = tuple(parts) if is_a(parts, Iterable) else (parts,)
        if not all(isinstance(part, str) for part in found):
            problem = f"RecordKey.parts must be texts, such as ('web',), not {shown(parts)}"
            raise DefinitionError(problem)
        return cls._make((kind, found))

    @classmethod
    def of(cls, value: Recorded | Override) -> "RecordKey":
        """
        Return what a record of *value* is about.

        Raises:
            DefinitionError: If *value* is nothing that a record can be about.
        """
        # These parts are texts: nothing is to be checked, and there may be many.
        match value:
            case ConfigurationItem():
                return cls._make(("item", (value.id,)))
            case Relation():
                return cls._make(("relation", value.key))
            case RedundancySet():
                return cls._make(("redundancy", value.key))
            case Override():
                return cls._make(("override", (value.ci,)))
        raise DefinitionError(_no_value(value))

    @classmethod
    def given(cls, key: "RecordKey | str") -> "RecordKey":
        """
        Return *key*, for which the id of a configuration item may stand.

        Raises:
            DefinitionError: If it is neither.
        """
        if isinstance(key, str):
            return cls._make(("item", (key,)))
        if not is_a(key, RecordKey):
            raise DefinitionError(_no_key(key))
        return key

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


def _no_key(key: object) -> str:
    return (
        f"a key must be a RecordKey, such as RecordKey('item', ('web',)), not {shown(key)}; "
        "RecordKey.of(value) is that of a value"
    )


def _no_value(value: object) -> str:
    return (
        "what is recorded must be a ConfigurationItem, a Relation, a RedundancySet or an Override, not "
        f"{shown(value)}"
    )


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
        until: Up to when, not included, aware; ``None`` for ever, or for as long as a ruling lasts. Kept in
            UTC. The record of a ruling ends when the ruling expires, if not before.
        sources: Who says so, such as names of discovery tools.
        last_seen: When a source last saw it, aware, or ``None``. Kept in UTC.

    Raises:
        DefinitionError: With all that is wrong: *key* is none, *value* is nothing that can be recorded, or
            about something else, an instant is naive, *until* is not after *since*, or it is after the ruling
            expires.
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
        problems = [*_key_problems(self.key), *_value_problems(self.key, self.value)]
        if isinstance(self.value, Override):
            if self.until is None:
                object.__setattr__(self, "until", self.value.expires)
            elif self.until > self.value.expires:
                problems.append(
                    f"record of {self.key}: it ends at {self.until}, but the ruling expires at "
                    f"{self.value.expires}; leave out its end, or let the ruling last longer"
                )
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
    if not is_a(key, RecordKey):
        yield _no_key(key)
        return
    count = _PARTS.get(key.kind)
    if count is None:
        yield f"record of {key}: {key.kind!r} is no kind of record; known: {', '.join(_PARTS)}"
    elif len(key.parts) != count:
        yield f"record of {key}: a key of kind {key.kind!r} has {plural(count, 'part')}, not {len(key.parts)}"


def _value_problems(key: RecordKey, value: Recorded | Override | None) -> Iterator[str]:
    if value is None:
        return
    if not is_a(value, ConfigurationItem, Relation, RedundancySet, Override):
        yield f"record of {key}: {_no_value(value)}"
    elif key_of(value) != key:
        yield f"record of {key}: its value is {key_of(value)}; use that as the key"


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
