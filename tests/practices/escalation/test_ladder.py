from datetime import timedelta

import pytest

from itsmkit.errors import DefinitionError
from itsmkit.practices.escalation import CatchUp, Importance, Ladder, LadderStep, LineRoute, Trigger

HOUR = timedelta(hours=1)
STEP = LadderStep(HOUR, ["assignee"])


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        pytest.param({"steps": ()}, "steps: the ladder has none", id="no step"),
        pytest.param({"steps": [STEP, LadderStep(timedelta(0), ["owner"])]}, "in the order", id="order"),
        pytest.param({"steps": ["x"]}, r"steps\[0\]", id="no step at all"),
        pytest.param({"on": Trigger.CHECKPOINT, "clock": "resolve"}, "checkpoint: is missing", id="which"),
        pytest.param({"clock": "resolve"}, "clock: belongs to a ladder on a checkpoint", id="no clock"),
        pytest.param({"on": Trigger.REOPENED}, "at_least: must be a number from 1", id="how often"),
        pytest.param({"on": Trigger.REOPENED, "at_least": True}, "at_least: must be", id="true"),
        pytest.param({"at_least": 2}, "at_least: nothing is counted", id="nothing is counted"),
        pytest.param({"on": "idle "}, "on", id="no trigger"),
        pytest.param({"grace": 5, "catch_up": "x", "when": 1, "importance": 2}, "grace", id="kinds"),
    ],
)
def test_a_ladder_that_cannot_be_meant_is_refused(given: dict[str, object], problem: str) -> None:
    with pytest.raises(DefinitionError, match=problem):
        Ladder(**{"name": "x", "on": Trigger.IDLE, "steps": [STEP], **given})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ((-HOUR, ["a"]), "after: must be zero or more"),
        ((5, ["a"]), "after"),
        ((HOUR, []), "tells nobody"),
        ((HOUR, ["a", "a"]), "notify"),
        ((HOUR, ["a"], [""]), "otherwise"),
        ((HOUR, ["a"], [], "grave"), "importance"),
    ],
)
def test_a_step_that_cannot_be_meant_is_refused(given: tuple[object, ...], problem: str) -> None:
    with pytest.raises(DefinitionError, match=problem):
        LadderStep(*given)  # type: ignore[arg-type]


@pytest.mark.parametrize("line", [0, True, "1"])
def test_a_route_leads_to_a_line(line: object) -> None:
    with pytest.raises(DefinitionError, match="line: must be a number from 1"):
        LineRoute(line=line, group="network", when=7)  # type: ignore[arg-type]


def test_importance_is_in_an_order() -> None:
    assert [each.rank for each in Importance] == [0, 1, 2, 3]
    assert Importance.HIGH.is_at_least(Importance.HIGH)
    assert not Importance.NORMAL.is_at_least(Importance.HIGH)


@pytest.mark.parametrize(
    ("ladder", "text"),
    [
        (
            Ladder(name="b", on=Trigger.CHECKPOINT, clock="resolve", checkpoint="breach", steps=[STEP]),
            "b: 1:00:00 after the resolve clock passes breach, tell assignee",
        ),
        (
            Ladder(name="r", on=Trigger.REASSIGNED, at_least=3, steps=[STEP]),
            "r: 1:00:00 after it is reassigned 3 times, tell assignee",
        ),
        (
            Ladder(name="s", on=Trigger.SILENT, steps=[STEP], catch_up=CatchUp.NONE),
            "s: 1:00:00 after the last public message of the desk, tell assignee",
        ),
    ],
)
def test_a_ladder_tells_itself(ladder: Ladder, text: str) -> None:
    assert ladder.explain() == text


def test_a_step_matters_as_much_as_its_ladder_unless_it_says_so() -> None:
    grave = LadderStep(HOUR, ["owner"], importance=Importance.CRITICAL)
    ladder = Ladder(name="x", on=Trigger.IDLE, steps=[STEP, grave], importance=Importance.LOW)
    assert [ladder.importance_of(step) for step in ladder.steps] == [Importance.LOW, Importance.CRITICAL]
