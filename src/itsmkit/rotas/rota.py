"""Rotas: who takes turns at being on duty for a team, in which order, at which hours, in which roles."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

from attrs import field, frozen

from itsmkit._checks import is_a, member_of, named
from itsmkit._frozen import as_tuple
from itsmkit._problems import (
    close_to,
    distinct_problems,
    instance_problems,
    items_problems,
    name_problems,
    shown,
)
from itsmkit.calendars import BusinessTime, Recurrence
from itsmkit.errors import DefinitionError

__all__ = ["DutyRole", "LeaveRule", "PRIMARY", "Rota", "RotaLayer"]

PRIMARY = "primary"
"""The role of whoever is asked first."""

_MOMENT = timedelta(seconds=1)


class LeaveRule(StrEnum):
    """What becomes of the duty of somebody who is away, and for whom nobody covers."""

    GAP = "gap"
    """Nobody is on duty in their place, and the gap shows."""
    NEXT_PERSON = "next person"
    """The next one in the order of their layer, who is neither away nor on duty already."""
    LOWER_LAYER = "lower layer"
    """Whoever a layer of a lower priority has, who is neither away nor on duty already."""


def _hours_problems(hours: object) -> Iterator[str]:
    if hours is not None:
        yield from instance_problems("hours", hours, BusinessTime)


@frozen
class DutyRole:
    """
    What somebody is on duty as, and how many are meant to be.

    Args:
        name: Such as ``"primary"`` or ``"secondary"``.
        people: How many are meant to be on duty at once; at least 1.
        hours: When they are meant to be; ``None`` for around the clock.

    Raises:
        DefinitionError: With everything that is wrong.
    """

    name: str = field(default=PRIMARY, validator=named)
    people: int = field(default=1, kw_only=True)
    hours: BusinessTime | None = field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = [*_hours_problems(self.hours)]
        if type(self.people) is not int or self.people < 1:
            problems.append(f"people: must be a whole number, at least 1, not {shown(self.people)}")
        if problems:
            raise DefinitionError(*(f"DutyRole {self.name!r}: {each}" for each in problems))


def _local_text(given: datetime | str) -> str:
    # What is neither is refused by the class, beside all else.
    return given.isoformat() if isinstance(given, datetime) else given


def _local_text_if_any(given: datetime | str | None) -> str | None:
    return None if given is None else _local_text(given)


def _local_problems(path: str, text: object) -> Iterator[str]:
    """List what keeps *text* from being what the clocks of some zone show."""
    try:
        is_local = is_a(text, str) and datetime.fromisoformat(str(text)).tzinfo is None
    except ValueError:
        is_local = False
    if not is_local:
        yield f"{path}: must be a time on the wall, such as 2026-01-05T09:00, not {shown(text)}"


@frozen
class RotaLayer:
    """
    People who take turns, handing over by a rule.

    The first of them begins with the first hand-over, and nobody is on duty before. From then on each
    hand-over passes the duty on to the next in order, after the last to the first again. Hours restrict when
    the one whose turn it is is on duty; they do not change whose turn it is.

    Args:
        name: What it is called in its rota.
        people: The ids of those who take turns, in order; at least one. Who stands there twice, has two turns
            of each round.
        first: The first hand-over, as the clocks of the zone show it: a datetime without a zone, or its text
            by ISO 8601. If the rule does not match it, the first match after it counts.
        rule: When it is handed over: a recurrence rule, such as ``"FREQ=WEEKLY"``, which does not end.
        tz: The name of the zone by whose clocks it is handed over; ``None`` for that of the rota.
        hours: When its people are on duty; ``None`` for around the clock.
        role: What they are on duty as.
        priority: Layers of one priority stand side by side. Those of a lower one are asked where those above
            leave fewer people on duty than are meant to be.
        until: When it ends, as *first*; ``None`` if it goes on.

    Raises:
        DefinitionError: With everything that is wrong.

    Source:
        RFC 5545, section 3.3.10; see `Recurrence`.
    """

    name: str = field(validator=named)
    people: tuple[str, ...] = field(converter=as_tuple)
    first: str = field(converter=_local_text)
    rule: str = field(default="FREQ=WEEKLY", kw_only=True)
    tz: str | None = field(default=None, kw_only=True)
    hours: BusinessTime | None = field(default=None, kw_only=True)
    role: str = field(default=PRIMARY, kw_only=True)
    priority: int = field(default=0, kw_only=True)
    until: str | None = field(default=None, kw_only=True, converter=_local_text_if_any)

    def __attrs_post_init__(self) -> None:
        problems = [*self._problems()]
        if not problems:
            try:
                self.handing_over("UTC")
            except DefinitionError as error:
                problems += error.problems
        if problems:
            raise DefinitionError(*(f"RotaLayer {self.name!r}: {each}" for each in problems))

    def _problems(self) -> Iterator[str]:
        for place, person in enumerate(self.people):
            yield from name_problems(f"people[{place}]", person)
        if not self.people:
            yield "people: must be at least one"
        yield from _local_problems("first", self.first)
        if self.until is not None:
            yield from _local_problems("until", self.until)
        yield from instance_problems("rule", self.rule, str)
        if self.tz is not None:
            yield from name_problems("tz", self.tz)
        yield from _hours_problems(self.hours)
        yield from name_problems("role", self.role)
        if type(self.priority) is not int:
            yield f"priority: must be a whole number, not {shown(self.priority)}"
        if is_a(self.rule, str) and {"COUNT", "UNTIL"} & {
            part.partition("=")[0].strip().upper() for part in self.rule.split(";")
        }:
            yield "rule: must have no COUNT and no UNTIL; say when the layer ends in `until`"

    def handing_over(self, tz: str) -> Recurrence:
        """
        Return by which rule it is handed over.

        Args:
            tz: The zone of the rota, which holds if the layer has none of its own.
        """
        return Recurrence(self.rule, datetime.fromisoformat(self.first), self.tz or tz, lasting=_MOMENT)


def _leave_rule(given: LeaveRule | str) -> LeaveRule:
    return member_of(LeaveRule, given, "Rota.on_leave")


@frozen
class Rota:
    """
    Who is on duty for a team, as it is planned.

    Args:
        name: What it is called.
        team: The id of the support group that it is for.
        layers: Who takes turns; each of a name of its own. At least one.
        tz: The name of the zone by whose clocks it is handed over, and what is a night or a weekend.
        roles: What people are on duty as, and how many; each of a name of its own, at least one.
        on_leave: What becomes of the duty of somebody who is away.
        leaves_need_approval: Whether a leave of somebody who takes turns here holds only once somebody else
            has approved it.

    Raises:
        DefinitionError: With everything that is wrong, such as a layer of a role that the rota has not.

    >>> weekly = RotaLayer("week", ["ann", "bob", "cid"], "2026-01-05T09:00")
    >>> network = Rota("network on call", "network", [weekly], tz="Europe/Berlin")
    >>> network.people
    ('ann', 'bob', 'cid')
    """

    name: str = field(validator=named)
    team: str = field(validator=named)
    layers: tuple[RotaLayer, ...] = field(converter=as_tuple)
    tz: str = field(default="UTC", kw_only=True)
    roles: tuple[DutyRole, ...] = field(default=(DutyRole(),), kw_only=True, converter=as_tuple)
    on_leave: LeaveRule = field(default=LeaveRule.GAP, kw_only=True, converter=_leave_rule)
    leaves_need_approval: bool = field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = [*self._problems()]
        if problems:
            raise DefinitionError(*(f"Rota {self.name!r}: {each}" for each in problems))

    def _problems(self) -> Iterator[str]:
        yield from instance_problems("leaves_need_approval", self.leaves_need_approval, bool)
        wrong = [
            problem
            for path, values, kind in (("layers", self.layers, RotaLayer), ("roles", self.roles, DutyRole))
            for problem in items_problems(path, values, kind)
        ]
        yield from wrong
        for path, values in (("layers", self.layers), ("roles", self.roles)):
            if not values:
                yield f"{path}: must be at least one"
        if wrong:
            return
        yield from distinct_problems("layers", (each.name for each in self.layers))
        yield from distinct_problems("roles", (each.name for each in self.roles))
        known = [each.name for each in self.roles]
        for place, layer in enumerate(self.layers):
            if layer.role not in known:
                yield f"layers[{place}].role: there is no role {layer.role!r}; {close_to(layer.role, known)}"
        if not is_a(self.tz, str):
            yield f"tz: must be the name of a zone, not {shown(self.tz)}"
            return
        for place, layer in enumerate(self.layers):
            try:
                zone = layer.handing_over(self.tz).tz
            except DefinitionError as error:
                yield from (f"layers[{place}]: {problem}" for problem in error.problems)
                continue
            if layer.until is not None and (
                datetime.fromisoformat(layer.until).replace(tzinfo=zone).timestamp()
                <= datetime.fromisoformat(layer.first).replace(tzinfo=zone).timestamp()
            ):
                yield f"layers[{place}].until: must be after the first hand-over, not {layer.until}"

    @cached_property
    def people(self) -> tuple[str, ...]:
        """All who take turns, in the order in which they are named, each once."""
        return tuple(dict.fromkeys(person for layer in self.layers for person in layer.people))

    def role(self, name: str) -> DutyRole:
        """
        Return a role by its name.

        Raises:
            DefinitionError: If the rota has none of this name.
        """
        for role in self.roles:
            if role.name == name:
                return role
        known = close_to(name, [each.name for each in self.roles])
        problem = f"role: rota {self.name!r} has no role {name!r}; {known}"
        raise DefinitionError(problem)

    def layers_of(self, role: str) -> tuple[RotaLayer, ...]:
        """Return the layers of a role, those of the highest priority first, else as they stand."""
        return tuple(
            sorted((each for each in self.layers if each.role == role), key=lambda layer: -layer.priority)
        )
