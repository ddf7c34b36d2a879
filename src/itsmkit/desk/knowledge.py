"""What can be asked of knowledge management: how articles are written, published and kept true."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from attrs import frozen

from itsmkit.conditions import ALWAYS
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._commands import Runner, acting
from itsmkit.desk._feeding import ARTICLE
from itsmkit.desk._shelf import Shelf, Step
from itsmkit.desk._where import Where, condition
from itsmkit.desk.knowledge_use import UsingKnowledge
from itsmkit.practices import Outcome
from itsmkit.practices.knowledge import (
    Article,
    ArticleText,
    OverdueReview,
    check_language,
    confirm_article,
    describe_article,
    discard_article,
    draft_article,
    next_review,
    overdue_reviews,
    publish_article,
    retire_article,
    return_article,
    revise_article,
    submit_article,
)
from itsmkit.tickets import Actor

__all__ = ["KnowledgeCommands"]


@looking_at_arguments()
@frozen
class KnowledgeCommands(UsingKnowledge):
    """
    What can be asked of knowledge management; reached as ``desk.knowledge``.

    Every command on an article takes ``by`` and ``idempotency_key``, as those of tickets do, and returns the
    article after it. What may happen is said by the workflow of knowledge articles: only those who act with
    the role ``knowledge_manager`` publish, confirm and retire, and nobody publishes what they have written.
    """

    # -- reads -----------------------------------------------------------------------------------

    def get(self, article_id: str) -> Article:
        """
        Return an article with all its drafts and versions, whomever it is for.

        Raises:
            NotFoundError: If there is none of this key.
        """
        self._runner.admit("knowledge.get", self._actor)
        return Shelf(ARTICLE, self._runner).get(article_id)

    def articles(self, where: Where = ALWAYS) -> Iterator[Article]:
        """
        Go through the articles for which a condition holds, whomever they are for, by their keys.

        Args:
            where: What holds for them: of their fields as they are written, such as ``'owner = "kim"'``.
        """
        self._runner.admit("knowledge.articles", self._actor)
        return Shelf(ARTICLE, self._runner).each(condition(where))

    def history(self, article_id: str) -> tuple[Step[Article], ...]:
        """
        Return all that has happened to an article, in order.

        Raises:
            NotFoundError: If there is none of this key.
        """
        self._runner.admit("knowledge.history", self._actor)
        shelf = Shelf(ARTICLE, self._runner)
        with self._runner.store.begin() as unit:
            shelf.of(unit, article_id)
            return shelf.history(unit, article_id)

    def overdue_reviews(self) -> tuple[OverdueReview, ...]:
        """Return what is published and was to be looked at again by now, what has waited longest first."""
        self._runner.admit("knowledge.overdue_reviews", self._actor)
        return overdue_reviews(Shelf(ARTICLE, self._runner).each(), self._runner.clock())

    # -- commands --------------------------------------------------------------------------------

    def draft(
        self,
        article_id: str,
        language: str,
        title: str,
        body: str = "",
        *,
        keywords: Iterable[str] = (),
        owner: str | None = None,
        audience: Where | None = None,
        services: Iterable[str] | None = None,
        categories: Iterable[str] | None = None,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Article:
        """
        Begin an article.

        Args:
            article_id: Its key, which no other has, such as ``"vpn-at-home"``.
            language: The language that it is written in, such as ``"sv"``.
            title: What it is about, in a line.
            body: What is to be known, so far.
            keywords: Further words by which it is to be found.
            owner: Who answers for it; by default, who writes it.
            audience: For whom it is: a condition on facts of the viewer, such as
                ``'viewer.organisation = "acme"'``; by default, for everybody.
            services: The services that it is about.
            categories: What tickets are classified as that it helps with.
            by: Who writes it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            DefinitionError: With everything that cannot be right; if articles are not written in the
                language.
            RefusedError: If there is an article of this key.
        """
        actor, text = acting(by, self._actor), ArticleText(title, body, keywords)
        described = {
            "owner": owner,
            "audience": None if audience is None else condition(audience),
            "services": None if services is None else tuple(services),
            "categories": None if categories is None else tuple(categories),
        }
        asked = (article_id, language, title, body, text.keywords, *described.values())
        runner = self._runner.asked("knowledge.draft", actor, idempotency_key, *asked)
        check_language(language, runner.config.knowledge.languages)
        outcome = draft_article(article_id, language, text, actor, **described)
        return Shelf(ARTICLE, runner).begin(lambda _unit: outcome)

    def describe(
        self,
        article_id: str,
        *,
        owner: str | None = None,
        audience: Where | None = None,
        services: Iterable[str] | None = None,
        categories: Iterable[str] | None = None,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Article:
        """
        Say anew whom an article is for, who answers for it, and what it is about; the rest stays as it is.

        Args:
            article_id: The article.
            owner: As for `draft`.
            audience: As for `draft`. It holds for what is published, too, at once.
            services: As for `draft`.
            categories: As for `draft`.
            by: Who describes it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such article.
            DefinitionError: With everything that cannot be right.
        """
        told = (
            owner,
            None if audience is None else condition(audience),
            None if services is None else tuple(services),
            None if categories is None else tuple(categories),
        )
        runner = self._asked("describe", by, idempotency_key, article_id, *told)
        who, whom, of, kinds = told
        return _changed(
            runner,
            article_id,
            lambda article: describe_article(
                article, owner=who, audience=whom, services=of, categories=kinds
            ),
        )

    def revise(
        self,
        article_id: str,
        language: str,
        title: str,
        body: str,
        *,
        keywords: Iterable[str] = (),
        reason: str | None = None,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Article:
        """
        Write an article anew, go on with a draft, or begin it in another language. What is published stands.

        Args:
            article_id: The article.
            language: The language that is written.
            title: What it is about, in a line.
            body: What is to be known.
            keywords: Further words by which it is to be found.
            reason: Why what is published is not good enough; needed where something is.
            by: Who writes it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such article.
            TransitionRefusedError: If it is being looked at, or retired, or no reason is given where one is
                needed.
            DefinitionError: With everything that cannot be right; if articles are not written in the
                language.
        """
        text = ArticleText(title, body, keywords)
        asked = (article_id, language, title, body, text.keywords, reason)
        runner = self._asked("revise", by, idempotency_key, *asked)
        check_language(language, runner.config.knowledge.languages)
        return _changed(
            runner, article_id, lambda found: revise_article(found, language, text, runner.actor, reason)
        )

    def submit(
        self, article_id: str, language: str, *, by: Actor | None = None, idempotency_key: str | None = None
    ) -> Article:
        """
        Hand a draft over to be looked at.

        Args:
            article_id: The article.
            language: The language of the draft.
            by: Who hands it over.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such article, or not in this language.
            TransitionRefusedError: If it is no draft, or has no body.
        """
        runner = self._asked("submit", by, idempotency_key, article_id, language)
        return _changed(runner, article_id, lambda found: submit_article(found, language, runner.actor))

    def send_back(
        self,
        article_id: str,
        language: str,
        comment: str,
        *,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Article:
        """
        Give back what was looked at, to be worked on.

        Args:
            article_id: The article.
            language: The language of the draft.
            comment: What is to be done.
            by: Who has looked at it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such article, or not in this language.
            TransitionRefusedError: If it is not being looked at, or nothing is said.
        """
        runner = self._asked("send_back", by, idempotency_key, article_id, language, comment)
        return _changed(
            runner, article_id, lambda found: return_article(found, language, runner.actor, comment)
        )

    def publish(
        self,
        article_id: str,
        language: str,
        *,
        review_at: datetime | None = None,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Article:
        """
        Let readers see what was looked at.

        Args:
            article_id: The article.
            language: The language of the draft.
            review_at: From when on somebody is to look whether it is still right; by default, after the 250
                business days of its workflow.
            by: Who has looked at it: a knowledge manager who has not written it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such article, or not in this language.
            TransitionRefusedError: If it is not being looked at, its author publishes it, or who does is no
                knowledge manager; with every reason.
            RefusedError: If *review_at* is not after now.
        """
        runner = self._asked("publish", by, idempotency_key, article_id, language, review_at)
        now, due = runner.clock(), review_at or _next_review(runner)
        return _changed(
            runner, article_id, lambda found: publish_article(found, language, runner.actor, now, due)
        )

    def confirm(
        self,
        article_id: str,
        language: str,
        *,
        review_at: datetime | None = None,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Article:
        """
        Say that what is published is still right.

        Args:
            article_id: The article.
            language: The language.
            review_at: As for `publish`.
            by: As for `publish`.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such article, or not in this language.
            TransitionRefusedError: As `publish`, if nothing is published.
            RefusedError: If *review_at* is not after now.
        """
        runner = self._asked("confirm", by, idempotency_key, article_id, language, review_at)
        now, due = runner.clock(), review_at or _next_review(runner)
        return _changed(
            runner, article_id, lambda found: confirm_article(found, language, runner.actor, now, due)
        )

    def retire(
        self,
        article_id: str,
        language: str,
        reason: str,
        *,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Article:
        """
        Show an article to readers of a language no more.

        Args:
            article_id: The article.
            language: The language.
            reason: Why.
            by: A knowledge manager.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such article, or not in this language.
            TransitionRefusedError: If nothing is published, no reason is given, or who asks is no knowledge
                manager; with every reason.
        """
        runner = self._asked("retire", by, idempotency_key, article_id, language, reason)
        return _changed(
            runner, article_id, lambda found: retire_article(found, language, runner.actor, reason)
        )

    def discard(
        self,
        article_id: str,
        language: str,
        reason: str,
        *,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Article:
        """
        Give up what is being written. If something is published, that stands.

        Args:
            article_id: The article.
            language: The language.
            reason: Why.
            by: Who gives it up.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such article, or not in this language.
            TransitionRefusedError: If nothing is being written, or no reason is given.
        """
        runner = self._asked("discard", by, idempotency_key, article_id, language, reason)
        return _changed(
            runner, article_id, lambda found: discard_article(found, language, runner.actor, reason)
        )

    def _asked(self, verb: str, by: Actor | None, key: str | None, *arguments: object) -> Runner:
        return self._runner.asked(f"knowledge.{verb}", acting(by, self._actor), key, *arguments)


def _changed(
    runner: Runner, article_id: str, decide: Callable[[Article], Outcome[Article] | None]
) -> Article:
    return Shelf(ARTICLE, runner).change(article_id, lambda _unit, found: decide(found))


def _next_review(runner: Runner) -> datetime:
    return next_review(runner.clock(), runner.config.reporting_hours)
