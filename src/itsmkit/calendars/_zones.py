"""Time zones by name."""

from typing import TYPE_CHECKING

from itsmkit.errors import DefinitionError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

__all__ = ["zone"]


def zone(tz: "ZoneInfo | str") -> "ZoneInfo":
    """
    Return the zone that *tz* names, or *tz* itself.

    Raises:
        DefinitionError: If there is no such zone, or it is one without a name.
    """
    if isinstance(tz, str):
        from zoneinfo import ZoneInfo  # noqa: PLC0415  # whoever has zones to hand over has loaded it

        try:
            return ZoneInfo(tz)
        except (KeyError, ValueError, OSError) as error:  # unknown, malformed, a folder
            problem = (
                f"unknown time zone {tz!r}; use a name of the IANA database, such as "
                "'Europe/Berlin' (where the system has no such database, install tzdata)"
            )
            raise DefinitionError(problem) from error
    if getattr(tz, "key", None) is None:
        problem = (
            f"{tz!r} is no named time zone, so its rules could not be stored with a calendar; use "
            "ZoneInfo or a name, such as 'Europe/Berlin' or 'UTC'"
        )
        raise DefinitionError(problem)
    return tz
