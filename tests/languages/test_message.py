from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pickle import dumps, loads

import pytest
from hypothesis import given
from tests.languages.conftest import TEXTS

from itsmkit.errors import DefinitionError
from itsmkit.languages import Joined, Message, Term, as_said, counted, joined, message, msgid
from itsmkit.languages.placeholders import Placeholder, pieces_of, placeholder_problems, placeholders_of
from itsmkit.money import Money

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_a_message_reads_as_english() -> None:
    said = message(
        "{who} {at} {day} {left} {rest:clock} {n} {share:percent} {cost} {things}",
        who="ann",
        at=NINE,
        day=date(2026, 3, 2),
        left=timedelta(hours=2, minutes=5),
        rest=timedelta(minutes=-90),
        n=1234,
        share=0.75,
        cost=Money("12.5", "EUR"),
        things=["a", Term("state", "New"), message("it was logged")],
    )
    assert str(said) == (
        "ann Mon 02 Mar 2026, 09:00 UTC Mon 02 Mar 2026 2 hours 5 minutes -1:30:00 1,234 75% 12.50 EUR "
        "a, New and it was logged"
    )


@pytest.mark.parametrize(
    ("style", "told"),
    [
        ("", "Mon 02 Mar 2026, 09:00 UTC"),
        ("date", "Mon 02 Mar 2026"),
        ("time", "09:00 UTC"),
        ("short", "2026-03-02 09:00 UTC"),
        ("percent", "Mon 02 Mar 2026, 09:00 UTC"),
    ],
)
def test_a_style_that_does_not_fit_changes_nothing(style: str, told: str) -> None:
    assert str(Message(f"{{at:{style}}}", {"at": NINE})) == told


@pytest.mark.parametrize(
    ("length", "told"),
    [
        (timedelta(0), "0 seconds"),
        (timedelta(seconds=1), "1 second"),
        (timedelta(seconds=59, microseconds=999_999), "59 seconds"),
        (timedelta(seconds=119), "1 minute"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(days=52, minutes=1), "1,248 hours 1 minute"),
        (timedelta(minutes=-61), "-1 hour 1 minute"),
    ],
)
def test_durations_in_english(length: timedelta, told: str) -> None:
    assert str(message("{length}", length=length)) == told


@pytest.mark.parametrize(
    ("n", "told"),
    [(0, "0 tickets wait"), (1, "1 ticket waits"), (-1, "-1 tickets wait"), (2, "2 tickets wait")],
)
def test_words_that_count(n: int, told: str) -> None:
    said = counted("{n} ticket waits", "{n} tickets wait", n=n)
    assert (str(said), said.quantity) == (told, n)


def test_messages_are_values() -> None:
    said = joined([message("{a} or {b}", a=("x", 1), b=Decimal("0.5")), Term("state", "New")], "; ")
    assert loads(dumps(said)) == said
    assert hash(loads(dumps(said))) == hash(said)
    assert str(said) == "x and 1 or 0.5; New"
    assert said.parts[0] == message("{a} or {b}", a=["x", 1], b=Decimal("0.5"))
    assert message("it was logged").quantity is None
    assert msgid("it is done", "state") == "it is done"


@pytest.mark.parametrize("given_", [message("it was logged"), Term("state", "New"), Joined(())])
def test_what_is_sayable_stays_so(given_: Message | Term | Joined) -> None:
    assert as_said(given_) is given_


@given(TEXTS)
def test_text_is_told_as_it_is(text: str) -> None:
    assert as_said(text) == Term("text", text)


@pytest.mark.parametrize(
    ("make", "problems"),
    [
        pytest.param(lambda: message(""), ["Message.text must be words"], id="nothing"),
        pytest.param(lambda: Message(7), ["Message.text must be words"], id="no words"),  # type: ignore[arg-type]
        pytest.param(
            lambda: message("{a} {b}", c=1),
            ["give it the argument 'a'", "give it the argument 'b'", "no place for the argument 'c'"],
            id="other arguments",
        ),
        pytest.param(
            lambda: message("{a} {b} {c} {d}", a=None, b=True, c=[object()], d=float("nan")),
            ["'a' cannot be told", "'b' cannot be told", "'c'[0] cannot be told", "'d' cannot be told"],
            id="what cannot be told",
        ),
        pytest.param(
            lambda: message("{a}", a=datetime(2026, 3, 2)),  # noqa: DTZ001
            ["'a' has no time zone"],
            id="naive",
        ),
        pytest.param(lambda: counted("{n}", "{n}s", n="two"), ["'n', which counts"], id="no number"),
        pytest.param(
            lambda: counted("{n}", "{n}s", n=True), ["'n' cannot be told", "'n', which"], id="a truth"
        ),
        pytest.param(lambda: Message("a", many="b"), ["give both the words for many"], id="half a plural"),
        pytest.param(lambda: Term("state", ""), ["Term.name must be words"], id="no name"),
        pytest.param(lambda: Term(" ", "New"), ["Term.kind must be a name"], id="no kind"),
        pytest.param(lambda: as_said(None), ["Term.name must be words"], id="nothing at all"),  # type: ignore[arg-type]
        pytest.param(lambda: message("{a"), ["write {{ and }} for braces"], id="half a brace"),
        pytest.param(lambda: message("{a.b} {c!r} {} {0}"), ["{a.b}", "{c}", "{}", "{0}"], id="no names"),
        pytest.param(lambda: message("{a:%H}", a=NINE), ["unknown style '%H'; known: clock"], id="no style"),
    ],
)
def test_all_that_is_wrong_is_told_at_once(make: object, problems: list[str]) -> None:
    with pytest.raises(DefinitionError) as caught:
        make()  # type: ignore[operator]
    assert len(caught.value.problems) == len(problems)
    for told, expected in zip(caught.value.problems, problems, strict=True):
        assert expected in told


def test_braces_can_be_meant_as_such() -> None:
    assert str(message("{{{a}}}", a="x")) == "{x}"
    assert pieces_of("{{") == ("{",)
    assert pieces_of("{a:date}!") == (Placeholder("a", "date"), "!")
    assert placeholders_of("{a} {b:date} {a}") == {"a", "b"}


def test_problems_of_words_name_the_place() -> None:
    assert [*placeholder_problems("words.done", "{number} {x}", ["number"])] == [
        "words.done: nothing is known to put in place of {x}; known: {number}"
    ]
    assert [*placeholder_problems("done", "{x}", ())] == [
        "done: nothing is known to put in place of {x}; known: none"
    ]
    (problem,) = placeholder_problems("done", 7, ())
    assert problem == "done: must be text, not int 7"
    (problem,) = placeholder_problems("done", "}", ())
    assert problem.startswith("done: str '}'")
