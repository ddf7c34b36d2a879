"""A conversation goes from a bot to a person and never loses anybody on the way."""

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.practices.conversations import (
    MAX_TURN_TEXT,
    MAX_TURNS,
    BotAct,
    BotAnswer,
    BotDeed,
    BotHandover,
    BotQuestion,
    ConversationEnd,
    ConversationRules,
    ConversationSession,
    ConversationState,
    ScriptedBot,
    Speaker,
    Turn,
    begin_conversation,
    bot_turned,
    end_conversation,
    give_up_waiting,
    hand_over,
    reply_in,
    say_in,
    silent_until,
    take_conversation,
    transcript_of,
)

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
A_MINUTE = timedelta(minutes=1)
HALF_AN_HOUR = 30 * A_MINUTE


def begun(text: str = "The printer is on fire") -> ConversationSession:
    return begin_conversation("c1", "bob", text, NINE, bot="helper").value


def waiting() -> ConversationSession:
    return bot_turned(begun(), BotHandover(because="too hot"), NINE).value


def with_ann() -> ConversationSession:
    outcome = take_conversation(waiting(), "ann", NINE)
    assert outcome is not None
    return outcome.value


def test_a_conversation_begins_with_its_bot() -> None:
    session = begun()
    assert (session.state, session.asked, session.is_open) == ("bot", "The printer is on fire", True)
    assert session.facts() == {"person": "bob", "bot": "helper", "channel": "chat", "turns": 1}


def test_a_bot_that_answers_leaves_the_conversation_with_itself_and_is_told_again_what_it_remembers() -> None:
    asked = bot_turned(begun(), BotQuestion(text="Which one?", intent="fire", memory={"a": "1"}), NINE)
    assert (asked.event, asked.value.intent, dict(asked.value.memory)) == ("BotAsked", "fire", {"a": "1"})
    answered = bot_turned(asked.value, BotAnswer(text="Leave the room."), NINE)
    assert (answered.event, answered.value.intent, dict(answered.value.memory)) == ("BotAnswered", "fire", {})


def test_what_a_bot_did_and_offered_stands_in_its_turn() -> None:
    deed = BotDeed("incidents.log", None)
    outcome = bot_turned(begun(), BotAnswer(text="Done."), NINE, deeds=[deed], articles=["fire"])
    assert outcome.value.turns[-1].did == (deed,)
    assert outcome.value.offered == ("fire",)
    assert begun().offered == ()


def test_a_bot_can_end_what_is_solved() -> None:
    outcome = bot_turned(begun(), BotAnswer(text="Good.", ends=True), NINE)
    assert (outcome.value.state, outcome.value.end) == ("ended", ConversationEnd.SOLVED)


def test_a_bot_has_no_turn_once_it_is_handed_over() -> None:
    with pytest.raises(RefusedError, match="not with its bot any more: it is hand-over"):
        bot_turned(waiting(), BotAnswer(text="Wait!"), NINE)


def test_handing_over_tells_the_person_only_if_there_is_something_to_tell() -> None:
    assert len(waiting().turns) == 1
    told = bot_turned(begun(), BotHandover(because="too hot", text="Ann comes.", intent="fire"), NINE).value
    assert (told.turns[-1].text, told.because, told.intent) == ("Ann comes.", "too hot", "fire")
    assert told.waits_since == told.handed_over_at == NINE


def test_an_agent_takes_replies_and_gives_back() -> None:
    session = reply_in(with_ann(), "ann", "I am coming", NINE + A_MINUTE).value
    assert session.turns[-1].speaker is Speaker.AGENT
    assert take_conversation(session, "ann", NINE) is None
    back = hand_over(session, "the night shift takes it", NINE + HALF_AN_HOUR, by="ann")
    assert back is not None
    assert (back.value.agent, back.value.waits_since, back.value.handed_over_at) == (
        None,
        NINE + HALF_AN_HOUR,
        NINE,
    )
    assert hand_over(back.value, "again", NINE, by="ann") is None


def test_an_agent_may_take_it_from_a_bot() -> None:
    outcome = take_conversation(begun(), "ann", NINE)
    assert outcome is not None
    assert outcome.value.handed_over_at == NINE


@pytest.mark.parametrize(
    ("act", "told"),
    [
        pytest.param(lambda: take_conversation(with_ann(), "kim", NINE), "ann has it", id="another has it"),
        pytest.param(
            lambda: take_conversation(waiting(), "bob", NINE), "nobody answers themselves", id="own"
        ),
        pytest.param(lambda: reply_in(with_ann(), "kim", "hi", NINE), "with ann; take it first", id="kim"),
        pytest.param(lambda: reply_in(waiting(), "kim", "hi", NINE), "hand-over; take it", id="untaken"),
        pytest.param(lambda: say_in(begun(), "  ", NINE), "must be words", id="nothing said"),
        pytest.param(
            lambda: say_in(begun(), "x" * (MAX_TURN_TEXT + 1), NINE), "4000 characters at most", id="too much"
        ),
        pytest.param(lambda: hand_over(begun(), " ", NINE, by="bob"), "say why", id="no reason"),
    ],
)
def test_what_cannot_be_is_refused_with_the_way_out(act: object, told: str) -> None:
    with pytest.raises(RefusedError, match=told):
        act()  # type: ignore[operator]


def test_nothing_happens_in_what_is_over() -> None:
    over = end_conversation(begun(), NINE, solved=False, by="bob").value
    assert over.end is ConversationEnd.UNSOLVED
    for act in (
        lambda: say_in(over, "hello?", NINE),
        lambda: hand_over(over, "why", NINE, by="bob"),
        lambda: take_conversation(over, "ann", NINE),
        lambda: reply_in(over, "ann", "hi", NINE),
        lambda: end_conversation(over, NINE, solved=True, by="bob"),
    ):
        with pytest.raises(RefusedError, match="it is ended; begin another one"):
            act()


# -- time ------------------------------------------------------------------------------------------------


def test_a_person_who_is_silent_for_too_long_has_gone() -> None:
    answered = bot_turned(begun(), BotAnswer(text="Turn it off."), NINE + A_MINUTE).value
    until = NINE + A_MINUTE + HALF_AN_HOUR
    assert silent_until(answered, HALF_AN_HOUR) == until
    assert give_up_waiting(answered, HALF_AN_HOUR, until - timedelta.resolution) is None
    outcome = give_up_waiting(answered, HALF_AN_HOUR, until)
    assert outcome is not None
    assert (outcome.value.state, outcome.value.ended_at) == (ConversationState.ABANDONED, until)


def test_who_waits_for_an_agent_is_never_given_up() -> None:
    assert silent_until(waiting(), HALF_AN_HOUR) is None
    assert silent_until(with_ann(), HALF_AN_HOUR) is None
    replied = reply_in(with_ann(), "ann", "On my way", NINE).value
    assert silent_until(replied, HALF_AN_HOUR) == NINE + HALF_AN_HOUR
    assert give_up_waiting(waiting(), HALF_AN_HOUR, NINE + timedelta(days=9)) is None


def test_a_clock_that_goes_back_turns_no_turn_around() -> None:
    earlier = say_in(begun(), "hello?", NINE - A_MINUTE).value
    assert earlier.turns[-1].at == NINE


# -- limits ----------------------------------------------------------------------------------------------


def full(turns: int, **changes: object) -> ConversationSession:
    turn = Turn(speaker=Speaker.PERSON, author="bob", text="x", at=NINE)
    return evolve(begun(), turns=(turn,) * turns, **changes)


def test_a_bot_that_finds_no_end_hands_over_before_there_is_no_room_for_an_agent() -> None:
    outcome = bot_turned(full(MAX_TURNS - 20), BotQuestion(text="And then?"), NINE)
    assert outcome.value.state is ConversationState.HAND_OVER
    assert "and no end" in str(outcome.value.because)


def test_a_conversation_has_an_end_by_its_length() -> None:
    with pytest.raises(RefusedError, match="end it, and begin another"):
        say_in(full(MAX_TURNS), "more", NINE)
    with pytest.raises(RefusedError, match="go on in the ticket"):
        say_in(full(MAX_TURNS, ticket_id="t1"), "more", NINE)
    assert len(bot_turned(full(MAX_TURNS), BotAnswer(text="x"), NINE).value.turns) == MAX_TURNS


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: BotAnswer(text=" "), "BotAnswer.text: must be words"),
        (lambda: BotAnswer(text="x", intent=" "), "intent: must be"),
        (lambda: BotAnswer(text="x", acts=[1]), r"acts\[0\]: must be"),
        (lambda: BotAnswer(text="x", acts=[BotAct("a")] * 11), "must be 10 at most"),
        (lambda: BotQuestion(text="x", memory={"a": "x" * 5000}), "memory.a: must be text"),
        (lambda: BotQuestion(text="x", memory={str(n): "" for n in range(101)}), "100 things at most"),
        (lambda: BotHandover(because=""), "because: must be words"),
        (lambda: BotHandover(because="x", text="", intent=""), "text: must be words"),
        (lambda: BotAct("tickets.comment", {"by": "ann"}), "by must be left out"),
        (lambda: Turn(speaker="x", author="a", text="", at=NINE), "who says something must be"),
        (lambda: Turn(speaker="bot", author="a", text=1, at=NINE, did=["x"]), "Turn.text"),  # type: ignore[arg-type]
        (lambda: evolve(begun(), agent="ann"), "exactly while one answers"),
        (lambda: evolve(begun(), waits_since=NINE), "exactly while it waits"),
        (lambda: evolve(begun(), ended_at=NINE), "exactly once it is over"),
        (lambda: evolve(begun(), turns=[1], language=" "), r"turns\[0\]"),
        (lambda: evolve(begun(), state="lost"), "where a conversation stands must be"),
        (lambda: evolve(begun(), end="lost"), "how a conversation was ended must be"),
        (lambda: full(MAX_TURNS + 1), "must be 200 at most"),
        (lambda: ConversationRules(bots=[1]), r"bots\[0\]"),
        (lambda: ConversationRules(bots=[ScriptedBot(id="a"), ScriptedBot(id="a")]), "bots"),
        (lambda: ConversationRules(group=" ", abandoned_after=timedelta(0)), "must be a length of time"),
    ],
)
def test_what_is_wrong_is_told_at_birth(make: object, told: str) -> None:
    with pytest.raises(DefinitionError, match=told):
        make()  # type: ignore[operator]


def test_the_first_bot_answers_and_one_that_has_gone_knows_nothing() -> None:
    rules = ConversationRules(bots=[ScriptedBot(id="helper", patience=2), ScriptedBot(id="other")])
    assert rules.first.id == "helper"
    assert rules.bot("other").id == "other"
    assert rules.bot("gone") == ScriptedBot(id="gone")
    assert ConversationRules().first.id == "bot"


# -- what is kept ----------------------------------------------------------------------------------------


def test_what_was_said_is_public_and_what_the_bot_did_is_not() -> None:
    deeds = [BotDeed("incidents.log", None), BotDeed("tickets.comment", None, ["not permitted"])]
    session = bot_turned(begun(), BotAnswer(text="Done."), NINE, deeds=deeds, articles=["fire"]).value
    assert [(each.author, each.text, each.is_public) for each in transcript_of(session)] == [
        ("bob", "The printer is on fire", True),
        ("helper", "Done.", True),
        ("helper", "incidents.log\ntickets.comment was refused: not permitted\noffered fire", False),
    ]
    assert transcript_of(session, 2) == ()


def test_a_bot_that_says_nothing_but_did_something_leaves_that_for_those_who_work() -> None:
    refused = BotDeed("incidents.log", None, ["not permitted"])
    session = bot_turned(begun(), BotHandover(because="refused"), NINE, deeds=[refused]).value
    assert [each.is_public for each in transcript_of(session)] == [True, False]


# -- a law -----------------------------------------------------------------------------------------------

_MOVES = {
    "say": (lambda session, now: say_in(session, "words", now), {"bot", "hand-over", "agent"}),
    "answer": (lambda session, now: bot_turned(session, BotAnswer(text="words"), now), {"bot"}),
    "give": (lambda session, now: bot_turned(session, BotHandover(because="x"), now), {"bot"}),
    "hand": (lambda session, now: hand_over(session, "x", now, by="bob"), {"bot", "hand-over", "agent"}),
    "take": (lambda session, now: take_conversation(session, "ann", now), {"bot", "hand-over", "agent"}),
    "reply": (lambda session, now: reply_in(session, "ann", "words", now), {"agent"}),
    "end": (
        lambda session, now: end_conversation(session, now, solved=True, by="bob"),
        {"bot", "hand-over", "agent"},
    ),
    "wait": (
        lambda session, now: give_up_waiting(session, HALF_AN_HOUR, now),
        {"bot", "hand-over", "agent", "ended", "abandoned"},
    ),
}
"""Each move, and from which states it is not refused."""


@given(st.lists(st.tuples(st.sampled_from(sorted(_MOVES)), st.integers(0, 50)), max_size=30))
def test_nothing_that_was_said_is_lost_and_nobody_waits_unseen(moves: list[tuple[str, int]]) -> None:
    session, now, said = begun(), NINE, 1
    for name, minutes in moves:
        now += minutes * A_MINUTE
        move, allowed = _MOVES[name]
        try:
            outcome = move(session, now)
        except RefusedError:
            assert session.state not in allowed
            continue
        assert session.state in allowed
        if outcome is None:
            continue
        said += name in ("say", "answer", "reply")
        before, session = session, outcome.value
        assert session.turns[: len(before.turns)] == before.turns
        assert len(session.turns) == said
        # Who spoke last and got no answer, waits for an agent or talks to one: they were never given up.
        if session.state is ConversationState.ABANDONED:
            assert before.state in ("bot", "agent")
            assert not (before.state == "agent" and before.turns[-1].speaker is Speaker.PERSON)
            assert now - before.last_at >= HALF_AN_HOUR
        assert (session.waits_since is not None) == (session.state == "hand-over")
