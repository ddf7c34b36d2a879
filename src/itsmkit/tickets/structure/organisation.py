"""Organisations: customers, departments, suppliers."""

from attrs import field, frozen

from itsmkit._checks import named
from itsmkit._frozen import as_tuple
from itsmkit._problems import instance_problems, names_problems
from itsmkit.errors import DefinitionError
from itsmkit.tickets.structure._fields import name_like_id, reference

__all__ = ["Organisation", "given_names"]


def given_names(given: object) -> tuple[str, ...] | None:
    """Convert a field with names in which ``None``, nothing said, is another thing than none at all."""
    return None if given is None else as_tuple(given)  # type: ignore[arg-type]  # it refuses what is none


@frozen
class Organisation:
    """
    A customer, a part of the house, or a supplier.

    What it does not say itself, holds for it as for its parent: see `itsmkit.practices.inheritance`.

    Args:
        id: What tickets name as the organisation.
        name: What people call it; by default, the id.
        parent: The id of the organisation of which it is a part.
        calendar: The name of its calendar.
        agreements: The names of its agreements: it has these, and no others.
        catalogue: The ids of the service offerings that it may order.
        is_provider: Whether it does work of the desk, such as a supplier.

    Raises:
        DefinitionError: If one of these is something else.
    """

    id: str = field(validator=named)
    name: str = name_like_id()
    parent: str | None = reference()
    calendar: str | None = reference()
    agreements: tuple[str, ...] | None = field(default=None, kw_only=True, converter=given_names)
    catalogue: tuple[str, ...] | None = field(default=None, kw_only=True, converter=given_names)
    is_provider: bool = field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = [*instance_problems("Organisation.is_provider", self.is_provider, bool)]
        problems += names_problems("Organisation.agreements", self.agreements or ())
        problems += names_problems("Organisation.catalogue", self.catalogue or ())
        if problems:
            raise DefinitionError(*problems)
