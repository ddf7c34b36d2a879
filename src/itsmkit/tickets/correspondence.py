"""
What is written on a ticket: messages that the requester reads, and notes that the requester never sees.

They are two classes without anything in common, so that nothing that shows the one takes the other by
mistake: a type checker refuses it.
"""

from attrs import frozen

__all__ = ["InternalNote", "PublicMessage"]


@frozen
class PublicMessage:
    """
    Somebody wrote for everybody who takes part, the requester among them.

    Args:
        text: The words.
    """

    text: str


@frozen
class InternalNote:
    """
    Somebody wrote for those who work on the ticket.

    Args:
        text: The words.
    """

    text: str
