"""A plugin in ten lines: notifications go wherever you want them."""

from datetime import UTC, datetime, timedelta

from itsmkit import Desk
from itsmkit.desk import ManualClock
from itsmkit.plugin import DeliveryReceipt, Notification, hookimpl
from itsmkit.tickets import Actor


class Printer:
    """Prints what the desk has to say."""

    @hookimpl
    def itsmkit_deliver(self, notification: Notification) -> DeliveryReceipt:
        """Print the notification and say that it was delivered."""
        print(f"to {notification.recipient}: {notification.subject}")
        return DeliveryReceipt(notification.key, "printer")


clock = ManualClock(datetime(2026, 3, 2, 9, tzinfo=UTC))
desk = Desk(plugins=[Printer()], clock=clock).acting_as(Actor("ann"))
desk.incidents.log("Payroll is down", impact="high", urgency="high", support_group="applications")

clock.advance(timedelta(hours=5))  # its target is four hours, around the clock
desk.run_due()
print("delivered:", desk.deliver().delivered)
