"""A conversation: who is talking, where it stands, and all that was said."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from itsmkit._checks import aware_instant, in_utc, in_utc_if_any, is_a, member_of, named
from itsmkit._frozen import EMPTY, as_tuple, frozen_dict
from itsmkit._problems import items_problems, name_problems, names_problems, shown
from itsmkit.errors import DefinitionError
from itsmkit.practices.conversations.turn import Speaker, Turn
from itsmkit.tickets import TicketId

__all__ = [
    "ConversationEnd",
    "ConversationSession",
    "ConversationState",
    "MAX_TURNS",
    "MAX_TURN_TEXT",
    "memory_problems",
]

MAX_TURNS = 200
"""How many turns a conversation has at most: longer ones go on in a ticket."""

MAX_TURN_TEXT = 4_000
"""How many characters are said at once at most."""

MAX_MEMORY = 100
"""How many things a bot remembers at most."""


class ConversationState(StrEnum):
    """Where a conversation stands."""

    BOT = "bot"
    """A bot answers."""
    HAND_OVER = "hand-over"
    """It waits for an agent."""
    AGENT = "agent"
    """An agent answers."""
    ENDED = "ended"
    ABANDONED = "abandoned"
    """The person has said nothing for too long."""

    @property
    def is_open(self) -> bool:
        """Whether something can still be said."""
        return self not in (ConversationState.ENDED, ConversationState.ABANDONED)


class ConversationEnd(StrEnum):
    """How a conversation was ended."""

    SOLVED = "solved"
    """Somebody has said that it is solved."""
    UNSOLVED = "unsolved"


def _state(given: ConversationState | str) -> ConversationState:
    return member_of(ConversationState, given, "where a conversation stands")


def _end(given: ConversationEnd | str | None) -> ConversationEnd | None:
    return None if given is None else member_of(ConversationEnd, given, "how a conversation was ended")


@frozen(kw_only=True)
class ConversationSession:
    """
    A conversation of one person with a bot, and perhaps with an agent after it.

    Args:
        id: Its key.
        person: Whom the desk talks with.
        bot: The id of the bot that answers first.
        channel: The way it came in.
        language: The tag of the language that the person asks for; ``None`` for the one that is known of
            them.
        begun_at: When; aware, kept in UTC.
        state: Where it stands.
        turns: What was said, in order; `MAX_TURNS` at most.
        intent: What the bot takes the person to want, as it understood last; ``None`` if it does not know.
        memory: What the bot wants to be told again at its next turn. It is personal.
        session: The key of the knowledge session in which articles were offered last.
        handed_over_at: When it was handed over first; ``None`` if it never was. Kept in UTC.
        waits_since: Since when it waits for an agent; ``None`` if it does not. Kept in UTC.
        because: Why it was handed over last.
        agent: Who has taken it; ``None`` if nobody has it.
        taken_at: When an agent took it first. Kept in UTC.
        ticket_id: The ticket that goes on with it.
        end: How it was ended; ``None`` if it was not, or was abandoned.
        ended_at: When it was ended or abandoned. Kept in UTC.
        version: How many events have made it.

    Raises:
        DefinitionError: With everything that is wrong.
    """

    id: str = field(validator=named)
    person: str = field(validator=named)
    bot: str = field(validator=named)
    channel: str = field(default="chat", validator=named)
    language: str | None = None
    begun_at: datetime = field(converter=in_utc, validator=aware_instant)
    state: ConversationState = field(default=ConversationState.BOT, converter=_state)
    turns: tuple[Turn, ...] = field(default=(), converter=as_tuple)
    intent: str | None = None
    memory: Mapping[str, str] = field(default=EMPTY, converter=frozen_dict)
    session: str | None = None
    handed_over_at: datetime | None = field(default=None, converter=in_utc_if_any)
    waits_since: datetime | None = field(default=None, converter=in_utc_if_any)
    because: str | None = None
    agent: str | None = None
    taken_at: datetime | None = field(default=None, converter=in_utc_if_any)
    ticket_id: TicketId | None = None
    end: ConversationEnd | None = field(default=None, converter=_end)
    ended_at: datetime | None = field(default=None, converter=in_utc_if_any)
    version: int = field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        problems = [*memory_problems("memory", self.memory)]
        problems += items_problems("turns", self.turns, Turn)
        if len(self.turns) > MAX_TURNS:
            problems.append(f"turns: must be {MAX_TURNS} at most, not {len(self.turns)}")
        for name in ("language", "intent", "session", "agent"):
            value = getattr(self, name)
            if value is not None:
                problems += name_problems(name, value)
        if (self.state is ConversationState.AGENT) != (self.agent is not None):
            problems.append(f"agent: must be there exactly while one answers, not {shown(self.agent)}")
        if (self.state is ConversationState.HAND_OVER) != (self.waits_since is not None):
            problems.append("waits_since: must be there exactly while it waits for an agent")
        if self.state.is_open != (self.ended_at is None):
            problems.append(f"ended_at: must be there exactly once it is over, not {shown(self.ended_at)}")
        if problems:
            raise DefinitionError(*(f"ConversationSession {self.id!r}: {each}" for each in problems))

    @property
    def is_open(self) -> bool:
        """Whether something can still be said."""
        return self.state.is_open

    @property
    def last_at(self) -> datetime:
        """When something was said last, in UTC."""
        return self.turns[-1].at if self.turns else self.begun_at

    @property
    def asked(self) -> str:
        """What the person has said last; empty if they have said nothing."""
        return next((each.text for each in reversed(self.turns) if each.speaker is Speaker.PERSON), "")

    @property
    def offered(self) -> tuple[str, ...]:
        """The keys of the articles that were offered last."""
        return next((each.articles for each in reversed(self.turns) if each.articles), ())

    def facts(self) -> dict[str, object]:
        """Return what conditions may ask of it; what it has not is left out."""
        found = {
            "person": self.person,
            "bot": self.bot,
            "channel": self.channel,
            "language": self.language,
            "intent": self.intent,
            "ticket": self.ticket_id,
            "turns": len(self.turns),
        }
        return {name: value for name, value in found.items() if value is not None}


def memory_problems(path: str, memory: Mapping[str, str]) -> Iterator[str]:
    """Yield what is wrong with what a bot remembers."""
    if len(memory) > MAX_MEMORY:
        yield f"{path}: must be {MAX_MEMORY} things at most, not {len(memory)}"
        return
    yield from names_problems(path, memory)
    for name, text in memory.items():
        if not is_a(text, str) or len(text) > MAX_TURN_TEXT:
            yield f"{path}.{name}: must be text of {MAX_TURN_TEXT} characters at most, not {shown(text)}"
