"""
How articles come to be published and are kept true: pure functions, each of which returns an `Outcome`.

What may happen is said by the workflow of knowledge articles. What a published article says stands until the
next version is published, however long somebody works on that.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from attrs import evolve

from itsmkit._frozen import EMPTY
from itsmkit._problems import close_to, is_name
from itsmkit.calendars import BusinessTime
from itsmkit.conditions import Condition
from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.practices.knowledge.article import Article, ArticleText, PublishedVersion, Variant, life
from itsmkit.practices.outcome import Outcome
from itsmkit.tickets import Actor
from itsmkit.workflow import ACTOR_ROLES, StateCategory

__all__ = [
    "check_language",
    "confirm_article",
    "describe_article",
    "discard_article",
    "draft_article",
    "next_review",
    "publish_article",
    "retire_article",
    "return_article",
    "revise_article",
    "submit_article",
]

_DRAFT, _REWORK, _PUBLISHED, _REVIEW_DUE = "Draft", "Rework", "Published", "Review Due"


def check_language(language: str, known: Sequence[str]) -> None:
    """
    See that an article may be written in a language.

    Args:
        language: The language.
        known: Those that the desk writes in; empty for all.

    Raises:
        DefinitionError: If it is none of them.

    >>> check_language("sw", ["en", "sv"])
    Traceback (most recent call last):
    itsmkit.errors.DefinitionError: language: articles are not written in 'sw'; known: en, sv
    """
    if known and language not in known:
        problem = f"language: articles are not written in {language!r}; {close_to(language, known)}"
        raise DefinitionError(problem)


def draft_article(
    article_id: str, language: str, text: ArticleText, author: Actor, **described: object
) -> Outcome[Article]:
    """
    Begin an article.

    Args:
        article_id: Its key.
        language: The language that it is written in.
        text: What it says so far.
        author: Who writes it.
        **described: Owner, audience, services and categories, as fields of `Article`; the author owns it by
            default.

    Raises:
        DefinitionError: With everything that cannot be right.
    """
    variant = _begun(language, text, author)
    fields = {"owner": author.id, **{name: each for name, each in described.items() if each is not None}}
    article = Article(id=article_id, variants=(variant,), **fields)  # type: ignore[arg-type]  # looked at there
    return Outcome(article, "ArticleDrafted", {"language": language})


def describe_article(
    article: Article,
    *,
    owner: str | None = None,
    audience: Condition | None = None,
    services: Iterable[str] | None = None,
    categories: Iterable[str] | None = None,
) -> Outcome[Article] | None:
    """
    Say anew whom an article is for, who answers for it, and what it is about; ``None`` stays as it is.

    Returns:
        ``None`` if nothing changes.

    Raises:
        DefinitionError: With everything that cannot be right.
    """
    told: dict[str, object] = {
        "owner": owner,
        "audience": audience,
        "services": services,
        "categories": categories,
    }
    changed = evolve(article, **{name: each for name, each in told.items() if each is not None})  # type: ignore[arg-type]  # as above
    return None if changed == article else Outcome(changed, "ArticleDescribed")


def revise_article(
    article: Article, language: str, text: ArticleText, author: Actor, reason: str | None = None
) -> Outcome[Article]:
    """
    Write an article anew, go on with a draft, or begin it in another language.

    Args:
        article: The article.
        language: The language that is written.
        text: What it says now.
        author: Who writes it.
        reason: Why what is published is not good enough; needed where something is.

    Raises:
        TransitionRefusedError: If it is being looked at, or retired; or if no reason is given where something
            is published.
        DefinitionError: If it is no language.
    """
    if language not in article.languages:
        variants = (*article.variants, _begun(language, text, author))
        return Outcome(evolve(article, variants=variants), "ArticleDrafted", {"language": language})
    before = article.variant(language)
    state = before.state
    if state not in (_DRAFT, _REWORK):
        state = _moved(before, "revise", author, {"revision_reason": _said(reason)})
    after = evolve(before, state=state, draft=text, author=author.id)
    return _changed(article, after, "ArticleRevised", reason=reason)


def submit_article(article: Article, language: str, author: Actor) -> Outcome[Article]:
    """
    Hand a draft over to be looked at.

    Raises:
        NotFoundError: If it is not written in the language.
        TransitionRefusedError: If it is no draft, or has no body.
    """
    before = article.variant(language)
    content = before.draft.body.strip() if before.draft is not None else None
    facts = {"content": content or None, "audience": "said"}
    after = evolve(before, state=_moved(before, "submit", author, facts))
    return _changed(article, after, "ArticleSubmitted")


def return_article(article: Article, language: str, reviewer: Actor, comment: str) -> Outcome[Article]:
    """
    Give back what was looked at, to be worked on.

    Raises:
        NotFoundError: If it is not written in the language.
        TransitionRefusedError: If it is not being looked at, or nothing is said.
    """
    before = article.variant(language)
    state = _moved(before, "return", reviewer, {"review_comment": _said(comment)})
    return _changed(article, evolve(before, state=state), "ArticleReturned", reason=comment)


def publish_article(
    article: Article, language: str, reviewer: Actor, now: datetime, review_at: datetime
) -> Outcome[Article]:
    """
    Let readers see what was looked at.

    Args:
        article: The article.
        language: The language.
        reviewer: Who has looked at it, and is not its author.
        now: When.
        review_at: From when on somebody is to look at it again: see `next_review`.

    Raises:
        NotFoundError: If it is not written in the language.
        TransitionRefusedError: If it is not being looked at, its author publishes it, or who does is no
            knowledge manager; with every reason.
        RefusedError: If it is to be looked at again before it is published.
    """
    before = article.variant(language)
    state = _moved(before, "publish", reviewer, _review(before, reviewer))
    _check_review(article, now, review_at)
    text = before.draft
    assert text is not None  # noqa: S101  # nothing else is looked at
    version = PublishedVersion(len(before.versions) + 1, text, before.author, reviewer.id, now)
    after = evolve(before, state=state, draft=None, versions=(*before.versions, version), review_at=review_at)
    return _changed(article, after, "ArticlePublished", number=version.number)


def confirm_article(
    article: Article, language: str, reviewer: Actor, now: datetime, review_at: datetime
) -> Outcome[Article]:
    """
    Say that what is published is still right.

    Args:
        article: The article.
        language: The language.
        reviewer: Who has looked at it.
        now: When.
        review_at: From when on somebody is to look at it again.

    Raises:
        NotFoundError: If it is not written in the language.
        TransitionRefusedError: If nothing is published, its author confirms it, or who does is no knowledge
            manager; with every reason.
        RefusedError: If it is to be looked at again before now.
    """
    before = article.variant(language)
    # Who looks before it is due has looked all the same.
    state = _REVIEW_DUE if before.category is StateCategory.RESOLVED else before.state
    state = _moved(evolve(before, state=state), "confirm", reviewer, _review(before, reviewer))
    _check_review(article, now, review_at)
    after = evolve(before, state=state, review_at=review_at)
    return _changed(article, after, "ArticleConfirmed", reviewer=reviewer.id)


def retire_article(article: Article, language: str, manager: Actor, reason: str) -> Outcome[Article]:
    """
    Show an article to readers no more.

    Raises:
        NotFoundError: If it is not written in the language.
        TransitionRefusedError: If nothing is published, no reason is given, or who retires it is no knowledge
            manager; with every reason.
    """
    before = article.variant(language)
    state = _moved(before, "retire", manager, {"retirement_reason": _said(reason)})
    after = evolve(before, state=state, review_at=None)
    return _changed(article, after, "ArticleRetired", reason=reason)


def discard_article(article: Article, language: str, author: Actor, reason: str) -> Outcome[Article]:
    """
    Give up what is being written. If something is published, that stands, and only the draft is dropped.

    Raises:
        NotFoundError: If it is not written in the language.
        TransitionRefusedError: If nothing is being written, or no reason is given.
    """
    before = article.variant(language)
    state = _moved(before, "discard", author, {"cancellation_reason": _said(reason)})
    if before.versions:
        # What is published was reviewed before; the workflow does not know that it stands.
        after = evolve(before, state=_PUBLISHED, draft=None, author=before.versions[-1].author)
    else:
        after = evolve(before, state=state, draft=None)
    return _changed(article, after, "ArticleDiscarded", reason=reason)


def next_review(now: datetime, calendar: BusinessTime) -> datetime:
    """Return when an article that is published now is to be looked at again, by its workflow."""
    [deadline] = life().deadlines(_PUBLISHED, now, calendar)
    return deadline.at


def _begun(language: str, text: ArticleText, author: Actor) -> Variant:
    return Variant(language=language, state=life().definition.initial, author=author.id, draft=text)


def _moved(variant: Variant, trigger: str, actor: Actor, facts: Mapping[str, object] = EMPTY) -> str:
    """Return the state after a move. Raises `TransitionRefusedError` with every reason."""
    return life().fire(variant.state, trigger, {ACTOR_ROLES: actor.roles, **facts}).target


def _review(variant: Variant, reviewer: Actor) -> dict[str, object]:
    return {"reviewer": reviewer.id, "reviewer_is_author": reviewer.id == variant.author}


def _said(text: str | None) -> str | None:
    return text if is_name(text) else None


def _check_review(article: Article, now: datetime, review_at: datetime) -> None:
    if review_at <= now:
        refusal = (
            f"cannot publish {article.id}: it would have to be looked at again at {review_at.isoformat()}, "
            f"which is not after {now.isoformat()}"
        )
        raise RefusedError(refusal)


def _changed(article: Article, variant: Variant, event: str, **said: object) -> Outcome[Article]:
    variants = tuple(variant if each.language == variant.language else each for each in article.variants)
    told = {name: each for name, each in said.items() if each is not None}
    return Outcome(evolve(article, variants=variants), event, {"language": variant.language, **told})
