"""A bot that follows a script: what it understands, and what it says and does then."""

from collections.abc import Iterator

from attrs import field, frozen

from itsmkit._checks import is_a, named
from itsmkit._frozen import as_tuple
from itsmkit._problems import (
    close_to,
    distinct_problems,
    instance_problems,
    items_problems,
    name_problems,
    names_problems,
    shown,
)
from itsmkit.conditions import ALWAYS, Condition, fields_of
from itsmkit.errors import DefinitionError
from itsmkit.practices.conversations.bot_turn import BotAct, text_problems
from itsmkit.practices.forms import Form

__all__ = ["Intent", "ScriptedBot"]

_FACTS = ("person", "bot", "channel", "language", "intent", "ticket", "turns")
_SAID = "said."


@frozen(kw_only=True)
class Intent:
    """
    Something that people want, and what a bot says and does then.

    Args:
        name: What figures call it.
        words: Words and phrases by which it is known: any of them. Case, accents and signs do not matter. Of
            several intents the one is taken of which the most words were said, among equals the first.
        when: What must hold besides: a condition on ``person``, ``bot``, ``channel``, ``language``,
            ``intent`` (what was understood before), ``ticket`` and ``turns`` of the conversation, and on
            words that were said, such as ``said.printer = true``.
        answer: What the bot answers: once the form is filled in, if it has one. Where it has ``{names}`` of
            fields, the answers are put there.
        articles: The keys of articles that it offers with it.
        form: What it asks before, field by field: those that must be answered.
        act: What it does then; texts among its arguments have places as the answer has.
        answers_as: The argument of the act that gets all answers to the form, by the names of fields.
        hands_over: Whether it hands over to a person, after what it answers.
        ends: Whether the person says by it that all is solved, so that the conversation ends.

    Raises:
        DefinitionError: With everything that is wrong.

    >>> Intent(name="hours", words=["opening hours"], answer="From 8 to 17.").hands_over
    False
    """

    name: str = field(validator=named)
    words: tuple[str, ...] = field(default=(), converter=as_tuple)
    when: Condition = ALWAYS
    answer: str | None = None
    articles: tuple[str, ...] = field(default=(), converter=as_tuple)
    form: Form | None = None
    act: BotAct | None = None
    answers_as: str = "details"
    hands_over: bool = False
    ends: bool = False

    def __attrs_post_init__(self) -> None:
        problems = [*self._problems()]
        if problems:
            raise DefinitionError(*(f"Intent {self.name!r}: {each}" for each in problems))

    def _problems(self) -> Iterator[str]:
        yield from names_problems("words", self.words)
        yield from names_problems("articles", self.articles)
        yield from name_problems("answers_as", self.answers_as, "the name of an argument,")
        for name, kind in (("when", Condition), ("hands_over", bool), ("ends", bool)):
            yield from instance_problems(name, getattr(self, name), kind)
        if self.form is not None:
            yield from instance_problems("form", self.form, Form)
        if self.act is not None:
            yield from instance_problems("act", self.act, BotAct)
        if self.answer is not None:
            yield from text_problems("answer", self.answer)
        elif not (self.articles or self.hands_over):
            yield "answer: there is none; say something, offer articles, or hand over"
        if not self.words and self.when == ALWAYS:
            yield "words: there are none, and no condition; say by what it is known"
        if self.hands_over and self.ends:
            yield "ends: it cannot end and be handed over; choose one"
        if is_a(self.when, Condition):
            yield from self._unknown_facts()

    def _unknown_facts(self) -> Iterator[str]:
        for each in fields_of(self.when):
            if each not in _FACTS and not (each.startswith(_SAID) and each != _SAID):
                known = (*_FACTS, f"{_SAID}…")
                yield f"when: asks for {each!r}, which is no fact of a conversation; {close_to(each, known)}"


@frozen(kw_only=True)
class ScriptedBot:
    """
    A bot of a desk.

    A plugin may answer in its place; without one, it follows its script: the intents. Without intents and
    articles it knows nothing, and hands over.

    Args:
        id: Its id, as that of an agent: by it the history tells who did something.
        roles: Its roles, by which the rules of the desk permit what it may do. Each bot has the role
            `BOT_ROLE` besides.
        intents: What it understands.
        articles: How many articles it offers at most where it understands nothing else; 0 for none.
        patience: How often in a row it asks again, having understood nothing, before it hands over.

    Raises:
        DefinitionError: With everything that is wrong.
    """

    id: str = field(validator=named)
    roles: tuple[str, ...] = field(default=(), converter=as_tuple)
    intents: tuple[Intent, ...] = field(default=(), converter=as_tuple)
    articles: int = 3
    patience: int = 1

    def __attrs_post_init__(self) -> None:
        problems = [*names_problems("roles", self.roles)]
        wrong = [*items_problems("intents", self.intents, Intent)]
        problems += wrong or distinct_problems("intents", (each.name for each in self.intents))
        for name, most in (("articles", 20), ("patience", 10)):
            value = getattr(self, name)
            if type(value) is not int or not 0 <= value <= most:
                problems.append(f"{name}: must be a whole number from 0 to {most}, not {shown(value)}")
        if problems:
            raise DefinitionError(*(f"ScriptedBot {self.id!r}: {each}" for each in problems))

    def intent(self, name: str | None) -> Intent | None:
        """Return an intent by its name; ``None`` if there is none."""
        return next((each for each in self.intents if each.name == name), None)
