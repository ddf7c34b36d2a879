"""What of a conversation is kept with its ticket, and who sees it there."""

from collections.abc import Iterator
from datetime import datetime

from attrs import frozen

from itsmkit.practices.conversations.session import ConversationSession
from itsmkit.practices.conversations.turn import Speaker, Turn

__all__ = ["Line", "transcript_of"]


@frozen
class Line:
    """
    Something that is kept with a ticket.

    Args:
        at: When it was said, in UTC.
        speaker: Who said it, as far as it matters for a conversation.
        author: Their id.
        text: The words.
        is_public: Whether the requester sees it: what was said in the conversation. What the bot did, and why
            it handed over, is for those who work on the ticket.
    """

    at: datetime
    speaker: Speaker
    author: str
    text: str
    is_public: bool


def transcript_of(session: ConversationSession, since: int = 0) -> tuple[Line, ...]:
    """
    Return what of a conversation is kept with its ticket, in order.

    Args:
        session: The conversation.
        since: From which turn on, counted from 0.
    """
    return tuple(line for turn in session.turns[since:] for line in _lines(turn))


def _lines(turn: Turn) -> Iterator[Line]:
    if turn.text.strip():
        yield Line(turn.at, turn.speaker, turn.author, turn.text, is_public=True)
    told = [*_deeds(turn)]
    if turn.articles:
        told.append(f"offered {', '.join(turn.articles)}")
    if told:
        yield Line(turn.at, turn.speaker, turn.author, "\n".join(told), is_public=False)


def _deeds(turn: Turn) -> Iterator[str]:
    for each in turn.did:
        if each.refused:
            yield f"{each.command} was refused: {'; '.join(each.refused)}"
        else:
            yield each.command if each.ticket_id is None else f"{each.command}: {each.ticket_id}"
