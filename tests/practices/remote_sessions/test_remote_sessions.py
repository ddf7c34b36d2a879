"""Consent and remote sessions: who may consent, when that holds, and what becomes of a session."""

import pickle
from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.errors import NotFoundError, RefusedError
from itsmkit.practices.remote_sessions import (
    LONGEST,
    Consent,
    ConsentRequiredError,
    RemoteAccess,
    SessionRef,
    give_consent,
    start_session,
    stop_session,
    withdraw_consent,
)
from itsmkit.testing import an_incident_logged
from itsmkit.tickets import Ticket

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TICKET: Ticket = evolve(an_incident_logged().ticket, requester="bob", affected_person="eve")
REF = SessionRef("viewer", "viewer://7")
NOTHING = RemoteAccess(id=TICKET.id)


def consent(**changes: object) -> Consent:
    usual = {
        "id": "c1",
        "person": "bob",
        "purpose": "to look at the driver",
        "given_at": NOW,
        "expires_at": NOW + timedelta(hours=1),
        "recorded_by": "ann",
    }
    return Consent(**{**usual, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"person": "ann"}, "ann cannot give it; who can is bob or eve"),
        ({"purpose": " "}, "say what for in `purpose`"),
        ({"expires_at": NOW}, "it must hold for more than no time and at most 30 days"),
        ({"expires_at": NOW + LONGEST + MINUTE}, "it must hold for more than no time and at most 30 days"),
    ],
)
def test_what_is_no_consent_is_refused(changes: dict[str, object], problem: str) -> None:
    with pytest.raises(RefusedError, match=problem):
        give_consent(NOTHING, TICKET, consent(**changes), NOW)


def test_every_reason_is_told_at_once() -> None:
    nobodys = evolve(TICKET, requester=None, affected_person=None, state="Closed", state_category="closed")
    wrong = consent(purpose="", expires_at=NOW)
    with pytest.raises(RefusedError) as refused:
        give_consent(NOTHING, nobodys, wrong, NOW)
    assert [each.partition(": ")[2] for each in refused.value.reasons] == [
        "bob cannot give it; who can is nobody, as it has no requester",
        "say what for in `purpose`",
        "it must hold for more than no time and at most 30 days from now",
        "the ticket is Closed",
    ]


@given(
    st.lists(
        st.tuples(
            st.integers(1, 60),  # how long it holds
            st.one_of(st.none(), st.integers(0, 60)),  # when it is withdrawn
            st.sampled_from([None, "laptop", "server"]),
        ),
        max_size=4,
    ),
    st.integers(0, 70),
    st.sampled_from(["laptop", "server"]),
)
def test_a_session_starts_exactly_while_a_consent_holds(
    given_ones: list[tuple[int, int | None, str | None]], at: int, machine: str
) -> None:
    access = NOTHING
    for number, (length, withdrawn, which) in enumerate(given_ones):
        one = consent(id=f"c{number}", expires_at=NOW + length * MINUTE, configuration_item=which)
        access = give_consent(access, TICKET, one, NOW).value
        if withdrawn is not None and withdrawn <= at:
            outcome = withdraw_consent(access, one.id, NOW + withdrawn * MINUTE)
            assert outcome is not None
            access = outcome.value
            assert withdraw_consent(access, one.id, NOW) is None
    holds = any(
        at < length and not (withdrawn is not None and withdrawn <= at) and which in (None, machine)
        for length, withdrawn, which in given_ones
    )
    now = NOW + at * MINUTE
    if holds:
        assert start_session(access, TICKET, machine, agent="ann", now=now) is None
        started = start_session(access, TICKET, machine, agent="ann", now=now, ref=REF)
        assert started is not None
        assert started.value.sessions[-1].started_at == now
    else:
        with pytest.raises(ConsentRequiredError):
            start_session(access, TICKET, machine, agent="ann", now=now, ref=REF)


@pytest.mark.parametrize(
    ("changes", "at", "because"),
    [
        (None, NOW, "nobody has consented to it"),
        ({}, NOW + timedelta(hours=1), "the consent of bob has expired at"),
        ({"configuration_item": "server"}, NOW, "bob has consented for server only"),
        ({"withdrawn_at": NOW}, NOW, "bob has withdrawn the consent at"),
    ],
)
def test_why_consent_is_required(changes: dict[str, object] | None, at: datetime, because: str) -> None:
    access = NOTHING if changes is None else evolve(NOTHING, consents=[consent(**changes)])
    with pytest.raises(ConsentRequiredError, match=because) as refused:
        start_session(access, TICKET, "laptop", agent="ann", now=at)
    copy = pickle.loads(pickle.dumps(refused.value))
    assert (copy.number, copy.configuration_item, copy.because, str(copy)) == (
        TICKET.number,
        "laptop",
        refused.value.because,
        str(refused.value),
    )


def test_a_session_is_started_and_stopped_once() -> None:
    access = give_consent(NOTHING, TICKET, consent(), NOW).value
    started = start_session(access, TICKET, "laptop", agent="ann", now=NOW, session_id="s1", ref=REF)
    assert started is not None
    with pytest.raises(RefusedError, match="ann is in session s1 on laptop; stop that first"):
        start_session(started.value, TICKET, "server", agent="ann", now=NOW)
    assert start_session(started.value, TICKET, "laptop", agent="kim", now=NOW) is None
    # A clock that is set back makes no session of less than no time.
    assert stop_session(started.value, "s1", NOW - MINUTE).value.sessions[0].stopped_at == NOW
    stopped = stop_session(started.value, "s1", NOW + MINUTE).value
    assert not stopped.sessions[0].is_on
    with pytest.raises(RefusedError, match="it was stopped at"):
        stop_session(stopped, "s1", NOW)
    with pytest.raises(NotFoundError):
        stop_session(stopped, "s2", NOW)
    with pytest.raises(NotFoundError):
        withdraw_consent(access, "c2", NOW)
    done = evolve(TICKET, state="Closed", state_category="closed")
    with pytest.raises(RefusedError, match="the ticket is Closed"):
        start_session(stopped, done, "laptop", agent="ann", now=NOW)
