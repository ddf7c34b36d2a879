"""
Functional escalation: the work goes to those who can do what the ones before could not.

Who owns the ticket stays, and nobody hands on work without a note of what was found. Work that comes back to
the group that had just handed it on has bounced; how often it has is counted and, from a number of times on,
flagged.

Source:
    ITIL 4, practice "Incident management": escalation through lines of support.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from attrs import field, frozen

from itsmkit._checks import is_a, named
from itsmkit._problems import instance_problems, shown
from itsmkit.conditions import ALWAYS, Condition, compile_condition
from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.practices._arguments import text
from itsmkit.practices.decision import Decision, Occasion, happen, refuse_merged
from itsmkit.tickets import Assigned, Escalated, Ticket, TicketEvent, TicketLogged
from itsmkit.tickets.structure import SupportGroup

__all__ = ["Bounces", "LineRoute", "bounces_of", "escalate", "group_for"]

AnyTicket = TypeVar("AnyTicket", bound=Ticket)


@frozen(kw_only=True)
class LineRoute:
    """
    Which group of a line takes what.

    Args:
        line: The line of support.
        group: The id of the group.
        when: The tickets that it takes.

    Raises:
        DefinitionError: If one of these is something else.
    """

    line: int
    group: str = field(validator=named)
    when: Condition = ALWAYS

    def __attrs_post_init__(self) -> None:
        problems = [*instance_problems("when", self.when, Condition)]
        if not is_a(self.line, int) or isinstance(self.line, bool) or self.line < 1:
            problems.append(f"line: must be a number from 1, not {shown(self.line)}")
        if problems:
            raise DefinitionError(*problems)


@frozen
class Bounces:
    """
    The way of a ticket from group to group.

    Args:
        path: The groups that had the work, in order; one that had it again stands there again.
        returns: How often it came back to the group that had just handed it on.
        limit: From how many times on that is too often.
    """

    path: tuple[str, ...]
    returns: int
    limit: int

    @property
    def is_flagged(self) -> bool:
        """Whether it went to and fro more often than *limit*."""
        return self.returns > self.limit

    def explain(self) -> str:
        """Return it as a line of text."""
        told = f"{' -> '.join(self.path) or 'no group'}: came back {self.returns} times"
        return f"{told}, more often than {self.limit}" if self.is_flagged else told


def bounces_of(history: Iterable[TicketEvent], limit: int = 1) -> Bounces:
    """
    Return how often a ticket went to and fro between two groups: A, B and A again is once.

    Args:
        history: Its events, in order.
        limit: How often may be.
    """
    path: list[str] = []
    for event in history:
        fact = event.fact
        group: object = None
        if isinstance(fact, TicketLogged):
            group = fact.details.get("support_group")
        elif isinstance(fact, Assigned):
            group = fact.support_group
        if isinstance(group, str) and path[-1:] != [group]:
            path.append(group)
    returns = sum(path[place] == path[place - 2] for place in range(2, len(path)))
    return Bounces(tuple(path), returns, limit)


def group_for(line: int, ticket: Ticket, routes: Sequence[LineRoute], groups: Iterable[SupportGroup]) -> str:
    """
    Return the group of *line* that takes *ticket*: that of the first route which fits, else the only one.

    Raises:
        RefusedError: If there is no such group, or several without a route.
    """
    facts = ticket.facts()
    for route in routes:
        if route.line == line and compile_condition(route.when)(facts):
            return route.group
    found = [group.id for group in groups if group.line == line]
    if len(found) == 1:
        return found[0]
    why = f"several groups are in it: {', '.join(found)}" if found else "no group is in it"
    refusal = f"cannot escalate {ticket.number} to line {line}: {why}; name the group, or a route to it"
    raise RefusedError(refusal)


def escalate(
    ticket: AnyTicket,
    occasion: Occasion,
    *,
    to_group: str,
    reason: str,
    note: str = "",
    to_line: int | None = None,
    from_line: int | None = None,
    returns: int = 0,
    needs_note: bool = True,
) -> Decision[AnyTicket]:
    """
    Hand the work of *ticket* to another group. Its owner stays.

    Args:
        ticket: The ticket.
        occasion: When, and by whom.
        to_group: Who gets the work.
        reason: Why.
        note: What was found and done so far.
        to_line: The line of support of *to_group*, if it is known.
        from_line: That of the group that has the work.
        returns: How often the work will have come back to a group that had just handed it on.
        needs_note: Whether a *note* is asked for.

    Raises:
        DefinitionError: If the group is no name.
        RefusedError: With every reason: the ticket is done, or with that group already, or there is no reason
            or no note.
    """
    refuse_merged(ticket)
    reason, note = text("reason", reason).strip(), text("note", note).strip()
    refusals = [*_refusals(ticket, to_group, reason, note, needs_note=needs_note)]
    if refusals:
        raise RefusedError(*refusals)
    escalated = Escalated(to_group, ticket.support_group, to_line, from_line, reason, note, returns)
    return happen(ticket, occasion, escalated, Assigned(to_group))


def _refusals(ticket: Ticket, to_group: str, reason: str, note: str, *, needs_note: bool) -> Iterator[str]:
    number = ticket.number
    if not ticket.is_open:
        yield f"cannot escalate {number}: it is {ticket.state}"
    if to_group == ticket.support_group:
        yield f"cannot escalate {number} to {to_group}: it has the work already"
    if not reason:
        yield f"cannot escalate {number}: say why in `reason`"
    if needs_note and not note:
        yield f"cannot escalate {number}: tell those who go on what was found and done, in `note`"
