"""How articles are used: what readers say of them, and sessions in which somebody looks for help."""

from datetime import datetime
from enum import StrEnum

from attrs import evolve, field, frozen

from itsmkit._checks import aware_instant, in_utc, in_utc_if_any, member_of, named
from itsmkit._frozen import as_tuple
from itsmkit.errors import RefusedError
from itsmkit.practices.outcome import Outcome
from itsmkit.tickets import TicketId

__all__ = [
    "ArticleFeedback",
    "KnowledgeSession",
    "SessionEnd",
    "begin_session",
    "give_feedback",
    "session_led_to",
    "session_solved",
]


@frozen(kw_only=True)
class ArticleFeedback:
    """
    What one reader says of one version of an article.

    Args:
        id: Its key.
        article: The article.
        language: The language that was read.
        number: The version.
        person: Who says so.
        helpful: Whether it has helped.
        comment: What is said besides. It is personal.
        at: When it was said last. Kept in UTC.
        version: How many events have made it.
    """

    id: str = field(validator=named)
    article: str = field(validator=named)
    language: str = field(validator=named)
    number: int
    person: str = field(validator=named)
    helpful: bool
    comment: str | None = None
    at: datetime = field(converter=in_utc, validator=aware_instant)
    version: int = 0


def give_feedback(
    before: ArticleFeedback | None, feedback: ArticleFeedback
) -> Outcome[ArticleFeedback] | None:
    """
    Note what a reader says of an article; what they said before of the same version is said no more.

    Args:
        before: What they had said before.
        feedback: What they say now.

    Returns:
        ``None`` if they say the same again.
    """
    if before is not None and evolve(before, at=feedback.at, version=feedback.version) == feedback:
        return None
    return Outcome(feedback, "ArticleFeedbackGiven")


class SessionEnd(StrEnum):
    """What came of a session."""

    SOLVED = "solved"
    """An article has helped, and no ticket was needed."""
    TICKET = "ticket"
    """A ticket was needed."""


def _end(given: SessionEnd | str | None) -> SessionEnd | None:
    return None if given is None else member_of(SessionEnd, given, "what came of a session")


@frozen(kw_only=True)
class KnowledgeSession:
    """
    That somebody looked for help, what they were shown, and what came of it.

    Args:
        id: Its key.
        person: Who looked.
        asked: What they asked. It is personal.
        shown: The articles that they were shown, the best first.
        begun_at: When. Kept in UTC.
        end: What came of it; ``None`` if nobody knows.
        article: The article that has helped.
        ticket_id: The ticket that was needed.
        ended_at: When it ended. Kept in UTC.
        version: How many events have made it.
    """

    id: str = field(validator=named)
    person: str = field(validator=named)
    asked: str
    shown: tuple[str, ...] = field(default=(), converter=as_tuple)
    begun_at: datetime = field(converter=in_utc, validator=aware_instant)
    end: SessionEnd | None = field(default=None, converter=_end)
    article: str | None = None
    ticket_id: TicketId | None = None
    ended_at: datetime | None = field(default=None, converter=in_utc_if_any)
    version: int = 0


def begin_session(
    session_id: str, person: str, asked: str, shown: tuple[str, ...], now: datetime
) -> Outcome[KnowledgeSession]:
    """Note that *person* has asked for help, and was shown articles."""
    session = KnowledgeSession(id=session_id, person=person, asked=asked, shown=shown, begun_at=now)
    return Outcome(session, "KnowledgeSessionBegun")


def session_solved(session: KnowledgeSession, article: str, now: datetime) -> Outcome[KnowledgeSession]:
    """
    Note that an article has helped, so that no ticket was needed.

    Raises:
        RefusedError: If the session has ended, or the article was not shown in it.
    """
    reasons = [*_ended(session)]
    if article not in session.shown:
        shown = ", ".join(session.shown) or "no article"
        reasons.append(f"article {article!r} was not shown in session {session.id}; shown was {shown}")
    if reasons:
        raise RefusedError(*reasons)
    solved = evolve(session, end=SessionEnd.SOLVED, article=article, ended_at=now)
    return Outcome(solved, "KnowledgeSessionSolved", {"article": article})


def session_led_to(session: KnowledgeSession, ticket: TicketId, now: datetime) -> Outcome[KnowledgeSession]:
    """
    Note that a ticket was needed nevertheless.

    Raises:
        RefusedError: If the session has ended.
    """
    reasons = [*_ended(session)]
    if reasons:
        raise RefusedError(*reasons)
    ended = evolve(session, end=SessionEnd.TICKET, ticket_id=ticket, ended_at=now)
    return Outcome(ended, "KnowledgeSessionLedToTicket", {"ticket": ticket})


def _ended(session: KnowledgeSession) -> tuple[str, ...]:
    if session.end is None:
        return ()
    return (f"session {session.id} has ended: {session.end}",)
