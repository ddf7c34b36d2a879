"""What holds for every kind of work, one of a desk's own included: a contract to be tested by."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from itsmkit._frozen import EMPTY
from itsmkit.conditions import equals
from itsmkit.desk import Desk, DeskConfig, ManualClock
from itsmkit.errors import NotFoundError, RefusedError
from itsmkit.plugin.documents import from_document, to_document
from itsmkit.practices import FieldsRefusedError, KindOfWork, Observation
from itsmkit.testing.builders import A_MONDAY, AN_AGENT
from itsmkit.tickets import Ticket, TicketLogged, replay
from itsmkit.workflow import TransitionRefusedError
from itsmkit.workflow.checks import errors_in

__all__ = ["KindContract"]


class KindContract:
    """
    What holds for a kind of work, whichever it is.

    A subclass whose name begins with ``Test`` says which kind; give it the configuration of the desk, the
    name of the kind, and what has to be told when a ticket is logged.

    Example:
        class TestLegalComplaints(KindContract):
            config = DeskConfig.load("desk.toml")
            kind_name = "legal_complaint"
            at_logging = {"court_file": "12 O 345/26"}
    """

    config: DeskConfig
    kind_name: str
    at_logging: Mapping[str, object] = EMPTY

    @pytest.fixture
    def desk(self) -> Desk:
        """Return a desk that has the kind."""
        return Desk(self.config, clock=ManualClock(A_MONDAY)).acting_as(AN_AGENT)

    @property
    def kind(self) -> KindOfWork[Any]:
        """The kind of work."""
        return self.config.kind(self.kind_name)

    def logged(self, desk: Desk, title: str = "Something") -> Ticket:
        """Return a ticket that was just logged."""
        ticket: Ticket = desk.work(self.kind_name).log(title, requester="bob", details=self.at_logging)
        return ticket

    def test_its_workflows_are_sound(self) -> None:
        for definition in self.kind.definitions:
            assert errors_in(definition) == ()

    def test_a_ticket_has_a_number_of_its_own_series(self, desk: Desk) -> None:
        first, second = self.logged(desk), self.logged(desk)
        assert [first.number, second.number] == [f"{self.kind.prefix}1", f"{self.kind.prefix}2"]
        assert first.kind == self.kind_name
        assert type(first) is self.kind.ticket_class
        assert first.state == self.kind.workflow_of(first).definition.initial
        assert desk.tickets.by_number(first.number) == first

    def test_a_ticket_is_what_its_events_make_of_it(self, desk: Desk) -> None:
        ticket = self.logged(desk)
        desk.tickets.comment(ticket.id, "seen")
        now = desk.tickets.prioritise(ticket.id, impact=self.kind.priorities.impacts[0], urgency="high")
        assert replay(desk.tickets.history(ticket.id), self.kind.ticket_class) == now
        assert desk.tickets.get(ticket.id) == now

    def test_a_ticket_has_a_document(self, desk: Desk) -> None:
        ticket = self.logged(desk)
        assert from_document(to_document(ticket)) == ticket

    def test_tickets_are_found_counted_and_told_by_kind(self, desk: Desk) -> None:
        ticket = self.logged(desk)
        assert desk.tickets.find(equals("kind", self.kind_name)).tickets == (ticket,)
        assert desk.report(self.kind_name).incidents == 1
        [figures] = desk.figures("kind")
        assert (figures.values, figures.tickets, figures.open) == ((self.kind_name,), 1, 1)

    def test_every_way_to_move_says_the_same(self, desk: Desk) -> None:
        """Every trigger from the first state: through the kind, and through tickets of all kinds."""
        ticket = self.logged(desk)
        workflow = self.kind.workflow_of(ticket)
        for way in workflow.available(ticket.state, ticket.facts()):
            found = [
                _outcome(desk, ticket, door, way.trigger)
                for door in (
                    lambda bound: bound.work(self.kind_name).transition,
                    lambda bound: bound.tickets.transition,
                )
            ]
            assert found[0] == found[1]
            if isinstance(found[0], tuple):
                missing, _ = found[0]
                assert set(way.missing) <= set(missing)
                assert ticket == desk.tickets.get(ticket.id)

    def test_what_must_be_there_is_asked_for_at_once(self, desk: Desk) -> None:
        fields = self.kind.fields
        needed = (
            set() if fields is None else set(fields.missing({"state_category": "new", **self.at_logging}))
        )
        assert needed == set(), f"at_logging lacks {', '.join(sorted(needed))}"
        if not self.at_logging:
            return
        with pytest.raises(FieldsRefusedError) as refused:
            desk.work(self.kind_name).log("Something")
        assert set(refused.value.missing) <= self.at_logging.keys()
        assert [*desk.tickets] == []

    def test_a_name_that_there_is_not_is_refused_on_every_way_in(self, desk: Desk) -> None:
        ticket, room = self.logged(desk), desk.work(self.kind_name)
        trigger = self.kind.workflow_of(ticket).available(ticket.state, EMPTY)[0].trigger
        ways: tuple[Callable[[], object], ...] = (
            lambda: room.log("Another", details={**self.at_logging, "no_such_field": 1}),
            lambda: desk.tickets.describe(ticket.id, no_such_field=1),
            lambda: room.transition(ticket.id, trigger, no_such_field=1),
            lambda: desk.tickets.transition(ticket.id, trigger, no_such_field=1),
        )
        if self.kind.fields is None:  # it takes any detail
            assert desk.tickets.describe(ticket.id, no_such_field=1).fact("no_such_field") == 1
            return
        for way in ways:
            with pytest.raises(RefusedError, match="there is no field 'no_such_field'"):
                way()
        assert [*desk.tickets] == [ticket]

    def test_what_another_system_has_is_taken_with_a_reason(self, desk: Desk) -> None:
        state = self.kind.workflow.definition.initial
        seen = Observation(state, details={**self.at_logging, "no_such_field": 1})
        ticket = desk.work(self.kind_name).take_over("OLD-1", seen, opened_at=A_MONDAY)
        assert ticket.fact("no_such_field") == 1
        [event] = desk.tickets.history(ticket.id)
        assert isinstance(event.fact, TicketLogged)
        assert [reason.partition(";")[0] for reason in event.fact.irregular] == (
            [] if self.kind.fields is None else ["there is no field 'no_such_field'"]
        )

    def test_the_fields_of_a_ticket_are_remembered_in_their_version(self, desk: Desk) -> None:
        ticket, fields = self.logged(desk), self.kind.fields
        assert ticket.fields_version == (None if fields is None else fields.version)

    def test_a_ticket_of_another_kind_is_not_found(self, desk: Desk) -> None:
        ticket = self.logged(desk)
        other = next(name for name in self.config.kinds if name != self.kind_name)
        with pytest.raises(NotFoundError):
            desk.work(other).transition(ticket.id, "start")


def _outcome(
    desk: Desk, ticket: Ticket, door: Callable[[Desk], Callable[..., Ticket]], trigger: str
) -> object:
    """Return where a move leads, in a batch that is undone; or what is missing, and all reasons."""
    try:
        with desk.batch() as batch:
            moved = door(batch)(ticket.id, trigger)
            raise _Undone(moved.state)
    except _Undone as undone:
        return undone.state
    except TransitionRefusedError as refusal:
        return refusal.missing, refusal.reasons


class _Undone(Exception):  # noqa: N818  # it is no error: it undoes a batch
    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state
