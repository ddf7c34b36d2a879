import pickle
from datetime import timedelta

import pytest

from itsmkit.conditions import equals, one_of
from itsmkit.errors import DefinitionError
from itsmkit.sla import BREACH, Checkpoint, Reopening, Target

HOUR = timedelta(hours=1)
OPENED = equals("event", "opened")
RESOLVED = equals("state_category", "resolved")


def test_the_checkpoints_are_passed_in_the_order_of_their_points() -> None:
    half, soon = Checkpoint.at_share(50), Checkpoint.before_target(HOUR)
    target = Target("resolve", 8 * HOUR, checkpoints=[BREACH, soon, half])
    assert [checkpoint for _, checkpoint in target.points] == [half, soon, BREACH]
    assert [point for point, _ in target.points] == sorted(point for point, _ in target.points)


def test_every_problem_of_a_target_is_told_at_once() -> None:
    with pytest.raises(DefinitionError) as caught:
        Target(
            "resolve",
            HOUR,
            start=OPENED,
            stop=OPENED,
            checkpoints=(
                Checkpoint.before_target(HOUR, name="early"),
                BREACH,
                BREACH,
                Checkpoint.at_share(50),
            ),
        )
    assert caught.value.problems == (
        "resolve.checkpoints: 'early' would be passed before the clock starts; the target is only 1:00:00",
        "resolve.checkpoints: 'breach' stands twice; every checkpoint has its own name",
        "resolve: start and stop are the same condition; the clock could never run",
    )


@pytest.mark.parametrize("within", [timedelta(0), -HOUR, 3600, None])
def test_a_target_promises_some_time(within: timedelta) -> None:
    with pytest.raises(DefinitionError, match=r"resolve\.within must be a duration of more than zero, not"):
        Target("resolve", within)


@pytest.mark.parametrize(
    ("conditions", "problem"),
    [
        pytest.param({"stop": OPENED}, "start and stop", id="start and stop"),
        pytest.param({"cancel": OPENED}, "start and cancel", id="start and cancel"),
        pytest.param({"reopen": RESOLVED, "stop": RESOLVED}, "reopen and stop", id="reopen and stop"),
        pytest.param({"reopen": RESOLVED, "cancel": RESOLVED}, "reopen and cancel", id="reopen and cancel"),
    ],
)
def test_what_starts_a_clock_cannot_be_what_ends_it(conditions: dict[str, object], problem: str) -> None:
    with pytest.raises(DefinitionError, match=f"resolve: {problem} are the same condition"):
        Target("resolve", HOUR, **conditions)


def test_a_clock_has_a_name() -> None:
    with pytest.raises(DefinitionError, match=r"Target\.clock must be a name"):
        Target("", HOUR)


def test_the_tests_are_the_conditions_compiled() -> None:
    tests = Target("resolve", HOUR).tests
    opened = {"event": "opened", "state_category": "new"}
    assert tests.start(opened)
    assert not tests.stop(opened)
    assert tests.stop({"state_category": "closed"})
    assert tests.pause({"state_category": "pending"})
    assert tests.cancel({"state_category": "cancelled"})
    assert tests.reopen({"event": "reopened"})


def test_a_target_tells_what_it_asks_for() -> None:
    target = Target("resolve", HOUR, pause=equals("waits_for", "us") & equals("priority", "P5"))
    assert target.asked_under_way == {"state_category", "waits_for", "priority"}
    assert target.asked_when_stopped == {"event"}
    assert Target("respond", HOUR, reopen=None).asked_when_stopped == set()


def test_a_clock_of_one_cycle_never_reopens() -> None:
    assert not Target("respond", HOUR, reopen=None).tests.reopen({"event": "reopened"})


def test_the_content_of_equal_targets_is_equal() -> None:
    one, other = (Target("resolve", HOUR, stop=one_of("state_category", "resolved")) for _ in range(2))
    assert one.content() == other.content()


@pytest.mark.parametrize(
    "change",
    [
        {"clock": "respond"},
        {"within": 2 * HOUR},
        {"start": equals("event", "assigned")},
        {"stop": RESOLVED},
        {"pause": RESOLVED},
        {"cancel": RESOLVED},
        {"reopen": None},
        {"reopen": equals("event", "assigned")},
        {"on_reopen": Reopening.RESTART},
        {"checkpoints": ()},
        {"checkpoints": (Checkpoint.at_breach(name="late"),)},
    ],
    ids="-".join,
)
def test_everything_in_a_target_is_content(change: dict[str, object]) -> None:
    plain: dict[str, object] = {"clock": "resolve", "within": HOUR}
    assert Target(**plain | change).content() != Target(**plain).content()


def test_a_target_that_was_asked_still_pickles_and_compares() -> None:
    target = Target("resolve", HOUR)
    assert target.tests
    assert target.points
    again = pickle.loads(pickle.dumps(target))
    assert again == target
    assert hash(again) == hash(target)
    assert again.points == target.points
