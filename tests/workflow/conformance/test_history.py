from datetime import UTC, datetime, timedelta, timezone

import pytest

from itsmkit.errors import DefinitionError
from itsmkit.interchange import LogEntry
from itsmkit.workflow.conformance import HistoryEntry, StateSeen, discover

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_a_row_takes_effect_when_it_was_seen():
    there = datetime(2026, 3, 2, 10, tzinfo=timezone(timedelta(hours=1)))
    row = StateSeen("T-1", "New", there, {"owner": "kim"})
    assert row.effective_at == row.at == AT
    assert row.at.tzinfo is UTC
    assert row.facts == {"owner": "kim"}
    assert hash(row) == hash(StateSeen("T-1", "New", AT, {"owner": "kim"}))


@pytest.mark.parametrize(
    ("ticket", "state", "at", "problems"),
    [
        pytest.param(
            "", "New", AT, ["StateSeen.ticket must be a text that is not empty, not ''"], id="ticket"
        ),
        pytest.param(
            "T", None, AT, ["StateSeen.state must be a text that is not empty, not None"], id="state"
        ),
        pytest.param(
            7,
            "",
            "yesterday",
            [
                "StateSeen.ticket must be a text that is not empty, not 7",
                "StateSeen.state must be a text that is not empty, not ''",
                "StateSeen.at must be a datetime, not str 'yesterday'",
            ],
            id="everything at once",
        ),
        pytest.param(
            "T",
            "New",
            AT.replace(tzinfo=None),
            [
                (
                    "StateSeen.at has no time zone: 2026-03-02 09:00:00; attach one, for example "
                    ".replace(tzinfo=ZoneInfo('Europe/Berlin'))"
                )
            ],
            id="no zone",
        ),
    ],
)
def test_a_row_that_says_nothing_is_refused(ticket, state, at, problems: list[str]):
    with pytest.raises(DefinitionError) as refused:
        StateSeen(ticket, state, at)
    assert list(refused.value.problems) == problems


def test_an_entry_of_an_event_log_is_a_history_entry_as_it_is():
    entry: HistoryEntry = LogEntry(
        ticket="INC-1", order=0, at=AT, effective_at=AT + timedelta(hours=1), state="New"
    )
    assert discover([entry], name="from a log").definition.initial == "New"
    assert entry.effective_at == AT + timedelta(hours=1)
