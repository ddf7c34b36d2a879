"""
Climbing ladders when their timers wake, and telling together what is gathered.

What somebody is to be told together waits as timers of no ticket, one for each step: set in the unit of work
that takes the step, under a name of its own, so that no two steps wait for each other. Whoever claims one of
them after the window has ended takes all that are due, and puts one notification into the outbox, in one unit
of work; so what was gathered is told once, and nothing of it is lost.
"""

from datetime import datetime
from hashlib import sha256

from itsmkit.desk._commands import Known, Runner
from itsmkit.desk._gathered import step_to_tell, timer_of_step
from itsmkit.desk._timer_names import LADDERS
from itsmkit.languages import Sayable, joined
from itsmkit.plugin import ClaimedTimer, Notification, OutboxEntry, StoredTicket, Timer, UnitOfWork
from itsmkit.plugin.storage import OF_NO_TICKET
from itsmkit.practices.escalation import Taken, due_on_ladders, take
from itsmkit.practices.escalation.words import digest_subject, line_of_digest, notice_of_step
from itsmkit.tickets import Ticket

__all__ = ["climb", "tell_gathered"]


def climb(runner: Runner, unit: UnitOfWork, stored: StoredTicket, known: Known, now: datetime) -> bool:
    """Take all steps on the ladders of a ticket that are due *now*; tell whether there were any."""
    config, ticket = runner.config, stored.ticket
    due = due_on_ladders(config.escalation.ladders, known.standings, now, runner.hours, known.clocks)
    if not due:
        at = runner.ladders_due(known)
        if at is not None:
            # The ladders, or a calendar, have changed since the timer was set.
            unit.set_timer(Timer(ticket.id, LADDERS, at))
        return False
    access = runner.access
    decision, taken = take(
        ticket,
        due,
        runner.occasion(),
        runner.role_book,
        rules=config.escalation.delivery,
        calendars=config.calendars,
        may_be_told=lambda name: access is None or access.may_be_told(name, ticket),
    )
    after = runner.save(unit, decision, stored)
    for each in taken:
        _tell(runner, unit, after, each, now)
    return True


def _tell(runner: Runner, unit: UnitOfWork, ticket: Ticket, taken: Taken, now: datetime) -> None:
    fact = taken.fact
    for telling in taken.tellings:
        if telling.at is None:
            continue
        if telling.is_gathered:
            unit.set_timer(timer_of_step(telling.recipient, ticket.id, fact, telling.at))
            continue
        notice = notice_of_step(ticket, taken.due.next, telling.recipient)
        key = "/".join([ticket.id, *map(str, fact.key), telling.recipient])
        notification = runner.speaker.notification(notice, ticket, key=key)
        unit.enqueue(OutboxEntry(notification, 0, max(now, telling.at)))


def tell_gathered(runner: Runner, unit: UnitOfWork, claimed: ClaimedTimer, now: datetime) -> None:
    """Put all that somebody is to be told together by *now* into the outbox, as one notification."""
    unit.finish_timer(claimed)
    waiting_for = claimed.timer.ticket_id
    recipient = waiting_for.removeprefix(OF_NO_TICKET)
    names = [claimed.timer.name]
    for timer in unit.timers(waiting_for):
        if timer.due <= now and timer.name != claimed.timer.name:
            unit.clear_timer(waiting_for, timer.name)
            names.append(timer.name)
    lines = [line for name in sorted(names) if (line := _line(runner, unit, recipient, name)) is not None]
    if not lines:
        return
    messages = runner.speaker.to(recipient)
    # What is gathered, and is not told of again, makes the key.
    told = sha256("\n".join(sorted(names)).encode()).hexdigest()[:32]
    notification = Notification(
        key=f"digest/{recipient}/{told}",
        recipient=recipient,
        subject=messages.say(digest_subject(lines)),
        body=messages.say(joined(lines, "\n")),
        ticket_id=waiting_for,
        language=str(messages.tag),
    )
    unit.enqueue(OutboxEntry(notification, 0, now))


def _line(runner: Runner, unit: UnitOfWork, recipient: str, name: str) -> Sayable | None:
    """Return what is said of a step, as its ticket is by now; ``None`` if it is not for the recipient."""
    waiting = step_to_tell(name)
    ticket = unit.ticket(waiting.ticket_id).ticket
    if runner.access is not None and not runner.access.may_be_told(recipient, ticket):
        return None
    return line_of_digest(ticket, waiting.ladder, waiting.step)
