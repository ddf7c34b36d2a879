"""The fact that the impact of a ticket follows from the configuration."""

from attrs import field, frozen

from itsmkit._checks import named
from itsmkit._figures import plural
from itsmkit._frozen import as_tuple

__all__ = ["ImpactDerived"]


@frozen
class ImpactDerived:
    """
    The impact of the ticket was derived from what its item takes down.

    Args:
        impact: The level of the desk's matrix that follows.
        item: What was taken to have failed: the ticket's configuration item or service, by its id.
        service: The id of the service that decided, or of another item that matters to the business; ``None``
            if none did, so that the least impact follows.
        level: The level to which the failure takes that.
        criticality: How much the business depends on it, as the configuration or the directory says.
        users: How many people are affected, if that decided.
        path: The ids of what passes the failure on, from *item* to *service*.
        given: The impact that somebody gave by hand, which holds in its place; ``None`` if nobody did.
    """

    impact: str = field(validator=named)
    item: str = field(validator=named)
    service: str | None = None
    level: str | None = None
    criticality: str | None = None
    users: int | None = None
    path: tuple[str, ...] = field(default=(), converter=as_tuple)
    given: str | None = None

    def __str__(self) -> str:
        """Return it as a sentence, without a full stop."""
        told = f"impact {self.impact}: {self._why()}"
        if self.given is None:
            return told
        derived = told.removeprefix("impact ")
        return f"impact {self.given} as given by hand; the configuration gives {derived}"

    def _why(self) -> str:
        if self.service is None:
            return f"nothing that {self.item} takes down says otherwise"
        critical = "" if self.criticality is None else f" of criticality {self.criticality}"
        way = "" if len(self.path) < 2 else f" by {' → '.join(self.path)}"
        reason = f"{self.service}{critical} is {self.level}{way}"
        return reason if self.users is None else f"{plural(self.users, 'user')} affected, as {reason}"
