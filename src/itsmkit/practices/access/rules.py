"""
Who may see and do what, as data: roles, restrictions, and duties that one person must not have together.

A ticket is seen through a role that its viewer holds, if it is in a scope of what the role sees. What is
under a restriction is seen only by those whom the restriction names, whatever else they may see.
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cached_property

from attrs import field, frozen

from itsmkit._checks import is_a, member_of
from itsmkit._frozen import as_tuple
from itsmkit._problems import (
    close_to,
    distinct_problems,
    is_name,
    items_problems,
    name_problems,
    names_problems,
    shown,
    under,
)
from itsmkit.conditions import ALWAYS, NEVER, Condition, all_of, any_of, equals, one_of, simplified
from itsmkit.errors import DefinitionError
from itsmkit.practices.access.viewer import Viewer

__all__ = [
    "AccessRules",
    "ConflictingDuties",
    "INTERNAL_NOTES",
    "Permit",
    "Relation",
    "Restriction",
    "Role",
    "Scope",
]

INTERNAL_NOTES = "internal_notes"
"""What `Role.hides` calls all that was written for colleagues: notes, and files that are not public."""

ALWAYS_SHOWN = frozenset(
    {
        "id",
        "kind",
        "number",
        "version",
        "state",
        "state_category",
        "opened_at",
        "updated_at",
        "reassignments",
        "reopens",
        "details",
        "restricted_to",
    }
)
"""What cannot be hidden: without it, a ticket is none."""

_OPERATION = re.compile(r"[^\s:]([^:]*[^\s:])?(:[^\s:]([^:]*[^\s:])?)?")
_NUMBER_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


class Relation(StrEnum):
    """How somebody stands to a ticket."""

    REQUESTER = "requester"
    AFFECTED_PERSON = "affected_person"
    PARTICIPANT = "participant"
    ASSIGNEE = "assignee"
    OWNER = "owner"
    SUPPORT_GROUP = "support_group"
    """The work is with a group that they are in."""
    ORGANISATION = "organisation"
    """The requester is of their organisation."""

    def condition(self, viewer: Viewer) -> Condition:
        """Return the condition on a ticket that *viewer* stands so to it."""
        match self:
            case Relation.PARTICIPANT:
                return equals(f"participant.{viewer.person}", value=True)
            case Relation.SUPPORT_GROUP:
                return one_of("support_group", *viewer.groups) if viewer.groups else NEVER
            case Relation.ORGANISATION:
                return NEVER if viewer.organisation is None else equals("organisation", viewer.organisation)
            case _:
                return equals(self.value, viewer.person)


def _relations(given: Iterable[Relation | str]) -> tuple[Relation, ...]:
    return tuple(member_of(Relation, each, "a relation to a ticket") for each in as_tuple(given))


def _conditional(_scope: object, _attribute: object, when: object) -> None:
    if not is_a(when, Condition):
        problem = f"when must be a condition, not {shown(when)}; see itsmkit.conditions"
        raise DefinitionError(problem)


@frozen(kw_only=True)
class Scope:
    """
    Some tickets, which ones depends on who looks.

    Args:
        relations: How the viewer stands to them, one of these; empty if it does not matter.
        when: What holds for them besides. It may ask for facts of the viewer: see `Viewer.facts`.

    Raises:
        DefinitionError: If a relation is unknown, or *when* is no condition.
    """

    relations: tuple[Relation, ...] = field(default=(), converter=_relations)
    when: Condition = field(default=ALWAYS, validator=_conditional)

    def condition(self, viewer: Viewer) -> Condition:
        """Return the condition that a ticket is among them for *viewer*."""
        when = viewer.decided(self.when)
        if not self.relations:
            return when
        return simplified(all_of(any_of(*(each.condition(viewer) for each in self.relations)), when))


def _operations(given: str | Iterable[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else as_tuple(given)


def _patterns(_permit: object, _attribute: object, operations: tuple[object, ...]) -> None:
    problems = [
        f"operations[{index}]: must be a name such as 'tickets.comment', a pattern such as 'incidents.*', or "
        f"a move such as '*.transition:resolve', not {shown(each)}"
        for index, each in enumerate(operations)
        if not (isinstance(each, str) and _OPERATION.fullmatch(each))
    ]
    if not operations:
        problems.append("operations: names none; leave the permit out, or name what it permits")
    if problems:
        raise DefinitionError(*problems)


@frozen
class Permit(Scope):
    """
    What may be done, and on which tickets.

    Args:
        operations: Names of operations, with ``*`` for any text, as in ``"incidents.*"``. A move of a
            workflow is written ``"incidents.transition:resolve"``; without a trigger, all are meant.
        relations: As for `Scope`.
        when: As for `Scope`. For a new ticket it is asked about the ticket as it was logged.

    Raises:
        DefinitionError: If an operation is no such text, and as for `Scope`.
    """

    operations: tuple[str, ...] = field(converter=_operations, validator=_patterns, kw_only=False)

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        return re.compile("|".join(re.escape(each).replace(r"\*", ".*") for each in self.operations))

    def covers(self, operation: str) -> bool:
        """
        Tell whether it permits *operation*, on some ticket.

        >>> Permit("*.transition:resolve").covers("incidents.transition:resolve")
        True
        >>> Permit("incidents.transition").covers("incidents.transition:resolve")
        True
        >>> Permit("incidents.transition:resolve").covers("incidents.transition:close")
        False
        """
        matches = self._expression.fullmatch
        return bool(matches(operation) or (":" in operation and matches(operation.partition(":")[0])))


def _permits(given: Iterable[Permit | str]) -> tuple[Permit, ...]:
    return tuple(Permit(each) if isinstance(each, str) else each for each in as_tuple(given))


@frozen
class Role:
    """
    What somebody who holds it may see and do.

    Args:
        name: What it is called.
        sees: The tickets that may be seen, one scope or another; none by default.
        permits: What may be done, as far as the ticket can be seen; an operation may stand for a permit on
            all tickets.
        hides: Fields, details and kinds of facts, such as ``"WorkLogged"``, that it does not show; and
            `INTERNAL_NOTES`. What another role of the viewer shows of the same ticket is shown.
        groups: The groups whose members hold it.

    Raises:
        DefinitionError: With everything that is wrong.
    """

    name: str
    sees: tuple[Scope, ...] = field(default=(), converter=as_tuple, kw_only=True)
    permits: tuple[Permit, ...] = field(default=(), converter=_permits, kw_only=True)
    hides: tuple[str, ...] = field(default=(), converter=as_tuple, kw_only=True)
    groups: tuple[str, ...] = field(default=(), converter=as_tuple, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = [*name_problems("name", self.name)]
        problems += items_problems("sees", self.sees, Scope)
        problems += items_problems("permits", self.permits, Permit)
        problems += names_problems("hides", self.hides)
        problems += names_problems("groups", self.groups)
        problems += (
            f"hides: {each!r} cannot be hidden, as without it a ticket is none; "
            "let the role see no such tickets"
            for each in self.hides
            if each in ALWAYS_SHOWN
        )
        if problems:
            raise DefinitionError(*problems)


@frozen
class Restriction:
    """
    What keeps some tickets secret, such as those of security or of human resources.

    Args:
        name: What it is called: `Ticket.restricted_to` of its tickets.
        roles: The roles that see such tickets, as far as they see tickets at all.
        relations: Who sees a ticket of it, besides, by how they stand to it, as far as a role of theirs lets
            them; by default nobody, not even the requester.
        prefix: What stands before the numbers of its tickets, after the prefix of their kind; by default,
            the name in capitals. They are numbered in a series of their own, so that no gap tells of them.

    Raises:
        DefinitionError: With everything that is wrong.
    """

    name: str
    roles: tuple[str, ...] = field(default=(), converter=as_tuple, kw_only=True)
    relations: tuple[Relation, ...] = field(default=(), converter=_relations, kw_only=True)
    prefix: str = field(kw_only=True)

    @prefix.default
    def _in_capitals(self) -> str:
        return re.sub(r"[^A-Z0-9]+", "-", str(self.name).upper()).strip("-") + "-"

    def __attrs_post_init__(self) -> None:
        problems = [*name_problems("name", self.name), *names_problems("roles", self.roles)]
        if not _NUMBER_PREFIX.fullmatch(self.prefix):
            problems.append(
                "prefix: must begin with a letter, and go on with letters, digits, '-' and '_', such as "
                f"'SEC-', not {shown(self.prefix)}"
            )
        if not self.roles:
            problems.append("roles: nobody would see its tickets; name at least one role")
        if problems:
            raise DefinitionError(*problems)


@frozen
class ConflictingDuties:
    """
    Roles that nobody may hold together.

    Args:
        roles: Two or more.
        because: Why.

    Raises:
        DefinitionError: If there are fewer, one stands twice, or no reason is given.
    """

    roles: tuple[str, ...] = field(converter=as_tuple)
    because: str

    def __attrs_post_init__(self) -> None:
        problems = [*names_problems("roles", self.roles)]
        if len(self.roles) < 2:  # one alone conflicts with nothing
            problems.append("roles: names fewer than two, which conflict with nothing")
        if not is_name(self.because):
            problems.append(f"because: must say why, not {shown(self.because)}")
        if problems:
            raise DefinitionError(*problems)


@frozen
class AccessRules:
    """
    The rules of access of a desk.

    Args:
        roles: The roles, each of a name of its own.
        restrictions: The restrictions, likewise.
        default: The roles that everybody holds.
        separation: The duties that nobody may have together.

    Raises:
        DefinitionError: With everything that is wrong, such as a role that is not declared.

    >>> rules = AccessRules([Role("agent", sees=[Scope()], permits=["tickets.*"])])
    >>> rules.role("agent").permits[0].covers("tickets.comment")
    True
    """

    roles: tuple[Role, ...] = field(default=(), converter=as_tuple)
    restrictions: tuple[Restriction, ...] = field(default=(), converter=as_tuple, kw_only=True)
    default: tuple[str, ...] = field(default=(), converter=as_tuple, kw_only=True)
    separation: tuple[ConflictingDuties, ...] = field(default=(), converter=as_tuple, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = [
            problem
            for path, values, kind in (
                ("roles", self.roles, Role),
                ("restrictions", self.restrictions, Restriction),
                ("separation", self.separation, ConflictingDuties),
            )
            for problem in items_problems(path, values, kind)
        ]
        problems = problems or [*self._problems()]
        if problems:
            raise DefinitionError(*problems)

    def _problems(self) -> Iterable[str]:
        known = [role.name for role in self.roles]
        yield from distinct_problems("roles", known)
        yield from distinct_problems("restrictions", (each.name for each in self.restrictions))
        yield from distinct_problems(
            "the prefixes of restrictions", (each.prefix for each in self.restrictions)
        )
        yield from names_problems("default", self.default)
        named = [
            ("default", self.default),
            *((f"restrictions[{index}].roles", each.roles) for index, each in enumerate(self.restrictions)),
            *((f"separation[{index}].roles", each.roles) for index, each in enumerate(self.separation)),
        ]
        for path, names in named:
            for name in names:
                if name not in known:
                    yield under(path, f"unknown role {name!r}; {close_to(name, known)}")
        for index, duties in enumerate(self.separation):
            if set(duties.roles) <= set(self.default):
                yield f"separation[{index}]: everybody would hold {' and '.join(duties.roles)} by default"

    @cached_property
    def _by_name(self) -> Mapping[str, Role]:
        return {role.name: role for role in self.roles}

    def role(self, name: str) -> Role | None:
        """Return a role by its name, or ``None`` if none is declared: then it gives nobody anything."""
        return self._by_name.get(name)

    def restriction(self, name: str) -> Restriction | None:
        """Return a restriction by its name, or ``None`` if none is declared: then nobody sees its tickets."""
        return next((each for each in self.restrictions if each.name == name), None)

    def roles_permitted(self, operation: str) -> tuple[str, ...]:
        """Return the roles that are permitted *operation*, if only on some tickets."""
        return tuple(role.name for role in self.roles if any(each.covers(operation) for each in role.permits))
