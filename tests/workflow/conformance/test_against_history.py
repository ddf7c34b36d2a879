import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.calendars import BusinessCalendar
from itsmkit.conditions import present
from itsmkit.errors import DefinitionError
from itsmkit.workflow import (
    CompositeState,
    Guard,
    State,
    Transition,
    WorkflowDefinition,
    check_definition,
    incident_workflow,
    never_without,
)
from itsmkit.workflow.conformance import DeviationKind, StateSeen, align, conformance
from itsmkit.workflow.state import ENDS

AT = datetime(2026, 3, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
STATES = ["New", "In Progress", "*", "a.b", "Closed", "nobody knows"]


def change_workflow(**parts) -> WorkflowDefinition:
    return WorkflowDefinition(
        "change",
        initial="Draft",
        states=[
            State("Draft", "new"),
            State("Approved", "active"),
            State("Building", "active"),
            State("Testing", "active"),
            State("Done", "closed"),
        ],
        transitions=[
            Transition("approve", "Draft", "Approved"),
            Transition("start", ["Draft", "Approved"], "Work"),
            Transition("test", "Building", "Testing"),
            Transition("finish", "Work", "Done"),
            Transition("rework", ["Work", "Done"], "Draft"),
        ],
        composites=[CompositeState("Work", states=["Building", "Testing"], initial="Building")],
        **parts,
    )


# -- what each kind of deviation is ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("states", "complete", "told", "ways"),
    [
        pytest.param(
            ["Resolved", "Closed"],
            False,
            (DeviationKind.WRONG_START, None, "Resolved"),
            (("New", "Assigned", "Resolved"), ("New", "Assigned")),
            id="begins in the middle",
        ),
        pytest.param(
            ["New", "Lost"], False, (DeviationKind.UNKNOWN_STATE, None, "Lost"), ((), ()), id="gets lost"
        ),
        pytest.param(
            ["Lost", "Closed"], False, (DeviationKind.UNKNOWN_STATE, None, "Lost"), ((), ()), id="begins lost"
        ),
        pytest.param(
            ["New", "In Progress", "Closed"],
            False,
            (DeviationKind.FORBIDDEN_MOVE, "In Progress", "Closed"),
            (("In Progress", "Resolved", "Closed"), ("Resolved",)),
            id="closed without having been resolved",
        ),
        pytest.param(
            ["New", "Cancelled", "New"],
            False,
            (DeviationKind.FORBIDDEN_MOVE, "Cancelled", "New"),
            ((), ()),
            id="back from an end, where no way is declared",
        ),
        pytest.param(
            ["New", "In Progress", "Pending"],
            True,
            (DeviationKind.UNFINISHED, "Pending", None),
            (("Pending", "Resolved"), ("Resolved",)),
            id="never came to an end",
        ),
    ],
)
def test_a_departure_is_told_with_the_declared_way(
    history,
    states: list[str],
    complete: bool,
    told: tuple[DeviationKind, str | None, str | None],
    ways: tuple[tuple[str, ...], tuple[str, ...]],
):
    found = conformance(incident_workflow(), history("INC-1", *states), complete=complete)
    (deviation,) = found.deviations
    assert (deviation.kind, deviation.source, deviation.target) == told
    assert (deviation.way, deviation.skipped) == ways
    assert (deviation.count, deviation.tickets, deviation.examples) == (1, 1, ("INC-1",))
    assert (found.conforming, found.trace_fitness) == (0, 0.0)


@pytest.mark.parametrize(
    "states",
    [
        pytest.param(["New"], id="just opened"),
        pytest.param(
            ["New", "Assigned", "Assigned", "In Progress", "Pending"], id="assigned again, and open"
        ),
        pytest.param(
            ["New", "New", "In Progress", "In Progress", "Resolved"], id="rows that tell of no move"
        ),
    ],
)
def test_what_the_workflow_allows_is_no_deviation(history, states: list[str]):
    found = conformance(incident_workflow(), history("INC-1", *states))
    assert found.deviations == ()
    assert (found.fitness, found.trace_fitness, found.conforming) == (1.0, 1.0, 1)


def test_an_end_may_be_resolved_or_cancelled(history):
    log = [*history("1", "New", "Cancelled"), *history("2", "New", "Assigned", "Resolved")]
    found = conformance(incident_workflow(), log, complete=True)
    assert (found.deviations, found.unfinished, found.fitness) == ((), 0, 1.0)


def test_unfinished_tickets_are_counted_though_they_are_no_fault(history):
    log = [*history("1", "New"), *history("2", "New", "Lost"), *history("3", "New", "Cancelled")]
    found = conformance(incident_workflow(), log)
    assert found.unfinished == 2
    assert set(found.counts) == {DeviationKind.UNKNOWN_STATE}


def test_tickets_that_share_a_departure_are_counted_together(history):
    log = [
        *history("INC-9", "New", "Closed", "New", "Closed", begin=AT + timedelta(days=3)),
        *history("INC-2", "New", "Closed", begin=AT),
        *history("INC-5", "New", "Closed", begin=AT + timedelta(days=9)),
    ]
    found = conformance(incident_workflow(), log, examples=2)
    closed, back = found.deviations
    assert (closed.source, closed.target, closed.count, closed.tickets) == ("New", "Closed", 4, 3)
    assert closed.examples == ("INC-9", "INC-2")
    assert (closed.first, closed.last) == (AT + HOUR, AT + timedelta(days=9, hours=1))
    assert (back.source, back.target, back.count) == ("Closed", "New", 1)
    assert conformance(incident_workflow(), log, examples=0).deviations[0].examples == ()


def test_deviations_come_by_kind_and_the_most_frequent_first(history):
    log = [
        *history("1", "Pending", "Closed"),
        *history("2", "Assigned", "Lost"),
        *history("3", "Assigned", "Closed"),
    ]
    found = conformance(incident_workflow(), log)
    assert [(each.kind.value, each.concerns) for each in found.deviations] == [
        ("wrong start", "Assigned"),
        ("wrong start", "Pending"),
        ("unknown state", "Lost"),
        ("forbidden move", "Assigned → Closed"),
        ("forbidden move", "Pending → Closed"),
    ]


# -- facts -------------------------------------------------------------------------------------------


def refusing() -> WorkflowDefinition:
    cause, review = (Guard(name, present(name), f"{name} is unknown") for name in ("cause", "review"))
    return WorkflowDefinition(
        "refusing",
        initial="Open",
        states=[State("Open", "new"), State("Done", "closed", required="closed_by"), State("Back", "active")],
        transitions=[
            Transition("finish", "Open", "Done", guards=cause, roles="agent"),
            Transition("review", "Open", "Back", guards=review),
            Transition("return", "Open", "Back", guards=cause),
            Transition("reopen", "Done", "Back"),
        ],
    )


@pytest.mark.parametrize(
    ("target", "facts", "reasons"),
    [
        pytest.param(
            "Done", {"cause": "disk", "closed_by": "kim", "actor_roles": ("agent",)}, {}, id="all is there"
        ),
        pytest.param(
            "Done",
            {"cause": "disk"},
            {"closed_by is missing": 1, "needs the role agent": 1},
            id="what the transition and its target demand",
        ),
        pytest.param(
            "Back",
            {},
            {"review: review is unknown": 1, "return: cause is unknown": 1},
            id="every trigger that leads there",
        ),
        pytest.param("Back", {"cause": "disk"}, {}, id="one of the triggers is enough"),
    ],
)
def test_a_declared_move_is_judged_by_its_facts(target: str, facts, reasons):
    log = [StateSeen("T-1", "Open", AT), StateSeen("T-1", target, AT + HOUR, facts)]
    found = conformance(refusing(), log, facts=lambda entry: entry.facts)
    assert found.allowed == (0 if reasons else 1)
    assert found.conforming == (0 if reasons else 1)
    assert [each.reasons for each in found.deviations] == ([reasons] if reasons else [])
    assert [each.kind for each in found.deviations] == [DeviationKind.REFUSED_MOVE] * bool(reasons)
    assert conformance(refusing(), log).deviations == ()


def test_a_way_that_another_one_goes_before_was_not_taken():
    cause = Guard("cause", present("cause"), "cause is unknown")
    definition = WorkflowDefinition(
        "choosing",
        initial="Open",
        states=[State("Open", "new"), State("Known", "active"), State("Unknown", "active")],
        transitions=[
            Transition("sort", "Open", "Known", guards=cause),
            Transition("sort", "Open", "Unknown"),
        ],
    )
    log = [StateSeen("T-1", "Open", AT), StateSeen("T-1", "Unknown", AT, {"cause": "disk"})]
    found = conformance(definition, log, facts=lambda entry: entry.facts)
    assert found.deviations[0].reasons == {"sort leads to Known here, which goes before": 1}


def test_what_asks_for_nothing_asks_nobody_for_facts(history):
    def never(entry: StateSeen) -> dict[str, object]:
        pytest.fail(f"nobody asks for the facts of {entry}")

    found = conformance(change_workflow(), history("C-1", "Draft", "Building"), facts=never)
    assert found.deviations == ()
    log = [StateSeen("T-1", "Done", AT), StateSeen("T-1", "Back", AT + HOUR)]
    assert DeviationKind.REFUSED_MOVE not in conformance(refusing(), log, facts=never).counts


def test_reasons_are_counted_the_most_frequent_first():
    log = [
        entry
        for number, facts in enumerate([{"cause": "disk"}, {"closed_by": "kim", "cause": "disk"}, {}])
        for entry in (StateSeen(f"{number}", "Open", AT), StateSeen(f"{number}", "Done", AT + HOUR, facts))
    ]
    (found,) = conformance(refusing(), log, facts=lambda entry: entry.facts).deviations
    assert (found.count, found.tickets) == (3, 3)
    assert list(found.reasons.items()) == [
        ("needs the role agent", 3),
        ("closed_by is missing", 2),
        ("cause is unknown", 1),
    ]
    assert found.remark == "needs the role agent (3); closed_by is missing (2); cause is unknown (1)"


# -- rules -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "states", "broken"),
    [
        pytest.param(
            never_without("Approved", before="Work"), ["Draft", "Approved", "Building"], 0, id="kept"
        ),
        pytest.param(never_without("Approved", before="Work"), ["Draft", "Building"], 1, id="never approved"),
        pytest.param(
            never_without("Approved", before="Work"),
            ["Draft", "Building", "Testing", "Draft", "Approved", "Building"],
            2,
            id="approved afterwards",
        ),
        pytest.param(
            never_without("Approved", before="Work", since="Draft"),
            ["Draft", "Approved", "Building", "Draft", "Building"],
            1,
            id="drafted anew and not approved again",
        ),
        pytest.param(
            never_without("Approved", before="Work"),
            ["Draft", "Approved", "Building", "Draft", "Building"],
            0,
            id="drafted anew, and once is enough",
        ),
        pytest.param(
            never_without("approve", before="Building"), ["Draft", "Approved", "Building"], 0, id="a trigger"
        ),
        pytest.param(
            never_without("test", before="Done"), ["Draft", "Building", "Done"], 1, id="a trigger not fired"
        ),
        pytest.param(
            never_without("Work", before="Done"), ["Draft", "Building", "Done"], 0, id="a composite state"
        ),
        pytest.param(
            never_without("Draft", before="Building", since="Draft"),
            ["Draft", "Building"],
            1,
            id="a gate where it starts anew is not passed after",
        ),
        pytest.param(
            never_without("Approved", before="Building", since="Building"),
            ["Draft", "Approved", "Building", "Draft", "Building"],
            1,
            id="each time anew",
        ),
        pytest.param(
            never_without("Testing", before="Done"), ["Done"], 1, id="what a log does not show did not happen"
        ),
    ],
)
def test_a_rule_is_held_against_the_history(history, rule, states: list[str], broken: int):
    found = conformance(change_workflow(rules=[rule]), history("C-1", *states))
    assert found.counts.get(DeviationKind.BROKEN_RULE, 0) == broken
    assert found.unchecked_rules == ()
    for deviation in found.deviations:
        if deviation.kind is DeviationKind.BROKEN_RULE:
            assert deviation.rule == rule
            assert deviation.concerns == str(rule)


def test_a_rule_that_asks_for_a_guard_is_named_as_not_checked(history):
    rule = never_without("cause", before="Done")
    cause = Guard("cause", present("cause"), "cause is unknown")
    definition = WorkflowDefinition(
        "guarded",
        initial="Open",
        states=[State("Open", "new"), State("Done", "closed")],
        transitions=[Transition("finish", "Open", "Done", guards=cause)],
        rules=[rule],
    )
    found = conformance(definition, history("T-1", "Open", "Done"))
    assert (found.unchecked_rules, found.deviations) == ((rule,), ())


# -- laws --------------------------------------------------------------------------------------------


@given(data=st.data())
def test_what_the_engine_did_conforms(data: st.DataObject, workflows, walk: Callable):
    definition = data.draw(workflows)
    log = [entry for ticket in ("T-1", "T-2") for entry in walk(data, definition, ticket)]
    found = conformance(definition, log, facts=lambda entry: entry.facts)
    assert found.deviations == ()
    assert (found.fitness, found.trace_fitness, found.conforming) == (1.0, 1.0, 2)
    assert found.move_fitness in {1.0, None}
    assert found.allowed == found.moves == len(log) - 2


@given(data=st.data())
def test_a_history_that_was_tampered_with_conforms_only_if_it_is_a_run(
    data: st.DataObject, workflows, walk: Callable, moves_by_hand: Callable
):
    definition = data.draw(workflows)
    states = [entry.state for entry in walk(data, definition, "T-1")]
    place = data.draw(st.integers(0, len(states) - 1))
    match data.draw(st.sampled_from(["skip", "insert", "swap"])):
        case "skip":
            del states[place]
        case "insert":
            states.insert(place, data.draw(st.sampled_from(STATES)))
        case "swap":
            states[place - 1], states[place] = states[place], states[place - 1]
    if not states:
        return
    moves = moves_by_hand(definition)
    kept = [s for n, s in enumerate(states) if n == 0 or s != states[n - 1] or (s, s) in moves]
    is_run = kept[0] == definition.initial and set(pairwise(kept)) <= moves
    found = conformance(definition, [StateSeen("T-1", s, AT + n * HOUR) for n, s in enumerate(states)])
    assert (found.fitness == 1.0) == (found.deviations == ()) == is_run
    assert (found.conforming == 1) == is_run
    # One change costs no more than a move of each kind, or two of each where two states changed places.
    assert found.variants[0].cost <= 4


@given(
    data=st.data(),
    rows=st.lists(st.tuples(st.sampled_from("TUVW"), st.sampled_from(STATES)), min_size=1, max_size=25),
    complete=st.booleans(),
)
def test_counts_are_those_of_a_plain_recount(
    data: st.DataObject, workflows, moves_by_hand: Callable, rows: list[tuple[str, str]], complete: bool
):
    definition = data.draw(workflows)
    moves = moves_by_hand(definition)
    known = {state.name: state.category for state in definition.states}
    log = [StateSeen(ticket, state, AT + n * HOUR) for n, (ticket, state) in enumerate(rows)]
    try:
        found = conformance(definition, log, complete=complete)
    except DefinitionError:
        assert complete
        return

    counts: Counter[tuple[str, str | None, str | None]] = Counter()
    made: Counter[tuple[str, str]] = Counter()
    visits: Counter[str] = Counter()
    traces: Counter[tuple[str, ...]] = Counter()
    conforming = 0
    for ticket in {ticket for ticket, _ in rows}:
        states = [state for each, state in rows if each == ticket]
        trace = [s for n, s in enumerate(states) if n == 0 or s != states[n - 1] or (s, s) in moves]
        own = [("unknown state", None, state) for state in trace if state not in known]
        if trace[0] in known and trace[0] != definition.initial:
            own.append(("wrong start", None, trace[0]))
        own += [
            ("forbidden move", a, b)
            for a, b in pairwise(trace)
            if {a, b} <= set(known) and (a, b) not in moves
        ]
        if complete and trace[-1] in known and known[trace[-1]] not in ENDS:
            own.append(("unfinished", trace[-1], None))
        counts.update(own)
        made.update(pairwise(trace))
        visits.update(trace)
        traces[tuple(trace)] += 1
        conforming += not own

    assert Counter({(d.kind.value, d.source, d.target): d.count for d in found.deviations}) == counts
    assert found.log.moves == made
    assert found.log.visits == visits
    assert {variant.states: variant.tickets for variant in found.variants} == traces
    assert found.tickets == len({ticket for ticket, _ in rows})
    assert found.conforming == conforming
    assert found.moves == sum(made.values())
    assert found.allowed == sum(n for move, n in made.items() if move in moves)
    assert set(found.unused_moves) == moves - set(made)
    assert set(found.unused_states) == set(known) - set(visits)
    costs = [(n, align(definition, trace, complete=complete)) for trace, n in traces.items()]
    worst = sum(n * each.worst_cost for n, each in costs)
    assert found.fitness == pytest.approx(1 - sum(n * each.cost for n, each in costs) / worst)
    enabled = {a: {b for x, b in moves if x == a} for a in known}
    taken = {a: {b for b in enabled[a] if made[a, b]} for a in known}
    shares = [
        len(taken[a]) / len(enabled[a]) for (a, b), n in made.items() if (a, b) in moves for _ in range(n)
    ]
    assert found.precision == (pytest.approx(sum(shares) / len(shares)) if shares else None)
    seen = len(moves & set(made))
    assert found.coverage == (pytest.approx(seen / len(moves)) if moves else None)


@given(
    rows=st.lists(st.tuples(st.sampled_from("TUV"), st.sampled_from(STATES)), max_size=15),
    data=st.data(),
)
def test_how_tickets_are_mixed_does_not_matter(rows: list[tuple[str, str]], data: st.DataObject, workflows):
    definition = data.draw(workflows)
    log = [StateSeen(ticket, state, AT + n * HOUR) for n, (ticket, state) in enumerate(rows)]
    tickets = list(dict.fromkeys(ticket for ticket, _ in rows))
    apart = [entry for ticket in tickets for entry in log if entry.ticket == ticket]
    assert conformance(definition, log) == conformance(definition, apart)


# -- what nobody uses --------------------------------------------------------------------------------


def test_a_transition_is_unused_if_none_of_its_moves_was_made(history):
    log = [*history("C-1", "Draft", "Building", "Done"), *history("C-2", "Draft", "Building", "Draft")]
    found = conformance(change_workflow(), log)
    assert found.unused_states == ("Approved", "Testing")
    assert [each.trigger for each in found.unused_transitions] == ["approve", "test"]
    assert set(found.unused_moves) == {
        ("Draft", "Approved"),
        ("Approved", "Building"),
        ("Building", "Testing"),
        ("Testing", "Done"),
        ("Testing", "Draft"),
        ("Done", "Draft"),
    }
    assert found.coverage == pytest.approx(3 / 9)
    # One of two ways out of Draft was taken, twice; two of three out of Building, twice.
    assert found.precision == pytest.approx((2 * 1 / 2 + 2 * 2 / 3) / 4)


def test_a_trigger_by_another_name_is_used_with_it(history):
    definition = WorkflowDefinition(
        "two names",
        initial="A",
        states=[State("A", "new"), State("B", "closed")],
        transitions=[Transition("go", "A", "B"), Transition("walk", "A", "B")],
    )
    assert conformance(definition, history("T", "A", "B")).unused_transitions == ()
    assert len(conformance(definition, history("T", "A")).unused_transitions) == 2


def test_the_order_of_variants_is_their_frequency_and_then_their_states(history):
    log = [
        *history("1", "New", "Pending"),
        *history("2", "New"),
        *history("3", "New"),
        *history("4", "Closed"),
    ]
    found = conformance(incident_workflow(), log)
    assert [(each.states, each.tickets) for each in found.variants] == [
        (("New",), 2),
        (("Closed",), 1),
        (("New", "Pending"), 1),
    ]
    # A run to Pending goes over Assigned; one to Closed over three states, which costs more than 2.
    assert [(each.cost, each.worst_cost, each.fitness) for each in found.variants] == [
        (0, 2, 1.0),
        (2, 2, 0.0),
        (1, 3, pytest.approx(2 / 3)),
    ]


# -- time in states ----------------------------------------------------------------------------------


def test_time_in_a_state_counts_until_it_is_left(history):
    log = [
        *history("1", "New", "Assigned", "In Progress"),
        StateSeen("2", "New", AT),
        StateSeen("2", "New", AT + 2 * HOUR),
        StateSeen("2", "Assigned", AT + 3 * HOUR),
    ]
    found = conformance(incident_workflow(), log)
    assert {state: (stay.visits, stay.median) for state, stay in found.stays.items()} == {
        "New": (2, 2 * HOUR),
        "Assigned": (1, HOUR),
    }
    assert found.stays["New"].p90 == HOUR + 2 * HOUR * 9 / 10


def test_time_in_a_state_can_be_open_time():
    office = BusinessCalendar("Mon-Fri 09:00-17:00", "UTC")
    friday, monday = datetime(2026, 3, 6, 16, tzinfo=UTC), datetime(2026, 3, 9, 10, tzinfo=UTC)
    log = [StateSeen("1", "New", friday), StateSeen("1", "Assigned", monday)]
    assert conformance(incident_workflow(), log, calendar=office).stays["New"].median == 2 * HOUR
    assert conformance(incident_workflow(), log).stays["New"].median == timedelta(days=2, hours=18)


# -- edges -------------------------------------------------------------------------------------------


def test_a_log_without_entries_has_no_shares():
    found = conformance(incident_workflow(), [])
    shares = (found.fitness, found.trace_fitness, found.move_fitness, found.precision)
    assert shares == (None, None, None, None)
    assert (found.tickets, found.moves, found.variants, found.coverage) == (0, 0, (), 0.0)
    assert len(found.unused_states) == 7


def test_a_workflow_without_transitions_has_nothing_to_cover(history):
    alone = WorkflowDefinition("alone", initial="A", states=[State("A", "new")], transitions=[])
    found = conformance(alone, history("T", "A"))
    assert (found.fitness, found.coverage, found.precision) == (1.0, None, None)


def test_examples_cannot_be_fewer_than_none():
    with pytest.raises(DefinitionError, match="examples must be 0 or more, not -1"):
        conformance(incident_workflow(), [], examples=-1)


# -- what is told ------------------------------------------------------------------------------------


def test_the_frequencies_are_those_of_the_states_that_are_known(history):
    log = [*history("1", "New", "Lost", "Closed"), *history("2", "New", "Closed")]
    found = conformance(incident_workflow(), log).frequencies
    assert (found.states, found.moves) == ({"New": 2, "Closed": 2}, {("New", "Closed"): 1})


@pytest.fixture
def mixed(history):
    log = [
        *history("C-1", "Draft", "Building", "Done"),
        *history("C-2", "Building", "Done", begin=AT + timedelta(days=1)),
        *history("C-3", "Building", "Done", begin=AT + timedelta(days=2)),
        *history("C-4", "Draft", "Done", "Lost"),
    ]
    rules = [never_without("Approved", before="Building")]
    return conformance(change_workflow(rules=rules), log, examples=1)


def test_the_report_is_text_for_people(mixed):
    assert str(mixed) == mixed.explain()
    assert mixed.explain(most=3) == (
        "change 1: 4 tickets, 3 variants, 6 moves\n"
        "fitness 71.4%, by optimal alignments\n"
        "0% of tickets without a deviation (0)\n"
        "66.7% of moves allowed (4)\n"
        "precision 37.5%; 22.2% of 9 declared moves were made\n"
        "unfinished: 1 ticket\n"
        "deviations:\n"
        "- wrong start: Building: 2 times, 2 tickets (C-2, …), 2026-03-03 to 2026-03-04; "
        "declared: Draft → Building\n"
        "- unknown state: Lost: once, 1 ticket (C-4), 2026-03-02\n"
        "- forbidden move: Draft → Done: once, 1 ticket (C-4), 2026-03-02; "
        "declared: Draft → Building → Done\n"
        "- and 1 more\n"
        "states never entered:\n"
        "- Approved\n"
        "- Testing\n"
        "moves never made:\n"
        "- Draft → Approved\n"
        "- Approved → Building\n"
        "- Building → Testing\n"
        "- and 4 more"
    )


def test_nothing_wrong_is_said_in_words(history):
    assert "\nno deviations\n" in conformance(change_workflow(), history("C-1", "Draft")).explain()


def test_unfinished_and_undeclared_ways_are_told(history):
    log = [*history("1", "New", "In Progress", "Pending"), *history("2", "New", "Cancelled", "New")]
    told = [str(each) for each in conformance(incident_workflow(), log, complete=True).deviations]
    assert told == [
        "forbidden move: Cancelled → New: once, 1 ticket (2), 2026-03-02; no way is declared",
        "unfinished: New: once, 1 ticket (2), 2026-03-02; declared: New → Cancelled",
        "unfinished: Pending: once, 1 ticket (1), 2026-03-02; declared: Pending → Resolved",
    ]


def test_the_figures_are_plain_data(mixed):
    plain = json.loads(json.dumps(mixed.to_plain()))
    assert plain["fitness"] == mixed.fitness
    assert plain["counts"] == {"wrong start": 2, "unknown state": 1, "forbidden move": 1, "broken rule": 3}
    assert plain["deviations"][0] == {
        "kind": "wrong start",
        "source": None,
        "target": "Building",
        "count": 2,
        "tickets": 2,
        "examples": ["C-2"],
        "first": "2026-03-03T00:00:00+00:00",
        "last": "2026-03-04T00:00:00+00:00",
        "way": ["Draft", "Building"],
    }
    assert plain["deviations"][-1]["rule"] == "never Building without Approved"
    assert plain["unused_transitions"][0] == {"trigger": "approve", "from": ["Draft"], "to": "Approved"}
    assert {"source": "Building", "target": "Done", "count": 3} in plain["made"]
    assert {"state": "Building", "visits": 3, "stays": 3, "median_hours": 1.0, "p90_hours": 1.0} in plain[
        "states"
    ]
    assert {"state": "Lost", "visits": 1} in plain["states"]


def test_refused_moves_are_plain_with_their_reasons():
    log = [StateSeen("T-1", "Open", AT), StateSeen("T-1", "Done", AT, {"cause": "disk", "closed_by": "kim"})]
    plain = conformance(refusing(), log, facts=lambda entry: entry.facts).to_plain()
    assert plain["deviations"][0]["reasons"] == {"needs the role agent": 1}


def test_what_comes_later_in_real_time_comes_later_when_the_clocks_are_put_back():
    berlin = ZoneInfo("Europe/Berlin")

    class Row:
        def __init__(self, state: str, *clock: int, fold: int) -> None:
            self.ticket, self.state = "INC-1", state
            self.effective_at = datetime(2026, 10, 25, *clock, tzinfo=berlin, fold=fold)

    rows = [Row("New", 1, 30, fold=0), Row("Assigned", 2, 50, fold=0), Row("Resolved", 2, 10, fold=1)]
    found = conformance(incident_workflow(), rows)
    assert found.stays["New"].median == timedelta(hours=1, minutes=20)
    assert found.stays["Assigned"].median == timedelta(minutes=20)


def test_a_rule_asks_for_the_gate_after_the_ticket_was_last_there_even_if_the_gate_lies_there():
    design = WorkflowDefinition(
        "design",
        initial="Draft",
        states=[State("Draft", "new"), State("Review", "active"), State("Done", "closed")],
        composites=[CompositeState("Design", states=["Draft", "Review"], initial="Draft")],
        transitions=[Transition("review", "Draft", "Review"), Transition("finish", "Review", "Done")],
        rules=[never_without("Review", before="Done", since="Design")],
    )
    [broken] = check_definition(design)
    states = ["Draft", *(step.target for step in broken.witness)]
    seen = [
        StateSeen("C-1", state, datetime(2026, 3, 2, 9 + n, tzinfo=UTC)) for n, state in enumerate(states)
    ]
    assert [each.kind for each in conformance(design, seen).deviations] == [DeviationKind.BROKEN_RULE]
