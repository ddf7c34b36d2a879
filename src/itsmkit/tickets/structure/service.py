"""Services, and how they are offered."""

from enum import StrEnum

from attrs import field, frozen

from itsmkit._checks import is_a, named
from itsmkit._frozen import as_tuple
from itsmkit._problems import shown
from itsmkit.errors import DefinitionError
from itsmkit.tickets.structure._fields import are_names, name_like_id, reference

__all__ = ["Criticality", "Service", "ServiceOffering"]


class Criticality(StrEnum):
    """How much the business depends on a service."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@frozen
class Service:
    """
    A service that the house provides.

    Args:
        id: What tickets name as the service.
        name: What people call it; by default, the id.
        owner: The id of the person who is accountable for it.
        criticality: How much the business depends on it.
        supported_by: The id of the support group that keeps it running.

    Raises:
        DefinitionError: If one of these is something else.

    Source:
        ITIL 4, practice "Service catalogue management".
    """

    id: str = field(validator=named)
    name: str = name_like_id()
    owner: str | None = reference()
    criticality: Criticality = field(default=Criticality.MEDIUM, kw_only=True)
    supported_by: str | None = reference()

    def __attrs_post_init__(self) -> None:
        if not is_a(self.criticality, Criticality):
            known = ", ".join(repr(each.value) for each in Criticality)
            problem = (
                f"Service.criticality must be a Criticality, one of {known}, not {shown(self.criticality)}"
            )
            raise DefinitionError(problem)


@frozen
class ServiceOffering:
    """
    A service as it is offered to some: for them, in these hours, with these promises.

    It is there for those whose catalogue names it, and for those of whom nobody names a catalogue.

    Args:
        id: What a catalogue names.
        service: The id of the service.
        name: What people call it; by default, the id.
        agreements: The names of the agreements that come with it: work for the service has these and no
            others. Without any, it has those of the place.
        calendar: The name of the calendar in which it is offered: the clocks of agreements with
            ``local_hours`` count in it.

    Raises:
        DefinitionError: If one of these is something else.
    """

    id: str = field(validator=named)
    service: str = field(validator=named)
    name: str = name_like_id()
    agreements: tuple[str, ...] = field(default=(), kw_only=True, converter=as_tuple, validator=are_names)
    calendar: str | None = reference()
