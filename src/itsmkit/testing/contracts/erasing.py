"""Erasing what is personal in tickets, while chains and checkpoints hold."""

import json

import pytest
from attrs import evolve

from itsmkit.conditions import equals
from itsmkit.errors import NotFoundError, RefusedError
from itsmkit.plugin import OutboxEntry, RowKind, Store, UnitOfWork
from itsmkit.plugin.integrity import root_of
from itsmkit.practices import Decision, Incident, Occasion, happen
from itsmkit.testing.builders import A_MONDAY, AN_AGENT, a_notification, an_incident_logged
from itsmkit.testing.contracts.steps import HOUR, LEASE, Undo, commented, kept, keys, lived, save, saved
from itsmkit.tickets import (
    Attachment,
    Commented,
    DetailsChanged,
    Fact,
    PersonalDataErased,
    TicketEvent,
    TicketLogged,
    replay,
)

__all__ = ["ErasingContract"]

WORDS = "Ann Onym", "is ill", "her cable"
"""What people wrote, and nobody is to find again."""


class ErasingContract:
    """What was personal in a ticket is gone, and nothing else."""

    def test_what_was_erased_reads_so_everywhere(self, store: Store) -> None:
        incident = told(store)
        before, feed = history(store, incident), [*store.events(after=0, limit=99)]
        with store.begin() as unit:
            found = unit.erase(incident.id)
        assert [*found] == history(store, incident) == as_erased(before)
        read = [*store.events(after=0, limit=99)]
        assert [each.event for each in read] == as_erased([each.event for each in feed])
        assert [each.position for each in read] == [each.position for each in feed]

    def test_a_ticket_is_saved_as_its_erased_history_makes_it(self, store: Store) -> None:
        incident = told(store)
        after = erased(store, incident)
        with store.begin() as unit:
            there = unit.ticket(incident.id).ticket
        assert there == after == replay(history(store, incident), Incident)
        assert (there.title, there.requester, there.site) == ("[erased]", "caller", "Bonn")
        assert dict(there.details) == {"cable": "[erased]"}
        assert store.count(equals("title", "Ann Onym")) == 0
        assert store.count(equals("title", "[erased]")) == 1

    def test_chains_and_checkpoints_hold(self, store: Store) -> None:
        incident = told(store)
        saved(store, "INC-2")
        before = store.heads()
        with store.begin() as unit:
            unit.erase(incident.id)
        assert store.heads() == before
        assert root_of(store.heads().heads) == root_of(before.heads)
        erased(store, incident)
        others = {head for head in before.heads if incident.id not in head.record}
        assert {*store.heads().heads} > others
        assert len(store.heads().heads) == len(before.heads)

    def test_a_dump_holds_no_word_of_it_and_can_be_loaded(self, store: Store, other_store: Store) -> None:
        incident = told(store)
        assert all(word in dumped(store) for word in WORDS)
        erased(store, incident)
        assert not [word for word in WORDS if word in dumped(store)]
        other_store.load(store.dump())
        assert [*other_store.dump()] == [*store.dump()]
        assert other_store.heads() == store.heads()
        assert history(other_store, incident) == history(store, incident)

    def test_what_was_loaded_can_be_erased(self, store: Store, other_store: Store) -> None:
        incident = told(store)
        other_store.load(store.dump())
        erased(store, incident)
        erased(other_store, incident)
        assert [*other_store.dump()] == [*store.dump()]
        assert not [word for word in WORDS if word in dumped(other_store)]

    def test_to_erase_twice_is_to_erase_once(self, store: Store) -> None:
        incident = told(store)
        with store.begin() as unit:
            first = unit.erase(incident.id)
            assert [*unit.erase(incident.id)] == [*first]
        rows = [*store.dump()]
        with store.begin() as unit:
            assert [*unit.erase(incident.id)] == [*first]
        assert [*store.dump()] == rows

    def test_what_comes_afterwards_is_kept(self, store: Store) -> None:
        incident = told(store)
        after = erased(store, incident)
        decision = commented(after, "and so on")
        with store.begin() as unit:
            save(unit, decision, expected=after.version)
        assert history(store, incident)[-1].fact == Commented("and so on", public=False)
        with store.begin() as unit:
            assert unit.erase(incident.id)[-1].fact == Commented("[erased]", public=False)

    def test_a_unit_of_work_sees_what_it_has_erased(self, store: Store) -> None:
        incident = told(store)
        before = history(store, incident)
        decision = commented(incident, "is ill again")
        with store.begin() as unit:
            save(unit, decision, expected=incident.version)
            unit.erase(incident.id)
            further = commented(decision.ticket, "and so on")
            save(unit, further, expected=decision.ticket.version)
            seen = [*unit.history(incident.id)]
        kept_back = history(store, incident)
        assert seen == kept_back
        assert [event.fact for event in kept_back[-2:]] == [
            Commented("[erased]", public=False),
            Commented("and so on", public=False),
        ]
        assert kept_back[: len(before)] == as_erased(before)
        assert not [word for word in ("is ill", "her cable") if word in json.dumps(events_dumped(store))]

    def test_what_is_undone_is_not_erased(self, store: Store) -> None:
        incident = told(store)
        before = [*store.dump()]
        with pytest.raises(Undo), store.begin() as unit:
            unit.erase(incident.id)
            raise Undo
        assert [*store.dump()] == before
        assert history(store, incident)[-1].fact == Commented("She is ill", public=True)

    def test_other_tickets_and_tenants_are_left_alone(self, store: Store) -> None:
        incident, other = told(store), told(store, "INC-2")
        elsewhere = store.of_tenant("elsewhere")
        told(elsewhere)
        before = history(store, other), [*elsewhere.dump()]
        erased(store, incident)
        assert (history(store, other), [*elsewhere.dump()]) == before

    def test_of_what_nobody_saved_nothing_is_erased(self, store: Store) -> None:
        incident = an_incident_logged().ticket
        with store.begin() as unit:
            assert [*unit.erase(incident.id)] == []
        assert [*store.dump()] == []

    def test_what_was_saved_without_a_salt_stays_and_is_refused(self, store: Store) -> None:
        incident = saved(store)
        decision = commented(incident, "in the chain for good")
        with store.begin() as unit:
            save(unit, decision, expected=1, erasable=False)
        before = [*store.dump()]
        with (
            pytest.raises(RefusedError, match=r"event 2 of ticket .* without a salt.*/fact/text"),
            store.begin() as unit,
        ):
            unit.erase(incident.id)
        assert [*store.dump()] == before
        with (
            pytest.raises(RefusedError, match="event 3 of ticket"),
            store.begin() as unit,
        ):
            further = commented(decision.ticket, "this, too")
            save(unit, further, expected=2, erasable=False)
            unit.erase(incident.id)

    def test_what_was_to_be_told_of_it_is_dropped(self, store: Store) -> None:
        incident = told(store)
        about = {"ticket_id": incident.id}
        with store.begin() as unit:
            for key in ("waiting", "parked", "claimed"):
                unit.enqueue(OutboxEntry(a_notification(key, body="She is ill", **about), 0, A_MONDAY))
            unit.enqueue(OutboxEntry(a_notification("of another", ticket_id="another"), 0, A_MONDAY))
        claimed = {each.notification.key: each for each in store.claim_outbox(A_MONDAY, lease=LEASE, limit=9)}
        store.settle("parked", evolve(claimed["parked"], attempts=8, parked="given up"))
        store.settle("waiting", evolve(claimed["waiting"], attempts=1))
        erased(store, incident)
        store.settle("claimed", evolve(claimed["claimed"], attempts=1))
        assert [*store.parked()] == []
        assert "is ill" not in dumped(store)
        with store.begin() as unit:
            unit.enqueue(OutboxEntry(a_notification("waiting", **about), 0, A_MONDAY))
        assert keys(store.claim_outbox(A_MONDAY + HOUR, lease=LEASE, limit=9)) == ["of another"]

    def test_what_a_unit_was_about_to_tell_of_it_is_dropped(self, store: Store) -> None:
        incident = told(store)
        with store.begin() as unit:
            unit.enqueue(OutboxEntry(a_notification("of it", ticket_id=incident.id), 0, A_MONDAY))
            unit.enqueue(OutboxEntry(a_notification("of another", ticket_id="another"), 0, A_MONDAY))
            unit.erase(incident.id)
            unit.enqueue(OutboxEntry(a_notification("later", ticket_id=incident.id), 0, A_MONDAY))
        assert [row.data["key"] for row in store.dump() if row.data.get("state") == "delivered"] == ["of it"]
        with store.begin() as unit:
            unit.enqueue(OutboxEntry(a_notification("of it", ticket_id=incident.id), 0, A_MONDAY))
        assert keys(store.claim_outbox(A_MONDAY, lease=LEASE, limit=9)) == ["of another", "later"]

    def test_files_that_nothing_names_any_more_are_dropped(self, store: Store) -> None:
        incident, other = told(store), told(store, "INC-2")
        contents = b"a face", b"a logo", b"a map", b"of nobody"
        with store.begin() as unit:
            face, logo, chart, stray = (unit.attach(content) for content in contents)
            attached(unit, incident, face, logo, chart)
            attached(unit, other, logo)
        kept(store, "vpn", kind="article", figures=[{"file": chart}], pages=3)
        before = history(store, incident)
        erased(store, incident, before=evolve(incident, version=len(before)))
        with pytest.raises(NotFoundError):
            store.attachment(face)
        assert [store.attachment(each) for each in (logo, chart, stray)] == [*contents[1:]]

    def test_a_dump_that_has_begun_is_of_the_moment_before(self, store: Store) -> None:
        lived(store)
        incident = store.find_ticket("INC-1").ticket
        before = [*store.dump()]
        rows = store.dump()
        seen = [next(rows)]
        with store.begin() as unit:
            unit.erase(incident.id)
        seen += rows
        assert seen == before


def told(store: Store, number: str = "INC-1") -> Incident:
    """Save an incident on which people have written, and return it."""
    details = {"title": "Ann Onym", "cable": "her cable", "site": "Bonn"}
    decision = an_incident_logged(number, details=details)
    with store.begin() as unit:
        save(unit, decision, expected=0)
        for further in (DetailsChanged({"cable": "her cable, too"}), Commented("She is ill", public=True)):
            before = decision.ticket
            decision = happen(before, Occasion(AN_AGENT, A_MONDAY), further)
            save(unit, decision, expected=before.version)
    return decision.ticket


def attached(unit: UnitOfWork, incident: Incident, *digests: str) -> None:
    """Save an incident with files of these contents."""
    files = [Attachment(digest, "file", 6) for digest in digests]
    decision: Decision[Incident] = commented(evolve(incident, attachments=files))
    save(unit, decision, expected=incident.version)


def erased(store: Store, incident: Incident, *, before: Incident | None = None) -> Incident:
    """Erase what is personal in an incident and save it as that leaves it, with the fact; return it."""
    expected = (before or incident).version
    with store.begin() as unit:
        bare = replay(unit.erase(incident.id), Incident)
        decision = happen(bare, Occasion(AN_AGENT, A_MONDAY), PersonalDataErased("asked for"))
        save(unit, decision, expected=expected)
    return decision.ticket


def as_erased(events: list[TicketEvent]) -> list[TicketEvent]:
    """Return what `told` has saved as it is to read when it is erased, said by hand."""
    gone = "[erased]"
    return [evolve(event, salt="", fact=_as_erased(event.fact, gone)) for event in events]


def _as_erased(fact: Fact, gone: str) -> Fact:
    if isinstance(fact, Commented):
        return evolve(fact, text=gone)
    if isinstance(fact, DetailsChanged):
        return DetailsChanged({"cable": gone})
    assert isinstance(fact, TicketLogged)  # nothing else is told
    return evolve(fact, details={**fact.details, "title": gone, "cable": gone})


def history(store: Store, incident: Incident) -> list[TicketEvent]:
    """Return the saved events of an incident."""
    with store.begin() as unit:
        return [*unit.history(incident.id)]


def dumped(store: Store) -> str:
    """Return all that is kept, as text."""
    return json.dumps([row.data for row in store.dump()], ensure_ascii=False)


def events_dumped(store: Store) -> list[object]:
    """Return the rows of events of tickets."""
    return [row.data for row in store.dump() if row.kind is RowKind.EVENT]
