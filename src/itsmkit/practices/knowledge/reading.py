"""What readers see of an article, what is to be looked at again, and what a search index gets."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from attrs import frozen

from itsmkit.conditions import to_text
from itsmkit.practices.knowledge.article import Article, PublishedVersion, Variant
from itsmkit.search import SearchDocument
from itsmkit.workflow import StateCategory

__all__ = [
    "OverdueReview",
    "Reading",
    "article_for",
    "audience_label",
    "indexed_id",
    "overdue_reviews",
    "parts_of_indexed_id",
    "searchable",
]

_BETWEEN = "\n"


@frozen
class Reading:
    """
    What a reader sees of an article.

    Args:
        article: The key of the article.
        language: The language it is in.
        version: What is published.
        is_fallback: Whether it is in another language than was asked for.
    """

    article: str
    language: str
    version: PublishedVersion
    is_fallback: bool


def article_for(
    article: Article, language: str | None = None, fallback: Sequence[str] = ()
) -> Reading | None:
    """
    Return the newest published version of *article* for a reader.

    It is in the reader's language if there is one; else in one that differs by region only, then in the first
    of *fallback* that there is; and else in the language that it was written in first.

    Args:
        article: The article.
        language: The language of the reader; ``None`` if nobody knows.
        fallback: The languages for those whose own there is not, the best first.

    Returns:
        ``None`` if nothing is published.

    Source:
        RFC 4647, section 3.4 (lookup): a tag is shortened until one fits. That a region may stand in for
        another is our choice: a reader of Brazilian Portuguese would rather have European than English.
    """
    published = {each.language: each for each in article.variants if each.published is not None}
    if not published:
        return None
    wanted = [] if language is None else [*_lookup(language, published)]
    for each in fallback:
        wanted += _lookup(each, published)
    chosen = published[next(iter((*wanted, *published)))]
    version = chosen.published
    assert version is not None  # noqa: S101  # it was looked for
    is_fallback = language is not None and _primary(chosen.language) != _primary(language)
    return Reading(article.id, chosen.language, version, is_fallback)


def _lookup(language: str, there: Iterable[str]) -> Iterator[str]:
    """Yield those of the languages that are there that do for *language*, the best first."""
    there = tuple(there)
    by_case = {each.casefold(): each for each in there}
    tag = language.casefold()
    while tag:
        if tag in by_case:
            yield by_case[tag]
        tag = tag.rpartition("-")[0]
    yield from (each for each in there if _primary(each) == _primary(language))


def _primary(language: str) -> str:
    return language.partition("-")[0].casefold()


@frozen
class OverdueReview:
    """
    Something published that somebody was to look at by now.

    Args:
        article: The key of the article.
        language: The language.
        owner: Who answers for it.
        title: What it is called.
        since: From when on it was to be looked at, in UTC.
    """

    article: str
    language: str
    owner: str
    title: str
    since: datetime


def overdue_reviews(articles: Iterable[Article], now: datetime) -> tuple[OverdueReview, ...]:
    """Return what of *articles* is to be looked at by *now*, what has waited longest first."""
    found = [
        OverdueReview(article.id, each.language, article.owner, version.text.title, each.review_at)
        for article in articles
        for each in article.variants
        if (version := each.published) is not None
        and each.review_at is not None
        and each.review_at <= now
        and _stands(each)
    ]
    return tuple(sorted(found, key=lambda each: (each.since, each.article, each.language)))


def _stands(variant: Variant) -> bool:
    """Tell whether nobody is writing it anew: then it is looked at in any case."""
    return variant.category is StateCategory.RESOLVED or variant.state == "Review Due"


# -- for a search index ------------------------------------------------------------------------------


def audience_label(article: Article) -> str:
    """Return the label of all articles for the same audience: the condition as text."""
    return f"for {to_text(article.audience)}"


def searchable(article: Article) -> tuple[SearchDocument, ...]:
    """Return what is published of *article*, a document for each language, labelled with its audience."""
    label = audience_label(article)
    return tuple(
        SearchDocument(
            indexed_id(article.id, each.language),
            {
                "title": version.text.title,
                "body": version.text.body,
                "keywords": _BETWEEN.join((*version.text.keywords, *article.services, *article.categories)),
            },
            labels=[label],
        )
        for each in article.variants
        if (version := each.published) is not None
    )


def indexed_id(article: str, language: str) -> str:
    """Return what the text of an article in a language is called in an index."""
    return f"{language} {article}"


def parts_of_indexed_id(document: str) -> tuple[str, str]:
    """
    Return the article and the language that `indexed_id` has put together.

    >>> parts_of_indexed_id(indexed_id("reset a password", "sv"))
    ('reset a password', 'sv')
    """
    language, _, article = document.partition(" ")
    return article, language
