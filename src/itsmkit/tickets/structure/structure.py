"""All people and all structure of a desk together, checked as a whole."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, TypeVar

from attrs import field, frozen

from itsmkit._checks import is_a
from itsmkit._frozen import as_tuple
from itsmkit._problems import close_to, instance_problems, items_problems
from itsmkit.errors import DefinitionError, NotFoundError
from itsmkit.tickets.structure.organisation import Organisation
from itsmkit.tickets.structure.person import Person
from itsmkit.tickets.structure.service import Service, ServiceOffering
from itsmkit.tickets.structure.site import Site
from itsmkit.tickets.structure.support_group import SupportGroup

__all__ = ["Structure"]

T = TypeVar("T")

_CLASSES: Mapping[str, type] = {
    "people": Person,
    "groups": SupportGroup,
    "organisations": Organisation,
    "sites": Site,
    "services": Service,
    "offerings": ServiceOffering,
}
"""What stands in which part."""

_KINDS: Mapping[str, str] = {
    "people": "person",
    "groups": "support group",
    "organisations": "organisation",
    "sites": "site",
    "services": "service",
    "offerings": "service offering",
}
"""What one of each part is called."""

_REFERENCES: tuple[tuple[str, str, str], ...] = (
    ("people", "organisation", "organisations"),
    ("people", "site", "sites"),
    ("people", "manager", "people"),
    ("groups", "members", "people"),
    ("groups", "lead", "people"),
    ("groups", "organisation", "organisations"),
    ("organisations", "parent", "organisations"),
    ("organisations", "catalogue", "offerings"),
    ("sites", "organisation", "organisations"),
    ("sites", "catalogue", "offerings"),
    ("services", "owner", "people"),
    ("services", "supported_by", "groups"),
    ("offerings", "service", "services"),
)
"""Which field of which part names what of which part."""

_UPWARDS = (("people", "manager"), ("organisations", "parent"))
"""The references that lead up, and so never round."""


@frozen
class Structure:
    """
    All people and all structure of a desk.

    Args:
        people: Whom the desk knows.
        groups: Who works together.
        organisations: Customers, parts of the house, suppliers.
        sites: Where people work.
        services: What the house provides.
        offerings: How it is offered.

    Raises:
        DefinitionError: With every problem and its path: an id or an address of mail that stands twice, a
            reference to nothing, managers or parents that go round in a circle.

    >>> Structure(people=[Person("ann", manager="bob"), Person("bod")])
    Traceback (most recent call last):
        ...
    itsmkit.errors.DefinitionError: people[0].manager: unknown person 'bob'; did you mean 'bod'?
    """

    people: tuple[Person, ...] = field(default=(), kw_only=True, converter=as_tuple)
    groups: tuple[SupportGroup, ...] = field(default=(), kw_only=True, converter=as_tuple)
    organisations: tuple[Organisation, ...] = field(default=(), kw_only=True, converter=as_tuple)
    sites: tuple[Site, ...] = field(default=(), kw_only=True, converter=as_tuple)
    services: tuple[Service, ...] = field(default=(), kw_only=True, converter=as_tuple)
    offerings: tuple[ServiceOffering, ...] = field(default=(), kw_only=True, converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        problems = [
            problem
            for part, kind in _CLASSES.items()
            for problem in items_problems(part, getattr(self, part), kind)
        ]
        problems = problems or [*self._doubles(), *self._dangling(), *self._circles()]
        if problems:
            raise DefinitionError(*problems)

    # -- what there is ---------------------------------------------------------------------------

    def person(self, person_id: str) -> Person:
        """Return a person by id. Raises `NotFoundError` if there is none."""
        return self._found("people", Person, person_id)

    def group(self, group_id: str) -> SupportGroup:
        """Return a support group by id. Raises `NotFoundError` if there is none."""
        return self._found("groups", SupportGroup, group_id)

    def organisation(self, organisation_id: str) -> Organisation:
        """Return an organisation by id. Raises `NotFoundError` if there is none."""
        return self._found("organisations", Organisation, organisation_id)

    def site(self, site_id: str) -> Site:
        """Return a site by id. Raises `NotFoundError` if there is none."""
        return self._found("sites", Site, site_id)

    def service(self, service_id: str) -> Service:
        """Return a service by id. Raises `NotFoundError` if there is none."""
        return self._found("services", Service, service_id)

    def offering(self, offering_id: str) -> ServiceOffering:
        """Return a service offering by id. Raises `NotFoundError` if there is none."""
        return self._found("offerings", ServiceOffering, offering_id)

    # -- how it hangs together -------------------------------------------------------------------

    def groups_of(self, person_id: str) -> tuple[SupportGroup, ...]:
        """Return the support groups of a person, in order. Raises `NotFoundError` if there is no such one."""
        self.person(person_id)
        return self._groups_of.get(person_id, ())

    def members_of(self, group_id: str) -> tuple[Person, ...]:
        """Return the members of a support group, in its order. Raises `NotFoundError` if there is none."""
        return tuple(map(self.person, self.group(group_id).members))

    def organisations_above(self, organisation_id: str) -> tuple[Organisation, ...]:
        """
        Return an organisation and all of which it is a part, from it to the top.

        Raises:
            NotFoundError: If there is no such organisation.
        """
        chain = [self.organisation(organisation_id)]
        while (parent := chain[-1].parent) is not None:
            chain.append(self.organisation(parent))
        return tuple(chain)

    def find_people(self, text: str, *, limit: int = 20) -> tuple[Person, ...]:
        """
        Return the people whose id, name or address contains *text*, whatever the case; by name.

        Args:
            text: The text; empty for all.
            limit: The most to return, at least 1.

        Raises:
            DefinitionError: If *text* is no text, or *limit* is less.
        """
        problems = [*instance_problems("text", text, str)]
        if not is_a(limit, int) or limit < 1:
            problems.append(f"limit must be at least 1, not {limit!r}")
        if problems:
            raise DefinitionError(*problems)
        wanted = text.casefold()
        found = (person for words, person in self._by_name if any(wanted in word for word in words))
        return tuple(person for person, _ in zip(found, range(limit), strict=False))

    @cached_property
    def _known(self) -> dict[str, dict[str, Any]]:
        return {part: {each.id: each for each in getattr(self, part)} for part in _CLASSES}

    def _found(self, part: str, _kind: type[T], key: str) -> T:
        found: T | None = self._known[part].get(key) if is_a(key, str) else None
        if found is None:
            raise NotFoundError(_KINDS[part], key)
        return found

    @cached_property
    def _groups_of(self) -> dict[str, tuple[SupportGroup, ...]]:
        found: dict[str, list[SupportGroup]] = {}
        for group in self.groups:
            for member in group.members:
                found.setdefault(member, []).append(group)
        return {person: tuple(groups) for person, groups in found.items()}

    @cached_property
    def _by_name(self) -> list[tuple[tuple[str, ...], Person]]:
        ordered = sorted(self.people, key=lambda person: (person.name.casefold(), person.id))
        return [
            (tuple(word.casefold() for word in (each.id, each.name, each.email or "")), each)
            for each in ordered
        ]

    # -- what is wrong ---------------------------------------------------------------------------

    def _doubles(self) -> Iterator[str]:
        for part in _CLASSES:
            yield from _doubles(part, "id", ((each.id, each.id) for each in getattr(self, part)))
        yield from _doubles(
            "people", "email", ((each.email, each.email and each.email.casefold()) for each in self.people)
        )

    def _dangling(self) -> Iterator[str]:
        for part, name, other in _REFERENCES:
            known = self._known[other]
            for index, each in enumerate(getattr(self, part)):
                value = getattr(each, name)
                several = isinstance(value, tuple)
                for place, key in enumerate(value if several else (value,)):
                    if key is not None and key not in known:
                        path = f"{part}[{index}].{name}" + (f"[{place}]" if several else "")
                        yield f"{path}: unknown {_KINDS[other]} {key!r}; {close_to(key, known)}"

    def _circles(self) -> Iterator[str]:
        for part, name in _UPWARDS:
            places = {each.id: index for index, each in enumerate(getattr(self, part))}
            above = {each.id: getattr(each, name) for each in getattr(self, part)}
            for circle in _circles(above):
                way = " -> ".join([*circle, circle[0]])
                yield (
                    f"{part}[{places[circle[0]]}].{name}: {way} goes round in a circle; "
                    "take one of them out of it"
                )


def _doubles(part: str, name: str, values: Iterable[tuple[str | None, str | None]]) -> Iterator[str]:
    first: dict[str, int] = {}
    for index, (told, key) in enumerate(values):
        if key is None:
            continue
        if key in first:
            yield f"{part}[{index}].{name}: {told!r} is that of {part}[{first[key]}] already"
        else:
            first[key] = index


def _circles(above: Mapping[str, str | None]) -> Iterator[list[str]]:
    """Go through the circles of what leads from each name to one other at most, each once."""
    seen: set[str] = set()
    for start in above:
        way: dict[str, None] = {}
        at: str | None = start
        while at is not None and at in above and at not in seen:
            seen.add(at)
            way[at] = None
            at = above[at]
        if at in way:
            names = list(way)
            yield names[names.index(at) :]
