"""What rules answer: when it is due, how it is written, and what is wrong with it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.calendars import BusinessCalendar, BusinessDays
from itsmkit.errors import DefinitionError
from itsmkit.practices.automation import (
    EVENT_NAMES,
    DateTrigger,
    EventTrigger,
    RecurrenceTrigger,
    Trigger,
    trigger_from,
    trigger_to_mapping,
)

OFFICE = BusinessCalendar("Mon-Fri 08:00-17:00", "Europe/Berlin", name="office")
FRIDAY = datetime(2026, 3, 6, 16, tzinfo=OFFICE.tz)

amounts = st.one_of(
    st.timedeltas(timedelta(0), timedelta(days=40)), st.builds(BusinessDays, st.integers(0, 40))
)
events = st.lists(st.sampled_from(EVENT_NAMES), min_size=1, max_size=3, unique=True)


def triggers() -> st.SearchStrategy[Trigger]:
    waiting = st.builds(
        EventTrigger,
        on=events,
        after=amounts.filter(lambda each: each not in (timedelta(0), BusinessDays(0))),
        unless=events,
    )
    dates = st.builds(
        DateTrigger,
        field=st.sampled_from(["needed_by", "contract_end"]),
        offset=st.one_of(amounts, st.timedeltas(timedelta(days=-40), timedelta(days=40))),
    )
    times = st.builds(
        RecurrenceTrigger,
        every=st.sampled_from(["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO"]),
        first=st.just("2026-03-02T09:00"),
        tz=st.just("Europe/Berlin"),
        shift=st.sampled_from(["keep", "next open", "skip"]),
        catch_up=st.sampled_from(["all", "latest", "none"]),
        late_after=st.timedeltas(timedelta(0), timedelta(days=1)),
    )
    return st.one_of(st.builds(EventTrigger, on=events), waiting, dates, times)


@given(triggers())
def test_what_is_written_is_read_as_it_was(trigger: Trigger) -> None:
    assert trigger_from(trigger_to_mapping(trigger)) == trigger


@pytest.mark.parametrize(
    ("trigger", "due"),
    [
        pytest.param(EventTrigger(on="Tagged"), FRIDAY, id="at once"),
        pytest.param(
            EventTrigger(on="Tagged", after=timedelta(hours=2)),
            datetime(2026, 3, 9, 9, tzinfo=OFFICE.tz),
            id="closed time does not count",
        ),
        pytest.param(
            EventTrigger(on="Tagged", after=BusinessDays(1)),
            datetime(2026, 3, 9, 16, tzinfo=OFFICE.tz),
            id="a business day",
        ),
    ],
)
def test_it_is_due_after_open_time(trigger: EventTrigger, due: datetime) -> None:
    assert trigger.due(FRIDAY, OFFICE) == due


@pytest.mark.parametrize(
    ("offset", "value", "due"),
    [
        pytest.param(timedelta(0), FRIDAY, FRIDAY, id="at the date"),
        pytest.param(
            BusinessDays(-1),
            datetime(2026, 3, 9, 9, tzinfo=OFFICE.tz),
            datetime(2026, 3, 6, 9, tzinfo=OFFICE.tz),
            id="a business day before",
        ),
        pytest.param(
            timedelta(hours=1),
            date(2026, 3, 9),
            datetime(2026, 3, 9, 9, tzinfo=OFFICE.tz),
            id="a date is its midnight",
        ),
        pytest.param(timedelta(0), datetime(2026, 3, 9, 9), None, id="without a zone it is none"),  # noqa: DTZ001
        pytest.param(timedelta(0), "soon", None, id="a text is none"),
        pytest.param(timedelta(0), None, None, id="nothing is none"),
    ],
)
def test_a_date_is_due_by_open_time(offset: timedelta, value: object, due: datetime | None) -> None:
    assert DateTrigger(field="needed_by", offset=offset).due(value, OFFICE) == due


@pytest.mark.parametrize(
    ("plain", "problems"),
    [
        pytest.param("Tagged", ["must be a table with one of every, field, on"], id="no table"),
        pytest.param({}, ["must be a table with one of"], id="nothing"),
        pytest.param({"on": ["Tagged"], "field": "x"}, ["must be a table with one of"], id="two"),
        pytest.param(
            {"on": ["Taged", "Tagged"], "after": "-4h"},
            ["on[0]: there is no event 'Taged' for rules; did you mean 'Tagged'?", "after: must not be"],
            id="no such event, and back in time",
        ),
        pytest.param({"on": []}, ["on: names no event"], id="no event"),
        pytest.param({"on": ["RuleFired"]}, ["on[0]: there is no event 'RuleFired'"], id="rules themselves"),
        pytest.param({"on": ["Tagged"], "unless": ["Untagged"]}, ["unless: calls off"], id="nothing waits"),
        pytest.param({"on": ["Tagged"], "after": "soon"}, ["after: must be a duration"], id="no length"),
        pytest.param({"on": ["Tagged"], "afer": "1h"}, ["afer: "], id="misspelled"),
        pytest.param({"field": " x"}, ["field: must be a name"], id="no name"),
        pytest.param(
            {"every": "FREQ=OFTEN", "first": "2026-03-02T09:00", "tz": "Europe/Berlin"},
            ["every: "],
            id="no rule of recurrence",
        ),
        pytest.param(
            {"every": "FREQ=DAILY", "first": "noon", "tz": "Europe/Berlin"}, ["first: must be"], id="no time"
        ),
    ],
)
def test_what_is_wrong_is_told(plain: object, problems: list[str]) -> None:
    with pytest.raises(DefinitionError) as refused:
        trigger_from(plain)
    assert len(refused.value.problems) == len(problems)
    for told, start in zip(refused.value.problems, problems, strict=True):
        assert told.startswith(start)


def test_a_length_of_another_type_is_refused() -> None:
    with pytest.raises(DefinitionError, match="after: must be a length of open time"):
        EventTrigger(on="Tagged", after="4h")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("trigger", "told"),
    [
        (EventTrigger(on=["Tagged", "Untagged"]), "on Tagged or Untagged"),
        (
            EventTrigger(on="Tagged", after=timedelta(hours=4), unless="Untagged"),
            "4h after Tagged, unless Untagged",
        ),
        (EventTrigger(on="Tagged", after=BusinessDays(2)), "2 business days after Tagged"),
        (DateTrigger(field="needed_by"), "at needed_by"),
        (DateTrigger(field="needed_by", offset=BusinessDays(-3)), "3 business days before needed_by"),
        (DateTrigger(field="needed_by", offset=timedelta(hours=1)), "1h after needed_by"),
        (
            RecurrenceTrigger(every="FREQ=DAILY", first=datetime(2026, 3, 2, 9), tz="Europe/Berlin"),  # noqa: DTZ001
            "FREQ=DAILY from 2026-03-02T09:00:00 (Europe/Berlin)",
        ),
    ],
)
def test_it_tells_what_it_answers(trigger: Trigger, told: str) -> None:
    assert str(trigger) == told


def test_times_are_those_of_a_schedule() -> None:
    trigger = RecurrenceTrigger(every="FREQ=DAILY", first="2026-03-02T09:00", tz="UTC", shift="skip")
    found = trigger.schedule("remind", datetime(2026, 3, 6, 12, tzinfo=UTC))
    days = [each.at.day for each in found.occurrences(found.done_until, FRIDAY + timedelta(days=5), OFFICE)]  # type: ignore[arg-type]
    assert days == [9, 10, 11]
