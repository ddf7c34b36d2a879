from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings

from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.practices import (
    Incident,
    KindOfWork,
    Observation,
    Occasion,
    TicketRules,
    add_participant,
    assign,
    catch_up,
    first_owner,
    incident_kind,
    remove_participant,
    take_over,
    transfer_ownership,
    transition,
)
from itsmkit.testing.strategies import incident_histories
from itsmkit.tickets import (
    OwnershipTransferred,
    Participant,
    ParticipantAdded,
    ParticipantRemoved,
    Ticket,
    TicketEvent,
    TicketId,
)

Occasions = Callable[..., Occasion]
RULES = TicketRules(default_owner="duty manager")


@pytest.mark.parametrize(
    ("details", "automated", "owner"),
    [
        pytest.param({"requester": "bob"}, False, "ann", id="an agent who logs it for another"),
        pytest.param({"requester": "ann"}, False, "duty manager", id="a requester"),
        pytest.param({}, False, "duty manager", id="nobody knows for whom"),
        pytest.param({"requester": "bob"}, True, "duty manager", id="a program"),
        pytest.param({"requester": "bob", "owner": "zoe"}, True, "zoe", id="one who is named"),
        pytest.param({"requester": "bob", "owner": None}, False, "ann", id="one who is not"),
    ],
)
def test_a_ticket_is_owned_from_the_beginning(
    occasion: Occasions, practice: KindOfWork[Incident], details: Any, automated: bool, owner: str
) -> None:
    logged_by = occasion(automated=automated)
    assert first_owner(details, logged_by, "duty manager") == owner
    assert practice.log(TicketId("t"), "INC-1", logged_by, details=details, rules=RULES).ticket.owner == owner
    seen = Observation("New", details=details)
    taken = take_over(practice, TicketId("t"), "INC-1", seen, logged_by, opened_at=logged_by.at, rules=RULES)
    assert taken.ticket.owner == owner


@pytest.mark.parametrize("owner", ["", " zoe", 7])
def test_an_owner_is_a_name(incident: Incident, occasion: Occasions, owner: Any) -> None:
    with pytest.raises(DefinitionError, match="owner: must be a name without surrounding spaces, not"):
        first_owner({"owner": owner}, occasion(), "duty manager")
    with pytest.raises(DefinitionError, match="owner: must be a name without surrounding spaces, not"):
        transfer_ownership(incident, occasion(), owner)


def test_ownership_goes_over_with_a_reason(incident: Incident, occasion: Occasions) -> None:
    decision = transfer_ownership(incident, occasion(), "zoe", reason="on holiday")
    assert [event.fact for event in decision.events] == [OwnershipTransferred("zoe", "on holiday")]
    assert decision.ticket.owner == "zoe"
    assert transfer_ownership(decision.ticket, occasion(), "zoe").steps == ()


def test_who_has_the_work_is_not_who_answers_for_it(incident: Incident, occasion: Occasions) -> None:
    given = assign(incident, occasion(), support_group="Network", assignee="kim").ticket
    assert given.owner == incident.owner
    assert transfer_ownership(given, occasion(), "zoe").ticket.assignee == "kim"


def ownerless(ticket: Incident, **changes: object) -> Incident:
    """Return *ticket* as it was before there were owners."""
    old: Incident = object.__new__(Incident)
    object.__setattr__(old, "__dict__", {**ticket.__dict__, "owner": None, **changes})
    return old


def test_a_ticket_of_old_gets_an_owner_when_it_moves(
    incident: Incident, occasion: Occasions, practice: KindOfWork[Incident]
) -> None:
    resolved = ownerless(incident, state="Resolved", state_category="resolved")
    reopened = transition(resolved, practice.workflow, "reopen", occasion(), rules=RULES)
    assert reopened.ticket.owner == "duty manager"
    closed = transition(resolved, practice.workflow, "close", occasion(), rules=RULES)
    assert closed.ticket.owner is None
    seen = Observation("In Progress", impact="low", urgency="low", priority="P5")
    caught_up = catch_up(practice, resolved, seen, occasion(), rules=RULES)
    assert caught_up.ticket.owner == "duty manager"


def test_another_system_may_know_another_owner(
    incident: Incident, occasion: Occasions, practice: KindOfWork[Incident]
) -> None:
    seen = Observation("New", impact="low", urgency="low", priority="P5", details={"owner": "zoe"})
    decision = catch_up(practice, incident, seen, occasion(by="import"))
    assert [event.fact for event in decision.events] == [OwnershipTransferred("zoe", "as import told")]


@settings(max_examples=30)
@given(incident_histories(incident_kind()))
def test_no_open_ticket_is_without_an_owner(history: tuple[TicketEvent, ...]) -> None:
    ticket = Ticket.logged(history[0])
    owner = ticket.owner
    for event in history[1:]:
        assert ticket.owner is not None
        ticket = ticket.after(event)
        owner = event.fact.owner if isinstance(event.fact, OwnershipTransferred) else owner
        assert ticket.owner == owner
    assert ticket.owner is not None


# -- who takes part ------------------------------------------------------------------------------------


def test_people_come_and_go(incident: Incident, occasion: Occasions) -> None:
    expert, watcher = Participant("kim", "expert"), Participant("kim", "watcher")
    joined = add_participant(incident, occasion(), "kim", "expert")
    assert [event.fact for event in joined.events] == [ParticipantAdded(expert)]
    assert add_participant(joined.ticket, occasion(), "kim", "expert").steps == ()
    both = add_participant(joined.ticket, occasion(), "kim", "watcher").ticket
    assert both.participants == (expert, watcher)
    assert both.fact("participant.kim") is True
    assert remove_participant(both, occasion(), "kim", "watcher").ticket.participants == (expert,)
    gone = remove_participant(both, occasion(), "kim")
    assert [event.fact for event in gone.events] == [ParticipantRemoved(expert), ParticipantRemoved(watcher)]
    assert gone.ticket.participants == ()


def test_who_does_not_take_part_is_not_removed(incident: Incident, occasion: Occasions) -> None:
    with pytest.raises(RefusedError, match="cannot remove kim from INC-1: there takes part nobody"):
        remove_participant(incident, occasion(), "kim")
    ticket = add_participant(incident, occasion(), "kim", "expert").ticket
    with pytest.raises(
        RefusedError, match="cannot remove kim as boss from INC-1: there takes part kim as ex"
    ):
        remove_participant(ticket, occasion(), "kim", "boss")
