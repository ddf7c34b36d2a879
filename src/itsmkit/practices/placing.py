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
from itsmkit.tickets.structure import (
    Organisation,
    Person,
    ServiceOffering,
    Site,
    Structure,
    SupportGroup,
)

__all__ = ["placed", "placed_agreements", "structure_problems"]


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
    parts: Mapping[str, Iterable[SupportGroup | Organisation | Site | ServiceOffering]] = {
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
    agreements that nobody names. Which of several holds is decided as it always is.

    Of an agreement with ``local_hours``, the clocks count in the calendar of the place. A site without one
    takes that of its organisation, and of the agreement if that has none, by its own zone and holidays. Rules
    that the agreement brings itself come first among equally specific ones.

    Args:
        agreements: As they were declared.
        structure: Who names which of them.
        calendars: The calendars by their names; those that the structure names are among them.
    """
    scopes = _Scopes(structure)
    return tuple(
        evolve(
            agreement,
            scope=scopes.of(agreement.name, agreement.scope),
            calendars=(
                *agreement.calendars,
                *(_local_rules(agreement, structure, calendars) if agreement.local_hours else ()),
            ),
        )
        for agreement in agreements
    )


class _Scopes:
    """For whom agreements are."""

    def __init__(self, structure: Structure) -> None:
        self._sites = {each.id: each.agreements for each in structure.sites if each.agreements is not None}
        effective = {
            each.id: inherit(structure, organisation=each.id).agreements.value
            for each in structure.organisations
        }
        self._organisations = {key: names for key, names in effective.items() if names is not None}
        said = (*self._sites.values(), *self._organisations.values())
        self._named = {name for names in said for name in names}
        self._is_silent = not said

    def of(self, name: str, declared: Condition) -> Condition:
        """Return for whom the agreement of this *name* is, as far as it is for those of *declared*."""
        if self._is_silent:
            return declared
        elsewhere = _none_of("site", self._sites)
        ways = [
            *_among("site", (key for key, names in self._sites.items() if name in names)),
            *(
                all_of(*elsewhere, each)
                for each in _among(
                    "organisation", (key for key, names in self._organisations.items() if name in names)
                )
            ),
        ]
        if name not in self._named:
            ways.append(all_of(*elsewhere, *_none_of("organisation", self._organisations)))
        return all_of(declared, any_of(*ways))


def _among(fact: str, values: Iterable[str]) -> list[Condition]:
    several = (*values,)
    return [one_of(fact, *several)] if several else []


def _none_of(fact: str, values: Iterable[str]) -> list[Condition]:
    return [~each for each in _among(fact, values)]


def _local_rules(
    agreement: ServiceLevelAgreement, structure: Structure, calendars: Mapping[str, BusinessTime]
) -> Iterator[CalendarRule]:
    """Yield the rules by which the clocks of *agreement* count in the hours of the place."""
    usual = agreement.calendar
    by_organisation = {
        each.id: name
        for each in structure.organisations
        if (name := inherit(structure, organisation=each.id).calendar.value) is not None
    }
    for site in structure.sites:
        if site.calendar is not None:
            yield CalendarRule(calendars[site.calendar], equals("site", site.id))
            continue
        if site.organisation is None:
            if site.time_zone is None and site.holidays is None:
                continue  # as if there were no site
            for name in dict.fromkeys(by_organisation.values()):
                those = [key for key, other in by_organisation.items() if other == name]
                here = all_of(equals("site", site.id), one_of("organisation", *those))
                yield CalendarRule(_local(calendars[name], site), here)
            yield CalendarRule(_local(usual, site), equals("site", site.id))
            continue
        name = next((each.calendar for each in above(structure, site.organisation) if each.calendar), None)
        base = usual if name is None else calendars[name]
        yield CalendarRule(_local(base, site), equals("site", site.id))
    for name in dict.fromkeys(by_organisation.values()):
        those = [key for key, other in by_organisation.items() if other == name]
        yield CalendarRule(calendars[name], one_of("organisation", *those))


def _local(calendar: BusinessTime, site: Site) -> BusinessTime:
    """Return the hours of *calendar* by the clocks and holidays of *site*; composed hours as they are."""
    if not isinstance(calendar, BusinessCalendar) or (site.time_zone is None and site.holidays is None):
        return calendar
    holidays = calendar.holidays
    if site.holidays is not None:
        dates = () if holidays is None else holidays.dates
        holidays = HolidayCalendar.of(site.holidays, language=DEFAULT_LANGUAGE, dates=dates)
    return evolve(
        calendar,
        tz=site.time_zone or calendar.tz,
        holidays=holidays,
        name=f"{calendar.name or calendar.hours} at {site.id}",
    )
