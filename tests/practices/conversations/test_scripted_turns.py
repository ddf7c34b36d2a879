"""A scripted bot understands by words, asks what its forms ask, and gives up in time."""

from datetime import UTC, datetime

import pytest

from itsmkit.conditions import ALWAYS, parse_condition
from itsmkit.errors import DefinitionError
from itsmkit.languages import Languages
from itsmkit.practices.conversations import (
    BotAct,
    BotAnswer,
    BotHandover,
    BotQuestion,
    BotTurn,
    ConversationSession,
    Intent,
    ScriptedBot,
    begin_conversation,
    bot_turned,
    say_in,
    scripted_turn,
)
from itsmkit.practices.forms import Check, Form, FormField

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)

LAPTOP = Intent(
    name="laptop",
    words=["laptop"],
    form=Form(
        "laptop",
        [
            FormField(
                "model", "choice", choices=["light", "strong"], required_when=ALWAYS, label="Which one?"
            ),
            FormField(
                "reason",
                label="What for?",
                help="In a sentence.",
                shown_when=parse_condition('model = "strong"'),
                required_when=ALWAYS,
            ),
            FormField("new", "yes_no", required_when=ALWAYS, label="A new one?"),
            FormField("with", "several", choices=["mouse", "bag"], required_when=ALWAYS, label="With what?"),
        ],
    ),
    act=BotAct("requests.log", {"title": "A {model} laptop for {person}", "details": {"by": "bot"}, "n": 1}),
    answer="A {model} laptop is on its way.",
)
BOT = ScriptedBot(
    id="helper",
    intents=[
        Intent(name="printer", words=["printer", "print"], answer="Turn it off and on."),
        Intent(name="fire", words=["printer on fire"], answer="I hand over.", hands_over=True),
        Intent(name="vpn", words=["VPN"], articles=["vpn"]),
        Intent(name="swedish", words=["hej"], when=parse_condition('language = "sv"'), answer="Hej!"),
        Intent(name="late", when=parse_condition("turns > 6"), answer="Still there?"),
        Intent(name="thanks", words=["thanks", "thank you"], answer="You are welcome.", ends=True),
        Intent(name="person", words=["a person", "human"], hands_over=True),
        LAPTOP,
    ],
)


def begun(text: str, **more: object) -> ConversationSession:
    return begin_conversation("c1", "bob", text, NINE, bot="helper", **more).value  # type: ignore[arg-type]


def talk(*texts: str, bot: ScriptedBot = BOT) -> tuple[ConversationSession, BotTurn]:
    """Return a conversation in which somebody says one after the other, and the last turn of the bot."""
    session = begun(texts[0])
    for place, text in enumerate(texts):
        if place:
            session = say_in(session, text, NINE).value
        turn = scripted_turn(bot, session)
        assert turn is not None
        session = bot_turned(session, turn, NINE).value
    return session, turn


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("My PRINTER, please!", "printer"),
        ("I cannot PRINT: printer broken", "printer"),
        ("The printer on fire!!", "fire"),
        ("vpn?", "vpn"),
        ("I want to talk to a person", "person"),
        ("thank  you", "thanks"),
        ("a personal printer", "printer"),
    ],
)
def test_what_is_meant_is_known_by_the_most_words(said: str, intent: str) -> None:
    assert talk(said)[1].intent == intent


def test_a_condition_can_ask_for_the_language_and_for_words() -> None:
    swedish = scripted_turn(BOT, begun("Hej hej", language="sv"))
    assert isinstance(swedish, BotAnswer)
    assert swedish.text == "Hej!"
    other = scripted_turn(BOT, begun("Hej hej"))
    assert isinstance(other, BotQuestion)
    by_word = Intent(name="x", when=parse_condition("said.printer = true"), answer="yes")
    assert scripted_turn(ScriptedBot(id="b", intents=[by_word]), begun("Printer?")) == BotAnswer(
        text="yes", intent="x"
    )


def test_it_offers_articles_where_it_understands_nothing_else() -> None:
    turn = scripted_turn(BOT, begun("gibberish"), ["a", "b", "c", "d"])
    assert isinstance(turn, BotAnswer)
    assert (turn.articles, turn.intent) == (("a", "b", "c"), None)
    vpn = talk("vpn")[1]
    assert isinstance(vpn, BotAnswer)
    assert vpn.articles == ("vpn",)


def test_without_a_script_it_has_nothing_to_say() -> None:
    assert scripted_turn(ScriptedBot(id="b"), begun("hello")) is None
    assert scripted_turn(ScriptedBot(id="b", articles=0), begun("hello"), ["a"]) is None
    assert isinstance(scripted_turn(ScriptedBot(id="b"), begun("hello"), ["a"]), BotAnswer)


def test_it_asks_again_once_and_then_hands_over() -> None:
    session, turn = talk("gibberish", "more gibberish")
    assert isinstance(turn, BotHandover)
    assert session.state == "hand-over"
    assert talk("gibberish", "printer", "gibberish")[0].state == "bot"


def test_it_fills_in_a_form_and_acts_on_it() -> None:
    session, turn = talk("I need a laptop", "STRONG", "to simulate weather", "yes!", "bag, Mouse")
    assert isinstance(turn, BotAnswer)
    assert turn.text == "A strong laptop is on its way."
    (act,) = turn.acts
    assert act.command == "requests.log"
    assert act.arguments == {
        "title": "A strong laptop for bob",
        "n": 1,
        "details": {
            "by": "bot",
            "model": "strong",
            "reason": "to simulate weather",
            "new": True,
            "with": ("mouse", "bag"),
        },
    }
    assert [each.text for each in session.turns if each.author == "helper"] == [
        "Which one? (light and strong)",
        "What for?\nIn a sentence.",
        "A new one? (yes and no)",
        "With what? (mouse and bag)",
        "A strong laptop is on its way.",
    ]


def test_it_asks_only_what_is_shown() -> None:
    _, turn = talk("laptop", "light", "nej", "bag")
    assert isinstance(turn, BotAnswer)
    details = turn.acts[0].arguments["details"]
    assert details == {"by": "bot", "model": "light", "new": False, "with": ("bag",)}


def test_what_does_not_fit_is_asked_again_and_then_a_person_goes_on() -> None:
    session, turn = talk("laptop", "a big one")
    assert turn.text == "That does not fit. Which one? (light and strong)"
    session, turn = talk("laptop", "a big one", "a very big one")
    assert isinstance(turn, BotHandover)
    assert turn.because.startswith("laptop: nothing that fits was said to 'model'")
    assert session.intent == "laptop"
    assert isinstance(talk("laptop", "big", "light")[1], BotQuestion)
    assert isinstance(talk("laptop", "light", "perhaps")[1], BotQuestion)


def test_whoever_is_asked_may_want_a_person_instead() -> None:
    _, turn = talk("laptop", "I want a person")
    assert isinstance(turn, BotHandover)
    # But a word of another intent is an answer like any other.
    assert isinstance(talk("laptop", "strong", "to print")[1], BotQuestion)


def test_a_form_that_no_answer_can_mend_is_handed_over() -> None:
    form = Form(
        "x",
        [
            FormField("seats", "number", required_when=ALWAYS),
            FormField(
                "room",
                default="small",
                checks=[Check(parse_condition("seats <= 4"), "The room has 4 seats")],
            ),
        ],
    )
    bot = ScriptedBot(id="b", intents=[Intent(name="room", words=["room"], form=form, answer="Yes")])
    _, turn = talk("a room", "9", bot=bot)
    assert isinstance(turn, BotHandover)
    assert turn.because == "room: The room has 4 seats"


def test_what_was_answered_reaches_who_takes_over() -> None:
    form = Form("x", [FormField("floor", required_when=ALWAYS)])
    bot = ScriptedBot(id="b", intents=[Intent(name="lamp", words=["lamp"], form=form, hands_over=True)])
    _, turn = talk("lamp", "three", bot=bot)
    assert isinstance(turn, BotHandover)
    assert turn.because == "lamp is for a person; floor: three"


def test_it_speaks_the_language_of_the_person() -> None:
    messages = Languages("en").messages("nl")
    turn = scripted_turn(BOT, begun("gibberish"), (), messages)
    assert turn is not None
    assert turn.text == "Ik begrijp het nog niet. Kunt u het anders zeggen?"


def test_a_script_that_has_changed_meanwhile_begins_anew() -> None:
    session, _ = talk("laptop")
    other = ScriptedBot(id="helper", intents=[Intent(name="x", words=["light"], answer="Light it is.")])
    turn = scripted_turn(other, say_in(session, "light", NINE).value)
    assert isinstance(turn, BotAnswer)
    assert turn.text == "Light it is."


def test_very_long_words_are_cut() -> None:
    intent = Intent(name="x", words=["x"], answer="{person}" * 500)
    session = begin_conversation("c", "a rather long name", "x", NINE, bot="b").value
    turn = scripted_turn(ScriptedBot(id="b", intents=[intent]), session)
    assert turn is not None
    assert len(str(turn.text)) == 4000


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: Intent(name="x", words=["x"]), "answer: there is none"),
        (lambda: Intent(name="x", answer="x"), "words: there are none"),
        (lambda: Intent(name="x", words=[" "], answer="x"), "words"),
        (lambda: Intent(name="x", words=["x"], answer=" "), "answer: must be words"),
        (lambda: Intent(name="x", words=["x"], answer="x", ends=True, hands_over=True), "choose one"),
        (lambda: Intent(name="x", words=["x"], answer="x", form=1, act=1), "form: must be"),  # type: ignore[arg-type]
        (lambda: Intent(name="x", when=parse_condition("lang = 1"), answer="x"), "no fact of a conversation"),
        (lambda: ScriptedBot(id="b", intents=[1]), r"intents\[0\]"),
        (lambda: ScriptedBot(id="b", articles=21, patience=-1), "from 0 to 20"),
        (lambda: ScriptedBot(id="b", intents=[LAPTOP, LAPTOP]), "intents"),
    ],
)
def test_a_script_that_cannot_be_right_is_refused(make: object, told: str) -> None:
    with pytest.raises(DefinitionError, match=told):
        make()  # type: ignore[operator]
