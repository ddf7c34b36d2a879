"""Canonical JSON, held to the examples of RFC 8785 and to another implementation of it."""

import json
import struct
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit._frozen import FrozenDict
from itsmkit.errors import DefinitionError
from itsmkit.plugin.documents import canonical_bytes, digest


@pytest.mark.parametrize(
    ("bits", "text"),
    [
        pytest.param("0000000000000000", "0", id="zero"),
        pytest.param("8000000000000000", "0", id="minus zero"),
        pytest.param("0000000000000001", "5e-324", id="the least number"),
        pytest.param("8000000000000001", "-5e-324", id="the least number, negative"),
        pytest.param("7fefffffffffffff", "1.7976931348623157e+308", id="the largest number"),
        pytest.param("ffefffffffffffff", "-1.7976931348623157e+308", id="the largest number, negative"),
        pytest.param("4340000000000000", "9007199254740992", id="the largest of all whole numbers in a row"),
        pytest.param("c340000000000000", "-9007199254740992", id="the same, negative"),
        pytest.param("4430000000000000", "295147905179352830000", id="2 to the power of 68"),
        pytest.param("44b52d02c7e14af5", "9.999999999999997e+22", id="a little less than 1e23"),
        pytest.param("44b52d02c7e14af6", "1e+23", id="1e23"),
        pytest.param("44b52d02c7e14af7", "1.0000000000000001e+23", id="a little more than 1e23"),
        pytest.param("444b1ae4d6e2ef4e", "999999999999999700000", id="two less than 1e21"),
        pytest.param("444b1ae4d6e2ef4f", "999999999999999900000", id="one less than 1e21"),
        pytest.param("444b1ae4d6e2ef50", "1e+21", id="1e21"),
        pytest.param("3eb0c6f7a0b5ed8c", "9.999999999999997e-7", id="two less than 1e-6"),
        pytest.param("3eb0c6f7a0b5ed8d", "0.000001", id="1e-6"),
        pytest.param("41b3de4355555553", "333333333.3333332", id="thirds, one"),
        pytest.param("41b3de4355555554", "333333333.33333325", id="thirds, two"),
        pytest.param("41b3de4355555555", "333333333.3333333", id="thirds, three"),
        pytest.param("41b3de4355555556", "333333333.3333334", id="thirds, four"),
        pytest.param("41b3de4355555557", "333333333.33333343", id="thirds, five"),
        pytest.param("becbf647612f3696", "-0.0000033333333333333333", id="a small negative number"),
        pytest.param("43143ff3c1cb0959", "1424953923781206.2", id="the even one of two neighbours"),
    ],
)
def test_numbers_are_written_as_the_rfc_shows(bits: str, text: str) -> None:
    (number,) = struct.unpack(">d", bytes.fromhex(bits))
    assert canonical_bytes(number) == text.encode()


def test_names_are_in_the_order_of_utf_16() -> None:
    names = {"€": 1, "\r": 2, "\ufb33": 3, "1": 4, "😀": 5, "\x80": 6, "ö": 7}
    in_order = json.loads(canonical_bytes(names), object_pairs_hook=list)
    assert [name for name, _ in in_order] == ["\r", "1", "\x80", "ö", "€", "😀", "\ufb33"]


def test_text_is_escaped_where_it_must_be() -> None:
    text = '€$\x0f\nA\'B"\\\\"/\x7f\b\t\f\r\u2028'
    assert canonical_bytes(text).decode() == '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/\x7f\\b\\t\\f\\r\u2028"'


def test_the_rest_is_written_as_short_as_can_be() -> None:
    document = FrozenDict({"b": [None, True, False, (), {}], "a": 1})
    assert canonical_bytes(document) == b'{"a":1,"b":[null,true,false,[],{}]}'


whole = st.integers(-(2**53) + 1, 2**53 - 1)
documents: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | whole | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=200)
@given(documents)
def test_another_implementation_writes_the_same(document: Any) -> None:
    assert canonical_bytes(document) == rfc8785.dumps(document)


@settings(max_examples=300)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_read_back_as_it_was(number: float) -> None:
    text = canonical_bytes(number)
    assert float(text) == number
    assert text == rfc8785.dumps(number)


@given(documents, st.randoms())
def test_the_order_in_which_names_were_given_does_not_matter(document: Any, random: Any) -> None:
    def shuffled(value: Any) -> Any:
        if isinstance(value, dict):
            pairs = [(name, shuffled(each)) for name, each in value.items()]
            random.shuffle(pairs)
            return dict(pairs)
        return [shuffled(each) for each in value] if isinstance(value, list) else value

    assert digest(shuffled(document)) == digest(document)


def test_a_digest_is_a_sha_256() -> None:
    assert digest({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


def test_all_that_json_cannot_hold_is_told_at_once() -> None:
    document = {
        "sizes": [1, 2**53, -(2**53)],
        "ratio": float("nan"),
        "names": {"half": "\ud83d", "\udc00": 1},
        "when": {1, 2},
        "by number": {1: "one"},
    }
    with pytest.raises(DefinitionError) as refused:
        canonical_bytes(document)
    assert refused.value.problems == (
        "the document: ['by number']: the name of a value must be text, not int 1",
        "the document: names.half: must be text that UTF-8 can hold, not str '\\ud83d'",
        "the document: names['\\udc00']: must be text that UTF-8 can hold, not str '\\udc00'",
        "the document: ratio: must be a finite number, not nan",
        "the document: sizes[1]: must be at most 9007199254740991 either way, not int 9007199254740992",
        "the document: sizes[2]: must be at most 9007199254740991 either way, not int -9007199254740992",
        "the document: when: must be text, a number, true, false, null, a list or a mapping, not set {1, 2}",
    )


def test_what_is_nested_too_deeply_is_refused() -> None:
    document: list[Any] = []
    for _ in range(100_000):
        document = [document]
    with pytest.raises(DefinitionError, match="nested too deeply"):
        canonical_bytes(document)
