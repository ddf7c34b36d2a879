"""Rotas as tables of a configuration, in which hours are the names of calendars."""

from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from itsmkit._problems import close_to, distinct_problems, under
from itsmkit.calendars import BusinessCalendar
from itsmkit.errors import DefinitionError
from itsmkit.rotas import PRIMARY, DutyRole, LeaveRule, Rota, RotaLayer

__all__ = ["DutyRoleTable", "RotaLayerTable", "RotaTable", "rotas_from"]


@frozen
class DutyRoleTable:
    """What somebody is on duty as."""

    name: str = PRIMARY
    people: int = 1
    hours: str | None = None


@frozen
class RotaLayerTable:
    """People who take turns."""

    name: str
    people: tuple[str, ...]
    first: str
    rule: str = "FREQ=WEEKLY"
    time_zone: str | None = None
    hours: str | None = None
    role: str = PRIMARY
    priority: int = 0
    until: str | None = None


@frozen
class RotaTable:
    """Who is on duty for a team."""

    name: str
    team: str
    layers: tuple[RotaLayerTable, ...]
    time_zone: str = "UTC"
    roles: tuple[DutyRoleTable, ...] = (DutyRoleTable(),)
    on_leave: LeaveRule = LeaveRule.GAP
    leaves_need_approval: bool = False


def rotas_from(
    tables: Sequence[RotaTable], calendars: Mapping[str, BusinessCalendar], where: str
) -> tuple[Rota, ...]:
    """
    Return the rotas that tables describe.

    Args:
        tables: The tables.
        calendars: The calendars of the desk, by name.
        where: The name of the document, for sentences.

    Raises:
        DefinitionError: With every fault, each with its path.
    """
    problems: list[str] = []
    rotas: list[Rota] = []
    for place, table in enumerate(tables):
        at = f"{where}: rotas[{place}]"
        unknown = [*_unknown_hours(table, calendars)]
        problems += (f"{at}.{each}" for each in unknown)
        if not unknown:
            try:
                rotas.append(_rota(table, calendars))
            except DefinitionError as error:
                problems += (under(at, each) for each in error.problems)
    problems += (f"{where}: {each}" for each in distinct_problems("rotas", (each.name for each in tables)))
    if problems:
        raise DefinitionError(*problems)
    return tuple(rotas)


def _unknown_hours(table: RotaTable, calendars: Mapping[str, BusinessCalendar]) -> Iterator[str]:
    parts: tuple[tuple[str, Sequence[DutyRoleTable | RotaLayerTable]], ...] = (
        ("roles", table.roles),
        ("layers", table.layers),
    )
    for path, tables in parts:
        for place, each in enumerate(tables):
            if each.hours is not None and each.hours not in calendars:
                known = close_to(each.hours, calendars)
                yield f"{path}[{place}].hours: there is no calendar {each.hours!r}; {known}"


def _rota(table: RotaTable, calendars: Mapping[str, BusinessCalendar]) -> Rota:
    """Return the rota of a table. Raises `DefinitionError` with every fault, with paths in the rota."""

    def hours(name: str | None) -> BusinessCalendar | None:
        return None if name is None else calendars[name]

    problems: list[str] = []
    roles: list[DutyRole] = []
    layers: list[RotaLayer] = []
    for place, role in enumerate(table.roles):
        try:
            roles.append(DutyRole(role.name, people=role.people, hours=hours(role.hours)))
        except DefinitionError as error:
            problems += (f"roles[{place}]: {each}" for each in error.problems)
    for place, layer in enumerate(table.layers):
        try:
            layers.append(
                RotaLayer(
                    layer.name,
                    layer.people,
                    layer.first,
                    rule=layer.rule,
                    tz=layer.time_zone,
                    hours=hours(layer.hours),
                    role=layer.role,
                    priority=layer.priority,
                    until=layer.until,
                )
            )
        except DefinitionError as error:
            problems += (f"layers[{place}]: {each}" for each in error.problems)
    if problems:
        raise DefinitionError(*problems)
    return Rota(
        table.name,
        table.team,
        layers,
        tz=table.time_zone,
        roles=roles,
        on_leave=table.on_leave,
        leaves_need_approval=table.leaves_need_approval,
    )
