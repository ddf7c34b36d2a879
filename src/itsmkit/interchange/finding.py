"""What was found wrong with a row of an event log, and what became of the row."""

from enum import StrEnum

from attrs import frozen

__all__ = ["Finding", "FindingKind"]


class FindingKind(StrEnum):
    """
    What can be wrong with a row, and the rule that is applied then.

    A row is dropped for one reason at most, the first that applies in the order below. "Before" means the
    order of replay: within a ticket by modification counter, then by place in the file.
    """

    WRONG_FIELD_COUNT = "wrong_field_count"
    """The row has more or fewer fields than the header: dropped, for nobody knows which is which."""

    MISSING_TICKET = "missing_ticket"
    """The row names no ticket: dropped."""

    BAD_DATE = "bad_date"
    """The row's own time is missing or cannot be read: dropped."""

    DUPLICATE_ROW = "duplicate_row"
    """The row is the same as an earlier one in every column, read or not: dropped."""

    NO_KNOWN_STATE = "no_known_state"
    """The state is unknown or missing, and so was each one before: dropped, for there is none to keep."""

    UNKNOWN_STATE = "unknown_state"
    """The state is unknown or missing: the ticket keeps the state before."""

    BAD_OPENED_AT = "bad_opened_at"
    """The opening time cannot be read: it is taken from the ticket's first row where it can, or else is
    the time of the ticket's first row."""

    UNREADABLE_ORDER = "unreadable_order"
    """The modification counter is not a whole number from 0: the row keeps its place in the file, with the
    counter of the ticket's row above it, or 0 if it is the first."""

    REPEATED_ORDER = "repeated_order"
    """A row of the ticket further up has the same modification counter and other content: both are kept, in
    file order."""

    OUT_OF_ORDER = "out_of_order"
    """The ticket's row above it in the file has a greater modification counter or, in a log without such a
    counter, a later time: the ticket's rows are sorted."""

    TIME_REVERSED = "time_reversed"
    """The row's own time is before the instant at which the row before took effect: the row keeps it, and
    takes effect at the later one."""

    IMPOSSIBLE_COUNTER = "impossible_counter"
    """A counter is not a whole number from 0: it keeps the value before, or 0 in the first row. Or it falls:
    it is kept as the log has it."""

    IRREGULAR_START = "irregular_start"
    """The ticket's history begins in another state than its workflow: its logging says so."""

    FORBIDDEN_MOVE = "forbidden_move"
    """The workflow does not lead from the state before to this one: the move is applied as an administrative
    correction that says so."""

    @property
    def drops_row(self) -> bool:
        """Whether the row is left out of the log's entries."""
        return self in _DROPPING


_DROPPING = frozenset(
    {
        FindingKind.WRONG_FIELD_COUNT,
        FindingKind.MISSING_TICKET,
        FindingKind.BAD_DATE,
        FindingKind.DUPLICATE_ROW,
        FindingKind.NO_KNOWN_STATE,
    }
)


@frozen
class Finding:
    """
    One thing that is wrong with one row.

    Args:
        kind: What is wrong.
        line: The line of the file where the row begins, from 1.
        ticket: The row's ticket, where it names one.
        message: The value at hand and what was done about it, in a sentence.
    """

    kind: FindingKind
    line: int
    ticket: str | None
    message: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.ticket or 'no ticket'}: {self.message}"
