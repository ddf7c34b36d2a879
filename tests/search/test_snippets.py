"""The part of a text that shows why it was found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError
from itsmkit.search import SearchDocument, SearchQuery, WordIndex, snippet_of

FILLER = "lorem ipsum dolor sit amet " * 20


def snippet(text: str, query: str, **options: int) -> object:
    [hit] = WordIndex([SearchDocument("a", {"body": text})]).search(SearchQuery(query))
    return snippet_of(text, hit, **options)


def test_a_short_text_is_shown_whole() -> None:
    assert snippet("The VPN is down", "vpn").marked("[", "]") == "The [VPN] is down"


def test_a_long_text_is_shown_around_its_words() -> None:
    found = snippet(f"{FILLER} the VPN has a new certificate {FILLER}", "vpn certificates")
    assert found.text.startswith("…")
    assert found.text.endswith("…")
    assert [found.text[start:end] for start, end in found.marks] == ["VPN", "certificate"]
    assert len(found.text) <= 162


def test_the_part_with_most_of_the_words_is_shown() -> None:
    text = f"vpn {FILLER} certificate of the vpn {FILLER} certificate"
    marked = snippet(text, "vpn certificate").marked("<", ">")
    assert "<certificate> of the <vpn>" in marked


def test_a_term_is_marked_without_what_stands_around_it() -> None:
    assert snippet("Install (C++), then", "c++").marked("[", "]") == "Install ([C++]), then"


def test_what_was_found_elsewhere_is_shown_by_its_beginning() -> None:
    [hit] = WordIndex([SearchDocument("a", {"title": "vpn", "body": FILLER})]).search(SearchQuery("vpn"))
    found = snippet_of(FILLER, hit)
    assert found.text.startswith("lorem ipsum")
    assert found.marks == ()


def test_a_text_of_one_word_is_cut() -> None:
    found = snippet("x" * 500, "x" * 500)
    assert found.text == "x" * 160 + "…"


@pytest.mark.parametrize("length", [0, 39, True, 50.0])
def test_a_length_that_shows_nothing_is_refused(length: int) -> None:
    with pytest.raises(DefinitionError, match="length: must be a whole number of 40 or more"):
        snippet("vpn", "vpn", length=length)


@given(
    st.lists(st.sampled_from(["vpn", "a", "long-winded", "x" * 70, "می‌خواهم", "\n"])).map(" ".join),
    st.integers(40, 90),
)
def test_a_snippet_is_part_of_the_text_and_not_too_long(text: str, length: int) -> None:
    [hit] = WordIndex([SearchDocument("a", {"body": f"vpn {text}"})]).search(SearchQuery("vpn wound می"))
    found = snippet_of(text, hit, length=length)
    bare = found.text.removeprefix("…").removesuffix("…")
    assert bare in " ".join(text.split())
    assert len(bare) <= length
    behind = 0
    for start, end in found.marks:
        assert behind <= start < end <= len(found.text)
        assert not any(letter.isspace() for letter in found.text[start:end])
        behind = end
