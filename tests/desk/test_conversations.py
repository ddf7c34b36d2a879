"""A desk talks with people: bots answer, people take over, and nobody is lost."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from itsmkit.conditions import parse_condition
from itsmkit.desk import Desk, DeskConfig, ManualClock
from itsmkit.errors import ConflictError, DefinitionError, NotFoundError, RefusedError
from itsmkit.plugin import hookimpl
from itsmkit.practices.access import AccessDeniedError
from itsmkit.practices.conversations import (
    BotAct,
    BotAnswer,
    BotHandover,
    BotTurn,
    ConversationSession,
    ScriptedBot,
)
from itsmkit.practices.knowledge import Reading
from itsmkit.testing.builders import A_MONDAY
from itsmkit.tickets import Actor, InternalNote, PublicMessage

BOB, EVE, ANN, KIM = Actor("bob"), Actor("eve"), Actor("ann", roles=["agent"]), Actor("kim", roles=["agent"])
WRITER = Actor("wendy", roles=["knowledge_manager", "agent"])
PUBLISHER = Actor("paul", roles=["knowledge_manager", "agent"])

RULES: dict[str, Any] = {
    "conversations": {
        "abandoned_after": "30min",
        "group": "first line",
        "bots": [
            {
                "id": "helper",
                "roles": ["first line bot"],
                "intents": [
                    {"name": "vpn", "words": ["vpn"], "answer": "Install the client again."},
                    {"name": "article", "words": ["article"], "articles": ["secret", "wifi"]},
                    {"name": "hidden", "words": ["hidden"], "articles": ["secret"]},
                    {"name": "thanks", "words": ["thanks"], "answer": "You are welcome.", "ends": True},
                    {
                        "name": "printer",
                        "words": ["printer"],
                        "answer": "It is logged.",
                        "form": {
                            "name": "printer",
                            "fields": [{"name": "floor", "label": "Which floor?", "required_when": "always"}],
                        },
                        "act": {
                            "command": "incidents.log",
                            "arguments": {"title": "The printer on floor {floor}"},
                        },
                    },
                ],
            }
        ],
    }
}

ROLES: dict[str, Any] = {
    "roles": [
        {
            "name": "requester",
            "sees": [{"relations": ["requester"]}],
            "permits": [
                {"operations": [f"conversations.{each}" for each in ("begin", "say", "end", "hand_over")]}
            ],
        },
        {"name": "agent", "sees": [{}], "permits": [{"operations": ["*"]}]},
        {"name": "first line bot", "sees": [{}], "permits": [{"operations": ["incidents.log"]}]},
    ],
    "default_roles": ["requester"],
}


class Says:
    """A plugin that says what it is given."""

    def __init__(self, turn: object) -> None:
        self.turn = turn
        self.asked: list[ConversationSession] = []

    @hookimpl
    def itsmkit_bot_turn(
        self, bot: ScriptedBot, conversation: ConversationSession, articles: Sequence[Reading]
    ) -> BotTurn | None:
        self.asked.append(conversation)
        turn = self.turn
        if callable(turn):
            return turn(conversation, articles)  # type: ignore[no-any-return]
        if isinstance(turn, Exception):
            raise turn
        return turn  # type: ignore[return-value]


def a_desk(rules: dict[str, Any] | None = None, *plugins: object, **more: Any) -> Desk:
    clock = more.pop("clock", None) or ManualClock(A_MONDAY)
    return Desk(DeskConfig.load(RULES if rules is None else rules), plugins=plugins, clock=clock, **more)


def publish(desk: Desk, key: str, title: str, body: str, audience: str = "always") -> None:
    desk.knowledge.draft(key, "en", title, body, audience=parse_condition(audience), by=WRITER)
    desk.knowledge.submit(key, "en", by=WRITER)
    desk.knowledge.publish(key, "en", by=PUBLISHER)


# -- what is promised -----------------------------------------------------------------------------------


def test_one_question_is_solved_without_a_ticket_and_another_is_handed_over_with_its_transcript() -> None:
    desk = a_desk()
    bob = desk.acting_as(BOB).conversations
    solved = bob.begin("The VPN is broken")
    assert solved.turns[-1].text == "Install the client again."
    assert bob.say(solved.id, "thanks").state == "ended"
    assert desk.tickets.count() == 0

    other = bob.begin("The coffee machine plays music")
    waits = bob.say(other.id, "It plays jazz")
    assert waits.state == "hand-over"
    assert [each.id for each in desk.conversations.waiting()] == [other.id]
    ticket = desk.tickets.get(waits.ticket_id or "")  # type: ignore[arg-type]
    assert (ticket.title, ticket.requester, ticket.channel, ticket.support_group) == (
        "The coffee machine plays music",
        "bob",
        "chat",
        "first line",
    )
    assert ticket.details["conversation"] == other.id
    assert [each.message.text for each in desk.tickets.public_view(ticket.id).letters] == [
        each.text for each in waits.turns
    ]

    figures = desk.conversations.report()
    assert (figures.all.begun, figures.all.deflected, figures.all.handed_over) == (2, 1, 1)
    assert figures.by_intent["vpn"].deflected == 1
    assert figures.by_bot["helper"].explain().startswith("1 of 2 contained (50.0%), 1 of 2 deflected")


def test_a_bot_without_the_right_is_refused_as_a_person_would_be_and_a_person_goes_on() -> None:
    act = BotAct("incidents.prioritise", {"urgency": "high", "impact": "high"})
    plugin = Says(BotAnswer(text="Done.", acts=[BotAct("incidents.log", {"title": "A"}), act]))
    desk = a_desk({**RULES, **ROLES}, plugin)
    talk = desk.conversations.begin("Hurry!", by=BOB)
    assert talk.state == "hand-over"
    (deed,) = talk.turns[-1].did
    ticket = desk.acting_as(ANN).tickets.get(talk.ticket_id or "")  # type: ignore[arg-type]
    assert ticket.title == "Hurry!"  # what it had done before is undone
    with pytest.raises(AccessDeniedError) as refused:
        desk.incidents.prioritise(
            ticket.id, urgency="high", impact="high", by=Actor("temp", roles=["first line bot"])
        )
    of_person = [each.replace("temp", "helper") for each in refused.value.reasons]
    of_person = [each.replace("INC-2", "INC-1").replace("INC-3", "INC-1") for each in of_person]
    assert [*deed.refused] == of_person
    notes = [
        each.fact.text
        for each in desk.acting_as(ANN).tickets.history(ticket.id)
        if isinstance(each.fact, InternalNote)
    ]
    assert notes[0].startswith("incidents.prioritise was refused: ")


def test_every_act_of_a_bot_is_labelled() -> None:
    desk = a_desk({**RULES, **ROLES})
    talk = desk.conversations.begin("The printer is on fire", by=BOB)
    talk = desk.conversations.say(talk.id, "3", by=BOB)
    assert talk.state == "bot"
    history = desk.acting_as(ANN).tickets.history(talk.ticket_id or "")  # type: ignore[arg-type]
    by_bot = [each for each in history if each.actor.id == "helper"]
    assert history[0].actor.id == "helper"
    assert all(each.actor.automated and "bot" in each.actor.roles for each in by_bot)
    assert not any(each.actor.automated for each in history if each.actor.id == "bob")
    letters = desk.acting_as(ANN).tickets.public_view(talk.ticket_id or "").letters  # type: ignore[arg-type]
    assert [(each.author, each.is_automatic) for each in letters] == [
        ("bob", False),
        ("helper", True),
        ("bob", False),
        ("helper", True),
    ]
    ended = desk.conversations.end(talk.id, by=BOB)
    assert ended.state == "ended"
    figures = desk.acting_as(ANN).conversations.report().all
    assert (figures.contained, figures.with_ticket, figures.deflected) == (1, 1, 0)


def test_a_bot_acts_only_on_tickets_of_the_person_whom_it_talks_with() -> None:
    def comment(conversation: ConversationSession, _articles: object) -> BotTurn:
        act = BotAct("tickets.comment", {"ticket_id": conversation.asked, "text": "hello"})
        return BotAnswer(text="Done.", acts=[act])

    desk = a_desk(RULES, Says(comment))
    mine = desk.incidents.log("Mine", by=BOB)
    hers = desk.incidents.log("Hers", by=EVE)
    assert desk.conversations.begin(mine.id, by=BOB).state == "bot"
    assert desk.tickets.history(mine.id)[-2].actor.automated
    for other in (hers.id, "no ticket"):
        refused = desk.conversations.begin(other, by=BOB)
        assert refused.state == "hand-over"
        assert "no ticket" in str(refused.because)
    assert len(desk.tickets.history(hers.id)) == 1


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (BotAct("tickets.coment", {"text": "x"}), "did you mean 'tickets.comment'"),
        (BotAct("configuration.change", {}), "nothing that bots do"),
        (BotAct("tickets.transition:resolve", {}), "nothing that bots do"),
        (BotAct("incidents.log", {}), "title"),
        (BotAct("incidents.log", {"title": "x", "colour": "red"}), "colour"),
        (BotAct("incidents.log", {"title": "x", "impact": "cosmic"}), "cosmic"),
        (BotAct("tickets.comment", {"text": "x"}), "no ticket"),
    ],
)
def test_what_no_bot_can_do_is_refused_with_the_reason(act: BotAct, told: str) -> None:
    desk = a_desk(RULES, Says(BotAnswer(text="Done.", acts=[act])))
    talk = desk.conversations.begin("Do it", by=BOB)
    assert talk.state == "hand-over"
    assert told in str(talk.because)


def test_a_bot_gives_commands_of_kinds_of_a_desks_own_and_of_its_own_ticket() -> None:
    acts = [BotAct("work.incident.log", {"title": "By kind"})]
    desk = a_desk(
        RULES,
        Says(
            lambda talk, _: BotAnswer(
                text="x", acts=acts if talk.ticket_id is None else [BotAct("tickets.tag", {"tags": "chat"})]
            )
        ),
    )
    talk = desk.conversations.begin("Hello", by=BOB)
    talk = desk.conversations.say(talk.id, "And now", by=BOB)
    assert desk.tickets.get(talk.ticket_id or "").tags == ("chat",)  # type: ignore[arg-type]


# -- nobody is lost ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "told"),
    [
        pytest.param(ValueError("out of order"), "out of order", id="fails"),
        pytest.param("hello", "in place of a BotAnswer", id="something else"),
        pytest.param(None, "the bot has no answer", id="silent"),
        pytest.param(BotHandover(because="too hard"), "too hard", id="hands over"),
    ],
)
def test_a_bot_that_does_not_answer_hands_over(said: object, told: str) -> None:
    desk = a_desk({}, Says(said))
    talk = desk.conversations.begin("Help!", by=BOB)
    assert (talk.state, talk.bot) == ("hand-over", "bot")
    assert told in str(talk.because)
    notes = [each.fact for each in desk.tickets.history(talk.ticket_id or "")]  # type: ignore[arg-type]
    assert any(isinstance(each, InternalNote) and told in each.text for each in notes)


def test_who_wants_a_person_gets_one_even_where_the_ticket_cannot_be_logged() -> None:
    rules = {
        "kinds": {"visit": {"workflow": "task", "prefix": "VIS-", "fields": {"room": {"required": True}}}},
        "conversations": {"kind": "visit", "bots": [{"id": "helper"}]},
    }
    desk = a_desk(rules)
    talk = desk.conversations.begin("Help!", by=BOB)
    assert (talk.state, talk.ticket_id) == ("hand-over", None)
    assert desk.conversations.waiting() == (talk,)


def test_what_is_said_after_it_was_handed_over_is_written_on_the_ticket_where_that_goes_on() -> None:
    desk = a_desk({})
    talk = desk.conversations.begin("Help!", by=BOB)
    assert talk.ticket_id is not None
    desk.conversations.take(talk.id, by=ANN)
    assert desk.conversations.waiting() == ()
    desk.conversations.reply(talk.id, "What is it?", by=ANN)
    main = desk.incidents.log("The same", by=ANN)
    desk.links.merge(talk.ticket_id, into=main.id, by=ANN)
    desk.conversations.say(talk.id, "It is out of paper", by=BOB)
    last = desk.tickets.history(main.id)[-1]
    assert (last.actor.id, last.fact) == ("bob", PublicMessage("It is out of paper"))
    back = desk.conversations.hand_over(talk.id, "my shift ends", by=ANN)
    assert back.state == "hand-over"
    assert desk.tickets.history(main.id)[-1].fact == InternalNote("handed over: my shift ends")
    assert desk.conversations.take(talk.id, by=KIM).agent == "kim"
    assert desk.conversations.end(talk.id, solved=False, by=KIM).end == "unsolved"


def test_an_agent_may_step_in_before_the_bot_hands_over() -> None:
    desk = a_desk()
    talk = desk.conversations.begin("vpn", by=BOB)
    taken = desk.conversations.take(talk.id, by=ANN)
    assert taken.ticket_id is not None
    assert len(desk.tickets.public_view(taken.ticket_id).letters) == 2
    assert desk.conversations.take(talk.id, by=ANN) == taken


def test_words_that_come_while_the_bot_thinks_are_not_lost() -> None:
    texts = ["again", "and again"]

    def interrupted(conversation: ConversationSession, _articles: object) -> BotTurn:
        if texts and conversation.asked == "first":
            desk.conversations.say(conversation.id, texts.pop(), by=BOB)
        return BotAnswer(text=f"You said {conversation.asked}")

    desk = a_desk(RULES, Says(interrupted))
    talk = desk.conversations.begin("hello", by=BOB)
    talk = desk.conversations.say(talk.id, "first", by=BOB)
    assert [each.text for each in talk.turns if each.author == "bob"] == [
        "hello",
        "and again",
        "again",
        "first",
    ]
    texts += ["x"] * 9
    with pytest.raises(ConflictError):
        desk.conversations.say(talk.id, "first", by=BOB)
    assert desk.conversations.say(talk.id, "second", by=BOB).turns[-1].text == "You said second"


def test_a_bot_is_asked_once_for_what_is_asked_once() -> None:
    plugin = Says(BotAnswer(text="Yes"))
    desk = a_desk(RULES, plugin)
    first = desk.conversations.begin("Are you there?", by=BOB, idempotency_key="k1")
    assert desk.conversations.begin("Are you there?", by=BOB, idempotency_key="k1") == first
    end = desk.conversations.end(first.id, by=BOB, idempotency_key="k2")
    assert desk.conversations.end(first.id, by=BOB, idempotency_key="k2") == end
    assert len(plugin.asked) == 1


# -- time ------------------------------------------------------------------------------------------------


def test_a_person_who_falls_silent_is_given_up_in_time_and_no_sooner() -> None:
    clock = ManualClock(A_MONDAY)
    desk = a_desk(clock=clock)
    talk = desk.conversations.begin("vpn", by=BOB)
    assert desk.next_due() == A_MONDAY + timedelta(minutes=30)
    clock.advance(timedelta(minutes=20))
    desk.conversations.say(talk.id, "vpn again", by=BOB)
    clock.advance(timedelta(minutes=20))
    desk.run_due()
    assert desk.conversations.get(talk.id).is_open
    clock.advance(timedelta(minutes=10))
    desk.run_due()
    gone = desk.conversations.get(talk.id)
    assert (gone.state, gone.end) == ("abandoned", None)
    assert [each.event for each in desk.conversations.history(talk.id)][-1] == "ConversationAbandoned"
    figures = desk.conversations.report().all
    assert (figures.abandoned, figures.contained, figures.open) == (1, 0, 0)


def test_who_waits_for_an_agent_waits_however_long() -> None:
    clock = ManualClock(A_MONDAY)
    desk = a_desk({}, clock=clock)
    talk = desk.conversations.begin("Help!", by=BOB)
    clock.advance(timedelta(days=2))
    desk.run_due()
    assert desk.conversations.get(talk.id).state == "hand-over"


def test_a_timer_goes_by_the_rules_as_they_are_by_then() -> None:
    clock = ManualClock(A_MONDAY)
    desk = a_desk(clock=clock)
    talk = desk.conversations.begin("vpn", by=BOB)
    patient = {"conversations": {**RULES["conversations"], "abandoned_after": "60min"}}
    later = Desk(DeskConfig.load(patient), store=desk.store, clock=clock)
    clock.advance(timedelta(minutes=40))
    later.run_due()
    assert later.conversations.get(talk.id).is_open
    clock.advance(timedelta(minutes=20))
    later.run_due()
    assert later.conversations.get(talk.id).state == "abandoned"


# -- knowledge -------------------------------------------------------------------------------------------


def with_articles(rules: dict[str, Any] | None = None) -> Desk:
    desk = a_desk(rules)
    publish(desk, "wifi", "Join the wireless network", "Choose the network and enter the code.")
    publish(desk, "secret", "Join the staff network", "Staff only.", "viewer.role.agent = true")
    return desk


def test_it_offers_what_is_there_for_the_person_and_nothing_else() -> None:
    desk = with_articles()
    found = desk.conversations.begin("How do I join the wireless network?", by=BOB)
    assert found.offered == ("wifi",)
    assert found.turns[-1].text.endswith("\N{BULLET} Join the wireless network")
    named = desk.conversations.begin("article", by=BOB)
    assert named.offered == ("wifi",)
    assert "staff" not in named.turns[-1].text.casefold()
    assert desk.conversations.begin("article", by=ANN).offered == ("secret", "wifi")
    hidden = desk.conversations.begin("hidden", by=BOB)
    assert (hidden.state, hidden.offered) == ("hand-over", ())


def test_what_came_of_an_article_counts_for_knowledge_too() -> None:
    desk = with_articles()
    first = desk.conversations.begin("article", by=BOB)
    desk.conversations.end(first.id, by=BOB)
    second = desk.conversations.begin("article", by=BOB)
    desk.conversations.hand_over(second.id, "that is not it", by=BOB)
    desk.conversations.say(second.id, "hello?", by=BOB)
    several = desk.conversations.begin("article", by=ANN)
    desk.conversations.end(several.id, by=ANN)
    report = desk.knowledge.report()
    assert (report.sessions, report.deflected, report.led_to_ticket) == (3, 1, 1)
    assert report.articles["wifi"].deflected == 1


# -- who may what ----------------------------------------------------------------------------------------


def test_a_conversation_is_there_for_its_person_and_for_who_may_take_it() -> None:
    desk = a_desk({**RULES, **ROLES})
    talk = desk.conversations.begin("vpn", by=BOB)
    assert desk.acting_as(BOB).conversations.get(talk.id) == talk
    assert desk.acting_as(BOB).conversations.of("bob") == (talk,)
    assert desk.acting_as(ANN).conversations.of("bob") == (talk,)
    assert desk.acting_as(EVE).conversations.of("bob") == ()
    for call in (
        lambda: desk.acting_as(EVE).conversations.get(talk.id),
        lambda: desk.conversations.say(talk.id, "hi", by=EVE),
        lambda: desk.conversations.end(talk.id, by=EVE),
    ):
        with pytest.raises(NotFoundError):
            call()
    with pytest.raises(AccessDeniedError):
        desk.conversations.take(talk.id, by=EVE)
    with pytest.raises(RefusedError, match="that of bob; take it, and reply"):
        desk.conversations.say(talk.id, "hi", by=ANN)
    desk.conversations.end(talk.id, by=BOB)
    with pytest.raises(RefusedError, match="begin another one"):
        desk.conversations.end(talk.id, by=ANN)
    assert [each.id for each in desk.acting_as(ANN).conversations.find('state = "ended"')] == [talk.id]


# -- what is personal ------------------------------------------------------------------------------------


def test_what_was_said_can_be_erased_once_it_is_over() -> None:
    desk = with_articles()
    talk = desk.conversations.begin("article for my ill mother", by=BOB)
    with pytest.raises(RefusedError, match="not over yet"):
        desk.conversations.erase(talk.id, "asked for", by=ANN)
    with pytest.raises(RefusedError, match="say why"):
        desk.conversations.erase(talk.id, " ", by=ANN)
    desk.conversations.end(talk.id, by=BOB)
    erased = desk.conversations.erase(talk.id, "asked for", by=ANN)
    assert {each.text for each in erased.turns} == {"[erased]"}
    assert "mother" not in repr(desk.conversations.history(talk.id))
    assert "mother" not in repr([*desk.knowledge.sessions()])
    assert desk.conversations.report().all.deflected == 1
    other = desk.conversations.begin("vpn", by=BOB)
    desk.conversations.end(other.id, by=BOB)
    assert desk.conversations.erase(other.id, "asked for", by=ANN).turns[0].text == "[erased]"


def ended_talks(desk: Desk, count: int, person: Actor = BOB) -> list[str]:
    """Let somebody talk of their mother as often as *count* says; return the keys, sorted."""
    keys = [desk.conversations.begin("article for my ill mother", by=person).id for _ in range(count)]
    for key in keys:
        desk.conversations.end(key, by=person)
    return sorted(keys)


def test_erasing_a_person_reaches_their_tickets_and_then_their_conversations_page_by_page() -> None:
    desk = with_articles()
    of_bob, of_eve = ended_talks(desk, 5), ended_talks(desk, 1, EVE)
    handed = desk.conversations.begin("xyz of my mother", by=BOB)
    handed = desk.conversations.hand_over(handed.id, "my mother is ill", by=BOB)
    desk.conversations.end(handed.id, by=BOB)
    anchor = desk.audit.checkpoint()
    pages, after = [], None
    while not pages or after is not None:
        page = desk.tickets.erase_person("bob", reason="asked for", limit=2, after=after, by=ANN)
        pages.append(page)
        after = page.next
    assert [each for page in pages for each in page.erased] == [handed.ticket_id]
    assert [each for page in pages for each in page.conversations] == sorted([*of_bob, handed.id])
    assert max(len(page.conversations) for page in pages) == 2
    assert [page.refused for page in pages] == [()] * len(pages)
    told = {row.data.get("id", ""): str(row.data) for row in desk.store.dump()}
    assert {key for key, text in told.items() if "mother" in text} <= {*of_eve, *_sessions_of(desk, of_eve)}
    assert {each.text for each in desk.conversations.get(of_eve[0]).turns} != {"[erased]"}
    found = desk.audit.verify([anchor])
    assert (found.findings, all(seal.holds for seal in found.seals)) == ((), True)


def _sessions_of(desk: Desk, keys: list[str]) -> list[str | None]:
    return [desk.conversations.get(key).session for key in keys]


def test_a_person_is_erased_once_whoever_begins_anew_and_an_open_conversation_is_told() -> None:
    desk = with_articles()
    [first, *_] = keys = ended_talks(desk, 3)
    part = desk.tickets.erase_person("bob", reason="asked for", limit=1, by=ANN)
    still = desk.conversations.begin("article for my ill mother", by=BOB)
    assert (part.conversations, part.next) == ((first,), f"records:conversation:{first}")
    rows_of_first = [str(each) for each in desk.conversations.history(first)]
    again = desk.tickets.erase_person("bob", reason="once more", by=ANN, idempotency_key="all")
    assert again.conversations == tuple(keys)
    assert again.refused == (
        (still.id, f"cannot erase conversation {still.id}: it is not over yet; end it first"),
    )
    assert [str(each) for each in desk.conversations.history(first)] == rows_of_first
    desk.conversations.end(still.id, by=BOB)
    assert desk.tickets.erase_person("bob", reason="once more", by=ANN, idempotency_key="all") == again
    assert desk.tickets.erase_person("bob", reason="asked for", by=ANN).refused == ()
    assert "mother" not in str([row.data for row in desk.store.dump()])


def test_a_page_of_conversations_that_breaks_off_is_not_erased_at_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = with_articles()
    ended_talks(desk, 3)
    rows = [*desk.store.dump()]
    erased, saved = [], type(desk.store.begin()).erase_record

    def break_off(unit: Any, kind: str, record_id: str) -> Any:
        erased.append(record_id)
        if len(erased) == 4:
            raise RuntimeError
        return saved(unit, kind, record_id)

    with monkeypatch.context() as patched:
        patched.setattr(type(desk.store.begin()), "erase_record", break_off)
        with pytest.raises(RuntimeError):
            desk.tickets.erase_person("bob", reason="asked for", by=ANN)
    assert [*desk.store.dump()] == rows
    assert len(desk.tickets.erase_person("bob", reason="asked for", by=ANN).conversations) == 3


def test_who_may_not_erase_conversations_is_told_that_they_stay() -> None:
    permits = [{"operations": ["tickets.*"]}]
    roles = [
        {"name": "agent", "sees": [{}], "permits": permits},
        {"name": "talker", "permits": [{"operations": ["conversations.*"]}]},
    ]
    desk = a_desk({**RULES, "roles": roles})
    talker = Actor("bob", roles=["talker"])
    assert desk.tickets.erase_person("bob", reason="asked for", by=ANN).refused == ()
    ended_talks(desk, 1, talker)
    [(what, why)] = desk.tickets.erase_person("bob", reason="asked for", by=ANN).refused
    assert (what, why.partition(";")[0]) == ("conversations", "ann is not permitted `conversations.erase`")
    assert "mother" in str([row.data for row in desk.privileged("to look").store.dump()])
    both = Actor("kim", roles=["agent", "talker"])
    assert len(desk.tickets.erase_person("bob", reason="asked for", by=both).conversations) == 1


# -- rules -----------------------------------------------------------------------------------------------


def test_rules_that_the_desk_cannot_follow_are_refused_with_their_path() -> None:
    intent = {"name": "x", "words": ["x"], "answer": "x", "act": {"command": "incidents.lock"}}
    wrong = {"conversations": {"kind": "incidnet", "bots": [{"id": "b", "intents": [intent]}]}}
    with pytest.raises(DefinitionError) as error:
        DeskConfig.load(wrong)
    told = str(error.value)
    assert "conversations.kind: there is no kind of work 'incidnet'; did you mean 'incident'?" in told
    assert "conversations.bots[0].intents[0].act.command: there is no operation" in told


def test_somebody_is_answered_in_the_language_that_they_ask_for() -> None:
    desk = a_desk()
    talk = desk.conversations.begin("xyz", language="sv", by=BOB)
    assert talk.turns[-1].text.startswith("Jag förstår inte")
    with pytest.raises(DefinitionError):
        desk.conversations.begin("xyz", language="no language", by=BOB)
