from collections.abc import Callable, Iterable, Mapping

import pytest

from itsmkit.workflow import TransitionRefusedError, Workflow, WorkflowDefinition

Step = tuple[str, Mapping[str, object], str | Iterable[str]]


@pytest.fixture
def tell() -> Callable[[WorkflowDefinition, Iterable[Step]], None]:
    """
    Return what goes through a story step by step, from the initial state.

    A step is a trigger, the facts that are new since the step before, and what comes of it: the state that is
    entered, or the reasons why nothing happens.
    """

    def told(definition: WorkflowDefinition, steps: Iterable[Step]) -> None:
        workflow, state, facts = Workflow(definition), definition.initial, {}
        for number, (trigger, news, outcome) in enumerate(steps):
            facts |= news
            found: object
            try:
                found = state = workflow.fire(state, trigger, facts).target
            except TransitionRefusedError as refused:
                found = list(refused.reasons)
            expected = outcome if isinstance(outcome, str) else list(outcome)
            assert found == expected, f"step {number}: {trigger} from {state}"

    return told
