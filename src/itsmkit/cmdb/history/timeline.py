"""
The history of a configuration: what was said of it, when, and for which time.

Two times are kept apart: *valid time* is when something is so, *recorded time* when somebody said it. What
is asked for names one of each: what held then, as it was known by then.
"""

import heapq
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from attrs import evolve, frozen

from itsmkit._checks import utc
from itsmkit._figures import plural
from itsmkit._problems import close_to, instance_problems, items_problems
from itsmkit.cmdb.class_model import OPEN_MODEL, ClassModel
from itsmkit.cmdb.configuration_item import ConfigurationItem
from itsmkit.cmdb.graph import ConfigurationGraph
from itsmkit.cmdb.history._log import Entry, Log
from itsmkit.cmdb.history.records import ConfigurationEvent, Recorded, RecordKey
from itsmkit.cmdb.history.view import Baseline, ConfigurationView
from itsmkit.cmdb.levels import STANDARD_LEVELS, LevelChain
from itsmkit.cmdb.relation import Relation
from itsmkit.cmdb.seed import Override
from itsmkit.conditions import Condition
from itsmkit.errors import DefinitionError

__all__ = ["ConfigurationTimeline", "ConfigurationVersion", "UnreadableRecord"]

_BEGIN = datetime.min.replace(tzinfo=UTC)


@frozen
class ConfigurationVersion:
    """
    How something was during a span of valid time, as it is effective.

    Args:
        since: From when on, in UTC; ``None`` for always.
        until: Up to when, not included, in UTC; ``None`` for ever.
        event: What says so. Its record may speak of more time, of which others took a part.
        value: What is so.
    """

    since: datetime | None
    until: datetime | None
    event: ConfigurationEvent
    value: Recorded | Override


@frozen
class UnreadableRecord:
    """
    What is effective, and is left out of the graph, because the class model or the levels do not know it.

    Args:
        event: What says so.
        problems: What is not known, each a sentence.
    """

    event: ConfigurationEvent
    problems: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"{self.event.record.key}: left out of the configuration: {'; '.join(self.problems)}; "
            "end it, record it anew as something that is known, or take the name back into the model"
        )


@frozen(init=False, eq=False, repr=False)
class ConfigurationTimeline:
    """
    All that was recorded of a configuration, to be read as of any time.

    A later event takes the place of earlier ones about the same thing for the time that its record speaks of,
    and leaves the rest. What an event about one thing says of another is nothing: a relation outlives an
    item that is removed, and is then one of the `ConfigurationGraph.findings`.

    Args:
        events: The events in the order in which they were recorded. One whose instant is before that of an
            event ahead of it counts as known with that one: a clock that is set back does not undo what was
            said.
        model: The classes and relation types, for all times; by default, the standard relation types and any
            class.
        levels: The levels that items can be at, for all times.
        tolerant: Whether values of no known class, relation type or level are kept, as where the model has
            changed since they were recorded. They stand in the history and in the spans, and are left out
            of every view: see `unreadable`.

    Raises:
        DefinitionError: With everything that is wrong: *model* or *levels* are none, events of one thing are
            not numbered 1, 2, 3 … in this order and, unless *tolerant*, values are of no known class,
            relation type or level. So every view has a graph.

    Example:
        >>> from datetime import UTC, datetime
        >>> from itsmkit.cmdb import CIId
        >>> from itsmkit.cmdb.history import ConfigurationEvent, ConfigurationRecord
        >>> def day(number):
        ...     return datetime(2026, 3, number, tzinfo=UTC)
        >>> web = ConfigurationItem(CIId("web"), "application", "Web shop")
        >>> bought = ConfigurationEvent(ConfigurationRecord.of(web, day(2)), 1, day(9), "anna")
        >>> timeline = ConfigurationTimeline([bought])
        >>> "web" in timeline.as_of(day(5))
        True
        >>> "web" in timeline.as_of(day(5), recorded=day(5))
        False
    """

    _log: Log
    _length: int
    model: ClassModel
    levels: LevelChain
    tolerant: bool

    def __init__(
        self,
        events: Iterable[ConfigurationEvent] = (),
        *,
        model: ClassModel = OPEN_MODEL,
        levels: LevelChain = STANDARD_LEVELS,
        tolerant: bool = False,
    ) -> None:
        strangers = [
            *instance_problems("model", model, ClassModel),
            *instance_problems("levels", levels, LevelChain),
        ]
        if strangers:
            raise DefinitionError(*strangers)
        events = tuple(events)
        self.__attrs_init__(Log(), 0, model, levels, tolerant)
        problems = [*_setting_problems(model, levels), *self._problems(events)]
        if problems:
            raise DefinitionError(*problems)
        self.__attrs_init__(*self._appended(events), model, levels, tolerant)

    def after(self, *events: ConfigurationEvent) -> "ConfigurationTimeline":
        """
        Return the timeline that has *events* too, recorded after all that it has.

        It shares what is there. The cost is that of the new events, as long as they follow on the longest
        timeline of all that share; otherwise, as where one timeline is tried out with several futures, also
        that of a copy of a few lists.

        Raises:
            DefinitionError: As for the class; the timeline stays as it is.
        """
        problems = list(self._problems(events))
        if problems:
            raise DefinitionError(*problems)
        timeline = object.__new__(type(self))
        timeline.__attrs_init__(*self._appended(events), self.model, self.levels, self.tolerant)
        return timeline

    def value_problems(self, *values: Recorded | Override) -> tuple[str, ...]:
        """
        List every class, relation type and level of *values* that there is not, with what speaks of it.

        Values without such problems can be recorded: `after` takes their events.
        """
        return tuple(_value_problems(values, self.model, self.levels))

    # -- what was recorded ---------------------------------------------------------------------------

    @property
    def events(self) -> tuple[ConfigurationEvent, ...]:
        """All events, in the order in which they were recorded. Each time it costs a copy."""
        return self._log.events(self._length)

    @property
    def recorded_until(self) -> datetime | None:
        """The instant since when all events are known; ``None`` if there are none."""
        return self._log.known_since(self._length)

    @property
    def keys(self) -> tuple[RecordKey, ...]:
        """What anything was ever said of, sorted by kind and parts."""
        return tuple(self._log.keys(self._length))

    def history(self, key: RecordKey | str) -> tuple[ConfigurationEvent, ...]:
        """
        Return the events about one thing in the order in which they were recorded; empty if none was.

        Args:
            key: What it is. The id of a configuration item may stand for it, here and wherever a key is asked
                for.

        Raises:
            DefinitionError: If *key* is neither.
        """
        return tuple(entry.event for entry in self._log.entries(RecordKey.given(key), self._length))[::-1]

    def newest_first(self, key: RecordKey) -> Iterator[ConfigurationEvent]:
        """Go through the events about one thing from the last one back. Each costs as it is reached."""
        return (entry.event for entry in self._log.entries(key, self._length))

    def effective(
        self, key: RecordKey, valid: datetime, recorded: datetime | None = None
    ) -> ConfigurationEvent | None:
        """
        Return by which event one thing is as it is at an instant, as it was known at another.

        Args:
            key: The thing.
            valid: When it held, aware.
            recorded: The instant of knowledge, aware; by default, all events are known.

        Returns:
            The last event that speaks of *valid*, also one that says that the thing is not there; ``None``
            if none does. The cost is that of the events after it.

        Raises:
            DefinitionError: If an instant is naive.
        """
        entry = self._log.effective(key, self._known(recorded), utc(valid, "valid"))
        return None if entry is None else entry.event

    def unreadable(self, valid: datetime, recorded: datetime | None = None) -> tuple[UnreadableRecord, ...]:
        """
        Return what a tolerant timeline leaves out of the view of the same instants, sorted by kind and parts.

        Raises:
            DefinitionError: If an instant is naive.
        """
        events = self._log.kept_out(self._known(recorded), utc(valid, "valid"))
        return tuple(
            UnreadableRecord(event, tuple(_problems_of(event.record.value, self.model, self.levels)))
            for event in sorted(events, key=lambda event: event.record.key)
        )

    def next_sequence(self, key: RecordKey | str) -> int:
        """Return the sequence of the next event about one thing: 1 if there is none yet."""
        last = next(self._log.entries(RecordKey.given(key), self._length), None)
        return 1 if last is None else last.event.sequence + 1

    def spans(
        self, key: RecordKey | str, recorded: datetime | None = None
    ) -> tuple[ConfigurationVersion, ...]:
        """
        Return how one thing was over valid time, as it was known at an instant.

        Args:
            key: The thing: see `history`.
            recorded: The instant of knowledge, aware; by default, all events are known.

        Returns:
            In the order of time; half-open spans that do not overlap. Where there is a gap, the thing was not
            there, or nothing was said. Where one event follows on another, the versions are two, even if the
            values are equal. The cost is that of sorting the events about it.

        Raises:
            DefinitionError: If *recorded* is naive, or *key* is none.
        """
        return tuple(_versions(self._log.entries(RecordKey.given(key), self._known(recorded))))

    # -- views ---------------------------------------------------------------------------------------

    def as_of(self, valid: datetime, recorded: datetime | None = None) -> ConfigurationView:
        """
        Return what held at one instant, as it was known at another.

        The view costs nothing until something is asked of it. Its graph is then made from the events, and
        the last eight graphs are kept: two views of the same knowledge have the very same graph if no
        record begins or ends to hold between their instants.

        Args:
            valid: When it held, aware.
            recorded: When it was known, aware: events recorded up to then, this instant included. By default,
                all events are known.

        Raises:
            DefinitionError: If an instant is naive.
        """
        return ConfigurationView(
            self, utc(valid, "valid"), None if recorded is None else utc(recorded, "recorded")
        )

    def baseline(
        self, name: str, valid: datetime, recorded: datetime, where: Condition | None = None
    ) -> Baseline:
        """
        Return a name for a view, or for a part of it. Nothing is copied: see `Baseline`.

        Raises:
            DefinitionError: If *name* is none, an instant is naive, or *where* is no condition.
        """
        return Baseline(name, valid, recorded, where)

    def view_of(self, baseline: Baseline) -> ConfigurationView:
        """Return what a baseline stands for in this timeline. The cost is that of `as_of`."""
        return evolve(self.as_of(baseline.valid, baseline.recorded), where=baseline.where)

    # -- values --------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return self._length

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ConfigurationTimeline):
            return NotImplemented
        mine = (self._length, self.model, self.levels, self.tolerant)
        if mine != (other._length, other.model, other.levels, other.tolerant):
            return False
        return self._log is other._log or self.events == other.events

    def __hash__(self) -> int:
        return hash((self._length, self.recorded_until, self.levels))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {plural(self._length, 'event')}>"

    def __reduce__(self) -> tuple[object, ...]:
        return _timeline, (self.events, self.model, self.levels, self.tolerant)

    def _appended(self, events: tuple[ConfigurationEvent, ...]) -> tuple[Log, int]:
        if not self.tolerant:
            return self._log.appended(self._length, events)
        return self._log.appended(self._length, events, self._is_unreadable)

    def _is_unreadable(self, event: ConfigurationEvent) -> bool:
        return any(True for _ in _problems_of(event.record.value, self.model, self.levels))

    def _known(self, recorded: datetime | None) -> int:
        """Return how many events were known at *recorded*."""
        return self._log.known(self._length, None if recorded is None else utc(recorded, "recorded"))

    # -- what is wrong -------------------------------------------------------------------------------

    def _problems(self, events: tuple[ConfigurationEvent, ...]) -> Iterator[str]:
        strangers = [*items_problems("events", events, ConfigurationEvent)]
        if strangers:
            yield from strangers
            return
        yield from self._sequence_problems(events)
        if not self.tolerant:
            said = (event.record.value for event in events)
            yield from _value_problems(
                (value for value in said if value is not None), self.model, self.levels
            )

    def _sequence_problems(self, events: tuple[ConfigurationEvent, ...]) -> Iterator[str]:
        following: dict[RecordKey, int] = {}
        for number, event in enumerate(events):
            key = event.record.key
            expected = following.get(key) or self.next_sequence(key)
            if event.sequence != expected:
                yield (
                    f"events[{number}]: {key} has the sequence {event.sequence} where {expected} comes next; "
                    "give all its events, in the order in which they were recorded"
                )
            following[key] = event.sequence + 1


def _timeline(
    events: tuple[ConfigurationEvent, ...], model: ClassModel, levels: LevelChain, tolerant: bool
) -> ConfigurationTimeline:
    return ConfigurationTimeline(events, model=model, levels=levels, tolerant=tolerant)


def _setting_problems(model: ClassModel, levels: LevelChain) -> tuple[str, ...]:
    """List what keeps the model from being read on the levels: the graph knows."""
    try:
        ConfigurationGraph((), model=model, levels=levels)
    except DefinitionError as error:
        return error.problems
    return ()


def _value_problems(
    values: Iterable[Recorded | Override], model: ClassModel, levels: LevelChain
) -> Iterator[str]:
    """List what would keep *values* from being in a graph, each name or rule once."""
    told: dict[str, list[str]] = {}
    for value in values:
        for problem in _problems_of(value, model, levels):
            told.setdefault(problem, []).append(str(RecordKey.of(value)))
    for problem, keys in told.items():
        distinct = list(dict.fromkeys(keys))
        more = f" and {len(distinct) - 1} more" if len(distinct) > 1 else ""
        yield f"{distinct[0]}{more}: {problem}"


def _problems_of(value: Recorded | Override | None, model: ClassModel, levels: LevelChain) -> Iterator[str]:
    match value:
        case None:
            pass
        case ConfigurationItem():
            if not model.knows(value.ci_class):
                yield model.unknown_class(value.ci_class)
        case Relation():
            if not model.knows_type(value.type):
                yield model.unknown_type(value.type)
            if value.effect is not None:
                yield from value.effect.problems(levels)
        case Override():
            if value.level not in levels.names:
                yield f"no level {value.level!r}; {close_to(value.level, levels.names)}"
        case _:
            if value.relation_type is not None and not model.knows_type(value.relation_type):
                yield model.unknown_type(value.relation_type)
            yield from value.rule.level_problems(levels)


def _versions(entries: Iterable[Entry]) -> Iterator[ConfigurationVersion]:
    """
    Go through valid time, and yield what is effective.

    Of the records that hold at a time, the last recorded one is effective: the top of a heap, from which
    those that have ended are thrown away when they come up.
    """
    starting: dict[datetime, list[tuple[int, ConfigurationEvent]]] = {}
    bounds: set[datetime] = set()
    for entry in entries:
        record = entry.event.record
        since = record.since or _BEGIN
        starting.setdefault(since, []).append((-entry.place, entry.event))
        bounds.update((since,) if record.until is None else (since, record.until))
    running: list[tuple[int, ConfigurationEvent]] = []
    effective: ConfigurationEvent | None = None
    began = _BEGIN
    for bound in sorted(bounds):
        for each in starting.get(bound, ()):
            heapq.heappush(running, each)
        while running and (until := running[0][1].record.until) is not None and until <= bound:
            heapq.heappop(running)
        now = running[0][1] if running else None
        if now is not effective:
            yield from _version(began, bound, effective)
            effective, began = now, bound
    yield from _version(began, None, effective)


def _version(
    began: datetime, ended: datetime | None, event: ConfigurationEvent | None
) -> Iterator[ConfigurationVersion]:
    if event is not None and event.record.value is not None:
        yield ConfigurationVersion(None if began == _BEGIN else began, ended, event, event.record.value)
