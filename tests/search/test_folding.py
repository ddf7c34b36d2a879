"""What is one text to those who search."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.search import folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Zürich", "ZURICH", id="accents and case"),
        pytest.param("STRASSE", "straße", id="a letter that becomes two"),
        pytest.param("smørrebrød", "smorrebrod", id="a stroke that is no mark"),
        pytest.param("Æther œuvre", "aether oeuvre", id="ligatures"),
        pytest.param("İstanbul ılık", "istanbul ilik", id="Turkish i, with a dot and without"),
        pytest.param("cafe\u0301", "café", id="a mark that is a character of its own"),
        pytest.param("ﬁle ＡＢＣ", "file abc", id="compatibility forms"),
        pytest.param("ёлка", "елка", id="Cyrillic"),
        pytest.param("Άθήνα", "αθηνα", id="Greek"),
        pytest.param("شَبَكَة", "شبکه", id="Arabic vowel signs, kaf and teh marbuta"),
        pytest.param("أحمد إلى آخر", "احمد الی اخر", id="hamza and madda"),
        pytest.param("مسؤول رئيس", "مسوول رییس", id="hamza on a letter"),
        pytest.param("كلمة", "کلمه", id="Arabic and Persian keyboards"),
        pytest.param("ســـلام", "سلام", id="stretched"),
        pytest.param("جزء", "جز", id="hamza by itself"),
        pytest.param("خانۀ", "خانه", id="heh with yeh above"),
        pytest.param("۱۲۳ ٤٥٦ ७", "123 456 7", id="digits"),
        pytest.param("\u200fسلام\u200e", "سلام", id="signs of direction"),
        pytest.param("soft\u00adware", "soft-ware", id="a hyphen that is not seen"),
        pytest.param("می‌خواهم", "می-خواهم", id="a joiner without width"),
    ],
)
def test_what_people_type_in_two_ways_is_one_text(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("C++", "C", id="C++ is not C"),
        pytest.param("C#", "C", id="nor is C#"),
        pytest.param("की", "का", id="vowels of Devanagari make the word"),
        pytest.param("が", "か", id="so do marks of kana"),
    ],
)
def test_what_differs_to_readers_stays_apart(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@given(st.text())
def test_folding_what_is_folded_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(st.text(), st.text())
def test_a_text_is_folded_letter_by_letter(one: str, other: str) -> None:
    # So that a part of a text is folded as within the whole, which snippets rely on.
    assert folded(one + other) == folded(one) + folded(other)


@given(st.text())
def test_case_does_not_count(text: str) -> None:
    assert folded(text) == folded(text.casefold())
