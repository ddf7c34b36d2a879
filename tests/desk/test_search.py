"""Tickets are found by words: what may be seen of them, whoever has changed them meanwhile."""

from typing import Any

import pytest
from attrs import evolve

from itsmkit.desk import Desk, DeskConfig, InMemorySearchIndex, InMemoryStore
from itsmkit.desk._searching import TICKETS
from itsmkit.errors import DefinitionError, NotFoundError, RefusedError
from itsmkit.plugin import hookimpl
from itsmkit.practices.access import AccessRules, Permit, Role, Scope
from itsmkit.search import SearchQuery
from itsmkit.tickets import Actor

ANN = Actor("ann", roles=["agent"])
RULES = AccessRules(
    roles=[
        Role("agent", sees=[Scope()], permits=[Permit("*")]),
        Role("portal", sees=[Scope(relations=["requester"])], permits=[Permit("*")]),
        Role("blind", sees=[Scope()], permits=[Permit("*")], hides=["title"]),
    ]
)


@pytest.fixture
def store() -> InMemoryStore:
    return InMemoryStore()


@pytest.fixture
def desk(store: InMemoryStore) -> Desk:
    return Desk(evolve(DeskConfig.standard(), access=RULES), store=store).acting_as(ANN)


def numbers(found: Any) -> list[str]:
    return [each.ticket.number for each in found]


def test_tickets_are_found_by_what_requesters_may_read(desk: Desk) -> None:
    ticket = desk.incidents.log("No network", details={"description": "the switch on floor 3 is dark"})
    desk.tickets.comment(ticket.id, "We have ordered a transceiver", public=True)
    desk.tickets.add_note(ticket.id, "the requester is a nuisance")
    for text in ("network", "SWITCH", "transceivers"):
        assert numbers(desk.search.tickets(text)) == ["INC-1"], text
    assert numbers(desk.search.tickets("nuisance")) == []
    [found] = desk.search.tickets("dark switch")
    assert found.words == ("dark", "switch")
    assert found.snippet.marked() == "the **switch** on floor 3 is **dark**"


def test_changes_are_found_whoever_has_made_them(desk: Desk, store: InMemoryStore) -> None:
    ticket = desk.incidents.log("No network")
    assert numbers(desk.search.tickets("network")) == ["INC-1"]
    other = Desk(desk.config, store=store).acting_as(ANN)
    other.tickets.describe(ticket.id, title="No electricity")
    assert numbers(desk.search.tickets("network")) == []
    assert numbers(desk.search.tickets("electricity")) == ["INC-1"]
    assert numbers(other.search.tickets("electricity")) == ["INC-1"]


def test_a_ticket_that_may_not_be_seen_is_not_there(desk: Desk) -> None:
    for number in range(40):
        desk.incidents.log("network network", requester=f"p{number}")
    desk.incidents.log("the network is down on all floors of the house", requester="bob")
    bob = desk.acting_as(Actor("bob", roles=["portal"]))
    assert numbers(bob.search.tickets("network", limit=1)) == ["INC-41"]
    ticket = desk.incidents.log("network", requester="bob")
    assert numbers(bob.search.similar_tickets(ticket.id)) == ["INC-41"]
    assert len(desk.search.similar_tickets(ticket.id, limit=100)) == 41
    hidden = desk.search.tickets("network")[0].ticket
    with pytest.raises(NotFoundError):
        bob.search.similar_tickets(hidden.id)


def test_among_many_that_may_be_seen_the_best_are_looked_through(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("itsmkit.desk.search._FEW", 3)
    for number in range(30):
        desk.incidents.log("network network", requester="eve" if number % 2 else "bob")
    for number in range(6):
        desk.incidents.log(f"network of long floor {number}", requester="bob")
    bob = desk.acting_as(Actor("bob", roles=["portal"]))
    found = bob.search.tickets("network", limit=20)
    assert len(found) == 20
    assert {each.ticket.requester for each in found} == {"bob"}
    assert len(bob.search.tickets("network", limit=200)) == 21


def test_what_may_not_be_read_is_not_found_by(desk: Desk) -> None:
    desk.incidents.log("takeover", details={"description": "see the board"})
    blind = desk.acting_as(Actor("bea", roles=["blind"]))
    assert numbers(blind.search.tickets("takeover")) == []
    assert numbers(blind.search.tickets("board")) == ["INC-1"]
    assert blind.search.tickets("board takeover")[0].words == ("board",)


def test_what_was_erased_is_not_found_and_leaves_the_index(store: InMemoryStore) -> None:
    index = InMemorySearchIndex()
    desk = Desk(store=store, search=index).acting_as(ANN)
    ticket = desk.incidents.log("Mrs Miller has no network")
    assert numbers(desk.search.tickets("miller")) == ["INC-1"]
    desk.tickets.erase(ticket.id, reason="she asked")
    assert index.search(TICKETS, SearchQuery("miller"))
    desk.search.refresh()
    assert index.search(TICKETS, SearchQuery("miller")) == ()
    assert numbers(desk.search.tickets("miller")) == []


def test_nothing_is_fed_before_somebody_searches(store: InMemoryStore) -> None:
    index = InMemorySearchIndex()
    desk = Desk(store=store, search=index).acting_as(ANN)
    desk.incidents.log("No network")
    desk.search.refresh()
    assert index.mark(TICKETS) is None


def test_an_index_of_another_history_is_fed_anew() -> None:
    index = InMemorySearchIndex()
    first = Desk(search=index).acting_as(ANN)
    for title in ("No network", "No power"):
        first.incidents.log(title)
    assert numbers(first.search.tickets("network")) == ["INC-1"]
    restored = Desk(search=index).acting_as(ANN)
    assert numbers(restored.search.tickets("network")) == []
    restored.incidents.log("No mail")
    assert numbers(restored.search.tickets("mail")) == ["INC-1"]
    assert numbers(restored.search.tickets("power")) == []


def test_an_index_is_rebuilt(desk: Desk) -> None:
    desk.incidents.log("No network")
    desk.search.rebuild()
    assert numbers(desk.search.tickets("network")) == ["INC-1"]
    with desk.batch() as batch:
        batch.incidents.log("No power")
        assert numbers(batch.search.tickets("power")) == ["INC-2"]
        batch.search.refresh()
        with pytest.raises(RefusedError, match="rebuild"):
            batch.search.rebuild()


def test_many_events_are_fed_in_parts(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("itsmkit.desk._feeding._AT_ONCE", 2)
    for number in range(7):
        desk.incidents.log(f"No network {number}")
    assert len(desk.search.tickets("network", limit=50)) == 7


def test_tenants_find_their_own(desk: Desk) -> None:
    desk.incidents.log("No network")
    acme = desk.of_tenant("acme")
    assert numbers(acme.search.tickets("network")) == []
    acme.incidents.log("network of acme")
    assert [each.ticket.title for each in acme.search.tickets("network")] == ["network of acme"]
    shared = Desk(search=InMemorySearchIndex()).acting_as(ANN)
    shared.incidents.log("No network")
    assert numbers(shared.search.tickets("network")) == ["INC-1"]
    assert numbers(shared.of_tenant("acme").search.tickets("network")) == []


def test_a_plugin_may_bring_the_index() -> None:
    index = InMemorySearchIndex()

    class Finder:
        @hookimpl
        def itsmkit_make_search_index(self, url: str) -> InMemorySearchIndex | None:
            return index if url == "finder://here" else None

    with Desk(plugins=[Finder()], search="finder://here") as desk:
        desk.incidents.log("No network", by=ANN)
        assert numbers(desk.search.tickets("network")) == ["INC-1"]
        assert index.mark(TICKETS) is not None
    assert index.mark(TICKETS) is None
    with pytest.raises(DefinitionError, match="no plugin makes a search index for the scheme 'other'"):
        Desk(plugins=[Finder()], search="other://user:secret@here")


def test_what_is_no_index_is_refused() -> None:
    with pytest.raises(DefinitionError, match="InMemoryStore is no SearchIndex: it lacks mark, feed"):
        Desk(search=InMemoryStore())  # type: ignore[arg-type]  # it is none


def test_similar_tickets_are_those_with_the_same_words(desk: Desk) -> None:
    one = desk.incidents.log("Printer on floor 3 jams", details={"description": "paper is torn"})
    desk.incidents.log("The printer jams again")
    desk.incidents.log("Forgot my password")
    assert numbers(desk.search.similar_tickets(one.id)) == ["INC-2"]
