"""
Changing rotas: decided by all of them as they are, and saved only if they still are so.

Whether somebody is free to take a duty follows from every rota and every leave. Two changes that are
decided side by side could each be right alone, and wrong together; so each of them counts up one ledger,
whose version is that by which it was decided. Whoever comes second decides anew.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, NamedTuple, TypeVar

from itsmkit.desk._commands import Runner
from itsmkit.desk._record_kind import Kept
from itsmkit.desk._rota_kinds import LEDGER, LEDGER_ID, RotaLedger
from itsmkit.desk._shelf import Shelf
from itsmkit.desk._shifts import DeskShifts, KnownShifts
from itsmkit.errors import ConflictError, RefusedError
from itsmkit.plugin import Notification, OutboxEntry, UnitOfWork
from itsmkit.plugin.integrity import record_name
from itsmkit.practices import Notice, Outcome
from itsmkit.rotas import Roster

__all__ = ["Decided", "change_rotas", "known_shifts"]

Value = TypeVar("Value", bound=Kept)

_TRIES = 5
"""How often a change is decided before it gives up to those who save first."""


class _Outdated(Exception):  # noqa: N818  # no error: it undoes a unit of work
    """What it was decided by is no longer so."""


class Decided(NamedTuple, Generic[Value]):
    """
    What is to be saved.

    Args:
        before: The record as it was read; ``None`` for a new one.
        outcome: What happens to it.
        notices: Makes what people are told of it, of the value as it is saved.
    """

    before: Value | None
    outcome: Outcome[Value]
    notices: Callable[[Value], Iterable[Notice]]


def known_shifts(runner: Runner) -> KnownShifts:
    """
    Return the shifts of a desk as they are now.

    Raises:
        RefusedError: If another system plans them.
    """
    if not isinstance(runner.shifts, DeskShifts):
        planner = type(runner.shifts).__name__
        refusal = f"this desk goes by the shifts of {planner}: ask there who is on duty, and change it there"
        raise RefusedError(refusal)
    return runner.shifts.known()


def change_rotas(
    shelf: Shelf[Value],
    decide: Callable[[UnitOfWork, Sequence[Roster]], Decided[Value]],
    *,
    look: Callable[[], object] = bool,
) -> Value:
    """
    Run a command that changes rotas, and return the value as it was saved.

    Args:
        shelf: Where the change is kept, with what runs the command.
        decide: Decides in a unit of work, by the rosters as they are. It may run again.
        look: Looks at what is asked for outside of the unit of work, since what it asks may be far away;
            once, and not if it was done before.

    Raises:
        RefusedError: If another system plans the shifts of the desk.
        ConflictError: If others saved first, every time.
    """
    runner = shelf.runner
    done = runner.known(shelf.answer)
    if done is not None:
        return done  # whatever the rotas are by now
    look()
    tries = 1 if runner.store.is_joined else _TRIES
    conflicts = 0
    while True:
        now = known_shifts(runner)

        def work(unit: UnitOfWork, now: KnownShifts = now) -> Value:
            ledger = Shelf(LEDGER, runner)
            kept = ledger.find(unit, LEDGER_ID)
            version = 0 if kept is None else kept.version
            if version != now.changes.version:
                raise _Outdated(LEDGER.name, LEDGER_ID, now.changes.version, version)
            before, outcome, notices = decide(unit, now.shifts.rosters)
            saved = shelf.put(unit, before, outcome)
            changes = 1 if kept is None else kept.changes + 1
            said = {"kind": shelf.kind.name, "change": saved.id}
            ledger.put(unit, kept, Outcome(RotaLedger(id=LEDGER_ID, changes=changes), "RotasChanged", said))
            _tell(runner, unit, shelf.kind.name, saved.id, notices(saved))
            return saved

        try:
            return runner.answered(work, shelf.answer)
        except _Outdated as outdated:
            conflicts += 1
            if conflicts == tries:
                raise ConflictError(*outdated.args) from None
            runner.pause(conflicts)


def _tell(runner: Runner, unit: UnitOfWork, kind: str, change: str, notices: Iterable[Notice]) -> None:
    """Put what people are told into the outbox, in the language of each."""
    now, about = runner.clock(), record_name(kind, change)
    for notice in notices:
        messages = runner.speaker.to(notice.recipient)
        notification = Notification(
            key=f"{change}/{notice.what_for}/{notice.recipient}",
            recipient=notice.recipient,
            subject=messages.say(notice.subject),
            body=messages.say(notice.body),
            ticket_id=about,
            language=str(messages.tag),
        )
        unit.enqueue(OutboxEntry(notification, 0, now))
