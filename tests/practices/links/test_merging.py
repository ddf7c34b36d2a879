"""To merge loses nothing, and to undo it restores both tickets."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import equals
from itsmkit.errors import RefusedError
from itsmkit.practices import (
    Decision,
    Incident,
    Occasion,
    assign,
    comment,
    describe,
    follow,
    follow_history,
    happen,
    incident_kind,
    read_clocks,
    transition,
)
from itsmkit.practices.links import STANDARD_LINK_TYPES, merge, split, standing, unmerge
from itsmkit.practices.links.families import without
from itsmkit.sla import Checkpoint, ClockPhase, Promise, ServiceLevelAgreement, Target, Verdict
from itsmkit.testing import A_MONDAY, AN_AGENT, an_incident, an_incident_logged, office_hours
from itsmkit.testing.strategies import decisions, incident_histories
from itsmkit.tickets import (
    Actor,
    Attachment,
    Commented,
    Link,
    Linked,
    MergedFrom,
    MergedInto,
    MergeUndone,
    Participant,
    SplitFrom,
    Ticket,
    TicketEvent,
    TicketId,
    TicketLogged,
    Unmerged,
    replay,
)

HOUR = timedelta(hours=1)
KIND = incident_kind()
AGREEMENTS = (
    ServiceLevelAgreement(
        "support",
        office_hours(),
        (
            Promise(
                Target("resolve", 4 * HOUR, checkpoints=(Checkpoint.at_share(50),)), equals("priority", "P1")
            ),
            Promise(Target("resolve", 40 * HOUR)),
        ),
    ),
)
FILES = [Attachment(digit * 64, f"{digit}.txt", 1) for digit in "123"]

History = tuple[TicketEvent, ...]


def at(hours: float) -> Occasion:
    return Occasion(AN_AGENT, A_MONDAY + hours * HOUR)


def of(ticket_id: str, history: Sequence[TicketEvent]) -> History:
    return tuple(evolve(event, ticket_id=TicketId(ticket_id)) for event in history)


def another(_ticket_id: TicketId) -> Ticket:
    return an_incident("INC-0")


def merged(source: Ticket, target: Ticket, occasion: Occasion) -> tuple[Decision[Ticket], Decision[Ticket]]:
    return merge(source, target, occasion, link_types=STANDARD_LINK_TYPES, ticket_of=another)


def timeless(ticket: Ticket) -> Ticket:
    return evolve(ticket, version=0, updated_at=A_MONDAY)


def reasons_of(what: Callable[[], object]) -> tuple[str, ...]:
    with pytest.raises(RefusedError) as refused:
        what()
    return refused.value.reasons


# -- the laws ------------------------------------------------------------------------------------------

_people = st.builds(
    Participant, st.sampled_from(["caller", "kim", "lee"]), st.sampled_from(["watcher", "requester"])
)
_brought = st.builds(
    MergedFrom,
    st.sampled_from([TicketId("x"), TicketId("y")]),
    st.lists(_people, max_size=2, unique=True),
    st.lists(st.sampled_from(["vip", "urgent"]), max_size=2, unique=True),
    st.lists(st.sampled_from(FILES), max_size=2, unique=True),
)


@st.composite
def histories(draw: st.DrawFn, ticket_id: str) -> History:
    """Return the history of an incident in which others were merged, so that it has what tickets can have."""
    history = of(ticket_id, draw(incident_histories(most=4)))
    ticket: Ticket = replay(history, Incident)
    for fact in draw(st.lists(_brought, max_size=2, unique_by=lambda each: each.source)):
        new = evolve(
            fact,
            participants=[each for each in fact.participants if each not in ticket.participants],
            tags=[each for each in fact.tags if each not in ticket.tags],
            attachments=[each for each in fact.attachments if each not in ticket.attachments],
        )
        decision = happen(ticket, Occasion(AN_AGENT, ticket.updated_at), new)
        ticket, history = decision.ticket, history + decision.events
    return history


@st.composite
def works(draw: st.DrawFn, ticket: Incident, most: int = 3) -> tuple[History, Incident]:
    """Return what is done on a ticket, and the ticket after it."""
    done: History = ()
    now = ticket.updated_at
    for _ in range(draw(st.integers(0, most))):
        now += timedelta(minutes=draw(st.integers(0, 3000)))
        decision = draw(decisions(ticket, Occasion(AN_AGENT, now), KIND))
        done, ticket = done + decision.events, decision.ticket
    return done, ticket


@given(st.data())
def test_to_unmerge_undoes_to_merge_but_for_what_was_done_meanwhile(data: st.DataObject) -> None:
    ours, theirs = data.draw(histories("source")), data.draw(histories("target"))
    source, target = replay(ours, Incident), replay(theirs, Incident)
    if not target.is_open:
        return
    later = Occasion(AN_AGENT, max(source.updated_at, target.updated_at) + HOUR)
    gone, took_over = merged(source, target, later)
    assert (gone.ticket.merged_into, took_over.ticket.merged_from[-1]) == (target.id, source.id)
    assert not gone.ticket.is_open
    done, _ = data.draw(works(took_over.ticket))
    ours, theirs = ours + gone.events, theirs + took_over.events + done
    back, left = unmerge(
        replay(ours, Incident),
        ours,
        replay(theirs, Incident),
        theirs,
        Occasion(AN_AGENT, later.at + 90 * HOUR),
    )
    assert timeless(back.ticket) == timeless(source)
    # What it would be, had they never been merged.
    number = took_over.events[0].sequence
    assert timeless(left.ticket) == timeless(replay(without(theirs, [number]), Incident))
    # And both are what their histories say.
    assert back.ticket == replay(ours + back.events, Incident)
    assert left.ticket == replay(theirs + left.events, Incident)


@given(st.data())
def test_clocks_of_an_unmerged_ticket_show_what_they_would_had_it_never_been_merged(
    data: st.DataObject,
) -> None:
    history = of("source", data.draw(incident_histories(most=5)))
    source = replay(history, Incident)
    target = an_incident("INC-2")
    clocks = follow_history(AGREEMENTS, history)
    for _ in range(data.draw(st.integers(1, 2))):
        now = source.updated_at + timedelta(minutes=data.draw(st.integers(0, 3000)))
        gone, took_over = merged(source, target, Occasion(AN_AGENT, now))
        clocks = follow(AGREEMENTS, clocks, gone, lambda so_far=history: so_far)  # type: ignore[misc]  # at once
        history += gone.events
        assert all(clock.due is None for clock in clocks.values())
        now += timedelta(minutes=data.draw(st.integers(0, 3000)))
        back, _ = unmerge(
            gone.ticket, history, took_over.ticket, _whole(target, took_over), Occasion(AN_AGENT, now)
        )
        clocks = follow(AGREEMENTS, clocks, back, lambda so_far=history: so_far)  # type: ignore[misc]  # at once
        history += back.events
        source = back.ticket
        done, source = data.draw(works(source))
        for event in done:
            step = Decision(replay(history, Incident), ((event, replay((*history, event), Incident)),))
            clocks = follow(AGREEMENTS, clocks, step, lambda so_far=history: so_far)  # type: ignore[misc]  # at once
            history += (event,)
    never = [event for event in history if not isinstance(event.fact, MergedInto | Unmerged)]
    expected = follow_history(AGREEMENTS, without(never, ()))
    later = source.updated_at + 50 * HOUR
    assert read_clocks(clocks, later) == read_clocks(expected, later)
    assert clocks == follow_history(AGREEMENTS, history)
    assert standing(history) == without(never, ())


def _whole(target: Incident, took_over: Decision[Ticket]) -> History:
    logged = an_incident_logged("INC-2")
    assert logged.ticket == target
    return (*logged.events, *took_over.events)


# -- what is taken over ----------------------------------------------------------------------------------


def test_who_takes_part_in_the_one_takes_part_in_the_other() -> None:
    kim = Participant("kim", "watcher")
    source = evolve(
        an_incident("INC-1", details={"requester": "eve", "affected_person": "lee"}),
        participants=[kim, kim, Participant("ann", "expert")],
        tags=["urgent", "vip"],
        attachments=FILES[:2],
    )
    target = evolve(an_incident("INC-2"), participants=[kim], tags=["a", "vip"], attachments=FILES[1:])
    gone, took_over = merged(source, target, at(1))
    assert gone.events[0].fact == MergedInto(target.id)
    after = took_over.ticket
    assert after.participants == (
        kim,
        Participant("eve", "requester"),
        Participant("lee", "affected person"),
        Participant("ann", "expert"),
    )
    assert after.tags == ("a", "urgent", "vip")
    assert after.attachments == (FILES[1], FILES[2], FILES[0])


def test_the_state_of_a_merged_ticket_stays_and_counts_as_cancelled() -> None:
    gone, _ = merged(an_incident("INC-1"), an_incident("INC-2"), at(1))
    assert (gone.ticket.state, gone.ticket.state_category) == ("New", "cancelled")


def test_its_clocks_are_cancelled_and_a_breach_before_stays_one() -> None:
    for hours, verdict in ((1, Verdict.OPEN), (5, Verdict.BREACHED)):
        logged = an_incident_logged("INC-1", impact="high", urgency="high")
        gone, _ = merged(logged.ticket, an_incident("INC-2"), at(hours))
        reading = read_clocks(follow_history(AGREEMENTS, logged.events + gone.events), at(9).at)["resolve"]
        assert (reading.phase, reading.verdict) == (ClockPhase.CANCELLED, verdict)


# -- what is refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        pytest.param({}, {"id": "ticket-INC-1"}, "it is the same ticket", id="itself"),
        pytest.param(
            {"merged_into": "x"}, {}, "INC-1 was merged already; unmerge it first", id="merged already"
        ),
        pytest.param(
            {},
            {"merged_into": "x"},
            "INC-2 was merged itself; merge into the ticket in which it goes on",
            id="into a merged one",
        ),
        pytest.param(
            {},
            {"state": "Closed", "state_category": "closed"},
            "INC-2 is Closed, so that nobody would go on with it; reopen it first",
            id="into a closed one",
        ),
        pytest.param(
            {},
            {"kind": "question"},
            "one is of kind incident, the other of kind question; link them",
            id="kind",
        ),
        pytest.param(
            {}, {"restricted_to": "hr"}, "not the same people may see them; link them", id="restricted"
        ),
    ],
)
def test_what_cannot_be_merged(source: dict[str, Any], target: dict[str, Any], reason: str) -> None:
    one, other = evolve(an_incident("INC-1"), **source), evolve(an_incident("INC-2"), **target)
    (told,) = reasons_of(lambda: merged(one, other, at(1)))
    assert told.startswith(f"cannot merge INC-1 into INC-2: {reason}")


def test_every_objection_is_told() -> None:
    other = evolve(an_incident("INC-2"), state_category="closed", kind="question", restricted_to="hr")
    assert len(reasons_of(lambda: merged(an_incident("INC-1"), other, at(1)))) == 3


@pytest.mark.parametrize(
    "deed",
    [
        pytest.param(lambda ticket: comment(ticket, at(2), "Hello?", public=True), id="comment"),
        pytest.param(lambda ticket: assign(ticket, at(2), support_group="Network"), id="assign"),
        pytest.param(lambda ticket: describe(ticket, at(2), {"site": "Bonn"}), id="describe"),
        pytest.param(lambda ticket: transition(ticket, KIND.workflow, "resolve", at(2)), id="transition"),
        pytest.param(lambda ticket: happen(ticket, at(2), Linked("blocks", True, TicketId("x"))), id="link"),
    ],
)
def test_nothing_is_done_on_a_merged_ticket(deed: Callable[[Ticket], object]) -> None:
    gone, _ = merged(an_incident("INC-1"), an_incident("INC-2"), at(1))
    (reason,) = reasons_of(lambda: deed(gone.ticket))
    assert reason == (
        "cannot change INC-1: it was merged, and goes on in another ticket, which "
        "`desk.links.goes_on_in` gives; do it there, or undo the merger first by `desk.links.unmerge`"
    )


def test_what_was_not_merged_cannot_be_unmerged() -> None:
    one, other = an_incident_logged("INC-1"), an_incident_logged("INC-2")
    assert reasons_of(lambda: unmerge(one.ticket, one.events, other.ticket, other.events, at(1))) == (
        "cannot unmerge INC-1: it does not go on in INC-2",
    )
    assert reasons_of(lambda: unmerge(one.ticket, one.events, one.ticket, one.events, at(1))) == (
        "cannot unmerge INC-1: there is no other ticket in which it goes on",
    )


def test_what_was_merged_last_is_unmerged_first() -> None:
    one, other = an_incident_logged("INC-1"), an_incident_logged("INC-2")
    gone, took_over = merged(one.ticket, other.ticket, at(1))
    further, _ = merge(
        took_over.ticket,
        an_incident("INC-3"),
        at(2),
        link_types=STANDARD_LINK_TYPES,
        ticket_of=lambda _: gone.ticket,
    )
    assert reasons_of(lambda: unmerge(gone.ticket, (), further.ticket, (), at(3))) == (
        "cannot unmerge INC-1: INC-2, in which it goes on, was merged itself since; unmerge INC-2 first",
    )


# -- splitting -------------------------------------------------------------------------------------------


def lived() -> tuple[Incident, History]:
    decision = an_incident_logged(
        "INC-1", impact="high", urgency="high", details={"site": "Bonn", "colour": "red"}
    )
    history, ticket = decision.events, decision.ticket
    for hours, by, text in (
        (1, "eve", "And the lamp flickers"),
        (2, "ann", "Since when?"),
        (3, "eve", "Monday"),
    ):
        said = comment(ticket, Occasion(Actor(by), A_MONDAY + hours * HOUR), text, public=by == "eve")
        history, ticket = history + said.events, said.ticket
    file = happen(ticket, at(4), MergedFrom(TicketId("x"), attachments=FILES))
    return file.ticket, history + file.events


def divided(**options: Any) -> tuple[Decision[Incident], Decision[Ticket]]:
    ticket, history = lived()
    given = {"kind": KIND, "ticket_id": TicketId("new"), "number": "INC-9", "title": "The lamp"} | options
    ticket = evolve(ticket, **given.pop("original", {}))
    return split(ticket, history, at(9), **given)


def test_what_was_said_of_it_is_there_again_by_whom_and_when() -> None:
    new, original = divided(messages=[4, 2, 2], attachments=[FILES[2].digest])
    logged, split_off, linked, first, second = new.events
    assert isinstance(logged.fact, TicketLogged)
    assert logged.fact.opened_at == A_MONDAY + HOUR
    assert split_off.fact == SplitFrom(TicketId("ticket-INC-1"), (2, 4), FILES[2:])
    assert linked.fact == Linked("split_from", True, TicketId("ticket-INC-1"))
    assert [(each.fact, each.actor.id, each.at) for each in (first, second)] == [
        (Commented("And the lamp flickers", public=True), "eve", A_MONDAY + HOUR),
        (Commented("Monday", public=True), "eve", A_MONDAY + 3 * HOUR),
    ]
    assert first.effective_at == first.recorded_at == A_MONDAY + 9 * HOUR
    ticket = new.ticket
    assert (ticket.title, ticket.requester, ticket.site, ticket.priority) == (
        "The lamp",
        "caller",
        "Bonn",
        "P1",
    )
    assert (ticket.details, ticket.attachments) == ({}, (FILES[2],))
    assert ticket == replay(new.events, Incident)
    before, _ = lived()
    assert timeless(original.ticket) == timeless(
        evolve(before, links=[Link("split_from", False, TicketId("new"))])
    )


def test_what_is_split_has_clocks_of_its_own() -> None:
    new, _ = divided()
    reading = read_clocks(follow_history(AGREEMENTS, new.events), at(9).at)["resolve"]
    assert (new.ticket.opened_at, reading.elapsed) == (at(9).at, timedelta(0))


def test_it_is_told_what_is_other_and_keeps_who_may_see_it() -> None:
    earlier = A_MONDAY - HOUR
    new, _ = divided(
        original={"restricted_to": "hr", "owner": "zoe", "impact": "of another desk"},
        details={"site": "Essen", "colour": "blue"},
        opened_at=earlier,
    )
    ticket = new.ticket
    assert (ticket.restricted_to, ticket.owner) == ("hr", "zoe")
    assert (ticket.site, ticket.details["colour"], ticket.opened_at) == ("Essen", "blue", earlier)
    assert ticket.impact == KIND.priorities.impacts[-1]


def test_what_is_not_there_cannot_be_split_off() -> None:
    assert reasons_of(lambda: divided(messages=[1, 2, 17], attachments=["0" * 64])) == (
        "cannot split INC-1: its event 1 is no message",
        "cannot split INC-1: its event 17 is no message",
        f"cannot split INC-1: it has no file {'0' * 64!r}",
    )


def test_merged_back_a_split_is_undone() -> None:
    new, original = divided(messages=[2], attachments=[FILES[0].digest])
    gone, took_over = merge(
        new.ticket,
        original.ticket,
        at(10),
        link_types=STANDARD_LINK_TYPES,
        ticket_of=lambda key: {new.ticket.id: new.ticket, original.ticket.id: original.ticket}.get(
            key, another(key)
        ),
    )
    assert not gone.ticket.is_open
    assert timeless(took_over.ticket) == timeless(
        evolve(original.ticket, merged_from=(*original.ticket.merged_from, new.ticket.id))
    )


def test_a_merger_undone_twice_leaves_the_latter_to_undo() -> None:
    one, other = an_incident_logged("INC-1", details={"requester": "eve"}), an_incident_logged("INC-2")
    ours, theirs = one.events, other.events
    for hours in (1, 3):
        gone, took_over = merged(replay(ours, Incident), replay(theirs, Incident), at(hours))
        ours, theirs = ours + gone.events, theirs + took_over.events
        back, left = unmerge(replay(ours, Incident), ours, replay(theirs, Incident), theirs, at(hours + 1))
        ours, theirs = ours + back.events, theirs + left.events
    assert left.events[-1].fact == MergeUndone(one.ticket.id, [Participant("eve", "requester")])
    assert timeless(left.ticket) == timeless(other.ticket)
