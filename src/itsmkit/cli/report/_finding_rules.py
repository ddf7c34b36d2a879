"""What is done about each kind of finding, in a sentence for the reader of a report."""

from collections.abc import Mapping

from itsmkit.interchange import FindingKind

__all__ = ["FINDING_RULES"]

FINDING_RULES: Mapping[FindingKind, str] = {
    FindingKind.WRONG_FIELD_COUNT: "The row has more or fewer fields than the header. It is dropped.",
    FindingKind.MISSING_TICKET: "The row names no ticket. It is dropped.",
    FindingKind.BAD_DATE: "The time of the row is missing or cannot be read. It is dropped.",
    FindingKind.DUPLICATE_ROW: "The same row stands further up. It is dropped.",
    FindingKind.NO_KNOWN_STATE: "The state is unknown, and so was every one before. The row is dropped.",
    FindingKind.UNKNOWN_STATE: "The state is unknown. The ticket keeps the state before.",
    FindingKind.BAD_OPENED_AT: "The opening time cannot be read. It is taken from the ticket's first row.",
    FindingKind.UNREADABLE_ORDER: "The modification counter is no number. The row keeps its place.",
    FindingKind.REPEATED_ORDER: "Two rows have the same modification counter. Both are kept, in file order.",
    FindingKind.OUT_OF_ORDER: "The row stands below a later one of its ticket. The ticket's rows are sorted.",
    FindingKind.TIME_REVERSED: "The row is earlier than the one before. It takes effect at the later time.",
    FindingKind.IMPOSSIBLE_COUNTER: "A counter falls or is no number. It keeps the value before.",
    FindingKind.IRREGULAR_START: (
        "The history does not begin where the workflow does. It is taken over from where it begins."
    ),
    FindingKind.FORBIDDEN_MOVE: (
        "The workflow does not lead there. The move is applied as an administrative correction."
    ),
}
"""By kind; `FindingKind` states the rules in full."""
