"""
Conversations: what it costs a bot to understand what somebody says, and to answer on a desk.

The script has 50 intents of four phrases each. Beside it stands the barest loop that looks for the same words
in the same folded text; and on a desk, what it costs to log a ticket, which a bot that answers spares.
"""

from datetime import UTC, datetime

from attrs import evolve

from benchmarks._measure import Row, interleaved, micro, table
from itsmkit.desk import Desk, DeskConfig, ManualClock
from itsmkit.practices.conversations import (
    ConversationRules,
    ConversationState,
    Intent,
    ScriptedBot,
    begin_conversation,
    scripted_turn,
)
from itsmkit.search.folding import folded
from itsmkit.tickets import Actor

INTENTS = 50
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
SAID = "Hello, since this morning the topic 37 of mine is broken again, and nobody knows why"


def run() -> str:
    """Return the table of conversations."""
    bot = ScriptedBot(id="helper", intents=[_intent(number) for number in range(INTENTS)])
    talk = begin_conversation("c", "bob", SAID, NINE, bot="helper").value
    turn = scripted_turn(bot, talk)
    assert turn is not None
    assert turn.intent == _barest(bot) == "topic 37"
    config = DeskConfig.standard()
    desk = Desk(config, clock=ManualClock(NINE)).acting_as(Actor("bob"))
    rules = evolve(config, conversations=ConversationRules(bots=[bot]))
    with_bot = Desk(rules, clock=ManualClock(NINE)).acting_as(Actor("bob"))
    assert with_bot.conversations.begin(SAID).state is ConversationState.BOT
    measured = interleaved(
        {
            "turn": lambda: micro(lambda: scripted_turn(bot, talk), repeats=200),
            "barest": lambda: micro(lambda: _barest(bot), repeats=200),
            "begin": lambda: micro(lambda: with_bot.conversations.begin(SAID), repeats=20),
            "log": lambda: micro(lambda: desk.incidents.log(SAID), repeats=20),
        },
        rounds=7,
    )
    rows = [
        _row(
            f"what a bot of {INTENTS} intents says", measured["turn"], "the barest loop", measured["barest"]
        ),
        _row("begin a conversation on a desk", measured["begin"], "log an incident", measured["log"]),
    ]
    return table("Conversations", rows)


def _intent(number: int) -> Intent:
    words = (f"topic {number}", f"question {number}", f"matter {number} of mine", f"thing {number}")
    return Intent(name=f"topic {number}", words=words, answer="Have you turned it off and on again?")


def _barest(bot: ScriptedBot) -> str | None:
    """Return the first intent of which a phrase was said: no counting of words, no conditions."""
    said = f" {' '.join(folded(SAID).split())} "
    return next((each.name for each in bot.intents if any(f" {word} " in said for word in each.words)), None)


def _row(what: str, seconds: float, beside: str, other: float) -> Row:
    told = f"{seconds * 1e3:.3f} ms"
    return what, told, f"{beside}: {other * 1e3:.3f} ms", f"{seconds / other:.1f}"
