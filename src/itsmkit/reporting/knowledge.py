"""
Whether knowledge is used, and what it spares: figures as folds over what has happened.

Nothing is counted while it happens, so that no counter can drift: the same events give the same figures,
however often they are read.

Source:
    Reuse and link rate are those of KCS v6 (Consortium for Service Innovation), "Evolve Loop", practice 7.
    What counts as deflected is our choice, on the safe side: somebody has said that an article has helped,
    and has asked for no ticket in that session.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from fractions import Fraction

from attrs import field, frozen

from itsmkit._frozen import frozen_dict
from itsmkit.practices.knowledge import (
    KNOWLEDGE,
    ArticleFeedback,
    KnowledgeSession,
    SessionEnd,
    articles_of,
)
from itsmkit.tickets import DetailsChanged, StateChanged, StateCorrected, TicketEvent, TicketLogged

__all__ = ["ArticleFigures", "KnowledgeReport", "knowledge_report"]

_SOLVED = ("resolved", "closed")


@frozen(kw_only=True)
class ArticleFigures:
    """
    How one article is used.

    Args:
        solved: How many tickets it has helped to solve.
        deflected: How many sessions it has ended without a ticket.
        shown: In how many sessions it was shown.
        helpful: How many readers say that it has helped.
        unhelpful: How many say that it has not.
    """

    solved: int = 0
    deflected: int = 0
    shown: int = 0
    helpful: int = 0
    unhelpful: int = 0


@frozen(kw_only=True)
class KnowledgeReport:
    """
    How knowledge is used.

    Args:
        solved: How many tickets were solved.
        solved_by_article: How many of them with the help of an article.
        sessions: How many times somebody has looked for help.
        deflected: How many of these an article has ended without a ticket.
        led_to_ticket: After how many of these a ticket was needed.
        time_to_solve: How long it took on average from the beginning of a session to the word that an article
            has helped; ``None`` if there was none.
        articles: The figures of each article that was used, by its key.
    """

    solved: int
    solved_by_article: int
    sessions: int
    deflected: int
    led_to_ticket: int
    time_to_solve: timedelta | None
    articles: Mapping[str, ArticleFigures] = field(converter=frozen_dict)

    @property
    def reuse_rate(self) -> Fraction | None:
        """The share of solved tickets that an article has helped to solve; ``None`` if none was solved."""
        return Fraction(self.solved_by_article, self.solved) if self.solved else None

    @property
    def deflection_rate(self) -> Fraction | None:
        """The share of sessions that an article has ended without a ticket; ``None`` if there was none."""
        return Fraction(self.deflected, self.sessions) if self.sessions else None


def knowledge_report(
    events: Iterable[TicketEvent],
    sessions: Iterable[KnowledgeSession],
    feedback: Iterable[ArticleFeedback] = (),
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> KnowledgeReport:
    """
    Return how knowledge was used.

    A ticket that was taken up again counts as solved once it is solved again, by what has helped then.

    Args:
        events: What has happened to tickets, each ticket's in its order.
        sessions: The sessions; each counts when it began.
        feedback: What readers say, as it stands.
        since: From when on; by default, from the beginning. Aware.
        until: Up to when, not included; by default, up to the end. Aware.
    """

    def is_within(instant: datetime) -> bool:
        return (since is None or since <= instant) and (until is None or instant < until)

    solved = _solved_by(events, is_within)
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for articles in solved.values():
        for article in articles:
            counts[article]["solved"] += 1
    held = [each for each in sessions if is_within(each.begun_at)]
    for session in held:
        for article in dict.fromkeys(session.shown):
            counts[article]["shown"] += 1
        if session.article is not None:
            counts[session.article]["deflected"] += 1
    for said in feedback:
        if is_within(said.at):
            counts[said.article]["helpful" if said.helpful else "unhelpful"] += 1
    took = [
        each.ended_at - each.begun_at
        for each in held
        if each.end is SessionEnd.SOLVED and each.ended_at is not None
    ]
    return KnowledgeReport(
        solved=len(solved),
        solved_by_article=sum(1 for articles in solved.values() if articles),
        sessions=len(held),
        deflected=sum(1 for each in held if each.end is SessionEnd.SOLVED),
        led_to_ticket=sum(1 for each in held if each.end is SessionEnd.TICKET),
        time_to_solve=sum(took, timedelta()) / len(took) if took else None,
        articles={article: ArticleFigures(**counts[article]) for article in sorted(counts)},
    )


def _solved_by(
    events: Iterable[TicketEvent], is_within: Callable[[datetime], bool]
) -> dict[str, tuple[str, ...]]:
    """Return the articles that have helped with each ticket that was solved, and stays so."""
    named: dict[str, tuple[str, ...]] = {}
    solved: dict[str, tuple[datetime, tuple[str, ...]]] = {}
    for event in events:
        fact, ticket = event.fact, str(event.ticket_id)
        if isinstance(fact, TicketLogged | DetailsChanged | StateChanged):
            told = fact.changes if isinstance(fact, DetailsChanged) else fact.details
            if KNOWLEDGE in told:
                named[ticket] = articles_of(told[KNOWLEDGE])
        if isinstance(fact, StateChanged | StateCorrected):
            if fact.category not in _SOLVED:
                solved.pop(ticket, None)
            elif ticket not in solved:
                solved[ticket] = event.effective_at, named.get(ticket, ())
    return {ticket: articles for ticket, (at, articles) in solved.items() if is_within(at)}
