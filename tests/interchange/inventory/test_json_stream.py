import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.interchange.inventory import ImportLimits, InventoryFileError
from itsmkit.interchange.inventory._json_stream import json_lines, json_pieces, path_text
from itsmkit.interchange.inventory._source_file import SourceFile

LIMITS = ImportLimits()

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def pieces(content, *descend, limits=LIMITS, file=io.BytesIO):
    content = content if isinstance(content, bytes) else content.encode()
    return list(json_pieces(SourceFile(file(content), limits), limits, *descend))


def taken_apart(value):
    """Return the paths and values of a list or object, one step down, the slow and sure way."""
    steps = enumerate(value) if isinstance(value, list) else value.items()
    return [((step,), each) for step, each in steps]


@settings(max_examples=150)
@given(
    value=st.lists(VALUES, max_size=5) | st.dictionaries(TEXTS, VALUES, max_size=5),
    step=st.integers(1, 40),
    indent=st.sampled_from([None, 0, 3]),
    is_ascii=st.booleans(),
)
def test_pieces_are_what_the_whole_is_made_of(trickle, value, step, indent, is_ascii):
    text = json.dumps(value, indent=indent, ensure_ascii=is_ascii)
    found = pieces(text, "", file=lambda content: trickle(content, step))
    assert [(each.path, each.value) for each in found] == taken_apart(value)
    assert not any(each.problem for each in found)
    [whole] = pieces(text, file=lambda content: trickle(content, step))
    assert (whole.path, whole.value) == ((), value)


@settings(max_examples=60)
@given(value=st.dictionaries(TEXTS, VALUES, min_size=1, max_size=3), step=st.integers(1, 9))
def test_a_file_cut_off_anywhere_says_where(trickle, value, step):
    text = json.dumps(value).encode()
    for end in range(len(text)):
        with pytest.raises(InventoryFileError) as caught:
            pieces(text[:end], "", file=lambda content: trickle(content, step))
        assert caught.value.position.startswith("line 1, ")
        assert ";" in caught.value.problem or "fetch it again" in caught.value.problem


@settings(max_examples=150)
@given(content=st.binary(max_size=40) | st.text('[]{}",:0123456789.eE+-truefalsn\\u \n', max_size=40))
def test_whatever_stands_there_is_read_or_refused(content):
    content = content if isinstance(content, bytes) else content.encode()
    try:
        found = pieces(content, "", "*")
    except InventoryFileError:
        return
    value = json.loads(content.decode("utf-8-sig"), strict=False)
    if not isinstance(value, dict | list):
        assert [each.value for each in found] == [value] or found[0].problem


def test_lists_and_objects_are_taken_apart_where_it_is_asked_for():
    text = '{"Content": {"list": [1, {"a": 2}], "other": [3]}, "more": {"x": [4]}}'
    found = pieces(text, "", "content", "content.list", "*.x", "more[]")
    assert [(path_text(each.path), each.value) for each in found] == [
        ("Content.list[0]", 1),
        ("Content.list[1]", {"a": 2}),
        ("Content.other", [3]),
        ("more", {"x": [4]}),
    ]


def test_empty_lists_have_no_pieces():
    assert pieces('{"a": [], "b": {}}', "", "*") == []


def test_pieces_know_their_lines():
    found = pieces('{\n\n "a": 1,\n "b": [\n2,\n3 ]}', "", "b")
    assert [each.place for each in found] == ["a (line 3)", "b[0] (line 5)", "b[1] (line 6)"]
    assert pieces("\n7")[0].place == "line 2"


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        pytest.param("", "line 1, column 1", "nothing is in it", id="empty"),
        pytest.param(" \n ", "line 2, column 2", "nothing is in it", id="blank"),
        pytest.param("[1 2]", "line 1, column 4", "a comma or ']' is missing", id="no comma in a list"),
        pytest.param(
            '{"a": 1 "b": 2}', "line 1, column 9", "a comma or '}' is missing", id="none in an object"
        ),
        pytest.param("[1,]", "line 1, column 4", "not valid JSON", id="a comma too many"),
        pytest.param('{"a" 1}', "line 1, column 6", "a colon is missing after the key 'a'", id="no colon"),
        pytest.param("{a: 1}", "line 1, column 2", "in double quotes", id="a key without quotes"),
        pytest.param("[1] [2]", "line 1, column 5", "more follows", id="more"),
        pytest.param("[tru]", "line 1, column 2", "not valid JSON", id="no word"),
        pytest.param("[1,\n  <]", "line 2, column 3", "not valid JSON", id="something else"),
        pytest.param(
            "[" + " " * 50 + "<" + " " * 50 + "]", "line 1, column 52", "not valid JSON", id="far off"
        ),
        pytest.param("[[1, tru", "line 1, column 6", "cut off", id="cut off in a word"),
        pytest.param('[["a', "line 1, column 3", "cut off", id="cut off in a text"),
        pytest.param('["\\u12', "line 1, column 4", "cut off", id="cut off in a letter"),
        pytest.param('["\\q"]', "line 1, column 3", "not valid JSON", id="no letter"),
    ],
)
def test_what_is_no_json_is_told_with_its_place(text, position, words):
    with pytest.raises(InventoryFileError) as caught:
        pieces(text, "")
    assert caught.value.position == position
    assert words in caught.value.problem


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param(
            '[{"a": 1, "b": 2, "a": 1}]', "the key 'a' stands twice in one object", id="a key twice"
        ),
        pytest.param("[NaN]", "NaN is no number of JSON", id="not a number"),
        pytest.param("[1e999]", "the number 1e999 is too large", id="infinite"),
        pytest.param("[12345678901]", "a number has more than 10 digits", id="a long number"),
        pytest.param("[0.1234567890]", "a number has more than 10 digits", id="a long fraction"),
        pytest.param('["' + "x" * 21 + '"]', "a text is longer than 20 characters", id="a long text"),
        pytest.param("[[[[[1]]]]]", "lists and objects lie more than 3 deep", id="deep"),
        pytest.param('[{"a": [1, 2, 3, 4, 5, 6]}]', "it has more than 6 values", id="many"),
        pytest.param(r'["\ud800"]', r"the text '\ud800' has half of a surrogate pair", id="half a letter"),
    ],
)
def test_a_piece_that_has_too_much_is_refused_and_the_next_goes_on(text, problem):
    limits = ImportLimits(depth=3, digits=10, text_length=20, items=6)
    found = pieces(text[:-1] + ', "next"]', "", limits=limits)
    assert [(each.value, each.problem) for each in found] == [(None, problem), ("next", "")]


def test_a_key_that_stands_twice_where_it_is_taken_apart_is_refused():
    found = pieces('{"a": [1], "a": [2, 3], "b": 4}', "", "a")
    assert [(path_text(each.path), each.value, each.problem) for each in found] == [
        ("a[0]", 1, ""),
        ("a", None, "the key 'a' stands twice in one object"),
        ("b", 4, ""),
    ]


def test_whole_letters_that_are_spelled_as_pairs_are_fine():
    assert pieces(r'["\ud83d\ude00"]', "")[0].value == "😀"


def test_nesting_without_end_is_refused():
    with pytest.raises(InventoryFileError, match="nested too deeply"):
        pieces("[" * 100_000)


def test_a_value_that_is_too_long_is_refused(trickle):
    with pytest.raises(InventoryFileError, match="a value is longer than 10 characters"):
        pieces('["' + "x" * 99 + '"]', limits=ImportLimits(record_length=10), file=lambda c: trickle(c, 4))


def test_lines_are_read_one_by_one():
    text = b'{"a": 1}\r\n\n[2\n3 4\n' + b"[" * 100_000 + b'\n{"b": 1, "b": 2}\n"last"'
    found = list(json_lines(SourceFile(io.BytesIO(text), LIMITS), LIMITS))
    assert [(each.line, each.value, each.problem) for each in found] == [
        (1, {"a": 1}, ""),
        (3, None, "column 3: Expecting ',' delimiter"),
        (4, None, "more follows after the end of the value"),
        (5, None, "lists and objects are nested too deeply"),
        (6, None, "the key 'b' stands twice in one object"),
        (7, "last", ""),
    ]
