"""
Reading service levels anew: what follows from the history of each open ticket, under rules that have changed.

The job is done in pages, each in a unit of work with the place that it has reached, so that it goes on where
it was left, whoever goes on with it. A ticket that others change meanwhile is read anew by that, or conflicts
and is read again; so nothing is lost whatever happens at the same time.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from hashlib import sha256
from typing import NamedTuple

from attrs import define, evolve, field, frozen

from itsmkit.conditions import Condition, one_of, to_mapping
from itsmkit.desk._commands import Runner
from itsmkit.desk._reading import Reader
from itsmkit.desk._turns import Turn
from itsmkit.desk.config import DeskConfig
from itsmkit.errors import ConflictError, NotFoundError
from itsmkit.plugin import Record, RecordEvent, TicketQuery, UnitOfWork
from itsmkit.plugin.paging import PageEnd, end_before, token_of
from itsmkit.sla._digests import terms_digest
from itsmkit.tickets import SYSTEM, TicketId

__all__ = ["OPEN", "RereadReport", "Rereader", "digest_of"]

OPEN: Condition = ~one_of("state_category", "closed", "cancelled")
"""The tickets that clocks and timers are kept for: those that are not over."""

_KIND, _ID = "desk-job", "service-levels"
_REACHED = "ServiceLevelsReread"
_DONE, _BEGIN, _FIRST = 0, 1, 2
"""The places of a job that is done, and of one that begins; and what is added to the place of a ticket."""


class _Page(NamedTuple):
    """
    Some tickets.

    Args:
        tickets: Their ids.
        following: The place behind them.
    """

    tickets: Sequence[TicketId]
    following: int


@frozen
class RereadReport:
    """
    What came of a round of reading service levels anew.

    Args:
        reread: How many tickets were read.
        changed: How many of them have other timers now, or another promise.
        is_done: Whether all open tickets of the desk stand under its present rules.
    """

    reread: int = 0
    changed: int = 0
    is_done: bool = True


def digest_of(runner: Runner) -> str:
    """Return a text that stands for all rules that clocks and timers follow from."""
    config = runner.config
    calendars = {name: each.content() for name, each in sorted(config.calendars.items())}
    parts: list[object] = [runner.fires, config.reporting_hours.content(), calendars]
    for agreement in config.agreements:
        counting = agreement.counting_calendars
        parts.append(to_mapping(agreement.when))
        parts += (to_mapping(rule.when) for rule in agreement.calendars)
        parts += (
            (to_mapping(promise.when), [terms_digest(promise.target, each) for each in counting])
            for promise in agreement.promises
        )
    parts += (
        (kind.name, state.name, timer.trigger, repr(timer.after), timer.calendar)
        for _, kind in sorted(config.kinds.items())
        for definition in kind.definitions
        for state in definition.states
        for timer in state.timers
    )
    parts += (
        (
            *(each.name, each.on.value, each.clock, each.checkpoint, each.at_least, each.calendar),
            to_mapping(each.when),
            [step.after for step in each.steps],
        )
        for each in config.escalation.ladders
    )
    return sha256("\n".join(map(repr, parts)).encode()).hexdigest()


@define(eq=False)
class Rereader:
    """
    Reads service levels anew.

    Args:
        runner: The desk's commands.
    """

    runner: Runner
    _told: tuple[DeskConfig, str] | None = field(default=None, init=False)

    @property
    def _rules(self) -> str:
        """The digest of the present rules, which may change while the desk runs."""
        config = self.runner.config
        if self._told is None or self._told[0] is not config:
            self._told = config, digest_of(self.runner)
        return self._told[1]

    def reread(self, limit: int, stop: Callable[[], bool], length: timedelta | None) -> RereadReport:
        """See `Desk.reread_agreements`."""
        runner, turn = self.runner, Turn(stop, self.runner.clock, length)
        read = changed = 0
        while (place := self._place()) is not None:
            if turn() or read >= limit:
                return RereadReport(read, changed, is_done=False)
            turn.use()
            page = self._page(place, limit - read)
            try:
                changed += runner.retried(partial(self._renew, page))
            except ConflictError:
                # Others are at work on these tickets; there will be another round.
                return RereadReport(read, changed, is_done=False)
            read += len(page.tickets)
        return RereadReport(read, changed, is_done=True)

    def _place(self) -> int | None:
        """Return the place that the job has reached; ``None`` if it is done."""
        found = self.runner.store.records(_KIND, limit=1)
        return self._place_in(found[0] if found else None)

    def _place_in(self, record: Record | None) -> int | None:
        if record is None or record.document["rules"] != self._rules:
            return _BEGIN
        place = record.document["place"]
        assert isinstance(place, int)  # noqa: S101  # it was written below
        return None if place == _DONE else place

    def _page(self, place: int, limit: int) -> _Page:
        """Return the tickets that come at a place."""
        query = TicketQuery(OPEN, (), min(limit, _AT_ONCE))
        if place != _BEGIN:
            query = evolve(query, after=token_of(query, PageEnd((), place - _FIRST)))
        # All tickets count, whoever may see them, and nothing of them is told.
        found = Reader(self.runner.store, "reread_agreements", SYSTEM, None).find(query)
        ids = [stored.ticket.id for stored in found.tickets]
        if found.next is None:
            return _Page(ids, _DONE)
        end = end_before(evolve(query, after=found.next))
        assert end is not None  # noqa: S101  # the query names it
        return _Page(ids, end.place + _FIRST)

    def _renew(self, page: _Page, unit: UnitOfWork) -> int:
        rules = self._rules  # asked first: what changes meanwhile is read anew
        changed = sum(self.runner.renew(unit, unit.ticket(each)) for each in page.tickets)
        try:
            version = unit.record_of(_KIND, _ID).version
        except NotFoundError:
            version = 0
        reached = {"rules": rules, "place": page.following}
        event = RecordEvent(_KIND, _ID, version + 1, self.runner.clock(), SYSTEM, _REACHED, reached)
        unit.save_record(Record(_KIND, _ID, version + 1, reached), [event], expected=version)
        return changed


_AT_ONCE = 50
"""How many tickets are read in one unit of work: few enough to conflict seldom."""
