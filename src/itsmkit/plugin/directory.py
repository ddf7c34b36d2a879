"""
What a desk asks of a directory: who is who, and who belongs where.

The people of most houses are kept elsewhere: by LDAP, an identity provider, the tables of the host. A desk
asks for them and changes nothing there. The contract is tested by
`itsmkit.testing.contracts.DirectoryContract`; the in-memory directory of `itsmkit.desk` is the reference.
"""

from collections.abc import Sequence
from typing import Protocol

from itsmkit.tickets.structure import Organisation, Person, Service, ServiceOffering, Site, SupportGroup

__all__ = ["Directory"]


class Directory(Protocol):
    """
    Where a desk looks up people and structure.

    It may be asked by several threads, and outside of any transaction of the store. What it does not find, it
    refuses with a `NotFoundError`; what it cannot ask, with an error of its own.
    """

    def person(self, person_id: str) -> Person:
        """Return a person by id. Raises `NotFoundError` if there is none."""

    def group(self, group_id: str) -> SupportGroup:
        """Return a support group by id. Raises `NotFoundError` if there is none."""

    def organisation(self, organisation_id: str) -> Organisation:
        """Return an organisation by id. Raises `NotFoundError` if there is none."""

    def site(self, site_id: str) -> Site:
        """Return a site by id. Raises `NotFoundError` if there is none."""

    def service(self, service_id: str) -> Service:
        """Return a service by id. Raises `NotFoundError` if there is none."""

    def offering(self, offering_id: str) -> ServiceOffering:
        """Return a service offering by id. Raises `NotFoundError` if there is none."""

    def groups_of(self, person_id: str) -> Sequence[SupportGroup]:
        """
        Return the support groups whose member a person is, in an order that stays.

        Raises:
            NotFoundError: If there is no such person.
        """

    def members_of(self, group_id: str) -> Sequence[Person]:
        """
        Return the members of a support group, in the order of its `SupportGroup.members`.

        Raises:
            NotFoundError: If there is no such group.
        """

    def organisations_above(self, organisation_id: str) -> Sequence[Organisation]:
        """
        Return an organisation and all of which it is a part, from it to the top.

        Raises:
            NotFoundError: If there is no such organisation.
        """

    def find_people(self, text: str, *, limit: int = 20) -> Sequence[Person]:
        """
        Return the people whose id, name or address contains *text*, whatever the case; by name.

        Those who have left are found, too: see `Person.is_active_at`.

        Args:
            text: The text; empty for all.
            limit: The most to return, at least 1.

        Raises:
            DefinitionError: If *text* is no text, or *limit* is less.
        """
