"""A desk in twenty lines: log, assign, resolve, and ask what the clocks say."""

from datetime import UTC, datetime, timedelta

from itsmkit import Desk
from itsmkit.desk import ManualClock
from itsmkit.tickets import Actor

# A clock that is moved by hand, so that the example prints the same every time. `Desk()` alone reads
# the machine's clock.
clock = ManualClock(datetime(2026, 3, 2, 9, tzinfo=UTC))
desk = Desk(clock=clock).acting_as(Actor("ann"))

incident = desk.incidents.log("No network on floor 3", requester="bob", impact="high", urgency="medium")
print(incident.number, incident.priority, incident.state)

clock.advance(timedelta(minutes=40))
desk.tickets.assign(incident.id, support_group="network", assignee="carla")
desk.incidents.transition(incident.id, "start")
for reading in desk.tickets.clocks(incident.id).values():
    print(" ", reading.explain())

clock.advance(timedelta(hours=5))
print("checkpoints passed:", desk.run_due().passed)
solved = desk.incidents.transition(incident.id, "resolve", resolution="A switch was unplugged.")
print(solved.number, solved.state, "-", solved.resolution)
print(" ", desk.tickets.clocks(incident.id)["resolve"].explain())

for event in desk.tickets.history(incident.id):
    print(f"  {event.sequence}. {event.effective_at:%H:%M} {event.actor}: {event.name}")
