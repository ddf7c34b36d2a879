import copy
import pickle
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve

from itsmkit.errors import DefinitionError
from itsmkit.tickets import (
    SYSTEM,
    Actor,
    Assigned,
    CheckpointPassed,
    Commented,
    DetailsChanged,
    Fact,
    Prioritised,
    StateChanged,
    StateCorrected,
    TicketEvent,
    TicketId,
    TicketLogged,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FACTS = [
    TicketLogged("incident", "INC-1", "New", "new", NOON, {"title": "Broken"}),
    StateChanged("New", "Assigned", "active", "assign", {"note": "first"}),
    StateCorrected("New", "Closed", "closed", ("no move leads there",)),
    Assigned("Network", "ann"),
    Prioritised("high", "low", "P3", "matrix"),
    Commented("Hello", public=True),
    DetailsChanged({"title": "Fixed"}),
    CheckpointPassed("resolve", 1, "abc", "breach", ("ann",)),
]


def event(fact: Fact, at: datetime = NOON) -> TicketEvent:
    return TicketEvent(TicketId("t1"), 1, at, at, at, SYSTEM, fact)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: type(fact).__name__)
def test_an_event_is_named_for_its_fact(fact: Fact) -> None:
    assert event(fact).name == type(fact).__name__


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: type(fact).__name__)
def test_events_hash_compare_copy_and_pickle(fact: Fact) -> None:
    one = event(fact)
    copies = [copy.copy(one), copy.deepcopy(one), pickle.loads(pickle.dumps(one)), event(fact)]
    assert {one, *copies} == {one}


def test_instants_are_kept_in_utc() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    earlier = event(FACTS[3], datetime(2026, 10, 25, 2, 50, tzinfo=berlin))
    later = event(FACTS[3], datetime(2026, 10, 25, 2, 10, fold=1, tzinfo=berlin))
    assert later.effective_at - earlier.effective_at == timedelta(minutes=20)
    assert {later.at.tzinfo, later.effective_at.tzinfo, later.recorded_at.tzinfo} == {UTC}


@pytest.mark.parametrize("field", ["at", "effective_at", "recorded_at"])
def test_an_instant_has_a_zone(field: str) -> None:
    instants = dict.fromkeys(("at", "effective_at", "recorded_at"), NOON) | {field: NOON.replace(tzinfo=None)}
    with pytest.raises(DefinitionError, match=rf"TicketEvent\.{field} has no time zone"):
        TicketEvent(TicketId("t1"), 1, actor=Actor("ann"), fact=FACTS[3], **instants)


def test_a_salt_is_that_of_its_event() -> None:
    plain = event(FACTS[5])
    salted = plain.salted("0123456789abcdef" * 2)
    assert salted == evolve(plain, salt="0123456789abcdef" * 2) != plain
    assert pickle.loads(pickle.dumps(salted)) == salted
    assert salted.salted("") == plain
    assert "0123456789abcdef" not in repr(salted)


@pytest.mark.parametrize("salt", ["0123", "G" * 32, "0123456789ABCDEF" * 2, 7])
def test_a_salt_is_128_bits_in_hexadecimal_digits(salt: str) -> None:
    with pytest.raises(DefinitionError, match=r"TicketEvent\.salt must be 32 hexadecimal digits"):
        event(FACTS[5]).salted(salt)
