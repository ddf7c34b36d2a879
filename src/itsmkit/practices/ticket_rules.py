"""The rules of a desk that hold for its tickets of every kind."""

from attrs import field, frozen

from itsmkit._checks import named
from itsmkit.practices.attachments import AttachmentRules
from itsmkit.practices.reopen_policy import ReopenPolicy
from itsmkit.practices.resolution import ResolutionRules
from itsmkit.practices.tagging import TagRules
from itsmkit.practices.work_log import WorkLogPolicy

__all__ = ["STANDARD_TICKET_RULES", "TicketRules"]


@frozen(kw_only=True)
class TicketRules:
    """
    What holds for tickets of every kind.

    Args:
        default_owner: Who answers for what requesters and programs log: see `first_owner`.
        resolution: What has to be said at a resolution.
        reopening: How long what is done may be taken up again.
        work: How work is charged for.
        attachments: What may be attached.
        tags: How many tags there may be.
    """

    default_owner: str = field(default="service desk", validator=named)
    resolution: ResolutionRules = field(default=ResolutionRules())
    reopening: ReopenPolicy = field(default=ReopenPolicy())
    work: WorkLogPolicy = field(default=WorkLogPolicy())
    attachments: AttachmentRules = field(default=AttachmentRules())
    tags: TagRules = field(default=TagRules())


STANDARD_TICKET_RULES = TicketRules()
"""Those of a desk that says nothing else."""
