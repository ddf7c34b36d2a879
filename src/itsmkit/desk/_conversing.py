"""
How conversations go on: the turn of the bot, the ticket that goes on with one, and those who fall silent.

A bot is asked once for what a person has said, before the unit of work, which may run again. What it wants to
be done is done in the unit of work that records its turn: all of it, or none, and then a person goes on.
"""

from collections.abc import Callable, Sequence
from functools import cached_property

from attrs import evolve, frozen

from itsmkit.desk._access import unguarded
from itsmkit.desk._bot_acts import ActRefusedError, BotActs, actor_of
from itsmkit.desk._commands import Runner
from itsmkit.desk._directory import placed_by
from itsmkit.desk._record_kind import RecordKind
from itsmkit.desk._shelf import Shelf
from itsmkit.desk._timer_names import CONVERSATION_TIMER
from itsmkit.desk.knowledge_reading import ReadingKnowledge
from itsmkit.desk.knowledge_use import SESSION
from itsmkit.desk.work import number_of_new
from itsmkit.errors import ConflictError, DefinitionError, NotFoundError, PluginError, RefusedError
from itsmkit.languages import message
from itsmkit.plugin import ClaimedTimer, StoredTicket, Timer, UnitOfWork
from itsmkit.practices import Occasion, Outcome, happen
from itsmkit.practices.conversations import (
    MAX_TURN_TEXT,
    BotAnswer,
    BotDeed,
    BotHandover,
    BotTurn,
    ConversationEnd,
    ConversationRules,
    ConversationSession,
    ConversationState,
    Line,
    Speaker,
    bot_turned,
    give_up_waiting,
    silent_until,
    transcript_of,
)
from itsmkit.practices.knowledge import Reading, begin_session, session_led_to, session_solved
from itsmkit.tickets import Actor, InternalNote, PublicMessage, Ticket, TicketId

__all__ = ["CONVERSATION", "Conversing", "run_conversation"]

CONVERSATION = RecordKind(
    "conversation", ConversationSession, personal=["turns.*.text", "memory.*", "because"]
)

_TRIES = 3
"""How often a bot is asked anew, as something else was said meanwhile."""

_LONGEST_TITLE = 200


class _GoneOnError(Exception):
    """Something has happened in a conversation while its bot was asked."""


@frozen
class _BotSaid:
    """
    What a bot wants to say.

    Args:
        turn: Its turn.
        articles: The keys of the articles that it offers, and that are there for the person.
        deeds: What it was refused.
    """

    turn: BotTurn
    articles: tuple[str, ...] = ()
    deeds: tuple[BotDeed, ...] = ()


@frozen(eq=False, slots=False)
class Conversing:
    """
    Lets conversations go on.

    Args:
        runner: What runs the command, which it has let in.
        acts: What does what bots want.
    """

    runner: Runner
    acts: BotActs

    @property
    def rules(self) -> ConversationRules:
        """How the desk talks with people."""
        return self.runner.config.conversations

    @cached_property
    def shelf(self) -> Shelf[ConversationSession]:
        """Where conversations are kept."""
        return Shelf(CONVERSATION, self.runner)

    # -- what a person says ----------------------------------------------------------------------

    def hear(
        self,
        look: Callable[[UnitOfWork], ConversationSession | None],
        listen: Callable[[ConversationSession | None], Outcome[ConversationSession]],
    ) -> ConversationSession:
        """
        Run a command by which a person says something, and let the bot have its turn, if it is its turn.

        Args:
            look: Finds the conversation; ``None`` for a new one.
            listen: Returns it with what is said.

        Raises:
            ConflictError: If something else happens in it, every time that the bot has thought about it.
        """
        known = self.runner.known(self.shelf.answer)
        if known is not None:
            return known
        tries = 0
        while True:
            with self.runner.store.begin() as unit:
                before = look(unit)
            spoken = listen(before)
            said = self._said_by_bot(spoken.value)
            try:
                return self._heard(before, spoken, said)
            except _GoneOnError:
                tries += 1
                if tries < _TRIES:
                    continue
            version = 0 if before is None else before.version
            raise ConflictError(CONVERSATION.name, spoken.value.id, version, version + 1)

    def _heard(
        self,
        before: ConversationSession | None,
        spoken: Outcome[ConversationSession],
        said: _BotSaid | None,
    ) -> ConversationSession:
        placed = self._placed(spoken.value)

        def work(said: _BotSaid | None, unit: UnitOfWork) -> ConversationSession:
            unit = unguarded(unit)
            if before is not None and self.shelf.of(unit, before.id).version != before.version:
                raise _GoneOnError
            if said is None:
                return self.finish(unit, before, before, spoken, placed)
            saved = self.shelf.put(unit, before, spoken)
            return self.finish(unit, saved, before, self._bot_turned(unit, saved, said), placed)

        try:
            return self.runner.answered(lambda unit: work(said, unit), self.shelf.answer)
        except ActRefusedError as refusal:
            deed = refusal.deed
            because = f"{deed.command} was refused: {'; '.join(deed.refused)}"
            instead = evolve(self._handing_over(spoken.value, because), deeds=(deed,))
            return self.runner.answered(lambda unit: work(instead, unit), self.shelf.answer)

    # -- the turn of the bot ---------------------------------------------------------------------

    def _said_by_bot(self, session: ConversationSession) -> _BotSaid | None:
        """Ask the bot what it says; ``None`` if it is not its turn. One that fails, hands over."""
        if session.state is not ConversationState.BOT:
            return None
        runner, bot = self.runner, self.rules.bot(session.bot)
        reader = ReadingKnowledge(self.acts.runner, runner.actor, self.acts.searching)
        readings: Sequence[Reading] = ()
        if bot.articles:
            found = reader.suggest(session.asked, language=session.language, limit=bot.articles)
            readings = tuple(each.reading for each in found)
        messages = runner.speaker.to(session.person, language=session.language)
        try:
            turn = runner.plugins.bot_turn(bot, session, readings, messages)
        except PluginError as error:
            return self._handing_over(session, f"the bot failed: {error}")
        if turn is None:
            return self._handing_over(session, "the bot has no answer")
        if not isinstance(turn, BotAnswer) or not turn.articles:
            return _BotSaid(turn)
        offered = [*filter(None, (self._read(reader, each, session.language) for each in turn.articles))]
        if not offered:
            told = f"no article that the bot offers is there for them: {', '.join(turn.articles)}"
            return self._handing_over(session, told)
        titles = (f"\N{BULLET} {each.version.text.title}" for each in offered)
        text = "\n".join((turn.text, *titles))[:MAX_TURN_TEXT]
        return _BotSaid(evolve(turn, text=text), tuple(each.article for each in offered))

    def _read(self, reader: ReadingKnowledge, article: str, language: str | None) -> Reading | None:
        try:
            return reader.read(article, language=language)
        except NotFoundError:
            return None

    def _handing_over(self, session: ConversationSession, because: str) -> _BotSaid:
        messages = self.runner.speaker.to(session.person, language=session.language)
        text = messages.say(message("A colleague will go on with it. You need not say it again."))
        return _BotSaid(BotHandover(because=because[:MAX_TURN_TEXT], text=text))

    def _bot_turned(
        self, unit: UnitOfWork, session: ConversationSession, said: _BotSaid
    ) -> Outcome[ConversationSession]:
        """Do what the bot wants, and return the conversation with what it says."""
        runner, deeds, turn = self.runner, said.deeds, said.turn
        if isinstance(turn, BotAnswer):
            bot = self.rules.bot(session.bot)
            for act in turn.acts:
                deed = self.acts.do(unit, bot, session, act)
                deeds = (*deeds, deed)
                if session.ticket_id is None and deed.ticket_id is not None:
                    session = evolve(session, ticket_id=deed.ticket_id)
        if said.articles:
            key, asked = runner.new_id(), session.asked
            shown = begin_session(key, session.person, asked, said.articles, runner.clock())
            Shelf(SESSION, runner).add(unit, shown)
            session = evolve(session, session=key)
        return bot_turned(session, turn, runner.clock(), deeds=deeds, articles=said.articles)

    # -- what follows ----------------------------------------------------------------------------

    def change(
        self,
        look: Callable[[UnitOfWork], ConversationSession],
        decide: Callable[[ConversationSession], Outcome[ConversationSession] | None],
    ) -> ConversationSession:
        """Run a command on a conversation that asks no bot."""
        known = self.runner.known(self.shelf.answer)
        if known is not None:
            return known
        with self.runner.store.begin() as unit:
            placed = self._placed(look(unit))

        def work(unit: UnitOfWork) -> ConversationSession:
            unit = unguarded(unit)
            before = look(unit)
            outcome = decide(before)
            return before if outcome is None else self.finish(unit, before, before, outcome, placed)

        return self.runner.answered(work, self.shelf.answer)

    def finish(
        self,
        unit: UnitOfWork,
        saved: ConversationSession | None,
        before: ConversationSession | None,
        outcome: Outcome[ConversationSession],
        placed: dict[str, object],
    ) -> ConversationSession:
        """
        Save what happens in a conversation, with all that follows.

        Args:
            unit: The unit of work.
            saved: The conversation as it is saved.
            before: The conversation as its ticket knows it.
            outcome: What happens.
            placed: What a ticket of the person is described by.
        """
        after = outcome.value
        if after.handed_over_at is not None and after.is_open and after.ticket_id is None:
            after = evolve(after, ticket_id=self._log(unit, after, placed))
        had_ticket = before is not None and before.ticket_id is not None
        if after.ticket_id is not None:
            since = len(before.turns) if before is not None and had_ticket else 0
            self._write(unit, after, transcript_of(after, since))
            waited = before is not None and before.state is ConversationState.HAND_OVER
            if after.state is ConversationState.HAND_OVER and not waited:
                told = f"handed over: {after.because}"
                line = Line(after.last_at, Speaker.BOT, after.bot, told, is_public=False)
                self._write(unit, after, (line,))
        self._close_session(unit, after, had_ticket=had_ticket)
        kept = self.shelf.put(unit, saved, evolve(outcome, value=after))
        _set_timer(self.runner, unit, kept)
        return kept

    def _placed(self, session: ConversationSession) -> dict[str, object]:
        """Return what a ticket of the person is described by. The directory may be far away."""
        return dict(
            placed_by(
                self.runner.directory,
                {
                    "requester": session.person,
                    "channel": session.channel,
                    "support_group": self.rules.group,
                },
            )
        )

    def _log(
        self, unit: UnitOfWork, session: ConversationSession, placed: dict[str, object]
    ) -> TicketId | None:
        """Log the ticket that goes on with a conversation; ``None`` if its kind asks for what nobody said."""
        runner = self.runner
        kind = runner.config.kind(self.rules.kind)
        first = next((each.text for each in session.turns if each.speaker is Speaker.PERSON), "")
        title = " ".join(first.split())[:_LONGEST_TITLE] or session.id
        details = {**placed, "title": title}
        if kind.fields is None or any(each.name == "conversation" for each in kind.fields.fields):
            details["conversation"] = session.id  # kinds with fields of their own take no others
        now = runner.clock()
        try:
            decision = kind.log(
                runner.new_id(),
                number_of_new(runner, unit, kind, None),
                Occasion(Actor(session.person), now, now),
                opened_at=session.begun_at,
                details=details,
                rules=runner.config.tickets,
            )
        except (DefinitionError, RefusedError):
            return None  # an agent is waited for all the same
        ticket: Ticket = runner.save(unit, decision)
        return ticket.id

    def _write(self, unit: UnitOfWork, session: ConversationSession, lines: Sequence[Line]) -> None:
        """Write into the ticket of a conversation, or into the one in which that goes on."""
        runner = self.runner
        for line in lines:
            stored = _going_on(unit, session.ticket_id)
            actor = Actor(line.author)
            if line.speaker is Speaker.BOT:
                actor = actor_of(self.rules.bot(line.author))
            fact = PublicMessage(line.text) if line.is_public else InternalNote(line.text)
            runner.save(unit, happen(stored.ticket, Occasion(actor, runner.clock(), line.at), fact), stored)

    def _close_session(
        self,
        unit: UnitOfWork,
        after: ConversationSession,
        *,
        had_ticket: bool,
    ) -> None:
        """Note what came of the articles that were offered: that one has helped, or that it took a ticket."""
        if after.session is None or had_ticket:
            return
        runner, now = self.runner, self.runner.clock()
        shelf = Shelf(SESSION, runner)
        shown = shelf.of(unit, after.session)
        if shown.end is not None:
            return
        if after.ticket_id is not None:
            shelf.save(unit, shown, session_led_to(shown, after.ticket_id, now))
        elif after.end is ConversationEnd.SOLVED and len(shown.shown) == 1:
            # Which of several has helped, nobody has said.
            shelf.save(unit, shown, session_solved(shown, shown.shown[0], now))


def _set_timer(runner: Runner, unit: UnitOfWork, session: ConversationSession) -> None:
    """Set the timer by which a silent person is given up; clear it if it is not for them to speak."""
    key = TicketId(session.id)
    until = silent_until(session, runner.config.conversations.abandoned_after)
    if until is None:
        unit.clear_timer(key, CONVERSATION_TIMER)
    else:
        unit.set_timer(Timer(key, CONVERSATION_TIMER, until))


def _going_on(unit: UnitOfWork, ticket_id: TicketId | None) -> StoredTicket:
    """Return the ticket in which a conversation goes on: its own, or what that was merged into."""
    assert ticket_id is not None  # noqa: S101  # who calls has seen to it
    stored = unit.ticket(ticket_id)
    while stored.ticket.merged_into is not None:
        stored = unit.ticket(stored.ticket.merged_into)
    return stored


def run_conversation(runner: Runner, claimed: ClaimedTimer) -> None:
    """
    Take the conversation of a claimed timer for abandoned, if its person has been silent for too long.

    Raises:
        ConflictError: If another worker holds the timer by now.
    """
    shelf = Shelf(CONVERSATION, runner)

    def work(unit: UnitOfWork) -> None:
        unit.finish_timer(claimed)
        before = shelf.find(unit, claimed.timer.ticket_id)
        if before is None:
            return
        patience = runner.config.conversations.abandoned_after
        outcome = give_up_waiting(before, patience, runner.clock())
        if outcome is None:
            _set_timer(runner, unit, before)
        else:
            shelf.save(unit, before, outcome)

    runner.retried(work)
