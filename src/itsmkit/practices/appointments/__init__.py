"""
Appointments: when somebody has to be at a place for a ticket, and when that can be.

What is open, who is on shift, absent or booked are spans of time, and a slot is what is left of them: see
`free_slots`.
"""

from itsmkit.practices.appointments.appointment import (
    Appointment,
    AppointmentState,
    cancel_appointment,
    hold_appointment,
    move_appointment,
)
from itsmkit.practices.appointments.diary import Booking, Diary, release, reserve
from itsmkit.practices.appointments.slots import Availability, Slot, booking_problems, free_slots

__all__ = [
    "Appointment",
    "AppointmentState",
    "Availability",
    "Booking",
    "Diary",
    "Slot",
    "booking_problems",
    "cancel_appointment",
    "free_slots",
    "hold_appointment",
    "move_appointment",
    "release",
    "reserve",
]
