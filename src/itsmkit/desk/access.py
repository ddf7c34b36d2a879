"""The commands and reads of access management: roles that are asked for, given for a time, and taken away."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple

from attrs import frozen

from itsmkit._checks import utc
from itsmkit._frozen import EMPTY
from itsmkit._problems import close_to
from itsmkit.conditions import ALWAYS, Condition, all_of, equals, one_of, parse_condition
from itsmkit.conditions.text_form import to_text
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._commands import acting
from itsmkit.desk.work import WorkCommands, moved, number_of_new
from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.plugin import StoredTicket, TicketQuery, UnitOfWork
from itsmkit.plugin.queries import MAX_PAGE
from itsmkit.practices import Decision
from itsmkit.practices.access import ACCESS_GRANT, HELD_STATES, DutyConflict, Grant, conflicts_of, grant_of
from itsmkit.tickets import Actor, Ticket, TicketEvent, TicketId

__all__ = ["AccessCommands", "DueGrant"]


class DueGrant(NamedTuple):
    """
    A grant that somebody has to look at.

    Args:
        due_at: When it falls due to be confirmed, or did; in UTC.
        ends_at: When it ends by its time, or once it has fallen due, unless it is confirmed; ``None`` while
            that is not known.
        grant: Who holds what.
        ticket: Its ticket.
    """

    due_at: datetime
    ends_at: datetime | None
    grant: Grant
    ticket: Ticket


@looking_at_arguments()
@frozen
class AccessCommands(WorkCommands[Ticket]):
    """
    What can be asked of access management; reached as ``desk.access``: see `WorkCommands`.

    A grant is a ticket of the kind ``access_grant``, which the desk has to have. Each command here is a move
    of it, and is permitted as that: to ask as ``access.log``, to approve as
    ``access.transition:approve``. The workflow lets those give and take who hold the role
    ``access_manager``; and on a desk with rules of access nobody decides on what they get themselves, and no
    duties come together that are to be separate.
    """

    _kind: str = ACCESS_GRANT

    # -- commands --------------------------------------------------------------------------------

    def request(
        self,
        role: str,
        *,
        reason: str,
        for_person: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        scope: Condition | str = ALWAYS,
        details: Mapping[str, object] = EMPTY,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Ticket:
        """
        Ask for a role, and that it be approved.

        Args:
            role: The name of the role.
            reason: What it is needed for.
            for_person: Who is to hold it; by default, who asks.
            since: From when on, aware; by default, once it is given.
            until: Up to when, exclusive, aware; by default, until it is revoked or not confirmed.
            scope: For which tickets: a condition or its text; by default, for all.
            details: Further fields of the desk's own, by name.
            by: Who asks.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If the desk grants no access.
            DefinitionError: If there is no such role, an instant is naive, *until* is not after *since* and
                now, or *scope* is no condition.
            AccessDeniedError: If it is not permitted.
            FieldsRefusedError: With every field of the kind that is missing, and every value that it does not
                take.

        >>> from itsmkit.desk import Desk, DeskConfig
        >>> desk = Desk(DeskConfig.profile("service_desk"))
        >>> asked = desk.access.request("agent", reason="helps out in May", by=Actor("bob"))
        >>> asked.number, asked.state, asked.details["grantee"]
        ('ACC-1', 'Awaiting Approval', 'bob')
        """
        actor = acting(by, self._actor)
        text = scope if isinstance(scope, str) else to_text(scope)
        asked = (role, for_person, since, until, text, reason, details)
        runner = self._runner.asked(self._command("log"), actor, idempotency_key, *asked)
        kind, occasion = self.kind, runner.occasion()
        self._check_role(role)
        begin, end = _term(since, until, occasion.at)
        terms = {
            **details,
            "title": f"Role {role} for {for_person or actor.id}",
            "requester": actor.id,
            "grantee": for_person or actor.id,
            "resource": role,
            "scope": None if parse_condition(text) is ALWAYS else text,
            "valid_from": begin,
            "valid_until": end,
            "justification": reason,
        }

        def decide(unit: UnitOfWork) -> Decision[Ticket]:
            logged = kind.log(
                runner.new_id(),
                number_of_new(runner, unit, kind, None),
                occasion,
                details=terms,
                rules=runner.config.tickets,
            )
            trigger = "request_approval"
            return logged.then(moved(runner, unit, logged.ticket, trigger=trigger, occasion=occasion))

        return runner.begin(decide)

    def _check_role(self, role: str) -> None:
        rules = self._runner.config.access
        known = [] if rules is None else [each.name for each in rules.roles]
        if role not in known:
            hint = close_to(role, known) if known else "the desk declares none; declare [[roles]]"
            problem = f"role: unknown role {role!r}; {hint}"
            raise DefinitionError(problem)

    def approve(
        self, ticket_id: TicketId, *, by: Actor | None = None, idempotency_key: str | None = None
    ) -> Ticket:
        """
        Approve what was asked for: as the owner of what the role gives access to.

        Args:
            ticket_id: The ticket of the grant.
            by: Who approves.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such grant.
            TransitionRefusedError: If it does not wait for approval.
            RefusedError: If it is for who approves.
        """
        return self.transition(
            ticket_id, "approve", approval="approved", by=by, idempotency_key=idempotency_key
        )

    def reject(
        self, ticket_id: TicketId, *, reason: str, by: Actor | None = None, idempotency_key: str | None = None
    ) -> Ticket:
        """
        Reject what was asked for.

        Args:
            ticket_id: The ticket of the grant.
            reason: Why.
            by: Who rejects.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such grant.
            TransitionRefusedError: If it does not wait for approval.
            RefusedError: If it is for who rejects.
        """
        return self.transition(
            ticket_id,
            "reject",
            approval="rejected",
            rejection_reason=reason,
            by=by,
            idempotency_key=idempotency_key,
        )

    def grant(
        self, ticket_id: TicketId, *, by: Actor | None = None, idempotency_key: str | None = None
    ) -> Ticket:
        """
        Give what was approved: from now on, or from when it was asked for, the role is one of its holder's.

        Args:
            ticket_id: The ticket of the grant.
            by: Who gives it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such grant.
            TransitionRefusedError: If it is not approved, or who asks is no access manager.
            RefusedError: If the role does not go with another that its holder has, with every reason; by
                grants, by the groups of the directory, or as the host has handed it over when they acted.
        """
        giver = acting(by, self._actor)
        return self.transition(
            ticket_id,
            "grant",
            granted_by=giver.id,
            duty_conflict=False,
            by=giver,
            idempotency_key=idempotency_key,
        )

    def recertify(
        self, ticket_id: TicketId, *, by: Actor | None = None, idempotency_key: str | None = None
    ) -> Ticket:
        """
        Confirm that a grant that has fallen due is still needed.

        Args:
            ticket_id: The ticket of the grant.
            by: Who confirms it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such grant.
            TransitionRefusedError: If it has not fallen due.
            RefusedError: If it is for who confirms, or the role goes no more with another of its holder.
        """
        owner = acting(by, self._actor)
        return self.transition(
            ticket_id,
            "recertify",
            recertification="confirmed",
            recertified_by=owner.id,
            duty_conflict=False,
            by=owner,
            idempotency_key=idempotency_key,
        )

    def revoke(
        self, ticket_id: TicketId, *, reason: str, by: Actor | None = None, idempotency_key: str | None = None
    ) -> Ticket:
        """
        Take a role away at once. It is over when `confirm_removal` says that nothing is left of it.

        Args:
            ticket_id: The ticket of the grant.
            reason: Why.
            by: Who takes it away.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such grant.
            TransitionRefusedError: If it is not held, or who asks is neither access manager nor the owner.
        """
        return self.transition(
            ticket_id, "revoke", revocation_reason=reason, by=by, idempotency_key=idempotency_key
        )

    def confirm_removal(
        self,
        ticket_id: TicketId,
        *,
        evidence: str,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Ticket:
        """
        Say that nothing is left of what was granted, such as accounts elsewhere; with that, the ticket ends.

        Args:
            ticket_id: The ticket of the grant.
            evidence: What shows it.
            by: Who says so.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such grant.
            TransitionRefusedError: If it was not revoked and has not expired, or who asks is no access
                manager.
        """
        return self.transition(
            ticket_id, "remove", removal_evidence=evidence, by=by, idempotency_key=idempotency_key
        )

    # -- reads -----------------------------------------------------------------------------------

    def grants_of(self, person: str) -> tuple[Grant, ...]:
        """
        Return what is granted to somebody and has not ended, in the order in which it was asked for.

        What begins later is among it; whether a role is held now, `Grant.holds_at` says. A grant that may not
        be seen is left out.
        """
        now = self._runner.clock()
        found = (grant_of(each.ticket) for each in self._held("grants_of", equals("grantee", person)))
        return tuple(each for each in found if each is not None and (each.until is None or now < each.until))

    def due_for_recertification(self, before: datetime) -> tuple[DueGrant, ...]:
        """
        Return the grants that fall due to be confirmed before an instant, or have, the earliest first.

        Args:
            before: The instant, exclusive, aware.

        Raises:
            DefinitionError: If *before* is naive.
        """
        before = utc(before, "before")
        found = (self._due(each) for each in self._held("due_for_recertification"))
        due = (each for each in found if each is not None and each.due_at < before)
        return tuple(sorted(due, key=attrgetter("due_at")))

    def _due(self, stored: StoredTicket) -> DueGrant | None:
        runner, ticket, grant = self._runner, stored.ticket, grant_of(stored.ticket)
        assert grant is not None  # noqa: S101  # it is held
        stay = runner.known_of(stored, self._past).stay
        deadline = runner.deadline(ticket, stay)
        if ticket.state == "Expiring":
            return DueGrant(stay.since, None if deadline is None else deadline.at, grant, ticket)
        if deadline is None or deadline.trigger != "fall_due":
            return None
        return DueGrant(deadline.at, grant.until, grant, ticket)

    def _past(self, ticket_id: TicketId) -> Sequence[TicketEvent]:
        with self._runner.store.begin() as unit:
            return unit.history(ticket_id)

    def _held(self, read: str, where: Condition = ALWAYS) -> Iterator[StoredTicket]:
        """Go through the tickets of all that is held and may be seen."""
        reader = self._runner.reader(f"access.{read}", self._actor)
        asked = all_of(equals("kind", ACCESS_GRANT), one_of("state", *sorted(HELD_STATES)), where)
        return reader.pages(TicketQuery(asked, limit=MAX_PAGE))

    def conflicts(self) -> tuple[DutyConflict, ...]:
        """
        Return the duties that are to be separate and that one person has, sorted by person.

        All that is known counts: what is granted now, what the directory's groups and the default give, and
        the roles with which somebody acted last. Who has left has none. It goes through the whole feed, and
        asks the directory for each person in it.

        A grant that would bring duties together is refused. Where another role came later, the grant does
        not count for as long as both are there; but it is told here.

        Raises:
            RefusedError: If the desk has no rules of access.
        """
        runner = self._runner
        runner.admit("access.conflicts", self._actor)
        access, gate = runner.access, runner.gate
        if access is None or gate is None:
            refusal = "the desk has no rules of access, so that nobody has duties; declare [[roles]]"
            raise RefusedError(refusal)
        now, brought = runner.clock(), gate.book.brought_by_everybody()
        grants = [each for each in gate.book.grants() if each.holds_at(now)]
        found: list[DutyConflict] = []
        for person in sorted({*brought, *(each.person for each in grants)}):
            by_directory = access.roles_by_directory(person)
            if by_directory is None:
                continue
            origins = dict.fromkeys(by_directory, "by the directory, or as everybody")
            origins.update((role, "as the host has told") for role in brought.get(person, ()))
            own = (each for each in grants if each.person == person)
            origins.update((each.role, f"granted by {each.granted_by}") for each in own)
            found += conflicts_of(access.rules, person, origins)
        return tuple(found)


def _term(
    since: datetime | None, until: datetime | None, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """
    Return from when and until when something is asked for, in UTC.

    Raises:
        DefinitionError: If an instant is naive, or it would end before it begins.
    """
    begin = None if since is None else utc(since, "since")
    end = None if until is None else utc(until, "until")
    first = max(begin or now, now)
    if end is not None and end <= first:
        problem = f"until: must be after {first.isoformat()}, when it begins, not {end.isoformat()}"
        raise DefinitionError(problem)
    return begin, end
