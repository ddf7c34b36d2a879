"""How figures are spelled in reports."""

__all__ = ["counted_as", "percent"]


def percent(share: float | None) -> str:
    """
    Return a share of 0 to 1 in percent, rounded down: what is not quite all never looks as if it were.

    >>> percent(0.99999), percent(1), percent(0.123), percent(None)
    ('99.9 %', '100 %', '12.3 %', '–')
    """
    if share is None:
        return "–"
    if share == 1:
        return "100 %"
    # Nine digits are left of a share such as 0.29, whose thousandfold is 289.99999999999994.
    return f"{int(round(share * 1000, 9)) / 10:.1f} %"


def counted_as(number: int, what: str) -> str:
    """
    Return a number of things, of which *what* is one.

    >>> counted_as(1, "ticket"), counted_as(24918, "ticket")
    ('1 ticket', '24,918 tickets')
    """
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"
