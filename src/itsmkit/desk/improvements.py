"""What can be asked of the register of continual improvement."""

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from hashlib import sha256

from attrs import frozen

from itsmkit._checks import member_of
from itsmkit.conditions import ALWAYS, equals
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._commands import Runner, acting
from itsmkit.desk._record_kind import RecordKind
from itsmkit.desk._shelf import Shelf
from itsmkit.desk._where import Where, condition
from itsmkit.plugin import TicketQuery, UnitOfWork
from itsmkit.plugin.queries import MAX_PAGE
from itsmkit.practices import COMPLAINT, Outcome
from itsmkit.practices.experience import CrossedTheme, crossed_themes
from itsmkit.practices.improvement import (
    Improvement,
    WhichWay,
    begin_improvement,
    close_improvement,
    drop_improvement,
    propose_improvement,
    remeasure_improvement,
)
from itsmkit.tickets import Actor

__all__ = ["ImprovementCommands"]

IMPROVEMENT = RecordKind("improvement", Improvement)

_COMPLAINTS = TicketQuery(equals("kind", COMPLAINT), (), MAX_PAGE)


@looking_at_arguments(but=("baseline", "measured", "better"))
@frozen
class ImprovementCommands:
    """
    What can be asked of the register of continual improvement; reached as ``desk.improvements``.

    Every command takes ``by`` and ``idempotency_key``, as those of tickets do, and returns the improvement
    after it.
    """

    _runner: Runner
    _actor: Actor | None

    # -- reads -----------------------------------------------------------------------------------

    def get(self, improvement_id: str) -> Improvement:
        """
        Return an improvement.

        Raises:
            NotFoundError: If there is none of this id.
        """
        self._runner.admit("improvements.get", self._actor)
        return Shelf(IMPROVEMENT, self._runner).get(improvement_id)

    def register(self, where: Where = ALWAYS) -> Iterator[Improvement]:
        """
        Go through the improvements for which a condition holds.

        Args:
            where: What holds for them: of their fields as they are written, such as
                ``'state = "under way"'``.
        """
        self._runner.admit("improvements.register", self._actor)
        return Shelf(IMPROVEMENT, self._runner).each(condition(where))

    def themes(self) -> tuple[CrossedTheme, ...]:
        """
        Return the themes of complaints that have crossed their threshold, with their evidence.

        Of the complaints that may be seen; by the thresholds of the desk: see `crossed_themes`.
        """
        return self._crossed(self._actor)

    # -- commands --------------------------------------------------------------------------------

    def propose(
        self, title: str, *, owner: str, by: Actor | None = None, idempotency_key: str | None = None
    ) -> Improvement:
        """
        Put something into the register.

        Args:
            title: What could be better, in a line.
            owner: Who answers for it.
            by: Who proposes it.
            idempotency_key: Chosen by who asks, to have it done once.
        """
        runner = self._asked("propose", by, idempotency_key, title, owner)
        return Shelf(IMPROVEMENT, runner).begin(
            lambda _unit: propose_improvement(runner.new_id(), title, owner, runner.clock())
        )

    def propose_from_themes(self, *, owner: str, by: Actor | None = None) -> tuple[Improvement, ...]:
        """
        Put each theme that has crossed its threshold into the register, with its evidence, once.

        It may be called as often as one likes, by whomever: what has crossed its threshold once is proposed
        once, and not again after it was dropped; and a theme that is being worked on is left alone.

        Args:
            owner: Who answers for what is put there.
            by: Who does it.

        Returns:
            What was put there now.
        """
        runner = self._asked("propose_from_themes", by, None, owner)
        shelf = Shelf(IMPROVEMENT, runner)
        crossed = self._crossed(acting(by, self._actor))
        known = {each.theme for each in shelf.each() if each.is_open}

        def work(unit: UnitOfWork) -> tuple[Improvement, ...]:
            proposed = [_of_theme(each, owner, runner.clock()) for each in crossed if each.theme not in known]
            return tuple(
                shelf.add(unit, each) for each in proposed if not shelf.was_there(unit, each.value.id)
            )

        return runner.retried(work)

    def begin(
        self,
        improvement_id: str,
        *,
        figure: str,
        better: WhichWay | str,
        baseline: Decimal,
        action: str,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Improvement:
        """
        Freeze the figure by which it will be judged, and begin: see `begin_improvement`.

        Args:
            improvement_id: What was proposed.
            figure: What is measured, by name.
            better: ``"up"`` or ``"down"``.
            baseline: What the figure is now.
            action: What is done.
            by: Who begins it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such improvement.
            RefusedError: If it was begun before, or something is missing.
        """
        way = member_of(WhichWay, better, "which way is better")
        runner = self._asked(
            "begin", by, idempotency_key, improvement_id, figure, way.value, baseline, action
        )
        return _changed(
            runner, improvement_id, lambda found: begin_improvement(found, figure, way, baseline, action)
        )

    def remeasure(
        self,
        improvement_id: str,
        measured: Decimal,
        *,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Improvement:
        """
        Measure its figure again.

        Args:
            improvement_id: What is under way.
            measured: What the figure is now.
            by: Who measures.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such improvement.
            RefusedError: If it is not under way.
        """
        runner = self._asked("remeasure", by, idempotency_key, improvement_id, measured)
        now = runner.clock()
        return _changed(runner, improvement_id, lambda found: remeasure_improvement(found, measured, now))

    def close(
        self,
        improvement_id: str,
        *,
        effective: bool,
        lesson: str,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Improvement:
        """
        Say what came of it: see `close_improvement`.

        Args:
            improvement_id: What is under way.
            effective: Whether it was worth it.
            lesson: What was learned.
            by: Who closes it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such improvement.
            RefusedError: If it is not under way; or it is to be effective, and its figure does not beat its
                baseline.
        """
        runner = self._asked("close", by, idempotency_key, improvement_id, effective, lesson)
        return _changed(
            runner, improvement_id, lambda found: close_improvement(found, effective=effective, lesson=lesson)
        )

    def drop(
        self,
        improvement_id: str,
        reason: str,
        *,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Improvement:
        """
        Give it up.

        Args:
            improvement_id: What was proposed, or is under way.
            reason: Why.
            by: Who drops it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such improvement.
            RefusedError: If it has ended, or no reason is said.
        """
        runner = self._asked("drop", by, idempotency_key, improvement_id, reason)
        return _changed(runner, improvement_id, lambda found: drop_improvement(found, reason))

    def _crossed(self, reader: Actor | None) -> tuple[CrossedTheme, ...]:
        found = self._runner.reader("improvements.themes", reader).pages(_COMPLAINTS)
        return crossed_themes((each.ticket for each in found), self._runner.config.themes)

    def _asked(self, verb: str, by: Actor | None, key: str | None, *arguments: object) -> Runner:
        return self._runner.asked(f"improvements.{verb}", acting(by, self._actor), key, *arguments)


def _changed(
    runner: Runner, improvement_id: str, decide: Callable[[Improvement], Outcome[Improvement]]
) -> Improvement:
    return Shelf(IMPROVEMENT, runner).change(improvement_id, lambda _unit, found: decide(found))


def _of_theme(crossed: CrossedTheme, owner: str, now: datetime) -> Outcome[Improvement]:
    key = f"{crossed.theme}|{crossed.since.isoformat()}"
    return propose_improvement(
        f"theme-{sha256(key.encode()).hexdigest()[:24]}",
        f"Complaints about {crossed.theme}",
        owner,
        now,
        theme=crossed.theme,
        evidence=crossed.evidence,
    )
