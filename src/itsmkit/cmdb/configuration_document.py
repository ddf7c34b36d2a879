"""What a document says of a configuration: a class model, and records of what holds when."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property

from attrs import field, frozen

from itsmkit._checks import aware
from itsmkit._frozen import as_tuple
from itsmkit._problems import close_to
from itsmkit.cmdb.class_model import OPEN_MODEL, ClassModel
from itsmkit.cmdb.configuration_item import CIId, ConfigurationItem
from itsmkit.cmdb.graph import ConfigurationGraph
from itsmkit.cmdb.history.records import ConfigurationRecord, RecordKey
from itsmkit.cmdb.levels import STANDARD_LEVELS, LevelChain
from itsmkit.cmdb.redundancy import RedundancySet
from itsmkit.cmdb.relation import Relation
from itsmkit.cmdb.seed import Override, Seed
from itsmkit.errors import DefinitionError

__all__ = ["ConfigurationDocument", "KnownIds", "overlaps", "record_problems", "state_problems"]

_Edge = tuple[int, datetime]
_Span = tuple[_Edge, _Edge]
_START: _Edge = (0, datetime.min.replace(tzinfo=UTC))
_END: _Edge = (2, datetime.min.replace(tzinfo=UTC))
"""What is before, and after, the edges of all times."""


class KnownIds(frozenset[CIId]):
    """The ids of the items of a document; they are put in order once, and only for an error."""

    @cached_property
    def in_order(self) -> tuple[CIId, ...]:
        """The ids, sorted."""
        return tuple(sorted(self))


@frozen
class ConfigurationDocument:
    """
    A configuration as it is written down: what there is, for which time, and what has failed of it.

    Args:
        records: What there is, each with the time for which it holds. Of one thing there may be several, for
            times that do not overlap.
        model: The classes and relation types that they use.
        levels: The levels that they speak of.
        seeds: What is known, planned or assumed to be at a level.
        overrides: Rulings that an item is no worse than some level.

    Raises:
        DefinitionError: With every record that says nothing or stands twice for some time, and everything
            that is of no known class, type, level or item, in the model too.
    """

    records: tuple[ConfigurationRecord, ...] = field(default=(), converter=as_tuple)
    model: ClassModel = field(default=OPEN_MODEL, kw_only=True)
    levels: LevelChain = field(default=STANDARD_LEVELS, kw_only=True)
    seeds: tuple[Seed, ...] = field(default=(), converter=as_tuple, kw_only=True)
    overrides: tuple[Override, ...] = field(default=(), converter=as_tuple, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = [f"model: {problem}" for problem in self.model.level_problems(self.levels)]
        problems += [
            f"record of {record.key}: {problem}"
            for record in self.records
            for _, problem in record_problems(record, self.model, self.levels)
        ]
        problems += [f"record of {record.key}: {problem}" for record, problem in overlaps(self.records)]
        known = self._ids
        for what, states in (("seed", self.seeds), ("override", self.overrides)):
            for state in states:
                problems += [
                    f"{what} of {state.ci}: {problem}"
                    for _, problem in state_problems(state, known, self.levels)
                ]
        if problems:
            raise DefinitionError(*problems)

    @cached_property
    def _ids(self) -> KnownIds:
        return KnownIds(each.value.id for each in self.records if isinstance(each.value, ConfigurationItem))

    @property
    def is_timed(self) -> bool:
        """Whether some record does not hold for ever."""
        return any(each.since is not None or each.until is not None for each in self.records)

    def graph(self, at: datetime | None = None, *, strict: bool = False) -> ConfigurationGraph:
        """
        Return the graph of what holds at an instant.

        Args:
            at: The instant, aware; a record holds from its start up to, but not including, its end. It may
                be left out if all records hold for ever.
            strict: Whether the findings of the graph are errors.

        Raises:
            DefinitionError: If *at* is naive, or left out although some record holds only for a time; with
                each finding, if *strict*.
        """
        if at is not None:
            aware(at, "at")
        elif self.is_timed:
            timed = next(each for each in self.records if each.since is not None or each.until is not None)
            problem = (
                f"what holds only for a time needs an instant to be asked for: give at=…, for {timed.key}"
            )
            raise DefinitionError(problem)
        held = [each.value for each in self.records if at is None or _holds_at(each, at)]
        return ConfigurationGraph(
            [each for each in held if isinstance(each, ConfigurationItem)],
            [each for each in held if isinstance(each, Relation)],
            [each for each in held if isinstance(each, RedundancySet)],
            model=self.model,
            levels=self.levels,
            strict=strict,
        )


def _holds_at(record: ConfigurationRecord, instant: datetime) -> bool:
    return (record.since is None or record.since <= instant) and (
        record.until is None or instant < record.until
    )


def record_problems(
    record: ConfigurationRecord, model: ClassModel, levels: LevelChain
) -> Iterator[tuple[str, str]]:
    """List what a record has to do with no class, type or level, each with the field where it stands."""
    value = record.value
    if isinstance(value, ConfigurationItem):
        if not model.knows(value.ci_class):
            yield "class", model.unknown_class(value.ci_class)
    elif isinstance(value, Relation):
        if not model.knows_type(value.type):
            yield "type", model.unknown_type(value.type)
        problems = () if value.effect is None else value.effect.problems(levels)
        yield from (("effect", problem.removeprefix("effect: ")) for problem in problems)
    elif isinstance(value, RedundancySet):
        if value.relation_type is not None and not model.knows_type(value.relation_type):
            yield "relation_type", model.unknown_type(value.relation_type)
        yield from (("rule", problem) for problem in value.rule.level_problems(levels))
    else:
        yield "", "says of no item, relation or redundancy set that it is there; leave it out"


def state_problems(state: Seed | Override, known: KnownIds, levels: LevelChain) -> Iterator[tuple[str, str]]:
    """List what a seed or an override has to do with no item or level, each with the field."""
    if state.ci not in known:
        yield "ci", f"no configuration item {state.ci!r}; {close_to(state.ci, known.in_order)}"
    if state.level is not None and state.level not in levels.names:
        yield "level", f"no level {state.level!r}; {close_to(state.level, levels.names)}"


def overlaps(records: tuple[ConfigurationRecord, ...]) -> Iterator[tuple[ConfigurationRecord, str]]:
    """List each record that speaks of a time of which one before it of the same thing speaks too."""
    same: dict[RecordKey, list[ConfigurationRecord]] = {}
    for each in records:
        same.setdefault(each.key, []).append(each)
    if len(same) == len(records):
        return
    for each in (record for group in same.values() if len(group) > 1 for record in _clashing(group)):
        yield each, "it is declared before for some of the same time; once is enough, or separate the times"


def _clashing(group: list[ConfigurationRecord]) -> Iterator[ConfigurationRecord]:
    """Go through the records of a group that overlap one before them."""
    taken: list[_Span] = []  # what those before speak of: sorted, with gaps between
    for each in group:
        start = _START if each.since is None else (1, each.since)
        end = _END if each.until is None else (1, each.until)
        first = bisect_left(taken, start, key=lambda span: span[1])
        after = bisect_right(taken, end, lo=first, key=lambda span: span[0])
        met = taken[first:after]  # what it overlaps or touches
        if any(start < until and since < end for since, until in met):
            yield each
        taken[first:after] = [
            (min([start] + [since for since, _ in met]), max([end] + [until for _, until in met]))
        ]
