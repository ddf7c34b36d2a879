"""What is learned from: what people decided, and what is held out of it."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError
from itsmkit.practices.classification import Example, decided_of, example_of, stratified_split, time_split
from itsmkit.testing import an_incident_logged
from itsmkit.tickets import (
    SYSTEM,
    Actor,
    Assigned,
    Commented,
    DetailsChanged,
    Prioritised,
    StateChanged,
    TicketEvent,
    TicketLogged,
)

ANN = Actor("ann")
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def _history(*steps, **details):
    """Return the history of a ticket that is logged with *details*, and then *steps* of actor and fact."""
    logged = TicketLogged("incident", "INC-1", "new", "new", NINE, {"title": "No network", **details})
    facts = [(ANN, logged), *steps]
    return [
        TicketEvent("t", number, NINE, NINE + number * timedelta(hours=1), NINE, actor, fact)
        for number, (actor, fact) in enumerate(facts, start=1)
    ]


@pytest.mark.parametrize(
    ("name", "history", "value", "is_by_people"),
    [
        pytest.param("category", _history(), None, None, id="nobody has"),
        pytest.param("category", _history(category="network"), "network", True, id="when it was logged"),
        pytest.param(
            "category",
            _history((SYSTEM, DetailsChanged({"category": "network"}))),
            "network",
            False,
            id="a program has",
        ),
        pytest.param(
            "category",
            _history((SYSTEM, DetailsChanged({"category": "x"})), (ANN, DetailsChanged({"category": "y"}))),
            "y",
            True,
            id="a person has changed what a program said",
        ),
        pytest.param(
            "category",
            _history((ANN, DetailsChanged({"category": "x"})), (ANN, DetailsChanged({"category": None}))),
            None,
            None,
            id="it was emptied",
        ),
        pytest.param(
            "category",
            _history((ANN, StateChanged("new", "done", "resolved", "resolve", {"category": "x"}))),
            "x",
            True,
            id="with a move",
        ),
        pytest.param(
            "support_group",
            _history(
                (ANN, Assigned("net")), (ANN, Assigned("net", "kim")), (ANN, Commented("x", public=False))
            ),
            "net",
            True,
            id="the group that has it",
        ),
        pytest.param("support_group", _history((ANN, Assigned(None))), None, None, id="given back"),
        pytest.param("impact", _history(impact="low"), "low", False, id="the least, by itself"),
        pytest.param("impact", _history(impact="high"), "high", True, id="more than the least"),
        pytest.param(
            "impact",
            _history((ANN, Prioritised("low", "high", "P3", "matrix")), impact="low"),
            "low",
            True,
            id="the least, as somebody judged",
        ),
        pytest.param(
            "urgency", _history((ANN, Prioritised("low", "high", "P3", "m"))), "high", True, id="urgency"
        ),
    ],
)
def test_who_decided_a_field_is_read_from_the_history(name, history, value, is_by_people):
    found = decided_of(history, name, {"impact": "low", "urgency": "low"})

    assert (found and found.value) == value
    assert (found and found.is_by_people) == is_by_people


def test_a_person_who_leaves_what_another_decided_does_not_decide():
    history = _history((SYSTEM, Assigned("net")), (ANN, Assigned("net", "ann")))

    assert decided_of(history, "support_group").actor == SYSTEM


def test_an_example_has_the_words_as_they_came_in_and_the_decision_of_the_end():
    history = _history(
        (ANN, DetailsChanged({"title": "Switch in B7 burnt out", "category": "network"})),
        description="Since noon.",
        category="other",
    )

    assert example_of(history, "category") == Example(
        "No network\nSince noon.", "network", NINE + timedelta(hours=1)
    )


@pytest.mark.parametrize(
    "history",
    [
        pytest.param([], id="no history"),
        pytest.param(_history(), id="undecided"),
        pytest.param(_history((SYSTEM, DetailsChanged({"category": "x"}))), id="decided by a program"),
        pytest.param(_history(title=" ", category="x"), id="without words"),
        pytest.param(_history((ANN, DetailsChanged({"category": "x"})))[1:], id="without a beginning"),
    ],
)
def test_what_nobody_has_decided_or_nobody_has_described_teaches_nothing(history):
    assert example_of(history, "category") is None


def test_a_real_decision_can_be_learned_from():
    decision = an_incident_logged(details={"category": "network"})

    assert example_of(decision.events, "category").label == "network"


_EXAMPLES = st.lists(
    st.builds(
        Example,
        st.sampled_from([f"text {number}" for number in range(30)]),
        st.sampled_from("abc"),
        st.datetimes(NINE.replace(tzinfo=None), NINE.replace(day=9, tzinfo=None)).map(
            lambda each: each.replace(tzinfo=UTC)
        ),
    ),
    max_size=40,
)
_SHARES = st.fractions(Fraction(1, 20), Fraction(19, 20))


@given(_EXAMPLES, _SHARES, st.randoms())
def test_a_split_keeps_everything_and_does_not_depend_on_the_order(examples, share, draw):
    shuffled = draw.sample(examples, len(examples))

    for split in (stratified_split, time_split):
        kept, held_out = split(examples, share)
        assert sorted(map(repr, (*kept, *held_out))) == sorted(map(repr, examples))
        assert [*map(repr, split(shuffled, share)[1])] == [*map(repr, held_out)]


@given(_EXAMPLES, _SHARES)
def test_copies_are_not_both_learned_and_held_out(examples, share):
    kept, held_out = stratified_split(examples, share)

    assert not {(each.text, each.label) for each in kept} & {(each.text, each.label) for each in held_out}


@given(st.integers(2, 60), _SHARES)
def test_each_label_has_its_share_held_out(count, share):
    examples = [Example(f"{label} {number}", label) for label in "ab" for number in range(count)]

    _, held_out = stratified_split(examples, share)

    assert [sum(each.label == label for each in held_out) for label in "ab"] == [round(share * count)] * 2


@given(_EXAMPLES, _SHARES)
def test_nothing_that_is_learned_is_later_than_what_is_held_out(examples, share):
    kept, held_out = time_split(examples, share)

    assert all(one.at < other.at for one in kept for other in held_out)


def test_another_seed_is_another_split():
    examples = [Example(f"text {number}", "a") for number in range(40)]

    assert stratified_split(examples)[1] != stratified_split(examples, seed=1)[1]


def test_what_has_no_instant_is_not_split_by_time():
    with pytest.raises(DefinitionError, match=r"examples\[1\]: it has no instant"):
        time_split([Example("x", "a", NINE), Example("y", "a")])


@pytest.mark.parametrize("share", [0, 1, -1, 2])
def test_all_and_nothing_are_no_shares(share):
    with pytest.raises(DefinitionError, match="share"):
        stratified_split([], share)
    with pytest.raises(DefinitionError, match="share"):
        time_split([], share)


def test_an_example_is_of_text():
    with pytest.raises(DefinitionError, match="text"):
        Example(3, "a")
