import pytest

from itsmkit.errors import DefinitionError
from itsmkit.workflow import State, StateCategory


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
