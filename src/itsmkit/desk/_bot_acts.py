"""
What bots do: the ordinary commands of a desk, each with the bot as its actor.

A bot is refused what an agent with its roles would be refused. Besides, it does for a person only what
concerns their own tickets: else whoever talks to a bot that may much could do much.
"""

from collections.abc import Callable
from inspect import Parameter, signature
from typing import Any

from attrs import evolve, frozen

from itsmkit._problems import names
from itsmkit.desk._commands import Runner
from itsmkit.desk._configuration import Configuration
from itsmkit.desk._rooms import Rooms
from itsmkit.desk._searching import Searching
from itsmkit.desk._within import within
from itsmkit.desk.operations import Need, need_of, unknown_operation
from itsmkit.errors import ConflictError, DefinitionError, ItsmkitError, NotFoundError
from itsmkit.plugin import UnitOfWork
from itsmkit.practices.conversations import BOT_ROLE, BotAct, BotDeed, ConversationSession, ScriptedBot
from itsmkit.practices.portal import is_own
from itsmkit.tickets import Actor, Ticket, TicketId

__all__ = ["ActRefusedError", "BotActs", "actor_of"]

_ON_TICKETS = (Need.PERMIT_ON_TICKET, Need.PERMIT_FOR_NEW)


def actor_of(bot: ScriptedBot) -> Actor:
    """Return as whom a bot acts: a program, with its own roles and that of all bots."""
    return Actor(bot.id, automated=True, roles=dict.fromkeys((*bot.roles, BOT_ROLE)))


class ActRefusedError(Exception):
    """Something that a bot wanted was refused: nothing of its turn is done."""

    def __init__(self, deed: BotDeed) -> None:
        super().__init__(deed)
        self.deed = deed


class _RoomsOfBot(Rooms):
    """The rooms of a desk, as a bot comes into them."""

    def __init__(
        self, runner: Runner, actor: Actor, configuration: Configuration, searching: Searching
    ) -> None:
        self._runner = runner
        self._actor = actor
        self._configuration = configuration
        self._searching = searching


@frozen(eq=False)
class BotActs:
    """
    Does what bots want to be done.

    Args:
        runner: Runs commands; it is not yet asked for one.
        configuration: What is recorded of the configuration.
        searching: What finds by words.
    """

    runner: Runner
    configuration: Configuration
    searching: Searching

    def do(
        self, unit: UnitOfWork, bot: ScriptedBot, conversation: ConversationSession, act: BotAct
    ) -> BotDeed:
        """
        Do what a bot wants, within a unit of work.

        Raises:
            ActRefusedError: If it is refused; *unit* is to be undone then.
            ConflictError: If others save first.
        """
        store = within(self.runner.store, unit)
        runner = evolve(self.runner, store=store, privileged="")
        rooms = _RoomsOfBot(runner, actor_of(bot), self.configuration, self.searching)
        try:
            done = self._call(unit, rooms, conversation, act)()
        except ConflictError:
            raise
        except ItsmkitError as error:
            reasons = getattr(error, "reasons", None) or getattr(error, "problems", None) or (str(error),)
            raise ActRefusedError(BotDeed(act.command, None, [*map(str, reasons)])) from error
        return BotDeed(act.command, done.id if isinstance(done, Ticket) else None)

    def _call(
        self, unit: UnitOfWork, rooms: Rooms, conversation: ConversationSession, act: BotAct
    ) -> Callable[[], object]:
        """
        Return what gives the command.

        Raises:
            DefinitionError: If there is no such command, or it is not one that a bot gives.
            NotFoundError: If it is on a ticket that is none of the person.
        """
        command, need = self._command(rooms, act.command), need_of(act.command)
        arguments: dict[str, Any] = dict(act.arguments)
        takes = signature(command).parameters
        if need is Need.PERMIT_ON_TICKET:
            ticket_id = arguments.setdefault("ticket_id", conversation.ticket_id)
            if not isinstance(ticket_id, str) or not is_own(
                unit.ticket(TicketId(ticket_id)).ticket, conversation.person
            ):
                raise NotFoundError("ticket", ticket_id)
        else:
            usual = {"requester": conversation.person, "channel": conversation.channel}
            arguments = {**{name: each for name, each in usual.items() if name in takes}, **arguments}
        several: list[Any] = []
        if any(each.kind is Parameter.VAR_POSITIONAL for each in takes.values()):
            # What takes several, such as tags, takes them by place, and all before them as well.
            for name, each in takes.items():
                if (
                    each.kind in (Parameter.POSITIONAL_OR_KEYWORD, Parameter.VAR_POSITIONAL)
                    and name in arguments
                ):
                    value = arguments.pop(name)
                    several += names(value) if each.kind is Parameter.VAR_POSITIONAL else [value]
        try:
            signature(command).bind(*several, **arguments)
        except TypeError as fault:
            problem = f"{act.command}: {fault}"
            raise DefinitionError(problem) from None
        return lambda: command(*several, **arguments)

    def _command(self, rooms: Rooms, name: str) -> Callable[..., object]:
        unknown = unknown_operation(name, self.runner.config.kinds)
        if unknown is None and (need_of(name) not in _ON_TICKETS or ":" in name):
            unknown = f"{name!r} is nothing that bots do: they log tickets, and work on those of the person"
        if unknown is not None:
            raise DefinitionError(unknown)
        room, _, verb = name.rpartition(".")
        kind = room.removeprefix("work.")
        found: Callable[..., object] = getattr(
            getattr(rooms, room) if kind == room else rooms.work(kind), verb
        )
        return found
