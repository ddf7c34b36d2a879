"""What plugins find out of configuration items, and what came of asking all of them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain

from attrs import field, frozen

from itsmkit._checks import aware_instant, in_utc, is_a, named
from itsmkit._frozen import EMPTY, as_tuple, frozen_dict
from itsmkit._problems import instance_problems, items_problems, shown
from itsmkit.cmdb import SourceRecord
from itsmkit.errors import DefinitionError, PluginError

__all__ = ["Discovery", "DiscoveryProblem", "DiscoveryRun", "SourcesOnce"]


@frozen
class DiscoveryProblem:
    """
    Something that a source could not read, and went on without.

    Args:
        subject: What it is, such as ``"serial number"`` or ``"volume /backup"``.
        reason: Why it could not be read, and the way out if there is one.

    Raises:
        DefinitionError: If *subject* or *reason* is empty or has spaces around it.
    """

    subject: str = field(validator=named)
    reason: str = field(validator=named)

    def __str__(self) -> str:
        return f"{self.subject}: {self.reason}"


@frozen
class Discovery:
    """
    What one source says of the configuration items that it knows.

    Args:
        source: The name of the source.
        records: What it says, a record for each item. They are read at once, all of them.
        is_full: Whether these are all that the source knows, so that an item of which it spoke before and
            does not speak now is gone. A source that could not read some of its records says no.
        problems: What it could not read.

    Raises:
        DefinitionError: With all that is wrong: *source* is empty or has spaces around it, a record is none,
            is of another source, or has the key of another one, *is_full* is no truth value, or a problem is
            something else.

    Example:
        >>> from datetime import UTC, datetime
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> print(Discovery("netbox", [SourceRecord("netbox", "7", "host", "web-1", seen_at=at)]))
        netbox: 1 record
    """

    source: str = field(validator=named)
    records: tuple[SourceRecord, ...] = field(converter=as_tuple)
    is_full: bool = field(default=False, kw_only=True)
    problems: tuple[DiscoveryProblem, ...] = field(default=(), converter=as_tuple, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = list(_record_problems(self.source, self.records))
        if not is_a(self.is_full, bool):
            problems.append(f"is_full: must be True or False, not {shown(self.is_full)}")
        problems += items_problems("problems", self.problems, DiscoveryProblem)
        if problems:
            raise DefinitionError(*(f"discovery of {self.source}: {problem}" for problem in problems))

    def __str__(self) -> str:
        number = len(self.records)
        return f"{self.source}: {number} record{'' if number == 1 else 's'}{', all' if self.is_full else ''}"


def _record_problems(source: str, records: Iterable[object]) -> Iterator[str]:
    keys: Counter[str] = Counter()
    for number, each in enumerate(records):
        if not isinstance(each, SourceRecord):
            yield from instance_problems(f"records[{number}]", each, SourceRecord)
            continue
        keys[each.key] += 1
        if each.source != source:
            yield f"records[{number}]: {each} is of another source; discover each apart"
    for key, times in keys.items():
        if times > 1:
            yield f"key {key!r} is that of {times} records; a source knows an item by one key"


@frozen
class DiscoveryRun:
    """
    What came of asking all plugins what there is.

    Args:
        at: The instant of the question, aware. Kept in UTC.
        discoveries: What they found, one for each source, in the order of asking.
        failures: The plugins that could not answer, each with the problem, in that order. What they would
            have told is missing, and nothing else: it does not mean that it is gone.
        plugins: Which plugin spoke, by the name of the source.
    """

    at: datetime = field(converter=in_utc, validator=aware_instant)
    discoveries: tuple[Discovery, ...] = field(default=(), converter=as_tuple)
    failures: tuple[PluginError, ...] = field(default=(), converter=as_tuple)
    plugins: Mapping[str, str] = field(default=EMPTY, converter=frozen_dict)

    @property
    def is_complete(self) -> bool:
        """Whether every plugin that was asked has answered, and has read all there was to read."""
        return not self.failures and not any(each.problems for each in self.discoveries)

    @property
    def records(self) -> tuple[SourceRecord, ...]:
        """The records of all sources, in the order of asking."""
        return tuple(chain.from_iterable(each.records for each in self.discoveries))

    def explain(self) -> str:
        """Return it as text: a line for each source, each problem and each failure."""
        lines: list[str] = []
        for each in self.discoveries:
            teller = self.plugins.get(each.source)
            lines.append(str(each) if teller is None else f"{each} ({teller})")
            lines += (f"not read: {each.source}: {problem}" for problem in each.problems)
        return "\n".join([*lines, *(f"missing: {each}" for each in self.failures)])


class SourcesOnce:
    """The sources that have spoken in one run, each through one plugin."""

    def __init__(self) -> None:
        self.plugins: dict[str, str] = {}

    def read(self, plugin: str, told: object) -> Discovery | None:
        """
        Return what *plugin* found, or ``None`` if it knows nothing.

        Raises:
            DefinitionError: If *told* is something else, or its source has spoken already.
        """
        if told is None:
            return None
        if not isinstance(told, Discovery):
            problem = f"it returned {type(told).__name__} in place of a Discovery or None"
            raise DefinitionError(problem)
        if told.source in self.plugins:
            problem = (
                f"plugin {self.plugins[told.source]!r} has spoken for the source {told.source!r} already; "
                "give each source a name of its own"
            )
            raise DefinitionError(problem)
        self.plugins[told.source] = plugin
        return told
