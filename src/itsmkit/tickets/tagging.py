"""Facts of the words that people put on a ticket."""

from attrs import field, frozen

from itsmkit._frozen import as_tuple

__all__ = ["Tagged", "Untagged"]


@frozen
class Tagged:
    """
    Words were put on the ticket.

    Args:
        tags: Those that it had not got before.
    """

    tags: tuple[str, ...] = field(converter=as_tuple)


@frozen
class Untagged:
    """
    Words were taken off the ticket.

    Args:
        tags: Those that it had.
    """

    tags: tuple[str, ...] = field(converter=as_tuple)
