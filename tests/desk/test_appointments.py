"""Appointments on a desk: booked once, in hours, on shift, by who can."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from random import Random
from threading import Barrier
from typing import Any

import pytest
from attrs import evolve

from itsmkit.calendars import TimeSpan
from itsmkit.desk import CalendarShifts, Desk, DeskConfig, InMemoryStore, ManualClock
from itsmkit.errors import ConflictError, DefinitionError, NotFoundError, RefusedError
from itsmkit.testing import A_MONDAY
from itsmkit.tickets import Actor, Ticket
from itsmkit.tickets.structure import Structure

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
RULES: dict[str, Any] = {
    "calendars": {
        "office": {"hours": "Mon-Fri 08:00-17:00", "time_zone": "Europe/Berlin", "holidays": "DE-NW"},
        "early": {"hours": "Mon-Fri 06:00-12:00", "time_zone": "Europe/Berlin"},
        "centre": {"hours": "Mon-Fri 09:00-16:00", "time_zone": "Europe/Berlin", "holidays": "DE-BY"},
    },
    "people": [
        {"id": "ann", "skills": ["audio", "network"], "calendar": "office"},
        {"id": "bob", "calendar": "early"},
        {"id": "kim", "skills": ["audio"]},
        {"id": "eve"},
        {"id": "gone", "calendar": "office", "left_at": datetime(2026, 3, 1, tzinfo=UTC)},
    ],
    "groups": [
        {"id": "desk", "members": ["ann", "bob", "kim", "eve"]},
        {"id": "late", "members": ["kim"], "calendar": "office"},
        {"id": "empty"},
    ],
    "organisations": [{"id": "house", "calendar": "centre"}],
    "sites": [
        {"id": "munich", "calendar": "centre"},
        {"id": "branch", "organisation": "house", "time_zone": "Europe/London"},
    ],
}
CONFIG = DeskConfig.load(RULES)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(A_MONDAY)


@pytest.fixture
def desk(clock: ManualClock) -> Desk:
    return Desk(CONFIG, clock=clock, random=Random(1)).acting_as(Actor("ann"))


@pytest.fixture
def ticket(desk: Desk) -> Ticket:
    return desk.incidents.log("My hearing aid is silent", requester="bob", site="munich")


def test_slots_know_hours_shifts_and_skills(desk: Desk) -> None:
    asked = {"length": HOUR, "since": A_MONDAY - HOUR, "until": A_MONDAY + 5 * HOUR, "step": HOUR}
    found = desk.appointments.slots(support_group="desk", site="munich", **asked)
    # The centre is open from 9 to 16 o'clock in Munich; what is over is no slot.
    assert [(each.start.hour, each.people) for each in found] == [
        (9, ("ann", "bob", "kim")),
        (10, ("ann", "bob", "kim")),
        (11, ("ann", "kim")),
        (12, ("ann", "kim")),
        (13, ("ann", "kim")),
    ]
    skilled = desk.appointments.slots(people=["bob", "ann"], skill="audio", site="munich", **asked)
    assert {each.people for each in skilled} == {("ann",)}
    assert desk.appointments.slots(people=["eve"], **asked) == ()
    assert desk.appointments.slots(people=["ann"], **{**asked, "until": A_MONDAY - HOUR}) == ()


def test_a_place_without_a_calendar_has_that_of_its_organisation_by_its_own_clock(desk: Desk) -> None:
    asked = {"length": HOUR, "since": A_MONDAY - HOUR, "until": A_MONDAY + 9 * HOUR, "step": HOUR}
    [first, *_] = desk.appointments.slots(people=["ann"], site="branch", **asked)
    assert first.start == A_MONDAY
    assert desk.appointments.slots(people=["ann"], site="branch", **asked)[-1].end.hour == 16
    # A place that nobody knows is open when the desk is.
    assert desk.appointments.slots(people=["ann"], site="third floor", **asked)[-1].end.hour == 16


def test_holidays_are_those_of_the_place(desk: Desk) -> None:
    day = datetime(2027, 1, 6, tzinfo=UTC)  # Epiphany, a holiday in Bavaria, and not on the Rhine
    asked = {"length": HOUR, "since": day, "until": day + DAY}
    assert desk.appointments.slots(people=["ann"], site="munich", **asked) == ()
    assert desk.appointments.slots(people=["ann"], **asked)


@pytest.mark.parametrize(
    ("changes", "error", "problem"),
    [
        ({"people": []}, DefinitionError, "people: nobody is named"),
        ({"people": [], "support_group": "empty"}, DefinitionError, "people: nobody is named"),
        ({"people": [], "support_group": "none"}, NotFoundError, "none"),
        ({"people": ["nobody"]}, NotFoundError, "nobody"),
        ({"people": ["ann", "ann"]}, DefinitionError, "more than once"),
        ({"since": datetime(2026, 3, 2)}, DefinitionError, "since has no time zone"),  # noqa: DTZ001
    ],
)
def test_slots_need_somebody(desk: Desk, changes: dict[str, Any], error: type, problem: str) -> None:
    asked = {"people": ["ann"], "length": HOUR, "since": A_MONDAY, "until": A_MONDAY + DAY, **changes}
    with pytest.raises(error, match=problem):
        desk.appointments.slots(**asked)


def test_what_is_booked_is_no_slot_any_more(desk: Desk, ticket: Ticket) -> None:
    booked = desk.appointments.book(ticket.id, A_MONDAY + HOUR, HOUR, attendees=["ann"], skill="audio")
    assert (booked.site, booked.state, booked.version) == ("munich", "booked", 1)
    assert desk.appointments.of(ticket.id) == (booked,)
    asked = {"length": HOUR, "since": A_MONDAY, "until": A_MONDAY + 4 * HOUR, "step": HOUR}
    assert [each.start.hour for each in desk.appointments.slots(people=["ann"], **asked)] == [9, 11, 12]
    with pytest.raises(RefusedError, match="ann has another appointment from"):
        desk.appointments.book(ticket.id, A_MONDAY + HOUR * 1.5, HOUR, attendees=["ann"])
    # What touches is no clash.
    desk.appointments.book(ticket.id, A_MONDAY + 2 * HOUR, HOUR, attendees=["ann"])
    desk.appointments.cancel(booked.id, "it works again")
    assert [each.start.hour for each in desk.appointments.slots(people=["ann"], **asked)] == [9, 10, 12]
    assert [each.state for each in desk.appointments.of(ticket.id)] == ["cancelled", "booked"]
    steps = desk.appointments.history(ticket.id, booked.id)
    assert [each.event for each in steps] == ["AppointmentBooked", "AppointmentCancelled"]
    assert steps[1].said["reason"] == "it works again"
    assert desk.appointments.history(ticket.id, "none") == ()
    other = desk.incidents.log("No mail")
    assert desk.appointments.history(other.id, booked.id) == ()
    assert desk.audit.verify().is_intact


def test_every_reason_is_told_and_nothing_is_half_booked(desk: Desk, ticket: Ticket) -> None:
    desk.appointments.book(ticket.id, A_MONDAY + 2 * HOUR, HOUR, attendees=["kim"])
    before = [*desk.store.dump()]
    with pytest.raises(RefusedError) as refused:
        desk.appointments.book(
            ticket.id, A_MONDAY + 2 * HOUR, 7 * HOUR, attendees=["bob", "kim", "gone"], skill="network"
        )
    told = [each.removeprefix("cannot book the appointment: ") for each in refused.value.reasons]
    assert [each.partition(" from ")[0].partition(" at ")[0] for each in told] == [
        "gone is not there",
        "site munich is not open",
        "bob is not on shift",
        "kim is not on shift",
        "kim has another appointment",
        "gone is not on shift",
        "none of bob, kim, gone can do 'network'",
    ]
    assert [*desk.store.dump()] == before


def test_an_appointment_is_moved_with_its_people(desk: Desk, ticket: Ticket) -> None:
    booked = desk.appointments.book(ticket.id, A_MONDAY, HOUR, attendees=["ann"])
    # By half an hour: what it takes by itself is not in its way.
    moved = desk.appointments.move(booked.id, A_MONDAY + HOUR / 2)
    assert (moved.start, moved.end, moved.state) == (A_MONDAY + HOUR / 2, A_MONDAY + HOUR * 1.5, "moved")
    assert desk.appointments.move(booked.id, A_MONDAY + HOUR / 2) == moved
    handed = desk.appointments.move(booked.id, A_MONDAY + HOUR / 2, attendees=["kim"])
    assert handed.attendees == ("kim",)
    desk.appointments.book(ticket.id, A_MONDAY + HOUR / 2, HOUR, attendees=["ann"])
    with pytest.raises(RefusedError, match="kim has another appointment"):
        desk.appointments.book(ticket.id, A_MONDAY + HOUR, HOUR, attendees=["kim"])
    with pytest.raises(RefusedError, match="cannot move the appointment: ann has another appointment"):
        desk.appointments.move(booked.id, A_MONDAY + HOUR, attendees=["ann"])


def test_what_is_done_once_is_answered_though_the_people_are_gone(desk: Desk, ticket: Ticket) -> None:
    asked = {"attendees": ["ann"], "idempotency_key": "k"}
    booked = desk.appointments.book(ticket.id, A_MONDAY, HOUR, **asked)
    moved = desk.appointments.move(booked.id, A_MONDAY + HOUR, idempotency_key="m")
    desk.configuration.change({**RULES, "people": [], "groups": []}, reason="all have left")
    assert desk.appointments.book(ticket.id, A_MONDAY, HOUR, **asked) == booked
    assert desk.appointments.move(booked.id, A_MONDAY + HOUR, idempotency_key="m") == moved


def test_an_appointment_is_held(desk: Desk, ticket: Ticket, clock: ManualClock) -> None:
    booked = desk.appointments.book(ticket.id, A_MONDAY + HOUR, HOUR, attendees=["ann"])
    with pytest.raises(RefusedError, match="it begins only at"):
        desk.appointments.hold(booked.id)
    clock.advance(HOUR)
    assert desk.appointments.hold(booked.id, idempotency_key="k").state == "held"
    assert desk.appointments.hold(booked.id, idempotency_key="k").state == "held"
    with pytest.raises(RefusedError, match="it is held; book another one"):
        desk.appointments.cancel(booked.id, "too late")
    with pytest.raises(NotFoundError):
        desk.appointments.hold("none")


@pytest.mark.parametrize(
    ("start", "length", "problem"),
    [
        (A_MONDAY, timedelta(0), "length: must be more than nothing"),
        (A_MONDAY, timedelta.max, "length: must be more than nothing and at most 31 days"),
        (datetime.max.replace(tzinfo=UTC), HOUR, "too near to the end of time"),
        (datetime(2026, 3, 2), HOUR, "start has no time zone"),  # noqa: DTZ001  that is the point
    ],
)
def test_what_is_no_time_is_refused(
    desk: Desk, ticket: Ticket, start: datetime, length: timedelta, problem: str
) -> None:
    with pytest.raises(DefinitionError, match=problem):
        desk.appointments.book(ticket.id, start, length, attendees=["ann"])


def test_a_rota_says_when_people_work(clock: ManualClock) -> None:
    class Rota:
        def shifts_of(self, person: str, since: datetime, until: datetime) -> Sequence[TimeSpan]:
            assert since.tzinfo is until.tzinfo is UTC
            return [TimeSpan(A_MONDAY, A_MONDAY + 2 * HOUR)] if person == "eve" else []

    desk = Desk(CONFIG, clock=clock, random=Random(1), shifts=Rota()).acting_as(Actor("ann"))
    asked = {"length": HOUR, "since": A_MONDAY, "until": A_MONDAY + DAY, "step": HOUR}
    assert [each.start.hour for each in desk.appointments.slots(people=["eve", "ann"], **asked)] == [9, 10]


def test_shifts_by_calendars() -> None:
    directory = Desk(CONFIG).directory
    shifts = CalendarShifts(directory, CONFIG.calendars)
    assert shifts.shifts_of("nobody", A_MONDAY, A_MONDAY + DAY) == ()
    [ann] = shifts.shifts_of("ann", A_MONDAY, A_MONDAY + DAY / 2)
    assert (ann.start, ann.end.hour) == (A_MONDAY, 16)
    assert CalendarShifts(directory, {}).shifts_of("ann", A_MONDAY, A_MONDAY + DAY) == ()


def test_a_person_names_a_calendar_that_there_is() -> None:
    people = {"people": [{"id": "ann", "calendar": "ofice", "skills": ["a", "a"]}]}
    with pytest.raises(DefinitionError, match=r"people\[0\]: Person\.skills: 'a' stands there more"):
        DeskConfig.load({**RULES, **people, "groups": []})
    people["people"][0]["skills"] = ["a"]
    with pytest.raises(DefinitionError, match=r"people\[0\]\.calendar: unknown calendar 'ofice'; did you"):
        DeskConfig.load({**RULES, **people, "groups": []})


@pytest.mark.usefixtures("busy_threads")
def test_of_two_that_come_at_once_one_is_refused() -> None:
    store, clock = InMemoryStore(), ManualClock(A_MONDAY)
    setup = Desk(CONFIG, store=store, clock=clock, random=Random(9)).acting_as(Actor("ann"))
    tickets = [setup.incidents.log(f"Ticket {number}").id for number in range(4)]
    together = Barrier(4)

    def work(number: int) -> int:
        desk = Desk(CONFIG, store=store, clock=clock, random=Random(number)).acting_as(Actor("ann"))
        booked = 0
        together.wait()
        for hour in range(6):
            people = ["ann", "kim"] if number % 2 else ["kim", "ann"]
            try:
                desk.appointments.book(tickets[number], A_MONDAY + hour * HOUR, HOUR, attendees=people)
            except (RefusedError, ConflictError):
                continue
            booked += 1
        return booked

    with ThreadPoolExecutor(4) as pool:
        booked = sum(pool.map(work, range(4)))
    found = [each for ticket_id in tickets for each in setup.appointments.of(ticket_id)]
    assert booked == len(found) == 6
    assert len({each.start for each in found}) == 6


def test_what_others_book_just_before_the_commit_is_met(clock: ManualClock, store: Any) -> None:
    desk = Desk(CONFIG, store=store, clock=clock, random=Random(1), pause=bool).acting_as(Actor("ann"))
    ticket = desk.incidents.log("No mail")

    def others() -> None:
        desk.appointments.book(ticket.id, A_MONDAY, HOUR, attendees=["ann"])

    store.meanwhile = [bool, others]  # the first unit only looks at the ticket
    with pytest.raises(RefusedError, match="ann has another appointment"):
        desk.appointments.book(ticket.id, A_MONDAY, 2 * HOUR, attendees=["ann", "kim"])
    assert len(desk.appointments.of(ticket.id)) == 1


def test_who_moves_what_others_have_moved_has_to_look_again(clock: ManualClock, store: Any) -> None:
    desk = Desk(CONFIG, store=store, clock=clock, random=Random(1), pause=bool).acting_as(Actor("ann"))
    ticket = desk.incidents.log("No mail")
    booked = desk.appointments.book(ticket.id, A_MONDAY, HOUR, attendees=["ann"])

    def others() -> None:
        desk.appointments.move(booked.id, A_MONDAY + 2 * HOUR)

    store.meanwhile = [others]
    with pytest.raises(ConflictError):
        desk.appointments.move(booked.id, A_MONDAY + HOUR)
    assert desk.appointments.of(ticket.id)[0].start == A_MONDAY + 2 * HOUR


def test_a_change_of_the_structure_counts_at_once(clock: ManualClock) -> None:
    nobody = evolve(CONFIG, structure=Structure())
    desk = Desk(nobody, clock=clock).acting_as(Actor("ann"))
    with pytest.raises(NotFoundError):
        desk.appointments.slots(people=["ann"], length=HOUR, since=A_MONDAY, until=A_MONDAY + DAY)
    desk.configuration.change(RULES, reason="people came")
    assert desk.appointments.slots(people=["ann"], length=HOUR, since=A_MONDAY, until=A_MONDAY + DAY)
