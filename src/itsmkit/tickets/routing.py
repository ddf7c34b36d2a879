"""The fact that a ticket was routed."""

from datetime import datetime

from attrs import field, frozen

from itsmkit._checks import in_utc_if_any, named
from itsmkit._frozen import as_tuple

__all__ = ["RoutingRecorded"]


@frozen
class RoutingRecorded:
    """
    The desk decided who gets the ticket; that they have it now stands in the `Assigned` beside it.

    Args:
        rule: The name of the rule that decided.
        support_group: The group in which somebody was looked for.
        assignee: Who was chosen; ``None`` if nobody was.
        because: Why, for people.
        fallback: What was done since nobody could have it, such as ``"lead"``; ``None`` if somebody was
            chosen, or the rule leaves that to the group.
        needs: The names of the skills that they had to have.
        lacking: Those of *needs* that nobody in the group has at the level that is needed.
        retry_at: When it is tried again, if it is. Kept in UTC.
        advised_by: The plugin that advised something.
        advised_group: The group that it advised.
        advised_person: The person that it advised.
        confidence: How sure it was, 0 to 1.
        is_followed: Whether that was followed.
        advised_because: Why the plugin did so, in its words.
        chain: The rules of automation that have led to it, the first of them first; empty if none did.
    """

    rule: str = field(validator=named)
    support_group: str = field(validator=named)
    assignee: str | None = None
    because: str = ""
    fallback: str | None = None
    needs: tuple[str, ...] = field(default=(), converter=as_tuple)
    lacking: tuple[str, ...] = field(default=(), converter=as_tuple)
    retry_at: datetime | None = field(default=None, converter=in_utc_if_any)
    advised_by: str | None = None
    advised_group: str | None = None
    advised_person: str | None = None
    confidence: float | None = None
    is_followed: bool = False
    advised_because: str = ""
    chain: tuple[str, ...] = field(default=(), converter=as_tuple)
