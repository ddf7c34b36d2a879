"""What a ticket needs somebody to be able to do."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from functools import partial
from operator import methodcaller

from attrs import field, frozen

from itsmkit._checks import is_a, member_of, named
from itsmkit._frozen import as_tuple
from itsmkit._problems import items_problems, shown
from itsmkit.errors import DefinitionError
from itsmkit.languages import is_language_tag
from itsmkit.tickets.structure import Person
from itsmkit.tickets.structure.skill import MAX_LEVEL

__all__ = ["CategoryNeed", "SkillNeed", "Strength", "language_need"]

_LANGUAGE = "language:"


class Strength(StrEnum):
    """How much a need weighs."""

    HARD = "hard"
    """Who does not meet it, does not get the ticket."""
    SOFT = "soft"
    """Who meets it comes before those who do not."""


@frozen
class SkillNeed:
    """
    That somebody has to be able to do something, or rather should.

    A need called ``"language:de"`` is that for a language: whoever's own language it is meets it, and so does
    whoever has a skill of this name. What stands behind the first part of the tag does not count: who speaks
    ``de`` can help in ``de-AT``.

    Args:
        name: The name of the skill.
        level: How well, at least.
        strength: Whether it has to be met.

    Raises:
        DefinitionError: With everything that is wrong.

    >>> print(SkillNeed("network", 2), SkillNeed("cisco", strength=Strength.SOFT), sep="; ")
    network at level 2; cisco, if possible
    """

    name: str = field(validator=named)
    level: int = 1
    strength: Strength = field(default=Strength.HARD, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = []
        if type(self.level) is not int or not 1 <= self.level <= MAX_LEVEL:
            problems.append(f"level: must be a whole number from 1 to {MAX_LEVEL}, not {shown(self.level)}")
        if not is_a(self.strength, Strength):
            problems.append(f'strength: must be "hard" or "soft", not {shown(self.strength)}')
        if self.name.startswith(_LANGUAGE) and not is_language_tag(self.name.removeprefix(_LANGUAGE)):
            problems.append(
                f"name: what stands behind {_LANGUAGE!r} must be a language tag, not {self.name!r}"
            )
        if problems:
            raise DefinitionError(*problems)

    @property
    def is_hard(self) -> bool:
        """Whether it has to be met."""
        return self.strength is Strength.HARD

    def level_of(self, person: Person, at: datetime) -> int:
        """Return how well *person* meets it at an instant; 0 if not at all. 1 is enough for a language."""
        return self.measure(at)(person)

    def measure(self, at: datetime) -> Callable[[Person], int]:
        """Return what tells how well somebody meets it at an instant: `level_of`, for many people."""
        if not self.name.startswith(_LANGUAGE):
            return methodcaller("level_of", self.name, at)
        return partial(_language_level, _primary(self.name), at)

    def is_met_by(self, person: Person, at: datetime) -> bool:
        """Tell whether *person* meets it at an instant."""
        return self.level_of(person, at) >= self.level

    def __str__(self) -> str:
        """Return it in words."""
        level = "" if self.level == 1 else f" at level {self.level}"
        return f"{self.name}{level}" if self.is_hard else f"{self.name}{level}, if possible"


def language_need(tag: str, strength: Strength | str = Strength.HARD) -> SkillNeed:
    """
    Return the need for a language.

    Args:
        tag: Its tag, such as that of the requester.
        strength: Whether it has to be met.

    >>> language_need("de-AT", "soft").name
    'language:de-AT'
    """
    return SkillNeed(f"{_LANGUAGE}{tag}", strength=member_of(Strength, strength, "strength"))


def _language_level(wanted: str, at: datetime, person: Person) -> int:
    if person.language is not None and _primary(person.language) == wanted:
        return MAX_LEVEL
    return max(
        (level for name, level in person.skills_at(at).items() if _is_language(name, wanted)), default=0
    )


def _primary(tag: str) -> str:
    return tag.removeprefix(_LANGUAGE).partition("-")[0].casefold()


def _is_language(name: str, wanted: str) -> bool:
    return name.startswith(_LANGUAGE) and _primary(name) == wanted


@frozen
class CategoryNeed:
    """
    What tickets of a category, and of all below it, need somebody to be able to do.

    Args:
        category: The id of the category.
        skills: What they need.
        kind: The kind of work of the tickets; ``None`` for any.

    Raises:
        DefinitionError: With everything that is wrong: there are no skills, or one is none.
    """

    category: str = field(validator=named)
    skills: tuple[SkillNeed, ...] = field(converter=as_tuple)
    kind: str | None = None

    def __attrs_post_init__(self) -> None:
        problems = [*items_problems("skills", self.skills, SkillNeed)]
        if not self.skills:
            problems.append("skills: there are none; leave the category out")
        if problems:
            raise DefinitionError(*problems)
