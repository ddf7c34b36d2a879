"""Texts with places for facts: against a reader that goes character by character."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.practices.work_aids import filled, placeholders_in
from itsmkit.testing import A_MONDAY

FACTS = {"number": "INC-1", "requester": "bob", "tag.vip": True, "site": None, "opened_at": A_MONDAY}
PARTS = ["{number}", "{requester}", "{tag.vip}", "{{", "}}", "and ", "\n", "é"]


def read(text: str) -> str:
    """Fill in by hand."""
    out, rest = "", text
    while rest:
        if rest[:2] in ("{{", "}}"):
            out, rest = out + rest[0], rest[2:]
        elif rest[0] == "{":
            name, _, rest = rest[1:].partition("}")
            out += str(FACTS[name])
        else:
            out, rest = out + rest[0], rest[1:]
    return out


@given(st.lists(st.sampled_from(PARTS)).map("".join))
def test_facts_stand_in_their_places(text: str) -> None:
    assert filled(text, FACTS) == read(text)


@pytest.mark.parametrize(
    "text", ["{", "}", "{number", "number}", "{a b}", "{0}", "{a[0]}", "{a!r}", "{a:>9}", "{}"]
)
def test_a_brace_by_itself_is_refused(text: str) -> None:
    with pytest.raises(DefinitionError, match="belongs to no place"):
        filled(text, FACTS)


def test_all_that_is_missing_is_told() -> None:
    with pytest.raises(RefusedError) as refused:
        filled("{site} {requestor} {number}", FACTS)
    assert [reason.partition(" to put")[0] for reason in refused.value.reasons] == [
        "there is no 'site'",
        "there is no 'requestor'",
    ]
    assert placeholders_in("{site} {requestor} {site}") == ("site", "requestor")


def test_instants_are_written_to_the_minute() -> None:
    assert filled("{opened_at}", FACTS) == "2026-03-02 09:00 UTC"


@given(st.text(max_size=30))
def test_a_text_without_braces_is_as_it_was(text: str) -> None:
    bare = text.replace("{", "").replace("}", "")
    assert filled(bare, {}) == bare
