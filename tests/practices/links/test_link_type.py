"""Types of links as data, and what cannot be declared."""

from typing import Any

import pytest

from itsmkit.conditions import equals
from itsmkit.errors import DefinitionError
from itsmkit.practices.links import (
    SPLIT_FROM,
    STANDARD_LINK_TYPES,
    Cascade,
    LinkEnd,
    LinkType,
    end_called,
    link_types_problems,
    unknown_moves,
)
from itsmkit.testing import an_incident

RESOLVE = Cascade("resolve", "transition", on_category="resolved", trigger="resolve")
PARENT = LinkType("parent_of", "child_of", is_acyclic=True, cascades=[RESOLVE])


@pytest.mark.parametrize("link_type", STANDARD_LINK_TYPES, ids=lambda each: each.name)
def test_a_link_is_called_by_each_of_its_ends(link_type: LinkType) -> None:
    source, target = LinkEnd(link_type, True), LinkEnd(link_type, True).opposite
    assert end_called(STANDARD_LINK_TYPES, link_type.name) == source
    assert end_called(STANDARD_LINK_TYPES, link_type.inverse) == target
    assert (source.name, target.name) == (link_type.name, link_type.inverse)
    assert target.opposite == source


def test_nothing_moves_along_the_standard_links() -> None:
    assert not any(link_type.cascades for link_type in STANDARD_LINK_TYPES)
    assert [*link_types_problems("link_types", STANDARD_LINK_TYPES)] == []
    assert SPLIT_FROM in {link_type.name for link_type in STANDARD_LINK_TYPES}


def test_a_link_without_direction_has_two_ends_of_one_name() -> None:
    related = LinkType("related_to", "related_to")
    assert related.is_symmetric
    assert end_called([related], "related_to") == LinkEnd(related, True) == LinkEnd(related, True).opposite


def test_an_unknown_link_is_refused_with_the_closest() -> None:
    with pytest.raises(DefinitionError, match=r"unknown link 'child off'; did you mean 'child_of'\?"):
        end_called(STANDARD_LINK_TYPES, "child off")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        pytest.param(
            {"name": "a:b"}, "name: must be without a colon, not 'a:b': it stands between", id="colon"
        ),
        pytest.param(
            {"name": " a"}, "name: must be a name without surrounding spaces, not str ' a'", id="name"
        ),
        pytest.param({"inverse": ""}, "inverse: must be a name without surrounding spaces", id="inverse"),
        pytest.param({"source_kinds": [7]}, "source_kinds[0]: must be a name", id="kinds of the source"),
        pytest.param({"target_kinds": ["a", "a"]}, "target_kinds: 'a' stands there more", id="kinds, twice"),
        pytest.param(
            {"cascades": [RESOLVE, RESOLVE]}, "cascades: 'resolve' stands there more", id="cascades"
        ),
        pytest.param(
            {"is_acyclic": False}, "may come back for ever: set `is_acyclic`", id="a cascade in circles"
        ),
        pytest.param(
            {"inverse": "parent_of"}, "have no direction, so that no end of them can be", id="no end"
        ),
    ],
)
def test_a_type_that_cannot_be_is_refused(options: dict[str, Any], problem: str) -> None:
    good = {"name": "parent_of", "inverse": "child_of", "is_acyclic": True, "cascades": [RESOLVE]}
    with pytest.raises(DefinitionError) as refused:
        LinkType(**(good | options))
    assert any(problem in each for each in refused.value.problems), refused.value.problems


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        pytest.param({"name": "a:b"}, "name: must be without a colon", id="colon"),
        pytest.param(
            {"do": "explode"}, "what a cascade does must be one of transition, ask, comment", id="deed"
        ),
        pytest.param(
            {"on_trigger": "resolve"}, "must begin with one thing: name a category in", id="two reasons"
        ),
        pytest.param({"on_category": None}, "must begin with one thing: name a category in", id="no reason"),
        pytest.param(
            {"on_category": "resolvd"}, "unknown 'resolvd'; did you mean 'resolved'?", id="category"
        ),
        pytest.param({"trigger": None}, "must name the move of each ticket in `trigger`", id="no move"),
        pytest.param({"do": "comment", "text": "x"}, "leave `trigger` out", id="a comment that moves"),
        pytest.param({"do": "ask"}, "has nothing to say: write it in `text`", id="a question of no words"),
        pytest.param({"do": "ask", "text": " "}, "has nothing to say", id="a question of spaces"),
        pytest.param({"carries": [""]}, "carries[0]: must be a name", id="what is carried"),
        pytest.param(
            {"carries": ["priority"]}, "it is judged; use `prioritise`", id="what cannot be handed in"
        ),
        pytest.param({"notify": ["a", "a"]}, "notify: 'a' stands there more than once", id="told twice"),
    ],
)
def test_a_cascade_that_cannot_be_is_refused(options: dict[str, Any], problem: str) -> None:
    good = {"name": "resolve", "do": "transition", "on_category": "resolved", "trigger": "resolve"}
    with pytest.raises(DefinitionError) as refused:
        Cascade(**(good | options))
    assert any(problem in each for each in refused.value.problems), refused.value.problems


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(DefinitionError) as refused:
        Cascade("", "ask", carries=["state"])
    assert len(refused.value.problems) == 5


def test_a_cascade_is_meant_for_some() -> None:
    cascade = Cascade("n", "comment", on_category="closed", text="Done", when=equals("priority", "P1"))
    assert [cascade.applies(an_incident(impact=each, urgency=each).facts()) for each in ("high", "low")] == [
        True,
        False,
    ]


def test_names_of_ends_and_moves_are_known() -> None:
    again = LinkType("child_of", "parent")
    assert [*link_types_problems("links", [PARENT, again])] == [
        "links: 'child_of' stands there more than once"
    ]
    assert [*unknown_moves("links", [PARENT], ["resolve"])] == []
    (problem,) = unknown_moves("links", [PARENT], ["resolved", "close"])
    assert problem == (
        "links: the cascade 'resolve' of 'parent_of' names a move 'resolve' that no workflow of the desk "
        "has; did you mean 'resolved'?"
    )
