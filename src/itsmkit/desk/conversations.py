"""What can be asked of conversations: beginning one, talking, taking over, ending."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from attrs import frozen

from itsmkit.conditions import ALWAYS, equals
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._bot_acts import BotActs
from itsmkit.desk._commands import Runner, acting
from itsmkit.desk._configuration import Configuration
from itsmkit.desk._conversing import CONVERSATION, Conversing
from itsmkit.desk._searching import Searching
from itsmkit.desk._shelf import Shelf, Step
from itsmkit.desk._talk_erasing import erase_talk
from itsmkit.desk._where import Where, condition
from itsmkit.errors import NotFoundError, RefusedError
from itsmkit.plugin import UnitOfWork
from itsmkit.practices import Outcome
from itsmkit.practices.conversations import (
    ConversationSession,
    begin_conversation,
    end_conversation,
    hand_over,
    reply_in,
    say_in,
    take_conversation,
)
from itsmkit.tickets import Actor

if TYPE_CHECKING:
    from itsmkit.reporting.conversations import ConversationReport

__all__ = ["ConversationCommands"]

_WAITING = equals("state", "hand-over")


@looking_at_arguments()
@frozen
class ConversationCommands:
    """
    What can be asked of conversations; reached as ``desk.conversations``.

    Each command needs a permit. A person talks in their own conversations alone; who may take conversations,
    sees those of others. What a bot says comes from plugins, or from its script: see the hook
    `itsmkit_bot_turn`.
    """

    _runner: Runner
    _actor: Actor | None
    _configuration: Configuration
    _searching: Searching

    # -- the person ------------------------------------------------------------------------------

    def begin(
        self,
        text: str,
        *,
        bot: str | None = None,
        channel: str = "chat",
        language: str | None = None,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> ConversationSession:
        """
        Begin a conversation, and have the bot answer.

        Args:
            text: What is said first.
            bot: The id of the bot that answers; by default, the first of the desk.
            channel: The way it comes in.
            language: The tag of the language in which the person wants to be answered; by default, theirs.
            by: Who talks.
            idempotency_key: Chosen by who asks, to have it done once.

        Returns:
            The conversation; its last turn is what the bot says.

        Raises:
            DefinitionError: If *language* is no tag.
            RefusedError: If nothing is said, or too much at once.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked(
            "conversations.begin", actor, idempotency_key, text, bot, channel, language
        )
        chosen, key = bot or runner.config.conversations.first.id, runner.new_id()
        return self._conversing(runner).hear(
            lambda _unit: None,
            lambda _none: begin_conversation(
                key, actor.id, text, runner.clock(), bot=chosen, channel=channel, language=language
            ),
        )

    def say(
        self,
        conversation_id: str,
        text: str,
        *,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> ConversationSession:
        """
        Say something in a conversation of one's own; until it is handed over, the bot answers.

        Args:
            conversation_id: The conversation.
            text: What is said.
            by: Who talks.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such conversation of theirs.
            RefusedError: If it is over, or nothing is said, or too much.
            ConflictError: If something else happens in it again and again meanwhile.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked("conversations.say", actor, idempotency_key, conversation_id, text)

        def listen(session: ConversationSession | None) -> Outcome[ConversationSession]:
            assert session is not None  # noqa: S101  # it was found
            return say_in(session, text, runner.clock())

        return self._conversing(runner).hear(
            lambda unit: self._own(runner, unit, conversation_id, actor, "say something in"), listen
        )

    def hand_over(
        self,
        conversation_id: str,
        reason: str,
        *,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> ConversationSession:
        """
        Let a conversation wait for an agent, as its person, or as the agent who gives it back.

        A ticket goes on with it from then on, in which all that was said stands as messages; what the bot did
        is there for those who work on it.

        Args:
            conversation_id: The conversation.
            reason: Why.
            by: Who wants it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such conversation for them.
            RefusedError: If it is over, nobody says why, or it is with somebody else.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked(
            "conversations.hand_over", actor, idempotency_key, conversation_id, reason
        )
        return self._conversing(runner).change(
            lambda unit: self._party(runner, unit, conversation_id, actor, "hand over"),
            lambda session: hand_over(session, reason, runner.clock(), by=actor.id),
        )

    def end(
        self,
        conversation_id: str,
        *,
        solved: bool = True,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> ConversationSession:
        """
        End a conversation, as its person or as the agent who has it; its ticket, if any, stays as it is.

        Args:
            conversation_id: The conversation.
            solved: Whether it is solved.
            by: Who ends it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such conversation for them.
            RefusedError: If it is over, or with somebody else.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked("conversations.end", actor, idempotency_key, conversation_id, solved)
        return self._conversing(runner).change(
            lambda unit: self._party(runner, unit, conversation_id, actor, "end"),
            lambda session: end_conversation(session, runner.clock(), solved=solved, by=actor.id),
        )

    # -- the agent -------------------------------------------------------------------------------

    def take(
        self, conversation_id: str, *, by: Actor | None = None, idempotency_key: str | None = None
    ) -> ConversationSession:
        """
        Take a conversation: one that waits, or one from its bot, which says nothing any more then.

        Args:
            conversation_id: The conversation.
            by: Who answers from now on.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such conversation.
            RefusedError: If it is over, it is their own, or another agent has it.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked("conversations.take", actor, idempotency_key, conversation_id)
        conversing = self._conversing(runner)
        return conversing.change(
            lambda unit: conversing.shelf.of(unit, conversation_id),
            lambda session: take_conversation(session, actor.id, runner.clock()),
        )

    def reply(
        self,
        conversation_id: str,
        text: str,
        *,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> ConversationSession:
        """
        Say something as the agent who has a conversation.

        Args:
            conversation_id: The conversation.
            text: What is said.
            by: Who says it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such conversation.
            RefusedError: If it is over, they do not have it, or nothing is said, or too much.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked("conversations.reply", actor, idempotency_key, conversation_id, text)
        conversing = self._conversing(runner)
        return conversing.change(
            lambda unit: conversing.shelf.of(unit, conversation_id),
            lambda session: reply_in(session, actor.id, text, runner.clock()),
        )

    def erase(
        self,
        conversation_id: str,
        reason: str,
        *,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> ConversationSession:
        """
        Erase what was said in a conversation, there and in its history; what came of it remains.

        Its ticket is erased by itself: see `TicketCommands.erase`, and for all of a person
        `TicketCommands.erase_person`. A conversation in which nothing personal is left stays as it is.

        Args:
            conversation_id: The conversation.
            reason: Why; it stays in the history.
            by: Who erases it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such conversation.
            RefusedError: If no reason is said, or it is not over yet.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked("conversations.erase", actor, idempotency_key, conversation_id, reason)
        shelf = Shelf(CONVERSATION, runner)
        if not reason.strip():
            refusal = f"cannot erase conversation {conversation_id}: say why in `reason`"
            raise RefusedError(refusal)
        return runner.answered(lambda unit: erase_talk(unit, shelf, conversation_id, reason), shelf.answer)

    # -- reads -----------------------------------------------------------------------------------

    def get(self, conversation_id: str) -> ConversationSession:
        """
        Return a conversation.

        Raises:
            NotFoundError: If there is none of this id for who asks: it is there for its person, and for who
                may take conversations.
        """
        runner = self._runner
        runner.admit("conversations.get", self._actor)
        found = Shelf(CONVERSATION, runner).get(conversation_id)
        if not self._sees(runner, found.person):
            raise NotFoundError(CONVERSATION.name, conversation_id)
        return found

    def of(self, person: str) -> tuple[ConversationSession, ...]:
        """
        Return the conversations of somebody, the newest first; none to who may see none of theirs.

        Args:
            person: Whose.
        """
        runner = self._runner
        runner.admit("conversations.of", self._actor)
        if not self._sees(runner, person):
            return ()
        found = Shelf(CONVERSATION, runner).each(equals("person", person))
        return tuple(sorted(found, key=lambda each: (each.begun_at, each.id), reverse=True))

    def waiting(self) -> tuple[ConversationSession, ...]:
        """Return the conversations that wait for an agent, who has waited longest first."""
        self._runner.admit("conversations.waiting", self._actor)
        found = Shelf(CONVERSATION, self._runner).each(_WAITING)
        return tuple(sorted(found, key=lambda each: (each.waits_since or each.begun_at, each.id)))

    def find(self, where: Where = ALWAYS) -> Iterator[ConversationSession]:
        """
        Go through the conversations for which a condition holds.

        Args:
            where: What holds for them: of their fields as they are written, such as
                ``'bot = "helper" and state = "ended"'``.
        """
        self._runner.admit("conversations.find", self._actor)
        return Shelf(CONVERSATION, self._runner).each(condition(where))

    def history(self, conversation_id: str) -> tuple[Step[ConversationSession], ...]:
        """Return all that has happened in a conversation, in order; empty if there never was one."""
        self._runner.admit("conversations.history", self._actor)
        with self._runner.store.begin() as unit:
            return Shelf(CONVERSATION, self._runner).history(unit, conversation_id)

    def report(self, *, since: datetime | None = None, until: datetime | None = None) -> "ConversationReport":
        """
        Return what bots take off people: see `itsmkit.reporting.conversations`.

        Args:
            since: From when on; by default, from the beginning. Aware.
            until: Up to when, not included; by default, up to now. Aware.
        """
        from itsmkit.reporting.conversations import conversation_report  # noqa: PLC0415  # for figures only

        self._runner.admit("conversations.report", self._actor)
        return conversation_report(Shelf(CONVERSATION, self._runner).each(), since=since, until=until)

    # -- the parts -------------------------------------------------------------------------------

    def _conversing(self, runner: Runner) -> Conversing:
        return Conversing(runner, BotActs(self._runner, self._configuration, self._searching))

    def _sees(self, runner: Runner, person: str) -> bool:
        """Tell whether who asks may see the conversations of a person."""
        actor = self._actor
        return (actor is not None and actor.id == person) or runner.may(
            "conversations.take", actor, None
        ).allowed

    def _own(
        self, runner: Runner, unit: UnitOfWork, conversation_id: str, actor: Actor, what: str
    ) -> ConversationSession:
        """Return a conversation of who asks. Raises as `say`."""
        found = Shelf(CONVERSATION, runner).of(unit, conversation_id)
        if found.person != actor.id:
            self._refuse(runner, found, actor, what)
        return found

    def _party(
        self, runner: Runner, unit: UnitOfWork, conversation_id: str, actor: Actor, what: str
    ) -> ConversationSession:
        """Return a conversation that who asks takes part in. Raises as `end`."""
        found = Shelf(CONVERSATION, runner).of(unit, conversation_id)
        if actor.id not in (found.person, found.agent):
            self._refuse(runner, found, actor, what)
        return found

    def _refuse(self, runner: Runner, found: ConversationSession, actor: Actor, what: str) -> None:
        """
        Refuse something to who does not take part.

        Raises:
            RefusedError: If they could.
            NotFoundError: If it is not there for them.
        """
        if runner.access is not None and not runner.may("conversations.take", actor, None).allowed:
            raise NotFoundError(CONVERSATION.name, found.id)
        way = "take it, and reply" if found.is_open else "begin another one"
        refusal = f"cannot {what} conversation {found.id}: it is that of {found.person}; {way}"
        raise RefusedError(refusal)
