import pickle
from datetime import UTC, datetime

import pytest

from itsmkit.calendars import (
    NeverClosesError,
    NeverOpenError,
    OutOfRangeError,
    UnknownHolidaysError,
)
from itsmkit.errors import NotFoundError

EARLY = datetime(1970, 1, 2, tzinfo=UTC)
LATE = datetime(2200, 12, 31, tzinfo=UTC)

ERRORS = [
    pytest.param(NeverClosesError(EARLY, LATE), "stays open up to 2200", id="never closes"),
    pytest.param(NeverOpenError(EARLY, LATE, LATE), "the last opening ended at 2200", id="after"),
    pytest.param(NeverOpenError(LATE, EARLY, EARLY), "the first opening began at 1970", id="before"),
    pytest.param(NeverOpenError(EARLY, LATE, None), "found no opening", id="no opening at all"),
    pytest.param(OutOfRangeError(LATE, EARLY, EARLY, "so it is"), ": so it is", id="out of range"),
    pytest.param(UnknownHolidaysError("DE", 1, 2, 3), "only for 2 to 3", id="unknown holidays"),
]


@pytest.mark.parametrize(("error", "message"), ERRORS)
def test_an_error_says_what_was_sought_and_how_far(error, message):
    assert message in str(error)
    assert isinstance(error, NotFoundError)


@pytest.mark.parametrize(("error", "message"), ERRORS)
def test_an_error_survives_pickling_with_its_facts(error, message):
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert vars(again) == vars(error)
    assert str(again) == str(error)
