"""
What holds for a place: said there, or by the organisations above it, or by the desk.

Each level may say something, and what a nearer level says, replaces what one further away does. Two ways
lead up from a ticket, for two questions:

============================  ====================================================================
Asked for                     Looked for, the nearest first
============================  ====================================================================
agreements, catalogue         the site; the organisation of the ticket, and those above it; the desk
hours, zone, language         the site; the organisation of the site (that of the ticket, if the site
                              names none), and those above it; the desk
============================  ====================================================================

So what was agreed with a customer holds for its people wherever they are, and the hours are those of where
they are. That is our choice. What a structure does not know, such as a site called "third floor", says
nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, Protocol, TypeVar

from attrs import field, frozen

from itsmkit._frozen import as_tuple
from itsmkit.errors import NotFoundError
from itsmkit.tickets.structure import Organisation, ServiceOffering, Site, Structure

__all__ = ["Inheritance", "Inherited", "Level", "Places", "inherit", "offerings_at"]

T = TypeVar("T")
Found = TypeVar("Found")
Key = TypeVar("Key", bound=str)


class Places(Protocol):
    """Who knows sites and organisations: a structure, or a directory."""

    def site(self, site_id: str, /) -> Site:
        """Return a site by id. Raises `NotFoundError` if there is none."""

    def organisations_above(self, organisation_id: str, /) -> Sequence[Organisation]:
        """Return an organisation and those above it. Raises `NotFoundError` if there is no such one."""


@frozen
class Level(Generic[T]):
    """
    One level that was asked.

    Args:
        name: What it is, such as ``"site essen"`` or ``"the desk"``.
        value: What it says; ``None`` if it says nothing.
        is_chosen: Whether that is what holds.
    """

    name: str
    value: T | None
    is_chosen: bool

    def explain(self) -> str:
        """Return the level as a line of text."""
        if self.value is None:
            return f"{self.name}: says nothing"
        return f"{self.name}: {_told(self.value)}{', which holds' if self.is_chosen else ''}"


@frozen
class Inherited(Generic[T]):
    """
    What holds, and why.

    Args:
        value: What holds; ``None`` if no level says anything.
        because: Every level, the nearest first.
    """

    value: T | None
    because: tuple[Level[T], ...] = field(converter=as_tuple)

    def explain(self) -> str:
        """Return what holds and the reasons as text, one to a line."""
        head = "nobody says anything" if self.value is None else _told(self.value)
        return "\n".join([head, *(f"- {level.explain()}" for level in self.because)])


@frozen
class Inheritance:
    """
    All that holds for a place.

    Args:
        calendar: The name of its calendar.
        agreements: The names of its agreements; ``None`` if no level names any, and those hold for it that
            no level names.
        catalogue: The ids of the service offerings that may be ordered; ``None`` for all.
        time_zone: The name of its zone.
        language: The tag of its language.
        holidays: The region whose holidays it keeps.
    """

    calendar: Inherited[str]
    agreements: Inherited[tuple[str, ...]]
    catalogue: Inherited[tuple[str, ...]]
    time_zone: Inherited[str]
    language: Inherited[str]
    holidays: Inherited[str]

    def explain(self) -> str:
        """Return all of it as text, one reason to a line."""
        told = (
            ("calendar", self.calendar),
            ("agreements", self.agreements),
            ("catalogue", self.catalogue),
            ("time zone", self.time_zone),
            ("language", self.language),
            ("holidays", self.holidays),
        )
        return "\n".join(f"{name}: {inherited.explain()}" for name, inherited in told)


def inherit(
    structure: Places,
    *,
    organisation: str | None = None,
    site: str | None = None,
    calendar: str | None = None,
) -> Inheritance:
    """
    Return what holds for work of *organisation* at *site*.

    It is what the structure says as it is given: for another time, give it as it was then, such as that of
    an older version of a desk's configuration.

    Args:
        structure: All sites and organisations.
        organisation: The id of the organisation, as a ticket has it.
        site: The id of the site, as a ticket has it.
        calendar: The name of the calendar that holds where nobody says otherwise.

    >>> structure = Structure(
    ...     organisations=[Organisation("bau", calendar="office", agreements=["Gold"])],
    ...     sites=[Site("essen", organisation="bau", calendar="plant"), Site("bonn", organisation="bau")],
    ... )
    >>> print(inherit(structure, organisation="bau", site="bonn").calendar.explain())
    office
    - site bonn: says nothing
    - organisation bau: office, which holds
    - the desk: says nothing
    >>> inherit(structure, organisation="bau", site="essen").calendar.value
    'plant'
    """
    place = known(structure.site, site)
    sites = () if place is None else (place,)
    agreed = above(structure, organisation)
    around = above(structure, place.organisation if place and place.organisation else organisation)
    return Inheritance(
        calendar=_nearest(sites, around, lambda each: each.calendar, calendar),
        agreements=_nearest(sites, agreed, lambda each: each.agreements),
        catalogue=_nearest(sites, agreed, lambda each: each.catalogue),
        time_zone=_nearest(sites, (), lambda each: each.time_zone if isinstance(each, Site) else None),
        language=_nearest(sites, (), lambda each: each.language if isinstance(each, Site) else None),
        holidays=_nearest(sites, (), lambda each: each.holidays if isinstance(each, Site) else None),
    )


def offerings_at(
    structure: Structure, service: str, *, organisation: str | None = None, site: str | None = None
) -> tuple[ServiceOffering, ...]:
    """
    Return how a service is offered at a place: by the offerings of its catalogue, or all if nobody names one.

    Args:
        structure: All people and structure.
        service: The id of the service.
        organisation: The id of the organisation, as a ticket has it.
        site: The id of the site, as a ticket has it.
    """
    catalogue = inherit(structure, organisation=organisation, site=site).catalogue.value
    return tuple(
        each
        for each in structure.offerings
        if each.service == service and (catalogue is None or each.id in catalogue)
    )


def known(find: Callable[[Key], Found], key: Key | None) -> Found | None:
    """Return what *find* finds, or ``None`` if there is no such thing."""
    if key is None:
        return None
    try:
        return find(key)
    except NotFoundError:
        return None


def above(structure: Places, organisation: str | None) -> tuple[Organisation, ...]:
    """Return an organisation and those above it; nothing for one that the structure does not know."""
    return tuple(known(structure.organisations_above, organisation) or ())


def _nearest(
    sites: Sequence[Site],
    organisations: Sequence[Organisation],
    said_by: Callable[[Site | Organisation], T | None],
    by_the_desk: T | None = None,
) -> Inherited[T]:
    said = [*_said(sites, organisations, said_by), ("the desk", by_the_desk)]
    chosen = next((place for place, (_, value) in enumerate(said) if value is not None), None)
    return Inherited(
        None if chosen is None else said[chosen][1],
        tuple(Level(name, value, place == chosen) for place, (name, value) in enumerate(said)),
    )


def _said(
    sites: Sequence[Site],
    organisations: Sequence[Organisation],
    said_by: Callable[[Site | Organisation], T | None],
) -> Iterator[tuple[str, T | None]]:
    for site in sites:
        yield f"site {site.id}", said_by(site)
    for organisation in organisations:
        yield f"organisation {organisation.id}", said_by(organisation)


def _told(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return str(value)
