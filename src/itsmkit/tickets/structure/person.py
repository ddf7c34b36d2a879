"""People, whether they work for the house or are its customers."""

from datetime import datetime
from enum import StrEnum

from attrs import field, frozen
from attrs.validators import optional

from itsmkit._checks import aware_instant, in_utc_if_any, is_a, named
from itsmkit._frozen import as_tuple
from itsmkit._problems import items_problems, shown
from itsmkit.errors import DefinitionError
from itsmkit.tickets.structure._fields import are_names, language, name_like_id, reference, time_zone
from itsmkit.tickets.structure.skill import Skill

__all__ = ["Person", "PersonKind"]


class PersonKind(StrEnum):
    """How somebody belongs to the house."""

    INTERNAL = "internal"
    """An employee, or whoever counts as one."""

    EXTERNAL = "external"
    """A customer, or somebody of a supplier."""


@frozen
class Person:
    """
    Somebody whom a desk knows.

    Args:
        id: The identifier that the host gives its users; that of the `Actor` when the person acts.
        name: What others call the person; by default, the id.
        email: The address of mail.
        kind: Whether the person is of the house.
        organisation: The id of the organisation that the person belongs to.
        site: The id of the site where the person works.
        language: The tag of the language to write in, such as ``"de"``; left out, that of the site.
        time_zone: The name of the zone to tell times in; left out, that of the site.
        manager: The id of the person that this one reports to.
        joined_at: From when on the person is there; left out, always.
        left_at: Until when the person is there; left out, still.
        skills: What the person can do, each in a word of the house, such as ``"hearing aids"``: at level 1,
            and for good.
        calendar: The name of the calendar in which the person works; left out, that of their support groups.
        qualifications: What the person can do at a level, or for a time. Where several are of one name, or a
            word of *skills* is, the highest that is valid counts.

    Raises:
        DefinitionError: If one of these is something else, or the person left before joining.
    """

    id: str = field(validator=named)
    name: str = name_like_id()
    email: str | None = field(default=None, kw_only=True)
    kind: PersonKind = field(default=PersonKind.INTERNAL, kw_only=True)
    organisation: str | None = reference()
    site: str | None = reference()
    language: str | None = language()
    time_zone: str | None = time_zone()
    manager: str | None = reference()
    joined_at: datetime | None = field(
        default=None, kw_only=True, converter=in_utc_if_any, validator=optional(aware_instant)
    )
    left_at: datetime | None = field(
        default=None, kw_only=True, converter=in_utc_if_any, validator=optional(aware_instant)
    )
    skills: tuple[str, ...] = field(default=(), kw_only=True, converter=as_tuple, validator=are_names)
    calendar: str | None = reference()
    qualifications: tuple[Skill, ...] = field(default=(), kw_only=True, converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        problems = [*items_problems("Person.qualifications", self.qualifications, Skill)]
        if self.email is not None and not _is_address(self.email):
            problems.append(
                f"Person.email must be an address such as ann@example.org, not {shown(self.email)}"
            )
        if not is_a(self.kind, PersonKind):
            known = ", ".join(repr(each.value) for each in PersonKind)
            problems.append(f"Person.kind must be a PersonKind, one of {known}, not {shown(self.kind)}")
        if self.joined_at is not None and self.left_at is not None and self.left_at < self.joined_at:
            problems.append(
                f"Person.left_at: {self.id} left at {self.left_at.isoformat()}, before joining at "
                f"{self.joined_at.isoformat()}"
            )
        if problems:
            raise DefinitionError(*problems)

    def is_active_at(self, instant: datetime) -> bool:
        """Tell whether the person was there at *instant*: had joined, and not left yet."""
        return (self.joined_at is None or self.joined_at <= instant) and (
            self.left_at is None or instant < self.left_at
        )

    def level_of(self, skill: str, instant: datetime) -> int:
        """
        Return how well the person can do something at *instant*; 0 if not at all, or not any more.

        >>> from datetime import UTC
        >>> ann = Person("ann", skills=["printers"], qualifications=[Skill("network", 3)])
        >>> ann.level_of("network", datetime(2026, 3, 2, tzinfo=UTC))
        3
        """
        level = 1 if skill in self.skills else 0
        for each in self.qualifications:
            if each.name == skill and each.level > level and each.is_valid_at(instant):
                level = each.level
        return level

    def skills_at(self, instant: datetime) -> dict[str, int]:
        """Return what the person can do at *instant*, with the level of each."""
        names = dict.fromkeys([*self.skills, *(each.name for each in self.qualifications)])
        levels = {name: self.level_of(name, instant) for name in names}
        return {name: level for name, level in levels.items() if level}


def _is_address(value: object) -> bool:
    # What is an address is told by sending to it; this keeps out what cannot be one.
    if not isinstance(value, str) or not value.isprintable() or any(map(str.isspace, value)):
        return False
    local, at, domain = value.rpartition("@")
    return bool(local and at and domain)
