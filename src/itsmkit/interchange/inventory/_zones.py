"""Zones by their names."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from itsmkit._problems import shown
from itsmkit.errors import DefinitionError

__all__ = ["zone_of"]


def zone_of(name: object) -> ZoneInfo:
    """
    Return the zone of this name.

    Raises:
        DefinitionError: If there is none.
    """
    if isinstance(name, str):
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            pass  # told below; OSError: the name of a folder of the zone database
    problem = f"time_zone: {shown(name)} is no zone; Europe/Berlin, for example"
    raise DefinitionError(problem)
