"""What there is of remote access on a ticket: who has consented, and which sessions there were."""

from datetime import datetime

from attrs import field, frozen

from itsmkit._checks import aware_instant, in_utc, in_utc_if_any, named
from itsmkit._frozen import as_tuple
from itsmkit.practices.remote_sessions.consent import Consent

__all__ = ["RemoteAccess", "RemoteSession", "SessionRef"]


@frozen
class SessionRef:
    """
    Where a remote session was opened, as a plugin says.

    Args:
        tool: The tool, such as ``"rustdesk"``.
        reference: By what the agent joins it, such as a link. Who may see the ticket, sees it: it must be no
            lasting secret.
    """

    tool: str = field(validator=named)
    reference: str = field(validator=named)


@frozen(kw_only=True)
class RemoteSession:
    """
    A remote session. Its instants are kept in UTC.

    Args:
        id: Its key.
        consent: The consent under which it was started, by its id.
        agent: Who works in it.
        configuration_item: The machine.
        ref: Where it was opened.
        started_at: When it was started.
        stopped_at: When it was stopped; ``None`` while it is on.
    """

    id: str = field(validator=named)
    consent: str
    agent: str
    configuration_item: str
    ref: SessionRef
    started_at: datetime = field(converter=in_utc, validator=aware_instant)
    stopped_at: datetime | None = field(default=None, converter=in_utc_if_any)

    @property
    def is_on(self) -> bool:
        """Whether it was not stopped yet."""
        return self.stopped_at is None


@frozen(kw_only=True)
class RemoteAccess:
    """
    What there is of remote access on a ticket.

    It is one value, so that a consent that is withdrawn and a session that is started at once do not pass
    each other.

    Args:
        id: The ticket.
        consents: Who has consented to what, in order, withdrawn and expired ones too.
        sessions: The sessions, in order.
        version: How many events have made it.
    """

    id: str = field(validator=named)
    consents: tuple[Consent, ...] = field(default=(), converter=as_tuple)
    sessions: tuple[RemoteSession, ...] = field(default=(), converter=as_tuple)
    version: int = field(default=0, eq=False)
