"""Kinds of work: what their fields, categories and variants make of what a ticket is told."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import equals, holds
from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.practices import (
    STANDARD_KINDS,
    TICKET_CLASSES,
    Category,
    CategoryTree,
    Change,
    Field,
    FieldSet,
    FieldsRefusedError,
    KindOfWork,
    Observation,
    Occasion,
    Variants,
    catch_up,
    change_kind,
    complaint_kind,
    incident_kind,
    question_kind,
    release_kind,
    take_over,
    ticket_class_of,
)
from itsmkit.testing import A_MONDAY, AN_AGENT
from itsmkit.tickets import DetailsChanged, StateChanged, Ticket, TicketId, TicketLogged
from itsmkit.workflow import (
    State,
    Transition,
    TransitionRefusedError,
    Workflow,
    WorkflowDefinition,
    incident_workflow,
)

NOW = Occasion(AN_AGENT, A_MONDAY)
TREE = CategoryTree(
    1, [Category("network"), Category("wifi", parent="network"), Category("wlan", successor="wifi")]
)
FIELDS = FieldSet(
    2,
    [
        Field("floor", "number", formerly=["level"]),
        Field(
            "code", "choice", choices=["worn", "broken"], required_when=equals("state_category", "resolved")
        ),
        Field("hours", "number", required_when=equals("code", "broken")),
    ],
)
KIND = evolve(incident_kind(), fields=FIELDS, categories=TREE)


def logged(kind: KindOfWork, **details: object) -> Ticket:
    return kind.log(TicketId("t-1"), f"{kind.prefix}1", NOW, details=details).ticket


def test_the_kinds_that_are_brought_have_their_classes_and_numbers():
    kinds = {name: make() for name, make in STANDARD_KINDS.items()}
    assert {name: kind.ticket_class for name, kind in kinds.items()} == TICKET_CLASSES
    assert {name: kind.name for name, kind in kinds.items()} == {name: name for name in kinds}
    assert [kind.prefix for kind in kinds.values()] == [
        *("INC-", "Q-", "REQ-", "ORD-", "CMP-", "PRB-", "CHG-", "REL-", "TSK-")
    ]
    assert ticket_class_of("legal complaint") is Ticket
    assert logged(kinds["problem"]).state == "New"


def test_what_a_class_reads_off_its_details():
    nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
    release = logged(release_kind(), planned_start=nine, planned_end="tomorrow")
    assert (release.planned_start, release.planned_end) == (nine, None)
    complaint = logged(complaint_kind(), finding="upheld", answer=7)
    assert (complaint.finding, complaint.answer) == ("upheld", None)


def test_every_property_of_a_class_is_a_detail_of_its_name():
    nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
    for name, kind in TICKET_CLASSES.items():
        own = [each for each, member in vars(kind).items() if isinstance(member, property)]
        for value in ("text", nine):
            ticket = kind(
                TicketId("t"), name, "1", 1, "New", "new", nine, nine, details=dict.fromkeys(own, value)
            )
            found = {each: getattr(ticket, each) for each in own}
            assert set(found.values()) <= {value, None}
            empty = evolve(ticket, details={})
            assert {getattr(empty, each) for each in own} <= {None}


# -- variants ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "workflow"),
    [
        ({"change_type": "standard"}, "standard_change"),
        ({"change_type": "normal"}, "normal_change"),
        ({"change_type": "emergency"}, "emergency_change"),
        ({}, "normal_change"),
        ({"change_type": None}, "normal_change"),
    ],
)
def test_a_change_goes_the_way_of_its_type(told, workflow):
    kind = change_kind()
    change = logged(kind, **told)
    assert isinstance(change, Change)
    assert kind.workflow_of(change).definition.name == workflow
    assert change.change_type == told.get("change_type")


def test_there_are_no_other_types_of_changes():
    with pytest.raises(FieldsRefusedError) as refused:
        logged(change_kind(), change_type="emergancy")
    assert refused.value.wrong == (
        "change_type must be one of its choices, not str 'emergancy'; did you mean 'emergency'?",
    )
    with pytest.raises(FieldsRefusedError, match="not list"):
        logged(change_kind(), change_type=["normal"])


def test_the_type_of_a_change_is_settled():
    kind = change_kind()
    change = logged(kind, change_type="normal")
    why = "change_type is settled when a ticket is logged; cancel it, and log another"
    with pytest.raises(FieldsRefusedError, match=why):
        kind.describe(change, NOW, {"change_type": "standard"})
    with pytest.raises(TransitionRefusedError) as refused:
        kind.transition(change, "cancel", NOW, {"change_type": "standard"})
    assert refused.value.reasons == ("cancellation_reason is missing", why)
    same = kind.describe(change, NOW, {"change_type": "normal", "risk": "low"})
    assert same.ticket.details == {"change_type": "normal", "risk": "low"}


def test_a_way_of_the_desks_own_serves_all_changes():
    one_way = Workflow(incident_workflow())
    kind = change_kind(one_way)
    assert kind.variants is None
    assert kind.workflow_of(logged(kind, change_type="whatever")) == one_way
    assert kind.definitions == (incident_workflow(),)
    assert [each.name for each in change_kind().definitions] == [
        *("normal_change", "standard_change", "emergency_change")
    ]


def test_variants_are_workflows_and_at_least_one():
    with pytest.raises(DefinitionError, match="workflows: must be at least one; leave the variants out"):
        Variants("kind", {})
    with pytest.raises(DefinitionError, match=r"workflows\.a: must be a Workflow, not str 'b'"):
        Variants("kind", {"a": "b"})


# -- what a ticket is told -----------------------------------------------------------------------------


def test_what_is_told_is_kept_as_its_fields_say():
    ticket = logged(KIND, title="No light", floor="3", category="wlan", site="Bonn")
    assert ticket.details == {"floor": 3}
    assert ticket.category == "network/wifi"
    assert ticket.fields_version == 2
    facts = ticket.facts()
    assert facts["category.network"] is facts["category.wifi"] is True
    assert ticket.fact("category.network") is True
    assert ticket.fact("category.hardware") is None
    assert holds(equals("category.network", True) & equals("floor", 3), facts)


def test_everything_wrong_is_refused_at_once():
    with pytest.raises(FieldsRefusedError) as refused:
        logged(KIND, floor="third", category="wify", code="broken", flor=3)
    assert str(refused.value) == (
        "cannot log INC-1: hours is missing; floor must be a number, not str 'third'; "
        "there is no field 'flor'; did you mean 'floor'?; there is no category 'wify'; did you mean 'wifi'?"
    )


def test_what_the_workflow_asks_for_needs_no_field():
    ticket = logged(KIND, workaround="use the stairs")
    ticket = KIND.transition(ticket, "start", NOW, {"assignee": "ann"}).ticket
    ticket = KIND.transition(ticket, "wait", NOW, {"pending_reason": "no ladder"}).ticket
    assert ticket.details == {"workaround": "use the stairs", "pending_reason": "no ladder"}
    assert "pending_reason" in KIND.known
    assert not KIND.known & {"state", "version", "tags"}
    assert change_kind().known >= {"approval", "test_result", "change_type", "planned_start", "back_out_plan"}


def test_a_kind_without_fields_takes_any_detail():
    kind = question_kind()
    assert logged(kind, whatever=1, category="anything").details == {"whatever": 1}
    only_categories = evolve(kind, categories=TREE)
    ticket = logged(only_categories, whatever=1, category="wifi")
    assert (ticket.details, ticket.category, ticket.fields_version) == ({"whatever": 1}, "network/wifi", None)


def test_a_description_may_not_leave_a_gap_that_was_none():
    ticket = logged(KIND, code="broken", hours=2)
    with pytest.raises(FieldsRefusedError) as refused:
        KIND.describe(ticket, NOW, {"hours": None})
    assert refused.value.missing == ("hours",)
    with pytest.raises(FieldsRefusedError):
        KIND.describe(logged(KIND), NOW, {"code": "broken"})
    assert KIND.describe(ticket, NOW, {"hours": None, "code": "worn"}).ticket.details == {"code": "worn"}


def test_a_gap_of_old_does_not_keep_others_from_being_filled():
    old = logged(incident_kind(), code="broken")
    assert KIND.describe(old, NOW, {"floor": 1}).ticket.details == {"code": "broken", "floor": 1}


def test_what_only_commands_may_change_is_refused_first():
    for change in (KIND.describe, lambda *given: KIND.transition(given[0], "start", *given[1:])):
        with pytest.raises(RefusedError, match="cannot set fields_version of INC-1 as a detail"):
            change(logged(KIND), NOW, {"fields_version": 7})


def test_a_description_that_says_nothing_new_changes_nothing():
    ticket = logged(KIND, floor=3)
    assert KIND.describe(ticket, NOW, {"floor": "3"}).steps == ()
    of_old = evolve(ticket, fields_version=1)
    assert KIND.describe(of_old, NOW, {"floor": "3"}).steps == ()


# -- versions ------------------------------------------------------------------------------------------


def test_an_old_ticket_is_brought_forward_when_it_is_next_written():
    before = evolve(KIND, fields=FieldSet(1, [Field("level"), Field("colour")]))
    old = logged(before, level="3", colour="red")
    assert old.fields_version == 1
    described = KIND.describe(old, NOW, {"site": "Bonn"}).ticket
    assert described.details == {"floor": 3, "colour": "red"}
    assert described.fields_version == 2
    moved = KIND.transition(old, "start", NOW, {"assignee": "ann"}).ticket
    assert moved.details == {"floor": 3, "colour": "red"}
    assert moved.fields_version == 2


def test_a_value_that_is_given_goes_before_the_old_one():
    before = evolve(KIND, fields=FieldSet(1, [Field("level")]))
    assert KIND.describe(logged(before, level="3"), NOW, {"floor": 4}).ticket.details == {"floor": 4}


# -- histories of other systems ------------------------------------------------------------------------


def test_what_another_system_tells_is_taken_with_the_reason_why_it_should_not_be():
    seen = Observation("New", details={"floor": "3", "code": "rusty", "category": "wify", "odd": 1})
    taken = take_over(KIND, TicketId("t"), "OLD-1", seen, NOW, opened_at=A_MONDAY)
    assert taken.ticket.details == {"floor": 3, "code": "rusty", "odd": 1}
    assert (taken.ticket.category, taken.ticket.fields_version) == ("wify", 2)
    [event] = taken.events
    assert isinstance(event.fact, TicketLogged)
    assert [reason.partition(";")[0] for reason in event.fact.irregular] == [
        "code must be one of its choices, not str 'rusty'",
        "there is no field 'odd'",
        "there is no category 'wify'",
    ]


def test_what_it_tells_later_is_taken_so_too():
    ticket = logged(KIND, floor=3)
    after = catch_up(
        KIND, ticket, Observation("New", details={"floor": "4", "code": "rusty"}, **judged(ticket)), NOW
    )
    [event] = after.events
    assert isinstance(event.fact, DetailsChanged)
    assert event.fact.changes == {"floor": 4, "code": "rusty"}
    assert [reason.partition(",")[0] for reason in event.fact.irregular] == [
        "code must be one of its choices"
    ]
    again = catch_up(KIND, after.ticket, Observation("New", details={"floor": "4"}, **judged(ticket)), NOW)
    assert again.events == ()


def test_another_system_may_move_a_change_on_the_way_of_its_type():
    kind = change_kind()
    seen = Observation("Scheduled", details={"change_type": "standard"})
    change = take_over(kind, TicketId("t"), "OLD-1", seen, NOW, opened_at=A_MONDAY).ticket
    assert change.state_category == "pending"
    moved = catch_up(kind, change, Observation("Implementing", details={"change_type": "standard"}), NOW)
    assert moved.ticket.state == "Implementing"


def judged(ticket: Ticket) -> Mapping[str, str]:
    return {name: getattr(ticket, name) for name in ("impact", "urgency", "priority")}


# -- everything that is missing, at once ---------------------------------------------------------------

NAMES = ("a", "b", "c", "d")


@given(
    by_move=st.sets(st.sampled_from(NAMES)),
    by_state=st.sets(st.sampled_from(NAMES)),
    by_field=st.sets(st.sampled_from(NAMES)),
    given=st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["x", "", None])),
)
def test_a_move_is_refused_with_all_that_is_missing_whoever_asks(by_move, by_state, by_field, given):
    definition = WorkflowDefinition(
        "w",
        initial="Open",
        states=[State("Open", "new"), State("Done", "closed", required=sorted(by_state))],
        transitions=[Transition("finish", "Open", "Done", required=sorted(by_move))],
    )
    fields = FieldSet(
        1, [Field(n, required_when=equals("state", "Done")) if n in by_field else Field(n) for n in NAMES]
    )
    kind = KindOfWork("w", Workflow(definition), Ticket, prefix="W-", fields=fields)
    needed = by_move | by_state | by_field
    expected = {name for name in needed if not given.get(name)}
    ticket = logged(kind)
    if expected:
        with pytest.raises(TransitionRefusedError) as refused:
            kind.transition(ticket, "finish", NOW, given)
        assert set(refused.value.missing) == expected
        assert refused.value.reasons == tuple(f"{name} is missing" for name in refused.value.missing)
        assert refused.value.legal == ("finish",)
    else:
        moved = kind.transition(ticket, "finish", NOW, given).ticket
        assert moved.state == "Done"
        assert moved.details == {name: value for name, value in given.items() if value}


def test_a_value_that_is_wrong_stands_beside_what_is_missing():
    with pytest.raises(TransitionRefusedError) as refused:
        KIND.transition(logged(KIND), "assign", NOW, {"floor": "x"})
    assert refused.value.reasons == ("support_group is missing", "floor must be a number, not str 'x'")
    with pytest.raises(TransitionRefusedError) as refused:
        KIND.transition(logged(KIND), "close", NOW, {"floor": "x"})
    assert refused.value.reasons == ("legal here are assign, start, cancel",)


def test_the_work_is_given_with_a_move_of_a_kind_with_fields():
    moved = KIND.transition(logged(KIND), "assign", NOW, {"support_group": "Network", "floor": "2"})
    assert moved.ticket.support_group == "Network"
    assert isinstance(moved.events[-1].fact, StateChanged)
    assert moved.events[-1].fact.details == {"floor": 2}
