"""How what was said in conversations is erased: in one, and in those of a person."""

from itsmkit.conditions import equals
from itsmkit.desk._commands import Runner
from itsmkit.desk._conversing import CONVERSATION
from itsmkit.desk._shelf import Shelf
from itsmkit.desk.knowledge_use import SESSION
from itsmkit.errors import RefusedError
from itsmkit.plugin import UnitOfWork
from itsmkit.plugin.records import ERASURE
from itsmkit.practices.conversations import ConversationSession

__all__ = ["erase_talk", "erase_talks_of"]


def erase_talk(
    unit: UnitOfWork, shelf: Shelf[ConversationSession], conversation_id: str, reason: str
) -> ConversationSession:
    """
    Erase what was said in a conversation, with what was searched for in it; once it is, it stays as it is.

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
    if unit.record_history(CONVERSATION.name, conversation_id)[-1].name == ERASURE:
        return before
    sessions = Shelf(SESSION, shelf.runner)
    shown = None if before.session is None else sessions.find(unit, before.session)
    if shown is not None:
        sessions.erase(unit, shown, reason)
    return shelf.erase(unit, before, reason)


def erase_talks_of(
    runner: Runner, unit: UnitOfWork, person: str, *, reason: str, after: str, limit: int
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...], str | None]:
    """
    Erase what was said in a page of the conversations of somebody.

    Args:
        runner: What runs the command; who asks must be permitted to erase conversations as well.
        unit: The unit of work.
        person: Whose conversations.
        reason: Why; it stays in the histories.
        after: The key of the conversation that they follow.
        limit: The most of them.

    Returns:
        The keys of those in which nothing personal is left; those that stay, each with the reason, or
        ``"conversations"`` for all of them; and the last one, if there may be more.
    """
    if not runner.may("conversations.erase", runner.actor, None).allowed:
        why = f"{runner.actor.id} is not permitted `conversations.erase`; have it done by somebody who is"
        return (), (("conversations", why),), None
    page = runner.store.records(CONVERSATION.name, where=equals("person", person), after=after, limit=limit)
    shelf = Shelf(CONVERSATION, runner)
    done: list[str] = []
    refused: list[tuple[str, str]] = []
    for record in page:
        try:
            erase_talk(unit, shelf, record.id, reason)
        except RefusedError as error:
            refused.append((record.id, str(error)))
        else:
            done.append(record.id)
    return tuple(done), tuple(refused), page[-1].id if len(page) == limit else None
