import pickle
from datetime import UTC, datetime, timedelta

import pytest

from itsmkit.calendars import BusinessDays, TimeOfDay
from itsmkit.conditions import ALWAYS, NEVER, all_of, equals, one_of
from itsmkit.errors import DefinitionError
from itsmkit.sla import BREACH, PENDING, Checkpoint, ClockEvent, Reopening, Target
from itsmkit.sla.target import RESUME, START

HOUR = timedelta(hours=1)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
OPENED = equals("event", "opened")
RESOLVED = equals("state_category", "resolved")


def test_the_checkpoints_are_passed_in_the_order_of_their_points() -> None:
    half, soon = Checkpoint.at_share(50), Checkpoint.before_target(HOUR)
    target = Target("resolve", 8 * HOUR, checkpoints=[BREACH, soon, half])
    points = target.points_for(8 * HOUR)
    assert [checkpoint for _, checkpoint in points] == [half, soon, BREACH]
    assert [point for point, _ in points] == sorted(point for point, _ in points)
    assert [point for point, _ in target.points_for(4 * HOUR)][:2] == [2 * HOUR, 3 * HOUR]


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
        "resolve: start holds only where stop does too; the clock could never run",
    )


@pytest.mark.parametrize("within", [-HOUR, 3600, BusinessDays(0), BusinessDays(-1)])
def test_a_target_promises_some_time(within: timedelta) -> None:
    with pytest.raises(DefinitionError, match=r"resolve\.within must be a duration or .*; where nothing is"):
        Target("resolve", within)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"stop": "closed"}, "resolve.stop must be a condition, not 'closed'"),
        ({"pause": None}, "resolve.pause must be a condition, not None"),
        ({"reopen": "yes"}, "resolve.reopen must be a condition, not 'yes'"),
        ({"on_reopen": "restart"}, "resolve.on_reopen must be a Reopening, not 'restart'"),
        ({"checkpoints": ["75%"]}, "resolve.checkpoints must be checkpoints, not '75%'"),
    ],
)
def test_a_target_is_made_of_what_it_asks_for(options: dict[str, object], problem: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        Target("resolve", HOUR, **options)
    assert caught.value.problems == (problem,)


@pytest.mark.parametrize("within", [timedelta(0), None])
def test_a_target_of_nothing_promises_nothing(within: timedelta | None) -> None:
    target = Target("resolve", within, checkpoints=(Checkpoint.at_share(50), BREACH))
    assert (target.within, target.is_promised) == (timedelta(0), False)
    assert not target.tests.start({"event": "opened"})
    assert Target("resolve", HOUR).is_promised


ASSIGNED, CLOSED = equals("event", "assigned"), equals("state_category", "closed")


@pytest.mark.parametrize(
    ("conditions", "problem"),
    [
        pytest.param({"stop": OPENED}, "start holds only where stop does", id="start and stop"),
        pytest.param({"cancel": OPENED}, "start holds only where cancel does", id="start and cancel"),
        pytest.param(
            {"start": OPENED & equals("priority", "P1"), "stop": OPENED},
            "start",
            id="start is narrower than stop",
        ),
        pytest.param({"stop": one_of("event", "opened", "closed")}, "start", id="stop is one of several"),
        pytest.param({"stop": ~equals("event", "closed")}, "start", id="stop is all but one"),
        pytest.param({"stop": ALWAYS}, "start", id="stop always holds"),
        pytest.param({"reopen": RESOLVED}, "reopen holds only where stop does", id="reopen and stop"),
        pytest.param({"reopen": CLOSED, "cancel": CLOSED}, "reopen", id="reopen and cancel"),
        pytest.param({"reset": CLOSED}, "reset holds only where stop does", id="reset and stop"),
        pytest.param({"reset": ASSIGNED, "cancel": ASSIGNED}, "reset", id="reset and cancel"),
        pytest.param({"resume": PENDING}, "resume holds only where pause does", id="resume and pause"),
    ],
)
def test_conditions_that_undo_each_other_are_refused(conditions: dict[str, object], problem: str) -> None:
    with pytest.raises(DefinitionError, match=f"resolve: {problem}.* could never"):
        Target("resolve", HOUR, **conditions)


@pytest.mark.parametrize(
    "conditions",
    [
        pytest.param({"stop": ~equals("state_category", "new")}, id="start and stop may come together"),
        pytest.param({"reset": NEVER}, id="what never holds is in nobody's way"),
        pytest.param({"start": equals("event", "a") | equals("event", "b"), "stop": equals("event", "a")},
                     id="start holds without stop, too"),
        pytest.param(
            {"stop": all_of(*(one_of(f"field {i}", *"abcdefgh") for i in range(6)))}, id="too many cases"
        ),
    ],
)  # fmt: skip
def test_conditions_that_can_do_without_each_other_are_accepted(conditions: dict[str, object]) -> None:
    assert Target("resolve", HOUR, **conditions).is_promised


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
    assert tests.resume({})
    assert not tests.reset({"event": "commented"})


def test_a_log_with_many_kinds_of_events_is_heard_to_the_end() -> None:
    target = Target("resolve", HOUR)
    start = [
        target.meaning(ClockEvent(NOON, name, "new"))
        for i in range(2500)
        for name in (f"strange {i}", "opened")
    ]
    assert set(start[1::2]) == {START | RESUME}
    assert set(start[::2]) == {RESUME}


def test_a_target_tells_what_it_asks_for() -> None:
    pause = equals("waits_for", "us") & equals("priority", "P5")
    target = Target("resolve", HOUR, pause=pause, resume=OPENED, reset=equals("changed", value=True))
    assert target.asked_under_way == {"state_category", "waits_for", "priority", "event", "changed"}
    assert target.asked == target.asked_under_way
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
        {"within": BusinessDays(1)},
        {"within": BusinessDays(1, time_of_day=TimeOfDay.END_OF_WORKING_DAY)},
        {"start": equals("event", "assigned")},
        {"stop": RESOLVED},
        {"pause": RESOLVED},
        {"cancel": RESOLVED},
        {"resume": OPENED},
        {"reset": OPENED},
        {"from_own_start": True},
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


def test_content_is_written_as_digests_of_every_version_have_it() -> None:
    target = Target("resolve", HOUR, checkpoints=(Checkpoint.before_target(HOUR / 2), BREACH))
    content = target.content()
    assert (content["clock"], content["within"], content["on_reopen"]) == ("resolve", "1:00:00", "continue")
    assert content["from_own_start"] is False
    assert content["checkpoints"] == [
        ["0:30:00 before", 100, "-1 day, 23:30:00"],
        ["breach", 100, "0:00:00.000001"],
    ]
    assert "BusinessDays" in str(Target("resolve", BusinessDays(2)).content()["within"])


def test_checkpoints_at_one_point_keep_their_order() -> None:
    twice = (Checkpoint.at_share(50, name="zebra"), Checkpoint.before_target(HOUR / 2, name="ant"))
    target = Target("resolve", HOUR, checkpoints=twice)
    assert [checkpoint.name for _, checkpoint in target.points_for(HOUR)] == ["zebra", "ant"]
    assert target.points_for(HOUR) is target.points_for(HOUR)


def test_a_target_that_was_asked_still_pickles_and_compares() -> None:
    target = Target("resolve", HOUR)
    assert target.tests
    assert target.points_for(HOUR)
    again = pickle.loads(pickle.dumps(target))
    assert again == target
    assert hash(again) == hash(target)
    assert again.points_for(HOUR) == target.points_for(HOUR)
