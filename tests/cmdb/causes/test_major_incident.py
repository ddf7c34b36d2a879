from datetime import UTC, datetime, timedelta
from math import exp, factorial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.cmdb import ConfigurationGraph, ConfigurationItem, Relation, UnknownItemError
from itsmkit.cmdb.causes import MajorIncidentRule, Symptom, common_cause, common_providers
from itsmkit.cmdb.causes.major_incident import poisson_tail
from itsmkit.errors import DefinitionError

EIGHT = datetime(2026, 3, 2, 8, 2, tzinfo=UTC)
AT = EIGHT + timedelta(minutes=10)


@pytest.fixture(scope="module")
def office():
    """Forty users on four floors, one router, one uplink, and the service that depends on it."""
    users = [f"user-{number:02}" for number in range(40)]
    floors = [f"floor-{number}" for number in range(4)]
    kinds = {
        "user": users,
        "switch": floors,
        "router": ["router"],
        "uplink": ["uplink"],
        "service": ["internet"],
    }
    return ConfigurationGraph(
        [ConfigurationItem(ci, kind, ci) for kind, cis in kinds.items() for ci in cis],
        [
            *(Relation(user, "depends_on", floors[number % 4]) for number, user in enumerate(users)),
            *(Relation(floor, "depends_on", "router") for floor in floors),
            Relation("router", "depends_on", "uplink"),
            Relation("internet", "depends_on", "uplink"),
        ],
    )


def five_reports():
    """Return two reports that name the service, and three of people who name nothing."""
    return [
        Symptom("internet", EIGHT, reporter="user-00"),
        Symptom("internet", EIGHT + timedelta(minutes=2), reporter="user-17"),
        Symptom("user-06", EIGHT + timedelta(minutes=5)),
        Symptom("user-21", EIGHT + timedelta(minutes=6)),
        Symptom("user-35", EIGHT + timedelta(minutes=9)),
    ]


def test_the_ten_o_clock_outage_is_one_incident_after_the_fifth_report(office):
    found = common_cause(office, five_reports(), at=AT)
    assert found.cause.cis == ("uplink",)
    assert found.reporters == ("user-00", "user-06", "user-17", "user-21", "user-35")
    assert (found.observed, found.expected) == (5, 0.5)
    assert (found.first, found.last) == (EIGHT, EIGHT + timedelta(minutes=9))
    assert found.nearest == ("uplink",)
    assert found.services == {"internet": "down"}
    assert len(found.users) == 40
    assert found.chance == pytest.approx(1.72e-4, rel=1e-2)
    assert found.explain().splitlines()[0] == (
        "5 people reported, 2026-03-02 08:02:00+00:00 to 2026-03-02 08:11:00+00:00"
    )
    assert "services affected: internet down; 40 users" in found.explain()


@given(st.permutations(five_reports()))
def test_the_order_of_the_reports_does_not_matter(office, reports):
    first, shuffled = (common_cause(office, each, at=AT) for each in (five_reports(), reports))
    assert shuffled.explain() == first.explain()
    assert shuffled.diagnosis.explain() == first.diagnosis.explain()


def test_with_fewer_people_than_the_rule_asks_for_there_is_none(office):
    for left_out in range(5):
        reports = five_reports()
        del reports[left_out]
        assert common_cause(office, reports, at=AT) is None
    assert common_cause(office, five_reports()[1:], at=AT, rule=MajorIncidentRule(4)).observed == 4


def test_thirty_reports_of_one_person_are_no_incident(office):
    reports = [Symptom("user-03", EIGHT + timedelta(seconds=20 * number)) for number in range(30)]
    named = [Symptom(f"user-{number:02}", EIGHT, reporter="user-03") for number in range(30)]
    assert common_cause(office, reports, at=AT) is None
    assert common_cause(office, named, at=AT) is None


def test_only_reports_within_the_window_count(office):
    reports = [Symptom(f"user-{number:02}", EIGHT) for number in range(6)]
    assert common_cause(office, reports, at=EIGHT).observed == 6
    assert common_cause(office, reports, at=EIGHT + timedelta(minutes=29)).observed == 6
    assert common_cause(office, reports, at=EIGHT + timedelta(minutes=30)) is None
    assert common_cause(office, reports, at=EIGHT - timedelta(seconds=1)) is None


def test_reports_without_a_time_count(office):
    found = common_cause(office, [Symptom(f"user-{number:02}") for number in range(6)], at=AT)
    assert (found.first, found.last) == (None, None)
    assert found.explain().startswith("6 people reported\n")


def test_reports_of_what_has_nothing_in_common_are_no_incident(a_graph):
    graph = a_graph([f"user-{number} depends_on laptop-{number}" for number in range(6)])
    assert common_cause(graph, [Symptom(f"user-{number}", EIGHT) for number in range(6)], at=AT) is None


def test_reports_that_nothing_explains_are_no_incident():
    from itsmkit.cmdb import CIClass, ClassModel

    model = ClassModel([CIClass("contract", operational=False)])
    graph = ConfigurationGraph([ConfigurationItem("c", "contract", "C")], model=model)
    reports = [Symptom("c", EIGHT, reporter=f"user {number}") for number in range(5)]
    assert common_cause(graph, reports, at=AT) is None


def test_what_is_nothing_unusual_is_no_incident(office):
    busy = MajorIncidentRule(expected_per_hour=20)
    assert common_cause(office, five_reports(), at=AT, rule=busy) is None


def test_an_incident_needs_an_instant(office):
    with pytest.raises(DefinitionError, match="at has no time zone"):
        common_cause(office, five_reports(), at=AT.replace(tzinfo=None))


def test_every_fault_of_a_rule_is_told():
    with pytest.raises(DefinitionError) as refusal:
        MajorIncidentRule(1, timedelta(0), -1, 2)
    for name in ("reporters", "window", "expected_per_hour", "chance"):
        assert f"{name}: must be" in str(refusal.value)


# Providers in common


def test_the_nearest_common_provider_is_the_fewest_relations_away(a_graph):
    graph = a_graph(
        [
            "a depends_on x",
            "b depends_on x",
            "a depends_on y",
            "b depends_on y",
            "x depends_on z",
            "c depends_on d",
        ]
    )
    assert common_providers(graph, ["a", "b"]) == ("x", "y")
    assert common_providers(graph, ["a", "x"]) == ("x",)
    assert common_providers(graph, ["a", "c"]) == ()
    assert common_providers(graph, []) == ()
    with pytest.raises(UnknownItemError):
        common_providers(graph, ["e"])


def test_providers_in_common_are_found_in_rings_too(a_graph):
    graph = a_graph(["a depends_on b", "b depends_on c", "c depends_on a"])
    assert common_providers(graph, ["a", "b", "c"]) == ("a", "b", "c")


# Chance


@given(st.integers(0, 30), st.floats(0.01, 20))
def test_the_tail_is_what_the_terms_before_it_leave(observed, expected):
    before = sum(exp(-expected) * expected**number / factorial(number) for number in range(observed))
    assert poisson_tail(observed, expected) == pytest.approx(1 - before, abs=1e-12)


def test_what_is_nearly_impossible_is_not_rounded_to_nothing():
    assert poisson_tail(20, 0.01) == pytest.approx(0.01**20 / factorial(20), rel=0.02)
