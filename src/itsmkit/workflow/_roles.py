"""The roles of whoever fires, read from the facts without trusting them."""

from collections.abc import Collection, Iterable
from typing import cast

from itsmkit.conditions import Facts, Predicate
from itsmkit.workflow.transition import ACTOR_ROLES

__all__ = ["has_one_of", "role_test"]


def has_one_of(roles: Collection[str], facts: Facts) -> bool:
    """Tell whether the actor has one of *roles*, or none is asked for. Other facts than text are no roles."""
    if not roles:
        return True
    found = facts.get(ACTOR_ROLES)
    kind = type(found)
    # Compared one by one: to look a type up in a set would ask its metaclass for a hash.
    if not (kind is tuple or kind is list or kind is frozenset or kind is set):
        return _is_one_of(found, roles)
    return any(_is_one_of(each, roles) for each in cast("Iterable[object]", found))


def role_test(roles: Collection[str]) -> Predicate:
    """Return the test whether the actor has one of *roles*."""
    known = frozenset(roles)
    return lambda facts: has_one_of(known, facts)


def _is_one_of(role: object, roles: Collection[str]) -> bool:
    # A subclass of text may bring a hash and an equality along; those of plain text are taken.
    return issubclass(type(role), str) and str.__str__(cast("str", role)) in roles
