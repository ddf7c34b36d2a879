"""
Remote sessions: looking at somebody's machine from afar, with their consent, and never without.

Who gives consent says what for and for how long. A session begins only while a consent holds; when it is
stopped, its time is work on the ticket.
"""

from itsmkit.practices.remote_sessions.consent import LONGEST, Consent, give_consent, withdraw_consent
from itsmkit.practices.remote_sessions.errors import ConsentRequiredError
from itsmkit.practices.remote_sessions.remote_access import RemoteAccess, RemoteSession, SessionRef
from itsmkit.practices.remote_sessions.session import session_problems, start_session, stop_session

__all__ = [
    "Consent",
    "ConsentRequiredError",
    "LONGEST",
    "RemoteAccess",
    "RemoteSession",
    "SessionRef",
    "give_consent",
    "session_problems",
    "start_session",
    "stop_session",
    "withdraw_consent",
]
