"""What a bot wants to say and do next: an answer, a question, or handing over to a person."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from attrs import field, frozen

from itsmkit._checks import is_a, named
from itsmkit._frozen import EMPTY, as_tuple, frozen_dict
from itsmkit._problems import instance_problems, items_problems, name_problems, names_problems, shown
from itsmkit.errors import DefinitionError
from itsmkit.practices.conversations.session import MAX_TURN_TEXT, memory_problems

__all__ = ["BOT_ROLE", "BotAct", "BotAnswer", "BotHandover", "BotQuestion", "BotTurn"]

BOT_ROLE = "bot"
"""
The role that each bot has besides its own when it acts. By it the history tells a bot from other programs,
and the rules of a desk can say what holds for all bots.
"""

MOST_ACTS = 10
"""How many things a bot does with one turn at most."""


@frozen
class BotAct:
    """
    A command that a bot wants to be done.

    It goes the way of the same command given by an agent: what the roles of the bot do not permit is refused.

    Args:
        command: Its name, as it is written after ``desk.``, such as ``"incidents.log"``,
            ``"tickets.comment"`` or ``"orders.place"``.
        arguments: Its arguments, by name. Who requests a new ticket is the person, unless they say otherwise.

    Raises:
        DefinitionError: With everything that is wrong.
    """

    command: str = field(validator=named)
    arguments: Mapping[str, object] = field(default=EMPTY, converter=frozen_dict)

    def __attrs_post_init__(self) -> None:
        own = sorted({"by", "idempotency_key"} & {*self.arguments})
        if own:
            problem = f"BotAct.arguments: {' and '.join(own)} must be left out: a bot acts as itself"
            raise DefinitionError(problem)


@frozen(kw_only=True)
class _Spoken:
    """
    What an answer and a question share.

    Args:
        text: The words, of `MAX_TURN_TEXT` characters at most.
        intent: What the bot takes the person to want; ``None`` if it does not know.
        memory: What it wants to be told again at its next turn: text by name. What it knew before is
            forgotten.

    Raises:
        DefinitionError: With everything that is wrong.
    """

    text: str
    intent: str | None = None
    memory: Mapping[str, str] = field(default=EMPTY, converter=frozen_dict)

    def __attrs_post_init__(self) -> None:
        problems = [*self._problems()]
        if problems:
            raise DefinitionError(*(f"{type(self).__name__}.{each}" for each in problems))

    def _problems(self) -> Iterator[str]:
        yield from text_problems("text", self.text)
        if self.intent is not None:
            yield from name_problems("intent", self.intent)
        yield from memory_problems("memory", self.memory)


@frozen(kw_only=True, slots=False)
class BotAnswer(_Spoken):
    """
    What a bot answers.

    Args:
        articles: The keys of articles that it offers. What is not there for the person, is not offered.
        acts: What it wants to be done, in order, all of it or nothing.
        ends: Whether the conversation ends with it, since the person has said that it is solved.
    """

    articles: tuple[str, ...] = field(default=(), converter=as_tuple)
    acts: tuple[BotAct, ...] = field(default=(), converter=as_tuple)
    ends: bool = False

    def _problems(self) -> Iterator[str]:
        yield from super()._problems()
        yield from names_problems("articles", self.articles)
        yield from items_problems("acts", self.acts, BotAct)
        if len(self.acts) > MOST_ACTS:
            yield f"acts: must be {MOST_ACTS} at most, not {len(self.acts)}"
        yield from instance_problems("ends", self.ends, bool)


@frozen(kw_only=True, slots=False)
class BotQuestion(_Spoken):
    """What a bot asks; it remembers what it needs to understand the answer."""


@frozen(kw_only=True)
class BotHandover:
    """
    That a bot hands over to a person.

    Args:
        because: Why, for those who take over.
        text: What the person is told; ``None`` for nothing besides.
        intent: What the bot takes the person to want; ``None`` if it does not know.

    Raises:
        DefinitionError: With everything that is wrong.
    """

    because: str
    text: str | None = None
    intent: str | None = None

    def __attrs_post_init__(self) -> None:
        problems = [*text_problems("because", self.because)]
        if self.text is not None:
            problems += text_problems("text", self.text)
        if self.intent is not None:
            problems += name_problems("intent", self.intent)
        if problems:
            raise DefinitionError(*(f"BotHandover.{each}" for each in problems))


BotTurn: TypeAlias = BotAnswer | BotQuestion | BotHandover
"""What a bot says next."""


def text_problems(path: str, text: object) -> Iterator[str]:
    """Yield what is wrong with words that somebody says."""
    if not is_a(text, str) or not str(text).strip():
        yield f"{path}: must be words, not {shown(text)}"
    elif len(str(text)) > MAX_TURN_TEXT:
        yield f"{path}: must have {MAX_TURN_TEXT} characters at most, not {len(str(text))}"
