"""What can be asked about the use of knowledge: what readers say, what has helped, and what it has spared."""

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256

from attrs import frozen

from itsmkit.conditions import ALWAYS
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._commands import Runner, acting
from itsmkit.desk._feeding import ARTICLE
from itsmkit.desk._record_kind import RecordKind
from itsmkit.desk._shelf import Shelf
from itsmkit.desk._where import Where, condition
from itsmkit.desk.knowledge_reading import ReadingKnowledge
from itsmkit.errors import NotFoundError, RefusedError
from itsmkit.plugin import UnitOfWork
from itsmkit.practices.knowledge import (
    Article,
    ArticleFeedback,
    KnowledgeSession,
    begin_session,
    give_feedback,
    link_article,
    session_led_to,
    session_solved,
)
from itsmkit.reporting.knowledge import KnowledgeReport, knowledge_report
from itsmkit.tickets import Actor, Ticket, TicketId

__all__ = ["UsingKnowledge"]

FEEDBACK = RecordKind("article-feedback", ArticleFeedback, personal=["comment"])
SESSION = RecordKind("knowledge-session", KnowledgeSession, personal=["asked"])


@looking_at_arguments()
@frozen
class UsingKnowledge(ReadingKnowledge):
    """The part of `KnowledgeCommands` for the use of articles."""

    # -- with tickets ----------------------------------------------------------------------------

    def link_ticket(
        self,
        ticket_id: TicketId,
        article_id: str,
        *,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Ticket:
        """
        Note that an article helps with a ticket. Its resolution names it then, unless that names others.

        Args:
            ticket_id: The ticket.
            article_id: The article.
            by: Who says so.
            idempotency_key: Chosen by who asks, to have it done once.

        Returns:
            The ticket after it.

        Raises:
            NotFoundError: If there is no such ticket, or no such article, for who asks.
            RefusedError: If the ticket was merged into another.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked("knowledge.link_ticket", actor, idempotency_key, ticket_id, article_id)
        return runner.change_knowing(
            ticket_id,
            lambda unit, ticket: link_article(
                ticket, runner.occasion(), _published(runner, unit, article_id).id
            ),
        )

    # -- feedback --------------------------------------------------------------------------------

    def give_feedback(
        self,
        article_id: str,
        *,
        helpful: bool,
        comment: str | None = None,
        language: str | None = None,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> ArticleFeedback:
        """
        Say whether what is published of an article has helped. Of one version, what is said last counts.

        Args:
            article_id: The article.
            helpful: Whether it has helped.
            comment: What there is to say besides. It is personal, and can be erased by `erase_feedback`.
            language: The language that was read: as for `read`.
            by: Who says so.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such article for who says so.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked(
            "knowledge.give_feedback", actor, idempotency_key, article_id, helpful, comment, language
        )
        shelf = Shelf(FEEDBACK, runner)
        reader = ReadingKnowledge(runner, actor, self._searching)

        def work(unit: UnitOfWork) -> ArticleFeedback:
            article = _published(runner, unit, article_id)
            reading = reader._reading(article, reader._language(language))
            assert reading is not None  # noqa: S101  # it is published, and there for them
            number = reading.version.number
            key = f"{article_id}|{reading.language}|{number}|{actor.id}"
            feedback_id = sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]
            before = shelf.find(unit, feedback_id)
            said = ArticleFeedback(
                id=feedback_id,
                article=article_id,
                language=reading.language,
                number=number,
                person=actor.id,
                helpful=helpful,
                comment=comment,
                at=runner.clock(),
            )
            outcome = give_feedback(before, said)
            if before is None:
                return shelf.add(unit, give_feedback(None, said) or outcome)  # type: ignore[arg-type]  # never None
            return before if outcome is None else shelf.save(unit, before, outcome)

        return runner.answered(work, shelf.answer)

    def feedback(self, where: Where = ALWAYS) -> Iterator[ArticleFeedback]:
        """
        Go through what readers say for which a condition holds.

        Args:
            where: What holds for it: of its fields as they are written, such as
                ``'article = "vpn" and helpful = false'``.
        """
        self._runner.admit("knowledge.feedback", self._actor)
        return Shelf(FEEDBACK, self._runner).each(condition(where))

    def erase_feedback(
        self, feedback_id: str, reason: str, *, by: Actor | None = None, idempotency_key: str | None = None
    ) -> ArticleFeedback:
        """
        Drop the comment of a reader, there and in its history; that it was helpful or not remains.

        Args:
            feedback_id: The key of what was said.
            reason: Why; it stays in the history.
            by: Who erases it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is none of this key.
            RefusedError: If no reason is given.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked("knowledge.erase_feedback", actor, idempotency_key, feedback_id, reason)
        return Shelf(FEEDBACK, runner).forget(feedback_id, reason, called="feedback")

    # -- sessions --------------------------------------------------------------------------------

    def begin_session(
        self,
        text: str,
        *,
        language: str | None = None,
        limit: int = 5,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> KnowledgeSession:
        """
        Note that somebody looks for help before they log a ticket, and which articles they are shown.

        Args:
            text: What they write. It is personal, and can be erased by `erase_session`.
            language: As for `read`.
            limit: How many articles, at most.
            by: Who looks for help.
            idempotency_key: Chosen by who asks, to have it done once.

        Returns:
            The session, with the articles that are suggested for the text; `read` returns what they say.

        Raises:
            DefinitionError: As `search`.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked("knowledge.begin_session", actor, idempotency_key, text, language, limit)
        shelf = Shelf(SESSION, runner)
        known = runner.known(shelf.answer)
        if known is not None:
            return known
        # What is suggested is looked up once, before the unit of work, which may run again.
        reader = ReadingKnowledge(self._runner, actor, self._searching)
        shown = tuple(each.article for each in reader.suggest(text, language=language, limit=limit))
        session_id = runner.new_id()
        return shelf.begin(lambda _unit: begin_session(session_id, actor.id, text, shown, runner.clock()))

    def solved(
        self, session_id: str, article_id: str, *, by: Actor | None = None, idempotency_key: str | None = None
    ) -> KnowledgeSession:
        """
        Note that an article has helped in a session, so that no ticket is needed.

        Args:
            session_id: The session of who says so.
            article_id: One of the articles that were shown in it.
            by: Who says so.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such session.
            RefusedError: If it is somebody else's, it has ended, or the article was not shown in it.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked("knowledge.solved", actor, idempotency_key, session_id, article_id)
        return Shelf(SESSION, runner).change(
            session_id,
            lambda _unit, session: session_solved(_own(session, actor), article_id, runner.clock()),
        )

    def led_to_ticket(
        self,
        session_id: str,
        ticket_id: TicketId,
        *,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> KnowledgeSession:
        """
        Note that a ticket was needed after a session.

        Args:
            session_id: The session of who says so.
            ticket_id: The ticket, which they see.
            by: Who says so.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such session, or no such ticket for them.
            RefusedError: If the session is somebody else's, or has ended.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked("knowledge.led_to_ticket", actor, idempotency_key, session_id, ticket_id)
        reader = runner.reader("tickets.get", actor)
        return Shelf(SESSION, runner).change(
            session_id,
            lambda unit, session: session_led_to(
                _own(session, actor), reader.ticket(unit, ticket_id).ticket.id, runner.clock()
            ),
        )

    def sessions(self, where: Where = ALWAYS) -> Iterator[KnowledgeSession]:
        """
        Go through the sessions for which a condition holds.

        Args:
            where: What holds for them: of their fields as they are written, such as ``'end = "ticket"'``.
        """
        self._runner.admit("knowledge.sessions", self._actor)
        return Shelf(SESSION, self._runner).each(condition(where))

    def erase_session(
        self, session_id: str, reason: str, *, by: Actor | None = None, idempotency_key: str | None = None
    ) -> KnowledgeSession:
        """
        Drop what somebody asked in a session, there and in its history; what came of it remains.

        Args:
            session_id: The session.
            reason: Why; it stays in the history.
            by: Who erases it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such session.
            RefusedError: If no reason is given.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked("knowledge.erase_session", actor, idempotency_key, session_id, reason)
        return Shelf(SESSION, runner).forget(session_id, reason, called="session")

    # -- figures ---------------------------------------------------------------------------------

    def report(self, *, since: datetime | None = None, until: datetime | None = None) -> KnowledgeReport:
        """
        Return how knowledge is used, and what it spares: see `itsmkit.reporting.knowledge`.

        Tickets count as far as they may be seen.

        Args:
            since: From when on; by default, from the beginning.
            until: Up to when, not included; by default, up to now.
        """
        self._runner.admit("knowledge.report", self._actor)
        return knowledge_report(
            self._runner.reader("knowledge.report", self._actor).feed(),
            Shelf(SESSION, self._runner).each(),
            Shelf(FEEDBACK, self._runner).each(),
            since=since,
            until=until,
        )


def _published(runner: Runner, unit: UnitOfWork, article_id: str) -> Article:
    """Return an article of which something is published for who asks."""
    article = Shelf(ARTICLE, runner).of(unit, article_id)
    if not runner.sight(runner.actor)(article.audience) or all(
        each.published is None for each in article.variants
    ):
        raise NotFoundError(ARTICLE.name, article_id)
    return article


def _own(session: KnowledgeSession, actor: Actor) -> KnowledgeSession:
    """Return a session if it is that of who asks. Raises `RefusedError` if it is that of somebody else."""
    if session.person != actor.id:
        refusal = f"cannot end session {session.id}: it is not that of {actor}; who began it says what came"
        raise RefusedError(refusal)
    return session
