"""What readers can ask of knowledge: an article in their language, and those that answer a question."""

from collections.abc import Callable

from attrs import frozen

from itsmkit.conditions import Condition, parse_condition
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._commands import Runner
from itsmkit.desk._directory import language_of_person
from itsmkit.desk._feeding import ARTICLE, ticket_document
from itsmkit.desk._searching import ARTICLES, Searching
from itsmkit.desk._shelf import Shelf
from itsmkit.desk.search import ALIKE, LIKELY, first_shown
from itsmkit.errors import NotFoundError
from itsmkit.plugin import UnitOfWork
from itsmkit.practices.knowledge import Article, Reading, article_for, parts_of_indexed_id
from itsmkit.search import MAX_TEXT, Hit, SearchQuery, Snippet, snippet_of
from itsmkit.tickets import Actor, TicketId

__all__ = ["FoundArticle", "ReadingKnowledge"]


@frozen
class FoundArticle:
    """
    An article that was found.

    Args:
        reading: What the reader sees of it, in their language or the fallback.
        services: The services that it is about.
        categories: What tickets are classified as that it helps with.
        snippet: What of it was found, in the language in which it was.
        words: The words that were asked for and found, those that tell most first.
    """

    reading: Reading
    services: tuple[str, ...]
    categories: tuple[str, ...]
    snippet: Snippet
    words: tuple[str, ...]

    @property
    def article(self) -> str:
        """The key of the article."""
        return self.reading.article

    @property
    def title(self) -> str:
        """What it is called, in the language of the reading."""
        return self.reading.version.text.title


@looking_at_arguments()
@frozen
class ReadingKnowledge:
    """
    The part of `KnowledgeCommands` for readers.

    An article that is not for somebody is not there for them: it is looked for among those only that are.
    """

    _runner: Runner
    _actor: Actor | None
    _searching: Searching

    def read(self, article_id: str, *, language: str | None = None) -> Reading:
        """
        Return what is published of an article, in the reader's language or the fallback.

        Args:
            article_id: The article.
            language: The language; by default, that of the reader, or of their site, in the directory.

        Raises:
            NotFoundError: If there is no such article for who reads, or nothing of it is published.
        """
        self._runner.admit("knowledge.read", self._actor)
        found = self._reading(Shelf(ARTICLE, self._runner).get(article_id), self._language(language))
        if found is None:
            raise NotFoundError(ARTICLE.name, article_id)
        return found

    def search(
        self, text: str, *, language: str | None = None, limit: int = 10, is_being_typed: bool = False
    ) -> tuple[FoundArticle, ...]:
        """
        Return the published articles that answer *text* best, in whatever language they say so.

        Args:
            text: What is looked for, as it was typed: nothing in it has a meaning of its own. Without a word
                in it, nothing is found.
            language: As for `read`.
            limit: How many, at most.
            is_being_typed: Whether the last word may be unfinished.

        Raises:
            DefinitionError: If the text has more than `itsmkit.search.MAX_TEXT` characters, or *limit* is
                none.
        """
        self._runner.admit("knowledge.search", self._actor)
        query = SearchQuery(text, limit=limit, is_being_typed=is_being_typed)
        return self._found(query, self._language(language))

    def suggest(self, text: str, *, language: str | None = None, limit: int = 5) -> tuple[FoundArticle, ...]:
        """
        Return the published articles that are likely to help somebody who writes *text*, if there are any.

        Args:
            text: What they write, such as the title and description of a ticket that they are about to log.
            language: As for `read`.
            limit: How many, at most.

        Raises:
            DefinitionError: As `search`.
        """
        self._runner.admit("knowledge.suggest", self._actor)
        query = SearchQuery(text, limit=limit, at_least=LIKELY)
        return self._found(query, self._language(language))

    def suggest_for(
        self, ticket_id: TicketId, *, language: str | None = None, limit: int = 5
    ) -> tuple[FoundArticle, ...]:
        """
        Return the published articles that are likely to help with a ticket.

        Args:
            ticket_id: The ticket.
            language: As for `read`.
            limit: How many, at most.

        Raises:
            NotFoundError: If there is no such ticket for who asks.
            DefinitionError: If *limit* is none.
        """
        reader = self._runner.reader("knowledge.suggest_for", self._actor)
        with self._runner.store.begin() as unit:
            texts = ticket_document(reader.ticket(unit, ticket_id).ticket, ()).texts
        query = SearchQuery("\n".join(texts.values())[:MAX_TEXT], limit=limit, at_least=ALIKE)
        return self._found(query, self._language(language))

    # -- the parts -------------------------------------------------------------------------------

    @property
    def _sees(self) -> Callable[[Condition], bool]:
        """What tells whether something is there for who reads."""
        return self._runner.sight(self._actor)

    def _language(self, language: str | None) -> str | None:
        if language is not None or self._actor is None:
            return language
        return language_of_person(self._runner.directory, self._actor.id)

    def _reading(self, article: Article, language: str | None) -> Reading | None:
        """Return what of an article is there for who reads."""
        if not self._sees(article.audience):
            return None
        return article_for(article, language, self._runner.config.knowledge.fallback)

    def _found(self, query: SearchQuery, language: str | None) -> tuple[FoundArticle, ...]:
        index, sees = self._searching.index(ARTICLES), self._sees
        labels = index.labels(ARTICLES)
        seen = [label for label in labels if sees(_audience(label))]
        told: set[str] = set()
        with self._runner.store.begin() as unit:

            def ask(limit: int) -> tuple[Hit, ...]:
                asked = SearchQuery(
                    query.text,
                    limit=limit,
                    # To be kept to all of them would only take longer.
                    labels=None if len(seen) == len(labels) else seen,
                    is_being_typed=query.is_being_typed,
                    at_least=query.at_least,
                )
                return tuple(index.search(ARTICLES, asked))

            def shown(hit: Hit) -> FoundArticle | None:
                article_id, of = parts_of_indexed_id(hit.id)
                if article_id in told:
                    return None
                told.add(article_id)
                return self._shown(unit, article_id, of, language, hit)

            return tuple(first_shown(ask, shown, query.limit))

    def _shown(
        self, unit: UnitOfWork, article_id: str, of: str, language: str | None, hit: Hit
    ) -> FoundArticle | None:
        """Return what is shown of a hit; ``None`` if it is not there for who reads."""
        article = Shelf(ARTICLE, self._runner).find(unit, article_id)
        reading = None if article is None else self._reading(article, language)
        if article is None or reading is None:
            return None
        version = article.variant(of).published
        text = reading.version.text if version is None else version.text
        words = tuple(dict.fromkeys(each.asked for each in hit.because))
        snippet = snippet_of(text.body, hit)
        return FoundArticle(reading, article.services, article.categories, snippet, words)


def _audience(label: str) -> Condition:
    """Return the audience that `audience_label` has made a label of."""
    return parse_condition(label.removeprefix("for "))
