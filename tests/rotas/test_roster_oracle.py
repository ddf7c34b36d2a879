"""
What a roster says is compared with what a plain reading of the wall clock says, minute by minute.

The oracle knows nothing of spans: it counts the hand-overs before an instant on the clocks of the zone, asks
the hours of that very minute, and goes through overrides, swaps and leaves one by one.
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from attrs import evolve, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.calendars import BusinessCalendar
from itsmkit.rotas import (
    Consent,
    DutyRole,
    Leave,
    LeaveRule,
    Override,
    Roster,
    Rota,
    RotaLayer,
    Swap,
    SwapState,
    fairness,
    gaps,
    overlaps,
)

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PEOPLE = ("ann", "bob", "cid", "dee")

# Each begins the day before the clocks change, and a week before that the first hand-over has been.
CHANGES = {
    "Europe/Berlin": [datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC)],
    "America/New_York": [datetime(2026, 3, 7, 12, tzinfo=UTC), datetime(2026, 10, 31, 12, tzinfo=UTC)],
    "Australia/Lord_Howe": [datetime(2026, 4, 4, tzinfo=UTC), datetime(2026, 10, 3, tzinfo=UTC)],
}
HOURS = {
    None: None,
    "day": (time(8), time(20)),
    "night": (time(20), time(8)),
    "small": (time(1), time(3)),
}
EVERY = {"FREQ=DAILY": 1, "FREQ=WEEKLY": 7, "FREQ=DAILY;INTERVAL=3": 3}


@frozen
class Layer:
    """What the oracle knows of a layer."""

    people: tuple[str, ...]
    first: datetime
    rule: str
    hours: str | None
    role: str
    priority: int


def is_in_hours(layer: Layer, wall: datetime) -> bool:
    hours = HOURS[layer.hours]
    if hours is None:
        return True
    opens, closes = hours
    now = wall.time()
    return opens <= now < closes if opens < closes else now >= opens or now < closes


def turn_at(layer: Layer, at: datetime, zone: ZoneInfo) -> int | None:
    """Count the hand-overs up to an instant; each is looked up on the clock of its own day."""
    turn, shown = -1, layer.first
    while shown.replace(tzinfo=zone).astimezone(UTC) <= at:
        turn += 1
        shown += EVERY[layer.rule] * DAY
    return turn if turn >= 0 else None


@frozen
class Oracle:
    zone: ZoneInfo
    layers: tuple[Layer, ...]
    roles: tuple[tuple[str, int], ...]
    rule: LeaveRule
    changes: tuple[Override | Swap, ...]
    leaves: tuple[Leave, ...]

    def is_away(self, person: str, at: datetime) -> Leave | None:
        away = [each for each in self.leaves if each.person == person and each.start <= at < each.end]
        return min(away, key=lambda each: (each.start, each.id), default=None)

    def has_turn(self, layer: Layer, at: datetime) -> str | None:
        turn = turn_at(layer, at, self.zone)
        if turn is None or not is_in_hours(layer, at.astimezone(self.zone)):
            return None
        return layer.people[turn % len(layer.people)]

    def people_as(self, role: str, wanted: int, at: datetime) -> list[str]:
        seats: list[tuple[str, Layer | None]] = []
        layers = [each for each in self.layers if each.role == role]
        for priority in sorted({each.priority for each in layers}, reverse=True):
            if len({person for person, _ in seats}) < wanted:
                level = [each for each in layers if each.priority == priority]
                turns = [(self.has_turn(each, at), each) for each in level]
                seats += [(person, each) for person, each in turns if person is not None]
        for change in sorted(self.changes, key=lambda each: (each.made_at, each.id)):
            seats = self.changed(seats, change, at) if change.role == role else seats
        staying = {person for person, _ in seats if self.is_away(person, at) is None}
        found: list[str] = []
        for person, layer in seats:
            leave, now = self.is_away(person, at), person
            if leave is not None:
                replacement = self.replacing(person, layer, leave, at, layers, staying)
                if replacement is None:
                    continue
                now = replacement
                staying.add(now)
            if now not in found:
                found.append(now)
        return found

    def changed(
        self, seats: list[tuple[str, Layer | None]], change: Override | Swap, at: datetime
    ) -> list[tuple[str, Layer | None]]:
        if isinstance(change, Swap):
            given = {}
            if change.start <= at < change.end:
                given[change.person] = change.other
            if change.other_start <= at < change.other_end:
                given[change.other] = change.person
            return [(given.get(person, person), layer) for person, layer in seats]
        if not change.start <= at < change.end:
            return seats
        if change.instead_of is None:
            return [(change.person, seats[0][1] if seats else None)]
        return [(change.person if each == change.instead_of else each, layer) for each, layer in seats]

    def replacing(  # noqa: PLR0917  # an oracle
        self,
        person: str,
        layer: Layer | None,
        leave: Leave,
        at: datetime,
        layers: list[Layer],
        staying: set[str],
    ) -> str | None:
        if leave.covered_by is not None and self.is_away(leave.covered_by, at) is None:
            return leave.covered_by
        candidates: list[str | None] = []
        if self.rule is LeaveRule.NEXT_PERSON and layer is not None:
            turn = turn_at(layer, at, self.zone)
            assert turn is not None
            candidates += [
                layer.people[(turn + step) % len(layer.people)] for step in range(1, len(layer.people))
            ]
        if self.rule is LeaveRule.LOWER_LAYER:
            lower = [each for each in layers if layer is None or each.priority < layer.priority]
            candidates += [self.has_turn(each, at) for each in sorted(lower, key=lambda each: -each.priority)]
        free = (each for each in candidates if each is not None and each not in staying)
        return next((each for each in free if self.is_away(each, at) is None), None)


@frozen
class Case:
    roster: Roster
    oracle: Oracle
    start: datetime


LENGTHS = st.integers(1, 40).map(lambda halves: halves * 30 * MINUTE)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    tz = draw(st.sampled_from([*CHANGES]))
    start = draw(st.sampled_from(CHANGES[tz]))
    instants = st.integers(0, 96).map(lambda halves: start + halves * 30 * MINUTE)
    people = st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=3, unique=True).map(tuple)
    roles = (("primary", draw(st.sampled_from([1, 1, 2]))), ("secondary", 1))
    drawn = st.builds(
        Layer,
        people=people,
        first=st.integers(-20, 3).map(
            lambda halves: start.replace(tzinfo=None, hour=2, minute=30) + halves * 12 * HOUR
        ),
        rule=st.sampled_from([*EVERY]),
        hours=st.sampled_from([*HOURS]),
        role=st.sampled_from(["primary", "primary", "secondary"]),
        priority=st.integers(0, 2),
    )
    layers = tuple(draw(st.lists(drawn, min_size=1, max_size=4)))
    rule = draw(st.sampled_from(LeaveRule))
    changes: list[Override | Swap] = []
    for number in range(draw(st.integers(0, 3))):
        made, since = start + number * MINUTE, draw(instants)
        one, other = draw(st.permutations(PEOPLE))[:2]
        until, role = since + draw(LENGTHS), "primary"
        if draw(st.booleans()):
            since_too = draw(instants)
            changes.append(
                Swap(
                    id=f"s{number}",
                    rota="net",
                    person=one,
                    start=since,
                    end=until,
                    other=other,
                    other_start=since_too,
                    other_end=since_too + draw(LENGTHS),
                    made_at=made,
                    consents=[Consent(one, made), Consent(other, made)],
                    state=SwapState.AGREED,
                )
            )
        else:
            instead_of = draw(st.sampled_from([None, other]))
            changes.append(
                Override(
                    id=f"o{number}",
                    rota="net",
                    person=one,
                    start=since,
                    end=until,
                    role=role,
                    instead_of=instead_of,
                    made_at=made,
                )
            )
    leaves = []
    for number in range(draw(st.integers(0, 3))):
        person, cover = draw(st.permutations(PEOPLE))[:2]
        since = draw(instants)
        leaves.append(
            Leave(
                id=f"l{number}",
                person=person,
                start=since,
                end=since + draw(LENGTHS),
                covered_by=draw(st.sampled_from([None, cover])),
            )
        )
    rota = Rota(
        "net",
        "network",
        [
            RotaLayer(
                f"layer {place}",
                each.people,
                each.first,
                rule=each.rule,
                hours=None
                if (hours := HOURS[each.hours]) is None
                else BusinessCalendar(f"Mon-Sun {hours[0]:%H:%M}-{hours[1]:%H:%M}", tz),
                role=each.role,
                priority=each.priority,
            )
            for place, each in enumerate(layers)
        ],
        tz=tz,
        roles=[DutyRole(name, people=people) for name, people in roles],
        on_leave=rule,
    )
    roster = Roster(
        rota,
        overrides=[each for each in changes if isinstance(each, Override)],
        swaps=[each for each in changes if isinstance(each, Swap)],
        leaves=leaves,
    )
    oracle = Oracle(ZoneInfo(tz), layers, roles, rule, tuple(changes), tuple(leaves))
    return Case(roster, oracle, start)


STEP = 15 * MINUTE  # nothing in a case lies between its steps: all is drawn on half hours, zones too
STEPS = range(2 * 96)


@settings(max_examples=150)
@given(cases())
def test_everybody_on_duty_is_whom_the_wall_clock_says(case: Case) -> None:
    for step in STEPS:
        at = case.start + step * STEP
        found = case.roster.on_duty(at)
        for role, wanted in case.oracle.roles:
            assert [*found.as_role(role)] == case.oracle.people_as(role, wanted, at), (at, role)


@settings(max_examples=60)
@given(cases())
def test_duties_gaps_and_overlaps_are_what_the_minutes_add_up_to(case: Case) -> None:
    roster, start = case.roster, case.start
    end = start + len(STEPS) * STEP
    duties, lacking, beside = (
        roster.duties(start, end),
        gaps(roster, start, end),
        overlaps(roster, start, end),
    )
    for step in STEPS:
        at = start + step * STEP
        for role, wanted in case.oracle.roles:
            people = case.oracle.people_as(role, wanted, at)
            on_duty = [each.person for each in duties if each.role == role and at in each.span]
            assert sorted(on_duty) == sorted(people)
            assert [each.people for each in lacking if each.role == role and at in each.span] == (
                [tuple(people)] if len(people) < wanted else []
            )
            assert [each.people for each in beside if each.role == role and at in each.span] == (
                [tuple(people)] if len(people) > wanted else []
            )
    for found in (duties, lacking, beside):
        assert all((each.span.end - each.span.start) % STEP == timedelta(0) for each in found)


@settings(max_examples=40)
@given(cases(), st.integers(0, 100), st.integers(0, 100))
def test_fairness_is_what_the_minutes_add_up_to(case: Case, since: int, length: int) -> None:
    start, zone = case.start + since * STEP, case.oracle.zone
    end = start + length * STEP
    hours = dict.fromkeys(PEOPLE, timedelta(0))
    nights, weekends = dict(hours), dict(hours)
    for step in range(length):
        at = start + step * STEP
        wall = at.astimezone(zone)
        people = {
            person for role, wanted in case.oracle.roles for person in case.oracle.people_as(role, wanted, at)
        }
        for person in people:
            hours[person] += STEP
            nights[person] += STEP if wall.hour >= 22 or wall.hour < 6 else timedelta(0)
            weekends[person] += STEP if wall.weekday() >= 5 else timedelta(0)
    report = fairness(case.roster, start, end)
    for person in PEOPLE:
        share = report.of(person)
        assert (share.hours, share.nights, share.weekends) == (
            hours[person],
            nights[person],
            weekends[person],
        )
    assert report.total == sum(hours.values(), timedelta(0))


@settings(max_examples=60)
@given(cases(), st.integers(0, 190), st.integers(0, 190))
def test_duties_of_a_time_are_those_of_its_parts(case: Case, one: int, other: int) -> None:
    roster, start = case.roster, case.start
    end = start + len(STEPS) * STEP
    cut = start + one * STEP
    parts = [*roster.duties(start, cut), *roster.duties(cut, end)]
    assert sum((each.length for each in parts), timedelta(0)) == sum(
        (each.length for each in roster.duties(start, end)), timedelta(0)
    )
    at = start + other * STEP
    for duty in roster.duties(at, at + MINUTE, whole=True):
        assert duty in roster.duties(duty.span.start, duty.span.end)
        assert duty in roster.duties(duty.span.start, duty.span.end, whole=True)


@settings(max_examples=40)
@given(cases(), st.integers(0, 190), st.sampled_from([None, *PEOPLE]))
def test_the_next_on_duty_is_the_first_who_was_not(case: Case, step: int, person: str | None) -> None:
    roster, at = case.roster, case.start + step * STEP

    def posts(instant: datetime) -> set[tuple[str, str]]:
        return {(post.role, post.person) for post in roster.on_duty(instant).posts if post.person is not None}

    expected, before, now = None, posts(at), at
    while expected is None and now < at + 6 * DAY:
        now += STEP
        begun = {each for each in posts(now) - before if person in (None, each[1])}
        if begun:
            expected = now
        before = posts(now)
    found = roster.next_on_duty(at, person=person)
    if expected is None:
        assert found is None or found.span.end > at + 6 * DAY
    else:
        assert found is not None
        assert found.span.start == expected
        assert (found.role, found.person) in begun


@given(cases())
def test_a_roster_without_changes_is_as_planned(case: Case) -> None:
    end = case.start + 2 * DAY
    planned = case.roster.without_changes()
    assert planned == Roster(case.roster.rota)
    off = [evolve(each, is_withdrawn=True) for each in case.roster.overrides]
    assert Roster(case.roster.rota, overrides=off).duties(case.start, end) == planned.duties(case.start, end)
