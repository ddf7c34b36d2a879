"""The commands of incident management."""

from attrs import frozen

from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk.work import WorkCommands
from itsmkit.practices import INCIDENT, Incident

__all__ = ["IncidentCommands"]


@looking_at_arguments()
@frozen
class IncidentCommands(WorkCommands[Incident]):
    """What can be asked of incident management; reached as ``desk.incidents``: see `WorkCommands`."""

    _kind: str = INCIDENT
