import pytest

from itsmkit.errors import DefinitionError
from itsmkit.languages import LanguageTag, is_language_tag
from itsmkit.tickets.structure import Person


@pytest.mark.parametrize(
    ("written", "tag", "language", "script", "region"),
    [
        ("NL", "nl", "nl", None, None),
        ("pt-br", "pt-BR", "pt", None, "BR"),
        ("zh-hant-tw", "zh-Hant-TW", "zh", "Hant", "TW"),
        ("es-419", "es-419", "es", None, "419"),
        ("de-CH-1996", "de-CH-1996", "de", None, "CH"),
        ("sl-rozaj-biske", "sl-rozaj-biske", "sl", None, None),
        ("fa-IR-u-nu-latn-ca-gregory", "fa-IR-u-ca-gregory-nu-latn", "fa", None, "IR"),
        ("en-u-attr-ca-islamic-civil", "en-u-ca-islamic-civil", "en", None, None),
        ("en-t-de-x-own-words", "en", "en", None, None),
    ],
)
def test_a_tag_is_read_in_whatever_case(
    written: str, tag: str, language: str, script: str | None, region: str | None
) -> None:
    found = LanguageTag(written)
    assert (str(found), found.language, found.script, found.region) == (tag, language, script, region)
    assert found == LanguageTag(tag)
    assert hash(found) == hash(LanguageTag(tag))
    assert repr(found) == f"LanguageTag({tag!r})"


@pytest.mark.parametrize(
    "wrong",
    ["", "n", "dutch!", "nl_NL", "nl-", "nl--BE", "nl-u", "-nl", "nl-ninecharss", "nl-BE-NL", 7, None],
)
def test_what_is_no_tag_is_refused(wrong: object) -> None:
    assert not is_language_tag(wrong)
    with pytest.raises(DefinitionError, match="a language is named by a tag such as 'nl'"):
        LanguageTag(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("tag", "calendar", "digits"),
    [
        ("fa", "persian", None),
        ("fa-AF", "persian", None),
        ("fa-US", "gregory", None),
        ("ps", "persian", None),
        ("en-IR", "persian", None),
        ("fa-u-ca-gregory", "gregory", None),
        ("nl-u-ca-persian-nu-arabext", "persian", "arabext"),
        ("ar-EG", "gregory", None),
    ],
)
def test_a_tag_tells_calendar_and_digits(tag: str, calendar: str, digits: str | None) -> None:
    assert (LanguageTag(tag).calendar, LanguageTag(tag).digits) == (calendar, digits)


def test_what_stands_in_for_a_tag_has_no_extensions() -> None:
    assert [*LanguageTag("fa-IR-u-nu-latn").fallbacks()] == ["fa-IR", "fa"]
    assert [*LanguageTag("zh-Hant-TW").fallbacks()] == ["zh-Hant-TW", "zh-Hant", "zh"]


def test_a_person_may_ask_for_other_digits() -> None:
    assert Person("mina", language="fa-u-nu-latn").language == "fa-u-nu-latn"
    with pytest.raises(DefinitionError, match=r"Person\.language must be a language"):
        Person("mina", language="fa-u")
