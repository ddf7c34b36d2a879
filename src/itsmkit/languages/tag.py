"""Language tags: which language, of which region, with which calendar and digits."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from attrs import field, frozen

from itsmkit._frozen import EMPTY, frozen_dict
from itsmkit._problems import shown
from itsmkit.errors import DefinitionError

__all__ = ["LanguageTag", "is_language_tag"]

_LANGUAGE = re.compile(r"[a-z]{2,3}", re.ASCII | re.IGNORECASE)
_SCRIPT = re.compile(r"[a-z]{4}", re.ASCII | re.IGNORECASE)
_REGION = re.compile(r"[a-z]{2}|[0-9]{3}", re.ASCII | re.IGNORECASE)
_VARIANT = re.compile(r"[a-z0-9]{5,8}|[0-9][a-z0-9]{3}", re.ASCII | re.IGNORECASE)
_SINGLETON = re.compile(r"[a-z0-9]", re.ASCII | re.IGNORECASE)
_SUBTAG = re.compile(r"[a-z0-9]{1,8}", re.ASCII | re.IGNORECASE)

_IN_PERSIAN_CALENDAR = frozenset({"AF", "IR"})
"""The regions whose civil calendar is the Persian one, as the supplemental data of CLDR has it."""

_OF_THESE_REGIONS = {"fa": "IR", "ps": "AF", "mzn": "IR"}
"""The likely region of languages that are written there, by the likely subtags of CLDR."""


def is_language_tag(value: object) -> bool:
    """
    Tell whether *value* is a well-formed language tag, whether or not anybody speaks the language.

    >>> is_language_tag("pt-BR"), is_language_tag("fa-u-nu-latn"), is_language_tag("Persian!")
    (True, True, False)
    """
    return isinstance(value, str) and _parsed(value) is not None


@frozen
class LanguageTag:
    """
    A language, as people and browsers name theirs.

    Args:
        text: The tag, such as ``"nl"``, ``"pt-BR"``, ``"fa-IR"`` or ``"fa-IR-u-ca-gregory-nu-latn"``; upper
            and lower case count the same. Two tags are equal if they say the same.

    Raises:
        DefinitionError: If it is none.

    >>> LanguageTag("FA-ir-u-NU-latn")
    LanguageTag('fa-IR-u-nu-latn')
    >>> LanguageTag("fa-IR").calendar, LanguageTag("fa-IR-u-ca-gregory").calendar, LanguageTag("nl").calendar
    ('persian', 'gregory', 'gregory')

    Source:
        RFC 5646, section 2.1, for the shape; RFC 6067 and UTS 35 for what follows ``-u-``.
    """

    text: str = field()
    language: str = field(init=False, eq=False)
    script: str | None = field(init=False, eq=False)
    region: str | None = field(init=False, eq=False)
    variants: tuple[str, ...] = field(init=False, eq=False)
    keywords: Mapping[str, str] = field(init=False, eq=False)

    def __attrs_post_init__(self) -> None:
        parsed = _parsed(self.text) if isinstance(self.text, str) else None
        if parsed is None:
            problem = f"a language is named by a tag such as 'nl', 'pt-BR' or 'fa-IR', not {shown(self.text)}"
            raise DefinitionError(problem)
        for name, value in zip(("language", "script", "region", "variants", "keywords"), parsed, strict=True):
            object.__setattr__(self, name, value)
        object.__setattr__(self, "text", "-".join([*self._main, *self._extension]))

    def __repr__(self) -> str:
        return f"LanguageTag({self.text!r})"

    def __str__(self) -> str:
        return self.text

    @property
    def _main(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.language, self.script, self.region, *self.variants)))

    @property
    def _extension(self) -> tuple[str, ...]:
        told = [part for key, value in sorted(self.keywords.items()) for part in (key, value) if part]
        return ("u", *told) if told else ()

    @cached_property
    def calendar(self) -> str:
        """The calendar that dates are told in: what ``-u-ca-`` asks for, else that of the region."""
        region = self.region or _OF_THESE_REGIONS.get(self.language)
        usual = "persian" if region in _IN_PERSIAN_CALENDAR else "gregory"
        return self.keywords.get("ca", usual)

    @property
    def digits(self) -> str | None:
        """The numbering system that ``-u-nu-`` asks for; ``None`` for that of the language."""
        return self.keywords.get("nu")

    def fallbacks(self) -> Iterator[str]:
        """
        Go through what may stand in for the tag, from the nearest: itself without extensions comes first.

        >>> [*LanguageTag("sr-Latn-RS").fallbacks()]
        ['sr-Latn-RS', 'sr-Latn', 'sr']

        Source:
            RFC 4647, section 3.4, lookup.
        """
        main = self._main
        for length in range(len(main), 0, -1):
            yield "-".join(main[:length])


_Parsed = tuple[str, str | None, str | None, tuple[str, ...], Mapping[str, str]]


def _parsed(text: str) -> _Parsed | None:
    """Return the parts of a tag in their usual case; ``None`` if it is none."""
    first, *rest = text.split("-")
    if not _LANGUAGE.fullmatch(first) or not all(map(_SUBTAG.fullmatch, rest)):
        return None
    script = rest.pop(0).title() if rest and _SCRIPT.fullmatch(rest[0]) else None
    region = rest.pop(0).upper() if rest and _REGION.fullmatch(rest[0]) else None
    variants = []
    while rest and _VARIANT.fullmatch(rest[0]):
        variants.append(rest.pop(0).lower())
    keywords: Mapping[str, str] = EMPTY
    while rest:
        singleton = rest.pop(0).lower()
        if not _SINGLETON.fullmatch(singleton):
            return None
        length = _length_of_extension(rest, is_private=singleton == "x")
        own, rest = rest[:length], rest[length:]
        if not own:
            return None
        if singleton == "u":
            keywords = _keywords(own)
    return first.lower(), script, region, tuple(variants), keywords


def _length_of_extension(rest: list[str], *, is_private: bool) -> int:
    if is_private:
        return len(rest)
    return next((place for place, part in enumerate(rest) if _SINGLETON.fullmatch(part)), len(rest))


def _keywords(parts: list[str]) -> Mapping[str, str]:
    """Return the keywords of an extension ``u``: a key is of two letters, its value of longer parts."""
    found: dict[str, list[str]] = {}
    key = None
    for part in map(str.lower, parts):
        if len(part) == 2:
            key = part
            found.setdefault(key, [])
        elif key is not None:
            found[key].append(part)
    return frozen_dict({name: "-".join(value) for name, value in found.items()})
