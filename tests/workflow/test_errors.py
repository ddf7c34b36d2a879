import pickle

import pytest

from itsmkit.errors import DefinitionError, ItsmkitError, NotFoundError, RefusedError
from itsmkit.workflow import (
    Availability,
    StateCategory,
    TransitionRefusedError,
    UnknownStateError,
    WorkflowDefinitionError,
)

FOUND = Availability(
    "resolve",
    "Resolved",
    StateCategory.RESOLVED,
    missing=("resolution",),
    failed=("owner",),
    reasons=("resolution is missing", "only the owner may"),
)
OTHER = Availability(
    "resolve",
    "Review",
    StateCategory.ACTIVE,
    missing=("resolution",),
    roles=("boss",),
    reasons=("resolution is missing", "needs the role boss"),
)


@pytest.mark.parametrize(
    ("error", "parent", "sentence"),
    [
        pytest.param(
            TransitionRefusedError("resolve", "Active", ("resolve",), (FOUND,)),
            RefusedError,
            "cannot resolve from Active: resolution is missing; only the owner may",
            id="obstacles",
        ),
        pytest.param(
            TransitionRefusedError("resolve", "Active", ("resolve",), (FOUND, OTHER)),
            RefusedError,
            "cannot resolve from Active: to Resolved: resolution is missing; to Resolved: only the owner "
            "may; to Review: resolution is missing; to Review: needs the role boss",
            id="obstacles on several ways",
        ),
        pytest.param(
            TransitionRefusedError("resolve", "New", ("start", "wait")),
            RefusedError,
            "cannot resolve from New: legal here are start, wait",
            id="not legal here",
        ),
        pytest.param(
            TransitionRefusedError("resolve", "New", ("start",)),
            RefusedError,
            "cannot resolve from New: legal here is start",
            id="only one is",
        ),
        pytest.param(
            TransitionRefusedError("reopen", "Closed", ()),
            RefusedError,
            "cannot reopen from Closed: nothing is legal here",
            id="nothing is",
        ),
        pytest.param(
            UnknownStateError("incident", "Actve", ("New", "Active")),
            NotFoundError,
            "no state 'Actve' in workflow 'incident'; known: New, Active",
            id="unknown state",
        ),
        pytest.param(
            WorkflowDefinitionError("a", "b"), DefinitionError, "2 problems:\n- a\n- b", id="definition"
        ),
    ],
)
def test_errors_say_what_happened_and_travel_between_processes(error, parent, sentence):
    assert isinstance(error, parent)
    assert isinstance(error, ItsmkitError)
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert str(copy) == str(error) == sentence
    assert vars(copy) == vars(error)


def test_a_refusal_carries_its_facts():
    error = TransitionRefusedError("resolve", "Active", ("resolve", "wait"), (FOUND,))
    assert (error.trigger, error.state, error.legal) == ("resolve", "Active", ("resolve", "wait"))
    assert (error.missing, error.failed, error.reasons) == (FOUND.missing, FOUND.failed, FOUND.reasons)
    several = TransitionRefusedError("resolve", "Active", ("resolve",), (FOUND, OTHER))
    assert (several.missing, several.failed, several.roles) == (("resolution",), ("owner",), ("boss",))
    bare = TransitionRefusedError("go", "Active", ("wait",))
    assert (bare.missing, bare.failed, bare.reasons) == ((), (), ("legal here is wait",))
