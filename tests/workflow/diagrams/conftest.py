import re
from datetime import timedelta

import pytest
from hypothesis import strategies as st

from itsmkit.calendars import BusinessDays
from itsmkit.conditions import equals
from itsmkit.workflow import (
    CompositeState,
    Guard,
    State,
    StateCategory,
    StateTimer,
    Transition,
    WorkflowDefinition,
)

# What formats are known to trip over: their own marks and words, other scripts, what is no text at all.
PIECES = [
    *"\"'`:;#%&\\{}[]<>|*$-.,/ \t\n\x07",
    *(
        "%%",
        "[*]",
        "[[fork]]",
        "<<choice>>",
        "-->",
        "--",
        "->",
        "<b>x</b>",
        "&amp;",
        "#quot;",
        "\\n",
        "\\N",
        "---",
    ),
    *(
        "direction LR",
        "Direction  TB",
        "end",
        "end note",
        "state",
        "note",
        "class",
        "node",
        "graph",
        "default",
    ),
    *(
        "In Progress",
        "New",
        "in_progress",
        "1",
        "بسته",
        "نیم\u200cروز",
        "日本語",
        "é",
        "e\u0301",
        "\u202e",
        "\u2069",
    ),
    *("constructor", "\ufb02\xb0\xb060\xb6\xdf", "\u2028", "\ufffe"),
]


def told(name: str) -> str:
    """Return a name as a diagram is to tell it, found letter by letter."""
    letters = [
        " "
        if letter.isspace()
        else "\ufffd"
        if ord(letter) in {*range(32), *range(127, 160), 0xFFFE}
        else letter
        for letter in name
        if letter not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    ]
    return re.sub(" +", " ", "".join(letters)).strip() or "\ufffd"


@pytest.fixture(scope="session", name="told")
def told_fixture():
    return told


@pytest.fixture(scope="session")
def drawable():
    """Return definitions of states, nested composite states and transitions, with names of all sorts."""
    names = st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map("".join).map(str.strip).filter(bool)

    @st.composite
    def definition(draw):
        taken = draw(st.lists(names, min_size=3, max_size=12, unique_by=told))
        states = taken[: draw(st.integers(1, min(7, len(taken) - 2)))]
        outermost, composites = list(states), []
        for name in taken[len(states) : len(states) + draw(st.integers(0, 3))]:
            members = draw(st.lists(st.sampled_from(outermost), min_size=1, max_size=4, unique=True))
            composites.append(CompositeState(name, states=members, initial=draw(st.sampled_from(members))))
            outermost = [name, *(each for each in outermost if each not in members)]
        places = [*states, *(composite.name for composite in composites)]
        triggers = draw(st.lists(names, max_size=9, unique_by=told))
        return WorkflowDefinition(
            draw(names),
            initial=draw(st.sampled_from(states)),
            states=[State(name, draw(st.sampled_from(StateCategory))) for name in states],
            composites=composites,
            transitions=[
                Transition(
                    trigger,
                    draw(st.lists(st.sampled_from(places), min_size=1, max_size=2, unique=True)),
                    draw(st.sampled_from(places)),
                )
                for trigger in triggers
            ],
        )

    return definition()


@pytest.fixture(scope="session")
def change():
    """Return a workflow that has everything: composite states, guards, timers, roles, final states."""
    approved = Guard("approved", equals("approved", True), "it is not approved")
    freeze = Guard("freeze", equals("freeze", True), "there is no freeze")
    emergency = Guard("emergency", equals("emergency", True), "it is no emergency")
    return WorkflowDefinition(
        "Change enablement",
        version="2.1",
        initial="Draft",
        states=[
            State("Draft", "new"),
            State("Assessment", "active"),
            State(
                "Awaiting approval",
                "pending",
                timers=StateTimer("escalate", after=timedelta(hours=16), calendar="office"),
            ),
            State("Scheduled", "active", required="window"),
            State("Implementing", "active"),
            State("Backing out", "active"),
            State("Review", "resolved", timers=StateTimer("close", after=BusinessDays(5)), guards=~freeze),
            State("Closed", "closed"),
            State("Cancelled", "cancelled"),
        ],
        composites=[
            CompositeState("Planning", states=["Draft", "Assessment", "Awaiting approval"], initial="Draft"),
            CompositeState(
                "Implementation", states=["Scheduled", "Implementing", "Backing out"], initial="Scheduled"
            ),
            CompositeState("Open", states=["Planning", "Implementation"], initial="Planning"),
        ],
        transitions=[
            Transition("submit", "Draft", "Assessment", required="plan"),
            Transition("ask", "Assessment", "Awaiting approval"),
            Transition("escalate", "Awaiting approval", "Awaiting approval", effects="page_manager"),
            Transition("return", "Awaiting approval", "Draft"),
            Transition(
                "approve",
                "Awaiting approval",
                "Implementation",
                guards=(approved & ~freeze) | emergency,
                roles=("manager", "board"),
            ),
            Transition("start", "Scheduled", "Implementing", guards=~freeze),
            Transition("back out", "Implementing", "Backing out", required="reason"),
            Transition("reschedule", ("Implementing", "Backing out"), "Scheduled"),
            Transition("complete", "Implementing", "Review"),
            Transition("restore", "Backing out", "Review"),
            Transition("replan", "Implementation", "Planning"),
            Transition("close", "Review", "Closed"),
            Transition("accept", "Review", "Closed", roles="requester"),
            Transition("cancel", "Open", "Cancelled", required="cancellation_reason"),
        ],
    )


@pytest.fixture(scope="session")
def moves_of():
    """Return what finds all moves in a definition: (from, trigger, to), told as in diagrams."""

    def find(definition, arrows=None):
        found = set()
        names = {told(name): name for name in [s.name for s in (*definition.states, *definition.composites)]}
        if arrows is None:
            arrows = [(s, [t.trigger], t.target) for t in definition.transitions for s in t.sources]
        for source, triggers, target in arrows:
            entered = definition.entry_of(names[told(target)])
            for state in definition.states_in(names[told(source)]):
                found |= {(told(state), told(trigger), told(entered)) for trigger in triggers}
        return found

    return find
