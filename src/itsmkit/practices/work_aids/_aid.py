"""What all work aids have in common."""

from abc import ABC, abstractmethod
from collections.abc import Iterator

from attrs import field, frozen

from itsmkit._checks import named
from itsmkit._problems import instance_problems, name_problems
from itsmkit.conditions import ALWAYS, Condition, compile_condition
from itsmkit.errors import DefinitionError
from itsmkit.practices.access import audience_problems
from itsmkit.tickets import Ticket

__all__ = ["Aid"]


@frozen(kw_only=True, slots=False)
class Aid(ABC):
    """
    What all work aids have in common.

    Args:
        id: What it is called by programs.
        name: What people call it.
        when: The tickets that it is for.
        audience: Who may use it: a condition on who looks, see `itsmkit.practices.access.is_among`.
        is_retired: Whether it is not used any more.
        version: How many events have made it.
    """

    id: str = field(validator=named)
    name: str
    when: Condition = ALWAYS
    audience: Condition = ALWAYS
    is_retired: bool = False
    version: int = field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        problems = [
            *name_problems("name", self.name),
            *instance_problems("when", self.when, Condition),
            *audience_problems("audience", self.audience),
            *self._problems(),
        ]
        if problems:
            raise DefinitionError(*(f"{type(self).__name__} {self.id!r}: {each}" for each in problems))

    @abstractmethod
    def _problems(self) -> Iterator[str]:
        """Yield what else is wrong."""

    def is_for(self, ticket: Ticket) -> bool:
        """Tell whether it is for a ticket, and still used."""
        return not self.is_retired and compile_condition(self.when)(ticket.facts())
