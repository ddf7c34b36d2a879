"""Task graphs of all shapes: branches, joins, conditions, retries."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import strategies as st

from itsmkit.calendars import BusinessDays, CountFrom, TimeOfDay
from itsmkit.conditions import ALWAYS, Condition, at_least, equals, present
from itsmkit.workflow.tasks import OnFailure, Task, TaskGraph

NAMES = ["a", "b", "c d", "é", "e.f", "g"]
QUARTER = timedelta(minutes=15)


@pytest.fixture(scope="session")
def graphs() -> st.SearchStrategy[TaskGraph]:
    """Return graphs that use every feature; only what stops a graph is rare."""
    amounts = st.one_of(
        st.none(),
        st.integers(0, 100).map(lambda count: count * QUARTER),
        st.builds(
            BusinessDays,
            st.integers(1, 3),
            count_from=st.sampled_from(CountFrom),
            time_of_day=st.sampled_from(TimeOfDay),
        ),
    )

    @st.composite
    def graph(draw: st.DrawFn) -> TaskGraph:
        names = draw(st.permutations(NAMES))[: draw(st.integers(1, len(NAMES)))]
        gives = {name: {f"{name}!": "number"} for name in names if draw(st.booleans())}
        tasks = []
        for place, name in enumerate(names):
            after = draw(st.lists(st.sampled_from(names[:place]), unique=True)) if place else []
            join = draw(st.sampled_from(["all", "any", *range(1, len(after) + 1)] if after else ["all"]))
            asked: list[Condition] = [ALWAYS, at_least("cost", 10), equals("vip", True), present("cost")]
            if after and join in ("all", len(after)):
                asked += [equals(f"{before}.outcome", "done") for before in after]
                asked += [at_least(each, 10) for before in after for each in gives.get(before, ())]
            options: dict[str, Any] = {
                "kind": draw(st.sampled_from(["task", "approval"])),
                "join": join,
                "when": draw(st.sampled_from(asked)),
                "duration": draw(amounts),
                "calendar": "office",
                "group": draw(st.sampled_from([None, "desk"])),
                "attempts": draw(st.integers(1, 3)),
                "gives": gives.get(name, {}),
                "on_failure": draw(st.sampled_from(OnFailure)),
                "regardless": draw(st.booleans()),
            }
            tasks.append(Task(name, after=after, **options))
        return TaskGraph(
            draw(st.sampled_from(["laptop", "small change"])),
            draw(st.permutations(tasks)),
            facts={"cost": "number", "vip": "truth"},
            version=draw(st.sampled_from(["1", "2.0"])),
        )

    return graph()
