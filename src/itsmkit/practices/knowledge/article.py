"""An article: what is worth knowing, in one language or several, and each version that was published."""

from collections.abc import Iterator
from datetime import datetime
from functools import cache

from attrs import field, frozen

from itsmkit._checks import aware_instant, in_utc, in_utc_if_any, named
from itsmkit._frozen import as_tuple
from itsmkit._problems import (
    close_to,
    distinct_problems,
    instance_problems,
    name_problems,
    names,
    names_problems,
    shown,
)
from itsmkit.conditions import ALWAYS, Condition
from itsmkit.errors import DefinitionError, NotFoundError
from itsmkit.languages import is_language_tag
from itsmkit.practices.access import audience_problems
from itsmkit.workflow import StateCategory, Workflow
from itsmkit.workflow.standard import knowledge_article_workflow

__all__ = ["Article", "ArticleText", "PublishedVersion", "Variant", "life"]

MOST_TEXT = 1_000_000
"""How many characters the body of an article has at most."""


@cache
def life() -> Workflow:
    """Return the life of an article in one language: the standard workflow of knowledge articles."""
    return Workflow(knowledge_article_workflow())


@frozen
class ArticleText:
    """
    What an article says.

    Args:
        title: What it is about, in a line.
        body: What is to be known. It may be empty while it is being written.
        keywords: Further words by which it is to be found.

    Raises:
        DefinitionError: With everything that is no such text.
    """

    title: str
    body: str = ""
    keywords: tuple[str, ...] = field(default=(), converter=names)

    def __attrs_post_init__(self) -> None:
        problems = [*name_problems("title", self.title, "a line of text")]
        problems += instance_problems("body", self.body, str)
        if isinstance(self.body, str) and len(self.body) > MOST_TEXT:
            problems.append(f"body: {len(self.body):,} characters are more than the {MOST_TEXT:,} that fit")
        problems += names_problems("keywords", self.keywords)
        if problems:
            raise DefinitionError(*problems)


@frozen
class PublishedVersion:
    """
    What was published at one time.

    Args:
        number: The first is 1.
        text: What it says.
        author: Who has written it.
        reviewer: Who has looked at it before it was published.
        at: When it was published. Kept in UTC.
    """

    number: int
    text: ArticleText
    author: str = field(validator=named)
    reviewer: str = field(validator=named)
    at: datetime = field(converter=in_utc, validator=aware_instant)


@frozen(kw_only=True)
class Variant:
    """
    An article in one language.

    Args:
        language: Which, as a tag of BCP 47 such as ``"sv"`` or ``"pt-BR"``.
        state: Its state in `life`.
        author: Who has written what is to be published next, or what was published last.
        draft: What is being written; ``None`` if nothing is.
        versions: What was published, the first version first.
        review_at: From when on somebody is to look whether it is still right. Kept in UTC.

    Raises:
        DefinitionError: If the language is none, or there is no such state.
    """

    language: str
    state: str
    author: str = field(validator=named)
    draft: ArticleText | None = None
    versions: tuple[PublishedVersion, ...] = field(default=(), converter=as_tuple)
    review_at: datetime | None = field(default=None, converter=in_utc_if_any)

    def __attrs_post_init__(self) -> None:
        problems = []
        if not is_language_tag(self.language):
            problems.append(
                f"language: must be a language such as 'sv' or 'pt-BR', not {shown(self.language)}"
            )
        known = [each.name for each in life().definition.states]
        if self.state not in known:
            problems.append(f"state: an article is never {shown(self.state)}; {close_to(self.state, known)}")
        if problems:
            raise DefinitionError(*problems)

    @property
    def category(self) -> StateCategory:
        """The category of its state."""
        return life().category_of(self.state)

    @property
    def published(self) -> PublishedVersion | None:
        """What readers see: the newest version, while it is neither retired nor was never published."""
        is_there = self.versions and self.category not in (StateCategory.CLOSED, StateCategory.CANCELLED)
        return self.versions[-1] if is_there else None


@frozen(kw_only=True)
class Article:
    """
    What is worth knowing.

    Args:
        id: Its key.
        owner: Who answers for it.
        audience: For whom it is: a condition on facts of the viewer; see `itsmkit.practices.access`.
        variants: The languages that it is written in, the first of them first.
        services: The services that it is about.
        categories: What tickets are classified as that it helps with.
        version: How many events have made it.

    Raises:
        DefinitionError: With everything that cannot be right.
    """

    id: str = field(validator=named)
    owner: str
    audience: Condition = ALWAYS
    variants: tuple[Variant, ...] = field(converter=as_tuple)
    services: tuple[str, ...] = field(default=(), converter=names)
    categories: tuple[str, ...] = field(default=(), converter=names)
    version: int = 0

    def __attrs_post_init__(self) -> None:
        problems = [*self._problems()]
        if problems:
            raise DefinitionError(*problems)

    def _problems(self) -> Iterator[str]:
        yield from name_problems("owner", self.owner)
        yield from audience_problems("audience", self.audience)
        yield from names_problems("services", self.services)
        yield from names_problems("categories", self.categories)
        yield from distinct_problems("variants", (each.language for each in self.variants))
        if not self.variants:
            yield "variants: an article is written in one language at least"

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that it is written in."""
        return tuple(each.language for each in self.variants)

    def variant(self, language: str) -> Variant:
        """Return it in a language. Raises `NotFoundError` if it is not written in that."""
        for each in self.variants:
            if each.language == language:
                return each
        raise NotFoundError(f"text of article {self.id} in", language)
