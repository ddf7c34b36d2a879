"""What can be asked of remote sessions: consent, starting one, stopping it."""

from datetime import timedelta

from attrs import frozen

from itsmkit.cmdb import CIId, ConfigurationItem
from itsmkit.desk._access import guarded
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._commands import Runner, acting
from itsmkit.desk._configuration import Configuration
from itsmkit.desk._record_kind import RecordKind
from itsmkit.desk._shelf import Shelf
from itsmkit.errors import ConflictError, RefusedError
from itsmkit.plugin import StoredTicket, UnitOfWork
from itsmkit.practices import Outcome, add_note, log_work
from itsmkit.practices.remote_sessions import (
    LONGEST,
    Consent,
    RemoteAccess,
    give_consent,
    start_session,
    stop_session,
    withdraw_consent,
)
from itsmkit.tickets import Actor, Ticket, TicketId

__all__ = ["RemoteSessionCommands"]

REMOTE_ACCESS = RecordKind("remote access", RemoteAccess)

_A_DAY = timedelta(days=1)


@looking_at_arguments()
@frozen
class RemoteSessionCommands:
    """
    What can be asked of remote sessions; reached as ``desk.remote_sessions``.

    Each command needs a permit on the ticket. A note on the ticket tells of each: so it stands in the history
    of the ticket, too. Plugins open the sessions: see the hook `itsmkit_remote_session`.
    """

    _runner: Runner
    _actor: Actor | None
    _configuration: Configuration

    def of(self, ticket_id: TicketId) -> RemoteAccess:
        """
        Return who has consented to what on a ticket, and which sessions there were.

        Raises:
            NotFoundError: If there is no such ticket.
        """
        runner = self._runner
        with runner.store.begin() as unit:
            runner.reader("remote_sessions.of", self._actor).ticket(unit, ticket_id)
            return _access(runner, unit, ticket_id)

    def give_consent(
        self,
        ticket_id: TicketId,
        purpose: str,
        *,
        person: str | None = None,
        valid_for: timedelta = _A_DAY,
        configuration_item: str | None = None,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> RemoteAccess:
        """
        Record that the requester, or the affected person, consents to remote sessions.

        Args:
            ticket_id: The ticket.
            purpose: What for.
            person: Who consents; by default, the actor. An agent who was told so on the phone names them.
            valid_for: For how long, at most 30 days.
            configuration_item: The machine; ``None`` for any.
            by: Who records it.
            idempotency_key: Chosen by who asks, to have it done once.

        Returns:
            What there is of remote access on the ticket; the consent is its last one.

        Raises:
            NotFoundError: If there is no such ticket.
            RefusedError: With every reason: see `itsmkit.practices.remote_sessions.give_consent`.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked(
            "remote_sessions.give_consent",
            actor,
            idempotency_key,
            ticket_id,
            purpose,
            person,
            valid_for,
            configuration_item,
        )

        def work(unit: UnitOfWork) -> RemoteAccess:
            stored, now = runner.to_change(unit, ticket_id), runner.clock()
            access = _access(runner, unit, ticket_id)
            consent = Consent(
                id=runner.new_id(),
                person=person or actor.id,
                purpose=purpose,
                given_at=now,
                # What is out of bounds stays so, and is refused; but it can be added.
                expires_at=now + max(min(valid_for, 2 * LONGEST), timedelta(0)),
                recorded_by=actor.id,
                configuration_item=configuration_item,
            )
            outcome = give_consent(access, stored.ticket, consent, now)
            machine = configuration_item or "any machine"
            text = f"{consent.person} consents to remote sessions on {machine}: {purpose}"
            _note(runner, unit, stored, text)
            return _save(runner, unit, access, outcome)

        return runner.answered(work, Shelf(REMOTE_ACCESS, runner).answer)

    def withdraw_consent(
        self,
        ticket_id: TicketId,
        consent_id: str,
        *,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> RemoteAccess:
        """
        Withdraw a consent. No session is started under it any more; one that is on has to be stopped.

        Args:
            ticket_id: The ticket.
            consent_id: The consent.
            by: Who withdraws it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such ticket, or no such consent on it.
        """
        runner = self._runner.asked(
            "remote_sessions.withdraw_consent",
            acting(by, self._actor),
            idempotency_key,
            ticket_id,
            consent_id,
        )

        def work(unit: UnitOfWork) -> RemoteAccess:
            stored, access = runner.to_change(unit, ticket_id), _access(runner, unit, ticket_id)
            outcome = withdraw_consent(access, consent_id, runner.clock())
            if outcome is None:
                return access
            _note(runner, unit, stored, "the consent to remote sessions is withdrawn")
            return _save(runner, unit, access, outcome)

        return runner.answered(work, Shelf(REMOTE_ACCESS, runner).answer)

    def start(
        self,
        ticket_id: TicketId,
        *,
        configuration_item: str | None = None,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> RemoteAccess:
        """
        Start a remote session: a plugin opens it, once, outside of any transaction.

        Without consent nothing is opened. If it cannot be recorded after that, as when others withdraw the
        consent in that very moment, the session that was opened is not to be used.

        Args:
            ticket_id: The ticket.
            configuration_item: The machine; by default, that of the ticket.
            by: Who works in it.
            idempotency_key: Chosen by who asks, to have it done once.

        Returns:
            What there is of remote access on the ticket; the session is its last one.

        Raises:
            NotFoundError: If there is no such ticket, or no such machine in the configuration.
            ConsentRequiredError: If nobody has consented to it, or not any more.
            RefusedError: If the ticket is done or names no machine, the agent is in a session for it already,
                or no plugin opens sessions on such a machine.
            PluginError: If the plugin fails.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked(
            "remote_sessions.start", actor, idempotency_key, ticket_id, configuration_item
        )
        answer = Shelf(REMOTE_ACCESS, runner).answer
        done = runner.known(answer)
        if done is not None:
            return done
        with runner.store.begin() as unit:
            ticket = runner.to_change(guarded(unit, runner.guard), ticket_id).ticket
            access = _access(runner, unit, ticket_id)
        machine = _machine(ticket, configuration_item)
        start_session(access, ticket, machine, agent=actor.id, now=runner.clock())
        item = self._item(machine)
        ref = runner.plugins.remote_session(item, actor, ticket)
        if ref is None:
            refusal = (
                f"cannot start a remote session on {machine}: no plugin opens one; install or hand over one "
                "that implements itsmkit_remote_session"
            )
            raise RefusedError(refusal)

        def work(unit: UnitOfWork) -> RemoteAccess:
            stored, now = runner.to_change(unit, ticket_id), runner.clock()
            before = _access(runner, unit, ticket_id)
            key = runner.new_id()
            outcome = start_session(
                before, stored.ticket, machine, agent=actor.id, now=now, session_id=key, ref=ref
            )
            assert outcome is not None  # noqa: S101  # it was opened
            _note(runner, unit, stored, f"a remote session on {machine} was started with {ref.tool}")
            return _save(runner, unit, before, outcome)

        return runner.answered(work, answer)

    def stop(
        self,
        ticket_id: TicketId,
        session_id: str,
        *,
        activity: str = "remote session",
        note: str = "",
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> RemoteAccess:
        """
        Stop a remote session; the time that it took is entered into the work log of the ticket with it.

        Args:
            ticket_id: The ticket.
            session_id: The session.
            activity: What its time is entered as, in one of the desk's words.
            note: What there is to say about it, for those who work on the ticket.
            by: Who stops it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such ticket, or no such session on it.
            RefusedError: If it was stopped already, or the desk does not know the activity.
        """
        runner = self._runner.asked(
            "remote_sessions.stop",
            acting(by, self._actor),
            idempotency_key,
            ticket_id,
            session_id,
            activity,
            note,
        )

        def work(unit: UnitOfWork) -> RemoteAccess:
            stored, access = runner.to_change(unit, ticket_id), _access(runner, unit, ticket_id)
            after = _save(runner, unit, access, stop_session(access, session_id, runner.clock()))
            session = next(each for each in after.sessions if each.id == session_id)
            text = f"the remote session on {session.configuration_item} was stopped"
            assert session.stopped_at is not None  # noqa: S101  # it was stopped just now
            took = session.stopped_at - session.started_at
            if not took:
                _note(runner, unit, stored, text)
                return after
            decision = log_work(
                stored.ticket,
                runner.occasion(),
                runner.config.tickets.work,
                took,
                activity,
                person=session.agent,
                note="\n".join(filter(None, (text, note))),
            )
            runner.save(unit, decision, stored)
            return after

        return runner.answered(work, Shelf(REMOTE_ACCESS, runner).answer)

    def _item(self, machine: str) -> ConfigurationItem:
        """Return a machine. Raises `UnknownItemError` if there is no such item now."""
        return self._configuration.known().timeline.as_of(self._runner.clock()).item(CIId(machine))


def _access(runner: Runner, unit: UnitOfWork, ticket_id: TicketId) -> RemoteAccess:
    return Shelf(REMOTE_ACCESS, runner).find(unit, ticket_id) or RemoteAccess(id=ticket_id)


def _save(
    runner: Runner, unit: UnitOfWork, before: RemoteAccess, outcome: Outcome[RemoteAccess]
) -> RemoteAccess:
    """
    Save what happens to remote access.

    Raises:
        ConflictError: If others have saved it since it was read.
    """
    shelf = Shelf(REMOTE_ACCESS, runner)
    if before.version:
        return shelf.save(unit, before, outcome)
    found = shelf.find(unit, before.id)
    if found is not None:
        raise ConflictError(REMOTE_ACCESS.name, before.id, 0, found.version)
    return shelf.add(unit, outcome)


def _note(runner: Runner, unit: UnitOfWork, stored: StoredTicket, text: str) -> None:
    runner.save(unit, add_note(stored.ticket, runner.occasion(), text), stored)


def _machine(ticket: Ticket, named: str | None) -> str:
    """Return on which machine a session is to be started. Raises `RefusedError` if nobody says."""
    machine = named or ticket.configuration_item
    if machine is None:
        refusal = (
            f"cannot start a remote session for {ticket.number}: it names no configuration item; say "
            "on which machine in `configuration_item`"
        )
        raise RefusedError(refusal)
    return machine
