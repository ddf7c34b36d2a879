"""Several packs as one, and what contradicts."""

import pytest
from attrs import evolve

from itsmkit import packs
from itsmkit.errors import DefinitionError
from itsmkit.packs import Pack, combined


def test_a_desk_of_both_has_what_each_has():
    both = combined(packs.it, packs.hr, title="The house")
    assert (both.name, both.title, both.config.name) == ("it+hr", "The house", "The house")
    assert both.items == packs.it.items + packs.hr.items
    assert both.aids == packs.it.aids + packs.hr.aids
    for one in (packs.it.config, packs.hr.config):
        assert one.kinds.keys() <= both.config.kinds.keys()
        assert one.calendars.items() <= both.config.calendars.items()
        assert {each.name for each in one.agreements} <= {each.name for each in both.config.agreements}
        assert set(one.structure.groups) <= set(both.config.structure.groups)
        assert set(one.access.roles) <= set(both.config.access.roles)
        assert set(one.access.default) <= set(both.config.access.default)
        assert set(one.categories.nodes) <= set(both.config.categories.nodes)
    assert both.config.escalation == packs.it.config.escalation  # alike in both, and there once


def test_combined_with_itself_or_alone_a_pack_is_as_it_is():
    for pack in (packs.it, packs.hr):
        assert combined(pack) == pack
        bare = evolve(pack, items=(), aids=(), articles=())
        assert combined(bare, bare, title=bare.title).configuration == pack.configuration


def test_the_order_of_packs_is_the_order_of_what_they_have_and_nothing_else():
    both, other = combined(packs.it, packs.hr).config, combined(packs.hr, packs.it).config
    assert both.kinds.keys() == other.kinds.keys()
    assert both.calendars == other.calendars
    assert set(both.agreements) == set(other.agreements)
    assert set(both.categories.nodes) == set(other.categories.nodes)
    assert both.categories.nodes != other.categories.nodes


HOURS = {"hours": "Mon-Fri 09:00-17:00", "time_zone": "UTC"}


def test_every_contradiction_is_told():
    one = Pack(
        "one",
        "One",
        {
            "default_roles": ["a"],
            "desk": {"name": "One", "reporting_calendar": "office"},
            "calendars": {"office": HOURS},
            "categories": {"version": 1, "nodes": {"a": "A", "b": "B"}},
            "groups": [{"id": "g", "name": "G"}, {"id": "h"}],
            "themes": {"usual": {"complaints": 3}},
            "chains": [],
            "kinds": {"task": {}},
            "escalation": [{"checkpoint": "breach", "notify": ["x"]}],
        },
    )
    other = Pack(
        "other",
        "Other",
        {
            "default_roles": ["a", "b"],
            "desk": {"name": "Other", "reporting_calendar": "always"},
            "calendars": {"office": {**HOURS, "time_zone": "Europe/Paris"}},
            "categories": {"version": 1, "nodes": {"a": "Other A", "c": "C"}},
            "groups": [{"id": "g", "name": "Other G"}, {"id": "h"}],
            "themes": {"usual": {"complaints": 4}},
            "chains": "none",
            "kinds": "none",
            "escalation": [{"checkpoint": "50%", "notify": ["x"]}],
        },
    )
    with pytest.raises(DefinitionError) as caught:
        combined(one, other)
    begin, end = (
        "cannot combine one+other: ",
        (": pack 'other' says otherwise than pack 'one'; rename one of them, or make them alike"),
    )
    assert caught.value.problems == tuple(
        f"{begin}{path}{end}"
        for path in (
            "desk.reporting_calendar",
            "calendars.office",
            "categories.nodes.a",
            "groups['g']",
            "themes",
            "chains",
            "kinds",
        )
    )


def test_lists_follow_each_other_and_what_is_alike_is_there_once():
    rule = {"checkpoint": "breach", "notify": ["x"]}
    one = Pack("one", "One", {"default_roles": ["a"], "escalation": [rule]})
    other = Pack(
        "other", "Other", {"default_roles": ["a", "b"], "escalation": [rule, {**rule, "notify": ["y"]}]}
    )
    assert combined(one, other).configuration == {
        "default_roles": ("a", "b"),
        "escalation": ({**rule, "notify": ("x",)}, {**rule, "notify": ("y",)}),
    }


STEP = {"checkpoint": "breach", "notify": ["x"]}
LADDER = {"name": "silent", "on": "silent", "steps": [{"after": "1h", "notify": ["owner"]}]}


@pytest.mark.parametrize("is_listed_first", [True, False])
def test_steps_alone_and_all_of_escalation_go_together(is_listed_first):
    listed = Pack("listed", "Listed", {"escalation": [STEP]})
    own = {"checkpoint": "75%", "notify": ["y"]}
    whole = Pack("whole", "Whole", {"escalation": {"steps": [own, STEP], "ladders": [LADDER], "bounces": 2}})
    both = combined(*((listed, whole) if is_listed_first else (whole, listed)))
    policy = both.config.escalation
    assert policy.ladders == whole.config.escalation.ladders
    assert policy.bounces == 2
    assert {each.checkpoint for each in policy.steps} == {"75%", "breach"}
    assert len(policy.steps) == 2
    assert combined(both, listed).config.escalation == policy


def test_two_ladders_of_one_name_or_two_numbers_of_bounces_contradict_each_other():
    one = Pack("one", "One", {"escalation": [STEP]})
    other = Pack("other", "Other", {"escalation": {"ladders": [LADDER], "bounces": 2}})
    third = Pack("third", "Third", {"escalation": {"ladders": [{**LADDER, "on": "idle"}], "bounces": 3}})
    with pytest.raises(DefinitionError) as caught:
        combined(one, other, third)
    assert [each.partition(": ")[2].partition(" says")[0] for each in caught.value.problems] == [
        "escalation.ladders['silent']: pack 'third'",
        "escalation.bounces: pack 'third'",
    ]


def test_two_records_of_one_key_are_refused():
    with pytest.raises(DefinitionError) as caught:
        combined(packs.hr, packs.hr)
    assert "pack 'hr+hr': items: 'leave' stands there more than once" in caught.value.problems
    assert (
        "pack 'hr+hr': aids: CannedReply: 'hr-received' stands there more than once" in caught.value.problems
    )


def test_there_must_be_a_pack():
    with pytest.raises(DefinitionError, match="there is none to combine"):
        combined()
