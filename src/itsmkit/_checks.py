"""Checks that values of every room share. Each raises one clear error, or returns its argument."""

import reprlib
from contextlib import suppress
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING, TypeVar

from itsmkit.errors import DefinitionError

if TYPE_CHECKING:
    from attrs import Attribute

Member = TypeVar("Member", bound=Enum)

__all__ = ["aware", "aware_instant", "in_utc", "in_utc_if_any", "is_a", "member_of", "named", "utc"]


def aware(instant: object, what: str) -> datetime:
    """
    Return *instant* if it is a datetime with a zone.

    Args:
        instant: Anything.
        what: The name of the value for the error's sentence.

    Raises:
        DefinitionError: If it is no datetime, or a naive one.
    """
    if not isinstance(instant, datetime):
        problem = f"{what} must be a datetime, not {type(instant).__name__} {instant!r}"
        raise DefinitionError(problem)
    if instant.tzinfo is None or instant.utcoffset() is None:
        problem = (
            f"{what} has no time zone: {instant.isoformat(sep=' ')}; attach one, for example "
            ".replace(tzinfo=ZoneInfo('Europe/Berlin'))"
        )
        raise DefinitionError(problem)
    return instant


def is_a(value: object, *kinds: type) -> bool:
    """
    Tell whether *value* is of one of *kinds*.

    A type checker does not conclude from it that what is declared otherwise cannot be, so that the refusal
    for callers who use none is no dead code.
    """
    return isinstance(value, kinds)


def member_of(kind: type[Member], value: Member | str, what: str) -> Member:
    """
    Return the member of *kind* that *value* is, or whose value it is.

    Args:
        kind: The enumeration.
        value: Anything.
        what: The name of the value for the error's sentence.

    Raises:
        DefinitionError: If there is no such member.
    """
    if isinstance(value, kind | str | int):  # what else there is, an error would have to spell out
        with suppress(ValueError):
            return kind(value)
    known = ", ".join(str(each.value) for each in kind)
    problem = f"{what} must be one of {known}, not {reprlib.repr(value)}"
    raise DefinitionError(problem)


def utc(instant: object, what: str) -> datetime:
    """
    Return *instant* in UTC, where comparing and adding mean real time.

    Args:
        instant: Anything.
        what: The name of the value for the error's sentence.

    Raises:
        DefinitionError: If it is no datetime, a naive one, or one outside the years 1 to 9999 in UTC.
    """
    if type(instant) is datetime and instant.tzinfo is UTC:
        return instant
    try:
        return aware(instant, what).astimezone(UTC)
    except OverflowError:
        problem = f"{what} lies outside the years 1 to 9999 in UTC: {instant}"
        raise DefinitionError(problem) from None


def in_utc(instant: datetime) -> datetime:
    """
    Convert an attrs field that holds an instant: see `utc`.

    What is no instant comes back as it is. A converter does not know the name of its field, so to refuse is
    left to `aware_instant`, which stands beside it.
    """
    if type(instant) is datetime and instant.tzinfo is UTC:
        return instant
    if not isinstance(instant, datetime) or instant.utcoffset() is None:
        return instant
    return utc(instant, "an instant")


def in_utc_if_any(instant: datetime | None) -> datetime | None:
    """Convert an attrs field that holds an instant or ``None``: see `in_utc`."""
    return None if instant is None else in_utc(instant)


def aware_instant(instance: object, attribute: "Attribute[datetime]", value: datetime) -> None:
    """Validate an attrs field that holds an instant: see `aware`."""
    # Most are in UTC, and are spared the making of a name for an error that does not come.
    if type(value) is not datetime or value.tzinfo is not UTC:
        aware(value, f"{type(instance).__name__}.{attribute.name}")


def named(instance: object, attribute: "Attribute[str]", value: str) -> None:
    """
    Validate an attrs field that holds a name: text, not empty, no spaces around it.

    Raises:
        DefinitionError: If it is anything else.
    """
    if not isinstance(value, str) or not value or value != value.strip():
        problem = (
            f"{type(instance).__name__}.{attribute.name} must be a name without surrounding "
            f"spaces, not {value!r}"
        )
        raise DefinitionError(problem)
