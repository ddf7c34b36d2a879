import gzip
import io

import pytest

from itsmkit.interchange.inventory import (
    INVENTORY_FORMATS,
    ColumnMap,
    InventoryFileError,
    InventoryFormat,
    read_csv,
    sniff,
)


@pytest.mark.parametrize("found", INVENTORY_FORMATS.values(), ids=lambda found: found.name)
def test_every_format_has_a_reader(found, seen_at):
    options = {"column_map": ColumnMap(key="a", ci_class="host")} if found.needs_map else {}
    reading = found.reader(io.BytesIO(b""), **options, seen_at=seen_at)
    assert reading.report.format == found.name
    assert all(suffix.startswith(".") for suffix in found.suffixes)


def test_the_reader_is_the_one_of_the_package():
    assert INVENTORY_FORMATS["csv"].reader is read_csv


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('{"action": "inventory", "content": {"hardware": {}}}', "glpi"),
        ('{"content": {"versionclient": "x"}, "deviceid": "a"}', "glpi"),
        ('{"REQUEST": {"CONTENT": {}, "DEVICEID": "x"}}', "glpi"),
        ('{"result": [{"sys_id": "1"}]}', "servicenow"),
        ('{"result": []}', "servicenow"),
        ('[{"sys_class_name": "cmdb_ci"}]', "servicenow"),
        ('"Name","Sys ID"\n"a","b"', "servicenow"),
        ('"name","sys_class_name"\n"a","b"', "servicenow"),
        ('{"id": 1, "name": "a", "slug": "a", "custom_fields": {}}', "netbox"),
        ('[{"a": 1}]', "json"),
        ("a;b\n1;2", "csv"),
        ("\n\na;b\n1;2", "csv"),
    ],
)
def test_a_format_is_told_by_the_content(text, name):
    file = io.BytesIO(text.encode())
    assert sniff(file).name == name
    assert file.tell() == 0
    assert sniff(io.BytesIO(gzip.compress(text.encode()))).name == name


@pytest.mark.parametrize("content", [b"", b"hello world", b"\x89PNG\r\n"])
def test_what_is_none_is_refused_with_all_that_are_known(content):
    with pytest.raises(InventoryFileError) as caught:
        sniff(io.BytesIO(content))
    assert "UTF-8" in str(caught.value) or all(each in str(caught.value) for each in INVENTORY_FORMATS)


def test_a_format_is_a_value():
    assert INVENTORY_FORMATS["csv"] == InventoryFormat(
        **{
            name: getattr(INVENTORY_FORMATS["csv"], name)
            for name in ("name", "title", "suffixes", "home", "signs", "needs_map")
        }
    )
