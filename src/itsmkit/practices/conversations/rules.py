"""How a desk talks with people: its bots, and what becomes of what they cannot solve."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from attrs import field, frozen

from itsmkit._checks import is_a
from itsmkit._frozen import as_tuple
from itsmkit._lazy import lazily
from itsmkit._problems import distinct_problems, items_problems, name_problems, shown
from itsmkit.errors import DefinitionError

if TYPE_CHECKING:
    from itsmkit.practices.conversations.scripted_bot import ScriptedBot
else:
    # The rules of every desk are made; many a desk has no bot.
    __getattr__, __dir__ = lazily(
        __name__, {"itsmkit.practices.conversations.scripted_bot": ("ScriptedBot",)}
    )

__all__ = ["ConversationRules"]


@frozen(kw_only=True)
class ConversationRules:
    """
    How a desk talks with people.

    Args:
        bots: Its bots; the first answers where nobody asks for another. On a desk without any, people are
            handed over to agents at once, unless a plugin answers as the bot ``"bot"``.
        kind: The kind of work of the ticket that goes on with a conversation that is handed over.
        group: The support group that gets it; ``None`` for none.
        abandoned_after: After how long a silence of the person a conversation counts as abandoned.

    Raises:
        DefinitionError: With everything that is wrong.
    """

    bots: "tuple[ScriptedBot, ...]" = field(default=(), converter=as_tuple)
    kind: str = "incident"
    group: str | None = None
    abandoned_after: timedelta = timedelta(minutes=30)

    def __attrs_post_init__(self) -> None:
        problems = [*self._problems()]
        if problems:
            raise DefinitionError(*problems)

    def _problems(self) -> Iterator[str]:
        if self.bots:
            from itsmkit.practices.conversations.scripted_bot import ScriptedBot  # noqa: PLC0415  # as above

            wrong = [*items_problems("bots", self.bots, ScriptedBot)]
            yield from wrong or distinct_problems("bots", (each.id for each in self.bots))
        yield from name_problems("kind", self.kind, "the name of a kind of work,")
        if self.group is not None:
            yield from name_problems("group", self.group)
        if not is_a(self.abandoned_after, timedelta) or self.abandoned_after <= timedelta(0):
            yield f"abandoned_after: must be a length of time, not {shown(self.abandoned_after)}"

    @property
    def first(self) -> "ScriptedBot":
        """The bot that answers where nobody asks for another."""
        return self.bots[0] if self.bots else _no_bot("bot")

    def bot(self, bot_id: str) -> "ScriptedBot":
        """Return a bot by its id; one that has gone knows nothing any more, and hands over."""
        return next((each for each in self.bots if each.id == bot_id), None) or _no_bot(bot_id)


def _no_bot(bot_id: str) -> "ScriptedBot":
    """Return a bot that knows nothing."""
    from itsmkit.practices.conversations.scripted_bot import ScriptedBot  # noqa: PLC0415  # as above

    return ScriptedBot(id=bot_id)
