"""The directory that keeps everybody in this process."""

from itsmkit.tickets.structure import (
    Organisation,
    Person,
    Service,
    ServiceOffering,
    Site,
    Structure,
    SupportGroup,
)

__all__ = ["InMemoryDirectory"]


class InMemoryDirectory:
    """
    A directory of what a structure says. Keeps the contract of `itsmkit.plugin.Directory`.

    Args:
        structure: All people and structure. The attribute may be set to another one at any time: what was
            asked before that was answered by the one before.
    """

    def __init__(self, structure: Structure | None = None) -> None:
        self.structure = Structure() if structure is None else structure

    def person(self, person_id: str) -> Person:
        """See `Directory.person`."""
        return self.structure.person(person_id)

    def group(self, group_id: str) -> SupportGroup:
        """See `Directory.group`."""
        return self.structure.group(group_id)

    def organisation(self, organisation_id: str) -> Organisation:
        """See `Directory.organisation`."""
        return self.structure.organisation(organisation_id)

    def site(self, site_id: str) -> Site:
        """See `Directory.site`."""
        return self.structure.site(site_id)

    def service(self, service_id: str) -> Service:
        """See `Directory.service`."""
        return self.structure.service(service_id)

    def offering(self, offering_id: str) -> ServiceOffering:
        """See `Directory.offering`."""
        return self.structure.offering(offering_id)

    def groups_of(self, person_id: str) -> tuple[SupportGroup, ...]:
        """See `Directory.groups_of`."""
        return self.structure.groups_of(person_id)

    def members_of(self, group_id: str) -> tuple[Person, ...]:
        """See `Directory.members_of`."""
        return self.structure.members_of(group_id)

    def organisations_above(self, organisation_id: str) -> tuple[Organisation, ...]:
        """See `Directory.organisations_above`."""
        return self.structure.organisations_above(organisation_id)

    def find_people(self, text: str, *, limit: int = 20) -> tuple[Person, ...]:
        """See `Directory.find_people`."""
        return self.structure.find_people(text, limit=limit)
