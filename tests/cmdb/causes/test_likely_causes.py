from datetime import UTC, datetime, timedelta
from itertools import combinations
from math import exp, fsum, log, log1p, log2

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.cmdb import (
    CIClass,
    ClassModel,
    ConfigurationGraph,
    ConfigurationItem,
    Override,
    RedundancySet,
    Relation,
    RelationType,
    UnknownItemError,
)
from itsmkit.cmdb.causes import Evidence, OpenChange, Priors, Reporting, Symptom, likely_causes
from itsmkit.cmdb.causes._search import MARGIN
from itsmkit.errors import DefinitionError

IDS = [f"{kind}-{number}" for kind in ("server", "user") for number in range(5)]
RULES = ["all", "any", "at least 2", "50 %", "influence 50 %"]
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

edges = st.sets(
    st.tuples(st.sampled_from(IDS), st.sampled_from(IDS), st.sampled_from(["same", "at most degraded"])),
    max_size=16,
)
groups = st.dictionaries(
    st.sampled_from(IDS),
    st.tuples(st.sampled_from(RULES), st.sets(st.sampled_from(IDS), min_size=2, max_size=4)),
    max_size=3,
)


@st.composite
def worlds(draw):
    """Draw relations and redundancy: plain edges, and one group of providers for some items."""
    together = {ci: (rule, members - {ci}) for ci, (rule, members) in draw(groups).items()}
    enough = {ci: each for ci, each in together.items() if len(each[1]) >= 2}
    return draw(edges), enough


def graph_of(world, random=None):
    plain, groups = world
    relations = [
        Relation(dependent, "depends_on", provider, qualifier=effect, effect=effect)
        for provider, dependent, effect in sorted(plain)
    ]
    relations += [
        Relation(dependent, "powered_by", member)
        for dependent, (_, members) in sorted(groups.items())
        for member in sorted(members)
    ]
    redundancy = [
        RedundancySet(dependent, "group", sorted(members), rule, relation_type="powered_by")
        for dependent, (rule, members) in sorted(groups.items())
    ]
    items = [ConfigurationItem(each, each.split("-")[0], each) for each in IDS]
    if random:
        for each in (items, relations, redundancy):
            random.shuffle(each)
    return ConfigurationGraph(items, relations, redundancy)


def clauses_of(rule, size):
    """Return the table of the rules: level of members, how many of them, level of the dependent."""
    lost = {
        "all": 1,
        "any": size,
        "at least 2": size - 1,
        "50 %": size - (size + 1) // 2 + 1,
        "influence 50 %": (size + 1) // 2,
    }[rule]
    if rule.startswith("influence"):
        return [(2, lost, 2), (2, 1, 1)]
    return [(2, lost, 2), (2, 1, 1), (1, lost, 1)]


def levels_of(world, failed, caps=None):
    """Iterate the equations from nothing until they hold; *caps* says of some how bad they may be."""
    plain, groups = world
    best = dict.fromkeys(IDS, 2) | (caps or {})
    level = {ci: min(failed.get(ci, 0), best[ci]) for ci in IDS}
    while True:
        after = dict(level)
        for provider, dependent, effect in plain:
            felt = level[provider] if effect == "same" else min(level[provider], 1)
            after[dependent] = max(after[dependent], felt)
        for dependent, (rule, members) in groups.items():
            for at, need, then in clauses_of(rule, len(members)):
                if sum(level[member] >= at for member in members) >= need:
                    after[dependent] = max(after[dependent], then)
        after = {ci: min(each, best[ci]) for ci, each in after.items()}
        if after == level:
            return level
        level = after


def down_of(world, causes, *, noticed=2, failed=2):
    levels = levels_of(world, dict.fromkeys(causes, failed))
    return {ci for ci in IDS if levels[ci] >= noticed}


def score_of(world, causes, affected, working, *, share=0.3, false=0.001, chance=0.001, **levels):
    """Score causes by the formula, with what they affect found by the oracle."""
    down = down_of(world, causes, **levels)
    terms = [log(chance) for _ in causes]
    terms += [log(share) if ci in down else log(false) for ci in affected]
    terms += [log1p(-share) for ci in down - affected - working if ci.startswith("user")]
    terms += [log(false) for ci in down & working]
    return fsum(terms)


def ranking_of(world, affected, working, **options):
    levels = {key: options[key] for key in options.keys() & {"noticed", "failed"}}
    scores = {
        ci: score_of(world, [ci], affected, working, **options)
        for ci in IDS
        if down_of(world, [ci], **levels) & affected
    }
    best = max(scores.values(), default=0)
    kept = [ci for ci in scores if scores[ci] >= best - MARGIN]
    return sorted(((ci, scores[ci]) for ci in kept), key=lambda each: (-each[1], each[0]))


evidence = st.tuples(
    st.sets(st.sampled_from(IDS), max_size=5), st.sets(st.sampled_from(IDS), max_size=3)
).map(lambda drawn: (drawn[0], drawn[1] - drawn[0]))


# The ranking


@settings(max_examples=300)
@given(worlds(), evidence, st.sampled_from([1, 2]), st.sampled_from([1, 2]))
def test_the_search_finds_what_scoring_every_item_does(world, known, noticed, failed):
    names = ("up", "degraded", "down")
    diagnosis = likely_causes(
        graph_of(world), known[0], working=known[1], noticed=names[noticed], failed=names[failed]
    )
    expected = ranking_of(world, *known, noticed=noticed, failed=failed)
    assert [(each.ci, each.score) for each in diagnosis.causes] == expected


@given(worlds(), evidence)
def test_the_posteriors_are_the_shares_of_the_likelihoods(world, known):
    diagnosis = likely_causes(graph_of(world), known[0], working=known[1])
    none = fsum(log(0.001) for _ in known[0])
    total = fsum(exp(each.score - none) for each in diagnosis.causes) + 1
    assert diagnosis.none_of_these == pytest.approx(1 / total)
    for each in diagnosis.causes:
        assert each.posterior == pytest.approx(exp(each.score - none) / total)
    likely = [each.posterior for each in diagnosis.classes]
    assert likely == sorted(likely, reverse=True)
    assert fsum(likely) + diagnosis.none_of_these == pytest.approx(1)


@given(worlds(), evidence)
def test_a_class_holds_just_what_affects_the_same_of_what_can_be_seen(world, known):
    affected, working = known
    diagnosis = likely_causes(graph_of(world), affected, working=working)
    seen = affected | working | {ci for ci in IDS if ci.startswith("user")}
    views = []
    for each in diagnosis.classes:
        [view] = {frozenset(down_of(world, [ci]) & seen) for ci in each.cis}
        views.append(view)
        assert set(each.findings.explained) == view & affected
        assert set(each.findings.unexplained) == affected - view
        assert set(each.findings.contradicting) == view & working
        assert set(each.findings.silent) == view - affected - working
    assert len(set(views)) == len(views)
    assert sorted(ci for each in diagnosis.classes for ci in each.cis) == sorted(
        each.ci for each in diagnosis.causes
    )


@given(worlds(), evidence, st.randoms(use_true_random=False))
def test_no_order_matters(world, known, random):
    diagnosis = likely_causes(graph_of(world), sorted(known[0]), working=sorted(known[1]))
    shuffled = [random.sample(sorted(each), len(each)) for each in known]
    other = likely_causes(graph_of(world, random), shuffled[0] * 2, working=shuffled[1])
    assert diagnosis.classes == other.classes
    assert diagnosis.none_of_these == other.none_of_these
    assert diagnosis.joint == other.joint
    assert diagnosis.next_question == other.next_question


# Several causes


@given(worlds(), evidence)
def test_no_two_causes_are_better_together_than_those_that_are_found(world, known):
    diagnosis = likely_causes(graph_of(world), known[0], working=known[1])
    singles = ranking_of(world, *known)
    if not singles:
        assert diagnosis.joint is None
        return
    pairs = [
        score_of(world, pair, *known) for pair in combinations(IDS, 2) if down_of(world, pair) & known[0]
    ]
    joint = diagnosis.joint
    assert joint.score >= max(singles[0][1], *pairs) - 1e-9
    assert joint.score == score_of(world, joint.cis, *known)
    assert set(joint.findings.explained) == down_of(world, joint.cis) & known[0]


def test_two_failures_at_once_are_both_found(a_graph):
    users = [f"user-{number}" for number in range(12)]
    graph = a_graph([f"{user} depends_on switch-{number % 3}" for number, user in enumerate(users)])
    reports = [user for number, user in enumerate(users) if number % 3 < 2]
    joint = likely_causes(graph, reports).joint
    assert joint.cis == ("switch-0", "switch-1")
    assert str(joint).startswith("switch-0 and switch-1: explains user-0")


def test_two_failures_are_found_though_each_alone_is_far_worse_than_a_third(a_graph):
    users = [f"user-{number:02}" for number in range(40)]
    graph = a_graph(
        [f"{user} depends_on switch-{number % 4}" for number, user in enumerate(users)]
        + [f"switch-{number} depends_on router" for number in range(4)]
        + [f"laptop-{number} depends_on router" for number in range(25)]
    )
    reports = users[0:30:4] + users[2:30:4]
    diagnosis = likely_causes(graph, reports, working=["user-01"])
    assert [each.ci for each in diagnosis.causes] == ["router"]
    assert diagnosis.joint.cis == ("switch-0", "switch-2")


def test_of_many_causes_the_hopeless_are_not_tried(a_graph):
    graph = a_graph(
        [f"ci-{n} depends_on ci-{n + 1}" for n in range(30)]
        + [f"leaf-{n} depends_on ci-{n}" for n in range(30)]
    )
    joint = likely_causes(graph, ["ci-0", "leaf-0"], priors=Priors(cis={"ci-30": 1e-12})).joint
    assert joint.cis == ("ci-0",)


def test_what_only_two_failures_explain_needs_both():
    items = [ConfigurationItem(ci, ci.split("-")[0], ci) for ci in ("disk-1", "disk-2", *IDS[5:])]
    relations = [Relation(user, "depends_on", disk) for user in IDS[5:] for disk in ("disk-1", "disk-2")]
    pairs = [RedundancySet(user, "pair", ["disk-1", "disk-2"], "any") for user in IDS[5:]]
    graph = ConfigurationGraph(items, relations, pairs)
    diagnosis = likely_causes(graph, [*IDS[5:], "disk-1"])
    assert diagnosis.joint.cis == ("disk-1", "disk-2")
    assert diagnosis.joint.findings.unexplained == ()


def test_more_causes_are_added_as_long_as_they_help(a_graph):
    graph = a_graph(
        [f"user-{switch}-{n} depends_on switch-{switch}" for switch in range(8) for n in range(6)]
    )
    reports = [f"user-{switch}-{n}" for switch in range(8) for n in range(6) if switch < 4]
    assert likely_causes(graph, reports).joint.cis == ("switch-0", "switch-1", "switch-2", "switch-3")
    everything = [f"user-{switch}-{n}" for switch in range(8) for n in range(6)]
    assert len(likely_causes(graph, everything).joint.cis) == 6


causes = st.sampled_from(["cause-1", "cause-2", "cause-3", "cause-4", "cause-5"])
links = st.sets(st.tuples(st.sampled_from([f"user-{n}" for n in range(8)]), causes), min_size=8)


@given(links, st.data(), st.sampled_from([0.05, 0.3]))
def test_no_cause_of_several_is_needless(links, data, share):
    graph = ConfigurationGraph(
        [
            ConfigurationItem(ci, ci.split("-")[0], ci)
            for ci in sorted({end for each in links for end in each})
        ],
        [Relation(user, "depends_on", cause) for user, cause in sorted(links)],
    )
    reports = data.draw(st.sets(st.sampled_from(sorted({user for user, _ in links})), min_size=1))
    reporting, priors = Reporting(share, false_reports=1e-6), Priors(0.05)
    joint = likely_causes(graph, reports, reporting=reporting, priors=priors).joint

    def score(chosen):
        down = {user for user, cause in links if cause in chosen} | set(chosen)
        silent = {user for user in down - reports if user.startswith("user")}
        terms = [log(share) if user in down else log(1e-6) for user in reports]
        return fsum([*terms, len(chosen) * log(0.05), len(silent) * log1p(-share)]), down & reports

    best, _ = score(joint.cis)
    assert joint.score == pytest.approx(best)
    for fewer in combinations(joint.cis, len(joint.cis) - 1):
        each, explained = score(fewer)
        assert each < best or not explained


def test_a_cause_that_later_ones_make_needless_is_dropped():
    told = {
        "c0": "u0 u1 u5 u7 u8 u9 u10",
        "c1": "u1",
        "c2": "u2 u4 u5",
        "c3": "u0 u2 u3 u9",
        "c4": "u4 u10",
        "c5": "u0 u1 u4 u6 u7 u9 u10",
    }
    links = [(user, cause) for cause, users in told.items() for user in users.split()]
    users = {user for user, _ in links}
    graph = ConfigurationGraph(
        [
            *(ConfigurationItem(ci, "user", ci) for ci in users),
            *(ConfigurationItem(ci, "s", ci) for ci in told),
        ],
        [Relation(user, "depends_on", cause) for user, cause in links],
    )
    reporting, priors = Reporting(0.05, false_reports=1e-6), Priors(0.05)
    joint = likely_causes(graph, users - {"u9"}, reporting=reporting, priors=priors).joint
    search = likely_causes(graph, users - {"u9"}, reporting=reporting, priors=priors)._search
    for fewer in combinations(joint.cis, len(joint.cis) - 1):
        assert search.explanation([graph._number(ci) for ci in fewer]).score < joint.score


def test_what_explains_no_report_is_not_a_cause_together_with_others():
    items = [ConfigurationItem(ci, "node", ci) for ci in ("a", "b", "c", "host")]
    items += [ConfigurationItem(f"u{n}", "user", f"u{n}") for n in range(9)]
    relations = [Relation("u0", "depends_on", each) for each in ("a", "b", "c", "host")]
    relations += [Relation(f"u{n}", "depends_on", "host") for n in range(1, 9)]
    graph = ConfigurationGraph(items, relations, [RedundancySet("u0", "three", ["a", "b", "c"], "any")])
    priors = Priors(1e-9, cis={"a": 0.9, "b": 0.9, "c": 1e-9, "u0": 1e-9})
    working = [f"u{n}" for n in range(1, 9)]
    joint = likely_causes(graph, ["u0"], working=working, priors=priors).joint
    assert joint.findings.explained == ("u0",)


# What is known already


states = st.dictionaries(st.sampled_from(IDS), st.sampled_from([0, 1, 2]), max_size=3)


@settings(max_examples=300)
@given(worlds(), evidence, states, states, st.tuples(*[st.sampled_from([1, 2])] * 2))
def test_beside_known_failures_a_cause_is_judged_by_what_it_adds(world, known, failures, caps, seen):
    noticed, failed = seen
    names = ("up", "degraded", "down")
    affected, working = known
    diagnosis = likely_causes(
        graph_of(world),
        affected,
        working=working,
        noticed=names[noticed],
        failed=names[failed],
        failures={ci: names[level] for ci, level in failures.items()},
        overrides=[Override(ci, names[level], "ann", NOON) for ci, level in caps.items()],
        at=NOON - timedelta(hours=1),
    )

    def noticed_of(more):
        levels = levels_of(world, {**failures, **{ci: max(failed, failures.get(ci, 0)) for ci in more}}, caps)
        return {ci for ci in IDS if levels[ci] >= noticed}

    def score(more):
        down = noticed_of(more) - before
        terms = [log(0.001) for _ in more]
        terms += [log(0.3) if ci in down else log(0.001) for ci in affected - before]
        terms += [log1p(-0.3) for ci in down - affected - working if ci.startswith("user")]
        terms += [log(0.001) for _ in down & working]
        return fsum(terms)

    before = noticed_of([])
    scores = {ci: score([ci]) for ci in IDS if (noticed_of([ci]) - before) & affected}
    best = max(scores.values(), default=0)
    kept = {ci: each for ci, each in scores.items() if each >= best - MARGIN}
    assert {each.ci: each.score for each in diagnosis.causes} == kept
    for each in diagnosis.classes:
        down = noticed_of(each.cis[:1]) - before
        assert set(each.findings.explained) == affected & down
        assert set(each.findings.unexplained) == affected - before - down
        assert set(each.findings.contradicting) == working & down
    if kept:
        pairs = [each for each in combinations(IDS, 2) if (noticed_of(each) - before) & affected]
        assert diagnosis.joint.score >= max([best, *map(score, pairs)]) - 1e-9
        assert diagnosis.joint.score == score(diagnosis.joint.cis)
        first = diagnosis.causes[0].ci
        before_levels = levels_of(world, failures, caps)
        after = levels_of(world, {**failures, first: max(failed, failures.get(first, 0))}, caps)
        assert diagnosis.impact(first).levels == {ci: names[after[ci]] for ci in IDS if after[ci]}
        assert diagnosis.worsened(first) == {
            ci: names[after[ci]] for ci in IDS if after[ci] > before_levels[ci]
        }


def a_pair_behind_a_service():
    items = [ConfigurationItem(ci, "server", ci) for ci in ("a", "b", "svc")]
    users = [ConfigurationItem(f"u{n}", "user", f"u{n}") for n in range(1, 6)]
    relations = [Relation("svc", "depends_on", each) for each in "ab"]
    relations += [Relation(user.id, "depends_on", "svc") for user in users]
    return ConfigurationGraph([*items, *users], relations, [RedundancySet("svc", "pair", ["a", "b"], "any")])


def test_where_one_of_a_pair_is_known_to_be_down_the_other_is_suspected():
    graph, users = a_pair_behind_a_service(), [f"u{n}" for n in range(1, 6)]
    assert "b" not in [each.ci for each in likely_causes(graph, users, alerts=["b"]).causes]
    diagnosis = likely_causes(graph, users, alerts=["b"], failures=["a"])
    assert diagnosis.causes[0].ci == "b"
    assert "a" not in [each.ci for each in diagnosis.causes]
    assert diagnosis.joint.cis == ("b",)
    assert set(diagnosis.why("b", "u1").cis) == {"a", "b", "svc", "u1"}
    assert diagnosis.answered("u2", works=False).causes[0].ci == "b"
    assert "known to have failed: a" in diagnosis.explain()
    assert "predicts 5 users and 0 services affected" in diagnosis.explain()


def test_what_known_failures_explain_needs_no_cause():
    graph = a_pair_behind_a_service()
    explained = likely_causes(graph, ["u1", "u2"], failures=["svc"])
    assert (explained.classes, explained.joint, explained.none_of_these) == ((), None, 1.0)
    overruled = likely_causes(
        graph, ["u1", "u2"], failures=["svc"], overrides=[Override("svc", "up", "ann", NOON)], at=NOON
    )
    assert overruled.causes == ()  # it has just expired
    at_eleven = likely_causes(
        graph,
        ["u1", "u2"],
        failures=["svc"],
        overrides=[Override("svc", "up", "ann", NOON)],
        at=NOON - timedelta(hours=1),
    )
    assert {each.ci for each in at_eleven.causes} == {"u1", "u2"}


def test_all_that_is_wrong_with_the_question_is_told_at_once():
    graph = a_pair_behind_a_service()
    with pytest.raises(DefinitionError) as refusal:
        likely_causes(
            graph,
            ["zz", "a"],
            working=["yy", "a"],
            alerts=["xx"],
            changes=[OpenChange("ww", NOON)],
            noticed="dwn",
            failed="don",
            failures={"vv": "dow"},
            overrides=[Override("tt", "u", "ann", NOON)],
            priors=Priors(cis={"ss": 0.1}),
        )
    assert [problem.split(";")[0] for problem in refusal.value.problems] == [
        "affected: no configuration item 'zz'",
        "working: no configuration item 'yy'",
        "changes: no configuration item 'ww'",
        "alerts: no configuration item 'xx'",
        "failures: no configuration item 'vv'",
        "overrides: no configuration item 'tt'",
        "noticed: no level 'dwn'",
        "failed: no level 'don'",
        "failures: no level 'dow'",
        "overrides: no level 'u'",
        "priors.cis['ss']: no configuration item 'ss'",
        "working: 'a' is named, but a does not work",
        "changes: count for a day, and no symptom tells its time",
    ]
    with pytest.raises(DefinitionError, match="give at=…, for svc is at worst up"):
        likely_causes(graph, ["u1"], overrides=[Override("svc", "up", "ann", NOON)])


def test_a_text_is_not_taken_for_its_letters():
    diagnosis = likely_causes(a_pair_behind_a_service(), ["u1"])
    with pytest.raises(DefinitionError, match="among: one id stands where several are asked for: 'u1'"):
        diagnosis.question("u1")


# The next question


def expected_gain(diagnosis, world, ci, wrong=0.001):
    """Return the mutual information of cause and answer by enumerating both."""
    states = [(each.posterior, ci in down_of(world, [each.ci])) for each in diagnosis.causes]
    states.append((diagnosis.none_of_these, False))
    gain = 0.0
    for answer in (True, False):
        likely = [(chance, 1 - wrong if down == answer else wrong) for chance, down in states]
        total = fsum(chance * like for chance, like in likely)
        gain += fsum(chance * like * log2(like / total) for chance, like in likely if chance)
    return gain


@given(worlds(), evidence)
def test_the_next_question_is_expected_to_tell_most(world, known):
    diagnosis = likely_causes(graph_of(world), known[0], working=known[1])
    gains = {ci: expected_gain(diagnosis, world, ci) for ci in IDS if ci not in known[0] | known[1]}
    question = diagnosis.next_question
    best = max(gains.values(), default=0)
    if question is None:
        assert best < 1e-8
    else:
        assert question.gain == pytest.approx(best, abs=1e-9)
        assert gains[question.ci] == pytest.approx(best, abs=1e-9)
        assert question == diagnosis.question(IDS)
        assert diagnosis.question([]) is None


@given(worlds(), st.sampled_from(IDS), st.data())
def test_answers_lead_to_the_fault(world, fault, data):
    graph, down = graph_of(world), down_of(world, [fault])
    first = data.draw(st.sampled_from(sorted(down)))
    diagnosis = likely_causes(graph, [first])
    for _ in IDS:
        question = diagnosis.next_question
        if question is None:
            break
        diagnosis = diagnosis.answered(question.ci, works=question.ci not in down)
    assert diagnosis.next_question is None
    best = diagnosis.classes[0]
    assert fault in best.cis
    assert all(down_of(world, [ci]) == down for ci in best.cis)


def test_an_answer_takes_the_place_of_what_was_said_before(a_graph):
    graph = a_graph(["user-1 depends_on switch", "user-2 depends_on switch"])
    diagnosis = likely_causes(graph, ["user-1"], working=["user-2"])
    mended = diagnosis.answered("user-1", works=True).answered("user-2", works=False)
    assert mended.evidence.working == {"user-1"}
    assert [each.ci for each in mended.evidence.symptoms] == ["user-2"]
    with pytest.raises(UnknownItemError):
        diagnosis.answered("user-3", works=True)


# Suspicions


def chain(a_graph):
    return a_graph(["user-1 depends_on switch", "switch depends_on router"])


def test_an_alert_or_a_late_change_decides_between_what_nothing_else_tells_apart(a_graph):
    graph = chain(a_graph)
    alerted = likely_causes(graph, ["user-1"], alerts=["router"]).causes[0]
    assert (alerted.ci, alerted.reasons) == ("router", ("alert",))
    changes = [
        OpenChange("switch", NOON - timedelta(hours=24)),
        OpenChange("switch", NOON - timedelta(hours=30)),
        OpenChange("router", NOON - timedelta(hours=25)),
        OpenChange("router", NOON + timedelta(seconds=1)),
    ]
    changed = likely_causes(graph, [Symptom("user-1", NOON)], changes=changes).causes
    assert [(each.ci, each.reasons) for each in changed] == [
        ("switch", ("changed at 2026-03-01 12:00+00:00",)),
        ("router", ()),
        ("user-1", ()),
    ]
    assert changed[0].score - changed[1].score == pytest.approx(
        log(0.001 * 20) - log(1 - 0.001 + 0.001 * 20) - log(0.001)
    )


def test_rates_of_items_and_classes_decide_too(a_graph):
    priors = Priors(classes={"server": 0.01}, cis={"router": 0.2})
    causes = likely_causes(chain(a_graph), ["user-1"], priors=priors).causes
    assert [each.ci for each in causes] == ["router", "switch", "user-1"]
    assert causes[0].score - causes[1].score == pytest.approx(log(20))
    elsewhere = likely_causes(chain(a_graph), ["user-1"], priors=Priors(classes={"disk": 0.01})).causes
    assert elsewhere[0].score == pytest.approx(log(0.001) + log(0.3))


# Who says it


def test_who_reports_again_counts_once(a_graph):
    graph = a_graph([f"user-{n} depends_on switch" for n in range(3)])
    once = likely_causes(graph, [Symptom("user-1", NOON)])
    again = [Symptom("user-1", NOON + timedelta(minutes=minute)) for minute in range(30)]
    assert likely_causes(graph, again).classes == once.classes


def test_who_names_several_things_divides_his_weight():
    symptoms = [Symptom("mail", reporter="ann"), Symptom("web", reporter="ann"), Symptom("web", weight=2.0)]
    weights = Evidence((*symptoms, Symptom("web", reporter="bob", asked=True))).weights
    assert weights == {"mail": (0, 0.5), "web": (1.0, 2.5)}


def test_the_heavier_report_of_a_person_counts_and_an_answer_before_all():
    light, heavy = Symptom("web"), Symptom("web", weight=3.0)
    assert Evidence((light, heavy)).weights == Evidence((heavy, light)).weights == {"web": (0, 3.0)}
    asked = Symptom("web", asked=True)
    assert Evidence((heavy, asked)).weights == Evidence((asked, heavy)).weights == {"web": (1.0, 0)}


def test_who_reports_something_else_is_not_silent():
    items = [ConfigurationItem(ci, ci.split("-")[0], ci) for ci in ("mail", "user-1", "user-2")]
    graph = ConfigurationGraph(items, [Relation(f"user-{n}", "depends_on", "mail") for n in (1, 2)])
    [mail] = likely_causes(graph, [Symptom("mail", reporter="user-1")]).classes
    assert mail.findings.silent == ("user-2",)


# Levels, classes, reach


def test_a_failure_that_redundancy_bears_explains_nothing_until_degradation_is_noticed():
    items = [ConfigurationItem(ci, "node", ci) for ci in ("a", "b", "user")]
    relations = [Relation("user", "depends_on", each) for each in "ab"]
    graph = ConfigurationGraph(items, relations, [RedundancySet("user", "pair", ["a", "b"], "any")])
    assert [each.ci for each in likely_causes(graph, ["user"]).causes] == ["user"]
    noticing = likely_causes(graph, ["user"], noticed="degraded")
    assert {each.ci for each in noticing.causes} == {"a", "b", "user"}
    assert likely_causes(graph, ["user"], failed="degraded").causes == ()


def test_what_is_not_operational_is_no_cause():
    model = ClassModel(
        [CIClass("ci"), CIClass("contract", "ci", operational=False)],
        [RelationType("depends_on", "supports", "reverse")],
    )
    items = [ConfigurationItem("contract-1", "contract", "C"), ConfigurationItem("host", "ci", "H")]
    graph = ConfigurationGraph(items, [Relation("host", "depends_on", "contract-1")], model=model)
    assert likely_causes(graph, ["contract-1"]).causes == ()
    assert [each.ci for each in likely_causes(graph, ["host"]).causes] == ["host"]
    assert list(Reporting().reporters(graph)) == [0, 1]


def test_heavy_members_count_by_their_weight():
    from itsmkit.cmdb import WeightedNeed

    items = [ConfigurationItem(ci, "node", ci) for ci in ("big", "mid", "small", "user")]
    members = ["big", "mid", "small"]
    rule = WeightedNeed({"big": 5, "mid": 3, "small": 2}, 5)
    graph = ConfigurationGraph(
        [*items, ConfigurationItem("rack", "node", "rack")],
        [Relation("user", "depends_on", each) for each in members]
        + [Relation(each, "runs_on", "rack") for each in members],
        [RedundancySet("user", "cluster", members, rule)],
    )
    assert {each.ci for each in likely_causes(graph, ["user"]).causes} == {"rack", "user"}


# Asking


def test_wrong_questions_are_refused(a_graph):
    graph = chain(a_graph)
    with pytest.raises(DefinitionError, match="affected: one id stands where several are asked for"):
        likely_causes(graph, "user-1")
    with pytest.raises(DefinitionError, match="working: one id"):
        likely_causes(graph, ["user-1"], working="router")
    with pytest.raises(DefinitionError, match="alerts: one id"):
        likely_causes(graph, ["user-1"], alerts="router")
    with pytest.raises(DefinitionError) as refusal:
        likely_causes(graph, ["user-1"], working=["user-1"], changes=[OpenChange("switch", NOON)])
    assert "working: 'user-1' is named, but user-1 does not work" in str(refusal.value)
    assert "no symptom tells its time; give at=…" in str(refusal.value)
    with pytest.raises(DefinitionError, match="no level 'broken'"):
        likely_causes(graph, ["user-1"], noticed="broken")
    with pytest.raises(DefinitionError, match="at has no time zone"):
        likely_causes(graph, ["user-1"], at=datetime(2026, 3, 2))  # noqa: DTZ001  # that is the fault
    for wrong in (
        {"affected": ["nobody"]},
        {"affected": [], "working": ["nobody"]},
        {"affected": [], "alerts": ["nobody"]},
        {"affected": [], "changes": [OpenChange("nobody", NOON)], "at": NOON},
    ):
        with pytest.raises(UnknownItemError):
            likely_causes(graph, **wrong)


@pytest.mark.parametrize("weight", [0, -1, float("nan"), float("inf"), True, "much"])
def test_a_symptom_weighs_something(weight):
    with pytest.raises(DefinitionError, match="weight must be a number of more than 0"):
        Symptom("user-1", weight=weight)


def test_symptoms_read_as_sentences():
    assert str(Symptom("web")) == "web does not work"
    assert str(Symptom("web", reporter="ann")) == "web does not work, says ann"


def test_nothing_known_leads_to_no_cause(a_graph):
    diagnosis = likely_causes(chain(a_graph), [])
    assert (diagnosis.classes, diagnosis.joint, diagnosis.none_of_these) == ((), None, 1)
    assert diagnosis.next_question is None
    assert diagnosis.explain() == "0 things reported, 0 working\n- 100% none of these\nnothing to ask"


# Explanations


def test_a_diagnosis_explains_itself():
    kinds = {"user": [f"user-{n}" for n in range(8)], "service": ["mail"], "switch": ["switch"]}
    items = [ConfigurationItem(ci, kind, ci) for kind, cis in kinds.items() for ci in cis]
    relations = [Relation(user, "depends_on", "switch") for user in kinds["user"]]
    graph = ConfigurationGraph(items, [*relations, Relation("mail", "depends_on", "switch")])
    diagnosis = likely_causes(graph, ["user-0", "mail"], working=["user-7"], alerts=["switch"])
    told = diagnosis.explain().splitlines()
    assert told[:5] == [
        "2 things reported, 1 working",
        "- 37.6% switch (37.6%, alert)",
        "  explains mail, user-0; silent: user-1, user-2, user-3, user-4 and 2 more; contradicted by user-7",
        "  predicts 8 users and 1 service affected",
        "  switch -> mail",
    ]
    assert told[-1].startswith("ask: does user-1 work? (not, with 37.6%; tells 0.9")
    assert "none of these" in told[-2]
    assert str(diagnosis.classes[0]).startswith("37.6% switch: explains mail, user-0; silent: user-1")


def test_only_the_most_likely_are_told_one_by_one(a_graph):
    graph = a_graph(
        [f"ci-{n} depends_on ci-{n + 1}" for n in range(9)]
        + [f"leaf-{n} depends_on ci-{n}" for n in range(10)]
    )
    diagnosis = likely_causes(graph, ["ci-0"])
    assert len(diagnosis.classes) > 5
    assert "other classes" in diagnosis.explain()
    assert diagnosis.why("ci-4", "ci-0").cis == ("ci-4", "ci-3", "ci-2", "ci-1", "ci-0")
