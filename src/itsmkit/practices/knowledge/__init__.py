"""
Knowledge management: articles that are written, looked at by somebody else, published, and kept true.

An article is written in one language or several, each with a life of its own. Readers see the newest version
that was published in their language, or the fallback, if they are among the audience of the article. What is
used, and what it spares, is read from what has happened.

Source:
    ITIL 4, practice "Knowledge management".
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
    from itsmkit.practices.knowledge.article import Article, ArticleText, PublishedVersion, Variant, life
    from itsmkit.practices.knowledge.linking import KNOWLEDGE, articles_of, link_article
    from itsmkit.practices.knowledge.reading import (
        OverdueReview,
        Reading,
        article_for,
        audience_label,
        indexed_id,
        overdue_reviews,
        parts_of_indexed_id,
        searchable,
    )
    from itsmkit.practices.knowledge.rules import KnowledgeRules
    from itsmkit.practices.knowledge.use import (
        ArticleFeedback,
        KnowledgeSession,
        SessionEnd,
        begin_session,
        give_feedback,
        session_led_to,
        session_solved,
    )
    from itsmkit.practices.knowledge.writing import (
        check_language,
        confirm_article,
        describe_article,
        discard_article,
        draft_article,
        next_review,
        publish_article,
        retire_article,
        return_article,
        revise_article,
        submit_article,
    )
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.practices.knowledge.article": (
                "Article",
                "ArticleText",
                "PublishedVersion",
                "Variant",
                "life",
            ),
            "itsmkit.practices.knowledge.linking": ("KNOWLEDGE", "articles_of", "link_article"),
            "itsmkit.practices.knowledge.reading": (
                "OverdueReview",
                "Reading",
                "article_for",
                "audience_label",
                "indexed_id",
                "overdue_reviews",
                "parts_of_indexed_id",
                "searchable",
            ),
            "itsmkit.practices.knowledge.rules": ("KnowledgeRules",),
            "itsmkit.practices.knowledge.use": (
                "ArticleFeedback",
                "KnowledgeSession",
                "SessionEnd",
                "begin_session",
                "give_feedback",
                "session_led_to",
                "session_solved",
            ),
            "itsmkit.practices.knowledge.writing": (
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
            ),
        },
    )

__all__ = [
    "Article",
    "ArticleFeedback",
    "ArticleText",
    "KNOWLEDGE",
    "KnowledgeRules",
    "KnowledgeSession",
    "OverdueReview",
    "PublishedVersion",
    "Reading",
    "SessionEnd",
    "Variant",
    "article_for",
    "articles_of",
    "audience_label",
    "begin_session",
    "check_language",
    "confirm_article",
    "describe_article",
    "discard_article",
    "draft_article",
    "give_feedback",
    "indexed_id",
    "life",
    "link_article",
    "next_review",
    "overdue_reviews",
    "parts_of_indexed_id",
    "publish_article",
    "retire_article",
    "return_article",
    "revise_article",
    "searchable",
    "session_led_to",
    "session_solved",
    "submit_article",
]
