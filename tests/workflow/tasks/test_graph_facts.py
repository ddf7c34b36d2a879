"""Which facts a condition may ask for: those that are settled when it is asked, whatever happens."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.conditions import Condition, FactType, at_least, equals, one_of, present
from itsmkit.workflow.tasks import Task, TaskGraph, TaskGraphError

QUOTE = Task("quote", gives={"price": "number"})


@pytest.mark.parametrize(
    ("tasks", "problem"),
    [
        pytest.param(
            [QUOTE, Task("buy", after="quote", when=at_least("prize", 5))],
            "tasks[1].when.field: there is no fact 'prize'; did you mean price?",
            id="a fact that nobody gives",
        ),
        pytest.param(
            [QUOTE, Task("buy", after="quote", when=~equals("price", "low"))],
            'tasks[1].when.not.equals: must be a number, as price is, not the text "low"',
            id="another kind",
        ),
        pytest.param(
            [QUOTE, Task("buy", after="quote", when=one_of("quote.outcome", "failed", "broken"))],
            'tasks[1].when.one_of[1]: must be one of "done", "failed", "skipped", "not needed", as '
            'quote.outcome is, not the text "broken"',
            id="no outcome",
        ),
        pytest.param(
            [QUOTE, Task("buy", when=present("price"))],
            "tasks[1].when: asks for 'price' of 'quote', which need not have ended when it is asked; "
            "let 'buy' come after it, and wait for it",
            id="a parallel branch",
        ),
        pytest.param(
            [QUOTE, Task("ask"), Task("buy", after=["quote", "ask"], join="any", when=present("price"))],
            "tasks[2].when: asks for 'price' of 'quote', which need not have ended when it is asked; "
            "let 'buy' come after it, and wait for it",
            id="one of several",
        ),
        pytest.param(
            [Task("own", gives={"size": "number"}, when=present("size"))],
            "tasks[0].when: asks for 'size' of 'own', which need not have ended when it is asked; "
            "let 'own' come after it, and wait for it",
            id="its own",
        ),
        pytest.param(
            [QUOTE, Task("offer", gives={"price": "number"})],
            "tasks[1].gives: 'price' is given already by tasks[0]; name it otherwise, so that everybody "
            "knows which is meant",
            id="two givers",
        ),
        pytest.param(
            [QUOTE, Task("offer", gives={"quote.outcome": "text"})],
            "tasks[1].gives: 'quote.outcome' is given already by tasks[0], as how it has ended; name it "
            "otherwise, so that everybody knows which is meant",
            id="an outcome that is given",
        ),
        pytest.param(
            [Task("offer", gives={"cost": "number"})],
            "tasks[0].gives: 'cost' is given already by facts; name it otherwise, so that everybody "
            "knows which is meant",
            id="a fact of the request",
        ),
        pytest.param(
            [Task("known")],
            "facts: 'known.outcome' says how tasks[0] has ended; name it otherwise",
            id="a request that brings an outcome",
        ),
    ],
)
def test_what_cannot_be_asked_is_refused(tasks: list[Task], problem: str) -> None:
    with pytest.raises(TaskGraphError) as caught:
        TaskGraph("g", tasks, facts={"cost": "number", "known.outcome": "text"})
    assert caught.value.problems == (problem,)


def test_a_kind_alone_is_that_of_a_fact_that_a_request_may_lack() -> None:
    declared = TaskGraph("g", [], facts={"cost": "number", "site": FactType("text", optional=False)}).facts
    assert declared.types == {"cost": FactType("number"), "site": FactType("text", optional=False)}


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(TaskGraphError, match=r"^facts\.cost: unknown kind 'money'"):
        TaskGraph("g", [], facts={"cost": "money"})


@pytest.mark.parametrize(
    "when",
    [
        pytest.param(at_least("price", 5) & equals("quote.outcome", "done"), id="a predecessor's"),
        pytest.param(~equals("first.outcome", "skipped"), id="its predecessor's"),
        pytest.param(present("cost"), id="the request's"),
    ],
)
def test_what_is_settled_may_be_asked(when: Condition) -> None:
    tasks = [Task("first"), evolved(QUOTE, after="first"), Task("buy", after="quote", when=when)]
    assert len(TaskGraph("g", tasks, facts={"cost": "number"})) == 3


def evolved(task: Task, *, after: str) -> Task:
    return Task(task.name, gives=task.gives, after=after)


def test_two_of_three_wait_surely_for_what_two_of_them_waited_for() -> None:
    tasks = [
        Task("x"),
        Task("a", after="x"),
        Task("b", after="x"),
        Task("c"),
        Task("d", after=["a", "b", "c"], join=2, when=present("x.outcome")),
    ]
    assert len(TaskGraph("g", tasks)) == 5
    with pytest.raises(TaskGraphError, match="which need not have ended"):
        TaskGraph("g", [*tasks[:4], Task("d", after=["a", "b", "c"], join=1, when=present("x.outcome"))])


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_who_may_be_asked_about_has_ended_in_every_course_of_events(data: st.DataObject) -> None:
    names = "abcd"
    tasks = []
    for place, name in enumerate(names):
        after = data.draw(st.lists(st.sampled_from(names[:place]), unique=True)) if place else []
        join = data.draw(st.sampled_from(["all", "any", *range(1, len(after) + 1)])) if after else "all"
        tasks.append(Task(name, after=after, join=join))
    needed = {task.name: task.needed for task in tasks}
    always = ended_whenever_decided({task.name: task.after for task in tasks}, needed)
    for place, task in enumerate(tasks):
        for name in names:
            asking = Task(task.name, after=task.after, join=task.join, when=present(f"{name}.outcome"))
            try:
                TaskGraph("g", [*tasks[:place], asking, *tasks[place + 1 :]])
            except TaskGraphError:
                assert name not in always[task.name]
            else:
                assert name in always[task.name]


def ended_whenever_decided(
    after: Mapping[str, tuple[str, ...]], needed: Mapping[str, int]
) -> dict[str, set[str]]:
    """
    Return for each task those that have ended whenever its turn comes: by going through every course.

    A state is how far each task is: running, or ended as needed or not. Any task that runs may end next.
    """
    always = {name: set(after) - {name} for name in after}

    def decided(state: dict[str, str]) -> list[dict[str, str]]:
        """Let the turn of every task come whose turn it is; each may be needed or not."""
        for name, before in after.items():
            over = [state[each] for each in before if state.get(each) in ("needed", "not needed")]
            if name in state or (over.count("needed") < needed[name] and len(over) < len(before)):
                continue
            always[name] &= {each for each, how in state.items() if how != "running"}
            return [way for how in ("running", "not needed") for way in decided({**state, name: how})]
        return [state]

    waiting = decided({})
    seen = set()
    while waiting:
        state = waiting.pop()
        if frozenset(state.items()) in seen:
            continue
        seen.add(frozenset(state.items()))
        for name, how in state.items():
            if how == "running":
                waiting += decided({**state, name: "needed"})
    return always
