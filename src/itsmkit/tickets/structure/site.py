"""Sites: where people work, by which clocks, and in which language."""

from attrs import field, frozen
from attrs.validators import optional

from itsmkit._checks import named
from itsmkit._problems import names_problems
from itsmkit.errors import DefinitionError
from itsmkit.tickets.structure._fields import language, name_like_id, reference, time_zone
from itsmkit.tickets.structure.organisation import given_names

__all__ = ["Site"]


@frozen
class Site:
    """
    A place where people work.

    What it does not say itself, holds for it as for its organisation: see `itsmkit.practices.inheritance`.

    Args:
        id: What tickets name as the site.
        name: What people call it; by default, the id.
        organisation: The id of the organisation whose site it is.
        time_zone: The name of its zone, such as ``"Europe/Berlin"``.
        calendar: The name of its calendar.
        language: The tag of the language that is spoken there, such as ``"de"``.
        holidays: The region whose holidays it keeps, by the codes of ISO 3166, such as ``"DE-BY"``.
        agreements: The names of its agreements: it has these, and no others.
        catalogue: The ids of the service offerings that may be ordered there.

    Raises:
        DefinitionError: If one of these is something else.
    """

    id: str = field(validator=named)
    name: str = name_like_id()
    organisation: str | None = reference()
    time_zone: str | None = time_zone()
    calendar: str | None = reference()
    language: str | None = language()
    holidays: str | None = field(default=None, kw_only=True, validator=optional(named))
    agreements: tuple[str, ...] | None = field(default=None, kw_only=True, converter=given_names)
    catalogue: tuple[str, ...] | None = field(default=None, kw_only=True, converter=given_names)

    def __attrs_post_init__(self) -> None:
        problems = [*names_problems("Site.agreements", self.agreements or ())]
        problems += names_problems("Site.catalogue", self.catalogue or ())
        if problems:
            raise DefinitionError(*problems)
