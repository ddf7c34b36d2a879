import copy
import json
import pickle
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit._frozen import EMPTY, FrozenDict, as_tuple, changed, deeply_frozen, frozen_dict
from itsmkit._problems import names
from itsmkit.errors import DefinitionError

mappings = st.dictionaries(st.text(max_size=3), st.none() | st.integers() | st.text(max_size=3))


def with_or(mapping: dict[str, int]) -> None:
    mapping |= {"b": 2}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda mapping: mapping.__setitem__("a", 2), id="set"),
        pytest.param(lambda mapping: mapping.__delitem__("a"), id="delete"),
        pytest.param(lambda mapping: mapping.clear(), id="clear"),
        pytest.param(lambda mapping: mapping.pop("a"), id="pop"),
        pytest.param(lambda mapping: mapping.popitem(), id="popitem"),
        pytest.param(lambda mapping: mapping.setdefault("b", 2), id="setdefault"),
        pytest.param(lambda mapping: mapping.update(b=2), id="update"),
        pytest.param(with_or, id="or"),
    ],
)
def test_nothing_changes_a_frozen_dict(change: Callable[[dict[str, int]], object]) -> None:
    frozen = FrozenDict({"a": 1})
    with pytest.raises(TypeError, match="this mapping is read-only; build a new one"):
        change(frozen)
    assert frozen == {"a": 1}


@given(mappings)
def test_it_reads_as_the_mapping_that_it_was_made_of(mapping: dict[str, object]) -> None:
    frozen = FrozenDict(mapping)
    assert frozen == mapping
    assert dict(frozen) == mapping
    assert {**frozen} == mapping
    assert list(frozen.items()) == list(mapping.items())
    assert json.loads(json.dumps(frozen)) == mapping


@given(mappings)
def test_equals_have_equal_hashes_whatever_their_order(mapping: dict[str, object]) -> None:
    turned = FrozenDict(reversed(mapping.items()))
    assert turned == FrozenDict(mapping)
    assert hash(turned) == hash(FrozenDict(mapping))


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_a_copy_is_frozen_too(again: Callable[[object], object]) -> None:
    frozen = FrozenDict({"a": 1, "b": FrozenDict({"c": 2})})
    copied = again(frozen)
    assert copied == frozen
    assert type(copied) is FrozenDict
    assert type(copied["b"]) is FrozenDict


def test_the_converter_copies_what_could_change_and_keeps_what_cannot() -> None:
    plain = {"a": 1}
    frozen = frozen_dict(plain)
    plain["a"] = 2
    assert frozen == {"a": 1}
    assert frozen_dict(frozen) is frozen
    assert EMPTY == {}


@pytest.mark.parametrize(
    "values", [("a", "b"), ["a", "b"], {"a": 1, "b": 2}, iter("ab")], ids=lambda values: type(values).__name__
)
def test_values_become_a_tuple(values: object) -> None:
    assert as_tuple(values) == ("a", "b")


def test_a_text_is_not_taken_for_its_letters() -> None:
    with pytest.raises(DefinitionError, match=r"asked for: 'ab'; write \('ab',\)"):
        as_tuple("ab")


@pytest.mark.parametrize("value", [None, 7, object], ids=["nothing", "a number", "a class"])
def test_a_single_value_does_not_stand_for_several(value: Any) -> None:
    with pytest.raises(DefinitionError, match=r"stands where several are asked for; write them as a list$"):
        as_tuple(value)
    with pytest.raises(DefinitionError, match=r"stands where a mapping is asked for; write \{name: value\}$"):
        frozen_dict(value)
    with pytest.raises(DefinitionError, match=r"stands where names are asked for; write them as a list$"):
        names(value)


def test_what_goes_wrong_within_is_told_as_it_is() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise TypeError("within")

    with pytest.raises(TypeError, match="within"):
        as_tuple(broken())

    class Broken(Mapping[str, int]):
        def __getitem__(self, name: str) -> int:
            raise TypeError("within")

        def __iter__(self) -> Iterator[str]:
            return iter("a")

        def __len__(self) -> int:
            return 1

    with pytest.raises(TypeError, match="within"):
        frozen_dict(Broken())


@given(
    st.dictionaries(st.text(max_size=2), st.integers()),
    st.dictionaries(st.text(max_size=2), st.none() | st.integers()),
)
def test_news_take_the_place_of_what_was_and_none_of_it_empties(
    old: dict[str, int], news: dict[str, int | None]
) -> None:
    before = FrozenDict(old)
    after = changed(before, news)
    assert after == {name: value for name, value in {**old, **news}.items() if value is not None}
    assert type(after) is FrozenDict
    assert before == old


def test_everything_within_can_be_frozen_too() -> None:
    loose = {"a": [1, {2}, {"b": [3]}], "c": "text"}
    frozen = deeply_frozen(loose)
    assert frozen == {"a": (1, frozenset({2}), {"b": (3,)}), "c": "text"}
    assert hash(frozen) == hash(deeply_frozen(loose))
    assert deeply_frozen(frozen) == frozen
