from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError
from itsmkit.practices.escalation import DeliveryRule, Importance, telling_of, window_end
from itsmkit.testing import office_hours

QUARTER = timedelta(minutes=15)
MONDAY = datetime(2026, 3, 2, 10, 7, tzinfo=UTC)
NIGHT = datetime(2026, 3, 2, 22, 7, tzinfo=UTC)
MORNING = datetime(2026, 3, 3, 9, tzinfo=UTC)
CALENDARS = {"office": office_hours()}
GATHERED = DeliveryRule(of=["boss"], digest=QUARTER, hours="office")


@pytest.mark.parametrize(
    ("rules", "importance", "now", "at", "is_gathered"),
    [
        pytest.param((), "low", NIGHT, NIGHT, False, id="no rule"),
        pytest.param((DeliveryRule(of=["lee"], digest=QUARTER),), "low", NIGHT, NIGHT, False, id="another's"),
        pytest.param((DeliveryRule(least=Importance.HIGH),), "normal", NIGHT, None, False, id="filtered"),
        pytest.param((DeliveryRule(least=Importance.HIGH),), "high", NIGHT, NIGHT, False, id="important"),
        pytest.param((GATHERED,), "high", MONDAY, MONDAY.replace(minute=15), True, id="gathered"),
        pytest.param((GATHERED,), "high", NIGHT, MORNING, True, id="quiet"),
        pytest.param((GATHERED,), "critical", NIGHT, NIGHT, False, id="urgent"),
        pytest.param(
            (DeliveryRule(of=["manager"], hours="office", urgent=None),),
            "critical",
            NIGHT,
            MORNING,
            True,
            id="role",
        ),
        pytest.param((DeliveryRule(hours="office"),), "low", MONDAY, MONDAY, False, id="open"),
    ],
)
def test_people_are_told_as_they_want_to_be(
    rules: tuple[DeliveryRule, ...], importance: str, now: datetime, at: datetime | None, is_gathered: bool
) -> None:
    found = telling_of(rules, "boss", "manager", Importance(importance), at=now, calendars=CALENDARS)
    assert (found.at, found.is_gathered) == (at, is_gathered)
    assert found.explain().startswith("boss: ")


def test_the_first_rule_for_somebody_holds() -> None:
    rules = (DeliveryRule(of=["boss"]), GATHERED)
    assert telling_of(rules, "boss", "manager", Importance.LOW, at=NIGHT).at == NIGHT


def test_a_calendar_has_to_be_there() -> None:
    with pytest.raises(DefinitionError, match="unknown calendar 'office'; known: none"):
        telling_of((GATHERED,), "boss", "manager", Importance.LOW, at=NIGHT)


@given(
    st.integers(0, 525_600).map(lambda minutes: MONDAY + timedelta(minutes=minutes)),
    st.timedeltas(timedelta(minutes=1), timedelta(days=1)),
)
def test_a_window_ends_after_each_instant_in_it_and_no_later_than_it_is_long(
    at: datetime, length: timedelta
) -> None:
    end = window_end(at, length)
    assert at < end <= at + length
    assert window_end(end - timedelta(microseconds=1), length) == end


@pytest.mark.parametrize(
    ("given_", "problem"),
    [
        ({"digest": timedelta(0)}, "digest: must be more than zero"),
        ({"digest": timedelta(days=2)}, "at most a day"),
        ({"digest": 5}, "digest"),
        ({"of": ["a", "a"]}, "of"),
        ({"least": "x", "urgent": "y"}, "least"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(given_: dict[str, object], problem: str) -> None:
    with pytest.raises(DefinitionError, match=problem):
        DeliveryRule(**given_)  # type: ignore[arg-type]
