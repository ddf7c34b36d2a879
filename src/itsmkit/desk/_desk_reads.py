"""What can be read of a desk as a whole: its feed, its deadlines, its figures."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from itsmkit._problems import items_problems
from itsmkit.conditions import ALWAYS
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._rereading import OPEN
from itsmkit.desk._rooms import Rooms
from itsmkit.desk._where import Where
from itsmkit.errors import DefinitionError
from itsmkit.plugin import (
    PositionedEvent,
    TicketQuery,
    Timer,
)
from itsmkit.plugin.queries import MAX_PAGE
from itsmkit.practices import INCIDENT, ServiceLevelDifference, what_if
from itsmkit.sla import ServiceLevelAgreement
from itsmkit.tickets import TicketEvent

if TYPE_CHECKING:
    from itsmkit.desk.next_deadline import NextDeadline
    from itsmkit.reporting import GroupFigures, IncidentReport
    from itsmkit.reporting.desk_value import DeskValue
    from itsmkit.reporting.experience import ExperienceWeights, ServiceExperience

__all__ = ["DeskReads", "check_least"]


@looking_at_arguments()
class DeskReads(Rooms):
    """The part of a `Desk` that is read as a whole: its feed, its deadlines, its figures."""

    def events(self, *, after: int = 0, limit: int = 1000) -> Sequence[PositionedEvent[TicketEvent]]:
        """
        Return the feed: every event of the desk, in the order of the commits.

        Args:
            after: The position that the reader has reached; 0 to begin with.
            limit: The most to return at once.

        Returns:
            The events with their positions. Give the last position as *after* to go on; no event that may
            be read is ever skipped.

        Raises:
            DefinitionError: If *after* is below 0, or *limit* below 1.
        """
        check_least(0, after=after)
        check_least(1, limit=limit)
        return self._runner.reader("events", self._actor).events(after, limit)

    def feed(self) -> Iterator[TicketEvent]:
        """Go through every event of the desk that may be read, in the order of the commits."""
        return self._runner.reader("feed", self._actor).feed()

    def report(self, kind: str = INCIDENT) -> "IncidentReport":
        """
        Return the figures of the desk's incidents as they stand now, in its reporting hours.

        Args:
            kind: The name of another kind of work, the figures of which are asked for instead.

        Raises:
            NotFoundError: If the desk has no such kind.
        """
        from itsmkit.reporting import events_of_kind, incident_report  # noqa: PLC0415  # as above

        name = self.config.kind(kind).name
        read = ((ticket, clocks) for ticket, clocks in self.tickets.readings() if ticket.kind == name)
        feed = self._runner.reader("report", self._actor).feed()
        return incident_report(events_of_kind(name, feed), read, self.config.reporting_hours)

    def figures(self, by: str | Sequence[str], *, where: Where = ALWAYS) -> "tuple[GroupFigures, ...]":
        """
        Return the figures of tickets of every kind as they stand now, for each value of some of their facts.

        Args:
            by: The name of a fact, or several: fields of the desk's own, ``kind``, ``category``, whatever
                conditions can ask for.
            where: Which tickets are counted: see `TicketCommands.find`.

        Raises:
            DefinitionError: If *by* names no fact, or with all that is wrong with *where*.
        """
        from itsmkit.reporting import grouped_figures  # noqa: PLC0415  # as above

        self._admit("figures")
        return grouped_figures(self.tickets.readings(where), by)

    def value(self, *, self_service: int = 0) -> "DeskValue":
        """
        Return what the desk solves, and how close to the people: see `itsmkit.reporting.desk_value`.

        The lines of support groups are those that the rules of the desk declare.

        Args:
            self_service: How many needs were met without a ticket, such as by an article.

        Raises:
            DefinitionError: If *self_service* is negative.
        """
        from itsmkit.reporting.desk_value import desk_value  # noqa: PLC0415  # as above

        lines = {group.id: group.line for group in self.config.structure.groups}
        return desk_value(self._runner.reader("value", self._actor).feed(), lines, self_service=self_service)

    def experience(
        self, where: Where = ALWAYS, *, weights: "ExperienceWeights | None" = None
    ) -> "tuple[ServiceExperience, ...]":
        """
        Return how each service is felt, as things stand now: see `itsmkit.reporting.experience`.

        Args:
            where: Which tickets are counted: see `TicketCommands.find`.
            weights: What counts how much; by default, what people answer as much as the rest together.

        Raises:
            DefinitionError: With all that is wrong with *where*.
        """
        from itsmkit.desk.surveys import all_surveys  # noqa: PLC0415  # as above
        from itsmkit.reporting.experience import ExperienceWeights, service_experience  # noqa: PLC0415  # as above

        self._admit("experience")
        return service_experience(
            self.tickets.readings(where),
            self._runner.reader("experience", self._actor).feed(),
            all_surveys(self._runner),
            self._runner.clock(),
            ExperienceWeights() if weights is None else weights,
        )

    def next_deadlines(self, limit: int = 50) -> "Sequence[NextDeadline]":
        """
        Return what is due next on the whole desk, the earliest first.

        That is when targets of clocks are used up, and when states end by themselves. It is one query of the
        store, by an index. A clock has a deadline for as long as a checkpoint of it is ahead.

        Args:
            limit: The most to return, 1 to `MAX_PAGE`.

        Raises:
            DefinitionError: If *limit* is out of bounds.
        """
        if not 1 <= limit <= MAX_PAGE:
            problem = f"limit must be a whole number from 1 to {MAX_PAGE}, not {limit!r}"
            raise DefinitionError(problem)
        from itsmkit.desk.next_deadline import NextDeadline  # noqa: PLC0415  # few ask for it

        found = self._runner.reader("next_deadlines", self._actor).deadlines(limit)
        return [
            NextDeadline(timer.deadline, timer.name, stored.ticket)
            for timer, stored in found
            if timer.deadline is not None
        ]

    def parked_timers(self) -> Sequence[Timer]:
        """
        Return the timers that have failed so often that they are tried no more, by ticket and name.

        Among them are those of no ticket, such as of what somebody is to be told together.
        `TicketCommands.resume_timer` lets one run again.
        """
        return self._runner.reader("parked_timers", self._actor).parked_timers()

    def what_if(self, agreements: Iterable[ServiceLevelAgreement]) -> Iterator[ServiceLevelDifference]:
        """
        Go through the open tickets whose clocks would show something else under other agreements.

        Nothing is changed.

        Args:
            agreements: All that would hold, in place of the present ones.

        Raises:
            DefinitionError: With each of *agreements* that is none.
        """
        others = tuple(agreements)
        problems = [*items_problems("agreements", others, ServiceLevelAgreement)]
        if problems:
            raise DefinitionError(*problems)
        return self._differences(others, self._runner.clock())

    def _differences(
        self, others: tuple[ServiceLevelAgreement, ...], now: datetime
    ) -> Iterator[ServiceLevelDifference]:
        for stored in self._runner.reader("what_if", self._actor).pages(TicketQuery(OPEN, limit=MAX_PAGE)):
            with self._runner.store.begin() as unit:
                history = unit.history(stored.ticket.id)[: stored.ticket.version]
            clocks = self._runner.clocks(stored, lambda _: history)  # noqa: B023  # it is asked at once
            difference = what_if(stored.ticket, clocks, history, others, now)
            if difference is not None:
                yield difference


def check_least(least: int, **given: int) -> None:
    """
    Let arguments pass that are *least* or more.

    Raises:
        DefinitionError: With each that is less, by its name.
    """
    problems = [
        f"{name} must be {least} or more, not {value}" for name, value in given.items() if value < least
    ]
    if problems:
        raise DefinitionError(*problems)
