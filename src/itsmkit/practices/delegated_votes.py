"""
Votes that are delegated: who lets whom stand in when orders are approved, since when and until when.

What somebody has delegated is one record, and it says nothing of orders. Whoever decides about one reads the
records of those who sit there, as they are then; so a delegation begins and ends by its time, and nobody has
to be there for it. A ballot that was cast under one stands in the history of its order and stays.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from attrs import evolve, field, frozen
from attrs.validators import instance_of, optional

from itsmkit._checks import aware_instant, in_utc, in_utc_if_any, named
from itsmkit._frozen import as_tuple
from itsmkit._problems import names, names_problems
from itsmkit.errors import DefinitionError, NotFoundError, RefusedError
from itsmkit.practices.outcome import Outcome
from itsmkit.workflow.approvals import Delegation, Delegations

__all__ = [
    "DELEGATORS",
    "DelegatedVotes",
    "Delegators",
    "MOST_DELEGATIONS",
    "VoteDelegation",
    "delegate_votes",
    "stand_ins_for",
    "with_delegator",
    "withdraw_delegation",
]

MOST_DELEGATIONS = 100
"""How many delegations of one person may be there at most that have not ended."""

DELEGATORS = "all"
"""The id of the one record of `Delegators`."""

_KEPT_FOR = timedelta(days=31)
"""
How long the record of a person shows a delegation that has ended. Its history shows it for good; here it is
kept for workers whose clocks are late.
"""


@frozen(kw_only=True)
class VoteDelegation:
    """
    That somebody lets another vote in their place.

    Args:
        id: Its key.
        delegate: Who stands in.
        start: The first instant at which it holds. Kept in UTC.
        end: The end; not included. Kept in UTC.
        items: The keys of the catalogue items whose orders it is for; all if there are none.
        stages: The names of the stages of approval that it is for; all if there are none.
        reason: Why; it may be empty.
        given_by: Who recorded it: the delegator, or another for them.
        given_at: When. Kept in UTC.
        withdrawn_at: When it was withdrawn; ``None`` if it was not. Kept in UTC.
        withdrawn_by: Who withdrew it.

    Raises:
        DefinitionError: If one of them is something else, or the end is not after the start.
    """

    id: str = field(validator=named)
    delegate: str = field(validator=named)
    start: datetime = field(converter=in_utc, validator=aware_instant)
    end: datetime = field(converter=in_utc, validator=aware_instant)
    items: tuple[str, ...] = field(default=(), converter=names)
    stages: tuple[str, ...] = field(default=(), converter=names)
    reason: str = field(default="", validator=instance_of(str))
    given_by: str = field(validator=named)
    given_at: datetime = field(converter=in_utc, validator=aware_instant)
    withdrawn_at: datetime | None = field(default=None, converter=in_utc_if_any)
    withdrawn_by: str | None = field(default=None, validator=optional(named))

    def __attrs_post_init__(self) -> None:
        problems = [*names_problems("items", self.items), *names_problems("stages", self.stages)]
        if self.end <= self.start:
            problems.append(f"end: must be after the start, {self.start}, not {self.end}; choose a later one")
        if problems:
            raise DefinitionError(*problems)

    @property
    def until(self) -> datetime:
        """The end, by its time or since it was withdrawn; not included. It may be before the start."""
        return self.end if self.withdrawn_at is None else min(self.end, self.withdrawn_at)

    def holds_at(self, instant: datetime) -> bool:
        """Tell whether it holds at an *instant*."""
        return self.start <= instant < self.until

    def concerns(self, item: str) -> bool:
        """Tell whether it is for orders of an *item*, at whatever time."""
        return not self.items or item in self.items


@frozen(kw_only=True)
class DelegatedVotes:
    """
    What somebody has delegated: a record for each person who has.

    Args:
        id: The id of the person.
        given: The delegations that have not ended, and those that ended lately, in the order in which they
            were given.
        version: How many events have made it.
    """

    id: str = field(validator=named)
    given: tuple[VoteDelegation, ...] = field(default=(), converter=as_tuple)
    version: int = field(default=0, eq=False)

    def delegation(self, delegation_id: str) -> VoteDelegation:
        """
        Return a delegation.

        Raises:
            NotFoundError: If there is none of this id.
        """
        for each in self.given:
            if each.id == delegation_id:
                return each
        raise NotFoundError("delegation of votes", delegation_id)

    def is_over_at(self, instant: datetime) -> bool:
        """Tell whether all have ended by an *instant*."""
        return all(each.until <= instant for each in self.given)

    def next_change(self, after: datetime) -> datetime | None:
        """Return the first instant after *after* at which one starts or ends; ``None`` if none does."""
        instants = (
            instant
            for each in self.given
            if each.start < each.until
            for instant in (each.start, each.until)
            if instant > after
        )
        return min(instants, default=None)


@frozen(kw_only=True)
class Delegators:
    """
    Who has delegated votes that have not ended: one record of all of them.

    It is saved with each new delegation, so that two which would close a circle cannot pass each other; and
    who decides about an order sees at once that nobody there has delegated anything.

    Args:
        id: `DELEGATORS`.
        people: Their ids, sorted. Some may have ended by now.
        version: How many events have made it.
    """

    id: str = field(default=DELEGATORS, validator=named)
    people: tuple[str, ...] = field(default=(), converter=as_tuple)
    version: int = field(default=0, eq=False)


def delegate_votes(
    votes: DelegatedVotes, delegation: VoteDelegation, others: Iterable[DelegatedVotes] = ()
) -> Outcome[DelegatedVotes]:
    """
    Return that somebody lets another stand in.

    Args:
        votes: What the delegator has delegated.
        delegation: What they delegate, which is given now.
        others: What others have delegated.

    Raises:
        RefusedError: With every reason: somebody would stand in for themselves, be it by way of others; it
            would begin in the past; or there are `MOST_DELEGATIONS` already.
    """
    now = delegation.given_at
    reasons = []
    if delegation.delegate == votes.id:
        reasons.append(f"{votes.id} cannot stand in for themselves; name somebody else")
    if delegation.start < now:
        reasons.append(f"it would begin in the past, at {delegation.start}, and it is {now}; begin it now")
    if sum(each.until > now for each in votes.given) >= MOST_DELEGATIONS:
        reasons.append(f"there are {MOST_DELEGATIONS} that have not ended, which is the most; withdraw one")
    if not reasons:
        reasons += _circles(votes, delegation, others)
    if reasons:
        raise RefusedError(*(f"cannot delegate the votes of {votes.id}: {reason}" for reason in reasons))
    kept = tuple(each for each in votes.given if each.until > now - _KEPT_FOR)
    return Outcome(evolve(votes, given=(*kept, delegation)), "VotesDelegated")


def withdraw_delegation(
    votes: DelegatedVotes, delegation_id: str, *, by: str, at: datetime, reason: str = ""
) -> Outcome[DelegatedVotes]:
    """
    Return that a delegation ends now, or does not begin. What was voted under it stays.

    Args:
        votes: What the delegator has delegated.
        delegation_id: The delegation.
        by: Who withdraws it.
        at: When; aware.
        reason: Why; it may be empty.

    Raises:
        NotFoundError: If there is none of this id.
        RefusedError: If it has ended, or was withdrawn before.
    """
    found = votes.delegation(delegation_id)
    if found.withdrawn_at is not None:
        refusal = f"cannot withdraw it: {found.withdrawn_by} did, at {found.withdrawn_at}"
        raise RefusedError(refusal)
    if found.end <= at:
        refusal = f"cannot withdraw it: it has ended, at {found.end}"
        raise RefusedError(refusal)
    ended = evolve(found, withdrawn_at=at, withdrawn_by=by)
    given = tuple(ended if each is found else each for each in votes.given)
    said = {"delegation": delegation_id, **({"reason": reason} if reason else {})}
    return Outcome(evolve(votes, given=given), "DelegationOfVotesWithdrawn", said)


def with_delegator(
    delegators: Delegators, votes: DelegatedVotes, others: Iterable[DelegatedVotes], now: datetime
) -> Outcome[Delegators]:
    """
    Return who has delegated, after somebody has.

    Args:
        delegators: Who has so far.
        votes: What the new one has.
        others: What the others have, of which those leave who have nothing left.
        now: The instant.
    """
    people = {votes.id, *(each.id for each in others if not each.is_over_at(now))}
    return Outcome(evolve(delegators, people=tuple(sorted(people))), "DelegatorListed")


def stand_ins_for(
    people: Iterable[str],
    votes_of: Callable[[str], DelegatedVotes | None],
    *,
    item: str,
    barred: Collection[str] = (),
    max_chain: int = 1,
) -> Delegations:
    """
    Return all delegations by which others may vote in the place of some *people*.

    Args:
        people: Who has a seat.
        votes_of: Returns what somebody has delegated; ``None`` for nothing.
        item: The key of the item whose order it is about.
        barred: Who stands in for nobody here, whatever the policy says: the requester.
        max_chain: How many delegations may follow each other.
    """
    found: list[Delegation] = []
    seen: dict[str, None] = {}
    ends = dict.fromkeys(people)
    for _ in range(max_chain):
        following: dict[str, None] = {}
        for person in ends:
            seen[person] = None
            votes = votes_of(person)
            for each in () if votes is None else votes.given:
                if not each.concerns(item) or each.delegate in barred or each.until <= each.start:
                    continue
                found.append(Delegation(person, each.delegate, each.start, each.until, stages=each.stages))
                following[each.delegate] = None
        ends = {person: None for person in following if person not in seen}
        if not ends:
            break
    return Delegations(found)


# -- circles -----------------------------------------------------------------------------------------------


@frozen
class _Way:
    """
    A way from one who delegates to another, and when and for what all of it holds.

    Args:
        people: Who is on it, in order.
        start: The first instant.
        end: The end; not included.
        items: The items; ``None`` is all.
        stages: The stages; ``None`` is all.
    """

    people: tuple[str, ...]
    start: datetime
    end: datetime
    items: frozenset[str] | None
    stages: frozenset[str] | None

    def further(self, delegation: VoteDelegation) -> "_Way | None":
        """Return it, led on to a delegate; ``None`` if it never holds so far."""
        start, end = max(self.start, delegation.start), min(self.end, delegation.until)
        items = _shared(self.items, delegation.items)
        stages = _shared(self.stages, delegation.stages)
        if end <= start or items == frozenset() or stages == frozenset():
            return None
        return _Way((*self.people, delegation.delegate), start, end, items, stages)

    def __str__(self) -> str:
        said = "" if self.items is None else f", for {', '.join(sorted(self.items))}"
        said += "" if self.stages is None else f", in stage {', '.join(sorted(self.stages))}"
        return f"{' → '.join(self.people)} from {self.start} to {self.end}{said}"


def _shared(some: frozenset[str] | None, others: tuple[str, ...]) -> frozenset[str] | None:
    if not others:
        return some
    return frozenset(others) if some is None else some.intersection(others)


def _circles(
    votes: DelegatedVotes, delegation: VoteDelegation, others: Iterable[DelegatedVotes]
) -> Iterator[str]:
    """Yield the first and shortest circle that a new delegation would close, if it would close one."""
    given: Mapping[str, tuple[VoteDelegation, ...]] = {each.id: each.given for each in others}
    begun = _Way((votes.id,), delegation.start, delegation.end, None, None).further(delegation)
    ways = [] if begun is None else [begun]
    seen: set[tuple[object, ...]] = set()
    while ways:
        longer: list[_Way] = []
        for way in ways:
            if way.people[-1] == votes.id:
                yield f"they would stand in for themselves by way of others: {way}; end one before"
                return
            here = (way.people[-1], way.start, way.end, way.items, way.stages)
            if here in seen:
                continue
            seen.add(here)
            found = (way.further(each) for each in given.get(way.people[-1], ()))
            longer += [each for each in found if each is not None]
        ways = longer
