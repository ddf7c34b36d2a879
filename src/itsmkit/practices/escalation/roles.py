"""Who has a role on a ticket at the moment in which it is asked."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Protocol

from attrs import field, frozen

from itsmkit._frozen import as_tuple
from itsmkit.practices.inheritance import known
from itsmkit.tickets import Ticket
from itsmkit.tickets.structure import Person, SupportGroup

__all__ = ["Chart", "OnDuty", "RoleBook", "RoleHolder"]

_ON_DUTY = "on_duty"
_MANAGER = ".manager"

OnDuty = Callable[[str, datetime], Sequence[str]]
"""Tells who of a team is on duty at an instant, who is called first coming first; nobody, if nobody is."""


def _nobody(_team: str, _at: datetime) -> Sequence[str]:
    return ()


class Chart(Protocol):
    """Where people and groups are looked up; a `NotFoundError` says that there is none."""

    def person(self, person_id: str) -> Person:
        """Return a person by id."""

    def group(self, group_id: str) -> SupportGroup:
        """Return a support group by id."""


@frozen
class RoleHolder:
    """
    Who has a role.

    Args:
        role: The role, as a step names it.
        names: Who has it; empty if nobody does.
        because: How they were found, or why nobody was.
    """

    role: str
    names: tuple[str, ...] = field(converter=as_tuple)
    because: str

    def explain(self) -> str:
        """Return it as a line of text."""
        return f"{self.role}: {self.because}"


@frozen
class RoleBook:
    """
    Looks up who has a role on a ticket.

    ``assignee``, ``owner``, ``requester``, ``affected_person`` and ``support_group`` stand on the ticket;
    ``group_lead`` leads its support group, or that of ``group_lead:network``; ``on_duty`` is on duty for that
    group now, or for the team of ``on_duty:network``. ``assignee.manager`` is whom the assignee reports to,
    ``assignee.manager.manager`` whom that one does. Who has left by then is passed over, and where managers
    are asked for, whom they reported to takes their place. Any other name is a role of the host's, and stands
    for itself.

    Args:
        chart: Where people and groups are looked up.
        on_duty: Who is on duty; by default, nobody is.
    """

    chart: Chart
    on_duty: OnDuty = _nobody

    def holder(self, role: str, ticket: Ticket, at: datetime) -> RoleHolder:
        """
        Return who has *role* on *ticket* at the instant *at*.

        >>> from itsmkit.tickets.structure import Structure
        >>> from itsmkit.testing import an_incident, A_MONDAY
        >>> RoleBook(Structure()).holder("assignee", an_incident(), A_MONDAY).explain()
        'assignee: the ticket names no assignee'
        """
        if role.endswith(_MANAGER):
            return self._managers(role, ticket, at)
        kind, _, team = role.partition(":")
        if kind in ("group_lead", _ON_DUTY):
            return self._of_group(role, kind, team or ticket.support_group, at)
        if role not in _ON_TICKET:
            return RoleHolder(role, (role,), "a role of the house")
        name = getattr(ticket, role)
        if name is None:
            return RoleHolder(role, (), f"the ticket names no {role}")
        if self._has_left(name, at):
            return RoleHolder(role, (), f"{name} has left")
        return RoleHolder(role, (name,), f"{name}, as the ticket says")

    def holders(self, roles: Iterable[str], ticket: Ticket, at: datetime) -> tuple[RoleHolder, ...]:
        """Return who has each of *roles*, in their order."""
        return tuple([self.holder(role, ticket, at) for role in roles])

    def _of_group(self, role: str, kind: str, team: str | None, at: datetime) -> RoleHolder:
        if team is None:
            return RoleHolder(role, (), "the ticket is with no support group")
        if kind == _ON_DUTY:
            names = tuple(self.on_duty(team, at))
            told = f"{', '.join(names)} for {team}" if names else f"nobody is on duty for {team}"
            return RoleHolder(role, names, told)
        group = known(self.chart.group, team)
        if group is None or group.lead is None:
            return RoleHolder(role, (), f"nobody is known to lead {team}")
        if self._has_left(group.lead, at):
            return RoleHolder(role, (), f"{group.lead}, who leads {team}, has left")
        return RoleHolder(role, (group.lead,), f"{group.lead} leads {team}")

    def _managers(self, role: str, ticket: Ticket, at: datetime) -> RoleHolder:
        base = role
        steps = 0
        while base.endswith(_MANAGER):
            base, steps = base.removesuffix(_MANAGER), steps + 1
        # Who has left had a manager, too.
        start = getattr(ticket, base) if base in _ON_TICKET else None
        first = (start,) if start is not None else self.holder(base, ticket, at).names
        if not first or first == (base,):
            return RoleHolder(role, (), f"nobody is {base} of the ticket")
        way = [first[0]]
        for person in self._above(first[0]):
            way.append(person)
            steps -= not self._has_left(person, at)
            if not steps:
                return RoleHolder(role, (person,), f"{person}, up from {' to '.join(way[:-1])}")
        return RoleHolder(role, (), f"nobody is known above {way[-1]}")

    def _above(self, name: str) -> Iterator[str]:
        """Go through whom *name* reports to, and so on; each once."""
        seen = {name}
        person = known(self.chart.person, name)
        while person is not None and person.manager is not None and person.manager not in seen:
            seen.add(person.manager)
            yield person.manager
            person = known(self.chart.person, person.manager)

    def _has_left(self, name: str, at: datetime) -> bool:
        person = known(self.chart.person, name)
        return person is not None and not person.is_active_at(at)


_ON_TICKET = frozenset({"assignee", "owner", "requester", "affected_person", "support_group"})
