"""What a desk asks its directory when a ticket is logged."""

from collections.abc import Mapping

from itsmkit.plugin import Directory
from itsmkit.practices import placed
from itsmkit.practices.inheritance import known
from itsmkit.tickets.structure import Person

__all__ = ["language_of_person", "organisation_of", "placed_by"]


def placed_by(directory: Directory, details: Mapping[str, object]) -> dict[str, object]:
    """
    Return the *details* of a new ticket with organisation and site filled in: see `placed`.

    Somebody whom the directory does not know may ask, too: then it fills in nothing.
    """

    def person(name: str) -> Person | None:
        found = details.get(name)
        return known(directory.person, found) if isinstance(found, str) else None

    return placed(
        details,
        requester=person("requester"),
        affected=person("affected_person"),
        site=lambda site: known(directory.site, site),
    )


def organisation_of(directory: Directory, person: str) -> str | None:
    """Return the organisation that somebody belongs to, if it is known."""
    found = known(directory.person, person)
    return None if found is None else found.organisation


def language_of_person(directory: Directory, person: str) -> str | None:
    """Return the language that somebody reads, theirs or that of their site, if it is known."""
    found = known(directory.person, person)
    if found is None:
        return None
    if found.language is not None:
        return found.language
    site = None if found.site is None else known(directory.site, found.site)
    return None if site is None else site.language
