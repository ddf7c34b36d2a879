import codecs
import gzip
import hashlib
import io
import os

import pytest

from itsmkit.errors import DefinitionError
from itsmkit.interchange.inventory import ImportLimits, InventoryFileError
from itsmkit.interchange.inventory._source_file import SourceFile, source_name

LIMITS = ImportLimits()


def text_of(content, encoding=None, limits=LIMITS):
    return "".join(SourceFile(io.BytesIO(content), limits).text(encoding))


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        pytest.param("kühl €".encode(), None, id="UTF-8"),
        pytest.param(codecs.BOM_UTF8 + "kühl €".encode(), "cp1252", id="UTF-8 with a mark"),
        pytest.param(codecs.BOM_UTF16_LE + "kühl €".encode("utf-16-le"), None, id="UTF-16, little end first"),
        pytest.param(codecs.BOM_UTF16_BE + "kühl €".encode("utf-16-be"), None, id="UTF-16, big end first"),
        pytest.param(codecs.BOM_UTF32_LE + "kühl €".encode("utf-32-le"), None, id="UTF-32"),
        pytest.param("kühl €".encode("cp1252"), "cp1252", id="what the caller says"),
        pytest.param(gzip.compress("kühl €".encode()), None, id="gzip"),
    ],
)
def test_text_is_read_in_its_encoding(content, encoding):
    assert text_of(content, encoding) == "kühl €"


def test_an_empty_file_has_no_text():
    assert text_of(b"") == ""


def test_letters_may_be_cut_between_pieces(trickle):
    file = SourceFile(trickle("ü€😀".encode() * 5, 1), LIMITS)
    assert "".join(file.text()) == "ü€😀" * 5


@pytest.mark.parametrize("step", [1, 3, 1000])
def test_bytes_that_are_no_text_are_named_with_their_place(trickle, step):
    file = SourceFile(trickle(b"one\ntwo\xff", step), LIMITS)
    with pytest.raises(InventoryFileError, match=r"line 2, byte 7: is not text in utf-8 .*save it as UTF-8"):
        list(file.text())


def test_a_letter_that_is_cut_off_is_named_with_its_place():
    with pytest.raises(InventoryFileError, match="byte 1: is not text in utf-8"):
        text_of("a€".encode()[:-1])


def test_a_path_is_opened_and_closed(tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(b"[]")
    file = SourceFile(path, LIMITS)
    assert (file.name, file.size, file.digest) == (str(path), 2, hashlib.sha256(b"[]").hexdigest())
    assert list(file.text()) == ["[]"]
    assert file.done == 2
    file.close()
    with pytest.raises(ValueError, match="closed"):
        list(file.text())


def test_a_file_that_was_open_is_read_from_where_it_stands_and_stays_open():
    opened = io.BytesIO(b"skip[1]")
    opened.seek(4)
    file = SourceFile(opened, LIMITS)
    assert "".join(file.text()) == "[1]" == "".join(file.text())
    file.close()
    assert not opened.closed


def test_the_start_can_be_looked_at_without_going_on():
    opened = io.BytesIO(b"[1]")
    file = SourceFile(opened, LIMITS)
    assert file.start_of_text() == "[1]"
    assert opened.tell() == 0


@pytest.mark.parametrize(
    ("name", "words"),
    [
        pytest.param("missing.json", "cannot be opened (No such file", id="no file"),
        pytest.param(".", "cannot be opened (Is a directory", id="a folder"),
        pytest.param("a\0b", "embedded null ", id="no path"),
    ],
)
def test_what_cannot_be_opened_is_refused(tmp_path, name, words):
    with pytest.raises(InventoryFileError) as caught:
        SourceFile(f"{tmp_path}/{name}", LIMITS)
    assert words in str(caught.value)


def test_a_file_of_text_is_refused():
    with pytest.raises(InventoryFileError, match="open for reading text"):
        SourceFile(io.StringIO("[]"), LIMITS)


def test_a_file_that_cannot_seek_is_refused():
    class Pipe(io.BytesIO):
        def tell(self):
            raise io.UnsupportedOperation("underlying stream is not seekable")

    with pytest.raises(InventoryFileError, match=r"cannot be read .*not seekable.*can seek"):
        SourceFile(Pipe(b"[]"), LIMITS)


def test_what_is_no_file_is_refused():
    with pytest.raises(
        DefinitionError, match="source: must be a path or a file open for reading bytes, not int 5"
    ):
        source_name(5)


def test_a_file_is_called_by_its_name(tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(b"")
    with path.open("rb") as opened:
        assert source_name(opened) == str(path)
    assert source_name(path) == str(path)
    assert source_name(io.BytesIO()) == "inventory"


def test_a_file_that_is_too_large_is_refused():
    with pytest.raises(
        InventoryFileError, match=r"has more than 5 bytes; split it, or raise the limit file_bytes"
    ):
        SourceFile(io.BytesIO(b"123456"), ImportLimits(file_bytes=5))


def test_a_file_that_is_too_large_when_unpacked_is_refused():
    bomb = gzip.compress(b"0" * 1_000_000)
    with pytest.raises(InventoryFileError, match="has more than 5000 bytes"):
        text_of(bomb, limits=ImportLimits(file_bytes=5000))


def test_a_gzip_file_that_was_cut_off_is_refused():
    whole = gzip.compress(bytes(range(48, 58)) * 100)
    with pytest.raises(InventoryFileError, match="gzip file that was cut off after byte 0"):
        text_of(whole[:-9])


def test_a_gzip_file_that_is_damaged_is_refused():
    whole = bytearray(gzip.compress(b"abc" * 100))
    whole[12] ^= 0xFF
    with pytest.raises(InventoryFileError, match="cannot be read beyond byte 0"):
        text_of(bytes(whole))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InventoryFileError, match="is no regular file; save what it holds to one"):
        SourceFile(tmp_path / "pipe", ImportLimits())
