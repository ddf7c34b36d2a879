"""The languages of a desk: which it speaks, and which of them a reader gets."""

from collections.abc import Iterator, Mapping
from datetime import tzinfo
from functools import cached_property

from attrs import field, frozen

from itsmkit._checks import is_a
from itsmkit._frozen import EMPTY, FrozenDict, frozen_dict
from itsmkit._problems import shown
from itsmkit.errors import DefinitionError
from itsmkit.languages._installed import are_languages_installed, how_to_install
from itsmkit.languages.catalogue import SHIPPED, Catalogue, shipped
from itsmkit.languages.messages import ENGLISH, Messages, is_writable, writer_of
from itsmkit.languages.placeholders import placeholder_problems, placeholders_of
from itsmkit.languages.tag import LanguageTag, is_language_tag

__all__ = ["Languages"]


def _own(translations: Mapping[str, Mapping[str, str]]) -> Mapping[str, Mapping[str, str]]:
    given = frozen_dict(translations)
    return FrozenDict(
        {tag: frozen_dict(words) if is_a(words, Mapping) else words for tag, words in given.items()}
    )


@frozen(slots=False)
class Languages:
    """
    Which languages a desk speaks.

    Args:
        default: The tag of the language of those readers whose own is unknown, or not spoken.
        own: The desk's own words in other languages, by the tag and the words as they stand in its rules:
            names of states, texts of effects, words of promises. They come before those of itsmkit, so that a
            desk may also say something else in place of these. A language that itsmkit does not speak is
            spoken as far as they go.

    Raises:
        DefinitionError: With every problem: a tag is none, a translation has another placeholder than its
            words, or something else than English is asked for and the extra ``languages`` is not installed.

    >>> languages = Languages("nl", own={"nl": {"On Site": "Bij de klant"}})
    >>> str(languages.messages("sv-FI").tag), str(languages.messages(None, "de").tag)
    ('sv-FI', 'nl')
    """

    default: str = "en"
    own: Mapping[str, Mapping[str, str]] = field(default=EMPTY, converter=_own)

    def __attrs_post_init__(self) -> None:
        problems = [*self._wrong_tags(), *self._wrong_words()]
        if problems:
            raise DefinitionError(*problems)
        others = [each for each in dict.fromkeys((self.default, *self.own)) if each != "en"]
        if others and not are_languages_installed():
            raise DefinitionError(how_to_install(f"to speak {', '.join(others)}"))
        if self._spoken(self.default) is None:
            known = ", ".join(sorted(self._known))
            problems.append(
                f"language: nobody speaks {self.default!r} here; spoken: {known}; the table "
                f"translations.{self.default} may hold the words of another"
            )
        problems += [
            f"translations.{tag}: nothing is known of how this language is written"
            for tag in self._catalogues
            if tag != "en" and not is_writable(LanguageTag(tag))
        ]
        if problems:
            raise DefinitionError(*problems)

    def _wrong_tags(self) -> Iterator[str]:
        for path, tag in (("language", self.default), *((f"translations.{each}", each) for each in self.own)):
            if not is_language_tag(tag):
                yield f"{path}: must be the tag of a language, such as 'nl' or 'fa-IR', not {shown(tag)}"

    def _wrong_words(self) -> Iterator[str]:
        for tag, words in self.own.items():
            path = f"translations.{tag}"
            if not is_a(words, Mapping):
                yield f"{path}: must be a table of words and their translations, not {shown(words)}"
                continue
            for text, translation in words.items():
                try:
                    names = placeholders_of(text)
                except DefinitionError as error:
                    yield from (f"{path}: {problem}" for problem in error.problems)
                else:
                    yield from placeholder_problems(f"{path}.{text!r}", translation, sorted(names))

    @cached_property
    def _catalogues(self) -> Mapping[str, Catalogue]:
        """The desk's own words, by the tag in its usual form."""
        return {str(LanguageTag(tag)): Catalogue.of_own(words) for tag, words in self.own.items()}

    @cached_property
    def _known(self) -> frozenset[str]:
        """The tags of the languages that are spoken."""
        return frozenset({*SHIPPED, *self._catalogues}) if are_languages_installed() else frozenset({"en"})

    def _spoken(self, tag: str) -> LanguageTag | None:
        """Return the language in which a reader of *tag* is spoken to; ``None`` if it is not spoken."""
        wanted = LanguageTag(tag)
        if self._known.isdisjoint(wanted.fallbacks()):
            return None
        # Without the extra, there is one English.
        return wanted if are_languages_installed() else LanguageTag("en")

    def messages(self, *wanted: str | None, zone: tzinfo | None = None) -> Messages:
        """
        Return what says messages to a reader.

        Args:
            *wanted: The tags of the languages that the reader wants, the best one first; ``None`` where one
                is not known. The first that is spoken, or falls back to one that is, is taken; if there is
                none, that of the desk.
            zone: The zone of the reader; by default, each instant is told in its own.

        Raises:
            DefinitionError: If one of them is no tag.
        """
        spoken = (self._spoken(tag) for tag in (*wanted, self.default) if tag is not None)
        tag = next((each for each in spoken if each is not None), ENGLISH.tag)
        own = [self._catalogues[each] for each in tag.fallbacks() if each in self._catalogues]
        brought = [shipped(each) for each in tag.fallbacks() if each in SHIPPED]
        return Messages(tag, (*own, *brought), writer_of(tag), zone)
