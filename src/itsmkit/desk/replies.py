"""What can be asked of suggested replies: what plugins would write, and having it sent, noted or dropped."""

from attrs import evolve, frozen

from itsmkit.desk._access import guarded
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._commands import Runner, acting
from itsmkit.desk._once import Answer, Plain
from itsmkit.desk.work import moved
from itsmkit.plugin import UnitOfWork
from itsmkit.practices import Occasion, PublicLetter, add_note, public_view, send_message
from itsmkit.practices.work_aids import ReplyAction, SuggestedReply, Suggestion, chosen_reply
from itsmkit.tickets import SYSTEM, Actor, InternalNote, PublicMessage, Ticket, TicketId

__all__ = ["ReplyCommands"]


@looking_at_arguments()
@frozen
class ReplyCommands:
    """
    What can be asked of suggested replies; reached as ``desk.replies``.

    Plugins suggest: see the hook `itsmkit_suggest_reply`. What becomes of it is decided by the
    `ReplyPolicy` of the desk, which sends nothing by itself unless it says from which confidence on.
    """

    _runner: Runner
    _actor: Actor | None

    def preview(self, ticket_id: TicketId) -> SuggestedReply:
        """
        Return what plugins suggest for a ticket, and what `suggest` would do with it. Nothing is done.

        What is suggested is for those who work on tickets, and needs a permit.

        Raises:
            NotFoundError: If there is no such ticket.
        """
        runner = self._runner
        reader = runner.reader("replies.preview", self._actor)
        with runner.store.begin() as unit:
            ticket = reader.ticket(unit, ticket_id).ticket
            letters = public_view(ticket, reader.history(unit, ticket_id)).letters
        suggestions, failures = runner.plugins.suggest_replies(ticket, letters)
        chosen = chosen_reply(ticket, suggestions, runner.config.replies, letters)
        return evolve(chosen, failures=map(str, failures))

    def suggest(
        self, ticket_id: TicketId, *, by: Actor | None = None, idempotency_key: str | None = None
    ) -> SuggestedReply:
        """
        Ask plugins what to answer on a ticket, once and outside of any transaction, and act on the best.

        What is sent is a message of the desk itself, marked as automatic; what is drafted is a note for those
        who work on the ticket, with where it comes from and how sure it is; what is dropped leaves no trace.

        Args:
            ticket_id: The ticket.
            by: Who asks.
            idempotency_key: Chosen by who asks, to have it done once.

        Returns:
            What was done, with the suggestion that it was done with; see `preview` for all that there are.

        Raises:
            NotFoundError: If there is no such ticket.
            RefusedError: If the ticket was merged, or the move is refused by which an automatic reply counts
                as a response. Nothing is sent then.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked("replies.suggest", actor, idempotency_key, ticket_id)
        done = runner.known(_ANSWER)
        if done is not None:
            return done.reply
        with runner.store.begin() as unit:
            ticket, letters = _read(runner, guarded(unit, runner.guard), ticket_id)
        suggestions, failures = runner.plugins.suggest_replies(ticket, letters)

        def work(unit: UnitOfWork) -> _Done:
            now, written = _read(runner, unit, ticket_id)
            reply = chosen_reply(now, suggestions, runner.config.replies, written)
            if reply.action is ReplyAction.SEND and len(written) > len(letters):
                because = f"{reply.because}, but something was written meanwhile"
                reply = evolve(reply, action=ReplyAction.DRAFT, because=because)
            dropped = reply.action is ReplyAction.DROP
            told = evolve(
                reply,
                suggestion=None if dropped else reply.suggestion,
                others=(),
                failures=map(str, failures),
            )
            return _Done(told, ticket_id, _act(runner, unit, now, told))

        return runner.answered(work, _ANSWER).reply


@frozen
class _Done:
    """
    What was done with a reply.

    Args:
        reply: The reply.
        ticket_id: The ticket.
        sequence: The event in its history that holds the words; 0 if none does.
    """

    reply: SuggestedReply
    ticket_id: TicketId
    sequence: int


def _read(runner: Runner, unit: UnitOfWork, ticket_id: TicketId) -> tuple[Ticket, tuple[PublicLetter, ...]]:
    """Return a ticket that is to be answered, and what was written on it."""
    ticket = runner.to_change(unit, ticket_id).ticket
    return ticket, public_view(ticket, unit.history(ticket_id)[: ticket.version]).letters


def _act(runner: Runner, unit: UnitOfWork, ticket: Ticket, reply: SuggestedReply) -> int:
    """Do what was decided, and return the event that holds the words; 0 if there is none."""
    found = reply.suggestion
    if found is None:
        return 0
    now = runner.clock()
    # The desk writes, and not who asked for it; the books tell who that was.
    desk = evolve(SYSTEM, roles=(f"asked by {runner.actor.id}",))
    occasion = Occasion(desk, now, now)
    stored = runner.to_change(unit, ticket.id)
    if reply.action is ReplyAction.DRAFT:
        text = f"{_heading(found)}{found.text}"
        return runner.save(unit, add_note(ticket, occasion, text), stored).version
    after = runner.save(unit, send_message(ticket, occasion, found.text), stored)
    trigger = runner.config.replies.counts_as_response
    if trigger is not None and _leads_on(runner, after, trigger):
        decision = moved(runner, unit, after, trigger=trigger, occasion=occasion)
        runner.save(unit, decision, runner.to_change(unit, ticket.id))
    return after.version


def _leads_on(runner: Runner, ticket: Ticket, trigger: str) -> bool:
    """Tell whether there is such a move from where a ticket is: on its way, it has been answered before."""
    workflow = runner.config.kind_of(ticket).workflow_of(ticket)
    return any(each.trigger == trigger for each in workflow.available(ticket.state, ticket.facts()))


def _heading(suggestion: Suggestion) -> str:
    return f"suggested by {suggestion.source}, confidence {suggestion.confidence:g}:\n\n"


def _write_done(done: _Done) -> Plain:
    # The words stand in the history, from where they can be erased, and nowhere else.
    reply = done.reply
    found = reply.suggestion
    return {
        "action": reply.action.value,
        "because": reply.because,
        "failures": list(reply.failures),
        "ticket": done.ticket_id,
        "sequence": done.sequence,
        "source": None if found is None else found.source,
        "confidence": None if found is None else found.confidence,
    }


def _read_done(plain: Plain, unit: UnitOfWork) -> _Done:
    ticket_id, sequence = TicketId(plain["ticket"]), plain["sequence"]
    suggestion = None
    if sequence:
        fact = unit.history(ticket_id)[sequence - 1].fact
        assert isinstance(fact, PublicMessage | InternalNote)  # noqa: S101  # it was written so
        suggestion = Suggestion(fact.text, plain["source"], plain["confidence"])
        text = fact.text.removeprefix(_heading(suggestion))
        suggestion = evolve(suggestion, text=text)
    reply = SuggestedReply(
        ReplyAction(plain["action"]), suggestion, because=plain["because"], failures=plain["failures"]
    )
    return _Done(reply, ticket_id, sequence)


_ANSWER: Answer[_Done] = Answer(_write_done, _read_done)
