from hypothesis import given
from hypothesis import strategies as st

from itsmkit.cmdb import CIId, ConfigurationGraph, ConfigurationItem, RedundancySet, Relation

IDS = [CIId(f"ci-{number}") for number in range(6)]
pairs = st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)), unique=True, max_size=20)
effects = st.sampled_from([None, "at most degraded", "none"])


@st.composite
def programs(draw):
    """Return the program of some graph, with plain, partial and redundant ways between the same items."""
    relations = [
        Relation(source, kind, target, effect=draw(effects))
        for kind in ("depends_on", "runs_on")
        for source, target in draw(pairs)
    ]
    of = {each.source: [] for each in relations}
    for each in relations:
        if each.source != each.target:
            of[each.source].append(each.target)
    sets = [
        RedundancySet(
            dependent, "some", sorted(set(members)), draw(st.sampled_from(["any", "at least 1"])), kind
        )
        for dependent, members in sorted(of.items())
        if (kind := draw(st.sampled_from(["none", None, "runs_on"]))) != "none" and members
    ]
    items = [ConfigurationItem(ci, "server", ci) for ci in IDS]
    return ConfigurationGraph(items, relations, sets)._program


@given(programs())
def test_what_leads_to_a_number_is_what_follows_the_other_way_round(program):
    following = {(source, target) for source, row in enumerate(program.out) for target in row}
    assert following == {(source, target) for target, row in enumerate(program.into) for source in row}
    assert len(program.out) == len(program.into) == program.size


@given(programs())
def test_a_row_is_the_same_whenever_it_is_read(program):
    rows = list(program.out)
    assert rows == [program.out[number] for number in range(program.size)]
    assert all(len(set(row)) == len(row) for row in rows)


@given(programs())
def test_who_is_at_a_level_is_at_each_better_one(program):
    for item in range(program.items):
        for level in range(2, program.top + 1):
            worse, better = program.literal(item, level), program.literal(item, level - 1)
            assert program.out[worse][-1] == better
            assert program.implies(worse, better)
