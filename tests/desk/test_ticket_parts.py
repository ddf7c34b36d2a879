"""What a desk is asked about the parts of its tickets, and what it does with them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.conditions import greater
from itsmkit.desk import Desk, DeskConfig, InMemoryStore, ManualClock
from itsmkit.errors import DefinitionError, NotFoundError, RefusedError
from itsmkit.money import Money
from itsmkit.practices import (
    AttachmentRules,
    Rate,
    ReopenPolicy,
    Resolution,
    ResolutionRules,
    TicketRules,
    WorkLogPolicy,
)
from itsmkit.testing import A_MONDAY, AN_AGENT
from itsmkit.tickets import Actor, Attachment, PublicMessage, Ticket, TicketId, replay
from itsmkit.workflow import TransitionRefusedError

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MakeDesk = Callable[..., Desk]


def solved(desk: Desk, **logged: Any) -> Ticket:
    incident = desk.incidents.log("No network", requester="bob", **logged)
    desk.incidents.transition(incident.id, "assign", support_group="Network", assignee="ann")
    return desk.tickets.resolve(incident.id, Resolution("fixed", "a new cable"))


# -- owners and people -----------------------------------------------------------------------------------


def test_a_desk_says_who_owns_what_nobody_else_does(make_desk: MakeDesk, config: DeskConfig) -> None:
    desk = make_desk(rules=evolve(config, tickets=TicketRules(default_owner="duty manager")))
    assert desk.incidents.log("No light").owner == "duty manager"
    assert desk.incidents.log("No light", requester="bob").owner == AN_AGENT.id
    ticket = desk.incidents.log("No light", owner="zoe")
    assert ticket.owner == "zoe"
    assert desk.tickets.transfer_ownership(ticket.id, "kim", reason="on holiday").owner == "kim"


def test_people_come_and_go(desk: Desk) -> None:
    ticket = desk.incidents.log("No light")
    desk.tickets.add_participant(ticket.id, "kim")
    assert desk.tickets.count("participant.kim = true") == 1
    assert desk.tickets.remove_participant(ticket.id, "kim").participants == ()


def test_a_ticket_is_logged_with_its_people_and_its_need(desk: Desk) -> None:
    needed_by = datetime.fromisoformat("2026-03-03T10:00:00+01:00")
    ticket = desk.incidents.log("No light", affected_person="yan", organisation="acme", needed_by=needed_by)
    assert (ticket.affected_person, ticket.organisation, ticket.needed_by) == ("yan", "acme", needed_by)
    assert str(ticket.needed_by) == "2026-03-03 09:00:00+00:00"
    assert desk.tickets.count("needed_by < 2026-03-03T09:00:01Z") == 1
    moved = desk.tickets.describe(ticket.id, needed_by=needed_by + HOUR)
    assert str(moved.needed_by) == "2026-03-03 10:00:00+00:00"
    assert replay(desk.tickets.history(ticket.id), type(moved)) == moved


def test_a_need_has_a_time_zone(desk: Desk) -> None:
    naive = datetime(2026, 3, 3, 10)  # noqa: DTZ001
    with pytest.raises(DefinitionError, match="needed_by has no time zone"):
        desk.incidents.log("No light", needed_by=naive)
    ticket = desk.incidents.log("No light")
    with pytest.raises(DefinitionError, match="needed_by has no time zone"):
        desk.tickets.describe(ticket.id, needed_by=naive)
    assert desk.tickets.get(ticket.id) == ticket


def test_the_parts_of_a_ticket_are_not_described(desk: Desk) -> None:
    ticket = desk.incidents.log("No light")
    with pytest.raises(RefusedError) as refused:
        desk.tickets.describe(ticket.id, owner="zoe", tags=["vip"], time_spent=HOUR)
    assert refused.value.reasons == (
        "cannot set owner of INC-1 as a detail: it is handed over; use `transfer_ownership`",
        "cannot set tags of INC-1 as a detail: use `tag` and `untag`",
        "cannot set time_spent of INC-1 as a detail: it follows from work; use `log_work`",
    )


# -- correspondence ------------------------------------------------------------------------------------


def test_a_message_stops_the_clocks_that_a_public_comment_stops(make_desk: MakeDesk) -> None:
    target = {"clock": "respond", "within": "1h", "stop": "public = true and by_requester = false"}
    agreement = {"name": "all", "calendar": "always", "targets": [target]}
    always = {"hours": "24x7", "time_zone": "UTC"}
    rules = DeskConfig.load({"calendars": {"always": always}, "agreements": [agreement]})
    desk = make_desk(rules=rules)
    phases = []
    for write in (
        desk.tickets.add_note,
        desk.tickets.send_message,
        lambda it, text: desk.tickets.comment(it, text, public=True),
        lambda it, text: desk.tickets.send_message(it, text, by=Actor("bob")),
    ):
        ticket = desk.incidents.log("No light", requester="bob")
        write(ticket.id, "looked at it")
        phases.append(desk.tickets.clocks(ticket.id)["respond"].phase.value)
    assert phases == ["running", "stopped", "stopped", "running"]


def test_the_requester_sees_messages_alone(desk: Desk) -> None:
    ticket = desk.incidents.log("No light")
    desk.tickets.add_note(ticket.id, "The old fuse")
    desk.tickets.send_message(ticket.id, "We are on it")
    view = desk.tickets.public_view(ticket.id)
    assert [letter.message for letter in view.letters] == [PublicMessage("We are on it")]
    with pytest.raises(NotFoundError, match="no ticket 'none'"):
        desk.tickets.public_view(TicketId("none"))


# -- files ---------------------------------------------------------------------------------------------


def test_a_file_is_kept_by_its_digest(desk: Desk) -> None:
    ticket, other = desk.incidents.log("No light"), desk.incidents.log("No heat")
    content = b"no carrier"
    digest = sha256(content).hexdigest()
    ticket = desk.tickets.attach(ticket.id, "log.txt", content, media_type="text/plain", public=True)
    assert ticket.attachments == (Attachment(digest, "log.txt", 10, "text/plain", is_public=True),)
    assert desk.tickets.attachment(ticket.id, digest) == content
    with pytest.raises(NotFoundError, match="no attachment"):
        desk.tickets.attachment(other.id, digest)
    desk.tickets.attach(other.id, "same.txt", content)
    assert desk.tickets.detach(ticket.id, digest).attachments == ()
    assert desk.tickets.attachment(other.id, digest) == content
    with pytest.raises(NotFoundError, match="no attachment"):
        desk.tickets.attachment(ticket.id, digest)


def test_a_file_is_private_unless_it_is_said(desk: Desk) -> None:
    ticket = desk.incidents.log("No light")
    (file,) = desk.tickets.attach(ticket.id, "log.txt", b"no carrier").attachments
    assert not file.is_public


def test_what_is_refused_is_not_kept(make_desk: MakeDesk, config: DeskConfig) -> None:
    desk = make_desk(rules=evolve(config, tickets=TicketRules(attachments=AttachmentRules(max_bytes=3))))
    ticket = desk.incidents.log("No light")
    with pytest.raises(RefusedError, match="it has 4 bytes; at most 3 are allowed"):
        desk.tickets.attach(ticket.id, "log.txt", b"long")
    with pytest.raises(DefinitionError, match="content must be bytes, not str; read the file as binary"):
        desk.tickets.attach(ticket.id, "log.txt", "text")  # type: ignore[arg-type]
    with pytest.raises(NotFoundError):
        desk.store.attachment(sha256(b"long").hexdigest())


# -- work ----------------------------------------------------------------------------------------------


def test_work_is_charged_by_the_rules_of_the_desk(make_desk: MakeDesk, config: DeskConfig) -> None:
    policy = WorkLogPolicy("up", rates=[Rate(Money(80, "EUR"))])
    desk = make_desk(rules=evolve(config, tickets=TicketRules(work=policy)))
    ticket = desk.incidents.log("No light", organisation="acme")
    other = desk.incidents.log("No heat")
    desk.tickets.log_work(ticket.id, HOUR / 2, "repair")
    desk.tickets.log_work(ticket.id, HOUR / 6, "travel", person="kim", note="by bicycle")
    desk.tickets.log_work(other.id, HOUR, "repair")
    desk.tickets.correct_work(ticket.id, "1", reason="a typing error", duration=HOUR)
    rows = [*desk.tickets.billing_rows('organisation = "acme"')]
    assert [(row.number, row.entry.person, row.entry.cost) for row in rows] == [
        ("INC-1", AN_AGENT.id, Money(80, "EUR")),
        ("INC-1", "kim", Money(20, "EUR")),
    ]
    assert [row.number for row in desk.tickets.billing_rows()] == ["INC-1", "INC-1", "INC-2"]
    assert [each.number for each in desk.tickets.matching(greater("time_spent", HOUR))] == ["INC-1"]


def test_a_bill_of_what_cannot_be_asked_is_refused_at_once(desk: Desk) -> None:
    with pytest.raises(DefinitionError, match="where: column 1"):
        desk.tickets.billing_rows("=")


def test_what_presses_most_comes_first(desk: Desk, clock: ManualClock) -> None:
    urgent = desk.incidents.log("No network", impact="high", urgency="high")
    usual = desk.incidents.log("No light")
    needed = desk.incidents.log("No heat", needed_by=clock() + HOUR)
    desk.incidents.transition(
        desk.incidents.log("No coffee").id, "cancel", cancellation_reason="there is some"
    )
    assert [item.ticket for item in desk.tickets.work_list()] == [needed, urgent, usual]
    met = desk.tickets.meet_need(needed.id, "a blanket")
    assert [item.ticket for item in desk.tickets.work_list()] == [urgent, usual, met]
    assert [item.ticket for item in desk.tickets.work_list('title = "No light"')] == [usual]


def test_tags_are_found(desk: Desk) -> None:
    ticket = desk.incidents.log("No light")
    desk.incidents.log("No heat")
    desk.tickets.tag(ticket.id, "VIP", "board member")
    assert [each.id for each in desk.tickets.matching("tag.vip = true")] == [ticket.id]
    desk.tickets.untag(ticket.id, "vip")
    assert desk.tickets.count("tag.vip = true") == 0


# -- the end, and beginning again ------------------------------------------------------------------------


def test_who_resolves_says_how_by_any_way_in(make_desk: MakeDesk, config: DeskConfig) -> None:
    rules = TicketRules(resolution=ResolutionRules(["fixed"], ["cause"]))
    desk = make_desk(rules=evolve(config, tickets=rules))
    ticket = desk.incidents.log("No light")
    desk.incidents.transition(ticket.id, "assign", support_group="Power")
    for way in (
        lambda: desk.incidents.transition(ticket.id, "resolve", resolution="a new fuse"),
        lambda: desk.work("incident").transition(ticket.id, "resolve", resolution="a new fuse"),
        lambda: desk.tickets.resolve(ticket.id, Resolution(text="a new fuse")),
    ):
        with pytest.raises(RefusedError, match=r"resolution_code is missing; cause is missing"):
            way()
    outcomes = desk.tickets.bulk([ticket.id], "resolve", resolution=Resolution(text="a new fuse"))
    assert [each.outcome for each in outcomes.outcomes] == ["refused"]
    done = desk.tickets.resolve(ticket.id, Resolution("fixed", "a new fuse", "lightning"))
    assert (done.state, done.details["cause"]) == ("Resolved", "lightning")


def test_within_the_window_the_clocks_begin_again(
    make_desk: MakeDesk, config: DeskConfig, clock: ManualClock
) -> None:
    desk = make_desk(rules=evolve(config, tickets=TicketRules(reopening=ReopenPolicy(DAY))))
    ticket = solved(desk)
    clock.advance(DAY)
    again = desk.tickets.reopen(ticket.id, "no network again")
    assert (again.id, again.state, again.reopens) == (ticket.id, "In Progress", 1)
    assert desk.tickets.clocks(ticket.id)["resolve"].cycle == 2


def test_after_the_window_nobody_reopens_it_in_any_way(
    make_desk: MakeDesk, config: DeskConfig, clock: ManualClock
) -> None:
    desk = make_desk(rules=evolve(config, tickets=TicketRules(reopening=ReopenPolicy(DAY))))
    ticket = solved(desk)
    clock.advance(DAY + HOUR)
    for way in (
        lambda: desk.tickets.reopen(ticket.id, "no network again"),
        lambda: desk.incidents.transition(ticket.id, "reopen"),
        lambda: desk.work("incident").transition(ticket.id, "reopen"),
    ):
        with pytest.raises(RefusedError, match="cannot reopen INC-1: it is resolved since 2026-03-02"):
            way()
    assert desk.tickets.bulk([ticket.id], "transition", trigger="reopen").of("refused")
    assert desk.incidents.transition(ticket.id, "close").state == "Closed"


def test_after_the_window_a_new_ticket_follows_it_up(
    make_desk: MakeDesk, config: DeskConfig, clock: ManualClock
) -> None:
    desk = make_desk(rules=evolve(config, tickets=TicketRules(reopening=ReopenPolicy(DAY))))
    ticket = solved(desk, service="lan", impact="high", urgency="high")
    clock.advance(2 * DAY)
    new = desk.tickets.reopen(ticket.id, "no network again", follow_up=True)
    assert (new.number, new.service, new.priority) == ("INC-2", "lan", "P1")
    assert new.details["follow_up_of"] == "INC-1"
    assert desk.tickets.get(ticket.id).details["followed_up_by"] == "INC-2"
    assert desk.tickets.clocks(new.id)["resolve"].cycle == 1
    with pytest.raises(RefusedError, match="it is not done, but New"):
        desk.tickets.reopen(new.id, "no network again", follow_up=True)


def test_within_the_window_nothing_new_is_logged(desk: Desk) -> None:
    ticket = solved(desk)
    assert desk.tickets.reopen(ticket.id, "no network again", follow_up=True).id == ticket.id


def test_a_kind_that_is_not_there_by_now_cannot_be_moved(
    make_desk: MakeDesk, desk: Desk, config: DeskConfig
) -> None:
    ticket = desk.incidents.log("No light")
    bare = make_desk(rules=evolve(config, kinds=[]))
    with pytest.raises(NotFoundError, match="no kind of work 'incident'"):
        bare.tickets.resolve(ticket.id, Resolution(text="a new fuse"))
    with pytest.raises(TransitionRefusedError):
        desk.tickets.resolve(ticket.id, Resolution(text="a new fuse"))


# -- questions -----------------------------------------------------------------------------------------


def test_a_priority_is_explained(desk: Desk) -> None:
    ticket = desk.incidents.log("No light")
    assert not desk.tickets.explain_priority(ticket.id).is_overridden
    desk.incidents.prioritise(ticket.id, impact="low", urgency="low", priority="P1", reason="the board meets")
    explanation = desk.tickets.explain_priority(ticket.id)
    assert (explanation.because, explanation.by_matrix) == (f"set by {AN_AGENT}: the board meets", "P5")


def test_what_somebody_had_to_do_with_is_found_as_of_any_time(desk: Desk, clock: ManualClock) -> None:
    first = desk.incidents.log("No light", requester="bob", service="power")
    second = desk.incidents.log("No heat", requester="eve")
    before = clock()
    clock.advance(HOUR)
    joined = desk.tickets.add_participant(second.id, "bob")
    desk.tickets.describe(first.id, requester="eve", service=None)
    third = desk.incidents.log("No water", requester="bob", service="power")
    assert [*desk.tickets.history_of(person="bob")] == [joined, third]
    assert [*desk.tickets.history_of(person="bob", service="power")] == [third]
    assert [*desk.tickets.history_of(person="bob", as_of=before)] == [first]
    assert [*desk.tickets.history_of(service="power", as_of=clock())] == [third]
    with pytest.raises(DefinitionError, match="nobody and nothing is named"):
        desk.tickets.history_of()
    with pytest.raises(DefinitionError, match="as_of has no time zone"):
        desk.tickets.history_of(person="bob", as_of=datetime(2026, 3, 2))  # noqa: DTZ001


# -- what nobody should hand in --------------------------------------------------------------------------

ODD: dict[str, Callable[[Desk, TicketId], object]] = {
    "message": lambda desk, it: desk.tickets.send_message(it, 7),  # type: ignore[arg-type]
    "note": lambda desk, it: desk.tickets.add_note(it, None),  # type: ignore[arg-type]
    "tag": lambda desk, it: desk.tickets.tag(it, b"vip"),  # type: ignore[arg-type]
    "need": lambda desk, it: desk.tickets.meet_need(it, 7),  # type: ignore[arg-type]
    "owner": lambda desk, it: desk.tickets.transfer_ownership(it, ["zoe"]),  # type: ignore[arg-type]
    "reason": lambda desk, it: desk.tickets.transfer_ownership(it, "zoe", reason=7),  # type: ignore[arg-type]
    "person": lambda desk, it: desk.tickets.add_participant(it, " kim"),
    "role": lambda desk, it: desk.tickets.add_participant(it, "kim", ""),
    "file": lambda desk, it: desk.tickets.attach(it, 7, b""),  # type: ignore[arg-type]
    "media type": lambda desk, it: desk.tickets.attach(it, "a", b"", media_type=7),  # type: ignore[arg-type]
    "duration": lambda desk, it: desk.tickets.log_work(it, 5, "repair"),  # type: ignore[arg-type]
    "cost": lambda desk, it: desk.tickets.log_work(it, HOUR, "repair", cost=5),  # type: ignore[arg-type]
    "activity": lambda desk, it: desk.tickets.log_work(it, HOUR, ""),
    "resolution": lambda desk, it: desk.tickets.resolve(it, "done"),  # type: ignore[arg-type]
    "why": lambda desk, it: desk.tickets.reopen(it, 7),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_what_is_of_another_type_is_refused(desk: Desk, odd: Callable[[Desk, TicketId], object]) -> None:
    ticket = desk.incidents.log("No light")
    before = [*desk.store.dump()]
    with pytest.raises(DefinitionError):
        odd(desk, ticket.id)
    assert [*desk.store.dump()] == before


# -- whatever is done --------------------------------------------------------------------------------------

DEEDS: dict[str, Callable[[Desk, TicketId], object]] = {
    "assign": lambda desk, it: desk.tickets.assign(it, support_group="Network", assignee="kim"),
    "start": lambda desk, it: desk.incidents.transition(it, "start"),
    "resolve": lambda desk, it: desk.tickets.resolve(it, Resolution("fixed", "done")),
    "close": lambda desk, it: desk.incidents.transition(it, "close"),
    "reopen": lambda desk, it: desk.tickets.reopen(it, "again", follow_up=True),
    "transfer": lambda desk, it: desk.tickets.transfer_ownership(it, "zoe"),
    "attach": lambda desk, it: desk.tickets.attach(it, "a.txt", b"a"),
    "work": lambda desk, it: desk.tickets.log_work(it, HOUR, "repair"),
    "correct": lambda desk, it: desk.tickets.correct_work(it, "1", reason="wrong", duration=HOUR / 2),
    "tag": lambda desk, it: desk.tickets.tag(it, "vip"),
    "note": lambda desk, it: desk.tickets.add_note(it, "The old fuse"),
    "need": lambda desk, it: desk.tickets.meet_need(it, "a spare"),
    "run due": lambda desk, _it: desk.run_due(),
}


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from([*DEEDS]), st.integers(0, 3)), max_size=15))
def test_replay_equals_state_and_every_open_ticket_has_an_owner(deeds: list[tuple[str, int]]) -> None:
    clock = ManualClock(A_MONDAY)
    rules = evolve(STANDARD, tickets=TicketRules(reopening=ReopenPolicy(4 * HOUR)))
    desk = Desk(rules, store=InMemoryStore(), clock=clock).acting_as(AN_AGENT)
    desk.incidents.log("No network")
    for deed, which in deeds:
        clock.advance(HOUR)
        tickets = [*desk.tickets]
        try:
            DEEDS[deed](desk, tickets[which % len(tickets)].id)
        except (RefusedError, NotFoundError):
            assert [*desk.tickets] == tickets
        for ticket in desk.tickets:
            assert replay(desk.tickets.history(ticket.id), type(ticket)) == ticket
            assert ticket.owner is not None
            assert ticket.time_spent == sum((each.duration for each in ticket.work_log), timedelta(0))
            shown = repr(desk.tickets.public_view(ticket.id))
            assert "fuse" not in shown
            assert "a.txt" not in shown


STANDARD = DeskConfig.standard()
