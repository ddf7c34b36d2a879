"""Starting and stopping a remote session."""

from collections.abc import Iterator
from datetime import datetime

from attrs import evolve

from itsmkit.errors import NotFoundError, RefusedError
from itsmkit.practices.outcome import Outcome
from itsmkit.practices.remote_sessions.consent import Consent
from itsmkit.practices.remote_sessions.errors import ConsentRequiredError
from itsmkit.practices.remote_sessions.remote_access import RemoteAccess, RemoteSession, SessionRef
from itsmkit.tickets import Ticket

__all__ = ["session_problems", "start_session", "stop_session"]


def session_problems(access: RemoteAccess, ticket: Ticket, agent: str) -> Iterator[str]:
    """Yield why an agent may start no session for a ticket, consent aside, a sentence each."""
    if not ticket.is_open:
        yield f"the ticket is {ticket.state}"
    for each in access.sessions:
        if each.is_on and each.agent == agent:
            yield f"{agent} is in session {each.id} on {each.configuration_item}; stop that first"


def consent_for(access: RemoteAccess, ticket: Ticket, configuration_item: str, now: datetime) -> Consent:
    """
    Return the newest consent that lets somebody onto a machine now.

    Raises:
        ConsentRequiredError: If there is none, with what stands against the newest.
    """
    objections = []
    for consent in reversed(access.consents):
        objection = consent.objection(configuration_item, now)
        if objection is None:
            return consent
        objections.append(objection)
    because = objections[0] if objections else "nobody has consented to it"
    raise ConsentRequiredError(ticket.number, configuration_item, because)


def start_session(
    access: RemoteAccess,
    ticket: Ticket,
    configuration_item: str,
    *,
    agent: str,
    now: datetime,
    session_id: str = "session",
    ref: SessionRef | None = None,
) -> Outcome[RemoteAccess] | None:
    """
    Start a remote session, or see whether it may be started.

    Args:
        access: What there is of remote access on the ticket.
        ticket: The ticket.
        configuration_item: The machine.
        agent: Who works in it.
        now: The present instant, aware.
        session_id: Its key.
        ref: Where it was opened; ``None`` to see only whether it may be, so that nothing is opened without.

    Returns:
        ``None`` if it was only looked at.

    Raises:
        ConsentRequiredError: If nobody has consented to it, or not any more.
        RefusedError: With every other reason.
    """
    consent = consent_for(access, ticket, configuration_item, now)
    reasons = [*session_problems(access, ticket, agent)]
    if reasons:
        raise RefusedError(
            *(f"cannot start a remote session for {ticket.number}: {each}" for each in reasons)
        )
    if ref is None:
        return None
    session = RemoteSession(
        id=session_id,
        consent=consent.id,
        agent=agent,
        configuration_item=configuration_item,
        ref=ref,
        started_at=now,
    )
    after = evolve(access, sessions=(*access.sessions, session))
    return Outcome(after, "SessionStarted", {"session": session_id})


def stop_session(access: RemoteAccess, session_id: str, now: datetime) -> Outcome[RemoteAccess]:
    """
    Stop a remote session.

    Raises:
        NotFoundError: If there is no such session.
        RefusedError: If it was stopped already.
    """
    place = next((place for place, each in enumerate(access.sessions) if each.id == session_id), None)
    if place is None:
        raise NotFoundError("remote session", session_id)
    found = access.sessions[place]
    if found.stopped_at is not None:
        refusal = f"cannot stop remote session {session_id}: it was stopped at {found.stopped_at}"
        raise RefusedError(refusal)
    stopped = evolve(found, stopped_at=max(now, found.started_at))
    sessions = (*access.sessions[:place], stopped, *access.sessions[place + 1 :])
    return Outcome(evolve(access, sessions=sessions), "SessionStopped", {"session": session_id})
