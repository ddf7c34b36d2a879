"""What is done with predictions, and how they compare with what people did."""

from datetime import UTC, datetime

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import parse_condition
from itsmkit.errors import DefinitionError
from itsmkit.practices.classification import (
    FIELDS,
    Advice,
    AdviceAction,
    Classification,
    ClassificationMode,
    ClassificationPolicy,
    Decided,
    Prediction,
    advise,
    blanked,
    shadow_report,
    text_of,
)
from itsmkit.testing import an_incident_logged
from itsmkit.tickets import SYSTEM, Actor

TICKET = evolve(
    an_incident_logged().ticket, title="No WiFi", details={"description": "Since noon."}, category=None
)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ANN = Actor("ann")


def _policy(mode=ClassificationMode.APPLY, **options):
    return ClassificationPolicy(mode=mode, gates={"category": 0.7}, **options)


def _sure(value="network", confidence=0.9, source="m"):
    return Prediction("category", value, confidence, ["wifi"], source)


@pytest.mark.parametrize(
    ("policy", "prediction", "options", "action", "reason"),
    [
        pytest.param(_policy(), _sure(), {}, "apply", "confidence 0.90 is at least 0.7", id="sure enough"),
        pytest.param(_policy(), _sure(confidence=0.7), {}, "apply", "at least 0.7", id="at the gate"),
        pytest.param(_policy(), _sure(confidence=0.69), {}, "drop", "0.69 is less than 0.7", id="below it"),
        pytest.param(
            _policy(ClassificationMode.SUGGEST),
            _sure(),
            {},
            "suggest",
            "nothing is filled in",
            id="suggested",
        ),
        pytest.param(_policy(ClassificationMode.SHADOW), _sure(), {}, "record", "in the shadow", id="shadow"),
        pytest.param(
            _policy(), _sure(), {"decided": {"category"}}, "record", "decided already", id="people were first"
        ),
        pytest.param(
            _policy(),
            _sure(),
            {"known": {"category": {"printing"}}},
            "drop",
            "the desk has no category 'network'",
            id="unknown",
        ),
        pytest.param(
            _policy(never_when=parse_condition('title = "No WiFi"')),
            _sure(),
            {},
            "suggest",
            "but nothing is filled in where",
            id="never",
        ),
    ],
)
def test_what_is_done_follows_from_the_policy_and_says_why(policy, prediction, options, action, reason):
    (advice,) = advise(TICKET, [prediction], policy, **options)

    assert advice.action is AdviceAction(action)
    assert reason in advice.reason
    assert advice.explain().endswith(f"{action}: {advice.reason}")
    assert advice.reached_gate is (action != "drop")


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from(ClassificationMode))
def test_nothing_below_its_gate_is_ever_used_and_nothing_at_all_if_it_is_off(confidence, gate, mode):
    policy = ClassificationPolicy(mode=mode, gates={"category": gate})

    told = advise(TICKET, [_sure(confidence=confidence)], policy)

    assert bool(told) is (mode is not ClassificationMode.OFF)
    assert all(each.reached_gate is (confidence >= gate) for each in told)
    used = {each.action for each in told} & {AdviceAction.APPLY, AdviceAction.SUGGEST}
    assert not used or mode in (ClassificationMode.APPLY, ClassificationMode.SUGGEST)


def test_the_first_source_is_believed_and_of_it_the_surest():
    predictions = [_sure("a", 0.75, "plugin"), _sure("b", 0.8, "plugin"), _sure("c", 0.99, "baseline")]

    (advice,) = advise(TICKET, predictions, _policy())

    assert (advice.value, advice.source) == ("b", "plugin")


def test_a_field_that_nobody_predicts_or_nobody_asked_for_is_not_there():
    policy = ClassificationPolicy(
        mode=ClassificationMode.APPLY, gates={"support_group": 0.5, "category": 0.7}
    )

    told = advise(TICKET, [_sure(), Prediction("urgency", "high", 1)], policy)

    assert [each.field for each in told] == ["category"]


def test_a_policy_tells_everything_that_is_wrong_with_it():
    with pytest.raises(DefinitionError) as caught:
        ClassificationPolicy(
            mode="apply", gates={"title": 0.5, "category": 2}, at_log=1, kinds=["a", "a"], never_when=True
        )

    assert [each.partition(":")[0] for each in caught.value.problems] == [
        "mode", "at_log", "never_when", "kinds", "gates", "gates.category",
    ]  # fmt: skip


def test_a_prediction_tells_everything_that_is_wrong_with_it():
    with pytest.raises(DefinitionError) as caught:
        Prediction("title", "x", 1.5, [" a "], " m")
    assert [each.partition(":")[0] for each in caught.value.problems] == [
        "Prediction.field", "Prediction.because[0]", "Prediction.confidence", "Prediction.source",
    ]  # fmt: skip
    with pytest.raises(DefinitionError, match=r"Prediction\.field"):
        Prediction(3, "x", True)


def test_who_predicts_does_not_see_what_is_asked_for():
    ticket = evolve(TICKET, category="network", support_group="net", impact="high", urgency="high")

    bare = blanked(ticket)

    assert [getattr(bare, name) for name in FIELDS] == [None] * 4
    assert (bare.title, bare.number, type(bare)) == (ticket.title, ticket.number, type(ticket))
    assert text_of(bare) == "No WiFi\nSince noon."


# -- what people did ---------------------------------------------------------------------------------


def _advice(action=AdviceAction.RECORD, value="network", confidence=0.9):
    return Advice("category", value, confidence, "m", action, "because", ["wifi"])


def test_predictions_are_compared_with_what_people_decided():
    report = shadow_report(
        [
            (_advice(), Decided("network", ANN, NOON), False),
            (_advice(), Decided("printing", ANN, NOON), True),
            (_advice(AdviceAction.DROP, confidence=0.3), Decided("network", ANN, NOON), True),
            (_advice(), None, True),
            (_advice(), Decided("network", SYSTEM, NOON), True),
        ]
    )

    (outlook,) = report.outlooks
    assert (outlook.predicted, outlook.sure, outlook.awaited, outlook.filled_in) == (5, 4, 2, 0)
    assert (outlook.all.count, outlook.all.right) == (3, 2)
    assert (outlook.at_gate.count, outlook.at_gate.right) == (2, 1)
    assert "predicted for 5 tickets, 4 sure enough, 2 not decided yet" in report.explain()
    assert "at the gate: 1 of 2 right: accuracy 50.0%" in report.explain()


def test_what_was_filled_in_is_right_once_people_have_finished_with_it():
    filled = _advice(AdviceAction.APPLY)
    still = Decided("network", SYSTEM, NOON)

    (outlook,) = shadow_report(
        [(filled, still, False), (filled, still, True), (filled, Decided("printing", ANN, NOON), False)]
    ).outlooks

    assert (outlook.filled_in, outlook.kept, outlook.corrected, outlook.awaited) == (3, 1, 1, 1)
    assert "3 filled in (1 kept, 1 corrected)" in outlook.explain()


def test_each_field_and_source_is_compared_by_itself():
    others = [evolve(_advice(), source="a"), evolve(_advice(), field="urgency"), _advice()]

    report = shadow_report((each, None, False) for each in others)

    assert [(each.field, each.source) for each in report.outlooks] == [
        ("category", "a"), ("category", "m"), ("urgency", "m"),
    ]  # fmt: skip
    assert shadow_report([]).explain() == "nothing was predicted"


def test_what_is_kept_has_none_of_the_words_of_the_requester():
    told = Classification("t", NOON, ClassificationMode.SHADOW, [_advice()], ["plugin 'x' failed"])

    assert "wifi" in told.explain()
    assert "wifi" not in repr(told.without_words())
    assert told.explain().endswith("plugin 'x' failed")
    assert Classification("t", NOON, ClassificationMode.SHADOW).explain() == "nothing is predicted"
