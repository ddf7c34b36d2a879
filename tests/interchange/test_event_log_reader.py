import csv
import gzip
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate, pairwise
from sys import intern

import pytest
from attrs import evolve, fields
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError
from itsmkit.interchange import (
    EventLogColumns,
    EventLogError,
    EventLogFormat,
    FindingKind,
    LogEntry,
    read_event_log,
)

FIRST = "INC-1,0,2/3/2026 09:00,2/3/2026 08:55,New,Desk,0,?"


def minute(number: int) -> datetime:
    return datetime(2026, 3, 2, 9, number, tzinfo=UTC)


@pytest.fixture
def read(write, small_format):
    return lambda *lines, **options: read_event_log(write(*lines), small_format, **options)


def found(log):
    return [(finding.line, finding.kind.value) for finding in log.findings]


def test_a_row_becomes_an_entry(read):
    log = read(FIRST)
    assert log.entries == (
        LogEntry(
            line=2,
            ticket="INC-1",
            order=0,
            at=minute(0),
            opened_at=datetime(2026, 3, 2, 8, 55, tzinfo=UTC),
            state="New",
            group="Desk",
            facts={"moves": "0", "closed_at": None},
        ),
    )
    assert (log.rows_read, log.findings) == (1, ())


def test_a_header_without_rows_is_an_empty_log(read):
    assert read() == read("", "")
    assert read().rows_read == 0


@pytest.mark.parametrize(
    ("lines", "findings"),
    [
        pytest.param(["INC-1,0"], [(2, "wrong_field_count")], id="too few fields"),
        pytest.param([FIRST + ",more"], [(2, "wrong_field_count")], id="too many fields"),
        pytest.param([FIRST.replace("INC-1", "?")], [(2, "missing_ticket")], id="no ticket"),
        pytest.param([FIRST.replace("2/3/2026 09", "2/30/2026 09")], [(2, "bad_date")], id="no such day"),
        pytest.param([FIRST.replace("2/3/2026 09:00", "?")], [(2, "bad_date")], id="no time"),
        pytest.param([FIRST, "", FIRST], [(4, "duplicate_row")], id="the same row again"),
        pytest.param([FIRST, FIRST, FIRST], [(3, "duplicate_row"), (4, "duplicate_row")], id="and again"),
        pytest.param([FIRST.replace("New", "Odd")], [(2, "no_known_state")], id="no state to keep"),
        pytest.param([FIRST.replace("New", "?")], [(2, "no_known_state")], id="no state"),
    ],
)
def test_a_row_that_cannot_be_used_is_dropped_with_its_reason(read, lines, findings):
    log = read(*lines)
    assert found(log) == findings
    assert len(log.entries) == log.rows_read - len(findings)


def test_rows_that_differ_in_a_column_that_is_not_read_are_no_duplicates(write, small_format):
    bare = evolve(small_format, columns=evolve(small_format.columns, group=None))
    path = write(FIRST, FIRST.replace("Desk", "Field"))
    assert found(read_event_log(path, bare)) == [(3, "repeated_order")]


@pytest.mark.parametrize("state", ["-100", "?"])
def test_an_unknown_state_leaves_the_ticket_where_it_was(read, state):
    log = read(FIRST, FIRST.replace("0,2/3", "1,2/3").replace("New", state), FIRST.replace("0,2/3", "2,2/3"))
    assert [entry.state for entry in log.entries] == ["New", "New", "New"]
    assert found(log) == [(3, "unknown_state")]


def test_without_a_list_of_states_every_text_is_one(write, small_format):
    path = write(FIRST.replace("New", "-100"))
    log = read_event_log(path, evolve(small_format, states=()))
    assert [entry.state for entry in log.entries] == ["-100"]


@pytest.mark.parametrize(
    ("opened", "expected", "findings"),
    [
        (["2/3/2026 08:50", "soon"], [-10, -10], [(3, "bad_opened_at")]),
        (["soon", "2/3/2026 08:50"], [-10, -10], [(2, "bad_opened_at")]),
        (["soon", "later"], [0, 0], [(2, "bad_opened_at"), (3, "bad_opened_at")]),
        (["?", "2/3/2026 08:50"], [-10, -10], []),
        (["?", "?"], [0, 0], []),
        (["2/3/2026 08:50", "2/3/2026 08:40"], [-10, -20], []),
    ],
    ids=["from above", "from below", "from the first row", "missing", "missing everywhere", "each its own"],
)
def test_an_opening_time_is_inferred_from_the_ticket(read, opened, expected, findings):
    rows = [
        FIRST.replace("1,0,", f"1,{order},").replace("2/3/2026 08:55", each)
        for order, each in enumerate(opened)
    ]
    log = read(*rows)
    assert [entry.opened_at for entry in log.entries] == [
        minute(0) + timedelta(minutes=each) for each in expected
    ]
    assert found(log) == findings


@pytest.mark.parametrize(
    ("orders", "replayed", "findings"),
    [
        pytest.param("0 1 2", "2 3 4", [], id="rising"),
        pytest.param("3 7 9", "2 3 4", [], id="with gaps"),
        pytest.param("0 2 1", "2 4 3", [(4, "out_of_order")], id="one fall"),
        pytest.param("2 1 0", "4 3 2", [(3, "out_of_order"), (4, "out_of_order")], id="falling"),
        pytest.param("0 1 1", "2 3 4", [(4, "repeated_order")], id="repeated"),
        pytest.param(
            "1 0 1", "3 2 4", [(3, "out_of_order"), (4, "repeated_order")], id="fallen and repeated"
        ),
        pytest.param("0 x 1", "2 3 4", [(3, "unreadable_order")], id="unreadable keeps its place"),
        pytest.param("x 0 1", "2 3 4", [(2, "unreadable_order")], id="unreadable at the top"),
        pytest.param("5 ? 1", "4 2 3", [(3, "unreadable_order"), (4, "out_of_order")], id="missing"),
        pytest.param("0 -1 1", "2 3 4", [(3, "unreadable_order")], id="negative"),
        pytest.param("0 \u0661 1", "2 3 4", [(3, "unreadable_order")], id="digits of another script"),
        pytest.param(f"0 {'9' * 5000} 1", "2 3 4", [(3, "unreadable_order")], id="beyond all counting"),
    ],
)
def test_the_rows_of_a_ticket_follow_its_counter(read, orders, replayed, findings):
    lines = [f"INC-1,{order},2/3/2026 09:00,?,New,{place},0,?" for place, order in enumerate(orders.split())]
    log = read(*lines)
    assert [entry.line for entry in log.entries] == [int(line) for line in replayed.split()]
    assert found(log) == findings


def test_without_a_counter_the_rows_follow_their_times(write, small_format):
    bare = evolve(small_format, columns=evolve(small_format.columns, order=None))
    path = write(*(f"INC-1,x,2/3/2026 09:0{at},?,New,{group},0,?" for at, group in ["5a", "3b", "3c", "7d"]))
    log = read_event_log(path, bare)
    assert [(entry.group, entry.order) for entry in log.entries] == [("b", 0), ("c", 1), ("a", 2), ("d", 3)]
    assert found(log) == [(3, "out_of_order")]


def test_time_that_runs_backwards_takes_effect_at_the_later_time(read):
    times = ("10", "05", "07", "12")
    log = read(*(f"INC-1,{order},2/3/2026 09:{at},?,New,?,0,?" for order, at in enumerate(times)))
    assert [entry.at for entry in log.entries] == [minute(10), minute(5), minute(7), minute(12)]
    assert [entry.effective_at for entry in log.entries] == [minute(10), minute(10), minute(10), minute(12)]
    assert found(log) == [(3, "time_reversed"), (4, "time_reversed")]


@pytest.mark.parametrize(
    ("counts", "mended", "lines"),
    [
        pytest.param("0 1 1 4", "0 1 1 4", [], id="rising"),
        pytest.param("2 1 3", "2 1 3", [3], id="a fall is kept as it is"),
        pytest.param("2 1 1", "2 1 1", [3], id="a fall is found once"),
        pytest.param("x 1 ?", "0 1 1", [2, 4], id="no number"),
        pytest.param("-1 1.0 2", "0 0 2", [2, 3], id="no whole number from 0"),
        pytest.param("007 8", "007 8", [], id="leading zeros"),
    ],
)
def test_an_impossible_counter_is_found(read, counts, mended, lines):
    log = read(*(f"INC-1,{o},2/3/2026 09:00,?,New,?,{each},?" for o, each in enumerate(counts.split())))
    assert [entry.facts["moves"] for entry in log.entries] == mended.split()
    assert found(log) == [(line, "impossible_counter") for line in lines]


@pytest.mark.parametrize(
    ("states", "known"),
    [
        ("New Active Closed", "? ? x"),
        ("New Closed Closed", "? x x"),
        ("Closed Closed", "x x"),
        ("New Closed Active Closed Active", "? ? ? x x"),
        ("New Cancelled Closed", "? ? x"),
        ("New Closed -100 Active", "? x x x"),
        ("New Closed Active -100", "? x x x"),
        ("New Active", "? ?"),
    ],
)
def test_the_future_is_withheld_until_the_last_move_makes_it_true(read, states, known):
    log = read(*(f"INC-1,{o},2/3/2026 09:00,?,{each},?,0,x" for o, each in enumerate(states.split())))
    assert [entry.facts["closed_at"] or "?" for entry in log.entries] == known.split()


def test_tickets_are_replayed_side_by_side(read):
    rows = [("B", 0, "03"), ("B", 1, "05"), ("A", 0, "05"), ("C", 0, "05"), ("A", 1, "05"), ("D", 0, "01")]
    log = read(*(f"{ticket},{order},2/3/2026 09:{at},?,New,?,0,?" for ticket, order, at in rows))
    assert [(entry.ticket, entry.order) for entry in log.entries] == [
        ("D", 0), ("B", 0), ("B", 1), ("A", 0), ("A", 1), ("C", 0)
    ]  # fmt: skip


@pytest.mark.parametrize(("limit", "read_rows"), [(1, 1), (2, 2), (3, 3), (99, 3), (None, 3)])
def test_a_limit_counts_rows_from_the_top(read, limit, read_rows):
    log = read(FIRST, "", "too,few", FIRST.replace("INC-1", "INC-2"), limit=limit)
    assert log.rows_read == read_rows


def test_what_lies_below_the_limit_is_not_looked_at(read):
    assert read(FIRST, '"never closed', limit=1).rows_read == 1


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_of_nothing_is_refused(read, limit):
    with pytest.raises(DefinitionError, match=f"limit must be at least 1, .* not {limit}"):
        read(FIRST, limit=limit)


def test_a_strict_reading_stops_at_the_first_finding(read):
    assert read(FIRST, strict=True).rows_read == 1
    with pytest.raises(EventLogError, match="bad_date: time '9am' is not spelled") as caught:
        read(FIRST, FIRST.replace("2/3/2026 09:00", "9am"), "too,few", strict=True)
    assert caught.value.line == 3


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        ("number;mod;updated", "is one column when split at ','; it seems to be split at ';': set delimiter"),
        ("number\tmod\tupdated", r"it seems to be split at '\\t'"),
        ("only", "has no column 'number' for ticket; has no column 'updated' for at; "),
        (
            "nr,number_,mod,updated,opened,state,group,moves,closed",
            r"line 1: has no column 'number' for ticket \(is it 'number_'\?\); mend",
        ),
        (
            "number,mod,updated,opened,state,group",
            "'moves' for moves.*; has no column 'closed' for closed_at",
        ),
        (
            "number,mod,updated,opened,state,group,moves,closed,mod",
            "has 2 columns 'mod', and order can be read",
        ),
    ],
    ids=["semicolons", "tabs", "one column", "a typo", "two missing", "one twice"],
)
def test_a_header_of_another_layout_is_refused(write, small_format, header, problem):
    with pytest.raises(EventLogError, match=problem) as caught:
        read_event_log(write(FIRST, header=header), small_format)
    assert caught.value.line == 1


def test_columns_that_are_not_read_may_be_there_twice(write, small_format):
    header = "number,mod,updated,opened,state,group,moves,closed,,"
    assert read_event_log(write(FIRST + ",x,y", header=header), small_format).entries


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", gzip.compress(b"", mtime=0)], ids=repr)
def test_an_empty_file_is_refused(tmp_path, small_format, content):
    path = tmp_path / "log.csv"
    path.write_bytes(content)
    with pytest.raises(EventLogError, match="is empty; export it again, with a header"):
        read_event_log(path, small_format)


HEADER = b"number,mod,updated,opened,state,group,moves,closed\n"
WHOLE = HEADER + b"\n".join([FIRST.encode()] * 3)


@st.composite
def broken(draw):
    content = draw(st.sampled_from([WHOLE, gzip.compress(WHOLE, mtime=0)]))
    for at, junk in draw(st.lists(st.tuples(st.integers(0, len(WHOLE)), st.binary(max_size=3)), max_size=4)):
        content = content[:at] + junk + content[at + draw(st.integers(0, 4)) :]
    return content[: draw(st.integers(0, len(WHOLE)))]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary() | st.binary().map(lambda tail: HEADER + tail) | broken())
@example(b"\x1f\x8b")
@example(b"\x1f\x8b\x08\x04\x00\x00\x00\x00\x00\x03\xff\xff")
def test_whatever_a_file_holds_it_is_read_or_refused(tmp_path, small_format, content):
    path = tmp_path / "log.csv"
    path.write_bytes(content)
    with suppress(EventLogError):
        log = read_event_log(path, small_format)
        assert log.rows_read == len(log.entries) + sum(finding.kind.drops_row for finding in log.findings)


cells = st.tuples(
    st.sampled_from(["A", "B", "?"]),
    st.sampled_from(["0", "1", "2", "x"]),
    st.integers(0, 9).map("2/3/2026 09:0{}".format) | st.just("noon"),
    st.sampled_from(["2/3/2026 08:00", "?", "noon"]),
    st.sampled_from(["New", "Active", "Closed", "Cancelled", "-100"]),
    st.sampled_from(["Desk", "?"]),
    st.sampled_from(["0", "1", "2", "x"]),
    st.sampled_from(["2/3/2026 09:09", "?"]),
)


@given(st.lists(cells, max_size=12))
def test_the_laws_of_a_log_hold_for_any_rows(write, small_format, rows):
    log = read_event_log(write(*map(",".join, rows)), small_format)

    dropped = [finding.line for finding in log.findings if finding.kind.drops_row]
    assert sorted([*dropped, *(entry.line for entry in log.entries)]) == list(range(2, len(rows) + 2))
    assert all(a.effective_at <= b.effective_at for a, b in pairwise(log.entries))
    assert [finding.line for finding in log.findings] == sorted(finding.line for finding in log.findings)

    for ticket in {entry.ticket for entry in log.entries}:
        history = [entry for entry in log.entries if entry.ticket == ticket]
        assert all((a.order, a.line) < (b.order, b.line) for a, b in pairwise(history))
        assert {entry.state for entry in history} <= set(small_format.states)
        logged = [rows[entry.line - 2][6] for entry in history]
        assert all(
            entry.facts["moves"] == (above if text == "x" else text)
            for entry, text, above in zip(
                history, logged, ["0", *(e.facts["moves"] for e in history)], strict=False
            )
        )
        for number, entry in enumerate(history):
            ticket_row = rows[entry.line - 2]
            assert entry.effective_at == max(each.at for each in history[: number + 1])
            moves = [b for a, b in pairwise([None, *history]) if a is None or a.state != b.state]
            ends = [each for each in moves if each.state in ("Closed", "Cancelled")]
            shown = bool(ends) and history.index(ends[-1]) <= number
            assert entry.facts["closed_at"] == (ticket_row[7] if shown and ticket_row[7] != "?" else None)
            assert entry.group == (None if ticket_row[5] == "?" else ticket_row[5])


def test_a_wide_log_is_read_field_by_field(tmp_path):
    names = [
        a.name
        for a in fields(EventLogColumns)
        if a.name not in ("ticket", "order", "at", "opened_at", "state")
    ]
    columns = EventLogColumns(ticket="t", at="a", state="s", **{name: name.upper() for name in names})
    backwards = names[::-1]
    path = tmp_path / "log.csv"
    path.write_text(
        f"{','.join(backwards).upper()},s,a,t\n{','.join(backwards)},New,2026-03-02T09:00,T1\n",
        encoding="utf-8",
    )
    (entry,) = read_event_log(path, EventLogFormat(columns=columns)).entries
    assert {name: getattr(entry, name) for name in names} == {name: name for name in names}
    assert (entry.ticket, entry.state, entry.at, entry.order) == ("T1", "New", minute(0), 0)


REAL_COLUMNS = (
    "number",
    "sys_mod_count",
    "sys_updated_at",
    "opened_at",
    "incident_state",
    "reassignment_count",
    "reopen_count",
    "assigned_to",
    "assignment_group",
)


@cache
def when(text: str) -> datetime:
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=UTC)


def test_the_real_log_is_read_as_a_plain_computation_reads_it(audit_log, real_format):
    with gzip.open(audit_log, "rt", newline="") as file:
        lines = csv.reader(file)
        header = next(lines)
        wanted = {name: header.index(name) for name in REAL_COLUMNS}
        rows = [{name: intern(cells[place]) for name, place in wanted.items()} for cells in lines]
    tickets: dict[str, list[dict[str, str]]] = {}
    for line, row in enumerate(rows, start=2):
        row["line"] = str(line)
        tickets.setdefault(row["number"], []).append(row)
    replayed = {
        ticket: sorted(own, key=lambda row: int(row["sys_mod_count"])) for ticket, own in tickets.items()
    }
    steps = [step for own in replayed.values() for step in pairwise(own)]
    expected = {
        FindingKind.OUT_OF_ORDER: sum(
            int(b["sys_mod_count"]) < int(a["sys_mod_count"])
            for own in tickets.values()
            for a, b in pairwise(own)
        ),
        FindingKind.REPEATED_ORDER: len(rows) - len({(row["number"], row["sys_mod_count"]) for row in rows}),
        FindingKind.UNKNOWN_STATE: sum(row["incident_state"] == "-100" for row in rows),
        FindingKind.TIME_REVERSED: sum(
            when(row["sys_updated_at"]) < latest
            for own in replayed.values()
            for row, latest in zip(
                own, accumulate((when(r["sys_updated_at"]) for r in own), max), strict=True
            )
        ),
        FindingKind.IMPOSSIBLE_COUNTER: sum(
            int(b[name]) < int(a[name]) for a, b in steps for name in ("reassignment_count", "reopen_count")
        ),
    }
    assert list(expected.values()) == [4, 5, 5, 6, 3]

    log = read_event_log(audit_log, real_format)

    assert log.rows_read == len(rows) == len(log.entries) == 141_712
    assert Counter(finding.kind for finding in log.findings) == expected
    histories: dict[str, list[LogEntry]] = {}
    for entry in log.entries:
        histories.setdefault(entry.ticket, []).append(entry)
    assert {ticket: [str(e.line) for e in own] for ticket, own in histories.items()} == {
        ticket: [row["line"] for row in own] for ticket, own in replayed.items()
    }
    for entry in log.entries[:: len(log.entries) // 500]:
        row = rows[entry.line - 2]
        assert entry.at == when(row["sys_updated_at"])
        assert entry.opened_at == when(row["opened_at"])
        assert (entry.assignee or "?", entry.group or "?") == (row["assigned_to"], row["assignment_group"])
    for own in histories.values():
        unknown = [entry for entry in own if entry.facts["closed_at"] is None]
        assert own[: len(unknown)] == unknown  # once known, it stays known
        assert len(unknown) == len(own) or own[len(unknown)].state == "Closed"
        assert own[-1].state != "Closed" or len(unknown) < len(own)
    assert all(a.effective_at <= b.effective_at for a, b in pairwise(log.entries))


def test_the_top_of_the_real_log_can_be_read_alone(audit_log, real_format):
    log = read_event_log(audit_log, real_format, limit=100)
    assert log.rows_read == 100
    assert max(entry.line for entry in log.entries) == 101
