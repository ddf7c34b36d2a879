"""Coaching notes: for the person and for who leads them, and for nobody else."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from attrs import evolve

from itsmkit.desk import Desk, DeskConfig, ManualClock
from itsmkit.errors import DefinitionError, NotFoundError, RefusedError
from itsmkit.practices.coaching import CoachingNote, leads_of
from itsmkit.testing import A_MONDAY
from itsmkit.tickets import Actor
from itsmkit.tickets.structure import Person, Structure, SupportGroup

PEOPLE = (Person("ann", manager="max"), Person("lee"), Person("max"), Person("bob"))
GROUPS = (SupportGroup("network", members=["ann", "bob", "lee"], lead="lee"),)
READERS = ("ann", "lee", "max", "bob", "nobody")


def a_desk(clock: ManualClock | None = None) -> Desk:
    config = evolve(DeskConfig.standard(), structure=Structure(people=PEOPLE, groups=GROUPS))
    return Desk(config, clock=clock or ManualClock(A_MONDAY), random=Random(1))


def as_(desk: Desk, person: str) -> Desk:
    return desk.acting_as(Actor(person))


def test_a_note_is_for_the_person_and_for_who_leads_them() -> None:
    desk = a_desk()
    note = as_(desk, "lee").coaching.write("ann", "Ask for the room first", skill="network")
    assert note == CoachingNote(
        id=note.id,
        person="ann",
        author="lee",
        text="Ask for the room first",
        written_at=A_MONDAY,
        skill="network",
    )
    assert [name for name in READERS if as_(desk, name).coaching.about("ann")] == ["ann", "lee", "max"]
    assert desk.coaching.about("ann") == ()
    assert desk.privileged("a complaint").coaching.about("ann") == (note,)
    assert as_(desk, "lee").coaching.about("bob") == ()


@pytest.mark.parametrize("author", ["ann", "bob", "nobody"])
def test_nobody_but_who_leads_them_writes_one(author: str) -> None:
    desk = a_desk()
    with pytest.raises(RefusedError, match=f"about ann: {author} does not lead them"):
        as_(desk, author).coaching.write("ann", "Hm")
    with pytest.raises(RefusedError, match="does not lead them"):
        as_(desk, author).coaching.write("whoever", "Hm")


def test_notes_are_told_in_order_and_erased_for_good() -> None:
    clock = ManualClock(A_MONDAY)
    desk = a_desk(clock)
    lead = as_(desk, "lee")
    first = lead.coaching.write("ann", "One", idempotency_key="1")
    assert lead.coaching.write("ann", "One", idempotency_key="1") == first
    clock.advance(timedelta(minutes=1))
    second = lead.coaching.write("ann", "Two", ticket_id=lead.incidents.log("x").id)
    assert lead.coaching.about("ann") == (first, second)
    with pytest.raises(RefusedError, match="cannot erase coaching note"):
        lead.coaching.erase(first.id, " ")
    erased = lead.coaching.erase(first.id, "it was about somebody else")
    assert erased == evolve(first, text="[erased]")
    assert "One" not in str([*desk.privileged("to look").store.dump()])
    with pytest.raises(NotFoundError):
        lead.coaching.erase("nothing", "why not")


def test_nobody_leads_themselves() -> None:
    assert leads_of(Person("lee", manager="max"), GROUPS) == {"max"}


@pytest.mark.parametrize("text", ["", " ", 7])
def test_a_note_without_words_is_none(text: Any) -> None:
    with pytest.raises(DefinitionError, match=r"text: must be|CoachingNote\.text"):
        as_(a_desk(), "lee").coaching.write("ann", text)
