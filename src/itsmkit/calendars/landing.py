"""On which side of a gap a result comes to lie when open time is used up exactly at its edge."""

from enum import Enum

__all__ = ["Landing"]


class Landing(Enum):
    """
    Where `BusinessCalendar.advance` and `BusinessCalendar.retreat` land.

    Between a closing and the next opening no open time passes, so that all instants from the one to
    the other are equally far from the start. This says which of them is the result.
    """

    EARLIEST = "earliest"
    """The one met first: going forward the closing, going back the opening; for 0 the start."""

    OPEN = "open"
    """The one next to more open time: going forward the next opening, going back the closing before."""

    NEXT_DAY = "next_day"
    """
    The one met first, but not at the end of a day: going forward the closing if the calendar opens again
    on its date, otherwise the next opening; where it is closed, the next opening.

    Going back the opening if the calendar was open before on its date, otherwise the closing before. A
    closing at 24:00 belongs to the day that it ends. So a time that is used up at noon is due at noon,
    before the break, and one that is used up in the evening is due in the morning.
    """
