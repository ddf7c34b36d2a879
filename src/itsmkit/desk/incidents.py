"""The commands of incident management."""

from attrs import frozen

from itsmkit.desk.work import WorkCommands
from itsmkit.practices import INCIDENT, Incident

__all__ = ["IncidentCommands"]


@frozen
class IncidentCommands(WorkCommands[Incident]):
    """What can be asked of incident management; reached as ``desk.incidents``: see `WorkCommands`."""

    _kind: str = INCIDENT

    def _command(self, verb: str) -> str:
        return f"incidents.{verb}"
