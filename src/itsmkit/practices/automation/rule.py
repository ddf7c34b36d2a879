"""Rules of automation: what they answer, whom they are about, what they do, and how they are kept."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum

from attrs import evolve, field, frozen

from itsmkit._checks import in_utc_if_any, member_of, named
from itsmkit._frozen import as_tuple, deeply_frozen
from itsmkit._problems import instance_problems, name_problems, names_problems, shown
from itsmkit.conditions import ALWAYS, Condition, fields_of
from itsmkit.errors import DefinitionError
from itsmkit.practices.automation._steps import step_problems
from itsmkit.practices.automation.moment import ABOUT_EVENTS
from itsmkit.practices.automation.trigger import EventTrigger, RecurrenceTrigger, Trigger
from itsmkit.practices.outcome import Outcome
from itsmkit.practices.work_aids import MacroStep
from itsmkit.tickets import Actor

__all__ = [
    "Hours",
    "Otherwise",
    "Rule",
    "keep_rule",
    "note_failure",
    "note_success",
    "pause_rule",
    "resume_rule",
    "retire_rule",
    "settle_times",
]


class Hours(StrEnum):
    """When a rule runs."""

    ANY = "any"
    """At any time."""
    INSIDE = "inside"
    """Only while its calendar is open."""
    OUTSIDE = "outside"
    """Only while its calendar is closed."""


class Otherwise(StrEnum):
    """What becomes of what falls on time at which a rule does not run."""

    WAIT = "wait"
    """It waits for the time at which it does, and is then asked again whether its condition holds."""
    SKIP = "skip"
    """Nothing is done."""


def _hours(given: Hours | str) -> Hours:
    return member_of(Hours, given, "Rule.hours")


def _otherwise(given: Otherwise | str) -> Otherwise:
    return member_of(Otherwise, given, "Rule.otherwise")


def _steps(given: Iterable[MacroStep]) -> tuple[MacroStep, ...]:
    # Lists in arguments become tuples, so that rules that are written and read again are equal.
    return tuple(
        evolve(each, arguments=deeply_frozen(each.arguments)) if isinstance(each, MacroStep) else each
        for each in as_tuple(given)
    )


@frozen(kw_only=True, slots=False)
class Rule:
    """
    A rule: when something happens, and a condition holds, something is done.

    The condition asks about the ticket as any other does; of a rule that answers events, also about the
    ticket before the event, such as ``before.priority``, about what the event has changed, such as
    ``changed.priority``, and about the event, such as ``event.actor``: see `MomentFacts`. It has to hold for
    the ticket as the event left it, and still when the rule fires.

    Args:
        id: What it is called by programs.
        name: What people call it.
        trigger: What it answers.
        when: What holds for a ticket that it is about.
        steps: What is done, in order; all of it or nothing. Each is a command on the ticket, as in a `Macro`,
            or one of `STEPS`.
        acts_as: The actor that does it, who must be nobody else of the directory; by default, its author.
        roles: With which roles. What a rule does, its author has to be permitted, too.
        order: Of the rules that answer the same event, lower ones come first; of equal ones, by their ids.
        stops: Whether rules that come after it do not answer what this one is about.
        once: Whether it fires at most once on each ticket.
        hours: When it runs.
        otherwise: What becomes of what falls on other time.
        calendar: The name of the calendar that it counts by; ``None`` for the one that reports count by.
        tries: How often in a row it may fail before it is parked.
        is_retired: Whether it is not used any more.
        author: Who kept it last; ``None`` for one that is not kept.
        author_roles: With which roles they did.
        is_privileged: Whether they did so in a privileged context.
        since: Since when it answers what happens; ``None`` for one that is not kept. Kept in UTC.
        paused: Why it is paused; ``None`` if it is not.
        failures: How often it has failed since it last fired.
        parked: Why it was parked; ``None`` if it was not.
        done_until: Up to which instant all its times have been seen to, if they come again. Kept in UTC.
        is_armed: Whether the dates of the tickets that were there before it are seen to.
        version: How many events have made it.

    Raises:
        DefinitionError: With everything that is wrong.

    >>> from itsmkit.conditions import parse_condition
    >>> rule = Rule(
    ...     id="vip",
    ...     name="Important people",
    ...     trigger=EventTrigger(on="TicketLogged"),
    ...     when=parse_condition('organisation = "board" and not tag.vip = true'),
    ...     steps=[MacroStep("tag", {"tags": ["vip"]})],
    ... )
    >>> print(rule)
    vip: on TicketLogged, when organisation = "board" and not tag.vip = true: tag
    """

    id: str = field(validator=named)
    name: str
    trigger: Trigger
    when: Condition = ALWAYS
    steps: tuple[MacroStep, ...] = field(converter=_steps)
    acts_as: str | None = None
    roles: tuple[str, ...] = field(default=(), converter=as_tuple)
    order: int = 100
    stops: bool = False
    once: bool = False
    hours: Hours = field(default=Hours.ANY, converter=_hours)
    otherwise: Otherwise = field(default=Otherwise.WAIT, converter=_otherwise)
    calendar: str | None = None
    tries: int = 5
    is_retired: bool = False
    author: str | None = None
    author_roles: tuple[str, ...] = field(default=(), converter=as_tuple)
    is_privileged: bool = False
    since: datetime | None = field(default=None, converter=in_utc_if_any)
    paused: str | None = None
    failures: int = 0
    parked: str | None = None
    done_until: datetime | None = field(default=None, converter=in_utc_if_any)
    is_armed: bool = False
    version: int = field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        problems = [*self._problems()]
        if problems:
            raise DefinitionError(*(f"rule {self.id!r}: {each}" for each in problems))

    def _problems(self) -> Iterator[str]:
        yield from name_problems("name", self.name)
        yield from instance_problems("trigger", self.trigger, Trigger)
        yield from instance_problems("when", self.when, Condition)
        yield from names_problems("roles", self.roles)
        for name in ("acts_as", "calendar"):
            if getattr(self, name) is not None:
                yield from name_problems(name, getattr(self, name))
        if type(self.order) is not int:
            yield f"order: must be a whole number, not {shown(self.order)}"
        if type(self.tries) is not int or self.tries < 1:
            yield f"tries: must be a whole number, at least 1, not {shown(self.tries)}"
        if self.once and isinstance(self.trigger, RecurrenceTrigger):
            yield "once: a time that comes again would come for nothing; ask for a tag in `when` instead"
        if isinstance(self.when, Condition) and not isinstance(self.trigger, EventTrigger):
            for name in sorted(fields_of(self.when)):
                if name.startswith(ABOUT_EVENTS):
                    yield f"when: asks for {name}, and no event stands behind a time; ask about the ticket"
        yield from self._step_problems()

    def _step_problems(self) -> Iterator[str]:
        if not self.steps:
            yield "steps: there is none; name at least one"
        for place, step in enumerate(self.steps):
            yield from step_problems(f"steps[{place}]", step)

    def __str__(self) -> str:
        when = "" if self.when is ALWAYS or self.when == ALWAYS else f", when {self.when}"
        return f"{self.id}: {self.trigger}{when}: {', '.join(step.command for step in self.steps)}"

    @property
    def why_idle(self) -> str | None:
        """Why it answers nothing at present; ``None`` if it does."""
        if self.is_retired:
            return "it is retired"
        if self.since is None:
            return "it is not kept"
        if self.parked is not None:
            return f"it is parked: {self.parked}"
        return None if self.paused is None else f"it is paused: {self.paused}"

    @property
    def actor(self) -> Actor:
        """
        Who acts when it fires.

        Raises:
            DefinitionError: If it is not kept, and names nobody.
        """
        if self.acts_as is not None:
            return Actor(self.acts_as, automated=True, roles=self.roles)
        if self.author is None:
            problem = f"rule {self.id!r}: nobody acts; keep it, or say `acts_as`"
            raise DefinitionError(problem)
        return Actor(self.author, automated=True, roles=self.roles or self.author_roles)

    @property
    def terms(self) -> "Rule":
        """The rule without what becomes of it while it is kept: what its author has written."""
        return evolve(
            self,
            author=None,
            author_roles=(),
            is_privileged=False,
            since=None,
            paused=None,
            failures=0,
            parked=None,
            done_until=None,
            is_armed=False,
        )


# -- what happens to a rule -------------------------------------------------------------------------------


def keep_rule(
    rule: Rule, before: Rule | None, author: Actor, now: datetime, *, is_privileged: bool = False
) -> Outcome[Rule] | None:
    """
    Keep a rule: a new one, or another version of the one that there is.

    What has happened before it was kept so is no concern of it. A pause remains; that it was parked does not.

    Args:
        rule: As it is to be.
        before: The one of its id that there is, if there is one.
        author: Who keeps it.
        now: The present instant, aware.
        is_privileged: Whether they do so in a privileged context.

    Returns:
        ``None`` if it is kept so already, by the same author.
    """
    after = evolve(
        rule.terms,
        author=author.id,
        author_roles=author.roles,
        is_privileged=is_privileged,
        since=now,
        done_until=now,
        paused=None if before is None else before.paused,
    )
    if before is None:
        return Outcome(after, "RuleKept")
    if before.parked is None and _kept_as(before) == _kept_as(after):
        return None
    return Outcome(after, "RuleRetired" if rule.is_retired and not before.is_retired else "RuleChanged")


def _kept_as(rule: Rule) -> tuple[object, ...]:
    return rule.terms, rule.author, rule.author_roles, rule.is_privileged


def retire_rule(rule: Rule) -> Outcome[Rule] | None:
    """Let a rule answer nothing any more; ``None`` if it does not already."""
    return None if rule.is_retired else Outcome(evolve(rule, is_retired=True), "RuleRetired")


def pause_rule(rule: Rule, reason: str) -> Outcome[Rule] | None:
    """Let a rule answer nothing for a while; ``None`` if it is paused for that reason already."""
    problems = [*name_problems("reason", reason, "why it is paused,")]
    if problems:
        raise DefinitionError(*problems)
    return None if rule.paused == reason else Outcome(evolve(rule, paused=reason), "RulePaused")


def resume_rule(rule: Rule, now: datetime) -> Outcome[Rule] | None:
    """
    Let a rule that was paused or parked answer what happens from now on; ``None`` if it was neither.

    What has happened meanwhile is no concern of it.
    """
    if rule.paused is None and rule.parked is None:
        return None
    after = evolve(rule, paused=None, parked=None, failures=0, since=now, done_until=now, is_armed=False)
    return Outcome(after, "RuleResumed")


def note_failure(rule: Rule, because: str, *, at_once: bool = False) -> Outcome[Rule]:
    """
    Note that a rule has failed once more. If that was often enough in a row, it is parked.

    Args:
        rule: The rule.
        because: Why it has failed.
        at_once: Whether it is parked however often it has failed.
    """
    failures = rule.failures + 1
    if not at_once and failures < rule.tries:
        return Outcome(evolve(rule, failures=failures), "RuleFailed", {"because": because})
    told = because if at_once else f"it has failed {failures} times in a row, the last time so: {because}"
    return Outcome(evolve(rule, failures=failures, parked=told), "RuleParked", {"because": because})


def note_success(rule: Rule) -> Outcome[Rule] | None:
    """Note that a rule has fired; ``None`` if it had not failed before."""
    return Outcome(evolve(rule, failures=0), "RuleRecovered") if rule.failures else None


def settle_times(
    rule: Rule, *, done_until: datetime | None = None, is_armed: bool | None = None
) -> Outcome[Rule]:
    """
    Note which times of a rule have been seen to.

    Args:
        rule: The rule.
        done_until: Up to which instant.
        is_armed: Whether the dates of the tickets that were there before it have been.
    """
    after = evolve(
        rule,
        done_until=rule.done_until if done_until is None else done_until,
        is_armed=rule.is_armed if is_armed is None else is_armed,
    )
    return Outcome(after, "RuleTimesSettled")
