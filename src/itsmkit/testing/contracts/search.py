"""What every search index keeps."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError
from itsmkit.plugin.search import SearchIndex
from itsmkit.search import SearchDocument, SearchQuery, WordIndex
from itsmkit.testing.relevance import relevance_of, relevance_set

__all__ = ["SearchIndexContract"]

_LONG = 20_000
_WORDS = [
    "vpn",
    "printer",
    "printers",
    "printing",
    "c++",
    "c",
    "itsm-kit",
    "the",
    "رمز",
    "می‌خواهم",
    "0x80070005",
]
_LANGUAGES = ["en", "sv", "fa"]
_NAMES = ["a", "A", "é", "it's", 'a "quoted" one%', "\uffff", "\U0001f600", "a\x00b", "\ud800", "رمز"]

_texts = st.lists(st.sampled_from(_WORDS), max_size=10).map(" ".join)
_ids = st.integers(0, 12).map(lambda number: f"a-{number}")
_labels = st.frozensets(st.sampled_from(["all", "staff"]))
_documents = st.builds(
    SearchDocument, _ids, st.fixed_dictionaries({"title": _texts, "body": _texts}), labels=_labels
)
_changes = st.lists(
    st.tuples(st.lists(_documents, max_size=6, unique_by=lambda each: each.id), st.lists(_ids, max_size=2)),
    max_size=4,
)
_queries = st.builds(
    SearchQuery,
    _texts | st.sampled_from(["prin", "رم"]),
    limit=st.integers(1, 8),
    labels=st.none() | _labels,
    among=st.none() | st.frozensets(_ids),
    is_being_typed=st.booleans(),
    at_least=st.sampled_from([0.0, 0.3]),
)


def _document(document: str, title: str, *labels: str) -> SearchDocument:
    return SearchDocument(document, {"title": title}, labels=labels)


def _feed(
    index: SearchIndex, *put: SearchDocument, remove: Iterable[str] = (), to: str | None = None
) -> None:
    """Feed a collection up to a mark, or to the next."""
    before = index.mark("articles")
    mark = str(int(before or 0) + 1) if to is None else to
    assert index.feed("articles", put=put, remove=[*remove], before=before, mark=mark)


def _found(index: SearchIndex, text: str, **options: Any) -> list[str]:
    return [hit.id for hit in index.search("articles", SearchQuery(text, **options))]


class SearchIndexContract:
    """What every search index keeps: provide the fixture ``index``, empty."""

    @pytest.fixture
    def index(self) -> SearchIndex:
        """Return the index, with nothing in it."""
        message = "subclass SearchIndexContract and provide the fixture `index`"
        raise NotImplementedError(message)

    def test_an_index_is_empty_at_first(self, index: SearchIndex) -> None:
        assert index.mark("articles") is None
        assert _found(index, "printer") == []
        index.clear("articles")
        assert index.mark("articles") is None

    def test_documents_are_found_changed_and_gone(self, index: SearchIndex) -> None:
        _feed(index, _document("a-1", "Printer jams"), _document("a-2", "VPN"))
        assert _found(index, "printer") == ["a-1"]
        _feed(index, _document("a-1", "VPN at home"), remove=["a-3"])
        assert _found(index, "printer") == []
        assert _found(index, "vpn") == ["a-2", "a-1"]
        _feed(index, remove=["a-2"])
        assert _found(index, "vpn") == ["a-1"]
        assert index.mark("articles") == "3"

    def test_what_was_fed_by_others_is_not_fed_again(self, index: SearchIndex) -> None:
        _feed(index, _document("a-1", "VPN"), to="7")
        assert not index.feed("articles", put=[_document("a-1", "Printer")], before=None, mark="8")
        assert not index.feed("articles", remove=["a-1"], before="8", mark="9")
        assert index.mark("articles") == "7"
        assert _found(index, "vpn") == ["a-1"]
        assert _found(index, "printer") == []

    def test_of_those_who_feed_at_once_one_does(self, index: SearchIndex) -> None:
        _feed(index, to="1")

        def feed(number: int) -> bool:
            put = [_document(f"a-{number}", "VPN")]
            return index.feed("articles", put=put, before="1", mark=f"2 by {number}")

        with ThreadPoolExecutor(4) as pool:
            done = [*pool.map(feed, range(4))]
        assert sorted(done) == [False, False, False, True]
        winner = done.index(True)
        assert index.mark("articles") == f"2 by {winner}"
        assert _found(index, "vpn") == [f"a-{winner}"]

    def test_what_is_cleared_is_fed_anew(self, index: SearchIndex) -> None:
        _feed(index, _document("a-1", "VPN printer"), to="7")
        index.clear("articles")
        assert index.mark("articles") is None
        assert _found(index, "vpn") == []
        assert index.feed("articles", put=[_document("a-2", "VPN")], before=None, mark="1")
        assert _found(index, "vpn") == ["a-2"]
        assert index.search("articles", SearchQuery("vpn"))[0].share == 1

    def test_collections_are_apart(self, index: SearchIndex) -> None:
        _feed(index, _document("a-1", "VPN"))
        assert index.mark("tickets") is None
        assert index.feed("tickets", put=[_document("t-1", "VPN VPN")], before=None, mark="5")
        assert _found(index, "vpn") == ["a-1"]
        index.clear("tickets")
        assert _found(index, "vpn") == ["a-1"]

    @pytest.mark.parametrize("tenant", ["", " acme", None, 7])
    def test_a_tenant_has_a_name(self, index: SearchIndex, tenant: Any) -> None:
        with pytest.raises(DefinitionError, match="tenant"):
            index.of_tenant(tenant)

    def test_tenants_are_apart_down_to_what_they_score(self, index: SearchIndex) -> None:
        acme = index.of_tenant("acme")
        assert acme.tenant == "acme"
        _feed(index, _document("a-1", "VPN at home"), _document("a-2", "Printer"))
        before = index.search("articles", SearchQuery("vpn"))
        _feed(acme, *(_document(f"a-{number}", "VPN") for number in range(20)))
        assert index.search("articles", SearchQuery("vpn")) == before
        assert len(_found(acme, "vpn", limit=100)) == 20
        index.clear("articles")
        assert len(_found(index.of_tenant("acme"), "vpn", limit=100)) == 20

    def test_names_may_be_any(self, index: SearchIndex) -> None:
        documents = [_document(name, "VPN", name) for name in _NAMES]
        for tenant in _NAMES:
            there = index.of_tenant(tenant)
            _feed(there, *documents, to=tenant)
            assert there.mark("articles") == tenant
        assert sorted(_found(index.of_tenant("a"), "vpn")) == sorted(_NAMES)
        for name in _NAMES:
            assert _found(index.of_tenant("A"), "vpn", labels=[name]) == [name]
            assert _found(index.of_tenant("A"), "vpn", among=[name]) == [name]

    def test_a_search_is_kept_to_labels_and_ids(self, index: SearchIndex) -> None:
        _feed(
            index,
            _document("a-1", "VPN", "all"),
            _document("a-2", "VPN", "staff", "all"),
            _document("a-3", "VPN"),
        )
        assert _found(index, "vpn") == ["a-1", "a-2", "a-3"]
        assert _found(index, "vpn", labels=["staff"]) == ["a-2"]
        assert _found(index, "vpn", labels=["staff", "all"]) == ["a-1", "a-2"]
        assert _found(index, "vpn", labels=["it"]) == []
        assert _found(index, "vpn", labels=[]) == []
        assert _found(index, "vpn", among=["a-3", "a-9"]) == ["a-3"]
        assert _found(index, "vpn", among=[]) == []
        assert _found(index, "vpn", among=["a-1", "a-3"], labels=["all"]) == ["a-1"]

    def test_labels_are_those_of_the_documents_that_are_there(self, index: SearchIndex) -> None:
        assert [*index.labels("articles")] == []
        _feed(index, _document("a-1", "VPN", "staff", "all"), _document("a-2", "VPN", "all", "it"))
        assert [*index.labels("articles")] == ["all", "it", "staff"]
        _feed(index, _document("a-1", "VPN", "all"), remove=["a-2"])
        assert [*index.labels("articles")] == ["all"]
        assert [*index.of_tenant("acme").labels("articles")] == [*index.labels("tickets")] == []

    def test_the_best_of_those_that_are_permitted_are_found(self, index: SearchIndex) -> None:
        hidden = [_document(f"a-{number:03}", "VPN", "hidden") for number in range(300)]
        _feed(index, *hidden, _document("b", "VPN and much that is beside the point", "shown"))
        assert _found(index, "vpn", labels=["shown"]) == ["b"]
        assert _found(index, "vpn", among=["b"]) == ["b"]
        many = ["b", *(f"none-{number}" for number in range(6_000))]
        assert _found(index, "vpn", among=many) == ["b"]

    def test_as_many_are_found_as_are_asked_for(self, index: SearchIndex) -> None:
        _feed(index, *(_document(f"a-{number:03}", "VPN") for number in range(450)))
        assert _found(index, "vpn", limit=3) == ["a-000", "a-001", "a-002"]
        assert _found(index, "vpn", limit=1_000) == [f"a-{number:03}" for number in range(450)]

    @pytest.mark.parametrize(
        "text",
        [
            '"',
            "C++ (vpn",
            "a AND",
            "NEAR(",
            "* OR NOT",
            "'; drop table x; --",
            "\\",
            "%_",
            "a:*",
            "!&|<->",
            "\x00",
            "\ud800",
            "?!",
            " ",
            "",
        ],
    )
    def test_no_text_is_an_error(self, index: SearchIndex, text: str) -> None:
        _feed(index, _document("a-1", "VPN"), _document("a-2", text), _document("a-3", "x", f"({text})"))
        assert _found(index, "vpn", labels=[f"({text})", text]) == []
        for asked in (text, f"vpn {text}", f"{text}vpn", f"{text} vpn"):
            _found(index, asked, is_being_typed=True)
        assert "a-1" in _found(index, f"vpn {text}")

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ("C++", ["c++"]),
            ("c", ["c"]),
            ("0x80070005", ["code"]),
            ("itsmkit", ["kit"]),
            ("itsm-kit", ["kit"]),
            ("itsm kit", ["kit"]),
            ("zurich", ["accents"]),
            ("كامپيوتر", ["persian"]),
            ("می خواهم", ["persian"]),
            ("lösenordet", ["inflected"]),
        ],
    )
    def test_terms_are_found_as_users_type_them(
        self, index: SearchIndex, asked: str, found: list[str]
    ) -> None:
        _feed(
            index,
            _document("c++", "Compiler for C++"),
            _document("c", "Drive C"),
            _document("code", "Error 0x80070005"),
            _document("kit", "About itsm-kit"),
            _document("accents", "Zürich"),
            _document("persian", "کامپیوتر می‌خواهم"),
            _document("inflected", "lösenord"),
        )
        assert _found(index, asked) == found

    def test_it_finds_and_explains_as_the_reference(self, index: SearchIndex) -> None:
        places = count()

        @given(_changes, st.lists(_queries, max_size=4))
        def asked(changes: list[tuple[list[SearchDocument], list[str]]], queries: list[SearchQuery]) -> None:
            place, reference = index.of_tenant(f"place {next(places)}"), WordIndex()
            for put, remove in changes:
                gone = {*remove} - {document.id for document in put}
                _feed(place, *put, remove=gone)
                for each in gone:
                    reference.remove(each)
                for document in put:
                    reference.put(document)
            for query in queries:
                assert tuple(place.search("articles", query)) == reference.search(query)

        asked()

    def test_what_people_want_is_found(self, index: SearchIndex) -> None:
        known = relevance_set()
        _feed(index, *known.articles)
        asked = [each for each in known.queries if each.judged]
        measured = relevance_of(asked, lambda text: _found(index, text))
        assert measured.ndcg >= 0.97, measured
        assert measured.mrr >= 0.99, measured
        assert measured.missed == ()
        for language in _LANGUAGES:
            own = [
                each for each in asked if max(each.judged, key=each.judged.__getitem__).startswith(language)
            ]
            measured = relevance_of(own, lambda text: _found(index, text))
            assert measured.ndcg >= 0.95, (language, measured)

    def test_what_is_not_there_is_not_suggested(self, index: SearchIndex) -> None:
        known = relevance_set()
        _feed(index, *known.articles)
        measured = relevance_of(known.queries, lambda text: _found(index, text, at_least=0.25))
        assert measured.missed == ()
        assert measured.ndcg >= 0.95, measured

    def test_a_long_text_is_kept_and_searched_for(self, index: SearchIndex) -> None:
        text = " ".join(f"word{number}" for number in range(_LONG))
        _feed(index, SearchDocument("a-1", {"body": text}), _document("a-2", "else"))
        assert _found(index, f"word{_LONG - 1}") == ["a-1"]
        assert _found(index, text[:9_000]) == ["a-1"]
        _feed(index, remove=["a-1"])
        assert _found(index, f"word{_LONG - 1}") == []
