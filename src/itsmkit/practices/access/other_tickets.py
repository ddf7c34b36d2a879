"""
Conditions that ask about other tickets: whether there is one at the end of a link, or one to go on in.

What a ticket is shown to be follows from the tickets that its viewer may see, and a store knows the ticket as
it is. So a store is asked for more than is meant, and what it finds is asked again as it is shown.
"""

from itsmkit.conditions import ALWAYS, AllOf, AnyOf, Condition, Not, all_of, any_of, fields_of, simplified

__all__ = ["asks_of_others", "is_of_others", "wider"]

_LINK = "link."
_GOES_ON = "merged_into"


def is_of_others(fact: str) -> bool:
    """
    Tell whether a fact of a ticket, by its name, tells of another ticket.

    >>> is_of_others("link.parent_of"), is_of_others("number")
    (True, False)
    """
    return fact == _GOES_ON or fact.startswith(_LINK)


def asks_of_others(condition: Condition) -> bool:
    """Tell whether *condition* asks about other tickets than the one that it is about."""
    return any(map(is_of_others, fields_of(condition)))


def wider(condition: Condition) -> Condition:
    """
    Return a condition that holds of each ticket of which *condition* holds as somebody is shown it.

    To be shown less is to lack a fact of another ticket, which makes true only what is asked about its lack.

    >>> from itsmkit.conditions import parse_condition
    >>> print(wider(parse_condition('link.parent_of = true and site = "Bonn"')))
    link.parent_of = true and site = "Bonn"
    >>> print(wider(parse_condition('link.parent_of is missing and site = "Bonn"')))
    site = "Bonn"
    """
    return simplified(_wider(condition))


def _wider(condition: Condition) -> Condition:
    match condition:
        case AllOf(conditions=parts):
            return all_of(*map(_wider, parts))
        case AnyOf(conditions=parts):
            return any_of(*map(_wider, parts))
        case Not() if asks_of_others(condition):
            return ALWAYS
    return condition
