"""The priority of a ticket, from its impact on the business and its urgency."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from attrs import field, frozen

from itsmkit._frozen import as_tuple
from itsmkit.errors import DefinitionError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PriorityMatrix", "STANDARD_PRIORITIES"]


def _rows(rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(row) for row in rows)


@frozen
class PriorityMatrix:
    """
    Impact × urgency → priority, as a table that a desk is free to write.

    Args:
        impacts: The levels of impact, the gravest first.
        urgencies: The levels of urgency, the most urgent first.
        priorities: The levels of priority, the highest first.
        matrix: A row for each impact, a cell for each urgency, each a priority.

    Raises:
        DefinitionError: With every problem: there are no levels, or they repeat, a row or cell is missing,
            or a cell is no priority.

    Source:
        The matrix of impact and urgency is common ITIL practice; which cell holds what is the
        desk's own choice.
    """

    impacts: tuple[str, ...] = field(converter=as_tuple)
    urgencies: tuple[str, ...] = field(converter=as_tuple)
    priorities: tuple[str, ...] = field(converter=as_tuple)
    matrix: tuple[tuple[str, ...], ...] = field(converter=_rows)

    def __attrs_post_init__(self) -> None:
        problems = []
        for name in ("impacts", "urgencies", "priorities"):
            levels = getattr(self, name)
            if not levels:
                problems.append(f"{name}: there are none; name at least one level")
            problems.extend(
                f"{name}: {level!r} stands twice; every level is named once"
                for level in dict.fromkeys(levels)
                if levels.count(level) > 1
            )
        if len(self.matrix) != len(self.impacts):
            problems.append(
                f"matrix: has {len(self.matrix)} rows; it needs one for each of the "
                f"{len(self.impacts)} impacts"
            )
        for i, row in enumerate(self.matrix):
            if len(row) != len(self.urgencies):
                problems.append(
                    f"matrix[{i}]: has {len(row)} cells; it needs one for each of the "
                    f"{len(self.urgencies)} urgencies"
                )
            problems.extend(
                f"matrix[{i}][{j}]: unknown priority {cell!r}; known: {', '.join(self.priorities)}"
                for j, cell in enumerate(row)
                if cell not in self.priorities
            )
        if problems:
            raise DefinitionError(*problems)

    @cached_property
    def _cells(self) -> "Mapping[tuple[str, str], str]":
        return {
            (impact, urgency): cell
            for impact, row in zip(self.impacts, self.matrix, strict=True)
            for urgency, cell in zip(self.urgencies, row, strict=True)
        }

    def priority_of(self, impact: str, urgency: str) -> str:
        """
        Return the priority in the cell of *impact* and *urgency*.

        Raises:
            DefinitionError: If either is not a level of this matrix.

        >>> STANDARD_PRIORITIES.priority_of("high", "medium")
        'P2'
        """
        try:
            return self._cells[impact, urgency]
        except KeyError:
            raise DefinitionError(*self._unknown(impact, urgency)) from None

    def _unknown(self, impact: str, urgency: str) -> list[str]:
        return [
            f"unknown {name} {value!r}; known: {', '.join(levels)}"
            for name, value, levels in (
                ("impact", impact, self.impacts),
                ("urgency", urgency, self.urgencies),
            )
            if value not in levels
        ]


STANDARD_PRIORITIES = PriorityMatrix(
    impacts=("high", "medium", "low"),
    urgencies=("high", "medium", "low"),
    priorities=("P1", "P2", "P3", "P4", "P5"),
    matrix=(("P1", "P2", "P3"), ("P2", "P3", "P4"), ("P3", "P4", "P5")),
)
"""Three levels each way, five priorities: a start for a desk that has no matrix of its own."""
