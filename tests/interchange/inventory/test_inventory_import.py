import json
import pickle
from datetime import datetime

import pytest

from itsmkit.cmdb import SourceRecord
from itsmkit.errors import DefinitionError
from itsmkit.interchange.inventory import (
    ColumnMap,
    ImportLimits,
    ImportPosition,
    ImportProgress,
    ImportSeverity,
    InventoryError,
    InventoryFileError,
    read_json,
)

MAP = ColumnMap(key="id", ci_class="host", attributes={"ram_gb": "ram"})
ROWS = [{"id": 1}, {"id": 2, "odd": 1}, {}, {"id": 1}, {"id": 3, "ram": []}, {"id": "4", "ram": {"a": 1}}]


@pytest.fixture
def read(as_file, seen_at):
    """Return what reads rows of JSON."""
    return lambda rows=ROWS, **options: read_json(as_file(rows), MAP, **{"seen_at": seen_at, **options})


def keys(records):
    return [record.key for record in records]


def test_records_come_one_by_one_and_the_report_grows(read):
    reading = read()
    assert str(reading.report) == "inventory as json: 0 records, 0 left out; not read to the end"
    assert reading.report.position is None
    assert next(reading).key == "1"
    assert reading.report.records == 1
    assert not reading.report.is_complete
    assert keys(reading) == ["2", "3", "4"]
    report = reading.report
    assert (report.records, report.left_out, report.is_complete) == (4, 2, True)
    assert [(each.position, each.record, each.problem) for each in report.of(ImportSeverity.RECORD)] == [
        ("[2] (line 1)", "", "column 'id', which is part of the key, is empty"),
        ("[3] (line 1)", "1", "another record of the same key stands further up"),
    ]
    assert [(each.field, each.count) for each in report.of(ImportSeverity.VALUE)] == [("ram", 1)]
    assert [each.field for each in report.of(ImportSeverity.FIELD)] == ["odd"]
    assert str(report).splitlines()[1:] == [f"- {each}" for each in report.findings]


def test_reading_again_gives_the_same(read):
    once, again = read(), read()
    assert tuple(once) == tuple(again)
    assert once.report == again.report


@pytest.mark.parametrize("after", range(5))
def test_reading_resumes_behind_each_position(read, after):
    whole = read()
    records = list(whole)
    part = read()
    first = [next(part) for _ in range(after)]
    position = part.report.position if after else None
    part.close()
    assert pickle.loads(pickle.dumps(position)) == position
    rest = read(resume_after=position)
    assert first + list(rest) == records
    assert rest.report == whole.report


def test_a_position_of_another_file_is_refused(read):
    reading = read()
    next(reading)
    with pytest.raises(InventoryFileError, match="is not the file that resume_after is a position of"):
        list(read([{"id": 1}], resume_after=reading.report.position))


def test_a_position_behind_the_end_is_refused(read):
    reading = read()
    records = len(list(reading))
    found = reading.report.position
    behind = ImportPosition(found.format, found.source, found.digest, records + 1)
    with pytest.raises(InventoryFileError, match="has 4 records, and resume_after is behind 5"):
        list(read(resume_after=behind))


def test_all_or_nothing_hands_out_nothing_if_a_record_is_left_out(read):
    reading = read(on_error="raise")
    with pytest.raises(InventoryError) as caught:
        next(reading)
    assert [each.position for each in caught.value.findings] == ["[2] (line 1)", "[3] (line 1)"]
    assert str(caught.value).startswith("2 problems:\n- inventory, [2] (line 1): column 'id'")
    assert reading.report.records == 0
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.findings, str(again)) == (caught.value.findings, str(caught.value))


def test_all_or_nothing_hands_out_all_if_no_record_is_left_out(read):
    reading = read([{"id": 1}, {"id": 2, "ram": {"a": 1}}], on_error="raise")
    assert keys(reading) == ["1", "2"]
    assert reading.report.records == 2


def test_complete_gives_all_or_tells_all(read):
    assert keys(read([{"id": 1}, {"id": 2}]).complete()) == ["1", "2"]
    with pytest.raises(InventoryError) as caught:
        read().complete()
    assert len(caught.value.findings) == 2


def test_records_keep_what_was_said_of_the_source(read, seen_at):
    [record] = read([{"id": 7}], name="scan")
    assert record == SourceRecord("scan", "7", "host", seen_at=seen_at)


def test_closing_ends_the_reading_and_closes_the_file(tmp_path, seen_at):
    path = tmp_path / "a.json"
    path.write_text(json.dumps(ROWS))
    with read_json(path, MAP, seen_at=seen_at) as reading:
        next(reading)
    assert list(reading) == []
    assert not reading.report.is_complete


def test_progress_is_told(read):
    told = []
    rows = [{"id": number, "comment": "x" * 50} for number in range(2500)] + [{}]
    assert len(list(read(rows, progress=told.append))) == 2500
    size = len(json.dumps(rows))
    assert [(each.records, each.left_out) for each in told] == [(1000, 0), (2000, 0), (2500, 1)]
    assert told[-1] == ImportProgress(size, size, 2500, 1)
    # A record is handed out when it was read, and not when the file was.
    assert told[0].done < size


def test_progress_may_stop_the_reading(read):
    def stop(progress):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(read([{"id": 1}], progress=stop))


def test_records_that_are_left_out_are_told_up_to_a_limit(read):
    reading = read([{}] * 5, limits=ImportLimits(findings=2))
    assert list(reading) == []
    assert [(each.problem[:12], each.position, each.count) for each in reading.report.findings] == [
        ("column 'id',", "[0] (line 1)", 1),
        ("column 'id',", "[1] (line 1)", 1),
        ("more records", "[2] (line 1)", 3),
    ]
    assert reading.report.left_out == 5
    assert str(reading.report.findings[-1]).endswith("raise the limit findings (3 times)")


def test_every_wrong_option_is_told(as_file):
    with pytest.raises(DefinitionError) as caught:
        read_json(
            as_file([]),
            MAP,
            name=" x",
            seen_at=datetime(2026, 1, 1),  # noqa: DTZ001  # that is the point
            limits=5,
            on_error="ignore",
            resume_after=3,
            resume=1,
        )
    assert [problem.split(":")[0].split(" ")[0] for problem in caught.value.problems] == [
        "name",
        "resume",
        "seen_at",
        "limits",
        "on_error",
        "resume_after",
    ]
    with pytest.raises(DefinitionError, match="seen_at must be a datetime, not NoneType"):
        read_json(as_file([]), MAP)


def test_a_position_of_another_source_is_refused(read):
    position = ImportPosition("csv", "csv", "", 1)
    with pytest.raises(DefinitionError, match="resume_after: is of 'csv' as csv, not of 'json' as json"):
        read(resume_after=position)


def test_a_file_that_is_damaged_ends_the_reading_and_the_records_before_are_whole(read):
    reading = read(b'[{"id": 1}, {"id": 2}, {"id"')
    found = []
    with pytest.raises(InventoryFileError, match="cut off") as caught:
        found.extend(reading)
    assert keys(found) == ["1", "2"]
    assert not reading.report.is_complete
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.file, again.position, again.problem) == (
        "inventory",
        "line 1, column 29",
        caught.value.problem,
    )


def test_limits_are_whole_numbers_above_nothing():
    with pytest.raises(DefinitionError) as caught:
        ImportLimits(depth=0, digits="5", items=True)
    assert [problem.split(":")[1] for problem in caught.value.problems] == [" digits", " depth", " items"]
