"""
Access grants: roles that are asked for, approved, given for a time, confirmed again and taken away.

A grant is a ticket of the kind `ACCESS_GRANT`, which goes through the standard workflow of access grants. Its
details say who gets which role, on which tickets and until when. While it is held, its role is one of its
holder's; there is nothing to switch off when it ends.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from attrs import field, frozen

from itsmkit._checks import aware_instant, in_utc, in_utc_if_any, named
from itsmkit.conditions import ALWAYS, Condition, parse_condition
from itsmkit.errors import DefinitionError
from itsmkit.practices.access.rules import AccessRules
from itsmkit.practices.access.viewer import HeldRole
from itsmkit.practices.decision import Decision
from itsmkit.practices.kind_of_work import KindOfWork
from itsmkit.tickets import StateChanged, StateCorrected, Ticket, TicketEvent, TicketId
from itsmkit.workflow import Workflow, access_grant_workflow

__all__ = [
    "ACCESS_GRANT",
    "Grant",
    "HELD_STATES",
    "access_grant_kind",
    "duty_conflicts",
    "grant_of",
    "grant_problems",
    "roles_at",
]

ACCESS_GRANT = "access_grant"
"""The name of the kind of work."""

HELD_STATES = frozenset({"Granted", "Expiring"})
"""The states in which a role is held."""

_ASKED = "Requested"
"""The state in which may be changed what is asked for."""

_TERMS = ("grantee", "resource", "scope", "valid_from", "valid_until")
"""The details that say who gets what: as they were asked for, so they are approved and given."""

_DECIDING = frozenset({"approve", "reject", "recertify"})
_GIVING = frozenset({"grant", "recertify"})


@frozen
class Grant:
    """
    That somebody holds a role for a time.

    Args:
        ticket_id: The ticket of the grant.
        person: Who holds it.
        role: The name of the role.
        scope: On which tickets.
        since: From when on.
        until: Until when, exclusive; ``None`` until it is revoked, or not confirmed.
        granted_by: Who gave it.
        because: Why.
    """

    ticket_id: TicketId
    person: str = field(validator=named)
    role: str = field(validator=named)
    scope: Condition = field(default=ALWAYS, kw_only=True)
    since: datetime = field(converter=in_utc, validator=aware_instant, kw_only=True)
    until: datetime | None = field(default=None, converter=in_utc_if_any, kw_only=True)
    granted_by: str | None = field(default=None, kw_only=True)
    because: str | None = field(default=None, kw_only=True)

    def holds_at(self, instant: datetime) -> bool:
        """Tell whether the role is held at *instant*."""
        return self.since <= instant and (self.until is None or instant < self.until)


def access_grant_kind(prefix: str = "ACC-") -> KindOfWork[Ticket]:
    """Return the kind of work that access grants are; its numbers begin with *prefix*."""
    return KindOfWork(ACCESS_GRANT, Workflow(access_grant_workflow()), Ticket, prefix=prefix)


def grant_of(ticket: Ticket) -> Grant | None:
    """
    Return the grant that *ticket* stands for.

    Returns:
        ``None`` if it gives nobody anything, as it is of another kind, not given yet, or over.
    """
    if ticket.kind != ACCESS_GRANT or ticket.state not in HELD_STATES:
        return None
    details = ticket.details
    return Grant(
        ticket.id,
        _text(details.get("grantee")) or "",
        _text(details.get("resource")) or "",
        scope=_scope(details.get("scope")),
        since=_instant(details.get("valid_from")) or ticket.opened_at,
        until=_instant(details.get("valid_until")),
        granted_by=_text(details.get("granted_by")),
        because=_text(details.get("justification")),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _instant(value: object) -> datetime | None:
    return value if isinstance(value, datetime) else None


def _scope(value: object) -> Condition:
    return parse_condition(value) if isinstance(value, str) else ALWAYS


def roles_at(
    grants: Iterable[Grant], person: str, at: datetime, *, left_at: datetime | None = None
) -> tuple[HeldRole, ...]:
    """
    Return the roles that *person* holds by grants at an instant, each once for each scope.

    Args:
        grants: The grants of anybody.
        person: Who.
        at: The instant, aware.
        left_at: When the person left; from then on they hold nothing.
    """
    if left_at is not None and left_at <= at:
        return ()
    held = (HeldRole(each.role, each.scope) for each in grants if each.person == person and each.holds_at(at))
    return tuple(dict.fromkeys(held))


def duty_conflicts(rules: AccessRules, held: Iterable[str], role: str) -> tuple[str, ...]:
    """
    Return why nobody who holds the roles *held* may be given *role* too; empty if they may.

    >>> from itsmkit.practices.access.rules import ConflictingDuties, Role
    >>> rules = AccessRules(
    ...     [Role("buyer"), Role("payer")],
    ...     separation=[ConflictingDuties(["buyer", "payer"], "nobody pays what they bought")],
    ... )
    >>> duty_conflicts(rules, ["buyer"], "payer")
    ("role 'payer' does not go with 'buyer': nobody pays what they bought",)
    """
    conflicts = []
    for duties in rules.separation:
        others = [each for each in duties.roles if each != role]
        if role in duties.roles and set(held).issuperset(others):
            named_others = " and ".join(map(repr, others))
            conflicts.append(f"role {role!r} does not go with {named_others}: {duties.because}")
    return tuple(conflicts)


def grant_problems(
    rules: AccessRules, decision: Decision[Ticket], roles_of: Callable[[str], Iterable[str]]
) -> tuple[str, ...]:
    """
    Return why what was decided about an access grant must not happen; empty if it may.

    Whichever way it is asked for, access is given by the workflow alone; what is given is what was asked for
    and approved; nobody decides on their own; and no duties come together that are to be separate.

    Args:
        rules: The rules of the desk.
        decision: What was decided.
        roles_of: Tells the roles that somebody holds already.
    """
    problems: list[str] = []
    before = decision.before
    for event, after in decision.steps:
        problems += _problems(rules, before, event, after, roles_of)
        before = after
    return tuple(dict.fromkeys(problems))


def _problems(
    rules: AccessRules,
    before: Ticket | None,
    event: TicketEvent,
    after: Ticket,
    roles_of: Callable[[str], Iterable[str]],
) -> Iterator[str]:
    number, terms = after.number, after.details
    yield from _problems_of_terms(after)
    if before is None:
        if after.state != _ASKED:
            yield f"{number}: access is asked for first; log it in the state {_ASKED!r}"
        return
    if before.state != _ASKED:
        changed = [name for name in _TERMS if before.details.get(name) != terms.get(name)]
        if changed:
            yield (
                f"{number}: {', '.join(changed)} cannot change any more, as others were asked about it; "
                "ask for another"
            )
    if isinstance(event.fact, StateCorrected):
        yield f"{number}: access is given and taken by its workflow, and not by a correction"
    elif isinstance(event.fact, StateChanged):
        yield from _problems_of_move(rules, event, event.fact.trigger, after, roles_of)


def _problems_of_move(
    rules: AccessRules,
    event: TicketEvent,
    trigger: str,
    after: Ticket,
    roles_of: Callable[[str], Iterable[str]],
) -> Iterator[str]:
    number, terms = after.number, after.details
    grantee, role = str(terms.get("grantee")), str(terms.get("resource"))
    if trigger in _DECIDING and event.actor.id == grantee:
        yield f"{number}: {grantee!r} cannot decide on what they get themselves; ask another"
    if trigger in _GIVING:
        if rules.role(role) is None:
            yield f"{number}: there is no role {role!r}"
        yield from (f"{number}: {problem}" for problem in duty_conflicts(rules, roles_of(grantee), role))
        until = _instant(terms.get("valid_until"))
        if until is not None and until <= event.recorded_at:
            yield f"{number}: it has ended at {until.isoformat()}; ask for another"


def _problems_of_terms(ticket: Ticket) -> Iterator[str]:
    terms = ticket.details
    for name in ("grantee", "resource"):
        value = terms.get(name)
        if value is not None and not (isinstance(value, str) and value and value == value.strip()):
            yield f"{ticket.number}: {name} must be a name, not {value!r}"
    for name in ("valid_from", "valid_until"):
        value = terms.get(name)
        if value is not None and (not isinstance(value, datetime) or value.utcoffset() is None):
            yield f"{ticket.number}: {name} must be an instant with a time zone, not {value!r}"
    scope = terms.get("scope")
    if scope is None:
        return
    if not isinstance(scope, str):
        yield f"{ticket.number}: scope must be the text of a condition, not {scope!r}"
        return
    try:
        parse_condition(scope)
    except DefinitionError as error:
        yield from (f"{ticket.number}: scope: {problem}" for problem in error.problems)
