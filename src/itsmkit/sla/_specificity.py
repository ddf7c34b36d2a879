"""How specific a condition is: what decides between agreements that all apply."""

from itsmkit.conditions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Membership,
    Not,
    Presence,
)

__all__ = ["specificity"]


def specificity(condition: Condition) -> int:
    """
    Return how many facts have to be right for *condition* to hold.

    All of several conditions ask for the facts of each, one of several for those of the part that asks for
    the fewest. So an agreement for a customer and a service is more specific than one for the customer, and
    one for everybody is not specific at all. This count is our choice: it can be told from reading the
    condition, and does not change with the values in it.

    >>> from itsmkit.conditions import ALWAYS, equals, one_of
    >>> customer, service = equals("customer", "Bau AG"), one_of("service", "mail", "phone")
    >>> [specificity(each) for each in (ALWAYS, customer, customer & service, customer | service)]
    [0, 1, 2, 1]
    """
    return len(_pinned(condition, negated=False))


def _pinned(condition: Condition, *, negated: bool) -> frozenset[str]:
    match condition:
        case Comparison(field=field) | Membership(field=field) | Presence(field=field):
            return frozenset({field})
        case Not(condition=part):
            return _pinned(part, negated=not negated)
        case AllOf(conditions=parts) | AnyOf(conditions=parts):
            found = [_pinned(part, negated=negated) for part in parts]
            if isinstance(condition, AllOf) is not negated:
                return frozenset[str]().union(*found)
            return min(found, key=len, default=frozenset())
    message = f"not a condition of this language: {condition!r}"
    raise TypeError(message)
