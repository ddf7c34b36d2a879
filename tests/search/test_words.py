"""The words of a text, and the terms that are more than words."""

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.search import STEM, stem_of, words_of
from itsmkit.search.words import MOST_LETTERS


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("Hello, World!", ["hello", "world"], id="words"),
        pytest.param("", [], id="nothing"),
        pytest.param("?! … — ()", [], id="only punctuation"),
        pytest.param("+ # . / \\ : @ & - _ '", [], id="only signs of terms"),
        pytest.param("C++ and C#.", ["c++", "and", "c#"], id="signs at the end make the term"),
        pytest.param("(C++)", ["c++"], id="in brackets"),
        pytest.param(".NET", [".net", "net"], id="a dot in front makes the term"),
        pytest.param("...then ..", ["then"], id="dots that make none"),
        pytest.param("node.js", ["node.js", "node", "js"], id="a dot within"),
        pytest.param("itsm-kit", ["itsmkit", "itsm", "kit"], id="joined by a hyphen"),
        pytest.param("don't don’t", ["dont", "don", "dont", "don"], id="apostrophes"),
        pytest.param("snake_case", ["snakecase", "snake", "case"], id="an underscore"),
        pytest.param("10.0.0.1", ["10.0.0.1", "10"], id="an address"),
        pytest.param("0x80070005", ["0x80070005", "80070005"], id="a hexadecimal code"),
        pytest.param("KB5034441", ["kb5034441", "kb", "5034441"], id="letters and a number"),
        pytest.param("365days", ["365days", "365", "days"], id="a number and letters"),
        pytest.param("a1b2c3", ["a1b2c3"], id="letters and digits mixed"),
        pytest.param(
            "ann@example.org", ["ann@example.org", "ann", "example", "org"], id="an address of mail"
        ),
        pytest.param("C:\\Temp\\x.log", ["c:\\temp\\x.log", "temp", "log"], id="a path"),
        pytest.param("TCP/IP", ["tcp/ip", "tcp", "ip"], id="a slash"),
        pytest.param("می‌خواهم", ["میخواهم", "می", "خواهم"], id="Persian with a joiner"),
        pytest.param("رمز عبور", ["رمز", "عبور"], id="Persian"),
        pytest.param("网络故障", ["网络", "络故", "故障"], id="Chinese: pairs of letters"),
        pytest.param("网", ["网"], id="one letter of Chinese"),
        pytest.param("VPN网络ok", ["vpn", "网络", "ok"], id="scripts mixed"),
        pytest.param("हिन्दी", ["हिन्दी"], id="Devanagari is not cut at its vowels"),
        pytest.param("x" * 100, ["x" * MOST_LETTERS], id="too long"),
        pytest.param("é" * 100, ["e" * MOST_LETTERS], id="too long, with accents"),
        pytest.param("0x" + "a" * 100, ["0x" + "a" * 62, "a" * MOST_LETTERS], id="a long code"),
    ],
)
def test_the_words_of_a_text(text: str, words: list[str]) -> None:
    assert list(words_of(text)) == words


@given(st.text())
def test_words_are_folded_and_short_and_hold_no_space(text: str) -> None:
    for word in words_of(text):
        assert 1 <= len(word) <= MOST_LETTERS
        assert not any(letter.isspace() for letter in word)
        assert STEM not in word


@given(st.lists(st.text()))
def test_the_words_of_several_texts_are_those_of_each(texts: list[str]) -> None:
    assert list(words_of("\n".join(texts))) == [word for text in texts for word in words_of(text)]


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("printer", "print~"),
        ("printe", "print~"),
        ("print", None),
        ("wachtwoorden", "wacht~"),
        ("کامپیوترها", "کامپی~"),
        ("kb5034441", None),
        ("node.js", None),
    ],
)
def test_the_stem_of_a_word(word: str, stem: str | None) -> None:
    assert stem_of(word) == stem


@pytest.mark.parametrize("letter", [".", "-", "+", "a.", ".-", "0x", "1a", "网a", "\u0300", " . "])
def test_no_text_takes_long(letter: str) -> None:
    def took(length: int) -> float:
        start = perf_counter()
        sum(1 for _ in words_of(letter * (length // len(letter))))
        return perf_counter() - start

    took(1_000)
    assert took(200_000) < 100 * (took(20_000) + 0.01)  # what is quadratic takes seconds more
