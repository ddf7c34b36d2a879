import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.cmdb import ConfigurationItem
from itsmkit.cmdb._sorted_items import SortedIds, SortedItems, SortedNumbers

ids = st.lists(st.text("abc", min_size=1, max_size=3), unique=True, max_size=8)


@given(ids, st.slices(8))
def test_they_are_what_sorting_gives(given_ids, some):
    items = tuple(ConfigurationItem(each, "server", each) for each in given_ids)
    found, expected = SortedItems(items), sorted(items, key=lambda item: item.id)
    names = SortedIds(found)
    assert (list(found), len(found), list(found[some])) == (expected, len(items), expected[some])
    assert (list(names), len(names), list(names[some])) == (
        sorted(given_ids),
        len(items),
        sorted(given_ids)[some],
    )
    assert [names[place] for place in range(len(names))] == sorted(given_ids)
    assert [found[place] for place in range(len(found))] == expected


@given(ids, st.text("abcd", max_size=3))
def test_numbers_are_places(given_ids, other):
    numbers = SortedNumbers(sorted(given_ids))
    assert dict(numbers) == {each: place for place, each in enumerate(sorted(given_ids))}
    assert len(numbers) == len(given_ids)
    if other not in given_ids:
        with pytest.raises(KeyError):
            numbers[other]
