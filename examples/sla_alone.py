"""Only the service-level engine: no desk, no ticket, no database."""

from datetime import datetime, timedelta

from itsmkit.sla import BusinessCalendar, BusinessDays, ClockEvent, Target, TimeOfDay, read_clock

# A due date in two lines: the hours of a place, and how much of them may pass.
office = BusinessCalendar.parse(
    "Mon-Thu 08:00-12:00,13:00-17:00; Fri 08:00-13:00", tz="Europe/Berlin", holidays="DE-NW"
)
opened = datetime(2026, 4, 1, 11, 30, tzinfo=office.tz)  # the Wednesday before Easter
due = office.advance(opened, timedelta(hours=16))
print("due:", due)

# Working days are another amount than hours.
end_of_day = BusinessDays(2, time_of_day=TimeOfDay.END_OF_WORKING_DAY)
print("due by the end of the second working day:", office.advance(opened, end_of_day))

# Why it is due then.
print("\nwhy:")
print(office.explain(opened, due))

# A clock is read from what happened, so that no pause is ever forgotten.
history = [
    ClockEvent(opened, "opened", "new"),
    ClockEvent(opened + timedelta(minutes=30), "state_changed", "pending"),
    ClockEvent(datetime(2026, 4, 7, 9, tzinfo=office.tz), "state_changed", "active"),
]
target = Target("resolve", timedelta(hours=16))
print()
print(read_clock(target, office, history, at=datetime(2026, 4, 7, 10, tzinfo=office.tz)).explain())
