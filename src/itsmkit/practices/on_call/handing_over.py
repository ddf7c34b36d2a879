"""Hand-off notes: who may write one, whom it is for, and what somebody was left when they came on duty."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from itsmkit._checks import utc
from itsmkit.errors import RefusedError
from itsmkit.practices.outcome import Outcome
from itsmkit.rotas import HandOffNote, Roster

__all__ = ["HAND_OVER", "acknowledge_note", "handed_to", "may_hand_over", "notes_for", "receivers"]

HAND_OVER = timedelta(hours=24)
"""How long before and after a change of shift a note is one of that change."""

_AHEAD = timedelta(days=62)
"""How far is looked for who comes on duty after somebody."""

_MOMENT = timedelta.resolution


def may_hand_over(roster: Roster, person: str, at: datetime) -> bool:
    """
    Tell whether somebody is on duty at an instant, or was in the time of `HAND_OVER` before it.

    Raises:
        DefinitionError: If *at* is naive.
        OutOfRangeError: If *at* lies outside what the roster knows.
    """
    at = utc(at, "at")
    if person in roster.on_duty(at).people:
        return True
    since = max(at - HAND_OVER, roster.known.start)
    return any(duty.person == person for duty in roster.duties(since, at))


def receivers(roster: Roster, person: str, at: datetime) -> tuple[str, ...]:
    """
    Return for whom a note of somebody is: those who are on duty once they are not.

    Args:
        roster: The rota with what has changed it.
        person: The id of who writes.
        at: When; aware.

    Returns:
        The ids, each once; empty if nobody is on duty then, or they stay on duty as far as is looked.

    Raises:
        DefinitionError: If *at* is naive.
        OutOfRangeError: If *at* lies outside what the roster knows.
    """
    at = utc(at, "at")
    now = roster.on_duty(at)
    if person not in now.people:
        return now.people
    for _, posts in roster.pieces(at, min(at + _AHEAD, roster.known.end)):
        people = dict.fromkeys(post.person for post in posts if post.person is not None)
        if person not in people:
            return tuple(people)
    return ()


def handed_to(note: HandOffNote, person: str) -> bool:
    """Tell whether a note is for somebody: it names them, or nobody."""
    return not note.to or person in note.to


def acknowledge_note(
    note: HandOffNote, person: str, now: datetime, *, is_on_duty: bool = False
) -> Outcome[HandOffNote] | None:
    """
    Return that somebody has taken notice of a note; ``None`` if they have before.

    Args:
        note: The note.
        person: The id of who takes notice.
        now: The instant.
        is_on_duty: Whether they are on duty in its rota by then: who comes on in the place of another takes
            over what that one was left.

    Raises:
        RefusedError: If it is not for them, and they are not on duty; or they have written it.
    """
    after = note.acknowledged_by(person, now)
    if person not in note.to and not is_on_duty:
        whom = ", ".join(note.to) or "whoever is on duty"
        refusal = f"cannot acknowledge note {note.id} for {person}: it is for {whom}"
        raise RefusedError(refusal)
    return None if after == note else Outcome(after, "HandOffNoteAcknowledged")


def notes_for(roster: Roster, notes: Iterable[HandOffNote], at: datetime) -> tuple[HandOffNote, ...]:
    """
    Return what those who are on duty at an instant were left, by when it was written.

    That is what was written for them since a while before they came on duty, which `HAND_OVER` tells, and up
    to the instant.

    Args:
        roster: The rota with what has changed it.
        notes: All notes of the rota, in any order.
        at: When; aware.

    Raises:
        DefinitionError: If *at* is naive.
        OutOfRangeError: If *at* lies outside what the roster knows.
    """
    at = utc(at, "at")
    began: dict[str, datetime] = {}
    if at in roster.known:
        for duty in roster.duties(at, at + _MOMENT, whole=True):
            began[duty.person] = min(duty.span.start, began.get(duty.person, duty.span.start))
    else:
        roster.on_duty(at)  # which tells how far it knows
    found = (
        note
        for note in notes
        if note.rota == roster.rota.name
        and note.at <= at
        and any(handed_to(note, person) and start - HAND_OVER <= note.at for person, start in began.items())
    )
    return tuple(sorted(found, key=lambda note: (note.at, note.id)))
