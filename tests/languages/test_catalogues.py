"""Whether everything that is said has its words in every language."""

import re
from importlib.resources import as_file, files
from unicodedata import bidirectional

import pytest

from itsmkit.languages import SHIPPED
from itsmkit.languages._babel import read_po
from itsmkit.languages.entry import Entry, PoFile
from itsmkit.testing.catalogues import catalogue_problems, messages_in, standard_names

OTHERS = [tag for tag in SHIPPED if tag != "en"]
ARABIC_FORMS = re.compile("[\u0643\u064a\u0660-\u0669\u0649]")
"""Letters and digits of Arabic that Persian writes otherwise."""


def catalogue(tag: str) -> PoFile:
    return read_po((files("itsmkit.languages") / "catalogues" / f"{tag}.po").read_bytes(), f"{tag}.po")


@pytest.fixture(scope="module")
def found() -> tuple[Entry, ...]:
    """All that is said: the whole source is read for it, once for every language."""
    with as_file(files("itsmkit")) as source:
        return (*messages_in(source), *standard_names())


@pytest.mark.parametrize("tag", OTHERS)
def test_catalogues_are_complete(tag: str, found: tuple[Entry, ...]) -> None:
    assert [*catalogue_problems(f"{tag}.po", catalogue(tag), found)] == []


def test_there_is_a_catalogue_for_each_language() -> None:
    there = sorted(each.name for each in (files("itsmkit.languages") / "catalogues").iterdir())
    assert there == [f"{tag}.po" for tag in OTHERS]


@pytest.mark.parametrize("tag", OTHERS)
def test_translations_bring_no_isolates_and_no_loose_spaces(tag: str) -> None:
    for entry in catalogue(tag).entries:
        for text in entry.texts:
            assert not re.search("[\u202a-\u202e\u2066-\u2069]", text)
            assert text == text.strip()


def test_persian_is_written_with_persian_letters() -> None:
    for entry in catalogue("fa").entries:
        for text in entry.texts:
            words = re.sub(r"\{[^}]*\}", "", text)
            assert not ARABIC_FORMS.search(words), text
            assert not re.search("[A-Za-z,;?]", words), text
            # The suffixes and prefixes that are written apart without a space.
            assert not re.search(r"\b(می|نمی) | (ها|های|شده)$", words) or " شده" in words, text
            if any(each.isalpha() for each in words):
                assert "AL" in {bidirectional(each) for each in words}


@pytest.mark.parametrize("tag", OTHERS)
def test_few_translations_are_the_english_words(tag: str) -> None:
    words = [
        entry for entry in catalogue(tag).entries if re.search("[a-z]{3}", re.sub(r"\{.*?\}", "", entry.text))
    ]
    same = [entry.text for entry in words if entry.texts[0] == entry.text]
    assert {*same} <= {"open", "organisation"}
