"""Every operation, by every role, in every relation to a ticket, against an oracle that knows a table."""

from functools import partial
from random import Random
from typing import Any, NamedTuple

import pytest
from attrs import evolve

from itsmkit.conditions import ALWAYS
from itsmkit.desk import Desk, DeskConfig, InMemoryDirectory, InMemoryStore
from itsmkit.desk.operations import OPERATIONS, ROOMS, Need
from itsmkit.plugin import RowKind, StoreRow
from itsmkit.practices.access import (
    AccessRules,
    Permit,
    Relation,
    Restriction,
    Role,
    Scope,
    access_grant_kind,
)
from itsmkit.testing.faults import Faults
from itsmkit.testing.permissions import (
    AUDIENCE_READS,
    DESK_READS,
    TICKET_READS,
    Outcome,
    operations_of,
    outcome_of,
    readable,
    related,
)
from itsmkit.testing.use_cases import USE_CASES, Stage, UseCase
from itsmkit.tickets import Actor, Ticket, TicketId
from itsmkit.tickets.structure import Person, SupportGroup

pytestmark = pytest.mark.no_cover  # each command is covered by its examples; here each is asked a dozen times

ANY = None
"""Any relation, and none."""

OWN = ("requester", "affected_person", "participant")
AT_WORK = ("assignee", "owner", "support_group")


class Row(NamedTuple):
    """
    What the holder of a role may: the table that both the rules and the oracle are made of.

    Args:
        sees: The relations in which a ticket is seen; ``ANY`` for all.
        may: What may be done, by the beginning of its name, each with the relations in which it is.
        trusted: Whether restricted tickets are seen.
    """

    sees: tuple[str, ...] | None
    may: dict[str, tuple[str, ...] | None]
    trusted: bool = False


TABLE = {
    "stranger": Row((), {}),
    "customer": Row(OWN, {"tickets.comment": ("requester", "participant"), "incidents.log": ANY}),
    "colleague": Row(("organisation",), {}),
    "resolver": Row(
        (*AT_WORK, "requester"),
        {"tickets.": ("assignee", "support_group"), "incidents.": ("assignee",), "changes.": ("owner",)},
    ),
    "dispatcher": Row(ANY, {"tickets.assign": ANY, "incidents.transition:start": ANY}),
    "security": Row(ANY, {"tickets.": ANY, "incidents.": ANY}, trusted=True),
    "auditor": Row(ANY, {"events": ANY, "feed": ANY, "report": ANY, "audit.": ANY, "cmdb.": ANY}),
    "worker": Row((), {"run_due": ANY, "deliver": ANY, "next_due": ANY}),
    "admin": Row(ANY, {"": ANY}),
}
EVERY_RELATION: tuple[str | None, ...] = (*(each.value for each in Relation), None)


def rules() -> AccessRules:
    roles = [Role("everybody")]  # which is asked for
    for name, row in TABLE.items():
        sees = [Scope(relations=row.sees or ())] if row.sees != () else []
        permits = [Permit(f"{start}*", relations=ways or ()) for start, ways in row.may.items()]
        roles.append(Role(name, sees=sees, permits=permits))
    trusted = [name for name, row in TABLE.items() if row.trusted]
    return AccessRules(roles, restrictions=[Restriction("security", roles=trusted)])


def oracle(role: str, relation: str | None, operation: str, *, secret: bool) -> Outcome:
    """Say what must come of it, from the table alone."""
    row = TABLE[role]
    if (secret and not row.trusted) or not (row.sees is ANY or relation in row.sees):
        return Outcome.NOT_THERE
    if operation in TICKET_READS or may(row, relation, operation):
        return Outcome.DONE
    return Outcome.DENIED


def may(row: Row, relation: str | None, operation: str) -> bool:
    return any(
        operation.startswith(start) and (ways is ANY or relation in ways) for start, ways in row.may.items()
    )


class People(InMemoryDirectory):
    """A directory in which everybody is in a group and an organisation of their own."""

    def person(self, person_id: str) -> Person:
        return Person(person_id, organisation=f"organisation of {person_id}")

    def groups_of(self, person_id: str) -> tuple[SupportGroup, ...]:
        return (SupportGroup(f"group of {person_id}"),)


STANDARD = DeskConfig.standard()
STAGED = Stage.on(InMemoryStore(), Faults()).steady.config
CONFIG = evolve(
    STANDARD,
    access=rules(),
    kinds=[*STANDARD.kinds.values(), access_grant_kind()],
    escalation=STAGED.escalation,
    rotas=STAGED.rotas,
)
VIEWER = "eve"


def desk_of(stage: Stage, role: str) -> Desk:
    desk = Desk(
        CONFIG,
        store=stage.store,
        clock=stage.clock,
        random=Random(3),  # the same keys each time
        plugins=stage.desk.plugins,
        directory=People(),
    )
    return desk.acting_as(Actor(VIEWER, roles=[role]))


def cases(need: Need) -> list[UseCase]:
    return [
        each for each in USE_CASES if OPERATIONS.get(each.command) is need and each.variant != "of no ticket"
    ]


def operation_of(case: UseCase) -> str:
    """Return the operation with its trigger."""
    if case.command == "changes.propose":
        return "changes.log"
    if case.command == "access.request":
        return "access.log"
    if case.command.startswith("access."):
        verb = case.command.removeprefix("access.")
        return f"access.transition:{'remove' if verb == 'confirm_removal' else verb}"
    if case.command == "tickets.resolve":
        return "tickets.resolve:resolve"
    if not case.command.endswith(".transition"):
        return case.command
    return f"{case.command}:{'resolve' if case.variant == 'which ends clocks' else 'start'}"


def test_every_operation_has_a_row() -> None:
    assert set(operations_of(Desk())) == set(OPERATIONS)


def test_every_operation_is_in_the_matrix() -> None:
    asked = {each.command for each in USE_CASES}
    rooms = {*ROOMS.values(), "work.*"}
    reads = {name for name, need in OPERATIONS.items() if need is Need.SIGHT}
    assert reads == set(TICKET_READS)
    # What is asked of a kind of work is the same code as for incidents.
    same = {
        f"{room}.{each.partition('.')[2]}"
        for each in asked
        for room in rooms
        if each.startswith("incidents.")
    }
    rest = {*OPERATIONS} - same - reads - asked
    assert {name for name, need in OPERATIONS.items() if need is Need.AUDIENCE} == set(AUDIENCE_READS)
    several = {name for name, need in OPERATIONS.items() if need is Need.EACH}
    assert several == {"tickets.bulk", *SEVERAL}
    assert rest == {*DESK_READS, *AUDIENCE_READS}


@pytest.mark.parametrize("secret", [False, True], ids=["open", "secret"])
@pytest.mark.parametrize("role", TABLE)
def test_reads_of_tickets(role: str, secret: bool) -> None:
    stage = Stage.on(InMemoryStore(), Faults())
    logged = {
        relation: stage.steady.incidents.log("No network", configuration_item="web-1").id
        for relation in EVERY_RELATION
    }
    for each in logged.values():
        readable(stage.steady, each)
    tickets: dict[str | None, Ticket] = {
        relation: relate(stage, ticket_id, relation, secret=secret) for relation, ticket_id in logged.items()
    }
    desk = desk_of(stage, role)
    for operation, read in TICKET_READS.items():
        for relation, ticket in tickets.items():
            expected = oracle(role, relation, operation, secret=secret)
            assert outcome_of(partial(read, desk, ticket)) is expected, (operation, relation)
    seen = sum(oracle(role, each, "tickets.count", secret=secret) is Outcome.DONE for each in tickets)
    assert desk.tickets.count() == len([*desk.tickets]) == seen


def relate(stage: Stage, ticket_id: TicketId, relation: str | None, *, secret: bool) -> Ticket:
    return related(
        stage.store,
        ticket_id,
        None if relation is None else Relation(relation),
        VIEWER,
        restricted_to="security" if secret else None,
    )


@pytest.mark.parametrize("secret", [False, True], ids=["open", "secret"])
@pytest.mark.parametrize("role", TABLE)
def test_many_at_once_are_asked_for_one_by_one(role: str, secret: bool) -> None:
    stage = Stage.on(InMemoryStore(), Faults())
    tickets = {
        relation: relate(stage, stage.steady.incidents.log("No network").id, relation, secret=secret)
        for relation in EVERY_RELATION
    }
    before = [*stage.store.dump()]
    bulk = desk_of(stage, role).tickets.bulk
    ids = [each.id for each in tickets.values()]
    rehearsed = bulk(ids, "comment", text="We are on it", dry_run=True).outcomes
    assert [*stage.store.dump()] == before
    done = bulk(ids, "comment", text="We are on it").outcomes
    assert [each.outcome for each in rehearsed] == [each.outcome for each in done]
    [absent] = bulk([TicketId("absent")], "comment", text="We are on it").outcomes
    for (relation, ticket), found in zip(tickets.items(), done, strict=True):
        expected = oracle(role, relation, "tickets.comment", secret=secret)
        assert (found.outcome == "changed") is (expected is Outcome.DONE), relation
        assert (found.ticket is None) is (expected is not Outcome.DONE), relation
        if expected is Outcome.NOT_THERE:
            assert [each.replace(ticket.id, "absent") for each in found.reasons] == [*absent.reasons]


@pytest.mark.parametrize("secret", [False, True], ids=["open", "secret"])
@pytest.mark.parametrize("case", cases(Need.PERMIT_ON_TICKET), ids=lambda case: case.name)
def test_commands_on_tickets(case: UseCase, secret: bool) -> None:
    for role in TABLE:
        stage = Stage.on(InMemoryStore(), Faults())
        desk = desk_of(stage, role)
        for relation in EVERY_RELATION:
            asked: Any = case.before(stage)
            for ticket_id in asked if isinstance(asked, tuple) else (asked.id,):
                relate(stage, ticket_id, relation, secret=secret)
            before = [*stage.store.dump()]
            expected = oracle(role, relation, operation_of(case), secret=secret)
            assert outcome_of(partial(case.ask, desk, asked, {})) is expected, (role, relation)
            if expected is not Outcome.DONE:
                assert [*stage.store.dump()] == before


@pytest.mark.parametrize(
    "case", [each for each in USE_CASES if each.variant == "of no ticket"], ids=lambda case: case.name
)
def test_what_is_of_no_ticket_is_there_for_who_may_whatever_the_ticket(case: UseCase) -> None:
    done = set()
    for role, row in TABLE.items():
        stage = Stage.on(InMemoryStore(), Faults())
        asked = case.before(stage)
        before = [*stage.store.dump()]
        expected = Outcome.DONE if may(row, None, case.command) else Outcome.NOT_THERE
        assert outcome_of(partial(case.ask, desk_of(stage, role), asked, {})) is expected, role
        assert ([*stage.store.dump()] == before) is (expected is Outcome.NOT_THERE), role
        done.add(expected)
    assert done == {Outcome.DONE, Outcome.NOT_THERE}


SEVERAL = {
    "aids.apply_macro": ("tickets.assign", "tickets.comment", "tickets.tag"),
    "aids.reply": ("tickets.send_message",),
    "aids.log_from": ("incidents.log",),
}
"""What does several things as one, and what it does."""


@pytest.mark.parametrize("secret", [False, True], ids=["open", "secret"])
@pytest.mark.parametrize(
    "case", [each for each in USE_CASES if each.command in SEVERAL], ids=lambda case: case.name
)
def test_commands_that_do_several_things(case: UseCase, secret: bool) -> None:
    for role, row in TABLE.items():
        for relation in EVERY_RELATION:
            stage = Stage.on(InMemoryStore(), Faults())
            ticket = case.before(stage)
            relate(stage, ticket.id, relation, secret=secret)
            before = rows_but_series(stage)
            desk = desk_of(stage, role)
            if case.command == "aids.log_from":
                # The template says what is logged, and who logs is not its requester.
                expected = Outcome.DONE if may(row, None, "incidents.log") else Outcome.DENIED
            else:
                found = [oracle(role, relation, each, secret=secret) for each in SEVERAL[case.command]]
                expected = next((each for each in found if each is not Outcome.DONE), Outcome.DONE)
            assert outcome_of(partial(case.ask, desk, ticket, {})) is expected, (role, relation)
            if expected is not Outcome.DONE:
                assert rows_but_series(stage) == before


def rows_but_series(stage: Stage) -> list[StoreRow]:
    """Return what is kept but the series of numbers: those of what was refused are left out."""
    return [row for row in stage.store.dump() if row.kind is not RowKind.SERIES]


@pytest.mark.parametrize("operation", AUDIENCE_READS)
def test_reads_of_what_is_for_their_viewer(operation: str) -> None:
    stage = Stage.on(InMemoryStore(), Faults())
    for role in TABLE:
        found = outcome_of(partial(AUDIENCE_READS[operation], desk_of(stage, role)))
        assert found is not Outcome.DENIED, role


@pytest.mark.parametrize("case", cases(Need.PERMIT_FOR_NEW), ids=lambda case: case.name)
def test_commands_that_begin_a_ticket(case: UseCase) -> None:
    for role, row in TABLE.items():
        stage = Stage.on(InMemoryStore(), Faults())
        asked = case.before(stage)
        before = stage.store.count(ALWAYS)
        desk = desk_of(stage, role)
        # Who logs is the requester of what they log, or nobody's, of what is taken over.
        relation = None if case.command == "incidents.take_over" else "requester"
        expected = Outcome.DONE if may(row, relation, operation_of(case)) else Outcome.DENIED
        assert outcome_of(partial(case.ask, desk, asked, {})) is expected, role
        assert (stage.store.count(ALWAYS) > before) is (expected is Outcome.DONE)


@pytest.mark.parametrize("case", cases(Need.PERMIT), ids=lambda case: case.name)
def test_commands_of_the_desk(case: UseCase) -> None:
    for role, row in TABLE.items():
        stage = Stage.on(InMemoryStore(), Faults())
        asked = case.before(stage)
        before = [*stage.store.dump()]
        desk = desk_of(stage, role)
        expected = Outcome.DONE if may(row, None, case.command) else Outcome.DENIED
        assert outcome_of(partial(case.ask, desk, asked, {})) is expected, role
        if expected is Outcome.DENIED:
            assert [*stage.store.dump()] == before


@pytest.mark.parametrize("case", cases(Need.OWN), ids=lambda case: case.name)
def test_commands_on_what_is_ones_own(case: UseCase) -> None:
    for role in TABLE:
        stage = Stage.on(InMemoryStore(), Faults())
        asked = case.before(stage)
        found = outcome_of(partial(case.ask, desk_of(stage, role), asked, {}))
        assert found is not Outcome.DENIED, role


@pytest.mark.parametrize("operation", DESK_READS)
def test_reads_of_the_desk(operation: str) -> None:
    stage = Stage.on(InMemoryStore(), Faults())
    for role, row in TABLE.items():
        desk = desk_of(stage, role)
        found = outcome_of(partial(DESK_READS[operation], desk))
        assert (found is not Outcome.DENIED) is may(row, None, operation), role
