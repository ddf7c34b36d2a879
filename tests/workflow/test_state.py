from datetime import timedelta

import pytest

from itsmkit.calendars import BusinessDays
from itsmkit.conditions import ALWAYS
from itsmkit.errors import DefinitionError
from itsmkit.workflow import CompositeState, Guard, State, StateCategory, StateTimer, never_without


def test_the_categories_are_these_six():
    assert list(StateCategory) == ["new", "active", "pending", "resolved", "closed", "cancelled"]


def test_a_category_may_be_given_as_text():
    assert State("Waiting", "pending") == State("Waiting", StateCategory.PENDING)
    assert isinstance(State("Waiting", "pending").category, StateCategory)


@pytest.mark.parametrize(
    ("name", "category", "part"),
    [
        pytest.param("", "new", "State.name must be a name", id="no name"),
        pytest.param("New ", "new", "State.name must be a name", id="spaces"),
        pytest.param("New", "opne", "unknown category 'opne'; known: new, active", id="category"),
    ],
)
def test_a_state_that_cannot_be_right_is_refused(name, category, part):
    with pytest.raises(DefinitionError) as caught:
        State(name, category)
    assert part in str(caught.value)


def test_one_of_several_may_stand_alone():
    guard, timer = Guard("g", ALWAYS, "never"), StateTimer("close", after=BusinessDays(5))
    assert State("Done", "resolved", required="why", guards=guard, timers=timer) == State(
        "Done", "resolved", required=["why"], guards=[guard], timers=[timer]
    )


@pytest.mark.parametrize(
    ("make", "problems"),
    [
        pytest.param(
            lambda: State("Done", "closed", required=["why", "why"], guards=[3], timers=["close"]),
            [
                "required: 'why' stands there more than once",
                "guards[0]: must be a guard, not int 3",
                "timers[0]: must be a StateTimer, not str 'close'",
            ],
            id="state",
        ),
        pytest.param(
            lambda: StateTimer("", after=timedelta(0), calendar=" "),
            [
                "trigger: must be",
                "after: must be a timedelta or business days, more than none",
                "calendar: must",
            ],
            id="timer",
        ),
        pytest.param(
            lambda: StateTimer("close", after=BusinessDays(0)), ["after: must be"], id="no business days"
        ),
        pytest.param(lambda: StateTimer("close", after=5), ["after: must be"], id="a bare number"),
        pytest.param(
            lambda: CompositeState("Open", states=["New", "New", 3], initial="New"),
            ["states[2]: must be a name", "states: 'New' stands there more than once"],
            id="composite",
        ),
        pytest.param(
            lambda: CompositeState("Open", states=[], initial="New"),
            ["initial: 'New' is none of its states; known: none"],
            id="empty composite",
        ),
    ],
)
def test_a_refusal_lists_all_problems(make, problems):
    with pytest.raises(DefinitionError) as caught:
        make()
    assert len(caught.value.problems) == len(problems)
    for found, expected in zip(caught.value.problems, problems, strict=True):
        assert found.startswith(expected)


def test_a_rule_says_what_it_promises():
    assert str(never_without("tested", before="Live")) == "never Live without tested"
    with pytest.raises(DefinitionError) as caught:
        never_without("", before=None, since=3)
    assert [problem.split(":")[0] for problem in caught.value.problems] == [
        "never_without",
        "before",
        "since",
    ]
