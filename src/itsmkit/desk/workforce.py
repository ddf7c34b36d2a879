"""What can be asked of planning the workforce: what arrives, who is needed, and how people fare."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from attrs import frozen

from itsmkit._checks import utc
from itsmkit._problems import shown
from itsmkit.calendars import TimeSpan
from itsmkit.conditions import ALWAYS, equals
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._commands import Runner
from itsmkit.desk._reading import Reader
from itsmkit.desk._shifts import as_of_now
from itsmkit.desk._where import Where, condition
from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.plugin import TicketQuery
from itsmkit.plugin.queries import MAX_PAGE
from itsmkit.practices.service_levels import read_clocks
from itsmkit.reporting.agent_measures import (
    AgentFigures,
    OwnView,
    agent_measures,
    handled_tickets,
    own_view,
)
from itsmkit.reporting.workforce import handling_times, ticket_arrivals
from itsmkit.sla import ClockReading
from itsmkit.tickets import Actor, Ticket
from itsmkit.tickets.structure import Person
from itsmkit.workforce import (
    HOURS_OF_WEEK,
    Agent,
    ArrivalForecast,
    ArrivalHistory,
    ForecastBacktest,
    HourlyNeed,
    ObservedTimes,
    Roster,
    RosterOutcome,
    ServiceGoal,
    WorkStream,
    backtest_arrivals,
    fit_arrivals,
    rates_of,
    simulate_roster,
    staffing,
)

__all__ = ["WorkforceReads"]

_WEEK = timedelta(weeks=1)
_FULL_HOUR = timedelta(hours=1)
_MOST_WEEKS = 520


@looking_at_arguments(
    but=("goal", "weeks", "folds", "year", "month", "shrinkage", "roster", "replications", "seed")
)
@frozen
class WorkforceReads:
    """
    What can be asked of planning the workforce; reached as ``desk.workforce``.

    All of it is about the desk as a whole and needs a permit: ``workforce.measures`` is for who leads a team,
    and ``workforce.own_measures`` for everybody. Hours are those of the calendar that reports count by.
    """

    _runner: Runner
    _actor: Actor | None

    # -- what arrives ----------------------------------------------------------------------------

    def arrivals(self, since: datetime, until: datetime, *, where: Where = ALWAYS) -> ArrivalHistory:
        """
        Return how many tickets were opened in each hour, of those that may be seen.

        Args:
            since: When the first hour begins; aware.
            until: When the last one has ended; aware.
            where: Which tickets, such as those of a kind or of a support group: see `TicketCommands.find`.

        Raises:
            DefinitionError: With all that is wrong with *where*, or if *until* is before *since*.
        """
        return ticket_arrivals(self._tickets("arrivals", where), since, until)

    def handling(self, *, where: Where = ALWAYS) -> ObservedTimes | None:
        """
        Return how much work was logged on each ticket that is done; ``None`` if none was on any.

        Args:
            where: Which tickets: see `TicketCommands.find`.

        Raises:
            DefinitionError: With all that is wrong with *where*.
        """
        return handling_times(self._tickets("handling", where))

    def forecast(
        self,
        since: datetime,
        until: datetime,
        *,
        where: Where = ALWAYS,
        weeks: int = 26,
        confidence: float = 0.9,
    ) -> ArrivalForecast:
        """
        Return how many tickets are to be expected in each hour.

        Args:
            since: When the first hour begins; aware, not before the present hour.
            until: When the last one has ended; aware.
            where: Which tickets: see `TicketCommands.find`.
            weeks: From how many weeks before the present hour: 2 to 520.
            confidence: How likely an hour is to have a count within its interval.

        Raises:
            DefinitionError: With everything that is wrong.
            OutOfRangeError: If the calendar that reports count by does not know these days.
        """
        return self._forecast("forecast", (since, until), where, weeks, confidence)

    def backtest(
        self, *, where: Where = ALWAYS, weeks: int = 26, folds: int = 4, confidence: float = 0.9
    ) -> ForecastBacktest:
        """
        Return how good forecasts for a week would have been.

        Args:
            where: Which tickets: see `TicketCommands.find`.
            weeks: Of how many weeks before the present hour: two more than *folds*, to 520.
            folds: How many forecasts are tried, each for the week after that of the one before.
            confidence: How many counts the intervals are to hold.

        Raises:
            DefinitionError: With everything that is wrong.
            OutOfRangeError: If the calendar that reports count by does not know these days.
        """
        history = self._history("backtest", where, weeks)
        return backtest_arrivals(
            history, self._runner.config.reporting_hours, folds=folds, confidence=confidence
        )

    # -- who is needed ---------------------------------------------------------------------------

    def staffing(
        self,
        since: datetime,
        until: datetime,
        goal: ServiceGoal,
        *,
        where: Where = ALWAYS,
        handling: timedelta | None = None,
        shrinkage: float = 0.0,
        weeks: int = 26,
    ) -> tuple[HourlyNeed, ...]:
        """
        Return how many people are needed in each hour, and why: see `itsmkit.workforce.staffing`.

        Args:
            since: When the first hour begins; aware, not before the present hour.
            until: When the last one has ended; aware.
            goal: How soon a ticket is to be taken up.
            where: Which tickets: see `TicketCommands.find`.
            handling: How long one takes; by default, what was logged on such tickets on average.
            shrinkage: The share of their time for which people are there but not at it.
            weeks: From how many weeks before the present hour: 2 to 520.

        Raises:
            DefinitionError: With everything that is wrong; or if no work was logged, and no *handling* given.
            OutOfRangeError: If the calendar that reports count by does not know these days.
        """
        found = self._forecast("staffing", (since, until), where, weeks, 0.9)
        times = self._handling("staffing", where).mean if handling is None else handling
        return staffing(found, times, goal, shrinkage=shrinkage)

    def stream(
        self,
        name: str,
        since: datetime,
        until: datetime,
        *,
        where: Where = ALWAYS,
        skill: str | None = None,
        priority: int = 3,
        respond_within: timedelta | None = None,
        resolve_within: timedelta | None = None,
        weeks: int = 26,
    ) -> WorkStream:
        """
        Return tickets as work for `itsmkit.workforce.simulate_roster`, as they are to be expected.

        They arrive as forecast, take as long as was logged on such tickets, and are laid down where a shift
        ends. What is agreed counts in the hours of the desk.

        Args:
            name: What to call the stream.
            since: When the first hour begins; aware, not before the present hour.
            until: When the last one has ended; aware.
            where: Which tickets: see `TicketCommands.find`.
            skill: What it takes to work on them; ``None`` if everybody can.
            priority: What is lower is taken up first.
            respond_within: How soon one is to be taken up; ``None`` if nothing is agreed.
            resolve_within: How soon one is to be done; ``None`` if nothing is agreed.
            weeks: From how many weeks before the present hour: 2 to 520.

        Raises:
            DefinitionError: With everything that is wrong; or if no work was logged on such tickets.
            OutOfRangeError: If the calendar that reports count by does not know these days.
        """
        return self._stream(
            "stream",
            (since, until),
            where,
            weeks,
            name=name,
            skill=skill,
            priority=priority,
            respond_within=respond_within,
            resolve_within=resolve_within,
        )

    # -- who is there, and what that comes to ----------------------------------------------------

    def roster(self, team: str, since: datetime, until: datetime) -> Roster:
        """
        Return who of a team works when, as a roster for the simulation.

        It goes by calendars and rotas, and by all overrides, swaps and leaves that hold by now. Whoever is on
        duty works. Somebody can do there what they can as it begins.

        Args:
            team: The id of a support group: its members, in their order; who has left, or comes later, has no
                shifts then.
            since: Aware.
            until: Aware, after *since*.

        Raises:
            NotFoundError: If there is no such group.
            DefinitionError: If an end is naive, or *until* is not after *since*.
        """
        self._runner.admit("workforce.roster", self._actor)
        return self._roster(team, since, until)

    def attainment(
        self,
        team: str,
        since: datetime,
        until: datetime,
        *,
        respond_within: timedelta | None = None,
        resolve_within: timedelta | None = None,
        where: Where | None = None,
        roster: Roster | None = None,
        skill: str | None = None,
        weeks: int = 26,
        replications: int = 20,
        seed: int = 0,
    ) -> RosterOutcome:
        """
        Return how much of what is agreed a team is to attain with its roster: see `simulate_roster`.

        Tickets arrive as forecast, take as long as was logged on such tickets, and are laid down where a
        shift ends; what is agreed counts in the hours of the desk. It begins without a queue.

        Args:
            team: The id of a support group.
            since: When the first hour begins; aware, not before the present hour.
            until: When the last one has ended; aware.
            respond_within: How soon a ticket is to be taken up; ``None`` if nothing is agreed.
            resolve_within: How soon one is to be done; ``None`` likewise.
            where: Which tickets arrive: see `TicketCommands.find`; by default, those of the group.
            roster: Who works when, in place of what `roster` returns, to try what another one would attain.
            skill: What it takes to work on them; ``None`` if everybody can.
            weeks: From how many weeks before the present hour is forecast: 2 to 520.
            replications: How often the time is played through, 2 to 10,000.
            seed: The same seed gives the same outcome.

        Raises:
            NotFoundError: If there is no such group.
            DefinitionError: With everything that is wrong; or if nothing is agreed, or no work was logged on
                such tickets.
            OutOfRangeError: If the calendar that reports count by does not know these days.
        """
        self._runner.admit("workforce.attainment", self._actor)
        if respond_within is None and resolve_within is None:
            problem = "attainment: say what is agreed, in `respond_within` or `resolve_within`"
            raise DefinitionError(problem)
        planned = self._roster(team, since, until)
        stream = self._stream(
            "attainment",
            (since, until),
            equals("support_group", team) if where is None else where,
            weeks,
            name=team,
            skill=skill,
            respond_within=respond_within,
            resolve_within=resolve_within,
        )
        used = planned if roster is None else roster
        return simulate_roster([stream], used, seed=seed, replications=replications)

    # -- how people fare -------------------------------------------------------------------------

    def measures(self, year: int, month: int) -> tuple[AgentFigures, ...]:
        """
        Return the measures of each person, held to their mix of work: see `itsmkit.reporting.agent_measures`.

        That is for who leads them. Of the tickets that may be seen.

        Args:
            year: The year.
            month: The month, 1 to 12, in which the tickets were opened, in the zone of the reporting hours.

        Raises:
            DefinitionError: If there is no such month.
        """
        span = self._month(year, month)
        self._runner.admit("workforce.measures", self._actor)
        policy = self._runner.config.measures
        reader = self._runner.reader("workforce.measures", self._actor)
        return agent_measures(handled_tickets(self._readings(reader, span), policy), policy)

    def own_measures(self, year: int, month: int) -> OwnView:
        """
        Return what somebody is shown: their own measures, and those of teams that tell of nobody.

        The figures of teams are of all tickets, whichever may be seen. They are of whole months that have
        ended, so that nobody learns of a colleague from two that differ by a day.

        Args:
            year: The year.
            month: The month, 1 to 12, in which the tickets were opened, in the zone of the reporting hours.

        Raises:
            DefinitionError: If there is no such month.
            RefusedError: If it is not over, or the desk acts as nobody.
        """
        since, until = self._month(year, month)
        self._runner.admit("workforce.own_measures", self._actor)
        if self._actor is None:
            refusal = "nobody asks for their own measures: bind the desk with `desk.acting_as(actor)`"
            raise RefusedError(refusal)
        if until > self._runner.clock():
            refusal = f"{year}-{month:02} is not over; measures are shown of whole months"
            raise RefusedError(refusal)
        policy = self._runner.config.measures
        reader = self._runner.privileged_reader("workforce.own_measures")
        handled = handled_tickets(self._readings(reader, (since, until)), policy)
        return own_view(handled, self._actor.id, policy)

    # -- as above --------------------------------------------------------------------------------

    def _tickets(self, operation: str, where: Where) -> Iterator[Ticket]:
        name = f"workforce.{operation}"
        self._runner.admit(name, self._actor)
        reader = self._runner.reader(name, self._actor)
        query = TicketQuery(condition(where), limit=MAX_PAGE)
        return (each.ticket for each in reader.pages(query))

    def _history(self, operation: str, where: Where, weeks: int) -> ArrivalHistory:
        if type(weeks) is not int or not 2 <= weeks <= _MOST_WEEKS:
            problem = f"weeks: must be a whole number from 2 to {_MOST_WEEKS}, not {shown(weeks)}"
            raise DefinitionError(problem)
        until = _hour_of(self._runner.clock())
        return ticket_arrivals(
            self._tickets(operation, where), until - weeks * HOURS_OF_WEEK * _FULL_HOUR, until
        )

    def _forecast(
        self, operation: str, span: tuple[datetime, datetime], where: Where, weeks: int, confidence: float
    ) -> ArrivalForecast:
        calendar = self._runner.config.reporting_hours
        model = fit_arrivals(self._history(operation, where, weeks), calendar)
        return model.forecast(*span, calendar, confidence=confidence)

    def _stream(
        self, operation: str, span: tuple[datetime, datetime], where: Where, weeks: int, **how: Any
    ) -> WorkStream:
        return WorkStream(
            rates=rates_of(self._forecast(operation, span, where, weeks, 0.9)),
            handling=self._handling(operation, where),
            is_laid_down=True,
            calendar=self._runner.config.reporting_hours,
            **how,
        )

    def _roster(self, team: str, since: datetime, until: datetime) -> Roster:
        span = TimeSpan(utc(since, "since"), utc(until, "until"))
        shifts = as_of_now(self._runner.shifts)
        return Roster(
            Agent(
                person.id,
                [
                    each
                    for shift in shifts.shifts_of(person.id, span.start, span.end)
                    if (each := _while_there(shift, person)) is not None
                ],
                person.skills_at(span.start),
            )
            for person in self._runner.directory.members_of(team)
        )

    def _handling(self, operation: str, where: Where) -> ObservedTimes:
        found = handling_times(self._tickets(operation, where))
        if found is None:
            way_out = "say how long one takes" if operation == "staffing" else "ask about others in `where`"
            problem = f"{operation}: no work was logged on such tickets; {way_out}"
            raise DefinitionError(problem)
        return found

    def _month(self, year: int, month: int) -> tuple[datetime, datetime]:
        zone = self._runner.config.reporting_hours.tz
        try:
            since = datetime(year, month, 1, tzinfo=zone)
            until = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=zone)
        except (TypeError, ValueError, OverflowError):
            problem = f"year and month: there is no month {shown(month)} of the year {shown(year)}"
            raise DefinitionError(problem) from None
        return utc(since, "since"), utc(until, "until")

    def _readings(
        self, reader: Reader, span: tuple[datetime, datetime]
    ) -> Iterator[tuple[Ticket, Mapping[str, ClockReading]]]:
        runner, now = self._runner, self._runner.clock()
        since, until = span
        for stored in reader.all():
            if since <= stored.ticket.opened_at < until:
                with runner.store.begin() as unit:
                    history = unit.history(stored.ticket.id)
                yield stored.ticket, read_clocks(runner.clocks(stored, lambda _: history), now)  # noqa: B023  # it is asked at once


def _while_there(shift: TimeSpan, person: Person) -> TimeSpan | None:
    """Return what of a shift lies between when somebody comes and leaves; ``None`` if nothing does."""
    start = shift.start if person.joined_at is None else max(shift.start, person.joined_at)
    end = shift.end if person.left_at is None else min(shift.end, person.left_at)
    return TimeSpan(start, end) if start < end else None


def _hour_of(instant: datetime) -> datetime:
    """Return when the hour began that an instant is in."""
    return instant.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
