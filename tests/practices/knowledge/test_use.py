"""How articles are used: feedback, sessions, links to tickets."""

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve

from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.practices import Occasion
from itsmkit.practices.knowledge import (
    ArticleFeedback,
    KnowledgeSession,
    SessionEnd,
    articles_of,
    begin_session,
    give_feedback,
    link_article,
    session_led_to,
    session_solved,
)
from itsmkit.testing import AN_AGENT, an_incident
from itsmkit.tickets import TicketId

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SAID = ArticleFeedback(id="f", article="vpn", language="en", number=1, person="bob", helpful=True, at=NOW)
SESSION = begin_session("s", "bob", "vpn gone", ("vpn", "wifi"), NOW).value


def test_what_is_said_last_counts() -> None:
    assert give_feedback(None, SAID).value == SAID
    again = evolve(SAID, at=NOW + timedelta(1))
    assert give_feedback(evolve(SAID, version=3), again) is None
    changed = evolve(again, helpful=False)
    assert give_feedback(SAID, changed).value is changed
    assert give_feedback(SAID, evolve(again, comment="x")).event == "ArticleFeedbackGiven"


def test_an_article_ends_a_session() -> None:
    at = NOW + timedelta(minutes=2)
    solved = session_solved(SESSION, "wifi", at).value
    assert (solved.end, solved.article, solved.ended_at) == (
        SessionEnd.SOLVED,
        "wifi",
        NOW + timedelta(minutes=2),
    )
    led = session_led_to(SESSION, TicketId("t"), NOW).value
    assert (led.end, led.ticket_id) == (SessionEnd.TICKET, "t")


def test_a_session_ends_once_and_by_what_was_shown() -> None:
    solved = session_solved(SESSION, "vpn", NOW).value
    with pytest.raises(RefusedError) as refused:
        session_solved(solved, "mail", NOW)
    assert refused.value.reasons == (
        "session s has ended: solved",
        "article 'mail' was not shown in session s; shown was vpn, wifi",
    )
    with pytest.raises(RefusedError, match="has ended"):
        session_led_to(solved, TicketId("t"), NOW)
    with pytest.raises(RefusedError, match="shown was no article"):
        session_solved(evolve(SESSION, shown=()), "vpn", NOW)


def test_a_session_ends_in_a_known_way() -> None:
    with pytest.raises(DefinitionError, match="what came of a session"):
        KnowledgeSession(id="s", person="bob", asked="x", begun_at=NOW, end="tired")


def test_an_article_is_linked_once() -> None:
    ticket, occasion = an_incident(), Occasion(AN_AGENT, NOW + timedelta(days=1))
    first = link_article(ticket, occasion, "vpn").ticket
    second = link_article(first, occasion, "wifi").ticket
    assert second.details["knowledge"] == ("vpn", "wifi")
    assert link_article(second, occasion, "vpn").events == ()


@pytest.mark.parametrize(
    ("value", "articles"), [(None, ()), ("vpn", ()), (["a", 7, "a", "b"], ("a", "b")), (("a",), ("a",))]
)
def test_a_detail_names_articles(value: object, articles: tuple[str, ...]) -> None:
    assert articles_of(value) == articles
