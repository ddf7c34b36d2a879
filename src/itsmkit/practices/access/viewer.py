"""Who looks at tickets, as far as it matters for what they may see and do."""

from collections.abc import Sequence
from typing import Protocol

from attrs import field, frozen

from itsmkit._checks import named
from itsmkit._frozen import as_tuple
from itsmkit.conditions import ALWAYS, Condition, fields_of, simplified
from itsmkit.errors import NotFoundError
from itsmkit.tickets import Actor

__all__ = ["GroupFacts", "HeldRole", "PeopleFacts", "PersonFacts", "Viewer", "viewer_of"]

_PREFIX = "viewer."


class PersonFacts(Protocol):
    """What access management asks of a person."""

    @property
    def organisation(self) -> str | None:
        """The organisation that the person belongs to."""

    @property
    def is_active(self) -> bool:
        """Whether the person is still there."""


class GroupFacts(Protocol):
    """What access management asks of a group."""

    @property
    def id(self) -> str:
        """The identifier of the group: what tickets call their support group."""


class PeopleFacts(Protocol):
    """What access management asks of a directory."""

    def person(self, person_id: str, /) -> PersonFacts:
        """Return a person. Raises `NotFoundError` if there is none of this id."""

    def groups_of(self, person_id: str, /) -> Sequence[str | GroupFacts]:
        """
        Return the groups that a person is in, or their identifiers.

        Raises:
            NotFoundError: If there is no such person, unless it returns none then.
        """


@frozen
class HeldRole:
    """
    A role that somebody holds for some tickets only.

    Args:
        role: The name of the role.
        scope: Which tickets.
    """

    role: str = field(validator=named)
    scope: Condition = ALWAYS


@frozen
class Viewer:
    """
    Somebody who looks at tickets, or acts on them.

    Args:
        person: Who it is.
        roles: The roles that they hold everywhere, by name.
        groups: The support groups that they are in.
        organisation: The organisation that they belong to.
        held: The roles that they hold for some tickets only.
        automated: Whether it is a program.
    """

    person: str = field(validator=named)
    roles: tuple[str, ...] = field(default=(), converter=as_tuple)
    groups: tuple[str, ...] = field(default=(), converter=as_tuple, kw_only=True)
    organisation: str | None = field(default=None, kw_only=True)
    held: tuple[HeldRole, ...] = field(default=(), converter=as_tuple, kw_only=True)
    automated: bool = field(default=False, kw_only=True)

    def facts(self) -> dict[str, object]:
        """Return what conditions may ask of the viewer: ``viewer.person``, ``viewer.group.network``."""
        facts: dict[str, object] = {
            "viewer.person": self.person,
            "viewer.automated": self.automated,
            "viewer.organisation": self.organisation,
        }
        facts.update((f"viewer.role.{role}", True) for role in self.roles)
        facts.update((f"viewer.group.{group}", True) for group in self.groups)
        return facts

    def decided(self, condition: Condition) -> Condition:
        """
        Return what is left of *condition* for this viewer: a condition on the facts of tickets alone.

        >>> from itsmkit.conditions import parse_condition
        >>> rule = parse_condition('viewer.organisation = "acme" and site = "Bonn"')
        >>> print(Viewer("ann", organisation="acme").decided(rule))
        site = "Bonn"
        >>> print(Viewer("eve").decided(rule))
        never
        """
        asked = [name for name in fields_of(condition) if name.startswith(_PREFIX)]
        if not asked:
            return simplified(condition)
        facts = self.facts()
        return simplified(condition, {name: facts.get(name) for name in asked})


def viewer_of(
    actor: Actor, people: PeopleFacts | None = None, held: tuple[HeldRole, ...] = ()
) -> Viewer | None:
    """
    Return the viewer that an actor is.

    Args:
        actor: Who acts, with the roles that the host gives them.
        people: Where groups and organisations are known; without it, there are none.
        held: The roles that were granted to them.

    Returns:
        ``None`` for somebody who has left: they are nobody's viewer any more, whatever the host says.
    """
    groups: tuple[str, ...] = ()
    organisation: str | None = None
    if people is not None:
        try:
            person = people.person(actor.id)
            groups = tuple(each if isinstance(each, str) else each.id for each in people.groups_of(actor.id))
        except NotFoundError:
            pass  # a program, or somebody whom only the host knows
        else:
            if not person.is_active:
                return None
            organisation = person.organisation
    everywhere = dict.fromkeys((*actor.roles, *(each.role for each in held if each.scope is ALWAYS)))
    return Viewer(
        actor.id,
        tuple(everywhere),
        groups=groups,
        organisation=organisation,
        held=tuple(each for each in held if each.scope is not ALWAYS),
        automated=actor.automated,
    )
