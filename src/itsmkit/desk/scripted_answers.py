"""What a bot answers by the script that the rules of a desk have for it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from itsmkit.plugin import hookimpl

if TYPE_CHECKING:
    from itsmkit.languages import Messages
    from itsmkit.practices.conversations import BotTurn, ConversationSession, ScriptedBot
    from itsmkit.practices.knowledge import Reading

__all__ = ["ScriptedAnswers"]


class ScriptedAnswers:
    """
    The built-in plugin ``script``: bots follow the script that the rules of the desk have for them.

    It comes first, so that each installed plugin that answers for a bot takes precedence.
    """

    __name__ = "script"

    @hookimpl
    def itsmkit_bot_turn(
        self,
        bot: "ScriptedBot",
        conversation: "ConversationSession",
        articles: "Sequence[Reading]",
        messages: "Messages",
    ) -> "BotTurn | None":
        """Return what *bot* says next by its script; ``None`` if it has none."""
        from itsmkit.practices.conversations import scripted_turn  # noqa: PLC0415  # many a desk has no bot

        return scripted_turn(bot, conversation, [each.article for each in articles], messages)
