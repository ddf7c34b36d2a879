"""What can be asked of automation: keeping rules, pausing them, what they would do, and why they did not."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from attrs import evolve, field, frozen

from itsmkit._checks import is_a
from itsmkit._frozen import as_tuple
from itsmkit._problems import close_to
from itsmkit.desk._access import Guard, Look, looking_in, unguarded
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._commands import Runner, acting
from itsmkit.desk._deeds import DEEDS, MOVES, deed_of
from itsmkit.desk._desk_reads import check_least
from itsmkit.desk._followed_feed import end_of
from itsmkit.desk._rule_answers import calendar_of, stamp
from itsmkit.desk._rule_kind import RULE
from itsmkit.desk._rule_previews import Sight, previews_of
from itsmkit.desk._rule_reports import RulesReport, RuleTrouble
from itsmkit.desk._rule_runs import READER
from itsmkit.desk._rule_steps import OPERATIONS_OF_STEPS, condition_of
from itsmkit.desk._shelf import Shelf, Step
from itsmkit.desk.aids import AIDS
from itsmkit.desk.config import DeskConfig
from itsmkit.errors import DefinitionError, NotFoundError
from itsmkit.plugin import UnitOfWork
from itsmkit.practices import Outcome
from itsmkit.practices.access import restriction_of
from itsmkit.practices.automation import (
    EventTrigger,
    Judgement,
    Moment,
    Rule,
    RuleFinding,
    Ruling,
    chain_of,
    check_rules,
    judge,
    judge_history,
    keep_rule,
    moments_of,
    pause_rule,
    resume_rule,
    retire_rule,
)
from itsmkit.practices.automation._steps import Moves
from itsmkit.practices.links import end_called
from itsmkit.practices.work_aids import MacroStep
from itsmkit.tickets import Actor, Ticket, TicketEvent, TicketId

__all__ = ["AutomationCommands", "Rehearsal", "RuleTrouble", "RulesReport", "WouldHave", "moves_of"]

_ALWAYS = datetime.min.replace(tzinfo=UTC)


@frozen
class WouldHave:
    """
    What a rule would have made of something that has happened.

    Args:
        ticket_id: The ticket.
        number: Its display number.
        judgement: What comes of the rule, and why.
    """

    ticket_id: TicketId
    number: str
    judgement: Judgement


@frozen
class Rehearsal:
    """
    What a rule would have made of what has happened on the desk.

    Args:
        found: Each event that it would have answered, in the order of the feed.
        position: Up to which position the feed was read.
        is_done: Whether it was read to its end.
    """

    found: tuple[WouldHave, ...] = field(converter=as_tuple)
    position: int
    is_done: bool


@looking_at_arguments(but=("rule",))
@frozen
class AutomationCommands:
    """
    What can be asked of automation; reached as ``desk.automation``.

    `Desk.run_due` lets the rules fire. All of it is about the desk as a whole and needs a permit; what a rule
    does, its author needs to be permitted by hand: when they keep it, and each time that it fires.
    """

    _runner: Runner
    _actor: Actor | None

    # -- keeping them ----------------------------------------------------------------------------

    def keep(self, rule: Rule, *, by: Actor | None = None, idempotency_key: str | None = None) -> Rule:
        """
        Keep a rule: a new one, or another version of the one of its id.

        What has happened before is no concern of it. Who keeps it is its author from now on.

        Args:
            rule: The rule. What becomes of it while it is kept, such as a pause, is left as it is.
            by: Who keeps it.
            idempotency_key: Chosen by who asks, to have it done once.

        Returns:
            The rule as it is kept, with its version.

        Raises:
            DefinitionError: With all that the desk has not, such as a calendar or a template; with what the
                author is not permitted; and with each round that it would lead to with the other rules.
        """
        if not is_a(rule, Rule):
            problem = f"rule: must be a Rule, not {type(rule).__name__}"
            raise DefinitionError(problem)
        actor, plain = acting(by, self._actor), RULE.to_document(rule.terms)
        runner = self._runner.asked("automation.keep", actor, idempotency_key, plain)
        shelf = Shelf(RULE, runner)

        def work(unit: UnitOfWork) -> Rule:
            before = shelf.find(unit, rule.id)
            others = [each for each in shelf.each() if each.id != rule.id]
            problems = [*_problems(runner, unit, rule, actor)]
            if not rule.is_retired:
                problems += _rounds(rule, others, runner.config)
            if problems:
                raise DefinitionError(*(f"rule {rule.id!r}: {each}" for each in problems))
            if before is None and all(each.is_retired for each in others):
                # Nobody has asked any rule yet, so that nothing is missed by it.
                unit.set_cursor(READER, end_of(runner.store.events))
            privileged = bool(runner.privileged) and runner.access is not None
            outcome = keep_rule(rule, before, actor, runner.clock(), is_privileged=privileged)
            if outcome is None:
                assert before is not None  # noqa: S101  # a new one is kept
                return before
            return shelf.put(unit, before, outcome)

        return runner.answered(work, shelf.answer)

    def retire(self, rule_id: str, *, by: Actor | None = None, idempotency_key: str | None = None) -> Rule:
        """
        Let a rule answer nothing any more; it remains, with its history.

        Args:
            rule_id: The rule.
            by: Who retires it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such rule.
        """
        runner = self._runner.asked("automation.retire", acting(by, self._actor), idempotency_key, rule_id)
        return Shelf(RULE, runner).change(rule_id, lambda _unit, rule: retire_rule(rule))

    def pause(
        self, rule_id: str, reason: str, *, by: Actor | None = None, idempotency_key: str | None = None
    ) -> Rule:
        """
        Let a rule answer nothing until it is resumed. What happens meanwhile, it does not catch up on.

        Args:
            rule_id: The rule.
            reason: Why.
            by: Who pauses it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such rule.
            DefinitionError: If no reason is said.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked("automation.pause", actor, idempotency_key, rule_id, reason)
        return Shelf(RULE, runner).change(rule_id, lambda _unit, rule: pause_rule(rule, reason))

    def resume(self, rule_id: str, *, by: Actor | None = None, idempotency_key: str | None = None) -> Rule:
        """
        Let a rule that was paused or parked answer what happens from now on.

        Args:
            rule_id: The rule.
            by: Who resumes it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such rule.
        """
        runner = self._runner.asked("automation.resume", acting(by, self._actor), idempotency_key, rule_id)

        def decide(_unit: UnitOfWork, rule: Rule) -> Outcome[Rule] | None:
            return resume_rule(rule, runner.clock())

        return Shelf(RULE, runner).change(rule_id, decide)

    # -- reads -----------------------------------------------------------------------------------

    def all(self) -> Iterator[Rule]:
        """Go through the rules, by their ids, retired ones too."""
        self._runner.admit("automation.all", self._actor)
        return Shelf(RULE, self._runner).each()

    def history(self, rule_id: str) -> tuple[Step[Rule], ...]:
        """Return what has happened to a rule, in order; empty if there never was one of this id."""
        self._runner.admit("automation.history", self._actor)
        with self._runner.store.begin() as unit:
            return Shelf(RULE, self._runner).history(unit, rule_id)

    def check(self) -> tuple[RuleFinding, ...]:
        """Return what is wrong with the rules as they work together: see `check_rules`."""
        self._runner.admit("automation.check", self._actor)
        return check_rules(Shelf(RULE, self._runner).each(), moves=moves_of(self._runner.config))

    def explain(self, ticket_id: TicketId, *, after: int = 0) -> tuple[Judgement, ...]:
        """
        Return what each rule made of each event of a ticket, and why, and what the history tells of it.

        The rules are taken as they are now; which version has fired, the history says. Those that answer
        times are left out, and so is whatever of the history who asks may not read.

        Args:
            ticket_id: The ticket.
            after: The sequence of the last event that is left out.

        Raises:
            NotFoundError: If there is no such ticket for who asks.
        """
        rules = [rule for rule in Shelf(RULE, self._runner).each() if not rule.is_retired]
        return self._judged(self._past("automation.explain", ticket_id), rules, after)

    def dry_run(self, rule: Rule, ticket_id: TicketId) -> tuple[Judgement, ...]:
        """
        Return what a rule would have made of each event of a ticket, and why; and what its steps would do.

        The steps are done on the ticket as it is now, and undone: nothing is left of them, and nobody is told
        or called. Where the condition holds for several events, they are so for each of them. A rule that
        answers times is asked as if its time were now.

        Args:
            rule: The rule, kept or not; it is taken as if it had always been used. One that is kept so acts
                with the rights of its author, any other with those of who asks.
            ticket_id: The ticket.

        Raises:
            NotFoundError: If there is no such ticket for who asks.
            DefinitionError: If it is no rule.
            RefusedError: If nobody asks; or in a transaction of the host, which alone could undo it.
        """
        runner, used = self._runner, self._with_author(_as_always(rule))
        past = self._past("automation.dry_run", ticket_id)
        if isinstance(used.trigger, EventTrigger):
            moments = {
                f"event {step[0].sequence}": Moment.of_event(*step, chain_of(past.history, step[0].sequence))
                for step in moments_of(past.history, type(past.ticket))
            }
            judged = self._judged(past, [used])
        else:
            now = runner.clock()
            moment = Moment(f"time {stamp(now)}", past.ticket)
            moments = {moment.occasion: moment}
            asked, seen = self._asked(used, past.sight.guard), evolve(moment, after=past.seen(past.ticket))
            judged = (judge(asked, seen, calendar_of(runner, used), now, history=past.told),)
        return tuple(
            evolve(each, rule=used, steps=previews_of(runner, used, moments[each.occasion], past.sight))
            if each.ruling in (Ruling.FIRES, Ruling.WAITS)
            else evolve(each, rule=used)
            for each in judged
        )

    def _with_author(self, rule: Rule) -> Rule:
        """Return a rule with who has kept it so; with who asks, if nobody has."""
        runner = self._runner
        with runner.store.begin() as unit:
            kept = Shelf(RULE, runner).find(unit, rule.id)
        if kept is not None and evolve(kept.terms, is_retired=False) == evolve(rule.terms, is_retired=False):
            return evolve(kept, since=_ALWAYS, is_retired=False, paused=None, parked=None)
        author = acting(None, self._actor)
        privileged = bool(runner.privileged) and runner.access is not None
        return evolve(rule, author=author.id, author_roles=author.roles, is_privileged=privileged)

    def rehearse(self, rule: Rule, *, after: int = 0, limit: int = 1000) -> Rehearsal:
        """
        Return what a rule would have answered of what has happened on the desk. Nothing is done.

        Cost: each ticket to which something happened that the rule answers is gone through once.

        Args:
            rule: The rule, kept or not; it is taken as if it had always been used.
            after: The position in the feed behind which to begin: `Rehearsal.position`, to go on.
            limit: The most events to read.

        Raises:
            DefinitionError: If it is no rule, or does not answer events, or a bound is below its least.
        """
        check_least(0, after=after)
        check_least(1, limit=limit)
        used = _as_always(rule)
        if not isinstance(used.trigger, EventTrigger):
            problem = f"rule {rule.id!r}: answers no events but times, which leave nothing to be asked about"
            raise DefinitionError(problem)
        reader = self._runner.reader("automation.rehearse", self._actor)
        reader.guard()
        page = self._runner.store.events(after=after, limit=limit)
        asked = {
            (event.ticket_id, f"event {event.sequence}"): None
            for _, event in page
            if event.name in used.trigger.on
        }
        found: dict[tuple[TicketId, str], WouldHave] = {}
        for ticket_id in dict.fromkeys(key for key, _ in asked):
            try:
                past = self._past("automation.rehearse", ticket_id)
            except NotFoundError:
                continue  # it is not there for who asks
            for each in self._judged(past, [used]):
                if each.is_matched:
                    found[ticket_id, each.occasion] = WouldHave(ticket_id, past.ticket.number, each)
        position = page[-1].position if page else after
        return Rehearsal(tuple(found[key] for key in asked if key in found), position, len(page) < limit)

    def _past(self, operation: str, ticket_id: TicketId) -> "_ToldPast":
        """Return what has happened to a ticket. Raises `NotFoundError` if there is none for who asks."""
        runner = self._runner
        reader = runner.reader(operation, self._actor)
        sight = Sight(reader.guard())
        with runner.store.begin() as unit:
            reader.ticket(unit, ticket_id)
            ticket, history = unit.ticket(ticket_id).ticket, unit.history(ticket_id)
            told = sight.events(unit.ticket, ticket, history)
        return _ToldPast(ticket, history, told, sight, looking_in(runner.store))

    def _judged(self, past: "_ToldPast", rules: Iterable[Rule], after: int = 0) -> tuple[Judgement, ...]:
        runner = self._runner
        by_id = {rule.id: rule for rule in rules}
        judged = judge_history(
            [self._asked(rule, past.sight.guard) for rule in by_id.values()],
            past.history,
            type(past.ticket),
            lambda rule: calendar_of(runner, rule),
            after=after,
            told=past.told,
            seen=past.seen,
        )
        return tuple(evolve(each, rule=by_id[each.rule.id]) for each in judged)

    def _asked(self, rule: Rule, guard: Guard | None) -> Rule:
        """
        Return a rule with what its condition comes to for whoever looks, and who has to be permitted it.

        What is hidden from one of them is as good as missing.
        """
        when = rule.when if rule.author is None else condition_of(self._runner, rule)
        return evolve(rule, when=when if guard is None else guard.policy.readable(when))


@frozen(eq=False)
class _ToldPast:
    """
    What has happened to a ticket, and what of it who asks may be told.

    Args:
        ticket: The ticket as it is.
        history: All its events.
        told: What may be told of these.
        sight: What may be told.
        look: Finds further tickets.
    """

    ticket: Ticket
    history: Sequence[TicketEvent]
    told: Sequence[TicketEvent]
    sight: Sight
    look: Look

    def seen(self, ticket: Ticket) -> Ticket:
        """Return what may be told of the ticket as it was."""
        return self.sight.ticket(self.look, ticket, self.ticket)


def _as_always(rule: Rule) -> Rule:
    """Return a rule as if it had always been used."""
    if not is_a(rule, Rule):
        problem = f"rule: must be a Rule, not {type(rule).__name__}"
        raise DefinitionError(problem)
    return evolve(rule.terms, since=_ALWAYS, is_retired=False)


def moves_of(config: DeskConfig) -> Moves:
    """Return where the moves of a desk lead: the states, each with its category, by what is triggered."""
    found: dict[str, set[tuple[str, str]]] = {}
    for kind in config.kinds.values():
        for definition in kind.definitions:
            for way in definition.transitions:
                ends = found.setdefault(way.trigger, set())
                ends.update(
                    (state.name, str(state.category.value))
                    for state in definition.states
                    if state.name == definition.entry_of(way.target)
                )
    return {trigger: frozenset(ends) for trigger, ends in found.items()}


def _rounds(rule: Rule, others: Iterable[Rule], config: DeskConfig) -> Iterator[str]:
    """Yield the rounds that a rule would be on."""
    for finding in check_rules([*others, rule], moves=moves_of(config)):
        if finding.is_error and rule.id in finding.rules:
            yield finding.sentence


def _problems(runner: Runner, unit: UnitOfWork, rule: Rule, author: Actor) -> Iterator[str]:
    """Yield what the desk has not of what a rule names, and what its author may not."""
    config = runner.config
    yield from config.condition_problems(rule.when, where="when")
    if rule.calendar is not None and rule.calendar not in config.calendars:
        yield f"calendar: there is no calendar {rule.calendar!r}; {close_to(rule.calendar, config.calendars)}"
    for place, step in enumerate(rule.steps):
        yield from (f"steps[{place}]: {each}" for each in _step_problems(runner, unit, step))
    yield from _actor_problems(runner, rule, author)


_TEMPLATES = {"log_from": "ticket template", "begin_checklist": "checklist template"}


def _step_problems(runner: Runner, unit: UnitOfWork, step: MacroStep) -> Iterator[str]:
    if step.command in DEEDS:
        try:
            deed_of(step.command, step.arguments)
        except DefinitionError as error:
            yield from error.problems
            return
        if step.command in MOVES:
            trigger = step.arguments.get("trigger", MOVES[step.command])
            known = moves_of(runner.config)
            if isinstance(trigger, str) and "{" not in trigger and trigger not in known:
                yield f"no workflow of the desk has a move {trigger!r}; {close_to(trigger, known)}"
        if step.command == "restrict":
            yield from _unknown(restriction_of, runner.config.access, step.arguments["restriction"])
    elif step.command == "link":
        yield from _unknown(end_called, runner.config.link_types, step.arguments["name"])
    elif step.command == "route" and runner.config.routing is None:
        yield "this desk has no rules of routing; declare them in the table [routing] of its configuration"
    elif step.command in _TEMPLATES:
        kind, name = _TEMPLATES[step.command], str(step.arguments["template"])
        if Shelf(AIDS[kind], runner).find(unguarded(unit), name) is None:
            yield f"there is no {kind} {name!r}; keep one by `desk.aids.keep`"


def _unknown(find: Callable[[Any, str], object], among: object, name: object) -> Iterator[str]:
    """Yield why there is nothing of a name, unless the name is put together when the time comes."""
    if not isinstance(name, str) or "{" in name:
        return
    try:
        find(among, name)
    except DefinitionError as error:
        yield from error.problems


def _actor_problems(runner: Runner, rule: Rule, author: Actor) -> Iterator[str]:
    """Yield why a rule may not act as it says."""
    if rule.acts_as is not None and rule.acts_as != author.id:
        try:
            runner.directory.person(rule.acts_as)
        except NotFoundError:
            pass
        else:
            yield f"acts_as: {rule.acts_as!r} is somebody else of the directory; name a program, or nobody"
    if not runner.privileged:
        yield from _permit_problems(runner, rule, author)


def _permit_problems(runner: Runner, rule: Rule, author: Actor) -> Iterator[str]:
    """Yield what the author of a rule may not do by hand."""
    access = runner.access
    own = {*author.roles, *(() if access is None else access.roles_of(author.id, author.roles))}
    for role in rule.roles:
        if role not in own:
            yield f"roles: {author.id} has not got the role {role!r}, so that no rule of theirs acts with it"
    if access is None:
        return
    for place, step in enumerate(rule.steps):
        operation = OPERATIONS_OF_STEPS.get(step.command, f"tickets.{step.command}")
        if step.command in MOVES:
            operation += f":{step.arguments.get('trigger', MOVES[step.command])}"
        if not own.intersection(access.rules.roles_permitted(operation)):
            told = f"{author.id} is not permitted {operation}, so that no rule of theirs does it"
            yield f"steps[{place}]: {told}"
