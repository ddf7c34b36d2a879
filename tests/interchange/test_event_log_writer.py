import gzip
from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from itsmkit.interchange import (
    EventLogColumns,
    EventLogError,
    EventLogFormat,
    LogEntry,
    read_event_log,
    write_event_log,
)

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
LAYOUT = EventLogFormat(
    columns=EventLogColumns(
        ticket="number", order="mod", at="updated", opened_at="opened", state="state", group="the, group"
    ),
    facts={"note": 'a "note"'},
    revealed={"note": ("Closed",)},
)
ENTRY = LogEntry(ticket="INC-1", order=0, at=NINE, state="New")


def read_back(path, layout=LAYOUT):
    log = read_event_log(path, layout, strict=True)
    return tuple(evolve(entry, line=0) for entry in log.entries)


words = st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1).filter(
    lambda text: text != "?"
)


@st.composite
def logs(draw):
    """Entries in replay order, as the reader makes them: effective instants rise, notes come when closed."""
    entries = []
    for ticket in draw(st.lists(words, unique=True, max_size=4)):
        at = NINE + timedelta(minutes=draw(st.integers(0, 5)))
        opened_at = at - timedelta(seconds=draw(st.integers(0, 99)))
        for order in sorted(draw(st.sets(st.integers(0, 99), min_size=1, max_size=3))):
            at += timedelta(microseconds=draw(st.sampled_from([0, 1, 60_000_000])))
            entry = LogEntry(
                ticket=ticket,
                order=order,
                at=at,
                opened_at=opened_at,
                state="Open",
                group=draw(st.none() | words),
                facts={"note": None},
            )
            entries.append(entry)
        note = {"note": draw(st.none() | words)}
        entries.append(evolve(entry, order=entry.order + 1, state="Closed", facts=note))
    begun = {entry.ticket: entry.at for entry in reversed(entries)}
    first = list(begun)[::-1]
    return sorted(entries, key=lambda each: (each.at, begun[each.ticket], first.index(each.ticket)))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(logs(), st.sampled_from(["log.csv", "log.csv.gz"]), st.sampled_from([",", ";", "\t", " "]))
def test_what_is_written_is_read_back(tmp_path, entries, name, delimiter):
    layout = evolve(LAYOUT, delimiter=delimiter)
    write_event_log(tmp_path / name, entries, layout)
    assert read_back(tmp_path / name, layout) == tuple(entries)


def test_reading_and_writing_again_changes_nothing(write, small_format, tmp_path):
    rows = [("B", 0, "03"), ("B", 1, "05"), ("A", 1, "05"), ("C", 0, "05"), ("A", 0, "05"), ("D", 0, "01")]
    original = write(*(f"{ticket},{order},2/3/2026 09:{at},?,New,?,0,x" for ticket, order, at in rows))
    log = read_event_log(original, small_format)
    write_event_log(tmp_path / "log.csv", log.entries, small_format)
    again = read_event_log(tmp_path / "log.csv", small_format, strict=True)
    assert [evolve(entry, line=0) for entry in again.entries] == [
        evolve(entry, line=0) for entry in log.entries
    ]
    assert [entry.line for entry in again.entries] == list(range(2, 8))


def test_an_empty_log_is_a_header(tmp_path):
    write_event_log(tmp_path / "log.csv", [], LAYOUT)
    content = (tmp_path / "log.csv").read_bytes()
    assert content == b'number,updated,state,mod,opened,"the, group","a ""note"""\r\n'
    assert read_back(tmp_path / "log.csv") == ()


def test_equal_logs_are_equal_files_and_gzip_hides_no_name(tmp_path):
    for name in ("a.csv.gz", "b.CSV.GZ"):
        write_event_log(tmp_path / name, [ENTRY], LAYOUT)
    content = (tmp_path / "a.csv.gz").read_bytes()
    assert content == (tmp_path / "b.CSV.GZ").read_bytes()
    assert gzip.decompress(content).endswith(
        b"INC-1,2026-03-02T09:00:00+00:00,New,0,2026-03-02T09:00:00+00:00,?,?\r\n"
    )


def test_instants_are_as_precise_as_their_format(tmp_path):
    late = NINE.replace(second=59)
    layout = evolve(LAYOUT, time_format="%d.%m.%Y %H:%M", time_zone="Europe/Berlin")
    write_event_log(tmp_path / "log.csv", [evolve(ENTRY, at=late, effective_at=late)], layout)
    assert read_back(tmp_path / "log.csv", layout)[0].at == NINE


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        (evolve(ENTRY, group="?"), "group '\\?' of entry 2, INC-1, could not be read back"),
        (evolve(ENTRY, ticket="?"), "ticket '\\?' of entry 2"),
        (evolve(ENTRY, group="a\0b"), r"group 'a\\x00b' of entry 2"),
        (evolve(ENTRY, facts={"note": "x" * 100_000}), r"note 'x{37}\.\.\.' of entry 2"),
        (evolve(ENTRY, group="\ud800"), "cannot be written in utf-8"),
    ],
    ids=["a marker", "no ticket", "NUL", "too long", "no character"],
)
def test_what_could_not_be_read_back_is_not_written(tmp_path, entry, problem):
    write_event_log(tmp_path / "log.csv", [ENTRY], LAYOUT)
    with pytest.raises(EventLogError, match=problem):
        write_event_log(tmp_path / "log.csv", [ENTRY, entry], LAYOUT)
    assert read_back(tmp_path / "log.csv") == (evolve(ENTRY, facts={"note": None}),)
    assert [path.name for path in tmp_path.iterdir()] == ["log.csv"]


@pytest.mark.parametrize("name", ["absent/log.csv", "taken"])
def test_a_place_where_no_file_can_be_is_refused(tmp_path, name):
    (tmp_path / "taken").mkdir()
    with pytest.raises(EventLogError, match=r"cannot be written .*; give a path"):
        write_event_log(tmp_path / name, [ENTRY], LAYOUT)
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_columns_are_all_that_is_written(tmp_path):
    entry = evolve(ENTRY, assignee="Kim", facts={"note": None, "colour": "red"})
    write_event_log(tmp_path / "log.csv", [entry], LAYOUT)
    assert read_back(tmp_path / "log.csv") == (evolve(ENTRY, facts={"note": None}),)
