import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit._diagrams.wording import identifiers, on_one_line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("In Progress", "In Progress", id="nothing to do"),
        pytest.param("a \r\n\t b\u2028c\x1fd\x85e", "a b c d e", id="spaces of all sorts"),
        pytest.param("a\x00b\x9bc\x7f", "a\ufffdb\ufffdc\ufffd", id="control characters"),
        pytest.param("a\ud800\uffffb", "a\ufffd\ufffdb", id="no text"),
        pytest.param("\u202eab\u202c\u2066c\u2069", "abc", id="turned round"),
        pytest.param("\u202e \u202c", "\ufffd", id="nothing"),
        pytest.param("نیم\u200cروز", "نیم\u200cروز", id="a joiner of letters stays"),
    ],
)
def test_a_text_is_told_on_one_line(text, line):
    assert on_one_line(text) == line


@given(
    st.lists(
        st.text(max_size=6) | st.sampled_from(["end", "End", "end_2", "a direction", "direction"]),
        unique=True,
    )
)
def test_identifiers_differ_and_are_words(names):
    found = identifiers(names)
    assert list(found) == names
    assert len({each.lower() for each in found.values()}) == len(names)
    for each in found.values():
        assert re.fullmatch(r"[A-Za-z]+(_?[A-Za-z0-9]+)*", each)
        assert each.lower() not in {"end", "state", "graph", "node"}
        assert not each.lower().endswith("direction")
