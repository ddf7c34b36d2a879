import gzip
import json
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError
from itsmkit.plugin import RowKind, StoreRow, dump_file
from itsmkit.plugin.dump_file import DumpFileError, DumpPart, parts_of, rows_of, write_dump

ROWS = [
    StoreRow(RowKind.SERIES, {"series": "incident", "last": 42}),
    StoreRow(RowKind.OUTBOX, {"key": "a\u2028b", "state": "delivered", "entry": None}),
]


def written(path: Path, *dumps: tuple[str, list[StoreRow]]) -> Path:
    write_dump(path, dumps or [("default", ROWS)])
    return path


def lines_of(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


def attachment(content: bytes) -> StoreRow:
    data = {"digest": sha256(content).hexdigest(), "content": b64encode(content).decode()}
    return StoreRow(RowKind.ATTACHMENT, data)


def sealed(*lines: dict[str, object]) -> bytes:
    """Return a part with these lines and an end that fits them, written by other means than ours."""
    text = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    end = {"end": {"rows": len(lines) - 1, "digest": sha256(text).hexdigest()}}
    return text + json.dumps(end).encode() + b"\n"


HEADER = {"format": "itsmkit-dump", "version": 1, "tenant": "default", "part": 1, "parts": 1}

# What is written


def test_a_file_is_lines_of_canonical_json_with_a_header_and_an_end(tmp_path):
    path = written(tmp_path / "desk.jsonl")
    header, series, _, end = lines_of(path)
    assert header == b'{"format":"itsmkit-dump","part":1,"parts":1,"tenant":"default","version":1}\n'
    assert series == b'{"data":{"last":42,"series":"incident"},"kind":"series"}\n'
    digest = sha256(b"".join(lines_of(path)[:-1])).hexdigest()
    assert json.loads(end) == {"end": {"rows": 2, "digest": digest}}
    assert [*tmp_path.iterdir()] == [path]


def test_the_same_dump_makes_the_same_bytes_compressed_or_not(tmp_path):
    plain = written(tmp_path / "desk.jsonl")
    one, other = (written(tmp_path / name) for name in ("one.jsonl.gz", "other.jsonl.gz"))
    assert one.read_bytes() == other.read_bytes()
    assert gzip.decompress(one.read_bytes()) == plain.read_bytes()


_DATA = st.dictionaries(
    st.text(max_size=5),
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)
_DUMPS = st.lists(st.builds(StoreRow, st.sampled_from(RowKind), _DATA), max_size=8)


@given(st.dictionaries(st.sampled_from(["a", "b", "ç d"]), _DUMPS, min_size=1), st.booleans())
def test_what_is_written_is_read_back(tmp_path_factory, dumps, compressed):
    path = tmp_path_factory.mktemp("dump") / ("desk.jsonl.gz" if compressed else "desk.jsonl")
    parts = write_dump(path, [*dumps.items()])
    assert parts == parts_of(path) == tuple(DumpPart(tenant, len(rows)) for tenant, rows in dumps.items())
    for tenant, rows in dumps.items():
        assert [*rows_of(path, tenant)] == rows


def test_progress_hears_of_every_row_of_all_tenants(tmp_path):
    heard: list[int] = []
    path = tmp_path / "desk.jsonl"
    write_dump(path, [("a", ROWS), ("b", ROWS)], progress=heard.append)
    assert heard == [1, 2, 3, 4]
    heard.clear()
    parts_of(path, progress=heard.append)
    assert heard == [1, 2, 3, 4]
    heard.clear()
    assert [*rows_of(path, "b", progress=heard.append)] == ROWS
    assert heard == [1, 2]


@pytest.mark.parametrize("name", ["desk.jsonl", "desk.jsonl.gz"])
def test_a_dump_that_fails_leaves_the_file_that_was_there(tmp_path, name):
    path = written(tmp_path / name)
    before = path.read_bytes()

    def failing():
        yield ROWS[0]
        message = "the connection was lost"
        raise ConnectionError(message)

    with pytest.raises(ConnectionError, match="the connection was lost"):
        write_dump(path, [("default", failing())])
    assert path.read_bytes() == before
    assert [*tmp_path.iterdir()] == [path]


def test_a_place_that_cannot_be_written_is_an_error(tmp_path):
    with pytest.raises(
        DefinitionError, match=r"cannot write .*desk.jsonl: No such file or directory; choose"
    ):
        write_dump(tmp_path / "nowhere" / "desk.jsonl", [("default", ROWS)])


# What is refused


def refused(path: Path) -> str:
    with pytest.raises(DumpFileError) as raised:
        parts_of(path)
    return str(raised.value)


@given(st.data())
def test_every_cut_is_noticed(tmp_path_factory, data):
    path = written(tmp_path_factory.mktemp("cut") / "desk.jsonl", ("a", ROWS), ("b", ROWS[:1]))
    whole = path.read_bytes()
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    refused(path)


@given(st.data())
def test_every_changed_byte_is_noticed(tmp_path_factory, data):
    path = written(tmp_path_factory.mktemp("changed") / "desk.jsonl", ("a", ROWS), ("b", ROWS[:1]))
    whole = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] ^= data.draw(st.integers(1, 255))
    path.write_bytes(whole)
    refused(path)


@given(st.data())
def test_every_cut_of_a_compressed_file_is_noticed(tmp_path_factory, data):
    path = written(tmp_path_factory.mktemp("cut") / "desk.jsonl.gz")
    whole = path.read_bytes()
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    refused(path)


@pytest.mark.parametrize("name", ["desk.jsonl", "desk.jsonl.gz"])
def test_a_line_has_a_limit_when_it_is_written_and_when_it_is_read(tmp_path, name, monkeypatch):
    path = written(tmp_path / name, ("default", [ROWS[0], attachment(b"a" * 3000)]))
    before = path.read_bytes()
    monkeypatch.setattr(dump_file, "LONGEST_LINE", 4000)
    assert refused(path).endswith(
        "line 3: this line is longer than 4000 bytes; give a file of 'itsmkit store export'"
    )
    problem = r"row 2 of tenant 'default', of the kind attachment, has 41\d\d bytes; .* at most 4000 in a row"
    with pytest.raises(DefinitionError, match=problem):
        written(path, ("default", [ROWS[0], attachment(b"a" * 3000)]))
    assert path.read_bytes() == before
    assert parts_of(written(path, ("default", [attachment(b"a" * 2900)])))


def test_dropped_doubled_and_swapped_lines_are_noticed(tmp_path):
    path = written(tmp_path / "desk.jsonl")
    header, one, two, end = lines_of(path)
    for lines in ([header, one, end], [header, one, one, two, end], [header, two, one, end]):
        path.write_bytes(b"".join(lines))
        assert "fetch the file again" in refused(path)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(b"", "line 1: the file is empty; give a file of", id="empty"),
        pytest.param(b"a,b\n1,2\n", "line 1: this is no JSON", id="csv"),
        pytest.param(b"[1]\n", "line 1: this is no beginning of a dump", id="no object"),
        pytest.param(b'{"a":1}\n', "line 1: this is no beginning of a dump", id="another document"),
        pytest.param(b"\xff\n", "line 1: this is no JSON", id="no utf-8"),
        pytest.param(b"{" * 60_000 + b"\n", "line 1: this is no JSON", id="broken"),
        pytest.param(b"[" * 60_000 + b"\n", "line 1: this is no JSON", id="deep"),
        pytest.param(b" " * 65_537 + b"\n", "line 1: this line is longer than 65536 bytes", id="long"),
        pytest.param(sealed(HEADER | {"tenant": "\ud800"}), "line 1: the tenant must be a name", id="half"),
        pytest.param(sealed(HEADER | {"version": 2}), "line 1: the format is of version int 2", id="newer"),
        pytest.param(sealed(HEADER | {"tenant": " a"}), "line 1: the tenant must be a name", id="tenant"),
        pytest.param(sealed(HEADER | {"part": 2}), "line 1: this is no beginning of part 1", id="part"),
        pytest.param(sealed(HEADER | {"parts": 0}), "line 1: this is no beginning of part 1", id="no parts"),
        pytest.param(
            sealed(HEADER | {"more": 1}), "line 1: this is no beginning of part 1", id="strange key"
        ),
        pytest.param(
            sealed(HEADER, {"kind": "series", "data": {}}, {"kind": "spell", "data": {}}),
            "line 3: this is no row of a dump: dict {'data': {}, 'kind': 'spell'}; export it again",
            id="kind",
        ),
        pytest.param(sealed(HEADER, {"kind": "series", "data": []}), "line 2: this is no row", id="data"),
        pytest.param(
            sealed(HEADER, {"kind": "series", "data": {}, "more": 1}), "line 2: this is no row", id="more"
        ),
        pytest.param(
            sealed(HEADER | {"parts": 2}),
            "line 3: the file ends after part 1 of 2; fetch it again",
            id="one part",
        ),
        pytest.param(
            sealed(HEADER | {"parts": 2}) + sealed(HEADER | {"part": 2, "parts": 2}),
            "line 3: tenant 'default' has a part already",
            id="a tenant twice",
        ),
        pytest.param(
            sealed(HEADER | {"parts": 2}) + sealed(HEADER | {"part": 2, "parts": 3, "tenant": "b"}),
            "line 3: the file has 2 parts by the first, and 3 by this",
            id="another number of parts",
        ),
        pytest.param(
            sealed(HEADER) + b"{}\n", "line 3: something comes after the end", id="more after the end"
        ),
        pytest.param(
            sealed(HEADER, {"kind": "series", "data": {"last": float("nan")}}),
            "line 2: this is no JSON (NaN is no number)",
            id="no number",
        ),
    ],
)
def test_what_is_no_dump_is_one_error_with_its_line(tmp_path, content, told):
    path = tmp_path / "desk.jsonl"
    path.write_bytes(content)
    assert refused(path).startswith(f"{path}, {told}")


def test_a_damaged_gzip_file_is_an_error(tmp_path):
    path = written(tmp_path / "desk.jsonl.gz")
    whole = bytearray(path.read_bytes())
    whole[-5] ^= 1
    path.write_bytes(whole)
    assert "the file cannot be read on (CRC check failed" in refused(path)


def test_a_file_that_is_not_there_is_an_error(tmp_path):
    problem = r"desk.jsonl: cannot be read \(No such file or directory\); give the path of a file of 'itsmkit"
    with pytest.raises(DumpFileError, match=problem) as raised:
        parts_of(tmp_path / "desk.jsonl")
    assert raised.value.line is None


def test_a_tenant_that_is_not_in_it_or_not_named_is_an_error(tmp_path):
    path = written(tmp_path / "desk.jsonl", ("a", ROWS), ("b", []))
    with pytest.raises(DumpFileError, match="tenant 'c' is not in it"):
        [*rows_of(path, "c")]
    with pytest.raises(DumpFileError, match="it holds 2 tenants; say which of them is meant"):
        [*rows_of(path)]
    assert [*rows_of(written(tmp_path / "one.jsonl"))] == ROWS


def test_nobody_is_told_the_end_of_rows_that_are_not_whole(tmp_path):
    path = written(tmp_path / "desk.jsonl")
    path.write_bytes(b"".join(lines_of(path)[:-1]))
    rows = rows_of(path)
    assert [next(rows), next(rows)] == ROWS
    with pytest.raises(DumpFileError, match="line 4: the file ends here, in the middle"):
        next(rows)
