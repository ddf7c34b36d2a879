"""What a portal offers, as the rules of a desk say it."""

from attrs import field, frozen

from itsmkit._frozen import as_tuple
from itsmkit._problems import instance_problems, name_problems, names_problems
from itsmkit.conditions import Condition, equals
from itsmkit.errors import DefinitionError

__all__ = ["PortalRules"]

_OUTAGE = equals("tag.outage", value=True)


@frozen(kw_only=True)
class PortalRules:
    """
    What a portal offers.

    Args:
        kinds: The kinds of work that can be submitted.
        outages: The tickets of which everybody is told by their titles, until they are done; none that is
            under a restriction is among them.
        sees_organisation: Whether people see the tickets of their colleagues, too.
        confirm: The move by which a requester confirms that it is solved.

    Raises:
        DefinitionError: With everything that is wrong.
    """

    kinds: tuple[str, ...] = field(
        default=("incident", "service_request", "question", "complaint"), converter=as_tuple
    )
    outages: Condition = _OUTAGE
    sees_organisation: bool = False
    confirm: str = "close"

    def __attrs_post_init__(self) -> None:
        problems = [
            *names_problems("kinds", self.kinds),
            *instance_problems("outages", self.outages, Condition),
            *instance_problems("sees_organisation", self.sees_organisation, bool),
            *name_problems("confirm", self.confirm, "the name of a move,"),
        ]
        if problems:
            raise DefinitionError(*problems)
