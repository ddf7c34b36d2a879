"""How figures are spelled in sentences, for reports of every room."""

__all__ = ["NOTHING", "count", "percent", "plural"]

NOTHING = "–"
"""Stands where there is no figure."""


def count(number: int) -> str:
    """
    Return a whole number with its thousands apart.

    >>> count(141712)
    '141,712'
    """
    return f"{number:,}"


def plural(number: int, what: str) -> str:
    """
    Return a number of things, of which *what* is one.

    >>> plural(1, "state"), plural(1204, "state")
    ('1 state', '1,204 states')
    """
    return f"{count(number)} {what}{'' if number == 1 else 's'}"


def percent(share: float | None) -> str:
    """
    Return a share of 0 to 1 in percent; what is not quite all, or nothing, never looks as if it were.

    >>> percent(0.9314), percent(1), percent(0.9999), percent(0.0001), percent(None)
    ('93.1%', '100%', '> 99.9%', '< 0.1%', '–')
    """
    if share is None:
        return NOTHING
    if 0 < share < 0.001:
        return "< 0.1%"
    if 0.999 < share < 1:
        return "> 99.9%"
    return f"{share:.0%}" if share in {0, 1} else f"{share:.1%}"
