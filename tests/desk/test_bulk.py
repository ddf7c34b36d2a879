"""One command for many tickets."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from attrs import evolve

from itsmkit.desk import Desk, DeskConfig, InMemoryStore, ManualClock
from itsmkit.errors import DefinitionError, IdempotencyError
from itsmkit.plugin import UnitOfWork, hookimpl
from itsmkit.practices import KindOfWork, Resolution, incident_kind
from itsmkit.testing import A_MONDAY, AN_AGENT
from itsmkit.tickets import Ticket, TicketId

NOTHING = TicketId("none")


@pytest.fixture
def ids(desk: Desk) -> list[TicketId]:
    """Return three tickets, of which the second has a tag."""
    logged = [desk.incidents.log(f"Incident {number}").id for number in range(3)]
    desk.tickets.tag(logged[1], "vip")
    return logged


def told(outcomes: Any) -> list[tuple[str, str]]:
    return [(each.outcome, "; ".join(each.reasons)) for each in outcomes.outcomes]


def test_each_ticket_is_for_itself(desk: Desk, ids: list[TicketId]) -> None:
    outcomes = desk.tickets.bulk([ids[0], NOTHING, ids[1], ids[0]], "tag", tags=["vip"])
    assert told(outcomes) == [("changed", ""), ("refused", "no ticket 'none'"), ("unchanged", "")]
    assert [each.ticket for each in outcomes.outcomes] == [
        desk.tickets.get(ids[0]),
        None,
        desk.tickets.get(ids[1]),
    ]
    assert [each.ticket_id for each in outcomes.of("refused")] == [NOTHING]
    assert not outcomes.is_rehearsal


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("assign", {"support_group": "Network"}),
        ("comment", {"text": "looked at it", "public": True}),
        ("send_message", {"text": "We are on it"}),
        ("add_note", {"text": "The old fuse"}),
        ("describe", {"title": "No light", "colour": "red"}),
        ("transfer_ownership", {"owner": "zoe", "reason": "on holiday"}),
        ("add_participant", {"person": "kim"}),
        ("tag", {"tags": ["vip", "board"]}),
        ("prioritise", {"impact": "high", "urgency": "high"}),
        ("transition", {"trigger": "assign", "support_group": "Network"}),
    ],
)
def test_it_does_what_the_command_for_one_does(
    make_desk: Callable[..., Desk], command: str, arguments: Any
) -> None:
    desk = make_desk()
    one, many = (desk.incidents.log("No network") for _ in range(2))
    given = dict(arguments)
    first = [given.pop(name) for name in ("text", "owner", "person", "trigger") if name in given]
    first += given.pop("tags", [])
    room = desk.incidents if command in ("prioritise", "transition") else desk.tickets
    getattr(room, command)(one.id, *first, **given)
    assert told(desk.tickets.bulk([many.id], command, **arguments)) == [("changed", "")]
    facts = [[event.fact for event in desk.tickets.history(each.id)][1:] for each in (one, many)]
    assert facts[0] == facts[1]


def test_what_was_put_on_is_taken_off(desk: Desk, ids: list[TicketId]) -> None:
    assert told(desk.tickets.bulk(ids, "untag", tags=["vip"])) == [
        ("unchanged", ""),
        ("changed", ""),
        ("unchanged", ""),
    ]
    desk.tickets.add_participant(ids[0], "kim")
    removed = desk.tickets.bulk(ids[:2], "remove_participant", person="kim")
    assert [outcome for outcome, _ in told(removed)] == ["changed", "refused"]
    desk.tickets.bulk(ids, "assign", support_group="Network")
    desk.tickets.bulk(ids, "transition", trigger="assign", support_group="Network")
    solved = desk.tickets.bulk(ids, "resolve", resolution=Resolution(text="a new cable"))
    assert {each.ticket.state for each in solved.outcomes if each.ticket} == {"Resolved"}


def test_each_kind_moves_by_its_own_workflow(make_desk: Callable[..., Desk], config: DeskConfig) -> None:
    incidents = incident_kind()
    questions = KindOfWork("question", incidents.workflow, Ticket, prefix="Q-")
    desk = make_desk(rules=evolve(config, kinds=[incidents, questions]))
    ids = [desk.incidents.log("No light").id, desk.work("question").log("Which lamp?").id]
    outcomes = desk.tickets.bulk(ids, "transition", trigger="cancel", cancellation_reason="solved")
    assert told(outcomes) == [("changed", ""), ("changed", "")]


@pytest.mark.parametrize(
    ("command", "arguments", "problem"),
    [
        ("asign", {}, "command: there is no str 'asign' for many tickets; did you mean 'assign'?"),
        ("assign", {"group": "Network"}, "assign: got an unexpected keyword argument 'group'; it takes what"),
        ("tag", {}, "tag: missing a required argument: 'tags'; it takes what the command for one ticket"),
    ],
)
def test_what_cannot_be_done_with_any_is_told_at_once(
    desk: Desk, ids: list[TicketId], command: str, arguments: Any, problem: str
) -> None:
    with pytest.raises(DefinitionError) as refused:
        desk.tickets.bulk(ids, command, **arguments)
    assert str(refused.value).startswith(problem)


def test_a_plugin_may_refuse_for_one(make_desk: Callable[..., Desk]) -> None:
    class Gate:
        @hookimpl
        def itsmkit_before_transition(self, ticket: Ticket) -> None:
            if ticket.title == "No light":
                raise OSError

    desk = make_desk(Gate())
    ids = [desk.incidents.log(title).id for title in ("No heat", "No light", "No water")]
    outcomes = desk.tickets.bulk(ids, "transition", trigger="cancel", cancellation_reason="solved")
    assert [outcome for outcome, _ in told(outcomes)] == ["changed", "refused", "changed"]


# -- to know what would come of it ----------------------------------------------------------------------


def test_a_dry_run_changes_nothing(desk: Desk, ids: list[TicketId]) -> None:
    before = [*desk.store.dump()]
    plan = desk.tickets.bulk([*ids, NOTHING], "tag", tags=["vip"], dry_run=True, idempotency_key="key-1")
    assert plan.is_rehearsal
    assert [*desk.store.dump()] == before
    done = desk.tickets.bulk([*ids, NOTHING], "tag", tags=["vip"], idempotency_key="key-1")
    assert done.outcomes == plan.outcomes


# -- to go on --------------------------------------------------------------------------------------------


class BreakingStore(InMemoryStore):
    """A store that loses its connection before some commits."""

    def __init__(self) -> None:
        super().__init__()
        self.left: int | None = None

    @contextmanager
    def begin(self) -> Iterator[UnitOfWork]:
        with super().begin() as unit:
            yield unit
            if self.left is not None:
                self.left -= 1
                if self.left < 0:
                    raise ConnectionError


@pytest.mark.parametrize("survives", range(8))
def test_work_that_was_cut_short_goes_on_with_one_effect_each(survives: int) -> None:
    store = BreakingStore()
    desk = Desk(store=store, clock=ManualClock(A_MONDAY), pause=lambda _: None).acting_as(AN_AGENT)
    ids = [desk.incidents.log(f"Incident {number}").id for number in range(5)]
    store.left = survives
    asked = {"text": "We are on it", "idempotency_key": "key-1"}
    try:
        desk.tickets.bulk(ids, "send_message", **asked)
    except ConnectionError:
        pass
    else:
        assert survives >= 6
    store.left = None
    done = desk.tickets.bulk(ids, "send_message", **asked)
    assert told(done) == [("changed", "")] * 5
    assert [len(desk.tickets.history(each)) for each in ids] == [2] * 5
    assert desk.tickets.bulk(ids, "send_message", **asked) == done
    with pytest.raises(IdempotencyError) as refused:
        desk.tickets.bulk(ids[:1], "send_message", **asked)
    assert refused.value.key == "key-1"


def test_the_key_of_one_ticket_is_that_of_the_whole_with_its_id(desk: Desk, ids: list[TicketId]) -> None:
    desk.tickets.add_note(ids[0], "The old fuse", idempotency_key=f"key-1/{ids[0]}")
    with pytest.raises(IdempotencyError) as refused:
        desk.tickets.bulk(ids, "tag", tags=["vip"], idempotency_key="key-1")
    assert refused.value.key == f"key-1/{ids[0]}"


def test_what_was_refused_is_tried_again(desk: Desk, ids: list[TicketId]) -> None:
    asked = {"trigger": "start", "idempotency_key": "key-1"}
    assert [outcome for outcome, _ in told(desk.tickets.bulk(ids, "transition", **asked))] == ["refused"] * 3
    desk.tickets.assign(ids[0], assignee="ann")
    again = desk.tickets.bulk(ids, "transition", **asked)
    assert [outcome for outcome, _ in told(again)] == ["changed", "refused", "refused"]
