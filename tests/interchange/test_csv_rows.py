import gzip
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.interchange import EventLogError
from itsmkit.interchange._csv_rows import csv_rows


def rows_of(path, *, delimiter=",", encoding="utf-8", progress=None):
    return list(csv_rows(path, delimiter=delimiter, encoding=encoding, progress=progress))


@pytest.fixture
def file(tmp_path):
    def write(content: bytes, name: str = "log.csv"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_rows_come_with_the_line_where_they_begin(file, end):
    text = end.join(["a,b", "", '"1', '2",3', '"4 ""x""",5'])
    assert rows_of(file(text.encode())) == [
        (1, ["a", "b"]),
        (3, ["1" + end + "2", "3"]),
        (5, ['4 "x"', "5"]),
    ]


@pytest.mark.parametrize("name", ["log.csv.gz", "LOG.CSV.GZ", "log.csv"])
def test_gzip_is_told_by_its_content(file, name):
    assert rows_of(file(gzip.compress(b"a,b\n1,2\n"), name)) == [(1, ["a", "b"]), (2, ["1", "2"])]


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("utf-8", "ä;b".encode()),
        ("utf-8", "ä;b".encode("utf-8-sig")),
        ("UTF8", "ä;b".encode("utf-8-sig")),
        ("utf-16", "ä;b".encode("utf-16")),
        ("latin-1", "ä;b".encode("latin-1")),
    ],
    ids=["UTF-8", "with a mark", "by another name", "UTF-16", "Latin 1"],
)
def test_encoding_and_delimiter_are_those_of_the_format(file, encoding, content):
    assert rows_of(file(content), delimiter=";", encoding=encoding) == [(1, ["ä", "b"])]


GZIP = gzip.compress(b"a,b\n" + b"1,2\n" * 9000)


@pytest.mark.parametrize(
    ("name", "content", "line", "problem"),
    [
        pytest.param("x.gz", b"a,b\n", None, "is named .gz but is not gzip", id="no gzip"),
        pytest.param("x.gz", b"", None, "is named .gz but is not gzip", id="an empty gzip"),
        pytest.param("x.gz", GZIP[:3], None, "was cut off after line 0", id="gzip cut off in its head"),
        pytest.param("x.gz", GZIP[:-20], None, "was cut off after line", id="gzip cut off"),
        pytest.param(
            "x.gz", GZIP[:-8] + bytes(8), None, "cannot be read beyond line 9001 (CRC", id="wrong sum"
        ),
        pytest.param(
            "x.gz", GZIP[:12] + b"\xff" * 9, None, "cannot be read beyond line 0 (Error", id="wrong data"
        ),
        pytest.param(
            "x.gz", GZIP + b"more", None, "cannot be read beyond line 9001 (Not", id="data after the end"
        ),
        pytest.param("x.csv", b"a,b\n1,2\n\xe4,2\n", 3, "is not text in utf-8", id="another encoding"),
        pytest.param("x.csv", b"a,b\n" * 5000 + b"\xe4", 5001, "is not text in utf-8", id="deep in the file"),
        pytest.param("x.csv", "ä,b\n".encode("utf-16"), 1, "is not text in utf-8", id="UTF-16"),
        pytest.param("x.csv", b"a,b\n1,\0\n", 2, "holds a NUL character", id="NUL"),
        pytest.param(
            "x.csv", b"a,b\n" + b"1" * 10_000_000, 2, "is longer than 1048576 characters", id="no line end"
        ),
        pytest.param(
            "x.csv", b"a,b\n" + b"1" * 200_000, 2, "field larger than field limit", id="a long field"
        ),
        pytest.param("x.csv", b'a,b\n1,2\n"3,4\n5,6\n', 3, "close each quote", id="a quote to the end"),
        pytest.param("x.csv", b'a,b\n\n"3,4\n' + b"5,6\n" * 99_999, 3, "close each quote", id="without end"),
        pytest.param("x.csv", b'a,b\n"1"2,3\n', 2, "double the quotes inside a field", id="a quote inside"),
    ],
)
def test_a_damaged_file_is_refused_and_says_where(file, name, content, line, problem):
    path = file(content, name)
    with pytest.raises(EventLogError) as caught:
        rows_of(path)
    assert (caught.value.path, caught.value.line) == (str(path), line)
    assert problem in caught.value.problem


def test_utf_16_needs_its_mark(file):
    with pytest.raises(EventLogError, match="line 1: is not text in utf-16") as caught:
        rows_of(file("ab".encode("utf-16-le")), encoding="utf-16")
    assert caught.value.line == 1


@pytest.mark.parametrize("name", ["absent.csv", "."])
def test_what_is_no_file_is_refused(tmp_path, name):
    with pytest.raises(EventLogError, match=r"cannot be opened .*; give the path of a file"):
        rows_of(tmp_path / name)


def test_the_file_is_closed_when_reading_stops_early(file):
    with closing(csv_rows(file(b"a,b\n1,2\n"), delimiter=",", encoding="utf-8")) as rows:
        assert next(rows) == (1, ["a", "b"])


@pytest.mark.parametrize("name", ["log.csv", "log.csv.gz"])
def test_progress_rises_to_the_size_of_the_file(file, name):
    path = file(GZIP if name.endswith(".gz") else gzip.decompress(GZIP), name)
    calls = []
    rows_of(path, progress=lambda done, total: calls.append((done, total)))
    size = path.stat().st_size
    assert len(calls) > 2
    assert calls == sorted(calls)
    assert calls[-1] == (size, size)


def test_what_progress_raises_stops_the_reading(file):
    def cancel(_done: int, _total: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        rows_of(file(b"a,b\n"), progress=cancel)


@given(
    st.lists(st.lists(st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1), min_size=1))
)
def test_every_cell_comes_back(tmp_path_factory, table):
    path = tmp_path_factory.getbasetemp() / "cells.csv"
    quoted = [["".join(['"', cell.replace('"', '""'), '"']) for cell in row] for row in table]
    path.write_bytes("\r\n".join(map(",".join, quoted)).encode("utf-8-sig"))
    assert [row for _, row in rows_of(path)] == table
