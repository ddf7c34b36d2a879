"""What can be asked of delegations: letting others vote in one's place, and ending that."""

from collections.abc import Iterable
from datetime import datetime

from attrs import evolve, frozen

from itsmkit._checks import utc
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._commands import Runner, acting
from itsmkit.desk._shelf import Shelf, Step
from itsmkit.desk._votes import DELEGATED_VOTES, LISTED, set_timer_of_votes, votes_of_all
from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.plugin import UnitOfWork
from itsmkit.practices.delegated_votes import (
    DELEGATORS,
    DelegatedVotes,
    Delegators,
    VoteDelegation,
    delegate_votes,
    with_delegator,
    withdraw_delegation,
)
from itsmkit.practices.inheritance import known
from itsmkit.tickets import Actor

__all__ = ["DelegationCommands"]


@looking_at_arguments()
@frozen
class DelegationCommands:
    """
    What can be asked of delegations; reached as ``desk.delegations``.

    Whoever is asked to approve orders may let another vote in their place for some time. That needs no
    permit, and concerns nothing but their own votes; for others, such as somebody who is ill, who has a
    permit to do so delegates and withdraws. It holds by its time alone: see `DelegatedVotes`.
    """

    _runner: Runner
    _actor: Actor | None

    # -- one's own -------------------------------------------------------------------------------

    def give(
        self,
        delegate: str,
        until: datetime,
        *,
        since: datetime | None = None,
        items: Iterable[str] = (),
        stages: Iterable[str] = (),
        reason: str = "",
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> DelegatedVotes:
        """
        Let another vote in the place of who acts, who keeps the right to vote.

        Args:
            delegate: Who stands in.
            until: The end; not included, aware.
            since: The first instant at which it holds, aware; by default, now.
            items: The keys of the catalogue items whose orders it is for; by default, all. They are not
                looked up.
            stages: The names of the stages of approval that it is for; by default, all.
            reason: Why.
            by: Whose votes they are.
            idempotency_key: Chosen by who asks, to have it done once.

        Returns:
            What they have delegated; the new one is the last.

        Raises:
            DefinitionError: If an instant is naive, the end is not after the start, or nobody knows who is to
                stand in.
            RefusedError: With every reason: see `itsmkit.practices.delegated_votes.delegate_votes`.
        """
        actor = acting(by, self._actor)
        items, stages = list(items), list(stages)
        runner = self._runner.asked(
            "delegations.give", actor, idempotency_key, delegate, until, since, items, stages, reason
        )
        return _given(
            runner, actor.id, delegate, until=until, since=since, items=items, stages=stages, reason=reason
        )

    def withdraw(
        self,
        delegation_id: str,
        *,
        reason: str = "",
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> DelegatedVotes:
        """
        End a delegation of who acts now, or keep it from beginning. What was voted under it stays.

        Args:
            delegation_id: The delegation.
            reason: Why.
            by: Whose votes they are.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If they have no such delegation.
            RefusedError: If it has ended.
        """
        actor = acting(by, self._actor)
        asked = (delegation_id, reason)
        runner = self._runner.asked("delegations.withdraw", actor, idempotency_key, *asked)
        return _withdrawn(runner, actor.id, *asked)

    def mine(self) -> DelegatedVotes:
        """Return what who looks has delegated; nothing for nobody in particular."""
        runner = self._runner
        if self._actor is None:
            return DelegatedVotes(id="nobody")
        with runner.store.begin() as unit:
            found = Shelf(DELEGATED_VOTES, runner).find(unit, self._actor.id)
        return found or DelegatedVotes(id=self._actor.id)

    def to_me(self) -> tuple[DelegatedVotes, ...]:
        """
        Return what others have delegated to who looks, as far as it has not ended: by the ids of those.

        Why somebody does, is not told.
        """
        runner = self._runner
        if self._actor is None:
            return ()
        person, now = self._actor.id, runner.clock()
        with runner.store.begin() as unit:
            all_of_them = votes_of_all(unit)
        theirs = (
            evolve(
                votes,
                given=tuple(
                    evolve(each, reason="")
                    for each in votes.given
                    if each.delegate == person and now < each.until
                ),
            )
            for votes in all_of_them
        )
        return tuple(each for each in theirs if each.given)

    # -- those of others -------------------------------------------------------------------------

    def give_for(
        self,
        delegator: str,
        delegate: str,
        until: datetime,
        *,
        since: datetime | None = None,
        items: Iterable[str] = (),
        stages: Iterable[str] = (),
        reason: str,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> DelegatedVotes:
        """
        Let somebody vote in the place of another, who cannot delegate it themselves.

        Args:
            delegator: Whose votes they are.
            delegate: Who stands in; it may not be who acts.
            until: As for `give`.
            since: As for `give`.
            items: As for `give`.
            stages: As for `give`.
            reason: Why.
            by: Who does it for them.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            AccessDeniedError: If it is not permitted.
            DefinitionError: As for `give`; or if *delegator* is nobody.
            RefusedError: As for `give`; or if no reason is said, or who acts would get the votes.
        """
        actor = acting(by, self._actor)
        items, stages = list(items), list(stages)
        asked = (delegator, delegate, until, since, items, stages, reason)
        runner = self._runner.asked("delegations.give_for", actor, idempotency_key, *asked)
        refusals = []
        if not reason.strip():
            refusals.append("say why in `reason`")
        if delegate == actor.id:
            refusals.append(f"{actor.id} cannot give themselves the votes of others; name another")
        if refusals:
            raise RefusedError(*(f"cannot delegate the votes of {delegator}: {each}" for each in refusals))
        return _given(
            runner, delegator, delegate, until=until, since=since, items=items, stages=stages, reason=reason
        )

    def withdraw_for(
        self,
        delegator: str,
        delegation_id: str,
        *,
        reason: str,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> DelegatedVotes:
        """
        End a delegation of somebody now, or keep it from beginning.

        Args:
            delegator: Whose votes they are.
            delegation_id: The delegation.
            reason: Why.
            by: Who does it for them.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            AccessDeniedError: If it is not permitted.
            NotFoundError: If they have no such delegation.
            RefusedError: If it has ended, or no reason is said.
        """
        actor = acting(by, self._actor)
        asked = (delegator, delegation_id, reason)
        runner = self._runner.asked("delegations.withdraw_for", actor, idempotency_key, *asked)
        if not reason.strip():
            refusal = f"cannot withdraw a delegation of {delegator}: say why in `reason`"
            raise RefusedError(refusal)
        return _withdrawn(runner, *asked)

    def of(self, person: str) -> DelegatedVotes:
        """
        Return what somebody has delegated.

        Args:
            person: The id of the person.
        """
        runner = self._runner
        runner.admit("delegations.of", self._actor)
        with runner.store.begin() as unit:
            return Shelf(DELEGATED_VOTES, runner).find(unit, person) or DelegatedVotes(id=person)

    def history(self, person: str) -> tuple[Step[DelegatedVotes], ...]:
        """
        Return all that has happened to the delegations of somebody, in order: who did what, when and why.

        Args:
            person: The id of the person.
        """
        runner = self._runner
        runner.admit("delegations.history", self._actor)
        with runner.store.begin() as unit:
            return Shelf(DELEGATED_VOTES, runner).history(unit, person)

    def erase(
        self, person: str, reason: str, *, by: Actor | None = None, idempotency_key: str | None = None
    ) -> DelegatedVotes:
        """
        Erase why somebody has delegated votes, and its history; who stood in, and when, stays.

        Args:
            person: The id of the person.
            reason: Why; it stays in the history.
            by: Who erases.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If they have never delegated anything.
            RefusedError: If no reason is said.
        """
        runner = self._runner.asked(
            "delegations.erase", acting(by, self._actor), idempotency_key, person, reason
        )
        return Shelf(DELEGATED_VOTES, runner).forget(person, reason, called="delegations of")


def _given(
    runner: Runner,
    delegator: str,
    delegate: str,
    *,
    until: datetime,
    since: datetime | None,
    items: list[str],
    stages: list[str],
    reason: str,
) -> DelegatedVotes:
    """Let *delegate* vote in the place of *delegator*, and have those told who are asked by that."""
    now = runner.clock()
    shelf, list_of_them = Shelf(DELEGATED_VOTES, runner), Shelf(LISTED, runner)
    done = runner.known(shelf.answer)
    if done is not None:
        return done
    # Outside of the transaction: the directory may be far away.
    _check_people(runner, delegator, delegate, now)
    delegation = VoteDelegation(
        id=runner.new_id(),
        delegate=delegate,
        start=now if since is None else utc(since, "since"),
        end=utc(until, "until"),
        items=items,
        stages=stages,
        reason=reason,
        given_by=runner.actor.id,
        given_at=now,
    )

    def work(unit: UnitOfWork) -> DelegatedVotes:
        # Read first and saved always: whoever delegates meanwhile conflicts, and looks for circles anew.
        delegators = list_of_them.find(unit, DELEGATORS)
        others = votes_of_all(unit)
        before = shelf.find(unit, delegator)
        outcome = delegate_votes(before or DelegatedVotes(id=delegator), delegation, others)
        listing = with_delegator(delegators or Delegators(), outcome.value, others, now)
        list_of_them.put(unit, delegators, listing)
        votes = shelf.put(unit, before, outcome)
        set_timer_of_votes(runner, unit, votes, is_now=delegation.holds_at(now))
        return votes

    return runner.answered(work, shelf.answer)


def _check_people(runner: Runner, delegator: str, delegate: str, now: datetime) -> None:
    """
    Refuse a stand-in of whom the directory tells that they have left, or nothing at all.

    Where it does not know the delegator either, it is another who knows them both.
    """
    directory = runner.directory
    found = known(directory.person, delegate)
    if found is not None and not found.is_active_at(now):
        refusal = f"cannot delegate the votes of {delegator}: {delegate} has left; name somebody else"
        raise RefusedError(refusal)
    if found is None and known(directory.person, delegator) is not None:
        problem = f"delegate: the directory knows no person {delegate!r}; name somebody whom it knows"
        raise DefinitionError(problem)


def _withdrawn(runner: Runner, delegator: str, delegation_id: str, reason: str) -> DelegatedVotes:
    """End a delegation of *delegator*, and have the orders looked at that it was for."""
    shelf = Shelf(DELEGATED_VOTES, runner)

    def work(unit: UnitOfWork) -> DelegatedVotes:
        before, now = shelf.of(unit, delegator), runner.clock()
        held = before.delegation(delegation_id).holds_at(now)
        outcome = withdraw_delegation(before, delegation_id, by=runner.actor.id, at=now, reason=reason)
        votes = shelf.save(unit, before, outcome)
        set_timer_of_votes(runner, unit, votes, is_now=held)
        return votes

    return runner.answered(work, shelf.answer)
