"""The part of a portal for knowledge: what may help before anything is submitted."""

from attrs import frozen

from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._portal_door import PortalDoor
from itsmkit.desk.knowledge import KnowledgeCommands
from itsmkit.practices.portal import Outage, PortalArticle

__all__ = ["Advice", "KnowledgeOfPortal"]


@frozen
class Advice:
    """
    What is shown before anything is submitted.

    Args:
        outages: What is known to be out of order.
        articles: What may help.
        session: The key of the session in which it was shown: see `Portal.solved`.
    """

    outages: tuple[Outage, ...]
    articles: tuple[PortalArticle, ...]
    session: str


@looking_at_arguments()
@frozen
class KnowledgeOfPortal(PortalDoor):
    """The part of `Portal` for knowledge."""

    def article(self, key: str, *, language: str | None = None) -> PortalArticle:
        """
        Return an article.

        Args:
            key: Its key.
            language: The language; by default, that of the viewer, or of their site, in the directory.

        Raises:
            NotFoundError: If there is no such article for them, or nothing of it is published.
        """
        return PortalArticle.of(self._knowledge.read(key, language=language))

    def search(
        self, text: str, *, language: str | None = None, limit: int = 10, is_being_typed: bool = False
    ) -> tuple[PortalArticle, ...]:
        """
        Return the articles that answer *text* best.

        Args:
            text: What is looked for, as it was typed.
            language: As for `article`.
            limit: How many, at most.
            is_being_typed: Whether the last word may be unfinished.

        Raises:
            DefinitionError: If the text is too long, or *limit* is none.
        """
        found = self._knowledge.search(text, language=language, limit=limit, is_being_typed=is_being_typed)
        return tuple(PortalArticle.of(each.reading) for each in found)

    def advice(
        self, text: str, *, service: str | None = None, language: str | None = None, limit: int = 5
    ) -> Advice:
        """
        Return what is known to be out of order, and what may help: to be shown before *text* is submitted.

        It begins a session, so that it can be told later whether that was enough.

        Args:
            text: What the viewer is about to submit.
            service: Only outages that concern this service.
            language: As for `article`.
            limit: How many articles, at most.

        Raises:
            DefinitionError: If the text is too long, or *limit* is none.
        """
        session = self._knowledge.begin_session(text, language=language, limit=limit)
        articles = [self._knowledge.read(each, language=language) for each in session.shown]
        return Advice(self.outages(service), tuple(map(PortalArticle.of, articles)), session.id)

    def solved(self, session: str, article: str, *, idempotency_key: str | None = None) -> None:
        """
        Say that an article has helped, so that nothing has to be submitted.

        Args:
            session: The key of the session in which it was shown.
            article: The key of the article.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such session.
            RefusedError: If it is somebody else's, it has ended, or the article was not shown in it.
        """
        self._knowledge.solved(session, article, idempotency_key=idempotency_key)

    @property
    def _knowledge(self) -> KnowledgeCommands:
        return KnowledgeCommands(self._runner, self._viewer, self._searching)
