"""
What bots take off people: figures as a fold over conversations, each of which is what its events have made.

Source:
    The words are those of contact centres: a contact is *contained* if it ends where it began, without being
    handed to a person, and *deflected* if it takes no ticket either. No standard says what counts, so it is
    our choice, on the safe side: only what somebody has ended counts; who has gone away without a word, was
    perhaps not helped at all, and counts as abandoned.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from fractions import Fraction

from attrs import field, frozen

from itsmkit._checks import utc
from itsmkit._figures import percent
from itsmkit._frozen import frozen_dict
from itsmkit.practices.conversations import ConversationEnd, ConversationSession, ConversationState

__all__ = ["ConversationFigures", "ConversationReport", "NO_INTENT", "conversation_report"]

NO_INTENT = ""
"""What stands for the intent of which the bot did not know what was wanted."""


@frozen(kw_only=True)
class ConversationFigures:
    """
    What came of some conversations.

    Each is counted once: those that are handed over, contained, abandoned and open are all of them.

    Args:
        begun: How many there were.
        handed_over: How many of them a person went on with, or is to.
        contained: How many were ended without one.
        deflected: How many of the contained ones were solved without a ticket.
        with_ticket: How many of the contained ones have a ticket, which the bot has logged.
        abandoned: In how many the person fell silent, with the bot alone.
        refused: How many times the bot wanted something that it was refused.
    """

    begun: int = 0
    handed_over: int = 0
    contained: int = 0
    deflected: int = 0
    with_ticket: int = 0
    abandoned: int = 0
    refused: int = 0

    @property
    def open(self) -> int:
        """How many are still with the bot."""
        return self.begun - self.handed_over - self.contained - self.abandoned

    @property
    def containment_rate(self) -> Fraction | None:
        """The share of those that are not open any more that no person went on with; ``None`` if none is."""
        return self._share(self.contained)

    @property
    def deflection_rate(self) -> Fraction | None:
        """The share of those that are not open any more that were solved without a ticket."""
        return self._share(self.deflected)

    def _share(self, some: int) -> Fraction | None:
        settled = self.begun - self.open
        return Fraction(some, settled) if settled else None

    def explain(self) -> str:
        """
        Return it as a sentence.

        >>> ConversationFigures(begun=4, handed_over=1, contained=2, deflected=1, with_ticket=1).explain()
        '2 of 3 contained (66.7%), 1 of 3 deflected (33.3%), 1 handed over, 0 abandoned, 1 open'
        """
        settled = self.begun - self.open
        shares = [
            f"{some} of {settled} {what}" + ("" if rate is None else f" ({percent(float(rate))})")
            for some, what, rate in (
                (self.contained, "contained", self.containment_rate),
                (self.deflected, "deflected", self.deflection_rate),
            )
        ]
        rest = (f"{self.handed_over} handed over", f"{self.abandoned} abandoned", f"{self.open} open")
        return ", ".join((*shares, *rest))


@frozen(kw_only=True)
class ConversationReport:
    """
    What came of conversations, of all of them and of each sort.

    Args:
        all: Of all of them.
        by_bot: By the id of the bot.
        by_intent: By what the bot understood last; `NO_INTENT` where it understood nothing.
        time_to_solve: How long it took on average from the beginning of a deflected one to its end; ``None``
            if there was none.
        time_to_agent: How long those who were handed over have waited for an agent on average; ``None`` if no
            agent has come to any.
    """

    all: ConversationFigures
    by_bot: Mapping[str, ConversationFigures] = field(converter=frozen_dict)
    by_intent: Mapping[str, ConversationFigures] = field(converter=frozen_dict)
    time_to_solve: timedelta | None
    time_to_agent: timedelta | None


def conversation_report(
    conversations: Iterable[ConversationSession],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> ConversationReport:
    """
    Return what came of conversations.

    Args:
        conversations: The conversations; each counts when it began.
        since: From when on; by default, from the beginning. Aware.
        until: Up to when, not included; by default, up to the end. Aware.

    Raises:
        DefinitionError: If an instant is naive.
    """
    first = None if since is None else utc(since, "since")
    end = None if until is None else utc(until, "until")
    held = [
        each
        for each in conversations
        if (first is None or first <= each.begun_at) and (end is None or each.begun_at < end)
    ]
    counts: Counter[str] = Counter()
    by_bot: defaultdict[str, Counter[str]] = defaultdict(Counter)
    by_intent: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for each in held:
        found = _counted(each)
        for group in (counts, by_bot[each.bot], by_intent[each.intent or NO_INTENT]):
            group.update(found)
    solved = [
        each.ended_at - each.begun_at
        for each in held
        if each.ended_at is not None and _counted(each)["deflected"]
    ]
    waited = [
        each.taken_at - each.handed_over_at
        for each in held
        if each.taken_at is not None and each.handed_over_at is not None
    ]
    return ConversationReport(
        all=ConversationFigures(**counts),
        by_bot={name: ConversationFigures(**by_bot[name]) for name in sorted(by_bot)},
        by_intent={name: ConversationFigures(**by_intent[name]) for name in sorted(by_intent)},
        time_to_solve=_mean(solved),
        time_to_agent=_mean(waited),
    )


def _counted(session: ConversationSession) -> Counter[str]:
    """Return in which figures a conversation counts."""
    found = Counter(begun=1, refused=sum(bool(deed.refused) for turn in session.turns for deed in turn.did))
    if session.handed_over_at is not None:
        found["handed_over"] = 1
    elif session.state is ConversationState.ABANDONED:
        found["abandoned"] = 1
    elif session.state is ConversationState.ENDED:
        found["contained"] = 1
        if session.ticket_id is not None:
            found["with_ticket"] = 1
        elif session.end is ConversationEnd.SOLVED:
            found["deflected"] = 1
    return found


def _mean(lengths: list[timedelta]) -> timedelta | None:
    return sum(lengths, timedelta()) / len(lengths) if lengths else None
