"""What the commands and reads of tickets share: who they run for, and how."""

from collections.abc import Callable

from attrs import frozen

from itsmkit.desk._commands import Runner, acting
from itsmkit.desk._reading import Reader
from itsmkit.practices import Decision, Occasion
from itsmkit.tickets import Actor, Ticket, TicketId

__all__ = ["TicketDoor", "changed"]


@frozen
class TicketDoor:
    """
    The way to tickets, of whoever a desk is bound to.

    Its parts stand in modules of their own, each with what belongs together; `TicketCommands` is all of them.
    """

    _runner: Runner
    _actor: Actor | None

    def _reader(self, read: str) -> Reader:
        return self._runner.reader(f"tickets.{read}", self._actor)

    def _asked(self, verb: str, by: Actor | None, key: str | None, *arguments: object) -> Runner:
        """Return what runs a command, whose arguments stand in an order that stays for ever."""
        return self._runner.asked(f"tickets.{verb}", acting(by, self._actor), key, *arguments)


def changed(
    runner: Runner, ticket_id: TicketId, decide: Callable[[Ticket, Occasion], Decision[Ticket]]
) -> Ticket:
    """Run a command that needs to know nothing but the ticket, and return the ticket after it."""
    occasion = runner.occasion()
    return runner.change(ticket_id, lambda ticket: decide(ticket, occasion))
