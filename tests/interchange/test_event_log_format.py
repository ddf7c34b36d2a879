import pytest
from attrs import evolve

from itsmkit._documents import structure, unstructure
from itsmkit.errors import DefinitionError
from itsmkit.interchange import EventLogColumns, EventLogFormat

COLUMNS = EventLogColumns(ticket="number", at="updated", state="state")
BARE = EventLogFormat(columns=COLUMNS)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        pytest.param({"delimiter": ",,"}, "delimiter must be one character", id="two delimiters"),
        pytest.param({"delimiter": ""}, "delimiter must be one character", id="no delimiter"),
        pytest.param({"delimiter": '"'}, "delimiter must be one character", id="a quote for a delimiter"),
        pytest.param({"encoding": "utf-9"}, "encoding must be .* not 'utf-9'", id="no such encoding"),
        pytest.param({"encoding": "rot13"}, "encoding must be .* not 'rot13'", id="no encoding of text"),
        pytest.param({"encoding": "undefined"}, "encoding must be .* not 'undefined'", id="useless encoding"),
        pytest.param({"time_format": "%Y/%Q"}, "time_format '%Y/%Q' is no time format", id="no directive"),
        pytest.param(
            {"time_format": "%Y %d %d"}, "time_format '%Y %d %d' is no time format", id="a directive twice"
        ),
        pytest.param({"time_format": "%d/%m %H:%M"}, "does not spell year, month and day", id="no year"),
        pytest.param({"time_format": "%Y-%m %H:%M"}, "does not spell year, month and day", id="no day"),
        pytest.param({"time_format": ""}, "does not spell year, month and day", id="no format"),
        pytest.param(
            {"time_zone": "Europe/Bonn"}, "time_zone must be .* not 'Europe/Bonn'", id="no such zone"
        ),
        pytest.param({"time_zone": "Europe"}, "time_zone must be .* not 'Europe'", id="a folder of zones"),
        pytest.param({"time_zone": "../UTC"}, r"time_zone must be .* not '\.\./UTC'", id="a path"),
        pytest.param({"missing": ()}, "missing must hold a text that means no value", id="no marker"),
        pytest.param({"facts": {"x": ""}}, "must not be empty, as in 'x' = ''", id="a fact without column"),
        pytest.param(
            {"facts": {"x": "state"}}, "read 'state' for state and x; read it for one", id="a shared column"
        ),
        pytest.param(
            {"facts": {"group": "team"}}, "facts names 'group', which is a field", id="a fact like a field"
        ),
        pytest.param(
            {"counters": ("moves",)},
            "counters names 'moves', which is not a fact; the facts are none",
            id="no fact",
        ),
        pytest.param(
            {"facts": {"a": "A", "b": "B"}, "revealed": {"c": ("Closed",)}},
            "revealed names 'c', which is not a fact; the facts are a, b",
            id="no fact to reveal",
        ),
        pytest.param(
            {"facts": {"a": "A"}, "counters": ("a",), "revealed": {"a": ("Closed",)}},
            "revealed names 'a', which counts",
            id="a hidden counter",
        ),
        pytest.param(
            {"facts": {"a": "A"}, "revealed": {"a": ()}},
            "revealed names no state for 'a'",
            id="never revealed",
        ),
        pytest.param(
            {"facts": {"a": "A"}, "revealed": {"a": ("Done",)}, "states": ("Open",)},
            "revealed names state 'Done' for 'a', which is not in states",
            id="revealed by no state",
        ),
    ],
)
def test_a_format_that_cannot_be_right_is_refused(options, problem):
    with pytest.raises(DefinitionError, match=problem) as caught:
        evolve(BARE, **options)
    assert len(caught.value.problems) == 1


def test_all_problems_are_named_at_once():
    with pytest.raises(DefinitionError) as caught:
        EventLogFormat(columns=COLUMNS, counters=("a", "b"), missing=(), delimiter="\n")
    assert len(caught.value.problems) == 4


@pytest.mark.parametrize(
    "time_format",
    ["iso", "%d/%m/%Y %H:%M", "%Y-%m-%dT%H:%M:%S%z", "%d.%m.%y", "%b %d, %Y %I:%M:%S %p", "%Y%j", "%c"],
)
def test_every_time_format_that_spells_a_date_will_do(time_format):
    assert evolve(BARE, time_format=time_format).time_format == time_format


def test_columns_come_fields_first():
    layout = EventLogFormat(columns=evolve(COLUMNS, group="team", order="mod"), facts={"a": "A"})
    assert list(layout.column_of().items()) == [
        ("ticket", "number"),
        ("at", "updated"),
        ("state", "state"),
        ("order", "mod"),
        ("group", "team"),
        ("a", "A"),
    ]


def test_a_format_is_a_value_and_a_document(small_format):
    assert hash(small_format) == hash(evolve(small_format))
    assert structure(EventLogFormat, unstructure(small_format), where="desk.toml") == small_format


def test_a_typo_in_a_document_is_named_with_its_path():
    plain = {"columns": {"ticket": "number", "at": 3, "state": "state", "requestor": "caller"}}
    with pytest.raises(DefinitionError) as caught:
        structure(EventLogFormat, plain, where="desk.toml", at="log")
    assert caught.value.problems == (
        "desk.toml: log.columns.at: must be text, not 3",
        "desk.toml: log.columns.requestor: is not known here; did you mean requester?",
    )
