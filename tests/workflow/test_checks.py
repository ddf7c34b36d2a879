import pickle
from datetime import timedelta

import pytest
from attrs import evolve

from itsmkit.conditions import any_of, equals, less, present
from itsmkit.workflow import (
    ACTOR_ROLES,
    CompositeState,
    Guard,
    State,
    StateTimer,
    Transition,
    TransitionRefusedError,
    Workflow,
    WorkflowDefinition,
    WorkflowDefinitionError,
    definition_from,
    incident_workflow,
    never_without,
    to_mapping,
)
from itsmkit.workflow.checks import check_definition, require_sound
from itsmkit.workflow.finding import Finding, FindingKind, Severity, Step

NORMAL = Guard("normal", equals("type", "normal"), "it is no normal change")
URGENT = Guard("urgent", equals("type", "urgent"), "it is not urgent")
ROUTINE = Guard("routine", equals("risk", "low"), "it is a risk")
CAUSED = Guard("caused", present("cause"), "nobody knows why")
TESTED = Guard("tested", present("test_report"), "there is no test report")

NEW, OPEN, DONE = State("New", "new"), State("Open", "active"), State("Done", "closed")
START, FINISH = Transition("start", "New", "Open"), Transition("finish", "Open", "Done")

# So many facts that are looked at together, that not all cases can be tried.
FEW = any_of(*(equals(f"fact {n}", "yes") for n in range(5)))
OTHERS = any_of(*(equals(f"fact {n}", "yes") for n in range(4, 9)))
VAGUE = Guard("vague", FEW & OTHERS, "nothing says so")
CASES = "cannot decide about a condition with 1,953,125 cases, at most 50,000 are tried"


def small(
    *transitions: Transition,
    states: tuple[State, ...] = (),
    composites: tuple[CompositeState, ...] = (),
    rules=(),
    core=(NEW, OPEN, DONE),
):
    """Return a definition that is sound but for what is added: New, Open and Done, one after the other."""
    return WorkflowDefinition(
        "small",
        initial="New",
        states=(*core, *states),
        transitions=(START, FINISH, *transitions),
        composites=composites,
        rules=rules,
    )


def told(finding: Finding) -> tuple[str, str, str]:
    return finding.kind.value, finding.path, finding.problem


FINDINGS = [
    pytest.param(
        small(states=(State("Lost", "active"),)),
        ("unreachable", "states['Lost']", "no transition leads to 'Lost'; add one, or remove the state"),
        [],
        id="a state that nothing leads to",
    ),
    pytest.param(
        small(Transition("touch", "Lost", "Lost"), states=(State("Lost", "active"),)),
        ("unreachable", "states['Lost']", "no transition leads to 'Lost'; add one, or remove the state"),
        [],
        id="a state that only itself leads to",
    ),
    pytest.param(
        small(Transition("wait", "Open", "Wait"), states=(State("Wait", "active"),)),
        (
            "trap",
            "states['Wait']",
            (
                "'Wait' is no end, and no way leads out of it; add a transition, or name the category in "
                "which work ends there"
            ),
        ),
        ["start: New -> Open", "wait: Open -> Wait"],
        id="a trap",
    ),
    pytest.param(
        small(
            Transition("wait", "Open", "Wait"),
            Transition("wait", "Wait", "Wait"),
            states=(State("Wait", "active"),),
        ),
        (
            "trap",
            "states['Wait']",
            (
                "'Wait' is no end, and no way leads out of it; add a transition, or name the category in "
                "which work ends there"
            ),
        ),
        ["start: New -> Open", "wait: Open -> Wait"],
        id="a trap that leads to itself",
    ),
    pytest.param(
        small(
            Transition("hold", "Open", "Held"),
            Transition("ask", "Held", "Asked"),
            Transition("answer", "Asked", "Asking"),
            Transition("ask", "Asking", "Asked"),
            states=(State("Asking", "active"), State("Asked", "active"), State("Held", "active")),
        ),
        (
            "endless",
            "states['Asked']",
            (
                "no way leads from 'Asking' and 'Asked' to an end (nor to an end from 'Held'); add a "
                "transition, or name the category in which work ends there"
            ),
        ),
        ["start: New -> Open", "hold: Open -> Held", "ask: Held -> Asked"],
        id="states that lead only to each other",
    ),
    pytest.param(
        small(Transition("rush", "Open", "Done", guards=[NORMAL, ROUTINE, ~NORMAL])),
        (
            "dead",
            "transitions[2]",
            (
                "'rush' to 'Done' is never taken: guard 'normal' and guard not 'normal' never hold "
                "together; change that, or remove it"
            ),
        ),
        ["start: New -> Open"],
        id="guards that contradict each other",
    ),
    pytest.param(
        small(
            Transition("rush", "Open", "Done", guards=Guard("never", less("n", 1) & equals("n", 1), "never"))
        ),
        (
            "dead",
            "transitions[2]",
            "'rush' to 'Done' is never taken: guard 'never' never holds; change that, or remove it",
        ),
        ["start: New -> Open"],
        id="a guard that contradicts itself",
    ),
    pytest.param(
        small(
            Transition(
                "rush", "Open", "Done", required="type", guards=NORMAL | ~Guard("any", present("type"), "-")
            ),
            core=(NEW, OPEN, State("Done", "closed", guards=~NORMAL)),
        ),
        (
            "dead",
            "transitions[2]",
            (
                "'rush' to 'Done' is never taken: guard ('normal' or not 'any'), the required 'type' and "
                "guard not 'normal' of 'Done' never hold together; change that, or remove it"
            ),
        ),
        ["start: New -> Open"],
        id="a transition and its target that contradict each other",
    ),
    pytest.param(
        small(
            Transition(
                "rush", "Open", "Shut", guards=~Guard("manned", present(ACTOR_ROLES), "-"), roles="boss"
            ),
            Transition("shut", "Open", "Shut"),
            states=(State("Shut", "closed", required="why", guards=NORMAL & ROUTINE),),
        ),
        (
            "dead",
            "transitions[2]",
            (
                "'rush' to 'Shut' is never taken: guard not 'manned' and the role 'boss' never hold "
                "together; change that, or remove it"
            ),
        ),
        ["start: New -> Open"],
        id="a role that nobody may have",
    ),
    pytest.param(
        small(
            Transition("rush", "Open", "Shut", guards=~Guard("why", present("why"), "-")),
            Transition("shut", "Open", "Shut"),
            states=(State("Shut", "closed", required="why"),),
        ),
        (
            "dead",
            "transitions[2]",
            (
                "'rush' to 'Shut' is never taken: guard not 'why' and the 'why' that 'Shut' requires never "
                "hold together; change that, or remove it"
            ),
        ),
        ["start: New -> Open"],
        id="a fact that must and must not be there",
    ),
    pytest.param(
        small(
            Transition("close", "Open", "Done", guards=NORMAL),
            Transition("close", "Open", "Done", guards=ROUTINE),
            Transition("close", "Open", "Done", guards=~NORMAL),
            Transition("close", ("New", "Open"), "Done", roles="boss"),
        ),
        (
            "shadowed",
            "transitions[5].from[1]",
            (
                "'close' from 'Open' to 'Done' is never taken: transitions[2] and transitions[4] always go "
                "before; put it before that, or remove it"
            ),
        ),
        ["start: New -> Open"],
        id="one source of a transition that others always go before",
    ),
    pytest.param(
        small(
            Transition("close", "All", "Done"),
            Transition("close", "Open", "Open"),
            composites=(CompositeState("All", states="Open", initial="Open"),),
        ),
        (
            "shadowed",
            "transitions[2]",
            (
                "'close' from 'All' to 'Done' is never taken: transitions[3] always goes before; put it "
                "before that, or remove it"
            ),
        ),
        ["start: New -> Open"],
        id="a composite whose states go before",
    ),
    pytest.param(
        small(
            Transition("close", "Open", "Done", guards=NORMAL),
            Transition("close", "Open", "Open", guards=ROUTINE),
        ),
        (
            "overlap",
            "transitions[3]",
            (
                "'close' from 'Open' to 'Open' and transitions[2] to 'Done' can both be chosen where type "
                "= 'normal', risk = 'low': their order decides; let their guards exclude each other"
            ),
        ),
        ["start: New -> Open", "close: Open -> Done (type = 'normal', risk = 'low')"],
        id="guards that can hold together",
    ),
    pytest.param(
        small(
            Transition("close", "Open", "Shut", guards=URGENT),
            Transition("close", "Open", "Done", guards=ROUTINE),
            states=(State("Shut", "closed", guards=~ROUTINE),),
        ),
        (
            "overlap",
            "transitions[3]",
            (
                "'close' from 'Open' to 'Done' and transitions[2] to 'Shut' can both be chosen where type "
                "= 'urgent', risk = 'low': their order decides, and the first is refused then; let their "
                "guards exclude each other"
            ),
        ),
        ["start: New -> Open"],
        id="guards that can hold together, and the first way is refused then",
    ),
    pytest.param(
        small(
            Transition("close", "Open", "Done", guards=~NORMAL),
            Transition("close", "Open", "Open", guards=~ROUTINE),
        ),
        (
            "overlap",
            "transitions[3]",
            (
                "'close' from 'Open' to 'Open' and transitions[2] to 'Done' can both be chosen: their "
                "order decides; let their guards exclude each other"
            ),
        ),
        ["start: New -> Open", "close: Open -> Done"],
        id="guards that hold where nothing is known",
    ),
    pytest.param(
        small(
            Transition("rush", "New", "Done", guards=URGENT),
            rules=[never_without("finish", before="Done")],
        ),
        (
            "avoidable gate",
            "rules[0]",
            "a way leads into 'Done' without 'finish', by 'rush' from 'New'; close it or put the gate there",
        ),
        ["rush: New -> Done (type = 'urgent')"],
        id="a trigger that need not be fired",
    ),
    pytest.param(
        small(rules=[never_without("Done", before="Open")]),
        (
            "avoidable gate",
            "rules[0]",
            "a way leads into 'Open' without 'Done', by 'start' from 'New'; close it or put the gate there",
        ),
        ["start: New -> Open"],
        id="a state that need not be entered",
    ),
    pytest.param(
        small(
            Transition("test", "Open", "Open", guards=TESTED),
            rules=[never_without("tested", before="Done")],
        ),
        (
            "avoidable gate",
            "rules[0]",
            (
                "a way leads into 'Done' without 'tested', by 'finish' from 'Open'; close it or put the "
                "gate there"
            ),
        ),
        ["start: New -> Open", "finish: Open -> Done"],
        id="a guard that need not hold",
    ),
    pytest.param(
        small(
            Transition("approve", "Open", "Ready", guards=TESTED | NORMAL),
            Transition("finish", "Ready", "Done"),
            core=(NEW, State("Open", "active"), State("Done", "closed", required="approval")),
            states=(State("Ready", "active"),),
            rules=[never_without("tested", before="Ready")],
        ),
        (
            "avoidable gate",
            "rules[0]",
            (
                "a way leads into 'Ready' without 'tested', by 'approve' from 'Open'; close it or put the "
                "gate there"
            ),
        ),
        ["start: New -> Open", "approve: Open -> Ready (type = 'normal')"],
        id="a guard that is one of two",
    ),
    pytest.param(
        small(
            Transition("approve", "Open", "Ready"),
            Transition("change", "Ready", "Open"),
            Transition("redo", "Open", "Ready"),
            Transition("finish", "Ready", "Done"),
            Transition("again", "Ready", "Ready"),
            core=(NEW, OPEN, DONE),
            states=(State("Ready", "active"),),
            rules=[
                never_without("start", before="Ready"),
                never_without("approve", before="Ready", since="New"),
            ],
        ),
        (
            "avoidable gate",
            "rules[1]",
            (
                "a way leads into 'Ready' without 'approve' since 'New', by 'redo' from 'Open'; close it "
                "or put the gate there"
            ),
        ),
        ["start: New -> Open", "redo: Open -> Ready"],
        id="the first of two rules holds",
    ),
    pytest.param(
        small(rules=[never_without("Done", before="New")]),
        (
            "avoidable gate",
            "rules[0]",
            "tickets begin in 'New', without 'Done'; begin in another state, or drop the rule",
        ),
        [],
        id="where tickets begin",
    ),
    pytest.param(
        small(core=(State("New", "active"), OPEN, DONE)),
        (
            "category",
            "initial",
            (
                "tickets begin in 'New', which is active, so that nobody is seen to take them up; begin in "
                "a new state"
            ),
        ),
        [],
        id="tickets do not begin as new",
    ),
    pytest.param(
        small(Transition("return", "Open", "New")),
        (
            "category",
            "transitions[2]",
            (
                "'return' leads from 'Open', which is active, to 'New', which is new; what was taken up is "
                "not new again; name it active, or lead elsewhere"
            ),
        ),
        ["start: New -> Open", "return: Open -> New"],
        id="what was taken up gets new",
    ),
    pytest.param(
        small(Transition("reopen", ("New", "Done"), "Open")),
        (
            "category",
            "transitions[2]",
            (
                "'reopen' leads from 'Done', which is closed, to 'Open', which is active; what is over was "
                "counted; name it resolved, or lead elsewhere"
            ),
        ),
        ["start: New -> Open", "finish: Open -> Done", "reopen: Done -> Open"],
        id="what is closed is opened",
    ),
    pytest.param(
        small(
            Transition("wait", "Open", "Wait"),
            Transition("drop", "Wait", "Done"),
            states=(State("Wait", "pending"),),
        ),
        (
            "category",
            "states['Wait']",
            (
                "'Wait' is pending, and no way leads from there back to work; add one to an active state, "
                "or give it another category"
            ),
        ),
        ["start: New -> Open", "wait: Open -> Wait"],
        id="what waits never goes on",
    ),
    pytest.param(
        small(Transition("solve", "Open", "Solved"), states=(State("Solved", "resolved"),)),
        (
            "category",
            "states['Solved']",
            (
                "'Solved' is resolved, and no way leads from there to a closed state; add one, or name it "
                "closed"
            ),
        ),
        ["start: New -> Open", "solve: Open -> Solved"],
        id="what is resolved is never closed",
    ),
    pytest.param(
        small(
            Transition("close", "Open", "Done", required=("cause", "cost"), roles=("boss", "owner")),
            core=(
                NEW,
                State("Open", "active", required="cause", timers=[StateTimer("close", after=timedelta(1))]),
                DONE,
            ),
        ),
        (
            "timer",
            "states['Open'].timers[0]",
            (
                "it fires 'close' from 'Open' to 'Done', which is refused without a person, for it needs "
                "the role 'boss' or 'owner' and 'cost'; demand less there, or give it a trigger of its own"
            ),
        ),
        [
            "start: New -> Open (cause = 'another')",
            "close: Open -> Done (cause = 'another', cost = 'another', actor_roles = ('boss',))",
        ],
        id="a timer that needs a role and a fact",
    ),
    pytest.param(
        small(
            Transition(
                "close", "Open", "Done", guards=Guard("manned", present(ACTOR_ROLES), "nobody is there")
            ),
            core=(NEW, State("Open", "active", timers=[StateTimer("close", after=timedelta(1))]), DONE),
        ),
        (
            "timer",
            "states['Open'].timers[0]",
            (
                "it fires 'close' from 'Open' to 'Done', which is refused without a person, for it needs "
                "an actor; demand less there, or give it a trigger of its own"
            ),
        ),
        ["start: New -> Open", "close: Open -> Done (actor_roles = 'another')"],
        id="a timer whose guard asks for an actor",
    ),
    pytest.param(
        small(
            Transition("close", "New", "Done", required="cause"),
            core=(State("New", "new", timers=[StateTimer("close", after=timedelta(1))]), OPEN, DONE),
        ),
        (
            "timer",
            "states['New'].timers[0]",
            (
                "it fires 'close' from 'New' to 'Done', which is refused without a person, for it needs "
                "'cause'; demand less there, or give it a trigger of its own"
            ),
        ),
        ["close: New -> Done (cause = 'another')"],
        id="a timer that needs a fact of a new ticket",
    ),
    pytest.param(
        small(Transition("drop", "Open", "Done", guards=VAGUE)),
        (
            "undecided",
            "transitions[2]",
            (
                f"it is open whether 'drop' from 'Open' to 'Done' is ever taken: {CASES}; let it ask for "
                "fewer facts"
            ),
        ),
        [],
        id="a guard with too many cases",
    ),
    pytest.param(
        small(
            Transition("drop", "Open", "Done", guards=NORMAL),
            Transition("drop", "Open", "Open", guards=VAGUE & ~NORMAL),
        ),
        (
            "undecided",
            "transitions[3]",
            (
                f"it is open whether 'drop' from 'Open' to 'Open' is ever taken: {CASES}; let it ask for "
                "fewer facts"
            ),
        ),
        [],
        id="a guard with too many cases that excludes another one",
    ),
]


@pytest.mark.parametrize(("definition", "expected", "witness"), FINDINGS)
def test_one_thing_that_is_wrong_is_found_and_shown(definition, expected, witness):
    [finding] = check_definition(definition)
    assert told(finding) == expected
    assert [str(step) for step in finding.witness] == witness


@pytest.mark.parametrize(("definition", "expected", "witness"), FINDINGS)
def test_the_witness_is_what_the_engine_does(definition, expected, witness):
    [finding] = check_definition(definition)
    workflow, state = Workflow(definition), definition.initial
    for step in finding.witness:
        assert workflow.fire(state, step.trigger, step.facts).target == step.target
        state = step.target


@pytest.mark.parametrize(("definition", "expected", "witness"), FINDINGS)
def test_what_a_document_says_is_found_as_well(definition, expected, witness):
    assert check_definition(definition_from(to_mapping(definition))) == check_definition(definition)


SOUND = [
    pytest.param(
        small(
            Transition("close", ("Open", "All"), "Done", guards=NORMAL),
            composites=(CompositeState("All", states=("New", "Open"), initial="New"),),
        ),
        id="a transition from a state and from the composite around it",
    ),
    pytest.param(incident_workflow(), id="the workflow of incidents"),
    pytest.param(small(), id="one state after the other"),
    pytest.param(
        small(
            Transition("close", "Open", "Done", guards=NORMAL),
            Transition("close", "Open", "Open"),
        ),
        id="what happens otherwise does not overlap",
    ),
    pytest.param(
        small(
            Transition("close", "All", "Done", guards=NORMAL),
            Transition("close", "Open", "Open", guards=ROUTINE),
            composites=(CompositeState("All", states=("New", "Open"), initial="New"),),
        ),
        id="a state may go before the composite around it",
    ),
    pytest.param(
        small(
            Transition("close", "Open", "Done", guards=NORMAL),
            Transition("close", ("Open", "New"), "Done", guards=ROUTINE),
        ),
        id="the order of what does the same decides nothing",
    ),
    pytest.param(
        small(
            Transition("solve", "Open", "Solved"),
            core=(NEW, OPEN, State("Done", "resolved")),
            states=(State("Solved", "resolved"),),
        ),
        id="without closed states, what is resolved stays",
    ),
    pytest.param(
        small(
            Transition("touch", "Open", "Open"),
            Transition("close", "Open", "Done", required="cause"),
            core=(
                NEW,
                State("Open", "active", guards=CAUSED, timers=[StateTimer("close", after=timedelta(1))]),
                DONE,
            ),
        ),
        id="a timer finds what was demanded before",
    ),
    pytest.param(
        small(
            Transition("close", "Open", "Done", guards=NORMAL, roles="boss"),
            Transition("close", "Open", "Open", guards=~NORMAL),
            core=(NEW, State("Open", "active", timers=[StateTimer("close", after=timedelta(1))]), DONE),
        ),
        id="a timer has one way that needs nobody",
    ),
    pytest.param(
        small(
            Transition("test", "Open", "Ready", required="test_report"),
            Transition("finish", "Ready", "Done"),
            states=(State("Ready", "active"),),
            rules=[never_without("tested", before="Ready"), never_without("Done", before="Done")],
            core=(NEW, State("Open", "active"), State("Done", "closed", guards=TESTED)),
        ),
        id="what demands the fact passes the guard that asks for it",
    ),
]


@pytest.mark.parametrize("definition", SOUND)
def test_nothing_is_wrong_with(definition):
    assert check_definition(definition) == ()
    require_sound(definition)


def test_a_state_that_only_a_dead_transition_leads_to_is_not_reached_and_says_so():
    definition = small(
        Transition("hide", "Open", "Hidden", guards=[NORMAL, ~NORMAL]),
        Transition("hide", "Hidden", "Further"),
        Transition("hide", "Further", "Hidden"),
        states=(State("Hidden", "active"), State("Further", "active")),
    )
    found = [each for each in check_definition(definition) if each.kind is FindingKind.UNREACHABLE]
    assert [each.problem for each in found] == [
        (
            "'Hidden' is entered only from what is not reached either: 'Further'; add a way from "
            "elsewhere, or remove the state"
        ),
        (
            "'Further' is entered only from what is not reached either: 'Hidden'; add a way from "
            "elsewhere, or remove the state"
        ),
    ]
    assert {each.region for each in found} == {frozenset({"New", "Open", "Done"})}


def test_a_state_whose_demands_contradict_each_other_tells_what_leads_there_in_vain():
    definition = small(
        Transition("hide", ("New", "Open"), "Hidden"),
        Transition("stow", "Open", "Hidden"),
        states=(State("Hidden", "closed", guards=[NORMAL, ~NORMAL]),),
    )
    found = [told(each) for each in check_definition(definition)]
    assert found[0] == (
        "unreachable",
        "states['Hidden']",
        (
            "what leads to 'Hidden' is never taken: transitions[2] and transitions[3]; mend that, or "
            "remove the state"
        ),
    )
    assert [(kind, path) for kind, path, _ in found[1:]] == [
        ("dead", "transitions[2]"),
        ("dead", "transitions[3]"),
    ]


def test_a_state_is_a_trap_if_what_leads_out_is_never_taken():
    definition = small(
        Transition("wait", "Open", "Wait"),
        Transition("resume", "Wait", "Open", guards=[NORMAL, ~NORMAL]),
        Transition("drop", "Wait", "Done", guards=[NORMAL, ~NORMAL]),
        states=(State("Wait", "pending"),),
    )
    found = [told(each)[:2] for each in check_definition(definition)]
    assert found == [("trap", "states['Wait']"), ("dead", "transitions[3]"), ("dead", "transitions[4]")]


def test_an_overlap_is_shown_once_where_a_ticket_gets_first():
    definition = small(
        Transition("close", ("New", "Open"), "Open", guards=NORMAL),
        Transition("close", ("New", "Open"), "Done", guards=ROUTINE),
    )
    found = [(each.kind.value, each.path, len(each.witness)) for each in check_definition(definition)]
    assert found == [("overlap", "transitions[3]", 1)]


def test_an_overlap_is_told_with_the_first_that_is_declared_though_a_ticket_gets_to_another_before():
    definition = small(
        Transition("close", "Open", "Done", guards=URGENT),
        Transition("close", ("New", "Open"), "Open", guards=NORMAL),
        Transition("close", ("New", "Open"), "Done", guards=ROUTINE, required="reason"),
    )
    (finding,) = check_definition(definition)
    assert (finding.path, len(finding.witness)) == ("transitions[4]", 2)
    assert "'close' from 'Open' to 'Done' and transitions[2] to 'Done'" in finding.problem


def test_of_many_that_overlap_each_is_told_once():
    ways = [
        Transition(
            "close",
            "Open",
            "Done",
            guards=Guard(f"asked {n}", equals(f"fact {n}", "yes"), "-"),
            effects=str(n),
        )
        for n in range(12)
    ]
    findings = check_definition(small(*ways))
    assert [each.path for each in findings] == [f"transitions[{n}]" for n in range(3, 14)]
    assert all("transitions[2] to 'Done' can both be chosen" in each.problem for each in findings)


def test_an_overlap_that_is_sure_is_told_rather_than_one_that_is_open():
    definition = small(
        Transition("drop", "Open", "Done", guards=Guard("few", FEW, "-")),
        Transition("drop", "Open", "Done", guards=NORMAL & Guard("not few", ~FEW, "-")),
        Transition("drop", "Open", "Open", guards=NORMAL & Guard("others", OTHERS, "-")),
    )
    overlap, undecided = [told(each) for each in check_definition(definition)]
    assert overlap == (
        "overlap",
        "transitions[4]",
        (
            "'drop' from 'Open' to 'Open' and transitions[3] to 'Done' can both be chosen where type = "
            "'normal', fact 8 = 'yes': their order decides; let their guards exclude each other"
        ),
    )
    assert undecided[2].startswith("it is open whether 'drop' from 'Open' to 'Open' is ever taken: ")


def test_one_transition_declared_twice_is_found_like_two_equal_ones():
    once = Transition("close", "Open", "Done", guards=NORMAL)
    findings = check_definition(small(once, once))
    assert [told(each)[:2] for each in findings] == [("shadowed", "transitions[3]")]
    assert findings == check_definition(small(once, evolve(once)))


def test_what_is_dead_where_no_ticket_gets_has_no_witness():
    definition = small(
        Transition("hide", "Lost", "Done", guards=[NORMAL, ~NORMAL]), states=(State("Lost", "closed"),)
    )
    dead = check_definition(definition)[-1]
    assert (dead.kind, dead.witness, dead.region) == (FindingKind.DEAD, (), {"Lost"})


def test_a_timer_whose_trigger_is_never_taken_says_so():
    definition = small(
        Transition("close", "Open", "Done", guards=[NORMAL, ~NORMAL]),
        core=(NEW, State("Open", "active", timers=[StateTimer("close", after=timedelta(1))]), DONE),
    )
    timer = check_definition(definition)[-1]
    assert told(timer) == (
        "timer",
        "states['Open'].timers[0]",
        "it fires 'close', which is never taken from here; mend the transition, or remove the timer",
    )
    assert [str(step) for step in timer.witness] == ["start: New -> Open"]


@pytest.mark.parametrize(
    ("facts", "lacking"),
    [
        pytest.param({ACTOR_ROLES: ("boss",)}, "'cost'", id="the fact"),
        pytest.param({"cost": 3}, "'boss'", id="the role"),
    ],
)
def test_a_timer_is_told_of_where_the_engine_would_refuse_it(facts, lacking):
    definition = small(
        Transition("close", "Open", "Done", required="cost", roles="boss"),
        core=(NEW, State("Open", "active", timers=[StateTimer("close", after=timedelta(1))]), DONE),
    )
    [finding] = check_definition(definition)
    assert lacking in finding.problem
    with pytest.raises(TransitionRefusedError):
        Workflow(definition).fire("Open", "close", facts)


def test_a_way_from_where_no_ticket_gets_or_from_the_state_itself_does_not_count_for_a_timer():
    definition = small(
        Transition("revive", "Lost", "Open"),
        Transition("touch", "Open", "Open"),
        Transition("close", "Open", "Done", required="cause"),
        core=(
            State("New", "new"),
            State("Open", "active", timers=[StateTimer("close", after=timedelta(1))]),
            DONE,
        ),
        states=(State("Lost", "active"),),
    )
    with_cause = evolve(
        definition,
        transitions=[
            evolve(way, required=("cause",)) if way.trigger == "start" else way
            for way in definition.transitions
        ],
    )
    assert [each.kind.value for each in check_definition(definition)] == ["unreachable", "timer"]
    assert [each.kind.value for each in check_definition(with_cause)] == ["unreachable"]


def test_rules_that_do_not_belong_to_the_definition_are_numbered_after_its_own():
    definition = small(rules=[never_without("start", before="Done")])
    extra = [never_without("finish", before="Open"), never_without("finish", before="Done")]
    assert [each.path for each in check_definition(definition, rules=extra)] == ["rules[1]"]
    assert check_definition(definition, rules=iter(extra[1:])) == ()


def test_rules_must_name_what_is_there():
    with pytest.raises(
        WorkflowDefinitionError, match=r"rules\[0\].before: unknown state 'Doen'; did you mean 'Done'"
    ):
        check_definition(small(), rules=[never_without("start", before="Doen")])


def test_what_lies_behind_an_undecided_move_is_not_told_of():
    definition = small(
        Transition("drop", "Open", "Trap", guards=VAGUE),
        Transition("skip", "Trap", "Trap", guards=NORMAL),
        Transition("skip", "Trap", "Trap", guards=ROUTINE, required="reason"),
        core=(NEW, OPEN, DONE),
        states=(State("Trap", "pending", timers=[StateTimer("skip", after=timedelta(1))]),),
        rules=[never_without("finish", before="Trap")],
    )
    assert [told(each)[:2] for each in check_definition(definition)] == [
        ("undecided", "transitions[2]"),
        ("undecided", "rules[0]"),
    ]


def test_whether_a_rule_is_broken_may_be_open():
    definition = small(
        Transition("drop", "Open", "Bin", guards=VAGUE),
        Transition("drop", "Bin", "Done"),
        states=(State("Bin", "active"),),
        rules=[never_without("finish", before="Done"), never_without("start", before="Bin")],
    )
    rule = check_definition(definition)[-1]
    assert told(rule) == (
        "undecided",
        "rules[0]",
        f"it is open whether any way leads into 'Done' without 'finish': {CASES}; let it ask for fewer facts",
    )


def test_whether_a_way_passes_a_guard_may_be_open():
    definition = small(
        Transition("test", "Open", "Open", guards=VAGUE),
        core=(NEW, OPEN, State("Done", "closed", guards=URGENT)),
        rules=[never_without("vague", before="Done")],
    )
    assert [told(each)[:2] for each in check_definition(definition)] == [
        ("undecided", "transitions[2]"),
        ("undecided", "rules[0]"),
    ]


def test_whether_two_transitions_overlap_may_be_open():
    definition = small(
        Transition("drop", "Open", "Done", guards=Guard("few", FEW, "-")),
        Transition("drop", "Open", "Open", guards=Guard("others", OTHERS, "-")),
        Transition("drop", "New", "Open", guards=NORMAL & ~NORMAL),
    )
    found = [told(each) for each in check_definition(definition) if each.kind is FindingKind.UNDECIDED]
    assert found[-1] == (
        "undecided",
        "transitions[3]",
        (
            "it is open whether 'drop' from 'Open' to 'Open' and transitions[2] to 'Done' can both be "
            f"chosen: {CASES}; let it ask for fewer facts"
        ),
    )


def test_an_error_raises_and_a_warning_does_not():
    definition = small(
        Transition("return", "Open", "New"),
        Transition("rush", "New", "Done"),
        states=(State("Lost", "active"),),
    )
    assert {each.severity for each in check_definition(definition)} == {Severity.ERROR, Severity.WARNING}
    with pytest.raises(WorkflowDefinitionError) as caught:
        require_sound(definition, rules=[never_without("start", before="Done")])
    assert caught.value.problems == (
        "states['Lost']: no transition leads to 'Lost'; add one, or remove the state",
        (
            "rules[0]: a way leads into 'Done' without 'start', by 'rush' from 'New'; close it or put the "
            "gate there"
        ),
    )


def test_findings_are_values():
    finding = Finding(
        "states['A']",
        FindingKind.TRAP,
        "it is one",
        [Step("New", "start", "A", {"assignee": "kim"}), Step("New", "start", "A")],
        ["A"],
    )
    assert pickle.loads(pickle.dumps(finding)) == finding
    assert len({finding, pickle.loads(pickle.dumps(finding))}) == 1
    assert finding.region == frozenset({"A"})
    assert str(finding) == "states['A']: it is one"
    assert list(map(str, finding.witness)) == ["start: New -> A (assignee = 'kim')", "start: New -> A"]
