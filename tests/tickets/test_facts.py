from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from itsmkit.errors import DefinitionError
from itsmkit.tickets import CheckpointPassed, DetailsChanged, StateChanged, TicketLogged

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_the_details_of_a_fact_cannot_be_changed() -> None:
    details = {"resolution": "restarted"}
    facts = [
        TicketLogged("incident", "INC-1", "New", "new", NOON, details).details,
        StateChanged("New", "Resolved", "resolved", "resolve", details).details,
        DetailsChanged(details).changes,
    ]
    details["resolution"] = "changed behind its back"
    for kept in facts:
        assert kept == {"resolution": "restarted"}
        with pytest.raises(TypeError, match="read-only"):
            kept["resolution"] = "changed"  # type: ignore[index]  # that is the point


def test_a_need_arises_at_an_instant_in_utc() -> None:
    opened = datetime(2026, 3, 2, 13, tzinfo=ZoneInfo("Europe/Berlin"))
    fact = TicketLogged("incident", "INC-1", "New", "new", opened)
    assert (fact.opened_at, fact.opened_at.tzinfo) == (NOON, UTC)


def test_the_key_of_a_checkpoint_is_what_makes_its_passing_unique() -> None:
    passed = CheckpointPassed("resolve", 2, "abc", "breach", ("ann",))
    assert passed.key == ("resolve", 2, "abc", "breach")
    assert passed.key == CheckpointPassed("resolve", 2, "abc", "breach").key


@pytest.mark.parametrize("field", ["kind", "number", "state", "category"])
def test_a_ticket_is_logged_under_names(field: str) -> None:
    names = {"kind": "incident", "number": "INC-1", "state": "New", "category": "new"} | {field: ""}
    with pytest.raises(DefinitionError, match=rf"TicketLogged\.{field} must be a name"):
        TicketLogged(opened_at=NOON, **names)


def test_a_ticket_is_opened_at_an_instant() -> None:
    with pytest.raises(DefinitionError, match=r"TicketLogged\.opened_at has no time zone"):
        TicketLogged("incident", "INC-1", "New", "new", NOON.replace(tzinfo=None))
