"""Ticket templates: what is logged again and again."""

from collections.abc import Iterator, Mapping

from attrs import field, frozen

from itsmkit._frozen import EMPTY, frozen_dict
from itsmkit._problems import name_problems
from itsmkit.practices.work_aids._aid import Aid

__all__ = ["TicketTemplate"]


@frozen(kw_only=True, slots=False)
class TicketTemplate(Aid):
    """
    What a ticket is logged with, unless something else is said.

    Args:
        kind: The kind of work.
        title: What it is about.
        impact: A level of the matrix of the kind.
        urgency: A level of the matrix of the kind.
        details: Further fields, by name.

    Raises:
        DefinitionError: With everything that is wrong.
    """

    kind: str
    title: str
    impact: str | None = None
    urgency: str | None = None
    details: Mapping[str, object] = field(default=EMPTY, converter=frozen_dict)

    def _problems(self) -> Iterator[str]:
        yield from name_problems("kind", self.kind)
        yield from name_problems("title", self.title)
