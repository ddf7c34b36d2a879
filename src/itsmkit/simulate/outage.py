"""The day of the month that everybody remembers."""

from datetime import datetime

from attrs import field, frozen

from itsmkit._checks import aware_instant

__all__ = ["Outage"]


@frozen
class Outage:
    """
    A service that failed a whole site.

    Args:
        site: Where.
        service: What failed.
        began_at: When it failed.
        restored_at: When it was back, and all incidents of it were resolved.
    """

    site: str
    service: str
    began_at: datetime = field(validator=aware_instant)
    restored_at: datetime = field(validator=aware_instant)
