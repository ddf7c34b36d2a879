"""People and structure at a desk: from its file, into its tickets, and into the hours of its clocks."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from itsmkit.desk import Desk, DeskConfig, InMemoryDirectory, InMemoryStore, ManualClock
from itsmkit.errors import DefinitionError, NotFoundError
from itsmkit.practices.catalogue import CatalogueItem
from itsmkit.tickets import Actor
from itsmkit.tickets.structure import Person, Structure

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
RULES: dict[str, Any] = {
    "calendars": {
        "office": {"hours": "Mon-Fri 09:00-17:00", "time_zone": "Europe/Berlin"},
        "plant": {"hours": "24x7", "time_zone": "Europe/Berlin"},
    },
    "agreements": [
        {
            "name": "Usual",
            "calendar": "office",
            "local_hours": True,
            "targets": [{"clock": "resolve", "within": "10h"}],
        },
        {"name": "Gold", "calendar": "plant", "targets": [{"clock": "resolve", "within": "1h"}]},
    ],
    "people": [
        {"id": "ann", "organisation": "bau", "site": "essen", "kind": "external", "email": "ann@example.org"},
        {"id": "bob", "organisation": "house", "site": "tokyo", "manager": "ann"},
        {"id": "cyn", "organisation": "star"},
    ],
    "groups": [{"id": "Network", "line": 2, "members": ["bob"], "calendar": "plant"}],
    "organisations": [
        {"id": "house"},
        {"id": "bau", "calendar": "plant"},
        {"id": "star", "parent": "house", "agreements": ["Gold"]},
    ],
    "sites": [
        {"id": "essen", "organisation": "bau"},
        {"id": "tokyo", "organisation": "house", "time_zone": "Asia/Tokyo", "language": "ja"},
    ],
    "services": [{"id": "mail", "owner": "ann", "criticality": "critical", "supported_by": "Network"}],
    "offerings": [{"id": "mail-gold", "service": "mail", "agreements": ["Gold"], "calendar": "office"}],
}


def a_desk(rules: Mapping[str, object] = RULES, **options: Any) -> Desk:
    config = DeskConfig.load(rules)
    return Desk(config, clock=ManualClock(MONDAY), **options).acting_as(Actor("agent"))


def due(desk: Desk, requester: str) -> datetime:
    incident = desk.incidents.log("The printer is out of paper", requester=requester)
    found = desk.tickets.clocks(incident.id)["resolve"].due
    assert found is not None
    return found


def test_a_file_describes_people_and_structure() -> None:
    desk = a_desk()
    assert desk.directory.person("ann").email == "ann@example.org"
    assert [group.id for group in desk.directory.groups_of("bob")] == ["Network"]
    assert desk.directory.site("tokyo").language == "ja"
    assert desk.directory.offering("mail-gold").service == "mail"
    assert desk.config.structure.service("mail").owner == "ann"


def test_the_same_words_get_the_hours_and_promises_of_who_asks() -> None:
    desk = a_desk()
    assert due(desk, "ann") == MONDAY + timedelta(hours=10)  # round the clock
    assert due(desk, "bob") == datetime(2026, 3, 4, 2, tzinfo=UTC)  # 17:00 in Tokyo has passed
    assert due(desk, "cyn") == MONDAY + timedelta(hours=1)  # her organisation has Gold
    assert due(desk, "zed") == datetime(2026, 3, 3, 10, tzinfo=UTC)  # nobody knows him: the usual hours


def test_work_for_a_service_has_the_promises_of_its_offering() -> None:
    rules = {
        **RULES,
        "organisations": [
            {"id": "house"},
            {"id": "bau", "catalogue": ["mail-gold"]},
            {"id": "star", "catalogue": []},
        ],
    }
    desk = a_desk(rules)

    def promised(requester: str, service: str) -> datetime | None:
        incident = desk.incidents.log("No mail", requester=requester, service=service)
        return desk.tickets.clocks(incident.id)["resolve"].due

    assert promised("ann", "mail") == MONDAY + timedelta(hours=1)  # by the catalogue of bau
    assert promised("bob", "mail") == MONDAY + timedelta(hours=1)  # nobody names a catalogue: all is offered
    for requester, service in (("ann", "print"), ("cyn", "mail"), ("cyn", "print")):
        assert promised(requester, service) == datetime(2026, 3, 3, 10, tzinfo=UTC)  # the usual hours


def test_an_item_of_an_offering_is_there_for_those_in_whose_catalogue_that_is() -> None:
    rules = {
        **RULES,
        "organisations": [
            {"id": "house"},
            {"id": "bau", "catalogue": ["mail-gold"]},
            {"id": "star", "catalogue": []},
        ],
    }
    config = evolve(DeskConfig.load(rules), kinds=DeskConfig.standard().kinds)
    desk = Desk(config, clock=ManualClock(MONDAY)).acting_as(Actor("agent"))
    box = CatalogueItem(key="box", title="A mailbox", service="mail", offering="mail-gold")
    desk.catalogue.draft(box)
    desk.catalogue.publish("box")
    for person, is_offered in (("ann", True), ("bob", True), ("stranger", True), ("cyn", False)):
        theirs = desk.acting_as(Actor(person))
        assert [line.item.key for line in theirs.catalogue.directory()] == ["box"] * is_offered
        if is_offered:
            assert theirs.catalogue.item("box").offering == "mail-gold"
            assert theirs.orders.place("box", {}).service == "mail"
        else:
            with pytest.raises(NotFoundError):
                theirs.catalogue.item("box")
            with pytest.raises(NotFoundError):
                theirs.orders.place("box", {})
    with pytest.raises(NotFoundError):
        desk.orders.place("box", {}, requester="cyn")
    assert desk.privileged("migration").orders.place("box", {}, requester="cyn").requester == "cyn"


def test_an_item_names_an_offering_that_there_is() -> None:
    desk = a_desk()
    box = CatalogueItem(key="box", title="A mailbox", offering="mail-silver")
    with pytest.raises(DefinitionError, match="offering: unknown service offering 'mail-silver'"):
        desk.catalogue.draft(box)
    desk.catalogue.draft(evolve(box, offering=None))
    with pytest.raises(DefinitionError, match="offering: unknown service offering 'mail-silver'"):
        desk.catalogue.revise(box)


def test_the_same_words_get_the_hours_of_each_tenant() -> None:
    store = InMemoryStore()
    plain = {key: value for key, value in RULES.items() if key in ("calendars", "agreements")}
    office = a_desk({**plain, "agreements": RULES["agreements"][:1]}, store=store, tenant="office")
    gold = a_desk({**plain, "agreements": RULES["agreements"][1:]}, store=store, tenant="gold")
    assert due(office, "ann") == datetime(2026, 3, 3, 10, tzinfo=UTC)
    assert due(gold, "ann") == MONDAY + timedelta(hours=1)
    assert [ticket.title for ticket in office.tickets] == [ticket.title for ticket in gold.tickets]
    with pytest.raises(NotFoundError):
        office.tickets.get(next(iter(gold.tickets)).id)


def test_a_ticket_keeps_where_its_requester_was() -> None:
    directory = InMemoryDirectory(DeskConfig.load(RULES).structure)
    desk = a_desk(directory=directory)
    before = desk.incidents.log("No network", requester="ann")
    directory.structure = Structure(people=[Person("ann")])
    after = desk.incidents.log("No network", requester="ann")
    assert (before.organisation, before.site) == ("bau", "essen")
    assert (after.organisation, after.site) == (None, None)
    assert desk.tickets.get(before.id) == before
    assert [each.id for each in desk.tickets.matching('organisation = "bau"')] == [before.id]


def test_what_is_said_of_a_ticket_stays() -> None:
    incident = a_desk().incidents.log("No network", requester="ann", site="tokyo")
    assert (incident.organisation, incident.site) == ("bau", "tokyo")


def test_a_request_that_comes_again_is_the_same_whoever_was_moved_meanwhile() -> None:
    directory = InMemoryDirectory(DeskConfig.load(RULES).structure)
    desk = a_desk(directory=directory)
    first = desk.incidents.log("No network", requester="ann", idempotency_key="form 1")
    directory.structure = Structure()
    assert desk.incidents.log("No network", requester="ann", idempotency_key="form 1") == first


def test_every_fault_of_a_file_has_its_path() -> None:
    with pytest.raises(DefinitionError) as raised:
        DeskConfig.load(
            {
                "people": [{"id": "ann", "manager": "ann"}, {"id": "bob", "organisation": "bau"}],
                "groups": [{"id": "net", "members": ["cyn"]}],
            }
        )
    assert [each.split(";")[0] for each in raised.value.problems] == [
        "the configuration: people[1].organisation: unknown organisation 'bau'",
        "the configuration: groups[0].members[0]: unknown person 'cyn'",
        "the configuration: people[0].manager: ann -> ann goes round in a circle",
    ]
    with pytest.raises(DefinitionError) as raised:
        DeskConfig.load({"organisations": [{"id": "bau", "calendar": "office", "agreements": ["Gold"]}]})
    assert [each.split(";")[0] for each in raised.value.problems] == [
        "the configuration: organisations[0].calendar: unknown calendar 'office'",
        "the configuration: organisations[0].agreements[0]: unknown agreement 'Gold'",
    ]
    with pytest.raises(DefinitionError) as raised:
        DeskConfig.load({"people": [{"name": "Ann"}], "sites": [{"id": "x", "time_zone": "Mars"}], "x": 1})
    assert {each.split(": ")[1] for each in raised.value.problems} == {"people[0].id", "sites[0]", "x"}
