"""What a desk tells people, and what came of it."""

from attrs import field, frozen

from itsmkit._checks import named

__all__ = ["DeliveryReceipt", "Notification"]


@frozen
class Notification:
    """
    One message to one recipient, most often about one ticket.

    Args:
        key: Stable and unique: a repeated attempt carries the same key, so that a receiver can drop it.
        recipient: A role, group or person, as the desk's policy names them.
        subject: One line.
        body: Plain text.
        ticket_id: The ticket that it is about; what begins with ``digest:`` is about several; the
            `itsmkit.plugin.integrity.record_name` of a record of another kind is about that.
        channel: The channel asked for, or ``None`` for whichever plugin takes it.
        language: The tag of the language that *subject* and *body* are in, as mail and HTML name it; ``None``
            if it is not known.
    """

    key: str = field(validator=named)
    recipient: str = field(validator=named)
    subject: str
    body: str
    ticket_id: str
    channel: str | None = None
    language: str | None = None

    @property
    def line(self) -> tuple[str, str]:
        """Whose queue it stands in: what one recipient is told of one ticket is delivered in order."""
        return self.ticket_id, self.recipient


@frozen
class DeliveryReceipt:
    """
    Proof that a plugin handed a notification over.

    Args:
        key: The key of the notification.
        delivered_by: The name of the channel or service that took it.
        reference: What that service calls the message, if it says.
    """

    key: str
    delivered_by: str = field(validator=named)
    reference: str | None = None
