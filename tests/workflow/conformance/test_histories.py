from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError
from itsmkit.workflow.conformance import StateSeen
from itsmkit.workflow.conformance._histories import histories_of

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


@frozen
class Row:
    ticket: object
    state: object
    effective_at: object


@given(
    rows=st.lists(st.tuples(st.sampled_from("TUV"), st.sampled_from("abc"))),
    repeatable=st.sets(st.sampled_from("abc")),
)
def test_mixed_entries_come_apart_by_ticket_and_stays_collapse(
    rows: list[tuple[str, str]], repeatable: set[str]
):
    entries = [StateSeen(ticket, state, AT + timedelta(hours=n)) for n, (ticket, state) in enumerate(rows)]
    found = histories_of(iter(entries), repeatable)
    expected = {}
    for ticket in dict.fromkeys(ticket for ticket, _ in rows):
        own = [entry for entry in entries if entry.ticket == ticket]
        expected[ticket] = [
            entry
            for n, entry in enumerate(own)
            if n == 0 or entry.state != own[n - 1].state or entry.state in repeatable
        ]
    assert found.visits == expected
    assert list(found.visits) == list(expected)
    assert found.variants() == Counter(tuple(e.state for e in each) for each in expected.values())


def test_entries_at_the_same_instant_are_in_order():
    entries = [StateSeen("T", "a", AT), StateSeen("T", "b", AT)]
    assert histories_of(entries, ()).visits == {"T": entries}


def test_every_entry_that_is_wrong_is_listed():
    entries = [
        Row("T", "a", AT),
        Row("", "a", AT),
        Row(None, "a", AT),
        Row("T", "", AT),
        Row("T", 7, AT),
        Row("T", "b", AT.replace(tzinfo=None)),
        Row("T", "b", "yesterday"),
        Row("T", "b", AT - timedelta(hours=1)),
        Row("U", "b", AT - timedelta(hours=1)),
    ]
    with pytest.raises(DefinitionError) as refused:
        histories_of(entries, ())  # type: ignore[type-var]  # that is the point
    assert list(refused.value.problems) == [
        "entries[1].ticket: must be a text that is not empty, not ''",
        "entries[2].ticket: must be a text that is not empty, not None",
        "entries[3].state: must be a text that is not empty, not '', for T",
        "entries[4].state: must be a text that is not empty, not 7, for T",
        (
            "entries[5].effective_at has no time zone: 2026-03-02 09:00:00; attach one, for example "
            ".replace(tzinfo=ZoneInfo('Europe/Berlin')), for T"
        ),
        "entries[6].effective_at must be a datetime, not str 'yesterday', for T",
        (
            "entries[7].effective_at: T goes back from 2026-03-02 09:00:00+00:00 to 2026-03-02 "
            "08:00:00+00:00; hand in the entries of a ticket in the order of time"
        ),
    ]
