"""The index beside an oracle that looks at every document, and scores it by the formula as it is printed."""

from collections.abc import Iterable
from math import isclose, log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from itsmkit.errors import DefinitionError
from itsmkit.search import Hit, Ranking, SearchDocument, SearchQuery, WordIndex, best, counted, plan_of
from itsmkit.search.words import words_of

WORDS = ["vpn", "printer", "printers", "printing", "c++", "jams", "the", "a", "رمز", "می‌خواهم", "0x80070005"]

texts = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)
ids = st.integers(0, 30).map(lambda number: f"a-{number}")
labels = st.frozensets(st.sampled_from(["all", "staff", "it"]))
documents = st.builds(
    SearchDocument, ids, st.fixed_dictionaries({"title": texts, "body": texts}), labels=labels
)
collections = st.lists(documents, max_size=25, unique_by=lambda each: each.id)
queries = st.builds(
    SearchQuery,
    texts,
    limit=st.integers(1, 8),
    labels=st.none() | labels,
    among=st.none() | st.frozensets(ids),
    is_being_typed=st.booleans(),
    at_least=st.sampled_from([0.0, 0.3, 1.0]),
)


def occurrences(document: SearchDocument, answer: str) -> int:
    """Count a word, or all that have its stem, three times in a title and once elsewhere."""

    def is_meant(word: str) -> bool:
        if not answer.endswith("~"):
            return word == answer
        return len(word) >= 6 and word.isalpha() and word.startswith(answer[:-1])

    return sum(
        (3 if name == "title" else 1) * sum(map(is_meant, words_of(text)))
        for name, text in document.texts.items()
    )


def long(document: SearchDocument) -> int:
    title, body = (len(list(words_of(document.texts[name]))) for name in ("title", "body"))
    return 3 * title + body


def by_the_formula(
    every: Iterable[SearchDocument], query: SearchQuery, found: WordIndex
) -> list[tuple[str, float]]:
    """Score each document by the definition of BM25."""
    every = list(every)
    average = sum(map(long, every)) / len(every) if every else 0.0
    asked = list(dict.fromkeys(words_of(query.text)))
    scores = []
    for document in every:
        if query.labels is not None and not document.labels & query.labels:
            continue
        if query.among is not None and document.id not in query.among:
            continue
        score = 0.0
        for place, word in enumerate(asked):
            worth = {word: 1.0}
            if query.is_being_typed and place == len(asked) - 1:
                worth.update(
                    (each, len(word) / len(each)) for each in found.beginning(word, 16) if each != word
                )
            if len(word) >= 6 and word.isalpha():
                worth[word[:5] + "~"] = 0.4
            points = [0.0]
            for answer, share in worth.items():
                having = sum(1 for each in every if occurrences(each, answer))
                times = occurrences(document, answer)
                if times:
                    idf = log(1 + (len(every) - having + 0.5) / (having + 0.5))
                    norm = 1.2 * (0.25 + 0.75 * long(document) / average)
                    points.append(share * idf * times * 2.2 / (times + norm))
            score += max(points)
        if score:
            scores.append((document.id, score))
    return sorted(scores, key=lambda each: (-each[1], each[0]))


@given(collections, queries.map(lambda query: SearchQuery(
    query.text, limit=30, labels=query.labels, among=query.among, is_being_typed=query.is_being_typed
)))  # fmt: skip
def test_documents_score_what_the_formula_says(every: list[SearchDocument], query: SearchQuery) -> None:
    index = WordIndex(every)
    expected = dict(by_the_formula(every, query, index))
    hits = index.search(query)
    assert {hit.id for hit in hits} == expected.keys()
    assert all(isclose(hit.score, expected[hit.id], rel_tol=1e-9) for hit in hits)


@given(collections, queries, st.none() | st.frozensets(ids))
def test_the_hits_are_the_best_of_those_that_may_be_found(
    every: list[SearchDocument], query: SearchQuery, permitted: frozenset[str] | None
) -> None:
    index = WordIndex(every)
    may = [
        each
        for each in every
        if (query.labels is None or each.labels & query.labels)
        and (query.among is None or each.id in query.among)
        and (permitted is None or each.id in permitted)
    ]
    expected = best(plan_of(query, index), query, ((each.id, counted(each)) for each in may))
    admits = None if permitted is None else permitted.__contains__
    assert index.search(query, admits) == expected


def zipf(number: int, words: int) -> str:
    """Return a text in which few words are frequent and most are rare, the same each time."""
    state, found = number * 7919 + 1, []
    for _ in range(words):
        state = state * 48271 % 2147483647
        found.append(f"w{int((2000 ** (state / 2147483647)) - 1)}x")
    return " ".join(found)


@pytest.mark.parametrize("admitted", [None, 2, 97], ids=["all", "half", "few"])
def test_leaving_out_what_cannot_win_changes_no_answer(admitted: int | None) -> None:
    every = [SearchDocument(f"a-{number}", {"body": zipf(number, 40)}) for number in range(1_000)]
    words = {each.id: counted(each) for each in every}
    index = WordIndex(every)
    admits = None if admitted is None else lambda each: int(each[2:]) % admitted == 0
    for number in range(25):
        query = SearchQuery(
            zipf(100_000 + number, 1 + number), limit=1 + number % 7, at_least=number % 3 / 10
        )
        expected = best(
            plan_of(query, index),
            query,
            words.items(),
            *([] if admits is None else [admits]),
        )
        assert index.search(query, admits) == expected


class Coming(RuleBasedStateMachine):
    """Documents come, change and go; the index is that of those that are there."""

    def __init__(self) -> None:
        super().__init__()
        self.index = WordIndex()
        self.there: dict[str, SearchDocument] = {}

    @rule(document=documents)
    def put(self, document: SearchDocument) -> None:
        self.index.put(document)
        self.there[document.id] = document

    @rule(document=ids)
    def remove(self, document: str) -> None:
        self.index.remove(document)
        self.there.pop(document, None)

    @precondition(lambda self: self.there)
    @rule(query=queries)
    def search(self, query: SearchQuery) -> None:
        assert self.index.search(query) == WordIndex(self.there.values()).search(query)

    @rule(prefix=st.sampled_from(["p", "print", "ر", "x"]), limit=st.integers(1, 3))
    def begin(self, prefix: str, limit: int) -> None:
        assert self.index.beginning(prefix, limit) == WordIndex(self.there.values()).beginning(prefix, limit)

    @invariant()
    def holds_what_is_there(self) -> None:
        assert set(self.index) == self.there.keys()
        assert len(self.index) == self.index.documents == len(self.there)
        assert self.index.length == sum(map(long, self.there.values()))
        assert all(each in self.index for each in self.there)


TestComing = Coming.TestCase
TestComing.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


def found(index: WordIndex, text: str, *, is_being_typed: bool = False) -> list[str]:
    return [hit.id for hit in index.search(SearchQuery(text, is_being_typed=is_being_typed))]


def an_index(*texts: str) -> WordIndex:
    return WordIndex(SearchDocument(f"a-{number}", {"title": text}) for number, text in enumerate(texts))


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("c++", "Compiler for C++"),
        ("C++", "c++"),
        ("0x80070005", "Error 0x80070005 in Update"),
        ("80070005", "Error 0x80070005 in Update"),
        ("itsm-kit", "About itsm-kit"),
        ("itsmkit", "About itsm-kit"),
        ("itsm kit", "About itsm-kit"),
        ("windows 11", "Windows11"),
        ("windows11", "Windows 11"),
        ("10.0.0.1", "The router is 10.0.0.1."),
        ("می خواهم", "رمز را می‌خواهم"),
        ("میخواهم", "رمز را می‌خواهم"),
        ("می‌خواهم", "رمز را می خواهم"),
        ("كامپيوتر", "کامپیوتر روشن نمی‌شود"),
        ("۴۰۴", "خطای 404"),
        ("Zurich", "Standort Zürich"),
        ("zürich", "office ZURICH"),
        ("passwords", "Password"),
        ("lösenordet", "Lösenord"),
        ("网络", "公司网络故障"),
    ],
)
def test_terms_are_found_as_users_type_them(asked: str, text: str) -> None:
    assert found(an_index("something else", text), asked) == ["a-1"]


def test_a_word_that_is_being_typed_is_found_by_its_beginning() -> None:
    index = an_index("Printer jams", "Projector", "C++")
    assert found(index, "pri", is_being_typed=True) == ["a-0"]
    assert found(index, "p", is_being_typed=True) == ["a-0", "a-1"]
    assert found(index, "c", is_being_typed=True) == ["a-2"]
    assert found(index, "pri ", is_being_typed=True) == []
    assert found(index, "pri") == []


@pytest.mark.parametrize(
    "text", ['"', "C++ (vpn", "a AND", "* OR NOT", "'; drop table x", "(((", "\x00", "\ud800", "%_"]
)
def test_no_text_is_an_error(text: str) -> None:
    assert isinstance(found(an_index("printer"), text), list)


def test_only_punctuation_finds_nothing() -> None:
    assert found(an_index("printer", "?!"), "?! ... ()") == []


def test_nothing_is_found_in_nothing() -> None:
    assert found(WordIndex(), "printer") == []


def test_what_has_little_of_what_is_asked_is_left_out() -> None:
    index = an_index("my printer is broken", *(f"my thing {number} is lost" for number in range(60)))
    query = SearchQuery("my cat is hungry", at_least=0.3)
    assert index.search(query) == ()
    assert [hit.id for hit in index.search(SearchQuery("my printer jams", at_least=0.3))] == ["a-0"]


def test_of_many_words_those_that_tell_most_are_looked_up() -> None:
    index = an_index("rare", *["usual"] * 30)
    long_text = " ".join(["usual", *(f"usual{n}" for n in range(100)), "rare"])
    assert found(index, long_text)[0] == "a-0"


def test_a_hit_says_which_words_counted() -> None:
    [hit] = an_index("Printers jam", "else").search(SearchQuery("printer jam vpn"))
    assert [(each.asked, each.found) for each in hit.because] == [("jam", "jam"), ("printer", "print~")]
    assert hit.score == pytest.approx(sum(each.points for each in hit.because))
    assert hit.share == pytest.approx(2 / 3, abs=0.01)
    assert hit.explain().startswith("a-0 scores ")
    assert "printer by print~" in hit.explain()


def test_equal_hits_are_in_the_order_of_their_ids() -> None:
    assert found(an_index(*["same"] * 12), "same") == sorted(f"a-{number}" for number in range(12))[:10]


def test_a_weight_of_two_is_as_the_field_twice() -> None:
    twice = WordIndex(
        [SearchDocument("a", {"x": "vpn vpn at at"}), SearchDocument("b", {"x": "c"})], weights={}
    )
    weighed = WordIndex(
        [SearchDocument("a", {"y": "vpn at"}), SearchDocument("b", {"x": "c"})], weights={"y": 2}
    )
    query = SearchQuery("vpn")
    assert twice.search(query) == weighed.search(query)


@pytest.mark.parametrize(
    ("ranking", "problems"),
    [
        ({"k1": -1}, 1),
        ({"b": 1.5}, 1),
        ({"k1": float("nan"), "b": float("nan")}, 2),
    ],
)
def test_a_ranking_out_of_range_is_refused(ranking: dict[str, float], problems: int) -> None:
    with pytest.raises(DefinitionError) as refused:
        Ranking(**ranking)
    assert len(refused.value.problems) == problems


def test_a_ranking_that_counts_only_that_words_are_there() -> None:
    index = WordIndex(
        [SearchDocument("a", {"x": "vpn vpn"}), SearchDocument("b", {"x": "vpn long text"})],
        ranking=Ranking(k1=0),
    )
    one, other = index.search(SearchQuery("vpn"))
    assert one.score == other.score


@pytest.mark.parametrize(
    ("make", "told"),
    [
        pytest.param(lambda: SearchQuery("x" * 100_000), "text: 100,000 characters are too many", id="long"),
        pytest.param(lambda: SearchQuery(7), "text: must be text, not int 7", id="no text"),
        pytest.param(lambda: SearchQuery("x", limit=0), "limit: must be a whole number from 1", id="limit"),
        pytest.param(lambda: SearchQuery("x", limit=True), "limit: must be", id="a boolean limit"),
        pytest.param(lambda: SearchQuery("x", labels="it"), "must be several names", id="a label alone"),
        pytest.param(lambda: SearchQuery("x", among=3), "must be several names", id="ids that are none"),
        pytest.param(lambda: SearchQuery("x", at_least=2), "at_least: must be a share", id="share"),
        pytest.param(lambda: SearchQuery("x", at_least="a"), "at_least: must be a share", id="share as text"),
        pytest.param(lambda: SearchDocument("", {}), "SearchDocument.id must be a name", id="no id"),
        pytest.param(lambda: SearchDocument("a", {"t": 1}), "texts['t']: must be text", id="no text in it"),
        pytest.param(lambda: SearchDocument("a", {}, labels="x"), "labels must be several", id="one label"),
        pytest.param(lambda: SearchDocument("a", {}, labels=[""]), "labels: must be names", id="empty label"),
    ],
)  # fmt: skip
def test_what_is_no_question_or_document_is_refused(make: object, told: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        make()  # type: ignore[operator]  # each is a function without arguments
    assert told in str(refused.value)


def test_a_hit_is_a_value() -> None:
    index = an_index("vpn")
    assert index.search(SearchQuery("vpn")) == index.search(SearchQuery("VPN"))
    assert isinstance(index.search(SearchQuery("vpn"))[0], Hit)
