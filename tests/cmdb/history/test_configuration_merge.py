import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.cmdb import (
    OPEN_MODEL,
    AllowedRelation,
    CIClass,
    CIId,
    ClassModel,
    ConfigurationGraph,
    ConfigurationItem,
    DanglingRelation,
    GovernanceViolation,
    ImpactRule,
    LevelChain,
    RedundancySet,
    Relation,
    UnrelatedMembers,
)
from itsmkit.cmdb.findings import AttributeFault, BrokenCardinality
from itsmkit.cmdb.history import (
    ABSENT,
    CombinationConflict,
    FieldConflict,
    FindingConflict,
    MissingEndConflict,
    RecordKey,
    RemovalConflict,
    SettingConflict,
    diff,
    merge,
)
from itsmkit.errors import DefinitionError

SWAPPED = {"ours": "theirs", "theirs": "ours", "both": "both", "neither": "neither", None: None}
prefers = st.sampled_from([None, "ours", "theirs"])


def keyed(graph):
    return {RecordKey.of(each): each for each in (*graph.items, *graph.relations, *graph.redundancy)}


def cells(graph):
    """Return a configuration as one flat table of (key, field)."""
    table = {}
    for key, value in keyed(graph).items():
        names = {"item": ["ci_class", "name"], "relation": ["effect"]}
        for name in names.get(key.kind, ["members", "rule", "relation_type"]):
            table[key, name] = getattr(value, name)
        for name, each in getattr(value, "attributes", {}).items():
            table[key, f"attributes.{name}"] = each
    return table


def missing_ends(graph):
    there = {item.id for item in graph.items}
    spoken = [(RecordKey.of(each), {each.source, each.target}) for each in graph.relations]
    spoken += [(RecordKey.of(each), {each.dependent, *each.members}) for each in graph.redundancy]
    return {(key, end) for key, ends in spoken for end in ends - there}


def expected_conflicts(base, ours, theirs):
    """Return what both touched and left otherwise: (key, field), with no field where one removed it."""
    table = [cells(each) for each in (base, ours, theirs)]
    keys = [keyed(each) for each in (base, ours, theirs)]
    found = set()
    for key in set().union(*keys):
        was, our, their = (each.get(key) for each in keys)
        if our == their or was in (our, their):
            continue
        if our is None or their is None:
            found.add((key, None))
            continue
        for name in {name for one in table for each, name in one if each == key}:
            cell = [one.get((key, name), ABSENT) for one in table]
            if cell[1] != cell[2] and (was is None or cell[0] not in cell[1:]):
                found.add((key, name))
    return found


NARROW = ClassModel(
    [
        CIClass("server", attributes={"os": "text", "site.x": "text"}),
        CIClass(
            "service",
            attributes={"os": "text"},
            required=["os"],
            impact_rules=[ImpactRule("two", "depends_on", "at least 2")],
        ),
    ],
    OPEN_MODEL.relation_types,
    allowed=[
        AllowedRelation("server", "depends_on", "*", at_most_targets=1),
        AllowedRelation("service", "depends_on", "server", at_least_sources=1),
        AllowedRelation("*", "connects_to", "*"),
        AllowedRelation("service", "used_by", "*", at_most_sources=1),
    ],
)

models = st.sampled_from([OPEN_MODEL, NARROW])


def questions(graph):
    """Return what is questionable in a configuration, one fact for each thing that can be new."""
    found = set()
    for each in graph.findings:
        kind = type(each)
        if kind is DanglingRelation:
            found |= {(kind, each.relation.key, end) for end in each.missing}
        elif kind is UnrelatedMembers:
            found |= {(kind, each.redundancy_set.key, member) for member in each.unrelated}
        elif kind is GovernanceViolation:
            found.add((kind, each.relation.key))
        elif kind is BrokenCardinality:
            most = "at most" in str(each).rpartition("asks for")[2]
            found.add((kind, each.ci, each.end, str(each.allowed), most))
        elif kind is AttributeFault:
            found.add((kind, each.ci, each.attribute, each.problem))
        else:
            found.add((kind, each.dependent, each.name))
    return found


# Laws


@given(data=st.data())
def test_who_changed_nothing_is_in_nobodys_way(data, graphs, sides):
    base = data.draw(graphs)
    other, prefer = data.draw(sides(base)), data.draw(prefers)
    for found in (
        merge(base, base, other, prefer=prefer),
        merge(base, other, base, prefer=prefer),
        merge(base, other, other, prefer=prefer),
    ):
        assert found.merged == other
        assert found.is_clean
        assert found.explain() == "no conflict"


@given(data=st.data())
def test_it_does_not_matter_who_is_called_ours(data, graphs, sides):
    base, prefer = data.draw(graphs), data.draw(prefers)
    ours, theirs = data.draw(sides(base)), data.draw(sides(base))
    one = merge(base, ours, theirs, prefer=prefer)
    other = merge(base, theirs, ours, prefer=SWAPPED[prefer])
    assert one.merged == other.merged
    assert [type(each) for each in one.conflicts] == [type(each) for each in other.conflicts]
    for here, there in zip(one.conflicts, other.conflicts, strict=True):
        assert getattr(here, "key", None) == getattr(there, "key", None)
        if isinstance(here, FieldConflict):
            assert (here.ours, here.theirs) == (there.theirs, there.ours)
        if isinstance(here, RemovalConflict | MissingEndConflict):
            assert here.removed_by == SWAPPED[there.removed_by]


@given(data=st.data())
def test_conflicts_are_what_both_touched_and_left_otherwise(data, graphs, sides):
    base, prefer = data.draw(graphs), data.draw(prefers)
    ours, theirs = data.draw(sides(base)), data.draw(sides(base))
    found = merge(base, ours, theirs, prefer=prefer)
    told = {(each.key, each.field) for each in found.conflicts if isinstance(each, FieldConflict)}
    told |= {(each.key, None) for each in found.conflicts if isinstance(each, RemovalConflict)}
    assert told == expected_conflicts(base, ours, theirs)
    for each in found.conflicts:
        if isinstance(each, FieldConflict):
            table = [cells(side).get((each.key, each.field), ABSENT) for side in (base, ours, theirs)]
            assert table == [each.base, each.ours, each.theirs]


@given(data=st.data())
def test_what_only_one_side_touched_is_as_on_that_side(data, graphs, sides):
    base, prefer = data.draw(graphs), data.draw(prefers)
    ours, theirs = data.draw(sides(base)), data.draw(sides(base))
    found = merge(base, ours, theirs, prefer=prefer)
    disputed = {each.key for each in found.conflicts if not isinstance(each, FindingConflict)}
    disputed |= {
        key for each in found.conflicts if isinstance(each, FindingConflict) for key in each.reverted
    }
    disputed |= {
        RecordKey("item", (each.end,)) for each in found.conflicts if isinstance(each, MissingEndConflict)
    }
    merged = cells(found.merged)
    was, our, their = map(cells, (base, ours, theirs))
    for cell in was.keys() | our.keys() | their.keys():
        if cell[0] not in disputed:
            mine, yours = our.get(cell, ABSENT), their.get(cell, ABSENT)
            expected = mine if mine != was.get(cell, ABSENT) else yours
            assert merged.get(cell, ABSENT) == expected


@given(data=st.data())
def test_a_conflict_is_resolved_as_preferred(data, graphs, sides):
    base, prefer = data.draw(graphs), data.draw(prefers)
    ours, theirs = data.draw(sides(base)), data.draw(sides(base))
    found = merge(base, ours, theirs, prefer=prefer)
    preferred = {None: base, "ours": ours, "theirs": theirs}[prefer]
    table, merged = cells(preferred), cells(found.merged)
    for each in found.conflicts:
        if isinstance(each, FieldConflict):
            assert merged.get((each.key, each.field), ABSENT) == table.get((each.key, each.field), ABSENT)
        elif isinstance(each, CombinationConflict | RemovalConflict):
            assert keyed(found.merged).get(each.key) == keyed(preferred).get(each.key)
        elif isinstance(each, FindingConflict):
            assert each.reverted
            for key in each.reverted:
                assert keyed(found.merged).get(key) == keyed(preferred).get(key)
        else:
            end = RecordKey("item", (each.end,))
            kept = keyed(found.merged)
            assert kept.get(end) == keyed(preferred).get(end)
            if end not in kept:
                assert kept.get(each.key) == keyed(preferred).get(each.key)


@given(data=st.data())
def test_no_end_is_missing_that_no_side_missed(data, graphs, sides):
    base, prefer = data.draw(graphs), data.draw(prefers)
    ours, theirs = data.draw(sides(base)), data.draw(sides(base))
    found = merge(base, ours, theirs, prefer=prefer)
    known = missing_ends(ours) | missing_ends(theirs) | (set() if prefer else missing_ends(base))
    assert missing_ends(found.merged) <= known


@given(data=st.data())
def test_without_conflict_the_changes_can_be_made_in_either_order(data, graphs, sides):
    base = data.draw(graphs)
    ours, theirs = data.draw(sides(base)), data.draw(sides(base))
    found = merge(base, ours, theirs)
    if found.is_clean:
        assert diff(base, ours).apply_to(theirs) == found.merged
        assert diff(base, theirs).apply_to(ours) == found.merged
        assert found.merged == merge(base, ours, theirs, prefer="ours").merged


@given(data=st.data())
def test_changes_of_different_things_that_miss_nothing_are_no_conflict(data, graphs, sides, make_graph):
    base = data.draw(graphs)
    ours, theirs = data.draw(sides(base)), data.draw(sides(base))
    was, our, their = map(keyed, (base, ours, theirs))
    for key in was.keys() | our.keys() | their.keys():
        if our.get(key) != was.get(key):
            their = {k: v for k, v in their.items() if k != key} | ({key: was[key]} if key in was else {})
    separate = make_graph(their.values())
    found = merge(base, ours, separate)
    assert all(isinstance(each, MissingEndConflict | FindingConflict) for each in found.conflicts)
    together = diff(base, ours).apply_to(separate)
    assert found.is_clean is (
        missing_ends(together) <= missing_ends(ours) | missing_ends(separate) | missing_ends(base)
        and questions(together) <= questions(ours) | questions(separate) | questions(base)
    )


@given(data=st.data())
def test_nothing_is_questionable_that_is_not_on_a_side(data, graphs, sides):
    base, prefer = data.draw(graphs), data.draw(prefers)
    ours, theirs = (evolve(data.draw(sides(base)), model=data.draw(models)) for _ in range(2))
    base = evolve(base, model=data.draw(models))
    found = merge(base, ours, theirs, prefer=prefer)
    preferred = {None: base, "ours": ours, "theirs": theirs}[prefer]
    assert questions(found.merged) <= questions(ours) | questions(theirs) | questions(preferred)
    if not questions(base) | questions(ours) | questions(theirs):
        strict = merge(*(evolve(each, strict=True) for each in (base, ours, theirs)), prefer=prefer)
        assert strict.merged == evolve(found.merged, strict=True)


# Cases


def server(ci, name=None, **attributes):
    return ConfigurationItem(CIId(ci), "server", name or ci.upper(), attributes)


def runs(ci, host, **attributes):
    return Relation(CIId(ci), "runs_on", CIId(host), attributes=attributes)


def outcomes(base, ours, theirs):
    """Return the conflicts, which do not depend on who is preferred, and what comes out for each."""
    found = [merge(base, ours, theirs, prefer=prefer) for prefer in (None, "ours", "theirs")]
    assert found[0].conflicts == found[1].conflicts == found[2].conflicts
    return found[0], [each.merged for each in found]


def test_different_fields_of_one_item_are_merged(make_graph):
    base, ours, theirs, both = (
        make_graph([each])
        for each in (
            server("a", os="linux", cores=4),
            server("a", "A1", os="linux", cores=4),
            server("a", cores=8, site="Essen"),
            server("a", "A1", cores=8, site="Essen"),
        )
    )
    found, merged = outcomes(base, ours, theirs)
    assert found.is_clean
    assert merged == [both] * 3


def test_different_fields_of_relations_and_sets_are_merged(make_graph):
    def configured(effect, port, rule, kind):
        relation = Relation(CIId("a"), "runs_on", CIId("b"), effect=effect, attributes={"port": port})
        return make_graph(
            [*map(server, "abc"), relation, RedundancySet(CIId("a"), "x", ["b", "c"], rule, kind)]
        )

    base, both = configured(None, 1, "any", None), configured("none", 2, "all", "runs_on")
    found, merged = outcomes(base, configured("none", 1, "all", None), configured(None, 2, "any", "runs_on"))
    assert found.is_clean
    assert merged == [both] * 3


def test_one_field_changed_on_both_sides_is_a_conflict(make_graph):
    base, ours, theirs = (
        make_graph([each]) for each in (server("a", cores=4), server("a", "A1"), server("a", "A2", cores=8))
    )
    found, merged = outcomes(base, ours, theirs)
    key = RecordKey("item", ("a",))
    assert found.conflicts == (
        FieldConflict(key, "attributes.cores", 4, ABSENT, 8),
        FieldConflict(key, "name", "A", "A1", "A2"),
    )
    assert found.explain() == (
        "configuration item a: attributes.cores was 4, is absent in ours and 8 in theirs\n"
        "configuration item a: name was 'A', is 'A1' in ours and 'A2' in theirs"
    )
    assert merged == [base, ours, theirs]


def test_a_thing_added_twice_conflicts_in_what_differs(make_graph):
    base = make_graph([])
    ours, theirs = make_graph([server("a", cores=4)]), make_graph([server("a", os="linux")])
    found, merged = outcomes(base, ours, theirs)
    assert [each.field for each in found.conflicts] == ["attributes.cores", "attributes.os"]
    assert merged == [base, ours, theirs]


@pytest.mark.parametrize("removed_by", ["ours", "theirs"])
def test_a_thing_removed_here_and_changed_there_is_a_conflict(make_graph, removed_by):
    base, gone, changed = make_graph([server("a")]), make_graph([]), make_graph([server("a", "A1")])
    sides = (gone, changed) if removed_by == "ours" else (changed, gone)
    found, merged = outcomes(base, *sides)
    assert found.conflicts == (
        RemovalConflict(RecordKey("item", ("a",)), removed_by, server("a"), server("a", "A1")),
    )
    other = {"ours": "theirs", "theirs": "ours"}[removed_by]
    assert found.explain() == f"configuration item a: removed in {removed_by}, but changed in {other}"
    assert merged == [base, *sides]


def test_fields_that_do_not_go_together_are_a_conflict(make_graph):
    def trio(members, rule):
        return make_graph([*map(server, "abcd"), RedundancySet(CIId("a"), "trio", list(members), rule)])

    base, ours, theirs = trio("bcd", "at least 2"), trio("bc", "at least 2"), trio("bcd", "at least 3")
    found, merged = outcomes(base, ours, theirs)
    assert [type(each) for each in found.conflicts] == [CombinationConflict]
    assert found.explain() == (
        "redundancy set 'trio' of a: the changes of ours and theirs do not go together: "
        "redundancy set 'trio' of a: at least 3 are asked for, but there are only 2 members"
    )
    assert merged == [base, ours, theirs]


def test_a_new_relation_to_an_item_that_was_removed_is_a_conflict(make_graph):
    base = make_graph([server("web"), server("host")])
    ours = make_graph([server("web"), server("host"), runs("web", "host")])
    theirs = make_graph([server("web")])
    found, merged = outcomes(base, ours, theirs)
    key = RecordKey.of(runs("web", "host"))
    assert found.conflicts == (MissingEndConflict(key, CIId("host"), "theirs"),)
    assert found.explain() == (
        "relation web runs_on host: needs host, which is in ours, but was removed in theirs"
    )
    # The base has the host, and nothing is said against the relation but that the host is missing.
    assert merged == [ours, ours, theirs]


def test_an_item_that_was_removed_is_kept_for_a_set_that_counts_on_it(make_graph):
    pair = RedundancySet(CIId("web"), "hosts", ["h1", "h2"], "any")
    trio = RedundancySet(CIId("web"), "hosts", ["h1", "h2", "h3"], "any")
    servers = [server(each) for each in ("web", "h1", "h2", "h3")]
    base, ours = make_graph([*servers, pair]), make_graph([*servers, trio])
    theirs = make_graph([*servers[:3], pair])
    found, merged = outcomes(base, ours, theirs)
    assert found.conflicts == (MissingEndConflict(RecordKey.of(pair), CIId("h3"), "theirs"),)
    assert merged == [ours, ours, theirs]


def test_what_comes_back_takes_its_ends_with_it(make_graph):
    pair = RedundancySet(CIId("web"), "hosts", ["h1"], "any")
    other = RedundancySet(CIId("web"), "hosts", ["h2"], "any")
    base = make_graph([server("web"), server("h1"), server("h2"), pair])
    ours, theirs = make_graph([server("web"), server("h2")]), make_graph([server("web"), server("h2"), other])
    found = merge(base, ours, theirs)
    assert found.merged == base
    assert found.explain().splitlines() == [
        "redundancy set 'hosts' of web: removed in ours, but changed in theirs",
        "redundancy set 'hosts' of web: needs h1, which was removed in ours and theirs",
    ]
    assert merge(base, ours, theirs, prefer="ours").merged == ours
    assert merge(base, ours, theirs, prefer="theirs").merged == theirs


def test_an_end_that_a_side_missed_already_is_no_conflict(make_graph):
    base = make_graph([server("web"), server("host"), runs("web", "host")])
    ours = make_graph([server("web", "W"), server("host"), runs("web", "host")])
    theirs = make_graph([server("web"), runs("web", "host")])
    found = merge(base, ours, theirs)
    assert found.is_clean
    assert found.merged == make_graph([server("web", "W"), runs("web", "host")])


def test_settings_are_merged_like_fields():
    def configured(**settings):
        return ConfigurationGraph([], **settings)

    classes = [ClassModel([CIClass(name)], OPEN_MODEL.relation_types) for name in ("x", "y")]
    levels = LevelChain(("up", "degraded", "bad", "down"))
    base = configured()
    ours, theirs = configured(model=classes[0], strict=True), configured(model=classes[1], levels=levels)
    found = [merge(base, ours, theirs, prefer=prefer) for prefer in (None, "ours", "theirs")]
    assert found[0].conflicts == (SettingConflict("model", OPEN_MODEL, *classes),)
    assert found[0].explain() == "model: changed in ours, and otherwise in theirs"
    assert [each.merged for each in found] == [
        configured(model=each, strict=True, levels=levels) for each in (OPEN_MODEL, *classes)
    ]


def test_an_outcome_that_is_no_graph_is_refused(make_graph):
    closed = ConfigurationGraph([], model=ClassModel([CIClass("service")], OPEN_MODEL.relation_types))
    with pytest.raises(DefinitionError, match="no class 'server'"):
        merge(make_graph([]), closed, make_graph([server("a")]))


def test_only_a_side_can_be_preferred(make_graph):
    with pytest.raises(DefinitionError, match="prefer must be 'ours', 'theirs' or None, not str 'mine'"):
        merge(make_graph([]), make_graph([]), make_graph([]), prefer="mine")


# What is questionable only together


def test_a_relation_that_one_removed_and_a_set_of_the_other_counts_on(make_graph):
    d, m, relation = server("d"), server("m"), runs("d", "m")
    group = RedundancySet(d.id, "s", ["m"], "at least 1")
    base, ours, theirs = make_graph([d, m, relation]), make_graph([d, m]), make_graph([d, m, relation, group])
    finding = UnrelatedMembers(group, (m.id,))
    for strict in (False, True):
        graphs = [evolve(each, strict=strict) for each in (base, ours, theirs)]
        for prefer, outcome, key in [
            (None, theirs, RecordKey.of(relation)),
            ("theirs", theirs, RecordKey.of(relation)),
            ("ours", ours, RecordKey.of(group)),
        ]:
            found = merge(*graphs, prefer=prefer)
            assert found.conflicts == (FindingConflict(finding, (key,)),)
            assert found.merged == evolve(outcome, strict=strict)
            assert found.explain() == f"only with the changes of both sides: {finding}"


def test_what_shares_a_relation_does_not_cost_more_than_the_relation(make_graph):
    d, m, relation = server("d"), server("m"), runs("d", "m")
    groups = [RedundancySet(d.id, name, ["m"], "any") for name in "st"]
    base = make_graph([d, m, relation])
    found = merge(base, make_graph([d, m]), make_graph([d, m, relation, *groups]))
    assert found.merged == make_graph([d, m, relation, *groups])
    assert [each.reverted for each in found.conflicts] == [(RecordKey.of(relation),)] * 2


def test_one_more_from_each_side_can_be_one_too_many():
    model = ClassModel(
        [CIClass("server")],
        OPEN_MODEL.relation_types,
        allowed=[AllowedRelation("server", "runs_on", "server", at_most_targets=1)],
    )

    def configured(*relations):
        return ConfigurationGraph(map(server, "abc"), relations, model=model, strict=True)

    base, ours, theirs = configured(), configured(runs("a", "b")), configured(runs("a", "c"))
    found, merged = outcomes_of_finding(base, ours, theirs)
    assert isinstance(found.conflicts[0].finding, BrokenCardinality)
    assert merged == [base, ours, theirs]


def outcomes_of_finding(base, ours, theirs):
    found = [merge(base, ours, theirs, prefer=prefer) for prefer in (None, "ours", "theirs")]
    assert all(len(each.conflicts) == 1 for each in found)
    return found[0], [each.merged for each in found]


def test_a_class_that_one_changed_and_a_relation_that_the_other_added():
    model = ClassModel(
        [CIClass("server"), CIClass("rack")],
        OPEN_MODEL.relation_types,
        allowed=[AllowedRelation("server", "runs_on", "server")],
    )

    def configured(ci_class, *relations):
        items = [server("a"), ConfigurationItem(CIId("b"), ci_class, "B")]
        return ConfigurationGraph(items, relations, model=model, strict=True)

    base, ours, theirs = configured("server"), configured("rack"), configured("server", runs("a", "b"))
    found, merged = outcomes_of_finding(base, ours, theirs)
    assert isinstance(found.conflicts[0].finding, GovernanceViolation)
    assert merged == [theirs, ours, theirs]


def strictly(model, *values):
    return ConfigurationGraph(values, model=model, strict=True)


def test_a_model_that_one_narrowed_and_an_item_that_the_other_added():
    wide, narrow = (
        ClassModel([CIClass("server", attributes={"os": "text"}, required=required)])
        for required in ([], ["os"])
    )
    base, ours, theirs = strictly(wide), strictly(wide, server("a")), strictly(narrow)
    found = [merge(base, ours, theirs, prefer=prefer) for prefer in (None, "ours", "theirs")]
    assert [each.merged for each in found] == [theirs, ours, theirs]
    assert isinstance(found[0].conflicts[0].finding, AttributeFault)
    assert [each.conflicts[0].reverted for each in found] == [
        (RecordKey("item", ("a",)),),
        ("model",),
        (RecordKey("item", ("a",)),),
    ]


def test_where_the_settings_cannot_go_alone_all_goes():
    wide = ClassModel([CIClass("server", attributes={"os": "text"})])
    narrow = ClassModel([CIClass("server", attributes={"os": "text"}, required=["os"]), CIClass("rack")])
    rack = ConfigurationItem(CIId("r"), "rack", "R")
    base, ours, theirs = strictly(wide), strictly(wide, server("a")), strictly(narrow, rack)
    found = merge(base, ours, theirs, prefer="ours")
    assert found.merged == ours
    assert found.conflicts[0].reverted == ("model", "levels", RecordKey.of(rack))


def test_what_one_added_twice_and_something_needs(make_graph):
    ours, theirs = (
        make_graph([server("b"), server("a")]),
        make_graph([server("b", "B2"), server("a"), runs("a", "b")]),
    )
    found = merge(make_graph([server("a")]), ours, theirs)
    key = RecordKey.of(runs("a", "b"))
    assert found.conflicts[-1] == MissingEndConflict(key, CIId("b"), "neither")
    assert str(found.conflicts[-1]) == f"{key}: needs b, which ours and theirs added, each in another way"
    assert found.merged == make_graph([server("a")])
