"""How articles come to be published, and are kept true."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from itsmkit.calendars import BusinessCalendar
from itsmkit.conditions import equals, parse_condition
from itsmkit.errors import DefinitionError, NotFoundError, RefusedError
from itsmkit.practices.knowledge import (
    Article,
    ArticleText,
    KnowledgeRules,
    PublishedVersion,
    Variant,
    article_for,
    audience_label,
    check_language,
    confirm_article,
    describe_article,
    discard_article,
    draft_article,
    indexed_id,
    next_review,
    overdue_reviews,
    parts_of_indexed_id,
    publish_article,
    retire_article,
    return_article,
    revise_article,
    searchable,
    submit_article,
)
from itsmkit.tickets import Actor
from itsmkit.workflow import StateCategory, TransitionRefusedError

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = NOW + timedelta(days=365)
KIM, LEE = Actor("kim"), Actor("lee", roles=["knowledge_manager"])
TEXT = ArticleText("VPN at home", "Restart the client.", keywords=["tunnel"])
BETTER = ArticleText("VPN at home", "Renew the certificate.")


def drafted(language: str = "en", **described: object) -> Article:
    return draft_article("vpn", language, TEXT, KIM, **described).value


def submitted(article: Article | None = None, language: str = "en") -> Article:
    return submit_article(article or drafted(language), language, KIM).value


def published(article: Article | None = None, language: str = "en", at: datetime = NOW) -> Article:
    return publish_article(submitted(article, language), language, LEE, at, at + timedelta(days=365)).value


def test_an_article_is_written_looked_at_and_published() -> None:
    outcome = publish_article(submitted(), "en", LEE, NOW, LATER)
    variant = outcome.value.variant("en")
    assert outcome.event == "ArticlePublished"
    assert outcome.said == {"language": "en", "number": 1}
    assert variant.state == "Published"
    assert variant.draft is None
    assert variant.published == PublishedVersion(1, TEXT, "kim", "lee", NOW)
    assert variant.review_at == LATER


def test_the_author_owns_it_unless_somebody_else_does() -> None:
    assert drafted().owner == "kim"
    assert drafted(owner="lee", services=["net"], audience=None).services == ("net",)


def test_what_is_published_stands_while_it_is_written_anew() -> None:
    article = revise_article(published(), "en", BETTER, KIM, "certificates expire").value
    assert article.variant("en").state == "Rework"
    assert article.variant("en").published.text == TEXT
    article = revise_article(article, "en", BETTER, LEE).value
    assert article.variant("en").author == "lee"
    article = submit_article(article, "en", LEE).value
    with pytest.raises(TransitionRefusedError, match="nobody but the author"):
        publish_article(article, "en", LEE, NOW, LATER)
    other = Actor("mia", roles=["knowledge_manager"])
    versions = publish_article(article, "en", other, LATER, LATER + timedelta(1)).value.variant("en").versions
    assert [(each.number, each.text, each.author) for each in versions] == [
        (1, TEXT, "kim"),
        (2, BETTER, "lee"),
    ]


def test_what_is_given_up_leaves_what_is_published() -> None:
    article = revise_article(published(), "en", BETTER, LEE, "wrong").value
    article = discard_article(article, "en", LEE, "it was right").value
    variant = article.variant("en")
    assert (variant.state, variant.author, variant.draft) == ("Published", "kim", None)
    assert variant.published.text == TEXT


def test_a_first_draft_that_is_given_up_is_gone() -> None:
    variant = discard_article(drafted(), "en", KIM, "written twice").value.variant("en")
    assert (variant.state, variant.draft, variant.published) == ("Discarded", None, None)


def test_what_was_returned_is_worked_on() -> None:
    outcome = return_article(submitted(), "en", LEE, "too short")
    assert outcome.said == {"language": "en", "reason": "too short"}
    assert outcome.value.variant("en").state == "Rework"
    assert published(outcome.value).variant("en").state == "Published"


@pytest.mark.parametrize("days", [-1, 400], ids=["before it is due", "when it is overdue"])
def test_what_is_still_right_is_confirmed(days: int) -> None:
    at = NOW + timedelta(days=days + 2)
    outcome = confirm_article(published(), "en", LEE, at, at + timedelta(days=365))
    variant = outcome.value.variant("en")
    assert (variant.state, variant.review_at) == ("Published", at + timedelta(days=365))
    assert len(variant.versions) == 1


def test_what_is_retired_is_shown_no_more() -> None:
    variant = retire_article(published(), "en", LEE, "no VPN any more").value.variant("en")
    assert (variant.category, variant.published, variant.review_at) == (StateCategory.CLOSED, None, None)


def test_each_language_has_a_life_of_its_own() -> None:
    article = revise_article(published(), "sv", ArticleText("VPN hemma"), KIM).value
    assert article.languages == ("en", "sv")
    assert article.variant("sv").published is None
    assert article.variant("en").published is not None
    with pytest.raises(NotFoundError, match="fr"):
        submit_article(article, "fr", KIM)


@pytest.mark.parametrize(
    ("move", "reasons"),
    [
        pytest.param(
            lambda: submit_article(draft_article("vpn", "en", ArticleText("VPN", " "), KIM).value, "en", KIM),
            ["content is missing"],
            id="nothing is written",
        ),
        pytest.param(lambda: submit_article(submitted(), "en", KIM), [], id="it was submitted"),
        pytest.param(
            lambda: publish_article(submitted(), "en", KIM, NOW, LATER),
            ["knowledge_manager", "nobody but the author"],
            id="by the author, who is no manager",
        ),
        pytest.param(
            lambda: publish_article(drafted(), "en", LEE, NOW, LATER), [], id="nobody has looked at it"
        ),
        pytest.param(
            lambda: confirm_article(published(), "en", KIM, NOW, LATER),
            ["knowledge_manager", "nobody but the author"],
            id="confirmed by the author",
        ),
        pytest.param(lambda: confirm_article(drafted(), "en", LEE, NOW, LATER), [], id="nothing to confirm"),
        pytest.param(
            lambda: retire_article(published(), "en", KIM, ""),
            ["knowledge_manager", "retirement_reason is missing"],
            id="retired by somebody, for nothing",
        ),
        pytest.param(
            lambda: revise_article(published(), "en", BETTER, KIM),
            ["revision_reason is missing"],
            id="revised for nothing",
        ),
        pytest.param(lambda: revise_article(submitted(), "en", BETTER, KIM, "x"), [], id="being looked at"),
        pytest.param(
            lambda: return_article(submitted(), "en", LEE, " "),
            ["review_comment is missing"],
            id="no comment",
        ),
        pytest.param(
            lambda: discard_article(drafted(), "en", KIM, ""),
            ["cancellation_reason is missing"],
            id="no reason",
        ),
        pytest.param(lambda: discard_article(published(), "en", KIM, "x"), [], id="nothing is written"),
    ],
)
def test_what_its_life_forbids_is_refused_with_every_reason(
    move: Callable[[], object], reasons: list[str]
) -> None:
    with pytest.raises(TransitionRefusedError) as refused:
        move()
    for reason in reasons:
        assert reason in str(refused.value)


@pytest.mark.parametrize("move", [publish_article, confirm_article])
def test_nothing_is_to_be_looked_at_before_it_is_published(move: Callable[..., object]) -> None:
    article = submitted() if move is publish_article else published()
    with pytest.raises(RefusedError, match="which is not after"):
        move(article, "en", LEE, NOW, NOW)


def test_a_review_is_due_after_the_business_days_of_the_workflow() -> None:
    office = BusinessCalendar("Mon-Fri 09:00-17:00", "UTC")
    assert next_review(NOW, office).date() - NOW.date() == timedelta(weeks=50)


def test_what_it_is_about_is_said_anew() -> None:
    outcome = describe_article(drafted(), owner="lee", audience=equals("viewer.organisation", "acme"))
    assert outcome.value.owner == "lee"
    assert describe_article(outcome.value, owner="lee") is None
    assert describe_article(drafted(), services=["net"], categories=["vpn"]).value.categories == ("vpn",)


@pytest.mark.parametrize(
    ("make", "problems"),
    [
        pytest.param(
            lambda: drafted("klingon!"), ["language: must be a language such as 'sv'"], id="language"
        ),
        pytest.param(lambda: drafted("x"), ["language: must be a language such as 'sv'"], id="a letter"),
        pytest.param(
            lambda: drafted(owner="", services=["", "a", "a"], audience=equals("priority", "P1")),
            [
                "owner: must",
                "audience: asks for 'priority'",
                "services[0]",
                "'a' stands there more than once",
            ],
            id="several at once",
        ),
        pytest.param(
            lambda: ArticleText("", 7, keywords=[""]),
            ["title: must be", "body: must be", "keywords[0]"],
            id="text",
        ),
        pytest.param(
            lambda: ArticleText("x", "x" * 1_000_001), ["body: 1,000,001 characters"], id="too long"
        ),
        pytest.param(
            lambda: Article(id="a", owner="b", variants=[]), ["variants: an article is"], id="no text"
        ),
        pytest.param(
            lambda: Variant(language="en", state="Nowhere", author="kim"), ["Nowhere"], id="no such state"
        ),
        pytest.param(
            lambda: KnowledgeRules(["en", "en", "e"], ["sv", "!"]),
            ["languages[2]", "'en' stands there more than once", "fallback[1]", "not written in 'sv'"],
            id="rules",
        ),
        pytest.param(
            lambda: check_language("sw", ["en", "sv"]), ["not written in 'sw'; known: en, sv"], id="unknown"
        ),
    ],
)
def test_what_cannot_be_right_is_refused_all_at_once(make: Callable[[], object], problems: list[str]) -> None:
    with pytest.raises(DefinitionError) as refused:
        make()
    for problem in problems:
        assert problem in str(refused.value)


def test_any_language_is_written_where_none_is_said() -> None:
    check_language("sw", [])
    check_language("sv", ["en", "sv"])


# -- reading -------------------------------------------------------------------------------------------


def in_languages(*languages: str) -> Article:
    article = published(drafted(languages[0]), languages[0])
    for each in languages[1:]:
        article = revise_article(article, each, ArticleText(f"VPN {each}", "x"), KIM).value
        article = published(article, each)
    return article


@pytest.mark.parametrize(
    ("written", "asked", "fallback", "read", "is_fallback"),
    [
        (["en", "sv"], "sv", [], "sv", False),
        (["en", "sv"], "SV", [], "sv", False),
        (["en", "sv"], "sv-FI", [], "sv", False),
        (["en", "pt-BR"], "pt", [], "pt-BR", False),
        (["en", "pt", "pt-BR"], "pt-BR", [], "pt-BR", False),
        (["en", "pt-PT"], "pt-BR", [], "pt-PT", False),
        (["en", "sv"], "fa", ["sv"], "sv", True),
        (["en", "sv"], "fa", ["de", "sv", "en"], "sv", True),
        (["en", "sv"], "fa", [], "en", True),
        (["sv", "en"], None, [], "sv", False),
        (["sv", "en"], None, ["en"], "en", False),
    ],
)
def test_readers_read_their_language_or_the_fallback(
    written: list[str], asked: str | None, fallback: list[str], read: str, is_fallback: bool
) -> None:
    reading = article_for(in_languages(*written), asked, fallback)
    assert (reading.language, reading.is_fallback, reading.article) == (read, is_fallback, "vpn")


def test_a_language_that_is_not_published_is_not_read() -> None:
    article = revise_article(published(), "sv", BETTER, KIM).value
    assert article_for(article, "sv").language == "en"
    assert article_for(drafted()) is None
    assert article_for(retire_article(published(), "en", LEE, "old").value) is None


def test_overdue_reviews_come_with_the_longest_wait_first() -> None:
    old, new = published(at=NOW - timedelta(days=10)), published(at=NOW)
    articles = [new, drafted("sv"), old, revise_article(old, "en", BETTER, KIM, "x").value]
    assert overdue_reviews(articles, LATER - timedelta(seconds=1))[0].since == LATER - timedelta(days=10)
    assert len(overdue_reviews(articles, LATER - timedelta(seconds=1))) == 1
    found = overdue_reviews(articles, LATER)
    assert [each.since for each in found] == [LATER - timedelta(days=10), LATER]
    assert (found[0].article, found[0].language, found[0].owner, found[0].title) == (
        "vpn",
        "en",
        "kim",
        "VPN at home",
    )


def test_an_index_gets_what_is_published_with_its_audience() -> None:
    audience = parse_condition('viewer.organisation = "acme"')
    article = published(drafted(audience=audience, services=["net"], categories=["remote"]))
    article = revise_article(article, "sv", BETTER, KIM).value
    [document] = searchable(article)
    assert document.id == indexed_id("vpn", "en")
    assert parts_of_indexed_id(document.id) == ("vpn", "en")
    assert document.texts == {
        "title": "VPN at home",
        "body": "Restart the client.",
        "keywords": "tunnel\nnet\nremote",
    }
    assert document.labels == {audience_label(article)}
    assert searchable(drafted()) == ()
