import copy
import pickle
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from attrs import evolve, fields, frozen
from attrs.exceptions import FrozenInstanceError
from hypothesis import given

from itsmkit.errors import DefinitionError
from itsmkit.practices import Incident
from itsmkit.testing.strategies import incident_histories
from itsmkit.tickets import (
    DESCRIPTIVE_FIELDS,
    SYSTEM,
    Assigned,
    CheckpointPassed,
    Commented,
    DetailsChanged,
    Fact,
    Prioritised,
    StateChanged,
    StateCorrected,
    Ticket,
    TicketEvent,
    TicketId,
    TicketLogged,
    replay,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
KEY = TicketId("t1")
LOGGED = TicketLogged("incident", "INC-1", "New", "new", NOON, {"title": "Broken", "colour": "red"})


def event(sequence: int, fact: Fact, key: TicketId = KEY) -> TicketEvent:
    at = NOON + sequence * MINUTE
    return TicketEvent(key, sequence, at, at, at, SYSTEM, fact)


def history(*facts: Fact) -> list[TicketEvent]:
    return [event(sequence, fact) for sequence, fact in enumerate(facts, start=1)]


def made(*facts: Fact) -> Ticket:
    return replay(history(LOGGED, *facts), Ticket)


def moved(source: str, target: str) -> StateChanged:
    return StateChanged(source.title(), target.title(), target, "move")


NEW = made()


def test_a_ticket_begins_as_it_is_logged() -> None:
    details = {
        "title": "Broken", "requester": "caller", "channel": "email", "site": "Hamburg", "service": "Mail",
        "configuration_item": "mx1", "category": "software", "impact": "high", "urgency": "low",
        "priority": "P3", "support_group": "Network", "assignee": "ann", "colour": "red",
    }  # fmt: skip
    opened = NOON - timedelta(hours=1)
    logged = event(1, TicketLogged("incident", "INC-1", "New", "new", opened, details))
    own = {name: value for name, value in details.items() if name != "colour"}
    assert Ticket.logged(logged) == Ticket(
        id=KEY,
        kind="incident",
        number="INC-1",
        version=1,
        state="New",
        state_category="new",
        opened_at=opened,
        updated_at=NOON + MINUTE,
        details={"colour": "red"},
        **own,
    )


@pytest.mark.parametrize(
    ("fact", "changes"),
    [
        pytest.param(moved("new", "active"), {"state": "Active", "state_category": "active"}, id="moved"),
        pytest.param(
            StateChanged(
                "New", "Done", "resolved", "resolve", {"resolution": "restarted", "site": "Hamburg"}
            ),
            {
                "state": "Done",
                "state_category": "resolved",
                "site": "Hamburg",
                "details": {"colour": "red", "resolution": "restarted"},
            },
            id="moved with details",
        ),
        pytest.param(
            StateCorrected("New", "Done", "closed", ("why",)),
            {"state": "Done", "state_category": "closed"},
            id="corrected",
        ),
        pytest.param(
            Assigned("Network", "ann"), {"support_group": "Network", "assignee": "ann"}, id="assigned"
        ),
        pytest.param(
            Prioritised("high", "low", "P3", "matrix"),
            {"impact": "high", "urgency": "low", "priority": "P3"},
            id="prioritised",
        ),
        pytest.param(Commented("Hello", public=True), {}, id="commented"),
        pytest.param(CheckpointPassed("resolve", 1, "abc", "breach"), {}, id="a checkpoint"),
        pytest.param(DetailsChanged({"title": "Slow"}), {"title": "Slow"}, id="a field"),
        pytest.param(DetailsChanged({"title": None}), {"title": None}, id="a field emptied"),
        pytest.param(DetailsChanged({"colour": "blue"}), {"details": {"colour": "blue"}}, id="a detail"),
        pytest.param(DetailsChanged({"colour": None}), {"details": {}}, id="a detail emptied"),
        pytest.param(DetailsChanged({"size": None}), {}, id="a detail that was not there emptied"),
        pytest.param(
            DetailsChanged({"site": "Hamburg", "size": 3, "colour": None}),
            {"site": "Hamburg", "details": {"size": 3}},
            id="several",
        ),
    ],
)
def test_a_fact_changes_the_ticket(fact: Fact, changes: dict[str, object]) -> None:
    after = NEW.after(event(2, fact))
    assert after == evolve(NEW, version=2, updated_at=NOON + 2 * MINUTE, **changes)
    assert made() == NEW


@pytest.mark.parametrize("name", sorted(DESCRIPTIVE_FIELDS))
def test_every_descriptive_field_is_a_field(name: str) -> None:
    assert getattr(made(DetailsChanged({name: "changed"})), name) == "changed"


# -- the rules ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("places", "reassignments"),
    [
        pytest.param([("A", None)], 0, id="the first does not count"),
        pytest.param([("A", None), ("A", "ann")], 0, id="taken from the queue"),
        pytest.param([("A", "ann"), ("A", "bob")], 1, id="from person to person"),
        pytest.param([("A", "ann"), ("B", "ann")], 1, id="from group to group"),
        pytest.param([("A", "ann"), ("B", "bob")], 1, id="both at once"),
        pytest.param([("A", "ann"), ("A", None), ("A", "bob")], 1, id="by way of the queue"),
        pytest.param([("A", "ann"), (None, None), ("B", "bob")], 1, id="by way of nobody"),
        pytest.param([("A", None), ("B", None), ("A", None)], 2, id="there and back"),
        pytest.param([("A", "ann"), ("A", "ann")], 0, id="nowhere"),
        pytest.param([(None, "ann"), (None, "bob")], 1, id="without groups"),
    ],
)
def test_reassignments_are_counted(places: list[tuple[str | None, str | None]], reassignments: int) -> None:
    assert made(*(Assigned(*place) for place in places)).reassignments == reassignments


@pytest.mark.parametrize(
    ("categories", "reopens"),
    [
        pytest.param(["new", "resolved", "active"], 1, id="from resolved"),
        pytest.param(["new", "closed", "pending"], 1, id="from closed"),
        pytest.param(["new", "resolved", "new"], 1, id="to new"),
        pytest.param(["new", "resolved", "closed"], 0, id="closing is none"),
        pytest.param(["new", "closed", "resolved"], 0, id="nor is the way back from there"),
        pytest.param(["new", "resolved", "cancelled"], 0, id="cancelling is none"),
        pytest.param(["new", "cancelled", "active"], 0, id="what was cancelled was not done"),
        pytest.param(["new", "resolved", "active", "resolved", "active"], 2, id="twice"),
    ],
)
@pytest.mark.parametrize("corrected", [False, True], ids=["moved", "corrected"])
def test_reopens_are_counted(categories: list[str], reopens: int, corrected: bool) -> None:
    steps = pairwise(categories)
    facts = [
        StateCorrected(source, target, target, ("why",)) if corrected else moved(source, target)
        for source, target in steps
    ]
    assert made(*facts).reopens == reopens


@pytest.mark.parametrize(
    ("category", "is_open"),
    [
        ("new", True),
        ("active", True),
        ("pending", True),
        ("resolved", False),
        ("closed", False),
        ("cancelled", False),
    ],
)
def test_a_ticket_is_open_while_work_is_expected(category: str, is_open: bool) -> None:
    assert made(moved("new", category)).is_open == is_open


# -- what conditions see -----------------------------------------------------------------------------


def test_conditions_see_every_field_but_the_keys() -> None:
    parts = {"tags", "participants", "attachments", "links", "merged_from", "work_log"}
    names = {field.name for field in fields(Ticket)} - {"id", "version", "details"} - parts
    assert NEW.facts() == {name: getattr(NEW, name) for name in names} | {"colour": "red"}


def test_a_field_hides_a_detail_of_its_name() -> None:
    ticket = evolve(NEW, details={"state": "hidden", "reopens": "hidden"})
    assert (ticket.facts()["state"], ticket.facts()["reopens"]) == ("New", 0)


def test_one_fact_is_the_same_as_among_all() -> None:
    hidden = ("id", "version", "details", "state")
    ticket = evolve(NEW, details={"colour": "red"} | dict.fromkeys(hidden, "hidden"))
    facts = ticket.facts()
    for name in (*facts, *hidden, "unheard of"):
        assert ticket.fact(name) == facts.get(name)


def test_the_facts_are_the_callers_own() -> None:
    NEW.facts()["state"] = "changed"
    assert NEW.facts()["state"] == "New"


# -- histories ---------------------------------------------------------------------------------------


@given(incident_histories())
def test_replaying_a_history_gives_the_ticket_that_was_saved(events: tuple[TicketEvent, ...]) -> None:
    incident = Incident.logged(events[0])
    for following in events[1:]:
        incident = incident.after(following)
    assert replay(events, Incident) == incident
    assert type(incident) is Incident
    assert (incident.version, incident.updated_at) == (len(events), events[-1].effective_at)


@given(incident_histories())
def test_tickets_hash_compare_copy_and_pickle(events: tuple[TicketEvent, ...]) -> None:
    incident = replay(events, Incident)
    copies = [copy.copy(incident), copy.deepcopy(incident), pickle.loads(pickle.dumps(incident))]
    assert {incident, *copies} == {incident}
    assert pickle.loads(pickle.dumps(events)) == events


IN_ORDER = "a history is read in order, without a gap"


@pytest.mark.parametrize(
    ("events", "problem"),
    [
        pytest.param([], "an empty history makes no ticket", id="empty"),
        pytest.param(
            [event(1, Commented("Hello", public=True))],
            "the history of ticket t1 begins with Commented 1; it must begin with TicketLogged 1",
            id="not logged",
        ),
        pytest.param(
            [event(2, LOGGED)],
            "the history of ticket t1 begins with TicketLogged 2; it must begin with TicketLogged 1",
            id="not from the beginning",
        ),
        pytest.param(
            [event(1, LOGGED), event(3, Assigned("A"))],
            "event 3 of ticket t1 cannot follow version 1 of ticket t1; " + IN_ORDER,
            id="a gap",
        ),
        pytest.param(
            [event(1, LOGGED), event(1, Assigned("A"))],
            "event 1 of ticket t1 cannot follow version 1 of ticket t1; " + IN_ORDER,
            id="twice",
        ),
        pytest.param(
            [event(1, LOGGED), event(2, Assigned("A"), TicketId("t2"))],
            "event 2 of ticket t2 cannot follow version 1 of ticket t1; " + IN_ORDER,
            id="of another ticket",
        ),
        pytest.param(
            [event(1, LOGGED), event(2, LOGGED)],
            "ticket t1 is logged already; a history is logged once",
            id="logged again",
        ),
    ],
)
def test_what_is_no_history_is_refused(events: list[TicketEvent], problem: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        replay(events, Ticket)
    assert caught.value.problems == (problem,)


@frozen(slots=False)
class Errand(Ticket):
    """A kind of work with a field of its own."""

    distance: int = 0


def test_a_kind_of_work_with_fields_of_its_own_keeps_them() -> None:
    errand = evolve(Errand.logged(event(1, LOGGED)), distance=3)
    after = errand.after(event(2, Assigned("A")))
    assert after == evolve(errand, version=2, updated_at=NOON + 2 * MINUTE, support_group="A")
    assert (type(after), after.distance, after.facts()["distance"]) == (Errand, 3, 3)
    assert pickle.loads(pickle.dumps(after)) == after


def test_a_kind_of_work_with_slots_is_refused() -> None:
    with pytest.raises(
        TypeError, match=r"Slotted keeps fields in slots; declare it with @frozen\(slots=False\)"
    ):

        @frozen
        class Slotted(Ticket):
            distance: int = 0


def test_a_ticket_cannot_be_set() -> None:
    with pytest.raises(FrozenInstanceError):
        NEW.state = "Closed"  # type: ignore[misc]  # that is the point
