"""A desk on the store."""

from itsmkit.desk import Desk, DeskConfig, InMemoryNotifier, ManualClock
from itsmkit.plugin import Store
from itsmkit.practices import Incident
from itsmkit.sla import Verdict
from itsmkit.testing.builders import A_MONDAY, AN_AGENT
from itsmkit.testing.contracts.steps import HOUR
from itsmkit.tickets import CheckpointPassed, replay

__all__ = ["DeskContract"]


class DeskContract:
    """A desk works on it."""

    def test_a_desk_works_on_it(self, store: Store) -> None:
        clock = ManualClock(A_MONDAY)
        notifier = InMemoryNotifier()
        desk = Desk(DeskConfig.standard(), store=store, plugins=[notifier], clock=clock).acting_as(AN_AGENT)
        incident = desk.incidents.log("No network", impact="high", urgency="high", support_group="Network")
        clock.advance(3 * HOUR)
        desk.run_due()
        desk.incidents.transition(incident.id, "assign")
        resolved = desk.incidents.transition(incident.id, "resolve", resolution="plugged it in")
        desk.deliver()
        passed = [e.fact for e in desk.feed() if isinstance(e.fact, CheckpointPassed)]
        resolve = [fact.checkpoint for fact in passed if fact.clock == "resolve"]
        assert resolve == ["50%", "75%"]
        assert len(notifier.delivered) == sum(len(fact.notified) for fact in passed)
        assert desk.tickets.by_number(incident.number) == resolved
        assert replay(desk.tickets.history(incident.id), Incident) == resolved
        assert desk.tickets.clocks(incident.id)["resolve"].verdict is Verdict.MET
        closing = desk.next_due()
        assert closing is not None
        clock.set(closing)
        assert desk.run_due().fired == 1
        assert (desk.tickets.get(incident.id).state, desk.next_due()) == ("Closed", None)
