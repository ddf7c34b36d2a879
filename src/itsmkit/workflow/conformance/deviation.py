"""Where a history departs from the definition, and how often that happened."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import attrs
from attrs import frozen

from itsmkit._frozen import EMPTY, frozen_dict
from itsmkit.workflow.rule import NeverWithout

__all__ = ["Deviation", "DeviationKind"]


class DeviationKind(StrEnum):
    """What a history does that the definition does not."""

    WRONG_START = "wrong start"
    """A ticket is first seen in another state than the initial one."""

    UNKNOWN_STATE = "unknown state"
    """A ticket gets into a state that the definition does not have."""

    FORBIDDEN_MOVE = "forbidden move"
    """A ticket gets from a state to another by a move that is not declared."""

    REFUSED_MOVE = "refused move"
    """A move is declared, and its guards, required facts or roles stand in the way of it."""

    BROKEN_RULE = "broken rule"
    """A ticket gets into a state without what a rule demands before: what a log does not show, was not."""

    UNFINISHED = "unfinished"
    """A ticket is last seen in a state in which work does not end, and should be done."""


@frozen(kw_only=True)
class Deviation:
    """
    One way to depart from the definition, and all tickets that took it.

    Args:
        kind: What is wrong.
        source: The state that was left; of an unfinished ticket, the one it was last seen in. ``None`` for a
            wrong start, an unknown state and a broken rule.
        target: The state that was entered; ``None`` for unfinished tickets.
        count: How often it happened.
        tickets: How many tickets it happened to.
        examples: The first of these tickets, in the order of the log.
        first: When it happened first.
        last: When it happened last.
        way: The states of a shortest declared way, both ends included: from *source* to *target*, from the
            initial state to the first one seen, or from the last one seen to an end. Empty if there is none.
        reasons: Why a move was refused, with how often each reason was given.
        rule: The rule that was broken.
    """

    kind: DeviationKind
    source: str | None
    target: str | None
    count: int
    tickets: int
    examples: tuple[str, ...]
    first: datetime
    last: datetime
    way: tuple[str, ...] = ()
    reasons: Mapping[str, int] = attrs.field(default=EMPTY, converter=frozen_dict)
    rule: NeverWithout | None = None

    @property
    def skipped(self) -> tuple[str, ...]:
        """The states that a declared way would have gone through, and the ticket did not."""
        match self.kind:
            case DeviationKind.WRONG_START:
                return self.way[:-1]
            case DeviationKind.UNFINISHED:
                return self.way[1:]
            case _:
                return self.way[1:-1]

    @property
    def concerns(self) -> str:
        """What is wrong, in a few words: the states, the move or the rule."""
        match self.kind:
            case DeviationKind.FORBIDDEN_MOVE | DeviationKind.REFUSED_MOVE:
                return f"{self.source} → {self.target}"
            case DeviationKind.BROKEN_RULE:
                return str(self.rule)
            case DeviationKind.UNFINISHED:
                return str(self.source)
            case _:
                return str(self.target)

    @property
    def remark(self) -> str:
        """What is to be said besides: the reasons, or the declared way; may be empty."""
        match self.kind:
            case DeviationKind.REFUSED_MOVE:
                return "; ".join(f"{reason} ({count:,})" for reason, count in self.reasons.items())
            case DeviationKind.UNKNOWN_STATE | DeviationKind.BROKEN_RULE:
                return ""
            case _:
                return f"declared: {' → '.join(self.way)}" if self.way else "no way is declared"

    def __str__(self) -> str:
        times = "once" if self.count == 1 else f"{self.count:,} times"
        tickets = "1 ticket" if self.tickets == 1 else f"{self.tickets:,} tickets"
        seen = f"{self.first:%Y-%m-%d}"
        if self.last.date() != self.first.date():
            seen += f" to {self.last:%Y-%m-%d}"
        more = ", …" if self.tickets > len(self.examples) else ""
        told = f"{self.kind}: {self.concerns}: {times}, {tickets} ({', '.join(self.examples)}{more}), {seen}"
        return f"{told}; {self.remark}" if self.remark else told
