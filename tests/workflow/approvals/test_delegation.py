"""Standing in for others: chains against all paths, loops against all cycles."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError
from itsmkit.workflow.approvals import Delegation, Delegations

START = datetime(2026, 7, 1, tzinfo=UTC)
DAY = timedelta(days=1)
PEOPLE = ("kim", "lee", "max", "noa")


def given_by(delegator: str, delegate: str, first: int = 0, end: int = 10, **scope: list[str]) -> Delegation:
    return Delegation(delegator, delegate, START + first * DAY, START + end * DAY, **scope)


@st.composite
def delegations(draw: st.DrawFn) -> list[Delegation]:
    def one() -> Delegation:
        delegator, delegate = draw(st.permutations(PEOPLE))[:2]
        first = draw(st.integers(0, 4))
        return given_by(
            delegator,
            delegate,
            first,
            draw(st.integers(first + 1, 6)),
            policies=draw(st.lists(st.sampled_from(["change", "access"]), max_size=1)),
            stages=draw(st.lists(st.sampled_from(["board", "owner"]), max_size=1)),
        )

    return [one() for _ in range(draw(st.integers(0, 6)))]


def loops(all_of_them: list[Delegation]) -> set[frozenset[str]]:
    """Return the people of every loop, found by trying every order of every group on every day."""
    found = set()
    for size in range(2, len(PEOPLE) + 1):
        for ring in permutations(PEOPLE, size):
            steps = list(zip(ring, (*ring[1:], ring[0]), strict=True))
            for day in range(7):
                for policy in ("change", "access", "another"):
                    for stage in ("board", "owner", "another"):
                        active = {
                            (each.delegator, each.delegate)
                            for each in all_of_them
                            if each.start <= START + day * DAY < each.end
                            and (not each.policies or policy in each.policies)
                            and (not each.stages or stage in each.stages)
                        }
                        if active.issuperset(steps):
                            found.add(frozenset(ring))
    return found


@settings(max_examples=60, deadline=None)
@given(delegations())
def test_loops_are_refused_and_only_they(all_of_them: list[Delegation]):
    expected = loops(all_of_them)
    try:
        Delegations(all_of_them)
    except DefinitionError as error:
        told = [problem.partition(" at ")[0].removeprefix("loop ").split(" → ") for problem in error.problems]
        assert {frozenset(ring) for ring in told} <= expected
        # Everybody who is in a loop is told of.
        assert {person for ring in told for person in ring} == {
            person for ring in expected for person in ring
        }
    else:
        assert not expected


@pytest.mark.parametrize(
    ("pair", "problem"),
    [
        pytest.param(
            [given_by("kim", "lee"), given_by("lee", "kim", 3)],
            "loop kim → lee → kim at 2026-07-04",
            id="time",
        ),
        pytest.param(
            [given_by("kim", "lee", 0, 3), given_by("lee", "kim", 3)], None, id="touching ends share nothing"
        ),
        pytest.param(
            [given_by("kim", "lee", stages=["board"]), given_by("lee", "kim", policies=["change"])],
            "loop kim → lee → kim at 2026-07-01 00:00:00+00:00 for policy 'change', for stage 'board'; end",
            id="scope",
        ),
        pytest.param(
            [given_by("kim", "lee", stages=["board"]), given_by("lee", "kim", stages=["owner"])],
            None,
            id="apart",
        ),
    ],
)
def test_a_loop_needs_a_common_time_and_scope(pair: list[Delegation], problem: str | None):
    if problem is None:
        assert Delegations(pair).delegations == tuple(pair)
    else:
        with pytest.raises(DefinitionError) as caught:
            Delegations(pair)
        assert len(caught.value.problems) == 1
        assert str(caught.value).startswith(problem)


def test_every_loop_is_listed():
    rings = [given_by("kim", "lee"), given_by("lee", "kim"), given_by("max", "noa"), given_by("noa", "max")]
    with pytest.raises(DefinitionError) as caught:
        # What leads from one ring to another is in none.
        Delegations([*rings, given_by("kim", "uma"), given_by("uma", "max")])
    assert len(caught.value.problems) == 2


@settings(max_examples=100, deadline=None)
@given(delegations(), st.integers(0, 6), st.integers(0, 3), st.sets(st.sampled_from(PEOPLE[1:])))
def test_who_stands_in_is_who_a_short_enough_path_leads_to(
    all_of_them: list[Delegation], day: int, max_chain: int, without: set[str]
):
    try:
        together = Delegations(all_of_them)
    except DefinitionError:
        return
    at = START + day * DAY
    ways = {(each.delegator, each.delegate) for each in all_of_them if each.covers(at, "change", "board")}
    shortest: dict[str, int] = {}
    for size in range(1, max_chain + 1):
        for path in permutations(PEOPLE[1:], size):
            steps = set(zip(("kim", *path), path, strict=False))
            if steps <= ways and not without & set(path):
                shortest.setdefault(path[-1], size)
    found = together.stand_ins(
        "kim", at=at, policy="change", stage="board", max_chain=max_chain, without=without
    )
    assert {person: len(chain) - 1 for person, chain in found.items()} == shortest
    assert all((chain[0], chain[-1]) == ("kim", person) for person, chain in found.items())


def test_the_next_change_is_the_next_start_or_end_in_scope():
    together = Delegations([given_by("kim", "lee", 1, 3), given_by("max", "noa", 2, 5, stages=["owner"])])

    def change(after: int, *stages: str) -> datetime | None:
        return together.next_change(START + after * DAY, policy="change", stages=stages)

    assert change(0, "board") == START + DAY
    assert change(1, "board") == START + 3 * DAY
    assert change(1, "board", "owner") == START + 2 * DAY
    assert change(3, "board") is None
    assert change(0) is None


def test_those_who_cover_for_each_other_in_turn_are_in_no_loop() -> None:
    start = datetime(2026, 1, 5, tzinfo=UTC)
    week = timedelta(weeks=1)
    turns = [
        Delegation(
            f"{who} {pair}",
            f"{other} {pair}",
            start + turn * week,
            start + (turn + 1) * week,
            policies=[f"policy {pair % 10}"],
            stages=[f"stage {pair // 10}"],
        )
        for pair in range(40)
        for turn, (who, other) in enumerate((("a", "b"), ("b", "a")) * 4)
    ]
    assert len(Delegations(turns).delegations) == 320
