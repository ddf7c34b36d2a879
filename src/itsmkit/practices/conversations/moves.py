"""What can happen in a conversation: each a function that returns it afterwards, or refuses."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from attrs import evolve

from itsmkit._frozen import EMPTY
from itsmkit.errors import RefusedError
from itsmkit.practices.conversations.bot_turn import BotAnswer, BotHandover, BotTurn, text_problems
from itsmkit.practices.conversations.session import (
    MAX_TURNS,
    ConversationEnd,
    ConversationSession,
    ConversationState,
)
from itsmkit.practices.conversations.turn import BotDeed, Speaker, Turn
from itsmkit.practices.outcome import Outcome

__all__ = [
    "begin_conversation",
    "bot_turned",
    "end_conversation",
    "give_up_waiting",
    "hand_over",
    "reply_in",
    "say_in",
    "silent_until",
    "take_conversation",
]

_BOT, _WAITS, _AGENT = ConversationState.BOT, ConversationState.HAND_OVER, ConversationState.AGENT


def begin_conversation(
    conversation_id: str,
    person: str,
    text: str,
    now: datetime,
    *,
    bot: str,
    channel: str = "chat",
    language: str | None = None,
) -> Outcome[ConversationSession]:
    """
    Begin a conversation with what the person says first.

    Raises:
        RefusedError: If nothing is said, or too much at once.
    """
    begun = ConversationSession(
        id=conversation_id, person=person, bot=bot, channel=channel, language=language, begun_at=now
    )
    return Outcome(_said(begun, Speaker.PERSON, person, text, now), "ConversationBegun")


def say_in(session: ConversationSession, text: str, now: datetime) -> Outcome[ConversationSession]:
    """
    Say something, as the person.

    Raises:
        RefusedError: If it is over, nothing is said, or too much.
    """
    _refuse_if_over(session, "say something in")
    return Outcome(_said(session, Speaker.PERSON, session.person, text, now), "PersonSpoke")


def bot_turned(
    session: ConversationSession,
    turn: BotTurn,
    now: datetime,
    *,
    deeds: Sequence[BotDeed] = (),
    articles: Sequence[str] = (),
) -> Outcome[ConversationSession]:
    """
    Let the bot have its turn.

    Args:
        session: The conversation, in which the person has spoken last.
        turn: What the bot wants to say.
        now: The present instant, aware.
        deeds: What came of what it wanted to be done.
        articles: The keys of the articles that are there for the person, of those that it offers.

    Returns:
        The conversation afterwards. Near the most turns that there may be, it is handed over, whatever the
        bot says.

    Raises:
        RefusedError: If the bot does not answer any more.
    """
    if session.state is not _BOT:
        refusal = f"conversation {session.id} is not with its bot any more: it is {_told(session)}"
        raise RefusedError(refusal)
    heard = session if turn.intent is None else evolve(session, intent=turn.intent)
    if isinstance(turn, BotHandover):
        spoken = _bot_said(heard, turn.text, now, deeds)
        return _waiting(spoken, turn.because, now, by=session.bot)
    spoken = _bot_said(evolve(heard, memory=turn.memory), turn.text, now, deeds, articles)
    if isinstance(turn, BotAnswer) and turn.ends:
        return _over(spoken, now, ConversationEnd.SOLVED, by=session.bot)
    if len(spoken.turns) > MAX_TURNS - 20:  # so that there is room for an agent
        return _waiting(spoken, f"it has {len(spoken.turns)} turns, and no end", now, by=session.bot)
    return Outcome(spoken, "BotAnswered" if isinstance(turn, BotAnswer) else "BotAsked")


def hand_over(
    session: ConversationSession, because: str, now: datetime, *, by: str
) -> Outcome[ConversationSession] | None:
    """
    Let a conversation wait for an agent: since the person wants one, or an agent gives it back.

    Args:
        session: The conversation.
        because: Why.
        now: The present instant, aware.
        by: Who hands it over.

    Returns:
        ``None`` if it waits already.

    Raises:
        RefusedError: If it is over, or nobody says why.
    """
    _refuse_if_over(session, "hand over")
    if not because.strip():
        refusal = f"cannot hand over conversation {session.id}: say why"
        raise RefusedError(refusal)
    return None if session.state is _WAITS else _waiting(session, because, now, by=by)


def take_conversation(
    session: ConversationSession, agent: str, now: datetime
) -> Outcome[ConversationSession] | None:
    """
    Let an agent answer from now on, be it that a bot does or nobody.

    Returns:
        ``None`` if they have it already.

    Raises:
        RefusedError: If it is over, another agent has it, or it is that of the agent themselves.
    """
    _refuse_if_over(session, "take")
    if session.agent == agent:
        return None
    if session.agent is not None:
        refusal = f"cannot take conversation {session.id}: {session.agent} has it; let them hand it over"
        raise RefusedError(refusal)
    if session.person == agent:
        refusal = f"cannot take conversation {session.id}: nobody answers themselves; let a colleague take it"
        raise RefusedError(refusal)
    taken = evolve(
        session,
        state=_AGENT,
        agent=agent,
        waits_since=None,
        handed_over_at=session.handed_over_at or now,
        taken_at=session.taken_at or now,
        memory=EMPTY,
    )
    return Outcome(taken, "ConversationTaken")


def reply_in(
    session: ConversationSession, agent: str, text: str, now: datetime
) -> Outcome[ConversationSession]:
    """
    Say something, as the agent who has it.

    Raises:
        RefusedError: If it is over, nothing is said or too much, or they do not have it.
    """
    _refuse_if_over(session, "reply in")
    if session.agent != agent:
        refusal = f"cannot reply in conversation {session.id}: it is {_told(session)}; take it first"
        raise RefusedError(refusal)
    return Outcome(_said(session, Speaker.AGENT, agent, text, now), "AgentReplied")


def end_conversation(
    session: ConversationSession, now: datetime, *, solved: bool, by: str
) -> Outcome[ConversationSession]:
    """
    End a conversation.

    Args:
        session: The conversation.
        now: The present instant, aware.
        solved: Whether it is solved.
        by: Who says so.

    Raises:
        RefusedError: If it is over.
    """
    _refuse_if_over(session, "end")
    return _over(session, now, ConversationEnd.SOLVED if solved else ConversationEnd.UNSOLVED, by=by)


def silent_until(session: ConversationSession, patience: timedelta) -> datetime | None:
    """
    Return from when on a conversation counts as abandoned, if nobody says anything.

    Returns:
        ``None`` if it does not, as it is not for the person to say something: it is over, it waits for an
        agent, or the agent has not answered yet.
    """
    if session.state not in (_BOT, _AGENT):
        return None
    if session.turns and session.turns[-1].speaker is Speaker.PERSON and session.state is _AGENT:
        return None
    return session.last_at + patience


def give_up_waiting(
    session: ConversationSession, patience: timedelta, now: datetime
) -> Outcome[ConversationSession] | None:
    """
    Take a conversation for abandoned if the person has said nothing for too long.

    Returns:
        ``None`` if it is too early, or not for them to say something.
    """
    until = silent_until(session, patience)
    if until is None or now < until:
        return None
    # However late somebody looks, it was over then.
    over = evolve(session, state=ConversationState.ABANDONED, agent=None, ended_at=until, memory=EMPTY)
    return Outcome(over, "ConversationAbandoned")


# -- the parts -------------------------------------------------------------------------------------------


def _said(
    session: ConversationSession, speaker: Speaker, author: str, text: str, now: datetime
) -> ConversationSession:
    problems = [*text_problems("text", text)]
    if len(session.turns) >= MAX_TURNS:
        told = "go on in the ticket" if session.ticket_id is not None else "end it, and begin another"
        problems.append(f"there are {MAX_TURNS} turns, and there may be no more; {told}")
    if problems:
        raise RefusedError(
            *(f"cannot say something in conversation {session.id}: {each}" for each in problems)
        )
    turn = Turn(speaker=speaker, author=author, text=text, at=max(now, session.last_at))
    return evolve(session, turns=(*session.turns, turn))


def _bot_said(
    session: ConversationSession,
    text: str | None,
    now: datetime,
    deeds: Sequence[BotDeed],
    articles: Sequence[str] = (),
) -> ConversationSession:
    """Return the conversation with what the bot says; where there is no room for it, without."""
    if (text is None and not deeds) or len(session.turns) >= MAX_TURNS:
        return session
    turn = Turn(
        speaker=Speaker.BOT,
        author=session.bot,
        text=text or "",
        at=max(now, session.last_at),
        articles=articles,
        did=deeds,
    )
    return evolve(session, turns=(*session.turns, turn))


def _waiting(
    session: ConversationSession, because: str, now: datetime, *, by: str
) -> Outcome[ConversationSession]:
    waits = evolve(
        session,
        state=_WAITS,
        agent=None,
        waits_since=now,
        handed_over_at=session.handed_over_at or now,
        because=because,
        memory=EMPTY,
    )
    return Outcome(waits, "ConversationHandedOver", {"by": by})


def _over(
    session: ConversationSession, now: datetime, end: ConversationEnd, *, by: str
) -> Outcome[ConversationSession]:
    over = evolve(
        session,
        state=ConversationState.ENDED,
        agent=None,
        waits_since=None,
        end=end,
        ended_at=now,
        memory=EMPTY,
    )
    return Outcome(over, "ConversationEnded", {"by": by})


def _refuse_if_over(session: ConversationSession, what: str) -> None:
    if not session.is_open:
        refusal = f"cannot {what} conversation {session.id}: it is {session.state}; begin another one"
        raise RefusedError(refusal)


def _told(session: ConversationSession) -> str:
    return f"with {session.agent}" if session.agent is not None else str(session.state)
