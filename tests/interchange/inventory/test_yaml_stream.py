import io
import sys

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.errors import RefusedError
from itsmkit.interchange.inventory import ImportLimits, InventoryFileError
from itsmkit.interchange.inventory._source_file import SourceFile
from itsmkit.interchange.inventory._yaml_stream import yaml_documents

LIMITS = ImportLimits()

TEXTS = st.text("abc -:#&*!|>'{[,]}é", max_size=8)  # no digits: what is a number, older writers see otherwise
VALUES = st.recursive(
    st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=10,
)


def documents(text, limits=LIMITS):
    content = text if isinstance(text, bytes) else text.encode()
    return list(yaml_documents(SourceFile(io.BytesIO(content), limits), limits))


@settings(max_examples=80)
@given(st.lists(VALUES, max_size=4), st.sampled_from([True, False, None]))
def test_what_a_library_writes_is_read_back(values, flow):
    text = yaml.safe_dump_all(values, default_flow_style=flow)
    assert [each.value for each in documents(text)] == values


@settings(max_examples=100)
@given(st.text("abc:-[]{}&*!|>'\"#% \n\t0123\0é", max_size=30))
def test_whatever_stands_there_is_read_or_refused(text):
    try:
        found = documents(text)
    except InventoryFileError:
        return
    assert all((each.value is None) == bool(each.problem) for each in found)


def test_plain_words_mean_what_the_newer_standard_says():
    [found] = documents(
        "- no\n- on\n- 2020-01-01\n- 0x10\n- 1_000\n- ~\n- TRUE\n- -1.5e3\n- '1'\n- !!str 1\n- ! x"
    )
    assert found.value == ["no", "on", "2020-01-01", "0x10", "1_000", None, True, -1500.0, "1", "1", "x"]


def test_documents_know_their_lines_and_empty_ones_are_skipped():
    found = documents("a: 1\n---\n---\n# nothing\n---\nb: 2\n")
    assert [(each.place, each.value) for each in found] == [
        ("document 1 (line 1)", {"a": 1}),
        ("document 4 (line 5)", {"b": 2}),
    ]


def test_aliases_stand_for_what_they_name():
    [found] = documents("base: &b {k: [1]}\nother: *b\nlist: [*b, &n 5, *n]")
    assert found.value == {"base": {"k": [1]}, "other": {"k": [1]}, "list": [{"k": [1]}, 5, 5]}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("a: 1\na: 2", "line 2: the key 'a' stands twice in one mapping", id="a key twice"),
        pytest.param(
            "x:\n - !thing 1", "line 2: the tag !thing is not taken; only plain data is", id="a tag"
        ),
        pytest.param(
            "!!python/object:os.x {}", "line 1: the tag tag:yaml.org,2002:python/object:os.x is not", id="x"
        ),
        pytest.param(
            "a: &a [*a]", "line 1: the alias *a stands for what it is in, or for nothing", id="a circle"
        ),
        pytest.param("[[[[1]]]]", "line 1: lists and mappings lie more than 3 deep", id="deep"),
        pytest.param("[1,2,3,4,5,6,7,8,9,0]", "line 1: it has more than 9 values", id="many"),
        pytest.param("x" * 21, "line 1: a text is longer than 20 characters", id="a long text"),
        pytest.param("1" * 15, "line 1: a number has more than 10 digits", id="a long number"),
        pytest.param("? [a]\n: 1", "line 1: the key of a mapping must be a text or a number", id="no key"),
    ],
)
def test_a_document_that_has_too_much_is_refused_and_the_next_goes_on(text, problem):
    limits = ImportLimits(depth=3, digits=10, text_length=20, items=9)
    first, second = documents(f"{text}\n---\nfine: 1\n", limits)
    assert first.value is None
    assert first.problem.startswith(problem)
    assert second.value == {"fine": 1}


def test_a_billion_laughs_are_refused_with_the_line():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    [found] = documents("\n".join(lines))
    assert found.problem == "line 7: it has more than 5000000 values, aliases counted each time"


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        pytest.param("a: [1\nb: {", "line 2, column 2", "is not valid YAML", id="not closed"),
        pytest.param("a: 1\nb: \0", "line 2", "a character that YAML does not allow", id="a character"),
    ],
)
def test_what_is_no_yaml_is_told_with_its_place(text, position, words):
    with pytest.raises(InventoryFileError) as caught:
        documents(text)
    assert caught.value.position.startswith(position)
    assert words in caught.value.problem


def test_a_file_that_is_too_long_is_refused():
    with pytest.raises(InventoryFileError, match="has more than 10 characters"):
        documents("a: " + "x" * 10, ImportLimits(record_length=10))


def test_without_the_library_reading_is_refused(monkeypatch):
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(RefusedError, match=r"install it with: python -m pip install 'itsmkit\[inventory\]'"):
        documents("a: 1")


# One of several documents that is no YAML


BROKEN = ["a: [1", "b: {", "'", "a:\n\tb: 1", "- x\ny", "*nothing: ["]


@settings(max_examples=60)
@given(st.lists(st.integers(0, 9) | st.sampled_from(BROKEN), min_size=2, max_size=8))
def test_a_document_that_is_no_yaml_hinders_no_other(parts):
    text = "".join(f"---\n{each if isinstance(each, str) else f'n: {each}'}\n" for each in parts)
    found = documents(text)
    assert [each.value for each in found] == [
        None if isinstance(each, str) else {"n": each} for each in parts
    ]
    assert [bool(each.problem) for each in found] == [isinstance(each, str) for each in parts]
    assert [each.number for each in found] == list(range(len(parts)))


def test_a_document_that_is_no_yaml_is_told_with_its_line():
    first, second, third = documents("a: 1\n---\n\nb: [1\n---\nc: &x 1\nd: *y\n")
    assert (first.value, second.line, third.line) == ({"a": 1}, 2, 5)
    assert second.problem.startswith("line 5, column 1: it is not valid YAML (")
    assert third.problem.startswith("line 7")


def test_a_file_of_nothing_but_damage_is_given_up():
    with pytest.raises(InventoryFileError, match="line 201: more than 100 documents are not valid YAML"):
        documents("---\n[\n" * 200)


def test_files_with_byte_order_marks_may_be_joined():
    assert [each.value for each in documents("\ufeffa: 1\n---\n\ufeffb: 2\n\ufeff---\nc: 3\n")] == [
        {"a": 1},
        {"b": 2},
        {"c": 3},
    ]


# Merging


MAPPINGS = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 9), max_size=4)


@settings(max_examples=60)
@given(MAPPINGS, st.lists(MAPPINGS, max_size=3), st.booleans())
def test_what_is_merged_is_there_unless_it_is_told_otherwise(own, merged, is_first):
    lines = [f"  {key}: {value}" for key, value in own.items()]
    named = ", ".join(f"*m{number}" for number in range(len(merged)))
    lines.insert(0 if is_first else len(lines), f"  <<: [{named}]")
    anchors = [
        f"- &m{number} {{{', '.join(f'{k}: {v}' for k, v in each.items())}}}"
        for number, each in enumerate(merged)
    ]
    (document,) = documents("\n".join([*anchors, "-", *lines]))
    expected = {}
    for each in [*reversed(merged), own]:
        expected |= each
    assert document.value[-1] == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param(
            "a: &a {x: 1}\nb:\n  <<: *a\n  <<: {y: 2}", {"a": {"x": 1}, "b": {"x": 1, "y": 2}}, id="twice"
        ),
        pytest.param("<<: 7", {"<<": 7}, id="no mapping"),
        pytest.param("<<: [{a: 1}, 7]", {"<<": [{"a": 1}, 7]}, id="not only mappings"),
    ],
)
def test_only_mappings_are_merged(text, value):
    assert [each.value for each in documents(text)] == [value]
