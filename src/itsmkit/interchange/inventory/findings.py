"""What was found wrong with an inventory while it was read, and the report of a reading."""

from enum import StrEnum

from attrs import frozen

__all__ = ["ImportFinding", "ImportPosition", "ImportReport", "ImportSeverity"]


class ImportSeverity(StrEnum):
    """What became of what is wrong."""

    RECORD = "record"
    """The record was left out as a whole."""

    VALUE = "value"
    """The record was made without this value: an attribute, a look-up or a relation."""

    FIELD = "field"
    """A field of the source that nothing is made of; the records are whole."""


@frozen
class ImportFinding:
    """
    One thing that could not be taken from an inventory.

    What concerns a field is counted, and told once, with its first place. What leaves out a record is told
    for each.

    Args:
        severity: What became of it.
        file: The file.
        position: Where it stands first: a line, a path, or both.
        record: What the source knows the record by, as far as that could be read.
        field: The field of the source; empty if it is the record as a whole.
        problem: The value at hand and what is wrong with it.
        way_out: What to do about it.
        count: How many times it was found.
    """

    severity: ImportSeverity
    file: str
    position: str
    record: str
    field: str
    problem: str
    way_out: str
    count: int = 1

    def __str__(self) -> str:
        where = ", ".join(filter(None, (self.file, self.position)))
        what = ", ".join(filter(None, (self.record and f"record {self.record!r}", self.field)))
        times = f" ({self.count} times)" if self.count > 1 else ""
        return f"{where}: {what and f'{what}: '}{self.problem}; {self.way_out}{times}"


@frozen
class ImportPosition:
    """
    How far an inventory was read: what a later reading of the same file goes on from.

    Args:
        format: The format that it was read as.
        source: The name of the source.
        digest: The SHA-256 of the file, so that another file is refused.
        records: How many records were handed out.
    """

    format: str
    source: str
    digest: str
    records: int


@frozen
class ImportReport:
    """
    What came of reading an inventory, so far.

    Args:
        format: The format that it was read as.
        source: The name of the source.
        file: The file.
        records: How many records were made. A resumed reading counts those before it, too.
        left_out: How many were left out, because they cannot be right.
        findings: What was found, the worst first.
        is_complete: Whether the file was read to its end. An inventory of which this is false is no full
            load: what is missing from it may still be there.
        position: What to resume from; ``None`` before the file was opened.
    """

    format: str
    source: str
    file: str
    records: int
    left_out: int
    findings: tuple[ImportFinding, ...]
    is_complete: bool
    position: ImportPosition | None

    def of(self, severity: ImportSeverity) -> tuple[ImportFinding, ...]:
        """Return the findings of one severity."""
        return tuple(each for each in self.findings if each.severity is severity)

    def __str__(self) -> str:
        head = (
            f"{self.file} as {self.format}: {self.records} records, {self.left_out} left out"
            f"{'' if self.is_complete else '; not read to the end'}"
        )
        return "\n".join([head, *(f"- {each}" for each in self.findings)])
