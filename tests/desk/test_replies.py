"""Suggested replies on a desk: below the threshold nothing leaves it, above it is marked as automatic."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.conditions import equals
from itsmkit.desk import Desk, DeskConfig, InMemoryNotifier, ManualClock
from itsmkit.errors import DefinitionError
from itsmkit.plugin import hookimpl
from itsmkit.practices import PublicLetter, render_for_requester
from itsmkit.practices.work_aids import ReplyAction, ReplyPolicy, SuggestedReply, Suggestion
from itsmkit.sla import ClockPhase, Promise, ServiceLevelAgreement, Target
from itsmkit.testing import A_MONDAY, office_hours
from itsmkit.tickets import SYSTEM, Actor, InternalNote, PublicMessage, Ticket
from itsmkit.workflow import TransitionRefusedError

BOB = Actor("bob")
SURE = Suggestion("Press the button.", "article-7", 0.9)
UNSURE = Suggestion("Is it plugged in?", "article-8", 0.4)


class Answers:
    """A plugin that suggests what it was told to, and notes what it is asked."""

    def __init__(self, *suggestions: object) -> None:
        self.suggestions: Any = suggestions
        self.asked: list[tuple[str, int]] = []
        self.meanwhile: Any = bool

    @hookimpl
    def itsmkit_suggest_reply(self, ticket: Ticket, letters: Sequence[PublicLetter]) -> Any:
        self.asked.append((ticket.number, len(letters)))
        self.meanwhile()
        return self.suggestions


def a_desk(policy: ReplyPolicy, *plugins: object, **options: Any) -> Desk:
    answers = ServiceLevelAgreement("Answers", office_hours(), [Promise(Target.respond(timedelta(hours=4)))])
    config = evolve(DeskConfig.standard(), replies=policy, agreements=[answers])
    desk = Desk(config, clock=ManualClock(A_MONDAY), random=Random(1), plugins=plugins, **options)
    return desk.acting_as(Actor("ann"))


def logged(desk: Desk) -> Ticket:
    return desk.incidents.log("The lamp is dark", requester="bob")


def test_what_is_sure_is_sent_and_marked_as_automatic() -> None:
    plugin = Answers(UNSURE, SURE)
    desk = a_desk(ReplyPolicy(send_from=0.8), plugin)
    ticket = logged(desk)
    reply = desk.replies.suggest(ticket.id)
    assert reply == SuggestedReply(
        ReplyAction.SEND, SURE, because="confidence 0.9 is at least 0.8", failures=()
    )
    view = desk.tickets.public_view(ticket.id)
    [letter] = view.letters
    assert (letter.author, letter.message.text, letter.is_automatic) == ("system", SURE.text, True)
    assert "system (automatic):\nPress the button." in render_for_requester(view)
    event = desk.tickets.history(ticket.id)[-1]
    assert event.actor == evolve(SYSTEM, roles=["asked by ann"])
    assert plugin.asked == [("INC-1", 0)]
    # It is no first response: the clock goes on.
    assert desk.tickets.get(ticket.id).state == "New"
    assert desk.tickets.clocks(ticket.id)["respond"].phase is ClockPhase.RUNNING
    desk.tickets.send_message(ticket.id, "We are on it")
    assert desk.tickets.clocks(ticket.id)["respond"].phase is ClockPhase.STOPPED


def test_what_people_write_is_not_automatic() -> None:
    desk = a_desk(ReplyPolicy())
    ticket = logged(desk)
    desk.tickets.send_message(ticket.id, "We are on it")
    desk.tickets.comment(ticket.id, "Thanks", public=True, by=BOB)
    assert [each.is_automatic for each in desk.tickets.public_view(ticket.id).letters] == [False, False]


def test_a_policy_may_let_it_count_as_a_response() -> None:
    desk = a_desk(ReplyPolicy(send_from=0.8, counts_as_response="start"), Answers(SURE))
    ticket = logged(desk)
    desk.tickets.assign(ticket.id, support_group="network", assignee="ann")
    desk.replies.suggest(ticket.id)
    assert desk.tickets.get(ticket.id).state == "In Progress"
    names = [each.name for each in desk.tickets.history(ticket.id)[-2:]]
    assert names == ["PublicMessage", "StateChanged"]
    # On its way it is answered all the same, and there is no such move any more.
    desk.tickets.comment(ticket.id, "And now?", public=True, by=BOB)
    assert desk.replies.suggest(ticket.id).action is ReplyAction.SEND
    assert desk.tickets.history(ticket.id)[-1].name == "PublicMessage"


def test_a_move_that_is_refused_lets_nothing_out() -> None:
    desk = a_desk(ReplyPolicy(send_from=0.8, counts_as_response="start"), Answers(SURE))
    ticket = logged(desk)
    before = [*desk.store.dump()]
    with pytest.raises(TransitionRefusedError, match="assignee"):
        desk.replies.suggest(ticket.id)
    assert [*desk.store.dump()] == before


def test_what_is_less_sure_is_drafted_for_those_who_work_on_it() -> None:
    desk = a_desk(ReplyPolicy(send_from=0.95), Answers(SURE))
    ticket = logged(desk)
    reply = desk.replies.suggest(ticket.id)
    assert (reply.action, reply.suggestion) == (ReplyAction.DRAFT, SURE)
    fact = desk.tickets.history(ticket.id)[-1].fact
    assert fact == InternalNote("suggested by article-7, confidence 0.9:\n\nPress the button.")
    assert desk.tickets.public_view(ticket.id).letters == ()


def test_no_program_answers_another() -> None:
    desk = a_desk(ReplyPolicy(send_from=0.8), Answers(SURE))
    ticket = logged(desk)
    assert desk.replies.suggest(ticket.id).action is ReplyAction.SEND
    again = desk.replies.suggest(ticket.id)
    assert again.action is ReplyAction.DRAFT
    assert "the last letter is automatic" in again.because
    desk.tickets.comment(ticket.id, "It is still dark", public=True, by=BOB)
    assert desk.replies.suggest(ticket.id).action is ReplyAction.SEND


def test_what_was_written_meanwhile_is_not_passed_over() -> None:
    plugin = Answers(SURE)
    desk = a_desk(ReplyPolicy(send_from=0.8), plugin)
    ticket = logged(desk)
    plugin.meanwhile = lambda: desk.tickets.comment(ticket.id, "It works", public=True, by=BOB)
    reply = desk.replies.suggest(ticket.id)
    assert reply.action is ReplyAction.DRAFT
    assert reply.because.endswith("but something was written meanwhile")


def test_unusual_mail_is_never_answered_by_itself() -> None:
    desk = a_desk(ReplyPolicy(send_from=0.5, never_when=equals("tag.unusual", value=True)), Answers(SURE))
    ticket = logged(desk)
    desk.tickets.tag(ticket.id, "unusual")
    assert desk.replies.suggest(ticket.id).action is ReplyAction.DRAFT


def test_a_plugin_that_fails_takes_nothing_from_the_others() -> None:
    class Broken:
        @hookimpl
        def itsmkit_suggest_reply(self) -> object:
            raise OSError("no model")

    class Wrong:
        @hookimpl
        def itsmkit_suggest_reply(self) -> object:
            return ["Press the button."]

    class Silent:
        @hookimpl
        def itsmkit_suggest_reply(self) -> object:
            return None

    desk = a_desk(ReplyPolicy(send_from=0.8), Broken(), Answers(SURE), Wrong(), Silent())
    ticket = logged(desk)
    reply = desk.replies.suggest(ticket.id, idempotency_key="k")
    assert reply.action is ReplyAction.SEND
    assert len(reply.failures) == 2
    assert any("no model" in each for each in reply.failures)
    assert any("[0]: must be a Suggestion" in each for each in reply.failures)
    assert desk.replies.suggest(ticket.id, idempotency_key="k") == reply


@pytest.mark.parametrize(
    ("policy", "action"),
    [
        (ReplyPolicy(send_from=0.8), ReplyAction.SEND),
        (ReplyPolicy(), ReplyAction.DRAFT),
        (ReplyPolicy(draft_from=1.0), ReplyAction.DROP),
    ],
)
def test_it_is_done_once_for_its_key(policy: ReplyPolicy, action: ReplyAction) -> None:
    plugin = Answers(SURE, UNSURE)
    desk = a_desk(policy, plugin)
    ticket = logged(desk)
    first = desk.replies.suggest(ticket.id, idempotency_key="k")
    assert first.action is action
    version = desk.tickets.get(ticket.id).version
    assert desk.replies.suggest(ticket.id, idempotency_key="k") == first
    assert (len(plugin.asked), desk.tickets.get(ticket.id).version) == (1, version)


def test_words_that_were_erased_are_not_told_again() -> None:
    desk = a_desk(ReplyPolicy(), Answers(SURE))
    ticket = logged(desk)
    desk.replies.suggest(ticket.id, idempotency_key="k")
    desk.tickets.erase(ticket.id, reason="asked for")
    again = desk.replies.suggest(ticket.id, idempotency_key="k")
    assert again.suggestion is not None
    assert again.suggestion.text == "[erased]"
    assert not [row for row in desk.store.dump() if "Press the button" in str(row.data)]


def test_a_preview_does_nothing() -> None:
    desk = a_desk(ReplyPolicy(send_from=0.8), Answers(UNSURE, SURE))
    ticket = logged(desk)
    before = [*desk.store.dump()]
    shown = desk.replies.preview(ticket.id)
    assert (shown.action, shown.suggestion, shown.others) == (ReplyAction.SEND, SURE, (UNSURE,))
    assert [*desk.store.dump()] == before


shares = st.floats(0, 1)


@settings(deadline=None, max_examples=60)
@given(st.lists(shares, max_size=4), st.one_of(st.none(), shares), shares)
def test_below_the_threshold_nothing_leaves_the_desk(
    confidences: list[float], send_from: float | None, draft_from: float
) -> None:
    if send_from is not None and send_from < draft_from:
        send_from, draft_from = draft_from, send_from
    notifier = InMemoryNotifier()
    found = [Suggestion(f"Answer {place}", "x", share) for place, share in enumerate(confidences)]
    desk = a_desk(ReplyPolicy(send_from=send_from, draft_from=draft_from), Answers(*found), notifier)
    ticket = logged(desk)
    desk.replies.suggest(ticket.id)
    desk.deliver()
    best = max(confidences, default=-1.0)
    written = [each.fact for each in desk.tickets.history(ticket.id)[1:]]
    letters = desk.tickets.public_view(ticket.id).letters
    if send_from is not None and best >= send_from:
        assert [type(each) for each in written] == [PublicMessage]
        assert [each.is_automatic for each in letters] == [True]
    else:
        assert letters == ()
        assert not [each for each in notifier.delivered if "Answer" in each.body]
        assert [type(each) for each in written] == ([InternalNote] if best >= draft_from else [])


def test_a_policy_names_what_the_desk_has() -> None:
    table = {"send_from": 0.8, "counts_as_response": "strat", "never_when": 'state_category = "odd"'}
    with pytest.raises(DefinitionError) as refused:
        DeskConfig.load({"replies": table})
    assert [problem.partition(": ")[2].partition(":")[0] for problem in refused.value.problems] == [
        "replies.never_when.equals",
        "replies.counts_as_response",
    ]
    table = {"send_from": 0.8, "counts_as_response": "start", "never_when": "tag.unusual = true"}
    assert DeskConfig.load({"replies": table}).replies.counts_as_response == "start"


def test_the_default_sends_nothing() -> None:
    assert DeskConfig.standard().replies == ReplyPolicy()
