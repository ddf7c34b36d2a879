from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit._diagrams.text_width import text_width, wrapped

WORDS = st.lists(st.text("aiMWبس本\u0301-", min_size=1, max_size=12), min_size=1, max_size=6).map(" ".join)

# Measured by Chromium in DejaVu Sans, the widest font that systems bring: names bold at 13 pixels, what
# stands on arrows at 12.
BOLD = {
    "In Progress": 83.5,
    "Awaiting approval": 133.5,
    "WWWW": 57.4,
    "illicit": 36.2,
    "Resolved": 66.5,
    "Waiting for the supplier": 174.9,
    "24,918": 50.2,
    "در انتظار کاربر": 95.8,
    "ÄÖÜ Größe": 80.4,
    "Согласование": 104.1,
}
REGULAR = {
    "In Progress": 66.2,
    "[approved and not freeze]": 157.1,
    "after 5 business days": 128.1,
    "24,918": 42.0,
    "WWWW": 47.5,
}


@pytest.mark.parametrize("text", BOLD)
def test_room_is_enough_for_names(text):
    assert BOLD[text] <= text_width(text, 13, bold=True) <= 1.6 * BOLD[text]


@pytest.mark.parametrize("text", REGULAR)
def test_room_is_enough_for_what_stands_on_arrows(text):
    assert REGULAR[text] <= text_width(text, 12) <= 1.3 * REGULAR[text]


def test_marks_upon_letters_take_no_room():
    assert text_width("e\u0301a\u200cb", 10) == text_width("eab", 10)


def test_ideographs_are_as_wide_as_high():
    assert text_width("日本語", 10) >= 30


@given(WORDS, st.floats(20, 200))
def test_lines_keep_within_the_room_and_lose_nothing(text, most):
    lines = wrapped(text, 12, most)
    assert all(text_width(line, 12) <= most for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@given(WORDS)
def test_lines_break_at_spaces_as_late_as_they_can(text):
    most = max(text_width(word, 12) for word in text.split(" ")) + 20
    lines = wrapped(text, 12, most)
    assert " ".join(lines) == text
    for line, following in pairwise(lines):
        assert text_width(f"{line} {following.split(' ')[0]}", 12) > most


def test_a_letter_that_does_not_fit_stands_alone():
    assert wrapped("WW i", 12, 1) == ("W", "W", "i")
