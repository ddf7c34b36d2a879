"""The policy of access in front of a store: what one actor may see and do in one operation."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, TypeVar, cast

from attrs import define, evolve, field, frozen

from itsmkit.conditions import ALWAYS, Condition, Predicate, all_of, compile_condition
from itsmkit.desk._granted import GrantBook
from itsmkit.desk._rules import Rules
from itsmkit.desk.clock import Clock
from itsmkit.desk.operations import LOGGING_BESIDE, Need, need_of, operation_on, spelled
from itsmkit.errors import NotFoundError, RefusedError
from itsmkit.plugin import Directory, Plugins, Store, StoredTicket, TicketQuery, UnitOfWork
from itsmkit.practices import Decision
from itsmkit.practices.access import (
    ACCESS_GRANT,
    AccessDeniedError,
    AccessRules,
    HeldRole,
    PeopleFacts,
    Policy,
    Verdict,
    Viewer,
    grant_problems,
    kept_apart,
    shown_history,
    shown_ticket,
    viewer_of,
)
from itsmkit.practices.access.other_tickets import asks_of_others, is_of_others, wider
from itsmkit.tickets import Actor, Ticket, TicketEvent, TicketId

__all__ = ["Access", "Gate", "Guard", "PeopleNow", "guarded", "looking_in", "nothing_granted", "unguarded"]

AnyTicket = TypeVar("AnyTicket", bound=Ticket)

Look = Callable[[TicketId], StoredTicket]
"""Finds a ticket by its key. Raises `NotFoundError` if there is none."""

_MOST_KEPT = 1_000
"""For how many viewers the policy is kept; then it is made anew."""

_NOBODY = "nobody asks: bind the desk with `desk.acting_as(actor)`, or take `desk.privileged(reason)`"


_FREE = {
    Need.SIGHT: "it shows what they may see",
    Need.EACH: "what it does with each ticket is asked for by itself",
    Need.AUDIENCE: "it shows what is for them",
    Need.OWN: "it concerns what is their own",
    Need.TOKEN: "its token is what lets them in",
}
"""What needs no permit of its own, and why."""


def nothing_granted(_person: str) -> tuple[HeldRole, ...]:
    """Return the roles that were granted to somebody on a desk that grants none."""
    return ()


def nothing_brought(_person: str) -> tuple[str, ...]:
    """Return the roles with which somebody acted, where nobody takes note of it."""
    return ()


@frozen
class PersonNow:
    """
    What access management asks of a person, as of now.

    Args:
        organisation: The organisation that the person belongs to.
        is_active: Whether the person is still there.
    """

    organisation: str | None
    is_active: bool


@frozen
class PeopleNow:
    """
    What access management asks of a directory, as of now.

    Args:
        directory: Where people are known.
        clock: The desk's clock.
    """

    directory: Directory
    clock: Clock

    def person(self, person_id: str, /) -> PersonNow:
        """See `PeopleFacts`."""
        found = self.directory.person(person_id)
        return PersonNow(found.organisation, found.is_active_at(self.clock()))

    def groups_of(self, person_id: str, /) -> tuple[str, ...]:
        """See `PeopleFacts`."""
        return tuple(group.id for group in self.directory.groups_of(person_id))


@define(eq=False)
class Gate:
    """
    What stands in front of a desk whose rules may change while it runs.

    Args:
        rules: The rules of the desk.
        plugins: Who may refuse besides.
        people: Where groups and organisations are known.
        book: Who holds which roles by grants, and who acted with which.
    """

    rules: Rules
    plugins: Plugins
    people: PeopleFacts
    book: GrantBook
    _made: "Access | None" = field(default=None, init=False)

    @property
    def access(self) -> "Access | None":
        """Who may see and do what at present; ``None`` if everybody may see and do everything."""
        rules, made = self.rules.config.access, self._made
        if rules is None:
            return None
        if made is None or made.rules is not rules:
            self._made = made = Access(rules, self.plugins, self.people, self._granted, self._brought)
        return made

    def _granted(self, person: str) -> tuple[HeldRole, ...]:
        return self.book.held_by(person) if self._grants_any else ()

    def _brought(self, person: str) -> tuple[str, ...]:
        return self.book.brought_by(person) if self._grants_any else ()

    @property
    def _grants_any(self) -> bool:
        return ACCESS_GRANT in self.rules.config.kinds

    def viewer(self, actor: Actor) -> Viewer | None:
        """
        Return who looks when *actor* does, with each role that they hold; ``None`` for somebody who has left.

        An audience asks for a role, and not for how somebody came by it: told by the host, granted, by a
        group or as everybody.
        """
        access = self.access
        if access is None:
            return viewer_of(actor, self.people, self._granted(actor.id))
        viewer = access.viewer(actor)
        if viewer is None:
            return None
        return evolve(viewer, roles=dict.fromkeys((*viewer.roles, *access.roles_everywhere(viewer))))


@frozen(eq=False)
class Access:
    """
    Who may see and do what on a desk.

    Args:
        rules: The rules.
        plugins: Who may refuse besides.
        people: Where groups and organisations are known.
        granted: Tells the roles that were granted to a person, as of now.
        brought: Tells the roles with which a person acted last, as far as that is known.
    """

    rules: AccessRules
    plugins: Plugins
    people: PeopleFacts | None = None
    granted: Callable[[str], tuple[HeldRole, ...]] = nothing_granted
    brought: Callable[[str], tuple[str, ...]] = nothing_brought
    _policies: dict[Viewer | None, Policy] = field(factory=dict, init=False, repr=False)

    def guard(self, operation: str, actor: Actor | None) -> "Guard":
        """
        Return what stands in front of *operation*, if it may be asked for at all.

        Raises:
            AccessDeniedError: If it is about the desk as a whole, and not permitted; or if nobody asks.
        """
        guard = self._guard(operation, actor)
        if guard.need is Need.PERMIT or (guard.need is Need.OWN and guard.policy.viewer is None):
            guard.judge(None)
        return guard

    def _guard(self, operation: str, actor: Actor | None) -> "Guard":
        operation = spelled(operation)
        if actor is None:
            raise AccessDeniedError(operation, None, (_NOBODY,), self.rules.roles_permitted(operation))
        policy = self._policy(self.viewer(actor))
        return Guard(self, operation, need_of(operation), actor, policy)

    def verdict(self, operation: str, actor: Actor | None, ticket: Ticket | None) -> Verdict:
        """
        Return whether *operation* would pass, and why.

        Raises:
            AccessDeniedError: If nobody asks.
        """
        guard = self._guard(operation, actor)
        if ticket is not None and not guard.policy.sees(ticket):
            return Verdict(allowed=False, because=("there is no such ticket for them",))
        return (
            Verdict(allowed=True, because=(_FREE[guard.need],))
            if guard.need in _FREE
            else guard.verdict(ticket)
        )

    def viewer(self, actor: Actor) -> Viewer | None:
        """Return the viewer that an actor is; what would bring separate duties together does not count."""
        granted = self.granted(actor.id)
        if granted and self.rules.separation:
            own = self._policy(viewer_of(actor, self.people)).roles
            granted = kept_apart(self.rules, own, granted)
        return viewer_of(actor, self.people, granted)

    def check_grant(self, decision: Decision[Any], past: Sequence[TicketEvent]) -> None:
        """
        Let happen what was decided about an access grant.

        Args:
            decision: What was decided.
            past: What happened to its ticket before: who asked for themselves, has told their roles there.

        Raises:
            RefusedError: With every reason, if it must not: see `grant_problems`.
        """

        def roles_of(person: str) -> tuple[str, ...]:
            told = (role for event in past if event.actor.id == person for role in event.actor.roles)
            return self.roles_of(person, told)

        problems = grant_problems(self.rules, decision, roles_of)
        if problems:
            raise RefusedError(*problems)

    def roles_everywhere(self, viewer: Viewer) -> tuple[str, ...]:
        """Return the declared roles that *viewer* holds for whatever it is about."""
        return self._policy(viewer).roles_everywhere

    def roles_by_directory(self, person: str) -> tuple[str, ...] | None:
        """Return the roles that *person* has by groups and as everybody; ``None`` if they have left."""
        viewer = viewer_of(Actor(person), self.people)
        return None if viewer is None else self._policy(viewer).roles

    def roles_of(self, person: str, told: Iterable[str] = ()) -> tuple[str, ...]:
        """
        Return the roles of *person*, as far as grants, the directory and what they acted with tell.

        Args:
            person: Who.
            told: Further roles that they acted with.
        """
        actor = Actor(person, roles=(*self.brought(person), *told))
        return self._policy(viewer_of(actor, self.people, self.granted(person))).roles

    def may_be_told(self, recipient: str, ticket: Ticket) -> bool:
        """
        Tell whether a notification about *ticket* may go to *recipient*.

        What is under no restriction goes to whom the desk's rules of escalation name. What is, goes only to
        those of whom the directory, the grants or the name of the role itself say that they may see it.
        """
        if ticket.restricted_to is None:
            return True
        known = viewer_of(Actor(recipient), self.people, self.granted(recipient))
        if known is None:
            return False
        # It may be a role or a group that is told.
        told = evolve(known, roles=(*known.roles, recipient), groups=(*known.groups, recipient))
        return self._policy(told).sees(ticket)

    def _policy(self, viewer: Viewer | None) -> Policy:
        policy = self._policies.get(viewer)
        if policy is None:
            if len(self._policies) >= _MOST_KEPT:
                self._policies.clear()
            # Two threads may make it twice; both make the same.
            policy = self._policies[viewer] = Policy(self.rules, viewer)
        return policy


@frozen(eq=False)
class Guard:
    """
    What stands in front of an operation of an actor.

    Args:
        access: Who may see and do what.
        operation: The operation.
        need: What it needs.
        actor: Who asks.
        policy: What they may see and do.
    """

    access: Access
    operation: str
    need: Need
    actor: Actor
    policy: Policy

    def narrowed(self, trigger: str) -> "Guard":
        """Return what stands in front of one move of a workflow."""
        return evolve(self, operation=f"{self.operation}:{trigger}")

    def judge_new(self, ticket: Ticket) -> None:
        """
        Let the operation begin *ticket*, whichever it is about.

        Raises:
            AccessDeniedError: If the rules or a plugin refuse it.
        """
        if self.need is Need.PERMIT_FOR_NEW:
            self.judge(ticket)
        elif self.operation in LOGGING_BESIDE:
            evolve(self, operation=operation_on(ticket.kind, "log")).judge(ticket)

    def judge(self, ticket: Ticket | None) -> None:
        """
        Let the operation pass, on *ticket* if it is about one.

        Raises:
            AccessDeniedError: If the rules or a plugin refuse it.
        """
        verdict = self.verdict(ticket)
        if not verdict.allowed:
            roles = self.access.rules.roles_permitted(self.operation)
            raise AccessDeniedError(self.operation, self.actor.id, verdict.because, roles)

    def judge_number(self, ticket: Ticket, prefix: str, restriction: str) -> None:
        """
        Let *ticket* have a number that begins with *prefix*, as those under a *restriction* do.

        Raises:
            AccessDeniedError: If who asks would not see it under that: whether such a number is in use, is
                none of their business.
        """
        if not self.policy.sees(evolve(ticket, restricted_to=restriction)):
            reason = f"numbers that begin with {prefix!r} are given to tickets that they may not see"
            raise AccessDeniedError(self.operation, self.actor.id, (reason,))

    def verdict(self, ticket: Ticket | None) -> Verdict:
        """Return what the rules say, and if they permit it, what the plugins do."""
        viewer, verdict = self.policy.viewer, self.policy.verdict(self.operation, ticket)
        if viewer is None or not verdict.allowed:
            return verdict
        return self.access.plugins.authorise(viewer, self.operation, ticket) or verdict

    def passed(self, stored: StoredTicket, key: object) -> StoredTicket:
        """
        Return a ticket that was found by *key*, if it is there for who asks, and they may do so.

        Raises:
            NotFoundError: If they may not see it, exactly as if it were not there.
            AccessDeniedError: If they see it, and may not do with it what they ask for.
        """
        if not self.policy.sees(stored.ticket):
            raise NotFoundError("ticket", key)
        if self.need is Need.PERMIT_ON_TICKET:
            self.judge(stored.ticket)
        return stored

    def seen(self, stored: StoredTicket, key: object, look: Look) -> StoredTicket:
        """
        Return what of a found ticket may be read.

        Args:
            stored: The ticket.
            key: By which it was found.
            look: Finds the tickets that it is linked to.

        Raises:
            NotFoundError: As `passed` does.
        """
        self.passed(stored, key)
        ticket = self.shown(stored.ticket, look)
        return stored if ticket is stored.ticket else StoredTicket(ticket, stored.cache)

    def shown(self, ticket: AnyTicket, look: Look, *, now: Ticket | None = None) -> AnyTicket:
        """Return what may be read of a ticket that may be seen, be it as it was when it is so *now*."""
        return shown_ticket(ticket, self.policy, partial(self._sees, look), now=now)

    def events(self, ticket: Ticket, history: Sequence[TicketEvent], look: Look) -> Sequence[TicketEvent]:
        """Return what may be read of the *history* of a ticket that may be seen."""
        return shown_history(ticket, history, self.policy, partial(self._sees, look))

    def _sees(self, look: Look, key: str) -> bool:
        """Tell whether a key is of no ticket that may not be seen."""
        try:
            return self.policy.sees(look(TicketId(key)).ticket)
        except NotFoundError:
            return True

    def where(self, condition: Condition) -> Condition:
        """
        Return *condition* as it may be asked of a store, for the tickets that may be seen.

        What it finds is what is meant, unless there is something `left_to_ask`.
        """
        asked, visible = self.policy.readable(condition), self.policy.visibility
        if self.left_to_ask(condition) is not None:
            asked = wider(asked)
        if asked is ALWAYS or visible is ALWAYS:
            return visible if asked is ALWAYS else asked
        return all_of(visible, asked)

    def left_to_ask(self, condition: Condition) -> Predicate | None:
        """
        Return what of *condition* is to be asked of what a store has found, as it is shown.

        Returns:
            ``None``, unless it is about further tickets, such as those at the ends of links, which may be
            some that are not there for who asks.
        """
        if not asks_of_others(condition):
            return None
        return compile_condition(self.policy.readable(condition))

    def query(self, query: TicketQuery) -> TicketQuery:
        """
        Return *query* as it may be asked.

        Raises:
            AccessDeniedError: If it sorts by what is hidden, or by other tickets, so that the order would
                tell of those that may not be seen.
        """
        names = [each.field for each in query.order_by]
        reasons = [
            f"{name} is hidden from them, so that nothing is sorted by it"
            for name in names
            if not self.policy.may_sort_by(name)
        ]
        reasons += (
            f"{name} tells of other tickets, some of which they may not see, so that nothing is sorted by it"
            for name in names
            if is_of_others(name)
        )
        if reasons:
            raise AccessDeniedError(self.operation, self.actor.id, tuple(reasons))
        return evolve(query, where=self.where(query.where))


class _GuardedUnit:
    """
    A unit of work in which each ticket that is read, and each new one, passes a `Guard`.

    So no command has to think of it, and one that reads the ticket again after a conflict is judged again.
    """

    __slots__ = ("_guard", "_unit")

    def __init__(self, unit: UnitOfWork, guard: Guard) -> None:
        self._unit = unit
        self._guard = guard

    def __getattr__(self, name: str) -> Any:
        return getattr(self._unit, name)

    @property
    def everything(self) -> UnitOfWork:
        """The unit of work that is guarded."""
        return self._unit

    def ticket(self, ticket_id: TicketId) -> StoredTicket:
        return self._guard.passed(self._unit.ticket(ticket_id), ticket_id)

    def history(self, ticket_id: TicketId) -> Sequence[TicketEvent]:
        try:
            stored = self._unit.ticket(ticket_id)
        except NotFoundError:
            return ()
        return self._unit.history(ticket_id) if self._guard.policy.sees(stored.ticket) else ()

    def save(self, stored: StoredTicket, events: Sequence[TicketEvent], *, expected: int) -> None:
        if expected == 0:
            self._guard.judge_new(stored.ticket)
        self._unit.save(stored, events, expected=expected)


def looking_in(store: Store) -> Look:
    """Return what finds tickets in *store*, each in a unit of work of its own: few have to be found so."""

    def look(ticket_id: TicketId) -> StoredTicket:
        with store.begin() as unit:
            return unit.ticket(ticket_id)

    return look


def guarded(unit: UnitOfWork, guard: Guard | None) -> UnitOfWork:
    """Return *unit* as an operation may use it."""
    return unit if guard is None else cast("UnitOfWork", _GuardedUnit(unit, guard))


def unguarded(unit: UnitOfWork) -> UnitOfWork:
    """
    Return *unit* as the desk itself uses it, for a rule that is about all tickets, whoever may see them.

    Nothing that is read so may reach who asks.
    """
    return unit.everything if isinstance(unit, _GuardedUnit) else unit
