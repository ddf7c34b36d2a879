"""
How a desk routes a ticket: it looks around, decides, and saves the ticket with whose turn it is.

Directory, shifts, loads and plugins are asked before the unit of work, since they may be far away. What was
seen there is held to what the unit finds: if the ticket or the turns of the group are others by then, the
desk looks around again. So two workers never give two tickets in the same turn.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from typing import NamedTuple

from attrs import evolve, frozen

from itsmkit.calendars import TimeSpan
from itsmkit.conditions import all_of, equals, present
from itsmkit.desk._access import guarded
from itsmkit.desk._answers import TICKET
from itsmkit.desk._causes import led_to_wait
from itsmkit.desk._commands import Runner
from itsmkit.desk._directory import language_of_person
from itsmkit.desk._record_kind import RecordKind
from itsmkit.desk._shelf import Shelf
from itsmkit.desk._shifts import DeskShifts
from itsmkit.desk._timer_names import ASKED_ROUTING, ROUTING
from itsmkit.desk.memory.shifts import CalendarShifts
from itsmkit.errors import ConflictError, NotFoundError, RefusedError
from itsmkit.plugin import ClaimedTimer, Order, TicketQuery, Timer, UnitOfWork
from itsmkit.practices.decision import refuse_merged
from itsmkit.practices.inheritance import known
from itsmkit.practices.routing import (
    Familiarity,
    Routed,
    RoutingAdvice,
    RoutingDecision,
    RoutingPolicy,
    RoutingState,
    Situation,
    Team,
    Unassignable,
    given_by_routing,
    groups_in_question,
    route,
)
from itsmkit.practices.routing.state import take_turn
from itsmkit.tickets import Assigned, RoutingRecorded, RuleFired, Ticket, TicketEvent, TicketId
from itsmkit.tickets.structure import Person

__all__ = [
    "Asked",
    "ROUTING_STATE",
    "Router",
    "ask_for_routing",
    "asked_for_advice",
    "policy_of",
    "run_asked_routing",
    "run_routing",
]

ROUTING_STATE = RecordKind("routing state", RoutingState)

_TRIES = 5
_ANEW, _AS_IT_IS = "anew", "as it is"

_MOMENT = timedelta(seconds=1)
"""Long enough to see who is there; shifts further ahead are asked for only when nobody is."""


class _Outdated(Exception):  # noqa: N818  # no error: it undoes a unit of work
    """What was seen before the unit of work is no longer so."""


@frozen
class Asked:
    """
    What plugins advise, and which of them could not be asked.

    Args:
        advice: The surest plugin, and what it advises; ``None`` if none advises anything.
        failures: A sentence for each that failed.
    """

    advice: tuple[str, RoutingAdvice] | None = None
    failures: tuple[str, ...] = ()


class _Seen(NamedTuple):
    """
    What was seen before the unit of work, and what was decided by it.

    Args:
        ticket: The ticket.
        history: Its events.
        decision: Where it goes.
        state: Whose turn it was in the group.
    """

    ticket: Ticket
    history: Sequence[TicketEvent]
    decision: RoutingDecision
    state: RoutingState


def policy_of(runner: Runner) -> RoutingPolicy:
    """Return how the desk routes. Raises `RefusedError` if nobody said."""
    policy = runner.config.routing
    if policy is None:
        refusal = (
            "this desk has no rules of routing; declare them in the table [routing] of its configuration"
        )
        raise RefusedError(refusal)
    return policy


def asked_for_advice(runner: Runner, ticket: Ticket) -> Asked:
    """Ask the plugins once where they would send a ticket."""
    advice, failures = runner.plugins.advise_routing(ticket)
    return Asked(advice, tuple(map(str, failures)))


@frozen
class Router:
    """
    Routes a ticket.

    Args:
        runner: What runs the command.
        policy: How the desk routes.
        anew: Whether the rules choose the group again, whichever has the ticket.
        asked: What plugins advise.
        chain: The rules of automation that have led to it, the first of them first.
    """

    runner: Runner
    policy: RoutingPolicy
    anew: bool = False
    asked: Asked = Asked()
    chain: tuple[str, ...] = ()

    # -- looking around --------------------------------------------------------------------------

    def decided(self, ticket: Ticket, history: Sequence[TicketEvent]) -> tuple[RoutingDecision, RoutingState]:
        """Return where a ticket goes, and the turns of the group by which that was decided."""
        within = None if self.anew else ticket.support_group
        situation = self._situation(ticket, history, within)
        advice = self.asked.advice
        decision = route(self.policy, ticket, situation, within=within, advice=advice)
        if isinstance(decision, Unassignable) and decision.retry_at is None:
            # Nobody who can do it is there: now it matters who comes when.
            people = _people_of(situation.teams.values())
            ahead = self._shifts(people, situation.at, self.policy.horizon)
            decision = route(
                self.policy, ticket, evolve(situation, shifts=ahead), within=within, advice=advice
            )
        if self.asked.failures:
            decision = evolve(decision, because=(*decision.because, *self.asked.failures))
        return decision, situation.state_of(decision.group)

    def _situation(self, ticket: Ticket, history: Sequence[TicketEvent], within: str | None) -> Situation:
        runner = self.runner
        groups = groups_in_question(self.policy, ticket, within=within, advice=self.asked.advice)
        teams = [each for each in map(self._team, groups) if each is not None]
        shelf = Shelf(ROUTING_STATE, runner)
        with runner.store.begin() as unit:
            states = [each for each in (shelf.find(unit, group) for group in groups) if each is not None]
        people, at = _people_of(teams), runner.clock()
        requester = ticket.requester
        return Situation(
            at=at,
            teams=teams,
            shifts=self._shifts(people, at, _MOMENT),
            loads=runner.loads.loads(people, self.policy.load),
            states=states,
            handlers=dict(self._handlers(ticket, history)),
            language=None if requester is None else language_of_person(runner.directory, requester),
            barred=self._barred(ticket, people),
        )

    def _barred(self, ticket: Ticket, people: Iterable[str]) -> frozenset[str]:
        """Return of whom nobody knows that they may see a ticket that is under a restriction."""
        access = self.runner.access
        if access is None or ticket.restricted_to is None:
            return frozenset()
        return frozenset(
            each for each in people if not access.may_be_told(each, evolve(ticket, assignee=each))
        )

    def _team(self, group: str) -> Team | None:
        directory = self.runner.directory
        found = known(directory.group, group)
        if found is None:
            return None
        return Team(group, directory.members_of(group), known(directory.person, found.lead))

    def _shifts(
        self, people: Mapping[str, Person], since: datetime, length: timedelta
    ) -> Mapping[str, Sequence[TimeSpan]]:
        """Return when people work from an instant on: in the hours of the desk, if nothing else says so."""
        runner, until = self.runner, since + length
        if not isinstance(runner.shifts, DeskShifts):
            return {each: runner.shifts.shifts_of(each, since, until) for each in people}
        shifts = runner.shifts.current
        by_calendar = CalendarShifts(runner.directory, runner.config.calendars)
        # Who works in the same calendars works at the same time.
        known_spans: dict[tuple[str, ...], Sequence[TimeSpan]] = {}
        found: dict[str, Sequence[TimeSpan]] = {}
        for name, person in people.items():
            if shifts.may_be_on_duty(name):
                found[name] = shifts.shifts_of(name, since, until)
                continue
            calendars = self._calendars_of(person)
            if calendars not in known_spans:
                known_spans[calendars] = (
                    by_calendar.shifts_of(name, since, until)
                    if calendars
                    else runner.config.reporting_hours.open_spans(since, until)
                )
            found[name] = shifts.without_leaves(name, known_spans[calendars])
        return found

    def _calendars_of(self, person: Person) -> tuple[str, ...]:
        """Return the names of the calendars in which somebody works: their own, or those of their groups."""
        if person.calendar is not None:
            return (person.calendar,)
        groups = known(self.runner.directory.groups_of, person.id) or ()
        return tuple(group.calendar for group in groups if group.calendar is not None)

    def _handlers(self, ticket: Ticket, history: Sequence[TicketEvent]) -> Iterator[tuple[Familiarity, str]]:
        asked = frozenset(chain.from_iterable(rule.familiar for rule in self.policy.rules))
        if Familiarity.REOPENED in asked and ticket.reopens:
            had = [each.fact.assignee for each in history if isinstance(each.fact, Assigned)]
            last = next((each for each in reversed(had) if each is not None), None)
            if last is not None:
                yield Familiarity.REOPENED, last
        for familiar, fact in (
            (Familiarity.REQUESTER, "requester"),
            (Familiarity.CONFIGURATION_ITEM, "configuration_item"),
        ):
            value = ticket.fact(fact)
            if familiar in asked and isinstance(value, str):
                where = all_of(equals(fact, value), present("assignee"))
                query = TicketQuery(where, Order("updated_at", descending=True), limit=2)
                page = self.runner.privileged_reader("routing").find(query)
                others = (each.ticket for each in page.tickets if each.ticket.id != ticket.id)
                other = next(others, None)
                if other is not None and other.assignee is not None:
                    yield familiar, other.assignee

    # -- doing it --------------------------------------------------------------------------------

    def routed(self, ticket_id: TicketId, claimed: ClaimedTimer | None = None) -> Ticket:
        """
        Route a ticket, and save it together with whose turn it is.

        Args:
            ticket_id: The ticket.
            claimed: The timer for which it is done, if it is.

        Raises:
            NotFoundError: If there is no such ticket for who asks.
            RefusedError: If it is done, or somebody has it.
            ConflictError: If others saved first, every time; or another worker holds the timer by now.
        """
        runner, conflicts = self.runner, 0
        while True:
            with runner.store.begin() as unit:
                door = guarded(unit, runner.guard)
                ticket = runner.to_change(door, ticket_id).ticket
                history = unit.history(ticket_id)
            self.refuse(ticket)
            decision, state = self.decided(ticket, history)
            seen = _Seen(ticket, history, decision, state)
            try:
                after: Ticket = runner.answered(partial(self._save, seen, claimed), TICKET)
            except _Outdated as outdated:
                conflicts += 1
                if conflicts == _TRIES:
                    raise ConflictError(*outdated.args) from None
                runner.pause(conflicts)
            else:
                return after

    def refuse(self, ticket: Ticket) -> None:
        """
        Let a ticket pass that can be routed.

        Raises:
            RefusedError: If it is done, merged, or somebody has it, and it is not routed anew.
        """
        refuse_merged(ticket)
        if not ticket.is_open:
            refusal = f"cannot route {ticket.number}: it is {ticket.state_category}; reopen it first"
            raise RefusedError(refusal)
        if ticket.assignee is not None and not self.anew:
            refusal = (
                f"cannot route {ticket.number}: {ticket.assignee} has it; pass `anew=True` to let the rules "
                "choose again"
            )
            raise RefusedError(refusal)

    def _save(self, seen: _Seen, claimed: ClaimedTimer | None, unit: UnitOfWork) -> Ticket:
        ticket, decision, state = seen.ticket, seen.decision, seen.state
        runner, shelf = self.runner, Shelf(ROUTING_STATE, self.runner)
        if claimed is not None:
            unit.finish_timer(claimed)
        stored = runner.to_change(unit, ticket.id)
        if stored.ticket.version != ticket.version:
            raise _Outdated("ticket", ticket.id, ticket.version, stored.ticket.version)
        kept = shelf.find(unit, state.id)
        version = 0 if kept is None else kept.version
        if version != state.version:
            raise _Outdated(ROUTING_STATE.name, state.id, state.version, version)
        last = next(
            (each.fact for each in reversed(seen.history) if isinstance(each.fact, RoutingRecorded)), None
        )
        given = given_by_routing(stored.ticket, decision, runner.occasion(), last=last, chain=self.chain)
        after = runner.save(unit, given, stored)
        if isinstance(decision, Routed) and decision.person is not None:
            shelf.put(unit, kept, take_turn(state, decision.person, ticket.number))
        self._set_timer(unit, after, decision)
        return after

    def _set_timer(self, unit: UnitOfWork, ticket: Ticket, decision: RoutingDecision) -> None:
        """Come back to it when that may help; where it went to the queue of another group, at once."""
        if ticket.kind not in self.policy.automatic:
            return
        if isinstance(decision, Unassignable) and decision.support_group == decision.group:
            at = decision.retry_at if decision.assignee is None else None
            if at is not None:
                unit.set_timer(Timer(ticket.id, ROUTING, at))
                return
        elif isinstance(decision, Unassignable):
            unit.set_timer(Timer(ticket.id, ROUTING, self.runner.clock()))
            return
        unit.clear_timer(ticket.id, ROUTING)


def _people_of(teams: Iterable[Team]) -> Mapping[str, Person]:
    """Return the members of teams, and who leads them, by their ids."""
    people = (person for team in teams for person in (*team.members, team.lead) if person is not None)
    return {each.id: each for each in people}


def run_routing(runner: Runner, claimed: ClaimedTimer) -> None:
    """
    Route the ticket of a claimed timer, if it waits for that.

    Raises:
        ConflictError: If another worker holds the timer by now, or others saved first, every time.
    """
    policy, ticket_id = runner.config.routing, claimed.timer.ticket_id
    with runner.store.begin() as unit:
        ticket = known(lambda key: unit.ticket(TicketId(key)).ticket, ticket_id)
    waits = ticket is not None and ticket.is_open and ticket.assignee is None and ticket.merged_into is None
    if policy is None or ticket is None or not waits or ticket.kind not in policy.automatic:
        runner.retried(lambda unit: unit.finish_timer(claimed))
        return
    with runner.store.begin() as unit:
        chain = led_to_wait(unit.history(ticket.id), type(ticket))
    _route(Router(runner, policy, asked=asked_for_advice(runner, ticket), chain=chain), claimed)


def _route(router: Router, claimed: ClaimedTimer) -> None:
    try:
        router.routed(claimed.timer.ticket_id, claimed)
    except (NotFoundError, RefusedError):  # somebody took it meanwhile
        router.runner.retried(lambda unit: unit.finish_timer(claimed))


def ask_for_routing(
    unit: UnitOfWork, ticket: Ticket, fired: tuple[str, str], at: datetime, *, anew: bool
) -> None:
    """
    Have a ticket routed after the unit of work in which a rule asks for it, with the actor of the rule.

    Args:
        unit: The unit of work.
        ticket: The ticket.
        fired: The rule, and the occasion on which it fires: its history tells of it by then.
        at: The present instant, aware.
        anew: Whether the rules of routing choose the group again, whichever has the ticket.
    """
    rule, occasion = fired
    how = _ANEW if anew else _AS_IT_IS
    unit.set_timer(Timer(ticket.id, f"{ASKED_ROUTING}{how}:{occasion}:{rule}", at))


def run_asked_routing(runner: Runner, claimed: ClaimedTimer) -> None:
    """
    Route the ticket of a claimed timer that a rule has asked for, if nobody has it by now.

    Raises:
        ConflictError: As `run_routing`.
    """
    how, occasion, rule = claimed.timer.name.removeprefix(ASKED_ROUTING).split(":", 2)
    policy = runner.config.routing
    with runner.store.begin() as unit:
        ticket = unit.ticket(claimed.timer.ticket_id).ticket
        history = unit.history(ticket.id)
    if policy is None:
        runner.retried(lambda unit: unit.finish_timer(claimed))
        return
    event, fact = next(
        (each, each.fact)
        for each in history
        if isinstance(each.fact, RuleFired) and (each.fact.rule, each.fact.occasion) == (rule, occasion)
    )
    asked, chain = asked_for_advice(runner, ticket), (*fact.chain, fact.rule)
    _route(Router(evolve(runner, actor=event.actor), policy, how == _ANEW, asked, chain), claimed)
