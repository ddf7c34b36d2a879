"""Links stand at both ends, and close no circle where they must not."""

from collections.abc import Callable

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.errors import RefusedError
from itsmkit.practices import Incident, Occasion
from itsmkit.practices.links import STANDARD_LINK_TYPES, LinkType, link, linked_to, merge, unlink
from itsmkit.practices.links.link_type import LinkEnd, end_called
from itsmkit.testing import A_MONDAY, AN_AGENT, an_incident
from itsmkit.tickets import Link, Ticket, TicketId

NOW = Occasion(AN_AGENT, A_MONDAY)
PARENT = STANDARD_LINK_TYPES[0]


class Desk:
    """Tickets that remember what was decided."""

    def __init__(self, *names: str) -> None:
        self.tickets: dict[TicketId, Ticket] = {an_incident(name).id: an_incident(name) for name in names}

    def __getitem__(self, name: str) -> Ticket:
        return self.tickets[TicketId(f"ticket-{name}")]

    def __setitem__(self, name: str, ticket: Ticket) -> None:
        self.tickets[TicketId(f"ticket-{name}")] = ticket

    def of(self, ticket_id: TicketId) -> Ticket:
        return self.tickets[ticket_id]

    def link(
        self, one: str, name: str, other: str, types: tuple[LinkType, ...] = STANDARD_LINK_TYPES
    ) -> None:
        pair = link(self[one], name, self[other], NOW, link_types=types, ticket_of=self.of)
        for decision in pair:
            self.tickets[decision.ticket.id] = decision.ticket

    def unlink(self, one: str, name: str, other: str) -> None:
        for decision in unlink(self[one], name, self[other], NOW, link_types=STANDARD_LINK_TYPES):
            self.tickets[decision.ticket.id] = decision.ticket

    def merge(self, one: str, other: str) -> None:
        pair = merge(self[one], self[other], NOW, link_types=STANDARD_LINK_TYPES, ticket_of=self.of)
        for decision in pair:
            self.tickets[decision.ticket.id] = decision.ticket

    def linked(self, one: str, name: str) -> list[str]:
        found = linked_to(self[one], end_called(STANDARD_LINK_TYPES, name), self.of)
        return [ticket.number for ticket in found]


def reasons_of(what: Callable[[], object]) -> tuple[str, ...]:
    with pytest.raises(RefusedError) as refused:
        what()
    return refused.value.reasons


def test_a_link_stands_at_both_ends() -> None:
    desk = Desk("a", "b")
    desk.link("a", "parent_of", "b")
    assert desk["a"].links == (Link("parent_of", True, desk["b"].id),)
    assert desk["b"].links == (Link("parent_of", False, desk["a"].id),)
    assert desk["a"].facts()["link.parent_of"] is True
    assert "link.parent_of" not in desk["b"].facts()


def test_it_may_be_named_from_either_end() -> None:
    one, other = Desk("a", "b"), Desk("a", "b")
    one.link("a", "parent_of", "b")
    other.link("b", "child_of", "a")
    assert one.tickets == other.tickets


def test_without_a_direction_both_ends_are_the_same() -> None:
    desk = Desk("a", "b")
    desk.link("a", "related_to", "b")
    assert [desk[name].links[0].is_source for name in "ab"] == [True, True]
    assert reasons_of(lambda: desk.link("b", "related_to", "a")) == (
        "cannot make b related_to a: it is already",
    )
    desk.unlink("b", "related_to", "a")
    assert desk["a"].links == desk["b"].links == ()


@pytest.mark.parametrize("name", ["parent_of", "child_of", "related_to"])
def test_what_was_linked_and_unlinked_is_as_it_was(name: str) -> None:
    desk = Desk("a", "b", "c")
    desk.link("a", "related_to", "c")
    before = dict(desk.tickets)
    desk.link("a", name, "b")
    desk.unlink("a", name, "b")
    assert {key: evolve(each, version=before[key].version) for key, each in desk.tickets.items()} == before


def test_what_is_not_linked_cannot_be_unlinked() -> None:
    desk = Desk("a", "b")
    desk.link("a", "parent_of", "b")
    assert reasons_of(lambda: desk.unlink("b", "parent_of", "a")) == (
        "cannot unlink b: it is not parent_of a",
    )


def test_a_ticket_is_not_linked_to_itself() -> None:
    desk = Desk("a")
    assert reasons_of(lambda: desk.link("a", "blocks", "a")) == (
        "cannot make a blocks a: a ticket cannot be linked to itself",
    )


def test_a_child_has_one_parent_and_a_duplicate_one_original() -> None:
    desk = Desk("a", "b", "c")
    desk.link("a", "parent_of", "c")
    taken = "c is child_of another ticket already, and can be that of one only; unlink it first"
    assert reasons_of(lambda: desk.link("b", "parent_of", "c")) == (f"cannot make b parent_of c: {taken}",)
    desk.link("a", "duplicate_of", "b")
    taken = "a is duplicate_of another ticket already, and can be that of one only; unlink it first"
    assert reasons_of(lambda: desk.link("c", "duplicated_by", "a")) == (
        f"cannot make c duplicated_by a: {taken}",
    )


def test_the_kinds_at_both_ends_are_as_declared_and_every_objection_is_told() -> None:
    types = (LinkType("fixes", "fixed_by", source_kinds=["change"], target_kinds=["incident", "problem"]),)
    desk = Desk("a", "b")
    desk["b"] = evolve(desk["b"], kind="question")
    whole, of_kind = "cannot make a fixes b", "something must be of kind"
    assert reasons_of(lambda: desk.link("a", "fixes", "b", types)) == (
        f"{whole}: a is of kind incident; what is fixes {of_kind} change",
        f"{whole}: b is of kind question; what is fixed_by {of_kind} incident or problem",
    )
    desk["a"], desk["b"] = evolve(desk["a"], kind="change"), evolve(desk["b"], kind="problem")
    desk.link("a", "fixes", "b", types)


def test_links_of_merged_tickets_are_those_of_the_ones_in_which_they_go_on() -> None:
    desk = Desk("a", "b", "c", "d")
    desk.link("a", "parent_of", "b")
    desk.link("c", "related_to", "b")
    desk.merge("b", "d")
    assert desk.linked("a", "parent_of") == ["d"]
    assert (desk.linked("d", "child_of"), desk.linked("d", "related_to")) == (["a"], ["c"])
    desk.merge("a", "d")
    assert (desk.linked("d", "child_of"), desk.linked("d", "parent_of")) == ([], [])


# -- circles -------------------------------------------------------------------------------------------

NAMES = "abcdef"
deeds = st.tuples(st.sampled_from(["parent_of", "blocks", "merge"]), *[st.sampled_from(NAMES)] * 2)


def closes_circle(edges: set[tuple[str, str]]) -> bool:
    """Tell whether arrows lead back: what none leads to is taken away, for as long as there is such."""
    left = {edge for edge in edges if edge[0] != edge[1]}
    while left:
        bare = {source for source, _ in left} - {target for _, target in left}
        if not bare:
            return True
        left = {edge for edge in left if edge[0] not in bare}
    return False


@given(st.lists(deeds, max_size=14))
def test_what_is_linked_and_merged_closes_no_circle_and_nothing_else_is_refused_for_one(
    run: list[tuple[str, str, str]],
) -> None:
    desk = Desk(*NAMES)
    stands_for = {name: name for name in NAMES}
    arrows: dict[str, set[tuple[str, str]]] = {"parent_of": set(), "blocks": set()}

    def resolved(name: str, more: tuple[str, str] | None, places: dict[str, str]) -> set[tuple[str, str]]:
        edges = arrows[name] | ({more} if more else set())
        return {(places[one], places[other]) for one, other in edges}

    for deed, one, other in run:
        places = stands_for
        if deed == "merge":
            places = {name: other if place == one else place for name, place in stands_for.items()}
            circle = one != other and any(closes_circle(resolved(name, None, places)) for name in arrows)
        else:
            circle = one != other and closes_circle(resolved(deed, (one, other), places))
            circle |= one != other and stands_for[one] == stands_for[other]
        try:
            desk.merge(one, other) if deed == "merge" else desk.link(one, deed, other)
        except RefusedError as refused:
            if any("circle" in reason for reason in refused.reasons):
                assert circle
            continue
        assert not circle
        if deed == "merge":
            stands_for = places
        else:
            arrows[deed].add((one, other))


def test_the_end_of_a_link_finds_its_links() -> None:
    desk = Desk("a", "b")
    desk.link("a", "parent_of", "b")
    assert LinkEnd(PARENT, True).of(desk["a"]) == desk["a"].links
    assert LinkEnd(PARENT, False).of(desk["a"]) == ()
    assert isinstance(desk["a"], Incident)
