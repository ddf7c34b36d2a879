"""What can be asked of conversations, with a bot and with people."""

from datetime import timedelta
from random import Random

from itsmkit.desk import Desk
from itsmkit.practices.conversations import ConversationSession
from itsmkit.testing.faults import EveryHook, Faults
from itsmkit.testing.use_cases._stage import HOUR, STAFF, Stage, UseCase, rules
from itsmkit.testing.use_cases._upkeep import run_due
from itsmkit.tickets import Actor

__all__ = ["USE_CASES"]

_BOB = Actor("bob")


def _with_a_bot(stage: Stage) -> ConversationSession:
    """Let somebody talk with a bot."""
    desk = Desk(
        rules(),
        store=stage.store,
        plugins=[EveryHook(Faults())],
        clock=stage.clock,
        random=Random(5),  # noqa: S311  # the same keys each time
    )
    return desk.conversations.begin("No network", by=STAFF)


def _waiting(stage: Stage) -> ConversationSession:
    """Let a conversation wait for an agent: on a desk whose bots know nothing."""
    return stage.steady.conversations.begin("No network", by=_BOB)


def _taken(stage: Stage) -> ConversationSession:
    return stage.steady.conversations.take(_waiting(stage).id)


def _with_kim(stage: Stage) -> ConversationSession:
    """Let an agent have a conversation of somebody."""
    talk = stage.steady.conversations.begin("No network")
    return stage.steady.conversations.take(talk.id, by=Actor("kim"))


def _over(stage: Stage) -> ConversationSession:
    return stage.steady.conversations.end(_taken(stage).id, by=_BOB)


def _silent(stage: Stage) -> None:
    """Let somebody say nothing for long."""
    _with_a_bot(stage)
    stage.clock.advance(HOUR)


USE_CASES = (
    UseCase(
        "conversations.begin",
        lambda desk, _, once: desk.conversations.begin("No network", **once),
        does_otherwise="plugin.bot_turn",
    ),
    UseCase(
        "conversations.begin",
        lambda desk, _, once: desk.conversations.begin("log it", **once),
        variant="which the bot logs",
        # What a gate does not let the bot do, a person goes on with.
        does_otherwise=["plugin.bot_turn", "plugin.authorise"],
    ),
    UseCase(
        "conversations.say",
        lambda desk, talk, once: desk.conversations.say(talk.id, "I have", **once),
        _with_a_bot,
        does_otherwise="plugin.bot_turn",
    ),
    UseCase(
        "conversations.say",
        lambda desk, talk, once: desk.conversations.say(talk.id, "Hello?", **once),
        _with_kim,
        variant="to an agent",
    ),
    UseCase(
        "conversations.hand_over",
        lambda desk, talk, once: desk.conversations.hand_over(talk.id, "a person, please", **once),
        _with_a_bot,
    ),
    UseCase(
        "conversations.end",
        lambda desk, talk, once: desk.conversations.end(talk.id, **once),
        _with_a_bot,
    ),
    UseCase(
        "conversations.take",
        lambda desk, talk, once: desk.conversations.take(talk.id, **once),
        _waiting,
    ),
    UseCase(
        "conversations.reply",
        lambda desk, talk, once: desk.conversations.reply(talk.id, "On my way", **once),
        _taken,
    ),
    UseCase(
        "conversations.erase",
        lambda desk, talk, once: desk.conversations.erase(talk.id, "they asked for it", **once),
        _over,
    ),
    UseCase(
        "run_due",
        run_due,
        _silent,
        variant="a silent conversation",
        lease=timedelta(minutes=1),
    ),
)
