"""What one says in a conversation, and what a bot does besides."""

from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from itsmkit._checks import aware_instant, in_utc, member_of, named
from itsmkit._frozen import as_tuple
from itsmkit._problems import instance_problems, items_problems, names_problems
from itsmkit.errors import DefinitionError
from itsmkit.tickets import TicketId

__all__ = ["BotDeed", "Speaker", "Turn"]


class Speaker(StrEnum):
    """Who says something, as far as it matters for a conversation."""

    PERSON = "person"
    BOT = "bot"
    AGENT = "agent"


def _speaker(given: Speaker | str) -> Speaker:
    return member_of(Speaker, given, "who says something")


@frozen
class BotDeed:
    """
    Something that a bot has done, or was refused.

    Args:
        command: What it asked for, such as ``"incidents.log"``.
        ticket_id: The ticket that came of it, or that it was done on; ``None`` if there is none.
        refused: Why it was refused: each reason a sentence; empty for what was done.
    """

    command: str = field(validator=named)
    ticket_id: TicketId | None = None
    refused: tuple[str, ...] = field(default=(), converter=as_tuple)


@frozen(kw_only=True)
class Turn:
    """
    What one says in a conversation.

    Args:
        speaker: Who says it: the person, the bot or an agent.
        author: Their id.
        text: The words. They are personal.
        at: When; aware, kept in UTC.
        articles: The keys of the articles that are offered with it, the best first.
        did: What the bot has done with it.

    Raises:
        DefinitionError: With everything that is wrong.
    """

    speaker: Speaker = field(converter=_speaker)
    author: str = field(validator=named)
    text: str
    at: datetime = field(converter=in_utc, validator=aware_instant)
    articles: tuple[str, ...] = field(default=(), converter=as_tuple)
    did: tuple[BotDeed, ...] = field(default=(), converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        problems = [*instance_problems("text", self.text, str), *names_problems("articles", self.articles)]
        problems += items_problems("did", self.did, BotDeed)
        if problems:
            raise DefinitionError(*(f"Turn.{each}" for each in problems))
