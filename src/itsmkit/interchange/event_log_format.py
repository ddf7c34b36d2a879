"""How another system's event log is laid out: which column holds what, and how it is spelled."""

from collections.abc import Iterator, Mapping
from zoneinfo import ZoneInfo

import attrs
from attrs import field, frozen

from itsmkit._frozen import EMPTY, frozen_dict
from itsmkit.errors import DefinitionError
from itsmkit.interchange._instants import time_format_problem

__all__ = ["EventLogColumns", "EventLogFormat"]


@frozen(kw_only=True)
class EventLogColumns:
    """
    The name of the column for each field of an entry; see `LogEntry` for what the fields mean.

    Three are needed; the others may be left out, and then no entry has them.
    """

    ticket: str
    at: str
    state: str
    order: str | None = None
    opened_at: str | None = None
    actor: str | None = None
    requester: str | None = None
    channel: str | None = None
    site: str | None = None
    category: str | None = None
    impact: str | None = None
    urgency: str | None = None
    priority: str | None = None
    group: str | None = None
    assignee: str | None = None
    service: str | None = None
    configuration_item: str | None = None


@frozen(kw_only=True)
class EventLogFormat:
    """
    The layout of an event log: a text file of separated values with a header, one row for each change.

    Args:
        columns: Which column holds which field.
        facts: Further columns to carry along as text: our name for each, and the column.
        counters: Names of facts that count: whole numbers from 0 that do not fall within a ticket; others are
            findings.
        revealed: For a fact whose column carries the future: the states that make it true. Some systems
            write a ticket's final value on every row, such as when it was closed. Such a value is
            withheld (``None``) until the entry of the ticket's last move into one of these states; a
            first entry that is in one already counts as a move. If there is none, it is never revealed.
        delimiter: The character between two fields.
        encoding: The encoding of the text. A byte-order mark is accepted in UTF-8.
        time_format: Directives of `datetime.strptime`, or ``"iso"`` for ISO 8601.
        time_zone: The zone of the times that name no offset. When clocks go back, an hour is there
            twice: its times are read as the first of the two.
        missing: The texts that mean "no value"; the first is the one that is written.
        states: All states that the other system knows; others are findings. Empty: any text is a state.

    Raises:
        DefinitionError: With every problem of the format.

    >>> EventLogFormat(
    ...     columns=EventLogColumns(ticket="number", at="sys_updated_at", state="incident_state"),
    ...     facts={"closed_by": "closed_by"},
    ...     revealed={"closed_by": ("Closed",)},
    ...     time_format="%d/%m/%Y %H:%M",
    ... ).missing
    ('?', '')
    """

    columns: EventLogColumns
    facts: Mapping[str, str] = field(default=EMPTY, converter=frozen_dict)
    counters: tuple[str, ...] = ()
    revealed: Mapping[str, tuple[str, ...]] = field(default=EMPTY, converter=frozen_dict)
    delimiter: str = ","
    encoding: str = "utf-8"
    time_format: str = "iso"
    time_zone: str = "UTC"
    missing: tuple[str, ...] = ("?", "")
    states: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        problems = [f"EventLogFormat.{problem}" for problem in self._problems()]
        if problems:
            raise DefinitionError(*problems)

    def column_of(self) -> dict[str, str]:
        """Return the column of each field and fact that has one, fields first, each in its order."""
        columns: dict[str, str] = attrs.asdict(self.columns, filter=lambda _, column: column is not None)
        return {**columns, **self.facts}

    def _problems(self) -> Iterator[str]:
        yield from self._column_problems()
        yield from self._fact_problems()
        if len(self.delimiter) != 1 or self.delimiter in '"\r\n\0':
            yield f"delimiter must be one character, and no quote or line end, not {self.delimiter!r}"
        try:
            "text".encode(self.encoding)
        except (LookupError, ValueError):
            yield f"encoding must be a text encoding that Python knows, not {self.encoding!r}"
        problem = time_format_problem(self.time_format)
        if problem:
            yield f"time_format {self.time_format!r} {problem}"
        try:
            ZoneInfo(self.time_zone)
        except (LookupError, ValueError, OSError):  # OSError: the name of a folder of zones
            yield f"time_zone must be a zone such as 'Europe/Berlin', not {self.time_zone!r}"
        if not self.missing:
            yield "missing must hold a text that means no value, such as ''"

    def _column_problems(self) -> Iterator[str]:
        for name in sorted(self.facts.keys() & attrs.fields_dict(EventLogColumns).keys()):
            yield f"facts names {name!r}, which is a field; give its column in columns"
        users: dict[str, list[str]] = {}
        for name, column in self.column_of().items():
            users.setdefault(column, []).append(name)
            if not name or not column:
                yield f"columns and facts must not be empty, as in {name!r} = {column!r}"
        for column, names in users.items():
            if len(names) > 1:
                yield f"columns and facts read {column!r} for {' and '.join(names)}; read it for one"

    def _fact_problems(self) -> Iterator[str]:
        facts = ", ".join(self.facts) or "none"
        for option, names in (("counters", self.counters), ("revealed", self.revealed)):
            for name in names:
                if name not in self.facts:
                    yield f"{option} names {name!r}, which is not a fact; the facts are {facts}"
        for name, states in self.revealed.items():
            if name in self.counters:
                yield f"revealed names {name!r}, which counts and so is known on every row"
            if not states:
                yield f"revealed names no state for {name!r}; name the states that make it true"
            for state in states:
                if self.states and state not in self.states:
                    yield f"revealed names state {state!r} for {name!r}, which is not in states"
