"""
Amounts of open time as plain data: a duration, or business days.

======================================================  ================================================
Plain form                                              Amount
======================================================  ================================================
``"8h"``, ``"1h30min"``, ``"2d"`` (48 hours)            a ``timedelta`` of open time
``"3 business days"``, ``"3bd"``                        `BusinessDays`
``{ business_days, count_from, time_of_day }``          `BusinessDays` that count otherwise than usual
======================================================  ================================================
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import TypeAlias

from attrs import frozen

from itsmkit._documents import Form, duration, duration_text, structure, unstructure
from itsmkit.calendars.business_days import BusinessDays, CountFrom, TimeOfDay
from itsmkit.errors import DefinitionError

__all__ = ["Amount", "PlainAmount", "amount_form", "amount_from", "amount_to_plain"]

_BEYOND_TEXT = 1_000_000  # the number of business days that a text no longer spells

Amount: TypeAlias = timedelta | BusinessDays
"""Open time: exact, or counted in working dates."""


@frozen
class PlainAmount:
    """
    An amount as a field of a document's class, which `amount_form` reads and writes.

    A union is no class, so that `Form` cannot name it.
    """

    value: Amount


@frozen
class _Days:
    business_days: int
    count_from: CountFrom = CountFrom.DATE_OF_START
    time_of_day: TimeOfDay = TimeOfDay.KEPT


def amount_from(plain: object) -> Amount:
    """
    Return the amount that *plain* describes: the inverse of `amount_to_plain`.

    Raises:
        DefinitionError: With every fault; of a table, each with its path in it.

    >>> amount_from("1h30min")
    datetime.timedelta(seconds=5400)
    >>> print(amount_from("3 business days"))
    3 business days
    """
    if isinstance(plain, Mapping):
        try:
            days = structure(_Days, plain, where="days")
        except DefinitionError as error:
            # The fault is told from here; where this stands, the reader of the whole knows.
            raise DefinitionError(*(told.removeprefix("days: ") for told in error.problems)) from None
        return BusinessDays(days.business_days, count_from=days.count_from, time_of_day=days.time_of_day)
    if isinstance(plain, str) and plain.endswith(("bd", "business day", "business days")):
        return BusinessDays.parse(plain)
    return duration(plain)


def amount_to_plain(amount: Amount) -> object:
    """
    Return *amount* as plain data that TOML and JSON can hold: the inverse of `amount_from`.

    >>> amount_to_plain(timedelta(hours=36))
    '36h'
    """
    if isinstance(amount, timedelta):
        return duration_text(amount)
    if amount == BusinessDays(amount.number) and abs(amount.number) < _BEYOND_TEXT:
        return f"{amount.number} business days"
    return unstructure(_Days(amount.number, amount.count_from, amount.time_of_day))


amount_form = Form(
    PlainAmount,
    lambda plain: PlainAmount(amount_from(plain)),
    lambda amount: amount_to_plain(amount.value),
)
