import pickle
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.calendars import BusinessCalendar, BusinessDays
from itsmkit.conditions import Facts, at_least, equals, present
from itsmkit.errors import DefinitionError
from itsmkit.workflow import (
    ACTOR_ROLES,
    Availability,
    CompositeState,
    Fired,
    Guard,
    State,
    StateCategory,
    StateTimer,
    Transition,
    TransitionRefusedError,
    UnknownStateError,
    Workflow,
    WorkflowDefinition,
    incident_workflow,
)

DEFINITION = WorkflowDefinition(
    "release",
    initial="Draft",
    states=[State("Draft", "new"), State("Review", "active"), State("Out", "closed")],
    transitions=[
        Transition("submit", "Draft", "Review"),
        Transition(
            "publish",
            ("Draft", "Review"),
            "Out",
            guards=[
                Guard("reviewed", at_least("reviews", 2), "two people must have reviewed it"),
                Guard("calm", ~equals("frozen", True), "there is a change freeze"),
            ],
            required=("notes", "owner"),
        ),
        Transition("rush", "Draft", "Out"),
        Transition("touch", "Review", "Review"),
    ],
)
WORKFLOW = Workflow(DEFINITION)
OFFICE = BusinessCalendar("Mon-Fri 09:00-17:00", "Europe/Berlin")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
READY = {"reviews": 2, "notes": "fixes", "owner": "kim"}


def test_an_accepted_trigger_says_what_it_does():
    assert WORKFLOW.fire("Review", "publish", READY) == Fired(
        source="Review",
        trigger="publish",
        target="Out",
        source_category=StateCategory.ACTIVE,
        category=StateCategory.CLOSED,
    )


@pytest.mark.parametrize(
    ("state", "trigger", "free"),
    [
        ("Draft", "submit", True),
        ("Review", "publish", False),
        ("Out", "submit", False),
        ("Nowhere", "submit", False),
    ],
    ids=["no guard and no required fact", "both", "not declared there", "no such state"],
)
def test_what_asks_for_no_fact_is_unconditional(state, trigger, free):
    assert WORKFLOW.is_unconditional(state, trigger) is free


def test_the_result_is_shared():
    assert WORKFLOW.fire("Review", "touch", {}) is WORKFLOW.fire("Review", "touch", READY)


@pytest.mark.parametrize(
    ("facts", "missing", "failed"),
    [
        pytest.param(READY | {"reviews": 1}, (), ("reviewed",), id="one guard"),
        pytest.param(READY | {"notes": " "}, ("notes",), (), id="one blank fact"),
        pytest.param(READY | {"owner": None}, ("owner",), (), id="one empty fact"),
        pytest.param({"frozen": True}, ("notes", "owner"), ("reviewed", "calm"), id="everything"),
    ],
)
def test_a_refusal_lists_every_reason(facts, missing, failed):
    with pytest.raises(TransitionRefusedError) as caught:
        WORKFLOW.fire("Review", "publish", facts)
    error = caught.value
    assert (error.trigger, error.state, error.legal) == ("publish", "Review", ("publish", "touch"))
    assert (error.missing, error.failed) == (missing, failed)
    sentences = {guard.name: guard.reason for guard in DEFINITION.transitions[1].guards}
    expected = (*(f"{name} is missing" for name in missing), *(sentences[name] for name in failed))
    assert error.reasons == expected
    assert str(error) == f"cannot publish from Review: {'; '.join(expected)}"


@pytest.mark.parametrize("trigger", ["submit", "rush", "Publish", "to_Out", ""])
def test_a_trigger_that_is_not_declared_here_is_refused_with_those_that_are(trigger):
    with pytest.raises(TransitionRefusedError, match="legal here are publish, touch") as caught:
        WORKFLOW.fire("Review", trigger, READY)
    assert caught.value.legal == ("publish", "touch")


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda: WORKFLOW.fire("Revue", "publish", READY), id="fire"),
        pytest.param(lambda: WORKFLOW.available("Revue", {}), id="available"),
        pytest.param(lambda: WORKFLOW.availability("Revue", "publish", {}), id="availability"),
        pytest.param(lambda: WORKFLOW.deadlines("Revue", NOON, OFFICE), id="deadlines"),
        pytest.param(lambda: WORKFLOW.trigger_to("Revue", "Out"), id="from"),
        pytest.param(lambda: WORKFLOW.trigger_to("Draft", "Revue"), id="to"),
        pytest.param(lambda: WORKFLOW.category_of("Revue"), id="category"),
    ],
)
def test_an_unknown_state_is_told_with_the_known_ones(ask):
    with pytest.raises(UnknownStateError, match="known: Draft, Review, Out") as caught:
        ask()
    assert caught.value.state == "Revue"
    assert caught.value.known == ("Draft", "Review", "Out")


def test_what_is_available_is_told_with_the_reasons_why_not():
    facts = {"reviews": 3, "frozen": True, "notes": "fixes"}
    assert WORKFLOW.available("Draft", facts) == (
        Availability("submit", "Review", StateCategory.ACTIVE),
        Availability(
            "publish",
            "Out",
            StateCategory.CLOSED,
            missing=("owner",),
            failed=("calm",),
            reasons=("owner is missing", "there is a change freeze"),
        ),
        Availability("rush", "Out", StateCategory.CLOSED),
    )
    assert WORKFLOW.available("Out", facts) == ()


@given(data=st.data())
def test_exactly_what_is_allowed_is_accepted(
    data: st.DataObject,
    definitions: st.SearchStrategy[WorkflowDefinition],
    facts: st.SearchStrategy[Facts],
):
    workflow, known = Workflow(data.draw(definitions)), data.draw(facts)
    names = {state.name for state in workflow.definition.states}
    for state in workflow.definition.states:
        for trigger in {"never declared", *(way.trigger for way in workflow.definition.transitions)}:
            ways = workflow.availability(state.name, trigger, known)
            allowed = [way for way in ways if way.is_allowed]
            if allowed:
                fired = workflow.fire(state.name, trigger, known)
                assert (fired.source, fired.source_category) == (state.name, state.category)
                assert [(fired.target, fired.category)] == [(way.target, way.category) for way in allowed]
                assert fired.target in names
            else:
                with pytest.raises(TransitionRefusedError) as caught:
                    workflow.fire(state.name, trigger, known)
                assert set(caught.value.found) <= set(ways)
                assert bool(caught.value.found) == bool(ways) == (trigger in caught.value.legal)


@given(data=st.data())
def test_all_that_is_available_is_told_trigger_by_trigger(
    data: st.DataObject,
    definitions: st.SearchStrategy[WorkflowDefinition],
    facts: st.SearchStrategy[Facts],
):
    workflow, known = Workflow(data.draw(definitions)), data.draw(facts)
    for state in workflow.definition.states:
        found = workflow.available(state.name, known)
        triggers = dict.fromkeys(way.trigger for way in found)
        told = [way for trigger in triggers for way in workflow.availability(state.name, trigger, known)]
        assert list(found) == told


@pytest.mark.parametrize(
    ("source", "target", "trigger"),
    [
        pytest.param("Draft", "Out", "publish", id="the first of two"),
        pytest.param("Review", "Out", "publish", id="one"),
        pytest.param("Review", "Review", "touch", id="to itself, declared"),
        pytest.param("Draft", "Draft", None, id="to itself, not declared"),
        pytest.param("Out", "Draft", None, id="none"),
    ],
)
def test_a_change_of_state_has_a_trigger_if_one_is_declared(source, target, trigger):
    assert WORKFLOW.trigger_to(source, target) == trigger


def test_states_have_categories():
    assert [WORKFLOW.category_of(state.name) for state in DEFINITION.states] == ["new", "active", "closed"]


def test_workflows_are_equal_where_their_definitions_are():
    used = Workflow(incident_workflow())
    used.fire("Resolved", "close", {})
    assert used == Workflow(incident_workflow())
    assert hash(used) == hash(Workflow(incident_workflow()))
    assert used != WORKFLOW


def test_a_used_workflow_can_be_pickled():
    used = Workflow(incident_workflow())
    used.fire("Resolved", "close", {})
    copy = pickle.loads(pickle.dumps(used))
    assert copy == used
    assert copy.fire("Resolved", "close", {}) == used.fire("Resolved", "close", {})


def test_threads_may_use_a_new_workflow_at_the_same_time():
    workflow, barrier = Workflow(DEFINITION), Barrier(8)

    def publish(_: int) -> Fired:
        barrier.wait()
        return workflow.fire("Review", "publish", READY)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(publish, range(8))) == {WORKFLOW.fire("Review", "publish", READY)}


CHOOSING = Workflow(
    WorkflowDefinition(
        "change",
        initial="Draft",
        states=[
            State("Draft", "new"),
            State("Assess", "active", required="risk"),
            State("Scheduled", "active", guards=Guard("planned", present("window"), "no window is planned")),
            State("Done", "closed"),
        ],
        composites=[CompositeState("Open", states=["Draft", "Assess"], initial="Draft")],
        transitions=[
            Transition(
                "submit",
                "Draft",
                "Scheduled",
                guards=Guard("routine", equals("risk", "low"), "the risk is not low"),
                roles=["owner", "manager"],
                effects=["announce"],
            ),
            Transition("submit", "Draft", "Assess"),
            Transition("drop", "Open", "Done", required="reason"),
            Transition("again", "Done", "Open"),
        ],
    )
)
OWNER = {ACTOR_ROLES: ("owner",)}


def test_guards_choose_among_the_ways_of_a_trigger():
    low = {"risk": "low", "window": "tonight", **OWNER}
    assert CHOOSING.fire("Draft", "submit", low).target == "Scheduled"
    assert CHOOSING.fire("Draft", "submit", low).effects == ("announce",)
    assert CHOOSING.fire("Draft", "submit", {"risk": "high"}).target == "Assess"


def test_what_is_chosen_is_refused_for_what_it_demands_and_no_other_way_is_looked_for():
    with pytest.raises(TransitionRefusedError) as caught:
        CHOOSING.fire("Draft", "submit", {"risk": "low"})
    error = caught.value
    assert (error.missing, error.failed, error.roles) == ((), ("planned",), ("owner", "manager"))
    assert str(error) == "cannot submit from Draft: needs the role owner or manager; no window is planned"


def test_where_nothing_is_chosen_the_reasons_of_all_ways_are_told():
    guarded = attrs.evolve(
        CHOOSING.definition,
        transitions=[
            *CHOOSING.definition.transitions[:1],
            Transition("submit", "Draft", "Assess", guards=Guard("asked", present("asker"), "nobody asked")),
            *CHOOSING.definition.transitions[2:],
        ],
    )
    with pytest.raises(TransitionRefusedError) as caught:
        Workflow(guarded).fire("Draft", "submit", OWNER)
    assert caught.value.reasons == (
        "to Scheduled: the risk is not low",
        "to Scheduled: no window is planned",
        "to Assess: risk is missing",
        "to Assess: nobody asked",
    )
    assert caught.value.failed == ("routine", "planned", "asked")


def test_a_way_that_is_not_chosen_is_not_available():
    ways = CHOOSING.availability("Draft", "submit", {"risk": "low", "window": "tonight", **OWNER})
    assert [(way.target, way.reasons) for way in ways] == [
        ("Scheduled", ()),
        ("Assess", ("submit leads to Scheduled here, which goes before",)),
    ]


def test_a_composite_is_left_from_every_state_in_it_and_entered_where_it_begins():
    assert CHOOSING.fire("Assess", "drop", {"reason": "no need"}).target == "Done"
    assert CHOOSING.fire("Done", "again", {}).target == "Draft"
    with pytest.raises(TransitionRefusedError, match="reason is missing"):
        CHOOSING.fire("Draft", "drop", {})
    with pytest.raises(UnknownStateError):
        CHOOSING.fire("Open", "drop", {})


def test_what_lies_further_in_goes_before_the_composite():
    definition = attrs.evolve(
        CHOOSING.definition,
        transitions=[
            *CHOOSING.definition.transitions,
            Transition("drop", "Assess", "Draft", guards=Guard("early", ~present("window"), "it is planned")),
        ],
    )
    workflow = Workflow(definition)
    assert workflow.fire("Assess", "drop", {}).target == "Draft"
    assert workflow.fire("Assess", "drop", {"window": "tonight", "reason": "no need"}).target == "Done"
    assert [way.target for way in workflow.availability("Assess", "drop", {})] == ["Draft", "Done"]


def test_what_comes_after_a_way_without_guards_is_never_taken():
    inner = Transition("drop", "Assess", "Draft")
    workflow = Workflow(
        attrs.evolve(CHOOSING.definition, transitions=[*CHOOSING.definition.transitions, inner])
    )
    assert [way.target for way in workflow.availability("Assess", "drop", {})] == ["Draft"]
    assert workflow.trigger_to("Assess", "Done") is None
    assert workflow.trigger_to("Draft", "Done") == "drop"


def test_naming_a_state_and_the_composite_around_it_is_naming_it_once():
    drop = attrs.evolve(CHOOSING.definition.transitions[2], sources=["Assess", "Open"])
    workflow = Workflow(
        attrs.evolve(CHOOSING.definition, transitions=[*CHOOSING.definition.transitions[:2], drop])
    )
    assert [way.target for way in workflow.availability("Assess", "drop", {})] == ["Done"]


@pytest.mark.parametrize(
    ("roles", "has_one"),
    [
        pytest.param(("owner",), True, id="one of them"),
        pytest.param(frozenset({"clerk", "manager"}), True, id="one of several"),
        pytest.param("owner", True, id="a text alone"),
        pytest.param(["clerk"], False, id="another"),
        pytest.param((), False, id="none"),
        pytest.param(None, False, id="no roles"),
        pytest.param({"owner": 1}, False, id="a mapping is no collection of roles"),
        pytest.param([["owner"], None, 3], False, id="what is no text is no role"),
    ],
)
def test_whoever_fires_needs_one_of_the_roles(roles, has_one):
    facts = {"risk": "low", "window": "tonight", ACTOR_ROLES: roles}
    assert CHOOSING.availability("Draft", "submit", facts)[0].is_allowed is has_one


def test_a_role_is_read_as_text_whatever_it_brings_along():
    class Sly(str):
        __slots__ = ()

        def __eq__(self, other: object) -> bool:
            raise RuntimeError

        def __hash__(self) -> int:
            raise RuntimeError

    facts = {"risk": "low", "window": "tonight", ACTOR_ROLES: [Sly("owner")]}
    assert CHOOSING.fire("Draft", "submit", facts).target == "Scheduled"


def test_more_guards_than_are_remembered_are_judged_all_the_same():
    guards = [Guard(f"g{n}", present(f"f{n}"), f"no f{n}") for n in range(12)]
    definition = attrs.evolve(
        DEFINITION, transitions=[Transition("publish", ("Draft", "Review"), "Out", guards=guards)]
    )
    workflow = Workflow(definition)
    for _ in range(2):
        (way,) = workflow.available("Draft", {"f3": 1})
        assert way.failed == tuple(f"g{n}" for n in range(12) if n != 3)


TIMED = Workflow(
    WorkflowDefinition(
        "small",
        initial="Resolved",
        states=[
            State(
                "Resolved",
                "resolved",
                timers=[
                    StateTimer("close", after=BusinessDays(5)),
                    StateTimer("remind", after=timedelta(hours=16), calendar="desk"),
                ],
            ),
            State("Closed", "closed"),
        ],
        transitions=[
            Transition("close", "Resolved", "Closed"),
            Transition("remind", "Resolved", "Resolved"),
        ],
    )
)


def test_timers_count_on_the_calendars_that_are_handed_in():
    friday = datetime(2026, 3, 27, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    found = TIMED.deadlines("Resolved", friday, OFFICE, calendars={"desk": BusinessCalendar.always()})
    # The clocks are put forward on the Sunday between.
    assert [(each.trigger, each.at) for each in found] == [
        ("remind", datetime(2026, 3, 28, 3, tzinfo=UTC)),
        ("close", datetime(2026, 4, 3, 10, tzinfo=UTC)),
    ]
    assert all(each.at.tzinfo is UTC for each in found)
    assert [each.timer.trigger for each in found] == ["remind", "close"]
    assert TIMED.deadlines("Closed", friday, OFFICE) == ()


def test_a_calendar_that_was_not_handed_in_is_named():
    with pytest.raises(DefinitionError, match="'remind' counts on calendar 'desk', which was not handed in"):
        TIMED.deadlines("Resolved", NOON, OFFICE, calendars={"office": OFFICE})
    with pytest.raises(DefinitionError, match="since has no time zone"):
        TIMED.deadlines("Resolved", NOON.replace(tzinfo=None), OFFICE)


def test_one_transition_declared_twice_does_what_two_equal_ones_do():
    def workflow(first: Transition, second: Transition) -> Workflow:
        states = [State("Open", "new"), State("Done", "closed")]
        transitions = [first, Transition("wait", "Open", "Open"), second]
        return Workflow(WorkflowDefinition("twice", initial="Open", states=states, transitions=transitions))

    once = Transition("close", "Open", "Done", guards=Guard("calm", equals("calm", True), "it is not calm"))
    twice, copied = workflow(once, once), workflow(once, attrs.evolve(once))
    assert [way.trigger for way in twice.available("Open", {})] == ["close", "close", "wait"]
    for facts in ({}, {"calm": True}):
        assert twice.available("Open", facts) == copied.available("Open", facts)
