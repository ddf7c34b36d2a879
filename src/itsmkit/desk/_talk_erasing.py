"""How what was said in a conversation is erased."""

from itsmkit.desk._shelf import Shelf
from itsmkit.desk.knowledge_use import SESSION
from itsmkit.errors import RefusedError
from itsmkit.plugin import UnitOfWork
from itsmkit.practices.conversations import ConversationSession

__all__ = ["erase_talk"]


def erase_talk(
    unit: UnitOfWork, shelf: Shelf[ConversationSession], conversation_id: str, reason: str
) -> ConversationSession:
    """
    Erase what was said in a conversation, with what was searched for in it.

    Args:
        unit: The unit of work.
        shelf: Where conversations are kept.
        conversation_id: The conversation.
        reason: Why; it stays in the history.

    Raises:
        NotFoundError: If there is no such conversation.
        RefusedError: If it is not over yet.
    """
    before = shelf.of(unit, conversation_id)
    if before.is_open:
        refusal = f"cannot erase conversation {conversation_id}: it is not over yet; end it first"
        raise RefusedError(refusal)
    sessions = Shelf(SESSION, shelf.runner)
    shown = None if before.session is None else sessions.find(unit, before.session)
    if shown is not None:
        sessions.erase(unit, shown, reason)
    return shelf.erase(unit, before, reason)
