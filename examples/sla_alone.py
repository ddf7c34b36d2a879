"""Only the service-level engine: no desk, no ticket, no database."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from itsmkit.sla import BusinessCalendar, ClockEvent, Target, read_clock

berlin = ZoneInfo("Europe/Berlin")
office = BusinessCalendar("Mon-Thu 08:00-12:00,13:00-17:00; Fri 08:00-13:00", berlin)

opened = datetime(2026, 3, 27, 11, 30, tzinfo=berlin)  # the Friday before the clocks change
print("due:", office.advance(opened, timedelta(hours=8)))

history = [
    ClockEvent(opened, "opened", "new"),
    ClockEvent(opened + timedelta(minutes=30), "state_changed", "pending"),
    ClockEvent(datetime(2026, 3, 30, 9, tzinfo=berlin), "state_changed", "active"),
]
target = Target("resolve", timedelta(hours=8))
print(read_clock(target, office, history, at=datetime(2026, 3, 30, 10, tzinfo=berlin)).explain())
