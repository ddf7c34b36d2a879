"""How good answers are, measured as the papers say."""

from math import log2

import pytest

from itsmkit.testing.relevance import JudgedQuery, Relevance, relevance_of, relevance_set

ONE, NONE = JudgedQuery("vpn", {"a": 2, "b": 1}), JudgedQuery("canteen", {})


@pytest.mark.parametrize(
    ("found", "ndcg", "mrr", "missed"),
    [
        (["a", "b"], 1.0, 1.0, ()),
        (["b", "a"], (1 + 2 / log2(3)) / (2 + 1 / log2(3)), 1.0, ()),
        (["x", "a"], (2 / log2(3)) / (2 + 1 / log2(3)), 0.5, ()),
        (["x"] * 10 + ["a"], 0.0, 0.0, ("vpn",)),
        ([], 0.0, 0.0, ("vpn",)),
    ],
)
def test_answers_are_measured(found: list[str], ndcg: float, mrr: float, missed: tuple[str, ...]) -> None:
    measured = relevance_of([ONE], lambda _: found)
    assert measured.ndcg == pytest.approx(ndcg)
    assert measured.mrr == pytest.approx(mrr)
    assert measured.missed == missed


def test_what_is_not_there_is_to_be_answered_by_nothing() -> None:
    assert relevance_of([NONE], lambda _: []) == Relevance(0.0, 0.0, ())
    assert relevance_of([NONE, ONE], lambda _: ["a", "b"]).missed == ("canteen",)
    assert str(relevance_of([ONE], lambda _: ["a", "b"])) == "nDCG@10 1.000, MRR 1.000, 0 missed"


def test_the_set_is_of_three_languages_and_hangs_together() -> None:
    known = relevance_set()
    ids = {each.id for each in known.articles}
    assert {each.partition("-")[0] for each in ids} == {"en", "sv", "fa"}
    assert len(ids) == len(known.articles) >= 39
    assert all(each.judged.keys() <= ids for each in known.queries)
    texts = [each.text for each in known.queries]
    assert len(set(texts)) == len(texts) >= 50
