"""What holds for a place, and what becomes of it in the conditions of agreements."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.calendars import BusinessCalendar, CombinedTime, HolidayCalendar
from itsmkit.conditions import ALWAYS, equals, present
from itsmkit.practices import inherit, placed, placed_agreements, structure_problems
from itsmkit.practices.inheritance import offerings_at
from itsmkit.sla import CalendarRule, Promise, ServiceLevelAgreement, Target, resolve_terms, terms_for
from itsmkit.tickets.structure import (
    Organisation,
    Person,
    Service,
    ServiceOffering,
    Site,
    Structure,
    SupportGroup,
)

HOUR = timedelta(hours=1)
CALENDARS = {
    name: BusinessCalendar(hours, "UTC", name=name)
    for name, hours in (
        ("office", "Mon-Fri 09:00-17:00"),
        ("plant", "Mon-Sat 06:00-22:00"),
        ("always", "24x7"),
    )
}
OFFICE, PLANT, AROUND_THE_CLOCK = CALENDARS.values()
RESOLVE = Promise(Target("resolve", 8 * HOUR))


def agreement(name: str, **options: object) -> ServiceLevelAgreement:
    return ServiceLevelAgreement(name, OFFICE, [RESOLVE], **options)  # type: ignore[arg-type]


def holding(agreements: tuple[ServiceLevelAgreement, ...], **facts: object) -> str | None:
    terms = terms_for(agreements, facts)
    return terms["resolve"].agreement if terms else None


STRUCTURE = Structure(
    organisations=[
        Organisation("holding", calendar="office", agreements=["Group"]),
        Organisation("bau", parent="holding"),
        Organisation("bau-it", parent="bau", agreements=["IT", "Gold"], calendar="always"),
        Organisation("customer"),
    ],
    sites=[
        Site("essen", organisation="bau", calendar="plant"),
        Site("bonn", organisation="bau", agreements=["Bonn"], time_zone="Europe/Berlin", language="de"),
        Site("tokyo", time_zone="Asia/Tokyo", holidays="JP"),
        Site("nowhere"),
    ],
)


@pytest.mark.parametrize(
    ("organisation", "site", "agreements", "calendar"),
    [
        pytest.param("bau", None, ("Group",), "office", id="of the parent"),
        pytest.param("bau-it", None, ("IT", "Gold"), "always", id="of its own"),
        pytest.param("bau-it", "essen", ("IT", "Gold"), "plant", id="what was agreed goes along"),
        pytest.param("bau-it", "bonn", ("Bonn",), "office", id="the site comes first"),
        pytest.param("bau-it", "tokyo", ("IT", "Gold"), "always", id="a site of nobody"),
        pytest.param("customer", "third floor", None, "desk", id="of the desk"),
        pytest.param(None, None, None, "desk", id="nobody knows"),
        pytest.param("others", "essen", None, "plant", id="a stranger at a known site"),
    ],
)
def test_the_nearest_that_says_something_holds(
    organisation: str | None, site: str | None, agreements: tuple[str, ...] | None, calendar: str
) -> None:
    found = inherit(STRUCTURE, organisation=organisation, site=site, calendar="desk")
    assert found.agreements.value == agreements
    assert found.calendar.value == calendar
    for inherited in (found.agreements, found.calendar):
        chosen = [level for level in inherited.because if level.is_chosen]
        assert [level.value for level in chosen] == ([] if inherited.value is None else [inherited.value])
        said = [level for level in inherited.because if level.value is not None]
        assert said[:1] == chosen


def test_every_level_says_why() -> None:
    found = inherit(STRUCTURE, organisation="bau-it", site="bonn")
    assert found.explain().splitlines()[:8] == [
        "calendar: office",
        "- site bonn: says nothing",
        "- organisation bau: says nothing",
        "- organisation holding: office, which holds",
        "- the desk: says nothing",
        "agreements: Bonn",
        "- site bonn: Bonn, which holds",
        "- organisation bau-it: IT, Gold",
    ]
    assert "time zone: Europe/Berlin" in found.explain()
    assert "catalogue: nobody says anything" in found.explain()
    assert (found.language.value, found.holidays.value) == ("de", None)


def test_to_have_no_agreement_is_not_to_say_nothing() -> None:
    structure = Structure(organisations=[Organisation("guest", agreements=[]), Organisation("bau")])
    assert inherit(structure, organisation="guest").agreements.explain().startswith("none\n")
    made = placed_agreements([agreement("usual")], structure, CALENDARS)
    assert [holding(made, organisation=each) for each in ("guest", "bau", None)] == [None, "usual", "usual"]


def test_without_anybody_to_name_them_agreements_stay_as_they_are() -> None:
    agreements = (agreement("Gold", when=equals("priority", "P1")), agreement("usual", scope=present("x")))
    assert placed_agreements(agreements, Structure(), CALENDARS) == agreements


NAMES = st.sampled_from(["A", "B", "C"])
SAID = st.none() | st.lists(NAMES, unique=True, max_size=2)
ORGANISATIONS = ("o1", "o2", "o3")
SITES = ("s1", "s2")
OFFERINGS = ("gold", "plain")
OFFERED = st.none() | st.lists(st.sampled_from(OFFERINGS), unique=True)
CALENDAR_NAMES = st.none() | st.sampled_from(sorted(CALENDARS))


@st.composite
def structures(draw: st.DrawFn) -> Structure:
    """Draw organisations whose parents come before them, and sites of some of them."""
    organisations: list[Organisation] = []
    for each in ORGANISATIONS:
        parents = st.none() | st.sampled_from([parent.id for parent in organisations] or [None])
        organisations.append(
            Organisation(
                each,
                parent=draw(parents),
                agreements=draw(SAID),
                catalogue=draw(OFFERED),
                calendar=draw(CALENDAR_NAMES),
            )
        )
    zones = st.none() | st.sampled_from(["Asia/Tokyo", "Europe/Berlin"])
    sites = [
        Site(
            each,
            organisation=draw(st.none() | st.sampled_from(ORGANISATIONS)),
            agreements=draw(SAID),
            catalogue=draw(OFFERED),
            calendar=draw(CALENDAR_NAMES),
            time_zone=draw(zones),
        )
        for each in SITES
    ]
    offerings = [
        ServiceOffering(each, "mail", agreements=draw(SAID) or [], calendar=draw(CALENDAR_NAMES))
        for each in OFFERINGS
    ]
    return Structure(
        organisations=organisations, sites=sites, services=[Service("mail")], offerings=offerings
    )


FACTS = st.fixed_dictionaries(
    {},
    optional={
        "organisation": st.sampled_from([*ORGANISATIONS, "stranger", None]),
        "site": st.sampled_from([*SITES, "third floor", None]),
        "priority": st.sampled_from(["P1", "P2"]),
        "service": st.sampled_from(["mail", "print"]),
    },
)


def of_the_ticket(structure: Structure, facts: Mapping[str, str | None]) -> tuple[ServiceOffering, ...]:
    return offerings_at(
        structure, facts.get("service") or "", organisation=facts.get("organisation"), site=facts.get("site")
    )


@given(structures(), FACTS)
def test_conditions_say_what_inheritance_does(structure: Structure, facts: Mapping[str, str | None]) -> None:
    declared = (
        agreement("A", when=equals("priority", "P1")),
        agreement("B"),
        agreement("C", when=equals("priority", "P1") & present("site")),
    )
    made = placed_agreements(declared, structure, CALENDARS)
    names = inherit(
        structure, organisation=facts.get("organisation"), site=facts.get("site")
    ).agreements.value
    by_offering = tuple(name for each in of_the_ticket(structure, facts) for name in each.agreements)
    if by_offering:
        names = by_offering
    elif names is None:
        who = (*structure.organisations, *structure.sites, *structure.offerings)
        names = tuple({"A", "B", "C"} - {name for each in who for name in each.agreements or ()})
    candidates = [each for each in declared if each.name in names]
    chosen = resolve_terms(candidates, facts).agreement
    found = resolve_terms(made, facts).agreement
    assert (found and found.name) == (chosen and chosen.name)
    assert holding(made, **facts) == (chosen and chosen.name)


@given(structures(), FACTS)
def test_clocks_count_in_the_hours_of_the_place(
    structure: Structure, facts: Mapping[str, str | None]
) -> None:
    silent = evolve(
        structure,
        organisations=[evolve(each, agreements=None) for each in structure.organisations],
        sites=[evolve(each, agreements=None) for each in structure.sites],
        offerings=[evolve(each, agreements=[]) for each in structure.offerings],
    )
    (made,) = placed_agreements([agreement("local", local_hours=True)], silent, CALENDARS)
    place = inherit(structure, organisation=facts.get("organisation"), site=facts.get("site"))
    expected = OFFICE if place.calendar.value is None else CALENDARS[place.calendar.value]
    says_it_itself = place.calendar.because[0].is_chosen and place.calendar.because[0].name.startswith("site")
    if place.time_zone.value is not None and not says_it_itself:
        expected = evolve(
            expected, tz=place.time_zone.value, name=f"{expected.name}, {place.time_zone.value}"
        )
    offered = [each.calendar for each in of_the_ticket(structure, facts) if each.calendar is not None]
    assert made.terms(facts)["resolve"].calendar in (
        [CALENDARS[name] for name in offered] if offered else [expected]
    )
    (usual,) = placed_agreements([agreement("usual")], silent, CALENDARS)
    assert usual.terms(facts)["resolve"].calendar == OFFICE


def test_the_rules_of_the_agreement_come_first() -> None:
    own = CalendarRule(AROUND_THE_CLOCK, equals("site", "essen"))
    (made,) = placed_agreements(
        [agreement("local", local_hours=True, calendars=[own])],
        evolve(STRUCTURE, organisations=[evolve(each, agreements=None) for each in STRUCTURE.organisations]),
        CALENDARS,
    )
    assert made.terms({"site": "essen"})["resolve"].calendar == AROUND_THE_CLOCK


def test_a_site_keeps_its_own_holidays_and_those_of_the_calendar() -> None:
    day = datetime(2026, 12, 24, tzinfo=UTC).date()
    with_a_day = evolve(OFFICE, holidays=HolidayCalendar({day: "Company day"}))
    structure = Structure(
        sites=[Site("tokyo", time_zone="Asia/Tokyo", holidays="JP"), Site("bonn", holidays="DE")]
    )
    usual = ServiceLevelAgreement("local", with_a_day, [RESOLVE], local_hours=True)
    (made,) = placed_agreements([usual], structure, {})
    calendar = made.terms({"site": "tokyo"})["resolve"].calendar
    assert isinstance(calendar, BusinessCalendar)
    assert calendar.holidays is not None
    assert day in calendar.holidays
    assert datetime(2026, 11, 23, tzinfo=UTC).date() in calendar.holidays  # Labour Thanksgiving Day
    assert str(calendar.tz) == "Asia/Tokyo"
    bonn = made.terms({"site": "bonn"})["resolve"].calendar
    assert isinstance(bonn, BusinessCalendar)
    assert str(bonn.tz) == "UTC"
    both = OFFICE | PLANT  # what is composed has no clock of its own
    assert isinstance(both, CombinedTime)
    composed_one = ServiceLevelAgreement("local", both, [RESOLVE], local_hours=True)
    (made,) = placed_agreements([composed_one], structure, {})
    assert made.terms({"site": "tokyo"})["resolve"].calendar == both


def test_what_the_structure_names_must_be_there() -> None:
    structure = Structure(
        groups=[SupportGroup("net", calendar="offise")],
        organisations=[Organisation("bau", calendar="x", agreements=["Gold", "Silver"])],
        sites=[Site("bonn", agreements=["Bronze"], holidays="XX")],
        services=[Service("mail")],
        offerings=[ServiceOffering("gold", "mail", agreements=["Golden"], calendar="y")],
    )
    found = [*structure_problems(structure, calendars=CALENDARS, agreements=["Gold"])]
    assert [problem.split(";")[0] for problem in found[:-1]] == [
        "groups[0].calendar: unknown calendar 'offise'",
        "organisations[0].calendar: unknown calendar 'x'",
        "organisations[0].agreements[1]: unknown agreement 'Silver'",
        "sites[0].agreements[0]: unknown agreement 'Bronze'",
        "offerings[0].calendar: unknown calendar 'y'",
        "offerings[0].agreements[0]: unknown agreement 'Golden'",
    ]
    assert found[-1].startswith("sites[0].holidays: ")
    assert "did you mean 'office'?" in found[0]


@pytest.mark.parametrize(
    ("details", "requester", "affected", "expected"),
    [
        pytest.param({}, None, None, (None, None), id="nobody knows"),
        pytest.param({}, "ann", None, ("bau", "essen"), id="of the requester"),
        pytest.param({}, "ann", "bob", ("bau", "bonn"), id="the site of who has the need"),
        pytest.param({}, "ann", "cyn", ("bau", "essen"), id="of whom nobody knows the site"),
        pytest.param({"site": "bonn"}, "ann", None, ("bau", "bonn"), id="a site that was said"),
        pytest.param({"organisation": "x"}, "ann", None, ("x", "essen"), id="an organisation that was said"),
        pytest.param({"site": "essen"}, None, None, ("bau", "essen"), id="of the site"),
        pytest.param({"site": "third floor"}, "cyn", None, (None, "third floor"), id="nobody knows it"),
        pytest.param({"site": 7}, None, None, (None, 7), id="what is no site is left to others"),
    ],
)
def test_organisation_and_site_are_filled_in(
    details: dict[str, object],
    requester: str | None,
    affected: str | None,
    expected: tuple[object, object],
) -> None:
    people = {
        "ann": Person("ann", organisation="bau", site="essen"),
        "bob": Person("bob", organisation="customer", site="bonn"),
        "cyn": Person("cyn"),
    }
    sites = {"essen": STRUCTURE.site("essen")}
    found = placed(
        {"title": "x", **details},
        requester=people.get(requester or ""),
        affected=people.get(affected or ""),
        site=sites.get,
    )
    assert (found["organisation"], found["site"]) == expected
    assert found["title"] == "x"
    assert agreement("x").scope == ALWAYS
