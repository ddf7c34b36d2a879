import pickle
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve

from itsmkit.calendars import BusinessCalendar, HolidayCalendar, OutOfRangeError, TimeSpan
from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.rotas import (
    Acknowledgement,
    Consent,
    DutyRole,
    DutyRule,
    FairnessReport,
    HandOffNote,
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

BERLIN = ZoneInfo("Europe/Berlin")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY = datetime(2026, 1, 5, 9, tzinfo=BERLIN)
NAIVE = datetime(2026, 1, 5)  # noqa: DTZ001  # what is to be refused
WEEK = RotaLayer("week", ["ann", "bob", "cid"], "2026-01-05T09:00")
NETWORK = Rota("network on call", "network", [WEEK], tz="Europe/Berlin")
ROSTER = Roster(NETWORK)


def override(person: str = "dee", *, start: datetime = MONDAY, hours: int = 4, **how: Any) -> Override:
    how = {"id": "o1", "rota": NETWORK.name, "made_at": start, **how}
    return Override(person=person, start=start, end=start + hours * HOUR, **how)


def leave(person: str = "ann", *, start: datetime = MONDAY, hours: int = 24, **how: Any) -> Leave:
    return Leave(**{"id": "l1", "person": person, "start": start, "end": start + hours * HOUR, **how})


def swap(**how: Any) -> Swap:
    standing = {
        "id": "s1",
        "rota": NETWORK.name,
        "person": "ann",
        "start": MONDAY + DAY,
        "end": MONDAY + 2 * DAY,
        "other": "bob",
        "other_start": MONDAY + 8 * DAY,
        "other_end": MONDAY + 9 * DAY,
        "made_at": MONDAY,
    }
    return Swap(**{**standing, **how})


def agreed(**how: Any) -> Swap:
    return swap(**how).accepted_by("ann", MONDAY).accepted_by("bob", MONDAY)


def note(*people: str) -> HandOffNote:
    noticed = [Acknowledgement(each, MONDAY) for each in people]
    return HandOffNote(
        id="n", rota="net", author="ann", at=MONDAY, text="Mind", to=["bob"], acknowledged=noticed
    )


# -- what cannot be ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        pytest.param({"people": []}, "people: must be at least one", id="nobody"),
        pytest.param({"people": ["ann", " "]}, "people[1]: must be a name", id="no name"),
        pytest.param({"first": "Monday"}, "first: must be a time on the wall", id="no time"),
        pytest.param({"first": "2026-01-05T09:00+01:00"}, "first: must be a time on the wall", id="a zone"),
        pytest.param({"first": 7}, "first: must be a time on the wall", id="a number"),
        pytest.param({"until": "never"}, "until: must be a time on the wall", id="no end"),
        pytest.param({"rule": "FREQ=WEEKLY;COUNT=4"}, "rule: must have no COUNT", id="count"),
        pytest.param({"rule": "FREQ=HOURLY"}, "the rule needs a frequency", id="rule"),
        pytest.param({"rule": None}, "rule: must be a str", id="no rule"),
        pytest.param({"tz": "Mars/Base"}, "unknown time zone 'Mars/Base'", id="zone"),
        pytest.param({"tz": ""}, "tz: must be a name", id="no zone"),
        pytest.param({"hours": "office"}, "hours: must be a BusinessTime", id="hours"),
        pytest.param({"role": ""}, "role: must be a name", id="role"),
        pytest.param({"priority": True}, "priority: must be a whole number", id="priority"),
    ],
)
def test_a_layer_tells_all_that_is_wrong(wrong: dict[str, Any], told: str) -> None:
    fields = {"name": "week", "people": ["ann"], "first": "2026-01-05T09:00", **wrong}
    with pytest.raises(DefinitionError, match="RotaLayer 'week': ") as refused:
        RotaLayer(**fields)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        pytest.param({"layers": []}, "layers: must be at least one", id="no layers"),
        pytest.param({"layers": ["week"]}, "layers[0]: must be a RotaLayer", id="no layer"),
        pytest.param({"layers": [WEEK, WEEK]}, "layers: 'week' stands there more than once", id="twice"),
        pytest.param({"roles": []}, "roles: must be at least one", id="no roles"),
        pytest.param({"roles": [DutyRole(), DutyRole()]}, "roles: 'primary' stands", id="roles"),
        pytest.param({"roles": [DutyRole("primar")]}, "did you mean 'primar'?", id="unknown role"),
        pytest.param({"tz": "Mars/Base"}, "layers[0]: unknown time zone", id="zone"),
        pytest.param({"tz": None}, "tz: must be the name of a zone", id="no zone"),
        pytest.param({"leaves_need_approval": "no"}, "leaves_need_approval: must be a bool", id="flag"),
        pytest.param({"on_leave": "panic"}, "must be one of gap, next person, lower layer", id="policy"),
        pytest.param(
            {"layers": [evolve(WEEK, until="2026-01-05T09:00")]},
            "layers[0].until: must be after the first hand-over",
            id="over before it begins",
        ),
    ],
)
def test_a_rota_tells_all_that_is_wrong(wrong: dict[str, Any], told: str) -> None:
    fields = {"name": "net", "team": "network", "layers": [WEEK], **wrong}
    with pytest.raises(DefinitionError) as refused:
        Rota(**fields)
    assert told in str(refused.value)


def test_a_role_is_for_at_least_one() -> None:
    with pytest.raises(DefinitionError, match="2 problems"):
        DutyRole(people=0, hours="office")  # type: ignore[arg-type]
    with pytest.raises(DefinitionError, match="rota 'network on call' has no role 'primry'; did you mean"):
        NETWORK.role("primry")


@pytest.mark.parametrize(
    ("make", "told"),
    [
        pytest.param(lambda: override(hours=0), "end: must be after the start", id="empty"),
        pytest.param(lambda: override(start=NAIVE), "start: must be an instant", id="naive"),
        pytest.param(lambda: override(instead_of="dee"), "cannot be on duty in their own place", id="self"),
        pytest.param(lambda: override(made_at=None), "made_at: must be an instant", id="never made"),
        pytest.param(lambda: override(reason=None), "reason: must be a str", id="reason"),
        pytest.param(lambda: swap(other="ann"), "cannot swap with themselves", id="with oneself"),
        pytest.param(lambda: swap(other_end=MONDAY), "other_end: must be after", id="other span"),
        pytest.param(lambda: swap(state="agreed"), "agreed once both have consented", id="not agreed"),
        pytest.param(lambda: swap(consents=["ann"]), "consents[0]: must be a Consent", id="no consent"),
        pytest.param(lambda: swap(consents=[Consent("eve", MONDAY)]), "'eve' is none of the two", id="eve"),
        pytest.param(
            lambda: swap(consents=[Consent("ann", MONDAY), Consent("ann", MONDAY)]),
            "each of the two consents once",
            id="twice",
        ),
        pytest.param(lambda: Consent("ann", NAIVE), "Consent.at", id="consent"),
        pytest.param(lambda: leave(covered_by="ann"), "cannot cover for themselves", id="cover"),
        pytest.param(lambda: leave(hours=-1), "end: must be after the start", id="leave"),
        pytest.param(
            lambda: HandOffNote(id="n", rota="net", author="ann", at=MONDAY, text=" ", to=[""]),
            "text: must say something",
            id="note",
        ),
        pytest.param(lambda: leave(approval="perhaps"), "must be one of not needed", id="approval"),
        pytest.param(lambda: leave(decided_by="bob"), "decided_by: must be left out", id="undecided"),
        pytest.param(lambda: leave(approval="approved"), "decided_by: must be a name", id="by nobody"),
        pytest.param(
            lambda: leave(approval="rejected", decided_by="ann", decided_at=MONDAY),
            "cannot decide on a leave of their own",
            id="own decision",
        ),
        pytest.param(lambda: Acknowledgement("ann", NAIVE), "Acknowledgement.at", id="acknowledgement"),
        pytest.param(lambda: note("bob", "bob"), "each takes notice once", id="notice twice"),
        pytest.param(lambda: note("ann"), "'ann' has written it", id="own notice"),
        pytest.param(
            lambda: evolve(note(), acknowledged=["bob"]), "acknowledged[0]: must be an Ack", id="no notice"
        ),
        pytest.param(lambda: Roster(NETWORK, leaves=[leave(), leave()]), "leaves: 'l1' stands", id="ids"),
        pytest.param(lambda: Roster(NETWORK, leaves=["l1"]), "leaves[0]: must be a Leave", id="no leave"),
        pytest.param(lambda: Roster("net"), "rota: must be a Rota", id="no rota"),
    ],
)
def test_what_cannot_be_is_refused(make: Any, told: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        make()
    assert told in str(refused.value)


def test_who_has_written_a_note_takes_no_notice_of_it_and_others_do_once() -> None:
    read = note().acknowledged_by("cid", MONDAY).acknowledged_by("bob", MONDAY)
    assert [each.person for each in read.acknowledged] == ["cid", "bob"]
    assert (note().waits_for, note("cid").waits_for, read.waits_for) == (("bob",), ("bob",), ())
    assert read.acknowledged_by("bob", MONDAY + HOUR) is read
    with pytest.raises(RefusedError, match="note n for ann: they have written it"):
        note().acknowledged_by("ann", MONDAY)
    with pytest.raises(DefinitionError, match="at"):
        note().acknowledged_by("bob", NAIVE)


# -- turns ---------------------------------------------------------------------------------------


def test_nobody_is_on_duty_before_the_first_hand_over() -> None:
    before = ROSTER.on_duty(MONDAY - timedelta.resolution)
    assert before.people == ()
    assert before.explain().endswith("nobody is on duty")
    assert ROSTER.on_duty(MONDAY).people == ("ann",)
    assert ROSTER.on_duty(MONDAY + 7 * DAY).because[0].turn == 1


def test_a_layer_ends() -> None:
    ending = Roster(Rota("net", "network", [evolve(WEEK, until="2026-01-13T12:00")], tz="Europe/Berlin"))
    assert [(each.person, each.length) for each in ending.duties(MONDAY, MONDAY + 30 * DAY)] == [
        ("ann", 7 * DAY),
        ("bob", DAY + 3 * HOUR),
    ]
    assert ending.next_on_duty(MONDAY + 10 * DAY) is None


def test_the_sun_is_followed() -> None:
    """Three sites hand over at their own eight o'clock, and the clocks of two of them change meanwhile."""
    sites = {"Australia/Sydney": "syd", "Europe/Berlin": "ber", "America/New_York": "nyc"}
    hours = {
        "Australia/Sydney": "08:00-16:00",
        "Europe/Berlin": "08:00-17:00",
        "America/New_York": "09:00-18:00",
    }
    layers = [
        RotaLayer(tz, [person], "2026-01-01T00:00", tz=tz, hours=BusinessCalendar(f"Mon-Sun {hours[tz]}", tz))
        for tz, person in sites.items()
    ]
    roster = Roster(Rota("sun", "network", layers))
    at = datetime(2026, 3, 1, tzinfo=UTC)
    assert [roster.on_duty(at + hour * HOUR).people for hour in (0, 8, 15, 20)] == [
        ("syd",),
        ("ber",),
        ("ber", "nyc"),
        ("nyc",),
    ]
    [lacking, *_] = gaps(roster, at, at + DAY)
    assert (lacking.people, lacking.because) == ((), ())
    assert "no layer has anybody" in lacking.explain()
    [beside, *_] = overlaps(roster, at, at + DAY)
    assert beside.people == ("ber", "nyc")
    assert "primary: ber, nyc where 1 should be" in beside.explain()


def test_a_night_has_its_true_length() -> None:
    nights = BusinessCalendar("Mon-Sun 20:00-08:00", "Europe/Berlin")
    layer = RotaLayer("nights", ["ann"], "2026-01-05T12:00", rule="FREQ=DAILY", hours=nights)
    roster = Roster(Rota("net", "network", [layer], tz="Europe/Berlin"))
    [spring] = roster.duties(*(datetime(2026, 3, day, 12, tzinfo=BERLIN) for day in (28, 29)))
    [autumn] = roster.duties(*(datetime(2026, 10, day, 12, tzinfo=BERLIN) for day in (24, 25)))
    assert (spring.length, autumn.length) == (11 * HOUR, 13 * HOUR)


def test_a_lower_priority_fills_what_is_left() -> None:
    days = BusinessCalendar("Mon-Fri 08:00-17:00", "Europe/Berlin")
    layers = [
        RotaLayer("fallback", ["zoe"], "2026-01-01T00:00", priority=-1),
        evolve(WEEK, hours=days),
    ]
    roster = Roster(Rota("net", "network", layers, tz="Europe/Berlin"))
    assert roster.on_duty(MONDAY).people == ("ann",)
    assert roster.on_duty(MONDAY + 10 * HOUR).people == ("zoe",)
    assert gaps(roster, MONDAY, MONDAY + 7 * DAY) == overlaps(roster, MONDAY, MONDAY + 7 * DAY) == ()


def test_what_lacks_or_is_too_many_for_the_same_reason_is_told_once() -> None:
    at = MONDAY + 7 * DAY  # before which the week is over, and bob follows ann
    roles = [DutyRole(people=2), DutyRole("boss")]
    always = RotaLayer("always", ["zoe"], "2026-01-01T00:00")
    lacking = Roster(
        Rota("net", "network", [always, evolve(WEEK, role="boss")], tz="Europe/Berlin", roles=roles)
    )
    [only] = gaps(lacking, at - DAY, at + DAY)
    assert (only.span, only.role, only.people) == (TimeSpan(at - DAY, at + DAY), "primary", ("zoe",))
    layers = [always, evolve(always, name="too", people=["yan"]), evolve(WEEK, role="boss")]
    beside = Roster(Rota("net", "network", layers, tz="Europe/Berlin", roles=[DutyRole(), DutyRole("boss")]))
    [too_many] = overlaps(beside, at - DAY, at + DAY)
    assert (too_many.span, too_many.people) == (TimeSpan(at - DAY, at + DAY), ("zoe", "yan"))


def test_a_role_lacks_nobody_outside_its_hours() -> None:
    days = BusinessCalendar("Mon-Fri 08:00-17:00", "Europe/Berlin")
    roles = [DutyRole(hours=days, people=2)]
    roster = Roster(Rota("net", "network", [WEEK], tz="Europe/Berlin", roles=roles))
    found = gaps(roster, MONDAY, MONDAY + 6 * DAY)
    assert {each.span.duration for each in found} == {8 * HOUR, 9 * HOUR}
    assert len(found) == 5
    assert found[0].people == ("ann",)


def test_what_lacks_changes_within_the_hours_of_a_role_and_not_beside_them() -> None:
    office = BusinessCalendar("Mon-Fri 08:00-12:00,13:00-17:00", "Europe/Berlin")
    rota = Rota("net", "network", [WEEK], tz="Europe/Berlin", roles=[DutyRole(hours=office, people=2)])
    changes = [
        override(rota="net", start=MONDAY + HOUR, hours=1),  # from 10 to 11
        override(rota="net", start=MONDAY + 3 * HOUR, hours=1, id="o2"),  # the break
        override("eve", rota="net", start=MONDAY + 8 * HOUR, hours=14, id="o3"),  # the night
    ]
    found = gaps(Roster(rota, overrides=changes), MONDAY, MONDAY + DAY)
    assert [
        ((each.span.start - MONDAY) / HOUR, each.span.duration / HOUR, each.people) for each in found
    ] == [
        (0, 1, ("ann",)),
        (1, 1, ("dee",)),
        (2, 1, ("ann",)),
        (4, 4, ("ann",)),
        (23, 1, ("ann",)),
    ]


def test_a_roster_answers_for_what_its_calendars_know() -> None:
    with pytest.raises(OutOfRangeError, match="the rota answers as far as"):
        ROSTER.on_duty(datetime(1969, 1, 1, tzinfo=UTC))
    with pytest.raises(OutOfRangeError):
        ROSTER.duties(MONDAY, datetime(2202, 1, 1, tzinfo=UTC))
    with pytest.raises(DefinitionError, match="has no time zone"):
        ROSTER.on_duty(NAIVE)
    german = BusinessCalendar(
        "Mon-Fri 08:00-17:00", "Europe/Berlin", holidays=HolidayCalendar(region="DE", language="de")
    )
    bounded = Roster(Rota("net", "network", [evolve(WEEK, hours=german)], tz="Europe/Berlin"))
    assert bounded.known.start == german.known.start
    last = bounded.known.end - timedelta.resolution
    assert bounded.on_duty(last).people == ()
    first = evolve(WEEK, hours=german, first="1991-01-01T00:00")
    early = Roster(Rota("net", "network", [first], tz="Europe/Berlin"))
    assert early.on_duty(early.known.start + 34 * HOUR).people == ("ann",)
    for unknown in (early.known.start - HOUR, early.known.end):
        with pytest.raises(OutOfRangeError):
            early.on_duty(unknown)
    with pytest.raises(OutOfRangeError):
        bounded.on_duty(bounded.known.end)
    assert bounded.next_on_duty(last) is None


def test_a_used_roster_can_be_pickled_and_compared() -> None:
    roster = Roster(NETWORK, overrides=[override()])
    roster.on_duty(MONDAY)
    again = pickle.loads(pickle.dumps(roster))
    assert again == roster
    assert hash(again) == hash(roster)


# -- what changes it -----------------------------------------------------------------------------


def test_an_override_holds_from_its_start_up_to_its_end() -> None:
    roster = Roster(NETWORK, overrides=[override()])
    assert roster.on_duty(MONDAY).people == ("dee",)
    assert roster.on_duty(MONDAY + 4 * HOUR).people == ("ann",)
    assert roster.on_duty(MONDAY).explain().endswith("dee is on duty by override o1")


def test_an_override_of_somebody_changes_nothing_where_they_are_off() -> None:
    assert Roster(NETWORK, overrides=[override(instead_of="bob")]).on_duty(MONDAY).people == ("ann",)
    assert Roster(NETWORK, overrides=[override(instead_of="ann")]).on_duty(MONDAY).people == ("dee",)
    assert Roster(NETWORK, overrides=[override(rota="another")]).on_duty(MONDAY).people == ("ann",)


def test_the_later_override_wins() -> None:
    later = override("eve", id="o2", made_at=MONDAY + HOUR)
    assert Roster(NETWORK, overrides=[later, override()]).on_duty(MONDAY).people == ("eve",)


def test_an_override_fills_a_gap() -> None:
    early = override(start=MONDAY - DAY)
    roster = Roster(NETWORK, overrides=[early])
    assert roster.on_duty(MONDAY - DAY).people == ("dee",)
    [covered] = roster.duties(MONDAY - 2 * DAY, MONDAY)
    assert [each.rule for each in covered.because] == [DutyRule.OVERRIDE]


def test_what_is_withdrawn_does_not_hold() -> None:
    for gone in (override().withdrawn(), leave().withdrawn(), agreed().withdrawn()):
        assert not gone.holds
        with pytest.raises(RefusedError, match="it is withdrawn already"):
            gone.withdrawn()


def test_a_swap_holds_once_both_have_consented() -> None:
    proposed = swap().accepted_by("ann", MONDAY)
    assert proposed.waits_for == ("bob",)
    assert Roster(NETWORK, swaps=[proposed]).on_duty(MONDAY + DAY).people == ("ann",)
    both = proposed.accepted_by("bob", MONDAY + HOUR)
    assert (both.state, both.waits_for) == (SwapState.AGREED, ())
    assert [(each.person, each.at) for each in both.consents] == [("ann", MONDAY), ("bob", MONDAY + HOUR)]
    roster = Roster(NETWORK, swaps=[both])
    assert [roster.on_duty(MONDAY + days * DAY).people for days in (0, 1, 2, 7, 8, 9)] == [
        ("ann",),
        ("bob",),
        ("ann",),
        ("bob",),
        ("ann",),
        ("bob",),
    ]
    assert "bob has swapped with ann in s1" in roster.on_duty(MONDAY + DAY).explain()


@pytest.mark.parametrize(
    ("deed", "told"),
    [
        pytest.param(lambda: agreed().accepted_by("ann", MONDAY), "it is agreed already", id="too late"),
        pytest.param(
            lambda: swap().accepted_by("ann", MONDAY).accepted_by("ann", MONDAY),
            "ann has consented already",
            id="twice",
        ),
        pytest.param(lambda: swap().accepted_by("eve", MONDAY), "between ann and bob", id="a stranger"),
        pytest.param(lambda: swap().declined_by("eve"), "between ann and bob", id="declined by one"),
        pytest.param(lambda: swap().declined_by("bob").withdrawn(), "it is declined already", id="declined"),
    ],
)
def test_a_swap_refuses_what_comes_from_nobody_it_waits_for(deed: Any, told: str) -> None:
    with pytest.raises(RefusedError, match=told):
        deed()


@pytest.mark.parametrize(
    ("rule", "people"),
    [
        pytest.param(LeaveRule.GAP, (), id="a gap shows"),
        pytest.param(LeaveRule.NEXT_PERSON, ("bob",), id="the next one"),
        pytest.param(LeaveRule.LOWER_LAYER, ("zoe",), id="the layer below"),
    ],
)
def test_who_is_away_is_replaced_by_the_rule(rule: LeaveRule, people: tuple[str, ...]) -> None:
    fallback = RotaLayer("fallback", ["zoe"], "2026-01-01T00:00", priority=-1)
    rota = Rota("net", "network", [WEEK, fallback], tz="Europe/Berlin", on_leave=rule)
    roster = Roster(rota, leaves=[leave()])
    assert roster.on_duty(MONDAY).people == people
    assert roster.on_duty(MONDAY + DAY).people == ("ann",)
    found = gaps(roster, MONDAY, MONDAY + 2 * DAY)
    assert [each.span for each in found] == ([] if people else [TimeSpan(MONDAY, MONDAY + DAY)])
    assert all("ann is away by leave l1" in each.explain() for each in found)


def test_the_vacant_post_is_told() -> None:
    [post] = Roster(NETWORK, leaves=[leave()]).on_duty(MONDAY).posts
    assert post.person is None
    assert post.explain() == ("primary: nobody; ann has turn 0 of layer 'week'; ann is away by leave l1")


def test_nobody_stands_in_who_is_away_themselves() -> None:
    rota = evolve(NETWORK, on_leave="next person")
    away = [leave(), leave("bob", id="l2"), leave("cid", id="l3", hours=1)]
    assert Roster(rota, leaves=away).on_duty(MONDAY).people == ()
    assert Roster(rota, leaves=away).on_duty(MONDAY + HOUR).people == ("cid",)


def test_who_covers_is_on_duty_unless_away_too() -> None:
    covered = leave(covered_by="cid")
    [post] = Roster(NETWORK, leaves=[covered]).on_duty(MONDAY).posts
    assert (post.person, post.because[-1].explain()) == ("cid", "cid covers for ann, as leave l1 says")
    assert Roster(NETWORK, leaves=[covered, leave("cid", id="l2")]).on_duty(MONDAY).people == ()


def test_next_on_duty_is_asked_by_person_and_role() -> None:
    following = ROSTER.next_on_duty(MONDAY)
    assert following is not None
    assert (following.person, following.span.start) == ("bob", MONDAY + 7 * DAY)
    third = ROSTER.next_on_duty(MONDAY, person="cid", role="primary")
    assert third is not None
    assert third.span == TimeSpan(MONDAY + 14 * DAY, MONDAY + 21 * DAY)
    assert ROSTER.next_on_duty(MONDAY, person="eve") is None
    with pytest.raises(DefinitionError, match="has no role"):
        ROSTER.next_on_duty(MONDAY, role="boss")


def test_whole_duties_are_not_cut() -> None:
    at = MONDAY + 9 * DAY
    [cut], [whole] = ROSTER.duties(at, at + HOUR), ROSTER.duties(at, at + HOUR, whole=True)
    assert cut.span == TimeSpan(at, at + HOUR)
    assert whole.span == TimeSpan(MONDAY + 7 * DAY, MONDAY + 14 * DAY)
    assert ROSTER.duties(at, at) == ROSTER.duties(at, at - HOUR) == ()
    assert gaps(ROSTER, at, at) == overlaps(ROSTER, at, at) == ()


def test_whole_duties_of_a_layer_without_end_reach_as_far_as_is_looked() -> None:
    yearly = RotaLayer("for ever", ["ann"], "2026-01-05T09:00", rule="FREQ=YEARLY;INTERVAL=50")
    roster = Roster(Rota("net", "network", [yearly], tz="Europe/Berlin"))
    [duty] = roster.duties(MONDAY, MONDAY + HOUR, whole=True)
    assert duty.span.start == MONDAY
    assert duty.span.end > MONDAY + 365 * DAY


# -- shares --------------------------------------------------------------------------------------


def test_shares_count_holidays_and_one_who_is_on_duty_twice_once() -> None:
    layers = [WEEK, evolve(WEEK, name="second", role="secondary")]
    roles = [DutyRole(), DutyRole("secondary")]
    roster = Roster(Rota("net", "network", layers, tz="Europe/Berlin", roles=roles))
    holidays = HolidayCalendar({date(2026, 1, 6): "Epiphany"})
    report = fairness(roster, MONDAY, MONDAY + 7 * DAY, holidays=holidays)
    share = report.of("ann")
    assert (share.hours, share.holidays, share.duties) == (7 * DAY, DAY, 2)
    assert share.weekends == 2 * DAY
    assert report.of("bob").hours == report.of("nobody").hours == timedelta(0)
    assert (report.total, report.spread) == (7 * DAY, 7 * DAY)
    assert fairness(roster, MONDAY, MONDAY + DAY, role="secondary").of("ann").hours == DAY
    assert FairnessReport(TimeSpan(MONDAY, MONDAY), ()).spread == timedelta(0)
    with pytest.raises(DefinitionError, match="has no role"):
        fairness(roster, MONDAY, MONDAY, role="boss")
