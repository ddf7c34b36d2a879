"""The structure as a whole: what is found in it, and what must not be."""

import json
import pickle
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit._documents import structure, unstructure
from itsmkit.errors import DefinitionError, NotFoundError
from itsmkit.tickets.structure import (
    Organisation,
    Person,
    PersonKind,
    Service,
    ServiceOffering,
    Site,
    Structure,
    SupportGroup,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
IDS = st.sampled_from("abcdef")


def a_structure() -> Structure:
    return Structure(
        people=[
            Person("ann", "Ann Archer", email="ann@example.org", organisation="bau", site="essen"),
            Person("bob", "bob Baker", manager="ann", organisation="bau-it"),
            Person("cyn", "Cynthia", kind=PersonKind.EXTERNAL, email="c.annan@example.com"),
        ],
        groups=[
            SupportGroup("network", "Network", line=2, members=["bob", "ann"], lead="ann"),
            SupportGroup("desk", members=["bob"], organisation="bau"),
        ],
        organisations=[
            Organisation("bau-it", parent="bau", is_provider=True),
            Organisation("bau", "Bau AG", parent="holding", catalogue=["mail-gold"]),
            Organisation("holding"),
        ],
        sites=[Site("essen", organisation="bau", time_zone="Europe/Berlin", language="de")],
        services=[Service("mail", owner="ann", supported_by="network")],
        offerings=[ServiceOffering("mail-gold", "mail", agreements=["Gold"])],
    )


def test_everything_is_found_by_its_id() -> None:
    structure = a_structure()
    for find, values in (
        (structure.person, structure.people),
        (structure.group, structure.groups),
        (structure.organisation, structure.organisations),
        (structure.site, structure.sites),
        (structure.service, structure.services),
        (structure.offering, structure.offerings),
    ):
        for each in values:
            assert find(each.id) is each  # type: ignore[operator]
        with pytest.raises(NotFoundError, match="'nobody'"):
            find("nobody")  # type: ignore[operator]


def test_groups_and_members_are_told_in_order() -> None:
    structure = a_structure()
    assert [each.id for each in structure.members_of("network")] == ["bob", "ann"]
    assert [each.id for each in structure.groups_of("bob")] == ["network", "desk"]
    assert structure.groups_of("cyn") == ()
    with pytest.raises(NotFoundError):
        structure.groups_of("nobody")
    with pytest.raises(NotFoundError):
        structure.members_of("nobody")


def test_organisations_lead_up_to_the_top() -> None:
    structure = a_structure()
    assert [each.id for each in structure.organisations_above("bau-it")] == ["bau-it", "bau", "holding"]
    assert [each.id for each in structure.organisations_above("holding")] == ["holding"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("ANN", ["ann", "cyn"], id="in a name or an address, whatever the case"),
        pytest.param("", ["ann", "bob", "cyn"], id="nothing finds all, by name"),
        pytest.param("baker", ["bob"], id="a name"),
        pytest.param("zed", [], id="nobody"),
    ],
)
def test_people_are_found_by_what_is_known_of_them(text: str, found: list[str]) -> None:
    structure = a_structure()
    assert [each.id for each in structure.find_people(text)] == found
    assert [each.id for each in structure.find_people(text, limit=1)] == found[:1]


def test_nobody_is_not_found_many_times() -> None:
    with pytest.raises(DefinitionError, match="limit must be at least 1, not 0"):
        a_structure().find_people("ann", limit=0)
    with pytest.raises(DefinitionError, match="text: must be a str, not int 7"):
        a_structure().find_people(7)  # type: ignore[arg-type]


def test_names_are_ids_if_nobody_says_otherwise() -> None:
    assert [each.name for each in a_structure().sites] == ["essen"]


def test_a_person_is_there_from_joining_until_leaving() -> None:
    ann = Person("ann", joined_at=NOON, left_at=NOON + timedelta(hours=1))
    instants = [NOON - timedelta(seconds=1), NOON, NOON + timedelta(hours=1)]
    assert [ann.is_active_at(each) for each in instants] == [False, True, False]
    assert Person("bob").is_active_at(NOON)


def test_every_problem_is_told_with_its_path() -> None:
    with pytest.raises(DefinitionError) as raised:
        Structure(
            people=[
                Person("ann", email="Ann@example.org", organisation="bao"),
                Person("ann", email="ann@EXAMPLE.org", site="essen", manager="zed"),
            ],
            groups=[SupportGroup("network", members=["ann", "bob"], lead="cyn", organisation="x")],
            organisations=[Organisation("bau", parent="bau", catalogue=["mail"])],
            sites=[Site("bonn", organisation="bau", catalogue=["print"])],
            services=[Service("mail", owner="zed", supported_by="netwrk")],
            offerings=[ServiceOffering("gold", "fax")],
        )
    assert [problem.split(";")[0] for problem in raised.value.problems] == [
        "people[1].id: 'ann' is that of people[0] already",
        "people[1].email: 'ann@EXAMPLE.org' is that of people[0] already",
        "people[0].organisation: unknown organisation 'bao'",
        "people[1].site: unknown site 'essen'",
        "people[1].manager: unknown person 'zed'",
        "groups[0].members[1]: unknown person 'bob'",
        "groups[0].lead: unknown person 'cyn'",
        "groups[0].organisation: unknown organisation 'x'",
        "organisations[0].catalogue[0]: unknown service offering 'mail'",
        "sites[0].catalogue[0]: unknown service offering 'print'",
        "services[0].owner: unknown person 'zed'",
        "services[0].supported_by: unknown support group 'netwrk'",
        "offerings[0].service: unknown service 'fax'",
        "organisations[0].parent: bau -> bau goes round in a circle",
    ]


def test_other_things_are_not_part_of_a_structure() -> None:
    with pytest.raises(DefinitionError, match=r"people\[0\]: must be a Person, not str 'ann'"):
        Structure(people=["ann"])  # type: ignore[list-item]


@given(st.lists(st.tuples(IDS, st.none() | IDS), unique_by=lambda pair: pair[0]))
def test_parents_lead_to_the_top_or_are_refused(pairs: list[tuple[str, str | None]]) -> None:
    above = dict(pairs)
    organisations = [Organisation(each, parent=parent) for each, parent in pairs]
    dangling = {parent for parent in above.values() if parent is not None and parent not in above}

    def comes_back(start: str) -> bool:
        at: str | None = start
        for _ in above:
            at = above.get(at) if at is not None else None
            if at == start:
                return True
        return False

    circular = {each for each in above if comes_back(each)}
    if not dangling and not circular:
        structure = Structure(organisations=organisations)
        for each in above:
            chain = [found.id for found in structure.organisations_above(each)]
            assert chain[0] == each
            assert above[chain[-1]] is None
            assert all(above[lower] == upper for lower, upper in pairwise(chain))
        return
    with pytest.raises(DefinitionError) as raised:
        Structure(organisations=organisations)
    told = [problem for problem in raised.value.problems if "circle" in problem]
    named = [name for problem in told for name in problem.split(": ")[1].split(" goes")[0].split(" -> ")[:-1]]
    assert sorted(named) == sorted(circular)
    assert len(raised.value.problems) - len(told) == sum(each in dangling for each in above.values())


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: Person(" ann"), "Person.id must be a name"),
        (lambda: Person("ann", ""), "Person.name must be a name"),
        (lambda: Person("ann", email="ann at home"), "Person.email must be an address"),
        (lambda: Person("ann", email="@home"), "Person.email must be an address"),
        (lambda: Person("ann", email=7), "Person.email must be an address"),
        (lambda: Person("ann", kind="internal"), "Person.kind must be a PersonKind"),
        (lambda: Person("ann", language="deutsch!"), "Person.language must be a language such as"),
        (lambda: Person("ann", time_zone="Europe/Bonn"), "Person.time_zone: unknown time zone"),
        (lambda: Person("ann", time_zone=1), "Person.time_zone must be the name of a time zone"),
        (lambda: Person("ann", manager=""), "Person.manager must be a name"),
        (lambda: Person("ann", joined_at=NOON.replace(tzinfo=None)), "Person.joined_at has no time zone"),
        (lambda: Person("ann", joined_at=NOON, left_at=NOON - timedelta(1)), "before joining at"),
        (lambda: SupportGroup("net", line=4), "SupportGroup.line must be 1, 2 or 3, not int 4"),
        (lambda: SupportGroup("net", line=True), "SupportGroup.line must be 1, 2 or 3"),
        (lambda: SupportGroup("net", members=["a", "a"]), "SupportGroup.members: 'a' stands there more"),
        (lambda: SupportGroup("net", members="ann"), "one text stands where several"),
        (lambda: Organisation("o", agreements="Gold"), "one text stands where several"),
        (lambda: Organisation("o", agreements=[""]), r"Organisation.agreements\[0\]: must be a name"),
        (lambda: Organisation("o", catalogue=["a", "a"]), "Organisation.catalogue: 'a' stands there more"),
        (lambda: Organisation("o", is_provider=1), "Organisation.is_provider: must be a bool"),
        (lambda: Site("s", agreements=[1]), r"Site.agreements\[0\]: must be a name"),
        (lambda: Site("s", catalogue=[" "]), r"Site.catalogue\[0\]: must be a name"),
        (lambda: Service("s", criticality="high"), "Service.criticality must be a Criticality"),
        (lambda: ServiceOffering("o", ""), "ServiceOffering.service must be a name"),
    ],
)
def test_what_cannot_be_right_is_refused(make: Any, problem: str) -> None:
    with pytest.raises(DefinitionError, match=problem):
        make()


def test_a_structure_is_plain_data_and_back() -> None:
    plain = unstructure(a_structure())
    assert json.loads(json.dumps(plain)) == plain
    assert structure(Structure, plain, where="x") == a_structure()
    plain["people"][0]["shoe_size"] = 43
    with pytest.raises(DefinitionError, match=r"x: people\[0\].shoe_size: is not known here"):
        structure(Structure, plain, where="x")


def test_a_structure_is_a_value() -> None:
    assert a_structure() == a_structure() == pickle.loads(pickle.dumps(a_structure()))
    assert hash(a_structure()) == hash(a_structure())
