import gc
from collections.abc import Iterator

import pytest

from itsmkit.cli._collections import no_collections


@pytest.fixture(autouse=True)
def _collector_as_before() -> Iterator[None]:
    yield
    gc.enable()


def test_the_collector_rests_for_as_long_as_the_context_lasts() -> None:
    with no_collections():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_the_collector_is_as_before_after_an_error() -> None:
    with pytest.raises(KeyError), no_collections():
        raise KeyError
    assert gc.isenabled()


def test_a_collector_that_rested_before_goes_on_resting() -> None:
    gc.disable()
    with no_collections():
        assert not gc.isenabled()
    assert not gc.isenabled()
