"""A notifier that keeps what it delivers."""

from itsmkit.plugin import DeliveryReceipt, Notification, hookimpl

__all__ = ["InMemoryNotifier"]


class InMemoryNotifier:
    """
    A notifier that keeps what it delivers: the fake that is real.

    As a plugin it takes every notification.
    """

    def __init__(self) -> None:
        self._delivered: dict[str, Notification] = {}

    @property
    def delivered(self) -> list[Notification]:
        """Return what was delivered so far, in that order."""
        return list(self._delivered.values())

    @hookimpl
    def itsmkit_deliver(self, notification: Notification) -> DeliveryReceipt:
        """Keep the notification; one that comes again is kept once."""
        self._delivered.setdefault(notification.key, notification)
        return DeliveryReceipt(notification.key, "memory")
