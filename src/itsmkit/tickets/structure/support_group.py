"""Support groups: who works on tickets together."""

from attrs import field, frozen

from itsmkit._checks import is_a, named
from itsmkit._frozen import as_tuple
from itsmkit._problems import shown
from itsmkit.errors import DefinitionError
from itsmkit.tickets.structure._fields import are_names, name_like_id, reference

__all__ = ["SupportGroup"]

_LINES = (1, 2, 3)


@frozen
class SupportGroup:
    """
    People who have work together.

    Args:
        id: What tickets name as their support group.
        name: What people call it; by default, the id.
        line: 1 for those who answer the requester, 2 for specialists, 3 for those who make or supply it.
        members: The ids of its people.
        lead: The id of who leads it; need not be a member.
        organisation: The id of the organisation that it belongs to, which may be a supplier.
        calendar: The name of the calendar in which it works.

    Raises:
        DefinitionError: If one of these is something else.

    Source:
        The three lines are common practice beside ITIL 4, practice "Incident management".
    """

    id: str = field(validator=named)
    name: str = name_like_id()
    line: int = field(default=1, kw_only=True)
    members: tuple[str, ...] = field(default=(), kw_only=True, converter=as_tuple, validator=are_names)
    lead: str | None = reference()
    organisation: str | None = reference()
    calendar: str | None = reference()

    def __attrs_post_init__(self) -> None:
        if not is_a(self.line, int) or is_a(self.line, bool) or self.line not in _LINES:
            problem = f"SupportGroup.line must be 1, 2 or 3, not {shown(self.line)}"
            raise DefinitionError(problem)
