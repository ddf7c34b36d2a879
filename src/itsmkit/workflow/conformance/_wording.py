"""How figures are spelled in reports."""

__all__ = ["counted_as", "percent"]


def percent(share: float | None) -> str:
    """
    Return a share of 0 to 1 in percent; what is not quite all, or nothing, never looks as if it were.

    >>> percent(0.9314), percent(1), percent(0.9999), percent(0.0001), percent(None)
    ('93.1%', '100%', '> 99.9%', '< 0.1%', '–')
    """
    if share is None:
        return "–"
    if share in {0, 1}:
        return f"{share:.0%}"
    if not 0.001 <= share <= 0.999:
        return "< 0.1%" if share < 0.5 else "> 99.9%"
    return f"{share:.1%}"


def counted_as(number: int, what: str) -> str:
    """
    Return a number of things, of which *what* is one.

    >>> counted_as(1, "ticket"), counted_as(24918, "ticket")
    ('1 ticket', '24,918 tickets')
    """
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"
