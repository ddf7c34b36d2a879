import pytest

from itsmkit.conditions import ALWAYS
from itsmkit.errors import DefinitionError
from itsmkit.workflow import Guard, Transition

GUARD = Guard("owner", ALWAYS, "only the owner may")


def test_a_single_name_may_stand_alone():
    assert Transition("start", "New", "Active", required="assignee") == Transition(
        "start", ["New"], "Active", required=["assignee"]
    )


@pytest.mark.parametrize(
    ("make", "problems"),
    [
        pytest.param(
            lambda: Guard("", "always", " "),
            ["name: must be a name", "condition: must be a Condition, not str", "reason: must be a sentence"],
            id="a guard with everything wrong",
        ),
        pytest.param(
            lambda: Transition(
                3,
                [" A", "B", "B", "B"],
                "",
                guards=["g"],
                required=["x", 4, "x"],
                roles=[None],
                effects=["tell", "tell"],
            ),
            [
                "trigger: must be a name without surrounding spaces, not int 3",
                "target: must be a name without surrounding spaces, not str ''",
                "sources[0]: must be a name without surrounding spaces, not str ' A'",
                "sources: 'B' stands there more than once",
                "required[1]: must be a name without surrounding spaces, not int 4",
                "required: 'x' stands there more than once",
                "roles[0]: must be a name without surrounding spaces, not NoneType None",
                "effects: 'tell' stands there more than once",
                "guards[0]: must be a guard, not str 'g'",
            ],
            id="a transition with everything wrong",
        ),
        pytest.param(lambda: Transition("go", [], "B"), ["sources: there are none"], id="no source"),
        pytest.param(
            lambda: Transition("go", "A", "B", guards=[GUARD, ~Guard("owner", ALWAYS, "nobody may")]),
            ["guards[1]: guard 'owner' is another one than at guards[0]"],
            id="a name for two guards",
        ),
    ],
)
def test_a_refusal_lists_all_problems(make, problems):
    with pytest.raises(DefinitionError) as caught:
        make()
    assert len(caught.value.problems) == len(problems)
    for found, expected in zip(caught.value.problems, problems, strict=True):
        assert found.startswith(expected)
