"""
Workflows: firing beside the state machines one would pick instead, and what everything else costs.

All machines have the same two states and the same guards, written in the peers' own way: as plain Python
functions of the facts. The peers' machines are bound to one object, which is how their pages show it.
"""

import tracemalloc
from collections.abc import Callable, Mapping
from functools import partial
from itertools import product
from random import Random

from benchmarks._measure import Row, interleaved, micro, table
from benchmarks.replay import AUDIT_LOG
from itsmkit import packs
from itsmkit.conditions import at_least, equals, present
from itsmkit.interchange import read_event_log
from itsmkit.workflow import (
    FindingKind,
    Guard,
    State,
    Transition,
    TransitionRefusedError,
    Workflow,
    WorkflowDefinition,
    check_definition,
    never_without,
)
from itsmkit.workflow.conformance import Conformance, DeviationKind, conformance

GUARDS = (
    Guard("owned", present("owner"), "it has no owner"),
    Guard("ready", equals("stage", "ready"), "it is not ready"),
    Guard("reviewed", at_least("reviews", 2), "two people must have reviewed it"),
)
BY_HAND: tuple[Callable[[Mapping[str, object]], bool], ...] = (
    lambda facts: facts["owner"] is not None and facts["owner"] != "",
    lambda facts: facts["stage"] == "ready",
    lambda facts: facts["reviews"] >= 2,  # type: ignore[operator]  # a number here
)
MET = {"owner": "kim", "stage": "ready", "reviews": 3}
UNMET = {"owner": "", "stage": "draft", "reviews": 0}
TICKETS = 20_000
STATES, TRANSITIONS = 200, 1_000


def run() -> str:
    """Return the tables of workflows."""
    for guards in range(len(GUARDS) + 1):
        check_outcomes(guards)
    return "\n".join(part() for part in (firing, asking, memory, checking, history))


def workflow(guards: int) -> Workflow:
    """Return two states and the way between them, with so many guards."""
    return Workflow(
        WorkflowDefinition(
            "two states",
            initial="Draft",
            states=[State("Draft", "new"), State("Out", "closed")],
            transitions=[Transition("publish", "Draft", "Out", guards=GUARDS[:guards])],
        )
    )


class Document:
    """What the peers bind their machine to."""

    state: str


def by_transitions(guards: int) -> Document:
    """Return a document with a machine of ``transitions``."""
    from transitions import Machine  # noqa: PLC0415

    document = Document()
    machine = Machine(document, states=["Draft", "Out"], initial="Draft", auto_transitions=False)
    machine.add_transition("publish", "Draft", "Out", conditions=list(BY_HAND[:guards]))
    return document


def by_statemachine(guards: int) -> object:
    """Return a machine of ``python-statemachine``, which goes back by itself when told to."""
    from statemachine import State as Place  # noqa: PLC0415
    from statemachine import StateMachine  # noqa: PLC0415

    class Publishing(StateMachine):  # type: ignore[misc]  # the library has no types
        draft = Place("Draft", initial=True)
        out = Place("Out")
        publish = draft.to(out, cond=[f"guard_{n}" for n in range(guards)])
        back = out.to(draft)

        def guard_0(self, facts: Mapping[str, object]) -> bool:
            return BY_HAND[0](facts)

        def guard_1(self, facts: Mapping[str, object]) -> bool:
            return BY_HAND[1](facts)

        def guard_2(self, facts: Mapping[str, object]) -> bool:
            return BY_HAND[2](facts)

    return Publishing()


def check_outcomes(guards: int) -> None:
    """Raise if any of the three disagrees with another, over all combinations of met and unmet facts."""
    ours, document, machine = workflow(guards), by_transitions(guards), by_statemachine(guards)
    pairs = zip(MET.values(), UNMET.values(), strict=True)
    for facts in (dict(zip(MET, values, strict=True)) for values in product(*pairs)):
        try:
            found = ours.fire("Draft", "publish", facts).target == "Out"
        except TransitionRefusedError:
            found = False
        document.state = "Draft"
        machine_moved = sent(machine, facts)
        if not found == document.publish(facts) == machine_moved:  # type: ignore[attr-defined]  # bound to it
            message = f"the machines disagree on {facts}"
            raise AssertionError(message)


def sent(machine: object, facts: Mapping[str, object]) -> bool:
    """Send ``publish`` and, if that moved it, bring the machine back."""
    from statemachine.exceptions import TransitionNotAllowed  # noqa: PLC0415

    try:
        machine.send("publish", facts=facts)  # type: ignore[attr-defined]  # it has no types
    except TransitionNotAllowed:
        return False
    machine.send("back")  # type: ignore[attr-defined]  # as above
    return True


def firing() -> str:
    """Return the table of ``fire``."""
    rows: list[Row] = []
    for guards in (0, 1, 3):
        ours, document, machine = workflow(guards), by_transitions(guards), by_statemachine(guards)
        tests = BY_HAND[:guards]
        targets = {"Draft": {"publish": "Out"}}

        def bound(document: Document = document) -> None:
            document.state = "Draft"
            document.publish(MET)  # type: ignore[attr-defined]  # bound to it

        def floor(
            targets: dict[str, dict[str, str]] = targets,
            tests: tuple[Callable[[Mapping[str, object]], bool], ...] = tests,
        ) -> str | None:
            target = targets["Draft"]["publish"]
            for test in tests:
                if not test(MET):
                    return None
            return target

        seconds = interleaved(
            {
                "ours": partial(micro, partial(ours.fire, "Draft", "publish", MET), repeats=50_000),
                "transitions": partial(micro, bound, repeats=5_000),
                # There and back: two moves, of which one has guards.
                "statemachine": partial(micro, partial(sent, machine, MET), repeats=250),
                "floor": partial(micro, floor, repeats=50_000),
            },
            rounds=9,
        )
        seconds["statemachine"] /= 2
        what = f"fire, {guards} guards" if guards != 1 else "fire, 1 guard"
        rows += [
            beside(what, seconds["ours"], "transitions", seconds["transitions"]),
            beside(what, seconds["ours"], "python-statemachine", seconds["statemachine"]),
            floored(what, seconds["ours"], "two look-ups and the functions by hand", seconds["floor"]),
        ]
    return table("Firing an accepted move", rows)


def asking() -> str:
    """Return the table of questions that are answered with reasons."""
    ours, document = workflow(3), by_transitions(3)

    def refused() -> None:
        try:
            ours.fire("Draft", "publish", UNMET)
        except TransitionRefusedError:
            return
        raise AssertionError

    def bound(facts: Mapping[str, object]) -> None:
        document.state = "Draft"
        document.publish(facts)  # type: ignore[attr-defined]  # bound to it

    crowded = Workflow(
        WorkflowDefinition(
            "ten ways",
            initial="Draft",
            states=[State("Draft", "new"), State("Out", "closed")],
            transitions=[
                Transition(f"publish {n}", "Draft", "Out", guards=GUARDS[n % 3], required=f"field {n}")
                for n in range(10)
            ],
        )
    )
    some = {**MET, **{f"field {n}": "x" for n in range(0, 10, 2)}}
    if sum(way.is_allowed for way in crowded.available("Draft", some)) != 5:
        raise AssertionError
    seconds = interleaved(
        {
            "available": partial(micro, partial(crowded.available, "Draft", some), repeats=5_000),
            "judged": partial(micro, partial(ours.availability, "Draft", "publish", UNMET), repeats=20_000),
            "allowed": partial(micro, partial(ours.availability, "Draft", "publish", MET), repeats=20_000),
            "refused": partial(micro, refused, repeats=20_000),
            "met": partial(micro, partial(bound, MET), repeats=5_000),
            "unmet": partial(micro, partial(bound, UNMET), repeats=5_000),
        },
        rounds=9,
    )
    return table(
        "Every reason, three guards",
        [
            beside("availability, allowed", seconds["allowed"], "transitions, moving", seconds["met"]),
            beside(
                "availability, every reason why not", seconds["judged"], "transitions, moving", seconds["met"]
            ),
            beside(
                "availability, every reason why not",
                seconds["judged"],
                "transitions, a bare no",
                seconds["unmet"],
            ),
            beside(
                "fire refused, every reason raised",
                seconds["refused"],
                "transitions, a bare no",
                seconds["unmet"],
            ),
            (
                "available, ten transitions, five of them allowed",
                f"{seconds['available'] * 1e6:.1f} µs",
                f"one accepted move of transitions, {seconds['met'] * 1e6:.1f} µs",
                f"{seconds['available'] / seconds['met']:.2f} ×",
            ),
        ],
    )


def memory() -> str:
    """Return the table of what a ticket takes beyond the name of its state."""
    ours = workflow(1)
    ours.fire("Draft", "publish", MET)
    random = Random(1)

    def names() -> list[str]:
        return [random.choice(("Draft", "Out")) for _ in range(TICKETS)]

    def fired() -> list[str]:
        return [ours.fire("Draft", "publish", MET).target for _ in range(TICKETS)]

    bare, moved = allocated(names), allocated(fired)
    each = allocated(lambda: [by_transitions(1) for _ in range(TICKETS // 100)]) / (TICKETS // 100)
    own = (moved - bare) / TICKETS
    if own > 0.5:
        message = f"a ticket takes {own} bytes beyond the name of its state"
        raise AssertionError(message)
    return table(
        f"Memory of a ticket, of {TICKETS:,}",
        [
            (
                "beyond the name of its state",
                f"{abs(own):.1f} bytes",
                f"a machine of transitions bound to it, {each / 1024:.1f} KiB",
                "none",
            )
        ],
    )


def checking() -> str:
    """Return the table of checking a large definition, whose findings are counted in another way first."""
    definition = crowd(STATES, TRANSITIONS)
    found = [finding for finding in check_definition(definition) if finding.kind is FindingKind.UNREACHABLE]
    reached, waiting = {definition.initial}, [definition.initial]
    while waiting:
        state = waiting.pop()
        news = {way.target for way in definition.transitions if state in way.sources} - reached
        reached |= news
        waiting += news
    if len(found) != STATES - len(reached):
        message = f"{len(found)} states are told to be out of reach, and {STATES - len(reached)} are"
        raise AssertionError(message)

    def machine() -> None:
        from transitions import Machine  # noqa: PLC0415

        built = Machine(None, states=[state.name for state in definition.states], initial=definition.initial)
        for way in definition.transitions:
            built.add_transition(way.trigger, list(way.sources), way.target)

    seconds = interleaved(
        {
            "check": partial(micro, partial(check_definition, definition), repeats=1),
            "machine": partial(micro, machine, repeats=1),
        },
        rounds=7,
    )
    return table(
        f"Checking {STATES} states and {TRANSITIONS:,} transitions, guards on a third",
        [
            (
                "every move, with facts that make it happen",
                f"{seconds['check']:.2f} s",
                f"making their machine of transitions, {seconds['machine']:.2f} s",
                f"{seconds['check'] / seconds['machine']:.1f} ×",
            )
        ],
    )


def crowd(states: int, transitions: int) -> WorkflowDefinition:
    """Return a large definition made at random, always the same."""
    random = Random(7)
    names = [f"state {n}" for n in range(states)]
    taken: set[tuple[str, str]] = set()
    ways: list[Transition] = []
    while len(ways) < transitions:
        source, target, trigger = random.choice(names), random.choice(names), f"go {random.randrange(40)}"
        if (source, trigger) not in taken:
            taken.add((source, trigger))
            ways.append(Transition(trigger, source, target, guards=random.choice([(), (), GUARDS[:2]])))
    return WorkflowDefinition(
        "crowd",
        initial=names[0],
        states=[State(name, "active" if n % 10 else "closed") for n, name in enumerate(names, 1)],
        transitions=ways,
        rules=[never_without("ready", before=names[n]) for n in range(1, 6)],
    )


def history() -> str:
    """Return the table of holding a whole log against its workflow, as the command does it."""
    if not AUDIT_LOG.exists():
        return table("Conformance: the real audit log is not at hand", [])
    layout = packs.load("servicenow-audit")
    assert layout.log is not None

    def conforming() -> Conformance:
        return conformance(
            layout.incidents.workflow.definition, read_event_log(AUDIT_LOG, layout.log).entries
        )

    found = conforming()
    if (found.tickets, found.counts[DeviationKind.FORBIDDEN_MOVE]) != (24_918, 13):
        message = f"the log has {found.tickets} tickets and {found.counts} deviations"
        raise AssertionError(message)
    seconds = interleaved(
        {
            "conformance": partial(micro, conforming, repeats=1),
            "reading": partial(micro, lambda: read_event_log(AUDIT_LOG, layout.log), repeats=1),
        },
        rounds=3,
    )
    return table(
        f"Conformance of the real audit log: {found.tickets:,} tickets, {found.moves:,} moves",
        [
            (
                "reading and replaying, with optimal alignments",
                f"{seconds['conformance']:.1f} s",
                f"reading alone, {seconds['reading']:.1f} s",
                f"{seconds['conformance'] / seconds['reading']:.2f} ×",
            )
        ],
    )


def allocated(make: Callable[[], object]) -> int:
    """Return the bytes that what *make* returns takes."""
    tracemalloc.start()
    kept = make()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return size


def beside(what: str, ours: float, peer: str, theirs: float) -> Row:
    """Return the row of something that a peer does too."""
    return (what, f"{ours * 1e9:,.0f} ns", f"{peer}, {theirs * 1e9:,.0f} ns", f"1 / {theirs / ours:,.1f}")


def floored(what: str, ours: float, floor: str, theirs: float) -> Row:
    """Return the row of something beside what it cannot do without."""
    return (what, f"{ours * 1e9:,.0f} ns", f"{floor}, {theirs * 1e9:,.0f} ns", f"{ours / theirs:,.2f} ×")
