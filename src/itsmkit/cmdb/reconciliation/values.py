"""What an attribute of an item is, who says so, and why nobody else is believed."""

from datetime import datetime
from reprlib import repr as shortened

from attrs import field, frozen

from itsmkit._frozen import as_tuple

__all__ = ["EffectiveValue", "RejectedValue"]


@frozen
class RejectedValue:
    """
    A value that does not hold.

    Args:
        value: The value.
        source: The source that says so.
        key: What the source knows the item by.
        seen_at: When the source last saw it, in UTC.
        because: Why it does not hold.
    """

    value: object
    source: str
    key: str
    seen_at: datetime
    because: str

    def __str__(self) -> str:
        return f"not {shortened(self.value)} of {self.source} {self.key!r}: {self.because}"


@frozen
class EffectiveValue:
    """
    A value that holds.

    Args:
        attribute: The attribute; ``"name"`` and ``"ci_class"`` are the name and the class of the item.
        value: Its value.
        source: The source that says so; ``None`` if it is locked, or no source says anything.
        key: What the source knows the item by, or ``None``.
        seen_at: When the source last saw it, in UTC, or ``None``.
        because: Why it holds.
        rejected: What else is said, the newest first.
    """

    attribute: str
    value: object
    source: str | None
    key: str | None
    seen_at: datetime | None
    because: str
    rejected: tuple[RejectedValue, ...] = field(default=(), converter=as_tuple)

    def __str__(self) -> str:
        of = "" if self.source is None else f" of {self.source} {self.key!r}"
        return f"{self.attribute} is {shortened(self.value)}{of}: {self.because}"
