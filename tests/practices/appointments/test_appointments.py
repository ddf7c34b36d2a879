"""Free slots against an oracle that goes minute by minute; and what may become of an appointment."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.calendars import BusinessCalendar, HolidayCalendar, TimeSpan
from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.practices.appointments import (
    Appointment,
    AppointmentState,
    Availability,
    Booking,
    Diary,
    Slot,
    booking_problems,
    cancel_appointment,
    free_slots,
    hold_appointment,
    move_appointment,
    release,
    reserve,
)
from itsmkit.tickets import TicketId

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
OFFICE = BusinessCalendar(
    "Mon-Fri 09:00-12:00,13:00-17:00; Sat 22:00-06:00",
    "Europe/Berlin",
    holidays=HolidayCalendar.of("DE-NW", language="en_US"),
)
"""It is open in the nights in which the clocks are changed."""

STARTS = [
    datetime(2026, 3, 28, 18, tzinfo=UTC),
    datetime(2026, 10, 24, 18, tzinfo=UTC),
    datetime(2026, 4, 2, 6, tzinfo=UTC),
]
"""Before both changes of the clocks, and before Good Friday."""


def spans(start: datetime) -> st.SearchStrategy[list[TimeSpan]]:
    """Draw spans of whole minutes, which may overlap, touch or be empty."""
    minutes = st.integers(-120, 30 * 60)
    return st.lists(
        st.tuples(minutes, st.integers(0, 400)).map(
            lambda each: TimeSpan(start + each[0] * MINUTE, start + (each[0] + each[1]) * MINUTE)
        ),
        max_size=4,
    )


@st.composite
def questions(draw: st.DrawFn) -> tuple[datetime, datetime, list[Availability]]:
    start = draw(st.sampled_from(STARTS))
    people = [
        Availability(
            name,
            draw(st.one_of(spans(start), st.just([TimeSpan(start - DAY, start + 2 * DAY)]))),
            draw(st.sets(st.sampled_from(["audio", "network"]))),
            draw(spans(start)),
            draw(spans(start)),
        )
        for name in ("ann", "bob")
    ]
    window = draw(st.integers(0, 26 * 60))
    return start, start + window * MINUTE, people


def is_in(at: datetime, those: Iterable[TimeSpan]) -> bool:
    return any(at in each for each in those)


@settings(deadline=None, max_examples=150)
@given(
    questions(),
    st.sampled_from([None, "audio"]),
    st.integers(1, 180),
    st.integers(1, 90),
    st.booleans(),
)
def test_slots_are_those_of_an_oracle(
    asked: tuple[datetime, datetime, list[Availability]],
    skill: str | None,
    length: int,
    step: int,
    listed: bool,
) -> None:
    since, until, people = asked
    window = (until - since) // MINUTE
    hours = OFFICE.open_spans(since - DAY, until + DAY) if listed else OFFICE
    expected = []
    for number in range(0, window + 1, step):
        start = since + number * MINUTE
        if start + length * MINUTE > until:
            break
        minutes = [start + each * MINUTE for each in range(length)]
        if not all(OFFICE.is_open(each) for each in minutes):
            continue
        able = tuple(
            each.person
            for each in people
            if (skill is None or skill in each.skills)
            and all(
                is_in(at, each.shifts) and not is_in(at, each.absences) and not is_in(at, each.bookings)
                for at in minutes
            )
        )
        if able:
            expected.append(Slot(start, start + length * MINUTE, able))
    found = free_slots(
        hours,
        people,
        length=length * MINUTE,
        since=since,
        until=until,
        skill=skill,
        step=step * MINUTE,
    )
    assert found == tuple(expected)
    # What is offered can be booked, and nothing at a time that is not.
    for slot in found[:3]:
        wanted = appointment(start=slot.start, end=slot.end, attendees=slot.people[:1], skill=skill)
        chosen = [each for each in people if each.person == slot.people[0]]
        assert [*booking_problems(wanted, hours, chosen, since)] == []


def appointment(**changes: object) -> Appointment:
    usual = {
        "id": "a1",
        "ticket_id": TicketId("t1"),
        "start": NOON,
        "end": NOON + HOUR,
        "attendees": ["ann"],
    }
    return Appointment(**{**usual, **changes})  # type: ignore[arg-type]


ON_SHIFT = Availability("ann", [TimeSpan(NOON - HOUR, NOON + 3 * HOUR)])
OPEN = [TimeSpan(NOON - HOUR, NOON + 2 * HOUR)]


def test_a_booking_is_told_every_reason_at_once() -> None:
    wanted = appointment(attendees=["ann", "bob"], skill="audio", site="bonn")
    busy = evolve(ON_SHIFT, bookings=[TimeSpan(NOON, NOON + MINUTE)])
    away = Availability("bob", ON_SHIFT.shifts, absences=[TimeSpan(NOON + MINUTE, NOON + HOUR)])
    closed = [TimeSpan(NOON, NOON + HOUR / 2)]
    found = [*booking_problems(wanted, closed, [busy, away], NOON + MINUTE)]
    assert found == [
        f"it would begin at {NOON}, which is over",
        f"site bonn is not open from {NOON} to {NOON + HOUR}",
        f"ann has another appointment from {NOON} to {NOON + MINUTE}",
        f"bob is not on shift from {NOON} to {NOON + HOUR}",
        "none of ann, bob can do 'audio'",
    ]
    assert [*booking_problems(appointment(), OPEN, [ON_SHIFT], NOON)] == []
    [problem] = booking_problems(appointment(), [], [ON_SHIFT], NOON)
    assert problem.startswith("the desk is not open")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"length": timedelta(0)}, "length: must be a length of time"),
        ({"step": "15min"}, "step: must be a length of time"),
        ({"step": timedelta(seconds=1)}, "step: there are more than 10,000 starts"),
        ({"since": datetime(2026, 3, 2)}, "since has no time zone"),  # noqa: DTZ001  that is the point
    ],
)
def test_slots_need_sound_questions(changes: dict[str, object], problem: str) -> None:
    asked = {"length": HOUR, "since": NOON, "until": NOON + DAY, **changes}
    with pytest.raises(DefinitionError, match=problem):
        free_slots(OPEN, [ON_SHIFT], **asked)  # type: ignore[arg-type]


def test_no_time_has_no_slots() -> None:
    assert free_slots(OPEN, [ON_SHIFT], length=HOUR, since=NOON, until=NOON - DAY) == ()


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"attendees": []}, "attendees: there is none"),
        ({"attendees": ["ann", "ann"]}, "attendees: 'ann' stands there more than once"),
        ({"end": NOON}, "end: must be after its start"),
        ({"site": " "}, "site: must be a name"),
        ({"skill": ""}, "skill: must be a name"),
    ],
)
def test_what_can_be_no_appointment_is_refused(changes: dict[str, object], problem: str) -> None:
    with pytest.raises(DefinitionError, match=problem):
        appointment(**changes)


def test_what_becomes_of_an_appointment() -> None:
    it = appointment()
    moved = move_appointment(it, NOON + DAY, ["bob"])
    assert moved is not None
    assert (moved.event, moved.value.start, moved.value.end, moved.value.attendees, moved.value.state) == (
        "AppointmentMoved",
        NOON + DAY,
        NOON + DAY + HOUR,
        ("bob",),
        AppointmentState.MOVED,
    )
    assert move_appointment(it, NOON) is None
    with pytest.raises(RefusedError, match="say why in `reason`"):
        cancel_appointment(it, " ")
    cancelled = cancel_appointment(moved.value, "it works again")
    assert (cancelled.value.state, cancelled.said["reason"]) == ("cancelled", "it works again")
    with pytest.raises(RefusedError, match="it begins only at"):
        hold_appointment(it, NOON - MINUTE)
    held = hold_appointment(it, NOON).value
    for over in (cancelled.value, held):
        assert not over.is_ahead
        for change in (
            lambda each: move_appointment(each, NOON + DAY),
            lambda each: cancel_appointment(each, "no"),
            lambda each: hold_appointment(each, NOON),
        ):
            with pytest.raises(RefusedError, match=f"it is {over.state}; book another one"):
                change(over)


def test_a_diary_has_nothing_twice_and_forgets_what_is_over() -> None:
    first, later = appointment(), appointment(id="a2", start=NOON + HOUR, end=NOON + 2 * HOUR)
    diary = reserve(Diary(id="ann"), later, NOON).value
    diary = reserve(diary, first, NOON).value
    assert [each.appointment for each in diary.bookings] == ["a1", "a2"]
    assert diary.clash(appointment(id="a3", end=NOON + MINUTE)) == Booking("a1", NOON, NOON + HOUR)
    assert diary.clash(first) is None
    # What touches does not clash.
    assert diary.clash(appointment(id="a3", start=NOON - HOUR, end=NOON)) is None
    moved = evolve(first, start=NOON + DAY, end=NOON + DAY + HOUR)
    assert [each.start for each in reserve(diary, moved, NOON).value.bookings] == [NOON + HOUR, NOON + DAY]
    assert [each.appointment for each in release(diary, first, NOON).value.bookings] == ["a2"]
    assert release(diary, moved, NOON + 8 * DAY).value.bookings == ()
