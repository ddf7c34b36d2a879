"""From a ticket's rows, as they lie in the file, to its entries in the order in which they took effect."""

from datetime import datetime
from itertools import chain, groupby, pairwise
from operator import attrgetter, itemgetter
from typing import NamedTuple

from itsmkit._frozen import FrozenDict
from itsmkit.interchange.event_log import LogEntry
from itsmkit.interchange.event_log_format import EventLogFormat
from itsmkit.interchange.finding import Finding, FindingKind

__all__ = ["Row", "TEXT_FIELDS", "TicketReplay"]

TEXT_FIELDS = (
    "actor",
    "requester",
    "channel",
    "site",
    "category",
    "impact",
    "urgency",
    "priority",
    "group",
    "assignee",
    "service",
    "configuration_item",
)
"""The fields that pass from row to entry as they are."""


class Row(NamedTuple):
    """A row that names a ticket and a time; texts are ``None`` where the value is missing."""

    line: int
    ticket: str
    order: str | None
    at: datetime
    opened_at: datetime | None
    state: str | None
    texts: tuple[str | None, ...]
    facts: tuple[str | None, ...]


class TicketReplay:
    """
    Makes the entries of one ticket after another, by the rules that `FindingKind` states.

    Args:
        log_format: The layout of the log.
        findings: Takes what is wrong with the rows, in no particular order.
    """

    def __init__(self, log_format: EventLogFormat, findings: list[Finding]) -> None:
        self._names = tuple(log_format.facts)
        self._has_order = log_format.columns.order is not None
        self._states = frozenset(log_format.states)
        self._counters = [self._names.index(name) for name in log_format.counters]
        self._revealed = log_format.revealed
        self._numbers = _Numbers()
        self._findings = findings

    def entries(self, rows: list[Row]) -> list[LogEntry]:
        """Return the entries of one ticket in the order of replay; *rows* are its rows in file order."""
        numbered = self._by_order(rows) if self._has_order else self._by_time(rows)
        numbered, states = self._known_states(numbered)
        if not numbered:
            return []
        ordered = [row for _, row in numbered]
        effective_at = ordered[0].at
        opened_at = next((row.opened_at for row in ordered if row.opened_at), effective_at)
        entries: list[LogEntry] = []
        for (order, row), state, facts in zip(numbered, states, self._facts(ordered, states), strict=True):
            if row.at < effective_at:
                message = f"at {row.at} comes after {effective_at}, and takes effect only then"
                self._note(FindingKind.TIME_REVERSED, row, message)
            else:
                effective_at = row.at
            # Named one by one: the shortest way to write this takes half as long again, for every row.
            (
                actor, requester, channel, site, category, impact,
                urgency, priority, group, assignee, service, configuration_item,
            ) = row.texts  # fmt: skip
            entry = LogEntry(
                ticket=row.ticket,
                order=order if self._has_order else len(entries),
                at=row.at,
                state=state,
                line=row.line,
                effective_at=effective_at,
                opened_at=row.opened_at or opened_at,
                actor=actor,
                requester=requester,
                channel=channel,
                site=site,
                category=category,
                impact=impact,
                urgency=urgency,
                priority=priority,
                group=group,
                assignee=assignee,
                service=service,
                configuration_item=configuration_item,
                facts=facts,
            )
            entries.append(entry)
        return entries

    def _by_order(self, rows: list[Row]) -> list[tuple[int, Row]]:
        numbered = []
        seen = set()
        above = 0
        for row in rows:
            order = self._numbers[row.order]
            if order is None:
                order = above
                message = f"modification counter {row.order!r} is no number; taken for {order}, by its place"
                self._note(FindingKind.UNREADABLE_ORDER, row, message)
            elif order in seen:
                message = f"modification counter {order} is there already; both rows are kept"
                self._note(FindingKind.REPEATED_ORDER, row, message)
            else:
                seen.add(order)
            if order < above:
                message = f"modification counter {order} stands below {above}; the ticket's rows are sorted"
                self._note(FindingKind.OUT_OF_ORDER, row, message)
            numbered.append((order, row))
            above = order
        return sorted(numbered, key=itemgetter(0))

    def _by_time(self, rows: list[Row]) -> list[tuple[int, Row]]:
        for above, row in pairwise(rows):
            if row.at < above.at:
                message = f"at {row.at} stands below {above.at}; the ticket's rows are sorted"
                self._note(FindingKind.OUT_OF_ORDER, row, message)
        return list(enumerate(sorted(rows, key=attrgetter("at"))))

    def _known_states(self, numbered: list[tuple[int, Row]]) -> tuple[list[tuple[int, Row]], list[str]]:
        """Return the rows that have a state to be in, and those states."""
        kept: list[tuple[int, Row]] = []
        states: list[str] = []
        for order, row in numbered:
            state = row.state
            if not state or (self._states and state not in self._states):
                if not states:
                    message = f"state {state!r} is not known, nor is one before; the row is dropped"
                    self._note(FindingKind.NO_KNOWN_STATE, row, message)
                    continue
                message = f"state {state!r} is not known; the ticket stays {states[-1]!r}"
                self._note(FindingKind.UNKNOWN_STATE, row, message)
                state = states[-1]
            kept.append((order, row))
            states.append(state)
        return kept, states

    def _facts(self, rows: list[Row], states: list[str]) -> list[FrozenDict[str, str | None]]:
        """Return what is known after each row: counters mended, and nothing read ahead of its time."""
        values = [row.facts for row in rows]
        for place in self._counters:
            self._mend_counter(rows, values, place)
        shown_from = {name: _last_move(states, revealing) for name, revealing in self._revealed.items()}
        facts: list[FrozenDict[str, str | None]] = []
        for start, end in pairwise(sorted({0, *shown_from.values(), len(rows)})):
            hidden = [(name, None) for name, shown in shown_from.items() if start < shown]
            for row_values, same in groupby(values[start:end]):  # most rows change no fact
                known = FrozenDict(chain(zip(self._names, row_values, strict=True), hidden))
                facts.extend(known for _ in same)
        return facts

    def _mend_counter(self, rows: list[Row], values: list[tuple[str | None, ...]], place: int) -> None:
        count, text = 0, "0"
        for index, row_values in enumerate(values):
            found = row_values[place]
            number = self._numbers[found]
            if found is None or number is None:
                message = f"{self._names[place]} cannot be {found!r}; it stays {text}"
                self._note(FindingKind.IMPOSSIBLE_COUNTER, rows[index], message)
                values[index] = (*row_values[:place], text, *row_values[place + 1 :])
                continue
            if number < count:
                message = f"{self._names[place]} cannot fall from {text} to {found}; it is kept as logged"
                self._note(FindingKind.IMPOSSIBLE_COUNTER, rows[index], message)
            count, text = number, found

    def _note(self, kind: FindingKind, row: Row, message: str) -> None:
        self._findings.append(Finding(kind, row.line, row.ticket, message))


def _last_move(states: list[str], revealing: tuple[str, ...]) -> int:
    """Return the place of the last move into one of the *revealing* states; past the end if there is none."""
    for place in range(len(states) - 1, -1, -1):
        if states[place] in revealing and (place == 0 or states[place - 1] != states[place]):
            return place
    return len(states)


class _Numbers(dict[str | None, int | None]):
    """Whole numbers from 0 by their text, ``None`` for any other: each text is looked at once."""

    def __init__(self) -> None:
        super().__init__({None: None})

    def __missing__(self, text: str) -> int | None:
        number = int(text) if len(text) < 19 and text.isascii() and text.isdigit() else None
        self[text] = number
        return number
