import pickle
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.cmdb import (
    STANDARD_RELATION_TYPES,
    CIClass,
    CIId,
    ClassModel,
    Clause,
    Clauses,
    ConfigurationGraph,
    ConfigurationItem,
    ImpactRule,
    Override,
    Provenance,
    RedundancySet,
    Relation,
    Seed,
    UnknownItemError,
    WeightedNeed,
    capped,
)
from itsmkit.errors import DefinitionError
from itsmkit.testing.strategies import configuration_graphs

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def levels_of(graph, *, least=1):
    return st.sampled_from(graph.levels.names[least:])


@st.composite
def cases(draw, *, chains=None):
    """Draw a graph with failures, and rulings."""
    graph = draw(configuration_graphs() if chains is None else configuration_graphs(chains=chains))
    ids = st.sampled_from([item.id for item in graph.items])
    failures = draw(st.dictionaries(ids, levels_of(graph, least=0)))
    caps = draw(st.dictionaries(ids, levels_of(graph, least=0), max_size=2))
    return graph, failures, caps


def overrides(caps):
    return [Override(ci, level, "ann", NOON + timedelta(hours=1)) for ci, level in caps.items()]


def the_impact(graph, failures, caps=()):
    return graph.impact_of(failures, overrides=overrides(dict(caps)), at=NOON)


def number(graph, ci, levels):
    return graph.levels.number(levels.get(ci, graph.levels.up))


# Levels


@given(cases())
def test_the_levels_are_the_least_solution_of_the_equations(oracle, case):
    graph, failures, caps = case
    impact = the_impact(graph, failures, caps)
    assert impact.levels == oracle(graph).least(failures, caps)
    assert {item.id: impact.level(item.id) for item in graph.items} == {
        item.id: impact.levels.get(item.id, graph.levels.up) for item in graph.items
    }


@given(cases(), st.randoms(use_true_random=False))
def test_no_answer_depends_on_any_order(case, random):
    graph, failures, caps = case

    def shuffled(values):
        return random.sample(list(values), len(values))

    other = ConfigurationGraph(
        shuffled(graph.items),
        shuffled(graph.relations),
        shuffled(graph.redundancy),
        model=graph.model,
        levels=graph.levels,
    )
    one = the_impact(graph, failures, caps)
    two = the_impact(other, dict(shuffled(failures.items())), dict(shuffled(caps.items())))
    assert list(one.levels.items()) == list(two.levels.items())
    for item in graph.items:
        assert one.slack(item.id) == two.slack(item.id)
        assert one.why_not(item.id) == two.why_not(item.id)
        assert [step.ci for step in one.why(item.id).steps] == [step.ci for step in two.why(item.id).steps]


@given(cases(), st.data())
def test_more_and_worse_failures_never_improve_anything(case, data):
    graph, failures, caps = case
    ids = st.sampled_from([item.id for item in graph.items])
    more = data.draw(st.dictionaries(ids, levels_of(graph)))
    worse = {
        ci: max(failures.get(ci, graph.levels.up), more.get(ci, graph.levels.up), key=graph.levels.number)
        for ci in failures.keys() | more.keys()
    }
    before, after = the_impact(graph, failures, caps), the_impact(graph, worse, caps)
    for item in graph.items:
        assert number(graph, item.id, before.levels) <= number(graph, item.id, after.levels)


@given(cases(), st.data())
def test_a_ruling_never_makes_anything_worse_and_is_named_where_it_counts(case, data):
    graph, failures, caps = case
    ruled, free = the_impact(graph, failures, caps), the_impact(graph, failures)
    for item in graph.items:
        assert number(graph, item.id, ruled.levels) <= number(graph, item.id, free.levels)
    for ci in caps:
        without = the_impact(graph, failures, {each: cap for each, cap in caps.items() if each != ci})
        named = ci in {override.ci for override in ruled.effective_overrides}
        # A ruling on one of a ring may take away the very cause; then it is named, for the failure comes in.
        if without.levels != ruled.levels:
            assert named


def test_a_ruling_that_changes_nothing_is_not_named(a_graph):
    graph = a_graph(["web runs_on host"])
    assert the_impact(graph, ["host"], {"host": "down"}).effective_overrides == ()
    assert the_impact(graph, {}, {"web": "up"}).effective_overrides == ()
    (named,) = the_impact(graph, ["host"], {"web": "degraded"}).effective_overrides
    assert named.ci == "web"


# Reasons


@given(cases())
def test_each_proof_can_be_checked_step_by_step(oracle, case):
    graph, failures, caps = case
    impact, reckoning = the_impact(graph, failures, caps), oracle(graph)
    for ci, level in impact.levels.items():
        proof = impact.why(ci)
        assert (proof.steps[-1].ci, proof.steps[-1].level) == (ci, level)
        assert len(proof.steps) <= len(impact.levels) * graph.levels.top
        known = {}
        for step in proof.steps:
            reached = graph.levels.number(step.level)
            if step.seed is not None:
                assert number(graph, step.ci, failures) >= reached
            else:
                # By what is known already, and the causes named alone, the equations say so in one step.
                causes = {cause: graph.levels.number(at) for cause, at in step.because}
                assert all(known.get(cause, 0) >= at for cause, at in causes.items())
                alone = {item.id: causes.get(item.id, 0) for item in graph.items}
                assert reckoning.step(alone, {}, {})[step.ci] >= reached
                for cause in causes:
                    fewer = {**alone, cause: 0}
                    assert reckoning.step(fewer, {}, {})[step.ci] < reached or len(causes) > 1
                assert step.group
            known[step.ci] = max(known.get(step.ci, 0), reached)
        assert proof.explain().count("\n") == len(proof.steps) - 1
        assert set(proof.cis) <= impact.levels.keys()


@given(cases())
def test_of_a_minimal_set_of_seeds_none_can_be_left_out(case):
    graph, failures, caps = case
    impact = the_impact(graph, failures, caps)
    for ci, level in impact.levels.items():
        seeds = impact.minimal_seeds(ci)

        def reached(some, ci=ci, level=level):
            found = graph.impact_of(some, overrides=overrides(caps), at=NOON).levels
            return number(graph, ci, found) >= graph.levels.number(level)

        assert reached(seeds)
        assert all(not reached([each for each in seeds if each is not seed]) for seed in seeds)
        assert set(impact.why(ci, minimal=True).seeds) == set(seeds)


def test_what_works_has_no_reason_not_to(a_graph):
    impact = a_graph(["web runs_on host"]).impact_of([])
    assert impact.why("web").steps == ()
    assert impact.why("web").explain() == ""
    assert impact.minimal_seeds("web") == ()


@given(cases(), st.data())
def test_what_is_missing_is_the_fewest_direct_providers(oracle, case, data):
    graph, failures, caps = case
    wanted = data.draw(levels_of(graph))
    impact, reckoning = the_impact(graph, failures, caps), oracle(graph)
    for item in graph.items:
        shortfalls = impact.why_not(item.id, wanted)
        if number(graph, item.id, impact.levels) >= graph.levels.number(wanted):
            assert shortfalls == ()
            continue
        expected = fewest_failures(reckoning, impact, item.id, wanted, caps)
        assert min((each.failures for each in shortfalls), default=None) == expected
        for each in shortfalls:
            chosen = dict.fromkeys([ci for ci, _ in each.candidates[: each.failures]], graph.levels.down)
            found = the_impact(graph, {**impact.levels, **chosen}, caps)
            assert number(graph, item.id, found.levels) >= graph.levels.number(wanted)


def fewest_failures(reckoning, impact, ci, wanted, caps):
    """Return how many members of one group must fail for it to take its dependent to a level."""
    names, level = reckoning.names, impact.graph.levels.number(wanted)
    if ci in caps and names.index(caps[ci]) < level:
        return None
    now = {item.id: number(impact.graph, item.id, impact.levels) for item in impact.graph.items}
    worst = {item.id: names.index(caps.get(item.id, names[-1])) for item in impact.graph.items}
    sizes = []
    for rule, members in reckoning.groups(ci):
        for size in range(len(members) + 1):
            for failed in combinations(sorted(members.keys() - {ci}), size):
                at = {**now, **{member: worst[member] for member in failed}}
                felt = {member: table[at[member]] for member, table in members.items()}
                if reckoning.out(rule, felt) >= level:
                    sizes.append(size)
    return min(sizes, default=None)


def test_a_heavy_failure_that_came_last_makes_light_ones_needless(a_graph):
    rule = Clauses([Clause("down", 5, "down", {"a": 1, "b": 2, "c": 4})])
    graph = a_graph(
        [f"shop runs_on {member}" for member in "abc"],
        redundancy=[RedundancySet("shop", "set", ["a", "b", "c"], rule)],
    )
    step = graph.impact_of(["a", "b", "c"]).why("shop").steps[-1]
    assert step.because == (("a", "down"), ("c", "down"))


def test_what_is_missing_is_said_in_the_levels_of_the_providers_themselves(a_graph):
    graph = ConfigurationGraph(
        [ConfigurationItem(name, "host", name) for name in ("s", "a", "b")],
        [Relation("s", "runs_on", member, effect={"down": "degraded"}) for member in ("a", "b")],
        [RedundancySet("s", "set", ["a", "b"], Clauses([Clause("degraded", 2, "down")]))],
    )
    (shortfall,) = graph.impact_of([]).why_not("s")
    assert shortfall.members_at == "down"
    assert graph.impact_of(["a", "b"]).level("s") == "down"


def test_nothing_stands_in_for_its_own_providers(a_graph):
    model = ClassModel(
        [CIClass("server"), CIClass("app", impact_rules=[ImpactRule("hosts", "runs_on", "any")])],
        STANDARD_RELATION_TYPES,
    )
    graph = ConfigurationGraph(
        [ConfigurationItem("x", "app", "x"), ConfigurationItem("a", "server", "a")],
        ["x runs_on x", "x runs_on a"],
        model=model,
    )
    assert graph.impact_of(["a"]).levels == {"a": "down", "x": "down"}


def test_of_several_rulings_on_one_item_the_strictest_counts(a_graph):
    graph = a_graph(["web runs_on host"])
    rulings = [*overrides({"web": "up"}), *overrides({"web": "degraded"})]
    impact = graph.impact_of(["host"], overrides=rulings, at=NOON)
    assert [each.level for each in impact.effective_overrides] == ["up"]


def test_slack_counts_down_as_redundancy_is_used_up(a_graph):
    graph = a_graph(
        ["shop runs_on web-1", "shop runs_on web-2", "shop runs_on web-3"],
        redundancy=[RedundancySet("shop", "web", ["web-1", "web-2", "web-3"], "any")],
    )
    assert [graph.impact_of(["web-1", "web-2", "web-3"][:lost]).slack("shop") for lost in range(4)] == [
        2,
        1,
        0,
        None,
    ]
    assert graph.impact_of([]).slack("web-1") is None


# Maintenance


@given(cases())
def test_planned_work_alone_is_never_reported(case):
    graph, failures, caps = case
    planned = [Seed(ci, level, "planned") for ci, level in failures.items()]
    impact = graph.impact_of(planned, overrides=overrides(caps), at=NOON)
    assert impact.reported == ()
    assert impact.suppressed == impact.affected


@given(cases(), st.data())
def test_a_failure_behind_planned_work_is_always_heard(oracle, case, data):
    graph, failures, caps = case
    planned = data.draw(
        st.dictionaries(st.sampled_from([item.id for item in graph.items]), levels_of(graph, least=0))
    )
    seeds = [Seed(ci, level, "planned") for ci, level in planned.items()]
    seeds += [Seed(ci, level, "manual") for ci, level in failures.items()]
    impact = graph.impact_of(seeds, overrides=overrides(caps), at=NOON)
    reckoning = oracle(graph)
    both = {
        ci: max(planned.get(ci, graph.levels.up), failures.get(ci, graph.levels.up), key=graph.levels.number)
        for ci in planned.keys() | failures.keys()
    }
    everything, alone = reckoning.least(both, caps), reckoning.least(failures, caps)
    expected = reckoning.least(planned, caps)
    assert impact.levels == everything
    for item in graph.items:
        ci, up = item.id, graph.levels.up
        assert impact.planned_level(ci) == expected.get(ci, up)
        assert impact.unplanned_level(ci) == alone.get(ci, up)
        quiet = ci not in alone and everything.get(ci) == expected.get(ci)
        assert (ci in impact.reported) == (ci in everything and not quiet)
        assert impact.is_suppressed(ci) == (ci in everything and quiet)


def test_what_is_observed_during_planned_work_is_expected_until_the_window_ends(a_graph):
    graph = a_graph(["web runs_on host"])
    seeds = [
        Seed("host", "down", "planned", since=NOON, until=NOON + timedelta(hours=1)),
        Seed("host", "degraded"),
    ]
    during, after = (graph.impact_of(seeds, at=NOON + timedelta(minutes=each)) for each in (30, 60))
    assert during.reported == ()
    assert during.levels == {"host": "down", "web": "down"}
    assert after.reported == ("host", "web")
    assert after.levels == {"host": "degraded", "web": "degraded"}
    before = graph.impact_of(seeds[:1], at=NOON - timedelta(minutes=1))
    assert before.levels == {}


def test_what_is_worse_than_planned_is_reported(a_graph):
    graph = a_graph(["web runs_on host"])
    impact = graph.impact_of([Seed("host", "degraded", "planned"), Seed("host", "down")])
    assert impact.reported == ("host", "web")


# What is shown


def test_services_and_users_are_listed_apart():
    graph = ConfigurationGraph(
        [ConfigurationItem(CIId(name), name, name) for name in ("host", "service", "user")],
        [Relation("service", "runs_on", "host"), Relation("user", "depends_on", "service")],
    )
    impact = graph.impact_of({"host": "degraded"})
    assert impact.services == {"service": "degraded"}
    assert impact.users == {"user": "degraded"}
    assert impact.affected == ("host", "service", "user")
    assert impact.at_level("degraded") == impact.affected
    assert impact.at_level("down") == ()
    assert impact.at_level("up") == ()
    assert graph.impact_of([]).at_level("up") == ("host", "service", "user")


def test_who_may_not_see_all_is_told_how_much_more_there_is(a_graph):
    impact = a_graph(["web runs_on host", "shop depends_on web"]).impact_of(["host"])
    shown = impact.presented(lambda item: item.id != "web")
    assert (shown.levels, shown.hidden) == ({"host": "down", "shop": "down"}, 1)
    assert str(shown) == "affected: host down, shop down, and 1 more that you may not see"
    assert str(impact.presented(lambda item: True)) == "affected: host down, web down, shop down"
    assert str(a_graph(items=["web"]).impact_of([]).presented(lambda item: True)) == "affected: nothing"


def test_a_proof_and_what_is_missing_read_as_sentences(a_graph):
    graph = a_graph(
        ["shop runs_on web-1", "shop runs_on web-2", "web-1 powered_by rack"],
        redundancy=[RedundancySet("shop", "web servers", ["web-1", "web-2"], "at least 1")],
    )
    impact = graph.impact_of(["rack", Seed("web-2", provenance=Provenance.MANUAL)])
    assert impact.why("shop").explain() == (
        "web-2 is down: manual\n"
        "rack is down: observed\n"
        "web-1 is down: rack down (web-1 powered_by rack)\n"
        "shop is down: web-2 down, web-1 down (web servers: at least 1)"
    )
    (shortfall,) = graph.impact_of([]).why_not("shop")
    assert str(shortfall) == "web servers: 2 further failures of web-1, web-2, down or worse"


# Questions that cannot be answered


@pytest.mark.parametrize(
    "question",
    [
        pytest.param(lambda graph: graph.impact_of(["hots"]), id="failure"),
        pytest.param(lambda graph: the_impact(graph, [], {"hots": "up"}), id="override"),
        pytest.param(lambda graph: graph.impact_of([]).level("hots"), id="level"),
        pytest.param(lambda graph: graph.impact_of([]).why("hots"), id="why"),
        pytest.param(lambda graph: graph.impact_of([]).why_not("hots"), id="why_not"),
        pytest.param(lambda graph: graph.impact_of([]).slack("hots"), id="slack"),
        pytest.param(lambda graph: graph.impact_of([]).minimal_seeds("hots"), id="minimal_seeds"),
        pytest.param(lambda graph: graph.relations_between("web", "hots"), id="relations_between"),
    ],
)
def test_an_unknown_item_is_an_error(a_graph, question):
    with pytest.raises(UnknownItemError, match="did you mean 'host'"):
        question(a_graph(["web runs_on host"]))


def test_unknown_levels_and_times_left_out_are_errors(a_graph):
    graph = a_graph(["web runs_on host"])
    with pytest.raises(DefinitionError, match="no level 'dwon'; did you mean 'down'"):
        graph.impact_of({"host": "dwon"})
    with pytest.raises(DefinitionError, match="no level 'dwon'"):
        the_impact(graph, [], {"host": "dwon"})
    with pytest.raises(DefinitionError, match="no level"):
        graph.impact_of([]).at_level("dwon")
    with pytest.raises(DefinitionError, match="give at=…, for host"):
        graph.impact_of([Seed("host", since=NOON)])
    with pytest.raises(DefinitionError, match="give at=…, for web is at worst up"):
        graph.impact_of([], overrides=overrides({"web": "up"}))
    with pytest.raises(DefinitionError, match="at has no time zone"):
        graph.impact_of([], at=datetime(2026, 3, 2))  # noqa: DTZ001  the point of the test
    with pytest.raises(DefinitionError, match="failures: several are asked for, not str 'host'"):
        graph.impact_of("host")


def test_all_that_is_wrong_with_a_question_is_told_at_once(a_graph):
    graph = a_graph(["web runs_on host"])
    with pytest.raises(DefinitionError) as raised:
        graph.impact_of(
            [Seed("host", "dwn"), Seed("zz")],
            overrides=[Override("qq", "bad", "ann", NOON + timedelta(hours=1))],
            at=NOON,
        )
    assert raised.value.problems == (
        "seed of host: no level 'dwn'; did you mean 'down'?",
        "no configuration item 'zz'",
        "no configuration item 'qq'",
        "override of qq: no level 'bad'; known: up, degraded, down",
    )


@pytest.mark.parametrize(
    ("ask", "problem"),
    [
        pytest.param(lambda graph: graph.impact_of(Seed("host")), "failures: several", id="one seed"),
        pytest.param(lambda graph: graph.impact_of([], overrides="s"), "overrides: several", id="a text"),
        pytest.param(
            lambda graph: graph.impact_of([], overrides=["s"]), r"overrides\[0\]: must", id="a name"
        ),
        pytest.param(lambda graph: graph.descendants(["host"]), "list .* is no id", id="a list"),
    ],
)
def test_what_is_no_question_is_refused(a_graph, ask, problem):
    with pytest.raises(DefinitionError, match=problem):
        ask(a_graph(["web runs_on host"]))


def test_an_impact_in_use_can_be_pickled(a_graph):
    impact = a_graph(["web runs_on host"]).impact_of(["host"])
    assert impact.why("web").steps
    copy = pickle.loads(pickle.dumps(impact))
    assert copy.levels == impact.levels
    assert copy.why("web") == impact.why("web")


def test_no_more_members_are_told_than_are_needed(a_graph):
    graph = a_graph(
        [f"shop runs_on {each}" for each in "abc"],
        redundancy=[RedundancySet("shop", "web", ["a", "b", "c"], "at least 2")],
    )
    assert graph.impact_of({"a", "b", "c"}).why("shop").explain().endswith("a down, b down (web: at least 2)")


def test_the_relation_that_says_enough_is_the_reason(a_graph):
    weak = Relation("shop", "depends_on", "db", effect=capped("degraded"))
    graph = ConfigurationGraph(
        [ConfigurationItem(each, "server", each) for each in ("shop", "db")],
        [weak, Relation("shop", "runs_on", "db")],
    )
    assert graph.impact_of({"db"}).why("shop").explain().endswith("shop is down: db down (shop runs_on db)")


def test_what_fired_by_heavy_votes_needs_no_more_of_them(a_graph):
    graph = a_graph(
        [f"shop runs_on {each}" for each in "abc"],
        redundancy=[RedundancySet("shop", "web", ["a", "b", "c"], WeightedNeed(dict.fromkeys("abc", 2), 4))],
    )
    assert graph.impact_of({"a", "b", "c"}).levels == dict.fromkeys(["a", "b", "c", "shop"], "down")
