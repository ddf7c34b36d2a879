"""Erasing at the desk: the words are gone, and everything else holds."""

import json
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.desk import Desk, ErasedTickets, InMemoryStore, ManualClock
from itsmkit.errors import DefinitionError, NotFoundError, RefusedError
from itsmkit.plugin import OutboxEntry, StoredTicket
from itsmkit.plugin.verification import FindingKind
from itsmkit.practices import Incident
from itsmkit.testing import A_MONDAY, AN_AGENT, a_notification
from itsmkit.testing.builders import an_incident_logged
from itsmkit.testing.contracts import save
from itsmkit.testing.days import Act, Day, days
from itsmkit.tickets import Attachment, Commented, PersonalDataErased, TicketId, replay

HOUR = timedelta(hours=1)
WHY = "asked for by the person"
WORDS = "Ann Onym", "migraine", "her cable", "plugged in", "sent home"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(A_MONDAY)


@pytest.fixture
def desk(clock: ManualClock) -> Desk:
    return Desk(store=InMemoryStore(), clock=clock, random=Random(3)).acting_as(AN_AGENT)


def a_life(desk: Desk, clock: ManualClock, requester: str = "ann") -> TicketId:
    """Let people write about Ann wherever they can; return the ticket."""
    ticket_id = desk.incidents.log(
        "Ann Onym has a migraine", requester=requester, site="Bonn", details={"cable": "her cable"}
    ).id
    desk.tickets.comment(ticket_id, "Ann Onym was sent home", public=True)
    desk.incidents.prioritise(
        ticket_id, impact="low", urgency="low", priority="P1", reason="it is a migraine"
    )
    desk.incidents.transition(ticket_id, "assign", support_group="Network", assignee="kim")
    clock.advance(HOUR)
    desk.incidents.transition(ticket_id, "start")
    desk.tickets.describe(ticket_id, title="Ann Onym is back", cable="her cable again", site="Essen")
    desk.incidents.transition(ticket_id, "resolve", resolution="plugged in", resolution_code="fixed")
    return ticket_id


def dumped(desk: Desk) -> str:
    return json.dumps([row.data for row in desk.store.dump()], ensure_ascii=False)


# -- one ticket ----------------------------------------------------------------------------------------


def test_no_word_is_left_and_everything_else_holds(desk: Desk, clock: ManualClock) -> None:
    ticket_id, other = a_life(desk, clock), desk.incidents.log("No power", requester="bob").id
    before, anchor = desk.tickets.get(ticket_id), desk.audit.checkpoint()
    history = desk.tickets.history(ticket_id)
    assert all(word in dumped(desk) for word in WORDS)

    after = desk.tickets.erase(ticket_id, reason=WHY)

    assert not [word for word in WORDS if word in dumped(desk)]
    found = desk.audit.verify([anchor])
    assert (found.findings, found.erased) == ((), 5)
    assert all(seal.holds for seal in found.seals)
    now = desk.tickets.history(ticket_id)
    assert after == desk.tickets.get(ticket_id) == replay(now, Incident)
    assert now[-1].fact == PersonalDataErased(WHY)
    assert [(each.name, each.at, each.actor) for each in now[:-1]] == [
        (each.name, each.at, each.actor) for each in history
    ]
    kept = evolve(after, version=before.version, title=before.title, details=before.details)
    assert kept == evolve(before, updated_at=after.updated_at)
    assert (after.title, after.details["cable"], after.site) == ("[erased]", "[erased]", "Essen")
    assert desk.tickets.get(other).title == "No power"
    assert desk.tickets.count("title = '[erased]'") == 1
    assert desk.tickets.count("title = 'Ann Onym is back'") == 0


def test_what_clocks_show_stays(desk: Desk, clock: ManualClock) -> None:
    ticket_id = a_life(desk, clock)
    before = desk.tickets.clocks(ticket_id)
    desk.tickets.erase(ticket_id, reason=WHY)
    assert desk.tickets.clocks(ticket_id) == before
    clock.advance(900 * HOUR)
    desk.run_due()
    assert desk.audit.verify().is_intact


def test_where_nothing_personal_is_left_nothing_happens(desk: Desk, clock: ManualClock) -> None:
    ticket_id = a_life(desk, clock)
    once = desk.tickets.erase(ticket_id, reason=WHY)
    rows = [*desk.store.dump()]
    assert desk.tickets.erase(ticket_id, reason="again") == once
    assert [*desk.store.dump()] == rows


def test_what_is_written_later_can_be_erased_again(desk: Desk, clock: ManualClock) -> None:
    ticket_id = a_life(desk, clock)
    desk.tickets.erase(ticket_id, reason=WHY)
    desk.tickets.comment(ticket_id, "a migraine again")
    assert desk.tickets.history(ticket_id)[-1].fact == Commented("a migraine again", public=False)
    assert desk.audit.verify().is_intact
    desk.tickets.erase(ticket_id, reason="once more")
    assert "migraine" not in dumped(desk)
    assert [each.name for each in desk.tickets.history(ticket_id)[-3:]] == [
        "PersonalDataErased",
        "Commented",
        "PersonalDataErased",
    ]
    assert desk.audit.verify().is_intact


def test_who_asked_for_something_before_gets_the_ticket_as_it_reads_now(desk: Desk) -> None:
    once = {"title": "Ann Onym", "requester": "ann", "idempotency_key": "form-17"}
    first = desk.incidents.log(**once)
    desk.tickets.erase(first.id, reason=WHY)
    assert desk.incidents.log(**once) == evolve(first, title="[erased]")


def test_files_and_what_was_to_be_told_go_with_it(desk: Desk) -> None:
    incident = desk.incidents.log("Ann Onym", requester="ann")
    with desk.store.begin() as unit:
        digest = unit.attach(b"a face")
        with_file = evolve(unit.ticket(incident.id).ticket, attachments=[Attachment(digest, "ann.png", 6)])
        unit.save(StoredTicket(with_file), (), expected=1)
        about = a_notification("k", ticket_id=incident.id, body="Ann Onym")
        unit.enqueue(OutboxEntry(about, 0, A_MONDAY))
    assert desk.tickets.erase(incident.id, reason=WHY).attachments == ()
    with pytest.raises(NotFoundError):
        desk.store.attachment(digest)
    assert desk.deliver().delivered == 0
    assert desk.audit.verify().is_intact


@pytest.mark.parametrize("reason", ["", " ", " because"])
def test_there_is_a_reason(desk: Desk, reason: str) -> None:
    incident = desk.incidents.log("Ann Onym")
    rows = [*desk.store.dump()]
    for ask in (
        lambda: desk.tickets.erase(incident.id, reason=reason),
        lambda: desk.tickets.erase_person("agent", reason=reason),
    ):
        with pytest.raises(DefinitionError, match=r"PersonalDataErased\.reason must say why"):
            ask()
    assert [*desk.store.dump()] == rows


def test_a_ticket_that_is_not_there_is_not_erased(desk: Desk) -> None:
    with pytest.raises(NotFoundError):
        desk.tickets.erase(TicketId("nowhere"), reason=WHY)


def saved_without_salts(desk: Desk, number: str) -> TicketId:
    """Save a ticket as earlier releases did."""
    decision = an_incident_logged(number, details={"requester": "ann"})
    with desk.store.begin() as unit:
        save(unit, decision, expected=0, erasable=False)
    return decision.ticket.id


def test_what_stands_in_the_chain_for_good_is_refused(desk: Desk) -> None:
    ticket_id = saved_without_salts(desk, "OLD-1")
    rows = [*desk.store.dump()]
    with pytest.raises(RefusedError, match=rf"event 1 of ticket {ticket_id}: .*without a salt"):
        desk.tickets.erase(ticket_id, reason=WHY)
    assert [*desk.store.dump()] == rows


# -- all tickets of a person ---------------------------------------------------------------------------


def test_all_tickets_of_a_person_are_erased_page_by_page(desk: Desk, clock: ManualClock) -> None:
    ids = [a_life(desk, clock, ["ann", "bob"][n % 2]) for n in range(10)]
    of_ann, after, pages = ids[::2], None, []
    while not pages or after is not None:
        page = desk.tickets.erase_person("ann", reason=WHY, limit=2, after=after)
        pages.append(page)
        after = page.next
    assert [len(page.erased) for page in pages] == [2, 2, 1]
    assert [each for page in pages for each in page.erased] == of_ann
    assert {ticket.title for ticket in desk.tickets.matching("requester = 'ann'")} == {"[erased]"}
    assert {ticket.title for ticket in desk.tickets.matching("requester = 'bob'")} == {"Ann Onym is back"}
    assert desk.audit.verify().is_intact


def test_who_was_interrupted_may_begin_anew(desk: Desk, clock: ManualClock) -> None:
    for _ in range(3):
        a_life(desk, clock)
    desk.tickets.erase_person("ann", reason=WHY, limit=2)
    page = desk.tickets.erase_person("ann", reason=WHY)
    assert (len(page.erased), page.next) == (3, None)
    names = [each.name for ticket in desk.tickets for each in desk.tickets.history(ticket.id)]
    assert names.count("PersonalDataErased") == 3


def test_a_page_tells_which_tickets_stay_and_why(desk: Desk, clock: ManualClock) -> None:
    first, old, last = a_life(desk, clock), saved_without_salts(desk, "OLD-1"), a_life(desk, clock)
    page = desk.tickets.erase_person("ann", reason=WHY, idempotency_key="page-1")
    assert page.erased == (first, last)
    [(refused, why)] = page.refused
    assert refused == old
    assert "was saved without a salt" in why
    desk.incidents.log("Ann Onym", requester="ann")
    assert desk.tickets.erase_person("ann", reason=WHY, idempotency_key="page-1") == page


def test_of_who_asked_for_nothing_there_is_nothing_to_erase(desk: Desk) -> None:
    assert desk.tickets.erase_person("eve", reason=WHY) == ErasedTickets((), (), None)
    assert [*desk.store.dump()] == []


# -- whatever happened before --------------------------------------------------------------------------


@settings(max_examples=40)
@given(day=days(most=15), later=days(most=6, first=100), which=st.integers(0, 99))
def test_whatever_was_done_a_ticket_can_be_erased(day: list[Act], later: list[Act], which: int) -> None:
    one = Day(InMemoryStore())
    one.spend(one.desk, [Act("log", 0, 999), *day])
    anchor = one.desk.audit.checkpoint()
    tickets = [*one.desk.tickets]
    chosen = tickets[which % len(tickets)]
    after = one.desk.tickets.erase(chosen.id, reason=WHY)
    assert (after.title, *after.details.values()) == (1 + len(after.details)) * (
        "[erased]",
    ) or not chosen.title
    one.spend(one.desk, later)
    found = one.desk.audit.verify([anchor])
    assert found.findings == ()
    for stored in one.desk.store.tickets():
        assert replay(one.desk.tickets.history(stored.ticket.id), Incident) == stored.ticket


# -- behind the desk's back ----------------------------------------------------------------------------


def without_personal(row: Any) -> Any:
    return row._replace(data={**row.data, "personal": None}) if row.data.get("personal") else row


def test_what_nobody_has_erased_is_missed(desk: Desk, clock: ManualClock) -> None:
    ticket_id = a_life(desk, clock)
    store = InMemoryStore()
    store.load(map(without_personal, desk.store.dump()))
    found = Desk(store=store, clock=clock).audit.verify()
    assert {each.kind for each in found.findings} == {FindingKind.MISSING, FindingKind.DIFFERING}
    [missing] = [each for each in found.findings if each.kind is FindingKind.MISSING]
    assert (missing.record, missing.sequence) == (f"ticket/{ticket_id}", 1)
    assert "no later event says that it was erased" in missing.problem
