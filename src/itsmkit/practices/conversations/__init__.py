"""
Conversations: a bot answers first, and hands over to a person with all that was said.

What a bot says is a value that somebody else decides on, be it a script (`ScriptedBot`) or a plugin. What
becomes of the conversation is decided here: nobody who talks to a bot that fails, or falls silent, is lost.
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
    from itsmkit.practices.conversations.bot_turn import (
        BOT_ROLE,
        BotAct,
        BotAnswer,
        BotHandover,
        BotQuestion,
        BotTurn,
    )
    from itsmkit.practices.conversations.moves import (
        begin_conversation,
        bot_turned,
        end_conversation,
        give_up_waiting,
        hand_over,
        reply_in,
        say_in,
        silent_until,
        take_conversation,
    )
    from itsmkit.practices.conversations.rules import ConversationRules
    from itsmkit.practices.conversations.scripted_bot import Intent, ScriptedBot
    from itsmkit.practices.conversations.scripted_turns import scripted_turn
    from itsmkit.practices.conversations.session import (
        MAX_TURN_TEXT,
        MAX_TURNS,
        ConversationEnd,
        ConversationSession,
        ConversationState,
    )
    from itsmkit.practices.conversations.transcript import Line, transcript_of
    from itsmkit.practices.conversations.turn import BotDeed, Speaker, Turn
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.practices.conversations.bot_turn": (
                "BOT_ROLE",
                "BotAct",
                "BotAnswer",
                "BotHandover",
                "BotQuestion",
                "BotTurn",
            ),
            "itsmkit.practices.conversations.moves": (
                "begin_conversation",
                "bot_turned",
                "end_conversation",
                "give_up_waiting",
                "hand_over",
                "reply_in",
                "say_in",
                "silent_until",
                "take_conversation",
            ),
            "itsmkit.practices.conversations.rules": ("ConversationRules",),
            "itsmkit.practices.conversations.scripted_bot": ("Intent", "ScriptedBot"),
            "itsmkit.practices.conversations.scripted_turns": ("scripted_turn",),
            "itsmkit.practices.conversations.session": (
                "ConversationEnd",
                "ConversationSession",
                "ConversationState",
                "MAX_TURNS",
                "MAX_TURN_TEXT",
            ),
            "itsmkit.practices.conversations.transcript": ("Line", "transcript_of"),
            "itsmkit.practices.conversations.turn": ("BotDeed", "Speaker", "Turn"),
        },
    )

__all__ = [
    "BOT_ROLE",
    "BotAct",
    "BotAnswer",
    "BotDeed",
    "BotHandover",
    "BotQuestion",
    "BotTurn",
    "ConversationEnd",
    "ConversationRules",
    "ConversationSession",
    "ConversationState",
    "Intent",
    "Line",
    "MAX_TURNS",
    "MAX_TURN_TEXT",
    "ScriptedBot",
    "Speaker",
    "Turn",
    "begin_conversation",
    "bot_turned",
    "end_conversation",
    "give_up_waiting",
    "hand_over",
    "reply_in",
    "say_in",
    "scripted_turn",
    "silent_until",
    "take_conversation",
    "transcript_of",
]
