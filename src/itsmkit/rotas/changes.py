"""What changes a rota from day to day: overrides, swaps, leave; and what is handed on with the duty."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from attrs import evolve, field, frozen

from itsmkit._checks import in_utc, in_utc_if_any, is_a, member_of, named, utc
from itsmkit._frozen import as_tuple
from itsmkit._problems import instance_problems, items_problems, name_problems, shown
from itsmkit.calendars import TimeSpan
from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.rotas.rota import PRIMARY

__all__ = [
    "Acknowledgement",
    "Consent",
    "HandOffNote",
    "Leave",
    "LeaveApproval",
    "Override",
    "Swap",
    "SwapState",
]


def _span_problems(start: datetime, end: datetime, prefix: str = "") -> Iterator[str]:
    """List what keeps two instants from being the beginning and the end of something."""
    are_aware = True
    for name, instant in (("start", start), ("end", end)):
        if not is_a(instant, datetime) or instant.utcoffset() is None:
            are_aware = False
            yield f"{prefix}{name}: must be an instant with a zone, not {shown(instant)}"
    if are_aware and end <= start:
        yield f"{prefix}end: must be after the start {start}, not {end}"


def _raise(value: object, problems: list[str]) -> None:
    if problems:
        name = f"{type(value).__name__} {getattr(value, 'id', '')!r}"
        raise DefinitionError(*(f"{name}: {each}" for each in problems))


@frozen(kw_only=True)
class Override:
    """
    That somebody is on duty in place of another for some time. Its instants are kept in UTC.

    Args:
        id: What it is called by programs.
        rota: The name of the rota.
        person: The id of who is on duty.
        start: From when on; aware.
        end: Up to when, not included; aware.
        role: As what.
        instead_of: In whose place: where that person is not on duty, nothing is changed. ``None`` for all who
            are on duty in the role, and also where nobody is.
        made_at: When it was made: of two that contradict each other, the later holds.
        reason: Why; empty if nobody has said so.
        is_withdrawn: Whether it does not hold any more.
        version: How many events have made it.

    Raises:
        DefinitionError: With everything that is wrong.
    """

    id: str = field(validator=named)
    rota: str
    person: str
    start: datetime = field(converter=in_utc)
    end: datetime = field(converter=in_utc)
    made_at: datetime = field(converter=in_utc)
    role: str = PRIMARY
    instead_of: str | None = None
    reason: str = ""
    is_withdrawn: bool = False
    version: int = field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        problems = [
            *name_problems("rota", self.rota),
            *name_problems("person", self.person),
            *name_problems("role", self.role),
            *_span_problems(self.start, self.end),
            *_instant_problems("made_at", self.made_at),
            *instance_problems("reason", self.reason, str),
        ]
        if self.instead_of is not None:
            problems += name_problems("instead_of", self.instead_of)
            if self.instead_of == self.person:
                problems.append(f"instead_of: {self.person!r} cannot be on duty in their own place")
        _raise(self, problems)

    @property
    def span(self) -> TimeSpan:
        """When it holds."""
        return TimeSpan(self.start, self.end)

    @property
    def holds(self) -> bool:
        """Whether it is in force."""
        return not self.is_withdrawn

    def withdrawn(self) -> "Override":
        """
        Return it as it does not hold any more.

        Raises:
            RefusedError: If it was withdrawn already.
        """
        return _withdrawn(self, "override")


def _instant_problems(path: str, instant: object) -> Iterator[str]:
    if not isinstance(instant, datetime) or instant.utcoffset() is None:
        yield f"{path}: must be an instant with a zone, not {shown(instant)}"


class SwapState(StrEnum):
    """How far a swap has come."""

    PROPOSED = "proposed"
    """Somebody has yet to consent; it does not hold."""
    AGREED = "agreed"
    """Both have consented; it holds."""
    DECLINED = "declined"
    """One of them does not want it."""
    WITHDRAWN = "withdrawn"
    """It does not hold any more, or never will."""


@frozen
class Consent:
    """
    That somebody has consented to a swap.

    Args:
        person: Who.
        at: When; kept in UTC.
    """

    person: str = field(validator=named)
    at: datetime = field(converter=in_utc)

    def __attrs_post_init__(self) -> None:
        problems = [*_instant_problems("Consent.at", self.at)]
        if problems:
            raise DefinitionError(*problems)


def _swap_state(given: SwapState | str) -> SwapState:
    return member_of(SwapState, given, "Swap.state")


@frozen(kw_only=True)
class Swap:
    """
    That two people exchange time on duty: each does what of the other's duty lies in a span.

    It holds once both have consented, and what each has said stands in it. Its instants are kept in UTC.

    Args:
        id: What it is called by programs.
        rota: The name of the rota.
        person: Who gives the first span away, and takes the second.
        start: From when on the first span; aware.
        end: Up to when, not included; aware.
        other: Who takes the first span, and gives the second away.
        other_start: From when on the second span; aware.
        other_end: Up to when, not included; aware.
        made_at: When it was proposed; of it and an override that contradict each other, the later holds.
        role: What they are on duty as.
        consents: Who has consented, and when; each once.
        state: How far it has come.
        version: How many events have made it.

    Raises:
        DefinitionError: With everything that is wrong.
    """

    id: str = field(validator=named)
    rota: str
    person: str
    start: datetime = field(converter=in_utc)
    end: datetime = field(converter=in_utc)
    other: str
    other_start: datetime = field(converter=in_utc)
    other_end: datetime = field(converter=in_utc)
    made_at: datetime = field(converter=in_utc)
    role: str = PRIMARY
    consents: tuple[Consent, ...] = field(default=(), converter=as_tuple)
    state: SwapState = field(default=SwapState.PROPOSED, converter=_swap_state)
    version: int = field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        problems = [
            *name_problems("rota", self.rota),
            *name_problems("person", self.person),
            *name_problems("other", self.other),
            *name_problems("role", self.role),
            *_span_problems(self.start, self.end),
            *_span_problems(self.other_start, self.other_end, "other_"),
            *_instant_problems("made_at", self.made_at),
        ]
        if self.person == self.other:
            problems.append(f"other: {self.person!r} cannot swap with themselves")
        wrong = [*items_problems("consents", self.consents, Consent)]
        problems += wrong
        if not wrong:
            consenting = [each.person for each in self.consents]
            strangers = [each for each in consenting if each not in (self.person, self.other)]
            problems += (f"consents: {each!r} is none of the two" for each in strangers)
            if len(consenting) != len(set(consenting)):
                problems.append("consents: each of the two consents once")
            if self.state is SwapState.AGREED and len(set(consenting)) != 2:
                problems.append("state: is agreed once both have consented")
        _raise(self, problems)

    @property
    def span(self) -> TimeSpan:
        """What the first gives away."""
        return TimeSpan(self.start, self.end)

    @property
    def other_span(self) -> TimeSpan:
        """What the other gives away."""
        return TimeSpan(self.other_start, self.other_end)

    @property
    def holds(self) -> bool:
        """Whether it is in force."""
        return self.state is SwapState.AGREED

    @property
    def waits_for(self) -> tuple[str, ...]:
        """Who has yet to consent; empty if nobody is waited for."""
        if self.state is not SwapState.PROPOSED:
            return ()
        consenting = {each.person for each in self.consents}
        return tuple(each for each in (self.person, self.other) if each not in consenting)

    def accepted_by(self, person: str, at: datetime) -> "Swap":
        """
        Return it with the consent of one of the two; agreed, if the other has consented.

        Args:
            person: Who consents.
            at: When; aware.

        Raises:
            RefusedError: If it is not waited for this person.
            DefinitionError: If *at* is naive.
        """
        at = utc(at, "at")
        if person not in self.waits_for:
            raise RefusedError(f"cannot accept swap {self.id} for {person}: {self._why_not(person)}")
        consents = (*self.consents, Consent(person, at))
        return evolve(
            self, consents=consents, state=SwapState.AGREED if len(consents) == 2 else SwapState.PROPOSED
        )

    def declined_by(self, person: str) -> "Swap":
        """
        Return it as one of the two does not want it.

        Raises:
            RefusedError: If it is not waited for this person.
        """
        if person not in self.waits_for:
            raise RefusedError(f"cannot decline swap {self.id} for {person}: {self._why_not(person)}")
        return evolve(self, state=SwapState.DECLINED)

    def withdrawn(self) -> "Swap":
        """
        Return it as it does not hold any more, or never will.

        Raises:
            RefusedError: If it was declined or withdrawn already.
        """
        if self.state in (SwapState.DECLINED, SwapState.WITHDRAWN):
            refusal = f"cannot withdraw swap {self.id}: it is {self.state.value} already"
            raise RefusedError(refusal)
        return evolve(self, state=SwapState.WITHDRAWN)

    def _why_not(self, person: str) -> str:
        if self.state is not SwapState.PROPOSED:
            return f"it is {self.state.value} already"
        if person in (self.person, self.other):
            return f"{person} has consented already"
        return f"it is between {self.person} and {self.other}"


class LeaveApproval(StrEnum):
    """Whether somebody has to approve a leave, and what they have said."""

    NOT_NEEDED = "not needed"
    """Nobody has to; it holds."""
    REQUESTED = "requested"
    """Somebody has yet to say; it does not hold."""
    APPROVED = "approved"
    """Somebody has approved it; it holds."""
    REJECTED = "rejected"
    """Somebody has rejected it; it does not hold, and never will."""


_DECIDED = (LeaveApproval.APPROVED, LeaveApproval.REJECTED)


def _leave_approval(given: LeaveApproval | str) -> LeaveApproval:
    return member_of(LeaveApproval, given, "Leave.approval")


@frozen(kw_only=True)
class Leave:
    """
    That somebody is away, or asks to be. Its instants are kept in UTC.

    Args:
        id: What it is called by programs.
        person: Who.
        start: From when on; aware.
        end: Up to when, not included; aware.
        covered_by: Who is on duty in their place meanwhile; ``None`` if nobody was named, so that
            `Rota.on_leave` holds.
        reason: Why, which is for few to read; empty if nobody has said so.
        is_withdrawn: Whether they are not away after all.
        approval: Whether somebody has to approve it, and what they have said.
        decided_by: Who has approved or rejected it; ``None`` if nobody has. Never who is away.
        decided_at: When; aware, ``None`` likewise.
        version: How many events have made it.

    Raises:
        DefinitionError: With everything that is wrong.
    """

    id: str = field(validator=named)
    person: str
    start: datetime = field(converter=in_utc)
    end: datetime = field(converter=in_utc)
    covered_by: str | None = None
    reason: str = ""
    is_withdrawn: bool = False
    approval: LeaveApproval = field(default=LeaveApproval.NOT_NEEDED, converter=_leave_approval)
    decided_by: str | None = None
    decided_at: datetime | None = field(default=None, converter=in_utc_if_any)
    version: int = field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        problems = [
            *name_problems("person", self.person),
            *_span_problems(self.start, self.end),
            *instance_problems("reason", self.reason, str),
            *self._decision_problems(),
        ]
        if self.covered_by is not None:
            problems += name_problems("covered_by", self.covered_by)
            if self.covered_by == self.person:
                problems.append(f"covered_by: {self.person!r} cannot cover for themselves")
        _raise(self, problems)

    def _decision_problems(self) -> Iterator[str]:
        if self.approval not in _DECIDED:
            for name, value in (("decided_by", self.decided_by), ("decided_at", self.decided_at)):
                if value is not None:
                    yield f"{name}: must be left out of what nobody has decided"
            return
        yield from name_problems("decided_by", self.decided_by)
        yield from _instant_problems("decided_at", self.decided_at)
        if self.decided_by == self.person:
            yield f"decided_by: {self.person!r} cannot decide on a leave of their own"

    @property
    def span(self) -> TimeSpan:
        """When they are away."""
        return TimeSpan(self.start, self.end)

    @property
    def holds(self) -> bool:
        """Whether it is in force."""
        return not self.is_withdrawn and self.approval in (LeaveApproval.NOT_NEEDED, LeaveApproval.APPROVED)

    @property
    def is_requested(self) -> bool:
        """Whether it waits for somebody to approve or reject it."""
        return not self.is_withdrawn and self.approval is LeaveApproval.REQUESTED

    def approved_by(self, person: str, at: datetime) -> "Leave":
        """
        Return it as somebody has approved it.

        Args:
            person: Who approves it.
            at: When; aware.

        Raises:
            RefusedError: If it does not wait for that, or it is their own.
        """
        return self._decided(LeaveApproval.APPROVED, "approve", person, at)

    def rejected_by(self, person: str, at: datetime) -> "Leave":
        """
        Return it as somebody has rejected it.

        Args:
            person: Who rejects it.
            at: When; aware.

        Raises:
            RefusedError: If it does not wait for that, or it is their own.
        """
        return self._decided(LeaveApproval.REJECTED, "reject", person, at)

    def _decided(self, approval: LeaveApproval, verb: str, person: str, at: datetime) -> "Leave":
        refusals = []
        if self.is_withdrawn:
            refusals.append("it is withdrawn already")
        elif self.approval is LeaveApproval.NOT_NEEDED:
            refusals.append("nobody has to approve it")
        elif self.approval is not LeaveApproval.REQUESTED:
            refusals.append(f"it is {self.approval.value} already")
        if person == self.person:
            refusals.append(f"it is that of {person}; somebody else decides on it")
        if refusals:
            raise RefusedError(*(f"cannot {verb} leave {self.id}: {each}" for each in refusals))
        return evolve(self, approval=approval, decided_by=person, decided_at=utc(at, "at"))

    def withdrawn(self) -> "Leave":
        """
        Return it as nobody is away after all.

        Raises:
            RefusedError: If it was withdrawn or rejected already.
        """
        if self.approval is LeaveApproval.REJECTED:
            refusal = f"cannot withdraw leave {self.id}: it is rejected already"
            raise RefusedError(refusal)
        return _withdrawn(self, "leave")


_Withdrawable = TypeVar("_Withdrawable", Override, Leave)


def _withdrawn(change: _Withdrawable, called: str) -> _Withdrawable:
    """Return *change* as it does not hold any more, if it did."""
    if change.is_withdrawn:
        refusal = f"cannot withdraw {called} {change.id}: it is withdrawn already"
        raise RefusedError(refusal)
    return evolve(change, is_withdrawn=True)


@frozen
class Acknowledgement:
    """
    That somebody has taken notice of a hand-off note.

    Args:
        person: Who.
        at: When; kept in UTC.
    """

    person: str = field(validator=named)
    at: datetime = field(converter=in_utc)

    def __attrs_post_init__(self) -> None:
        problems = [*_instant_problems("Acknowledgement.at", self.at)]
        if problems:
            raise DefinitionError(*problems)


@frozen(kw_only=True)
class HandOffNote:
    """
    What somebody who goes off duty tells who comes on.

    Args:
        id: What it is called by programs.
        rota: The name of the rota.
        author: Who has written it.
        at: When; kept in UTC.
        text: What is to be known; not empty.
        to: Who comes on duty; empty if that was not known.
        acknowledged: Who has taken notice of it, and when; each once, in that order.
        version: How many events have made it.

    Raises:
        DefinitionError: With everything that is wrong.
    """

    id: str = field(validator=named)
    rota: str
    author: str
    at: datetime = field(converter=in_utc)
    text: str
    to: tuple[str, ...] = field(default=(), converter=as_tuple)
    acknowledged: tuple[Acknowledgement, ...] = field(default=(), converter=as_tuple)
    version: int = field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        problems = [
            *name_problems("rota", self.rota),
            *name_problems("author", self.author),
            *_instant_problems("at", self.at),
        ]
        if not isinstance(self.text, str) or not self.text.strip():
            problems.append("text: must say something")
        for place, person in enumerate(self.to):
            problems += name_problems(f"to[{place}]", person)
        wrong = [*items_problems("acknowledged", self.acknowledged, Acknowledgement)]
        problems += wrong
        if not wrong:
            people = [each.person for each in self.acknowledged]
            if self.author in people:
                problems.append(f"acknowledged: {self.author!r} has written it")
            if len(people) != len(set(people)):
                problems.append("acknowledged: each takes notice once")
        _raise(self, problems)

    @property
    def waits_for(self) -> tuple[str, ...]:
        """Who of those whom it is for has yet to take notice; empty if it is for nobody in particular."""
        noticed = {each.person for each in self.acknowledged}
        return tuple(each for each in self.to if each not in noticed)

    def acknowledged_by(self, person: str, at: datetime) -> "HandOffNote":
        """
        Return it as somebody has taken notice of it; as it is, if they have before.

        Args:
            person: Who takes notice.
            at: When; aware.

        Raises:
            RefusedError: If they have written it.
            DefinitionError: If *at* is naive.
        """
        at = utc(at, "at")
        if person == self.author:
            refusal = f"cannot acknowledge note {self.id} for {person}: they have written it"
            raise RefusedError(refusal)
        if any(each.person == person for each in self.acknowledged):
            return self
        return evolve(self, acknowledged=(*self.acknowledged, Acknowledgement(person, at)))
