"""Knowledge on a desk: who finds what, in which language, and what is counted."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from attrs import evolve

from itsmkit.conditions import ALWAYS
from itsmkit.desk import Desk, DeskConfig, ManualClock
from itsmkit.errors import DefinitionError, NotFoundError, RefusedError
from itsmkit.practices import Resolution
from itsmkit.practices.knowledge import KnowledgeRules, SessionEnd
from itsmkit.tickets import Actor
from itsmkit.tickets.structure import Person, Site, Structure

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
KIM, LEE = Actor("kim"), Actor("lee", roles=["knowledge_manager"])
BOB, EVE = Actor("bob"), Actor("eve")
STRUCTURE = Structure(
    people=[
        Person("bob", language="sv"),
        Person("eve", site="tehran"),
    ],
    sites=[Site("tehran", language="fa")],
)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def desk(clock: ManualClock) -> Desk:
    rules = KnowledgeRules(["en", "sv", "fa"], ["en"])
    return Desk(evolve(DeskConfig.standard(), knowledge=rules, structure=STRUCTURE), clock=clock)


def publish(desk: Desk, key: str, title: str, body: str, language: str = "en", **described: Any) -> None:
    if any(each.id == key for each in desk.acting_as(LEE).knowledge.articles()):
        desk.knowledge.revise(key, language, title, body, by=KIM)
    else:
        desk.knowledge.draft(key, language, title, body, by=KIM, **described)
    desk.knowledge.submit(key, language, by=KIM)
    desk.knowledge.publish(key, language, by=LEE)


def titles(found: Any) -> list[str]:
    return [each.title for each in found]


def test_readers_find_what_is_published_in_their_language(desk: Desk) -> None:
    publish(desk, "vpn", "VPN at home", "Restart the client.")
    publish(desk, "vpn", "VPN hemma", "Starta om klienten.", "sv")
    publish(desk, "wifi", "Wi-Fi for guests", "Ask the reception.")
    assert titles(desk.acting_as(BOB).knowledge.search("restart")) == ["VPN hemma"]
    assert titles(desk.acting_as(EVE).knowledge.search("vpn")) == ["VPN at home"]
    assert titles(desk.acting_as(EVE).knowledge.search("klienten", language="sv")) == ["VPN hemma"]
    assert desk.acting_as(BOB).knowledge.read("wifi").is_fallback
    assert desk.knowledge.read("vpn").language == "en"
    [found] = desk.knowledge.search("restart vpn")
    assert found.article == "vpn"
    assert found.words == ("restart", "vpn")
    assert found.snippet.marked() == "**Restart** the client."


def test_what_is_no_longer_published_is_not_found(desk: Desk) -> None:
    publish(desk, "vpn", "VPN at home", "Restart the client.", services=["net"])
    assert [each.services for each in desk.knowledge.search("vpn")] == [("net",)]
    desk.knowledge.revise("vpn", "en", "Tunnel", "Renew the certificate.", reason="wrong", by=KIM)
    assert titles(desk.knowledge.search("certificate")) == []
    assert titles(desk.knowledge.search("restart")) == ["VPN at home"]
    desk.knowledge.submit("vpn", "en", by=KIM)
    desk.knowledge.publish("vpn", "en", by=LEE)
    assert titles(desk.knowledge.search("certificate")) == ["Tunnel"]
    assert titles(desk.knowledge.search("restart")) == []
    desk.knowledge.retire("vpn", "en", "gone", by=LEE)
    assert titles(desk.knowledge.search("certificate")) == []
    with pytest.raises(NotFoundError):
        desk.knowledge.read("vpn")


def test_an_article_that_is_not_for_somebody_is_not_there_for_them(desk: Desk) -> None:
    publish(desk, "all", "VPN", "For everybody.")
    publish(desk, "bob", "VPN of Bob", "For Bob.", audience='viewer.person = "bob"')
    publish(desk, "role", "VPN of IT", "For IT.", audience="viewer.role.it = true")
    assert titles(desk.knowledge.search("vpn")) == ["VPN"]
    assert set(titles(desk.acting_as(BOB).knowledge.search("vpn"))) == {"VPN", "VPN of Bob"}
    it = desk.acting_as(Actor("zoe", roles=["it"]))
    assert set(titles(it.knowledge.suggest("vpn"))) == {"VPN", "VPN of IT"}
    for ask in (
        lambda: desk.acting_as(EVE).knowledge.read("bob"),
        lambda: desk.acting_as(EVE).knowledge.give_feedback("bob", helpful=True),
        lambda: desk.knowledge.link_ticket(desk.incidents.log("x", by=EVE).id, "bob", by=EVE),
    ):
        with pytest.raises(NotFoundError) as hidden:
            ask()
        assert str(hidden.value).replace("bob", "absent") == str(NotFoundError("article", "absent"))
    desk.knowledge.describe("bob", audience=ALWAYS, by=KIM)
    assert "VPN of Bob" in titles(desk.knowledge.search("vpn"))


def test_those_that_may_be_read_fill_the_places_of_those_that_may_not(desk: Desk) -> None:
    for number in range(30):
        publish(desk, f"hidden-{number}", "VPN VPN VPN", "VPN", audience=f'viewer.person = "p{number}"')
    publish(desk, "shown", "How to use the tunnel from home", "The VPN.")
    assert titles(desk.knowledge.search("vpn", limit=1)) == ["How to use the tunnel from home"]


@pytest.mark.parametrize("text", ["", "?!", '"', "C++ (vpn", "NOT AND *"])
def test_whatever_is_typed_is_a_question(desk: Desk, text: str) -> None:
    publish(desk, "vpn", "VPN", "Restart the client.")
    assert len(desk.knowledge.search(text)) == ("vpn" in text)
    assert len(desk.search.tickets(text)) == 0


def test_a_text_that_is_too_long_is_refused_and_changes_nothing(desk: Desk) -> None:
    publish(desk, "vpn", "VPN", "Restart the client.")
    before = [*desk.store.dump()]
    for ask in (desk.knowledge.search, desk.knowledge.suggest, desk.search.tickets):
        with pytest.raises(DefinitionError, match="100,000 characters are too many"):
            ask("x" * 100_000)
    with pytest.raises(DefinitionError, match="too many"):
        desk.knowledge.begin_session("x" * 100_000, by=BOB)
    assert [*desk.store.dump()] == before


def test_an_article_in_an_unknown_language_is_refused(desk: Desk) -> None:
    before = [*desk.store.dump()]
    with pytest.raises(DefinitionError, match="articles are not written in 'de'; known: en, sv, fa"):
        desk.knowledge.draft("vpn", "de", "VPN", by=KIM)
    assert [*desk.store.dump()] == before
    publish(desk, "vpn", "VPN", "x")
    with pytest.raises(DefinitionError, match="articles are not written in 'xx'"):
        desk.knowledge.revise("vpn", "xx", "VPN", "x", by=KIM)


def test_suggestions_are_for_what_somebody_writes(desk: Desk) -> None:
    publish(desk, "vpn", "VPN at home", "Restart the client.")
    publish(desk, "mail", "Mailbox full", "Delete old messages.")
    assert titles(desk.knowledge.suggest("my VPN is gone")) == ["VPN at home"]
    assert titles(desk.knowledge.suggest("canteen menu on thursday")) == []
    ticket = desk.incidents.log("Mailbox", details={"description": "it says it is full"}, by=BOB)
    assert titles(desk.acting_as(BOB).knowledge.suggest_for(ticket.id)) == ["Mailbox full"]
    with pytest.raises(NotFoundError):
        desk.knowledge.suggest_for("absent")


def test_articles_are_found_by_their_beginning_as_they_are_typed(desk: Desk) -> None:
    publish(desk, "mail", "Mailbox is full", "Delete old messages.")
    assert titles(desk.knowledge.search("mailb", is_being_typed=True)) == ["Mailbox is full"]
    assert titles(desk.knowledge.search("mailb ", is_being_typed=True)) == []


def test_a_review_is_due_and_done(desk: Desk, clock: ManualClock) -> None:
    publish(desk, "vpn", "VPN", "x")
    publish(desk, "soon", "Soon", "x")
    desk.knowledge.confirm("soon", "en", review_at=NOW + timedelta(days=3), by=LEE)
    manager = desk.acting_as(LEE).knowledge
    assert manager.overdue_reviews() == ()
    clock.advance(timedelta(days=3))
    assert [each.article for each in manager.overdue_reviews()] == ["soon"]
    clock.advance(timedelta(days=400))
    assert [each.article for each in manager.overdue_reviews()] == ["soon", "vpn"]
    manager.confirm("soon", "en")
    assert [each.article for each in manager.overdue_reviews()] == ["vpn"]
    with pytest.raises(RefusedError, match="which is not after"):
        manager.confirm("vpn", "en", review_at=NOW)


def test_the_history_tells_each_step(desk: Desk) -> None:
    publish(desk, "vpn", "VPN", "x")
    steps = desk.acting_as(LEE).knowledge.history("vpn")
    assert [(each.event, each.actor.id) for each in steps] == [
        ("ArticleDrafted", "kim"),
        ("ArticleSubmitted", "kim"),
        ("ArticlePublished", "lee"),
    ]
    assert steps[0].value.variants[0].draft.title == "VPN"
    assert desk.acting_as(LEE).knowledge.get("vpn") == steps[-1].value
    with pytest.raises(NotFoundError):
        desk.acting_as(LEE).knowledge.history("absent")


def test_what_is_returned_is_written_again(desk: Desk) -> None:
    desk.knowledge.draft("vpn", "en", "VPN", "x", keywords=["tunnel"], by=KIM)
    desk.knowledge.submit("vpn", "en", by=KIM)
    assert desk.knowledge.send_back("vpn", "en", "too short", by=LEE).variant("en").state == "Rework"
    assert desk.knowledge.discard("vpn", "en", "no time", by=KIM).variant("en").state == "Discarded"
    with pytest.raises(RefusedError, match="there is a article 'vpn' already"):
        desk.knowledge.draft("vpn", "en", "VPN", by=KIM)


def test_use_is_read_from_what_has_happened(desk: Desk, clock: ManualClock) -> None:
    publish(desk, "vpn", "VPN", "Restart the client.")
    publish(desk, "mail", "Mailbox", "Delete old messages.")
    bob = desk.acting_as(BOB)
    first = bob.knowledge.begin_session("VPN client")
    assert first.shown == ("vpn",)
    clock.advance(timedelta(minutes=2))
    assert bob.knowledge.solved(first.id, "vpn").end is SessionEnd.SOLVED
    second = bob.knowledge.begin_session("VPN again")
    ticket = bob.incidents.log("VPN is down")
    bob.knowledge.led_to_ticket(second.id, ticket.id)
    bob.knowledge.link_ticket(ticket.id, "vpn")
    desk.tickets.assign(ticket.id, support_group="network", assignee="ann", by=KIM)
    desk.incidents.transition(ticket.id, "start", by=KIM)
    desk.tickets.resolve(ticket.id, Resolution(text="restarted"), by=KIM)
    other = bob.incidents.log("Mail is gone")
    desk.tickets.assign(other.id, support_group="network", assignee="ann", by=KIM)
    desk.incidents.transition(other.id, "start", by=KIM)
    desk.tickets.resolve(other.id, Resolution(text="back", knowledge=["mail"]), by=KIM)
    bob.knowledge.give_feedback("vpn", helpful=False, comment="nothing happened")
    bob.knowledge.give_feedback("vpn", helpful=True)
    report = desk.acting_as(LEE).knowledge.report()
    assert (report.solved, report.solved_by_article, report.reuse_rate) == (2, 2, 1)
    assert (report.sessions, report.deflected, report.led_to_ticket) == (2, 1, 1)
    assert report.deflection_rate == Fraction(1, 2)
    assert report.time_to_solve == timedelta(minutes=2)
    vpn = report.articles["vpn"]
    assert (vpn.solved, vpn.deflected, vpn.shown, vpn.helpful, vpn.unhelpful) == (1, 1, 2, 1, 0)
    assert report.articles["mail"].solved == 1
    assert desk.acting_as(LEE).knowledge.report(since=clock() + timedelta(days=1)).solved == 0


def test_a_session_is_ended_by_who_began_it(desk: Desk) -> None:
    publish(desk, "vpn", "VPN", "Restart the client.")
    session = desk.acting_as(BOB).knowledge.begin_session("vpn", idempotency_key="k")
    assert desk.acting_as(BOB).knowledge.begin_session("vpn", idempotency_key="k") == session
    assert [each.id for each in desk.acting_as(LEE).knowledge.sessions('person = "bob"')] == [session.id]
    with pytest.raises(RefusedError, match="it is not that of eve"):
        desk.acting_as(EVE).knowledge.solved(session.id, "vpn")


def test_what_people_wrote_is_erased_from_records_and_their_histories(desk: Desk) -> None:
    publish(desk, "vpn", "VPN", "Restart the client.")
    bob = desk.acting_as(BOB)
    said = bob.knowledge.give_feedback("vpn", helpful=True, comment="my secret words")
    session = bob.knowledge.begin_session("my secret question")
    manager = desk.acting_as(LEE).knowledge
    for erase, key in ((manager.erase_feedback, said.id), (manager.erase_session, session.id)):
        with pytest.raises(RefusedError, match="say why"):
            erase(key, " ")
        erase(key, "bob asked")
    assert not any("secret" in str(row.data) for row in desk.store.dump())
    [left] = manager.feedback("helpful = true")
    assert left.helpful
    assert left.comment == "[erased]"


def test_knowledge_is_found_within_a_batch_before_it_is_saved(desk: Desk) -> None:
    with desk.batch() as batch:
        publish(batch, "vpn", "VPN", "Restart the client.")
        assert titles(batch.knowledge.search("vpn")) == ["VPN"]
        assert titles(desk.knowledge.search("vpn")) == []
    assert titles(desk.knowledge.search("vpn")) == ["VPN"]
