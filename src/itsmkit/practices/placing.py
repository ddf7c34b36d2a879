"""
Work and its place: who asks from where is filled in, and agreements hold for those who have them.

What `inherit` tells of one place is written here as conditions on tickets, so that agreements are chosen, and
clocks are read, as they always are.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from attrs import evolve

from itsmkit._problems import close_to
from itsmkit.calendars import BusinessCalendar, BusinessTime, HolidayCalendar
from itsmkit.calendars.holiday_calendar import DEFAULT_LANGUAGE
from itsmkit.conditions import Condition, all_of, any_of, equals, one_of
from itsmkit.errors import DefinitionError
from itsmkit.practices.inheritance import above, inherit
from itsmkit.sla import CalendarRule, ServiceLevelAgreement
from itsmkit.tickets.structure import Organisation, Person, ServiceOffering, Site, Structure, SupportGroup

__all__ = ["hours_of_site", "placed", "placed_agreements", "structure_problems"]


def placed(
    details: Mapping[str, object],
    *,
    requester: Person | None,
    affected: Person | None = None,
    site: Callable[[str], Site | None],
) -> dict[str, object]:
    """
    Return the *details* of a new ticket with organisation and site filled in, as far as nobody has said them.

    The organisation is that of the requester, or that of the site; the site is where the person works who
    has the need. A ticket keeps them, whatever becomes of the person.

    Args:
        details: What was said of the ticket.
        requester: Who asks, if that is known.
        affected: Who has the need, if that is another one.
        site: Finds a site by its id.
    """
    found = dict(details)
    if found.get("site") is None:
        found["site"] = (affected and affected.site) or (requester and requester.site)
    if found.get("organisation") is None:
        organisation = None if requester is None else requester.organisation
        where = found["site"]
        if organisation is None and isinstance(where, str):
            known = site(where)
            organisation = None if known is None else known.organisation
        found["organisation"] = organisation
    return found


def structure_problems(
    structure: Structure, *, calendars: Iterable[str], agreements: Iterable[str]
) -> Iterator[str]:
    """List the calendars, agreements and regions of holidays that *structure* names and nobody knows."""
    calendars, agreements = tuple(calendars), tuple(agreements)
    parts: Mapping[str, Iterable[Person | SupportGroup | Organisation | Site | ServiceOffering]] = {
        "people": structure.people,
        "groups": structure.groups,
        "organisations": structure.organisations,
        "sites": structure.sites,
        "offerings": structure.offerings,
    }
    for part, values in parts.items():
        for index, each in enumerate(values):
            path = f"{part}[{index}]"
            if each.calendar is not None and each.calendar not in calendars:
                close = close_to(each.calendar, calendars)
                yield f"{path}.calendar: unknown calendar {each.calendar!r}; {close}"
            for place, name in enumerate(getattr(each, "agreements", None) or ()):
                if name not in agreements:
                    close = close_to(name, agreements)
                    yield f"{path}.agreements[{place}]: unknown agreement {name!r}; {close}"
    for index, site in enumerate(structure.sites):
        if site.holidays is not None:
            try:
                HolidayCalendar.of(site.holidays, language=DEFAULT_LANGUAGE)
            except DefinitionError as error:
                yield from (f"sites[{index}].holidays: {problem}" for problem in error.problems)


def placed_agreements(
    agreements: Iterable[ServiceLevelAgreement],
    structure: Structure,
    calendars: Mapping[str, BusinessTime],
) -> tuple[ServiceLevelAgreement, ...]:
    """
    Return *agreements*, each for those who have it, and in their hours if it says so.

    Whoever names agreements, has these and no others; so has all below that names none. All others have the
    agreements that nobody names. Which of several holds is decided as it always is. Nearest of all is how a
    service is offered: work for it has the agreements of its offerings at that place, see `offerings_at`, if
    these name any, and no others.

    Of an agreement with ``local_hours``, the clocks count in the calendar of the place. A site without one
    takes that of its organisation, and of the agreement if that has none, by its own zone and holidays. What
    is offered in a calendar of its own, counts in that. Rules that the agreement brings itself come first
    among equally specific ones.

    Args:
        agreements: As they were declared.
        structure: Who names which of them.
        calendars: The calendars by their names; those that the structure names are among them.
    """
    offered = _offered(structure)
    scopes, hours = _Scopes(structure, offered), _Hours(structure, offered, calendars)
    return tuple(
        evolve(
            agreement,
            scope=scopes.of(agreement.name, agreement.scope),
            calendars=(
                *agreement.calendars,
                *(hours.rules(agreement.calendar) if agreement.local_hours else ()),
            ),
        )
        for agreement in agreements
    )


class _Said:
    """
    What sites and organisations say of something, as conditions on tickets.

    Args:
        structure: The sites and organisations.
        said_by: What one of them says; ``None`` if it says nothing, so that those above it are asked.
    """

    def __init__(
        self, structure: Structure, said_by: Callable[[Site | Organisation], tuple[str, ...] | None]
    ) -> None:
        self._sites = {each.id: said for each in structure.sites if (said := said_by(each)) is not None}
        self._organisations: dict[str, tuple[str, ...]] = {}
        for each in structure.organisations:
            upwards = (said_by(one) for one in above(structure, each.id))
            nearest = next((names for names in upwards if names is not None), None)
            if nearest is not None:
                self._organisations[each.id] = nearest
        self._at_no_site = _none_of("site", self._sites)
        every = (*self._sites.values(), *self._organisations.values())
        self.names = frozenset(name for names in every for name in names)
        self.is_nothing = not every

    def naming(self, name: str) -> list[Condition]:
        """Return the ways to be at a place for which *name* is said."""
        organisations = (key for key, names in self._organisations.items() if name in names)
        return [
            *_among("site", (key for key, names in self._sites.items() if name in names)),
            *(all_of(*self._at_no_site, each) for each in _among("organisation", organisations)),
        ]

    @property
    def silent(self) -> Condition:
        """To be at a place for which nothing is said."""
        return all_of(*self._at_no_site, *_none_of("organisation", self._organisations))


def _offered(structure: Structure) -> Mapping[ServiceOffering, Condition]:
    """Return the offerings, each with what is true of work for a service that is offered so."""
    catalogues = _Said(structure, lambda place: place.catalogue)
    return {
        each: equals("service", each.service) & any_of(*catalogues.naming(each.id), catalogues.silent)
        for each in structure.offerings
    }


class _Scopes:
    """For whom agreements are."""

    def __init__(self, structure: Structure, offered: Mapping[ServiceOffering, Condition]) -> None:
        self._places = _Said(structure, lambda place: place.agreements)
        self._offered = {each: way for each, way in offered.items() if each.agreements}
        self._named = self._places.names.union(*(each.agreements for each in self._offered))
        self._otherwise = [~way for way in self._offered.values()]

    def of(self, name: str, declared: Condition) -> Condition:
        """Return for whom the agreement of this *name* is, as far as it is for those of *declared*."""
        if self._places.is_nothing and not self._offered:
            return declared
        ways = self._places.naming(name)
        if name not in self._named:
            ways.append(self._places.silent)
        by_offering = (way for each, way in self._offered.items() if name in each.agreements)
        return all_of(declared, any_of(*by_offering, all_of(*self._otherwise, any_of(*ways))))


def _among(fact: str, values: Iterable[str]) -> list[Condition]:
    several = (*values,)
    return [one_of(fact, *several)] if several else []


def _none_of(fact: str, values: Iterable[str]) -> list[Condition]:
    return [~each for each in _among(fact, values)]


class _Hours:
    """The hours of places: which calendar counts for which offerings, sites and organisations."""

    def __init__(
        self,
        structure: Structure,
        offered: Mapping[ServiceOffering, Condition],
        calendars: Mapping[str, BusinessTime],
    ) -> None:
        self._calendars = calendars
        self._offered = [
            CalendarRule(calendars[each.calendar], way)
            for each, way in offered.items()
            if each.calendar is not None
        ]
        # By the name of the calendar, or None for that of the agreement; by zone; by holidays.
        self._sites: dict[tuple[str | None, str | None, str | None], list[str]] = {}
        self._of_nobody: dict[tuple[str | None, str | None], list[str]] = {}
        self._organisations: dict[str, list[str]] = {}
        self._known: dict[int, tuple[BusinessTime, tuple[CalendarRule, ...]]] = {}
        own = {
            each.id: inherit(structure, organisation=each.id).calendar.value
            for each in structure.organisations
        }
        for organisation, name in own.items():
            if name is not None:
                self._organisations.setdefault(name, []).append(organisation)
        for site in structure.sites:
            clocks = site.time_zone, site.holidays
            if site.calendar is not None:
                self._sites.setdefault((site.calendar, None, None), []).append(site.id)
            elif site.organisation is not None:
                self._sites.setdefault((own[site.organisation], *clocks), []).append(site.id)
            elif clocks != (None, None):
                self._sites.setdefault((None, *clocks), []).append(site.id)
                self._of_nobody.setdefault(clocks, []).append(site.id)

    def rules(self, usual: BusinessTime) -> tuple[CalendarRule, ...]:
        """Return the rules by which clocks that count in *usual* count in the hours of the place."""
        # Many agreements have few calendars. To compare these takes longer than to recognise them.
        known = self._known.get(id(usual))
        if known is None:
            known = self._known[id(usual)] = usual, tuple(self._rules(usual))
        return known[1]

    def _rules(self, usual: BusinessTime) -> Iterator[CalendarRule]:
        yield from self._offered
        for (name, time_zone, holidays), sites in self._sites.items():
            calendar = usual if name is None else self._calendars[name]
            yield CalendarRule(_local(calendar, time_zone, holidays), one_of("site", *sites))
        for name, organisations in self._organisations.items():
            those = one_of("organisation", *organisations)
            for clocks, sites in self._of_nobody.items():
                calendar = _local(self._calendars[name], *clocks)
                yield CalendarRule(calendar, all_of(one_of("site", *sites), those))
            yield CalendarRule(self._calendars[name], those)


def hours_of_site(
    site: Site | None,
    organisations: Iterable[Organisation],
    calendars: Mapping[str, BusinessTime],
    otherwise: BusinessTime,
) -> BusinessTime:
    """
    Return the hours of a place.

    A site without a calendar takes that of its organisation, and else that of the desk, by its own zone and
    holidays.

    Args:
        site: The site; ``None`` for one that is not known.
        organisations: The organisation of the site and those above it, the nearest first.
        calendars: The calendars of the desk by their names. One that is missing says nothing.
        otherwise: What holds where nobody says anything.
    """
    if site is None:
        return otherwise
    own = None if site.calendar is None else calendars.get(site.calendar)
    if own is not None:
        return own
    named = (calendars.get(each.calendar) for each in organisations if each.calendar is not None)
    calendar = next((each for each in named if each is not None), otherwise)
    return _local(calendar, site.time_zone, site.holidays)


def _local(calendar: BusinessTime, time_zone: str | None, holidays: str | None) -> BusinessTime:
    """Return the hours of *calendar* by other clocks and holidays; composed hours as they are."""
    if not isinstance(calendar, BusinessCalendar) or (time_zone is None and holidays is None):
        return calendar
    closed = calendar.holidays
    if holidays is not None:
        dates = () if closed is None else closed.dates
        closed = HolidayCalendar.of(holidays, language=DEFAULT_LANGUAGE, dates=dates)
    where = ", ".join(each for each in (time_zone, holidays) if each is not None)
    name = f"{calendar.name or calendar.hours}, {where}"
    return evolve(calendar, tz=time_zone or calendar.tz, holidays=closed, name=name)
