"""What a bot says next by its script."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from attrs import frozen

from itsmkit._frozen import EMPTY
from itsmkit.conditions import compile_condition
from itsmkit.languages import ENGLISH, Messages, message
from itsmkit.practices.conversations.bot_turn import (
    BotAct,
    BotAnswer,
    BotHandover,
    BotQuestion,
    BotTurn,
)
from itsmkit.practices.conversations.scripted_bot import Intent, ScriptedBot
from itsmkit.practices.conversations.session import MAX_TURN_TEXT, ConversationSession
from itsmkit.practices.forms import FormReading, HiddenAnswers
from itsmkit.practices.forms.form_field import FormField, FormFieldKind
from itsmkit.practices.work_aids.placeholders import filled
from itsmkit.search.folding import folded

__all__ = ["scripted_turn"]

_INTENT, _ASKED, _TRIES, _ANSWER = "intent", "asked", "tries", "answer."


def scripted_turn(
    bot: ScriptedBot,
    conversation: ConversationSession,
    articles: Sequence[str] = (),
    messages: Messages = ENGLISH,
) -> BotTurn | None:
    """
    Return what a bot says next by its script.

    Cost: grows with the words of its intents and of what was said.

    Args:
        bot: The bot.
        conversation: The conversation, in which the person has spoken last.
        articles: The keys of the articles that are likely to help, and are there for the person; the best
            first.
        messages: What says the bot's own words, in the language of the person.

    Returns:
        ``None`` if the bot has no script: it knows no intents, and is to offer no articles.

    >>> from datetime import UTC, datetime
    >>> from itsmkit.practices.conversations import begin_conversation
    >>> hours = Intent(name="hours", words=["open", "opening hours"], answer="From 8 to 17.")
    >>> bot = ScriptedBot(id="helper", intents=[hours])
    >>> begun = begin_conversation(
    ...     "c1", "bob", "When are you open?", datetime(2026, 3, 2, 9, tzinfo=UTC), bot="helper"
    ... )
    >>> scripted_turn(bot, begun.value).text
    'From 8 to 17.'
    """
    if not bot.intents and not (bot.articles and articles):
        return None
    said = _Said.of(conversation)
    understood = _understood(bot, conversation, said)
    memory = conversation.memory
    going_on = bot.intent(memory.get(_INTENT))
    # Who is asked for something may still want something else: to talk to somebody, say.
    is_answer = understood is None or not (understood.hands_over or understood.ends)
    if going_on is not None and going_on.form is not None and _ASKED in memory and is_answer:
        return _Filling(bot, going_on, conversation, messages).answered()
    if understood is not None:
        return _meant(bot, understood, conversation, messages)
    if bot.articles and articles:
        text = messages.say(message("This may help. If it does not, just write on."))
        return BotAnswer(text=text, articles=articles[: bot.articles])
    return _asked_again(bot, conversation, messages)


@frozen
class _Said:
    """
    What was said, as it is compared.

    Args:
        text: The words, each between spaces.
        words: The words.
    """

    text: str
    words: frozenset[str]

    @classmethod
    def of(cls, conversation: ConversationSession) -> "_Said":
        words = folded(conversation.asked).split()
        return cls(f" {' '.join(words)} ", frozenset(words))


@lru_cache(maxsize=4096)
def _phrase(words: str) -> tuple[str, int]:
    """Return a phrase as it is looked for, and how many words it has."""
    parts = folded(words).split()
    return f" {' '.join(parts)} ", len(parts)


def _understood(bot: ScriptedBot, conversation: ConversationSession, said: _Said) -> Intent | None:
    """Return the intent of which the most words were said; ``None`` if none fits."""
    facts = {**conversation.facts(), **{f"said.{each}": True for each in said.words}}
    best, most = None, -1
    for intent in bot.intents:
        phrases = [_phrase(each) for each in intent.words]
        found = sum(length for phrase, length in phrases if length and phrase in said.text)
        fits = found > 0 or not intent.words
        if fits and found > most and compile_condition(intent.when)(facts):
            best, most = intent, found
    return best


def _meant(
    bot: ScriptedBot, intent: Intent, conversation: ConversationSession, messages: Messages
) -> BotTurn:
    """Return what is said to somebody of whom it is known what they want."""
    if intent.form is not None:
        return _Filling(bot, intent, conversation, messages, {}).go_on()
    return _done(intent, conversation, EMPTY, messages)


def _done(
    intent: Intent, conversation: ConversationSession, answers: Mapping[str, object], messages: Messages
) -> BotTurn:
    """Return what is said and done once all is known."""
    facts = {**conversation.facts(), **answers}
    text = None if intent.answer is None else _cut(filled(intent.answer, facts))
    if intent.hands_over:
        told = [f"{intent.name} is for a person", *(f"{name}: {answers[name]}" for name in answers)]
        text = text or messages.say(message("A colleague will go on with it. You need not say it again."))
        return BotHandover(because=_cut("; ".join(told)), text=text, intent=intent.name)
    acts = [] if intent.act is None else [_filled_act(intent.act, intent.answers_as, facts, answers)]
    return BotAnswer(
        text=text or messages.say(message("This may help. If it does not, just write on.")),
        # Who says thanks has wanted something else before.
        intent=None if intent.ends and conversation.intent is not None else intent.name,
        articles=intent.articles,
        acts=acts,
        ends=intent.ends,
    )


def _filled_act(
    act: BotAct, answers_as: str, facts: Mapping[str, object], answers: Mapping[str, object]
) -> BotAct:
    arguments = {
        name: filled(value, facts) if isinstance(value, str) else value
        for name, value in act.arguments.items()
    }
    if answers:
        given = arguments.get(answers_as)
        arguments[answers_as] = {**(given if isinstance(given, Mapping) else {}), **answers}
    return BotAct(act.command, arguments)


def _asked_again(bot: ScriptedBot, conversation: ConversationSession, messages: Messages) -> BotTurn:
    tries = _number(conversation.memory.get(_TRIES))
    if tries >= bot.patience:
        return BotHandover(
            because="the bot did not understand",
            text=messages.say(message("I do not understand, so a colleague will go on with it.")),
        )
    text = messages.say(message("I do not understand yet. Could you say it in other words?"))
    return BotQuestion(text=text, memory={_TRIES: str(tries + 1)})


class _Filling:
    """
    A form that is filled in, one question after the other.

    Args:
        bot: The bot.
        intent: The intent that has the form.
        conversation: The conversation.
        messages: What says the bot's own words.
        answers: What was answered, as it was said; by default, what the bot remembers.
    """

    def __init__(
        self,
        bot: ScriptedBot,
        intent: Intent,
        conversation: ConversationSession,
        messages: Messages,
        answers: dict[str, str] | None = None,
    ) -> None:
        self._bot = bot
        self._intent = intent
        self._conversation = conversation
        self._messages = messages
        known = conversation.memory.items()
        remembered = {name.removeprefix(_ANSWER): value for name, value in known if name.startswith(_ANSWER)}
        self._answers = remembered if answers is None else answers

    def answered(self) -> BotTurn:
        """Take in what was said as the answer to what was asked."""
        memory = self._conversation.memory
        name = memory[_ASKED]
        before, self._answers = self._answers, {**self._answers, name: self._conversation.asked}
        wrong = self._reading().problems.get(name)
        if not wrong:
            return self.go_on()
        tries = _number(memory.get(_TRIES))
        if tries >= self._bot.patience:
            because = f"{self._intent.name}: nothing that fits was said to {name!r}: {'; '.join(wrong)}"
            text = self._messages.say(message("I do not understand, so a colleague will go on with it."))
            return BotHandover(because=_cut(because), text=text, intent=self._intent.name)
        self._answers = before
        return self._ask(name, tries + 1)

    def go_on(self) -> BotTurn:
        """Ask what must still be answered; once there is nothing, say and do what the intent says."""
        reading = self._reading()
        missing = [name for name in reading.required if name not in reading.values]
        if missing:
            return self._ask(missing[0], 0)
        if reading.problems:  # which no answer to another question can mend
            told = "; ".join(f"{name}: {each}" for name, found in reading.problems.items() for each in found)
            text = self._messages.say(message("A colleague will go on with it. You need not say it again."))
            return BotHandover(because=_cut(told), text=text, intent=self._intent.name)
        return _done(self._intent, self._conversation, reading.values, self._messages)

    def _reading(self) -> FormReading:
        form = self._intent.form
        assert form is not None  # noqa: S101  # who calls has seen to it
        answers = {name: _as_answer(form.by_name.get(name), said) for name, said in self._answers.items()}
        return form.read(answers, hidden=HiddenAnswers.DROP)

    def _ask(self, name: str, tries: int) -> BotQuestion:
        form = self._intent.form
        assert form is not None  # noqa: S101  # as above
        asked = form.by_name[name]
        words = f"{asked.label}\n{asked.help}" if asked.help else asked.label
        choices = [message("yes"), message("no")] if asked.kind is FormFieldKind.YES_NO else asked.choices
        if choices:
            said = self._messages.say(
                message("{question} ({choices})", question=words, choices=tuple(choices))
            )
        else:
            said = words
        if tries:
            said = self._messages.say(message("That does not fit. {question}", question=said))
        return BotQuestion(
            text=_cut(said),
            intent=self._intent.name,
            memory={
                _INTENT: self._intent.name,
                _ASKED: name,
                _TRIES: str(tries),
                **{f"{_ANSWER}{each}": text for each, text in self._answers.items()},
            },
        )


_YES = frozenset({"yes", "y", "true", "ja", "ya", "بله", "oui", "si"})
_NO = frozenset({"no", "n", "false", "nee", "nej", "nein", "tidak", "نه", "خیر", "non"})


def _as_answer(asked: FormField | None, said: str) -> object:
    """Return what somebody has said as the answer to a field: as a form takes it."""
    if asked is None:
        return said
    if asked.kind is FormFieldKind.YES_NO:
        word = said.strip().strip(".!").casefold()
        return True if word in _YES else False if word in _NO else said
    if asked.kind is FormFieldKind.CHOICE:
        return _choice(asked, said)
    if asked.kind is FormFieldKind.SEVERAL:
        return [_choice(asked, each) for each in said.replace(";", ",").split(",") if each.strip()]
    return said


def _choice(asked: FormField, said: str) -> str:
    """Return the choice that somebody means, however they write it; what they say, if it is none."""
    meant = folded(said).split()
    return next((each for each in asked.choices if folded(each).split() == meant), said.strip())


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isdecimal() else 0


def _cut(text: str) -> str:
    return text if len(text) <= MAX_TURN_TEXT else f"{text[: MAX_TURN_TEXT - 1]}…"
