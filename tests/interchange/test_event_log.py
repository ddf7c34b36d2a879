import pickle
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve

from itsmkit.errors import DefinitionError
from itsmkit.interchange import EventLog, Finding, FindingKind, LogEntry

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
ENTRY = LogEntry(ticket="INC-1", order=0, at=NINE, state="New", facts={"moves": "0"})
DROPPED = Finding(FindingKind.BAD_DATE, 3, "INC-1", "time '?' is no time")
KEPT = Finding(FindingKind.TIME_REVERSED, 2, "INC-1", "is late")


def test_an_entry_takes_effect_and_is_opened_at_its_own_time_unless_told_otherwise():
    assert ENTRY.effective_at == ENTRY.opened_at == NINE
    assert ENTRY.line == 0
    assert ENTRY.group is None


def test_instants_are_kept_in_utc():
    berlin = evolve(ENTRY, at=NINE.astimezone(ZoneInfo("Europe/Berlin")))
    assert berlin == ENTRY
    assert berlin.at.tzinfo is UTC


def test_an_entry_is_a_value():
    assert hash(pickle.loads(pickle.dumps(ENTRY))) == hash(ENTRY)
    with pytest.raises(TypeError, match="read-only"):
        ENTRY.facts["moves"] = "1"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"ticket": ""}, "needs a ticket and a state, not '' and 'New'"),
        ({"state": ""}, "needs a ticket and a state, not 'INC-1' and ''"),
        ({"at": datetime(2026, 3, 2, 9)}, "has no time zone"),  # noqa: DTZ001  the fault under test
        ({"effective_at": NINE - timedelta(minutes=1)}, "takes effect at .* before its time"),
    ],
    ids=["no ticket", "no state", "naive", "too early"],
)
def test_an_entry_that_cannot_be_is_refused(change, problem):
    with pytest.raises(DefinitionError, match=problem):
        evolve(ENTRY, **change)


def test_every_row_is_accounted_for():
    log = EventLog((ENTRY,), 2, (KEPT, DROPPED))
    assert log.rows_read == len(log.entries) + sum(finding.kind.drops_row for finding in log.findings)


@pytest.mark.parametrize("rows_read", [1, 3])
def test_a_log_that_loses_or_invents_rows_is_refused(rows_read):
    with pytest.raises(DefinitionError, match=rf"of {rows_read} rows .* 1 entries and 1 dropped rows"):
        EventLog((ENTRY,), rows_read, (KEPT, DROPPED))
