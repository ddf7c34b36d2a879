import sys
import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum, IntEnum, StrEnum
from typing import Literal, NewType

import attrs
import pytest
from attrs import field, frozen
from hypothesis import given
from hypothesis import strategies as st

from itsmkit._documents import (
    Form,
    duration,
    duration_text,
    load_document,
    load_toml,
    structure,
    toml_text,
    unstructure,
)
from itsmkit.errors import DefinitionError, RefusedError

Number = NewType("Number", str)


class Phase(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Shade(str, Enum):  # noqa: UP042  an older way to say StrEnum, which packages of others still use
    DARK = "dark"


@frozen
class Ratio:
    over: int
    under: int


@frozen
class Checkpoint:
    within: timedelta = field()
    name: str | None = None
    _rank: int = 0

    @within.validator
    def _positive(self, _: object, value: timedelta) -> None:
        if value <= timedelta(0):
            problems = ("is not positive", "leads nowhere")
            raise DefinitionError(*problems)


@frozen
class Agreement:
    number: Number
    targets: tuple[Checkpoint, ...] = ()
    phases: frozenset[Phase] = frozenset()
    notes: Mapping[str, tuple[str, ...]] = field(factory=dict)
    points: Mapping[Phase, Checkpoint] = field(factory=dict)
    parts: "tuple[Agreement, ...]" = ()
    others: frozenset[Checkpoint] = frozenset()
    level: Level = Level.LOW
    shade: Shade = Shade.DARK
    way: Literal["in", "out", 1] = "in"
    back: Literal["out"] | None = None
    active: bool = True
    share: float = 0.5
    since: date | None = None
    signed: datetime | None = None
    opens: time | None = None
    count: int = field(default=0, init=False)


@frozen
class Desk:
    agreements: tuple[Agreement, ...]
    limit: int | None = 3


def faults(plain: object, kind: type = Desk, **options: object) -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        structure(kind, plain, where="desk.toml", **options)
    return [problem.removeprefix("desk.toml: ") for problem in caught.value.problems]


def agreement(**entries: object) -> dict[str, object]:
    return {"agreements": [{"number": "A1", **entries}]}


@pytest.mark.parametrize(
    ("plain", "problem"),
    [
        pytest.param([], "must be a table, not []", id="no table at all"),
        pytest.param({}, "agreements: is missing", id="a missing key"),
        pytest.param({"agreements": "A1"}, "agreements: must be a list, not 'A1'", id="text is no list"),
        pytest.param(
            {"agreements": {"number": "A1"}},
            "agreements: must be a list, not {'number': 'A1'}",
            id="a table is no list",
        ),
        pytest.param(
            {"agreements": [], "limits": 1}, "limits: is not known here; did you mean limit?", id="a typo"
        ),
        pytest.param(
            {"agreements": [], "xyz": 1},
            "xyz: is not known here; known are agreements, limit",
            id="a key like no other",
        ),
        pytest.param(
            {"agreements": [], "a b": 1},
            '"a b": is not known here; known are agreements, limit',
            id="a key that needs quotes",
        ),
        pytest.param(
            {"agreements": [], "limit": "3"}, "limit: must be a whole number, not '3'", id="text is no int"
        ),
        pytest.param(
            {"agreements": [], "limit": True}, "limit: must be a whole number, not True", id="bool is no int"
        ),
        pytest.param(
            {"agreements": [], "limit": 3.0}, "limit: must be a whole number, not 3.0", id="float is no int"
        ),
        pytest.param(agreement(number=3), "agreements[0].number: must be text, not 3", id="int is no text"),
        pytest.param(
            agreement(active=1), "agreements[0].active: must be true or false, not 1", id="int is no bool"
        ),
        pytest.param(
            agreement(share=1),
            "agreements[0].share: must be a number with a decimal point, not 1",
            id="int is no float",
        ),
        pytest.param(
            agreement(phases=["open", "opened"]),
            "agreements[0].phases[1]: must be one of 'open', 'closed', not 'opened'",
            id="no member",
        ),
        pytest.param(
            agreement(level=True),
            "agreements[0].level: must be one of 1, 2, not True",
            id="bool is no member",
        ),
        pytest.param(
            agreement(shade="light"),
            "agreements[0].shade: must be one of 'dark', not 'light'",
            id="older enum",
        ),
        pytest.param(
            agreement(way="int"),
            "agreements[0].way: must be one of 'in', 'out', 1, not 'int'",
            id="none of the values",
        ),
        pytest.param(
            agreement(way=True),
            "agreements[0].way: must be one of 'in', 'out', 1, not True",
            id="bool is none of the numbers",
        ),
        pytest.param(
            agreement(way=[{}]),
            "agreements[0].way: must be one of 'in', 'out', 1, not [{}]",
            id="what has no hash is none of the values",
        ),
        pytest.param(
            agreement(back="in"), "agreements[0].back: must be one of 'out', not 'in'", id="not even None"
        ),
        pytest.param(
            agreement(since="2026-03-29"),
            "agreements[0].since: must be a date such as 2026-03-29, not '2026-03-29'",
            id="text is no date",
        ),
        pytest.param(
            agreement(since=datetime(2026, 3, 29, tzinfo=UTC)),
            "agreements[0].since: must be a date such as 2026-03-29, not "
            "datetime.datetime(2026, 3, 29, 0, 0, tzinfo=datetime.time...",
            id="a moment is no date, and is shown in short",
        ),
        pytest.param(
            agreement(notes={"a": ["x"], "b c": [1]}),
            'agreements[0].notes."b c"[0]: must be text, not 1',
            id="in a list in a table",
        ),
        pytest.param(
            agreement(notes={1: []}),
            "agreements[0].notes[1]: must be text, not 1",
            id="a key that is no text",
        ),
        pytest.param(
            agreement(notes=[]), "agreements[0].notes: must be a table, not []", id="a list is no table"
        ),
        pytest.param(
            agreement(targets=[{"within": "8h"}, {"within": "8"}]),
            "agreements[0].targets[1].within: must be a duration such as '8h', '30min' or '1h30min', not '8'",
            id="a duration without unit",
        ),
        pytest.param(
            agreement(targets=[{"within": "8h", "rank": "1"}]),
            "agreements[0].targets[0].rank: must be a whole number, not '1'",
            id="a private attribute goes by its alias",
        ),
        pytest.param(
            agreement(targets=[{"within": "8h", "_rank": 1}]),
            "agreements[0].targets[0]._rank: is not known here; did you mean rank?",
            id="and by no other name",
        ),
        pytest.param(
            agreement(count=1),
            "agreements[0].count: is not known here; known are ",
            id="a computed attribute",
        ),
        pytest.param(
            agreement(parts=[{}]), "agreements[0].parts[0].number: is missing", id="a class in itself"
        ),
    ],
)
def test_a_fault_is_named_with_its_path(plain: object, problem: str) -> None:
    (found,) = faults(plain)
    assert found.startswith(problem)


def test_all_faults_are_named_at_once() -> None:
    plain = {"agreements": [{"number": 1, "levle": 1}, 3, {"targets": [{}]}], "limit": ""}
    assert faults(plain) == [
        "agreements[0].number: must be text, not 1",
        "agreements[0].levle: is not known here; did you mean level?",
        "agreements[1]: must be a table, not 3",
        "agreements[2].number: is missing",
        "agreements[2].targets[0].within: is missing",
        "limit: must be a whole number, not ''",
    ]


def test_what_a_class_refuses_is_named_with_its_path() -> None:
    assert faults(agreement(targets=[{"within": "-8h"}])) == [
        "agreements[0].targets[0]: is not positive",
        "agreements[0].targets[0]: leads nowhere",
    ]


def test_a_part_of_a_document_is_named_from_the_top() -> None:
    assert faults({"limit": 1}, at="desks[2]") == ["desks[2].agreements: is missing"]


def test_a_type_is_checked_however_often_it_occurs() -> None:
    @frozen
    class Twice:
        first: Mapping[str, int]
        second: Mapping[str, int]

    assert faults({"first": [], "second": []}, Twice) == [
        "first: must be a table, not []",
        "second: must be a table, not []",
    ]


@frozen
class Guarded:
    size: int = field(validator=attrs.validators.gt(3))


def test_the_notes_of_others_do_not_disturb_the_path() -> None:
    def refuse(_: object) -> None:
        error = DefinitionError("is refused")
        error.add_note("by way of an example")
        raise error

    assert faults({"ratios": [1]}, Mix, forms=(Form(Ratio, refuse, repr),)) == ["ratios[0]: is refused"]


def test_the_validators_of_attrs_are_understood() -> None:
    assert faults({"size": 2}, Guarded) == ["'size' must be > 3: 2"]


@pytest.mark.parametrize("defect", [ZeroDivisionError("x"), KeyError("x"), TypeError("x")], ids=repr)
def test_a_defect_is_no_fault_of_the_document(defect: Exception) -> None:
    def fails(_: object) -> None:
        raise defect

    @frozen
    class Holder:
        ratio: Ratio

    with pytest.raises(type(defect)):
        structure(Holder, {"ratio": 1}, where="x", forms=(Form(Ratio, fails, repr),))


@pytest.mark.parametrize("kind", [tuple, tuple[int, str], tuple[()], frozenset], ids=str)
def test_types_without_a_plain_form_are_refused_by_name(kind: type) -> None:
    with pytest.raises(TypeError, match="has no plain form"):
        structure(kind, [], where="x")


def ratio_from(plain: object) -> Ratio:
    over, _, under = str(plain).partition("/")
    if not (over.isdigit() and under.isdigit()):
        message = f"must be like '1/2', not {plain!r}"
        raise ValueError(message)
    return Ratio(int(over), int(under))


RATIO = (Form(Ratio, ratio_from, lambda ratio: f"{ratio.over}/{ratio.under}"),)


@frozen
class Mix:
    ratios: tuple[Ratio, ...]


def test_a_form_serves_a_type_from_elsewhere() -> None:
    mix = Mix((Ratio(1, 2), Ratio(3, 4)))
    assert unstructure(mix, forms=RATIO) == {"ratios": ["1/2", "3/4"]}
    assert structure(Mix, {"ratios": ["1/2", "3/4"]}, where="x", forms=RATIO) == mix
    assert faults({"ratios": ["1/2", "1"]}, Mix, forms=RATIO) == ["ratios[1]: must be like '1/2', not '1'"]


def test_without_its_form_the_type_is_a_table() -> None:
    assert unstructure(Mix((Ratio(1, 2),))) == {"ratios": [{"over": 1, "under": 2}]}


def test_an_error_without_words_still_has_a_place() -> None:
    def refuse(_: object) -> None:
        raise ValueError

    assert faults({"ratios": [1]}, Mix, forms=(Form(Ratio, refuse, repr),)) == ["ratios[0]: "]


checkpoints = st.builds(
    Checkpoint,
    within=st.timedeltas(min_value=timedelta(microseconds=1)),
    name=st.none() | st.text(),
    rank=st.integers(),
)
agreements = st.recursive(
    st.builds(Agreement, number=st.text().map(Number)),
    lambda inner: st.builds(
        Agreement,
        number=st.text().map(Number),
        targets=st.lists(checkpoints, max_size=2).map(tuple),
        phases=st.frozensets(st.sampled_from(Phase)),
        notes=st.dictionaries(st.text(), st.lists(st.text(), max_size=2).map(tuple), max_size=2),
        points=st.dictionaries(st.sampled_from(Phase), checkpoints, max_size=2),
        parts=st.lists(inner, max_size=2).map(tuple),
        others=st.frozensets(checkpoints, max_size=3),
        level=st.sampled_from(Level),
        active=st.booleans(),
        share=st.floats(allow_nan=False),
        since=st.none() | st.dates(),
        signed=st.none() | st.datetimes(timezones=st.just(UTC)),
        opens=st.none() | st.times(),
    ),
    max_leaves=4,
)
desks = st.builds(Desk, st.lists(agreements, max_size=2).map(tuple), st.none() | st.integers())


def is_plain(value: object) -> bool:
    if type(value) is dict:
        return all(type(key) is str and is_plain(each) for key, each in value.items())
    if type(value) is list:
        return all(map(is_plain, value))
    return type(value) in {str, int, float, bool, date, datetime, time}


@given(desks)
def test_what_is_written_is_read_back_as_the_same_value(desk: Desk) -> None:
    plain = unstructure(desk)
    assert structure(Desk, plain, where="x") == desk
    assert is_plain({key: value for key, value in plain.items() if value is not None})


def test_what_is_nothing_by_default_is_left_out_and_nothing_else() -> None:
    assert unstructure(Checkpoint(timedelta(hours=8))) == {"within": "8h", "rank": 0}
    assert unstructure(Desk((), None)) == {"agreements": [], "limit": None}


def test_sets_are_written_in_one_order() -> None:
    assert unstructure(frozenset({10, 9, 1})) == [1, 9, 10]
    first, second = Ratio(1, 2), Ratio(3, 4)
    assert unstructure(frozenset({first, second})) == unstructure(frozenset({second, first}))


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("8h", timedelta(hours=8)),
        ("30min", timedelta(minutes=30)),
        ("1h30min", timedelta(hours=1, minutes=30)),
        ("2d", timedelta(hours=48)),
        ("1d2h3min4.5s", timedelta(days=1, hours=2, minutes=3, seconds=4, microseconds=500_000)),
        ("0s", timedelta(0)),
        ("90min", timedelta(hours=1, minutes=30)),
        ("-0.000001s", timedelta(microseconds=-1)),
    ],
)
def test_a_duration_is_exact_time(text: str, span: timedelta) -> None:
    assert duration(text) == span


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "8",
        "8 h",
        "h",
        "1.5h",
        "30m",
        "30min1h",
        "1h1h",
        "+1h",
        "٣h",
        "1s.5",
        "0.0000001s",
        "8h ",
        8,
        None,
    ],
    ids=repr,
)
def test_a_duration_that_is_spelled_otherwise_is_refused(text: object) -> None:
    with pytest.raises(DefinitionError, match="must be a duration such as '8h', '30min' or '1h30min', not "):
        duration(text)


@pytest.mark.parametrize("text", ["1000000000d", "9" * 5000 + "h"], ids=["in timedelta", "in int"])
def test_a_duration_beyond_all_limits_is_refused(text: str) -> None:
    with pytest.raises(DefinitionError, match="must be a shorter duration"):
        duration(text)


@given(st.timedeltas())
def test_every_duration_has_its_text(span: timedelta) -> None:
    assert duration(duration_text(span)) == span


def test_a_toml_file_is_read_with_or_without_a_byte_order_mark(tmp_path) -> None:
    file = tmp_path / "desk.toml"
    file.write_bytes(b"\xef\xbb\xbf[log]\r\ndelimiter = ';'\r\n")
    assert load_toml(file) == load_toml(str(file)) == {"log": {"delimiter": ";"}}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(b"a = 1\nb = \n", "is not valid TOML: Invalid value (at line 2, column 5)", id="syntax"),
        pytest.param(b"a = 1\n# \xe4\n", "line 2 is not UTF-8", id="another encoding"),
        pytest.param(b"a = " + b"9" * 5000, "is not valid TOML: ", id="a number without end"),
        pytest.param(b"a = " + b"[" * 100_000, "is nested too deeply", id="a list without end"),
    ],
)
def test_a_file_that_is_no_toml_is_refused(tmp_path, content: bytes, problem: str) -> None:
    file = tmp_path / "desk.toml"
    file.write_bytes(content)
    with pytest.raises(DefinitionError) as caught:
        load_toml(file)
    assert str(caught.value).startswith(f"{file}: {problem}")


def test_a_file_that_is_not_there_is_refused(tmp_path) -> None:
    with pytest.raises(DefinitionError, match=r"desk\.toml: there is no such file"):
        load_toml(tmp_path / "desk.toml")


def test_a_folder_is_refused(tmp_path) -> None:
    with pytest.raises(DefinitionError, match="cannot be read: "):
        load_toml(tmp_path)


def test_a_document_is_json_if_its_name_says_so(tmp_path) -> None:
    json, toml = tmp_path / "a.JSON", tmp_path / "a.conf"
    json.write_bytes(b'\xef\xbb\xbf{"name": "\xc3\xa4", "parts": [1, null]}')
    toml.write_text('name = "ä"', "utf-8")
    assert load_document(json) == {"name": "ä", "parts": [1, None]}
    assert load_document(str(toml)) == {"name": "ä"}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(b'{"a": 1,\n}', "is not valid JSON: ", id="syntax"),
        pytest.param(
            b'{"a": {"b": 1, "c": 2, "b": 3}}', "is not valid JSON: the key 'b' stands twice", id="twice"
        ),
        pytest.param(b'{"a": NaN}', "is not valid JSON: NaN is no number", id="no number"),
        pytest.param(b'{"a": "\xe4"}', "line 1 is not UTF-8", id="another encoding"),
        pytest.param(b"[" * 100_000, "is nested too deeply", id="a list without end"),
    ],
)
def test_a_file_that_is_no_json_is_refused(tmp_path, content: bytes, problem: str) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(content)
    with pytest.raises(DefinitionError) as caught:
        load_document(file)
    assert str(caught.value).startswith(f"{file}: {problem}")


TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
PLAIN = st.recursive(
    TEXTS
    | st.integers(-(2**63), 2**63 - 1)
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    max_leaves=8,
)


@given(st.dictionaries(TEXTS, PLAIN))
def test_what_is_written_as_toml_is_read_back(plain) -> None:
    assert tomllib.loads(toml_text(plain)) == plain


def test_without_its_library_writing_toml_says_what_to_install(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "tomli_w", None)
    with pytest.raises(RefusedError, match=r"pip install 'itsmkit\[toml\]'"):
        toml_text({})
