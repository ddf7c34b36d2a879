"""Delegated votes as values: when they hold, what is refused, and the circles that nobody closes."""

from datetime import datetime, timedelta
from itertools import product

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError, NotFoundError, RefusedError
from itsmkit.practices.delegated_votes import (
    MOST_DELEGATIONS,
    DelegatedVotes,
    Delegators,
    VoteDelegation,
    delegate_votes,
    stand_ins_for,
    with_delegator,
    withdraw_delegation,
)
from itsmkit.testing import A_MONDAY

HOUR = timedelta(hours=1)
PEOPLE = ("ann", "bob", "eve", "kim")
ITEMS, STAGES = ("laptop", "desk"), ("boss", "board")


def at(hour: int) -> datetime:
    return A_MONDAY + hour * HOUR


def a_delegation(
    delegate: str = "bob",
    start: int = 0,
    end: int = 8,
    *,
    items: tuple[str, ...] = (),
    stages: tuple[str, ...] = (),
    key: str = "1",
    given: int = 0,
) -> VoteDelegation:
    return VoteDelegation(
        id=key,
        delegate=delegate,
        start=at(start),
        end=at(end),
        items=items,
        stages=stages,
        given_by="ann",
        given_at=at(given),
    )


def test_a_delegation_holds_from_its_start_up_to_its_end() -> None:
    found = a_delegation(start=1, end=3)
    assert [found.holds_at(at(hour)) for hour in range(5)] == [False, True, True, False, False]
    assert not found.holds_at(at(3) - timedelta(microseconds=1) + timedelta(microseconds=1))
    assert found.holds_at(at(3) - timedelta(microseconds=1))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        pytest.param({"end": at(0)}, "end: must be after the start", id="empty"),
        pytest.param({"start": datetime(2026, 3, 2)}, "naive|time zone|aware", id="naive"),  # noqa: DTZ001
        pytest.param({"items": ["laptop", "laptop"]}, "items: ", id="twice"),
        pytest.param({"stages": [""]}, r"stages\[0\]", id="no name"),
        pytest.param({"delegate": " bob"}, "delegate", id="spaces"),
    ],
)
def test_what_is_no_delegation_is_refused(changes: dict[str, object], problem: str) -> None:
    with pytest.raises(DefinitionError, match=problem):
        evolve(a_delegation(), **changes)


def test_every_reason_against_a_delegation_is_told() -> None:
    with pytest.raises(RefusedError) as refused:
        delegate_votes(DelegatedVotes(id="ann"), a_delegation("ann", start=0, given=2))
    assert [each.partition(": ")[2][:30] for each in refused.value.reasons] == [
        "ann cannot stand in for themse",
        "it would begin in the past, at",
    ]


def test_nobody_has_more_delegations_than_can_be_looked_through() -> None:
    votes = DelegatedVotes(id="ann", given=[a_delegation(key=str(key)) for key in range(MOST_DELEGATIONS)])
    with pytest.raises(RefusedError, match="100 that have not ended"):
        delegate_votes(votes, a_delegation(start=1, given=1))
    assert len(delegate_votes(votes, a_delegation(start=9, end=10, given=9)).value.given) == 101


def test_what_ended_long_ago_stands_in_the_history_alone() -> None:
    votes = DelegatedVotes(id="ann", given=[a_delegation()])
    late = 24 * 40
    outcome = delegate_votes(votes, a_delegation(start=late, end=late + 1, given=late, key="2"))
    assert [each.id for each in outcome.value.given] == ["2"]


def test_a_delegation_is_withdrawn_once_and_before_it_ends() -> None:
    votes = DelegatedVotes(id="ann", given=[a_delegation(start=2)])
    outcome = withdraw_delegation(votes, "1", by="ann", at=at(1), reason="I stay")
    [early] = outcome.value.given
    assert not any(early.holds_at(at(hour)) for hour in range(9))
    assert outcome.value.next_change(at(0)) is None
    assert outcome.said["reason"] == "I stay"
    with pytest.raises(RefusedError, match="ann did, at"):
        withdraw_delegation(outcome.value, "1", by="ann", at=at(1))
    with pytest.raises(RefusedError, match="it has ended"):
        withdraw_delegation(votes, "1", by="ann", at=at(8))
    with pytest.raises(NotFoundError):
        withdraw_delegation(votes, "2", by="ann", at=at(1))


def test_who_has_nothing_left_leaves_the_list_when_another_comes() -> None:
    ended, going = (
        DelegatedVotes(id=name, given=[a_delegation(end=end)]) for name, end in (("eve", 2), ("bob", 9))
    )
    new = DelegatedVotes(id="ann", given=[a_delegation("kim", end=9)])
    listing = with_delegator(Delegators(people=["bob", "eve"]), new, [ended, going], at(3))
    assert listing.value.people == ("ann", "bob")


# -- laws --------------------------------------------------------------------------------------------------


@st.composite
def delegations(draw: st.DrawFn) -> list[tuple[str, VoteDelegation]]:
    found = []
    for key in range(draw(st.integers(1, 9))):
        start = draw(st.integers(0, 6))
        delegation = a_delegation(
            draw(st.sampled_from(PEOPLE)),
            start,
            start + draw(st.integers(1, 4)),
            items=tuple(draw(st.sets(st.sampled_from(ITEMS), max_size=1))),
            stages=tuple(draw(st.sets(st.sampled_from(STAGES), max_size=1))),
            key=str(key),
        )
        if draw(st.integers(0, 4)) == 0:
            delegation = evolve(delegation, withdrawn_at=at(draw(st.integers(0, 10))), withdrawn_by="eve")
        found.append((draw(st.sampled_from(PEOPLE)), delegation))
    return found


def led_to(edges: set[tuple[str, str]], person: str, most: int = len(PEOPLE)) -> set[str]:
    """Return whom one comes to from *person* along at most so many edges, at least one."""
    found: set[str] = set()
    ends = {person}
    for _ in range(most):
        ends = {there for here, there in edges if here in ends}
        found |= ends
    return found


def edges_at(
    known: list[tuple[str, VoteDelegation]], hour: int, item: str, stage: str
) -> set[tuple[str, str]]:
    """Return who lets whom stand in, for one item and stage, at the beginning of an hour: by the words."""
    return {
        (who, each.delegate)
        for who, each in known
        if each.start <= at(hour) < each.end
        and (each.withdrawn_at is None or at(hour) < each.withdrawn_at)
        and (not each.items or item in each.items)
        and (not each.stages or stage in each.stages)
    }


MOMENTS = [*product(range(12), (*ITEMS, "chair"), (*STAGES, "owner"))]
"""Every hour, item and stage between which delegations tell a difference."""


@settings(max_examples=150)
@given(delegations())
def test_exactly_what_would_close_a_circle_is_refused(asked: list[tuple[str, VoteDelegation]]) -> None:
    kept: list[tuple[str, VoteDelegation]] = []
    for who, delegation in asked:
        votes = {
            name: DelegatedVotes(id=name, given=[each for one, each in kept if one == name])
            for name in PEOPLE
        }
        closes = any(
            (who, delegation.delegate) in edges_at([(who, delegation)], *moment)
            and who in {delegation.delegate, *led_to(edges_at(kept, *moment), delegation.delegate)}
            for moment in MOMENTS
        )
        try:
            delegate_votes(votes[who], delegation, votes.values())
        except RefusedError:
            assert closes or who == delegation.delegate
        else:
            assert not closes
            kept.append((who, delegation))
    for moment in MOMENTS:
        assert all(name not in led_to(edges_at(kept, *moment), name) for name in PEOPLE)


@settings(max_examples=150)
@given(delegations(), st.integers(0, 2), st.sets(st.sampled_from(PEOPLE), max_size=1))
def test_stand_ins_are_those_whom_the_words_name(
    asked: list[tuple[str, VoteDelegation]], max_chain: int, barred: set[str]
) -> None:
    kept: dict[str, DelegatedVotes] = {}
    for who, delegation in asked:
        before = kept.get(who, DelegatedVotes(id=who))
        try:
            kept[who] = delegate_votes(before, delegation, kept.values()).value
        except RefusedError:
            continue
    known = [(who, each) for who, votes in kept.items() for each in votes.given]
    for hour, item, stage in MOMENTS:
        found = stand_ins_for(PEOPLE, kept.get, item=item, barred=barred, max_chain=max_chain)
        for person in PEOPLE:
            edges = {edge for edge in edges_at(known, hour, item, stage) if edge[1] not in barred}
            told = found.stand_ins(person, at=at(hour), policy="any", stage=stage, max_chain=max_chain)
            assert set(told) == led_to(edges, person, max_chain), (hour, item, stage, person)
