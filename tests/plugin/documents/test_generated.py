"""A function that is made knows what it is given, and nothing of where it is made."""

import pytest

from itsmkit.plugin.documents._generated import function_of


def test_a_function_has_its_arguments_and_names() -> None:
    lines = ["total = start", "for each in values:", "    total += each", "return total"]
    total = function_of("total(values)", lines, {"start": 5})
    assert total([1, 2, 3]) == 11
    assert total([]) == 5
    assert total.__name__ == "total"


def test_functions_of_the_same_name_do_not_meet() -> None:
    known: dict[str, object] = {"own": 1}
    one = function_of("given()", ["return own"], known)
    two = function_of("given()", ["return own"], {"own": 2})
    assert (one(), two()) == (1, 2)
    assert known == {"own": 1}


def test_a_name_that_is_not_given_is_not_known() -> None:
    with pytest.raises(NameError, match="Mapping"):
        function_of("given()", ["return Mapping"], {})()
