"""What commands are handed is looked at before they do anything."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NewType, Protocol

import pytest

from itsmkit.desk import Desk
from itsmkit.desk._arguments import MAX_LINE_LENGTH, MAX_TEXT_LENGTH, looking_at_arguments
from itsmkit.errors import DefinitionError
from itsmkit.tickets import Actor, TicketId

Word = NewType("Word", str)
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Anything(Protocol):
    """What is told by its methods alone."""


@looking_at_arguments(but=("told_inside",))
class Commands:
    """Commands that return what they were handed."""

    def do(
        self,
        word: Word,
        /,
        title: str | None = None,
        *,
        text: str = "",
        count: int = 0,
        public: bool = False,
        at: "datetime | None" = None,
        by: Actor | None = None,
        names: Iterable[str] = (),
        details: Mapping[str, object] = {},
        document: "str | Mapping[str, object]" = "",
        value: object = None,
        plugin: Anything | None = None,
        told_inside: str = "",
        known: "OnlyToCheckers" = None,  # type: ignore[name-defined] # noqa: F821 - as under TYPE_CHECKING
        idempotency_key: str | None = None,
        **others: object,
    ) -> "OnlyToCheckers":  # type: ignore[name-defined] # noqa: F821 - as above
        return {k: v for k, v in locals().items() if k not in ("self", "others")} | others

    def _not_looked_at(self, word: str) -> str:
        return word


RIGHT: list[dict[str, Any]] = [
    {"title": None},
    {"title": "\u0645\u06cc\u200c\u062e\u0648 \u200f \U0001f469\u200d\U0001f4bb"},
    {"title": "x" * MAX_LINE_LENGTH},
    {"text": "one\n\ttwo\r\n"},
    {"text": "x" * MAX_TEXT_LENGTH},
    {"count": 10**30},
    {"public": True},
    {"at": NINE},
    {"by": Actor("ann")},
    {"names": ["a", "b"]},
    {"names": frozenset({"a"})},
    {"details": {"note": "two\nlines", "cost": 1.5, "list": [1, {"a": None}]}},
    {"document": {"items": [object]}},
    {"value": ("a", 1)},
    {"plugin": object()},
    {"told_inside": 5},
    {"known": object()},
    {"idempotency_key": 5},  # which is told by the key itself
    {"colour": "red\nblue"},
]

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"title": 5}, "title: must be text, not int 5"),
    ({"title": "a\nb"}, "title: has a control character, U+000A, as character 2; leave it out"),
    ({"title": "a\u202eb"}, "title: has right-to-left override, U+202E, as character 2; leave it out"),
    ({"title": "\ud800"}, "title: has half a surrogate pair, U+D800, as character 1; leave it out"),
    ({"title": "x" * 1001}, "title: is 1,001 characters long; 1,000 are the most"),
    ({"text": b"x"}, "text: must be text, not bytes b'x'"),
    ({"text": "a\x00"}, "text: has a control character, U+0000, as character 2; leave it out"),
    ({"text": "x" * 1_000_001}, "text: is 1,000,001 characters long; 1,000,000 are the most"),
    ({"count": True}, "count: must be a whole number, not bool True"),
    ({"count": None}, "count: must be a whole number, not NoneType None"),
    ({"public": 1}, "public: must be true or false, not int 1"),
    ({"at": "today"}, "at: must be a datetime, not str 'today'"),
    ({"by": "ann"}, "by: must be an Actor, not str 'ann'"),
    ({"names": "ann"}, "names: must be an Iterable, not str 'ann'"),
    ({"names": 5}, "names: must be an Iterable, not int 5"),
    ({"details": []}, "details: must be a mapping of names to values, not list []"),
    (
        {"details": {5: 5, "a": object}},
        "details: the name int 5 must be text, not int 5; a: has no plain form",
    ),
    ({"document": 5}, "document: must be text, not int 5"),
    ({"value": Actor("ann")}, "value: it: has no plain form: Actor"),
    ({"value": float("nan")}, "value: it: must be equal to itself, unlike float nan"),
    ({"colour": Actor("ann")}, "colour: has no plain form: Actor"),
    ({"colour": "\x07"}, "colour: has a control character, U+0007, as character 1; leave it out"),
]


@pytest.mark.parametrize("given", RIGHT, ids=lambda given: next(iter(given)))
def test_what_is_right_is_handed_on(given: dict[str, Any]) -> None:
    assert Commands().do(Word("word"), **given).items() >= given.items()


@pytest.mark.parametrize(("given", "problem"), WRONG, ids=lambda each: next(iter(each)))
def test_what_is_wrong_is_refused_with_its_name(given: dict[str, Any], problem: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        Commands().do(Word("word"), **given)
    (told,) = refused.value.problems
    assert told.startswith(f"Commands.do: {problem}")


def test_all_that_is_wrong_is_told_at_once() -> None:
    wrong: Any = 5
    with pytest.raises(DefinitionError) as refused:
        Commands().do(wrong, wrong, count=wrong * 1.0)
    assert [each.split(": ")[1] for each in refused.value.problems] == ["word", "title", "count"]


def test_what_is_ones_own_is_not_looked_at() -> None:
    odd: Any = 5
    kept: Any = Commands()._not_looked_at(odd)
    assert kept == 5


def test_a_desk_refuses_before_it_does_anything() -> None:
    desk = Desk().acting_as(Actor("ann"))
    with pytest.raises(DefinitionError, match=r"TicketCommands\.comment: text: has a control character"):
        desk.tickets.comment(TicketId("nobody"), "a\x00b")
    assert [*desk.store.dump()] == []
