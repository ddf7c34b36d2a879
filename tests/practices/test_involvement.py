from typing import Any

import pytest
from attrs import evolve

from itsmkit.conditions import holds
from itsmkit.errors import DefinitionError
from itsmkit.practices import Incident, involving
from itsmkit.tickets import Participant


@pytest.mark.parametrize(
    "changes",
    [
        {"requester": "kim"},
        {"affected_person": "kim"},
        {"owner": "kim"},
        {"assignee": "kim"},
        {"participants": [Participant("kim", "expert")]},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_person_has_to_do_with_a_ticket_in_many_ways(incident: Incident, changes: Any) -> None:
    assert holds(involving(person="kim"), evolve(incident, **changes).facts())
    assert not holds(involving(person="kim"), incident.facts())


def test_all_that_is_given_holds(incident: Incident) -> None:
    ticket = evolve(incident, service="mail", configuration_item="mail-1", organisation="acme")
    given = {"service": "mail", "configuration_item": "mail-1", "organisation": "acme", "person": "caller"}
    assert holds(involving(**given), ticket.facts())
    for name in given:
        assert not holds(involving(**{**given, name: "other"}), ticket.facts())


def test_something_is_given() -> None:
    with pytest.raises(DefinitionError, match="nobody and nothing is named; give a person"):
        involving()
