import subprocess
import sys
from datetime import UTC, datetime

import pytest

from itsmkit.errors import DefinitionError
from itsmkit.languages import SHIPPED, Languages, Term, message
from itsmkit.languages._installed import are_languages_installed

NEW = Term("state", "New")


@pytest.mark.parametrize(
    ("wanted", "tag", "told"),
    [
        (("sv", "nl"), "sv", "Ny"),
        ((None, "de", "id-ID"), "id-ID", "Baru"),
        ((None,), "nl", "Nieuw"),
        ((), "nl", "Nieuw"),
        (("tlh",), "nl", "Nieuw"),
        (("en",), "en", "New"),
    ],
)
def test_a_reader_gets_the_first_that_is_spoken(wanted: tuple[str | None, ...], tag: str, told: str) -> None:
    messages = Languages("nl").messages(*wanted)
    assert (str(messages.tag), messages.say(NEW)) == (tag, told)


def test_a_desk_says_its_own_words_first() -> None:
    languages = Languages(
        "nl",
        own={
            "nl": {"New": "Vers", "Call {number} back": "Bel {number} terug"},
            "nl-be": {"New": "Nieuw binnen"},
            "de": {"New": "Neu"},
            "en": {"New": "Just in"},
        },
    )
    told = {tag: languages.messages(tag).say(NEW) for tag in ("nl", "nl-BE", "de-AT", "en", "en-GB", "fa")}
    assert told == {
        "nl": "Vers",
        "nl-BE": "Nieuw binnen",
        "de-AT": "Neu",
        "en": "Just in",
        "en-GB": "Just in",
        "fa": "جدید",
    }
    call = message("Call {number} back", number="INC-7")
    assert languages.messages("nl-BE").say(call) == "Bel INC-7 terug"
    # What German has no words for, is said in English, with the dates of German.
    due = message("{clock} is due {due:date}", clock="x", due=datetime(2026, 3, 2, tzinfo=UTC))
    assert languages.messages("de").say(due) == "x is due Mo., 2. März 2026"
    assert languages == Languages("nl", own=languages.own)


@pytest.mark.parametrize(
    ("options", "problems"),
    [
        ({"default": "Dutch!"}, ["language: must be the tag of a language"]),
        ({"default": "de"}, ["language: nobody speaks 'de' here; spoken: en, fa, id, nl, sv; the table "]),
        (
            {"own": {"x": {}, "nl": {"{a} {b}": "{c}", "}": "x", "y": 7}, "sv": "words"}},
            [
                "translations.x: must be the tag of a language",
                "translations.nl.'{a} {b}': nothing is known to put in place of {c}; known: {a}, {b}",
                "translations.nl: str '}'",
                "translations.nl.'y': must be text, not int 7",
                "translations.sv: must be a table of words",
            ],
        ),
        ({"own": {"tlh": {"New": "chu'"}}}, ["translations.tlh: nothing is known of how"]),
    ],
)
def test_all_that_is_wrong_is_told_at_once(options: dict[str, object], problems: list[str]) -> None:
    with pytest.raises(DefinitionError) as caught:
        Languages(**options)  # type: ignore[arg-type]
    assert len(caught.value.problems) == len(problems)
    for told, expected in zip(caught.value.problems, problems, strict=True):
        assert told.startswith(expected)


def test_what_is_no_tag_is_refused() -> None:
    with pytest.raises(DefinitionError, match="a language is named by a tag"):
        Languages().messages("Dutch!")


def test_the_extra_is_installed_where_these_tests_run() -> None:
    assert are_languages_installed()
    assert tuple(sorted(SHIPPED)) == SHIPPED


def without(library: str, program: str) -> str:
    """Return what a program prints where a library is not installed."""
    text = f"import sys; sys.modules[{library!r}] = None\n{program}"
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.parametrize("library", ["babel", "persiantools"])
def test_english_needs_no_library_and_others_say_what_they_need(library: str) -> None:
    program = """
from itsmkit import Desk
from itsmkit.errors import DefinitionError
from itsmkit.languages import Languages, Messages, counted
from itsmkit.languages.messages import is_writable
from itsmkit.languages.tag import LanguageTag
two = counted("{n} ticket", "{n} tickets", n=2)
print(Languages().messages("nl", "en-US").say(two), Messages.of("de").tag)
print(Languages(own={"en": {"New": "Just in"}}).messages("en-GB").tag)
for attempt in (lambda: Messages.of("nl"), lambda: Languages("nl"), lambda: is_writable(LanguageTag("nl"))):
    try:
        attempt()
    except (ModuleNotFoundError, DefinitionError) as error:
        print(type(error).__name__, error)
"""
    english, plain, *errors = without(library, program).splitlines()
    assert (english, plain) == ("2 tickets en", "en")
    way_out = "needs Babel and persiantools: python -m pip install 'itsmkit[languages]'"
    assert errors == [
        f"ModuleNotFoundError the language nl {way_out}",
        f"DefinitionError to speak nl {way_out}",
        f"ModuleNotFoundError the language nl {way_out}",
    ]


def test_to_import_the_room_loads_neither_library_nor_another_room() -> None:
    program = "import sys, itsmkit.languages, itsmkit.languages.messages; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = {*done.stdout.split()}
    assert not loaded & {"babel", "persiantools", "gettext"}
    assert not loaded & {f"itsmkit.{room}" for room in ("calendars", "conditions", "sla", "tickets", "desk")}
