"""Consent: who lets whom onto which machine, what for, and until when."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from itsmkit._checks import aware_instant, in_utc, in_utc_if_any, named
from itsmkit.errors import NotFoundError, RefusedError
from itsmkit.practices.outcome import Outcome
from itsmkit.tickets import Ticket

if TYPE_CHECKING:
    from itsmkit.practices.remote_sessions.remote_access import RemoteAccess

__all__ = ["Consent", "LONGEST", "give_consent", "withdraw_consent"]

LONGEST = timedelta(days=30)
"""For how long a consent holds at most. That is our choice: what was said once must not hold for ever."""


@frozen(kw_only=True)
class Consent:
    """
    That somebody consents to remote sessions. Its instants are kept in UTC.

    Args:
        id: Its key.
        person: Who consents.
        purpose: What for, in their words or ours.
        given_at: When.
        expires_at: From when on it does not hold any more.
        recorded_by: Who has recorded it: themselves, or who was told of it, such as on the phone.
        configuration_item: The machine that it is for; ``None`` for any of theirs.
        withdrawn_at: When it was withdrawn; ``None`` if it was not.
    """

    id: str = field(validator=named)
    person: str = field(validator=named)
    purpose: str
    given_at: datetime = field(converter=in_utc, validator=aware_instant)
    expires_at: datetime = field(converter=in_utc, validator=aware_instant)
    recorded_by: str
    configuration_item: str | None = None
    withdrawn_at: datetime | None = field(default=None, converter=in_utc_if_any)

    def objection(self, configuration_item: str, now: datetime) -> str | None:
        """Return why it does not let anybody onto a machine now; ``None`` if it does."""
        if self.configuration_item not in (None, configuration_item):
            return f"{self.person} has consented for {self.configuration_item} only"
        if self.withdrawn_at is not None:
            return f"{self.person} has withdrawn the consent at {self.withdrawn_at}"
        if now >= self.expires_at:
            return f"the consent of {self.person} has expired at {self.expires_at}"
        return None


def give_consent(
    access: "RemoteAccess", ticket: Ticket, consent: Consent, now: datetime
) -> "Outcome[RemoteAccess]":
    """
    Record that somebody consents to remote sessions for a ticket.

    Args:
        access: What there is of remote access on the ticket.
        ticket: The ticket.
        consent: The consent.
        now: The present instant, aware.

    Raises:
        RefusedError: With every reason: it is not of the requester or the affected person, says no purpose,
            holds for no time or for longer than 30 days, or the ticket is done.
    """
    reasons = [*_reasons_against(ticket, consent, now)]
    if reasons:
        raise RefusedError(*(f"cannot record consent on {ticket.number}: {each}" for each in reasons))
    after = evolve(access, consents=(*access.consents, consent))
    return Outcome(after, "ConsentGiven", {"consent": consent.id})


def _reasons_against(ticket: Ticket, consent: Consent, now: datetime) -> Iterator[str]:
    may = [each for each in (ticket.requester, ticket.affected_person) if each is not None]
    if consent.person not in may:
        told = " or ".join(dict.fromkeys(may)) or "nobody, as it has no requester"
        yield f"{consent.person} cannot give it; who can is {told}"
    if not consent.purpose.strip():
        yield "say what for in `purpose`"
    if not now < consent.expires_at <= now + LONGEST:
        yield f"it must hold for more than no time and at most {LONGEST.days} days from now"
    if not ticket.is_open:
        yield f"the ticket is {ticket.state}"


def withdraw_consent(
    access: "RemoteAccess", consent_id: str, now: datetime
) -> "Outcome[RemoteAccess] | None":
    """
    Withdraw a consent. A session that is on is not ended by it: whoever is in it has to stop.

    Returns:
        ``None`` if it is withdrawn already.

    Raises:
        NotFoundError: If there is no such consent.
    """
    place = next((place for place, each in enumerate(access.consents) if each.id == consent_id), None)
    if place is None:
        raise NotFoundError("consent", consent_id)
    found = access.consents[place]
    if found.withdrawn_at is not None:
        return None
    withdrawn = evolve(found, withdrawn_at=now)
    consents = (*access.consents[:place], withdrawn, *access.consents[place + 1 :])
    return Outcome(evolve(access, consents=consents), "ConsentWithdrawn", {"consent": consent_id})
