"""Duties that are to be separate: who has them together, and what of it does not count."""

from collections.abc import Iterable, Mapping

from attrs import field, frozen

from itsmkit._checks import named
from itsmkit._frozen import as_tuple
from itsmkit.practices.access.grants import duty_conflicts
from itsmkit.practices.access.rules import AccessRules
from itsmkit.practices.access.viewer import HeldRole

__all__ = ["DutyConflict", "conflicts_of", "kept_apart"]


@frozen
class DutyConflict:
    """
    That one person has duties together that are to be separate.

    Args:
        person: Who.
        roles: The roles, in the order of the rule.
        origins: Where each of them comes from, in this order.
        because: Why they are to be separate.
    """

    person: str = field(validator=named)
    roles: tuple[str, ...] = field(converter=as_tuple)
    origins: tuple[str, ...] = field(converter=as_tuple)
    because: str

    def __str__(self) -> str:
        """Return it as a sentence, without a full stop."""
        held = " and ".join(
            f"{role!r} ({origin})" for role, origin in zip(self.roles, self.origins, strict=True)
        )
        return f"{self.person} has {held}: {self.because}"


def conflicts_of(rules: AccessRules, person: str, origins: Mapping[str, str]) -> tuple[DutyConflict, ...]:
    """
    Return the duties that *person* has together, in the order of the rules.

    Args:
        rules: The rules of the desk.
        person: Who.
        origins: The roles that they have, each with where it comes from.

    >>> from itsmkit.practices.access.rules import ConflictingDuties, Role
    >>> rules = AccessRules(
    ...     [Role("buyer"), Role("payer")],
    ...     separation=[ConflictingDuties(["buyer", "payer"], "nobody pays what they bought")],
    ... )
    >>> [found] = conflicts_of(rules, "bob", {"payer": "group 'books'", "buyer": "ACC-7"})
    >>> print(found)
    bob has 'buyer' (ACC-7) and 'payer' (group 'books'): nobody pays what they bought
    """
    return tuple(
        DutyConflict(person, duties.roles, [origins[role] for role in duties.roles], duties.because)
        for duties in rules.separation
        if origins.keys() >= set(duties.roles)
    )


def kept_apart(rules: AccessRules, roles: Iterable[str], granted: Iterable[HeldRole]) -> tuple[HeldRole, ...]:
    """
    Return those of the granted roles that count beside others: what would bring duties together does not.

    So a rule of separation holds, too, for roles that came later than the grant, by whatever way. Of grants
    that conflict with each other, the first counts.

    Args:
        rules: The rules of the desk.
        roles: The roles that somebody has without grants.
        granted: The roles that they were granted.
    """
    held, kept = set(roles), []
    for each in granted:
        if each.role in held or not duty_conflicts(rules, held, each.role):
            held.add(each.role)
            kept.append(each)
    return tuple(kept)
