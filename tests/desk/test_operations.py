"""Operations are called as one writes them after ``desk.``, each by one name."""

from typing import Any

import pytest
from attrs import evolve

from itsmkit.desk import Desk, DeskConfig
from itsmkit.desk.operations import OPERATIONS, ROOMS, Need, need_of, spelled
from itsmkit.desk.work import WorkCommands
from itsmkit.errors import DefinitionError
from itsmkit.practices.access import AccessDeniedError, AccessRules, Role, Scope, access_grant_kind
from itsmkit.tickets import Actor

STANDARD = DeskConfig.standard()
CONFIG = evolve(STANDARD, kinds=[*STANDARD.kinds.values(), access_grant_kind()])
ANN = Actor("ann")


def ruled(*operations: str) -> Desk:
    role = Role("agent", sees=[Scope()], permits=operations)
    return Desk(evolve(CONFIG, access=AccessRules([role], default=["agent"]))).acting_as(ANN)


@pytest.mark.parametrize("kind", CONFIG.kinds)
def test_a_kind_is_asked_by_one_name_whichever_way_it_is_reached(kind: str) -> None:
    room = ROOMS.get(kind, f"work.{kind}")
    ways = [ruled(f"{room}.log").work(kind)]
    if kind in ROOMS:
        ways.append(getattr(ruled(f"{room}.log"), room))
    for way in ways:
        ticket = way.log("As always")
        with pytest.raises(AccessDeniedError) as denied:
            way.prioritise(ticket.id, impact="high", urgency="high")
        assert denied.value.operation == f"{room}.prioritise"


def test_rooms_are_where_a_desk_has_the_commands_of_a_kind() -> None:
    found: dict[str, str] = {}
    for name in dir(Desk):
        room: Any = getattr(Desk(), name)
        if isinstance(room, WorkCommands):
            found[room._kind] = name
    assert found == ROOMS


def test_to_propose_a_change_is_to_log_it() -> None:
    desk = ruled("changes.log")
    assert desk.changes.propose("New switch").kind == "change"
    for operation in ("changes.log", "changes.propose", "work.change.log"):
        assert spelled(operation) == "changes.log"
        assert desk.may(operation).allowed
    assert not ruled("changes.transition").may("changes.propose").allowed


def test_every_verb_of_a_kind_needs_the_same() -> None:
    for name, need in OPERATIONS.items():
        room, _, verb = name.rpartition(".")
        if room in ROOMS.values() and f"work.*.{verb}" in OPERATIONS:
            assert (
                need_of(f"{name}:x") is OPERATIONS[f"work.*.{verb}"] is need is need_of(f"work.visit.{verb}")
            )
    assert need_of("work.visit.yet_unheard_of") is Need.PERMIT


@pytest.mark.parametrize(
    ("operation", "problem"),
    [
        ("work.change.log", "write 'changes.log'"),
        ("work.problem.transition:resolve", "write 'problems.transition:resolve'"),
        ("work.visit.log", "what itsmkit brings is called incidents.*, questions.*"),
        ("tickets.coment", "did you mean 'tickets.comment'?"),
        ("incidents.transition:resovle", "did you mean 'incidents.transition'?"),
        ("nothing.*", "known: "),
    ],
)
def test_a_permit_of_nothing_is_refused(operation: str, problem: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        ruled("run_due", operation)
    (told,) = refused.value.problems
    assert told.startswith(
        f"roles[0].permits[1].operations[0]: {operation!r} permits nothing that the desk can be"
    )
    assert problem in told


@pytest.mark.parametrize(
    "operation",
    ["*", "work.*", "access.*", "*.transition:resolve", "*:resolve", "tickets.resolve:resolve"],
)
def test_a_pattern_of_something_is_taken(operation: str) -> None:
    ruled(operation)


def test_of_what_is_no_operation_nobody_is_told_that_they_may() -> None:
    for desk in (ruled("*"), Desk().acting_as(ANN)):
        with pytest.raises(
            DefinitionError, match=r"no operation 'tickets\.coment'; did you mean 'tickets\.comment'"
        ):
            desk.may("tickets.coment")
        assert desk.may("work.change.transition:resolve").allowed
