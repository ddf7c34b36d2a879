"""The fact that a need is met, though the work may go on."""

from attrs import frozen

__all__ = ["NeedMet"]


@frozen
class NeedMet:
    """
    What the requester needed is there, if only by a workaround.

    Args:
        how: By what, in words.
    """

    how: str
