import codecs
import csv
import io
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.cmdb import LookUp, SourceRelation, standard_class_model
from itsmkit.errors import DefinitionError
from itsmkit.interchange.inventory import (
    AttributeColumn,
    ClassColumn,
    ColumnMap,
    ImportSeverity,
    InventoryFileError,
    LookUpColumns,
    RelationColumn,
    read_csv,
    read_json,
)

MAP = ColumnMap(
    key=["Site", "Host"],
    class_by=ClassColumn("Type", {"srv": "physical host", "PC": "workstation"}),
    name="Host",
    attributes={
        "ram_gb": AttributeColumn("RAM", "number"),
        "vip": AttributeColumn("VIP", "truth"),
        "bought": AttributeColumn("Bought", "date", time_format="%d.%m.%Y"),
        "seen": AttributeColumn("Seen", "instant"),
        "tags": AttributeColumn("Tags", "collection", separator=" "),
        "os": AttributeColumn("OS", values={"W": "Windows"}, default="unknown"),
    },
    lookups=[LookUpColumns("adapter", {"mac": "MAC", "port": AttributeColumn("Port", "number")})],
    relations=[
        RelationColumn("contains", "Rack", from_other=True),
        RelationColumn("depends_on", "Needs", separator=","),
    ],
    missing=["n/a"],
    time_zone="Europe/Berlin",
)
HEADER = "Site,Host,Type,RAM,VIP,Bought,Seen,Tags,OS,MAC,Port,Rack,Needs"
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=12).filter(
    lambda text: text == text.strip()
)


@pytest.fixture
def read(as_file, seen_at):
    """Return what reads lines of CSV."""

    def read_lines(*lines, column_map=MAP, header=HEADER, **options):
        return read_csv(as_file("\n".join([header, *lines])), column_map, seen_at=seen_at, **options)

    return read_lines


def told(reading, severity):
    return [(each.position, each.record, each.field, each.problem) for each in reading.report.of(severity)]


def test_a_row_becomes_a_record(read, seen_at):
    [record] = read('B,h1, SRV ,16,yes,1.7.2026,2026-07-01T12:00:00,a b a,W,aa:bb,3,r1,"x, y,x"')
    assert (record.source, record.key, record.ci_class, record.name) == ("csv", "B/h1", "physical host", "h1")
    assert dict(record.attributes) == {
        "ram_gb": 16,
        "vip": True,
        "bought": datetime(2026, 6, 30, 22, tzinfo=UTC),
        "seen": datetime(2026, 7, 1, 10, tzinfo=UTC),
        "tags": ("a", "b"),
        "os": "Windows",
    }
    assert record.lookups == (LookUp("adapter", {"mac": "aa:bb", "port": 3}),)
    assert record.relations == (
        SourceRelation("contains", "r1", from_other=True),
        SourceRelation("depends_on", "x"),
        SourceRelation("depends_on", "y"),
    )
    assert record.seen_at == seen_at


def test_what_is_missing_is_left_out(read):
    [record] = read("", "B,h1,pc,n/a, ,,,,,,,,", "", "")
    assert dict(record.attributes) == {"os": "unknown"}
    assert (record.lookups, record.relations) == ((), ())


def test_rows_that_cannot_be_read_are_left_out_as_a_whole(read):
    reading = read(
        "B,,srv,,,,,,,,,,", "B,h2,vax,,,,,,,,,,", "B,h3", "B,h4,srv,,,,,,,,,,,extra", "B,h5,srv,,,,,,,,,,,"
    )
    assert [record.key for record in reading] == ["B/h5"]
    assert told(reading, ImportSeverity.RECORD) == [
        ("line 2", "", "", "column 'Host', which is part of the key, is empty"),
        ("line 3", "B/h2", "", "column 'Type': 'vax' is no class that the map knows; known: srv, PC"),
        ("line 4", "", "", "it has 2 cells under a header of 13"),
        ("line 5", "", "", "it has 14 cells under a header of 13"),
    ]


def test_of_values_that_cannot_be_read_the_record_is_made_without(read):
    reading = read("B,h1,srv,much,maybe,soon,later,,a\0b,m\0,x,r\0,y\0")
    [record] = reading
    assert (dict(record.attributes), record.lookups, record.relations) == ({}, (), ())
    assert [each[2] for each in told(reading, ImportSeverity.VALUE)] == [
        "RAM", "VIP", "Bought", "Seen", "OS", "MAC", "Port", "Rack", "Needs",
    ]  # fmt: skip


def test_a_required_attribute_leaves_the_row_out(read):
    one = ColumnMap(
        key="k",
        ci_class="host",
        name="n",
        attributes={"ram_gb": AttributeColumn("r", "number", required=True)},
        lookups=[LookUpColumns("part", {"mac": AttributeColumn("m", required=True)})],
    )
    reading = read("1,,,", "2,,x,", "3,a\0,4,", "\0,,4,", column_map=one, header="k,n,r,m")
    [record] = reading
    assert (record.key, record.name, record.lookups) == ("3", None, ())
    assert [each[3] for each in told(reading, ImportSeverity.RECORD)] == [
        "column 'r', which is required, is empty",
        "column 'r', which is required, must be a number, not str 'x'",
        "column 'k', which is part of the key, must be text without control characters, not str '\\x00'",
    ]
    assert ("line 4", "3", "part", "column 'm', which is required, is empty") in told(
        reading, ImportSeverity.VALUE
    )


def test_the_class_may_be_what_the_cell_says(read):
    any_class = ColumnMap(key="k", class_by=ClassColumn("t"))
    reading = read("1,router", "2,", column_map=any_class, header="k,t")
    assert [record.ci_class for record in reading] == ["router"]
    assert told(reading, ImportSeverity.RECORD)[0][3] == (
        "column 't': '' is no class that the map knows; fill it in"
    )
    by_default = ColumnMap(key="k", class_by=ClassColumn("t", {"r": "router"}, "device"))
    assert [r.ci_class for r in read("1,R", "2,x", "3,", column_map=by_default, header="k,t")] == [
        "router",
        "device",
        "device",
    ]


def test_a_map_that_does_not_fit_the_model_is_refused(read):
    with pytest.raises(DefinitionError, match="column map: no class 'hots'; did you mean 'host'"):
        read(column_map=ColumnMap(key="k", ci_class="hots"), model=standard_class_model())
    read(column_map=ColumnMap(key="k", ci_class="host"), model=standard_class_model())
    with pytest.raises(DefinitionError, match="column_map: must be a ColumnMap, not dict"):
        read(column_map={})


def test_the_header_is_held_against_the_map(read):
    two = ColumnMap(key="key", ci_class="host", name="name", attributes={"os": "os"}, ignore="notes")
    reading = read("1,x,y,z,v", column_map=two, header="key,name,other,notes,,")
    assert [record.key for record in reading] == []
    reading = read("1,x,y,z,", column_map=two, header="key,name,other,notes,")
    assert [record.key for record in reading] == ["1"]
    assert told(reading, ImportSeverity.VALUE) == [("header", "", "os", "the column is not there")]
    assert told(reading, ImportSeverity.FIELD) == [("header", "", "other", "nothing is made of this column")]
    with pytest.raises(InventoryFileError) as caught:
        list(read(column_map=two, header="kez,name,name"))
    assert str(caught.value) == (
        "inventory, header: has no column 'key' (did you mean 'kez'?); has several columns 'name'; correct "
        "the column map, or the header"
    )


@pytest.mark.parametrize("content", ["", "\n", ",,,\n", "sep=;\n"])
def test_a_file_without_header_is_refused(as_file, seen_at, content):
    with pytest.raises(InventoryFileError, match="is empty; export it again, with a header"):
        list(read_csv(as_file(content), MAP, seen_at=seen_at))


def test_a_file_in_another_encoding_is_told(as_file, seen_at):
    wide = "Host;RAM\n".encode("utf-16-le")
    with pytest.raises(InventoryFileError, match=r"line 1: has NUL characters; .* give the encoding"):
        list(read_csv(as_file(wide), MAP, seen_at=seen_at))
    one = ColumnMap(key="Höst", ci_class="host", encoding="cp1252")
    assert [r.key for r in read_csv(as_file("Höst\nä".encode("cp1252")), one, seen_at=seen_at)] == ["ä"]
    marked = codecs.BOM_UTF16_LE + "Höst\nä".encode("utf-16-le")
    assert [r.key for r in read_csv(as_file(marked), one, seen_at=seen_at)] == ["ä"]


@pytest.mark.parametrize(
    "text", ["k;n\n1;a,b", "k\tn\n1\ta,b", "sep=;\nk;n\n1;a,b", '"k";"a, n, b";n\n1;x;"a,b"']
)
def test_the_delimiter_is_seen_by_the_header(as_file, seen_at, text):
    one = ColumnMap(key="k", ci_class="host", name="n", ignore="*")
    assert [r.name for r in read_csv(as_file(text), one, seen_at=seen_at)] == ["a,b"]


def test_the_delimiter_may_be_told(as_file, seen_at):
    one = ColumnMap(key="k", ci_class="host", delimiter="^")
    assert [r.key for r in read_csv(as_file("k^a,b\n1^2"), one, seen_at=seen_at)] == ["1"]


def test_a_quote_that_is_not_closed_is_told_with_the_line(read):
    reading = read("B,h1,srv,,,,,,,,,,", 'B,"h2,srv,,,,,,,,,,', "B,h3,srv,,,,,,,,,,")
    assert next(reading).key == "B/h1"
    with pytest.raises(
        InventoryFileError, match="line 3: the row that begins here cannot be split into cells"
    ):
        next(reading)


def test_lines_are_counted_through_cells_of_several(read):
    reading = read('B,"h\n1",srv,x,,,,,,,,,', "B,h2,srv,x,,,,,,,,,", "B,,,,,,,,,,,,")
    list(reading)
    assert reading.report.of(ImportSeverity.RECORD)[0].position == "line 5"


@settings(max_examples=100)
@given(
    rows=st.dictionaries(TEXTS, st.tuples(TEXTS, st.integers(), st.booleans()), max_size=6),
    delimiter=st.sampled_from(",;\t|"),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_rows_come_back_as_they_were_written(rows, delimiter, line_end, encoding):
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerow(["key", "name", "number", "truth"])
    writer.writerows([key, *values] for key, values in rows.items())
    file = io.BytesIO(written.getvalue().encode(encoding))
    plain = ColumnMap(
        key="key",
        ci_class="host",
        name="name",
        attributes={
            "number": AttributeColumn("number", "number"),
            "truth": AttributeColumn("truth", "truth"),
        },
    )
    reading = read_csv(file, plain, seen_at=datetime(2026, 1, 1, tzinfo=UTC))
    found = {r.key: (r.name, r.attributes["number"], r.attributes["truth"]) for r in reading}
    assert found == rows
    assert reading.report.findings == ()


def test_a_file_cut_off_anywhere_gives_whole_records_or_says_why(as_file, seen_at):
    text = (HEADER + '\nB,h1,srv,16,yes,,,a b,W,,,r1,"x,y"\nB,"h2",pc,8,no,,,c,,,,r2,z\n').encode()
    whole = {r.key: r for r in read_csv(as_file(text), MAP, seen_at=seen_at)}
    for end in range(len(text)):
        reading = read_csv(as_file(text[:end]), MAP, seen_at=seen_at)
        found = []
        try:
            found.extend(reading)
        except InventoryFileError:
            assert not reading.report.is_complete
        # Of a line that was cut off, nobody can see that its last cell was.
        assert all(each.key in whole and each.attributes == whole[each.key].attributes for each in found)


JSON = ColumnMap(
    key="id",
    ci_class="host",
    name="host.name",
    attributes={"os": "os", "n": AttributeColumn("ram", "number")},
)


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        pytest.param('[{"id": 1, "host": {"name": "a"}}, {"id": 2}]', "", id="a list"),
        pytest.param('{"id": 1, "host": {"name": "a"}}\n{"id": 2}\n', "", id="lines"),
        pytest.param(
            '{"v": 1, "data": {"Rows": [{"id": 1, "host.name": "a"}, {"id": 2}], "x": []}}',
            "data.rows",
            id="below",
        ),
        pytest.param(
            '{"rows": {"x": {"id": 1, "host": {"name": "a"}}, "y": {"id": 2}}}', "rows", id="by name"
        ),
    ],
)
def test_rows_of_json_become_records(as_file, seen_at, content, rows):
    by = ColumnMap(key="id", ci_class="host", name="host.name", rows=rows)
    reading = read_json(as_file(content), by, seen_at=seen_at)
    assert [(r.key, r.name) for r in reading] == [("1", "a"), ("2", None)]
    assert reading.report.left_out == 0


def test_an_object_may_be_the_only_row(as_file, seen_at):
    assert [r.key for r in read_json(as_file({"id": 5}), JSON, seen_at=seen_at)] == ["5"]


def test_lines_are_told_by_the_name_of_the_file_too(tmp_path, seen_at):
    path = tmp_path / "a.jsonl"
    path.write_text('[1]\n{"id": 1}\n{"id": ')
    reading = read_json(path, JSON, seen_at=seen_at)
    assert [r.key for r in reading] == ["1"]
    assert [(each.position, each.problem) for each in reading.report.findings] == [
        ("line 1", "a row must be an object, not list [1]"),
        ("line 3", "column 7: Expecting value"),
    ]


def test_members_that_nothing_is_made_of_are_told(as_file, seen_at):
    reading = read_json(
        as_file([{"id": 1, "zz": 1, "host": {"q": 1}}, {"id": 2, "zz": 1}]), JSON, seen_at=seen_at
    )
    assert len(list(reading)) == 2
    assert [(each.field, each.count) for each in reading.report.findings] == [("zz", 2)]


def test_rows_that_are_not_where_the_map_says_are_told(as_file, seen_at):
    by = ColumnMap(key="id", ci_class="host", rows="data")
    reading = read_json(as_file({"rows": [{"id": 1}]}), by, seen_at=seen_at)
    assert list(reading) == []
    [finding] = reading.report.findings
    assert finding.problem == "there are no rows under 'data'; correct rows in the column map"


@settings(max_examples=60)
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["id", "os", "ram", "host"]),
            st.none()
            | st.integers()
            | TEXTS
            | st.lists(TEXTS, max_size=2)
            | st.dictionaries(st.just("name"), TEXTS),
        ),
        max_size=5,
    )
)
def test_whatever_the_rows_hold_each_is_a_record_or_told(rows):
    reading = read_json(io.BytesIO(json.dumps(rows).encode()), JSON, seen_at=datetime(2026, 1, 1, tzinfo=UTC))
    records = list(reading)
    assert len(records) + reading.report.left_out == len(rows)
    assert len({record.key for record in records}) == len(records)


@pytest.mark.parametrize("start", ["", "\n", "\r\n  \r\n", "sep=;\n\n", "\nsep=;\n"])
def test_blank_lines_above_the_header_are_passed_over(as_file, seen_at, start):
    reading = read_csv(as_file(f"{start}k;n\n1;a\n2\n"), ColumnMap(key="k", ci_class="host"), seen_at=seen_at)
    assert [each.key for each in reading] == ["1"]
    (found,) = reading.report.of(ImportSeverity.RECORD)
    assert found.position == f"line {start.count(chr(10)) + 3}"
