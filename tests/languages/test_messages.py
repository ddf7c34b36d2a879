import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from importlib.resources import as_file, files
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st
from tests.languages.conftest import FSI, PDI, TEXTS, VALUES, assert_balanced

from itsmkit.errors import DefinitionError
from itsmkit.languages import ENGLISH, SHIPPED, Joined, Message, Messages, Term, counted, message
from itsmkit.languages.catalogue import Catalogue, shipped
from itsmkit.languages.entry import Entry
from itsmkit.languages.placeholders import placeholders_of
from itsmkit.testing.catalogues import messages_in, standard_names

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


@cache
def found() -> tuple[Entry, ...]:
    """Return all that is said, which is looked for once, and not before it is asked for."""
    with as_file(files("itsmkit")) as source:
        return (*messages_in(source), *standard_names())


@st.composite
def said(draw: Callable[..., Any], entry: Entry) -> Message | Term:
    """Draw what may be said by an entry of the catalogues."""
    if entry.kind is not None:
        return Term(entry.kind, entry.text)
    names = sorted(placeholders_of(entry.text) | placeholders_of(entry.many or ""))
    values = {name: draw(VALUES) for name in names}
    if entry.many is None:
        return Message(entry.text, values)
    return Message(entry.text, values | {"n": draw(st.integers(0, 10**6))}, entry.many, "n")


@pytest.mark.parametrize("tag", [*SHIPPED, "fa-AF", "fa-u-ca-gregory-nu-latn", "en-US"])
@given(data=st.data())
def test_whatever_is_said_is_said_in_every_language(tag: str, data: st.DataObject) -> None:
    messages = Messages.of(tag)
    what = data.draw(st.sampled_from(found()).flatmap(said))
    told = messages.say(what)
    assert told
    assert not {*"{}"} & {*told}
    assert_balanced(told)
    html = messages.html(what)
    assert html.count("<bdi>") == html.count("</bdi>") == told.count(FSI)
    assert html.startswith(f'<div lang="{messages.tag}" dir="{messages.direction}">')


@pytest.mark.parametrize("tag", SHIPPED)
@given(text=TEXTS)
def test_what_somebody_wrote_is_told_but_for_what_turns_it_around(tag: str, text: str) -> None:
    told = Messages.of(tag).say(message("{number}: {title}", number="INC-7", title=text))
    assert_balanced(told)
    seen = re.sub("[\u202a-\u202e\u2066-\u2069]", "", text)
    assert told.replace(FSI, "").replace(PDI, "") == f"INC-7: {seen}"


def test_a_reader_is_told_in_their_own() -> None:
    due = message("{number}: we expect to have it done by {by}", number="INC-7", by=NINE)
    told = {tag: Messages.of(tag, zone=ZoneInfo("Asia/Tehran")).say(due) for tag in SHIPPED}
    assert told == {
        "en": "INC-7: we expect to have it done by Mon 02 Mar 2026, 12:30 +0330",
        "nl": "INC-7: we verwachten dit uiterlijk ma 2 mrt 2026, 12:30 (Iraanse tijd) af te ronden",
        "sv": "INC-7: vi räknar med att vara klara senast mån 2 mars 2026 12:30 (iransk tid)",
        "id": ("INC-7: kami memperkirakan akan selesai paling lambat Sen, 2 Mar 2026 12.30 (Waktu Iran)"),
        "fa": (
            f"{FSI}INC-7{PDI}: پیش‌بینی می‌کنیم تا {FSI}دوشنبه ۱۱ اسفند ۱۴۰۴، ساعت ۱۲:۳۰ (وقت ایران){PDI} "
            "انجام شود"
        ),
    }


@pytest.mark.parametrize(
    ("tag", "spoken", "state"),
    [
        ("nl-BE", "nl-BE", "In behandeling"),
        ("FA-ir", "fa-IR", "در حال انجام"),
        ("en-GB", "en-GB", "In Progress"),
        ("de", "en", "In Progress"),
        ("tlh", "en", "In Progress"),
    ],
)
def test_a_language_falls_back(tag: str, spoken: str, state: str) -> None:
    messages = Messages.of(tag)
    assert (str(messages.tag), messages.say(Term("state", "In Progress"))) == (spoken, state)


def test_what_no_catalogue_has_is_said_in_english() -> None:
    dutch = Messages.of("nl")
    assert dutch.say(message("brand new {n}", n=1234)) == "brand new 1.234"
    assert dutch.say(counted("{n} new one", "{n} new ones", n=2)) == "2 new ones"
    assert dutch.say(counted("{n} new one", "{n} new ones", n=1)) == "1 new one"
    assert dutch.say(Term("state", "On Hold")) == "On Hold"
    assert Messages.of("fa").say(Term("state", "On Hold")) == f"{FSI}On Hold{PDI}"


def test_a_name_is_what_it_names() -> None:
    assert Messages.of("nl").say(Term("phase", "cancelled")) == "geannuleerd"
    assert Messages.of("nl").say(Term("group", "cancelled")) == "cancelled"


def test_several_are_said_one_after_another() -> None:
    both = Joined([message("it was logged"), Joined([Term("state", "New")])], ". ")
    assert Messages.of("sv").say(both) == "ärendet har registrerats. Ny"
    assert ENGLISH.say(Joined(())) == ""


def test_what_is_no_language_is_refused() -> None:
    with pytest.raises(DefinitionError, match="a language is named by a tag"):
        Messages.of("Dutch!")


@pytest.mark.parametrize("tag", SHIPPED)
def test_forms_for_numbers_are_those_of_cldr(tag: str) -> None:
    form_of, rule = shipped(tag).form_of, Locale.parse(tag).plural_form
    pairs = {(form_of(number), rule(number)) for number in range(1000)}
    assert len(pairs) == len({form for form, _ in pairs}) == len({category for _, category in pairs})


def test_a_catalogue_finds_by_what_is_named() -> None:
    words = Catalogue({(None, "one"): ("een", "meer"), ("state", "one"): ("stand",)}, lambda n: int(n != 1))
    assert words.find("one", quantity=1) == "een"
    assert words.find("one", quantity=-2) == "meer"
    assert words.find("one", kind="state", quantity=7) == "stand"
    assert words.find("two") is None
    assert Catalogue.of_own({"one": "een"}).find("one", kind="state") == "een"
